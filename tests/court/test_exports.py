"""Logs that leave the court: read back by what others read them with, and written down."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT
from tests.court.lived import PRESIDENT, all_cases, live, opened
from zhixing.court import CourtLists, LogForm, export_log
from zhixing.engine import Actor, Engine, NotAllowed, VirtualClock

AUDIT = Actor.of("audit", "audit_admin@beijing")
XES = "{http://www.xes-standard.org/}"


@pytest.fixture
def lived(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with opened(database, clock) as engine:
        live(engine, clock, 30, 2)
        yield engine


def exported(engine: Engine, form: LogForm, **asked: Any) -> str:
    file = io.StringIO()
    count = export_log(engine, file, form, **{"actor": AUDIT, **asked})
    text = file.getvalue()
    if form == "xes":
        assert count == text.count("<trace>")
    return text


def histories(engine: Engine) -> dict[str, list[tuple[str, datetime, str]]]:
    return {
        case.id: [(e.trigger or e.kind, e.happened_at, e.actor) for e in engine.history(case.id)]
        for case in all_cases(engine)
    }


def test_an_xes_log_has_every_entry_of_every_case(lived: Engine) -> None:
    log = ElementTree.fromstring(exported(lived, "xes"))
    found = {}
    for trace in log.iter(f"{XES}trace"):
        name = trace.find(f"{XES}string[@key='concept:name']")
        assert name is not None
        found[name.get("value")] = [
            (of["concept:name"], datetime.fromisoformat(of["time:timestamp"]), of["org:resource"])
            for of in (
                {str(part.get("key")): str(part.get("value")) for part in event}
                for event in trace.iter(f"{XES}event")
            )
        ]
    assert found == histories(lived)


def test_an_ocel_log_has_every_entry_about_its_case_and_its_person(lived: Engine) -> None:
    log = json.loads(exported(lived, "ocel"))
    wanted = histories(lived)
    found: dict[str, list[Any]] = {case: [] for case in wanted}
    for event in log["events"]:
        related = {each["qualifier"]: each["objectId"] for each in event["relationships"]}
        moment = datetime.fromisoformat(event["time"])
        found[related["case"]].append((event["type"], moment, related["by"].partition(":")[2]))
    assert found == wanted
    objects = {each["id"]: each for each in log["objects"]}
    assert len(objects) == len(log["objects"])
    types = {each["name"] for each in log["objectTypes"]}
    assert {each["type"] for each in log["objects"]} == types == {"flow", "part", "person"}
    assert {event["type"] for event in log["events"]} == {e["name"] for e in log["eventTypes"]}
    for event in log["events"]:
        assert {each["objectId"] for each in event["relationships"]} <= objects.keys()
    parts = [each for each in log["objects"] if each["type"] == "part"]
    assert parts and all(part["relationships"][0]["objectId"] in wanted for part in parts)


@pytest.mark.parametrize("form", ["xes", "ocel"])
def test_it_is_narrowed_as_a_list_is_and_leaves_in_pages(
    lived: Engine, form: LogForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exported(lived, form)
    monkeypatch.setattr("zhixing.court.out.entries._WINDOW", 3)
    assert Counter(exported(lived, form).splitlines()) == Counter(whole.splitlines())
    haidian = exported(lived, form, court="haidian", officer="han")
    ids = {case.id for case in all_cases(lived) if case.officer == "han"}
    assert ids and all(id in haidian for id in ids)
    others = {case.id for case in all_cases(lived) if case.officer != "han"}
    assert not any(f'"{id}"' in haidian for id in others)


def test_no_data_of_a_case_leaves(lived: Engine) -> None:
    who = Actor.of("han", "officer@haidian")
    lived.open_case("flow", actor=who, court="haidian", id="s", data={"n": 987654321})
    for form in ("xes", "ocel"):
        assert "987654321" not in exported(lived, form)


def test_who_may_not_takes_nothing_out_and_what_left_is_written_down(
    lived: Engine, clock: VirtualClock
) -> None:
    lists = CourtLists(lived)
    assert lists.exports(actor=AUDIT).rows == ()
    file = io.StringIO()
    with pytest.raises(NotAllowed):
        export_log(lived, file, actor=PRESIDENT)
    local = Actor.of("audit2", "audit_admin@haidian")
    with pytest.raises(NotAllowed):
        export_log(lived, file, actor=local)
    assert file.getvalue() == ""
    exported(lived, "ocel", actor=local, court="haidian", officer="han")
    clock.advance(minutes=1)
    lived.export_case("c001", actor=AUDIT)
    clock.advance(minutes=1)
    lists.note_taken_out("due", actor=PRESIDENT, officer="han")
    first, second, third = lists.exports(actor=AUDIT).rows
    assert (third.what, third.actor, third.filters["officer"]) == ("list due", "president", "han")
    assert (first.what, first.actor, first.court) == ("ocel", "audit2", "haidian")
    assert first.filters["officer"] == "han" and not first.damaged
    assert (second.what, second.actor, second.case_id) == ("case", "audit", "c001")
    with pytest.raises(NotAllowed):
        lists.exports(actor=PRESIDENT)


READS = """
import sys, warnings
warnings.simplefilter("ignore")
import pm4py
xes, ocel = sys.argv[1:]
log = pm4py.read_xes(xes)
objects = pm4py.read_ocel2_json(ocel)
told = [log["case:concept:name"].nunique(), len(log), len(objects.events), len(objects.objects)]
print("READ", *told)
"""


@pytest.mark.skipif(find_spec("pm4py") is None, reason="pm4py (AGPL) is not installed")
def test_pm4py_reads_both(lived: Engine, tmp_path: Path) -> None:
    """In a process of its own: nothing of ours runs with it."""
    files = []
    for form, ending in (("xes", "xes"), ("ocel", "json")):
        file = tmp_path / f"court.{ending}"
        file.write_text(exported(lived, form), encoding="utf-8")  # type: ignore[arg-type]
        files.append(str(file))
    done = subprocess.run(
        [sys.executable, "-c", READS, *files], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("READ")]
    wanted = histories(lived)
    entries = sum(map(len, wanted.values()))
    people = {actor for events in wanted.values() for _, _, actor in events}
    assert line == f"READ {len(wanted)} {entries} {entries} {len(wanted) + len(people)}"
