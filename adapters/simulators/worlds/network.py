"""Banks with accounts and balances; freezes of them in the order of their receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from ...network_inquiry import (
    AccountFound,
    BankInquiry,
    FreezeAnswer,
    FreezeRequest,
    FrozenItem,
    Hold,
    InquiryAnswer,
    InquiryRequest,
    Lifted,
    LiftRequest,
    NetworkInquiry,
    PersonFound,
    RenewRequest,
    StatusAnswer,
    Transferred,
    TransferRequest,
    WorklistFound,
    WorklistFreeze,
    WorklistFrozen,
    WorklistInquiry,
)
from ...shapes import ByNumber
from ..world import CENT, Refused, World, cents, number_of
from .terms import months_after

_BANKS = (
    "ICBC ABC BOC CCB BCM PSBC CMB CITIC CEB HXB CMBC GDB SPDB CIB PAB CZB HFB CBHB BOB BOS NBCB "
    "JSB HZB BONJ CQB TJB HSB GZB SJB XAB CSB QDB DLB ALIPAY TENPAY SECURITIES VEHICLES "
    "REAL_ESTATE COMPANIES INSURANCE TAX"
)
BANKS = tuple(_BANKS.split())
"""Who answers an inquiry."""
_SUMS = (0, 0, 1200, 58000, 130000, 940000)
_FIRST_PART, _ALL, _ONE_BANK = timedelta(minutes=10), timedelta(hours=6), timedelta(minutes=30)
_ZERO = Decimal("0.00")
_Ended = Literal["", "lifted", "lapsed", "transferred"]


@dataclass
class HeldBy:
    """One freeze of one account: how much of it, and from when to when it counts."""

    number: str
    key: str
    limit: Decimal
    months: int
    effective_on: date | None = None
    until: date | None = None


@dataclass
class Account:
    """One account; `holds` in the order of their receipt."""

    number: str
    person: str
    bank: str
    balance: Decimal
    holds: list[HeldBy] = field(default_factory=list)

    def frozen(self) -> Iterator[tuple[HeldBy, Decimal]]:
        """What each freeze holds now: the earlier one first, as far as there is money."""
        free = self.balance
        for hold in self.holds:
            held = min(hold.limit, free)
            free -= held
            yield hold, held

    @property
    def free(self) -> Decimal:
        return self.balance - sum((held for _, held in self.frozen()), _ZERO)


@dataclass
class Freeze:
    """A freeze as the network knows it: by number; how it ended, if it did."""

    number: str
    key: str
    person: str
    ended: _Ended = ""


class NetworkWorld(World):
    """Accounts by number, freezes by number, and where money was transferred to.

    Persons whom nobody opened an account for have what chance gives them.
    """

    adapter = NetworkInquiry

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.accounts: dict[str, Account] = {}
        self.freezes: dict[str, Freeze] = {}
        self.transferred: dict[str, Decimal] = {}
        self._of: defaultdict[str, list[Account]] = defaultdict(list)

    # -- what happens of itself

    def on_open_account(self, person: str, account: str, bank: str, balance: str) -> None:
        if account in self.accounts:
            raise Refused("there is such an account")
        opened = Account(account, person, bank, cents(Decimal(balance)))
        self.accounts[account] = opened
        self._of[person].append(opened)

    def on_pay_in(self, account: str, amount: str) -> None:
        there = self._account(account)
        there.balance += cents(Decimal(amount))
        self._promote(there)

    def on_withdraw(self, account: str, amount: str) -> None:
        there, wanted = self._account(account), cents(Decimal(amount))
        if wanted > there.free:
            raise Refused("more than is free")
        there.balance -= wanted

    def on_freeze_elsewhere(self, account: str, amount: str, months: int = 12) -> None:
        """Another court freezes."""
        there = self._account(account)
        asked = FreezeRequest(
            person=there.person, amount=Decimal(amount), account=account, months=months
        )
        self._freeze(f"other:{account}:{len(there.holds)}:{self.now.isoformat()}", asked)

    # -- inquiries

    def do_inquire(self, key: str, asked: InquiryRequest) -> None:
        found = self._of_person(asked.person)
        soon = [a for a in found if BANKS.index(a.bank) < len(BANKS) // 3]
        rest = len(BANKS) - len(BANKS) // 3
        self.say(key, _found(soon, rest), "partial", _FIRST_PART, False, True)
        self.say(key, _found(found, 0), after=_ALL)

    def do_ask(self, key: str, asked: BankInquiry) -> None:
        if asked.bank not in BANKS:
            raise Refused("no such bank")
        there = [a for a in self._of_person(asked.person) if a.bank == asked.bank]
        self.say(key, _of_person(asked.person, there), after=_ONE_BANK)

    def do_inquire_all(self, key: str, asked: WorklistInquiry) -> None:
        items = [_of_person(person, self._of_person(person)) for person in asked.persons]
        for place, item in enumerate(items[:-1], start=1):
            part = WorklistFound(items=(item,), outstanding=len(items) - place)
            self.say(key, part, "partial", _FIRST_PART * place, False)
        self.say(key, WorklistFound(items=tuple(items)), after=_FIRST_PART * len(items))

    # -- freezes

    def do_freeze(self, key: str, asked: FreezeRequest) -> None:
        number = self._freeze(key, asked)
        self.say(key, self._stands(number), after=_ONE_BANK)

    def do_freeze_all(self, key: str, asked: WorklistFreeze) -> None:
        items = [self._freeze_item(key, place, one) for place, one in enumerate(asked.items)]
        for place, item in enumerate(items[:-1], start=1):
            part = WorklistFrozen(items=(item,), outstanding=len(items) - place)
            self.say(key, part, "partial", _FIRST_PART * place, False)
        self.say(key, WorklistFrozen(items=tuple(items)), after=_FIRST_PART * len(items))

    def do_renew(self, key: str, asked: RenewRequest) -> None:
        freeze = self._standing(asked.number)
        for account, hold in self._holds(freeze.number):
            if hold.until is None:
                hold.months = asked.months
            else:
                hold.until = months_after(hold.until, asked.months)
                self._plan_lapse(account, hold)
        self.note(key, "renewal", freeze.person, number=freeze.number)
        self.say(key, self._stands(freeze.number), after=_ONE_BANK)

    def do_lift(self, key: str, asked: LiftRequest) -> None:
        freeze = self._standing(asked.number)
        whole = sum((hold.limit for _, hold in self._holds(freeze.number)), _ZERO)
        lifted = left = whole if asked.amount is None else min(asked.amount, whole)
        for account, hold in reversed(self._holds(freeze.number)):
            part = min(hold.limit, left)
            left -= part
            self._reduce(account, hold, part)
        self._end_if_empty(freeze, "lifted")
        self.note(key, "lift", freeze.person, lifted, number=freeze.number)
        frozen = self._frozen(freeze.number)
        self.say(key, Lifted(lifted=lifted, frozen=frozen), after=_ONE_BANK)

    def do_transfer(self, key: str, asked: TransferRequest) -> None:
        freeze = self._standing(asked.number)
        left = asked.amount
        if left > self._frozen(freeze.number):
            raise Refused("more than is frozen")
        for account, hold in self._holds(freeze.number):
            part = min(held_in(account)[hold.number], left)
            left -= part
            account.balance -= part
            self._reduce(account, hold, part)
        into = asked.to_account
        self.transferred[into] = self.transferred.get(into, _ZERO) + asked.amount
        self._end_if_empty(freeze, "transferred")
        self.note(key, "transfer", freeze.person, asked.amount, number=freeze.number, to=into)
        frozen = self._frozen(freeze.number)
        self.say(key, Transferred(transferred=asked.amount, frozen=frozen), after=_ONE_BANK)

    def do_status(self, key: str, asked: ByNumber) -> None:
        freeze = self.freezes.get(asked.number)
        if freeze is None:
            raise Refused("no such freeze")
        stands = self._stands(freeze.number)
        waits = not stands.holds or stands.effective_on is None
        state = freeze.ended or ("waiting" if waits else "effective")
        self.say(key, StatusAnswer(state=state, **dict(stands)), after=_FIRST_PART)

    def then_lapse(self, account: str, number: str) -> None:
        """A term is over: unless it was renewed the freeze ends, and the next one is promoted."""
        there = self.accounts[account]
        for hold in list(there.holds):
            if hold.number == number and hold.until is not None and hold.until < self.today:
                self._reduce(there, hold, hold.limit)
                self._end_if_empty(self.freezes[number], "lapsed")
                self.note(hold.key, "lapse", account, number=number)

    # -- how it is done

    def _freeze(self, key: str, asked: FreezeRequest) -> str:
        accounts = self._meant(asked)
        number = number_of("DJ", key)
        parts = _shared_out(cents(asked.amount), accounts)
        self.freezes[number] = Freeze(number, key, asked.person)
        for account, limit in parts:
            account.holds.append(HeldBy(number, key, limit, asked.months))
            self._promote(account, is_new=True)
        subject = asked.account or asked.person
        self.note(key, "freeze", subject, self._frozen(number), number=number)
        return number

    def _freeze_item(self, key: str, place: int, asked: FreezeRequest) -> FrozenItem:
        try:
            number = self._freeze(f"{key}/{place}", asked)
        except Refused as refused:
            return FrozenItem(item=place, person=asked.person, frozen=_ZERO, reason=str(refused))
        stands = self._stands(number)
        return FrozenItem(
            item=place,
            person=asked.person,
            frozen=stands.frozen,
            number=number,
            rank=stands.rank,
        )

    def _meant(self, asked: FreezeRequest) -> list[Account]:
        found = self._of_person(asked.person)
        if asked.account:
            found = [a for a in found if a.number == asked.account]
        if asked.bank:
            found = [a for a in found if a.bank == asked.bank]
        if not found:
            raise Refused("no such account")
        return found

    def _promote(self, account: Account, is_new: bool = False) -> None:
        """Whoever is first, or holds something now, begins to count; who had waited is told."""
        for place, (hold, held) in enumerate(account.frozen()):
            if hold.effective_on is None and (place == 0 or held > 0):
                hold.effective_on = self.today
                hold.until = months_after(self.today, hold.months)
                self._plan_lapse(account, hold)
                if not (is_new and hold is account.holds[-1]):
                    self.note(hold.key, "promotion", account.number, held, number=hold.number)
                    self.say(hold.key, self._stands(hold.number), "promoted")

    def _plan_lapse(self, account: Account, hold: HeldBy) -> None:
        assert hold.until is not None
        after = hold.until + timedelta(days=1)
        self.plan_on(after, "lapse", account=account.number, number=hold.number)

    def _reduce(self, account: Account, hold: HeldBy, part: Decimal) -> None:
        hold.limit -= part
        if hold.limit < CENT:
            account.holds.remove(hold)
        self._promote(account)

    def _end_if_empty(self, freeze: Freeze, how: _Ended) -> None:
        if not self._holds(freeze.number):
            freeze.ended = how

    def _standing(self, number: str) -> Freeze:
        freeze = self.freezes.get(number)
        if freeze is None:
            raise Refused("no such freeze")
        if freeze.ended:
            raise Refused(f"the freeze is {freeze.ended}")
        return freeze

    def _holds(self, number: str) -> list[tuple[Account, HeldBy]]:
        freeze = self.freezes.get(number)
        accounts = [] if freeze is None else self._of[freeze.person]
        return [(a, hold) for a in accounts for hold in a.holds if hold.number == number]

    def _frozen(self, number: str) -> Decimal:
        accounts = {account.number: account for account, _ in self._holds(number)}
        return sum((held_in(account)[number] for account in accounts.values()), _ZERO)

    def _stands(self, number: str) -> FreezeAnswer:
        holds = tuple(_shown(account, hold) for account, hold in self._holds(number))
        if not holds:
            return FreezeAnswer(frozen=_ZERO, number=number)
        worst = max(holds, key=lambda hold: hold.rank)
        return FreezeAnswer(
            frozen=self._frozen(number),
            number=number,
            rank=worst.rank,
            effective_on=worst.effective_on,
            until=worst.until,
            holds=holds,
        )

    def _account(self, number: str) -> Account:
        if number not in self.accounts:
            raise Refused("no such account")
        return self.accounts[number]

    def _of_person(self, person: str) -> list[Account]:
        if person not in self._of:
            self._draw(person)
        return list(self._of[person])

    def _draw(self, person: str) -> None:
        """One or two accounts, with what chance gives."""
        chance = self.chance("person", person)
        whole = Decimal(chance.choice(_SUMS))
        first = cents(whole * chance.randrange(101) / 100)
        banks = chance.sample(BANKS[:20], 2)
        for bank, balance in zip(banks, (first, whole - first), strict=True):
            number = number_of("62", f"{self._seed}:{person}:{bank}")
            self.on_open_account(person, number, bank, str(balance))


def held_in(account: Account) -> dict[str, Decimal]:
    """What each freeze of an account holds, by number."""
    return {hold.number: held for hold, held in account.frozen()}


def _shared_out(amount: Decimal, accounts: Sequence[Account]) -> list[tuple[Account, Decimal]]:
    """How much is frozen of each: what is free there; the rest of the last, for what comes in."""
    parts, left = [], amount
    for account in accounts[:-1]:
        part = min(left, account.free)
        left -= part
        parts.append((account, part))
    parts.append((accounts[-1], left))
    return [(account, part) for account, part in parts if part > 0]


def _shown(account: Account, hold: HeldBy) -> Hold:
    return Hold(
        account=account.number,
        rank=account.holds.index(hold) + 1,
        frozen=held_in(account)[hold.number],
        effective_on=hold.effective_on,
        until=hold.until,
    )


def _account_found(account: Account) -> AccountFound:
    return AccountFound(
        bank=account.bank, account=account.number, balance=account.balance, free=account.free
    )


def _found(accounts: Sequence[Account], outstanding: int) -> InquiryAnswer:
    found = sum((account.balance for account in accounts), _ZERO)
    shown = tuple(map(_account_found, accounts))
    return InquiryAnswer(found=found, outstanding=outstanding, accounts=shown)


def _of_person(person: str, accounts: Sequence[Account]) -> PersonFound:
    found = _found(accounts, 0)
    return PersonFound(person=person, found=found.found, accounts=found.accounts)
