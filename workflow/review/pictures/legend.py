"""The legend of a picture: what its signs mean, of those that it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any

from ...language import Words
from ...source.characters import escaped
from .boxes import NOTE
from .looks import ARROWS, BOXES, LINES, attributes, icon
from .model import SIGNS, Diagram, Mark, Note, NoteKind
from .placing import EDGE

Table = dict[Any, Words]
SPOKEN = Words(
    "流程图：方框为节点，箭头为办理动作，外框为阶段或子程序；各节点列出期限、审批和可办事项。",
    "A procedure: boxes are states, arrows are acts, frames are phases or sub-procedures; each"
    " state lists its time limits, approvals and acts.",
)
_NODES: Table = {
    "first": Words("起始", "start"),
    "terminal": Words("终结", "end"),
    "procedure": Words("子程序", "sub-procedure"),
}
_LINES: Table = {
    "dashed": Words("期限届满，或可往返", "by the clock, or there and back"),
    "dotted": Words("启动子程序", "opens a sub-procedure"),
}
_NOTES: Table = {
    "limit": Words("期限", "time limit"),
    "approval": Words("审批", "approval"),
    "act": Words("办理后仍在原处", "an act that stays"),
}
_MARKS: Table = {
    "here": Words("现处节点", "where the case stands"),
    "visited": Words("走过", "where it was"),
    "overdue": Words("超期", "overdue"),
    "added": Words("新增", "added"),
    "removed": Words("删除", "removed"),
    "changed": Words("改动", "changed"),
    "unknown": Words("定义中没有", "not in the definition"),
}
_SAMPLE = 26.0
"""How wide the sample before the words is."""
_APART, _LINE = 18.0, 18.0


def legend(diagram: Diagram, width: float) -> Iterator[str]:
    """The samples and their words below the title, in as many lines as they need."""
    x, y = EDGE, 52.0
    for sample, words in _entries(diagram):
        text = words.text(diagram.lang)
        needed = _SAMPLE + NOTE.width(text)
        if x > EDGE and x + needed > width - EDGE:
            x, y = EDGE, y + _LINE
        place = f'<text x="{x + _SAMPLE:g}" y="{y:g}" font-size="{NOTE.size:g}">'
        yield f'<g class="legend">{sample(x, y)}{place}{escaped(text)}</text></g>'
        x += needed + _APART


Sample = Callable[[float, float], str]


def _entries(diagram: Diagram) -> Iterator[tuple[Sample, Words]]:
    """What the diagram has, in a fixed order."""
    used = _used(diagram)
    for draw, table in (_box, _NODES), (_line, _LINES), (_icon, _NOTES), (_mark, _MARKS):
        for kind in filter(used.__contains__, table):
            yield partial(draw, kind), table[kind]


def _used(diagram: Diagram) -> set[str]:
    """The kinds of nodes, lines and notes, and the marks that a diagram has."""
    nodes, arrows = list(diagram.nodes), diagram.arrows
    names = chain.from_iterable(map(attrgetter("labels"), arrows))
    notes = [*chain.from_iterable(map(attrgetter("notes"), (*nodes, *diagram.panels))), *names]
    return {
        "first",
        "terminal",
        *map(attrgetter("kind"), (*nodes, *notes)),
        *map(attrgetter("line"), arrows),
        *map(attrgetter("mark"), (*nodes, *notes, *arrows, *diagram.groups)),
    }


def _box(kind: str, x: float, y: float) -> str:
    """A small box: with a dot, with a double border, or around a smaller one."""
    look = attributes(BOXES["state"])
    outer = f'<rect x="{x:g}" y="{y - 11:g}" width="20" height="13" rx="3"{look}/>'
    inner = f'<rect x="{x + 2.5:g}" y="{y - 8.5:g}" width="15" height="8"{look}/>'
    dot = f'<circle cx="{x + 14:g}" cy="{y - 6:g}" r="3.5"/>'
    small = f'<rect x="{x + 5:g}" y="{y - 5:g}" width="10" height="4"{look}/>'
    return outer + {"first": dot, "terminal": inner, "procedure": small}[kind]


def _line(kind: str, x: float, y: float) -> str:
    look = attributes(ARROWS[""], LINES[kind])
    return f'<path d="M{x:g} {y - 4:g}h20"{look}/>'


def _icon(kind: NoteKind, x: float, y: float) -> str:
    return icon(Note(kind, ""), x + 5, y)


def _mark(mark: Mark, x: float, y: float) -> str:
    """A small box as it is marked, with the sign that stands before the words."""
    look = attributes(BOXES["state"], BOXES.get(mark, {}))
    if mark == "overdue":
        return icon(Note("limit", "", mark), x + 5, y)
    sign = SIGNS.get(mark, "").strip()
    words = f'<text x="{x + 6:g}" y="{y:g}" font-size="11">{sign}</text>' if sign else ""
    return f'<rect x="{x:g}" y="{y - 11:g}" width="20" height="13" rx="3"{look}/>{words}'
