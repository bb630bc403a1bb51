"""The receipt phase of Dutch environmental permits: the time limits computed beside those that the
log itself tells, case by case."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from tests.conftest import DATA, ROOT
from zhixing.analysis import LogRefused, ReplayReport, conform, read_log
from zhixing.analysis.log_replay import replay_traces
from zhixing.analysis.replaying.tally import LimitSeen, Trace
from zhixing.console.app import main
from zhixing.workflow import definition_from_text, load_definition
from zhixing.workflow.loading import inspect

LOG = DATA / "wabo_receipt.csv.gz"
FILE = ROOT / "definitions" / "nl" / "environmental_permit.yaml"
ZONE = ZoneInfo("Europe/Amsterdam")
USUAL, EXTENDED = 56, 98


class Told(NamedTuple):
    """What the log's own columns say of a case."""

    start: date
    deadline: date
    end: date | None

    @property
    def days(self) -> int:
        return (self.deadline - self.start).days

    @property
    def is_late(self) -> bool:
        """A decision is late from the day after the last one; the hour of the column is that of
        the application, and means nothing to a limit of days."""
        return self.end is not None and self.end > self.deadline


def local(text: str) -> date:
    return datetime.fromisoformat(text).astimezone(ZONE).date()


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    cases: dict[str, Told] = {}
    with gzip.open(LOG, "rt") as file:
        for row in csv.DictReader(file):
            end = row["case_enddate"]
            start, deadline = local(row["case_startdate"]), local(row["case_deadline"])
            cases[row["case"]] = Told(start, deadline, local(end) if end else None)
    return cases


@pytest.fixture(scope="module")
def replayed() -> tuple[ReplayReport, dict[str, Trace]]:
    return replay_traces(load_definition(FILE), LOG)


@pytest.fixture(scope="module")
def seen(replayed: tuple[ReplayReport, dict[str, Trace]]) -> dict[str, LimitSeen]:
    return {case: trace.limits[0] for case, trace in replayed[1].items()}


def test_the_log_is_read_whole_and_the_ends_of_its_cases_are_events_of_them(
    told: dict[str, Told],
) -> None:
    events = Counter(event.activity for event in read_log(LOG, load_definition(FILE)))
    assert (len(told), sum(events.values())) == (732, 4354 + 732 + 686)
    assert (events["Application"], events["Decision"]) == (732, 686)


def test_every_limit_is_the_log_s_own_where_it_is_one_of_the_law(
    told: dict[str, Told], seen: dict[str, LimitSeen]
) -> None:
    lawful = {case for case, one in told.items() if one.days in (USUAL, EXTENDED)}
    assert len(lawful) == 566
    for case, one in told.items():
        limit = seen[case]
        assert limit.told == one.deadline
        assert (limit.due == one.deadline) is (case in lawful), case
        assert limit.is_extended is (one.days == EXTENDED), case


def test_late_decisions_are_the_log_s_own_case_by_case(
    told: dict[str, Told], seen: dict[str, LimitSeen]
) -> None:
    late = {case for case, one in told.items() if one.is_late}
    assert {case for case, limit in seen.items() if limit.is_late_in_log} == late
    lawful = {case for case, one in told.items() if one.days in (USUAL, EXTENDED)}
    computed = {case for case, limit in seen.items() if limit.is_late}
    assert computed & lawful == late & lawful and len(late & lawful) == 119


def test_what_differs_has_a_last_day_that_no_length_of_the_law_gives(
    told: dict[str, Told], seen: dict[str, LimitSeen]
) -> None:
    """A later one: time stood still while the application was completed (Awb 4:15), which is no
    event of the log. Decisions within it are late by the bare length."""
    other = {case: one for case, one in told.items() if one.days not in (USUAL, EXTENDED)}
    later = {case for case, one in other.items() if one.days > USUAL}
    assert (len(other), len(later)) == (166, 154)
    unlike = {case for case, limit in seen.items() if limit.is_late is not told[case].is_late}
    assert unlike <= later and len(unlike) == 79
    assert all(seen[case].is_late for case in unlike)


def test_the_report_has_the_figures(replayed: tuple[ReplayReport, dict[str, Trace]]) -> None:
    report = replayed[0]
    figures = report.limits["decide"]
    assert figures.model_dump() == {
        "cases": 732,
        "equal": 566,
        "extended": 30,
        "late": 227,
        "late_in_log": 148,
        "late_in_both": 148,
    }
    assert report.violations == {"decide": 227}
    told = conform(load_definition(FILE), LOG)
    assert told.limits == report.limits


