"""The picture of two versions in one: what the new one adds, removes and changes is marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .model import Arrow, Band, Diagram, Mark, Node, Note


def two_versions(old: Diagram, new: Diagram) -> Diagram:
    """The new version's diagram with everything of the old that is gone."""
    before = {node.id: node for node in old.nodes}
    after = {node.id for node in new.nodes}
    bands = {band.id: _marked(band, before) for band in new.groups}
    for band in old.groups:
        gone = [replace(node, mark="removed") for node in band.nodes if node.id not in after]
        if gone:
            place = bands.get(band.id, Band(band.id, band.title, ()))
            bands[band.id] = replace(place, nodes=(*place.nodes, *gone))
    return replace(new, groups=tuple(bands.values()), arrows=_arrows(old.arrows, new.arrows))


def _marked(band: Band, before: dict[str, Node]) -> Band:
    nodes = [_node(node, before.get(node.id)) for node in band.nodes]
    return replace(band, nodes=tuple(nodes))


def _node(node: Node, old: Node | None) -> Node:
    """A node of the new version beside the same of the old."""
    if old is None:
        return replace(node, mark="added")
    notes = _notes(old.notes, node.notes)
    is_same = node.title == old.title and notes == node.notes
    return replace(node, notes=notes, mark="" if is_same else "changed")


def _notes(old: Sequence[Note], new: Sequence[Note]) -> tuple[Note, ...]:
    """The notes of both versions; those that only one has are marked."""
    gone = [note for note in old if note.text not in _texts(new)]
    marked = [replace(note, mark=_new(note.text in _texts(old))) for note in new]
    return (*marked, *(replace(note, mark="removed") for note in gone))


def _texts(notes: Iterable[Note]) -> set[str]:
    return {note.text for note in notes}


def _new(was_there: bool) -> Mark:
    return "" if was_there else "added"


def _arrows(old: Sequence[Arrow], new: Sequence[Arrow]) -> tuple[Arrow, ...]:
    """The arrows of both versions: the new one's in order, then those that are gone."""
    before = {(arrow.source, arrow.target): arrow for arrow in old}
    result: list[Arrow] = []
    for arrow in new:
        was = before.pop((arrow.source, arrow.target), None)
        if was is None:
            arrow = replace(arrow, mark="added")
        elif was.labels != arrow.labels:
            arrow = replace(arrow, mark="changed")
        result.append(arrow)
    return (*result, *(replace(arrow, mark="removed") for arrow in before.values()))
