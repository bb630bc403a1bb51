"""Scenarios in YAML, conformance of logs, and the page for legal review."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import DATA, LOAN, ROOT
from tests.engine.test_facts import SMALL
from zhixing.analysis import (
    LogRefused,
    ScenarioReport,
    conform,
    generate,
    load_scenarios,
    run_scenarios,
)
from zhixing.analysis.scenario_words import REASONS
from zhixing.console.definitions import family_of
from zhixing.engine.model.obstacle import SENTENCES
from zhixing.workflow import DefinitionRefused, definition_from_text, load_definition
from zhixing.workflow.review.page.review_page import review_page

CN = ROOT / "definitions" / "cn"
FINES = ROOT / "definitions" / "it" / "road_fines.yaml"


def test_the_scenarios_of_first_enforcement_hold_and_touch_every_time_limit() -> None:
    family = family_of(CN / "first_enforcement.yaml")
    scenarios = load_scenarios(CN / "first_enforcement.scenarios.yaml")
    report = run_scenarios(family[0], scenarios, family)
    assert report.failures == ()
    assert report.scenarios == 27
    assert report.coverage.deadlines == (35, 35) and report.coverage.refusals[0] == 53


FAILING: list[dict[str, Any]] = yaml.safe_load(
    (DATA / "failing_scenarios.yaml").read_text(encoding="utf-8")
)
OPENED = "opened: {at: '2025-03-03', data: {amount: '5'}}"


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case["name"])
def test_a_scenario_fails_at_its_first_failing_step_in_words(
    case: dict[str, Any], tmp_path: Path
) -> None:
    file, loan = tmp_path / "loan.scenarios.yaml", definition_from_text(LOAN)
    steps = "".join(f"      - {step}\n" for step in case["steps"])
    file.write_text(f"scenarios:\n  - name: wrong\n    {OPENED}\n    steps:\n{steps}")
    (failure,) = run_scenarios(loan, load_scenarios(file), loan).failures
    number, expected, got = case["told"]
    assert (failure.step, failure.expected, failure.got) == (number, expected, str(got))
    assert failure.at.rpartition("yaml:")[2] == f"{4 + number}:9"
    assert failure.zh == case["zh"] and failure.en == case.get("en", failure.en)


def test_the_next_scenario_goes_on_and_one_that_cannot_begin_says_why(tmp_path: Path) -> None:
    file, loan = tmp_path / "loan.scenarios.yaml", definition_from_text(LOAN)
    step = "{at: '2025-03-04', state: lost}"
    wrong = OPENED.replace("amount: '5'", "amount: '5', clue: x")
    stories = "".join(
        f"  - name: {name}\n    {opened}\n    steps: [{step}]\n"
        for name, opened in (("a", wrong), ("b", OPENED))
    )
    file.write_text(f"scenarios:\n{stories}")
    first, second = run_scenarios(loan, load_scenarios(file), loan).failures
    assert (first.scenario, first.step, first.got) == ("a", 0, "refused: ['not-asked']")
    assert first.zh.startswith(
        "第 0 步（第 3 行，立案）：应为：被受理；实际：被拒绝（此事项不收线索（clue））"
    )
    assert (second.scenario, second.step, second.got) == ("b", 1, "fresh")


def test_every_reason_of_a_refusal_has_words_for_scenarios() -> None:
    assert REASONS.keys() == {name.partition("/")[0] for name in SENTENCES}


def test_a_step_in_a_sub_procedure_that_is_not_there_is_told_at_its_line(tmp_path: Path) -> None:
    """One that is there is gone into: preservation.scenarios.yaml does it at every measure."""
    text = (CN / "preservation.scenarios.yaml").read_text()
    file = tmp_path / "preservation.scenarios.yaml"
    file.write_text(
        text.replace("in: seizure@house, fire: take_effect", "in: seizure@boat, fire: x")
    )
    family = family_of(CN / "preservation.yaml")
    report = run_scenarios(family[0], load_scenarios(file), family)
    line = 1 + text[: text.index("in: seizure@house, fire")].count("\n")
    first = report.failures[0]
    assert first.at.rpartition("yaml:")[2] == f"{line}:9"
    assert (first.expected.partition(" ")[0], first.got) == ("in", "none")
    assert "应为：有“查封、扣押、冻结 boat”；实际：没有" in first.zh


def test_a_scenario_opens_with_documents_and_is_refused_what_opening_does_not_ask(
    tmp_path: Path,
) -> None:
    small, file = definition_from_text(SMALL), tmp_path / "small.scenarios.yaml"
    opened = "opened: {at: '2025-03-03', documents: letter, data: {owed: '5'}}"
    step = "{at: '2025-03-04', fire: pay, as: clerk, data: {paid: '5', owed: '1'}"
    file.write_text(
        f"scenarios:\n  - name: a\n    {opened}\n    steps:\n      - {step}, refused: not-asked}}\n"
    )
    assert run_scenarios(small, load_scenarios(file), small).failures == ()
    file.write_text(file.read_text().replace("owed: '5'}", "owed: '5', found: '1'}"))
    (failure,) = run_scenarios(small, load_scenarios(file), small).failures
    assert failure.step == 0 and "found" in failure.en


@pytest.mark.parametrize(
    "text",
    ["scenarios: 3\n", "scenarios:\n  - {name: x}\n", "stories: []\n", "[1]\n", "scenarios: [\n"],
)
def test_a_broken_scenario_file_ends_in_findings(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.scenarios.yaml"
    file.write_text(text)
    with pytest.raises(DefinitionRefused):
        load_scenarios(file)


def test_a_scenario_at_no_date_is_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "x.scenarios.yaml"
    file.write_text("scenarios:\n  - {name: x, opened: {at: soon}, steps: []}\n")
    loan = definition_from_text(LOAN)
    with pytest.raises(DefinitionRefused, match="2:"):
        run_scenarios(loan, load_scenarios(file), loan)


LATE = load_definition(DATA / "late.yaml")
TOLD = """scenarios:
  - name: a
    opened: {at: "2025-01-10 10:00", officer: li, data: {amount: "1"}}
    steps:
