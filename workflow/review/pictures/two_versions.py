"""The picture of two versions in one: what the new one adds, removes and changes is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .model import Arrow, Band, Diagram, Mark, Node, Note


def two_versions(old: Diagram, new: Diagram) -> Diagram:
    """The new version's diagram with everything of the old that is gone."""
    before = {node.id: node for group in old.groups for node in group.nodes}
    after = {node.id for group in new.groups for node in group.nodes}
    groups = [_group(group, before) for group in new.groups]
    at = {group.id: index for index, group in enumerate(groups)}
    for group in old.groups:
        gone = tuple(replace(node, mark="removed") for node in group.nodes if node.id not in after)
        if gone and group.id in at:
            present = groups[at[group.id]]
            groups[at[group.id]] = replace(present, nodes=(*present.nodes, *gone))
        elif gone:
            groups.append(Band(group.id, group.title, gone))
    return replace(new, groups=tuple(groups), arrows=tuple(_arrows(old.arrows, new.arrows)))


def _group(group: Band, before: dict[str, Node]) -> Band:
    return replace(group, nodes=tuple(_node(node, before.get(node.id)) for node in group.nodes))


def _node(node: Node, old: Node | None) -> Node:
    if old is None:
        return replace(node, mark="added")
    notes = tuple(_notes(old.notes, node.notes))
    changed = node.title != old.title or any(note.mark for note in notes)
    return replace(node, notes=notes, mark="changed" if changed else "")


def _notes(old: Sequence[Note], new: Sequence[Note]) -> list[Note]:
    had, has = {n.text for n in old}, {n.text for n in new}
    marked: list[Note] = [replace(n, mark=_new(n.text in had)) for n in new]
    return [*marked, *(replace(n, mark="removed") for n in old if n.text not in has)]


def _new(was_there: bool) -> Mark:
    return "" if was_there else "added"


def _arrows(old: Sequence[Arrow], new: Sequence[Arrow]) -> list[Arrow]:
    before = {(a.source, a.target): a for a in old}
    result: list[Arrow] = []
    for arrow in new:
        was = before.pop((arrow.source, arrow.target), None)
        same = was is not None and was.labels == arrow.labels
        result.append(arrow if same else replace(arrow, mark="added" if was is None else "changed"))
    return [*result, *(replace(a, mark="removed") for a in before.values())]
