"""What is drawn of a definition: groups, nodes with their time limits, and arrows with the names of their triggers."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Language
from ..models import RETURN, STAY, Deadline, Definition, Transition
from ..periods import Unit

_UNITS: dict[Language, dict[Unit, str]] = {
    "zh": {Unit.HOUR: "小时", Unit.DAY: "日", Unit.WORKING_DAY: "个工作日", Unit.MONTH: "个月", Unit.YEAR: "年"},
    "en": {Unit.HOUR: " h", Unit.DAY: " d", Unit.WORKING_DAY: " working d", Unit.MONTH: " mo", Unit.YEAR: " y"},
}


@dataclass(frozen=True, slots=True)
class Node:
    """A state: its title, the limits that entering it starts, the ways into it from many states (told in words), and
    whether it begins, ends or is where the case stands.
    """

    id: str
    title: str
    notes: tuple[str, ...]
    ways_in: tuple[str, ...]
    first: bool
    terminal: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A phase and its nodes."""

    id: str
    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or more triggers from a node to another; `returns` when the way leads back to where the case was."""

    source: str
    target: str
    labels: tuple[str, ...]
    returns: bool = False
    by_clock: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """A picture before it is rendered."""

    title: str
    lang: Language
    groups: tuple[Group, ...]
    arrows: tuple[Arrow, ...]


def extract(definition: Definition, lang: Language = "zh", here: str | None = None) -> Diagram:
    """The diagram of a definition. Transitions that stay, and the way back, are not drawn as arrows of their own."""
    groups = []
    phases: dict[str | None, str] = {**{id: phase.title.text(lang) for id, phase in definition.phases.items()}, None: ""}
    for phase, title in phases.items():
        nodes = tuple(_node(definition, id, lang, here) for id, state in definition.states.items() if state.phase == phase)
        if nodes:
            groups.append(Group(phase or "none", title, nodes))
    return Diagram(definition.title.text(lang), lang, tuple(groups), _arrows(definition, lang))


def _node(definition: Definition, id: str, lang: Language, here: str | None) -> Node:
    notes = tuple(
        f"{rule.title.text(lang)} {length_text(rule, lang)}" for rule in definition.deadlines.values() if id in rule.starts.entering
    )
    state = definition.states[id]
    ways_in = tuple(
        f"{t.title.text(lang)} ← {_sources_text(definition, t, lang)}"
        for t in definition.transitions
        if t.to == id and _is_wide(definition, t)
    )
    return Node(id, state.title.text(lang), notes, ways_in, id == definition.initial, bool(state.closes), id == here)


def _is_wide(definition: Definition, transition: Transition) -> bool:
    """Whether a transition starts from so many states that words say it better than arrows."""
    return len(definition.sources_of(transition)) > 2


def _sources_text(definition: Definition, transition: Transition, lang: Language) -> str:
    if transition.from_.any:
        return {"zh": "任何未结状态", "en": "any open state"}[lang]
    phases = [definition.phases[p].title.text(lang) for p in transition.from_.phases]
    states = [definition.states[s].title.text(lang) for s in transition.from_.states]
    return {"zh": "、", "en": ", "}[lang].join(phases + states)


def length_text(rule: Deadline, lang: Language) -> str:
    """The length of a deadline for people: `7日`, `6 mo`."""
    return f"{rule.length if isinstance(rule.length, int) else f'<{rule.length}>'}{_UNITS[lang][rule.unit]}"


def _arrows(definition: Definition, lang: Language) -> tuple[Arrow, ...]:
    found: dict[tuple[str, str], tuple[list[str], bool]] = {}
    returning = {source for t in definition.transitions if t.to == RETURN for source in definition.sources_of(t)}
    for t in definition.transitions:
        if t.to in (STAY, RETURN) or _is_wide(definition, t):
            continue
        for source in definition.sources_of(t):
            labels, clock = found.get((source, t.to), ([], False))
            found[source, t.to] = ([*labels, t.title.text(lang)], clock or "clock" in t.by)
    return tuple(Arrow(s, d, tuple(dict.fromkeys(labels)), d in returning, clock) for (s, d), (labels, clock) in found.items())
