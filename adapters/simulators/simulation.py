"""One far side that is asked: its world, its ledger, its faults, and what it has answered."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ...workflow.errors import ZhixingError
from ..protocol import Arrival
from .catalogue import world_named
from .clocks import SimulatorClock
from .faults import FaultProfile, Luck
from .ledger import Ledger, Line
from .world import ZONE, Refused, Said, World

PAGE = 500
"""How many entries of the books one page shows."""


class OtherLedger(ZhixingError):
    """A ledger goes on only as that of the same far side."""

    code = "simulator-ledger"
    zh, en = (
        "账本属于模拟系统 {name}（种子 {seed}）",
        "the ledger is that of the simulator {name} with seed {seed}",
    )


class Manner(Enum):
    """How a reply is sent."""

    PLAIN = "plain"
    WRONG_SHAPE = "wrong_shape"
    HUGE = "huge"
    ENDLESS = "endless"
    DRIP = "drip"
    CUT = "cut"
    RESET = "reset"


_OF_ANSWERS = (Manner.WRONG_SHAPE, Manner.HUGE, Manner.ENDLESS, Manner.DRIP, Manner.CUT)
_BAD_POLLS = 2


@dataclass(frozen=True, slots=True)
class Given:
    """What is sent back: a status, a value, how, and after how many seconds."""

    status: int
    value: Any
    manner: Manner = Manner.PLAIN
    wait: float = 0.0


_UNAVAILABLE = Given(503, {"error": "unavailable"})


@dataclass(frozen=True, slots=True)
class _Told:
    """One answer, and when it may be seen."""

    said: Said
    message_id: str
    due: datetime
    is_forged: bool = False

    def on_the_wire(self, is_dated: bool) -> dict[str, Any]:
        wire = {
            "key": self.said.key,
            "id": self.message_id,
            "kind": self.said.kind,
            "final": self.said.is_final,
            "data": self.said.data,
        }
        day = self.said.moment.astimezone(ZONE).date().isoformat()
        return wire | {"happened_at": day} if is_dated else wire


class Simulation:
    """A far side without its server; every method may be called from any thread.

    `is_dated` is whether answers say their day.
    """

    def __init__(
        self,
        name: str,
        seed: int,
        clock: SimulatorClock,
        faults: FaultProfile,
        ledger: Path | None = None,
        is_dated: bool = True,
    ) -> None:
        self.name, self.seed, self._clock, self._is_dated = name, seed, clock, is_dated
        self._lock = threading.RLock()
        self._faults = faults
        self._asked: dict[str, Line] = {}
        self._happened: set[str] = set()
        self._told: defaultdict[str, list[_Told]] = defaultdict(list)
        self._times: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._world: World | None = None
        self._origin = name, seed
        self._ledger = Ledger(ledger)
        for line in self._ledger.lines():
            self._live(line)
        if self._world is None:
            self._write({"is": "begin", "name": name, "seed": seed, "at": _written(clock.now())})
        if self._origin != (name, seed):
            raise OtherLedger(name=self._origin[0], seed=self._origin[1])

    # -- what it is told

    def take(self, key: str, operation: str, payload: Any) -> Given:
        """A request: acted on once, however often it comes."""
        with self._lock:
            self._times["take", key] += 1
            attempt, luck = self._times["take", key], Luck(self.seed, key)
            if self._is_out():
                return _UNAVAILABLE
            if attempt == 1 and luck.has("unavailable", self._faults.unavailable):
                return self._met("take", key, _UNAVAILABLE)
            wrong = self._act(key, operation, payload)
            if wrong is not None:
                return wrong
            if attempt == 1 and luck.has("reset", self._faults.reset):
                return self._met("take", key, Given(202, {}, Manner.RESET))
            taken = self._taken(key, operation)
            if attempt <= 2 and luck.has(f"slow:{attempt}", self._faults.taken_but_slow):
                return self._met("take", key, replace(taken, wait=self._faults.slow_seconds))
            return taken

    def _met(self, what: str, key: str, given: Given) -> Given:
        """A fault of the first time, which is told as often only, whatever restarts come between:
        a far side that begins anew with it again and again would never be got past."""
        self._write({"is": "met", "what": what, "key": key, "times": self._times[what, key]})
        return given

    def _act(self, key: str, operation: str, payload: Any) -> Given | None:
        """Act on it where it is new; what is wrong with it, if anything is."""
        shape = self._shape(operation)
        if shape is None:
            return Given(400, {"error": f"no operation {operation}"})
        known = self._asked.get(key)
        if known is not None:
            same = (known["operation"], known["payload"]) == (operation, payload)
            return None if same else Given(409, {"error": "the key is that of another request"})
        try:
            shape.model_validate(payload)
        except ValidationError as error:
            return Given(400, {"error": str(error.errors(include_url=False)[0]["msg"])})
        self._write({"is": "request", "key": key, "operation": operation, "payload": payload})
        return None

    def _taken(self, key: str, operation: str) -> Given:
        if self._is_at_once(operation):
            now = [t.on_the_wire(self._is_dated) for t in self._told[key] if not t.is_forged]
            return Given(200, {"answers": now})
        return Given(202, {"key": key})

    def happen(self, event: str, payload: Mapping[str, Any], key: str) -> Given:
        """What the world does of itself (a payment comes in, a debtor withdraws); once a key."""
        with self._lock:
            if not self._lived.knows(event):
                return Given(400, {"error": f"nothing is called {event} here"})
            if key in self._happened:
                return Given(200, {})
            try:
                self._write({"is": "event", "key": key, "event": event, "payload": dict(payload)})
            except (Refused, TypeError, ValueError, InvalidOperation) as error:
                return Given(422, {"error": str(error)})
            return Given(200, {})

    def tick(self, now: datetime) -> Given:
        """Move the virtual clock."""
        with self._lock:
            self._write({"is": "tick", "to": _written(now)})
            return Given(200, {"now": _written(self._clock.now())})

    def set_faults(self, profile: FaultProfile) -> Given:
        with self._lock:
            self._write({"is": "faults", "profile": profile.model_dump(mode="json")})
            return Given(200, {})

    # -- what it is asked

    def faults(self) -> FaultProfile:
        with self._lock:
            return self._faults

    def answers(self, key: str) -> Given:
        """What has been answered by now."""
        with self._lock:
            if self._is_out():
                return _UNAVAILABLE
            if key not in self._asked:
                return Given(404, {"error": "no such request"})
            self._times["poll", key] += 1
            seen = self._due(key)
            found = [t.on_the_wire(self._is_dated) for t in seen if not t.is_forged]
            if self._times["poll", key] > _BAD_POLLS:
                return Given(200, {"answers": found})
            found += [self._for_another(t) for t in seen if t.is_forged]
            given = Given(200, {"answers": found}, self._manner(key))
            return given if given.manner is Manner.PLAIN else self._met("poll", key, given)

    def due(self) -> Iterator[tuple[str, dict[str, Any], bool]]:
        """Everything answered by now, with its id, and whether it is forged."""
        with self._lock:
            self._advance()
            now = self._clock.now()
            for key, told in self._told.items():
                for number, one in enumerate(told):
                    if one.due <= now:
                        wire = one.on_the_wire(self._is_dated) | {"adapter": self.name}
                        yield f"{key}:{number}", wire, one.is_forged

    def acts(self) -> list[Line]:
        """Every request that was acted on, in order."""
        with self._lock:
            return list(self._asked.values())

    def state(self) -> dict[str, Any]:
        with self._lock:
            self._advance()
            return self._lived.state()

    def books(self, since: str, until: str, after: int) -> Given:
        """A page of the books, of these days."""
        with self._lock:
            self._advance()
            found = [e for e in self._lived.books if since <= e["day"] <= until]
            page, rest = found[after : after + PAGE], len(found) - after - PAGE
            return Given(200, {"entries": page, "next": after + PAGE if rest > 0 else None})

    def close(self) -> None:
        with self._lock:
            self._ledger.close()

    # -- how a line changes it, now and when it is read again

    @property
    def _lived(self) -> World:
        assert self._world is not None
        return self._world

    def _write(self, line: Line) -> None:
        """A line of the ledger: tried on nothing, written, then lived."""
        dated = {"at": _written(self._clock.now())} | line
        if line["is"] == "event":  # what cannot happen must not be in the ledger
            self._live(dated)
            self._ledger.append(dated)
        else:
            self._ledger.append(dated)
            self._live(dated)

    def _live(self, line: Line) -> None:
        at = datetime.fromisoformat(line["at"])
        self._clock.move(at)
        if line["is"] == "begin":
            self._origin = line["name"], line["seed"]
            self._world = world_named(line["name"])(line["seed"], at, self._clock.lasts)
            return
        self._advance(at)
        getattr(self, f"_live_{line['is']}")(line)
        self._listen()

    def _live_request(self, line: Line) -> None:
        shape = self._shape(line["operation"])
        assert shape is not None
        self._asked[line["key"]] = line
        self._lived.ask(line["key"], line["operation"], shape.model_validate(line["payload"]))

    def _live_event(self, line: Line) -> None:
        self._lived.happen(line["event"], line["payload"])
        self._happened.add(line["key"])

    def _live_met(self, line: Line) -> None:
        self._times[line["what"], line["key"]] = line["times"]

    def _live_tick(self, line: Line) -> None:
        self._clock.move(datetime.fromisoformat(line["to"]))
        self._advance()

    def _live_faults(self, line: Line) -> None:
        self._faults = FaultProfile.model_validate(line["profile"])

    def _advance(self, moment: datetime | None = None) -> None:
        self._lived.advance(moment or self._clock.now())
        self._listen()

    # -- what becomes of what the world says

    def _listen(self) -> None:
        for said in self._lived.heard():
            self._told[said.key] += self._with_faults(said)

    def _with_faults(self, said: Said) -> list[_Told]:
        """An answer as the faults leave it: not at all, or with others around it."""
        luck, profile = Luck(self.seed, said.key), self._faults
        is_missing = said.is_optional and not luck.has("partial", profile.partial)
        if is_missing or luck.has("never", profile.never):
            return []
        count = len(self._told[said.key])
        late = 0.0 if said.is_optional else luck.late(profile)
        told = _Told(said, f"{said.key}/{count}", said.moment + timedelta(seconds=late))
        return [told] if not said.is_final else self._around(told, luck)

    def _around(self, told: _Told, luck: Luck) -> list[_Told]:
        """A last answer, and what comes with it that should not."""
        faults, said = self._faults, told.said
        all = [told]
        if said.kind == "answered" and luck.has("wrong_data", faults.wrong_data):
            wrong = replace(said, data={"wrong": "data"})
            all.insert(0, replace(told, said=wrong, message_id=f"{told.message_id}/wrong"))
        if luck.has("contradictory", faults.contradictory):
            all.append(replace(told, said=_otherwise(said), message_id=f"{told.message_id}/again"))
        if luck.has("twice", faults.twice):
            all.append(told)
        if luck.has("forged", faults.forged):
            forged = replace(told, said=_otherwise(said), is_forged=True)
            all.insert(0, replace(forged, message_id=f"{told.message_id}/forged"))
        return all

    def _due(self, key: str) -> list[_Told]:
        self._advance()
        now = self._clock.now()
        due = [told for told in self._told[key] if told.due <= now]
        is_reordered = Luck(self.seed, key).has("reordered", self._faults.reordered)
        return due[::-1] if is_reordered else due

    def _manner(self, key: str) -> Manner:
        luck = Luck(self.seed, f"{key}:{self._times['poll', key]}")
        for manner in _OF_ANSWERS:
            if luck.has(manner.value, getattr(self._faults, manner.value)):
                return manner
        return Manner.PLAIN

    def _for_another(self, told: _Told) -> dict[str, Any]:
        return told.on_the_wire(self._is_dated) | {"key": f"other-{told.said.key}"}

    def _is_out(self) -> bool:
        return self._faults.is_out(self._clock.now())

    def _shape(self, operation: str) -> type[BaseModel] | None:
        known = self._lived.adapter.operations.get(operation)
        return None if known is None else known.request

    def _is_at_once(self, operation: str) -> bool:
        return self._lived.adapter.operations[operation].arrives is Arrival.AT_ONCE


def _written(moment: datetime) -> str:
    return moment.isoformat()


def _otherwise(said: Said) -> Said:
    """The same answer with other figures; refused where there are none."""
    data = {name: _more(value) for name, value in said.data.items()}
    if data == said.data:
        return replace(said, kind="refused", data={"reason": "otherwise"})
    return replace(said, data=data)


def _more(value: Any) -> Any:
    try:
        return str(Decimal(value) + 1) if isinstance(value, str) else value
    except InvalidOperation:
        return value
