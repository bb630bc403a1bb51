"""A past decided again: the kept inputs of a case in the order in which they happened, with another
fact, without an entry, or with one more event, and every moment of the clock between them.

It is done twice, as it was and as it is to be, so that only what the other fact changes is told
apart, and nothing that today's rules or calendar would see otherwise.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from ...workflow.errors import ZhixingError
from ...workflow.guards.cel import Children
from ...workflow.guards.variables import HOLDS, KIND_OF_HELD
from ...workflow.model.field_types import revived
from ..errors import NotWhole, Refused, TooManyEvents
from ..model.amendment_json import amendment_from_json
from ..model.case import CaseState, DeadlineState, in_order_made
from ..model.commands import DeadlineReached, Move
from ..model.effects import Decision
from ..model.event import CLOCK, Event
from ..model.past import Amendment, KeptEntry, Past, Redecision, Replayed
from .deadlines import next_deadline
from .procedure import Procedure
from .times import check_begun
from .turn import NO_CHILDREN, LimitKey, Naming, Turn

_MOST_EVENTS = 20_000
_LAST = 1 << 40

Versions = Callable[[str], Procedure]


class Decide(Protocol):
    """`decide.decide`."""

    def __call__(
        self,
        procedure: Procedure,
        case: CaseState,
        event: Event,
        children: Children = NO_CHILDREN,
        *,
        naming: Naming,
    ) -> Decision: ...


class OpenCase(Protocol):
    """`decide.open_case`."""

    def __call__(
        self, procedure: Procedure, case: CaseState, event: Event, *, naming: Naming
    ) -> Decision: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What deciding again takes: how a case is opened and decided, and the versions."""

    open_case: OpenCase
    decide: Decide
    version: Versions


def redecide(turn: Turn, past: Past, amendment: Amendment, tools: Tools) -> Redecision:
    """The past of a turn's case as it was, and as it is to be. Raises `NotWhole`, `Refused`."""
    entries, deadlines = past.entries(), {d.id: d for d in past.deadlines()}
    if not entries or not all(entry.is_whole for entry in entries):
        raise NotWhole(case_id=turn.case.id)
    known = [_Known(e.seq, amendment_from_json(e.given["amends"])) for e in entries if _amends(e)]
    names = _Names(turn, entries, deadlines)
    before = _Replay(turn, entries, names, tools).run(known)
    new = _Known(None, amendment)
    after = _Replay(turn, entries, names.again(), tools).run([*known, new])
    return Redecision(entries, deadlines, before, after)


class _Known(NamedTuple):
    """An amendment, with the number of the entry that made it; the one to be made has none."""

    seq: int | None
    amendment: Amendment


class _Input(NamedTuple):
    """An event in the order of what happened; `seq` is the number of its entry, if it has one."""

    at: datetime
    order: int
    seq: int | None
    event: Event
    entry: KeptEntry | None


class _Names:
    """The ids that deadlines and tasks had; new ones are numbered by the entry to come.

    What moments that came only by a late entry or an amendment have made is found by its rule, and
    so is a round: whether an act or the clock began it depends on what is entered late.
    """

    def __init__(
        self,
        turn: Turn,
        entries: Sequence[KeptEntry],
        deadlines: Mapping[str, DeadlineState],
        known_tasks: dict[tuple[int, str], str] | None = None,
    ) -> None:
        self._given = turn, entries, deadlines
        self._version = turn.case.version
        self._known_tasks = known_tasks
        self._tasks: dict[tuple[int, str], str] = {}
        self._made = 0
        self._exact: dict[tuple[str, LimitKey], deque[str]] = defaultdict(deque)
        self._loose: dict[LimitKey, deque[str]] = defaultdict(deque)
        self._used: set[str] = set()
        belated = {f"{turn.case.id}.{e.seq}" for e in entries if e.late or _amends(e)}
        for id, deadline in sorted(deadlines.items(), key=lambda item: in_order_made(item[0])):
            stem = id.rpartition(".")[0]
            of = LimitKey(deadline.rule, deadline.key, deadline.round)
            self._exact[stem, of].append(id)
            if stem in belated or deadline.round > 1:
                self._loose[of].append(id)

    def again(self) -> _Names:
        """The same names for another run; tasks keep the ids that this run gave them."""
        return _Names(*self._given, self._tasks)

    def deadline(self, case: CaseState, of: LimitKey, number: int) -> str:
        """The id that it had, as the entry armed it; else one of the entry to come."""
        exact = self._exact[f"{case.id}.{case.version}", of]
        return self._unused(exact) or self._unused(self._loose[of]) or self._new(case, "")

    def task(self, case: CaseState, name: str, number: int) -> str:
        """As `deadline`."""
        key = case.version, name
        if case.version == self._version:
            return self._new(case, "t")
        if self._known_tasks is not None:
            return self._known_tasks.get(key) or self._new(case, "t")
        return self._tasks.setdefault(key, f"{case.id}.{case.version}.t{number}")

    def _unused(self, ids: deque[str]) -> str | None:
        while ids:
            id = ids.popleft()
            if id not in self._used:
                self._used.add(id)
                return id
        return None

    def _new(self, case: CaseState, kind: str) -> str:
        self._made += 1
        return f"{case.id}.{self._version}.{kind}{self._made - 1}"


