"""Expressions in CEL: compiled and type-checked against the case's data.

Names: `case.FIELD`; `given.FIELD` (whether it is known); `case.LIST`, and `LIST.FIELD` of the
record at hand; `deadline.NAME.running` and `.missed` (how many there are); for sub-procedures
`SUB.open`, `SUB.count`, `SUB.concluded`, `SUB.at.STATE` (how many stand there), `SUB.sum.FIELD`
(over the open ones), `SUB.latest.FIELD` (of the one opened last), of the fields and states that the
definition lists, and `LIST.SUB.…` for those about the record at hand; `today` and `now`; the
functions of `functions.py`; for accounts `ACCOUNT.held`, `.received`, `.paid_out`, `.deposited`
and `.performed`; for titles `CLAIM.due`, `.later`, `.paid`, `.fee`
(at the end of today); for a measure `holds.before`, `.effective`, `.of_case`, `.of_debtor`; of
persons `persons.NAME.deceased`, `.bankrupt` … and `.cases`. Money is
exact (counted in cents): write amounts as `money("100000.00")`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple

from ..claims.asking import ASKED_OF_CLAIMS, asked_of_claim
from ..errors import GuardError, GuardFailed
from ..language import Words
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.persons import PERSONS
from ..model.records import ID
from ..model.shares import asked_of
from .acts import with_acts
from .cel_tree import Tree, places_of, start_of, tree_of
from .environment import MONEY, Environment, cel, cel_types, exact_money
from .expressions import (
    Children,
    Expression,
    Guard,
    GuardScope,
    Reader,
    ValueExpression,
    as_seen,
    records_as_seen,
)
from .functions import functions_for
from .kinds import MONEY_FLAG, KindProblem, Kinds, kind_words
from .literals import bad_literals
from .messages import cel_problem, type_word
from .places import place_of
from .python import plain as plain_python
from .records import with_moments_read
from .variables import HOLDS, KIND_OF_HELD, cents, field_of, variable_of, variables_of

__all__ = ["Children", "Expression", "Guard", "GuardCompiler", "GuardScope", "ValueExpression"]

_NAME = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
_CONDITION = FieldType.FLAG
_NONE: Mapping[str, Any] = {}
"""What is known of sub-procedures where there are none."""


class Mistake(NamedTuple):
    """Something in an expression that compiles and yet is wrong: its code, place and words."""

    code: str
    line: int
    column: int
    words: Words


class GuardCompiler:
    """Compiles the expressions of one definition.

    Raises `GuardError` with the column inside the expression. `kinds` are the types of the
    variables that expressions may read.
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
        self._subs = definition.proceedings
        self._computed = definition.computed
        by_name = groupby(functions_for(definition.zone), key=attrgetter("name"))
        self._functions = {name: tuple(found) for name, found in by_name}
        choices = chain.from_iterable(spec.choices or () for spec in definition.fields.values())
        self._environment = Environment(self.kinds, self._functions, choices)
        self._compiled: dict[tuple[str, FieldType], Expression] = {}
        self._in_work: set[str] = set()

    def compile(self, text: str) -> Guard:
        """The compiled guard. Raises `GuardError`."""
        found = self._compiled.get((text, _CONDITION))
        if not isinstance(found, Guard):
            found = self._compiled[text, _CONDITION] = self._guard(text)
        return found

    def value(self, text: str, gives: FieldType) -> ValueExpression:
        """What computes a value of a type. Raises `GuardError`."""
        found = self._compiled.get((f"={text}", gives))
        if not isinstance(found, ValueExpression):
            made = ValueExpression(**self._parts(text, gives), gives=gives)
            found = self._compiled[f"={text}", gives] = made
        return found

    def _guard(self, text: str) -> Guard:
        parts = self._parts(text, _CONDITION)
        kinds = {name: kind for name, kind in self.kinds.items() if not self._is_computed(name)}
        return Guard(**parts, _plain=plain_python(parts["tree"], kinds, frozenset(self._subs)))

    def _parts(self, text: str, gives: FieldType) -> dict[str, Any]:
        """All that is worked out of the text of an expression once, as `Expression` has it."""
        shown, lists = self._exact(text), self._definition.records
        program = self._checked(shown, gives)
        serialized = program.serialize()
        tree = tree_of(serialized)
        if lists:
            whole = with_moments_read(shown, tree, places_of(serialized), lists)
            program = program if whole == shown else self._environment.compile(whole)
        names = self._names_in(shown)
        read = list(filter(None, (field_of(self._definition, name) for name in names)))
        fields = chain.from_iterable(map(self._underlying, read))
        of_records = chain.from_iterable(lists.get(name, ()) for name in read)
        return {
            "text": text,
            "fields": tuple(dict.fromkeys(fields)),
            "subs": frozenset(self._subs_among(names)),
            "tree": tree,
            "serialized": serialized,
            "_program": program,
            "_readers": tuple(self._readers(names)),
            "_direct": tuple(self._direct_fields(names)),
            "_place": partial(place_of, self._definition),
            "_of_records": frozenset(of_records),
        }

    def _exact(self, text: str, flag: int = 0) -> str:
        """A text as CEL takes it: money in cents, acts as variables. Raises `GuardError`."""
        return exact_money(with_acts(text, self._definition.triggers), flag)

    def _checked(self, shown: str, gives: FieldType) -> Any:
        """The program of CEL, which gives what is wanted."""
        program = self._environment.compile(shown)
        kind = program.return_type()
        if kind != cel_types()[gives]:
            raise _gives_another(kind.name().lower(), gives)
        return program

    def _is_computed(self, name: str) -> bool:
        head, _, field = name.partition(".")
        return head in ("case", "given") and field in self._computed

    def _names_in(self, shown: str) -> list[str]:
        """The variables in a guard, each once, in the order of the text."""
        without_texts = _TEXT.sub('""', shown)
        written = map(self._variable, _NAME.findall(without_texts))
        return list(dict.fromkeys(filter(None, written)))

    def _variable(self, written: str) -> str | None:
        """The variable with which a dotted name begins: a method may follow."""
        parts = written.split(".")
        names = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
        return next((name for name in names if name in self.kinds), None)

    def _subs_among(self, names: Iterable[str]) -> Iterator[str]:
        """The proceedings that variables ask about: sub-procedures, all of a name or those of a
        record, and other measures."""
        for name in names:
            head = name.partition(".")[0]
            if head in (HOLDS, PERSONS):
                yield head
            yield from (part for part in name.split(".")[:2] if self._asks_of(part, name))

    def _asks_of(self, sub: str, name: str) -> bool:
        """Whether a variable is about a sub-procedure."""
        if sub not in self._subs:
            return False
        return name.startswith((f"{sub}.", f"{self._subs[sub].each}.{sub}."))

    def _direct_fields(self, names: Iterable[str]) -> Iterator[tuple[str, str, bool]]:
        """Fields that CEL takes as they are, but for money in cents: variable, field, is money."""
        for name in names:
            field = field_of(self._definition, name)
            if field is None or self.kinds[name] in _SEEN_OTHERWISE or field in self._computed:
                continue
            yield name, field, self.kinds[name] is FieldType.MONEY

    def _readers(self, names: Iterable[str]) -> Iterator[tuple[str, Reader]]:
        """What else an expression reads, and how."""
        for name in names:
            read = self._reader(name)
            if read is not None:
                yield name, read

    def _reader(self, name: str) -> Reader | None:
        """How a variable is read that is not taken from the case as it is."""
        head, _, rest = name.partition(".")
        if head in self._definition.accounts and rest in self._definition.accounts[head].asked:
            return self._account_reader(head, rest)
        if head in self._definition.claims and rest in ASKED_OF_CLAIMS:
            return self._claim_reader(head, rest)
        if head in self._subs:
            return self._child_reader(head, rest)
        of, _, asked = rest.partition(".")
        if of in self._subs and self._subs[of].each == head:
            return self._child_of_record_reader(head, of, asked)
        if head in _OF_EVERY_CASE:
            return _OF_EVERY_CASE[head](rest)
        if rest in self._computed:
            return self._computed_reader(head, rest)
        return self._field_reader(name, rest)

    def _account_reader(self, name: str, asked: str) -> Reader:
        """Reads what an account comes to by the case's data."""
        account = self._definition.accounts[name]
        return lambda scope: cents(asked_of(account, scope.data, asked))

    def _claim_reader(self, name: str, asked: str) -> Reader:
        """Reads what a title comes to at the end of the day."""
        claim = self._definition.claims[name]
        return lambda scope: cents(asked_of_claim(claim, scope.data, asked, scope.today.date()))

    def _field_reader(self, name: str, rest: str) -> Reader | None:
        """How a field is read that is not taken as it is, or whether one is known."""
        if name.startswith("given."):
            return lambda scope: scope.data.get(rest) is not None
        field = field_of(self._definition, name)
        if field is None:
            return lambda scope: scope.data.get(name)
        if self.kinds[name] is FieldType.RECORDS:
            fields = self._definition.records[field]
            return lambda scope: records_as_seen(fields, scope.data.get(field) or ())
        return _date_reader(field) if self.kinds[name] is FieldType.DATE else None

    def _computed_reader(self, head: str, field: str) -> Reader:
        """Reads a computed field, or whether it can be computed."""
        expression = self._expression_of(field)

        def is_known(scope: GuardScope) -> bool:
            with suppress(GuardFailed):
                return expression.known(scope) is not None
            return False

        if head == "given":
            return is_known
        return lambda scope: as_seen(expression.gives, expression.known(scope))

    def _expression_of(self, field: str) -> ValueExpression:
        """What computes a field. Raises `GuardError` where it needs itself."""
        if field in self._in_work:
            zh, en = f"{field} 的算式用到它自己", f"{field} is computed from itself"
            raise GuardError(why_zh=zh, why_en=en, line=1, column=1)
        self._in_work.add(field)
        try:
            return self.value(self._computed[field], self._definition.data[field].type)
        finally:
            self._in_work.discard(field)

    def _underlying(self, field: str) -> tuple[str, ...]:
        """The stored fields that a field is computed from; itself where it is one."""
        return self._expression_of(field).fields if field in self._computed else (field,)

    def _child_reader(self, sub: str, what: str) -> Reader:
        """Reads what is known of the sub-procedures of a kind."""
        told = self._told(sub, what)
        return lambda scope: told(scope.children.get(sub, _NONE))

    def _child_of_record_reader(self, head: str, sub: str, what: str) -> Reader:
        """As `_child_reader`, of the sub-procedures about the record at hand."""
        told, id = self._told(sub, what), f"{head}.{ID}"
        return lambda scope: told(scope.children.get(f"{sub}@{scope.data.get(id)}", _NONE))

    def _told(self, sub: str, what: str) -> Callable[[Mapping[str, Any]], Any]:
        """What is told of some sub-procedures; before the first there are none."""
        of, _, field = what.partition(".")
        if of not in ("sum", "latest"):
            return lambda told: told.get(what, 0)
        kind = self._subs[sub].fields[field]
        unknown = 0 if of == "sum" else None
        return lambda told: as_seen(kind, told.get(what, unknown))

    def mistakes(self, text: str, gives: FieldType = _CONDITION) -> Iterator[Mistake]:
        """What is wrong with an expression that compiles and must give a type.

        Literals that can never be evaluated; money, numbers, days, instants and choices mixed up.
        """
        for bad in bad_literals(text, self._why_it_fails):
            why = cel_problem(bad.why, ())
            said = GuardError(why_zh=why.zh, why_en=why.en)
            words = Words(said.text("zh"), said.text("en"))
            yield Mistake(said.code, *_place_in(text, bad.place), words)
        has_amounts = MONEY.search(text) is not None
        serialized = self._flagged(text) if has_amounts else self._serialized(text, gives)
        tree, places = tree_of(serialized), places_of(serialized)
        for problem in self._mixed_up(tree, gives, has_amounts):
            place = start_of(problem.tree, places)
            yield Mistake(problem.code, *_place_in(text, place), problem.words)

    def tree_with_amounts(self, text: str, gives: FieldType = _CONDITION) -> Tree:
        """The checked tree, in which amounts of money are told from numbers by `MONEY_FLAG`.

        Raises `GuardError`.
        """
        expression = self.compile(text) if gives is _CONDITION else self.value(text, gives)
        is_flagged = MONEY.search(text) is not None
        return tree_of(self._flagged(text)) if is_flagged else expression.tree

    def _flagged(self, text: str) -> bytes:
        """An expression in which amounts of money are told from other numbers."""
        made: bytes = self._environment.compile(self._exact(text, MONEY_FLAG)).serialize()
        return made

    def _serialized(self, text: str, gives: FieldType) -> bytes:
        is_guard = (text, _CONDITION) in self._compiled
        expression = self.compile(text) if is_guard else self.value(text, gives)
        return expression.serialized

    def _mixed_up(self, tree: Tree, gives: FieldType, flagged: bool) -> Iterator[KindProblem]:
        specs = self._definition.fields.items()
        choices = {variable_of(n): tuple(spec.choices) for n, spec in specs if spec.choices}
        kinds = Kinds(self.kinds, choices, self._functions, flagged, self._definition.records)
        fits = kinds.fits(tree, gives)
        yield from kinds.problems
        if not fits and not kinds.problems:
            wanted = kind_words(gives)
            words = Words(f"结果须为{wanted.zh}", f"must give {wanted.en}")
            yield KindProblem(tree, "wrong-kind", words)

    def _why_it_fails(self, condition: str) -> str | None:
        """Why a condition without variables cannot be evaluated; None where it can."""
        try:
            result = self._environment.compile(condition).eval(data={})
        except GuardError:
            return None  # it is another overload, which the whole guard was checked for
        return str(result.value()) if result.type() == cel().Type.ERROR else None


