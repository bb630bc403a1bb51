"""What the lines of a node and the panels beside the flow say: time limits, approvals, acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from ...language import Language, Words, joined
from ...model.base import Text
from ...model.definition import Definition
from ...model.flow import Transition
from ...model.limits import DeadlineRule, length_words
from ...model.parts import Approval, ApprovalStep
from .model import Note, Panel
from .ways import is_stay, place_of, sources_of, sources_text, way_place

MOST_PLACES = 2
"""An act possible in more states than these stands beside the flow, not in each of them."""
_WIDE = Words("{}：均可办理", "possible in: {}")
_FROM = Words("{}（自“{}”起）", "{} (from “{}”)")
_PROPOSED = Words("{}（自报请“{}”起）", "{} (from proposing “{}”)")
_OTHER_LIMITS = Words("其他期限", "other time limits")
_OPENS = Words("启动", "opens")


def notes_of(definition: Definition, state: str, lang: Language) -> Iterator[Note]:
    """What a reader must know of a state: its limits, what is approved, what may be done there."""
    here = [t for t in definition.transitions if state in sources_of(definition, t)]
    leaving = [t for t in here if not is_stay(t)]
    entering = [t for t in definition.transitions if t.to == state]
    yield from _entering(definition, state, lang)
    yield from _limits_on(definition, entering, lang)
    yield from _approvals(definition, leaving, lang)
    yield from _limits_proposing(definition, leaving, lang)
    for t in filter(is_stay, here):
        if _is_narrow(definition, t):
            yield from _act(definition, t, lang)


def panels_of(definition: Definition, lang: Language) -> Iterator[Panel]:
    """The acts possible in many states, those of the same states together; other time limits."""
    groups: dict[str, list[Transition]] = {}
    for t in filter(is_stay, definition.transitions):
        if not _is_narrow(definition, t):
            groups.setdefault(sources_text(definition, t, lang), []).append(t)
    for number, (where, acts) in enumerate(groups.items(), 1):
        notes = chain.from_iterable(_act(definition, t, lang) for t in acts)
        yield Panel(f"acts_{number}", _WIDE.text(lang).format(where), tuple(notes))


def other_limits(definition: Definition, drawn: set[str], lang: Language) -> Iterator[Panel]:
    """The time limits that stand nowhere else."""
    rest = [item for item in definition.deadlines.items() if item[0] not in drawn]
    notes = tuple(_limit(id, rule, lang) for id, rule in rest)
    if notes:
        yield Panel("limits", _OTHER_LIMITS.text(lang), notes)


def _is_narrow(definition: Definition, t: Transition) -> bool:
    return not t.from_.any and len(sources_of(definition, t)) <= MOST_PLACES


def _act(definition: Definition, t: Transition, lang: Language) -> Iterator[Note]:
    """An act that leaves the state as it is, what it opens, its approval, the limits it starts."""
    opened = joined(
        definition.proceedings[id].title for id in t.opens if id in definition.proceedings
    )
    opens = f" → {opened.text(lang)}" if opened.zh else ""
    yield Note("act", f"{t.title.text(lang)}{opens}", place=way_place(t))
    yield from _approvals(definition, (t,), lang)
    yield from _limits_on(definition, (t,), lang)
    yield from _limits_proposing(definition, (t,), lang)


def _entering(definition: Definition, state: str, lang: Language) -> Iterator[Note]:
    """The time limits that entering a state starts."""
    for id, rule in definition.deadlines.items():
        if state in rule.starts.entering:
            yield _limit(id, rule, lang)


def _limits_on(
    definition: Definition, ways: Iterable[Transition], lang: Language
) -> Iterator[Note]:
    """The time limits that one of these transitions starts, each once."""
    triggers = {t.trigger for t in ways}
    for id, rule in definition.deadlines.items():
        if named := [one for one in rule.starts.on if one in triggers]:
            yield _limit(id, rule, lang, _FROM, map(definition.trigger_title, named))


def _limits_proposing(
    definition: Definition, ways: Iterable[Transition], lang: Language
) -> Iterator[Note]:
    """The time limits that proposing one of these transitions starts, each once."""
    triggers = {t.trigger for t in ways}
    for id, rule in definition.deadlines.items():
        if named := [one for one in rule.starts.proposing if one in triggers]:
            yield _limit(id, rule, lang, _PROPOSED, map(definition.trigger_title, named))


def _limit(
    id: str,
    rule: DeadlineRule,
    lang: Language,
    words: Words = Words("{}", "{}"),
    starting: Iterable[Text] = (),
) -> Note:
    """A time limit with its length, and what starts it where that is not the state."""
    text = f"{rule.title.text(lang)} {length_words(rule).text(lang)}"
    text = words.text(lang).format(text, joined(starting).text(lang))
    return Note("limit", text, place=place_of(rule, id, f"time limit:{id}"))


def _approvals(
    definition: Definition, ways: Iterable[Transition], lang: Language
) -> Iterator[Note]:
    """The approvals of what may be done."""
    for t in ways:
        if t.approval in definition.approvals:
            steps = approval_text(definition, definition.approvals[t.approval], lang)
            place = way_place(t, "approval")
            yield Note("approval", f"{t.title.text(lang)}: {steps}", place=place)


def approval_text(definition: Definition, approval: Approval, lang: Language) -> str:
    """The steps of an approval for people: `合议庭 2/3 → 分管副院长、院长`."""
    return " → ".join(_step_text(definition, step, lang) for step in approval.steps)


def _step_text(definition: Definition, step: ApprovalStep, lang: Language) -> str:
    """Who votes, and how many of them must be for it."""
    who = joined(_role(definition, role) for role in step.by).text(lang)
    if step.of:
        return f"{who} {step.votes}/{step.of}"
    return f"{who} ×{step.votes}" if step.votes > 1 else who


def _role(definition: Definition, id: str) -> Text:
    """The title of a role; of one that there is not, its id."""
    try:
        return definition.role_title(id)
    except KeyError:
        return Text(zh=f"{id} ?")


def openers(definition: Definition, id: str) -> list[Transition]:
    """The transitions that open or take over proceedings of a name."""
    return [t for t in definition.transitions if id in (*t.opens, *t.adopts.values())]


def opened_by(definition: Definition, id: str, lang: Language) -> Iterator[Note]:
    """From where proceedings are opened, and by what act."""
    for t in openers(definition, id):
        where = sources_text(definition, t, lang)
        text = f"{_OPENS.text(lang)}: {t.title.text(lang)} ← {where}"
        yield Note("opens", text, place=way_place(t))
