"""What is drawn of a definition: phases, nodes with notes, arrows, sub-procedures, panels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, filterfalse

from ...language import Language, Words
from ...model.definition import Definition
from ...model.flow import Transition
from .model import Arrow, Band, Diagram, Node, Note, Place
from .notes import notes_of, openers, other_limits, panels_of
from .procedures import (
    Procedures,
    box_end,
    boxes,
    drawn_open,
    inner_arrows,
    no_procedures,
    phase_of,
)
from .ways import (
    arrows,
    drawn_ends,
    leads_on,
    place_of,
    sources_of,
    state_place,
    way_place,
    ways_in_words,
)

NO_PHASE = "none"
"""The band of the states that have no phase."""
_AT_LINE = Words("第{}行写到，定义中没有", "named in line {}, not defined")


def extract(
    definition: Definition,
    lang: Language = "zh",
    procedures: Procedures = no_procedures,
    beside: Collection[str] = (),
) -> Diagram:
    """The diagram of a definition; `procedures` are those that its sub-procedures name.

    Acts possible in many states stand beside the flow, and so do those of `beside`. Whatever a
    definition names and does not have stands in it as what is not known.
    """
    procedures = cache(drawn_open(definition, procedures))
    drawn = [*arrows(definition, lang), *_openings(definition)]
    bands = tuple(_bands(definition, lang, procedures, beside))
    inner = inner_arrows(definition, procedures, lang)
    diagram = Diagram(definition.title.text(lang), lang, bands, (*drawn, *inner))
    panels = (*panels_of(definition, lang, beside),)
    told = {note.place.id for note in chain(_notes(diagram), *(panel.notes for panel in panels))}
    return replace(diagram, panels=(*panels, *other_limits(definition, told, lang)))


def _notes(diagram: Diagram) -> Iterator[Note]:
    return chain.from_iterable(node.notes for node in diagram.nodes)


def _bands(
    definition: Definition, lang: Language, procedures: Procedures, beside: Collection[str]
) -> Iterator[Band]:
    """The phases that have nodes, in order; then those that only states name; then no phase."""
    nodes = boxes(definition, procedures, lang)
    for id, state in reversed(definition.states.items()):
        nodes.setdefault(state.phase, []).insert(0, _node(definition, id, lang, beside))
    nodes.setdefault(None, []).extend(_unknown(definition, lang))
    for id in filter(nodes.__contains__, definition.phases):
        phase = definition.phases[id]
        place = place_of(phase, id, f"phase:{id}")
        yield Band(id, phase.title.text(lang), tuple(nodes[id]), place=place)
    for named in filterfalse({None, *definition.phases}.__contains__, nodes):
        place = Place(str(named), nodes[named][0].place.line)
        yield Band(str(named), str(named), tuple(nodes[named]), "unknown", place)
    if nodes[None]:
        yield Band(NO_PHASE, "", tuple(nodes[None]))


def _node(definition: Definition, id: str, lang: Language, beside: Collection[str]) -> Node:
    """A state with what a reader must know of it."""
    state = definition.states[id]
    notes = [*notes_of(definition, id, lang, beside), *ways_in_words(definition, id, lang)]
    return Node(
        id,
        state.title.text(lang),
        tuple(notes),
        id == definition.initial,
        bool(state.closes),
        place=state_place(definition, id, state),
    )


def _unknown(definition: Definition, lang: Language) -> Iterable[Node]:
    """The states that transitions name and the definition does not have, each where it is named."""
    found: dict[str, Node] = {}
    for t in definition.transitions:
        for id, key in _named_by(definition, t):
            if id not in definition.states:
                place = Place(id, t.at_value(key).line)
                note = Note("fact", _AT_LINE.text(lang).format(place.line))
                found.setdefault(id, Node(id, id, (note,), mark="unknown", place=place))
    return found.values()


def _named_by(definition: Definition, t: Transition) -> Iterator[tuple[str, str]]:
    """The states that a transition names, each with the key that names it."""
    yield from ((id, "from") for id in sources_of(definition, t))
    if leads_on(t):
        yield t.to, "to"


def _openings(definition: Definition) -> Iterator[Arrow]:
    """From where a sub-procedure is opened, where few places do."""
    for id in definition.sub_procedures:
        ways: dict[str, Transition] = {}
        phase = phase_of(definition, id)
        for t in openers(definition, id):
            ends = drawn_ends(definition, t, around=phase)
            ways = dict.fromkeys(ends, t) | ways
        for end, t in ways.items():
            yield Arrow(end, box_end(id), opens=True, place=way_place(t))
