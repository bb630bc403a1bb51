"""Who may write which fact of a case, and who may hand in which document. The default is no.

An act brings what its form asks, and what it needs and is not known yet. What a transition sets,
nobody brings; what the answer of a request brings, only that answer does, or a person who enters it
from paper.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain

from .definition import Definition
from .flow import Transition
from .parts import NO_FORM, Form, FormField, Power

OPEN = "open"
"""The power to open a case, and the word under which its refusal is told."""

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an act may bring.

    `fields` from people, `answered` from the answer of a request; `anew` are those that take the
    place of what is known, `by_hand` those of an answer that a person enters from a document, and
    `documents` the kinds that may be handed in.
    """

    fields: frozenset[str] = _NONE
    answered: frozenset[str] = _NONE
    anew: frozenset[str] = _NONE
    renewed: frozenset[str] = _NONE
    by_hand: frozenset[str] = _NONE
    documents: frozenset[str] = _NONE

    def takes(self, is_answer: bool) -> frozenset[str]:
        """The fields that may be brought: by an answer, or by anybody else."""
        return self.answered if is_answer else self.fields

    def overwrites(self, is_answer: bool) -> frozenset[str]:
        """Those of them that take the place of what is known."""
        return self.renewed if is_answer else self.anew


class Facts:
    """What every act of a definition may bring; `set` and `taken` nobody brings of himself."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self.set = frozenset(field for t in definition.transitions for field in t.sets)
        self.taken_on: dict[str, frozenset[str]] = _taken_on(definition)
        takes = (request.takes for request in definition.requests.values())
        self.taken = frozenset(chain.from_iterable(takes))

    def of(self, t: Transition) -> Asked:
        """What a transition may bring."""
        listed = self.form_of(t).fields
        answered = self.taken_on.get(t.trigger, _NONE)
        documents = self.documents_of(t)
        by_hand = answered.intersection(listed) - self.set if documents else _NONE
        own = frozenset(listed) - self.set - self.taken
        anew = _overwriting(listed)
        return Asked(
            fields=own | by_hand | (frozenset(t.needs) - self.set - self.taken),
            answered=own | (answered - self.set),
            anew=anew,
            renewed=anew | answered,
            by_hand=by_hand,
            documents=documents,
        )

    def at_opening(self) -> Asked:
        """What opening a case may bring; nothing where no power to open says so."""
        power, form = self.power_to_open(), self.form_of_opening()
        if power is None:
            return Asked()
        handed_in = frozenset((*power.documents, *form.documents))
        return Asked(fields=frozenset(form.fields) - self.set - self.taken, documents=handed_in)

    def form_of(self, t: Transition) -> Form:
        """The form of a transition; an empty one where it has none."""
        return self._definition.form_of(t)

    def is_passed_on(self) -> bool:
        """Whether a related proceeding opens a case, and no form says what it brings: anything."""
        power = self.power_to_open()
        return power is not None and power.form is None and "procedure" in power.by

    def power_to_open(self) -> Power | None:
        return self._definition.powers.get(OPEN)

    def form_of_opening(self) -> Form:
        """The form with which a case is opened; an empty one where there is none."""
        power = self.power_to_open()
        return self._definition.form_of(power) if power is not None else NO_FORM

    def documents_of(self, t: Transition) -> frozenset[str]:
        """The kinds of document that a transition, its form or its checklist asks for."""
        items = self._definition.checklist_of(t).items.values()
        listed = chain.from_iterable(item.documents for item in items)
        return frozenset((*t.documents, *self.form_of(t).documents, *listed))


def _taken_on(definition: Definition) -> dict[str, frozenset[str]]:
    """What the answers that fire a trigger take, by the trigger."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for request in definition.requests.values():
        for trigger in request.answers.values():
            found[trigger] |= frozenset(request.takes)
    return dict(found)


def _overwriting(listed: dict[str, FormField]) -> frozenset[str]:
    return frozenset(name for name, asked in listed.items() if asked.overwrites)