"""


def story(tmp_path: Path, *steps: str) -> ScenarioReport:
    """What comes of one case of `late.yaml`."""
    file = tmp_path / "late.scenarios.yaml"
    file.write_text(TOLD + "".join(f"      - {step}\n" for step in steps), encoding="utf-8")
    return run_scenarios(LATE, load_scenarios(file), LATE)


def test_a_step_may_have_happened_earlier(tmp_path: Path) -> None:
    report = story(
        tmp_path,
        "{at: '2025-01-22', fire: report, as: officer, happened: 2025-01-20,"
        " refused: late-document}",
        "{at: '2025-01-22', fire: report, as: officer, happened: 2025-01-20, documents: proof,"
        " waiting: 'late:report', deadlines: {first_report: expired}}",
        "{at: '2025-01-23', approve: 'late:report', as: supervisor,"
        " deadlines: {first_report: met}}",
        "{at: '2025-01-23', fire: sell, as: clock, happened: 2025-01-24, refused: happened-at}",
        "{at: '2025-01-23', fire: remark_sold, as: outside, happened: '2025-01-21T08:00+08:00'}",
    )
    assert report.failures == ()


def test_a_correction_names_entries_by_their_triggers(tmp_path: Path) -> None:
    report = story(
        tmp_path,
        "{at: '2025-01-20', fire: report, as: officer, deadlines: {first_report: met}}",
        "{at: '2025-01-22', correct: {replace: {report: {happened: 2025-01-21}}}, as: officer,"
        " documents: proof, refused: reason}",
        "{at: '2025-01-22', correct: {replace: {report: {happened: 2025-01-21}}}, as: officer,"
        " note: n, documents: proof, waiting: correct}",
        "{at: '2025-01-23', approve: correct, as: chief, deadlines: {first_report: met-late}}",
        "{at: '2025-01-23', correct: {replace: {open: {data: {amount: '2'}}}, annul: report},"
        " as: officer, note: n, documents: proof, waiting: correct}",
        "{at: '2025-01-24', approve: correct, as: chief, deadlines: {first_report: expired}}",
        "{at: '2025-01-24', correct: {enter: {fire: pay, happened: 2025-01-25}}, as: officer,"
        " note: n, documents: proof, refused: happened-at}",
    )
    assert report.failures == ()


@pytest.mark.parametrize(
    ("step", "column", "words"),
    [
        ("{at: '2025-01-20', happened: 2025-01-20}", 9, "happened goes with"),
        ("{at: '2025-01-20', fire: pay, as: officer, happened: soon}", 62, "not a date"),
        ("{at: '2025-01-20', correct: {annul: reprot}, as: officer}", 45, "no entry of reprot"),
        ("{at: '2025-01-20', correct: {replace: {pay: {}}}, as: officer}", 48, "no entry of pay"),
        ("{at: '2025-01-20', correct: {undo: pay}}", 38, "unknown key undo"),
    ],
)
def test_what_a_story_gets_wrong_of_the_past_is_told_at_its_place(
    tmp_path: Path, step: str, column: int, words: str
) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        story(tmp_path, step)
    (finding,) = refused.value.findings
    assert words in finding.en and (finding.at.line, finding.at.column) == (5, column)


def test_a_real_log_conforms_and_its_deviations_are_named(tmp_path: Path) -> None:
    report = conform(load_definition(FINES), DATA / "road_fines_part.csv.gz")
    assert report.traces == report.fitting and report.fitness == 1.0
    log = tmp_path / "x.csv"
    log.write_text(
        "case,activity,date,amount\n1,Create Fine,2007-01-01,30\n"
        "1,Send for Credit Collection,2007-01-02,\n2,Create Fine,2007-01-01,30\n"
    )
    bent = conform(load_definition(FINES), log)
    assert (bent.traces, bent.fitting, bent.fitness, bent.worst) == (2, 1, 0.75, (("1", 0.5),))
    assert [d.activity for d in bent.deviations] == ["Send for Credit Collection"]


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/"><trace><string key="concept:name" value="A1"/>
<event><string key="concept:name" value="Create Fine"/>
<date key="time:timestamp" value="2008-02-19T00:00:00+01:00"/>
<float key="amount" value="30.0"/></event>
<event><string key="concept:name" value="Send Fine"/>
<date key="time:timestamp" value="2008-03-03T00:00:00+01:00"/>
<float key="expense" value="11.0"/></event>
<event><string key="concept:name" value="Insert Fine Notification"/>
<date key="time:timestamp" value="2008-03-08T00:00:00+01:00"/></event>
<event><string key="concept:name" value="Add penalty"/>
<date key="time:timestamp" value="2008-05-07T00:00:00+02:00"/></event>
</trace></log>
"""


