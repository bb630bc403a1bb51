"""Every condition compiles against the case's data and gives true or false."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import GuardError
from ..guards.cel import GuardCompiler
from ..model.base import Element
from ..model.definition import Definition
from ..model.flow import Transition
from ..source.findings import Finding
from ..source.positions import Position


def check(definition: Definition) -> Iterator[Finding]:
    compiler = GuardCompiler.of(definition)
    for element, key, text in conditions(definition):
        try:
            compiler.compile(text)
        except GuardError as error:
            at = element.at_value(key)
            place = Position(
                at.file, at.line + error.data["line"] - 1, at.column + error.data["column"] - 1
            )
            yield Finding(place, error.code, error.text("zh"), error.text("en"))
            continue
        amount = compiler.mixes_money(text)
        if amount is not None:
            zh = f'金额 {amount} 与普通数字比较（会按分计算）；金额请写 money("100.00")'
            en = f'the money {amount} is compared with a plain number (which counts as cents): write money("100.00")'
            yield Finding(element.at_value(key), "money-number", zh, en)


def conditions(definition: Definition) -> Iterator[tuple[Element, str, str]]:
    """Every condition of a definition: the element and key where it stands, and its text."""
    for transition in definition.transitions:
        if transition.when is not None:
            yield transition, "when", transition.when
    for checklist in definition.checklists.values():
        for item in checklist.items.values():
            if item.when is not None:
                yield item, "when", item.when
    for form in definition.forms.values():
        for asked in form.fields.values():
            if asked.required_when is not None:
                yield asked, "required_when", asked.required_when
    for table in definition.tables.values():
        for row in table.rows:
            yield row, "when", row.when


def required(definition: Definition, t: Transition) -> list[str]:
    """The conditions of a transition: its own, and those of its checklist."""
    checklist = definition.checklists.get(t.checklist or "")
    items = (
        [item.when for item in checklist.items.values() if item.when is not None]
        if checklist
        else []
    )
    return [*([t.when] if t.when is not None else []), *items]
