"""A diagram in the language of graphviz."""

from __future__ import annotations

from .model import Diagram, Mark, Note

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
    lines = [
        f"digraph {_quoted(diagram.title)} {{",
        "  rankdir=TB; compound=true; node [shape=box, style=rounded];",
    ]
    for group in diagram.groups:
        lines.append(f"  subgraph cluster_{group.id} {{")
        lines.append(f"    label={_quoted(group.title)};")
        for node in group.nodes:
            label = "\\n".join([node.title, *map(note_text, node.notes)])
            style = (", peripheries=2" if node.terminal else "") + _NODES.get(node.mark, "")
            lines.append(f"    {node.id} [label={_quoted(label)}{style}];")
        lines.append("  }")
    for arrow in diagram.arrows:
        style = (", style=dashed" if arrow.by_clock or arrow.returns else "") + _ARROWS.get(
            arrow.mark, ""
        )
        both = ", dir=both" if arrow.returns else ""
        lines.append(
            f"  {arrow.source} -> {arrow.target} [label={_quoted(' / '.join(arrow.labels))}{style}{both}];"
        )
    return "\n".join([*lines, "}"]) + "\n"


def note_text(note: Note) -> str:
    """A note in one line of text."""
    return _MARKS.get(note.mark, "") + _NOTES[note.kind] + note.text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
