"""What passed between an adapter and its far side, written down and played again.

A recording is JSON lines: first the adapter, then each exchange in the order in which it ended.
Secrets, and the fields that are named as personal, are masked before anything is written.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from ...workflow.errors import ZhixingError
from ..protocol import (
    Adapter,
    Answer,
    Arrival,
    Call,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
    Unclear,
)
from .errors import BadRecording, NotRecorded

MASK = "***"
_FAILURES = {one.code: one for one in (TemporaryFailure, PermanentFailure, Unclear)}
Line = dict[str, Any]
T = TypeVar("T")


class AnyShape(BaseModel):
    """A request or answer of any shape."""

    model_config = ConfigDict(extra="allow")


class Recorder:
    """An adapter that asks another, and writes down what is asked and answered.

    `secrets` are texts that are masked wherever they stand; `personal` are names of fields whose
    values are masked in requests and answers. The file is written anew.
    """

    def __init__(
        self,
        adapter: Adapter,
        path: str | Path,
        *,
        secrets: Iterable[str] = (),
        personal: Iterable[str] = (),
    ) -> None:
        self._adapter, self._path = adapter, Path(path)
        self._secrets, self._personal = tuple(filter(None, secrets)), frozenset(personal)
        self._lock = threading.Lock()
        self.name = adapter.name
        self.operations = adapter.operations
        arrivals = {name: one.arrives.value for name, one in adapter.operations.items()}
        head = {"adapter": self.name, "operations": arrivals, "personal": sorted(self._personal)}
        self._path.write_text(json.dumps(head, ensure_ascii=False) + "\n", encoding="utf-8")

    def send(self, call: Call) -> Reply:
        """As the adapter. Raises what it raises."""
        asked = {"did": "send", "operation": call.operation, "key": call.key}
        asked["payload"] = _masked(call.payload.model_dump(mode="json"), self._personal)
        return self._noted(asked, lambda: self._adapter.send(call), _reply_line)

    def poll(self, key: str) -> Sequence[Answer]:
        """As the adapter. Raises what it raises."""
        asked = {"did": "poll", "key": key}
        return self._noted(asked, lambda: self._adapter.poll(key), _answers_line)

    def _noted(self, asked: Line, ask: Callable[[], T], line_of: Callable[..., Line]) -> T:
        try:
            found = ask()
        except ZhixingError as failure:
            why = str(failure.data.get("why", failure.code))
            self._write({**asked, "failure": failure.code, "why": why})
            raise
        self._write({**asked, **line_of(found, self._personal)})
        return found

    def _write(self, line: Line) -> None:
        text = json.dumps(line, ensure_ascii=False, default=str)
        for secret in self._secrets:
            text = text.replace(json.dumps(secret, ensure_ascii=False)[1:-1], MASK)
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")


class Replayed:
    """An adapter that answers from a recording, without its far side.

    A request is known by operation and payload, whatever its key; the same one again is answered as
    it was answered the next time, and a poll as the next poll. `operations` are those of the real
    adapter, for their shapes; without them any shape goes. Not `strict`, it takes what it does not
    know and stays silent. Raises `BadRecording`.
    """

    def __init__(
        self,
        path: str | Path,
        operations: Mapping[str, Operation] | None = None,
        *,
        strict: bool = True,
    ) -> None:
        self._path, self._strict = Path(path), strict
        head, *lines = _lines(self._path)
        self._personal = frozenset(head.get("personal", ()))
        self.name = str(head["adapter"])
        self.operations = operations or _any_shapes(head["operations"])
        self._lock = threading.Lock()
        self._sends: defaultdict[str, deque[Line]] = defaultdict(deque)
        self._polls: defaultdict[str, deque[Line]] = defaultdict(deque)
        self._keys: dict[str, str] = {}
        for line in lines:
            kept = self._sends[_named(line)] if line["did"] == "send" else self._polls[line["key"]]
            kept.append(line)

    def send(self, call: Call) -> Reply:
        """What was answered then.

        Raises `NotRecorded`, `TemporaryFailure`, `PermanentFailure`, `Unclear`.
        """
        payload = _masked(call.payload.model_dump(mode="json"), self._personal)
        name = _named({"operation": call.operation, "payload": payload})
        with self._lock:
            line = self._sends[name].popleft() if self._sends[name] else None
            self._keys |= {} if line is None else {call.key: line["key"]}
        if line is None:
            return self._unknown(call.operation, json.dumps(payload, ensure_ascii=False))
        return Reply(self._answers(line, call.key), bool(line.get("pending")))

    def poll(self, key: str) -> Sequence[Answer]:
        """What was answered then; after the last time, the same again.

        Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`.
        """
        with self._lock:
            lines = self._polls[self._keys.get(key, "")]
            line = lines.popleft() if len(lines) > 1 else next(iter(lines), None)
        return () if line is None else self._answers(line, key)

    def unasked(self) -> list[str]:
        """The operations of what was recorded and is not asked yet."""
        return [line["operation"] for lines in self._sends.values() for line in lines]

    def _unknown(self, operation: str, payload: str) -> Reply:
        if self._strict:
            raise NotRecorded(file=str(self._path), operation=operation, payload=payload)
        return Reply()

    def _answers(self, line: Line, key: str) -> list[Answer]:
        if "failure" in line:
            raise _FAILURES.get(line["failure"], Unclear)(why=line["why"])
        return [_answer(one, line["key"], key) for one in line["answers"]]


def _masked(value: Any, personal: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {k: MASK if k in personal else _masked(v, personal) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one, personal) for one in value]
    return value


def _reply_line(reply: Reply, personal: frozenset[str]) -> Line:
    return {"pending": reply.pending, **_answers_line(reply.answers, personal)}


def _answers_line(answers: Sequence[Answer], personal: frozenset[str]) -> Line:
    return {"answers": [_answer_line(one, personal) for one in answers]}


def _answer_line(answer: Answer, personal: frozenset[str]) -> Line:
    happened = answer.happened_at
    return {
        "key": answer.key,
        "id": answer.message_id,
        "kind": answer.kind,
        "final": answer.final,
        "data": _masked(answer.data, personal),
        "happened_at": None if happened is None else happened.isoformat(),
    }


def _answer(line: Line, recorded: str, key: str) -> Answer:
    """An answer to the request of now, where then it was to that of then."""
    mine = {True: key, False: line["key"]}[line["key"] == recorded]
    id = line["id"].replace(recorded, key)
    return Answer(mine, id, line["kind"], line["data"], line["final"], _day(line["happened_at"]))


def _day(text: str | None) -> datetime | date | None:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _named(line: Line) -> str:
    """What a request is known by."""
    return json.dumps([line["operation"], line["payload"]], sort_keys=True)


def _any_shapes(arrivals: Mapping[str, str]) -> dict[str, Operation]:
    return {
        name: Operation(name, AnyShape, AnyShape, arrives=Arrival(how))
        for name, how in arrivals.items()
    }


_EXCHANGE = {"did", "key"}
_SENT = {"operation", "payload"}


def _lines(path: Path) -> list[Line]:
    """The lines of a recording. Raises `BadRecording`."""
    try:
        written = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadRecording(place=path, why=type(error).__name__) from None
    found = [_line(f"{path}:{number}", text) for number, text in enumerate(written, 1)]
    if not found or not {"adapter", "operations"} <= found[0].keys():
        raise BadRecording(place=f"{path}:1", why="it does not begin with its adapter")
    for number, line in enumerate(found[1:], 2):
        _check_exchange(f"{path}:{number}", line)
    return found


def _check_exchange(place: str, line: Line) -> None:
    """Raises `BadRecording` for a line that is no exchange."""
    needed = _EXCHANGE | {"send": _SENT}.get(str(line.get("did")), set())
    if not needed <= line.keys() or line.keys().isdisjoint({"failure", "answers"}):
        raise BadRecording(place=place, why="it is no exchange")


def _line(place: str, text: str) -> Line:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadRecording(place=place, why="it is no JSON object")
    return found
