"""Pictures: what is drawn of a procedure, of one case, and of two versions; the same model for
every renderer."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.conftest import LOAN, at
from tests.engine.test_cases import OFFICER
from tests.engine.test_constructs import SANCTION
from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import definition_from_text
from zhixing.workflow.review.pictures import RENDERERS, draw
from zhixing.workflow.review.pictures.extract import extract
from zhixing.workflow.review.pictures.two_versions import two_versions

OLD = definition_from_text(LOAN)

NEW = definition_from_text(
    LOAN.replace("length: 7", "length: 5")
    .replace(
        "  overdue: {title: {zh: 逾期, en: overdue}, phase: work}\n",
        "  late: {title: {zh: 迟延, en: late}, phase: work}\n",
    )
    .replace("to: overdue", "to: late")
    .replace("[noticed, overdue]", "[noticed, late]")
    .replace("[fresh, noticed, overdue]", "[fresh, noticed, late]")
)


def test_nodes_show_their_time_limits_and_approvals() -> None:
    nodes = {n.id: n for g in extract(definition_from_text(SANCTION), "zh").groups for n in g.nodes}
    assert [(n.kind, n.text) for n in nodes["draft"].notes] == [
        ("approval", "罚款: 合议庭 2/3 → 院长")
    ]
    assert ("limit", "缴纳期限 <days>日") in [(n.kind, n.text) for n in nodes["decided"].notes]


@pytest.mark.parametrize("kind", sorted(RENDERERS))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_renderer_draws_every_node_in_both_languages(kind: str, lang: str) -> None:
    picture = draw(OLD, kind, lang)  # type: ignore[arg-type]
    for state in OLD.states.values():
        assert state.title.text(lang) in picture  # type: ignore[arg-type]
    if kind == "svg":
        ElementTree.fromstring(picture)


def test_the_picture_of_two_versions_marks_what_is_new_gone_and_changed() -> None:
    drawn = two_versions(extract(OLD, "en"), extract(NEW, "en"))
    marks = {n.id: n.mark for g in drawn.groups for n in g.nodes}
    assert (marks["late"], marks["overdue"], marks["fresh"], marks["noticed"]) == (
        "added",
        "removed",
        "changed",
        "",
    )
    fresh = next(n for g in drawn.groups for n in g.nodes if n.id == "fresh")
    assert [(n.text, n.mark) for n in fresh.notes if "answer" in n.text] == [
        ("answer 5 d", "added"),
        ("answer 7 d", "removed"),
    ]
    arrows = {(a.source, a.target): a.mark for a in drawn.arrows}
    assert (
        arrows["noticed", "late"],
        arrows["noticed", "overdue"],
        arrows["fresh", "noticed"],
    ) == ("added", "removed", "")
    assert all(
        mark == ""
        for mark in {
            n.mark for g in two_versions(extract(OLD), extract(OLD)).groups for n in g.nodes
        }
    )
    for kind in RENDERERS:
        assert draw(NEW, kind, "en", OLD)


def test_the_picture_of_a_case_shows_its_way_and_what_is_overdue_where_it_stands(
    embedded: Engine, clock: VirtualClock
) -> None:
    case = embedded.open_case("loan", actor=OFFICER, data={"amount": "10"}, number="(2025)1号").id
    embedded.fire(case, "notify", actor=OFFICER, documents={"notice": "n"})
    embedded.fire(case, "clue", actor=OFFICER, data={"clue": "k1"})
    clock.set(at("2025-03-10 09:00"))
    embedded.run_due()
    svg = embedded.diagram(case, "svg", "zh")
    ElementTree.fromstring(svg)
    assert (
        "(2025)1号" in svg
        and "超期4日" in svg
        and 'class="box here"' in svg
        and 'class="visited"' in svg
    )
    assert "style noticed stroke:#d64545" in embedded.diagram(case, "mermaid", "en")
    assert "penwidth=3" in embedded.diagram(case, "dot", "en")
