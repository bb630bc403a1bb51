"""The `transitions` machine of a definition. It holds no case: an `Attempt` carries one through.

The states, the events and the transitions of each event by source are the library's own. Which of
an event's transitions is taken is asked of the definition's conditions (`obstacles`), in the order
of the file; nothing else is registered on the machine, so an event's dispatch goes straight to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from transitions import Machine
from transitions import State as MachineState
from transitions.core import Event as MachineEvent
from transitions.core import EventData
from transitions.core import Transition as MachineTransition

from ...workflow.checks.structure import entrances
from ...workflow.guards.cel import Guard, GuardCompiler
from ...workflow.model.definition import Definition
from ...workflow.model.facts import Asked
from ...workflow.model.flow import RETURN, STAY, Transition
from ..model.obstacle import Obstacle
from .attempt import Attempt


class CompiledTransition(MachineTransition):
    """A transition of the definition, from one state."""

    spec: Transition
    guard: Guard | None
    roles: frozenset[str]
    gates: tuple[str, ...]
    returns: bool
    asked: Asked = Asked()
    checks: tuple[Check, ...] = ()

    def leads_back(self, attempt: Attempt) -> bool:
        """Whether a way back leads to where the case came from; any other way leads on."""
        return not self.returns or attempt.case.origins[-1:] == (self.dest,)

    def attempt(self, attempt: Attempt) -> bool:
        """Move the attempt on when nothing stands in its way; else its refusals say what does."""
        if self.returns and not self.leads_back(attempt):
            return False
        refusals = attempt.refusals
        before = len(refusals)
        for check in self.checks:
            refusals.extend(check(self, attempt))
        if len(refusals) > before:
            return False
        attempt.taken = self
        if self.dest is not None:
            attempt.state = self.dest
        return True

    def execute(self, event_data: EventData) -> bool:
        """As the library asks it: the model that goes through its machine is an `Attempt`."""
        attempt: Any = event_data.model
        return self.attempt(attempt)


Check = Callable[[CompiledTransition, Attempt], Iterable[Obstacle]]
"""One kind of condition: everything of it that stands in the way of a transition."""


class Gating(NamedTuple):
    """The time limits that hold something back: by the trigger, and by the mode of closing."""

    triggers: Mapping[str, tuple[str, ...]]
    modes: Mapping[str, tuple[str, ...]]

    def of(self, definition: Definition, spec: Transition) -> tuple[str, ...]:
        """Those that gate a transition; a closing is gated whichever trigger leads to it."""
        state = definition.states.get(spec.to)
        closing = self.modes.get(state.closes or "", ()) if state is not None else ()
        return tuple(dict.fromkeys((*self.triggers.get(spec.trigger, ()), *closing)))


class ProcedureEvent(MachineEvent):
    """An event of the machine that tries its transitions in the order of the file."""

    def send(self, attempt: Attempt) -> bool:
        """The library's own dispatch, without its callbacks: this runs for every decision."""
        ways: Any = self.transitions.get(attempt.state, ())
        for way in ways:  # noqa: SIM110 (a generator would cost as much as the check)
            if way.attempt(attempt):
                return True
        return False


class ProcedureMachine(Machine):
    """The `transitions` machine of a definition."""

    transition_cls = CompiledTransition
    event_cls = ProcedureEvent


def build_machine(
    definition: Definition,
    gating: Gating,
    kind: type[Machine] = ProcedureMachine,
    **options: Any,
) -> Machine:
    """The machine of a definition; `gating` are the time limits that gate each way.

    `kind` may be any machine of the library with our transitions and events (`machine_kind`), so
    that its own exports and drawings work on a definition.
    """
    states = [MachineState(name, final=bool(s.closes)) for name, s in definition.states.items()]
    settings = {"model": None, "auto_transitions": False, "send_event": True} | options
    machine = kind(states=states, initial=definition.initial, **settings)
    compiler = GuardCompiler.of(definition)
    origins = entrances(definition)
    for spec in definition.transitions:
        guard = compiler.compile(spec.when) if spec.when is not None else None
        for source in definition.sources_of(spec):
            for target in _targets(spec, origins[source]):
                machine.add_transition(spec.trigger, source, target)
                way: Any = machine.events[spec.trigger].transitions[source][-1]
                way.spec, way.guard = spec, guard
                way.roles = frozenset(spec.by)
                way.gates = gating.of(definition, spec)
                way.returns = spec.to == RETURN
    return machine


def machine_kind(base: type[Machine]) -> type[Machine]:
    """A machine class of the library (`MarkupMachine`, `GraphMachine`) with our transitions."""
    parts = {"transition_cls": CompiledTransition, "event_cls": ProcedureEvent}
    return type(f"Procedure{base.__name__}", (base,), parts)


def _targets(spec: Transition, entered_from: Iterable[str]) -> Sequence[str | None]:
    if spec.to == STAY:
        return [None]
    if spec.to == RETURN:
        return sorted(entered_from)
    return [spec.to]
