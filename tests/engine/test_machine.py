"""The machine of a definition is a machine of `transitions`: that library's tools work on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions import Machine
from transitions.extensions import GraphMachine
from transitions.extensions.markup import MarkupMachine

from tests.conftest import LOAN, at
from zhixing.engine.decision.attempt import Attempt
from zhixing.engine.decision.procedure import Procedure
from zhixing.engine.model.case import CaseState
from zhixing.engine.model.event import Actor
from zhixing.workflow import definition_from_text

PROCEDURE = Procedure(definition_from_text(LOAN))
ROLES = ("officer", "chief", "clock")


class Model:
    """What the library's drawings hang a picture on."""


def attempt(state: str, roles: tuple[str, ...], data: Mapping[str, Any]) -> Attempt:
    case = CaseState("c", "loan", PROCEDURE.hash, state, 1, at("2025-03-03"), data=dict(data))
    case.origins = ("fresh",) if state == "resting" else ()
    actor = Actor.of("li", *roles)
    return Attempt(case, state, actor, at("2025-05-05"), case.data, {}, {}, PROCEDURE)


def test_it_is_a_machine_with_the_definitions_states_and_triggers() -> None:
    machine, definition = PROCEDURE.machine, PROCEDURE.definition
    assert isinstance(machine, Machine)
    assert set(machine.states) == set(definition.states)
    assert set(machine.events) == set(definition.triggers)
    assert machine.initial == definition.initial
    closing = {name for name, state in definition.states.items() if state.closes}
    assert {name for name, state in machine.states.items() if state.final} == closing
    assert set(machine.get_triggers("resting")) == {"resume"}


def test_markup_export_names_every_way() -> None:
    markup = PROCEDURE.library_machine(MarkupMachine).markup
    ways = {(t["trigger"], t["source"], t.get("dest")) for t in markup["transitions"]}
    assert ("notify", "fresh", "noticed") in ways and ("lapse", "noticed", "overdue") in ways
    assert len(markup["transitions"]) == len(list(PROCEDURE.ways()))
    again = Machine(
        model=None,
        states=markup["states"],
        transitions=[{"dest": None, **way} for way in markup["transitions"]],
        initial=markup["initial"],
        auto_transitions=False,
    )
    assert set(again.states) == set(PROCEDURE.machine.states)
    assert set(again.events) == set(PROCEDURE.machine.events)


def test_its_own_diagrams_draw_every_state_and_trigger() -> None:
    drawn = PROCEDURE.library_machine(GraphMachine, graph_engine="mermaid", model=Model())
    text = drawn.get_combined_graph().draw(None)
    for name in (*PROCEDURE.definition.states, *PROCEDURE.definition.triggers):
        assert name in text


@settings(max_examples=200, deadline=None)
@given(
    trigger=st.sampled_from(list(PROCEDURE.definition.triggers)),
    state=st.sampled_from(list(PROCEDURE.definition.states)),
    roles=st.lists(st.sampled_from(ROLES), unique=True).map(tuple),
    data=st.fixed_dictionaries({}, optional={"amount": st.just(5), "clue": st.just("k")}),
)
def test_the_librarys_own_dispatch_takes_the_same_way(
    trigger: str, state: str, roles: tuple[str, ...], data: Mapping[str, Any]
) -> None:
    ours, theirs = attempt(state, roles, data), attempt(state, roles, data)
    ran = PROCEDURE.run(trigger, ours)
    assert (ran, ours.state) == _by_library(trigger, theirs)
    assert ours.refusals == theirs.refusals


def _by_library(trigger: str, tried: Attempt) -> tuple[bool, str]:
    """Through `transitions`' own event, which knows of no state it cannot leave by a trigger."""
    machine = PROCEDURE.machine
    if trigger not in machine.get_triggers(tried.state):
        return False, tried.state
    return bool(machine.events[trigger].trigger(tried)), tried.state


def test_a_trigger_from_a_state_without_it_takes_no_way() -> None:
    assert not PROCEDURE.run("notify", attempt("done", ("officer",), {}))


@pytest.mark.parametrize("trigger", ["", "explode"])
def test_a_trigger_that_is_not_there_takes_no_way(trigger: str) -> None:
    assert not PROCEDURE.run(trigger, attempt("fresh", ("officer",), {}))
