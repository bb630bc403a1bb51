"""What always holds of the far sides' worlds, whatever they are asked and whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.simulated import START
from zhixing.adapters.simulators.catalogue import WORLDS, world_named
from zhixing.adapters.simulators.world import Refused, World

Step = tuple[str, Any]
CENTS = st.integers(1, 20_000).map(lambda n: f"{Decimal(n) / 100:.2f}")
PLACE = st.integers(0, 5)
FEW = settings(max_examples=40, deadline=None)


class Lived:
    """A world that is asked step by step; `numbers` are the far side's own of what it did."""

    def __init__(self, name: str) -> None:
        self.world: World = world_named(name)(1, START)
        self.moment, self.asked = START, 0
        self.numbers: list[str] = []
        self.kinds: list[str] = []

    def ask(self, operation: str, **payload: Any) -> None:
        self.asked += 1
        shape = self.world.adapter.operations[operation].request
        self.world.ask(f"key-{self.asked}", operation, shape.model_validate(payload))
        for said in self.world.heard():
            self.kinds.append(said.kind)
            number = said.data.get("number")
            if number and number not in self.numbers:
                self.numbers.append(number)

    def happens(self, event: str, **given: Any) -> None:
        try:
            self.world.happen(event, given)
        except Refused:
            self.kinds.append("refused")
        self.world.heard()

    def days_pass(self, days: int) -> None:
        self.moment += timedelta(days=days)
        self.world.advance(self.moment)
        self.world.heard()

    def number(self, place: int) -> str:
        return self.numbers[place % len(self.numbers)] if self.numbers else "none"


def money(text: Any) -> Decimal:
    amount = Decimal(text)
    assert amount == amount.quantize(Decimal("0.01")), "to the cent"
    return amount


NETWORK_STEPS: dict[str, Callable[[Lived, int, str], None]] = {
    "freeze": lambda w, n, a: w.ask(
        "freeze", person="p", account=("", "1", "2")[n % 3], amount=a, months=1 + n
    ),
    "lift": lambda w, n, a: w.ask("lift", number=w.number(n), amount=a if n % 2 else None),
    "renew": lambda w, n, a: w.ask("renew", number=w.number(n), months=1 + n),
    "transfer": lambda w, n, a: w.ask("transfer", number=w.number(n), amount=a, to_account="c"),
    "pay_in": lambda w, n, a: w.happens("pay_in", account=str(1 + n % 2), amount=a),
    "withdraw": lambda w, n, a: w.happens("withdraw", account=str(1 + n % 2), amount=a),
    "elsewhere": lambda w, n, a: w.happens("freeze_elsewhere", account=str(1 + n % 2), amount=a),
    "days": lambda w, n, a: w.days_pass(20 * n),
}


@FEW
@given(st.lists(st.tuples(st.sampled_from(sorted(NETWORK_STEPS)), PLACE, CENTS), max_size=25))
def test_freezes_hold_no_more_than_there_is_in_the_order_of_receipt(steps: list[Any]) -> None:
    lived = Lived("network")
    for account in ("1", "2"):
        lived.happens("open_account", person="p", account=account, bank="ABC", balance="100.00")
    for name, place, amount in steps:
        before = whole(lived.world)
        NETWORK_STEPS[name](lived, place, amount)
        if name not in ("pay_in", "withdraw"):
            assert whole(lived.world) == before, "nothing is lost, nothing made"
        for account in lived.world.accounts.values():  # type: ignore[attr-defined]
            held = [(hold, money(sum_held)) for hold, sum_held in account.frozen()]
            assert 0 <= sum(h for _, h in held) <= money(account.balance)
            limits = [hold.limit for hold, _ in held]
            assert all(h <= limit for (_, h), limit in zip(held, limits, strict=True))
            short = [place for place, (hold, h) in enumerate(held) if h < hold.limit]
            assert all(h == 0 for _, h in held[short[0] + 1 :]) if short else True
            for place, (hold, h) in enumerate(held):
                assert (hold.effective_on is not None) >= (place == 0 or h > 0)
                assert hold.until is None or hold.until >= lived.world.today


