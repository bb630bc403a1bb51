"""What administrators rely on.

Law limits, soundness told as a story, codes explained, silencing with a reason, differences.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LOAN, ROOT
from zhixing.console.definitions import codes_page, schema_text
from zhixing.workflow import DefinitionRefused, definition_from_text, load_definition
from zhixing.workflow.code_catalogue import codes
from zhixing.workflow.linting import lint
from zhixing.workflow.loading import load_for_comparison, stored_definition
from zhixing.workflow.model.base import Basis
from zhixing.workflow.model.definition import Definition, Fragment, Layer
from zhixing.workflow.model.parts import FromTable
from zhixing.workflow.review.differences import differences
from zhixing.workflow.review.json_schema import (
    definition_schema,
    fragment_schema,
    layer_schema,
    meaning,
    models_of,
    words,
)
from zhixing.workflow.sarif import sarif
from zhixing.workflow.source.yaml_reader import read_file
from zhixing.workflow.source.yaml_writer import plain

FIRST = (ROOT / "definitions" / "cn" / "first_enforcement.yaml").read_text()
FILING_REVIEW = """law: filing-review
    title: {zh: 执行立案审查, en: review of the application}
    starts: {entering: received, counted_from: applied_on}
"""


def found(tmp_path: Path, text: str) -> dict[str, str]:
    shutil.copy(ROOT / "definitions" / "cn" / "common.yaml", tmp_path)
    file = tmp_path / "x.yaml"
    file.write_text(text)
    return {f.code: f.en for f in lint(file)}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (
            f"{FILING_REVIEW}    length: 7",
            f"{FILING_REVIEW}    length: 8",
            "longer-than-law",
        ),
        (
            "    length: 3\n    unit: month\n    counting: minimum",
            "    length: 2\n    unit: month\n    counting: minimum",
            "shorter-than-law",
        ),
        ("    counting: minimum\n    deducts", "    deducts", "law-counting"),
        ("    law: clue-verification\n", "", "law-missing"),
        ("law: clue-verification", "law: clue-verifikation", "unknown-law"),
    ],
)
def test_a_time_limit_looser_than_the_law_is_an_error_with_its_citation(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    assert before in FIRST
    findings = found(tmp_path, FIRST.replace(before, after, 1))
    assert code in findings
    if code not in ("unknown-law",):
        assert "第" in findings[code]


def test_a_version_kept_long_ago_still_runs_when_the_law_asks_more_of_new_ones(
    tmp_path: Path,
) -> None:
    loaded = load_definition(ROOT / "definitions" / "cn" / "first_enforcement.yaml")
    old = loaded.source_text.replace("law: clue-verification\n", "note: x\n")
    assert old != loaded.source_text
    with pytest.raises(DefinitionRefused, match="law-missing"):
        definition_from_text(old)
    assert stored_definition(old, "<stored>").id == "first_enforcement"
    file = tmp_path / "old.yaml"
    file.write_text(old)
    assert any(
        change.id == "verify_clue" for change in differences(load_for_comparison(file), loaded)
    )
    with pytest.raises(DefinitionRefused):
        stored_definition(old.replace("trigger: accept", "trigger: acept"), "<stored>")


def test_a_shorter_limit_is_fine(tmp_path: Path) -> None:
    text = FIRST.replace(
        "    starts: {entering: filed}\n    length: 7",
        "    starts: {entering: filed}\n    length: 5",
        1,
    )
    assert text != FIRST
    assert not {"longer-than-law", "shorter-than-law"} & found(tmp_path, text).keys()


def test_a_state_that_waits_for_a_clock_that_never_runs_is_told_as_a_story(tmp_path: Path) -> None:
    text = LOAN.replace(
        "from: noticed, to: overdue, by: clock}", "from: fresh, to: overdue, by: clock}"
    )
    text = text.replace(
        "  - {trigger: pay",
        "  - {trigger: park, title: {zh: 搁置, en: park}, from: noticed, to: parked, by: officer}\n"
        "  - {trigger: pay",
    )
    text = text.replace(
        "  - {trigger: rest,",
        "  - {trigger: unpark, title: {zh: 取回, en: unpark}, from: parked, to: noticed,"
        " by: clock}\n"
        "  - {trigger: rest,",
    ).replace("  resting: {title", "  parked: {title: {zh: 搁置, en: parked}}\n  resting: {title")
    text = text.replace(
        "on_expiry: {alert: officer}\n  not_yet",
        "on_expiry: {alert: officer, fire: unpark}\n  not_yet",
    )
    text = text.replace("starts: {on: clue}", "starts: {on: check_clue}")
    story = found(tmp_path, text)["waits-for-ever"]
    assert "notify → park" in story


def test_every_code_is_explained_with_a_wrong_and_a_right_example() -> None:
    given: set[str] = set()
    for path in [*(ROOT / "workflow" / "checks").glob("*.py"), *(ROOT / "workflow").glob("*.py")]:
        source = path.read_text()
        given |= set(re.findall(r"Finding\(\s*[^,]+(?:\([^)]*\))?,\s*\"([a-z-]+)\"", source))
        if path.name == "reading.py":
            given |= set(re.findall(r"_(?:find|failed)\([^\"]*?\"([a-z-]+)\"", source))
    assert len(given) > 25
    assert given <= codes().keys(), given - codes().keys()
    assert all(code.zh and code.en and code.right for code in codes().values())


def test_a_warning_is_silenced_at_its_line_with_a_reason_only(tmp_path: Path) -> None:
    line = "  spare: {title: {zh: 备用, en: spare}}"
    text = LOAN.replace("roles:\n", f"roles:\n{line}\n")
    assert "unused-role" in found(tmp_path, text)
    assert (
        found(tmp_path, text.replace(line, line + "  # lint: ignore[unused-role] 下一版启用")) == {}
    )
    assert "silence" in found(tmp_path, text.replace(line, line + "  # lint: ignore[unused-role]"))
    assert "unknown-state" in found(
        tmp_path, LOAN.replace("initial: fresh", "initial: flesh  # lint: ignore[unknown-state] no")
    )


def test_findings_are_given_as_sarif(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(LOAN.replace("to: noticed", "to: noticd"))
    report = sarif(lint(file))
    (result,) = report["runs"][0]["results"]
    assert result["ruleId"] == "unknown-state" and result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] > 1
    json.dumps(report)


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("definition", "schema.json"),
        ("fragment", "fragment.schema.json"),
        ("layer", "layer.schema.json"),
    ],
)
def test_the_schemas_beside_the_definitions_are_current(kind: str, file: str) -> None:
    text = (ROOT / "definitions" / file).read_text()
    if version_of("pydantic") >= (2, 14):  # the releases that make them as they are shipped
        assert text == schema_text(kind)
    shipped = json.loads(text)
    assert without_decimal_texts(shipped) == without_decimal_texts(json.loads(schema_text(kind)))


def version_of(package: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version(package).split(".")[:3] if part.isdecimal())


def without_decimal_texts(schema: Any) -> Any:
    """A schema without what releases of pydantic differ in: a decimal that is given as text."""
    if isinstance(schema, dict):
        return {key: without_decimal_texts(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [without_decimal_texts(part) for part in schema if not _is_decimal_text(part)]
    return schema


def _is_decimal_text(part: Any) -> bool:
    return isinstance(part, dict) and str(part.get("pattern", "")).startswith("^(?!^[-+.]*$)")


def test_every_key_has_its_meaning_in_chinese_and_english() -> None:
    table = words()
    for model in {*models_of(Definition), *models_of(Fragment), Layer, Basis}:
        for field, info in model.model_fields.items():
            key = info.alias or field
            zh, en = meaning(model, key)
            assert (zh, en) != (key, key) and re.search("[\u4e00-\u9fff]", zh), (
                f"{model.__name__}.{key}"
            )
    used = {
        info.alias or f
        for m in {*models_of(Definition), *models_of(Fragment), Layer, FromTable}
        for f, info in m.model_fields.items()
    }
    schemas = [definition_schema(), fragment_schema(), layer_schema()]
    models = {name for schema in schemas for name in schema["$defs"]}
    used |= models | {"Definition", "Fragment", "Layer", "overlay", "skips"}
    assert {key.rpartition(".")[2] for key in table} <= used, "words of keys that are gone"


@pytest.mark.parametrize("kind", ["definition", "fragment", "layer"])
def test_what_ships_is_valid_by_its_schema_as_an_editor_sees_it(kind: str) -> None:
    from jsonschema import Draft202012Validator

    folder = ROOT / "definitions" / "cn"
    files = {
        "definition": [
            *folder.glob("*ment.yaml"),
            *folder.glob("[df]*_*t.yaml"),
            ROOT / "definitions/it/road_fines.yaml",
            ROOT / "definitions/nl/environmental_permit.yaml",
        ],
        "fragment": [folder / "common.yaml"],
        "layer": [*(folder / "layers").glob("*.yaml")],
    }[kind]
    validator = Draft202012Validator(json.loads(schema_text(kind)))
    for file in files:
        value = json.loads(json.dumps(plain(read_file(file)[0]), default=float))
        assert [f"{e.json_path}: {e.message[:200]}" for e in validator.iter_errors(value)] == [], (
            file
        )
    assert files


def test_differences_are_told_in_the_words_of_the_procedure() -> None:
    old = definition_from_text(LOAN)
    assert differences(old, definition_from_text("\n\n" + LOAN)) == []
    text = LOAN.replace("length: 7", "length: 5").replace(
        "from: fresh, to: noticed, by: officer", "from: fresh, to: overdue, by: chief"
    )
    text = text.replace(
        "  - {trigger: clue,",
        "  - {trigger: call, title: {zh: 电话, en: call}, from: fresh, to: stay, by: officer}\n"
        "  - {trigger: clue,",
    )
    text = text.replace("{zh: 金额, en: amount}", "{zh: 标的, en: claim}").replace(
        "case.paid >= case.amount", "case.paid > case.amount"
    )
    words = {change.zh for change in differences(old, definition_from_text(text))}
    assert words == {
        "“通知”由承办人办理改为局长",
        "“通知”后的状态由 “已通知” 改为 “逾期”",
        "新增“电话”（承办人）",
        "“结案”的条件由 “已付”不少于“金额” 改为 “已付”大于“标的”",
        "期限“答复”由 7日 改为 5日",
        "信息“标的”的名称由 “金额” 改为 “标的”",
    }


@pytest.mark.parametrize(
    ("before", "after", "zh", "en"),
    [
        (
            "counting: minimum\n    expires: start-of-day",
            "counting: fixed",
            "的计算方法由 最短期间 改为 固定期间",
            "as the least time → fixed",
        ),
        (
            "expires: start-of-day",
            "expires: end-of-day",
            "由 最后一日开始时 改为 最后一日结束时",
            "as that day begins → as that day ends",
        ),
        (
            "initial: fresh",
            "calendar: none\ninitial: fresh",
            "改为 没有休息日的日历",
            "→ a calendar without rest days",
        ),
        (
            "initial: fresh",
            "transitional: {running_cases: move}\ninitial: fresh",
            "改为 在办案件 转到本版本",
            "running cases move to this version",
        ),
        (
            "warn: [3d, 1d]",
            "warn: [3wd, 12h]",
            "的预警由 3日、1日 改为 3个工作日、12小时",
            "3 days, 1 day → 3 working days, 12 hours",
        ),
        ("every: 2d", "every: 3wd", "上报间隔 3个工作日", "3 working days"),
        ("clue: {type: text", "clue: {type: list", "由 文字 改为 若干文字", "text → several texts"),
    ],
)
def test_terms_of_the_language_are_told_in_words(before: str, after: str, zh: str, en: str) -> None:
    assert before in LOAN
    changed = definition_from_text(LOAN.replace(before, after, 1))
    found = differences(definition_from_text(LOAN), changed)
    assert any(zh in change.zh and en in change.en for change in found), found


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("initial: fresh", "initial： fresh", "yaml", "全角 ： 应为半角 :"),
        (
            "{type: text, title: {zh: 线索",
            "{type: text， title: {zh: 线索",
            "yaml",
            "全角 ， 应为半角 ,",
        ),
        ("by: officer", "by: 承办人", "shape", "是否指 officer？"),
        ("length: 7\n", "length: 7\n\t", "yaml", "制表符"),
        ("length: 7\n", "length: 7\n   unit: day\n", "yaml", "缩进"),
        ("case.paid >= case.amount", "case.paid >= 5 并且 case.paid > 1", "guard", "“并且”写作 &&"),
        ("case.paid >= case.amount", "case.payd >= case.amount", "guard", "是否指 case.paid？"),
        ("case.paid >= case.amount", "case.paid", "guard", "结果须为是或否，现为整数或金额"),
        ("case.paid >= case.amount", "1 < case.paid < 5", "guard", "连续比较用 && 分开写"),
        ("case.paid >= case.amount", "case.paid >= 10000", "money-number", 'money("100.00")'),
        (
            "case.paid >= case.amount",
            "case.paid + case.amount >= 10000",
            "money-number",
            "金额 case.paid",
        ),
        ("case.paid >= case.amount", "case.paid >=", "guard", "条件没有写完"),
        ("{zh: 线索, en: clue}", "{zh: 线索, en: a clue, say}", "unknown-key", "加引号"),
    ],
)
def test_a_mistake_of_somebody_who_knows_the_law_is_told_in_their_words(
    tmp_path: Path, before: str, after: str, code: str, words: str
) -> None:
    assert before in LOAN
    file = tmp_path / "x.yaml"
    file.write_text(LOAN.replace(before, after, 1))
    told = {f.code: f.zh for f in lint(file)}
    assert code in told and words in told[code], told


@pytest.mark.parametrize(
    "fine",
    [
        "case.paid > 0",
        'case.paid * 10 >= case.amount * 7 && case.paid < money("5")',
        "case.paid != case.amount",
    ],
)
def test_money_compared_as_money_is_fine(tmp_path: Path, fine: str) -> None:
    assert "money-number" not in found(tmp_path, LOAN.replace("case.paid >= case.amount", fine))


def test_the_page_of_codes_is_current() -> None:
    assert (ROOT / "docs" / "reference" / "lint-codes.md").read_text() == codes_page()


def test_what_is_listed_twice_is_told(tmp_path: Path) -> None:
    assert "duplicate-entry" in found(
        tmp_path, LOAN.replace("from: [noticed, overdue]", "from: [noticed, overdue, noticed]")
    )


def test_every_description_of_a_schema_has_chinese() -> None:
    for schema in (definition_schema(), fragment_schema(), layer_schema()):
        told = list(descriptions(schema))
        assert len(told) > 200
        assert [text for text in told if re.search("[\u4e00-\u9fff]", text) is None] == []


def descriptions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("description"), str):
            yield value["description"]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from descriptions(item)
