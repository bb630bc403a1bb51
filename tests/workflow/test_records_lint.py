"""Lists of records in definitions: what conditions ask of them, and mistakes at their place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATA
from zhixing.workflow import definition_from_text, lint, load_definition
from zhixing.workflow.errors import GuardValueMissing
from zhixing.workflow.guards.cel import GuardCompiler
from zhixing.workflow.model.definition import Definition
from zhixing.workflow.review.page.review_page import review_page

TEXT = (DATA / "debtors.yaml").read_text(encoding="utf-8")
LIST = "{type: records, title: {zh: 现}, fields: {a: {type: text, title: {zh: 甲}}}}"
OTHER = "  - {trigger: report, title: {zh: 甲}, from: filed, to: stay, by: clerk}"
REFUSABLE = "form: debtor, approval: chief"
ABOUT = "set-off-about"
CLOSES = "case.received >= case.claim && listing.open == 0"
DEBTORS = [
    {"id": "zhang", "served_on": date(2025, 3, 3), "found": Decimal("5.00"), "listed": True},
    {"id": "2", "found": Decimal("7.50"), "listed": False},
]


@dataclass
class Scope:
    """What an expression is evaluated on."""

    data: dict[str, Any]
    children: dict[str, Any] = field(default_factory=dict)
    now: datetime = datetime(2025, 3, 13, 4, tzinfo=UTC)
    today: datetime = datetime(2025, 3, 13, tzinfo=UTC)

    def limits(self, name: str, asked: str) -> int:
        return {"running": 2, "missed": 1}[asked]


@pytest.fixture(scope="module")
def debtors() -> Definition:
    return definition_from_text(TEXT, "debtors.yaml")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("case.debtor.size() == 2", True),
        ("case.debtor.all(d, d.listed)", False),
        ("case.debtor.exists(d, d.listed)", True),
        ("case.debtor.exists_one(d, d.listed && d.id == 'zhang')", True),
        ("case.debtor.all(d, !has(d.served_on) || d.served_on < today)", True),
        ("case.debtor.exists(d, d.served_on == date('2025-03-03'))", True),
        ("days(case.debtor.filter(d, d.listed).map(d, d.served_on)[0], today) == 10", True),
        ("sum(case.debtor.map(d, d.found)) == money('12.50')", True),
        ('sum(case.debtor.map(d, d.found)) == money("12.50")', True),
        ('sum(case.debtor.filter(d, !d.listed).map(d, d.found)) == money("7.50")', True),
        ("sum(case.debtor.map(d, d.days)) == 0", None),
        ("case.receipt.size() == 0 && !given.receipt", True),
        ("deadline.report.running == 2 && deadline.report.missed == 1", True),
        ("debtor.listed && debtor.id == 'zhang'", True),
        ("given.debtor.bank || debtor.served_on > today", False),
    ],
)
def test_conditions_ask_all_records_or_the_one_at_hand(
    debtors: Definition, condition: str, holds: bool | None
) -> None:
    at_hand = {f"debtor.{name}": value for name, value in DEBTORS[0].items()}
    scope = Scope({"debtor": DEBTORS, **at_hand})
    compiler = GuardCompiler.of(debtors)
    if holds is None:
        try:
            assert not compiler.compile(condition).allows(scope)
        except Exception as told:
            assert getattr(told, "code", "") in {"guard", "guard-value", "guard-failed"}
        return
    guard = compiler.compile(condition)
    assert guard.allows(scope) is holds
    assert list(compiler.mistakes(condition)) == []


def test_a_value_that_a_record_lacks_is_named(debtors: Definition) -> None:
    guard = GuardCompiler.of(debtors).compile("case.debtor.all(d, d.served_on < today)")
    with pytest.raises(GuardValueMissing) as missing:
        guard.allows(Scope({"debtor": [DEBTORS[1]]}))
    assert missing.value.data["names"] == "served_on"
    assert guard.allows(Scope({}))


@pytest.mark.parametrize(
    ("before", "after", "code", "at"),
    [
        (CLOSES, "case.debtor.all(d, d.lited)", "no-record-field", "d.lited"),
        (CLOSES, "case.debtor.all(d, has(d.lited))", "no-record-field", None),
        (CLOSES, "case.debtor.all(d, d.found > 5)", "money-number", "5)"),
        (CLOSES, "case.debtor.all(d, d.served_on < now)", "day-instant", "< now"),
        (CLOSES, "case.debtor[0].listed == true", "record-by-place", None),
        (CLOSES, "debtor.listed", "no-record-at-hand", "debtor.listed'"),
        (CLOSES, "given.debtor.bank", "no-record-at-hand", None),
        (CLOSES, "debtor.listing.open == 0", "no-record-at-hand", None),
        (CLOSES, "sum(case.debtor.map(d, d.name)) > 5", "wrong-kind", "sum("),
        (CLOSES, "sum(case.debtor) > 5", "guard", None),
        (CLOSES, "deadline.reprot.running == 0", "guard", "deadline.reprot"),
        ("sum(case.receipt.map(r, r.amount))", "sum(case.receipt.map(r, r.on))", None, None),
        ("map(r, r.amount))", "map(r, debtor.found))", "no-record-at-hand", None),
        ("map(r, r.amount))", "map(r, r.amount)) + deadline.report.missed", None, None),
        ("serve, each: debtor, title", "serve, title", "no-record-at-hand", None),
        ("serve, each: debtor, title", "serve, each: debtors, title", "unknown-records", "debtors"),
        ("serve, each: debtor, title", "serve, each: claim, title", "unknown-records", "claim"),
        (
            "  - {trigger: inquire_all",
            f"{OTHER}\n  - {{trigger: inquire_all",
            "about-differs",
            None,
        ),
        ("    each: debtor\n    title: {zh: 报告财产", "    title: {zh: 报告财产", None, None),
        ("passes: {name: debtor.name}", "passes: {name: receipt.on}", None, None),
        ("operation: network.inquire\n    each: debtor", "operation: network.inquire", None, None),
        ("inquire_all, title", "inquire_all, documents: notice, title", "document-of-record", None),
        ("debtor.bank: {}}", "debtor: {}}", "list-written-whole", None),
        ("remind, each: debtor", "remind, each: receipt", ABOUT, "remind}"),
        ("operation: network.inquire\n    each: debtor", "operation: network.inquire", ABOUT, "{a"),
        (REFUSABLE, f"{REFUSABLE}, if_refused: listed", ABOUT, "listed}"),
        ("data:\n", f"data:\n  now: {LIST}\n", "list-name", None),
        ("data:\n", f"data:\n  listing: {LIST}\n", "list-name", None),
        ("records\n    title: {zh: 收款", "text\n    title: {zh: 收款", "shape", None),
        ("bank: {type: text", "bank: {type: records", "shape", None),
        ("bank: {type: text", "bank: {type: text, is: case.claim", "shape", None),
        ("bank: {type: text", "id: {type: text", "shape", None),
        ("  report:\n    each", "  report:\n    keyed_by: claim\n    each", "shape", None),
        ("report, each: debtor,", "report, each: debtor, adds: debtor,", "shape", None),
    ],
)
def test_a_mistake_about_records_is_told_at_its_place(
    tmp_path: Path, before: str, after: str, code: str | None, at: str | None
) -> None:
    if before not in TEXT:
        pytest.fail(f"{before!r} is not in the file")
    text = TEXT.replace(before, after, 1)
    if before == CLOSES:
        text = text.replace(f"when: {after}", f"when: '{after}'", 1)
    file = tmp_path / "debtors.yaml"
    file.write_text(text, encoding="utf-8")
    errors = [finding for finding in lint(file) if finding.is_error]
    assert errors, "it passes"
    if code is not None:
        found = [finding for finding in errors if finding.code == code]
        assert found, [finding.code for finding in errors]
        if at is not None:
            line = text.splitlines()[found[0].at.line - 1]
            assert line[found[0].at.column - 1 :].startswith(at)
    assert all(finding.zh and finding.en for finding in errors)


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ("    each: debtor\n    passes: {name: debtor.name}\n", "", "listing:"),
        ("serve, each: debtor,", "serve, each: debtor, tells: {listing: publish},", "{listing:"),
    ],
)
def test_word_is_about_a_record_that_both_know(
    tmp_path: Path, before: str, after: str, at: str
) -> None:
    """A sub-procedure tells an act about the record that it is about, and hears none about its
    own."""
    listing = (DATA / "listing.yaml").read_text(encoding="utf-8")
    records = f"data:\n  now_of: {LIST}"
    hearing = listing.replace("data:", records, 1).replace("publish,", "publish, each: now_of,", 1)
    (tmp_path / "listing.yaml").write_text(hearing, encoding="utf-8")
    file = tmp_path / "debtors.yaml"
    text = TEXT.replace(before, after, 1)
    if not after:  # then it is of the case
        text = text.replace("debtor.listing.open", "listing.open")
    file.write_text(text, encoding="utf-8")
    [finding] = [finding for finding in lint(file) if finding.code == "set-off-about"]
    line = file.read_text(encoding="utf-8").splitlines()[finding.at.line - 1]
    assert at in line


def test_the_page_for_review_shows_records() -> None:
    page = review_page(load_definition(DATA / "debtors.yaml"), "zh")
    for shown in (
        "debtor.served_on",
        "针对</th><td>“被执行人”",
        "新增一条</th><td>“收款”",
        "分别计算</th><td>“被执行人”",
    ):
        assert shown in page