def test_what_is_refused_was_done_before_the_application_came_in(
    replayed: tuple[ReplayReport, dict[str, Trace]],
) -> None:
    report = replayed[0]
    assert report.refused == 8
    assert {refusal.code for refusal in report.refusals} == {"case-not-found"}
    assert {c for c, trace in replayed[1].items() if trace.refused} == {
        "case-5704",
        "case-8267",
        "case-10862",
    }


HEAD = "case,activity,timestamp,case_startdate,case_deadline,case_enddate\n"


def test_a_bad_time_of_a_whole_case_is_told_at_its_line(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    row = "Confirmation of receipt,2011-01-05"
    log.write_text(HEAD + f"1,{row},2011-01-03,,\n2,{row},soon,,\n1,{row},2011-01-03,,\n")
    with pytest.raises(LogRefused, match="soon") as refused:
        read_log(log, load_definition(FILE))
    (rows,) = refused.value.data["causes"]
    assert (rows.lines, "case_startdate" in rows.zh) == ((3,), True)


def test_an_extension_that_nobody_may_give_is_refused(tmp_path: Path) -> None:
    text = FILE.read_text()
    power = "  extend: {by: authority, deadlines: decide, documents: extension_notice}\n"
    assert power in text
    text = text.replace(power, "").replace(
        "documents:\n  extension_notice: {title: {zh: 延期决定书, en: notice of the extension}}\n",
        "",
    )
    log = tmp_path / "log.csv"
    log.write_text(HEAD + "1,Confirmation of receipt,2011-01-05,2011-01-03,2011-04-11,\n")
    report, traces = replay_traces(definition_from_text(text), log)
    (refusal,) = report.refusals
    assert [reason.code for reason in refusal.reasons] == ["no-power"]
    (limit,) = traces["1"].limits
    assert (limit.due, limit.told) == (date(2011, 2, 28), date(2011, 4, 11))


def test_an_attribute_of_a_trace_is_a_column_too(tmp_path: Path) -> None:
    text = FILE.read_text().replace("case_", "case:")
    log = tmp_path / "log.xes"
    log.write_text(
        "<log><trace><string key='concept:name' value='1'/>"
        "<date key='startdate' value='2011-01-03T10:00:00+01:00'/>"
        "<date key='deadline' value='2011-02-28T10:00:00+01:00'/>"
        "<event><string key='concept:name' value='Confirmation of receipt'/>"
        "<date key='time:timestamp' value='2011-01-05T10:00:00+01:00'/></event></trace>"
        "<trace><string key='concept:name' value='2'/>"
        "<event><string key='concept:name' value='Confirmation of receipt'/>"
        "<date key='time:timestamp' value='2011-01-05T10:00:00+01:00'/></event></trace></log>"
    )
    events = read_log(log, definition_from_text(text))
    assert [(event.case, event.activity) for event in events] == [
        ("1", "Application"),
        ("1", "Confirmation of receipt"),
        ("2", "Confirmation of receipt"),
    ]
    _, traces = replay_traces(definition_from_text(text), log)
    assert traces["1"].limits[0].due == date(2011, 2, 28) and traces["2"].limits == ()


def test_names_of_activities_and_limits_are_checked(tmp_path: Path) -> None:
    text, file = FILE.read_text(), tmp_path / "permit.yaml"
    for wrong, right, code in (
        ("cases: {case_startdate: Application, case_enddate: Decison}", "Decision", "activity"),
        ("limits: {decid: case_deadline}", "decide", "deadline"),
    ):
        broken = text.replace(wrong.replace("Decison", right).replace("decid:", f"{right}:"), wrong)
        assert broken != text
        file.write_text(broken)
        (found,) = [f for f in inspect(file)[1] if f.severity == "error"]
        place = broken.index(wrong) + wrong.index("{") + 1
        line = broken[:place].count("\n") + 1
        assert (found.code, found.at.line) == (f"unknown-{code}", line)
        assert found.at.column == place - broken.rindex("\n", 0, place) - 1


def test_the_command_says_how_the_limits_compare() -> None:
    command = ["replay", str(FILE), str(LOG), "--lang", "en"]
    result = CliRunner().invoke(main, command)
    assert "the limit decide beside the log's own last day: 732 cases, equal 566" in result.output
