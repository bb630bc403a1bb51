"""Pictures: what is drawn of a procedure, of a case, of two versions, of what is not finished.

Where everything lies is measured in the SVG, for every procedure that is shipped."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tests.conftest import DATA, LOAN, ROOT, at
from tests.engine.test_cases import OFFICER
from tests.engine.test_constructs import SANCTION
from tests.workflow.drawn import Part, Picture, crosses
from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import Definition, definition_from_text, load_definition
from zhixing.workflow.drawing import draw_text
from zhixing.workflow.loading import load_for_comparison, procedures_beside
from zhixing.workflow.review.differences import differences
from zhixing.workflow.review.pictures import RENDERERS, draw, elk, extract, prepare_picture

CN = ROOT / "definitions" / "cn"
SHIPPED = sorted(
    path.stem for path in CN.glob("*.yaml") if "." not in path.stem and path.stem != "common"
)
LANGUAGES = ("zh", "en")
EVERY = [(name, lang) for name in SHIPPED for lang in LANGUAGES]


@cache
def shipped(name: str) -> Definition:
    return load_definition(CN / f"{name}.yaml")


@cache
def picture(name: str, lang: str = "zh") -> Picture:
    definition = shipped(name)
    procedures = procedures_beside(definition)
    return Picture(draw(definition, "svg", lang, procedures=procedures))  # type: ignore[arg-type]


# -- where everything lies


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_phases_stand_below_one_another_in_their_order(name: str, lang: str) -> None:
    drawn, definition = picture(name, lang), shipped(name)
    used = {state.phase for state in definition.states.values()}
    phases = drawn.of("phase")
    assert [phase.id for phase in phases] == [id for id in definition.phases if id in used]
    for above, below in pairwise(phases):
        assert above.box.bottom <= below.box.top, (above, below)
    for phase in phases:
        title = definition.phases[phase.id].title.text(lang)  # type: ignore[arg-type]
        assert sorted(phase.words.replace(" ", "")) == sorted(title.replace(" ", ""))
        for id in (id for id, s in definition.states.items() if s.phase == phase.id):
            assert phase.box.holds(drawn.one("state", id).box), id


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_no_arrow_crosses_words_or_a_box_that_is_not_its_end(name: str, lang: str) -> None:
    drawn = picture(name, lang)
    boxes = drawn.of("node")
    names = [(arrow, text) for arrow in drawn.of("arrow") for text in arrow.texts]
    titles = [text for phase in drawn.of("phase") for text in phase.texts]
    for arrow in drawn.of("arrow"):
        ends = (arrow.points[0], arrow.points[-1])
        for segment in arrow.segments():
            assert segment.left == segment.right or segment.top == segment.bottom
            assert not any(crosses(segment, text) for _, text in names), arrow
            assert not any(crosses(segment, text) for text in titles), arrow
            for node in boxes:
                own = any(node.box.is_touched_by(end) for end in ends)
                around = all(node.box.holds(part) for part in arrow.segments())
                assert own or around or not crosses(segment, node.box), (arrow, node)


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_no_words_cover_others_and_none_run_out_of_their_box(name: str, lang: str) -> None:
    drawn = picture(name, lang)
    names = [text for arrow in drawn.of("arrow") for text in arrow.texts]
    for index, text in enumerate(names):
        assert not any(text.meets(other) for other in names[:index])
        assert text.left >= 0 and text.right <= drawn.width
        assert not any(text.meets(node.box) for node in drawn.of("state"))
    for part in (*drawn.of("node"), *drawn.of("panel"), *drawn.of("phase")):
        own = [text for text in part.texts if "phase" not in part.kinds or part.box.holds(text, 99)]
        assert all(part.box.holds(text) for text in own), part
    nodes = drawn.of("state")
    for index, node in enumerate(nodes):
        assert not any(node.box.meets(other.box) for other in nodes[:index]), node


def test_without_phases_a_procedure_is_laid_out_in_layers_from_its_start() -> None:
    with_phases = (CN / "disposal.yaml").read_text()
    drawn, phased = (
        Picture(draw_text(text, "disposal.yaml", lambda name: (CN / name).read_text()))
        for text in (re.sub(r", phase: \w+", "", with_phases), with_phases)
    )
    assert drawn.of("phase") == [] and 5 * drawn.width < 4 * phased.width
    tops = {node.id: node.box.top for node in drawn.of("state")}
    way = ("valuing", "priced", "first", "first_failed", "second", "second_failed", "returned")
    assert [tops[id] for id in way] == sorted({tops[id] for id in way})
    assert not any(node.box.bottom < tops["valuing"] for node in drawn.of("state"))


# -- what is shown


def test_sub_procedures_are_boxes_around_their_states_and_say_what_opens_them() -> None:
    drawn, definition = picture("first_enforcement"), shipped("first_enforcement")
    measures = drawn.one("phase", "measures")
    with_states = {"freeze", "seizure", "listing", "restriction", "disposal"}
    assert with_states < set(definition.sub_procedures)
    for id, sub in definition.sub_procedures.items():
        box = drawn.one("procedure", id)
        assert measures.box.holds(box.box) or id == "distribution"  # which may begin at rest too
        inside = {node.id for node in drawn.of("state") if box.box.holds(node.box)}
        assert inside == (set(shipped(sub.procedure).states) if id in with_states else set())
        opening = next(t for t in definition.transitions if id in t.opens)
        assert opening.title.zh in box.words
        assert any(a.id == opening.trigger for a in _into(drawn, box) if "opens" in a.kinds)
    assert "措施轮候" in drawn.one("procedure", "seizure").words  # what it tells the case


def _into(drawn: Picture, node: Part) -> list[Part]:
    return [arrow for arrow in drawn.of("arrow") if node.box.is_touched_by(arrow.points[-1])]


@pytest.mark.parametrize(
    ("name", "resting", "places"),
    [
        ("first_enforcement", "suspended", {"phase inquiry", "state measures"}),
        ("disposal", "stayed", {"phase pricing", "phase auction"}),
    ],
)
def test_the_way_back_from_a_rest_leads_to_where_it_returns(
    name: str, resting: str, places: set[str]
) -> None:
    drawn = picture(name)
    back = [a for a in _into(drawn, drawn.one("state", resting)) if "returns" in a.kinds]
    assert all(arrow.heads == 2 and "（返回）" in arrow.words for arrow in back)
    for place in places:
        end = drawn.one(*place.split())
        assert any(end.box.is_touched_by(arrow.points[0]) for arrow in back), place
    assert len(back) == len(places)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_state_act_and_limit_says_where_it_stands_in_the_file(name: str) -> None:
    """The lines are found in the text here, without the reader of definitions."""
    drawn, definition = picture(name), shipped(name)
    lines = (CN / f"{name}.yaml").read_text().splitlines()

    def at_lines(form: str) -> set[int]:
        return {number for number, line in enumerate(lines, 1) if re.match(form, line)}

    told = {(part.id, part.line) for part in drawn.parts}
    for id in definition.states:
        assert any((id, line) in told for line in at_lines(rf"  {id}:")), id
    for t in definition.transitions:
        places = at_lines(rf"  - {{?trigger: {t.trigger}\b")
        assert places and all((t.trigger, line) in told for line in places), t.trigger
    for id, rule in definition.deadlines.items():
        own = id.removesuffix("_inner") if rule.at.line not in at_lines(rf"  {id}:") else id
        assert any(limit == id for limit, _ in told), id
        assert at_lines(rf"  {own}:"), id


@pytest.mark.parametrize("kind", sorted(RENDERERS))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_renderer_shows_states_sub_procedures_acts_that_stay_and_ways_back(
    kind: str, lang: str
) -> None:
    definition = shipped("first_enforcement")
    told = draw(definition, kind, lang, procedures=procedures_beside(definition))  # type: ignore[arg-type]
    text = re.sub(r"<[^>]+>", "", told) if kind == "svg" else told
    titles = [s.title for s in definition.states.values()]
    titles += [s.title for s in shipped("seizure").states.values()]
    titles += [t.title for t in definition.transitions if t.to in ("stay", "return")]
    for title in titles:
        words = title.text(lang)  # type: ignore[arg-type]
        escaped = words.replace("'", "&#x27;") if kind == "svg" else words
        assert escaped.split()[0] in text, words
    back = {"svg": " returns", "dot": "dir=both", "mermaid": "<-.->"}
    assert told.count(back[kind]) == 2  # from the rest to the inquiry, and to the measures


def test_nodes_show_their_time_limits_and_approvals() -> None:
    nodes = extract(definition_from_text(SANCTION), "zh").by_id
    assert ("approval", "罚款: 合议庭 2/3 → 院长") in [n.says for n in nodes["draft"].notes]
    assert ("limit", "缴纳期限 按“缴纳期限”") in [n.says for n in nodes["decided"].notes]


# -- how it is written


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_a_picture_stands_by_itself_under_a_strict_policy_and_speaks_its_language(
    name: str, lang: str
) -> None:
    drawn = picture(name, lang)
    for element in drawn.root.iter():
        assert element.tag.split("}")[-1] in {
            *("svg", "title", "desc", "g", "rect", "path", "text", "circle")
        }
        assert element.attrib.keys().isdisjoint({"style", "id", "href", "onload"})
    assert all(part.kinds for part in drawn.parts)
    title = shipped(name).title.text(lang)  # type: ignore[arg-type]
    assert (drawn.root.get("role"), drawn.root.get("aria-label")) == ("img", title)
    first, second = list(drawn.root)[:2]
    assert first.tag.endswith("title") and first.text == title
    assert second.tag.endswith("desc") and second.text
    spoken = second.text + "".join(part.words for part in drawn.of("legend"))
    assert bool(re.search(r"[\u4e00-\u9fff]", spoken)) is (lang == "zh")


# -- kept


def test_a_layout_is_computed_once_by_whoever_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    definition = definition_from_text(LOAN.replace("催款", "催收").replace("dunning", "collecting"))
    run, ran = elk._run, []

    def counted(graph: str) -> dict[str, object]:
        ran.append(graph)
        return run(graph)

    monkeypatch.setattr(elk, "_run", counted)
    elk._kept.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        drawn = set(pool.map(lambda _: draw(definition, "svg", "zh"), range(16)))
    assert len(drawn) == 1 and len(ran) == 1
    prepare_picture(definition)
    assert len(ran) == 2  # the other language
    draw(definition, "svg", "en")
    assert len(ran) == 2


def test_another_process_draws_the_same() -> None:
    program = (
        "import sys; from zhixing.workflow import load_definition; "
        "from zhixing.workflow.loading import procedures_beside; "
        "from zhixing.workflow.review.pictures import draw; "
        "d = load_definition(sys.argv[1]); "
        "sys.stdout.write(draw(d, 'svg', 'zh', procedures=procedures_beside(d)))"
    )
    run = [sys.executable, "-c", program, str(CN / "preservation.yaml")]
    found = subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout == picture("preservation").svg


def test_pictures_of_cases_have_the_layout_of_their_procedure(
    embedded: Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = embedded.open_case("loan", actor=OFFICER, data={"amount": "10"}, number="(2025)1号").id
    before = Picture(embedded.diagram(case, "svg", "zh"))
    monkeypatch.setattr(elk, "_run", lambda graph: pytest.fail("laid out again"))
    embedded.fire(case, "notify", actor=OFFICER, documents={"notice": "n"})
    embedded.fire(case, "clue", actor=OFFICER, data={"clue": "k1"})
    embedded.fire(case, "rest", actor=OFFICER)
    embedded.fire(case, "resume", actor=OFFICER)
    clock.set(at("2025-03-10 09:00"))
    embedded.run_due()
    svg = embedded.diagram(case, "svg", "zh")
    drawn = Picture(svg)
    places = [(part.id, part.box) for part in before.of("node")]
    assert places == [(part.id, part.box) for part in drawn.of("node")]
    assert "(2025)1号" in svg and "超期4日" in svg
    assert {p.id for p in drawn.of("here")} == {"noticed"}
    assert {"fresh", "resting"} <= {p.id for p in drawn.of("visited") if "node" in p.kinds}
    gone = [a for a in drawn.of("arrow") if "visited" in a.kinds]
    assert {note.id for arrow in gone for note in arrow.notes} >= {"notify", "rest", "resume"}
    assert any("overdue" in note.kinds for note in drawn.one("panel", "case").notes)
    assert "style noticed stroke:#d64545" in embedded.diagram(case, "mermaid", "en")
    assert "penwidth=3" in embedded.diagram(case, "dot", "en")


# -- two versions


EDITS = yaml.safe_load((DATA / "pictures" / "edits.yaml").read_text())


def edited(folder: Path, *edits: dict[str, str]) -> Definition:
    """The first enforcement with texts replaced, each of which it must have."""
    for path in CN.glob("*.yaml"):
        (folder / path.name).write_text(path.read_text())
    text = (CN / "first_enforcement.yaml").read_text()
    for edit in edits:
        assert edit["old"] in text, edit
        text = text.replace(edit["old"], edit["new"], 1)
    file = folder / "first_enforcement.yaml"
    file.write_text(text)
    return load_for_comparison(file)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit["what"])
def test_every_kind_of_difference_is_told_and_marked_where_it_is(
    edit: dict[str, str], tmp_path: Path
) -> None:
    old, new = shipped("first_enforcement"), edited(tmp_path, edit)
    found = differences(old, new)
    assert edit["told"] in [f"{change.kind} {change.what} {change.id}" for change in found]
    drawn = Picture(draw(new, "svg", "zh", old))
    told = drawn.one("panel", "changes")
    for number, change in enumerate(found, 1):
        assert f"[{number}] {change.zh}".replace(" ", "") in told.words.replace(" ", "")
        assert any(note.id == change.id and change.kind in note.kinds for note in told.notes)
    for place in edit.get("marked", "").split():
        kind, id, mark = place.split("/")
        marked = [part for part in drawn.of(mark) if kind in part.kinds and part.id == id]
        assert marked, place
        signs = {"added": "+ ", "removed": "− ", "changed": "~ "}
        assert any(signs[mark] in part.words for part in marked), place
    plain = draw(new, "mermaid", "en", old), draw(new, "dot", "en", old)
    assert all(f"[1] {found[0].en}"[:40].replace('"', "#quot;") in plain[0] for _ in plain)


def test_the_edits_are_of_every_kind_of_difference() -> None:
    from zhixing.workflow.review.differences import _TABLES

    kinds = {edit["told"].rsplit(" ", 1)[0].split(" ", 1)[1] for edit in EDITS}
    asked = {name.en for table, name in _TABLES.items()}
    assert kinds >= asked - {"group", "decision table"} | {"node", "way", "time limit", "procedure"}


def test_a_version_beside_itself_has_no_mark() -> None:
    drawn = Picture(draw(definition_from_text(LOAN), "svg", "zh", definition_from_text(LOAN)))
    assert [p for mark in ("added", "removed", "changed") for p in drawn.of(mark)] == []


# -- what is not finished


UNFINISHED = yaml.safe_load((DATA / "pictures" / "unfinished.yaml").read_text())


def texts(name: str) -> str:
    return (CN / name).read_text()


@pytest.mark.parametrize("case", UNFINISHED, ids=lambda case: case["name"])
def test_what_can_be_read_is_drawn_and_the_rest_is_told_at_its_line(case: dict[str, str]) -> None:
    text = texts("disposal.yaml")
    assert case["old"] in text
    line = text[: text.index(case["old"])].count("\n") + 1 + int(case.get("below", 0))
    text = text.replace(case["old"], case["new"], 1)
    drawn = Picture(draw_text(text, "disposal.yaml", texts))
    states = {node.id for node in drawn.of("state")}
    assert states >= set(shipped("disposal").states) - set(case.get("lost", "").split())
    if "unknown" in case:
        node = drawn.one("unknown", case["unknown"])
        assert node.line == line and str(line) in node.words and "?" in node.words
    if "told" in case:
        notes = drawn.one("panel", "unread").notes
        assert [n for n in notes if n.line == line and case["told"] in n.words], [
            (n.line, n.words) for n in notes
        ]
    for kind in RENDERERS:
        assert draw_text(text, "disposal.yaml", texts, kind, "en")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "- a",
        "a: [",
        "states: 3",
        "states: {a: }",
        "overlay: x\nlevel: court",
        "é: \ud800",
        "imports: 3\ntransitions: {}\nstates: []",
        "overlay: self.yaml",
        "transitions: [{}, 3]",
    ],
)
def test_whatever_the_text_there_is_a_picture(text: str) -> None:
    def resolve(name: str) -> str:
        if name == "self.yaml":
            return text
        raise LookupError(name)

    for kind in RENDERERS:
        assert draw_text(text, "draft.yaml", resolve, kind)


def test_a_layer_is_drawn_over_what_it_lies_over() -> None:
    layer = CN / "layers" / "beijing.yaml"
    drawn = Picture(
        draw_text(layer.read_text(), "beijing.yaml", lambda name: (layer.parent / name).read_text())
    )
    assert {n.id for n in drawn.of("state")} >= set(shipped("first_enforcement").states)
    assert not [p for p in drawn.of("panel") if p.id == "unread"]


def test_without_its_engine_a_picture_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "quickjs", None)
    elk._engine.cache_clear()
    elk._kept.cache_clear()
    with pytest.raises(elk.PictureNotDrawn) as raised:
        draw(definition_from_text(LOAN), "svg")
    elk._engine.cache_clear()
    for lang in LANGUAGES:
        told = raised.value.text(lang)  # type: ignore[arg-type]
        assert "quickjs-ng" in told and "mermaid" in told
    assert draw(definition_from_text(LOAN), "mermaid")


FAMILY = """
id: whole
title: {zh: 本案, en: whole}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
powers: {open: {by: [officer, procedure]}}
modes: {done: {zh: 完, en: done}}
sub_procedures: {part: {title: {zh: 分案, en: part}, procedure: part}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: split, title: {zh: 分, en: split}, from: open, to: stay, by: officer, opens: part}
  - {trigger: end, title: {zh: 结, en: end}, from: open, to: done, by: officer}
"""
PART = FAMILY.replace("id: whole", "id: part").replace(
    "sub_procedures: {part: {title: {zh: 分案, en: part}, procedure: part}}\n", ""
)
PART = "\n".join(line for line in PART.splitlines() if "opens: part" not in line)


def test_a_picture_of_a_case_names_what_is_open_below_it() -> None:
    definitions = [definition_from_text(FAMILY), definition_from_text(PART)]
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine("sqlite://", definitions, clock=clock, drafts=True) as engine:
        engine.open_case("whole", actor=OFFICER, id="w")
        for _ in range(3):
            engine.fire("w", "split", actor=OFFICER)
        closed, *still_open = engine.query(parent="w")
        engine.fire(closed.id, "end", actor=OFFICER)
        panel = Picture(engine.diagram("w", "svg", "zh")).one("panel", "case")
        assert panel.words.count("分案: ") == len(still_open) == 2
