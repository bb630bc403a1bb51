"""Guards in CEL: compiled and type-checked against the case's data, evaluated on typed values.

Names: `case.FIELD`; `given.FIELD` (whether it is known); for sub-procedures `SUB.open`,
`SUB.count`, `SUB.concluded`, `SUB.at.STATE` (how many stand there), `SUB.sum.FIELD` (over the open
ones), `SUB.latest.FIELD` (of the one opened last), of the fields and states that the definition
lists; `today` and `now`. Money is exact (counted in cents): write amounts as `money("100000.00")`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, partial
from operator import attrgetter
from typing import Any, Protocol

from ..errors import GuardError, GuardFailed, GuardValueMissing
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..source.positions import Position
from .cel_tree import Constant, FunctionCall, Name, Tree, names_in, tree_of
from .literals import bad_literals
from .messages import cel_problem, type_word
from .places import place_of
from .python import Plain
from .python import plain as plain_python
from .variables import cents, variables_of

_MONEY = re.compile(r'money\(\s*"([^"]*)"\s*\)')

_NAME = re.compile(
    r"\b[a-z][a-z0-9_]*\.(?:(?:at|sum|latest)\.)?[a-z][a-z0-9_]*\b|\b(?:now|today)\b"
)

_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")
_FLAG = 1 << 61
"""Added to amounts of money, which are far smaller, where they are to be told from numbers."""

_UNKNOWN = "No value with name"
"""How CEL begins to say that a variable is not known."""

_COMPARISONS = frozenset({"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"})
_ARITHMETIC = frozenset({"_+_", "_-_", "_*_"})

Children = Mapping[str, Mapping[str, Any]]
"""What guards know of the sub-procedures: by name, then `open`, `count`, `concluded`, `at.STATE`,
`sum.FIELD`, `latest.FIELD`."""


class GuardScope(Protocol):
    """The values a guard is evaluated on.

    `today` is midnight UTC of the local day, as dates look to guards.
    """

    data: Mapping[str, Any]
    children: Children

    @property
    def now(self) -> datetime: ...

    @property
    def today(self) -> datetime: ...


Reader = Callable[[GuardScope], Any]
"""Takes the value of one variable from a scope; None where it is not known."""


@dataclass(frozen=True)
class Guard:
    """A compiled guard.

    `fields` are the case fields it reads, `subs` the sub-procedures it asks about. `tree` is its
    checked syntax tree; amounts of money are whole cents in it.
    """

    text: str
    fields: tuple[str, ...]
    subs: frozenset[str]
    tree: Tree
    _program: Any
    _plain: Plain | None
    _readers: tuple[tuple[str, Reader], ...]
    _fields: tuple[tuple[str, str, bool], ...]
    _place: Callable[[str], Position]

    def allows(self, scope: GuardScope) -> bool:
        """Whether the guard holds.

        Raises `GuardValueMissing` when a value that decides it is not known, and `GuardFailed` when
        it cannot be evaluated on the values that are.
        """
        if self._plain is not None:
            decided = self._plain(scope.data, scope.children)
            if decided is not None:
                return decided
        return self.asks_cel(scope)

    def asks_cel(self, scope: GuardScope) -> bool:
        """As `allows`, by CEL alone."""
        try:
            result = self._program.eval(data=self._known_values(scope)).value()
        except (RuntimeError, ValueError, TypeError, OverflowError) as error:
            raise self._failed(str(error)) from None
        if isinstance(result, bool):
            return result
        missing = self._missing(scope)
        if missing and _UNKNOWN in str(result):
            raise GuardValueMissing(names=missing)
        raise self._failed(str(result))

    def _failed(self, problem: str) -> GuardFailed:
        why = cel_problem(problem, ())
        return GuardFailed(place=self._place(self.text), why_zh=why.zh, why_en=why.en)

    def _missing(self, scope: GuardScope) -> str:
        """The fields of the case that the guard reads and that are not known."""
        missing = [name for name in self.fields if scope.data.get(name) is None]
        return ", ".join(missing)

    def _known_values(self, scope: GuardScope) -> dict[str, Any]:
        """The values of the variables that are known: CEL decides whether the others matter."""
        values: dict[str, Any] = {}
        data = scope.data
        for name, field, is_money in self._fields:
            value = data.get(field)
            if value is not None:
                values[name] = cents(value) if is_money else value
        for name, read in self._readers:
            value = read(scope)
            if value is not None:
                values[name] = value
        return values


class GuardCompiler:
    """Compiles the guards of one definition.

    Raises `GuardError` with the column inside the expression. `kinds` are the types of the
    variables that guards may read.
    """

    @classmethod
    def of(cls, definition: Definition) -> GuardCompiler:
        """The one compiler of a definition: each guard is compiled once, whoever asks."""
        if definition._compiler is None:
            definition._compiler = cls(definition)
        compiler: GuardCompiler = definition._compiler
        return compiler

    def __init__(self, definition: Definition) -> None:
        self.kinds = variables_of(definition)
        self._definition = definition
        self._subs = definition.sub_procedures
        self._environment: Any = None
        self._compiled: dict[str, Guard] = {}

    def compile(self, text: str) -> Guard:
        """The compiled guard. Raises `GuardError`."""
        found = self._compiled.get(text)
        if found is None:
            found = self._compiled[text] = self._compile(text)
        return found

    def _compile(self, text: str) -> Guard:
        """A guard with all that is worked out of its text once."""
        shown = _exact_money(text)
        program = self._checked(shown)
        tree = tree_of(program.serialize())
        names = self._names_in(shown)
        heads = {name.partition(".")[0] for name in names}
        return Guard(
            text=text,
            fields=tuple(_fields_among(names)),
            subs=frozenset(heads & self._subs.keys()),
            tree=tree,
            _program=program,
            _plain=plain_python(tree, self.kinds, frozenset(self._subs)),
            _readers=tuple(self._readers(names)),
            _fields=tuple(self._direct_fields(names)),
            _place=partial(place_of, self._definition),
        )

    def _checked(self, shown: str) -> Any:
        """The program of CEL, which gives true or false."""
        try:
            program = self._programs().compile(shown)
        except RuntimeError as error:
            raise _explained(str(error), self.kinds) from None
        kind = program.return_type()
        if kind != _cel().Type.BOOL:
            raise _no_condition(kind.name().lower())
        return program

    def _programs(self) -> Any:
        """The environment of CEL, made when the first guard needs it."""
        if self._environment is None:
            types = _cel_types()
            variables = {name: types[kind] for name, kind in self.kinds.items()}
            self._environment = _cel().NewEnv(variables=variables)
        return self._environment

    def _names_in(self, shown: str) -> list[str]:
        """The variables in a guard, each once, in the order of the text."""
        without_texts = _TEXT.sub('""', shown)
        found = dict.fromkeys(_NAME.findall(without_texts))
        return [name for name in found if name in self.kinds]

    def _direct_fields(self, names: Iterable[str]) -> Iterator[tuple[str, str, bool]]:
        """Fields that CEL takes as they are, but for money in cents: variable, field, is money."""
        for field in _fields_among(names):
            name = f"case.{field}"
            if self.kinds[name] is not FieldType.DATE:
                yield name, field, self.kinds[name] is FieldType.MONEY

    def _readers(self, names: Iterable[str]) -> Iterator[tuple[str, Reader]]:
        """What else a guard reads, and how."""
        for name in names:
            read = self._reader(name)
            if read is not None:
                yield name, read

    def _reader(self, name: str) -> Reader | None:
        """How a variable is read that is not taken from the case as it is."""
        head, _, rest = name.partition(".")
        if name in ("now", "today"):
            return attrgetter(name)
        if head == "given":
            return lambda scope: scope.data.get(rest) is not None
        if head in self._subs:
            return self._child_reader(head, rest)
        return _date_reader(rest) if self.kinds[name] is FieldType.DATE else None

    def _child_reader(self, sub: str, what: str) -> Reader:
        """Reads what is known of the sub-procedures of a kind; before the first there are none."""
        of, _, field = what.partition(".")
        if of not in ("sum", "latest"):
            return lambda scope: scope.children.get(sub, {}).get(what, 0)
        kind = self._subs[sub].fields[field]
        unknown = 0 if of == "sum" else None

        def read(scope: GuardScope) -> Any:
            return _as_seen(kind, scope.children.get(sub, {}).get(what, unknown))

        return read

    def literal_errors(self, text: str) -> Iterator[GuardError]:
        """What literals of a guard that compiles can never be evaluated."""
        for bad in bad_literals(text, self._why_it_fails):
            why = cel_problem(bad.why, ())
            before = text[: bad.place]
            line, column = before.count("\n") + 1, bad.place - before.rfind("\n")
            yield GuardError(why_zh=why.zh, why_en=why.en, line=line, column=column)

    def _why_it_fails(self, condition: str) -> str | None:
        """Why a condition without variables cannot be evaluated; None where it can."""
        try:
            result = self._programs().compile(condition).eval(data={}).value()
        except RuntimeError:
            return None  # it is another overload, which the whole guard was checked for
        return None if isinstance(result, bool) else str(result)

    def mixes_money(self, text: str) -> str | None:
        """The amount of money that a guard compares with a plain number.

        The number would count as cents. None when there is none.
        """
        kinds = set(map(self.kinds.get, names_in(self.compile(text).tree)))
        if FieldType.MONEY not in kinds and _MONEY.search(text) is None:
            return None  # nothing of it is money: it need not be compiled once more
        flagged = self._programs().compile(_exact_money(text, _FLAG))
        return self._mixed(tree_of(flagged.serialize()))

    def _mixed(self, tree: Tree) -> str | None:
        """The amount in the first comparison of a tree that mixes, the innermost first."""
        if not isinstance(tree, FunctionCall):
            return None
        for part in tree.arguments:
            found = self._mixed(part)
            if found is not None:
                return found
        return self._amount_beside_number(tree) if tree.function in _COMPARISONS else None

    def _amount_beside_number(self, comparison: FunctionCall) -> str | None:
        """The amount in one comparison, if a plain number is on the other side."""
        sides = comparison.arguments
        amount = next(filter(self._is_money, sides), None)
        if amount is None or not any(map(_is_plain_number, sides)):
            return None
        return next(names_in(amount), "money")

    def _is_money(self, tree: Tree) -> bool:
        """Whether a part is money: an amount, a variable of money, or a sum with either."""
        if isinstance(tree, Constant):
            return _is_flagged(tree.value)
        if isinstance(tree, Name):
            return self.kinds.get(tree.name) is FieldType.MONEY
        if not isinstance(tree, FunctionCall) or tree.function not in _ARITHMETIC:
            return False
        return any(map(self._is_money, tree.arguments))


def _is_flagged(value: object) -> bool:
    """Whether a number was written as an amount of money."""
    return isinstance(value, int) and value >= _FLAG // 2


def _is_plain_number(tree: Tree) -> bool:
    """Whether a part is a number that was not written as money; nothing is nothing in both."""
    if not isinstance(tree, Constant) or not isinstance(tree.value, int):
        return False
    return tree.value != 0 and not _is_flagged(tree.value)


def _fields_among(names: Iterable[str]) -> list[str]:
    """The fields of the case among variables."""
    return [name.removeprefix("case.") for name in names if name.startswith("case.")]


def _as_seen(kind: FieldType, value: Any) -> Any:
    """A typed value as guards see it, where they see it otherwise."""
    if value is None:
        return None
    see = _SEEN.get(kind)
    return see(value) if see is not None else value


def _midnight(day: date) -> datetime:
    """When a day begins: the one time that stands for it, whatever the zone."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_SEEN: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.MONEY: cents,
    FieldType.DATE: _midnight,
}


