"""What is right is left alone: two lawful ways out of an account, two answers that mean the same,
an article within those that the table has, and what lawfully reopens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from zhixing.workflow.checks.law_limits import _share
from zhixing.workflow.linting import lint, lint_text

REFUND = """\
id: refund
title: {zh: 退款, en: refund}
version: 1
effective: 2024-01-01
calendar: cn
roles: {clerk: {title: {zh: 书记员, en: clerk}}}
powers: {open: {by: clerk}}
data:
  received: {type: money, default: 0, title: {zh: 收, en: in}}
  paid: {type: money, default: 0, title: {zh: 付, en: out}}
  refunded: {type: money, default: 0, title: {zh: 退, en: back}}
accounts: {funds: {title: {zh: 款, en: funds}, received: received, paid_out: PAID_OUT}}
modes: {done: {zh: 结, en: done}}
initial: open
states:
  open: {title: {zh: 在办, en: open}}
  asking: {title: {zh: 询问, en: asking}}
  done: {title: {zh: 结, en: done}, closes: done}
forms:
  receipt: {title: {zh: 收, en: in}, fields: {received: {required: true, overwrites: true}}}
  payment:
    title: {zh: 付, en: out}
    fields: {paid: {overwrites: true}, refunded: {overwrites: true}}
requests:
  question:
    title: {zh: 问, en: ask}
    operation: network.inquire
    sends: {}
    answers: {answered: answer, partial: answer, failed: answer}
transitions:
  - {trigger: take, title: {zh: 收款, en: take}, from: open, to: stay, by: clerk, form: receipt}
  - {trigger: ask, title: {zh: 问, en: ask}, from: open, to: asking, by: clerk, asks: question}
  - {trigger: answer, title: {zh: 回, en: answer}, from: asking, to: open, by: [outside, clerk]}
  - {trigger: pay, title: {zh: 付款, en: pay}, from: open, to: stay, by: clerk, form: payment}
  - trigger: close
    title: {zh: 结案, en: close}
    from: open
    to: done
    by: clerk
    when: case.paid + case.refunded == case.received
"""


def test_two_lawful_ways_out_of_an_account_are_named_in_paid_out() -> None:
    [alarm] = lint_text(REFUND.replace("PAID_OUT", "paid"), "refund.yaml", {}.get)
    assert alarm.code == "leaves-money" and "paid_out" in alarm.zh
    assert lint_text(REFUND.replace("PAID_OUT", "[paid, refunded]"), "refund.yaml", {}.get) == []


@pytest.mark.parametrize(
    ("table", "cited", "share"),
    [
        ("103-104", "103", True),
        ("103-104", "104", True),
        ("103-104", "105", False),
        ("11、23", "23", True),
        ("1", "1(2)", True),
        ("1(2)", "2", False),
        ("204-bis", "204-bis", True),
        ("253", "25", False),
    ],
)
def test_an_article_lies_within_those_of_the_table(table: str, cited: str, share: bool) -> None:
    assert _share(table, cited) is share


def test_what_reopens_is_told_how(tmp_path: Path) -> None:
    text = (ROOT / "definitions/cn/first_enforcement.yaml").read_text()
    assert "reopens: true" in text
    (tmp_path / "common.yaml").write_text((ROOT / "definitions/cn/common.yaml").read_text())
    file = tmp_path / "first_enforcement.yaml"
    file.write_text(text.replace("    reopens: true\n", "", 1))
    [finding, *_] = [f for f in lint(file) if f.is_error]
    assert finding.code == "leaves-terminal" and "reopens: true" in finding.zh
