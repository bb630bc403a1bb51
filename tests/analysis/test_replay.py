"""A real log lived through again: the clock produces what it must, on the day, and the figures are
the log's own."""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import DATA, LOAN, ROOT
from zhixing.analysis import LogRefused, ReplayReport, ScaleMissing, conform, replay
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
        "1,Create Fine,2007-01-01,30.0,\n1,Send for Credit Collection,2007-01-02,,\n"
        "1,Payment,2007-01-03,,a lot\n1,Dance,2007-01-04,,\n"
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
        "case,activity,date,amount,expense\n"
        "1,Create Fine,2007-01-01,30.0,\n1,Send Fine,2007-01-02,,1\n"
        "1,Insert Fine Notification,2007-01-10,,\n2,Create Fine,2007-06-01,30.0,\n"
    )
    clock = replay(load_definition(FINES), log).clock["Add penalty"]
    assert (clock.expected, clock.matched, clock.extra) == (0, 0, 1)
    text = FINES.read_text().replace(
        "    Create Fine: {by", "    Settle: {trigger: settle, by: police}\n    Create Fine: {by"
    )
    with log.open("a") as file:
        file.write(
            "3,Create Fine,2007-01-01,30.0,\n3,Send Fine,2007-01-02,,1\n"
            "3,Insert Fine Notification,2007-01-10,,\n3,Settle,2007-02-01,,\n"
        )
    refused = replay(definition_from_text(text), log)
    assert refused.refused == 1  # nothing was paid


def test_timestamps_with_an_offset_count_as_the_local_day(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "case,activity,timestamp,amount,expense\n"
        "1,Create Fine,2008-02-19T00:00:00+01:00,30.0,\n"
        "1,Send Fine,2008-03-03T00:00:00+01:00,,1\n"
        "1,Insert Fine Notification,2008-03-08T00:00:00+01:00,,\n"
        "1,Add penalty,2008-05-07T00:00:00+02:00,60,\n"
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


def test_several_workers_give_the_same_report_and_the_same_conformance(
    report: ReplayReport,
) -> None:
    pytest.importorskip("dask", reason="the extra zhixing[scale] is not installed")
    fines = load_definition(FINES)
    assert replay(fines, LOG, workers=2).model_dump_json() == report.model_dump_json()
    alone, together = conform(fines, LOG), conform(fines, LOG, workers=2)
    assert alone.model_dump_json() == together.model_dump_json()


def test_the_first_of_refusals_in_parts_is_the_first_of_the_log(tmp_path: Path) -> None:
    pytest.importorskip("dask", reason="the extra zhixing[scale] is not installed")
    log, lines = tmp_path / "log.csv", ["case,activity,date,amount"]
    for number in range(40, 0, -1):
        lines.append(f"{number},Create Fine,2007-01-{number % 20 + 1:02},30.0")
        lines.append(f"{number},Send for Credit Collection,2007-02-{number % 20 + 1:02},")
        lines.append(f"{number},Dance {number % 3},2007-03-01,")
    log.write_text("\n".join(lines))
    fines = load_definition(FINES)
    alone = replay(fines, log)
    assert replay(fines, log, workers=3).model_dump_json() == alone.model_dump_json()
    first = alone.refusals[0]
    assert (first.activity, first.count, first.first_line) == ("Send for Credit Collection", 40, 3)


def test_parts_go_to_a_connected_cluster_where_there_is_one(report: ReplayReport) -> None:
    distributed = pytest.importorskip(
        "distributed", reason="the extra zhixing[scale] is not installed"
    )
    with distributed.Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None
    ):
        together = replay(load_definition(FINES), LOG, workers=2)
    assert together.model_dump_json() == report.model_dump_json()


def test_workers_without_dask_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(ScaleMissing, match=r"zhixing\[scale\]") as missing:
        replay(load_definition(FINES), LOG, workers=2)
    assert missing.value.code == "scale-extra" and "请安装" in missing.value.text("zh")


