"""Every condition compiles against the case's data and gives true or false; what computes a value
gives one of the field's type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ..errors import GuardError
from ..guards.acts import acts_in, did
from ..guards.cel import GuardCompiler
from ..guards.cel_tree import names_in
from ..guards.expressions import Expression
from ..guards.places import ValuePlace, conditions, values
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.flow import Transition
from ..model.parts import ChecklistItem
from ..source.findings import Finding
from ..source.positions import Position


def check(definition: Definition) -> Iterator[Finding]:
    """Expressions that do not compile, or that mix up money, numbers, days and instants."""
    compiler = GuardCompiler.of(definition)
    for element, key, text in conditions(definition):
        at = element.at_value(key)
        yield from _expression(compiler, at, text, FieldType.FLAG, compiler.compile)
    for value in values(definition):
        yield from _value(definition, compiler, value)


def _value(definition: Definition, compiler: GuardCompiler, value: ValuePlace) -> Iterator[Finding]:
    """What is wrong with what computes a value."""
    at, compile = value.element.at_value(value.key), partial(compiler.value, gives=value.gives)
    wrong = list(_expression(compiler, at, value.text, value.gives, compile))
    if wrong:
        yield from wrong
        return
    expression = compile(value.text)
    if expression.subs and not value.is_set:
        zh = "随时计算的值不能用到子程序；请写在条件或动作的 sets 中"
        en = "a computed field asks nothing of sub-procedures: ask in a condition, or in `sets`"
        yield Finding(at, "computed-field", zh, en)
    if any(name.startswith("deadline.") for name in names_in(expression.tree)):
        zh = "计算的值不能用到期限；请写在条件中"
        yield Finding(at, "computed-field", zh, "a computed value asks nothing of time limits")
    if acts_in(value.text):
        zh, en = (
            "计算的值不能用 did；请写在条件中",
            "a computed value asks of no acts: conditions do",
        )
        yield Finding(at, "computed-field", zh, en)
    yield from _unsealed(definition, at, value.field, expression.fields)


def _unsealed(
    definition: Definition, at: Position, field: str, read: Iterable[str]
) -> Iterator[Finding]:
    """What is computed of something sealed would show it to everybody."""
    sealed = sorted(name for name in read if definition.fields[name].sealed)
    if sealed and not definition.fields[field].sealed:
        names = ", ".join(sealed)
        zh = f"{field} 由密封的 {names} 得出，也须密封（sealed: true）"
        en = f"{field} is computed of what is sealed ({names}): seal it too (sealed: true)"
        yield Finding(at, "computed-sealed", zh, en)


def _expression(
    compiler: GuardCompiler,
    at: Position,
    text: str,
    gives: FieldType,
    compile: Callable[[str], Expression],
) -> Iterator[Finding]:
    """What is wrong with one expression that must give a type."""
    try:
        compile(text)
    except GuardError as error:
        yield _not_compiled(at, error)
        return
    for code, line, column, words in compiler.mistakes(text, gives):
        yield Finding(_within(at, line, column), code, words.zh, words.en)


def _not_compiled(at: Position, error: GuardError) -> Finding:
    """The finding of an error, at its own place inside the condition."""
    place = _within(at, error.data["line"], error.data["column"])
    return Finding(place, error.code, error.text("zh"), error.text("en"))


def _within(at: Position, line: int, column: int) -> Position:
    """A place inside a condition that stands somewhere."""
    return Position(at.file, at.line + line - 1, at.column + column - 1)


def required(definition: Definition, t: Transition) -> list[str]:
    """The conditions of a transition: its own, and those of its checklist."""
    items = definition.checklist_of(t).items.values()
    return list(filter(None, [t.when, *map(condition_of, items)]))


def condition_of(item: ChecklistItem) -> str | None:
    """What must hold for an item: the condition that it has, and that an act of its has happened.

    None where it asks for documents alone.
    """
    if not item.done_by:
        return item.when
    is_done = " || ".join(map(did, item.done_by))
    return is_done if item.when is None else f"({item.when}) && ({is_done})"
