"""What a case enters in the books of the court: accounts, what a measure holds, persons: sections
of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...language import Words
from ...model.books import AssetMark, Booking, Holding, Movement, Shares
from ...model.parts import Account
from ...model.persons import Condition, Person, Side
from .naming import Entry, Naming, Pair, Section, rows_of

_MOVEMENTS = {
    Movement.RECEIPT: Words("到账", "received"),
    Movement.MOVED_IN: Words("他案转入", "moved in from another case"),
    Movement.PAYOUT: Words("发放", "paid to creditors"),
    Movement.FEE: Words("执行费", "the court's fee"),
    Movement.COST: Words("实际支出费用", "costs"),
    Movement.REFUND: Words("退还被执行人", "given back to the debtor"),
    Movement.DEPOSIT: Words("提存", "deposited"),
    Movement.FROM_DEPOSIT: Words("自提存发放", "paid from the deposit"),
    Movement.MOVED_OUT: Words("转至他案", "moved to another case"),
    Movement.OUTSIDE: Words("场外履行（不入账）", "performed outside the account"),
    Movement.IN_KIND: Words("以物抵债（不入账）", "taken in kind"),
    Movement.WAIVED: Words("放弃（不入账）", "given up"),
}
_SIDES = {
    Side.CREDITOR: Words("申请执行人一方", "creditor"),
    Side.DEBTOR: Words("被执行人一方", "debtor"),
    Side.PROXY: Words("代理人", "proxy"),
    Side.OTHER: Words("其他", "other"),
}
_MARKS = {
    AssetMark.ONLY_HOME: Words("唯一住房记于", "the only home, if"),
    AssetMark.EXEMPT: Words("不得查封记于", "exempt, if"),
    AssetMark.CO_OWNED: Words("与他人共有记于", "owned with others, if"),
}
_CONDITIONS = {
    Condition.MINOR: Words("未成年", "a minor"),
    Condition.INCAPACITATED: Words("无民事行为能力", "without capacity"),
    Condition.DECEASED: Words("已死亡", "deceased"),
    Condition.BANKRUPT: Words("已破产", "bankrupt"),
}


def accounts(n: Naming) -> Section:
    """Money that is held for others."""
    entries = rows_of(n.d.accounts, lambda id, account: _account(n, id, account))
    head = n.say("结案时账户须为零。", "A closed case holds no money.")
    return Section(
        "accounts", Words("代管款项", "accounts"), f"<p>{head}</p>", tuple(entries), short=True
    )


def _account(n: Naming, id: str, account: Account) -> Entry:
    pairs = (
        (Words("申请标的", "what is to be enforced"), _fields(n, "", account.claim)),
        (Words("收入记于", "received is counted in"), n.titles(n.d.fields, account.received)),
        (Words("支出记于", "paid out is counted in"), n.titles(n.d.fields, account.paid_out)),
        *(_booked(n, name, booking) for name, booking in account.books.items()),
        *_shared(n, account.shares),
        *n.described(account),
    )
    return Entry(id, account.title, pairs)


def _shared(n: Naming, shares: Shares | None) -> Iterator[Pair]:
    """Among whom the money is shared, and by which facts."""
    if shares is None:
        return
    listed, head = n.titles(n.d.data, [shares.creditors]), f"{shares.creditors}."
    of = _fields(n, head, shares.party, shares.amount, shares.rank, shares.seized_on)
    yield Words("分配于", "is shared among"), f"{listed} ({of})"
    yield Words("先扣费用", "after the costs"), _fields(n, "", shares.costs)
    words = Words("企业法人按查封先后受偿", "in the order of seizure where it is a company")
    yield words, _fields(n, "", shares.in_order)


def _booked(n: Naming, name: str, booking: Booking) -> Pair:
    """What the records of a list are in the account, and which of their fields say it."""
    fields = (booking.amount, booking.on, booking.party, booking.reference)
    listed = n.titles(n.d.data, [name])
    of = _fields(n, f"{name}.", *fields)
    return _MOVEMENTS[booking.is_], f"{listed}（{of}）" if n.lang == "zh" else f"{listed} ({of})"


def _fields(n: Naming, head: str, *names: str | None) -> str:
    """The titles of fields that are named."""
    return n.titles(n.d.fields, [f"{head}{name}" for name in names if name is not None])


def holds(n: Naming) -> Section:
    """What a measure holds, and its place among the others."""
    spec = n.d.holds
    head = n.say(
        "各案、各法院对同一财产的措施依登记先后排列。",
        "The measures of all cases and courts on one asset stand in the order of registration.",
    )
    entries = (Entry("holds", n.d.title, tuple(_held(n, spec))),) if spec is not None else ()
    return Section("holds", Words("查控登记", "what it holds"), f"<p>{head}</p>", entries)


def _held(n: Naming, spec: Holding) -> Iterator[Pair]:
    named = (
        (Words("财产编号", "the asset's number"), spec.asset),
        (Words("财产种类", "its kind"), spec.kind),
        (Words("被执行人", "whose it is"), spec.debtor),
        (Words("控制数额", "how much it holds"), spec.amount),
        (Words("登记日", "registered on"), spec.registered_on),
        (Words("生效日", "in effect since"), spec.effective_on),
        (Words("届满日", "in effect until"), spec.until),
    )
    yield from ((words, _fields(n, "", field)) for words, field in named)
    yield from ((_MARKS[mark], _fields(n, "", field)) for mark, field in spec.marks.items())
    standing = spec.standing
    states = (
        (Words("拟采取", "proposed in"), standing.proposed),
        (Words("轮候", "waiting in"), standing.waiting),
        (Words("已生效", "in effect in"), standing.effective),
        (Words("财产已变价", "sold in"), standing.sold),
    )
    yield from ((words, n.titles(n.d.states, names)) for words, names in states)
    yield (
        Words("首封终结时，次位者办理", "done by the next one when the first ends"),
        _acts(n, spec.next),
    )
    yield (
        Words("财产变价时，其余各措施办理", "done by all others once it is sold"),
        _acts(n, spec.falls),
    )


def _acts(n: Naming, trigger: str | None) -> str:
    return n.acts([trigger]) if trigger is not None else ""


def persons(n: Naming) -> Section:
    """Whom a case is about, and by what they are the same in other cases."""
    entries = rows_of(n.d.persons, lambda id, person: _person(n, id, person))
    head = n.say(
        "以证件号码识别同一人；号码脱敏保存。",
        "The number of a document says who is the same; it is kept shortened.",
    )
    return Section("persons", Words("当事人", "persons"), f"<p>{head}</p>", tuple(entries))


def _person(n: Naming, id: str, person: Person) -> Entry:
    head = f"{person.each}." if person.each is not None else ""
    conditions = person.conditions.items()
    pairs = (
        (Words("属于每一条", "in each record of"), n.titles(n.d.data, _given(person.each))),
        (Words("身份", "stands as"), n.text(_SIDES[person.side])),
        (Words("证件号码", "number of the document"), _fields(n, head, person.number)),
        (Words("姓名或名称", "name"), _fields(n, head, person.name)),
        *((_CONDITIONS[condition], _fields(n, head, field)) for condition, field in conditions),
        (Words("可代收案款", "may take money"), _fields(n, head, person.may_receive)),
        *n.described(person),
    )
    return Entry(id, person.title, pairs)


def _given(name: str | None) -> Iterable[str]:
    return [name] if name is not None else []
