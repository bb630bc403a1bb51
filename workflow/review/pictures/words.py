"""What the picture languages (mermaid, graphviz) share: ids, and notes in one line of text."""

from __future__ import annotations

from .model import SIGNS, Mark, Node, Note, NoteKind, Panel

_KINDS: dict[NoteKind, str] = {
    "limit": "⏱ ",
    "approval": "✓ ",
    "act": "↻ ",
    "open": "• ",
}
_SIGNS: dict[Mark, str] = {**SIGNS, "overdue": "! "}


def plain_id(id: str) -> str:
    """The id of a part, of letters, digits and underscores alone."""
    return id.replace(":", "__").replace("/", "__")


def note_text(note: Note) -> str:
    """A note in one line of text."""
    return _SIGNS.get(note.mark, "") + _KINDS.get(note.kind, "") + note.text


def node_texts(node: Node) -> list[str]:
    """The title of a node and its notes, a line each."""
    return [_SIGNS.get(node.mark, "") + node.title, *map(note_text, node.notes)]


def panel_texts(panel: Panel) -> list[str]:
    """The title of a panel and its notes, a line each."""
    return [panel.title, *map(note_text, panel.notes)]
