"""What has to be so whatever happens to a case: held against the database, the history and the
definition, by sums and rules of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.conftest import SHANGHAI
from zhixing.court import CourtLedger
from zhixing.engine import Actor, Case, Deadline, Engine, Refused, ZhixingError
from zhixing.engine.model.obstacle import SENTENCES
from zhixing.workflow import Definition

_CASES = "select * from zx_cases order by id"
_VERSIONS = "select id, version, officer, closed_at from zx_cases order by rowid"
_REST = (
    "select case_id, count(*), max(seq) from zx_history group by case_id order by case_id",
    "select * from zx_deadlines order by id",
    "select * from zx_tasks order by id",
    "select * from zx_outbox order by id",
    "select * from zx_postings order by id",
    "select * from zx_funds order by id",
    "select * from zx_holds order by id",
)
_OVERSEER = Actor.of("overseer", "president")
_CODES = {name.partition("/")[0] for name in SENTENCES}
_ORDERS = {
    "deduction": "deduct",
    "extension": "extend",
    "restoration": "restore",
    "waived": "waive",
    "armed": "arm",
    "met": "arm",
    "assigned": "assign",
    "corrected": "correct",
    "linked": "link",
    "moved": "move",
    "transferred": "transfer",
}
"""The power by which an order is given, by the kind of its entry."""
_BY_THE_ENGINE = {"deadline", "calendar", "rules", "not-taken", "finished", "sealed", "hand-done"}
_IN, _OUT = {"receipt", "moved_in"}, {"payout", "fee", "cost", "refund", "moved_out"}
_ZERO = Decimal(0)


@dataclass
class Before:
    """How everything was before something was tried."""

    rows: list[tuple[Any, ...]]
    case: Case | None
    deadlines: tuple[Deadline, ...]
    officers: dict[str, str]
    lengths: dict[str, int]


class Watch:
    """Looks before and after everything that is tried."""

    def __init__(self, engine: Engine, definitions: Mapping[str, Definition]) -> None:
        self._engine, self._definitions = engine, definitions
        self._ledger = CourtLedger(engine)
        self.accepted = 0
        self.refusals = 0

    # -- before and after

    def look(self, case_id: str) -> Before:
        known = self.known()
        return Before(
            rows=self._rows(),
            case=self._engine.case(case_id) if case_id in known else None,
            deadlines=self._engine.deadlines(case_id) if case_id in known else (),
            officers={id: officer for id, (_, officer, _) in known.items()},
            lengths={id: version for id, (version, _, _) in known.items()},
        )

    def held(self, case_id: str) -> list[Decimal]:
        """What each account of a case holds."""
        accounts = self._definitions[self._engine.case(case_id).procedure].accounts
        return [self._ledger.statement(case_id, name).held for name in accounts]

    def known(self) -> dict[str, tuple[int, str, bool]]:
        """Every case: its version, its officer, and whether it is open."""
        with self._engine.database.connect() as connection:
            rows = connection.exec_driver_sql(_VERSIONS).all()
        return {id: (version, officer, closed is None) for id, version, officer, closed in rows}

    def _rows(self) -> list[tuple[Any, ...]]:
        with self._engine.database.connect() as connection:
            found = [connection.exec_driver_sql(sql).all() for sql in (_CASES, *_REST)]
        return [tuple(row) for rows in found for row in rows]

    def refused(self, before: Before, refused: Refused) -> None:
        """It is explained in both languages, by codes that are known, and nothing is changed."""
        self.refusals += 1
        assert refused.obstacles, f"a refusal without a reason: {refused}"
        for obstacle in refused.obstacles:
            assert obstacle.code in _CODES, f"a code that is in no catalogue: {obstacle.code}"
            for text in (obstacle.zh, obstacle.en):
                assert text.strip(" ：:；;"), f"an obstacle without words: {obstacle}"
            assert _is_chinese(obstacle.zh), f"no Chinese: {obstacle.zh!r} of {obstacle}"
        self.failed(before, refused)

    def failed(self, before: Before, error: ZhixingError) -> None:
        assert error.text("zh") and error.text("en") and error.code
        assert self._rows() == before.rows, f"something was changed by what was refused: {error}"

    def done(self, before: Before) -> None:
        """What came of it, in every case that it touched."""
        self.accepted += 1
        for id, (version, _, _) in self.known().items():
            if version == before.lengths.get(id, 0):
                continue
            case = self._engine.case(id)
            entries = self._engine.history(case.id)
            for entry in entries:
                if entry.seq > before.lengths.get(case.id, 0):
                    self._in_office(case, entry, entries, before)
                    self._not_held_back(case, entry, before)
                    self._not_in_excess(case, entry)
            self._money(case)
        self._nothing_failed()

    def at_the_end(self) -> None:
        """Histories prove themselves, and the books of all cases balance."""
        report = self._engine.verify(rules=True)
        assert report.found == 0, report.findings
        assert report.otherwise == (), report.otherwise
        balance = self._ledger.balance(actor=_OVERSEER)
        assert balance.is_balanced, balance

    def _nothing_failed(self) -> None:
        """Neither the clock nor an answer met with anything that is no error of the library."""
        for incident in self._engine.incidents():
            assert incident.kind not in ("clock", "deadline"), incident

    # -- nobody acts out of office

    def _in_office(self, case: Case, entry: Any, entries: Iterable[Any], before: Before) -> None:
        roles = set(entry.roles)
        named = self._who_may(case, entry, before)
        if named is None:
            return
        told = f"{entry.kind} {entry.trigger} by {entry.actor} {entry.roles}; may: {sorted(named)}"
        if "any_officer" in named and roles & {"officer", "any_officer"}:
            return
        assert roles & named, f"out of office in {case.procedure}: {told}"
        if roles & named == {"officer"} and entry.kind != "opened":
            officers = {before.officers.get(case.id), case.officer}
            assert entry.actor in officers, f"not the officer of the case: {told}"

    def _who_may(self, case: Case, entry: Any, before: Before) -> set[str] | None:
        """The roles that what an entry tells is for; none for what the engine tells itself."""
        definition = self._definitions[case.procedure]
        powers = definition.powers
        if entry.kind in _BY_THE_ENGINE:
            return None
        was = before.case if before.case is not None and before.case.id == case.id else None
        command = list((entry.given or {}).get("command") or ())
        if command[:1] == ["vote"]:
            waiting = was.waiting if was is not None else ()
            on = [w for w in waiting if command[1] in (w.name, w.trigger)]
            assert on, f"a vote on what did not wait: {entry}"
            on.sort(key=lambda w: w.name != command[1])
            return self._voters(definition, on[0], entry)
        if entry.kind == "withdrawn":
            return None  # only the one who proposed it may, who is held to his office then
        if entry.kind == "opened":
            by = set(powers["open"].by) if "open" in powers else {"procedure"}
            return by if case.parent_id is None else by | self._opened_by(case, entry)
        if entry.kind == "linked" and entry.actor == "procedure":
            return {"procedure"}  # nobody brings this role
        if entry.kind in _ORDERS:
            order = "watch" if "watcher" in entry.changes else _ORDERS[entry.kind]
            return set(powers[order].by)
        if entry.kind in ("event", "proposed"):
            return self._doers(definition, entry)
        return None

    def _opened_by(self, case: Case, entry: Any) -> set[str]:
        """The roles of the act of the case above that opens this one, if that was just done."""
        parent = self._engine.case(case.parent_id or "")
        definition, last = self._definitions[parent.procedure], self._engine.history(parent.id)[-1]
        acts = [w for w in definition.transitions if w.trigger == last.trigger]
        opens = any(case.sub_procedure in way.opens for way in acts)
        return set(last.roles) if opens and last.actor == entry.actor else set()

    def _voters(self, definition: Definition, waits: Any, entry: Any) -> set[str]:
        assert entry.actor != waits.proposed_by, f"decided on his own: {entry}"
        name = next(
            (
                way.approval
                for way in definition.transitions
                if way.trigger == waits.trigger and way.approval
            ),
            None,
        )
        if name is None:
            return set(waits.awaits)
        step = definition.approvals[name].steps[waits.step - 1]
        voted = {ballot.person for ballot in waits.ballots}
        assert entry.actor not in voted, f"voted twice: {entry}"
        return set(step.by)

    def _doers(self, definition: Definition, entry: Any) -> set[str]:
        ways = [w for w in definition.transitions if w.trigger == entry.trigger]
        if not ways:  # an order that waits for its approval
            power = definition.powers.get(entry.trigger.partition(":")[0])
            late = definition.powers.get("late")
            return set((power or late).by) if power or late else set()
        here = [w for w in ways if entry.source in definition.sources_of(w)]
        assert here, f"{entry.trigger} was done in {entry.source}, where nobody may"
        return {role for way in here for role in way.by}

    # -- nothing is done before its time

    def _not_held_back(self, case: Case, entry: Any, before: Before) -> None:
        if before.case is None or case.id != before.case.id or entry.late:
            return
        if entry.kind != "event" or entry.trigger == "":
            return
        rules = self._definitions[case.procedure].deadlines
        today = entry.happened_at.astimezone(SHANGHAI).date()
        about = (entry.given or {}).get("about", "")
        closing = self._definitions[case.procedure].states[entry.target].closes
        for limit in before.deadlines:
            rule = rules.get(limit.rule)
            if rule is None or limit.status not in ("running", "paused"):
                continue
            if rule.each and about and limit.key != about:
                continue
            is_gated = entry.trigger in rule.gates
            is_gated |= entry.source != entry.target and closing in (rule.gates_closing or ())
            if is_gated and _still_runs(limit, today, rule.expires):
                raise AssertionError(f"{entry.trigger} while {limit.rule} runs: {limit}, {entry}")

    # -- no more is held than is owed

    def _not_in_excess(self, case: Case, entry: Any) -> None:
        """When a freeze is ordered, all that is held for the claim is within what is owed."""
        is_ordered = entry.kind == "event" and entry.trigger == "order_freeze"
        if case.procedure != "freeze_deposit" or not is_ordered or case.parent_id is None:
            return
        parent = self._engine.case(case.parent_id)
        owed = most_owed(parent.data, entry.happened_at.astimezone(SHANGHAI).date())
        if owed is None:
            return
        held = _ZERO
        for measure in self._engine.query(parent=parent.id, limit=500):
            holds = self._definitions[measure.procedure].holds
            if holds is None or measure.closed_at is not None:
                continue
            waits = [w for w in measure.waiting if w.trigger == "order_freeze"]
            if measure.state in ("approved", "requested", "effective", "ordered") and not waits:
                held += measure.data.get(holds.amount) or _ZERO
        assert held <= owed, f"{held} is held by the measures of {parent.id}, and {owed} is owed"

    # -- money

    def _money(self, case: Case) -> None:
        for name, account in self._definitions[case.procedure].accounts.items():
            sums = dict.fromkeys(("in", "out", "deposited"), _ZERO)
            for place, book in (account.books or {}).items():
                total = sum(
                    (r.get(book.amount) or _ZERO for r in case.data.get(place) or []), _ZERO
                )
                kind = str(getattr(book.is_, "value", book.is_))
                sums["in"] += total if kind in _IN else _ZERO
                sums["out"] += total if kind in _OUT else _ZERO
                sums["deposited"] += {"deposit": 1, "from_deposit": -1}.get(kind, 0) * total
            held = sums["in"] - sums["out"] - sums["deposited"]
            said = self._ledger.statement(case.id, name)
            told = f"{case.procedure}.{name}: {sums}, held {held}, the ledger says {said}"
            assert held >= 0, f"below nothing: {told}"
            assert sums["deposited"] >= 0, f"below nothing: {told}"
            assert (said.held, said.deposited) == (held, sums["deposited"]), told
            assert said.received == sums["in"], told
            assert said.paid_out == sums["out"] + sums["deposited"], told
            assert said.received == said.held + said.paid_out, told


def most_owed(data: Mapping[str, Any], today: date) -> Decimal | None:
    """What may be owed at most by a title of one sum on a day: the sum, double interest (0.0175 % a
    day from the day after the last one to pay) as though nothing had been paid, and the fee on
    both, less what was paid. None for another title."""
    principal, due_on = data.get("claim"), data.get("due_on")
    if data.get("title_item") or principal is None:
        return None
    days = max((today - due_on).days, 0) if due_on is not None else 0
    interest = _rounded(principal * days * Decimal("0.000175"))
    paid = sum(
        record["amount"]
        for name in ("receipt", "payment", "in_kind", "given_up")
        for record in data.get(name) or []
        if record.get("paid_on") is not None and record["paid_on"] <= today
    )
    whole = principal + interest
    return max(whole + fee_on(whole) - paid, _ZERO)


def fee_on(amount: Decimal) -> Decimal:
    """The fee for enforcement (诉讼费用交纳办法 art. 14(1)), step by step."""
    if amount <= 10_000:
        return Decimal(50)
    fee, below = Decimal(50), Decimal(10_000)
    for up_to, rate in ((500_000, "1.5"), (5_000_000, "1"), (10_000_000, "0.5"), (None, "0.1")):
        top = amount if up_to is None else min(amount, Decimal(up_to))
        fee += max(top - below, _ZERO) * Decimal(rate) / 100
        below = max(below, top)
    return _rounded(fee)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _still_runs(limit: Deadline, today: date, expires: str) -> bool:
    if limit.due_day is None:
        return True
    return today < limit.due_day if expires == "start-of-day" else today <= limit.due_day


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)
