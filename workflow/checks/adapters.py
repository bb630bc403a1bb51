"""Requests beside the adapters that are installed: the operation exists, and what is sent and taken fits its shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ..model.definition import Definition
from ..model.flow import Request
from ..source.findings import Finding


@dataclass(frozen=True, slots=True)
class OperationSchema:
    """The fields of an operation's request (those required among them), and of its answer."""

    request: frozenset[str]
    required: frozenset[str]
    answer: frozenset[str]


def check(definition: Definition, known: Mapping[str, OperationSchema]) -> Iterator[Finding]:
    """Findings of requests; an adapter that is not installed may be given in code, so it is a warning only."""
    adapters = {name.partition(".")[0] for name in known}
    for request in definition.requests.values():
        at = request.at_value("operation")
        shape = known.get(request.operation)
        if shape is not None:
            yield from _shapes(request, shape)
            continue
        is_installed = request.operation.partition(".")[0] in adapters
        close = get_close_matches(request.operation, known, 1)
        hint_zh, hint_en = (
            (f"；是否指 {close[0]}？", f"; did you mean {close[0]}?") if close else ("", "")
        )
        zh, en = (
            f"已安装的适配器没有操作 {request.operation}{hint_zh}",
            f"no installed adapter has the operation {request.operation}{hint_en}",
        )
        yield Finding(at, "unknown-operation", zh, en, "error" if is_installed else "warning")


def _shapes(request: Request, shape: OperationSchema) -> Iterator[Finding]:
    for field in request.sends.keys() - shape.request:
        known = ", ".join(sorted(shape.request))
        yield Finding(
            request.at_value("sends"),
            "operation-field",
            f"操作没有 {field}；可用：{known}",
            f"the operation has no {field}; known: {known}",
        )
    for field in sorted(shape.required - request.sends.keys()):
        yield Finding(
            request.at_value("sends"),
            "operation-field",
            f"操作须有 {field}",
            f"the operation needs {field}",
        )
    for field in sorted(set(request.takes.values()) - shape.answer):
        known = ", ".join(sorted(shape.answer))
        yield Finding(
            request.at_value("takes"),
            "operation-field",
            f"答复没有 {field}；可用：{known}",
            f"the answer has no {field}; known: {known}",
        )
