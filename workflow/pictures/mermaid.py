"""A diagram as a mermaid flowchart."""

from __future__ import annotations

from .extract import Diagram, Node


def to_mermaid(diagram: Diagram) -> str:
    lines = ["---", f"title: {_text(diagram.title)}", "---", "flowchart TB"]
    for group in diagram.groups:
        lines.append(f'  subgraph phase_{group.id}["{_text(group.title)}"]')
        lines += [f"    {_node(node)}" for node in group.nodes]
        lines.append("  end")
    for arrow in diagram.arrows:
        line = "<-.->" if arrow.returns else "-.->" if arrow.by_clock else "-->"
        lines.append(f'  {arrow.source} {line}|"{_text(" / ".join(arrow.labels))}"| {arrow.target}')
    marked = [node.id for group in diagram.groups for node in group.nodes if node.here]
    lines += [f"  style {id} stroke-width:4px" for id in marked]
    return "\n".join(lines) + "\n"


def _node(node: Node) -> str:
    label = "<br/>".join([_text(node.title), *(f"⏱ {_text(note)}" for note in node.notes), *map(_text, node.ways_in)])
    left, right = ("([", "])") if node.first or node.terminal else ("[", "]")
    return f'{node.id}{left}"{label}"{right}'


def _text(text: str) -> str:
    return text.replace('"', "#quot;").replace("<", "&lt;").replace("\n", " ")
