"""A diagram in the language of graphviz."""

from __future__ import annotations

from .extract import Diagram


def to_dot(diagram: Diagram) -> str:
    lines = [f"digraph {_quoted(diagram.title)} {{", "  rankdir=TB; compound=true; node [shape=box, style=rounded];"]
    for group in diagram.groups:
        lines.append(f"  subgraph cluster_{group.id} {{")
        lines.append(f"    label={_quoted(group.title)};")
        for node in group.nodes:
            label = "\\n".join([node.title, *(f"⏱ {note}" for note in node.notes), *node.ways_in])
            style = ", peripheries=2" if node.terminal else ", penwidth=3" if node.here else ""
            lines.append(f"    {node.id} [label={_quoted(label)}{style}];")
        lines.append("  }")
    for arrow in diagram.arrows:
        style = ", style=dashed" if arrow.by_clock or arrow.returns else ""
        both = ", dir=both" if arrow.returns else ""
        lines.append(f"  {arrow.source} -> {arrow.target} [label={_quoted(' / '.join(arrow.labels))}{style}{both}];")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