def whole(world: Any) -> Decimal:
    """All the money there is: on accounts, and transferred to courts."""
    balances = sum(money(account.balance) for account in world.accounts.values())
    return balances + sum(map(money, world.transferred.values()))


BANK_STEPS: dict[str, Callable[[Lived, str, int, str], None]] = {
    "receipt": lambda w, acc, n, a: w.happens("receipt", account=acc, amount=a),
    "release": lambda w, acc, n, a: w.ask(
        "release",
        account=acc,
        amount=a,
        payee="x",
        payee_account="y",
        voucher="v",
        decided_by=("a", "b"),
    ),
    "refund": lambda w, acc, n, a: w.ask(
        "refund", account=acc, receipt=nth_receipt(w, n), amount=a if n % 2 else None
    ),
    "days": lambda w, acc, n, a: w.days_pass(n),
}


def nth_receipt(lived: Lived, place: int) -> str:
    found = [m.number for m in lived.world.movements if m.kind == "receipt"]  # type: ignore[attr-defined]
    return found[place % len(found)] if found else "none"


@FEW
@given(st.lists(st.tuples(st.sampled_from(sorted(BANK_STEPS)), PLACE, CENTS), max_size=25))
def test_the_statements_of_a_bank_add_up_to_the_cent(steps: list[Any]) -> None:
    lived = Lived("case_funds")
    lived.ask("open_account", case_number="1")
    (account,) = lived.world.accounts  # type: ignore[attr-defined]
    for name, place, amount in steps:
        BANK_STEPS[name](lived, account, place, amount)
        assert money(lived.world.accounts[account].balance) >= 0  # type: ignore[attr-defined]
    lived.days_pass(1)
    closing = Decimal(0)
    for day in range((lived.moment - START).days):
        lived.world.ask(f"s{day}", "statement", statement_of(lived, day))
        (said,) = lived.world.heard()
        told = {name: money(said.data[name]) for name in ("opening", "received", "paid", "closing")}
        assert told["opening"] == closing
        closing = told["closing"]
        assert closing == told["opening"] + told["received"] - told["paid"]
    assert closing == lived.world.accounts[account].balance  # type: ignore[attr-defined]


def statement_of(lived: Lived, day: int) -> Any:
    shape = lived.world.adapter.operations["statement"].request
    return shape.model_validate({"day": (START + timedelta(days=day)).date()})


REGISTER_STEPS: dict[str, Callable[[Lived, int], None]] = {
    "seal": lambda w, n: w.ask("seal", person="p", thing="t", months=1 + n),
    "elsewhere": lambda w, n: w.happens("seal_elsewhere", thing="t", months=1 + n),
    "release": lambda w, n: w.ask("release", number=w.number(n)),
    "renew": lambda w, n: w.ask("renew", number=w.number(n), months=1 + n),
    "transfer": lambda w, n: w.ask("transfer", number=w.number(n), to_person="p"),
    "days": lambda w, n: w.days_pass(15 * n),
}


@FEW
@given(
    st.sampled_from(["real_estate", "companies"]),
    st.lists(st.tuples(st.sampled_from(sorted(REGISTER_STEPS)), PLACE), max_size=25),
)
def test_one_seal_counts_and_the_others_wait_in_their_order(name: str, steps: list[Any]) -> None:
    lived = Lived(name)
    lived.happens("register", person="p", thing="t")
    received: list[str] = []
    for step, place in steps:
        REGISTER_STEPS[step](lived, place)
        lived.days_pass(2 if name == "companies" else 0)
        world: Any = lived.world
        received += [number for number in world.seals if number not in received]
        standing = world.things["t"].seals
        assert standing == [number for number in received if not world.seals[number].ended]
        counting = [n for n in standing if world.seals[n].effective_on is not None]
        assert counting == standing[:1]
        assert all(world.seals[n].until >= world.today for n in counting)


def test_a_world_told_the_same_once_more_is_the_same() -> None:
    for name in WORLDS:
        one, other = world_named(name)(1, START), world_named(name)(1, START)
        assert one.state() == other.state()
