"""What is drawn of a definition: phases, nodes with notes, arrows with the names of triggers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...language import Language, Words, joined
from ...model.definition import Definition
from ...model.flow import RETURN, STAY, Transition
from ...model.limits import length_words
from ...model.parts import Approval, ApprovalStep
from .model import Arrow, Band, Diagram, Node, Note

MOST_ARROWS = 2
"""From more states than these words say a way better than arrows."""
_ANY_STATE = Words("任何未结状态", "any open state")


def extract(definition: Definition, lang: Language = "zh") -> Diagram:
    """The diagram of a definition.

    Transitions that stay, and the way back, are not drawn as arrows of their own.
    """
    nodes: dict[str | None, list[Node]] = {}
    for id, state in definition.states.items():
        nodes.setdefault(state.phase, []).append(_node(definition, id, lang))
    titles: dict[str | None, str] = {}
    for id, phase in definition.phases.items():
        titles[id] = phase.title.text(lang)
    titles[None] = ""  # states of no phase come last
    drawn = [id for id in titles if id in nodes]
    bands = [Band(id or "none", titles[id], tuple(nodes[id])) for id in drawn]
    title = definition.title.text(lang)
    return Diagram(title, lang, tuple(bands), _arrows(definition, lang))


def _node(definition: Definition, id: str, lang: Language) -> Node:
    """A state with what a reader must know of it."""
    state = definition.states[id]
    notes = [
        *_limits(definition, id, lang),
        *_approvals(definition, id, lang),
        *_ways(definition, id, lang),
    ]
    is_first = id == definition.initial
    return Node(id, state.title.text(lang), tuple(notes), is_first, bool(state.closes))


def _limits(definition: Definition, state: str, lang: Language) -> Iterator[Note]:
    """The time limits that entering a state starts."""
    for rule in definition.deadlines.values():
        if state in rule.starts.entering:
            yield Note("limit", f"{rule.title.text(lang)} {length_words(rule).text(lang)}")


def _approvals(definition: Definition, state: str, lang: Language) -> Iterator[Note]:
    """The approvals of what may be done in a state."""
    for t in definition.transitions:
        if t.approval in definition.approvals and state in definition.sources_of(t):
            approval = definition.approvals[t.approval]
            steps = approval_text(definition, approval, lang)
            yield Note("approval", f"{t.title.text(lang)}: {steps}")


def _ways(definition: Definition, state: str, lang: Language) -> Iterator[Note]:
    """The ways into a state that are not drawn as arrows."""
    for t in definition.transitions:
        if t.to == state and _is_wide(definition, t):
            yield Note("way", f"{t.title.text(lang)} ← {_sources_text(definition, t, lang)}")


def approval_text(definition: Definition, approval: Approval, lang: Language) -> str:
    """The steps of an approval for people: `合议庭 2/3 → 分管副院长、院长`."""
    return " → ".join(_step_text(definition, step, lang) for step in approval.steps)


def _step_text(definition: Definition, step: ApprovalStep, lang: Language) -> str:
    """Who votes, and how many of them must be for it."""
    who = joined(map(definition.role_title, step.by)).text(lang)
    if step.of:
        return f"{who} {step.votes}/{step.of}"
    return f"{who} ×{step.votes}" if step.votes > 1 else who


def _is_wide(definition: Definition, transition: Transition) -> bool:
    return len(definition.sources_of(transition)) > MOST_ARROWS


def _sources_text(definition: Definition, transition: Transition, lang: Language) -> str:
    """Where a wide transition starts, as the definition says it."""
    source = transition.from_
    if source.any:
        return _ANY_STATE.text(lang)
    named = [
        *map(definition.phases.__getitem__, source.phases),
        *map(definition.groups.__getitem__, source.groups),
        *map(definition.states.__getitem__, source.states),
    ]
    return joined(part.title for part in named).text(lang)


@dataclass(slots=True)
class _Way:
    """What takes a case from one state to another."""

    labels: list[str] = field(default_factory=list)
    by_clock: bool = False

    def arrow(self, source: str, target: str, returns: bool) -> Arrow:
        """The arrow, with each name once."""
        labels = tuple(dict.fromkeys(self.labels))
        return Arrow(source, target, labels, returns, self.by_clock)


def _arrows(definition: Definition, lang: Language) -> tuple[Arrow, ...]:
    """One arrow for all that leads from one state to another."""
    ways: dict[tuple[str, str], _Way] = {}
    for t in filter(_leads_on, definition.transitions):
        for source in _drawn_sources(definition, t):
            way = ways.setdefault((source, t.to), _Way())
            way.labels.append(t.title.text(lang))
            way.by_clock |= "clock" in t.by
    returning = _returning(definition)
    return tuple(way.arrow(*ends, ends[1] in returning) for ends, way in ways.items())


def _leads_on(transition: Transition) -> bool:
    return transition.to not in (STAY, RETURN)


def _drawn_sources(definition: Definition, transition: Transition) -> tuple[str, ...]:
    """Where the arrows of a transition begin; none where words say the way."""
    sources = definition.sources_of(transition)
    return sources if len(sources) <= MOST_ARROWS else ()


def _returning(definition: Definition) -> set[str]:
    """The states from which the case goes back to where it was."""
    found: set[str] = set()
    for t in definition.transitions:
        if t.to == RETURN:
            found.update(definition.sources_of(t))
    return found
