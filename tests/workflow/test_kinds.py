"""The demands of the law hang on the kind of a case, whatever its procedure is called."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.conftest import ROOT
from zhixing.workflow import inspect, shipped_law
from zhixing.workflow.review.page.review_page import review_page
from zhixing.workflow.source.findings import Finding

CN = ROOT / "definitions" / "cn"
LIST = (CN / "dishonest_list.yaml").read_text(encoding="utf-8")
DEMANDED = "    law: dishonest-delete\n"
KIND = "kind: dishonest_list\n"


def errors(tmp_path: Path, *changes: tuple[str, str]) -> list[Finding]:
    text = LIST
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    file = tmp_path / "list.yaml"
    (tmp_path / "common.yaml").write_text((CN / "common.yaml").read_text())
    file.write_text(text)
    return [finding for finding in inspect(file)[1] if finding.is_error]


RENAMED = ("id: dishonest_list\n", "id: dishonest_list_nanhu\n")


def test_renaming_the_id_loses_no_demand(tmp_path: Path) -> None:
    assert errors(tmp_path, RENAMED) == []
    (missing,) = errors(tmp_path, RENAMED, (DEMANDED, ""))
    assert missing.code == "law-missing" and "dishonest-delete" in missing.en


def test_without_a_kind_an_id_that_is_one_counts(tmp_path: Path) -> None:
    """As stored versions say it, which know no kinds."""
    assert errors(tmp_path, (KIND, "")) == []
    (missing,) = errors(tmp_path, (KIND, ""), (DEMANDED, ""))
    assert missing.code == "law-missing"
    assert errors(tmp_path, (KIND, ""), RENAMED, (DEMANDED, "")) == []


@pytest.mark.parametrize(
    ("kind", "said_zh", "said_en"),
    [
        ("dishonest_lst", "dishonest_list", "did you mean dishonest_list"),
        ("quarrel", "首次执行", "first enforcement"),
        ("disposal", "是另一种案件", "another kind of case"),
    ],
)
def test_an_unknown_kind_or_another_one_is_told_at_its_place(
    tmp_path: Path, kind: str, said_zh: str, said_en: str
) -> None:
    found = errors(tmp_path, (KIND, f"kind: {kind}\n"))
    unknown = [f for f in found if f.code == "unknown-kind"]
    line = LIST[: LIST.index(KIND)].count("\n") + 1
    assert [(f.at.line, f.at.column) for f in unknown] == [(line, 7)]
    assert said_zh in unknown[0].zh and said_en in unknown[0].en


def test_every_shipped_definition_says_its_kind_which_has_a_title_in_both_languages() -> None:
    kinds = shipped_law().demands(date(2025, 1, 1))
    for name, kind in kinds.items():
        definition, _ = inspect(CN / f"{name}.yaml")
        assert definition is not None and definition.kind == name
        assert {kind.zh, kind.en}.isdisjoint({name})
        assert f"案件种类</th><td>{kind.zh} <small>{name}</small>" in review_page(definition)


def test_a_layer_changes_no_kind(tmp_path: Path) -> None:
    layer = tmp_path / "layers" / "court.yaml"
    layer.parent.mkdir()
    (tmp_path / "common.yaml").write_text((CN / "common.yaml").read_text())
    (tmp_path / "list.yaml").write_text(LIST.replace(*RENAMED))
    layer.write_text(
        "overlay: ../list.yaml\nlevel: court\nid: court\ntitle: {zh: 法院}\nversion: 1\n"
        "effective: 2024-06-01\nkind: disposal\n"
    )
    assert [f for f in inspect(layer)[1] if f.is_error] != []


def test_a_definition_of_no_kind_is_told_that_nothing_is_demanded_of_it(tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    (tmp_path / "common.yaml").write_text((CN / "common.yaml").read_text())
    unkind = LIST.replace("id: dishonest_list\n", "id: my_list\n").replace(KIND, "")
    for text, told in ((unkind, ["note"]), (LIST, [])):
        file.write_text(text)
        found = [f for f in inspect(file)[1] if f.code == "no-kind"]
        assert [finding.severity for finding in found] == told
