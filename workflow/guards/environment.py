"""The compiler of CEL for one definition: its variables and functions; what it says, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from ..errors import DataError, GuardError
from ..model.field_types import FieldType, parse
from .acts import line_and_column
from .functions import Function, ListOf, Taken
from .kinds import what_it_takes
from .messages import cel_problem
from .slips import slip_in

MONEY = re.compile(r"""money\(\s*(?P<quote>["'])(?P<amount>[^"']*)(?P=quote)\s*\)""")
_MONEY_OR_TEXT = re.compile(rf"""{MONEY.pattern}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
"""An amount, or a text, within which there is none."""
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")
_NAME = re.compile(r"[a-z]\w*(?:\.\w+)+")
_CALLED = re.compile(r"(?:reference to|overload for) '([^']*)'")


class Environment:
    """Compiles expressions over variables of these types, which may call these functions."""

    def __init__(
        self,
        kinds: Mapping[str, FieldType],
        functions: Mapping[str, Sequence[Function]],
        choices: Iterable[str] = (),
    ) -> None:
        self._kinds, self._functions = kinds, functions
        self._choices = [f'"{choice}"' for choice in choices]
        self._made: Any = None

    def compile(self, text: str) -> Any:
        """The checked program of a text in which money is exact. Raises `GuardError`."""
        try:
            return self.library().compile(text)
        except RuntimeError as error:
            raise self._explained(str(error), text) from None

    def library(self) -> Any:
        """The environment of the library, made when the first expression needs it."""
        if self._made is None:
            types = cel_types()
            variables = {name: types[kind] for name, kind in self._kinds.items()}
            functions = [_declared(name, found) for name, found in self._functions.items()]
            self._made = cel().NewEnv(variables=variables, functions=functions)
        return self._made

    def _explained(self, raw: str, text: str) -> GuardError:
        """What the compiler says, put for people, with the place that it names.

        A slip that people make is told instead: the compiler only stumbles over it.
        """
        slip = slip_in(text)
        if slip is not None:
            zh, en = slip.words
            return GuardError(why_zh=zh, why_en=en, line=slip.line, column=slip.column)
        place = _PLACE.search(raw)
        if place is None:
            line, column, problem = 1, 1, raw.splitlines()[0]
        else:
            line, column = int(place[1]), int(place[2])
            problem = (
                place[3].removesuffix(" (in container '')").removesuffix(" [INVALID_ARGUMENT]")
            )
        column = _start_of_name(text, line, column)
        name = "".join(_CALLED.findall(problem)[:1])
        ours = self._functions.get(name)
        problem = problem.replace(f"'{name}'", f"'{_dotted(name, text)}'")
        known = (*self._kinds, *self._functions, *self._choices)
        why = what_it_takes(ours) if ours is not None else cel_problem(problem, known)
        return GuardError(why_zh=why.zh, why_en=why.en, line=line, column=column)


def _start_of_name(text: str, line: int, column: int) -> int:
    """Where a dotted name begins: CEL gives the place of its last dot."""
    written = text.splitlines()[line - 1 : line] or [""]
    dotted = _NAME.finditer(written[0])
    starts = (found.start() + 1 for found in dotted if found.start() < column - 1 < found.end())
    return next(starts, column)


def _dotted(name: str, text: str) -> str:
    """A name as the text has it: CEL names the first part of a dotted one alone."""
    found = re.findall(rf"\b{re.escape(name)}(?:\.\w+)*", text)
    return next(iter(found), name)


def _declared(name: str, functions: Iterable[Function]) -> Any:
    """A function of ours as the library takes it; of several that are alike to it, one."""
    library, types = cel(), cel_types()
    overloads = {}
    for function in functions:
        takes = [_type_of(kind, types) for kind in function.takes]
        key = "_".join([name.replace(".", "_"), *(kind.name().lower() for kind in takes)])
        overloads[key] = library.Overload(key, types[function.gives], takes, False, function.call)
    return library.FunctionDecl(name, list(overloads.values()))


def _type_of(kind: Taken, types: Mapping[FieldType, Any]) -> Any:
    """The type in CEL of what a function takes."""
    if isinstance(kind, ListOf):
        return cel().Type.List(types[kind.of])
    return types[kind]


@cache
def cel() -> Any:
    """The library of CEL."""
    from cel_expr_python import cel  # takes long to load, and not every procedure has guards

    return cel


@cache
def cel_types() -> dict[FieldType, Any]:
    """The type that values of each type have in CEL."""
    types = cel().Type
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
        FieldType.IDENTITY: types.STRING,
        FieldType.RECORDS: types.List(types.Map(types.STRING, types.DYN)),
    }


def exact_money(text: str, flag: int = 0) -> str:
    """`money("1.50")` as a whole number of cents, padded so that columns stay true.

    `flag` is added to tell it from other numbers. Raises `GuardError`.
    """

    def in_cents(match: re.Match[str]) -> str:
        amount = match["amount"]
        if amount is None:
            return match[0]
        try:
            exact = parse("money", FieldType.MONEY, amount)
        except DataError as wrong:
            place = line_and_column(text, match.start())
            zh, en = f"“{amount}”：{wrong.data['why_zh']}", f"“{amount}”: {wrong.data['why_en']}"
            raise GuardError(why_zh=zh, why_en=en, **place) from None
        assert isinstance(exact, Decimal)
        return str(int(exact * 100) + flag).ljust(len(match[0]))

    return _MONEY_OR_TEXT.sub(in_cents, text)
