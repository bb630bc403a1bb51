"""An act takes back what was asked: unsent it is not sent, sent it is undone where it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from tests.courts import ADMIN
from zhixing.adapters import Answer, Call, Operation, Reply, TemporaryFailure
from zhixing.engine import Actor, Dispatcher, Engine, RequestOver, RequestStatus, VirtualClock
from zhixing.workflow import definition_from_text, inspect

LI = Actor.of("li", "officer")
TEXT = """
id: pushing
title: {zh: 推送, en: pushing}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data:
  number: {type: text, title: {zh: 回执, en: receipt}}
  units:
    type: records
    title: {zh: 单位, en: units}
    fields:
      name: {type: text, title: {zh: 名称, en: name}}
      receipt: {type: text, title: {zh: 回执, en: receipt}}
powers: {open: {by: officer}}
forms:
  unit: {title: {zh: 单位, en: unit}, fields: {units.name: {}}}
requests:
  freeze: {title: {zh: 冻结, en: freeze}, operation: net.freeze, takes: {number: number},
    answers: {answered: frozen, refused: not_frozen, withdrawn: not_sent}, compensate: lift}
  lift: {title: {zh: 解冻, en: lift}, operation: net.lift, sends: {number: case.number},
    answers: {answered: lifted, withdrawn: lifted}}
  push: {title: {zh: 推送, en: push}, each: units, operation: net.push,
    sends: {unit: units.name}, takes: {units.receipt: number},
    answers: {answered: pushed}, compensate: pull}
  pull: {title: {zh: 撤回, en: pull}, each: units, operation: net.pull,
    sends: {unit: units.name, number: units.receipt}, answers: {answered: pulled}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: add, title: {zh: 加, en: add}, from: open, to: stay, by: officer, adds: units,
     form: unit, asks: push}
  - {trigger: freeze, title: {zh: 冻, en: freeze}, from: open, to: stay, by: officer, asks: freeze}
  - {trigger: frozen, title: {zh: 冻, en: frozen}, from: open, to: stay, by: outside}
  - {trigger: not_frozen, title: {zh: 否, en: refused}, from: open, to: stay, by: outside}
  - {trigger: not_sent, title: {zh: 未, en: not sent}, from: open, to: stay, by: outside}
  - {trigger: lift, title: {zh: 解, en: lift}, from: open, to: stay, by: officer,
     takes_back: freeze}
  - {trigger: lifted, title: {zh: 解, en: lifted}, from: open, to: stay, by: outside}
  - {trigger: pushed, title: {zh: 推, en: pushed}, from: open, to: stay, by: outside, each: units}
  - {trigger: drop, title: {zh: 撤, en: drop}, from: open, to: stay, by: officer, each: units,
     takes_back: push}
  - {trigger: pulled, title: {zh: 撤, en: pulled}, from: open, to: stay, by: outside, each: units}
  - {trigger: end, title: {zh: 结, en: end}, from: open, to: done, by: officer, takes_back: push}
