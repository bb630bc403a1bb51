"""A placed picture as SVG that stands by itself, also under a strict Content-Security-Policy.

No style, script, link or id is in it: what it needs to be read are presentation attributes, which
any stylesheet of the page overrides by the classes that everything carries. Every node, arrow,
act and time limit says where it stands in the definition's file (`data-id`, `data-line`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap
from operator import attrgetter

from ...source.characters import escaped
from .boxes import HEAD, WITH_ICON, Block, Line, by_note, label_block, node_block, phase_block
from .legend import SPOKEN, legend
from .lettering import Font
from .looks import ARROWS, BOXES, FONTS, LINES, TEXTS, attributes, icon
from .model import Arrow, Band, Diagram, Mark, Node, Note, Panel, Place
from .placing import EDGE, Placed, Point, Rect, Route, place

TIP = 8.0


def to_svg(diagram: Diagram) -> str:
    """The whole picture. Raises `PictureNotDrawn`."""
    placed = place(diagram)
    size = f"{placed.width:g} {placed.height:g}"
    title = escaped(diagram.title)
    language = "zh-CN" if diagram.lang == "zh" else "en"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="zhixing" width="{placed.width:g}"'
        f' height="{placed.height:g}" viewBox="0 0 {size}" role="img" xml:lang="{language}"'
        f' aria-label="{title}" font-family="{FONTS}" font-size="13" fill="#1f2933">',
        f"<title>{title}</title><desc>{escaped(SPOKEN.text(diagram.lang))}</desc>",
        '<rect class="ground" width="100%" height="100%" fill="#fff"/>',
        _text(diagram.title, EDGE, 30, HEAD, "heading"),
        *legend(diagram, placed.width),
        *_flow(diagram, placed),
        "</svg>\n",
    ]
    return "".join(parts)


def _flow(diagram: Diagram, placed: Placed) -> Iterator[str]:
    """Everything in order: what comes later lies above."""
    phases = list(filter(attrgetter("title"), diagram.groups))
    ends, titles = attrgetter("end"), attrgetter("title")
    boxes, nodes = placed.boxes, list(diagram.nodes)
    yield from map(_band, phases, map(boxes.__getitem__, map(ends, phases)))
    yield from map(_node, nodes, map(boxes.__getitem__, map(attrgetter("id"), nodes)))
    named = dict(zip(map(attrgetter("id"), nodes), map(titles, nodes), strict=True))
    named.update(zip(map(ends, phases), map(titles, phases), strict=True))
    for arrow in diagram.arrows:
        told = " → ".join(map(named.__getitem__, arrow.ends))
        yield _arrow(arrow, placed.routes[arrow.ends], told)
    yield from starmap(_panel, placed.panels)


def _group(kind: str, mark: Mark, place: Place) -> str:
    """The start of a group that says what it is, how it is marked, and where it stands."""
    classes = f"{kind} {mark}".strip()
    id = f' data-id="{escaped(place.id)}"' if place.id else ""
    line = f' data-line="{place.line}"' if place.line else ""
    return f'<g class="{classes}"{id}{line}>'


def _band(band: Band, rect: Rect) -> str:
    """The ground of a phase, and its title down its left side."""
    look = attributes(BOXES["phase"], BOXES.get(band.mark, {}))
    titles = (_down(line, rect) for line in phase_block(band).lines)
    start = _group("phase", band.mark, band.place)
    return f"{start}{_rect(rect, 'ground', 8, look)}{''.join(titles)}</g>"


def _down(line: Line, rect: Rect) -> str:
    """A line that is read downwards: Chinese sign below sign, other letters turned."""
    x, y = rect.x + line.y, rect.y + 10
    if any(sign.isascii() for sign in line.text):
        turned = f' transform="translate({x + 3:g} {y:g}) rotate(90)"'
        return _text(line.text, 0, 0, line.font, "title", turned)
    signs = enumerate(line.text, 1)
    return "".join(
        _text(sign, x, y + number * line.font.size, line.font, "title") for number, sign in signs
    )


def _node(node: Node, rect: Rect) -> str:
    """A state with its notes, or the box of a sub-procedure."""
    kinds = {"first": node.first, "terminal": node.terminal}
    kind = " ".join(["node", node.kind, *(name for name, is_so in kinds.items() if is_so)])
    look = attributes(BOXES[node.kind], BOXES.get(node.mark, {}))
    within = Rect(rect.x + 3, rect.y + 3, rect.width - 6, rect.height - 6)
    parts = [
        _group(kind, node.mark, node.place),
        f"<title>{escaped(node.title)}</title>",
        _rect(rect, "box", 12 if node.first else 4, look),
        _rect(within, "end", 2, attributes(BOXES["end"])) if node.terminal else "",
        _badge(node, rect),
        *_lines(node_block(node), rect, node.mark),
        "</g>",
    ]
    return "".join(parts)


def _badge(node: Node, rect: Rect) -> str:
    """What tells the first state, and the one where a case stands, also in black and white."""
    if node.mark == "here":
        look = attributes({"fill": BOXES["here"]["stroke"]})
        x, y = rect.x - 13, rect.y + rect.height / 2
        return f'<path class="pointer"{look} d="M{x:g} {y - 9:g}l13 9l-13 9z"/>'
    if node.first:
        look = attributes({"fill": BOXES["state"]["stroke"]})
        return f'<circle class="start"{look} cx="{rect.right - 9:g}" cy="{rect.y + 9:g}" r="4"/>'
    return ""


def _lines(block: Block, rect: Rect, mark: Mark) -> Iterator[str]:
    """The lines of a box: the title, and each note as a group with its sign."""
    for line in block.lines:
        if line.note is None:
            look = attributes(TEXTS.get(mark, {}))
            yield _text(line.text, rect.x + line.x, rect.y + line.y, line.font, "title", look)
    for note, lines in by_note(block):
        yield _note(note, lines, rect)


def _note(note: Note, lines: list[Line], rect: Rect) -> str:
    """A note with its sign, in one line or several."""
    look = attributes(TEXTS["note"], TEXTS.get(note.mark, {}))
    first = lines[0]
    sign = icon(note, rect.x + first.x - 13, rect.y + first.y) if note.kind in WITH_ICON else ""
    texts = (
        _text(line.text, rect.x + line.x, rect.y + line.y, line.font, "", look) for line in lines
    )
    start = _group(f"note {note.kind}", note.mark, note.place)
    return f"{start}{sign}{''.join(texts)}</g>"


def _arrow(arrow: Arrow, route: Route, told: str) -> str:
    """The line of an arrow, its heads, and its names; a way there and back has two heads."""
    kinds = {"clock": arrow.by_clock, "returns": arrow.returns, "opens": arrow.opens}
    kind = " ".join(["arrow", *(name for name, is_so in kinds.items() if is_so)])
    look = {**ARROWS[""], **LINES[arrow.line], **ARROWS.get(arrow.mark, {})}
    place = arrow.labels[0].place if arrow.labels else arrow.place
    tips = [_tip(route.points[-1], route.points[-2], look)]
    tips += [_tip(route.points[0], route.points[1], look)] if arrow.returns else []
    bends = "L".join(f"{x:g} {y:g}" for x, y in route.points)
    return "".join(
        [
            f"{_group(kind, arrow.mark, place)}<title>{escaped(told)}</title>",
            f'<path class="line" fill="none"{attributes(look)} d="M{bends}"/>',
            *tips,
            *(_names(arrow, route.label) if route.label is not None else ()),
            "</g>",
        ]
    )


def _names(arrow: Arrow, rect: Rect) -> Iterator[str]:
    """The names of an arrow, each with its place in the file."""
    block = label_block(arrow)
    for note, lines in by_note(block):
        yield _note(note, lines, rect)


def _tip(end: Point, before: Point, look: dict[str, str]) -> str:
    """The head of an arrow that comes to its end from another point."""
    (x, y), (from_x, from_y) = end, before
    along_x, along_y = _sign(x - from_x) * TIP, _sign(y - from_y) * TIP
    fill = attributes({"fill": look["stroke"]})
    left = f"{x - along_x - along_y / 2.2:g} {y - along_y + along_x / 2.2:g}"
    right = f"{x - along_x + along_y / 2.2:g} {y - along_y - along_x / 2.2:g}"
    return f'<path class="tip"{fill} d="M{x:g} {y:g}L{left}L{right}z"/>'


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _panel(panel: Panel, block: Block, rect: Rect) -> str:
    """A list beside the flow."""
    return "".join(
        [
            _group("panel", "", Place(panel.id)),
            _rect(rect, "box", 4, attributes(BOXES["panel"])),
            *_lines(block, rect, ""),
            "</g>",
        ]
    )


def _rect(rect: Rect, kind: str, round: int, look: str) -> str:
    size = f'x="{rect.x:g}" y="{rect.y:g}" width="{rect.width:g}" height="{rect.height:g}"'
    return f'<rect class="{kind}" {size} rx="{round}"{look}/>'


def _text(text: str, x: float, y: float, font: Font, kind: str, look: str = "") -> str:
    """One line of text."""
    bold = ' font-weight="bold"' if font.bold and "font-weight" not in look else ""
    named = f' class="{kind}"' if kind else ""
    place = f'x="{x:g}" y="{y:g}" font-size="{font.size:g}"'
    return f"<text{named} {place}{bold}{look}>{escaped(text)}</text>"
