"""A diagram as a mermaid flowchart."""

from __future__ import annotations

from collections.abc import Iterator

from ...source.characters import shown
from .dot import note_text
from .model import Arrow, Diagram, Mark, Node

_STYLES: dict[Mark, str] = {
    "here": "stroke:#d64545,stroke-width:4px",
    "visited": "fill:#e6f0fa",
    "added": "stroke:#2d8a4e,stroke-width:3px",
    "removed": "stroke:#9aa5b1,stroke-dasharray:4 3,color:#9aa5b1",
    "changed": "stroke:#de911d,stroke-width:3px",
}

_LINKS: dict[Mark, str] = {
    "visited": "stroke:#2f6fab,stroke-width:3px",
    "added": "stroke:#2d8a4e,stroke-width:3px",
    "removed": "stroke:#9aa5b1",
    "changed": "stroke:#de911d,stroke-width:3px",
}


def to_mermaid(diagram: Diagram) -> str:
    """The lines of a flowchart."""
    lines = ["---", f"title: {_text(diagram.title)}", "---", "flowchart TB"]
    for band in diagram.groups:
        lines.append(f'  subgraph phase_{band.id}["{_text(band.title)}"]')
        lines += [f"    {_node(node)}" for node in band.nodes]
        lines.append("  end")
    lines += map(_arrow, diagram.arrows)
    lines += _node_styles(diagram)
    lines += _arrow_styles(diagram)
    return "\n".join(lines) + "\n"


def _node_styles(diagram: Diagram) -> Iterator[str]:
    """The looks of marked nodes."""
    nodes, looks = diagram.nodes, _STYLES
    return (f"  style {node.id} {looks[node.mark]}" for node in nodes if node.mark in looks)


def _arrow_styles(diagram: Diagram) -> Iterator[str]:
    """The looks of marked arrows, which mermaid knows by their numbers."""
    arrows, looks = enumerate(diagram.arrows), _LINKS
    return (f"  linkStyle {n} {looks[arrow.mark]}" for n, arrow in arrows if arrow.mark in looks)


def _arrow(arrow: Arrow) -> str:
    """From node to node, with the names of the triggers on it."""
    label = _text(" / ".join(arrow.labels))
    told = f'|"{label}"|' if arrow.labels else ""
    return f"  {arrow.source} {_line(arrow)}{told} {arrow.target}"


def _line(arrow: Arrow) -> str:
    """A way there and back, a way that the clock takes, or any other."""
    if arrow.returns:
        return "<-.->"
    return "-.->" if arrow.by_clock else "-->"


def _node(node: Node) -> str:
    """A box with a line for each note; round where the procedure begins or ends."""
    texts = [node.title, *map(note_text, node.notes)]
    label = "<br/>".join(map(_text, texts))
    left, right = ("([", "])") if node.first or node.terminal else ("[", "]")
    return f'{node.id}{left}"{label}"{right}'


def _text(text: str) -> str:
    return shown(text).replace('"', "#quot;").replace("<", "&lt;").replace("\n", " ")
