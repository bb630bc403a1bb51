"""Logs as they really come: damaged, from spreadsheets, in other encodings. Every bad row is told
with its number, its case is set aside, and all other figures are those of the other cases."""

from __future__ import annotations

import csv
import gzip
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from click.testing import CliRunner

from tests.conftest import DATA, ROOT
from zhixing.analysis import LogRefused, conform, read_log, replay
from zhixing.analysis.logs import Log
from zhixing.analysis.reading.times import moment
from zhixing.console.app import main
from zhixing.workflow import definition_from_text, load_definition

FILE = ROOT / "definitions" / "nl" / "environmental_permit.yaml"
PERMIT = load_definition(FILE)
DAMAGE = yaml.safe_load((DATA / "damaged_logs.yaml").read_text(encoding="utf-8"))
ROME = ZoneInfo("Europe/Rome")
FINES = load_definition(ROOT / "definitions" / "it" / "road_fines.yaml")
FINES_HEAD = "case,activity,date,amount,expense\n"


def lines() -> list[str]:
    with gzip.open(DATA / "wabo_receipt.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [next(file) for _ in range(74)]


WHOLE = lines()


def damaged(edits: dict[int, list[str | None]]) -> list[str]:
    """The lines with what is edited: one text becomes another, or the file ends before it."""
    found = list(WHOLE)
    for number, (old, new) in edits.items():
        before, after = found[number - 1].split(str(old), 1)
        found[number - 1] = before if new is None else before + new + after
    return found


def written(path: Path, rows: list[str]) -> Path:
    path.write_bytes("".join(rows).encode("utf-8", "surrogateescape"))
    return path


@pytest.mark.parametrize("given", DAMAGE, ids=[given["name"] for given in DAMAGE])
def test_every_bad_row_is_told_and_nothing_else_is_lost(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    rows = damaged(given["edits"])
    log = written(tmp_path / "damaged.csv", rows)
    report = replay(PERMIT, log)
    reading = report.reading
    assert {found.code: list(found.lines) for found in reading.unread} == given["told"]
    assert list(reading.incomplete) == given.get("incomplete", [])
    assert reading.of_no_case == given.get("of_no_case", 0)

    bad = {number for numbers in given["told"].values() for number in numbers}
    text = "".join(rows).split("\n")
    others = [
        line
        for number, line in enumerate(text, 1)
        if number not in bad and line.split(",")[0] not in reading.incomplete
    ]
    same = written(tmp_path / "others.csv", ["\n".join(others)])
    without = {"reading", "log_events"}
    assert report.model_dump(exclude=without) == replay(PERMIT, same).model_dump(exclude=without)

    with pytest.raises(LogRefused) as refused:
        replay(PERMIT, log, strict=True)
    assert refused.value.data["causes"] == reading.unread
    with pytest.raises(LogRefused):
        read_log(log, PERMIT)


def test_the_causes_of_very_many_bad_rows_are_a_few_lines(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [f"{n},Create Fine,{'soon' if n % 7 else '2007-01-01'},30,\n" for n in range(702)]
    log.write_text(FINES_HEAD + "".join(rows))
    told = CliRunner().invoke(
        main, ["replay", str(ROOT / "definitions/it/road_fines.yaml"), str(log), "--lang", "en"]
    )
    assert told.exit_code == 0
    first, second, third, *_ = told.output.splitlines()
    assert first.startswith("  601 × the column date has no day or time (")
    assert "such as 'soon': line 3-8, 10-15, " in first and first.endswith("696-701, 703")
    assert second == (
        "601 row(s) cannot be read and are left out; 601 case(s) lack them and count in no figure"
        " below"
    )
    assert third == "101 cases, 101 events fed, 0 refused (0.00%)"
    refused = CliRunner().invoke(
        main, ["conform", str(FINES.at.file), str(log), "--strict", "--lang", "zh"]
    )
    assert refused.exit_code == 1 and len(refused.output.splitlines()) == 2
    assert "日志无法读取：601 行有误" in refused.output and "601 × 列 date" in refused.output


def test_openings_refused_for_one_reason_are_one_line_whatever_they_say(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [f"case-{n},Create Fine,2007-01-01,a lot {n % 400},\n" for n in range(702)]
    log.write_text(FINES_HEAD + "".join(rows))
    report = replay(FINES, log)
    (refusal,) = report.refusals
    assert (refusal.count, refusal.code, report.cases) == (702, "data-value", 0)
    assert "a lot 0" in refusal.en and "case" not in refusal.en


def test_a_real_log_written_by_a_spreadsheet_says_the_same(tmp_path: Path) -> None:
    """The whole log of fines with other dates, GB18030, blank rows, cells left off, other ends."""
    with gzip.open(DATA / "road_fines_part.csv.gz", "rt", encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    at = head.index("date")
    for number, row in enumerate(rows):
        year, month, day = map(int, row[at].split("-"))
        row[at] = (f"{year}/{month}/{day}", f"{year}年{month}月{day}日")[number % 2]
    lines = [",".join(row).rstrip(",") if n % 16 else ",".join(row) for n, row in enumerate(rows)]
    lines[100:100] = lines[700:700] = [",,,,,", ""]
    log = tmp_path / "fines.csv"
    log.write_bytes("\r\n".join([",".join(head), *lines, ""]).encode("gb18030"))
    changed, same = replay(FINES, log), replay(FINES, DATA / "road_fines_part.csv.gz")
    assert changed.reading.encoding == "gb18030" and changed.reading.unread == ()
    without = {"reading"}
    assert changed.model_dump(exclude=without) == same.model_dump(exclude=without)


def test_words_are_told_as_they_are_whatever_the_ids_of_cases(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    cases = ["e", "a", "is", "refused", "列", "pay"]
    log.write_text(FINES_HEAD + "".join(f"{case},Send Fine,2007-01-01,,1\n" for case in cases))
    (refusal,) = replay(FINES, log).refusals
    assert (refusal.count, refusal.en) == (6, "there is no case e")
    bad = FINES_HEAD + "x,Create Fine,2007-01-01,30,\n"
    log.write_text(bad + "".join(f"{case},Send Fine,later,,1\n" for case in cases))
    (rows,) = replay(FINES, log).reading.unread
    assert rows.lines == (3, 4, 5, 6, 7, 8)
    assert rows.en.startswith("the column date has no day or time (it may be written 2025-03-03")
    assert rows.zh.startswith("列 date 不是日期或时间（可写 2025-03-03")


@pytest.mark.parametrize(
    ("text", "at", "is_day"),
    [
        ("2025/3/3 9:00", datetime(2025, 3, 3, 9), False),
        ("2025/3/3", datetime(2025, 3, 3), True),
        ("2025年3月3日", datetime(2025, 3, 3), True),
        ("2025年3月3日 9时05分", datetime(2025, 3, 3, 9, 5), False),
        ("2025年03月03日9时5分7秒", datetime(2025, 3, 3, 9, 5, 7), False),
        ("2025-03-03 09:00:00", datetime(2025, 3, 3, 9), False),
        ("2025.3.3", datetime(2025, 3, 3), True),
        ("２０２５／３／３　９：００", datetime(2025, 3, 3, 9), False),
        (" 2025-3-3 9:05:30 ", datetime(2025, 3, 3, 9, 5, 30), False),
        ("2025-03-03", datetime(2025, 3, 3), True),
        ("2025-03-03T09:00:00.25+02:00", datetime.fromisoformat("2025-03-03T09:00:00.25+02:00"), 0),
    ],
)
def test_times_are_read_as_people_and_spreadsheets_write_them(
    text: str, at: datetime, is_day: bool
) -> None:
    found = moment(text)
    assert found is not None and (found.at, found.is_day) == (at, is_day)


@pytest.mark.parametrize(
    "text",
    (
        "",
        "3/3/2025",
        "2025/13/3",
        "2025年2月30日",
        "2025/3/3 25:00",
        "2025-3",
        "45719",
        "下午3时",
        "0025-03-03",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "2025/3/3 9:00 x",
        "2025" * 50,
    ),
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None


COURT = """
id: court
title: {zh: 执行, en: enforcement}
version: 1
effective: 2010-01-01
zone: Asia/Shanghai
calendar: none
roles: {clerk: {title: {zh: 书记员, en: clerk}}}
data: {asked_on: {type: date, title: {zh: 申请日, en: asked on}}}
forms: {asking: {title: {zh: 申请, en: request}, fields: {asked_on: {required: true}}}}
powers: {open: {by: clerk, form: asking}}
modes: {done: {zh: 办结, en: done}}
initial: open
states:
  open: {title: {zh: 待查, en: open}}
  searched: {title: {zh: 已查, en: searched}}
  done: {title: {zh: 办结, en: done}, closes: done}
transitions:
  - {trigger: search, title: {zh: 查询, en: search}, from: open, to: searched, by: clerk}
  - {trigger: end, title: {zh: 办结, en: end}, from: searched, to: done, by: clerk}
log:
  case: 案号
  activity: 事项
  date: 日期
  opens: 立案
  activities:
    立案: {by: clerk, carries: {asked_on: 申请日}}
    查询: {trigger: search, by: clerk}
    办结: {trigger: end, by: clerk}
"""
DAY = (
    "案号,事项,日期,申请日\n（2025）京01执1号,立案,2025年3月3日,2025/3/1\n"
    ",,,\n（2025）京01执1号,查询,2025/3/3,\n（2025）京01执1号,办结,2025-03-03,\n"
)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gbk", "gb18030"), ("gb18030", "gb18030")],
)
def test_a_log_of_chinese_in_any_of_its_encodings(tmp_path: Path, encoding: str, told: str) -> None:
    log = tmp_path / "日志.csv"
    log.write_bytes(DAY.replace("\n", "\r\n").encode(encoding))
    report = replay(definition_from_text(COURT), log)
    assert (report.events, report.refused, report.states) == (3, 0, {"done": 1})
    assert (report.reading.encoding, report.reading.unread) == (told, ())


def test_a_few_bytes_that_are_both_do_not_make_a_gbk_text_utf_8(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    text = FINES_HEAD + "茅,Create Fine,2007-01-01,30,\n"
    assert "茅".encode("gbk").decode("utf-8") == "é"
    log.write_bytes((text + "移动,Create Fine,2007-01-01,30,\n").encode("gbk"))
    assert [event.case for event in read_log(log, FINES)] == ["茅", "移动"]
    log.write_bytes((text + "移动,Create Fine,2007-01-01,30,\n").encode("gbk") + b"\xff\xff,x\n")
    unread = replay(FINES, log).reading
    assert (unread.encoding, unread.unread[0].lines, unread.of_no_case) == ("gb18030", (4,), 1)


def test_days_without_a_time_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "案号,事项,日期,申请日\n1,立案,2025-03-03 09:00,2025-03-01\n1,查询,2025-03-03,\n"
        "1,办结,2025-03-03,\n2,查询,2025-03-04,\n2,立案,2025-03-03,2025-03-01\n"
        "2,办结,2025-03-04,\n"
    )
    definition = definition_from_text(COURT)
    assert replay(definition, log).refused == 0
    nine = datetime(2025, 3, 3, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    first = [event for event in read_log(log, definition) if event.case == "1"]
    assert [(event.activity, event.at) for event in first] == [
        ("立案", nine),
        ("查询", nine),
        ("办结", nine),
    ]


def test_a_header_that_lacks_a_column_says_what_is_there(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    for head, words in (
        ("Case,activity,date", "the column case is missing (Case, activity, date)"),
        ("case,activity,case,date", "the column case is twice"),
        ("case,activity,day", "the first line has: case, activity, day"),
        ("", "the column case is missing ()"),
    ):
        log.write_text(f"{head}\n1,Create Fine,2007-01-01\n")
        with pytest.raises(LogRefused) as refused:
            replay(FINES, log)
        assert words in refused.value.text("en"), head


def xes(*traces: str) -> str:
    head = (
        "<global scope='event'><string key='concept:name' value='__INVALID__'/></global>"
        "<string key='concept:name' value='the log'/>"
    )
    return f"<?xml version='1.0'?><log>{head}{''.join(traces)}</log>"


def event(name: str, day: str, more: str = "") -> str:
    return (
        f"<event><string key='concept:name' value='{name}'/>"
        f"<date key='time:timestamp' value='{day}T10:00:00+01:00'/>{more}</event>"
    )


def stands(place: str) -> str:
    return f"<string key='lifecycle:transition' value='{place}'/>"


def test_an_act_is_done_when_it_is_completed_and_what_was_only_begun_is_told(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log.xes"
    opened = event("Create Fine", "2007-01-01", "<string key='amount' value='30'/>")
    sent = "<string key='expense' value='1'/>"
    log.write_text(
        xes(
            f"<trace><string key='concept:name' value='1'/>{opened}"
            + event("Send Fine", "2007-01-02", stands("start") + sent)
            + event("Send Fine", "2007-01-03", stands("suspend") + sent)
            + event("Send Fine", "2007-01-05", stands("COMPLETE") + sent)
            + event("Insert Fine Notification", "2007-01-09", stands("start"))
            + "</trace>"
        )
    )
    report = replay(FINES, log)
    assert (report.events, report.refused, report.states) == (2, 0, {"sent": 1})
    assert report.reading.passed_over == {"start": 2, "suspend": 1}
    assert report.reading.unfinished == {"Insert Fine Notification": 1}
    assert [e.at.date() for e in read_log(log, FINES)] == [date(2007, 1, 1), date(2007, 1, 5)]
    begun = definition_from_text(
        FINES.source_text.replace("log:\n", "log:\n  happens_on: [start, complete]\n")
    )
    assert replay(begun, log).events == 4


def test_attributes_in_attributes_and_of_the_trace_are_columns_of_their_own(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log.xes"
    nested = (
        "<string key='amount' value='30'><string key='concept:name' value='euro'/>"
        "<list key='parts'><values><float key='net' value='25'/></values></list></string>"
    )
    trace = (
        "<string key='concept:name' value='1'><string key='concept:name' value='inner'/></string>"
        "<string key='article' value='157'><int key='edition' value='2'/></string>"
    )
    log.write_text(xes(f"<trace>{trace}{event('Create Fine', '2007-01-01', nested)}</trace>"))
    text = FINES.source_text.replace(
        "{fine: amount, article: article}",
        "{fine: amount/parts/net, article: case:article/edition}",
    )
    (found,) = read_log(log, definition_from_text(text))
    assert (found.case, found.activity) == ("1", "Create Fine")
    assert found.columns == {"amount/parts/net": "25", "case:article/edition": "2"}
    assert replay(definition_from_text(text), log).refused == 0


def test_bad_events_of_an_xes_are_told_by_their_number(tmp_path: Path) -> None:
    log = tmp_path / "log.xes"
    good = event("Create Fine", "2007-01-01", "<string key='amount' value='30'/>")
    bad = "<event><string key='concept:name' value='Payment'/></event>"
    log.write_text(
        xes(
            f"<trace><string key='concept:name' value='1'/>{good}</trace>",
            f"<trace><string key='concept:name' value='2'/>{good}{bad}{bad}</trace>",
            f"<trace>{good}</trace>",
        )
    )
    reading = conform(FINES, log).reading
    assert [(rows.code, rows.lines) for rows in reading.unread] == [
        ("empty", (3, 4)),
        ("empty", (5,)),
    ]
    assert (reading.incomplete, reading.of_no_case) == (("2",), 1)
    assert reading.unread[0].text("en").endswith(": event 3-4")
    assert reading.unread[0].text("zh").endswith("：第 3-4 个事件")


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    log = tmp_path / "log.xes"
    grow = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    log.write_text(
        f"<!DOCTYPE log [<!ENTITY e0 'x'>{grow}]><log><trace>"
        "<string key='concept:name' value='&e9;'/></trace></log>"
    )
    with pytest.raises(LogRefused, match="not XES"):
        replay(FINES, log)


def test_the_reading_is_the_same_in_parts_and_read_once(tmp_path: Path) -> None:
    pytest.importorskip("dask", reason="the extra zhixing[scale] is not installed")
    log = written(tmp_path / "log.csv", damaged(DAMAGE[-1]["edits"]))
    alone, together = replay(PERMIT, log), replay(PERMIT, log, workers=2)
    assert together.model_dump_json() == alone.model_dump_json()
    text = Log(log, PERMIT)
    assert sum(1 for _ in text.events()) == alone.log_events
    assert text.reading == alone.reading
