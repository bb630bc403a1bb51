"""The picture of one case: the way it went, where it stands, and what is open or overdue there.

Only marks are added to the procedure's picture, so that every case has the same layout; what is
open stands beside the flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...language import Words
from .model import Arrow, Band, Diagram, Mark, Node, Note, Panel

_STANDS = Words("现处：{}", "stands at: {}")
_WENT = Words("图上没有线的去向", "ways without a line")


Move = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CasePath:
    """What a case did: where it stands, its moves (from, to), what is open and what late."""

    here: str
    moves: Sequence[Move]
    open: Sequence[Note]
    overdue: frozenset[str] = frozenset()

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
    bands = tuple(_band(band, walked) for band in diagram.groups)
    phases = {node.id: band.end for band in diagram.groups for node in band.nodes}
    gone = {arrow.ends: _gone(arrow, walked, phases) for arrow in diagram.arrows}
    arrows = tuple(
        replace(arrow, mark="visited") if gone[arrow.ends] else arrow for arrow in diagram.arrows
    )
    drawn = set().union(*gone.values())
    panels = (*_own_panels(diagram, walked, drawn), *diagram.panels)
    return replace(diagram, title=title, groups=bands, arrows=arrows, panels=panels)


def _gone(arrow: Arrow, walked: CasePath, phases: dict[str, str]) -> set[Move]:
    """The moves that an arrow shows: from its node or phase, and back where it returns."""
    found = set()
    for source, target in walked.moves:
        there = target == arrow.target and arrow.source in (source, phases.get(source))
        back = source == arrow.target and arrow.source in (target, phases.get(target))
        if there or (arrow.returns and back):
            found.add((source, target))
    return found


def _own_panels(diagram: Diagram, walked: CasePath, drawn: set[Move]) -> Iterator[Panel]:
    """What is open where the case stands, and the moves for which the picture has no arrow."""
    titles = {node.id: node.title for node in diagram.nodes}
    here = titles.get(walked.here, walked.here)
    yield Panel("case", _STANDS.text(diagram.lang).format(here), tuple(walked.open))
    moves = [move for move in dict.fromkeys(walked.moves) if move not in drawn and _goes_on(*move)]
    told = (Note("fact", " → ".join(titles.get(end, end) for end in move)) for move in moves)
    notes = tuple(replace(note, mark="visited") for note in told)
    if notes:
        yield Panel("ways", _WENT.text(diagram.lang), notes)


def _goes_on(source: str, target: str) -> bool:
    """Whether a move is one: an opening has no source, and what stays leads nowhere."""
    return source not in ("", target)


def _band(band: Band, walked: CasePath) -> Band:
    return replace(band, nodes=tuple(_node(node, walked) for node in band.nodes))


def _node(node: Node, walked: CasePath) -> Node:
    """A node with its mark, and the marks of the limits that are late where the case stands."""
    node = replace(node, mark=walked.marks.get(node.id, node.mark))
    if node.id != walked.here:
        return node
    late = (note.kind == "limit" and note.place.id in walked.overdue for note in node.notes)
    marked = zip(node.notes, late, strict=True)
    notes = (replace(note, mark="overdue") if is_late else note for note, is_late in marked)
    return replace(node, notes=tuple(notes))
