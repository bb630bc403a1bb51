"""The law as tables by day: which row holds when, what changes, what powers and fees it allows."""

from __future__ import annotations

import json
import pickle
import random
import shutil
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import LOAN, ROOT
from zhixing.workflow import (
    DefinitionRefused,
    Finding,
    Law,
    LawRefused,
    definition_from_text,
    inspect,
    lint,
    load_definition,
    sarif,
    shipped_law,
)
from zhixing.workflow.law.law import findings_of
from zhixing.workflow.law.rows import Validity

LAW = ROOT / "definitions" / "law"
TODAY = date(2024, 6, 1)

LIMIT = """deadlines:
  published:
    title: {zh: 公告, en: notice}
    law: LAW
    starts: {entering: fresh}
    length: LENGTH
    unit: UNIT
    counting: COUNTING
"""
"""A deadline in front of those of the loan."""


def loan(
    law: str, length: int, unit: str, effective: str, counting: str = "litigation", more: str = ""
) -> str:
    """The loan with one more deadline, which carries out a row of the law."""
    limit = LIMIT.replace("LAW", law).replace("LENGTH", str(length)).replace("UNIT", unit)
    without_powers = LOAN.partition("powers:\n")[0]
    text = without_powers.replace("deadlines:\n", limit.replace("COUNTING", counting), 1)
    return text.replace("effective: 2024-01-01", f"effective: {effective}") + more


def findings(tmp_path: Path, text: str, law: Law | None = None) -> dict[str, Finding]:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    return {finding.code: finding for finding in inspect(file, law=law)[1]}


def changed(tmp_path: Path, name: str, before: str, after: str) -> Path:
    """The shipped tables in a folder, one text in one of them replaced."""
    folder = tmp_path / "law"
    if not folder.exists():
        shutil.copytree(LAW, folder)
    file = folder / name
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    return folder


# -- which row holds on a day


@pytest.mark.parametrize(
    ("id", "last_of_the_old", "old", "new"),
    [
        ("service-by-announcement", date(2021, 12, 31), "60日", "30日"),
        ("service-by-announcement-foreign", date(2023, 12, 31), "3个月", "60日"),
        ("freeze-deposit-max", date(2015, 2, 3), "6个月", "1年"),
    ],
)
def test_a_limit_that_changed_is_the_old_one_until_its_last_day(
    id: str, last_of_the_old: date, old: str, new: str
) -> None:
    law, next_day = shipped_law(), last_of_the_old + timedelta(days=1)
    assert law.statutes(last_of_the_old)[id].length_words().zh == old
    assert law.statutes(next_day)[id].length_words().zh == new


def test_before_its_first_day_there_is_no_row() -> None:
    assert "freeze-deposit-max" not in shipped_law().statutes(date(2004, 12, 31))
    assert "freeze-deposit-max" in shipped_law().statutes(date(2005, 1, 1))


def test_every_row_that_another_names_is_in_force_with_it() -> None:
    law = shipped_law()
    assert len(law.statutes(TODAY)) == 268
    for asked in law.demands(TODAY).values():
        assert set(asked.time_limits) <= law.statutes(TODAY).keys()
        lists, acts = zip(*asked.closing.values(), strict=True) if asked.closing else ((), ())
        assert {*asked.approvals, *filter(None, acts)} <= law.acts(TODAY).keys()
        assert set(filter(None, lists)) <= law.checklists(TODAY).keys()


@pytest.mark.parametrize(
    ("one", "other", "is_overlap"),
    [
        ((None, date(2023, 12, 31)), (date(2024, 1, 1), None), False),
        ((None, date(2024, 1, 1)), (date(2024, 1, 1), None), True),
        ((None, None), (date(2024, 1, 1), None), True),
        ((date(2024, 1, 1), None), (date(2020, 1, 1), date(2023, 12, 31)), False),
    ],
)
def test_periods_overlap_when_they_share_a_day(
    one: tuple[date | None, date | None], other: tuple[date | None, date | None], is_overlap: bool
) -> None:
    assert Validity(*one).overlaps(Validity(*other)) is is_overlap
    assert Validity(*other).overlaps(Validity(*one)) is is_overlap