"""


class Asked(BaseModel):
    """Of lifting and pulling the number must be there."""

    model_config = ConfigDict(extra="allow")


class Numbered(Asked):
    number: str


class Given(BaseModel):
    number: str = ""


class Net:
    """Notes what it does, in order; answers when a test wants it to."""

    name = "net"

    def __init__(self) -> None:
        kinds = {"freeze": Asked, "push": Asked, "lift": Numbered, "pull": Numbered}
        self.operations = {name: Operation(name, kind, Given) for name, kind in kinds.items()}
        self.did: list[tuple[str, str]] = []
        self.answers: dict[str, list[Answer]] = {}
        self.does: Callable[[Call], Reply] = self.takes

    def takes(self, call: Call) -> Reply:
        payload = call.payload.model_dump()
        said = payload.get("number") or payload.get("unit") or ""
        self.did.append((call.operation, said))
        number = f"N{len(self.did)}"
        self.answers[call.key] = [Answer(call.key, "1", "answered", {"number": number})]
        return Reply()

    def at_once(self, call: Call) -> Reply:
        self.takes(call)
        return Reply(self.answers[call.key], pending=False)

    def send(self, call: Call) -> Reply:
        return self.does(call)

    def poll(self, key: str) -> list[Answer]:
        return self.answers[key]


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture
def court(database: str, clock: VirtualClock, net: Net) -> Iterator[Engine]:
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, definition_from_text(TEXT), adapters=[net], **options) as engine:
        engine.open_case("pushing", actor=LI, id="c")
        yield engine


def passes(court: Engine, clock: VirtualClock, minutes: int = 5) -> None:
    dispatcher = Dispatcher(court)
    for _ in range(minutes):
        dispatcher.run_all_due()
        clock.advance(minutes=1)


def statuses(court: Engine) -> list[tuple[str, RequestStatus]]:
    return [(r.request, r.status) for r in court.requests(open_only=False)]


def acts(court: Engine) -> list[str]:
    return [e.trigger for e in court.history("c") if e.actor == "outside"]


def test_what_was_not_sent_is_not_sent_and_nothing_is_undone(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    court.fire("c", "freeze", actor=LI)
    court.fire("c", "lift", actor=LI)
    passes(court, clock)
    assert net.did == []
    withdrawn = RequestStatus.WITHDRAWN
    assert statuses(court) == [("freeze", withdrawn), ("lift", withdrawn)]
    assert acts(court) == ["not_sent", "lifted"]
    assert (court.requests(), court.incidents()) == ((), ())
    for request in court.requests(open_only=False):
        for act in (court.retry_request, court.abandon_request):
            with pytest.raises(RequestOver):
                act(request.id, actor=ADMIN, reason="why not")
    assert court.verify(rules=True).found == 0


def test_what_was_done_is_undone_by_its_number(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    court.fire("c", "freeze", actor=LI)
    passes(court, clock)
    court.fire("c", "lift", actor=LI)
    passes(court, clock)
    assert net.did == [("freeze", ""), ("lift", "N1")]
    assert acts(court) == ["frozen", "lifted"]
    (told,) = [e for e in court.history("c")[-2].effects if e["what"] == "taken-back"]
    assert told == {"what": "taken-back", "request": "freeze", "by": "lift"}


def test_what_is_not_answered_yet_is_undone_when_its_number_is_known(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    court.fire("c", "freeze", actor=LI)
    Dispatcher(court).run_due()
    court.fire("c", "lift", actor=LI)
    passes(court, clock)
    assert net.did == [("freeze", ""), ("lift", "N1")]
    assert acts(court) == ["frozen", "lifted"]


def test_what_the_other_side_refused_is_not_undone(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    court.fire("c", "freeze", actor=LI)
    Dispatcher(court).run_due()
    (key,) = net.answers
    net.answers[key] = [Answer(key, "1", "refused", {})]
    court.fire("c", "lift", actor=LI)
    passes(court, clock)
    assert net.did == [("freeze", "")]
    assert acts(court) == ["not_frozen", "lifted"]


def test_what_may_have_arrived_is_undone_and_not_sent_again(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    court.fire("c", "add", actor=LI, data={"units.name": "A"})

    def breaks_off(call: Call) -> Reply:
        net.takes(call)
        raise TemporaryFailure(why="the line broke")

    net.does = breaks_off
    Dispatcher(court).run_due()
    net.does = net.takes
    (unit,) = court.case("c").data["units"]
    court.fire("c", "drop", actor=LI, about=unit["id"])
    passes(court, clock)
    assert [what for what, _ in net.did] == ["push"], "without a number it cannot be pulled"
    (incident,) = court.incidents()
    assert "number" in incident.message


def test_of_very_many_none_goes_out_that_was_not_asked(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    for n in range(120):
        court.fire("c", "add", actor=LI, data={"units.name": f"U{n}"})
    court.fire("c", "end", actor=LI)
    passes(court, clock)
    assert net.did == []
    assert {status for _, status in statuses(court)} == {RequestStatus.WITHDRAWN}


def test_what_two_dispatchers_see_to_is_undone_once(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    net.does = net.at_once
    for n in range(20):
        court.fire("c", "add", actor=LI, data={"units.name": f"U{n}"})
    passes(court, clock, 1)
    court.fire("c", "end", actor=LI)
    both = [Thread(target=Dispatcher(court).run_all_due) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    passes(court, clock)
    assert sorted(what for what, _ in net.did) == ["pull"] * 20 + ["push"] * 20
    assert len({number for what, number in net.did if what == "pull"}) == 20


def test_taken_back_twice_it_is_undone_once_for_each_time(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    net.does = net.at_once
    for _ in range(2):
        court.fire("c", "freeze", actor=LI)
        passes(court, clock)
        court.fire("c", "lift", actor=LI)
        passes(court, clock)
    court.fire("c", "lift", actor=LI)
    passes(court, clock)
    assert net.did == [("freeze", ""), ("lift", "N1"), ("freeze", ""), ("lift", "N3")]


def test_everyone_who_got_it_is_told_and_nobody_else(
    court: Engine, net: Net, clock: VirtualClock
) -> None:
    net.does = net.at_once
    for name in ("A", "B", "C"):
        court.fire("c", "add", actor=LI, data={"units.name": name})
    passes(court, clock)
    first = court.case("c").data["units"][0]
    court.fire("c", "drop", actor=LI, about=first["id"])
    passes(court, clock)
    assert net.did[3:] == [("pull", "N1")]
    court.fire("c", "add", actor=LI, data={"units.name": "D"})  # which never gets it
    court.fire("c", "end", actor=LI)
    passes(court, clock)
    assert net.did[4:] == [("pull", "N2"), ("pull", "N3")]
    states = [s for r, s in statuses(court) if r == "push"]
    assert states == [RequestStatus.ANSWERED] * 3 + [RequestStatus.WITHDRAWN]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("withdrawn: not_sent}, compensate: lift}", "withdrawn: not_sent}}"),
        ("takes_back: freeze", "takes_back: frieze"),
        ("pull}, each: units", "pull}"),
    ],
)
def test_what_cannot_be_taken_back_is_told_at_its_line(tmp_path: Path, old: str, new: str) -> None:
    assert old in TEXT
    written = tmp_path / "pushing.yaml"
    written.write_text(TEXT.replace(old, new), encoding="utf-8")
    _, findings = inspect(written)
    codes = {f.code for f in findings if f.is_error}
    assert codes & {"takes-back", "unknown-request"}
