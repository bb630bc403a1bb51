"""The picture of two versions in one: what the new one adds, removes and changes is marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .model import Arrow, Band, Diagram, Mark, Node, Note


def two_versions(old: Diagram, new: Diagram) -> Diagram:
    """The new version's diagram with everything of the old that is gone."""
    bands = {band.id: _marked(band, old.by_id) for band in new.groups}
    for band in old.groups:
        gone = _gone(band, new.by_id)
        if gone:
            place = bands.get(band.id, Band(band.id, band.title, ()))
            bands[band.id] = replace(place, nodes=(*place.nodes, *gone))
    arrows = _arrows(old.arrows, new.arrows)
    return replace(new, groups=tuple(bands.values()), arrows=arrows)


def _marked(band: Band, before: Mapping[str, Node]) -> Band:
    """A band of the new version, its nodes beside those of the old."""
    nodes = [_node(node, before.get(node.id)) for node in band.nodes]
    return replace(band, nodes=tuple(nodes))


def _gone(band: Band, after: Mapping[str, Node]) -> list[Node]:
    """The nodes of an old band that the new version has nowhere."""
    gone = [node for node in band.nodes if node.id not in after]
    return [replace(node, mark="removed") for node in gone]


def _node(node: Node, old: Node | None) -> Node:
    """A node of the new version beside the same of the old."""
    if old is None:
        return replace(node, mark="added")
    notes = _notes(old.notes, node.notes)
    changed = replace(node, notes=notes, mark="changed")
    is_same = node.title == old.title and notes == node.notes
    return node if is_same else changed


def _notes(old: Sequence[Note], new: Sequence[Note]) -> tuple[Note, ...]:
    """The notes of both versions; those that only one has are marked."""
    return (*_marked_unless_in(old, new, "added"), *_only_in(old, new))


def _marked_unless_in(old: Sequence[Note], new: Sequence[Note], mark: Mark) -> list[Note]:
    had = {note.text for note in old}
    return [note if note.text in had else replace(note, mark=mark) for note in new]


def _only_in(old: Sequence[Note], new: Sequence[Note]) -> list[Note]:
    has = {note.text for note in new}
    return [replace(note, mark="removed") for note in old if note.text not in has]


def _arrows(old: Sequence[Arrow], new: Sequence[Arrow]) -> tuple[Arrow, ...]:
    """The arrows of both versions: the new one's in order, then those that are gone."""
    before = {arrow.ends: arrow for arrow in old}
    drawn = [_arrow(arrow, before.pop(arrow.ends, None)) for arrow in new]
    gone = [replace(arrow, mark="removed") for arrow in before.values()]
    return (*drawn, *gone)


def _arrow(arrow: Arrow, old: Arrow | None) -> Arrow:
    """An arrow of the new version beside the same of the old."""
    if old is None:
        return replace(arrow, mark="added")
    return arrow if old.labels == arrow.labels else replace(arrow, mark="changed")
