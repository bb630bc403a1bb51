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
        at = element.at_value(key)
        try:
            compiler.compile(text)
        except GuardError as error:
            yield _not_compiled(at, error)
            continue
        amount = compiler.mixes_money(text)
        if amount is not None:
            zh = f'金额 {amount} 与普通数字比较（会按分计算）；金额请写 money("100.00")'
            en = (
                f"the money {amount} is compared with a plain number "
                '(which counts as cents): write money("100.00")'
            )
            yield Finding(at, "money-number", zh, en)


def _not_compiled(at: Position, error: GuardError) -> Finding:
    """The finding of an error, at its own place inside the condition."""
    line = at.line + error.data["line"] - 1
    column = at.column + error.data["column"] - 1
    place = Position(at.file, line, column)
    return Finding(place, error.code, error.text("zh"), error.text("en"))


def conditions(definition: Definition) -> Iterator[tuple[Element, str, str]]:
    """Every condition of a definition: the element and key where it stands, and its text."""
    for element, key in _places(definition):
        text = getattr(element, key)
        if text is not None:
            yield element, key, text


def _places(definition: Definition) -> Iterator[tuple[Element, str]]:
    """Where conditions can stand: the elements, and the key of each."""
    for transition in definition.transitions:
        yield transition, "when"
    for checklist in definition.checklists.values():
        for item in checklist.items.values():
            yield item, "when"
    for form in definition.forms.values():
        for asked in form.fields.values():
            yield asked, "required_when"
    for table in definition.tables.values():
        for row in table.rows:
            yield row, "when"


def required(definition: Definition, t: Transition) -> list[str]:
    """The conditions of a transition: its own, and those of its checklist."""
    asked = [t.when]
    checklist = definition.checklists.get(t.checklist or "")
    if checklist is not None:
        asked += [item.when for item in checklist.items.values()]
    return [text for text in asked if text is not None]