def test_every_act_that_is_a_measure_is_an_act_of_the_shipped_procedure_of_its_kind() -> None:
    kinds = (
        *("first_enforcement", "consumption_restriction", "dishonest_list"),
        *("detention", "fine", "compelled_appearance", "exit_ban"),
    )
    known = {name: load_definition(ROOT / f"definitions/cn/{name}.yaml") for name in kinds}
    assert {name: one.law_kind for name, one in known.items()} == {name: name for name in kinds}
    measures = shipped_law().sanctions(TODAY)
    assert sorted(row.rung for row in measures.values()) == [1, 2, 2, 2, 3]
    assert {kind for row in measures.values() for kind in row.taken_by} == set(kinds)
    for row in measures.values():
        assert row.cite and row.says().zh and row.as_json()["rung"] == row.rung
        for kind, how in row.taken_by.items():
            assert how.acts <= set(known[kind].triggers)
            assert how.debtor in known[kind].fields


def test_a_row_as_plain_data_is_all_that_it_says() -> None:
    act = shipped_law().acts(TODAY)["close-for-now"]
    told = act.as_json()
    assert told.keys() == {f.name for f in fields(act)} - {"validity", "at"} | {"from", "until"}
    assert (told["id"], told["zh"], told["offices"]) == ("close-for-now", act.zh, act.offices)
    assert (told["from"], told["until"]) == act.validity


# -- tables that are wrong


def test_two_rows_that_hold_on_one_day_are_told_at_the_line_of_the_second(tmp_path: Path) -> None:
    folder = changed(tmp_path, "time_limits.csv", ",2015-02-03,", ",2015-02-04,")
    [finding] = findings_of(folder)
    lines = (folder / "time_limits.csv").read_text().splitlines()
    assert finding.code == "law-overlap"
    assert lines[finding.at.line - 1].startswith("freeze-deposit-max,")
    assert "法释〔2015〕5号" in lines[finding.at.line - 1]
    assert "freeze-deposit-max" in finding.zh and "2015-02-04" in finding.en
    with pytest.raises(LawRefused, match="law-overlap") as refused:
        Law.from_folder(folder)
    assert refused.value.findings == [finding]
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


@pytest.mark.parametrize(
    ("name", "before", "after", "code", "says"),
    [
        ("time_limits.csv", ",2015-02-03,", ",3 Feb,", "shape", "not a date"),
        ("time_limits.csv", ",2005-01-01,", ",2025-01-01,", "shape", "before from"),
        ("time_limits.csv", ",10,day,LIT,", ",10,days,LIT,", "shape", "did you mean day"),
        ("time_limits.csv", "calendar_rule", "calendar", "missing-key", "calendar_rule"),
        ("time_limits.csv", "\nentrusted-service,", '\n"entrusted-service,', "shape", "CSV"),
        ("time_limits.csv", "\nfiling-review,", "\nfiling-reviev,", "unknown-law", "filing-review"),
        ("approvals.yaml", "offices: [president]", "ofices: [president]", "unknown-key", "offices"),
        ("approvals.yaml", "acts:", "acts: 3 #", "yaml", ""),
        ("checklists.yaml", "verified: pages", "verified: sure", "shape", "db, pages, memory"),
        ("demands.yaml", "- auction-second", "- auction-secund", "unknown-law", "auction-second"),
        (
            "demands.yaml",
            "  must:\n    for_now:\n      - {",
            "  must:\n    for_now:\n      - {wen: x, ",
            "unknown-key",
            "wen",
        ),
        ("demands.yaml", "rests: {", "rests: {state: x, ", "unknown-key", "state"),
        ("fees.yaml", "up_to: 500000,", "up_to: 5000,", "shape", "rise"),
        ("fees.yaml", "rate: 0.005}", "rate: much}", "shape", "number"),
        ("powers.yaml", "power: extend", "power: stretch", "shape", "extend"),
        ("powers.yaml", "never: true", "never: always", "shape", "true or false"),
        ("sanctions.yaml", "rung: 2", "rung: 0", "shape", "lightest"),
        ("sanctions.yaml", "rung: 2", "rung: 1.5", "shape", "whole number"),
        ("sanctions.yaml", "rung: 2", "rung: high", "shape", "number"),
        ("sanctions.yaml", "rung: 2", "weight: 2", "unknown-key", "weight"),
        ("sanctions.yaml", "dishonest_list: {", "dishonest_lists: {", "unknown-law", "mean dishon"),
        ("sanctions.yaml", "{acts: list_debtor, ", "{act: list_debtor, ", "missing-key", "acts"),
        ("sanctions.yaml", ", debtor: debtor}", "}", "missing-key", "debtor"),
        ("law.yaml", "law: cn", "lov: cn", "missing-key", "law"),
    ],
)
def test_a_table_that_is_wrong_is_told_at_its_line_and_never_a_bare_error(
    tmp_path: Path, name: str, before: str, after: str, code: str, says: str
) -> None:
    folder = changed(tmp_path, name, before, after)
    found = [finding for finding in findings_of(folder) if finding.code == code]
    assert found and any(says in finding.en for finding in found)
    assert all(finding.zh and finding.at.line >= 1 for finding in found)
    with pytest.raises(LawRefused):
        Law.from_folder(folder)


