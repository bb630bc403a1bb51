"""The picture of one case: the way it went, where it stands, and what is open or overdue there.

Only marks are added to the procedure's picture, so that every case has the same layout; what is
open stands beside the flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import filterfalse
from operator import attrgetter

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
    gone = tuple(map(partial(_gone, walked, _phases(diagram)), diagram.arrows))
    return replace(
        diagram,
        title=title,
        groups=tuple(map(partial(_band, walked), diagram.groups)),
        arrows=tuple(map(_arrow, diagram.arrows, gone)),
        panels=(*_own_panels(diagram, walked, set().union(*gone)), *diagram.panels),
    )


def _phases(diagram: Diagram) -> dict[str, str]:
    """The end of the phase in which each state stands."""
    found: dict[str, str] = {}
    for band in diagram.groups:
        found.update(dict.fromkeys(map(attrgetter("id"), band.nodes), band.end))
    return found


def _gone(walked: CasePath, phases: dict[str, str], arrow: Arrow) -> set[Move]:
    """The moves that an arrow shows: from its node or phase, and back where it returns."""

    def shows(move: Move) -> bool:
        source, target = move
        return target == arrow.target and arrow.source in (source, phases.get(source))

    back = filter(lambda move: arrow.returns and shows(move[::-1]), walked.moves)
    return {*filter(shows, walked.moves), *back}


def _arrow(arrow: Arrow, gone: set[Move]) -> Arrow:
    return replace(arrow, mark="visited") if gone else arrow


def _own_panels(diagram: Diagram, walked: CasePath, drawn: set[Move]) -> Iterator[Panel]:
    """What is open where the case stands, and the moves for which the picture has no arrow."""
    by_id = diagram.by_id

    def title(id: str) -> str:
        return by_id[id].title if id in by_id else id

    def told(move: Move) -> Note:
        return Note("fact", " → ".join(map(title, move)), "visited")

    here = _STANDS.text(diagram.lang).format(title(walked.here))
    yield Panel("case", here, tuple(walked.open))
    moves = filterfalse(drawn.__contains__, dict.fromkeys(walked.moves))
    notes = tuple(map(told, filter(_goes_on, moves)))
    if notes:
        yield Panel("ways", _WENT.text(diagram.lang), notes)


def _goes_on(move: Move) -> bool:
    """Whether a move is one: an opening has no source, and what stays leads nowhere."""
    return move[0] not in ("", move[1])


def _band(walked: CasePath, band: Band) -> Band:
    return replace(band, nodes=tuple(map(partial(_node, walked), band.nodes)))


def _node(walked: CasePath, node: Node) -> Node:
    """A node with its mark, and the marks of the limits that are late where the case stands."""
    late = walked.overdue if node.id == walked.here else frozenset()
    notes = tuple(map(partial(_note, late), node.notes))
    return replace(node, mark=walked.marks.get(node.id, node.mark), notes=notes)


def _note(late: frozenset[str], note: Note) -> Note:
    is_late = note.kind == "limit" and note.place.id in late
    return replace(note, mark="overdue") if is_late else note
