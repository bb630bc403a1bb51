"""A real log lived through again: the clock produces what it must, on the day, and the figures are
the log's own."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import DATA, LOAN, ROOT
from zhixing.analysis.logs import LogRefused
from zhixing.analysis.replay import ReplayReport, replay
from zhixing.workflow import definition_from_text, load_definition

LOG = DATA / "road_fines_part.csv.gz"
FINES = ROOT / "definitions" / "it" / "road_fines.yaml"


@pytest.fixture(scope="module")
def report() -> ReplayReport:
    return replay(load_definition(FINES), LOG)


@pytest.fixture(scope="module")
def log() -> dict[str, list[tuple[str, date]]]:
    cases: dict[str, list[tuple[str, date]]] = defaultdict(list)
    with gzip.open(LOG, "rt") as file:
        for row in csv.DictReader(file):
            cases[row["case"]].append((row["activity"], date.fromisoformat(row["date"])))
    return cases


def test_every_event_is_fed_but_those_the_clock_must_produce(
    report: ReplayReport, log: dict[str, list[tuple[str, date]]]
) -> None:
    total = sum(map(len, log.values()))
    penalties = sum(a == "Add penalty" for events in log.values() for a, _ in events)
    assert (report.cases, report.log_events, report.events) == (len(log), total, total - penalties)
    assert report.refused_share <= 0.01


def test_every_penalty_is_produced_on_its_day(
    report: ReplayReport, log: dict[str, list[tuple[str, date]]]
) -> None:
    clock = report.clock["Add penalty"]
    assert (
        clock.expected
        == sum(a == "Add penalty" for events in log.values() for a, _ in events)
        > 300
    )
    assert (clock.matched, clock.missing, clock.extra) == (clock.expected, 0, 0)


def test_broken_time_rules_are_counted_as_the_log_has_them(
    report: ReplayReport, log: dict[str, list[tuple[str, date]]]
) -> None:
    def late(first: str, then: str, days: int) -> int:
        return sum(
            (dict(e)[then] - dict(e)[first]).days > days
            for e in log.values()
            if first in dict(e) and then in dict(e)
        )

    assert report.violations == {
        "sent_within_90_days": late("Create Fine", "Send Fine", 90),
        "prefecture_appeal_within_60_days": late(
            "Insert Fine Notification", "Insert Date Appeal to Prefecture", 60
        ),
        "judge_appeal_within_60_days": late("Insert Fine Notification", "Appeal to Judge", 60),
    }
    assert report.violations["sent_within_90_days"] > 0


def test_what_the_procedure_forbids_is_refused_with_its_reason(tmp_path: Path) -> None:
    log = tmp_path / "bad.csv"
    log.write_text(
        "case,activity,date,amount,totalPaymentAmount\n"
        "1,Create Fine,2007-01-01,30.0,\n1,Send for Credit Collection,2007-01-02,,\n1,Payment,2007-01-03,,a lot\n1,Dance,2007-01-04,,\n"
        "2,Payment,2007-01-04,,3.0\n1,Create Fine,2007-02-01,30.0,\n"
    )
    report = replay(load_definition(FINES), log)
    assert (report.cases, report.events, report.refused) == (1, 6, 5)
    assert {(r.activity, r.first_line) for r in report.refusals} == {
        ("Send for Credit Collection", 3),
        ("Payment", 4),
        ("Dance", 5),
        ("Payment", 6),
        ("Create Fine", 7),
    }


def test_a_penalty_that_the_log_does_not_have_is_extra_and_a_settled_fine_gets_none(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "case,activity,date,amount,expense\n1,Create Fine,2007-01-01,30.0,\n1,Send Fine,2007-01-02,,1\n"
        "1,Insert Fine Notification,2007-01-10,,\n2,Create Fine,2007-06-01,30.0,\n"
    )
    clock = replay(load_definition(FINES), log).clock["Add penalty"]
    assert (clock.expected, clock.matched, clock.extra) == (0, 0, 1)
    text = FINES.read_text().replace(
        "    Create Fine: {by", "    Settle: {trigger: settle, by: police}\n    Create Fine: {by"
    )
    with log.open("a") as file:
        file.write(
            "3,Create Fine,2007-01-01,30.0,\n3,Send Fine,2007-01-02,,1\n3,Insert Fine Notification,2007-01-10,,\n3,Settle,2007-02-01,,\n"
        )
    refused = replay(definition_from_text(text), log)
    assert refused.refused == 1  # nothing was paid


def test_timestamps_with_an_offset_count_as_the_local_day(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "case,activity,timestamp,amount,expense\n1,Create Fine,2008-02-19T00:00:00+01:00,30.0,\n1,Send Fine,2008-03-03T00:00:00+01:00,,1\n"
        "1,Insert Fine Notification,2008-03-08T00:00:00+01:00,,\n1,Add penalty,2008-05-07T00:00:00+02:00,60,\n"
    )
    clock = replay(load_definition(FINES), log).clock["Add penalty"]
    assert (clock.matched, clock.missing, clock.extra) == (1, 0, 0)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,b\n1,2\n", 1),
        ("case,activity,day\n", 1),
        ("case,activity,date\n1,Create Fine,soon\n", 2),
        ("case,activity,date\n1,Create Fine\n", 2),
    ],
)
def test_a_log_that_cannot_be_read_says_where(tmp_path: Path, text: str, line: int) -> None:
    log = tmp_path / "log.csv"
    log.write_text(text)
    with pytest.raises(LogRefused) as refused:
        replay(load_definition(FINES), log)
    assert refused.value.data["line"] == line


def test_other_bad_logs_are_errors_too(tmp_path: Path) -> None:
    broken = tmp_path / "x.csv.gz"
    broken.write_bytes(b"not gzip")
    for path in (broken, tmp_path / "none.csv"):
        with pytest.raises(LogRefused):
            replay(load_definition(FINES), path)
    with pytest.raises(LogRefused, match="no log section"):
        replay(definition_from_text(LOAN), LOG)
