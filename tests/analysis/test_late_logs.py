"""A log says when each row was entered, beside when it happened: the same is true in the end,
however late it was entered and in which order."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from tests.analysis.shuffled import FINES, TEXT, compared
from tests.conftest import DATA, ROOT
from zhixing.analysis import LogRefused, conform, replay
from zhixing.workflow import definition_from_text, load_definition

LOG = DATA / "road_fines_part.csv.gz"
HEAD = "case,activity,date,recorded,amount,expense,totalPaymentAmount\n"
ENTERED = (
    "1,Create Fine,2007-01-01,2007-01-02,30.0,,\n"
    "1,Payment,2007-02-01,2007-02-02,,,10.0\n"
    "1,Insert Fine Notification,2007-01-10,2007-05-10,,,\n"
    "1,Send Fine,2007-01-03,2007-03-01,,2,\n"
    "1,Add penalty,2007-03-11,2007-03-11,,,\n"
)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_log_entered_in_another_order_gives_the_same_penalties_and_the_same_truth(
    seed: int,
) -> None:
    found = compared(FINES, LOG, seed)
    assert found.differing == [] and not found.refusals
    assert found.penalties == (474, 474)
    assert found.late > 1500 and found.out_of_order > 300  # else nothing was shuffled


def test_rows_are_fed_in_the_order_of_recording_as_of_their_days(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(HEAD + ENTERED)
    report = replay(FINES, log)
    assert (report.events, report.late, report.refused) == (4, 4, 0)
    assert report.clock["Add penalty"].is_exact  # though nobody knew of the notification then
    assert report.states == {"penalised": 1}
    assert conform(FINES, log).fitness == 1.0


def test_late_rows_take_the_power(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(HEAD + ENTERED)
    report = replay(load_definition(ROOT / "definitions" / "it" / "road_fines.yaml"), log)
    assert "no-power" in {reason.code for r in report.refusals for reason in r.reasons}


def test_a_row_waits_for_what_it_rests_on_and_no_longer(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        HEAD + "1,Create Fine,2007-01-01,2007-01-02,30.0,,\n"
        "1,Insert Fine Notification,2007-01-10,2007-01-11,,,\n"
        "1,Send Fine,2007-01-03,2007-01-12,,2,\n"
        "1,Send for Credit Collection,2007-01-20,2007-01-21,,,\n"
    )
    report = replay(FINES, log)
    assert [(r.activity, r.count, r.first_line) for r in report.refusals] == [
        ("Send for Credit Collection", 1, 5)
    ]


def test_what_the_clock_has_done_is_not_overtaken_by_a_row(tmp_path: Path) -> None:
    settle = TEXT.replace(
        "    Create Fine: {by", "    Settle: {trigger: settle, by: police}\n    Create Fine: {by"
    )
    settle = settle.replace("powers:\n", "powers:\n  late: {by: police}\n", 1)
    log = tmp_path / "log.csv"
    log.write_text(
        HEAD + "1,Create Fine,2007-01-01,,30.0,,\n1,Send Fine,2007-01-03,,,2,\n"
        "1,Insert Fine Notification,2007-01-10,,,,\n1,Payment,2007-02-01,,,,32.0\n"
        "1,Settle,2007-02-02,2007-04-01,,,\n"
    )
    report = replay(definition_from_text(settle), log)
    assert [reason.code for r in report.refusals for reason in r.reasons] == ["overtaken"]


def test_nothing_is_recorded_before_it_happened(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(HEAD + "1,Create Fine,2007-01-02,2007-01-01,30,,\n1,Payment,2007-01-03,x,,,1\n")
    with pytest.raises(LogRefused) as refused:
        replay(FINES, log)
    causes = refused.value.data["causes"]
    assert [(rows.code, rows.lines) for rows in causes] == [("recorded", (2,)), ("time", (3,))]


def test_a_recording_column_of_another_name_and_in_xes(tmp_path: Path) -> None:
    named = definition_from_text(FINES.source_text.replace("log:\n", "log:\n  recorded: typed\n"))
    log = tmp_path / "log.csv.gz"
    with gzip.open(log, "wt", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["case", "activity", "date", "typed", "amount"])
        rows.writerow(["1", "Create Fine", "2007-01-01", "2007-01-05", "30"])
    assert replay(named, log).late == 1 and replay(FINES, log).late == 0
    xes = tmp_path / "log.xes"
    xes.write_text(
        '<log><trace><string key="concept:name" value="1"/><event>'
        '<string key="concept:name" value="Create Fine"/><string key="amount" value="30"/>'
        '<date key="time:timestamp" value="2007-01-01T00:00:00+01:00"/>'
        '<date key="recorded" value="2007-01-05T00:00:00+01:00"/></event></trace></log>'
    )
    assert replay(FINES, xes).late == 1
