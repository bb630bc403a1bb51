"""The boxes of sub-procedures: their states and ways, what opens them, what they tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from ...language import Language, Words, joined
from ...model.definition import Definition
from ...model.flow import PARENT, SubProcedure
from .model import NOWHERE, Arrow, Node, Note
from .notes import opened_by
from .ways import arrows, place_of, sources_of, state_place, ways_in_words

Procedures = Callable[[str], Definition | None]
"""The definition of another procedure by its id; None where it cannot be had."""
MOST_OPEN = 6
"""Sub-procedures that are all drawn with their states: more of them make a picture nobody reads."""

_TELLS = Words("回报", "tells")


def no_procedures(id: str) -> Definition | None:
    """Where no other definitions are at hand."""
    return None


def box_end(id: str) -> str:
    """What an arrow to a sub-procedure ends at."""
    return f"sub:{id}"


def drawn_open(definition: Definition, procedures: Procedures) -> Procedures:
    """The procedures whose states are drawn in their boxes: where a case has many sub-procedures,
    those of which it asks more than whether they are open; the others are closed boxes."""
    subs = definition.sub_procedures.values()
    if len(subs) <= MOST_OPEN:
        return procedures
    asked = {sub.procedure for sub in subs if any((sub.fields, sub.states, sub.each))}
    return lambda id: procedures(id) if id in asked else None


def boxes(
    definition: Definition, procedures: Procedures, lang: Language
) -> dict[str | None, list[Node]]:
    """The boxes of a definition's sub-procedures, by the phase that each stands in."""
    found: dict[str | None, list[Node]] = {}
    for id, sub in definition.sub_procedures.items():
        phase = phase_of(definition, id)
        child = procedures(sub.procedure)
        found.setdefault(phase, []).append(_box(definition, id, sub, child, lang))
    return found


def phase_of(definition: Definition, id: str) -> str | None:
    """The last phase from which a sub-procedure is opened."""
    opening = [t for t in definition.transitions if id in t.opens and not t.from_.any]
    sources = chain.from_iterable(sources_of(definition, t) for t in opening)
    states = [definition.states[one] for one in sources if one in definition.states]
    phases = [state.phase for state in states if not state.closes and state.phase is not None]
    return max(phases, key=list(definition.phases).index, default=None)


def _box(
    definition: Definition, id: str, sub: SubProcedure, child: Definition | None, lang: Language
) -> Node:
    """A sub-procedure; without its definition, the states that the case asks about."""
    notes = [*opened_by(definition, id, lang), *_told(definition, child, lang)]
    inner = _states(id, child, lang) if child is not None else _named(id, sub)
    place = place_of(sub, id, f"sub-procedure:{id}", f"linked case:{id}")
    title = sub.title.text(lang)
    return Node(box_end(id), title, tuple(notes), place=place, nodes=tuple(inner), kind="procedure")


def inner_id(box: str, state: str) -> str:
    """A state inside the box of a sub-procedure."""
    return f"{box_end(box)}/{state}"


def _states(box: str, child: Definition, lang: Language) -> Iterator[Node]:
    """The states of a sub-procedure, by their titles alone: it has a picture of its own."""
    for id, state in child.states.items():
        place = replace(state_place(child, id, state), keys=frozenset())
        words = [replace(note, place=NOWHERE) for note in ways_in_words(child, id, lang, False)]
        node = Node(inner_id(box, id), state.title.text(lang), tuple(words), place=place)
        yield replace(node, first=id == child.initial, terminal=bool(state.closes))


def _named(box: str, sub: SubProcedure) -> Iterator[Node]:
    return (Node(inner_id(box, id), id) for id in sub.states)


def _told(definition: Definition, child: Definition | None, lang: Language) -> Iterator[Note]:
    """What a sub-procedure tells the case: the acts that it sets off there."""
    ways = child.transitions if child is not None else ()
    told = dict.fromkeys(chain.from_iterable(t.told for t in ways))
    names = joined(definition.trigger_title(act) for to, act in told if to == PARENT).text(lang)
    if names:
        yield Note("opens", f"{_TELLS.text(lang)}: {names}")


def inner_arrows(definition: Definition, procedures: Procedures, lang: Language) -> Iterator[Arrow]:
    """The ways inside the boxes, without their names: a sub-procedure has a picture of its own."""
    for box, sub in definition.sub_procedures.items():
        child = procedures(sub.procedure)
        for arrow in arrows(child, lang, has_phases=False) if child is not None else ():
            source, target = inner_id(box, arrow.source), inner_id(box, arrow.target)
            yield replace(arrow, source=source, target=target, labels=())
