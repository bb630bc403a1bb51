"""A picture before it is rendered: bands of nodes with their notes, arrows, what stands beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal, TypeVar

from ...language import Language

Mark = Literal["", "here", "visited", "overdue", "done", "added", "removed", "changed", "unknown"]
"""What sets a part apart.

Where a case stands and was, what is overdue or done; what a new version adds, removes, changes; or
what a definition names and does not have.
"""
SIGNS: dict[Mark, str] = {
    "added": "+ ",
    "removed": "− ",
    "changed": "~ ",
    "unknown": "? ",
}
"""The sign before the words of what is set apart: nothing is told by colour alone.

What a case marks has drawn signs, which take no room: it leaves the layout as it is.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands in the definition's file: its id, and its line (0 where it has none).

    `keys` are what changes of it are known by: `way:accept`, `form:application`.
    """

    id: str = ""
    line: int = 0
    keys: frozenset[str] = frozenset()


NOWHERE = Place()

NoteKind = Literal["limit", "approval", "act", "way", "opens", "open", "fact"]


@dataclass(frozen=True, slots=True)
class Note:
    """A line of a node, an arrow or a panel.

    A time limit, an approval, an act that leaves the state as it is, a way that takes the case on,
    what opens a sub-procedure, something open in a case, or any other fact.
    """

    kind: NoteKind
    text: str
    mark: Mark = ""
    place: Place = NOWHERE

    @property
    def says(self) -> tuple[str, str]:
        """What makes two notes the same."""
        return self.kind, self.text


@dataclass(frozen=True, slots=True)
class Node:
    """A state: its title, its notes, and whether it begins or ends the procedure.

    Or the box of a sub-procedure, whose states are its `nodes`.
    """

    id: str
    title: str
    notes: tuple[Note, ...] = ()
    first: bool = False
    terminal: bool = False
    mark: Mark = ""
    place: Place = NOWHERE
    nodes: tuple[Node, ...] = ()
    kind: Literal["state", "procedure"] = "state"


@dataclass(frozen=True, slots=True)
class Band:
    """A phase and its nodes; one without a title stands for no phase."""

    id: str
    title: str
    nodes: tuple[Node, ...]
    mark: Mark = ""
    place: Place = NOWHERE

    @property
    def end(self) -> str:
        """What an arrow that leaves the whole phase begins at."""
        return phase_end(self.id)


def phase_end(phase: str) -> str:
    """What an arrow that leaves a whole phase begins at."""
    return f"phase:{phase}"


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or more triggers from a node, or from all nodes of a phase, to another.

    `returns` when the way also leads back to where the case was; one that `opens` leads into a
    sub-procedure, and the case stays.
    """

    source: str
    target: str
    labels: tuple[Note, ...] = ()
    returns: bool = False
    by_clock: bool = False
    opens: bool = False
    mark: Mark = ""
    place: Place = NOWHERE

    @property
    def ends(self) -> tuple[str, str]:
        """From where to where: no two arrows of a picture have the same ends."""
        return self.source, self.target

    @property
    def line(self) -> Literal["whole", "dashed", "dotted"]:
        """Dashed where the clock takes this way or it leads back; dotted where it opens."""
        if self.opens:
            return "dotted"
        return "dashed" if self.by_clock or self.returns else "whole"


@dataclass(frozen=True, slots=True)
class Panel:
    """A list beside the flow: acts possible in many states, changes, what is open in a case."""

    id: str
    title: str
    notes: tuple[Note, ...]


Part = TypeVar("Part", Note, Node, Arrow)


def marked(parts: Iterable[Part], mark: Mark) -> list[Part]:
    """The same parts, each with a mark."""
    return [replace(part, mark=mark) for part in parts]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A whole picture."""

    title: str
    lang: Language
    groups: tuple[Band, ...]
    arrows: tuple[Arrow, ...]
    panels: tuple[Panel, ...] = field(default=())

    @property
    def outer(self) -> Iterator[Node]:
        """The nodes of all bands in order, without those inside others."""
        return chain.from_iterable(band.nodes for band in self.groups)

    @property
    def nodes(self) -> Iterator[Node]:
        """Every node in order, those inside others after them."""
        for node in self.outer:
            yield from (node, *node.nodes)

    @property
    def by_id(self) -> dict[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}

    @property
    def by_ends(self) -> dict[tuple[str, str], Arrow]:
        """The arrows by where they begin and end."""
        return {arrow.ends: arrow for arrow in self.arrows}
