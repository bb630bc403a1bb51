"""Expressions that compiled: conditions, and values; evaluated on the typed values of a case."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from ..errors import FormulaError, GuardFailed, GuardValueMissing
from ..model.field_types import FieldType
from ..model.records import ID, Fields, Record
from ..source.positions import Position
from .cel_tree import Tree
from .environment import cel
from .messages import cel_problem
from .python import Plain
from .records import MOMENTS, as_text
from .variables import amount_of, cents, midnight

_UNKNOWN = "No value with name"
"""How CEL begins to say that a variable is not known."""

_UNKNOWN_IN_RECORD = re.compile(r"Key not found in map : \"?(\w+)")
"""How CEL says that a record has no value in a field."""

Children = Mapping[str, Mapping[str, Any]]
"""What guards know of the sub-procedures: by name, then `open`, `count`, `concluded`, `at.STATE`,
`sum.FIELD`, `latest.FIELD`."""


class GuardScope(Protocol):
    """The values an expression is evaluated on.

    `today` is midnight UTC of the local day, as dates look to expressions.
    """

    data: Mapping[str, Any]
    children: Children

    @property
    def done(self) -> Collection[str]:
        """The acts that have happened, as far as conditions ask about them."""
        ...

    def limits(self, name: str, asked: str) -> int:
        """How many limits of a rule are `running`, or `missed`."""
        ...

    @property
    def now(self) -> datetime: ...

    @property
    def today(self) -> datetime: ...


Reader = Callable[[GuardScope], Any]
"""Takes the value of one variable from a scope; None where it is not known."""


@dataclass(frozen=True)
class Expression:
    """A compiled expression.

    `fields` are the case fields it reads, those that computed ones read among them; `subs` the
    sub-procedures it asks about. `tree` is its checked syntax tree; amounts of money are whole
    cents in it. `serialized` is what the compiler gave; `_of_records` are the fields of the records
    that it goes through.
    """

    text: str
    fields: tuple[str, ...]
    subs: frozenset[str]
    tree: Tree
    serialized: bytes
    _program: Any
    _readers: tuple[tuple[str, Reader], ...]
    _direct: tuple[tuple[str, str, bool], ...]
    _place: Callable[[str], Position]
    _of_records: frozenset[str]

    def _result(self, scope: GuardScope) -> Any:
        """What CEL gives.

        Raises `GuardValueMissing` when a value that decides it is not known, and `GuardFailed` when
        it cannot be evaluated on the values that are.
        """
        try:
            found = self._program.eval(data=self._known_values(scope))
            is_error, result = found.type() == cel().Type.ERROR, found.value()
        except (RuntimeError, ValueError, TypeError, OverflowError) as error:
            raise self.failed(str(error)) from None
        if not is_error:
            return result
        self._read_again(scope)
        raise self._why(scope, str(result))

    def _read_again(self, scope: GuardScope) -> None:
        """Raises `GuardFailed` with why a value could not be computed, where that is so."""
        try:
            for _, read in self._readers:
                read(scope)
        except FormulaError as error:  # what an account or a title is asked is computed from facts
            why = {"why_zh": error.text("zh"), "why_en": error.text("en")}
            raise GuardFailed(place=self._place(self.text), **why) from None

    def _why(self, scope: GuardScope, told: str) -> GuardValueMissing | GuardFailed:
        """Why there is no result: a value that decides it is not known, or another reason."""
        missing = self._missing(scope)
        if missing and _UNKNOWN in told:
            return GuardValueMissing(names=missing)
        in_record = _UNKNOWN_IN_RECORD.search(told)
        if in_record is not None and in_record[1] in self._of_records:
            return GuardValueMissing(names=in_record[1])
        return self.failed(told)

    def failed(self, problem: str) -> GuardFailed:
        """The error of an evaluation, at the place of the expression."""
        why = cel_problem(problem, ())
        return GuardFailed(place=self._place(self.text), why_zh=why.zh, why_en=why.en)

    def _missing(self, scope: GuardScope) -> str:
        """The fields of the case that it reads and that are not known."""
        missing = [name for name in self.fields if scope.data.get(name) is None]
        return ", ".join(missing)

    def _known_values(self, scope: GuardScope) -> dict[str, Any]:
        """The values of the variables that are known: CEL decides whether the others matter, and
        whether those that cannot be computed do."""
        values: dict[str, Any] = {}
        data = scope.data
        for name, field, is_money in self._direct:
            value = data.get(field)
            if value is not None:
                values[name] = cents(value) if is_money else value
        for name, read in self._readers:
            with suppress(FormulaError, GuardFailed):
                value = read(scope)
                if value is not None:
                    values[name] = value
        return values


@dataclass(frozen=True)
class Guard(Expression):
    """A condition."""

    _plain: Plain | None

    def allows(self, scope: GuardScope) -> bool:
        """Whether the guard holds. Raises `GuardValueMissing`, `GuardFailed`."""
        if self._plain is not None:
            decided = self._plain(scope.data, scope.children)
            if decided is not None:
                return decided
        return self.asks_cel(scope)

    def asks_cel(self, scope: GuardScope) -> bool:
        """As `allows`, by CEL alone."""
        return bool(self._result(scope))


@dataclass(frozen=True)
class ValueExpression(Expression):
    """What computes the value of a field of a type."""

    gives: FieldType

    def value(self, scope: GuardScope) -> Any:
        """The typed value. Raises `GuardValueMissing`, `GuardFailed`."""
        revive = _REVIVED.get(self.gives)
        result = self._result(scope)
        try:
            return revive(result) if revive is not None else result
        except (ValueError, OverflowError) as error:
            raise self.failed(str(error)) from None

    def known(self, scope: GuardScope) -> Any:
        """The typed value; None where something that it needs is not known."""
        try:
            return self.value(scope)
        except GuardValueMissing:
            return None


def as_seen(kind: FieldType, value: Any) -> Any:
    """A typed value as expressions see it, where they see it otherwise."""
    if value is None:
        return None
    see = _SEEN.get(kind)
    return see(value) if see is not None else value


def records_as_seen(fields: Fields, records: Iterable[Record]) -> list[dict[str, Any]]:
    """Records as expressions see them: what is not known of one is not in it."""
    return [
        {ID: record[ID]}
        | {
            name: _seen_in_record(spec.type, record[name])
            for name, spec in fields.items()
            if record.get(name) is not None
        }
        for record in records
    ]


def _seen_in_record(kind: FieldType, value: Any) -> Any:
    """A value of a record as expressions see it."""
    seen = as_seen(kind, value)
    return as_text(seen) if kind in MOMENTS else seen


_SEEN: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.MONEY: cents,
    FieldType.DATE: midnight,
}
_REVIVED: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.MONEY: amount_of,
    FieldType.DATE: datetime.date,
    FieldType.DATETIME: lambda moment: moment.astimezone(UTC),
    FieldType.LIST: lambda items: [item.value() for item in items],
}
