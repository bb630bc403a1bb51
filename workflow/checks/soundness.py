"""From every situation a case can come into, a lawful end can be reached, and none waits for ever.

The space of situations is explored breadth first, so a fault is told as the shortest story that
leads to it. All facts are followed together; where that makes too many situations, each by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, starmap

from ..language import Words, in_a_row, joined
from ..model.definition import Definition
from ..model.flow import Transition
from ..source.findings import Finding
from .facts_on_the_way import (
    CLOCK,
    DOCUMENT,
    OUTSIDE,
    PEOPLE,
    PROCEDURE,
    SOME,
    UNSET,
    FactsOnTheWay,
    Presumed,
    Value,
    kinds_of_doers,
)
from .situations import LIMIT, Situation, Space

TOGETHER = 2_000
"""Situations looked at where all facts are followed together."""

_MOST_TOGETHER = 10
"""Facts followed together: of more, the situations are surely too many."""

_MOST_REASONS = 3


def check(definition: Definition, follow: bool = True) -> Iterator[Finding]:
    """One finding for each state with situations that no case should come into.

    Without `follow` nothing is known of facts, and every condition counts as one that may hold.
    """
    spaces = list(_explored(definition) if follow else [_plain(definition)])
    if not all(map(_is_whole, spaces)):
        yield _not_explored(definition)
    stuck = _first_of_each_state(chain.from_iterable(map(_stuck, spaces)))
    yield from starmap(_waits_for_ever, stuck.values())
    circling = _first_of_each_state(chain.from_iterable(map(_circling, spaces)))
    for state in sorted(circling.keys() - stuck.keys()):
        yield _no_lawful_end(*circling[state])


def _is_whole(space: Space) -> bool:
    """Whether every situation of a space was looked at."""
    return len(space.reached_by) < LIMIT


def _stuck(space: Space) -> Iterator[tuple[Space, Situation]]:
    """The situations of a space that nobody can leave or change."""
    return ((space, situation) for situation in space.stuck())


def _circling(space: Space) -> Iterator[tuple[Space, Situation]]:
    """Of each circle the first situation in which something is not possible, or else the first."""
    for circle in space.circles():
        blocked = filter(partial(_reasons, space), circle)
        yield space, next(blocked, circle[0])


def _explored(definition: Definition) -> Iterator[Space]:
    """All facts together, where the situations are not too many; else each fact by itself.

    Sub-procedures are then counted where no fact is followed: they hold nothing up for ever, since
    each of them may conclude.
    """
    together = Space(definition, FactsOnTheWay(definition))
    names = together.facts.names
    if len(names) <= _MOST_TOGETHER and together.explore(TOGETHER):
        yield together
        return
    yield _plain(definition)
    for name in names:
        alone = Space(definition, FactsOnTheWay(definition, [name]), counted=False)
        alone.explore()
        yield alone


def _plain(definition: Definition) -> Space:
    """No fact is followed."""
    space = Space(definition)
    space.explore()
    return space


def _first_of_each_state(
    situations: Iterable[tuple[Space, Situation]],
) -> dict[str, tuple[Space, Situation]]:
    """One situation of each state: the first one found, which has the shortest story."""
    return {situation.state: (space, situation) for space, situation in [*situations][::-1]}


def _not_explored(definition: Definition) -> Finding:
    """A warning that nothing is said of the situations beyond the limit."""
    zh = f"情形超过 {LIMIT} 种，未全部检查"
    en = f"more than {LIMIT} situations: not all were looked at"
    return Finding(definition.at, "not-explored", zh, en, "warning")


def _waits_for_ever(space: Space, situation: Situation) -> Finding:
    """The story of how a case comes to stand still, and why nothing moves it."""
    state, story, why = situation.state, space.story(situation), _why(space, situation)
    at = space.definition.states[state].at
    zh = f"状态 {state} 会永远等待：{why.zh}（{story.zh}）"
    en = f"the state {state} can wait for ever: {why.en} ({story.en})"
    return Finding(at, "waits-for-ever", zh, en)


def _no_lawful_end(space: Space, situation: Situation) -> Finding:
    """The story of how a case comes to where it goes on for ever."""
    state, story, why = situation.state, space.story(situation), _why(space, situation)
    at = space.definition.states[state].at
    zh = f"从状态 {state} 的这一情形到不了任何终结状态：{why.zh}（{story.zh}）"
    en = (
        f"from the state {state}, come to in this way, no end can be reached: {why.en} ({story.en})"
    )
    return Finding(at, "no-lawful-end", zh, en)


# -- why an act does not happen


def _why(space: Space, situation: Situation) -> Words:
    """Why the acts of a situation do not happen, those of the first few that do not."""
    shown = _reasons(space, situation)[:_MOST_REASONS]
    if not shown:
        return Words("所有出路都绕回原处", "every way leads back")
    return in_a_row(shown, "；")


def _reasons(space: Space, situation: Situation) -> list[Words]:
    """Why acts of a situation do not happen, each reason once."""
    ways = space.ways_from(situation)
    return list(dict.fromkeys(chain.from_iterable(_of_way(space, situation, t) for t in ways)))


def _of_way(space: Space, here: Situation, t: Transition) -> Iterator[Words]:
    """Why a transition does not happen here, by each kind of those who could do it."""
    for doer in kinds_of_doers(t):
        missing = space.facts.missing(t, doer, here.facts) if doer != PEOPLE else []
        if missing:
            yield _not_there(space, t, missing)
        elif not space.is_fired(here, t, doer):
            yield _NOT_FIRED[doer](space, here, t)
        elif not space.known_after(here, t, doer):
            yield _not_so(space, here, t)


def _no_clock(space: Space, here: Situation, t: Transition) -> Words:
    if space.clocks.rest(t.trigger, here.state, here.running):
        zh = f"触发“{t.title.zh}”的期限在此状态中止计算"
        return Words(zh, f"the deadline that fires {t.title.en} rests here")
    zh = f"“{t.title.zh}”只由时钟办理，而没有期限在走"
    return Words(zh, f"only the clock does {t.title.en}, and no deadline runs")


def _no_answer(space: Space, here: Situation, t: Transition) -> Words:
    zh = f"“{t.title.zh}”只由外部答复触发，而不会再有答复"
    return Words(zh, f"only an answer fires {t.title.en}, and none comes any more")


def _no_word(space: Space, here: Situation, t: Transition) -> Words:
    zh = f"“{t.title.zh}”只由关联程序触发，而没有程序会触发"
    return Words(zh, f"only a related proceeding fires {t.title.en}, and none does")


_NOT_FIRED = {CLOCK: _no_clock, OUTSIDE: _no_answer, PROCEDURE: _no_word}


def _not_there(space: Space, t: Transition, missing: list[str]) -> Words:
    """Something is asked for that nobody brings with the act."""
    names = joined([_named(space.definition, name) for name in missing])
    zh = f"“{t.title.zh}”须有{names.zh}，届时没有，触发它的也不能提交"
    return Words(zh, f"{t.title.en} needs {names.en}, which is not there, and nobody brings it")


def _not_so(space: Space, here: Situation, t: Transition) -> Words:
    """The conditions do not hold, with what is known of what they ask for."""
    said = [_said(name, value) for name, value in space.facts.said(here.facts, t)]
    known = joined(said)
    shown = Words(f"（{known.zh}）", f" ({known.en})") if said else known
    zh = f"“{t.title.zh}”的条件不成立{shown.zh}"
    return Words(zh, f"the conditions of {t.title.en} do not hold{shown.en}")


def _named(definition: Definition, name: str) -> Words:
    """A field or a kind of document as people call it."""
    kind, _, rest = name.partition(".")
    title = (definition.documents if f"{kind}." == DOCUMENT else definition.data)[rest].title
    return Words(f"{title.zh}（{rest}）", f"{title.en} ({rest})")


def _said(name: str, value: Value) -> Words:
    """A fact and what is known of it."""
    if value is UNSET:
        return Words(f"{name} 未填", f"{name} is not known")
    if value is SOME:
        return Words(f"{name} 已知", f"{name} is known")
    said = value.value if isinstance(value, Presumed) else value
    return Words(f"{name} = {said}", f"{name} = {said}")
