"""The arrows of a picture: which ways are drawn, from where, and what words say instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import filterfalse

from ...language import Language, Words, joined
from ...model.base import Described, Element, Text
from ...model.definition import Definition
from ...model.flow import RETURN, STAY, State, Transition
from .model import Arrow, Note, Place, phase_end

MOST_ARROWS = 4
"""From more places than these, words say a way better than arrows."""
_ANY_STATE = Words("任何未结状态", "any open state")
_BACK = Words("回到原处", "back to where it was")
_RETURN = Words("（返回）", "(back) ")


def place_of(element: Element, id: str, *keys: str) -> Place:
    """Where an element stands, and what its changes are known by."""
    return Place(id, element.at.line if element.is_placed else 0, frozenset(keys))


def way_place(t: Transition, key: str = "trigger") -> Place:
    """Where a transition stands; what it asks for changes it too."""
    named = {"form": t.form, "checklist": t.checklist, "approval": t.approval}
    related = (*t.opens, *(sub for _, sub in t.adopted))
    keys = [
        f"way:{t.trigger}",
        *map("{0[0]}:{0[1]}".format, named.items()),
        *map("request:{}".format, (*t.asks, *t.takes_back)),
        *map("sub-procedure:{}".format, related),
        *map("linked case:{}".format, related),
    ]
    return Place(t.trigger, t.at_value(key).line, frozenset(keys))


def is_stay(t: Transition) -> bool:
    """Whether an act leaves the state as it is."""
    return t.to == STAY


def leads_on(t: Transition) -> bool:
    """Whether an act takes the case to a state that it names."""
    return t.to not in (STAY, RETURN)


def sources_of(definition: Definition, t: Transition) -> tuple[str, ...]:
    """The states where a transition starts, those too that the definition does not have."""
    unknown = filterfalse(definition.states.__contains__, t.from_.states)
    return (*definition.sources_of(t), *unknown)


def drawn_ends(
    definition: Definition, t: Transition, has_phases: bool = True, around: str | None = None
) -> tuple[str, ...]:
    """Where the arrows of a transition begin: at its states, or at a phase for all of its states.

    None where words say the way: it starts nearly everywhere. Without phases (as inside the box of
    a sub-procedure) every arrow begins at a state, as it does in the phase `around` its target.
    """
    sources = sources_of(definition, t)
    whole = _whole_phases(definition, t, around) if has_phases else {}
    found = tuple(dict.fromkeys(whole.get(id, id) for id in sources))
    return found if len(found) <= MOST_ARROWS and not t.from_.any else ()


def _whole_phases(definition: Definition, t: Transition, around: str | None) -> dict[str, str]:
    """The phases that a transition leads out of from every open state: by state, the phase."""
    sources = set(definition.sources_of(t))
    found: dict[str, str] = {}
    for phase in definition.phases.keys() - {around}:
        states = {id for id, state in definition.states.items() if state.phase == phase}
        running = states - definition.terminal
        if len(running) > 1 and running <= sources and t.to not in states:
            found.update(dict.fromkeys(running, phase_end(phase)))
    return found


def sources_text(definition: Definition, t: Transition, lang: Language) -> str:
    """Where a transition starts, as the definition says it."""
    if t.from_.any:
        return _ANY_STATE.text(lang)
    named = [
        *map(partial(titled, definition.phases), t.from_.phases),
        *map(partial(titled, definition.groups), t.from_.groups),
        *map(partial(titled, definition.states), t.from_.states),
    ]
    return joined(named).text(lang)


def titled(table: Mapping[str, Described], id: str) -> Text:
    """The title of an entry; of one that there is not, its id."""
    return table[id].title if id in table else Text(zh=f"{id} ?")


@dataclass(slots=True)
class _Way:
    """What takes a case from one place to another."""

    labels: dict[str, Note] = field(default_factory=dict)
    by_clock: bool = False
    returns: bool = False

    def take(self, t: Transition, lang: Language, sign: str = "") -> None:
        """One more trigger on the way; each name stands once."""
        text = f"{sign}{t.title.text(lang)}"
        self.labels.setdefault(text, Note("way", text, place=way_place(t)))
        self.by_clock |= "clock" in t.by

    def arrow(self, source: str, target: str) -> Arrow:
        return Arrow(source, target, tuple(self.labels.values()), self.returns, self.by_clock)


def arrows(definition: Definition, lang: Language, has_phases: bool = True) -> tuple[Arrow, ...]:
    """One arrow for all that leads from one place to another; a way back is drawn on it."""
    ways: dict[tuple[str, str], _Way] = {}
    for t in filter(leads_on, definition.transitions):
        for end in drawn_ends(definition, t, has_phases):
            ways.setdefault((end, t.to), _Way()).take(t, lang)
    for t in filter(_goes_back, definition.transitions):
        resting = sources_of(definition, t)
        for ends in filter(lambda ends: ends[1] in resting, ways):
            ways[ends].returns = True
            ways[ends].take(t, lang, _RETURN.text(lang))
    return tuple(way.arrow(*ends) for ends, way in ways.items())


def _goes_back(t: Transition) -> bool:
    """Whether a transition leads back to where the case was."""
    return t.to == RETURN


def ways_in_words(
    definition: Definition, state: str, lang: Language, has_phases: bool = True
) -> Iterator[Note]:
    """The ways into a state, and back from it, that are not drawn as arrows."""
    entering = filter(lambda t: t.to == state, definition.transitions)
    wide = list(filterfalse(lambda t: drawn_ends(definition, t, has_phases), entering))
    for t in wide:
        text = f"{t.title.text(lang)} ← {sources_text(definition, t, lang)}"
        yield Note("way", text, place=way_place(t))
    back = filter(_goes_back, definition.transitions if wide else ())
    for t in filter(lambda t: state in sources_of(definition, t), back):
        text = f"{t.title.text(lang)} → {_BACK.text(lang)}"
        yield Note("way", text, place=way_place(t))


def is_resting(state: str, definition: Definition) -> bool:
    """Whether the case rests in a state."""
    return any(state in rest.states for rest in definition.suspensions)


def state_place(definition: Definition, id: str, state: State) -> Place:
    """Where a state stands; where cases rest, a change of the rests is a change of it."""
    keys = {f"node:{id}"}
    if is_resting(id, definition):
        keys.add("suspension:suspensions")
    return place_of(state, id, *keys)
