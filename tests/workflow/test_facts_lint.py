"""What lint says of who writes which fact: each code at its line, in two languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.console.test_command import zhixing
from zhixing.workflow import Finding
from zhixing.workflow.linting import lint
from zhixing.workflow.sarif import sarif

CLEAN = """id: clean
title: {zh: 净, en: clean}
version: 1
effective: 2024-01-01
roles:
  clerk: {title: {zh: 书记员, en: clerk}}
  debtor: {title: {zh: 债务人, en: debtor}, party: true}
data:
  owed: {type: money, title: {zh: 应付, en: owed}}
  days: {type: number, title: {zh: 天数, en: days}}
  word: {type: text, visible_to: debtor, title: {zh: 陈述, en: statement}}
  minor: {type: flag, default: false, title: {zh: 未成年, en: minor}}
  done: {type: flag, default: false, title: {zh: 已办, en: done}}
  found: {type: money, default: 0, title: {zh: 查明, en: found}}
documents:
  reply: {title: {zh: 回执, en: reply}}
powers:
  open: {by: clerk, form: opening}
forms:
  opening:
    title: {zh: 立案, en: opening}
    fields:
      owed: {required: true}
      days: {required: true}
  age:
    title: {zh: 年龄, en: age}
    fields:
      minor: {required: true, overwrites: true}
  word:
    title: {zh: 陈述, en: statement}
    fields:
      word: {overwrites: true}
  reply:
    title: {zh: 回执, en: reply}
    documents: reply
    fields:
      found: {overwrites: true}
requests:
  ask:
    title: {zh: 查询, en: inquiry}
    operation: mail.ask
    answers: {answered: answered}
    takes: {found: found}
