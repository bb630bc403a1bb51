"""A diagram in the language of graphviz."""

from __future__ import annotations

from ...source.characters import shown
from .model import Arrow, Diagram, Mark, Node, Note

_NODES: dict[Mark, str] = {
    "here": ", penwidth=3, color=red",
    "visited": ', style="rounded,filled", fillcolor="#e6f0fa"',
    "added": ", color=darkgreen, penwidth=2",
    "removed": ', color=gray, style="rounded,dashed"',
    "changed": ", color=orange, penwidth=2",
}

_ARROWS: dict[Mark, str] = {
    "visited": ', color="#2f6fab", penwidth=2',
    "added": ", color=darkgreen, penwidth=2",
    "removed": ", color=gray, style=dashed",
    "changed": ", color=orange, penwidth=2",
}

_NOTES = {"limit": "⏱ ", "approval": "✓ ", "way": "", "open": "• "}
_MARKS: dict[Mark, str] = {"overdue": "‼ ", "added": "+ ", "removed": "− "}


def to_dot(diagram: Diagram) -> str:
    """The lines of a directed graph, a cluster for each band."""
    lines = [
        f"digraph {_quoted(diagram.title)} {{",
        "  rankdir=TB; compound=true; node [shape=box, style=rounded];",
    ]
    for band in diagram.groups:
        lines.append(f"  subgraph cluster_{band.id} {{")
        lines.append(f"    label={_quoted(band.title)};")
        lines += map(_node, band.nodes)
        lines.append("  }")
    lines += map(_arrow, diagram.arrows)
    return "\n".join([*lines, "}"]) + "\n"


def _node(node: Node) -> str:
    """A box with a line for each note; with a second border where the procedure ends."""
    label = "\\n".join([node.title, *map(note_text, node.notes)])
    border = ", peripheries=2" if node.terminal else ""
    return f"    {node.id} [label={_quoted(label)}{border}{_NODES.get(node.mark, '')}];"


def _arrow(arrow: Arrow) -> str:
    """From node to node, with the names of the triggers on it."""
    label = _quoted(" / ".join(arrow.labels))
    dashed = ", style=dashed" if arrow.is_dashed else ""
    both_ways = ", dir=both" if arrow.returns else ""
    looks = f"{dashed}{_ARROWS.get(arrow.mark, '')}{both_ways}"
    return f"  {arrow.source} -> {arrow.target} [label={label}{looks}];"


def note_text(note: Note) -> str:
    """A note in one line of text."""
    return _MARKS.get(note.mark, "") + _NOTES[note.kind] + note.text


def _quoted(text: str) -> str:
    """A text as graphviz reads it."""
    return '"' + shown(text).replace('"', '\\"') + '"'
