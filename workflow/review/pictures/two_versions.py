"""The picture of two versions in one: what the new one adds, removes and changes is marked.

Every difference is told, numbered, beside the flow; the parts of the flow that it is about bear its
number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, count, filterfalse
from operator import attrgetter
from typing import Literal, Protocol

from ...language import Words
from .model import Arrow, Band, Diagram, Mark, Node, Note, Panel, Place, marked


class Change(Protocol):
    """What a difference of two definitions says: of what, what kind, and the words."""

    @property
    def kind(self) -> Literal["added", "removed", "changed"]: ...
    @property
    def what(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


Notes = tuple[Note, ...]
Nodes = tuple[Node, ...]
_CHANGES = Words("共 {} 处变化", "{} change(s)")


def two_versions(old: Diagram, new: Diagram, changes: Sequence[Change] = ()) -> Diagram:
    """The new version's diagram with everything of the old that is gone, and all changes told."""
    bands = dict(zip(map(_id, new.groups), map(partial(_band, old.by_id), new.groups), strict=True))
    after = new.by_id.keys()
    for band in old.groups:
        gone = list(filterfalse(lambda node: node.id in after, band.nodes))
        if gone:
            bands[band.id] = _with_gone(bands.get(band.id), band, gone)
    merged = replace(new, groups=tuple(bands.values()), panels=tuple(_panels(old, new)))
    ends = {*merged.by_id, *map(attrgetter("end"), merged.groups)}
    arrows = filter(lambda arrow: ends.issuperset(arrow.ends), _arrows(old, new))
    return _Numbers(changes).told_in(replace(merged, arrows=tuple(arrows)))


_id = attrgetter("id")


def _band(before: Mapping[str, Node], band: Band) -> Band:
    """A band of the new version, its nodes beside those of the old."""
    return replace(band, nodes=_nodes(before, band.nodes))


def _nodes(before: Mapping[str, Node], nodes: Nodes) -> Nodes:
    """Nodes of the new version beside the same of the old."""
    return tuple(map(_node, nodes, map(before.get, map(_id, nodes))))


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
    was, now = _by_id(old.nodes), _by_id(node.nodes)
    gone = map(was.__getitem__, filterfalse(now.__contains__, was))
    nodes = (*_nodes(was, node.nodes), *marked(gone, "removed"))
    is_same = (node.title, node.notes) == (old.title, notes)
    return replace(node, notes=notes, nodes=nodes, mark=_changed_unless(is_same, node.mark))


def _by_id(nodes: Nodes) -> dict[str, Node]:
    return dict(zip(map(_id, nodes), nodes, strict=True))


def _changed_unless(is_same: object, mark: Mark) -> Mark:
    """The mark of a part: changed, unless it has one already, or is as it was."""
    return mark if is_same or mark else "changed"


def _notes(old: Notes, new: Notes) -> Notes:
    """The notes of both versions; those that only one has are marked."""
    says = attrgetter("says")
    had, has = set(map(says, old)), set(map(says, new))
    told = (note if note.says in had else replace(note, mark="added") for note in new)
    gone = filterfalse(lambda note: note.says in has, old)
    return (*told, *marked(gone, "removed"))


def _panels(old: Diagram, new: Diagram) -> Iterator[Panel]:
    """The panels of both versions, those of the same id as one."""
    before = dict(zip(map(_id, old.panels), old.panels, strict=True))
    for panel in new.panels:
        was = before.pop(panel.id, replace(panel, notes=()))
        yield replace(panel, notes=_notes(was.notes, panel.notes))
    for panel in before.values():
        yield replace(panel, notes=tuple(marked(panel.notes, "removed")))


def _arrows(old: Diagram, new: Diagram) -> Iterator[Arrow]:
    """The arrows of both versions: the new one's in order, then those that are gone."""
    before = old.by_ends
    for arrow in new.arrows:
        yield _arrow(arrow, before.pop(arrow.ends, None))
    yield from map(partial(_whole, "removed"), before.values())


def _whole(mark: Mark, arrow: Arrow) -> Arrow:
    """An arrow marked with all its names."""
    return replace(arrow, mark=mark, labels=tuple(marked(arrow.labels, mark)))


def _arrow(arrow: Arrow, old: Arrow | None) -> Arrow:
    """An arrow of the new version beside the same of the old."""
    if old is None:
        return _whole("added", arrow)
    labels = _notes(old.labels, arrow.labels)
    is_same = (labels, old.line) == (arrow.labels, arrow.line)
    return replace(arrow, labels=labels, mark=_changed_unless(is_same, arrow.mark))


# -- every difference, numbered


class _Numbers:
    """The changes by what they are about, each with its number."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = changes
        self._of: dict[str, list[int]] = {}
        for number, change in enumerate(changes, 1):
            self._of.setdefault(f"{change.what}:{change.id}", []).append(number)

    def told_in(self, diagram: Diagram) -> Diagram:
        """The diagram with each difference told beside it, and its number where it is about."""
        notes = tuple(map(partial(_told, diagram), self.changes, count(1)))
        title = _CHANGES.text(diagram.lang).format(len(notes))
        own = [Panel("changes", title, notes)][: len(notes)]
        return replace(
            diagram,
            groups=tuple(map(self.band, diagram.groups)),
            arrows=tuple(map(self.arrow, diagram.arrows)),
            panels=(*own, *map(self.panel, diagram.panels)),
        )

    def of(self, place: Place) -> str:
        """The numbers of the changes of a part: ` [2] [5]`, or nothing."""
        found = chain.from_iterable(map(self._of.__getitem__, place.keys & self._of.keys()))
        return "".join(map(" [{}]".format, sorted(found)))

    def band(self, band: Band) -> Band:
        told = self.of(band.place)
        nodes, mark = tuple(map(self.node, band.nodes)), _changed_unless(not told, band.mark)
        return replace(band, nodes=nodes, title=band.title + told, mark=mark)

    def node(self, node: Node) -> Node:
        """A node with the numbers of its own changes, and of those of its notes."""
        told, notes = self.of(node.place), self.notes(node.notes)
        mark = _changed_unless(not told + _marks(notes), node.mark)
        return replace(node, title=node.title + told, notes=notes, mark=mark)

    def notes(self, notes: Notes) -> Notes:
        return tuple(map(self.note, notes))

    def note(self, note: Note) -> Note:
        told = self.of(note.place)
        return replace(note, text=note.text + told, mark=_changed_unless(not told, note.mark))

    def arrow(self, arrow: Arrow) -> Arrow:
        labels = self.notes(arrow.labels)
        is_same = not self.of(arrow.place) + _marks(labels)
        return replace(arrow, labels=labels, mark=_changed_unless(is_same, arrow.mark))

    def panel(self, panel: Panel) -> Panel:
        return replace(panel, notes=self.notes(panel.notes))


def _marks(notes: Notes) -> str:
    """The marks of notes, as one text: empty where none is marked."""
    return "".join(map(attrgetter("mark"), notes))


def _told(diagram: Diagram, change: Change, number: int) -> Note:
    """One difference in words."""
    words = Words(change.zh, change.en).text(diagram.lang)
    return Note("fact", f"[{number}] {words}", change.kind, Place(change.id))
