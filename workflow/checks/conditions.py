"""Every condition compiles against the case's data and gives true or false; what computes a value
gives one of the field's type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..errors import GuardError
from ..guards.cel import GuardCompiler
from ..guards.expressions import Expression, Guard
from ..guards.places import conditions, values
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.flow import Transition
from ..model.parts import ChecklistItem
from ..source.findings import Finding
from ..source.positions import Position
from .references import named


def check(definition: Definition) -> Iterator[Finding]:
    """Expressions that do not compile, or that mix up money, numbers, days and instants."""
    compiler = GuardCompiler.of(definition)
    for element, key, text in conditions(definition):
        at = element.at_value(key)
        yield from _expression(compiler, at, text, FieldType.FLAG, compiler.compile)
    for value in values(definition):
        at, gives = value.element.at_value(value.key), value.gives
        yield from _expression(
            compiler, at, value.text, gives, partial(compiler.value, gives=gives)
        )


def _expression(
    compiler: GuardCompiler,
    at: Position,
    text: str,
    gives: FieldType,
    compile: Callable[[str], Expression],
) -> Iterator[Finding]:
    """What is wrong with one expression that must give a type."""
    try:
        expression = compile(text)
    except GuardError as error:
        yield _not_compiled(at, error)
        return
    for code, line, column, words in compiler.mistakes(text, gives):
        yield Finding(_within(at, line, column), code, words.zh, words.en)
    if expression.subs and not isinstance(expression, Guard):
        zh = "计算的值不能用到子程序；请写在条件中"
        yield Finding(at, "computed-field", zh, "a computed value asks nothing of sub-procedures")


def _not_compiled(at: Position, error: GuardError) -> Finding:
    """The finding of an error, at its own place inside the condition."""
    place = _within(at, error.data["line"], error.data["column"])
    return Finding(place, error.code, error.text("zh"), error.text("en"))


def _within(at: Position, line: int, column: int) -> Position:
    """A place inside a condition that stands somewhere."""
    return Position(at.file, at.line + line - 1, at.column + column - 1)


def required(definition: Definition, t: Transition) -> list[str]:
    """The conditions of a transition: its own, and those of its checklist."""
    checklist = named(definition.checklists, t.checklist)
    elements: list[Transition | ChecklistItem]
    elements = [t, *(checklist.items.values() if checklist is not None else ())]
    return [element.when for element in elements if element.when is not None]