def _place_in(text: str, offset: int) -> tuple[int, int]:
    """The line and column of an offset in a text, from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


_SEEN_OTHERWISE = frozenset({FieldType.DATE, FieldType.RECORDS})
"""Types that CEL does not take as they are."""


def _limit_reader(rest: str) -> Reader:
    """Reads how many limits of a rule run, or were missed (`NAME.running`)."""
    name, asked = rest.split(".")
    return lambda scope: scope.limits(name, asked)


def _hold_reader(asked: str) -> Reader:
    """Reads what is known of other measures; none where nothing is."""
    kind = KIND_OF_HELD[asked]
    unknown = False if kind is FieldType.FLAG else 0
    return lambda scope: as_seen(kind, scope.children.get(HOLDS, _NONE).get(asked, unknown))


def _person_reader(asked: str) -> Reader:
    """Reads what other cases say of a person; nothing where they say nothing."""
    unknown = 0 if asked.endswith(".cases") else False
    return lambda scope: scope.children.get(PERSONS, _NONE).get(asked, unknown)


_OF_EVERY_CASE: dict[str, Callable[[str], Reader]] = {
    "now": lambda _: attrgetter("now"),
    "today": lambda _: attrgetter("today"),
    "did": lambda act: lambda scope: act in scope.done,
    "deadline": _limit_reader,
    HOLDS: lambda asked: _hold_reader(asked),
    PERSONS: lambda asked: _person_reader(asked),
}
"""How variables are read that every case has, by what they begin with, from what follows."""


def _date_reader(field: str) -> Reader:
    """Reads a date of the case as expressions see it."""
    return lambda scope: as_seen(FieldType.DATE, scope.data.get(field))


def _gives_another(kind: str, gives: FieldType) -> GuardError:
    """An expression that gives something else than is wanted is wrong as a whole."""
    wanted = kind_words(gives)
    return GuardError(
        why_zh=f"结果须为{wanted.zh}，现为{type_word(kind)}",
        why_en=f"must be {wanted.en}, not {kind}",
        line=1,
        column=1,
    )
