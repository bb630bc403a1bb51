"""Processes that call, serve and send, and are killed: `python -m tests.engine.callers URL FOLDER`.

It forks callers, workers and a dispatcher. At each line on its input it kills one of them at
random (SIGKILL) and forks another in its place; when the input ends it kills all. A caller writes
to the ledger what it is about to ask, and under which name, before it asks, and after it what came
of it: so what it knew when it died can be told from outside.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from zhixing.adapters import Answer, Call, Operation, Reply
from zhixing.engine import (
    Actor,
    ClockRefused,
    DatabaseFault,
    Dispatcher,
    Engine,
    LateAct,
    Replacement,
    SystemClock,
    ZhixingError,
)
from zhixing.engine.background.enforcement import run_batch
from zhixing.testing.adapters import AnyData
from zhixing.workflow import definition_from_text

LI, CHIEF = Actor.of("li", "officer"), Actor.of("zhou", "chief")
DONE = "done "
DEFINITION = """
id: busy
title: {zh: 忙案, en: a busy case}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  chief: {title: {zh: 局长, en: chief}}
data: {n: {type: number, title: {zh: 数, en: number}}}
documents: {proof: {title: {zh: 材料, en: proof}}}
forms: {count: {title: {zh: 数, en: count}, fields: {n: {required: true, overwrites: true}}}}
requests:
  ask:
    title: {zh: 查询, en: inquiry}
    operation: network.inquire
    sends: {n: case.n}
    answers: {answered: told}
approvals:
  chief: {title: {zh: 局长审批, en: by the chief}, steps: [{by: chief}]}
powers:
  open: {by: officer}
  assign: {by: officer}
  late: {by: officer, within: 999d}
  correct: {by: officer, approval: chief, documents: proof}
modes: {gone: {zh: 届满, en: gone}}
initial: waiting
states:
  waiting: {title: {zh: 等待, en: waiting}}
  late: {title: {zh: 已过, en: late}}
  gone: {title: {zh: 届满, en: gone}, closes: gone}
transitions:
  - {trigger: touch, title: {zh: 登记, en: touch}, from: any, to: stay, by: officer, form: count}
  - {trigger: ask, title: {zh: 查询, en: ask}, from: any, to: stay, by: officer, asks: ask}
  - {trigger: told, title: {zh: 反馈, en: told}, from: any, to: stay, by: outside}
  - {trigger: lapse, title: {zh: 届满, en: lapse}, from: waiting, to: late, by: clock}
  - {trigger: end, title: {zh: 终了, en: end}, from: late, to: gone, by: officer}
deadlines:
  first:
    title: {zh: 第一期限, en: first}
    starts: {entering: waiting}
    length: 2
    unit: hour
    counting: raw
    warn: 1h
    on_expiry: {alert: officer, fire: lapse}
"""
BUSY = definition_from_text(DEFINITION)
LENGTH = timedelta(hours=2)
"""How long after its opening a case lapses."""
_PAUSE_SECONDS = 0.005

Asked = dict[str, Any]
"""One call as it stands in the ledger: its name, what is done to which case, and with what."""


class SetClock(SystemClock):
    """A machine's clock that is ahead by the seconds in a file, where there is one."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        ahead = float(self._file.read_text()) if self._file.exists() else 0.0
        return super().now() + timedelta(seconds=ahead)


class Outside:
    """An outside system that keeps what it was sent, and answers at once."""

    name = "network"
    operations = {"inquire": Operation("inquire", AnyData, AnyData)}

    def __init__(self, file: Path) -> None:
        self._file = file

    def send(self, call: Call) -> Reply:
        append(self._file, call.key)
        return Reply((Answer(call.key, f"{call.key}/1", "answered"),), pending=False)

    def poll(self, key: str) -> list[Answer]:
        return [Answer(key, f"{key}/1", "answered")]


def opened(url: str, folder: Path, **options: Any) -> Engine:
    clock = SetClock(folder / "clock")
    return Engine(url, BUSY, clock=clock, drafts=True, **options)


def append(file: Path, line: str) -> None:
    """Add a line with one write, so that whoever is killed leaves it whole or not at all."""
    with file.open("ab", buffering=0) as opened_file:
        opened_file.write(f"{line}\n".encode())


# -- what is asked


