"""What is drawn of a definition: phases, nodes with their time limits and approvals, and arrows with the names of their triggers."""

from __future__ import annotations

from ...language import Language
from ...model.definition import Definition
from ...model.flow import RETURN, STAY, Transition
from ...model.limits import DeadlineRule
from ...model.parts import Approval
from ...periods.counting import TimeUnit
from .model import Arrow, Band, Diagram, Node, Note

_UNITS: dict[Language, dict[TimeUnit, str]] = {
    "zh": {
        TimeUnit.HOUR: "小时",
        TimeUnit.DAY: "日",
        TimeUnit.WORKING_DAY: "个工作日",
        TimeUnit.MONTH: "个月",
        TimeUnit.YEAR: "年",
    },
    "en": {
        TimeUnit.HOUR: " h",
        TimeUnit.DAY: " d",
        TimeUnit.WORKING_DAY: " working d",
        TimeUnit.MONTH: " mo",
        TimeUnit.YEAR: " y",
    },
}


def extract(definition: Definition, lang: Language = "zh") -> Diagram:
    """The diagram of a definition. Transitions that stay, and the way back, are not drawn as arrows of their own."""
    groups = []
    phases: dict[str | None, str] = {
        **{id: phase.title.text(lang) for id, phase in definition.phases.items()},
        None: "",
    }
    for phase, title in phases.items():
        nodes = tuple(
            _node(definition, id, lang)
            for id, state in definition.states.items()
            if state.phase == phase
        )
        if nodes:
            groups.append(Band(phase or "none", title, nodes))
    return Diagram(definition.title.text(lang), lang, tuple(groups), _arrows(definition, lang))


def _node(definition: Definition, id: str, lang: Language) -> Node:
    state = definition.states[id]
    notes = [
        Note("limit", f"{rule.title.text(lang)} {length_text(rule, lang)}")
        for rule in definition.deadlines.values()
        if id in rule.starts.entering
    ]
    for t in definition.transitions:
        if t.approval in definition.approvals and id in definition.sources_of(t):
            notes.append(
                Note(
                    "approval",
                    f"{t.title.text(lang)}: {approval_text(definition, definition.approvals[t.approval or ''], lang)}",
                )
            )
    for t in definition.transitions:
        if t.to == id and _is_wide(definition, t):
            notes.append(
                Note("way", f"{t.title.text(lang)} ← {_sources_text(definition, t, lang)}")
            )
    return Node(
        id, state.title.text(lang), tuple(notes), id == definition.initial, bool(state.closes)
    )


def approval_text(definition: Definition, approval: Approval, lang: Language) -> str:
    """The steps of an approval for people: `合议庭 2/3 → 分管副院长、院长`."""
    steps = []
    for step in approval.steps:
        who = {"zh": "、", "en": ", "}[lang].join(
            definition.role_title(r).text(lang) for r in step.by
        )
        votes = (
            f" {step.votes}/{step.of}" if step.of else f" ×{step.votes}" if step.votes > 1 else ""
        )
        steps.append(who + votes)
    return " → ".join(steps)


def _is_wide(definition: Definition, transition: Transition) -> bool:
    """Whether a transition starts from so many states that words say it better than arrows."""
    return len(definition.sources_of(transition)) > 2


def _sources_text(definition: Definition, transition: Transition, lang: Language) -> str:
    if transition.from_.any:
        return {"zh": "任何未结状态", "en": "any open state"}[lang]
    phases = [definition.phases[p].title.text(lang) for p in transition.from_.phases]
    phases += [definition.groups[g].title.text(lang) for g in transition.from_.groups]
    states = [definition.states[s].title.text(lang) for s in transition.from_.states]
    return {"zh": "、", "en": ", "}[lang].join(phases + states)


def length_text(rule: DeadlineRule, lang: Language) -> str:
    """The length of a deadline for people: `7日`, `6 mo`."""
    return f"{rule.length if isinstance(rule.length, int) else f'<{rule.length}>'}{_UNITS[lang][rule.unit]}"


def _arrows(definition: Definition, lang: Language) -> tuple[Arrow, ...]:
    found: dict[tuple[str, str], tuple[list[str], bool]] = {}
    returning = {
        source
        for t in definition.transitions
        if t.to == RETURN
        for source in definition.sources_of(t)
    }
    for t in definition.transitions:
        if t.to in (STAY, RETURN) or _is_wide(definition, t):
            continue
        for source in definition.sources_of(t):
            labels, clock = found.get((source, t.to), ([], False))
            found[source, t.to] = ([*labels, t.title.text(lang)], clock or "clock" in t.by)
    return tuple(
        Arrow(s, d, tuple(dict.fromkeys(labels)), d in returning, clock)
        for (s, d), (labels, clock) in found.items()
    )