def test_a_log_in_xes_is_read_too(tmp_path: Path) -> None:
    log = tmp_path / "log.xes"
    log.write_text(XES)
    report = conform(load_definition(FINES), log)
    assert (report.traces, report.fitness, report.clock_deviations) == (1, 1.0, {})
    log.write_text(XES[:300])
    with pytest.raises(LogRefused, match="not XES"):
        conform(load_definition(FINES), log)


def test_the_page_for_review_is_whole_and_begins_with_what_changed() -> None:
    definition = load_definition(CN / "first_enforcement.yaml")
    page = review_page(
        definition,
        "zh",
        definition_from_text(definition.source_text.replace("length: 7", "length: 6")),
    )
    assert (
        page.startswith("<!doctype html>")
        and "<svg" in page
        and "src=" not in page
        and "style=" not in page.partition("<svg")[0]
        and set(re.findall(r"href='([^']*)'", page)) == {f"#s{n}" for n in range(1, 26)}
    )
    for words in (
        "期限“执行立案审查”由 6日 改为 7日",
        "法发〔2006〕35号",
        "终本最短期间",
        "收到财产线索（承办人、申请执行人、书记员）",
        "回到中止之前所在的节点",
        "按“报告财产期限（日，由报告财产令载明）”一栏所填的数（日）",
        "由院长延长，每次至多3个月，至多 1 次",
        "第 1 步：合议庭，3 人参加，2 人同意",
        "届满前60日、30日、15日、5日",
    ):
        assert words in page
    assert "application received" in review_page(definition, "en")