def test_a_folder_without_tables_and_a_text_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LawRefused, match=r"law\.yaml"):
        Law.from_folder(tmp_path)
    for text in ("", "[]", "{", "[" * 100_000, '{"law.yaml": 3}', "{}"):
        with pytest.raises(LawRefused):
            Law.from_text(text)
    (tmp_path / "law.yaml").write_bytes(b"\xff\xfe")
    assert [finding.code for finding in findings_of(tmp_path)] == ["encoding"]


@pytest.mark.fuzz
def test_no_table_however_broken_raises_anything_but_its_findings() -> None:
    dice = random.Random(20240101)
    texts = {file.name: file.read_text() for file in LAW.iterdir() if file.suffix != ".md"}
    signs = ["", '"', ",", "\n", "{", "]", ": ", "\x00", "\ud800", "9" * 5000, "9999-12-31", "·"]
    for _ in range(100):
        name = dice.choice(sorted(texts))
        place = dice.randrange(len(texts[name]))
        broken = texts[name][:place] + dice.choice(signs) + texts[name][place + dice.randrange(9) :]
        try:
            law = Law.from_text(json.dumps(texts | {name: broken}))
        except LawRefused as refused:
            assert refused.findings
        else:
            assert law.hash


# -- one text, one hash


def test_a_law_is_one_text_with_one_hash_wherever_it_is_read_from(tmp_path: Path) -> None:
    law = shipped_law()
    again = Law.from_text(law.to_text())
    assert again == law == Law.from_folder(LAW) and hash(again) == hash(law)
    assert again.to_text() == law.to_text() and len(law.hash) == 64
    assert (law.name, law.as_json()["hash"]) == ("cn", law.hash)
    assert again.statutes(TODAY) == law.statutes(TODAY)
    other = Law.from_folder(changed(tmp_path, "law.yaml", "version: ", "version: 1"))
    assert other != law and other.hash != law.hash


def test_a_definition_is_held_to_the_law_that_is_given(tmp_path: Path) -> None:
    text = loan("service-by-announcement", 30, "day", "2024-01-01")
    stricter = changed(tmp_path, "time_limits.csv", ",30,day,LIT,", ",20,day,LIT,")
    law = Law.from_folder(stricter)
    assert definition_from_text(text).id == "loan"
    with pytest.raises(DefinitionRefused, match="longer-than-law"):
        definition_from_text(text, law=law)
    file = tmp_path / "loan.yaml"
    file.write_text(text)
    assert load_definition(file).id == "loan"
    with pytest.raises(DefinitionRefused):
        load_definition(file, law)
    assert "longer-than-law" in {finding.code for finding in lint(file, law=law)}


# -- the law of the definition's day


def test_a_definition_is_held_to_the_law_of_the_day_it_takes_effect(tmp_path: Path) -> None:
    old = findings(tmp_path, loan("service-by-announcement", 60, "day", "2021-12-31"))
    assert "longer-than-law" not in old
    new = findings(tmp_path, loan("service-by-announcement", 60, "day", "2022-01-01"))
    assert "longer-than-law" in new and "law-changes" not in new


def test_a_definition_that_would_go_on_under_old_law_is_warned(tmp_path: Path) -> None:
    text = loan("service-by-announcement-foreign", 3, "month", "2023-12-31")
    warned = findings(tmp_path, text)["law-changes"]
    assert warned.severity == "warning"
    assert "from 2024-01-01 the limit is 60 days" in warned.en
    assert "自 2024-01-01 起期限为60日" in warned.zh
    assert warned.at.line == text.splitlines().index("    law: service-by-announcement-foreign") + 1
    assert "law-changes" not in findings(
        tmp_path, loan("service-by-announcement-foreign", 60, "day", "2024-01-01")
    )


