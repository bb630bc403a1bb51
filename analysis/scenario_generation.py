"""Scenarios made from a definition: for each state a way there, and every trigger of it fired.

They are tried on a real engine as written; what cannot be reached is said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Any

from ..engine.work.discovery import Sources
from ..workflow.model.definition import RESERVED_ROLES, Definition
from ..workflow.model.flow import RETURN, STAY, Transition
from ..workflow.source.yaml_writer import to_yaml
from .generating.author import Author

_HEAD = (
    "# 由 {id} {version} 生成，供审阅：每一步都在引擎上走过。"
    " Made from the definition; every step was run.\n"
)
_Path = list[Transition]
_Way = tuple[str, str]
_Story = tuple[_Path, _Path, Transition | None]


@dataclass(slots=True)
class Generated:
    """Scenarios as they are written, and the triggers (with their states) that none reached."""

    scenarios: list[dict[str, Any]] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)

    def text(self, definition: Definition) -> str:
        """The scenario file."""
        head = _HEAD.format(id=definition.id, version=definition.version)
        return head + to_yaml({"scenarios": self.scenarios})


def generate(definition: Definition, sources: Sources) -> Generated:
    """A scenario for each state and each way out of it, where it reaches something new.

    `sources` also holds the definitions of sub-procedures.
    """
    made, reached = Generated(), set[_Way]()
    author = Author(definition, sources)
    for story in _stories(definition, reached):
        draft = author.write(*story)
        if draft.reached - reached:
            reached |= draft.reached
            made.scenarios.append(draft.written(len(made.scenarios) + 1))
    every = {
        (t.trigger, state) for t in definition.transitions for state in definition.sources_of(t)
    }
    made.unreached = sorted(f"{state} → {trigger}" for trigger, state in every - reached)
    return made


def _stories(definition: Definition, reached: Set[_Way]) -> Iterator[_Story]:
    """The way to each state, what stays there, and each way out of it.

    The stays are tried once, on the way of the first that leaves; one that was not `reached` so,
    because of what must have been before, has a story of its own.
    """
    for state, path in _paths(definition).items():
        stays, leaving = list[Transition](), list[Transition]()
        for way in _ways_from(definition, state):
            (stays if way.to == STAY else leaving).append(way)
        yield path, stays, next(iter(leaving), None)
        for last in leaving[1:]:
            yield path, [], last
        for way in stays:
            if (way.trigger, state) not in reached:
                yield path, [], way


def _ways_from(definition: Definition, state: str) -> list[Transition]:
    return [t for t in definition.transitions if state in definition.sources_of(t)]


def _paths(definition: Definition) -> dict[str, _Path]:
    """For each state the shortest way to it, by people where people can."""
    found: dict[str, _Path] = {definition.initial: []}
    todo = deque([definition.initial])
    while todo:
        here = todo.popleft()
        for way in sorted(_ways_from(definition, here), key=_is_by_no_person):
            if way.to not in (STAY, RETURN, *found):
                found[way.to] = [*found[here], way]
                todo.append(way.to)
    return found


def _is_by_no_person(way: Transition) -> bool:
    return set(way.by) <= RESERVED_ROLES.keys()
