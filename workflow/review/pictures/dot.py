"""A diagram in the language of graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from ...source.characters import shown
from .model import Arrow, Diagram, Mark, Node, Panel
from .words import node_texts, note_text, panel_texts, plain_id

_NODES: dict[Mark, str] = {
    "here": ", penwidth=3, color=red",
    "visited": ', style="rounded,filled", fillcolor="#e6f0fa"',
    "added": ", color=darkgreen, penwidth=2",
    "removed": ', color=gray, style="rounded,dashed"',
    "changed": ", color=orange, penwidth=2",
    "unknown": ', color=red, style="rounded,dashed"',
}
_ARROWS: dict[Mark, str] = {
    "visited": ', color="#2f6fab", penwidth=2',
    "added": ", color=darkgreen, penwidth=2",
    "removed": ", color=gray, style=dashed",
    "changed": ", color=orange, penwidth=2",
}
_LINES = {"whole": "", "dashed": ", style=dashed", "dotted": ", style=dotted"}


def to_dot(diagram: Diagram) -> str:
    """The lines of a directed graph, a cluster for each phase and sub-procedure."""
    lines = [
        f"digraph {_quoted([diagram.title])} {{",
        "  rankdir=TB; compound=true; node [shape=box, style=rounded];",
    ]
    for band in diagram.groups:
        lines += _cluster(band.end, [band.title], band.nodes)
    inside = dict(_inside(diagram))
    lines += (_arrow(arrow, inside) for arrow in diagram.arrows)
    lines += map(_panel, diagram.panels)
    return "\n".join([*lines, "}"]) + "\n"


def _cluster(id: str, title: list[str], nodes: Sequence[Node]) -> Iterator[str]:
    """A frame around nodes, some of which may be frames themselves."""
    yield f"  subgraph cluster_{plain_id(id)} {{"
    yield f"    label={_quoted(title)};"
    for node in nodes:
        yield from _cluster(node.id, node_texts(node), node.nodes) if node.nodes else [_node(node)]
    yield "  }"


def _inside(diagram: Diagram) -> Iterator[tuple[str, str]]:
    """A node inside each frame: an arrow of a frame begins or ends at it, cut at the border."""
    for band in diagram.groups:
        for node in reversed(band.nodes):
            yield band.end, node.nodes[0].id if node.nodes else node.id
    for node in diagram.outer:
        yield from ((node.id, inner.id) for inner in node.nodes[:1])


def _node(node: Node) -> str:
    """A box with a line for each note; with a second border where the procedure ends."""
    label = _quoted(node_texts(node))
    border = ", peripheries=2" if node.terminal else ""
    return f"    {plain_id(node.id)} [label={label}{border}{_NODES.get(node.mark, '')}];"


def _panel(panel: Panel) -> str:
    return f"  panel__{panel.id} [shape=note, label={_quoted(panel_texts(panel))}];"


def _arrow(arrow: Arrow, inside: dict[str, str]) -> str:
    """From node to node, or from frame to frame, with the names of the triggers on it."""
    label = _quoted([" / ".join(map(note_text, arrow.labels))])
    frames = {"ltail": arrow.source, "lhead": arrow.target}
    cut = (f", {key}=cluster_{plain_id(end)}" for key, end in frames.items() if end in inside)
    both_ways = ", dir=both" if arrow.returns else ""
    looks = f"{_LINES[arrow.line]}{_ARROWS.get(arrow.mark, '')}{both_ways}{''.join(cut)}"
    source, target = (plain_id(inside.get(end, end)) for end in arrow.ends)
    return f"  {source} -> {target} [label={label}{looks}];"


def _quoted(lines: list[str]) -> str:
    """Lines of text as graphviz reads them."""
    told = chain.from_iterable(shown(line).splitlines() or [""] for line in lines)
    return '"' + "\\n".join(line.replace('"', '\\"') for line in told) + '"'
