"""A diagram as a mermaid flowchart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...source.characters import shown
from .model import Arrow, Diagram, Mark, Node, Panel
from .words import node_texts, note_text, panel_texts, plain_id

_STYLES: dict[Mark, str] = {
    "here": "stroke:#d64545,stroke-width:4px",
    "visited": "fill:#e6f0fa",
    "added": "stroke:#2d8a4e,stroke-width:3px",
    "removed": "stroke:#9aa5b1,stroke-dasharray:4 3,color:#9aa5b1",
    "changed": "stroke:#de911d,stroke-width:3px",
    "unknown": "stroke:#d64545,stroke-dasharray:4 3",
}
_LINKS: dict[Mark, str] = {
    "visited": "stroke:#2f6fab,stroke-width:3px",
    "added": "stroke:#2d8a4e,stroke-width:3px",
    "removed": "stroke:#9aa5b1",
    "changed": "stroke:#de911d,stroke-width:3px",
}
_LINES = {"whole": "-->", "dashed": "-.->", "dotted": "-.->"}


def to_mermaid(diagram: Diagram) -> str:
    """The lines of a flowchart, a subgraph for each phase and sub-procedure."""
    lines = ["---", f"title: {_text(diagram.title)}", "---", "flowchart TB"]
    for band in diagram.groups:
        lines += _frame(band.end, [band.title], band.nodes)
    lines += map(_arrow, diagram.arrows)
    lines += map(_panel, diagram.panels)
    lines += _node_styles(diagram)
    lines += _arrow_styles(diagram)
    return "\n".join(lines) + "\n"


def _frame(id: str, title: list[str], nodes: Sequence[Node]) -> Iterator[str]:
    """A frame around nodes, some of which may be frames themselves."""
    yield f'  subgraph {plain_id(id)}["{_lines(title)}"]'
    for node in nodes:
        yield from _frame(node.id, node_texts(node), node.nodes) if node.nodes else [_node(node)]
    yield "  end"


def _node_styles(diagram: Diagram) -> Iterator[str]:
    """The looks of marked nodes."""
    for node in diagram.nodes:
        if node.mark in _STYLES:
            yield f"  style {plain_id(node.id)} {_STYLES[node.mark]}"


def _arrow_styles(diagram: Diagram) -> Iterator[str]:
    """The looks of marked arrows, which mermaid knows by their numbers."""
    arrows, looks = enumerate(diagram.arrows), _LINKS
    return (f"  linkStyle {n} {looks[arrow.mark]}" for n, arrow in arrows if arrow.mark in looks)


def _arrow(arrow: Arrow) -> str:
    """From node to node, with the names of the triggers; a way there and back has two heads."""
    label = _text(" / ".join(map(note_text, arrow.labels)))
    told = f'|"{label}"|' if arrow.labels else ""
    line = "<-.->" if arrow.returns else _LINES[arrow.line]
    return f"  {plain_id(arrow.source)} {line}{told} {plain_id(arrow.target)}"


def _node(node: Node) -> str:
    """A box with a line for each note; round where the procedure begins or ends."""
    left, right = ("([", "])") if node.first or node.terminal else ("[", "]")
    return f'    {plain_id(node.id)}{left}"{_lines(node_texts(node))}"{right}'


def _panel(panel: Panel) -> str:
    return f'  panel__{panel.id}["{_lines(panel_texts(panel))}"]'


def _lines(texts: list[str]) -> str:
    return "<br/>".join(map(_text, texts))


def _text(text: str) -> str:
    return shown(text).replace('"', "#quot;").replace("<", "&lt;").replace("\n", " ")
