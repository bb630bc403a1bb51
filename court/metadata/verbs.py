"""The metadata as verbs: which procedures there are, what one is made of, what an act asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from ...engine.decision import decide
from ...engine.decision.at_hand import data_about
from ...engine.decision.machine import CompiledTransition
from ...engine.decision.obstacles import words
from ...engine.decision.procedure import Procedure
from ...engine.engine import Engine
from ...engine.errors import NotPublished, Refused, UnknownProcedure
from ...engine.model.case import CaseState
from ...engine.model.event import Actor, Event
from ...engine.model.obstacle import Obstacle
from ...engine.queries.sealing import without
from ...engine.storage.definition_store import DEFINITION
from ...engine.storage.schema import publications
from ...engine.verbs.guarded import acting
from ...engine.work.runtime import Transaction
from ...workflow.language import Words
from ...workflow.model.facts import OPEN, Asked
from ...workflow.model.parts import POWERS
from .errors import NoSuchAct
from .schemas import form_schema
from .views import ActForm, AskedDocument, ProcedureSummary, ProcedureView, described, summary

_ASKER = Actor.of("metadata")


class CourtMetadata:
    """What a host builds its pages of: `CourtMetadata(engine).form(case_id, "accept", actor=he)`.

    `within` is the host's own session or connection.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def procedures(self, court: str = "", *, within: Any = None) -> tuple[ProcedureSummary, ...]:
        """The procedures of which a case may begin today at a court, each in its version.

        Raises `UnknownCourt`.
        """
        with acting(self._engine, "procedures", _ASKER, within) as at_work:
            where = at_work.standing.court(court)
            transaction = at_work.transaction
            found = (_in_force(transaction, name, where) for name in _names(transaction))
            return tuple(
                ProcedureSummary(**summary(one, _is_draft(transaction, one)))
                for one in filter(None, found)
            )

    def procedure(self, name: str, court: str = "", *, within: Any = None) -> ProcedureView:
        """A procedure, in the version of which a case may begin today at a court.

        Raises `UnknownCourt`, `UnknownProcedure`, `NotPublished`.
        """
        with acting(self._engine, "procedure", _ASKER, within) as at_work:
            where = at_work.standing.court(court)
            found = _current(at_work.transaction, name, where)
            return described(found, _is_draft(at_work.transaction, found))

    def opening_form(
        self, procedure: str, *, actor: Actor, court: str = "", within: Any = None
    ) -> ActForm:
        """What opening a case asks of an actor.

        Raises `UnknownCourt`, `UnknownProcedure`, `NotPublished`, `BadActor`, `NotAllowed`.
        """
        with acting(self._engine, "opening_form", actor, within) as at_work:
            where = at_work.standing.court(court)
            here = at_work.opening(where, "", procedure)
            return _opening(at_work.transaction, procedure, where, here)

    def form(
        self, case_id: str, act: str, *, actor: Actor, about: str = "", within: Any = None
    ) -> ActForm:
        """What an act asks of an actor, in a case as it stands, about a record of it.

        Raises `CaseNotFound`, `NoSuchAct`, `BadActor`, `NotAllowed`.
        """
        with acting(self._engine, "form", actor, within) as at_work:
            unit = at_work.transaction.unit()
            case = unit.case(case_id)
            here = at_work.at_case(case)
            procedure, children = unit.procedure(case), unit.children(case)
            now = at_work.transaction.now
            possible = decide.possible(procedure, case, here, now, children)
            if (act, about) not in possible:
                known = ", ".join(dict.fromkeys(trigger for trigger, _ in possible))
                raise NoSuchAct(act=act if not about else f"{act} ({about})", known=known or "-")
            return _of_act(procedure, case, act, about, here, possible[act, about])


# -- procedures


def _names(transaction: Transaction) -> list[str]:
    published = select(publications.c.procedure).where(publications.c.kind == DEFINITION)
    names = transaction.connection.execute(published.distinct()).scalars()
    return sorted({*names, *transaction.registry.names()})


def _current(transaction: Transaction, name: str, court: str) -> Procedure:
    event = Event(transaction.now, _ASKER)
    return transaction.unit().repository.current(name, court, event)


def _in_force(transaction: Transaction, name: str, court: str) -> Procedure | None:
    """One of which nothing may begin is none."""
    with suppress(NotPublished, UnknownProcedure):
        return _current(transaction, name, court)
    return None


def _is_draft(transaction: Transaction, procedure: Procedure) -> bool:
    of_it = publications.c.definition_hash == procedure.hash, publications.c.status == "published"
    found = transaction.connection.execute(select(publications.c.id).where(*of_it).limit(1))
    return found.first() is None


# -- forms


def _opening(transaction: Transaction, name: str, court: str, actor: Actor) -> ActForm:
    procedure = _current(transaction, name, court)
    case = CaseState("-", procedure.id, procedure.hash, "", 1, transaction.now, "", court, "")
    obstacles: tuple[Obstacle, ...] = ()
    try:
        decide.open_case(procedure, case, Event(transaction.now, actor))
    except Refused as refused:
        obstacles = refused.obstacles
    power = procedure.definition.powers.get(OPEN)
    approval = power.approval if power is not None else None
    return _form(procedure, OPEN, POWERS[OPEN], procedure.opening, {}, obstacles, approval)


def _of_act(
    procedure: Procedure,
    case: CaseState,
    act: str,
    about: str,
    actor: Actor,
    obstacles: tuple[Obstacle, ...],
) -> ActForm:
    ways = list(_ways(procedure, case, act, actor))
    asked = _united(way.asked for way in ways)
    data = data_about(case.data, procedure.definition.about.get(act), about)
    known = without(dict(data), procedure.sealed)
    approval = next((way.spec.approval for way in ways if way.spec.approval), None)
    form = _form(procedure, act, words(ways[0].spec.title), asked, known, obstacles, approval)
    return form.model_copy(update={"about": about})


def _ways(
    procedure: Procedure, case: CaseState, act: str, actor: Actor
) -> Iterable[CompiledTransition]:
    """The ways that an actor's roles lead to; where none does, all."""
    ways = list(procedure.ways_from(act, case.state))
    return [way for way in ways if not actor.roles.isdisjoint(way.roles)] or ways


def _united(each: Iterable[Asked]) -> Asked:
    asked = list(each)
    return Asked(
        fields=frozenset().union(*(one.fields for one in asked)),
        anew=frozenset().union(*(one.anew for one in asked)),
        documents=frozenset().union(*(one.documents for one in asked)),
    )


def _form(
    procedure: Procedure,
    id: str,
    title: Words,
    asked: Asked,
    known: Mapping[str, Any],
    obstacles: tuple[Obstacle, ...],
    approval: str | None,
) -> ActForm:
    definition = procedure.definition
    fields = {name: spec for name, spec in definition.fields.items() if name in asked.fields}
    missing = {o.field for o in obstacles if o.code == "missing-field"}
    return ActForm.of(
        id,
        title,
        about="",
        fields=form_schema(fields, missing.intersection(fields)),
        known={name: known[name] for name in fields if known.get(name) is not None},
        overwrites=tuple(sorted(asked.anew.intersection(fields))),
        documents=tuple(_documents(procedure, asked, obstacles)),
        approval=approval,
        obstacles=obstacles,
    )


def _documents(
    procedure: Procedure, asked: Asked, obstacles: Iterable[Obstacle]
) -> Iterator[AskedDocument]:
    missing = {o.document for o in obstacles if o.code == "missing-document"}
    for name, spec in procedure.definition.documents.items():
        if name in asked.documents:
            yield AskedDocument.of(name, spec.title, required=name in missing)
