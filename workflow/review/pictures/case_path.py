"""The picture of one case: the way it went, where it stands, and what is open or overdue there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .model import Arrow, Diagram, Mark, Node, Note


@dataclass(frozen=True, slots=True)
class CasePath:
    """What a case did: where it stands, the moves it made (from, to), and notes of what is open at its node."""

    here: str
    moves: Sequence[tuple[str, str]]
    open: Sequence[Note]


def with_case_path(diagram: Diagram, walked: CasePath, title: str) -> Diagram:
    """A procedure's diagram with one case's way marked in it."""
    visited = {walked.here, *(state for move in walked.moves for state in move)}
    moves = set(walked.moves)
    groups = tuple(
        replace(g, nodes=tuple(_node(n, walked, visited) for n in g.nodes)) for g in diagram.groups
    )
    drawn = {(a.source, a.target) for a in diagram.arrows}
    arrows = [replace(a, mark=_mark(a, moves)) for a in diagram.arrows]
    arrows += [
        Arrow(s, t, (), mark="visited")
        for s, t in dict.fromkeys(walked.moves)
        if (s, t) not in drawn and s and s != t
    ]
    return replace(diagram, title=title, groups=groups, arrows=tuple(arrows))


def _mark(arrow: Arrow, moves: set[tuple[str, str]]) -> Mark:
    return "visited" if (arrow.source, arrow.target) in moves else arrow.mark


def _node(node: Node, walked: CasePath, visited: set[str]) -> Node:
    if node.id == walked.here:
        return replace(
            node,
            mark="here",
            notes=(*(n for n in node.notes if n.kind == "approval"), *walked.open),
        )
    return replace(node, mark="visited") if node.id in visited else node
