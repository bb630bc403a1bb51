"""A diagram as a mermaid flowchart."""

from __future__ import annotations

from .dot import note_text
from .model import Diagram, Mark, Node

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
    lines = ["---", f"title: {_text(diagram.title)}", "---", "flowchart TB"]
    for group in diagram.groups:
        lines.append(f'  subgraph phase_{group.id}["{_text(group.title)}"]')
        lines += [f"    {_node(node)}" for node in group.nodes]
        lines.append("  end")
    for arrow in diagram.arrows:
        line = "<-.->" if arrow.returns else "-.->" if arrow.by_clock else "-->"
        label = f'|"{_text(" / ".join(arrow.labels))}"|' if arrow.labels else ""
        lines.append(f"  {arrow.source} {line}{label} {arrow.target}")
    lines += [
        f"  style {node.id} {_STYLES[node.mark]}"
        for group in diagram.groups
        for node in group.nodes
        if node.mark in _STYLES
    ]
    lines += [
        f"  linkStyle {i} {_LINKS[arrow.mark]}"
        for i, arrow in enumerate(diagram.arrows)
        if arrow.mark in _LINKS
    ]
    return "\n".join(lines) + "\n"


def _node(node: Node) -> str:
    label = "<br/>".join([_text(node.title), *(_text(note_text(note)) for note in node.notes)])
    left, right = ("([", "])") if node.first or node.terminal else ("[", "]")
    return f'{node.id}{left}"{label}"{right}'


def _text(text: str) -> str:
    return text.replace('"', "#quot;").replace("<", "&lt;").replace("\n", " ")