modes: {end: {zh: 完, en: end}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  end: {title: {zh: 完, en: end}, closes: end}
transitions:
  - trigger: age
    title: {zh: 年龄, en: age}
    from: open
    to: stay
    by: clerk
    form: age
  - trigger: tell
    title: {zh: 陈述, en: tell}
    from: open
    to: stay
    by: clerk
    form: word
  - trigger: act
    title: {zh: 办, en: act}
    from: open
    to: stay
    by: clerk
    asks: ask
    sets: {done: true}
  - trigger: answered
    title: {zh: 答, en: answer}
    from: open
    to: stay
    by: [outside, clerk]
    form: reply
  - trigger: end
    title: {zh: 完, en: end}
    from: open
    to: end
    by: clerk
    when: case.done && !case.minor && case.found < case.owed
deadlines:
  limit:
    title: {zh: 期限, en: limit}
    starts: {entering: open}
    length: days
    unit: day
    met_by: end
"""


def findings(tmp_path: Path, *changes: tuple[str, str]) -> list[Finding]:
    text = CLEAN
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    file = tmp_path / "clean.yaml"
    file.write_text(text)
    return lint(file)


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(CLEAN.splitlines(), 1) if text in line)


def test_a_definition_whose_every_field_has_one_writer_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


WITHOUT_AGE = ("    by: clerk\n    form: age\n", "    by: clerk\n")


def test_a_field_that_nobody_writes_is_told_and_one_with_a_default_is_a_constant(
    tmp_path: Path,
) -> None:
    file = [f for f in findings(tmp_path, WITHOUT_AGE) if f.code == "never-written"]
    assert [(f.at.line, f.severity) for f in file] == [(line_of("  minor: {type"), "warning")]
    assert "constant" in file[0].en and "常数" in file[0].zh
    unknown, start = findings(tmp_path, ("      days: {required: true}\n", ""))
    assert start.code == "start-unset"
    assert (unknown.code, unknown.at.line) == ("never-written", line_of("  days: {type"))
    assert "no form or need asks for it" in unknown.en


def test_what_a_case_passes_on_may_be_anything_where_no_form_says_what(tmp_path: Path) -> None:
    opened = ("open: {by: clerk, form: opening}", "open: {by: procedure}")
    codes = {f.code for f in findings(tmp_path, opened)}
    assert codes == {"unused-form"}


BY_DEBTOR = "    to: stay\n    by: debtor\n    form: "


def test_a_party_that_writes_is_a_note_and_a_warning_where_something_hangs_on_it(
    tmp_path: Path,
) -> None:
    told = ("    to: stay\n    by: clerk\n    form: word", BY_DEBTOR + "word")
    (note,) = findings(tmp_path, told)
    assert (note.code, note.severity, note.at.line) == (
        "party-writes",
        "note",
        line_of("form: word"),
    )
    aged = ("    to: stay\n    by: clerk\n    form: age", BY_DEBTOR + "age")
    (warning,) = findings(tmp_path, aged)
    assert (warning.code, warning.severity) == ("party-writes", "warning")
    assert warning.at.line == line_of("    form: age") and "hangs" in warning.en
    needs = (
        "    to: stay\n    by: clerk\n    form: word",
        "    to: stay\n    by: debtor\n    needs: days\n    form: word",
    )
    found = {(f.severity, f.at.line) for f in findings(tmp_path, needs)}
    assert found == {("warning", line_of("form: word")), ("note", line_of("form: word") + 1)}


def test_something_hangs_on_what_is_passed_on(tmp_path: Path) -> None:
    told = ("    to: stay\n    by: clerk\n    form: word", BY_DEBTOR + "word")
    passed = """sub_procedures:
  part: {title: {zh: 分案, en: part}, procedure: part, passes: {said: word}}
modes: {end:"""
    found = findings(tmp_path, told, ("modes: {end:", passed))
    assert [f.severity for f in found if f.code == "party-writes"] == ["warning"]


def test_a_party_that_opens_the_case_writes_what_opening_asks(tmp_path: Path) -> None:
    opened = ("open: {by: clerk, form: opening}", "open: {by: debtor, form: opening}")
    found = findings(tmp_path, opened)
    assert [(f.code, f.severity) for f in found] == [("party-writes", "warning")] * 2
    assert {f.at.line for f in found} == {line_of("open: {by")}


@pytest.mark.parametrize(
    ("before", "after", "code", "at"),
    [
        (
            "      days: {required: true}\n",
            "      days: {required: true}\n      done: {required: true}\n",
            "set-and-brought",
            "+      days:",
        ),
        ("sets: {done: true}", "sets: {done: true, found: 1}", "set-and-brought", "takes: {"),
        (
            "      word: {overwrites: true}\n",
            "      word: {overwrites: true}\n      found: {required: true}\n",
            "taken-and-brought",
            "+word: {overwrites",
        ),
        (
            "      days: {required: true}\n",
            "      days: {required: true}\n      found: {required: true}\n",
            "taken-and-brought",
            "+      days:",
        ),
        (
            "    documents: reply\n    fields:\n      found: {overwrites: true}\n",
            "    fields:\n      found: {overwrites: true}\n",
            "answer-without-document",
            "    documents: reply",
        ),
    ],
)
def test_a_fact_of_two_writers_is_an_error_at_its_line(
    tmp_path: Path, before: str, after: str, code: str, at: str
) -> None:
    found = [f for f in findings(tmp_path, (before, after)) if f.code == code]
    line = line_of(at.removeprefix("+")) + at.startswith("+")
    if code == "answer-without-document":
        line += 1
    assert line in [f.at.line for f in found] and {f.severity for f in found} == {"error"}
    assert all(f.zh and f.en for f in found)


LOG = """log:
  opens: Start
  activities:
    Start: {by: clerk, carries: {owed: amount, done: done}}
    Age: {trigger: age, by: clerk, carries: {minor: minor}}
    Act: {trigger: act, by: clerk, carries: {days: days}}
"""


def test_an_activity_of_a_log_carries_only_what_its_act_asks(tmp_path: Path) -> None:
    found = findings(tmp_path, ("deadlines:\n", LOG + "deadlines:\n"))
    first = line_of("deadlines:")
    assert [(f.code, f.at.line - first) for f in found] == [
        ("carries-unasked", 3),
        ("carries-unasked", 5),
    ]
    assert "done" in found[0].en and "days" in found[1].zh


def test_a_note_is_printed_and_is_no_error_and_has_its_level_in_every_form(tmp_path: Path) -> None:
    told = ("    to: stay\n    by: clerk\n    form: word", BY_DEBTOR + "word")
    (note,) = findings(tmp_path, told)
    assert not note.is_error and note.as_json()["severity"] == "note"
    assert sarif([note])["runs"][0]["results"][0]["level"] == "note"
    printed = zhixing("lint", str(tmp_path / "clean.yaml"))
    assert printed.returncode == 0 and ": note: a party (debtor) writes word" in printed.stdout


@pytest.mark.parametrize(
    "name",
    [
        "first_enforcement",
        "freeze_deposit",
        "seizure",
        "disposal",
        "preservation",
        "../it/road_fines",
    ],
)
def test_every_field_of_the_shipped_definitions_has_its_writer(name: str) -> None:
    family = {
        "never-written",
        "party-writes",
        "set-and-brought",
        "taken-and-brought",
        "answer-without-document",
        "carries-unasked",
    }
    found = [f for f in lint(ROOT / "definitions" / "cn" / f"{name}.yaml") if f.code in family]
    assert {f.severity for f in found} <= {"note"}
