"""The picture of one case: the way it went, where it stands, and what is open or overdue there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .model import Arrow, Band, Diagram, Node, Note


@dataclass(frozen=True, slots=True)
class CasePath:
    """What a case did: where it stands, its moves (from, to), and what is open at its node."""

    here: str
    moves: Sequence[tuple[str, str]]
    open: Sequence[Note]

    @property
    def visited(self) -> set[str]:
        """Every state the case was in."""
        return {self.here, *(state for move in self.moves for state in move)}


def with_case_path(diagram: Diagram, walked: CasePath, title: str) -> Diagram:
    """A procedure's diagram with one case's way marked in it."""
    bands = [_band(band, walked) for band in diagram.groups]
    arrows = [_arrow(arrow, walked) for arrow in diagram.arrows]
    drawn = {(arrow.source, arrow.target) for arrow in arrows}
    for source, target in dict.fromkeys(walked.moves):
        # an opening has no source, and what stays leads nowhere
        if source not in ("", target) and (source, target) not in drawn:
            arrows.append(Arrow(source, target, (), mark="visited"))
    return replace(diagram, title=title, groups=tuple(bands), arrows=tuple(arrows))


def _band(band: Band, walked: CasePath) -> Band:
    return replace(band, nodes=tuple(_node(node, walked) for node in band.nodes))


def _arrow(arrow: Arrow, walked: CasePath) -> Arrow:
    was_gone = (arrow.source, arrow.target) in walked.moves
    return replace(arrow, mark="visited") if was_gone else arrow


def _node(node: Node, walked: CasePath) -> Node:
    """A node; where the case stands, what is open takes the place of the time limits."""
    if node.id == walked.here:
        approvals = [note for note in node.notes if note.kind == "approval"]
        return replace(node, mark="here", notes=(*approvals, *walked.open))
    return replace(node, mark="visited") if node.id in walked.visited else node