def ask(court: Engine, asked: Asked) -> Any:
    """Make a call as the ledger has it; the same line makes the very same call."""
    verb, case, given = asked["verb"], asked["case"], asked["given"]
    named: dict[str, Any] = {"request_id": asked["id"]}
    if "at" in given:
        named["happened_at"] = datetime.fromisoformat(given["at"])
    match verb:
        case "open":
            return court.open_case("busy", actor=LI, officer=asked["id"], **named)
        case "touch":
            return court.fire(case, "touch", actor=LI, data={"n": given["n"]}, **named)
        case "ask":
            return court.fire(case, "ask", actor=LI, **named)
        case "approve":
            return court.approve(case, "correct", actor=CHIEF, **named)
    replaced = {seq: Replacement(data={"n": given["n"]}) for seq in given.get("replace", ())}
    late = LateAct("touch", named.pop("happened_at"), {"n": given["n"]}) if "at" in given else None
    about: dict[str, Any] = {"replace": replaced, "annul": given.get("annul", ()), "enter": late}
    return court.correct(case, actor=LI, note="checked", documents={"proof": "p"}, **about, **named)


def planned(court: Engine, chance: random.Random, name: str) -> Asked:
    """Something that might be asked now."""
    cases = court.query(limit=1000)
    case = chance.choice(cases)
    n, ago = chance.randint(1, 9), timedelta(seconds=chance.uniform(1, 3000))
    earlier = (court.clock.now() - ago).isoformat()
    recently = (court.clock.now() - LENGTH + timedelta(seconds=chance.uniform(0, 3))).isoformat()
    touches = [e.seq for e in court.history(case.id) if e.trigger == "touch"] or [1]
    which = chance.choice(touches)
    verb, given = chance.choice(
        [
            ("open", {}),
            ("open", {"at": recently}),
            ("touch", {"n": n}),
            ("touch", {"n": n}),
            ("touch", {"n": n, "at": earlier}),
            ("ask", {}),
            ("correct", {"n": n, "replace": [which]}),
            ("correct", {"n": n, "annul": [which]}),
            ("correct", {"n": n, "at": earlier}),
        ]
    )
    if case.waiting:
        verb, given = "approve", {}
    return {"id": name, "verb": verb, "case": case.id, "given": given}


def came_of(court: Engine, asked: Asked) -> str:
    """Make a call; `done` with the version of the case, or the code of the error."""
    try:
        return f"{DONE}{ask(court, asked).version}"
    except ZhixingError as error:
        return error.code


# -- processes


def call(url: str, folder: Path, name: str) -> None:
    """Ask one thing after the other."""
    chance = random.Random(name)
    ledger = folder / f"{name}.ledger"
    with opened(url, folder) as court:
        for number in count():
            asked = planned(court, chance, f"{name}-{number}")
            append(ledger, json.dumps(asked))
            append(ledger, json.dumps({"id": asked["id"], "came": came_of(court, asked)}))


def work(url: str, folder: Path, name: str) -> None:
    """Let what is due come."""
    with opened(url, folder) as court:
        while True:
            run_batch(court, 5)
            time.sleep(_PAUSE_SECONDS)


def send(url: str, folder: Path, name: str) -> None:
    """Send what is to go out; a request of one who died is taken over soon."""
    with opened(url, folder, adapters=[Outside(folder / "sent")]) as court:
        dispatcher = Dispatcher(court, lease=timedelta(seconds=0.5))
        while True:
            dispatcher.run_due(5)
            time.sleep(_PAUSE_SECONDS)


KINDS = (call, call, call, work, work, send)
Kind = Callable[[str, Path, str], None]


def fork(kind: Kind, url: str, folder: Path, name: str) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            live(kind, url, folder, name)
        except BaseException:
            append(folder / "failures", f"{kind.__name__}: {traceback.format_exc()}")
        finally:
            os._exit(1)
    return pid


def live(kind: Kind, url: str, folder: Path, name: str) -> None:
    """Do one kind of work; when the database is away, or doubts the clock, begin again."""
    for life in count():
        try:
            kind(url, folder, f"{name}.{life}")
        except (DatabaseFault, ClockRefused):
            time.sleep(_PAUSE_SECONDS)
        except ZhixingError as error:
            if not error.retryable:
                raise


def main(url: str, folder: Path, seed: str, commands: Iterator[str]) -> None:
    chance = random.Random(seed)
    names = (f"{seed}.{number}" for number in count())
    alive = [(fork(kind, url, folder, next(names)), kind) for kind in KINDS]
    for _ in commands:
        pid, kind = alive.pop(chance.randrange(len(alive)))
        end(pid)
        alive.append((fork(kind, url, folder, next(names)), kind))
        print("killed", flush=True)
    for pid, _kind in alive:
        end(pid)


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], iter(sys.stdin.readline, ""))