def test_every_later_change_is_named(tmp_path: Path) -> None:
    text = loan("freeze-deposit-max", 6, "month", "2014-01-01", "fixed")
    told = findings(tmp_path, text)["law-changes"].en
    assert "from 2015-02-04 the limit is 1 year" in told and "from 2022-04-10" in told


def test_a_row_that_ends_and_is_not_followed_is_told(tmp_path: Path) -> None:
    folder = changed(tmp_path, "time_limits.csv", ",95,2022-01-01,,", ",95,2022-01-01,2030-12-31,")
    text = loan("service-by-announcement", 30, "day", "2024-01-01")
    told = findings(tmp_path, text, Law.from_folder(folder))["law-changes"]
    assert "from 2031-01-01 it holds no more" in told.en


def test_a_limit_with_no_row_on_the_day_is_unknown_law_with_the_days_on_which_it_holds(
    tmp_path: Path,
) -> None:
    text = loan("freeze-deposit-max", 6, "month", "2004-12-31", "fixed")
    told = findings(tmp_path, text)["unknown-law"]
    assert told.is_error
    assert "on 2004-12-31; it holds from 2005-01-01 until 2015-02-03" in told.en


def _carrying_out(row: str, act: str) -> str:
    """The loan, an act of which carries out a row by its condition."""
    text = loan("service-by-announcement", 30, "day", "2024-01-01")
    return text.replace(f"trigger: {act}, ", f"trigger: {act}, law: {row}, ", 1)


def test_an_act_names_the_rows_that_its_condition_carries_out(tmp_path: Path) -> None:
    assert "unknown-law" not in findings(tmp_path, _carrying_out("auction-bidding-min", "pay"))
    wrong = findings(tmp_path, _carrying_out("auction-biding-min", "pay"))["unknown-law"]
    assert wrong.is_error and "auction-bidding-min" in wrong.zh
    unread = findings(tmp_path, _carrying_out("online-sale-notice-lead-movable", "pay"))
    assert unread["law-unverified"].severity == "warning"


def test_what_carries_out_a_row_asks_for_something(tmp_path: Path) -> None:
    bare = findings(tmp_path, _carrying_out("auction-bidding-min", "rest"))["shape"]
    assert bare.is_error and "须有条件、清单或者文书" in bare.zh


def test_acts_and_checklists_have_days_too(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        "approvals.yaml",
        "  search: {zh: 搜查, en: search, offices: [president], ",
        "  search:\n"
        "    - {zh: 搜查, en: search, offices: [bureau_chief], instrument: X, number: Y, "
        'article: "1", verified: db, until: 2023-12-31}\n'
        "    - {from: 2024-01-01, zh: 搜查, en: search, offices: [president], ",
    )
    heard = 'article: "5", verified'
    changed(tmp_path, "checklists.yaml", heard, f"from: 2025-01-01, {heard}")
    law = Law.from_folder(folder)
    before, after = date(2023, 12, 31), date(2024, 1, 1)
    assert law.acts(before)["search"].offices == ("bureau_chief",)
    assert law.acts(after)["search"].offices == ("president",)
    items = [law.checklists(TODAY)["close-for-now"].on(day) for day in (TODAY, date(2025, 1, 1))]
    assert [len(listed) for listed in items] == [7, 8]
    title = "title: {zh: 搜查, en: search}"
    approved = f"approvals:\n  look: {{law: search, {title}, steps: [{{by: chief}}]}}\n"
    chief = "  chief: {office: bureau_chief, title: {zh: 局长, en: chief}}"
    text = LOAN.replace("  chief: {title: {zh: 局长, en: chief}}", chief) + approved
    old = text.replace("effective: 2024-01-01", "effective: 2023-12-31")
    assert "approval-below-law" not in findings(tmp_path, old, law)
    assert "it needs president" in findings(tmp_path, old, law)["law-changes"].en
    assert "approval-below-law" in findings(tmp_path, text, law)


