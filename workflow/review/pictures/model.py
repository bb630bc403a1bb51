"""A picture before it is rendered: bands of nodes with their notes, arrows, and their marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from ...language import Language

Mark = Literal["", "here", "visited", "overdue", "done", "added", "removed", "changed"]
"""What sets a part apart.

Where a case stands and was, what is overdue or done; or what a new version adds, removes, changes.
"""


@dataclass(frozen=True, slots=True)
class Note:
    """A line in a node: a time limit, an approval, a way from many states, or something open."""

    kind: Literal["limit", "approval", "way", "open"]
    text: str
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A state: its title, its notes, and whether it begins or ends the procedure."""

    id: str
    title: str
    notes: tuple[Note, ...]
    first: bool
    terminal: bool
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A phase and its nodes."""

    id: str
    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or more triggers from a node to another.

    `returns` when the way leads back to where the case was.
    """

    source: str
    target: str
    labels: tuple[str, ...]
    returns: bool = False
    by_clock: bool = False
    mark: Mark = ""

    @property
    def ends(self) -> tuple[str, str]:
        """From where to where: no two arrows of a picture have the same ends."""
        return self.source, self.target

    @property
    def is_dashed(self) -> bool:
        """Whether the clock takes this way, or it leads back to where the case was."""
        return self.by_clock or self.returns


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

    @property
    def nodes(self) -> Iterator[Node]:
        """The nodes of all bands in order."""
        for band in self.groups:
            yield from band.nodes

    @property
    def by_id(self) -> dict[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}

    @property
    def by_ends(self) -> dict[tuple[str, str], Arrow]:
        """The arrows by where they begin and end."""
        return {arrow.ends: arrow for arrow in self.arrows}