def _date_reader(field: str) -> Reader:
    """Reads a date of the case as guards see it."""

    def read(scope: GuardScope) -> Any:
        return _as_seen(FieldType.DATE, scope.data.get(field))

    return read


@cache
def _cel() -> Any:
    """The library of CEL."""
    from cel_expr_python import cel  # takes long to load, and not every procedure has guards

    return cel


@cache
def _cel_types() -> dict[FieldType, Any]:
    """The type that values of each type have in CEL."""
    types = _cel().Type
    return {
        FieldType.TEXT: types.STRING,
        FieldType.NUMBER: types.INT,
        FieldType.MONEY: types.INT,
        FieldType.DATE: types.TIMESTAMP,
        FieldType.DATETIME: types.TIMESTAMP,
        FieldType.FLAG: types.BOOL,
        FieldType.CHOICE: types.STRING,
        FieldType.LIST: types.List(types.STRING),
        FieldType.PARTY: types.STRING,
    }


def _exact_money(text: str, flag: int = 0) -> str:
    """`money("1.50")` as a whole number of cents, padded so that columns stay true.

    `flag` is added to tell it from other numbers.
    """

    def in_cents(match: re.Match[str]) -> str:
        try:
            amount = Decimal(match[1]) * 100
            if amount != int(amount):
                raise ValueError
        except (InvalidOperation, ValueError, OverflowError):
            zh, en = f"不是金额：{match[1]}", f"not an amount of money: {match[1]}"
            raise GuardError(why_zh=zh, why_en=en, line=1, column=match.start() + 1) from None
        return str(int(amount) + flag).ljust(len(match[0]))

    return _MONEY.sub(in_cents, text)


def _no_condition(kind: str) -> GuardError:
    """A guard that gives something else than true or false is wrong as a whole."""
    return GuardError(
        why_zh=f"结果须为是或否，现为{type_word(kind)}",
        why_en=f"must be true or false, not {kind}",
        line=1,
        column=1,
    )


def _explained(raw: str, known: Iterable[str]) -> GuardError:
    """What the compiler says, put for people, with the place that it names."""
    place = _PLACE.search(raw)
    if place is None:
        line, column, problem = 1, 1, raw.splitlines()[0]
    else:
        line, column = int(place[1]), int(place[2])
        problem = place[3].removesuffix(" (in container '')").removesuffix(" [INVALID_ARGUMENT]")
    why = cel_problem(problem, known)
    return GuardError(why_zh=why.zh, why_en=why.en, line=line, column=column)
