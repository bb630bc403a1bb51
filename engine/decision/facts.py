"""What is known of a case, and what an event adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadEvent
from ..model.case import CaseState
from .procedure import Procedure


@dataclass(slots=True)
class Input:
    """A case's data and documents with what an event brings, and what that changed.

    `stated` names the fields that somebody wrote with the very value of their default.
    """

    data: dict[str, Any]
    documents: dict[str, list[str]]
    stated: frozenset[str]
    changes: dict[str, Any] = field(default_factory=dict)


def accept_input(
    procedure: Procedure, case: CaseState, data: Mapping[str, Any], documents: Mapping[str, str]
) -> Input:
    """What an event brings, typed, beside what the case has. Raises `DataError`, `BadEvent`.

    Whether it may be brought, the obstacles say.
    """
    input = Input(case.data, case.documents, case.stated)
    if data:
        parsed = {name: procedure.parse_field(name, value) for name, value in data.items()}
        input.stated = stated_with(case.stated, procedure.defaults, parsed)
        said = input.stated - case.stated
        input.changes = {
            name: value
            for name, value in parsed.items()
            if case.data.get(name) != value or name in said
        }
        input.data = {**case.data, **parsed}
    if documents:
        input.documents = _with_documents(procedure, case.documents, documents)
    return input


def _with_documents(
    procedure: Procedure, filed: Mapping[str, list[str]], documents: Mapping[str, str]
) -> dict[str, list[str]]:
    """Documents are added; none takes the place of another."""
    added = {name: list(references) for name, references in filed.items()}
    for name, reference in documents.items():
        if name not in procedure.definition.documents:
            raise BadEvent(
                why_zh=f"没有文书类型 {name}", why_en=f"there is no kind of document {name}"
            )
        added.setdefault(name, []).append(str(reference))
    return added


def stated_with(
    stated: frozenset[str], defaults: Mapping[str, Any], written: Mapping[str, Any]
) -> frozenset[str]:
    """The fields that are known by the very value of their default, once these are written."""
    usual = {name for name in written.keys() & defaults.keys() if written[name] == defaults[name]}
    if not usual and stated.isdisjoint(written):
        return stated
    return stated.difference(written).union(usual)
