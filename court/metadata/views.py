"""A procedure, and what an act asks for, as a page needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from ...engine.decision.obstacles import words
from ...engine.decision.procedure import Procedure
from ...engine.model.obstacle import Obstacle
from ...engine.queries.views import View
from ...workflow.language import Words
from ...workflow.model.base import Text
from ...workflow.model.definition import Definition
from ...workflow.model.flow import Transition
from ...workflow.model.parts import POWERS
from .schemas import schema_of


class Named(View):
    """Something of a definition by its id, with its title."""

    id: str
    title_zh: str
    title_en: str

    @classmethod
    def of(cls, id: str, text: Text | Words, **more: Any) -> Self:
        title = text if isinstance(text, Words) else words(text)
        return cls(id=id, title_zh=title.zh, title_en=title.en, **more)


class RoleView(Named):
    """A role; a `party` is outside the court."""

    party: bool


class FieldView(Named):
    """A field of cases; `shape` is its JSON Schema. What is `computed` nobody writes; what is
    `sealed` few read; `visible_to` are the parties that see it."""

    type: str
    shape: dict[str, Any]
    computed: bool
    sealed: bool
    visible_to: tuple[str, ...]


class StateView(Named):
    """A node; a case that is `closed_as` something is closed there."""

    phase: str | None
    closed_as: str | None


class ActView(Named):
    """A transition: who may do it, from which states to which (None: it stays; `return`: back).

    `form`, `documents`, `checklist` and `approval` are what it needs; `about` is the list of whose
    records it is about one.
    """

    by: tuple[str, ...]
    sources: tuple[str, ...]
    target: str
    form: str | None
    documents: tuple[str, ...]
    checklist: str | None
    approval: str | None
    about: str | None


class LimitView(Named):
    """A time limit, and the law it rests on."""

    basis: str


class OrderView(Named):
    """An order that no transition stands for (`open`, `assign`, `extend` …): who may give it."""

    by: tuple[str, ...]
    form: str | None
    documents: tuple[str, ...]
    approval: str | None


class ProcedureSummary(Named):
    """A procedure of which a case may begin: the version, whether it is a draft."""

    kind: str | None
    version: str
    hash: str
    draft: bool


class ProcedureView(ProcedureSummary):
    """Everything of a procedure that a page shows or asks for."""

    initial: str
    roles: tuple[RoleView, ...]
    fields: tuple[FieldView, ...]
    documents: tuple[Named, ...]
    phases: tuple[Named, ...]
    states: tuple[StateView, ...]
    modes: tuple[Named, ...]
    acts: tuple[ActView, ...]
    limits: tuple[LimitView, ...]
    tasks: tuple[Named, ...]
    orders: tuple[OrderView, ...]


class AskedDocument(Named):
    """A kind of document that may be handed in; `required` says that it is missing."""

    required: bool


class ActForm(Named):
    """What an act, or opening a case (`open`), asks of a person now.

    `fields` is the JSON Schema of its data: `required` are those that nobody has said yet and that
    it cannot do without. `known` is what the case knows of these fields already; of them only those
    in `overwrites` may be said otherwise. `obstacles` is everything that stands in the way as it
    is; a field or a document that is missing is among them.
    """

    about: str
    fields: dict[str, Any]
    known: dict[str, Any]
    overwrites: tuple[str, ...]
    documents: tuple[AskedDocument, ...]
    approval: str | None
    obstacles: tuple[Obstacle, ...]


def summary(procedure: Procedure, draft: bool) -> dict[str, Any]:
    definition = procedure.definition
    title = words(definition.title)
    return {
        "id": definition.id,
        "title_zh": title.zh,
        "title_en": title.en,
        "kind": definition.kind,
        "version": str(definition.version),
        "hash": definition.hash,
        "draft": draft,
    }


def described(procedure: Procedure, draft: bool) -> ProcedureView:
    """A procedure for a page."""
    d = procedure.definition
    return ProcedureView(
        **summary(procedure, draft),
        initial=d.initial,
        roles=tuple(RoleView.of(id, role.title, party=role.party) for id, role in d.roles.items()),
        fields=tuple(_fields(d)),
        documents=tuple(_titled(d.documents)),
        phases=tuple(_titled(d.phases)),
        states=tuple(
            StateView.of(id, state.title, phase=state.phase, closed_as=state.closes)
            for id, state in d.states.items()
        ),
        modes=tuple(Named.of(id, text) for id, text in d.modes.items()),
        acts=tuple(_act(d, t) for t in d.transitions),
        limits=tuple(
            LimitView.of(id, rule.title, basis=rule.basis.cite() if rule.basis else "")
            for id, rule in procedure.rules.items()
        ),
        tasks=tuple(_titled(d.tasks)),
        orders=tuple(_orders(d)),
    )


def _titled(table: Mapping[str, Any]) -> Iterator[Named]:
    return (Named.of(id, spec.title) for id, spec in table.items())


def _fields(d: Definition) -> Iterator[FieldView]:
    for id, spec in d.fields.items():
        yield FieldView.of(
            id,
            spec.title,
            type=spec.type.value,
            shape=schema_of(spec),
            computed=spec.is_ is not None,
            sealed=spec.sealed,
            visible_to=spec.viewers,
        )


def _act(d: Definition, t: Transition) -> ActView:
    return ActView.of(
        t.trigger,
        t.title,
        by=t.by,
        sources=d.sources_of(t),
        target=t.to,
        form=t.form,
        documents=t.documents,
        checklist=t.checklist,
        approval=t.approval,
        about=t.about,
    )


def _orders(d: Definition) -> Iterable[OrderView]:
    for id, power in d.powers.items():
        more = {"form": power.form, "documents": power.documents, "approval": power.approval}
        yield OrderView.of(id, POWERS[id], by=power.by, **more)