class _Replay:
    """One run through a past."""

    def __init__(
        self,
        turn: Turn,
        entries: Sequence[KeptEntry],
        naming: _Names,
        tools: Tools,
    ) -> None:
        self._turn = turn
        self._entries = entries
        self._tools = tools
        self._naming = naming
        self._count = 0
        self._moments: dict[str, deque[KeptEntry]] = defaultdict(deque)
        self._followed: dict[str, deque[KeptEntry]] = defaultdict(deque)
        for entry in entries:
            if entry.is_moment:
                self._moments[entry.deadline_id].append(entry)
            elif entry.follows:
                self._followed[entry.trigger].append(entry)

    def run(self, amendments: Sequence[_Known]) -> Replayed:
        """Decide everything again, up to now. Raises `Refused` for an event that is put in."""
        first, *inputs = self._inputs(amendments)
        opened = self._opened(first)
        self._done = Replayed(opened.case, {1: opened})
        for input in inputs:
            self._catch_up(input.at)
            self._bring(input)
        self._catch_up(self._turn.event.known_at)
        unused = (e for queue in (*self._moments.values(), *self._followed.values()) for e in queue)
        self._done.gone = {entry.seq: entry for entry in unused}
        return self._done

    # -- the order of what happened

    def _inputs(self, amendments: Sequence[_Known]) -> list[_Input]:
        standing = _standing(amendments)
        all = [known.amendment for known in standing]
        annulled = frozenset(seq for amendment in all for seq in amendment.annul)
        first, *rest = self._kept_inputs(annulled, all)
        for seq, amendment in standing:
            if amendment.insert is not None:
                order = seq if seq is not None else _LAST
                event = _replaced(amendment.insert, order, all)
                rest.append(_Input(event.at, order, seq, event, self._numbered(seq)))
        return [first, *sorted(rest, key=lambda input: (input.at, input.order))]

    def _numbered(self, seq: int | None) -> KeptEntry | None:
        return next((entry for entry in self._entries if entry.seq == seq), None)

    def _kept_inputs(
        self, annulled: frozenset[int], amendments: Sequence[Amendment]
    ) -> Iterator[_Input]:
        """What people, outside systems and related proceedings gave, each with its number."""
        latest = self._entries[0].happened_at
        for entry in self._entries:
            if entry.follows or entry.is_moment or not entry.decides or entry.seq in annulled:
                continue
            event = _replaced(entry.as_event(), entry.seq, amendments)
            at = event.at
            if not entry.late and at == entry.happened_at:
                latest = at = max(latest, at)  # a clock that stepped back changes no order
            yield _Input(at, entry.seq, entry.seq, event, entry)

    # -- the steps

    def _opened(self, first: _Input) -> Decision:
        turn, entry = self._turn, self._entries[0]
        now, opening = turn.case, entry.given.get("case", {})
        case = CaseState(
            now.id,
            now.procedure,
            entry.definition_hash,
            "",
            1,
            first.event.at,
            now.number,
            now.court,
            opening.get("officer", ""),
            parent_id=now.parent_id,
            sub_procedure=now.sub_procedure,
            about=now.about,
            team=opening.get("team", ""),
        )
        procedure = self._tools.version(entry.definition_hash)
        return self._tools.open_case(procedure, case, first.event, naming=self._naming)

    def _bring(self, input: _Input) -> None:
        if input.seq is None:
            self._done.inserted = self._apply(input.event, None, self._turn.children)
            return
        try:
            check_begun(input.event.at, self._done.case.begun_at)
            procedure, entry = self._procedure(input.event), input.entry
            children = children_of(procedure, entry) if entry is not None else NO_CHILDREN
            self._apply(input.event, input.seq, children)
        except ZhixingError as error:
            self._done.impossible[input.seq] = error

    def _catch_up(self, until: datetime) -> None:
        while True:
            case = self._done.case
            deadline = next_deadline(self._tools.version(case.definition_hash), case, until)
            if deadline is None or deadline.wake_at is None:
                return
            known = self._moments[deadline.id]
            seq = known.popleft().seq if known else None
            event = Event(deadline.wake_at, CLOCK, command=DeadlineReached(deadline.id))
            self._apply(event, seq, NO_CHILDREN)

    def _apply(self, event: Event, seq: int | None, children: Children) -> Decision:
        self._count += 1
        if self._count > _MOST_EVENTS:
            raise TooManyEvents(case_id=self._done.case.id, limit=_MOST_EVENTS)
        case = self._done.case
        case.version = (seq if seq is not None else self._turn.case.version) - 1
        procedure = self._procedure(event)
        decision = self._tools.decide(procedure, case, event, children, naming=self._naming)
        self._done.case = decision.case
        if seq is None:
            self._done.fresh.append(decision)
        else:
            self._done.kept[seq] = decision
        if decision.effects.fires is not None:
            self._follow(decision.effects.fires, seq)
        return decision

    def _follow(self, event: Event, after: int | None) -> None:
        """What an event sets off in its own case; what is refused is passed over, as it was."""
        known = self._followed[event.trigger]
        seq = known[0].seq if known and after is not None and known[0].seq > after else None
        try:
            self._apply(event, seq, self._turn.children if seq is None else NO_CHILDREN)
        except Refused:
            return
        if seq is not None:
            known.popleft()

    def _procedure(self, event: Event) -> Procedure:
        if isinstance(event.command, Move):
            return self._tools.version(event.command.hash)
        return self._tools.version(self._done.case.definition_hash)


