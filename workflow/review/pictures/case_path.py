"""The picture of one case: the way it went, where it stands, and what is open or overdue there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .model import Arrow, Band, Diagram, Mark, Node, Note


@dataclass(frozen=True, slots=True)
class CasePath:
    """What a case did: where it stands, its moves (from, to), and what is open at its node."""

    here: str
    moves: Sequence[tuple[str, str]]
    open: Sequence[Note]

    @property
    def visited(self) -> set[str]:
        """Every state the case was in."""
        return {self.here}.union(*self.moves)

    @property
    def marks(self) -> dict[str, Mark]:
        """How its states are set apart."""
        return {**dict.fromkeys(self.visited, "visited"), self.here: "here"}


def with_case_path(diagram: Diagram, walked: CasePath, title: str) -> Diagram:
    """A procedure's diagram with one case's way marked in it."""
    bands = [_band(band, walked) for band in diagram.groups]
    arrows = [_arrow(arrow, walked) for arrow in diagram.arrows]
    arrows += _ways_not_drawn(diagram, walked)
    return replace(diagram, title=title, groups=tuple(bands), arrows=tuple(arrows))


def _ways_not_drawn(diagram: Diagram, walked: CasePath) -> Iterator[Arrow]:
    """Moves that the picture of the procedure has no arrow for."""
    drawn = diagram.by_ends
    moves = (move for move in dict.fromkeys(walked.moves) if move not in drawn)
    return (Arrow(*move, (), mark="visited") for move in moves if _goes_on(*move))


def _goes_on(source: str, target: str) -> bool:
    """Whether a move is one: an opening has no source, and what stays leads nowhere."""
    return source not in ("", target)


def _band(band: Band, walked: CasePath) -> Band:
    nodes = [_node(node, walked) for node in band.nodes]
    return replace(band, nodes=tuple(nodes))


def _arrow(arrow: Arrow, walked: CasePath) -> Arrow:
    """An arrow, marked where the case went along it."""
    return replace(arrow, mark="visited") if arrow.ends in walked.moves else arrow


def _node(node: Node, walked: CasePath) -> Node:
    """A node; where the case stands, what is open takes the place of the time limits."""
    node = replace(node, mark=walked.marks.get(node.id, node.mark))
    if node.id != walked.here:
        return node
    approvals = [note for note in node.notes if note.kind == "approval"]
    return replace(node, notes=(*approvals, *walked.open))
