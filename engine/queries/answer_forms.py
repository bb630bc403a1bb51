"""What a page asks of a person who answers a request by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...adapters.protocol import Operation
from ...workflow.language import Words
from ...workflow.model.definition import Definition
from ...workflow.model.flow import Request
from ..decision.obstacles import words
from ..work.runtime import Transaction
from .views import View


class AnswerKind(View):
    """One kind of answer that the definition listens for, and the trigger that it fires."""

    kind: str
    trigger: str
    title_zh: str
    title_en: str


class AnswerForm(View):
    """What an answer by hand is asked for.

    `asked` is what was sent, `kinds` are those of which one is chosen. `fields` is the JSON Schema
    of the data of a kind that brings some (`answered`, `partial`), as the operation says it; empty
    where no adapter here knows the operation. `taken` says under which title the case takes a field
    of it: the others are kept with the answer alone.
    """

    request: str
    title_zh: str
    title_en: str
    operation: str
    asked: dict[str, Any]
    kinds: tuple[AnswerKind, ...]
    fields: dict[str, Any]
    taken: dict[str, dict[str, str]]


def answer_form(
    transaction: Transaction, row: Mapping[str, Any], operation: Operation | None
) -> AnswerForm:
    """The form of a request. Raises `CaseNotFound`, `DamagedRow`, `DefinitionMissing`."""
    unit = transaction.unit()
    definition = unit.procedure(unit.case(row["case_id"])).definition
    request = definition.requests[row["request"]]
    title = words(request.title)
    return AnswerForm(
        request=row["id"],
        title_zh=title.zh,
        title_en=title.en,
        operation=row["operation"],
        asked=dict(row["payload"]),
        kinds=tuple(_kinds(definition, request)),
        fields=operation.answer.model_json_schema() if operation is not None else {},
        taken=dict(_taken(definition, request)),
    )


def _kinds(definition: Definition, request: Request) -> Iterator[AnswerKind]:
    for kind, trigger in request.answers.items():
        title = definition.trigger_title(trigger)
        yield AnswerKind(kind=kind, trigger=trigger, title_zh=title.zh, title_en=title.en)


def _taken(definition: Definition, request: Request) -> Iterator[tuple[str, dict[str, str]]]:
    for field, name in request.takes.items():
        title = _title(definition, field)
        yield name, {"field": field, "zh": title.zh, "en": title.en}


def _title(definition: Definition, field: str) -> Words:
    """What a field of the case, or of a record of it, is called."""
    head, _, of_record = field.partition(".")
    spec = definition.data[head]
    if of_record and spec.fields is not None:
        spec = spec.fields[of_record]
    return words(spec.title)
