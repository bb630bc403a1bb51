"""Business services of DIGIT as definitions, one to one; what has no place here is told.

Every state becomes a state, every action a transition by its roles, every SLA a time limit that
alerts. Documents that entering a state asks for (`docUploadRequired`) are asked of the acts that
lead there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain, filterfalse
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..language import Words
from ..loading import DefinitionRefused
from ..model.definition import DERIVED_ROLES, OFFICER, RESERVED_ROLES
from ..model.flow import RETURN, STAY
from ..shape_errors import located
from ..source.characters import shown
from ..source.findings import Finding
from ..source.positions import Position
from ..source.yaml_reader import ReadingFailed, not_a_mapping, start_of
from ..source.yaml_writer import in_a_line
from .digit_faults import faults
from .digit_limits import length_of
from .digit_model import DigitAction, DigitFile, DigitService, DigitState, Part, Way, as_file
from .json_text import read_json
from .names import identifier, identifiers

_RESERVED_STATES = (STAY, RETURN, "any")
_RESERVED_ROLES = (*RESERVED_ROLES, *DERIVED_ROLES, OFFICER)
_LINES = re.compile(r"[\r\n\x85\u2028\u2029]+")
_IS_TERMINAL = attrgetter("is_terminal")
_START = Words("起点（DIGIT 中无名称）", "start (without a name in DIGIT)")


class Imported(NamedTuple):
    """A definition made of a foreign one: its id, its text, and what was not carried over."""

    id: str
    text: str
    notes: tuple[Finding, ...]


def from_digit(raw: bytes, name: str, *, effective: date, zone: str) -> list[Imported]:
    """The definitions of a file of business services (JSON), in effect from a day, in a time zone.

    Raises `DefinitionRefused` with every fault at its line.
    """
    file = _read(raw, name)
    found = faults(file.services)
    if found:
        raise DefinitionRefused(found)
    around = list(_unread([file]))
    return [_Import(one, name, effective, zone).result(around) for one in file.services]


def _read(raw: bytes, name: str) -> DigitFile:
    try:
        value = as_file(read_json(raw, name))
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    if not isinstance(value, dict):
        raise DefinitionRefused([not_a_mapping(start_of(name))])
    try:
        return DigitFile.model_validate(value)
    except ValidationError as error:
        raise DefinitionRefused(located(value, error, name)) from None


def _unread(parts: Iterable[Part]) -> Iterator[Finding]:
    """The keys that nothing reads."""
    for key, at in chain.from_iterable(map(attrgetter("unread"), parts)):
        zh, en = f"未导入的键 {key}", f"the key {key} is left out"
        yield Finding(at, "digit-left-out", zh, en, "note")


class _Entry(NamedTuple):
    """An entry of a definition and its remark."""

    name: str
    value: dict[str, Any]
    remark: Words | None = None


class _Import:
    """One service on its way into the language; `notes` are what does not come along."""

    def __init__(self, service: DigitService, file: str, effective: date, zone: str) -> None:
        self._service, self._file = service, file
        self._effective, self._zone = effective, zone
        self._start = service.starts[0]
        names = list(map(attrgetter("state"), service.states))
        self._state_ids = identifiers(names, "state", _RESERVED_STATES)
        self._triggers = identifiers(map(attrgetter("action"), service.actions), "act")
        roles = chain.from_iterable(map(attrgetter("roles"), service.actions))
        self._roles = identifiers(roles, "role", _RESERVED_ROLES)
        self._notes: list[Finding] = []

    def result(self, around: Iterable[Finding]) -> Imported:
        """The definition and what was not carried over, what stands around the service too."""
        lines = list(self._lines())
        notes = sorted([*around, *self._notes, *self._left_out()])
        text = "\n".join([*lines, *self._remarks(notes)]) + "\n"
        return Imported(identifier(self._service.name, "service"), text, tuple(notes))

    def _remarks(self, notes: Iterable[Finding]) -> Iterator[str]:
        """What was not carried over as it is, at the end of the file."""
        yield ""
        yield _comment(f"未照原样导入的内容 / not carried over as it is（{Path(self._file).name}）")
        yield from (_comment(f"  {note.at.line}: {note.zh} / {note.en}") for note in notes)

    def _lines(self) -> Iterator[str]:
        service = self._service
        name = service.name
        yield _comment(f"由 DIGIT 的业务流程 {name} 导入 / imported from the DIGIT service {name}")
        yield f"id: {identifier(service.name, 'service')}"
        yield f"title: {_flow(_both(service.name))}"
        yield "version: 1"
        yield f"effective: {self._effective}"
        yield f"note: {_flow(self._about())}"
        yield f"zone: {_flow(self._zone)}"
        yield "calendar: none        # DIGIT 不分工作日 / DIGIT knows no rest days"
        yield from _section("roles", self._role_entries())
        yield from _section("documents", self._documents())
        yield f"powers: {_flow({'open': {'by': self._roles_of(self._start.actions)}})}"
        yield from _section("modes", self._modes())
        yield f"initial: {self._id_of(self._start)}"
        yield from _section("states", self._state_entries())
        yield "transitions:"
        yield from (f"  - {_flow(self._transition(way))}" for way in service.ways)
        yield from _section("deadlines", self._deadlines())

    def _about(self) -> str:
        """What DIGIT says of the whole and nothing here asks for."""
        service = self._service
        said = {
            "businessService": service.name,
            "business": service.business,
            "tenantId": service.tenant,
        }
        return "DIGIT: " + ", ".join(f"{key} {value}" for key, value in said.items() if value)

    def _id_of(self, state: DigitState) -> str:
        return self._state_ids[state.state]

    def _roles_of(self, actions: Iterable[DigitAction]) -> list[str]:
        """The roles that may do one of the acts, each once."""
        names = chain.from_iterable(map(attrgetter("roles"), actions))
        return list(dict.fromkeys(map(self._roles.__getitem__, names)))

    def _role_entries(self) -> Iterator[_Entry]:
        for name, id in self._roles.items():
            yield _Entry(id, {"title": _both(str(name))})

    def _documents(self) -> Iterator[_Entry]:
        """What is handed in on the way into a state that asks for it."""
        for state in filter(attrgetter("state"), self._service.states):
            if state.needs_upload:
                name = state.state
                words = Words(f"进入 {name} 时上传的材料", f"what is uploaded to enter {name}")
                yield _Entry(self._upload(state), {"title": words._asdict()})

    def _upload(self, state: DigitState) -> str:
        return f"upload_{self._id_of(state)}"

    def _modes(self) -> Iterator[_Entry]:
        for state in filter(_IS_TERMINAL, self._service.states):
            yield _Entry(self._id_of(state), _both(state.state or ""))

    def _state_entries(self) -> Iterator[_Entry]:
        for state in self._service.states:
            title = _both(state.state) if state.state else _START._asdict()
            closes = self._id_of(state) if state.is_terminal else None
            status = f"applicationStatus {state.status}" if state.status else None
            value = {"title": title, "closes": closes, "note": status}
            yield _Entry(self._id_of(state), {k: v for k, v in value.items() if v is not None})

    def _transition(self, way: Way) -> dict[str, Any]:
        """An act; one that leads to where the case is lets its time limit go on, as DIGIT does."""
        state, action = way
        target = next(one for one in self._service.states if one.state == action.next_state)
        documents = {"documents": self._upload(target)} if target.needs_upload else {}
        return {
            "trigger": self._triggers[action.action],
            "title": _both(action.action),
            "from": self._id_of(state),
            "to": STAY if target is state else self._id_of(target),
            "by": self._roles_of([action]),
            **documents,
        }

    def _deadlines(self) -> Iterator[_Entry]:
        """The limits of the whole and of each state; a closed case has none."""
        service, titles = self._service, Words("全流程时限", "time for the whole")
        whole = {"title": titles._asdict(), "starts": self._beginning()} | self._met_by(
            self._closing()
        )
        at = service.at_value("businessServiceSla")
        yield from self._deadline("whole", whole, service.sla, at, service.actions)
        for state in filterfalse(_IS_TERMINAL, service.states):
            id, name = self._id_of(state), state.state or "start"
            title = Words(f"{name} 的时限", f"time in {name}")
            leaving = (action for action in state.actions if action.next_state != state.state)
            rule = {"title": title._asdict(), "starts": {"entering": id}} | self._met_by(leaving)
            place = state.at_value("sla")
            yield from self._deadline(f"in_{id}", rule, state.sla, place, state.actions)

    def _met_by(self, actions: Iterable[DigitAction]) -> dict[str, Any]:
        """The acts that perform a limit, also late; none where there is none."""
        names = map(attrgetter("action"), actions)
        met_by = list(dict.fromkeys(map(self._triggers.__getitem__, names)))
        return {"met_by": met_by} if met_by else {}

    def _closing(self) -> Iterator[DigitAction]:
        """The acts that always close the case; what only sometimes does performs nothing."""
        ends = set(map(attrgetter("state"), filter(_IS_TERMINAL, self._service.states)))
        others = {
            action.action for action in self._service.actions if action.next_state not in ends
        }
        return (action for action in self._service.actions if action.action not in others)

    def _beginning(self) -> dict[str, str]:
        """What starts the limit of the whole: the beginning, and no return to it."""
        start = self._start
        back = {
            f'!did("{self._triggers[action.action]}")'
            for state, action in self._service.ways
            if action.next_state == start.state and state is not start
        }
        starts = {"entering": self._id_of(start), "when": " && ".join(sorted(back))}
        return dict(filter(all, starts.items()))

    def _deadline(
        self,
        id: str,
        rule: Mapping[str, Any],
        sla: int | None,
        at: Position,
        actions: Iterable[DigitAction],
    ) -> Iterator[_Entry]:
        """A limit that tells those who may act; none where nothing is said."""
        if sla is None:
            return
        length = length_of(sla)
        read = Words(f"时限 {sla}：{length.words.zh}", f"sla {sla}: {length.words.en}")
        self._notes.append(Finding(at, "digit-sla", *read, severity="note"))
        told = {"on_expiry": {"alert": self._roles_of(actions)}}
        how = {"length": length.length, "unit": length.unit, "counting": "plain"}
        if length.length:
            yield _Entry(id, {**rule, **how, **told}, length.words)

    def _left_out(self) -> Iterator[Finding]:
        """Everything that stands in the file and has no place in the definition."""
        yield from _unread(self._service.parts)
        for state in self._service.states:
            for key, words in _LEFT_OUT[self._kind_of(state)].items():
                if _is_said(getattr(state, key)):
                    yield self._left(state, key, words)

    def _kind_of(self, state: DigitState) -> str:
        """Which row of `_LEFT_OUT` is about a state."""
        kind = "terminal" if state.is_terminal else "open"
        return "start" if state is self._start else kind

    def _left(self, state: DigitState, key: str, words: Words) -> Finding:
        written = DigitState.model_fields[key].alias or key
        name = state.state or self._id_of(state)
        zh, en = f"{name} 的 {written}：{words.zh}", f"{written} of {name}: {words.en}"
        return Finding(state.at_value(written), "digit-left-out", zh, en, "note")


def _is_said(value: Any) -> bool:
    """Whether a value says something: a flag that is down does not."""
    return value is not None and value is not False


_UPDATABLE = Words("此处只有动作的表单可以改写案件信息", "here only the forms of acts write data")
_ONCE = Words(
    "材料每案要求一次（DIGIT 每次进入都要求）",
    "the upload is asked for once in a case (DIGIT asks each time)",
)
_ONE_START = Words("案件从另一状态开始", "cases begin in another state")
_LEFT_OUT: Mapping[str, Mapping[str, Words]] = {
    "start": {
        "needs_upload": Words("开案不经动作，不要求材料", "no act opens the case and asks for it"),
        "is_updatable": _UPDATABLE,
    },
    "open": {"needs_upload": _ONCE, "is_start": _ONE_START, "is_updatable": _UPDATABLE},
    "terminal": {
        "needs_upload": _ONCE,
        "is_start": _ONE_START,
        "is_updatable": _UPDATABLE,
        "sla": Words("已结案件没有时限", "a closed case has no time limit"),
    },
}
"""What of a state is not carried over as it is, where it is said."""


def _comment(text: str) -> str:
    """A line that only people read."""
    return f"# {shown(_LINES.sub(' ', text))}"


def _flow(value: Any) -> str:
    """A value in one line, its keys as they were given."""
    return in_a_line(value, is_sorted=False)


def _both(name: str) -> dict[str, str]:
    """A name of DIGIT, in both languages as it is."""
    return {"zh": name, "en": name}


def _section(key: str, entries: Iterable[_Entry]) -> Iterator[str]:
    """A table of the definition, an entry a line; none where there is nothing."""
    lines = [f"  {name}: {_flow(value)}{_remark(remark)}" for name, value, remark in entries]
    return chain([f"{key}:"], lines) if lines else iter(())


def _remark(words: Words | None) -> str:
    return f"  # {' / '.join(filter(None, words))}" if words else ""
