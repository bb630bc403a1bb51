"""Requests beside the adapters installed: the operation exists, and what is sent and taken fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..language import did_you_mean
from ..model.definition import Definition
from ..model.flow import Request
from ..source.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class OperationSchema:
    """The fields of an operation's request (those required among them), and of its answer; the
    operation of the same adapter that undoes it, where there is one."""

    request: frozenset[str]
    required: frozenset[str]
    answer: frozenset[str]
    taken_back_by: str = ""


def check(definition: Definition, known: Mapping[str, OperationSchema]) -> Iterator[Finding]:
    """Findings of every request, beside the operations that the installed adapters offer."""
    for request in definition.requests.values():
        schema = known.get(request.operation)
        if schema is None:
            yield _unknown(request, known)
        else:
            yield from _sends(request, schema)
            yield from _takes(request, schema)
            yield from _taken_back(definition, request, schema)


def _unknown(request: Request, known: Mapping[str, OperationSchema]) -> Finding:
    """A warning only where the whole adapter is missing: it may still be given in code."""
    operation = request.operation
    adapters = {name.partition(".")[0] for name in known}
    is_installed = operation.partition(".")[0] in adapters
    hint = did_you_mean(operation, known)
    at = request.at_value("operation")
    zh = f"已安装的适配器没有操作 {operation}{hint.zh}"
    en = f"no installed adapter has the operation {operation}{hint.en}"
    severity: Severity = "error" if is_installed else "warning"
    return Finding(at, "unknown-operation", zh, en, severity)


def _sends(request: Request, schema: OperationSchema) -> Iterator[Finding]:
    """Nothing is sent that the operation does not take, and everything that it needs."""
    at = request.at_value("sends")
    known = ", ".join(sorted(schema.request))
    for field in sorted(request.sends.keys() - schema.request):
        zh = f"操作没有 {field}；可用：{known}"
        en = f"the operation has no {field}; known: {known}"
        yield Finding(at, "operation-field", zh, en)
    for field in sorted(schema.required - request.sends.keys()):
        zh = f"操作须有 {field}"
        en = f"the operation needs {field}"
        yield Finding(at, "operation-field", zh, en)


def _takes(request: Request, schema: OperationSchema) -> Iterator[Finding]:
    """Nothing is taken that the answer does not have."""
    known = ", ".join(sorted(schema.answer))
    for field in sorted(set(request.takes.values()) - schema.answer):
        at = request.at_value("takes")
        zh = f"答复没有 {field}；可用：{known}"
        en = f"the answer has no {field}; known: {known}"
        yield Finding(at, "operation-field", zh, en)


def _taken_back(
    definition: Definition, request: Request, schema: OperationSchema
) -> Iterator[Finding]:
    """What takes a request back is what its adapter says undoes it, where it says so."""
    other = definition.requests.get(request.compensate or "")
    meant = f"{request.operation.partition('.')[0]}.{schema.taken_back_by}"
    if other is None or not schema.taken_back_by or other.operation == meant:
        return
    zh = f"{request.operation} 由 {meant} 撤回，而 {request.compensate} 用的是 {other.operation}"
    en = f"{meant} takes {request.operation} back, and {request.compensate} is {other.operation}"
    yield Finding(request.at_value("compensate"), "operation-compensation", zh, en)