def test_a_checklist_whose_items_change_later_is_warned(tmp_path: Path) -> None:
    heard, listed = 'article: "5", verified', "article: 1(2), verified"
    folder = changed(tmp_path, "checklists.yaml", heard, f"from: 2025-01-01, {heard}")
    changed(tmp_path, "checklists.yaml", listed, f"until: 2025-12-31, {listed}")
    title = "title: {zh: 完毕, en: done}"
    item = f"paid: {{{title}, when: given.amount}}"
    text = f"{LOAN}checklists:\n  done: {{law: close-for-now, {title}, items: {{{item}}}}}\n"
    told = findings(tmp_path, text, Law.from_folder(folder))["law-changes"].en
    assert "from 2025-01-01 it asks: the applicant was told and heard" in told
    assert "until 2025-12-31 only: consumption restricted" in told
    assert "law-changes" not in findings(tmp_path, text)


# -- fees


@pytest.mark.parametrize(
    ("amount", "before", "since"),
    [
        ("8000", "50.00", "50.00"),
        ("10000", "50.00", "50.00"),
        ("500000", "2500.00", "7400.00"),
        ("1234567.89", "3234.57", "14745.68"),
        ("5000000", "7000.00", "52400.00"),
        ("10000000", "12000.00", "77400.00"),
    ],
)
def test_the_fee_for_enforcement_before_and_since_the_tariff_of_2007(
    amount: str, before: str, since: str
) -> None:
    old, new = (
        shipped_law().fees(day)["enforcement-application"]
        for day in (date(2007, 3, 31), date(2007, 4, 1))
    )
    assert old.of(Decimal(amount)) == Decimal(before)
    assert new.of(Decimal(amount)) == Decimal(since)
    assert (new.least, new.most) == (50, 500)


@pytest.mark.parametrize(
    ("amount", "before", "since"),
    [
        ("0", "30.00", "30.00"),
        ("5000", "70.00", "70.00"),
        ("100001", "1020.01", "1020.01"),
        ("896000", "5000.00", "5000.00"),
        ("99500000", "498020.00", "5000.00"),
    ],
)
def test_the_fee_for_preservation_has_a_cap_since_2007(
    amount: str, before: str, since: str
) -> None:
    old, new = (
        shipped_law().fees(day)["preservation-application"]
        for day in (date(2007, 3, 31), date(2007, 4, 1))
    )
    assert old.of(Decimal(amount)) == Decimal(before)
    assert new.of(Decimal(amount)) == Decimal(since)


def test_the_steps_of_a_tariff_are_data() -> None:
    steps = shipped_law().fees(TODAY)["enforcement-application"].brackets
    assert [step.up_to for step in steps] == [10000, 500000, 5000000, 10000000, None]
    rates = ["0", "0.015", "0.01", "0.005", "0.001"]
    assert [step.rate for step in steps] == list(map(Decimal, rates))


def test_a_tariff_says_its_steps_and_its_cap() -> None:
    fees = shipped_law().fees(TODAY)
    assert (
        fees["enforcement-application"]
        .says()
        .en.startswith("≤ 10000: 50; ≤ 500000: 1.5%; ≤ 5000000: 1%; ≤ 10000000: 0.5%; …: 0.1% (")
    )
    said = fees["preservation-application"].says()
    assert said.zh.startswith("≤ 1000: 30; ≤ 100000: 1%; …: 0.5%; ≤ 5000（")


# -- powers

ROLES = """  president: {title: {zh: 院长, en: president}}
  debtor: {party: true, title: {zh: 债务人, en: debtor}}
"""
CHAIN = """approvals:
  raise: {title: {zh: 延长, en: extension}, steps: [{by: chief}, {by: president}]}
"""


def with_power(power: str, law: str = "case-limit-standard", effective: str = "2024-01-01") -> str:
    """The loan with a deadline by the law and a power."""
    text = loan(law, 1, "day", effective, more=f"{CHAIN}powers:\n  {power}\n")
    return text.replace("roles:\n", f"roles:\n{ROLES}", 1)


