"""What the parts of an expression are: money, numbers, days, instants; and where they are mixed up.

CEL counts money in whole numbers and holds days as instants. It therefore takes what has no meaning
(money beside a plain number, a day beside an instant), or loses cents without a word (a division).
This looks at the checked tree once more, with the types that the definition declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..language import Words, did_you_mean, joined
from ..model.field_types import FieldType
from ..model.records import ID
from .cel_tree import Constant, FunctionCall, Items, Loop, Member, Name, Tree
from .functions import Function, ListOf, Taken
from .records import Bound, Lists, bound_in, item_kept, list_of

MONEY_FLAG = 1 << 61
"""Added to amounts of money, which are far smaller, where they are to be told from numbers."""


@dataclass(frozen=True)
class RecordsOf:
    """Records of a list."""

    name: str


Kind = FieldType | ListOf | RecordsOf | None
"""What a part is; None where that is not known."""

_MONEY, _NUMBER, _FLAG = FieldType.MONEY, FieldType.NUMBER, FieldType.FLAG
_DATE, _MOMENT, _TEXT = FieldType.DATE, FieldType.DATETIME, FieldType.TEXT
_TEXTS = (_TEXT, FieldType.CHOICE, FieldType.PARTY, FieldType.IDENTITY)
_ALIKE = dict.fromkeys(_TEXTS, _TEXTS)
"""Types of which one can stand for another."""
_CONSTANTS = {bool: _FLAG, int: _NUMBER, str: _TEXT}
_OF_EVERY_RECORD: Mapping[str, Kind] = {"": None, ID: _TEXT}
"""What the record itself is, which has no type, and what it has beside its fields."""
_COMPARISONS = frozenset({"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"})
_SUMS = frozenset({"_+_", "_-_"})
_LOGIC = frozenset({"_&&_", "_||_", "!_"})
_PARTS_OF_A_DAY = 11
"""How long a day is in text; what follows in an instant is its time."""


class KindProblem(NamedTuple):
    """What is mixed up: the part of the tree, a code, and words."""

    tree: Tree
    code: str
    words: Words


class Kinds:
    """The kinds of one expression: `problems` fills as its parts are looked at.

    `kinds` are the types of the variables, `choices` those of the fields that have some; `flagged`
    says that amounts of money are told from other numbers by `MONEY_FLAG`; `lists` are those of
    records.
    """

    def __init__(
        self,
        kinds: Mapping[str, FieldType],
        choices: Mapping[str, Sequence[str]],
        functions: Mapping[str, Sequence[Function]],
        flagged: bool,
        lists: Lists,
    ) -> None:
        self._lists = lists
        self._bound: Bound = {}
        self._kinds, self._choices, self._functions = kinds, choices, functions
        self._flagged = flagged
        self.problems: list[KindProblem] = []
        self._parts: dict[type[Tree], Callable[[Any], Kind]] = {
            Constant: self._constant,
            Name: self._name,
            FunctionCall: self._call,
            Member: self._member,
            Loop: self._loop,
        }
        self._calls: dict[str, Callable[[FunctionCall], Kind]] = {
            "_*_": self._product,
            "_/_": self._quotient,
            "_%_": self._quotient,
            "-_": lambda call: self.of(call.arguments[0]),
            "_?_:_": self._choice,
            "@in": self._membership,
            "timestamp": self._instant,
            "size": lambda call: _NUMBER,
            **dict.fromkeys(_COMPARISONS, self._comparison),
            **dict.fromkeys(_SUMS, self._sum),
            **dict.fromkeys(_LOGIC, self._logic),
            **dict.fromkeys(functions, self._function),
        }

    def of(self, tree: Tree) -> Kind:
        """What a part is."""
        return self._parts.get(type(tree), _not_known)(tree)

    def _constant(self, tree: Constant) -> Kind:
        """A value that is written out."""
        if self._is_amount(tree.value):
            return _MONEY
        return _CONSTANTS.get(type(tree.value))

    def _call(self, tree: FunctionCall) -> Kind:
        """An operator or a function."""
        return self._calls.get(tree.function, self._unknown)(tree)

    def _name(self, tree: Name) -> Kind:
        """A variable, or a field of the record that a macro is at."""
        head, _, field = tree.name.partition(".")
        if head in self._bound:
            return self._of_record(tree, self._bound[head], field)
        return self._records(tree) or self._kinds.get(tree.name)

    def _records(self, tree: Tree) -> RecordsOf | None:
        """The records that a part gives, if it gives some."""
        name = list_of(tree, self._lists)
        return RecordsOf(name) if name is not None else None

    def _of_record(self, tree: Tree, name: str, field: str) -> Kind:
        """A field of a record; the record itself where none is named."""
        fields = self._lists[name]
        if field in fields:
            return fields[field].type
        if field in _OF_EVERY_RECORD:
            return _OF_EVERY_RECORD[field]
        hint = did_you_mean(field, fields)
        title = f"{name}.{field}"
        self._tell(tree, "no-record-field", f"没有 {title}{hint.zh}", f"no {title}{hint.en}")
        return None

    def _member(self, tree: Member) -> Kind:
        """Whether a record has a value (`has`); records are looked at by macros, not by place."""
        if tree.is_asked and isinstance(tree.of, Name):
            self._name(Name(f"{tree.of.name}.{tree.field}", id=tree.id))
            return _FLAG
        self.of(tree.of)
        zh = "记录请用 all、exists、filter、map 逐条查看，不按位置取"
        en = "look at records with all, exists, filter or map, not by their place"
        self._tell(tree, "record-by-place", zh, en)
        return None

    def _loop(self, loop: Loop) -> Kind:
        """A macro: what it gives of the items, which are bound within it."""
        self.of(loop.items)
        before, self._bound = self._bound, bound_in(loop, self._lists, self._bound)
        self.of(loop.step)
        kind = self._item_given(loop)
        self._bound = before
        return self._records(loop) or kind

    def _item_given(self, loop: Loop) -> Kind:
        """What a macro gives that gives no records: a list of values, or true or false."""
        kept = item_kept(loop)
        if kept is None:
            return _FLAG
        kind = Kinds.of(self._silent(), kept)
        return ListOf(kind) if isinstance(kind, FieldType) else None

    def _silent(self) -> Kinds:
        """The same kinds, which keep to themselves what they find."""
        other = Kinds(self._kinds, self._choices, self._functions, self._flagged, self._lists)
        other._bound = self._bound
        return other

    def _is_amount(self, value: object) -> bool:
        """Whether a constant was written as an amount of money."""
        if not self._flagged or not isinstance(value, int):
            return False
        return abs(value - MONEY_FLAG) < MONEY_FLAG // 2

    def fits(self, tree: Tree, wanted: FieldType) -> bool:
        """Whether a part can be the value of a field of a type."""
        return _fits(self.of(tree), tree, wanted)

    def _unknown(self, call: FunctionCall) -> Kind:
        """A method or a function of CEL itself."""
        kinds = list(map(self.of, call.arguments))
        if len(kinds) != 1 or not call.function.startswith("get"):
            return None
        if kinds[0] is _MOMENT:
            zh = f"{call.function} 按格林尼治时间取值；请先用 day(时刻) 取日期，或写明时区"
            en = f"{call.function} asks by Greenwich time: write day(instant), or name a zone"
            self._tell(call, "instant-zone", zh, en)
        return _NUMBER

    # -- operators

    def _logic(self, call: FunctionCall) -> Kind:
        for part in call.arguments:
            self.of(part)
        return _FLAG

    def _comparison(self, call: FunctionCall) -> Kind:
        one, other = call.arguments
        self._beside(call, one, other)
        self._known_choice(one, other)
        self._known_choice(other, one)
        return _FLAG

    def _sum(self, call: FunctionCall) -> Kind:
        """A sum is what its parts are; what lies between two days or instants is a length."""
        one, other = call.arguments
        kind = self._beside(call, one, other)
        between = {self.of(one), self.of(other)} <= {_DATE, _MOMENT}
        return None if between else kind

    def _product(self, call: FunctionCall) -> Kind:
        kinds = list(map(self.of, call.arguments))
        if kinds == [_MONEY, _MONEY]:
            self._tell(
                call, "money-product", "金额不能与金额相乘", "money is not multiplied by money"
            )
        return _MONEY if _MONEY in kinds else _NUMBER if kinds == [_NUMBER, _NUMBER] else None

    def _quotient(self, call: FunctionCall) -> Kind:
        kinds = list(map(self.of, call.arguments))
        if _MONEY in kinds:
            zh = '金额不能用 / 或 %（分以下会被舍去）；请写 times(金额, "1/3")'
            en = '/ and % lose what is less than a cent of money: write times(amount, "1/3")'
            self._tell(call, "money-division", zh, en)
        return kinds[0]

    def _choice(self, call: FunctionCall) -> Kind:
        condition, yes, no = call.arguments
        self.of(condition)
        return self._beside(call, yes, no)

    def _membership(self, call: FunctionCall) -> Kind:
        member, group = call.arguments
        for item in group.items if isinstance(group, Items) else ():
            self._beside(call, member, item)
            self._known_choice(member, item)
        return _FLAG

    def _instant(self, call: FunctionCall) -> Kind:
        """A time written out; one of midnight may stand for a day."""
        (text,) = call.arguments
        written = text.value if isinstance(text, Constant) else ""
        is_day = str(written)[_PARTS_OF_A_DAY:].startswith("00:00:00Z")
        return None if is_day else _MOMENT

    def _beside(self, call: FunctionCall, one: Tree, other: Tree) -> Kind:
        """Two parts that stand beside each other, and what they give together."""
        kinds = self.of(one), self.of(other)
        both = set(kinds) - {None}
        if both >= {_MONEY, _NUMBER} and not any(map(_is_nothing, (one, other))):
            amount, number = (one, other) if kinds[0] is _MONEY else (other, one)
            self._tell(number, "money-number", *_money_beside_number(amount))
        if both >= {_DATE, _MOMENT}:
            zh = "日期与时刻不能比较或相减；请写 day(时刻)"
            en = "a day does not go with an instant: write day(instant)"
            self._tell(call, "day-instant", zh, en)
        return _MONEY if _MONEY in both else kinds[0] or kinds[1]

    def _known_choice(self, field: Tree, value: Tree) -> None:
        """A choice is compared with one of its choices."""
        choices = self._choices.get(field.name) if isinstance(field, Name) else None
        if choices is None or not isinstance(value, Constant) or value.value in choices:
            return
        known = ", ".join(choices)
        listed = Words(f"；可选：{known}", f"; there are: {known}")
        hint = did_you_mean(str(value.value), choices, listed)
        zh = f"没有选项 {value.value}{hint.zh}"
        en = f"there is no choice {value.value}{hint.en}"
        self._tell(value, "unknown-choice", zh, en)

    # -- functions

    def _function(self, call: FunctionCall) -> Kind:
        """A function of ours, on what one of its kinds takes."""
        kinds = list(map(self.of, call.arguments))
        same = [f for f in self._functions[call.function] if len(f.takes) == len(kinds)]
        fitting = [f for f in same if _takes(f, call, kinds)]
        if not fitting:
            self._tell(call, "wrong-kind", *what_it_takes(same or self._functions[call.function]))
            return same[0].gives if same else None
        self._check_texts(fitting[0], call)
        return fitting[0].gives

    def _check_texts(self, function: Function, call: FunctionCall) -> None:
        """The texts that a function takes are written out, in their form."""
        for form, part in zip(function.forms, call.arguments, strict=False):
            if form is None:
                continue
            if not isinstance(part, Constant) or form.fullmatch(str(part.value)) is None:
                self._tell(part, "wrong-kind", *what_it_takes([function]))

    def _tell(self, tree: Tree, code: str, zh: str, en: str) -> None:
        self.problems.append(KindProblem(tree, code, Words(zh, en)))


def _not_known(tree: Tree) -> None:
    """What a part is that is not looked into."""


def _is_nothing(tree: Tree) -> bool:
    """Whether a part is 0, which is nothing in money as in numbers."""
    return isinstance(tree, Constant) and tree.value == 0


def _fits(kind: Kind, tree: Tree, wanted: FieldType) -> bool:
    if wanted is _MONEY:
        return kind is _MONEY or _is_nothing(tree)
    return kind in (None, *_ALIKE.get(wanted, (wanted,)))


def _fits_taken(kind: Kind, tree: Tree, wanted: Taken) -> bool:
    """Whether a part can be what a function takes; a list is of that very type."""
    if isinstance(wanted, ListOf):
        return kind == wanted
    return _fits(kind, tree, wanted)


def _takes(function: Function, call: FunctionCall, kinds: Sequence[Kind]) -> bool:
    parts = zip(kinds, call.arguments, function.takes, strict=True)
    return all(_fits_taken(kind, tree, wanted) for kind, tree, wanted in parts)


def _money_beside_number(amount: Tree) -> tuple[str, str]:
    shown = next(_names(amount), "money")
    zh = f'金额 {shown} 与普通数字比较（会按分计算）；金额请写 money("100.00")'
    en = (
        f"the money {shown} is compared with a plain number "
        '(which counts as cents): write money("100.00")'
    )
    return zh, en


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    if isinstance(tree, FunctionCall):
        for part in tree.arguments:
            yield from _names(part)


_KIND_WORDS = {
    _MONEY: Words("金额", "money"),
    _NUMBER: Words("整数", "a number"),
    _DATE: Words("日期", "a day"),
    _MOMENT: Words("时刻", "an instant"),
    _FLAG: Words("是或否", "true or false"),
    _TEXT: Words("文字", "a text"),
}


def kind_words(kind: Taken) -> Words:
    """What a type is called in a message."""
    if isinstance(kind, ListOf):
        of = kind_words(kind.of)
        return Words(f"{of.zh}的列表", f"a list of {of.en}")
    return _KIND_WORDS.get(kind, _KIND_WORDS[_TEXT])


def what_it_takes(functions: Sequence[Function]) -> Words:
    """How a function is called, in words."""
    name = functions[0].name
    lists = [joined(map(kind_words, function.takes)) for function in functions]
    zh = " 或 ".join(f"{name}({words.zh})" for words in lists)
    en = " or ".join(f"{name}({words.en})" for words in lists)
    about = functions[0].words
    return Words(f"应写为 {zh}：{about.zh}", f"write {en}: {about.en}")