def test_refusals_are_counted_by_what_stood_in_the_way_not_by_their_words(
    tmp_path: Path,
) -> None:
    text = LOAN + (
        "log:\n  opens: open\n  activities:\n"
        "    open: {by: officer, carries: {amount: amount}}\n"
        "    give up: {trigger: give_up, by: chief}\n"
        "    notify: {trigger: notify, by: officer}\n"
    )
    log = tmp_path / "log.csv"
    log.write_text(
        "case,activity,date,amount\na,open,2025-03-03,5\nb,open,2025-03-05,5\nc,open,2025-03-06,\n"
        "a,give up,2025-03-10,\nb,give up,2025-03-10,\na,notify,2025-03-11,\nc,notify,2025-03-11,\n"
        "d,notify,2025-03-11,\ne,notify,2025-03-11,\n" + "x" * 65 + ",open,2025-03-12,\n"
    )
    report = replay(definition_from_text(text), log)
    found = [
        (r.activity, r.code, [(x.code, x.deadline or x.document or x.field) for x in r.reasons])
        for r in report.refusals
    ]
    assert found == [
        ("give up", "refused", [("gate", "not_yet")]),
        ("notify", "case-not-found", [("case-not-found", "")]),
        ("notify", "refused", [("missing-document", "notice")]),
        ("notify", "refused", [("missing-field", "amount"), ("missing-document", "notice")]),
        ("open", "case-id", [("case-id", "")]),
    ]
    gate, unknown = report.refusals[:2]
    assert (gate.count, gate.first_line) == (2, 5) and "2025-04-03" in gate.en
    assert unknown.count == 2 and unknown.en == "there is no case d"


def test_a_case_of_the_log_is_opened_once(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "case,activity,date,amount\n1,Create Fine,2007-01-01,30\n1,Create Fine,2007-01-02,31\n"
        "1,Create Fine,2007-01-03,a lot\n"
    )
    exists, data = replay(load_definition(FINES), log).refusals
    assert (exists.code, exists.zh, exists.first_line) == ("case-exists", "案件 1 已存在", 3)
    assert (data.code, data.reasons[0].field) == ("data-value", "fine")


def test_a_log_that_a_worker_cannot_read_says_where(tmp_path: Path) -> None:
    pytest.importorskip("dask", reason="the extra zhixing[scale] is not installed")
    log = tmp_path / "log.csv"
    log.write_text("case,activity,date\n1,Create Fine,soon\n")
    with pytest.raises(LogRefused) as refused:
        replay(load_definition(FINES), log, workers=2)
    assert refused.value.data["line"] == 2 and "soon" in refused.value.text("zh")
    log.write_text("case,activity,date\n")
    assert replay(load_definition(FINES), log, workers=2).log_events == 0


PERMIT = """
id: permit
title: {zh: 许可, en: permit}
version: 1
effective: 2010-01-01
zone: Europe/Amsterdam
calendar: none
roles: {desk: {title: {zh: 窗口, en: desk}}}
data:
  asked_on: {type: date, title: {zh: 申请日, en: asked on}}
  seen_at: {type: datetime, title: {zh: 收到时刻, en: seen at}}
modes: {done: {zh: 办结, en: done}}
forms: {request: {title: {zh: 申请, en: request}, fields: {asked_on: {required: true}, seen_at: }}}
powers: {open: {by: desk, form: request}}
initial: open
states: {open: {title: {zh: 待办, en: open}}, done: {title: {zh: 办结, en: done}, closes: done}}
transitions:
  - {trigger: decide, title: {zh: 决定, en: decide}, from: open, to: done, by: desk}
deadlines:
  answer: {title: {zh: 期限, en: time}, starts: {entering: open, counted_from: asked_on},
      length: 8, unit: week, counting: plain, met_by: decide, on_expiry: {alert: desk}}
log:
  opens: Asked
  activities:
    Asked: {by: desk, carries: {asked_on: start, seen_at: seen}}
    Decided: {trigger: decide, by: desk}
"""


@pytest.mark.parametrize(
    ("start", "broken"),
    [
        ("2011-01-03", 0),
        ("2011-01-03 23:30:00", 0),
        ("2011-01-03T23:30:00+01:00", 0),
        ("2011-01-02T23:30:00Z", 0),  # half past midnight of 3 January in Amsterdam
        ("2011-01-02 23:30:00", 1),
    ],
)
def test_a_log_gives_days_and_local_times_as_it_writes_them(
    tmp_path: Path, start: str, broken: int
) -> None:
    log = tmp_path / "permits.csv"
    log.write_text(
        "case,activity,date,start,seen\n"
        f"a,Asked,2011-01-04 09:00:00,{start},2011-01-03 09:00:00\n"
        "a,Decided,2011-02-28 17:00:00,,\n"
    )
    report = replay(definition_from_text(PERMIT), log)
    assert (report.cases, report.events, report.refused) == (1, 2, 0)
    assert sum(report.violations.values()) == broken
