"""What the lines of a node and the panels beside the flow say: time limits, approvals, acts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, filterfalse
from operator import attrgetter

from ...language import Language, Words, joined
from ...model.base import Text
from ...model.definition import Definition
from ...model.flow import Transition
from ...model.limits import length_words
from ...model.parts import Approval, ApprovalStep
from .model import Note, Panel
from .ways import is_stay, place_of, sources_of, sources_text, way_place

MOST_PLACES = 2
"""An act possible in more states than these stands beside the flow, not in each of them."""
_WIDE = Words("{}：均可办理", "possible in: {}")
_PLAIN = Words("{}", "{}")
_FROM = Words("{}（自“{}”起）", "{} (from “{}”)")
_PROPOSED = Words("{}（自报请“{}”起）", "{} (from proposing “{}”)")
_OTHER_LIMITS = Words("其他期限", "other time limits")
_OPENS = Words("启动", "opens")


def notes_of(
    definition: Definition, state: str, lang: Language, beside: Collection[str] = ()
) -> Iterator[Note]:
    """What a reader must know of a state: its limits, what is approved, what may be done there.

    The acts `beside` stand beside the flow wherever they are possible.
    """
    here = [t for t in definition.transitions if state in sources_of(definition, t)]
    entering = [t for t in definition.transitions if t.to == state]
    leaving = list(filterfalse(is_stay, here))
    yield from _entering(definition, state, lang)
    yield from _limits_on(definition, entering, lang, is_whole=True)
    yield from _approvals(definition, leaving, lang)
    yield from _limits_proposing(definition, leaving, lang)
    acts = filterfalse(partial(_is_beside, definition, beside), filter(is_stay, here))
    yield from chain.from_iterable(map(partial(_act, definition, lang), acts))


def acts_beside(definition: Definition) -> set[str]:
    """The acts possible in so many states that they stand beside the flow."""
    acts = filter(is_stay, definition.transitions)
    return {t.trigger for t in filter(partial(_is_beside, definition, ()), acts)}


def panels_of(
    definition: Definition, lang: Language, beside: Collection[str] = ()
) -> Iterator[Panel]:
    """The acts possible in many states, and those `beside`, those of the same states together."""
    groups: dict[str, list[Transition]] = {}
    acts = filter(is_stay, definition.transitions)
    for t in filter(partial(_is_beside, definition, beside), acts):
        groups.setdefault(_where(t), []).append(t)
    for where, wide in groups.items():
        notes = chain.from_iterable(map(partial(_act, definition, lang), wide))
        title = _WIDE.text(lang).format(sources_text(definition, wide[0], lang))
        yield Panel(f"acts_{where}", title, tuple(notes))


def _where(t: Transition) -> str:
    """What tells apart where acts are possible."""
    source = t.from_
    named = (*source.phases, *source.groups, *source.states)
    return "any" if source.any else "_".join(named)


def other_limits(definition: Definition, drawn: set[str], lang: Language) -> Iterator[Panel]:
    """The time limits that stand nowhere else."""
    rest = filterfalse(drawn.__contains__, definition.deadlines)
    notes = tuple(_limit(definition, id, lang) for id in rest)
    if notes:
        yield Panel("limits", _OTHER_LIMITS.text(lang), notes)


def _is_beside(definition: Definition, beside: Collection[str], t: Transition) -> bool:
    is_wide = t.from_.any or len(sources_of(definition, t)) > MOST_PLACES
    return is_wide or t.trigger in beside


def _act(definition: Definition, lang: Language, t: Transition) -> Iterator[Note]:
    """An act that leaves the state as it is, what it opens, its approval, the limits it starts."""
    known = filter(definition.proceedings.__contains__, t.opens)
    titles = map(attrgetter("title"), map(definition.proceedings.__getitem__, known))
    words = filter(None, (t.title.text(lang), joined(titles).text(lang)))
    yield Note("act", " → ".join(words), place=way_place(t))
    yield from _approvals(definition, (t,), lang)
    yield from _limits_on(definition, (t,), lang)
    yield from _limits_proposing(definition, (t,), lang)


def _entering(definition: Definition, state: str, lang: Language) -> Iterator[Note]:
    """The time limits that entering a state starts."""
    for id, rule in definition.deadlines.items():
        if state in rule.starts.entering:
            yield _limit(definition, id, lang)


def _limits_on(
    definition: Definition, ways: Sequence[Transition], lang: Language, is_whole: bool = False
) -> Iterator[Note]:
    """The time limits that one of these transitions starts, each once.

    Where they are all that lead to a state (`is_whole`), and each starts it, nothing is said of
    them.
    """
    triggers = dict.fromkeys(map(attrgetter("trigger"), ways))
    for id, rule in definition.deadlines.items():
        named = list(filter(triggers.__contains__, rule.starts.on))
        words = _PLAIN if is_whole and len(named) == len(triggers) else _FROM
        if named:
            yield _limit(definition, id, lang, words, map(definition.trigger_title, named))


def _limits_proposing(
    definition: Definition, ways: Sequence[Transition], lang: Language
) -> Iterator[Note]:
    """The time limits that proposing one of these transitions starts, each once."""
    triggers = set(map(attrgetter("trigger"), ways))
    for id, rule in definition.deadlines.items():
        named = list(filter(triggers.__contains__, rule.starts.proposing))
        if named:
            yield _limit(definition, id, lang, _PROPOSED, map(definition.trigger_title, named))


def _limit(
    definition: Definition,
    id: str,
    lang: Language,
    words: Words = _PLAIN,
    starting: Iterable[Text] = (),
) -> Note:
    """A time limit with its length, and what starts it where that is not the state."""
    rule = definition.deadlines[id]
    titles = {name: spec.title for name, spec in definition.fields.items()}
    text = f"{rule.title.text(lang)} {length_words(rule, titles).text(lang)}"
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
    return " → ".join(map(partial(_step_text, definition, lang), approval.steps))


def _step_text(definition: Definition, lang: Language, step: ApprovalStep) -> str:
    """Who votes, and how many of them must be for it."""
    who = joined(map(partial(role_title, definition), step.by)).text(lang)
    if step.of:
        return f"{who} {step.votes}/{step.of}"
    return f"{who} ×{step.votes}" if step.votes > 1 else who


def role_title(definition: Definition, id: str) -> Text:
    """The title of a role; of one that there is not, its id."""
    try:
        return definition.role_title(id)
    except KeyError:
        return Text(zh=f"{id} ?")


def openers(definition: Definition, id: str) -> list[Transition]:
    """The transitions that open or take over proceedings of a name."""
    return [t for t in definition.transitions if id in (*t.opens, *(sub for _, sub in t.adopted))]


def opened_by(definition: Definition, id: str, lang: Language) -> Iterator[Note]:
    """From where proceedings are opened, and by what act."""
    for t in openers(definition, id):
        where = sources_text(definition, t, lang)
        text = f"{_OPENS.text(lang)}: {t.title.text(lang)} ← {where}"
        yield Note("opens", text, place=way_place(t))
