"""Every condition compiles against the case's data and gives true or false."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import GuardError
from ..guards.cel import GuardCompiler
from ..guards.places import conditions
from ..model.definition import Definition
from ..model.flow import Transition
from ..model.parts import ChecklistItem
from ..source.findings import Finding
from ..source.positions import Position
from .references import named


def check(definition: Definition) -> Iterator[Finding]:
    """Conditions that do not compile, or that mix up amounts of money and plain numbers."""
    compiler = GuardCompiler.of(definition)
    for element, key, text in conditions(definition):
        at = element.at_value(key)
        try:
            compiler.compile(text)
        except GuardError as error:
            yield _not_compiled(at, error)
            continue
        yield from (_not_compiled(at, error) for error in compiler.literal_errors(text))
        amount = compiler.mixes_money(text)
        if amount is not None:
            yield _mixed(at, amount)


def _not_compiled(at: Position, error: GuardError) -> Finding:
    """The finding of an error, at its own place inside the condition."""
    line = at.line + error.data["line"] - 1
    column = at.column + error.data["column"] - 1
    place = Position(at.file, line, column)
    return Finding(place, error.code, error.text("zh"), error.text("en"))


def _mixed(at: Position, amount: str) -> Finding:
    """The finding of a comparison whose number would count as cents."""
    zh = f'金额 {amount} 与普通数字比较（会按分计算）；金额请写 money("100.00")'
    en = (
        f"the money {amount} is compared with a plain number "
        '(which counts as cents): write money("100.00")'
    )
    return Finding(at, "money-number", zh, en)


def required(definition: Definition, t: Transition) -> list[str]:
    """The conditions of a transition: its own, and those of its checklist."""
    checklist = named(definition.checklists, t.checklist)
    elements: list[Transition | ChecklistItem]
    elements = [t, *(checklist.items.values() if checklist is not None else ())]
    return [element.when for element in elements if element.when is not None]
