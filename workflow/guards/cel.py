"""Guards in CEL: compiled and type-checked against the case's data, then evaluated on typed values.

Names: `case.FIELD`; `given.FIELD` (whether it is known); for sub-procedures `SUB.open`, `SUB.count`, `SUB.concluded`,
`SUB.at.STATE` (how many stand there), `SUB.sum.FIELD` (over the open ones), `SUB.latest.FIELD` (of the one opened last), of the
fields and states that the definition lists; `today` and `now`. Money is exact (counted in cents): write amounts as `money("100000.00")`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Protocol

from ..errors import GuardError, GuardValueMissing
from ..model.definition import Definition
from ..model.field_types import FieldType
from .cel_tree import Constant, FunctionCall, Name, Tree, names_in, tree_of
from .messages import cel_problem, type_word
from .python import Plain
from .python import plain as plain_python

_MONEY = re.compile(r'money\(\s*"([^"]*)"\s*\)')

_NAME = re.compile(
    r"\b[a-z][a-z0-9_]*\.(?:(?:at|sum|latest)\.)?[a-z][a-z0-9_]*\b|\b(?:now|today)\b"
)

_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")
_FLAG = 1 << 61
_COMPARISONS = frozenset({"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"})
COUNTS = ("open", "count", "concluded")
Children = Mapping[str, Mapping[str, Any]]
"""What guards know of the sub-procedures: by name, then `open`, `count`, `concluded`, `at.STATE`, `sum.FIELD`, `latest.FIELD`."""


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


@dataclass(frozen=True)
class Guard:
    """A compiled guard; `fields` are the case fields it reads, `subs` the sub-procedures it asks about.

    `tree` is its checked syntax tree; amounts of money are whole cents in it.
    """

    text: str
    fields: tuple[str, ...]
    subs: frozenset[str]
    tree: Tree
    _program: Any
    _plain: Plain | None
    _readers: tuple[tuple[str, Callable[[GuardScope], Any]], ...]
    _fields: tuple[tuple[str, str, bool], ...]

    def allows(self, scope: GuardScope) -> bool:
        """Whether the guard holds. Raises `GuardValueMissing` when a value that decides it is not known."""
        if self._plain is not None:
            decided = self._plain(scope.data, scope.children)
            if decided is not None:
                return decided
        return self.asks_cel(scope)

    def asks_cel(self, scope: GuardScope) -> bool:
        """As `allows`, by CEL alone."""
        values: dict[str, Any] = {}
        data = scope.data
        for name, field, is_money in self._fields:
            value = data.get(field)
            if value is not None:
                values[name] = int(value * 100) if is_money else value
        for name, read in self._readers:
            value = read(scope)
            if value is not None:
                values[name] = value
        result = self._program.eval(data=values).value()
        if result is True or result is False:
            return bool(result)
        missing = [name for name in self.fields if scope.data.get(name) is None]
        raise GuardValueMissing(names=", ".join(missing) or str(result))


class GuardCompiler:
    """Compiles the guards of one definition. Raises `GuardError` with the column inside the expression."""

    @classmethod
    def of(cls, definition: Definition) -> GuardCompiler:
        """The one compiler of a definition: each guard is compiled once, whoever asks."""
        if definition._compiler is None:
            definition._compiler = cls(definition)
        compiler: GuardCompiler = definition._compiler
        return compiler

    def __init__(self, definition: Definition) -> None:
        self._types = {name: spec.type for name, spec in definition.data.items()}
        self._subs = definition.sub_procedures
        self._env: Any = None
        self._known: dict[str, Guard] = {}

    def compile(self, text: str) -> Guard:
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._compile(text)
        return found

    def _compile(self, text: str) -> Guard:
        cel = _cel()
        if self._env is None:
            self._env = cel.NewEnv(variables=self._variables())
        shown = _exact_money(text)
        try:
            program = self._env.compile(shown)
        except RuntimeError as error:
            raise _explained(str(error), self._variables()) from None
        if program.return_type() != cel.Type.BOOL:
            kind = program.return_type().name()
            raise GuardError(
                why_zh=f"结果须为是或否，现为{type_word(kind.lower())}",
                why_en=f"must be true or false, not {kind.lower()}",
                line=1,
                column=1,
            )
        names = dict.fromkeys(_NAME.findall(_TEXT.sub('""', shown)))
        fields = tuple(
            name[5:] for name in names if name.startswith("case.") and name[5:] in self._types
        )
        plain = tuple(
            (f"case.{f}", f, self._types[f] is FieldType.MONEY)
            for f in fields
            if self._types[f] is not FieldType.DATE
        )
        others = names.keys() - {name for name, _, _ in plain}
        readers = tuple(
            (name, reader) for name in names if name in others and (reader := self._reader(name))
        )
        subs = frozenset(head for name in names if (head := name.partition(".")[0]) in self._subs)
        tree = tree_of(program.serialize())
        return Guard(
            text,
            fields,
            subs,
            tree,
            program,
            plain_python(tree, self._types, frozenset(self._subs)),
            readers,
            plain,
        )

    def mixes_money(self, text: str) -> str | None:
        """The amount of money that a guard compares with a plain number (which would count as cents); None when there is none."""
        if not any(kind is FieldType.MONEY for kind in self._types.values()):
            return None
        tree = tree_of(self._env.compile(_exact_money(text, _FLAG)).serialize())
        return self._mixed(tree)

    def _mixed(self, tree: Tree) -> str | None:
        if not isinstance(tree, FunctionCall):
            return None
        found = next((name for part in tree.arguments if (name := self._mixed(part))), None)
        if found is not None or tree.function not in _COMPARISONS:
            return found
        money = [self._is_money(part) for part in tree.arguments]
        bare = [
            isinstance(part, Constant)
            and isinstance(part.value, int)
            and 0 != part.value < _FLAG // 2
            for part in tree.arguments
        ]
        other = next(
            (p for p, is_money in zip(tree.arguments, money, strict=True) if is_money), None
        )
        return next(iter(names_in(other)), "money") if other is not None and any(bare) else None

    def _is_money(self, tree: Tree) -> bool:
        if isinstance(tree, Constant):
            return (
                isinstance(tree.value, int)
                and not isinstance(tree.value, bool)
                and tree.value >= _FLAG // 2
            )
        if isinstance(tree, Name):
            head, _, rest = tree.name.partition(".")
            fields = self._subs[head].fields if head in self._subs else self._types
            return fields.get(rest.rpartition(".")[2]) is FieldType.MONEY and (
                head == "case" or head in self._subs
            )
        return (
            isinstance(tree, FunctionCall)
            and tree.function in ("_+_", "_-_", "_*_")
            and any(map(self._is_money, tree.arguments))
        )

    def _variables(self) -> dict[str, Any]:
        T = _cel().Type
        types = {
            FieldType.TEXT: T.STRING,
            FieldType.NUMBER: T.INT,
            FieldType.MONEY: T.INT,
            FieldType.DATE: T.TIMESTAMP,
            FieldType.DATETIME: T.TIMESTAMP,
            FieldType.FLAG: T.BOOL,
            FieldType.CHOICE: T.STRING,
            FieldType.LIST: T.List(T.STRING),
            FieldType.PARTY: T.STRING,
        }
        variables = {"now": T.TIMESTAMP, "today": T.TIMESTAMP}
        for name, kind in self._types.items():
            variables[f"case.{name}"] = types[kind]
            variables[f"given.{name}"] = T.BOOL
        for name, sub in self._subs.items():
            variables |= {f"{name}.{count}": T.INT for count in COUNTS}
            variables |= {f"{name}.at.{state}": T.INT for state in sub.states}
            variables |= {
                f"{name}.sum.{field}": T.INT
                for field, kind in sub.fields.items()
                if kind in (FieldType.MONEY, FieldType.NUMBER)
            }
            variables |= {
                f"{name}.latest.{field}": types[kind] for field, kind in sub.fields.items()
            }
        return variables

    def _reader(self, name: str) -> Callable[[GuardScope], Any] | None:
        head, _, tail = name.partition(".")
        if name == "now":
            return lambda scope: scope.now
        if name == "today":
            return lambda scope: scope.today
        if head == "case" and tail in self._types:
            return _date_reader(tail)
        if head == "given":
            return lambda scope: scope.data.get(tail) is not None
        if head in self._subs:
            return self._child_reader(head, tail)
        return None

    def _child_reader(self, sub: str, what: str) -> Callable[[GuardScope], Any]:
        kind, _, field = what.partition(".")
        if kind not in ("sum", "latest"):
            return lambda scope: scope.children.get(sub, {}).get(what, 0)
        of = self._subs[sub].fields[field]
        unknown = 0 if kind == "sum" else None

        def read(scope: GuardScope) -> Any:
            value = scope.children.get(sub, {}).get(what, unknown)
            return _as_seen(of, value)

        return read


def _as_seen(kind: FieldType, value: Any) -> Any:
    """A typed value as guards see it: money in cents, dates as midnight UTC."""
    if value is None:
        return None
    if kind is FieldType.MONEY:
        return int(value * 100)
    return (
        datetime(value.year, value.month, value.day, tzinfo=UTC)
        if kind is FieldType.DATE
        else value
    )


def _date_reader(name: str) -> Callable[[GuardScope], Any]:
    def read(scope: GuardScope) -> Any:
        return _as_seen(FieldType.DATE, scope.data.get(name))

    return read


@cache
def _cel() -> Any:
    from cel_expr_python import cel

    return cel


def _exact_money(text: str, flag: int = 0) -> str:
    """`money("1.50")` as a whole number of cents, padded so that columns stay true; `flag` is added to tell it from other numbers."""

    def cents(match: re.Match[str]) -> str:
        try:
            amount = Decimal(match[1]) * 100
            if amount != int(amount):
                raise ValueError
        except (InvalidOperation, ValueError, OverflowError):
            zh, en = f"不是金额：{match[1]}", f"not an amount of money: {match[1]}"
            raise GuardError(why_zh=zh, why_en=en, line=1, column=match.start() + 1) from None
        return str(int(amount) + flag).ljust(len(match[0]))

    return _MONEY.sub(cents, text)


def _explained(raw: str, known: Iterable[str]) -> GuardError:
    place = _PLACE.search(raw)
    problem = (
        place[3].removesuffix(" (in container '')").removesuffix(" [INVALID_ARGUMENT]")
        if place
        else raw.splitlines()[0]
    )
    zh, en = cel_problem(problem, known)
    return GuardError(
        why_zh=zh,
        why_en=en,
        line=int(place[1]) if place else 1,
        column=int(place[2]) if place else 1,
    )
