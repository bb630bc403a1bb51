"""The picture of two versions in one: what the new one adds, removes and changes is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .model import Arrow, Band, Diagram, Node, Note, marked

Notes = tuple[Note, ...]


def two_versions(old: Diagram, new: Diagram) -> Diagram:
    """The new version's diagram with everything of the old that is gone."""
    before, after = old.by_id, new.by_id
    bands = {band.id: _band(band, before) for band in new.groups}
    for band in old.groups:
        gone = [node for node in band.nodes if node.id not in after]
        if gone:
            bands[band.id] = _with_gone(bands.get(band.id), band, gone)
    arrows = _arrows(old, new)
    return replace(new, groups=tuple(bands.values()), arrows=arrows)


def _band(band: Band, before: Mapping[str, Node]) -> Band:
    """A band of the new version, its nodes beside those of the old."""
    nodes = [_node(node, before.get(node.id)) for node in band.nodes]
    return replace(band, nodes=tuple(nodes))


def _with_gone(band: Band | None, old: Band, gone: list[Node]) -> Band:
    """A band with what is gone of it; of a band that is gone, only that is left."""
    kept = band or replace(old, nodes=())
    return replace(kept, nodes=(*kept.nodes, *marked(gone, "removed")))


def _node(node: Node, old: Node | None) -> Node:
    """A node of the new version beside the same of the old."""
    if old is None:
        return replace(node, mark="added")
    notes = _notes(old.notes, node.notes)
    if node.title == old.title and notes == node.notes:
        return node
    return replace(node, notes=notes, mark="changed")


def _notes(old: Notes, new: Notes) -> Notes:
    """The notes of both versions; those that only one has are marked."""
    had, has = _texts(old), _texts(new)
    told = [note if note.text in had else replace(note, mark="added") for note in new]
    gone = [note for note in old if note.text not in has]
    return (*told, *marked(gone, "removed"))


def _texts(notes: Notes) -> set[str]:
    """What notes say: the same words are the same note."""
    return {note.text for note in notes}


def _arrows(old: Diagram, new: Diagram) -> tuple[Arrow, ...]:
    """The arrows of both versions: the new one's in order, then those that are gone."""
    before = old.by_ends
    drawn = [_arrow(arrow, before.pop(arrow.ends, None)) for arrow in new.arrows]
    return (*drawn, *marked(before.values(), "removed"))


def _arrow(arrow: Arrow, old: Arrow | None) -> Arrow:
    """An arrow of the new version beside the same of the old."""
    if old is None:
        return replace(arrow, mark="added")
    return arrow if old.labels == arrow.labels else replace(arrow, mark="changed")