def _standing(amendments: Sequence[_Known]) -> list[_Known]:
    """The amendments that no later one has annulled; what an annulled one annulled stands again."""
    annulled, standing = set[int | None](), list[_Known]()
    for known in reversed(amendments):
        if known.seq not in annulled:
            standing.insert(0, known)
            annulled |= known.amendment.annul
    return standing


def _amends(entry: KeptEntry) -> bool:
    return "amends" in entry.given


def _replaced(event: Event, seq: int, amendments: Sequence[Amendment]) -> Event:
    """An event with what amendments put in the place of what it was given."""
    for amendment in amendments:
        new = amendment.replace.get(seq)
        if new is not None:
            event = replace(
                event,
                at=new.at or event.at,
                data={**event.data, **new.data},
                documents={**event.documents, **new.documents},
            )
    return event


def children_of(procedure: Procedure, entry: KeptEntry) -> Children:
    """What guards were told of sub-procedures then, typed again."""
    kept = entry.given.get("sub_procedures")
    if not kept:
        return NO_CHILDREN
    return {name: dict(_typed(procedure, name, told)) for name, told in kept.items()}


def _typed(procedure: Procedure, name: str, told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if name == HOLDS:
        yield from ((key, revived(KIND_OF_HELD[key], value)) for key, value in told.items())
        return
    sub = procedure.definition.proceedings.get(name.partition("@")[0])
    types = sub.fields if sub is not None else {}
    for key, value in told.items():
        kind, _, field = key.partition(".")
        is_typed = kind in ("latest", "sum") and field in types
        yield key, revived(types[field], value) if is_typed else value
