"""The orders beside the triggers: time limits, who handles and watches, links between cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Generic, TypeVar, Unpack

from ...workflow.periods.adjustments import Deduction, Extension
from ..charter.persons import check_person
from ..decision.powers import check_power
from ..model.commands import (
    Arm,
    Assign,
    AssignWatcher,
    Deduct,
    Extend,
    Link,
    Meet,
    Transfer,
    Waive,
)
from ..model.event import Actor
from ..queries.views import Case
from ..versions.arming import arming
from .bringing import Act, Bringing, brought
from .once import Calling
from .repeating import repeating

W = TypeVar("W")
Documents = Mapping[str, str]


@repeating
class Orders(Bringing, Generic[W]):
    """Orders about a case, each by a power that its definition gives. They are changes of it.

    What every change takes, and may raise, is said at `Changes`; what is given with it at
    `Calling`.
    """

    def deduct(
        self,
        case_id: str,
        deduction: Deduction,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Enter a deducted period, by the power `deduct`.

        The same ground and start with an end closes one that runs. Raises `Refused`, `BadEvent`.
        """
        return self._order(
            "deduct", case_id, Deduct(deduction), actor, note, within, documents, **calling
        )

    def extend(
        self,
        case_id: str,
        rule: str,
        extension: Extension,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Extend a live deadline (a rule's name, or an id), by the power `extend`.

        Raises `Refused`, `ExtensionRefused`, `UnknownDeadline`.
        """
        command = Extend(rule, extension)
        return self._order("extend", case_id, command, actor, note, within, documents, **calling)

    def restore(
        self,
        case_id: str,
        rule: str,
        extension: Extension,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Restore a missed deadline by so much more time (CPL art. 86), by the power `restore`.

        Raises `Refused`, `ExtensionRefused`, `UnknownDeadline`.
        """
        command = Extend(rule, extension, restore=True)
        return self._order("restore", case_id, command, actor, note, within, documents, **calling)

    def waive(
        self,
        case_id: str,
        rule: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """End a live deadline without performance, by the power `waive`.

        Raises `Refused`, `UnknownDeadline`.
        """
        return self._order("waive", case_id, Waive(rule), actor, note, within, documents, **calling)

    def arm(
        self,
        case_id: str,
        rule: str,
        *,
        actor: Actor,
        counted_from: date | None = None,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Start a deadline by hand, counted from a day (or from now), by the power `arm`.

        Raises `Refused`, `UnknownDeadline`, `BadEvent`.
        """
        command = Arm(rule, counted_from)
        return self._order("arm", case_id, command, actor, note, within, documents, **calling)

    def arm_law(
        self,
        case_id: str,
        row: str,
        *,
        actor: Actor,
        counted_from: date | None = None,
        length: int | None = None,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Start a time limit of the law (the id of a row) on a case, by the power `arm`.

        It is counted from a day (or from now) as the row in force on that day says; `length` is
        given where the row leaves it open. `meet` ends it as met. Raises `Refused`,
        `UnknownLawRow`, `LawRowNotCountable`, `BadEvent`.
        """
        with self._acting("arm_law", actor, within, case_id, row) as acting:
            command = arming(acting.transaction, row, counted_from, length)
            act = Act("", {}, documents or {}, note, command)
            return brought(acting, case_id, act, calling)

    def meet(
        self,
        case_id: str,
        rule: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """End a time limit of the law that was armed by hand as met, by the power `arm`.

        Raises `Refused`, `UnknownDeadline`, `BadEvent`.
        """
        return self._order("meet", case_id, Meet(rule), actor, note, within, documents, **calling)

    def assign(
        self,
        case_id: str,
        officer: str,
        *,
        actor: Actor,
        team: str | None = None,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Name the officer of a case, who then watches its deadlines, by the power `assign`.

        `team` is the bureau or team of its court that handles it from now on. Raises `Refused`,
        `UnknownCourt`.
        """
        with self._acting("assign", actor, within, case_id, officer) as acting:
            check_person(officer)
            if team is not None:
                court = acting.transaction.unit().case(case_id).court
                team = acting.standing.team(team, court)
            act = Act("", {}, documents or {}, note, Assign(officer, team))
            return brought(acting, case_id, act, calling)

    def watch(
        self,
        case_id: str,
        rule: str,
        person: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Name the person who watches a live deadline (a rule's name, or an id), by `watch`.

        Raises `Refused`, `UnknownDeadline`.
        """
        with self._acting("watch", actor, within, case_id, rule) as acting:
            check_person(person)
            act = Act("", {}, documents or {}, note, AssignWatcher(rule, person))
            return brought(acting, case_id, act, calling)

    def link(
        self,
        case_id: str,
        name: str,
        other: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Link a case with another that there is, under a name of its definition, by `link`.

        Who links holds the power in both cases; each then knows the other. Raises `Refused`,
        `BadEvent`, `CaseNotFound`.
        """
        with self._acting("link", actor, within, case_id, name) as acting:
            unit = acting.transaction.unit()
            known = unit.case(other)
            check_power(unit.procedure(known), known, acting.at_case(known), "link")
            command = Link(name, known.id, known.court, known.procedure)
            return brought(acting, case_id, Act("", {}, documents or {}, note, command), calling)

    def transfer(
        self,
        child_id: str,
        to: str,
        *,
        as_: str,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Move a sub-procedure, with its terms, to a linked case of the court, as its `as_` there.

        By the power `transfer`, held in both cases. Gives the case that it leaves. Raises
        `Refused`, `BadEvent`, `CaseNotFound`.
        """
        with self._acting("transfer", actor, within, child_id, as_) as acting:
            unit = acting.transaction.unit()
            child, known = unit.case(child_id), unit.case(to)
            check_power(unit.procedure(known), known, acting.at_case(known), "transfer")
            act = Act("", {}, documents or {}, note, Transfer(child.id, known.id, as_))
            return brought(acting, child.parent_id or child.id, act, calling, scope=child.id)