def _lived_through(name: str) -> set[str]:
    """The acts that the scenarios beside a definition carry out, also those that the clock fires
    at the end of a limit, where a scenario sees that it is over."""
    file = ROOT / "definitions" / f"{name}.scenarios.yaml"
    scenarios = load_scenarios(file).scenarios if file.exists() else ()
    steps = list(chain.from_iterable(scenario.steps for scenario in scenarios))
    seen = chain.from_iterable(step.deadlines.items() for step in steps)
    over = {limit.partition("@")[0] for limit, status in seen if status in ("opened", "expired")}
    rules = family_of(file.with_name(file.name.replace(".scenarios", "")))[0].deadlines
    fired = {rules[limit].on_expiry.fire for limit in over & rules.keys()}
    return {step.fire for step in steps if step.fire and not step.refused} | set(
        filter(None, fired)
    )


_ABOUT_A_LOT = {
    "receive_lot_objection",
    "lot_objection_dismissed",
    "lot_objection_withdrawn",
    "lot_objection_upheld",
    "lot_suit_brought",
    "go_on_with_lot",
    "go_on_with_security",
    "cancel",
    "receive_measures",
    "reconsideration_granted",
}
"""What needs a record with a past, a chain of acts before it, or nothing open: it is not generated
from every state. The scenarios beside the definition live through each of them."""

_WITH_A_PAST = {"cn/disposal", "cn/dishonest_list", "cn/first_enforcement", "cn/freeze_deposit"}
"""An auction is announced days after everybody was told, consumption is restricted once the time to
perform is over, money is paid out once it is there: what is made from conditions alone comes to no
such day. The scenarios beside live through every act that is not reached."""


@pytest.mark.parametrize(
    "name",
    [
        "cn/first_enforcement",
        "cn/freeze_deposit",
        "cn/dishonest_list",
        "cn/disposal",
        "it/road_fines",
    ],
)
def test_generated_scenarios_reach_every_transition_and_hold(name: str, tmp_path: Path) -> None:
    family = family_of(ROOT / "definitions" / f"{name}.yaml")
    made = generate(family[0], family)
    unreached = {way.partition(" → ")[2] for way in made.unreached}
    assert unreached <= _lived_through(name)
    assert name in _WITH_A_PAST or unreached <= _ABOUT_A_LOT
    file = tmp_path / "made.scenarios.yaml"
    file.write_text(made.text(family[0]), encoding="utf-8")
    report = run_scenarios(family[0], load_scenarios(file), family)
    assert report.failures == ()
    reached, of = report.coverage.transitions
    assert reached == of - len(made.unreached) and report.coverage.refusals[0] > 0
    assert generate(family[0], family).text(family[0]) == made.text(family[0])


def test_what_cannot_be_reached_is_named() -> None:
    stuck = definition_from_text(
        LOAN.replace(
            "when: case.paid >= case.amount",
            "when: case.paid > case.amount && case.paid < case.amount",
        )
    )
    assert "noticed → finish" in generate(stuck, stuck).unreached


@pytest.mark.parametrize(
    "file", sorted(CN.glob("*.scenarios.yaml")), ids=lambda p: p.name.partition(".")[0]
)
def test_the_scenarios_beside_every_definition_hold(file: Path) -> None:
    family = family_of(file.with_name(file.name.replace(".scenarios", "")))
    report = run_scenarios(family[0], load_scenarios(file), family)
    assert report.failures == () and report.coverage.deadlines[0] == report.coverage.deadlines[1]
