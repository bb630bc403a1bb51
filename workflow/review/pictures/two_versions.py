"""The picture of two versions in one: what the new one adds, removes and changes is marked.

Every difference is told, numbered, beside the flow; the parts of the flow that it is about bear its
number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from ...language import Words
from ..differences import Difference
from .model import Arrow, Band, Diagram, Mark, Node, Note, Panel, Place, marked

Notes = tuple[Note, ...]
_CHANGES = Words("共 {} 处变化", "{} change(s)")


def two_versions(old: Diagram, new: Diagram, changes: Sequence[Difference] = ()) -> Diagram:
    """The new version's diagram with everything of the old that is gone, and all changes told."""
    before, after = old.by_id, new.by_id
    bands = {band.id: _band(band, before) for band in new.groups}
    for band in old.groups:
        gone = [node for node in band.nodes if node.id not in after]
        if gone:
            bands[band.id] = _with_gone(bands.get(band.id), band, gone)
    merged = replace(new, groups=tuple(bands.values()), panels=tuple(_panels(old, new)))
    ends = {*merged.by_id, *(band.end for band in merged.groups)}
    arrows = tuple(arrow for arrow in _arrows(old, new) if ends.issuperset(arrow.ends))
    return _numbered(replace(merged, arrows=arrows), changes)


def _band(band: Band, before: Mapping[str, Node]) -> Band:
    """A band of the new version, its nodes beside those of the old."""
    nodes = [_node(node, before.get(node.id)) for node in band.nodes]
    return replace(band, nodes=tuple(nodes))


def _with_gone(band: Band | None, old: Band, gone: list[Node]) -> Band:
    """A band with what is gone of it; of a band that is gone, only that is left."""
    kept = band or replace(old, nodes=())
    return replace(kept, nodes=(*kept.nodes, *map(_gone, gone)))


def _gone(node: Node) -> Node:
    return replace(node, mark="removed", nodes=tuple(marked(node.nodes, "removed")))


def _node(node: Node, old: Node | None) -> Node:
    """A node of the new version beside the same of the old, and so the nodes inside it."""
    if old is None:
        return replace(node, mark="added")
    notes = _notes(old.notes, node.notes)
    inside = {inner.id: inner for inner in old.nodes}
    nodes = [_node(inner, inside.pop(inner.id, None)) for inner in node.nodes]
    nodes += marked(inside.values(), "removed")
    is_same = node.title == old.title and notes == node.notes
    mark: Mark = node.mark if is_same else "changed"
    return replace(node, notes=notes, nodes=tuple(nodes), mark=mark)


def _notes(old: Notes, new: Notes) -> Notes:
    """The notes of both versions; those that only one has are marked."""
    had, has = ({note.says for note in notes} for notes in (old, new))
    told = [note if note.says in had else replace(note, mark="added") for note in new]
    gone = [note for note in old if note.says not in has]
    return (*told, *marked(gone, "removed"))


def _panels(old: Diagram, new: Diagram) -> Iterator[Panel]:
    """The panels of both versions, those of the same title as one."""
    before = {panel.title: panel for panel in old.panels}
    for panel in new.panels:
        was = before.pop(panel.title, replace(panel, notes=()))
        yield replace(panel, notes=_notes(was.notes, panel.notes))
    for panel in before.values():
        yield replace(panel, id=f"{panel.id}_before", notes=tuple(marked(panel.notes, "removed")))


def _arrows(old: Diagram, new: Diagram) -> tuple[Arrow, ...]:
    """The arrows of both versions: the new one's in order, then those that are gone."""
    before = old.by_ends
    drawn = [_arrow(arrow, before.pop(arrow.ends, None)) for arrow in new.arrows]
    return (*drawn, *(_whole(arrow, "removed") for arrow in before.values()))


def _whole(arrow: Arrow, mark: Mark) -> Arrow:
    """An arrow marked with all its names."""
    return replace(arrow, mark=mark, labels=tuple(marked(arrow.labels, mark)))


def _arrow(arrow: Arrow, old: Arrow | None) -> Arrow:
    """An arrow of the new version beside the same of the old."""
    if old is None:
        return _whole(arrow, "added")
    labels = _notes(old.labels, arrow.labels)
    is_same = labels == arrow.labels and arrow.line == old.line
    return arrow if is_same else replace(arrow, labels=labels, mark="changed")


# -- every difference, numbered


def _numbered(diagram: Diagram, changes: Sequence[Difference]) -> Diagram:
    """The diagram with each difference told beside it, and its number where it is about."""
    numbers: dict[str, list[int]] = {}
    for number, change in enumerate(changes, 1):
        numbers.setdefault(f"{change.what}:{change.id}", []).append(number)
    number_of = _finder(numbers)
    bands = tuple(_numbered_band(band, number_of) for band in diagram.groups)
    arrows = tuple(_numbered_arrow(arrow, number_of) for arrow in diagram.arrows)
    panels = tuple(
        replace(panel, notes=_numbered_notes(panel.notes, number_of)) for panel in diagram.panels
    )
    told = tuple(_told(n, change, diagram) for n, change in enumerate(changes, 1))
    whole = Panel("changes", _CHANGES.text(diagram.lang).format(len(told)), told)
    own = (whole,) if told else ()
    return replace(diagram, groups=bands, arrows=arrows, panels=(*own, *panels))


def _told(number: int, change: Difference, diagram: Diagram) -> Note:
    """One difference in words."""
    words = Words(change.zh, change.en).text(diagram.lang)
    return Note("fact", f"[{number}] {words}", change.kind, Place(change.id))


NumberOf = Callable[[Place], str]


def _finder(numbers: Mapping[str, list[int]]) -> NumberOf:
    """How the numbers of the changes of a part are found: ` [2] [5]`, or nothing."""

    def number_of(place: Place) -> str:
        found = chain.from_iterable(numbers.get(key, ()) for key in place.keys)
        return "".join(f" [{number}]" for number in sorted(found))

    return number_of


def _numbered_band(band: Band, number_of: NumberOf) -> Band:
    nodes = tuple(_numbered_node(node, number_of) for node in band.nodes)
    told = number_of(band.place)
    if not told:
        return replace(band, nodes=nodes)
    return replace(band, nodes=nodes, title=band.title + told, mark=band.mark or "changed")


def _numbered_node(node: Node, number_of: NumberOf) -> Node:
    """A node with the numbers of its own changes, and of those of its notes."""
    node = replace(node, notes=_numbered_notes(node.notes, number_of))
    told = number_of(node.place)
    is_marked = told or any(note.mark for note in node.notes)
    return replace(
        node, title=node.title + told, mark=node.mark or ("changed" if is_marked else "")
    )


def _numbered_notes(notes: Notes, number_of: NumberOf) -> Notes:
    return tuple(_numbered_note(note, number_of) for note in notes)


def _numbered_note(note: Note, number_of: NumberOf) -> Note:
    told = number_of(note.place)
    return replace(note, text=note.text + told, mark=note.mark or "changed") if told else note


def _numbered_arrow(arrow: Arrow, number_of: NumberOf) -> Arrow:
    labels = _numbered_notes(arrow.labels, number_of)
    is_marked = number_of(arrow.place) or any(label.mark for label in labels)
    return replace(arrow, labels=labels, mark=arrow.mark or ("changed" if is_marked else ""))