@pytest.mark.parametrize(
    ("power", "says"),
    [
        ("extend: {by: officer}", "it needs president (《关于严格执行案件审理期限制度"),
        ("extend: {by: [president, officer]}", "it needs president"),
        ("restore: {by: debtor}", "the court must decide it (《民事诉讼法"),
        ("restore: {by: [officer, debtor]}", "the court must decide it"),
        ("waive: {by: president}", "nobody may have it"),
        ("waive: {by: president, deadlines: published}", "nobody may have it"),
    ],
)
def test_a_power_below_the_law_is_refused_at_its_line_with_the_citation(
    tmp_path: Path, power: str, says: str
) -> None:
    text = with_power(power)
    told = findings(tmp_path, text)["power-below-law"]
    assert told.is_error and says in told.en and told.zh
    assert told.at.line == text.splitlines().index(f"  {power}") + 1


@pytest.mark.parametrize(
    "power",
    [
        "extend: {by: president}",
        "extend: {by: officer, approval: raise}",
        "extend: {by: officer, deadlines: answer}",
        "restore: {by: officer}",
        "restore: {by: debtor, approval: raise}",
        "waive: {by: president, deadlines: answer}",
        "deduct: {by: officer}",
    ],
)
def test_a_power_that_the_law_allows_or_says_nothing_of_is_fine(tmp_path: Path, power: str) -> None:
    assert "power-below-law" not in findings(tmp_path, with_power(power))


def test_what_a_power_asks_changes_with_the_day(tmp_path: Path) -> None:
    """By a row of the test's own: the office that the shipped one asks is the same since 2000."""
    periods = (("president", "until: 2006-12-31"), ("vice_president", "from: 2007-01-01"))
    row = "extend-case-limit:\n" + "".join(
        f"  - {{zh: 延, en: extend, power: extend, limits: [case-limit-standard], instrument: X,"
        f' offices: [{office}], number: Y, article: "1", verified: db, {period}}}\n'
        for office, period in periods
    )
    shipped = (LAW / "powers.yaml").read_text()
    start, end = shipped.index("extend-case-limit:"), shipped.index("restore-missed-limit:")
    law = Law.from_folder(changed(tmp_path, "powers.yaml", shipped[start:end], row))
    power = "extend: {by: vice}"
    vice = "  vice: {office: vice_president, title: {zh: 副院长, en: vice}}\n"
    old, new = (
        with_power(power, effective=day).replace("roles:\n", f"roles:\n{vice}", 1)
        for day in ("2006-12-31", "2007-01-01")
    )
    assert "it needs president" in findings(tmp_path, old, law)["power-below-law"].en
    assert "power-below-law" not in findings(tmp_path, new, law)
    for text in (old, new):
        assert "it needs president" in findings(tmp_path, text)["power-below-law"].en


def test_a_rule_of_powers_may_be_about_some_procedures_and_ask_for_a_document(
    tmp_path: Path,
) -> None:
    folder = changed(
        tmp_path,
        "powers.yaml",
        "  power: waive\n  never: true",
        "  power: waive\n  court: true\n  documents: true\n  procedures: [loan]\n"
        '  instrument: X\n  number: Y\n  article: "1"',
    )
    law = Law.from_folder(folder)
    found = findings(tmp_path, with_power("waive: {by: officer}"), law)
    assert "needs a document" in found["power-below-law"].en
    assert "law-unverified" in found
    noted = with_power("waive: {by: officer, documents: notice}")
    assert "power-below-law" not in findings(tmp_path, noted, law)
    other = with_power("waive: {by: officer}").replace("id: loan", "id: other", 1)
    assert "power-below-law" not in findings(tmp_path, other, law)


# -- lint says by which law


def test_sarif_names_the_law(tmp_path: Path) -> None:
    [run] = sarif([], shipped_law())["runs"]
    assert run["properties"] == {"law": shipped_law().as_json()}


@pytest.mark.parametrize(
    "row", ["preservation-ruling-urgent", "preservation-release-urgent", "detention-family-notice"]
)
def test_hours_of_the_law_are_counted_from_the_full_hour_and_never_moved(
    tmp_path: Path, row: str
) -> None:
    length = shipped_law().statutes(TODAY)[row].length or 0
    raw = findings(tmp_path, loan(row, length, "hour", "2024-06-01", "raw"))["law-counting"]
    assert "hours-of-procedure" in raw.zh and "hours-of-procedure" in raw.en
    for counting in ("hours-of-procedure", "litigation"):
        found = findings(tmp_path, loan(row, length, "hour", "2024-06-01", counting))
        assert "law-counting" not in found
