"""Conditions and computed values in Chinese and English, for people who read no CEL.

Fields, choices, acts and proceedings go by their titles, amounts and days as people write them. A
`not` is told of what it denies; what mixes `and` and `or` has brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Literal

from ..errors import GuardError
from ..formulas.catalogue import FORMULAS
from ..language import Words, joined
from ..model.definition import Definition
from ..model.field_types import FieldType
from .acts import DID
from .cel import GuardCompiler
from .cel_tree import Constant, FunctionCall, Items, Loop, Member, Name, Tree
from .kinds import MONEY_FLAG
from .nouns import Names, Nouns, amount_words, duration_words, quoted, with_unit
from .records import item_kept, list_of
from .said import Said, counted, filled, group, in_brackets, sentence
from .variables import amount_of

_OPPOSITE = {
    "_==_": "_!=_",
    "_!=_": "_==_",
    "_<_": "_>=_",
    "_>=_": "_<_",
    "_>_": "_<=_",
    "_<=_": "_>_",
}
_MIRRORED = {"_<_": "_>_", "_>_": "_<_", "_<=_": "_>=_", "_>=_": "_<=_"}
_OF_NUMBERS = {
    "_==_": Words("{}等于{}", "{} equals {}"),
    "_!=_": Words("{}不等于{}", "{} does not equal {}"),
    "_<_": Words("{}少于{}", "{} is less than {}"),
    "_<=_": Words("{}不超过{}", "{} is at most {}"),
    "_>_": Words("{}大于{}", "{} is more than {}"),
    "_>=_": Words("{}不少于{}", "{} is at least {}"),
}
_OF_TIMES = {
    "_==_": Words("{}即为{}", "{} is {}"),
    "_!=_": Words("{}不是{}", "{} is not {}"),
    "_<_": Words("{}早于{}", "{} is before {}"),
    "_<=_": Words("{}不晚于{}", "{} is not after {}"),
    "_>_": Words("{}晚于{}", "{} is after {}"),
    "_>=_": Words("{}不早于{}", "{} is not before {}"),
}
_OF_TEXTS = _OF_NUMBERS | {
    "_==_": Words("{}为{}", "{} is {}"),
    "_!=_": Words("{}不为{}", "{} is not {}"),
}
_OF_TWO_FIELDS = _OF_NUMBERS | {
    "_==_": Words("{}与{}相同", "{} is the same as {}"),
    "_!=_": Words("{}与{}不同", "{} differs from {}"),
}
_THERE_IS = {
    True: Words("有{}", "there is at least one {}"),
    False: Words("没有{}", "there is no {}"),
}
_YES = {True: Words("{}为“是”", "{} is “yes”"), False: Words("{}为“否”", "{} is “no”")}
_KNOWN = {
    True: Words("{}已填写", "{} is filled in"),
    False: Words("{}未填写", "{} is not filled in"),
}
_DONE = {
    True: Words("已办理{}", "{} has been done"),
    False: Words("尚未办理{}", "{} has not been done"),
}
_AMONG = {
    True: Words("{}为{}之一", "{} is one of {}"),
    False: Words("{}不为{}中的任何一项", "{} is none of {}"),
}
_ALWAYS = {True: Words("总是成立", "always so"), False: Words("从不成立", "never so")}
_SO = {True: Words("{}成立", "{} is so"), False: Words("{}不成立", "{} is not so")}
_EVERY = Words(
    "{0}如有记录，每一条都符合{1}",
    "every record of {0}, if there is any, is such that {1}",
)
_SOME = Words("{0}中至少有一条符合{1}", "at least one record of {0} is such that {1}")
_EXACTLY_ONE = {
    True: Words("{0}中恰有一条符合{1}", "exactly one record of {0} is such that {1}"),
    False: Words("{0}中符合{1}的不是恰有一条", "not exactly one record of {0} is such that {1}"),
}
_IF = Words("如{0}，则须{1}；否则须{2}", "if {0}, then {1}; otherwise {2}")
_EITHER = Words("（如{0}，取{1}；否则取{2}）", "(if {0}: {1}; otherwise {2})")
_TEXT_TESTS = {
    "startsWith": (
        Words("{}以{}开头", "{} begins with {}"),
        Words("{}不以{}开头", "{} does not begin with {}"),
    ),
    "endsWith": (
        Words("{}以{}结尾", "{} ends with {}"),
        Words("{}不以{}结尾", "{} does not end with {}"),
    ),
    "contains": (
        Words("{}含有{}", "{} contains {}"),
        Words("{}不含{}", "{} does not contain {}"),
    ),
    "matches": (
        Words("{}符合格式{}", "{} matches the pattern {}"),
        Words("{}不符合格式{}", "{} does not match the pattern {}"),
    ),
}
_VALUES = {
    "_+_": Words("{}加{}", "{} plus {}"),
    "_-_": Words("{}减{}", "{} minus {}"),
    "_*_": Words("{}乘以{}", "{} times {}"),
    "_/_": Words("{}除以{}（取整数）", "{} divided by {} (in whole numbers)"),
    "_%_": Words("{}除以{}的余数", "the remainder of {} divided by {}"),
    "-_": Words("负{}", "minus {}"),
    "days": Words("{}（不计）至{}的天数", "the days after {} up to {}"),
    "day": Words("{}所在的日期", "the day of {}"),
    "least": Words("{}与{}中较小（较早）者", "the smaller (earlier) of {} and {}"),
    "greatest": Words("{}与{}中较大（较晚）者", "the greater (later) of {} and {}"),
    "sum": Words("{}之和", "the sum of {}"),
    "size": Words("{}的条数", "the number of {}"),
    "_[_]": Words("{}的第{}项（自零起数）", "item {1} of {0} (counted from nought)"),
    "int": Words("{}", "{}"),
    "double": Words("{}", "{}"),
    "string": Words("{}", "{}"),
}
_BETWEEN = Words("自{1}至{0}的时间", "the time from {1} to {0}")
_LENGTHS = {
    "d": Words("日", "day"),
    "w": Words("周", "week"),
    "mo": Words("个月", "month"),
    "y": Words("年", "year"),
}
_ROUNDED = {
    "half-up": Words("四舍五入到分", "rounded half up to a cent"),
    "down": Words("舍到分", "rounded down to a cent"),
    "up": Words("进到分", "rounded up to a cent"),
}
_TIMES_OF_DAY = frozenset({FieldType.DATE, FieldType.DATETIME})
_GIVE_TIMES = frozenset({"date", "day", "add", "timestamp"})
_ARITHMETIC = frozenset({"_+_", "_-_", "_*_", "_/_", "_%_", "-_"})


class InWords:
    """The expressions of one definition in words; `others` are the definitions of its related
    proceedings, as far as they are at hand."""

    def __init__(self, definition: Definition, others: Iterable[Definition] = ()) -> None:
        self._compiler = GuardCompiler.of(definition)
        self._lists = definition.records
        self._nouns = Nouns(definition, others)

    def condition(self, text: str) -> Said:
        """A condition; as it is written where it does not compile."""
        tree = self._tree(text, FieldType.FLAG)
        return _Spoken(self, {}).condition(tree) if tree is not None else sentence(text, text)

    def value(self, text: str, gives: FieldType) -> Words:
        """What computes a value of a type; as it is written where it does not compile."""
        tree = self._tree(text, gives)
        if tree is None:
            return Words(text, text)
        spoken = _Spoken(self, {})
        if gives is FieldType.FLAG:
            return spoken.condition(tree).text()
        return spoken.value(tree)

    def _tree(self, text: str, gives: FieldType) -> Tree | None:
        try:
            return self._compiler.tree_with_amounts(text, gives)
        except GuardError:
            return None


class _Spoken:
    """Parts of an expression in words, where macros call their items as `bound` says."""

    def __init__(self, whole: InWords, bound: Names) -> None:
        self._whole, self._bound = whole, bound
        self._nouns = whole._nouns
        self._sentences: dict[type[Tree], Callable[[Any, bool], Said]] = {
            FunctionCall: self._called,
            Loop: self._of_records,
            Name: self._flag,
            Member: self._member_asked,
            Constant: self._written_out,
        }
        self._values: dict[type[Tree], Callable[[Any], Words]] = {
            Name: lambda name: self._nouns.of(name.name, self._bound),
            Constant: lambda constant: self._constant(constant, ""),
            FunctionCall: self._call,
            Items: lambda items: joined(map(self.value, items.items)),
            Member: self._member,
            Loop: self._records,
        }
        self._conditions: dict[str, Callable[[Any, bool], Said]] = {
            "_&&_": partial(self._several, "all"),
            "_||_": partial(self._several, "any"),
            "!_": lambda call, so: self.condition(call.arguments[0], not so),
            "_?_:_": self._either,
            "@in": self._among,
            **dict.fromkeys(_OPPOSITE, self._comparison),
            **dict.fromkeys(_TEXT_TESTS, self._text_test),
        }
        self._calls: dict[str, Callable[[FunctionCall], Words]] = {
            "_?_:_": self._either_value,
            "_-_": self._difference,
            "_*_": self._product,
            "add": self._later,
            "times": self._times,
            "date": _written,
            "timestamp": _written,
            "duration": lambda call: duration_words(str(_constant(call.arguments[0]))),
        }

    # -- conditions

    def condition(self, tree: Tree, so: bool = True) -> Said:
        """A condition, or what it is that it does not hold."""
        return self._sentences.get(type(tree), self._so)(tree, so)

    def _so(self, tree: Tree, so: bool) -> Said:
        """That a value is so: of what has no sentence of its own."""
        return Said(filled(_SO[so], self.value(tree)))

    def _called(self, call: FunctionCall, so: bool) -> Said:
        """What an operator or a function says."""
        return self._conditions.get(call.function, self._so)(call, so)

    def _member_asked(self, member: Member, so: bool) -> Said:
        """Whether a record has a value."""
        return Said(filled(_KNOWN[so], self._member(member)))

    def _written_out(self, constant: Constant, so: bool) -> Said:
        """What is so of everything, or of nothing."""
        return Said(_ALWAYS[constant.value is so])

    def _several(self, how: Literal["all", "any"], call: FunctionCall, so: bool) -> Said:
        """What all, or any, of the parts say; of several all that are not so, any is not."""
        turned: dict[str, Literal["all", "any"]] = {"all": "any", "any": "all"}
        parts = [self.condition(part, so) for part in call.arguments]
        return group(how if so else turned[how], parts)

    def _flag(self, name: Name, so: bool) -> Said:
        """Whether an act was done, a field is known, or a field says yes."""
        head, _, rest = name.name.partition(".")
        if f"{head}." == DID:
            return Said(filled(_DONE[so], self._nouns.act(rest)))
        if head == "given":
            known = rest if "." in rest else f"case.{rest}"
            return Said(filled(_KNOWN[so], self._nouns.of(known, self._bound)))
        return Said(filled(_YES[so], self._nouns.of(name.name, self._bound)))

    def _either(self, call: FunctionCall, so: bool) -> Said:
        """One condition or another, as a third says."""
        asked, yes, no = call.arguments
        said = self.condition(asked), self.condition(yes, so), self.condition(no, so)
        return Said(filled(_IF, *(part.bracketed() for part in said)), is_long=True)

    def _of_records(self, loop: Loop, so: bool) -> Said:
        """What is so of every record, of some, or of exactly one."""
        inner, items = self._within(loop), self.value(loop.items)
        step = loop.step
        if not isinstance(step, FunctionCall):
            return Said(filled(_SO[so], items))
        if step.function == "_?_:_":
            such = inner.condition(step.arguments[0])
            return Said(filled(_EXACTLY_ONE[so], items, in_brackets(such.text())))
        such = inner.condition(step.arguments[1], so)
        pattern = _EVERY if (step.function == "_&&_") is so else _SOME
        return Said(filled(pattern, items, in_brackets(such.text())))

    def _among(self, call: FunctionCall, so: bool) -> Said:
        """Whether a value is one of several."""
        member, listed = call.arguments
        items = listed.items if isinstance(listed, Items) else None
        if items is None:
            return Said(filled(_AMONG[so], self.value(member), self.value(listed)))
        return Said(filled(_AMONG[so], self.value(member), joined(self._beside(member, items))))

    def _text_test(self, call: FunctionCall, so: bool) -> Said:
        """What a text begins with, ends with, contains."""
        return Said(filled(_TEXT_TESTS[call.function][not so], *map(self.value, call.arguments)))

    def _comparison(self, call: FunctionCall, so: bool) -> Said:
        """Two values compared, in the words that fit what they are."""
        sign = call.function if so else _OPPOSITE[call.function]
        one, other = call.arguments
        if isinstance(one, Constant) and not isinstance(other, Constant):
            one, other, sign = other, one, _MIRRORED.get(sign, sign)
        if isinstance(other, Constant) and isinstance(other.value, bool):
            return self.condition(one, other.value is (sign == "_==_"))
        return self._count(sign, one, other) or self._share(sign, one, other)

    def _count(self, sign: str, one: Tree, other: Tree) -> Said | None:
        """That there are some proceedings, or none; None where it is another comparison."""
        if not isinstance(one, Name) or not isinstance(other, Constant):
            return None
        if not self._nouns.count_of(one.name):
            return None
        noun = self._nouns.of(one.name, self._bound)
        is_some = _SOME_OR_NONE.get((sign, other.value))
        if is_some is not None:
            return Said(filled(_THERE_IS[is_some], noun))
        number = Words(str(other.value), str(other.value))
        how_many = filled(Words("{}的件数", "the number of {}"), noun)
        return Said(filled(_OF_NUMBERS[sign], how_many, number))

    def _share(self, sign: str, one: Tree, other: Tree) -> Said:
        """A comparison of multiples as one with a share: ten times this with seven times that."""
        (left, of_left), (right, of_right) = _multiple(one), _multiple(other)
        if left == 1 or isinstance(of_right, Constant):
            patterns = self._patterns(one, other)
            return Said(filled(patterns[sign], self.value(one), self._value_beside(one, other)))
        share = Words(_percent(right / left), _percent(right / left))
        whole = self.value(of_right)
        part = Words(f"{whole.zh}的{share.zh}", f"{share.en} of {whole.en}")
        return Said(filled(_OF_NUMBERS[sign], self.value(of_left), part))

    def _patterns(self, one: Tree, other: Tree) -> dict[str, Words]:
        """The words of comparisons that fit two values."""
        kinds = {self._kind(one), self._kind(other)}
        if kinds & _TIMES_OF_DAY:
            return _OF_TIMES
        if kinds & {FieldType.MONEY, FieldType.NUMBER}:
            return _OF_NUMBERS
        return _OF_TWO_FIELDS if isinstance(other, Name) else _OF_TEXTS

    def _kind(self, tree: Tree) -> FieldType | None:
        """What a value is, as far as words ask."""
        if isinstance(tree, Name):
            spec = self._nouns.spec(tree.name, self._bound)
            return spec.type if spec is not None else self._whole._compiler.kinds.get(tree.name)
        if isinstance(tree, Constant):
            return FieldType.NUMBER if isinstance(tree.value, int) else None
        if not isinstance(tree, FunctionCall):
            return None
        if tree.function in _GIVE_TIMES:
            return FieldType.DATE
        return self._kind_of_call(tree)

    def _kind_of_call(self, call: FunctionCall) -> FieldType | None:
        """What a sum or a choice of two values is; a number where nothing else is known."""
        if call.function in ("_+_", "least", "greatest"):
            return self._kind(call.arguments[0])
        return FieldType.NUMBER

    # -- values

    def value(self, tree: Tree) -> Words:
        """A value in words."""
        return self._values.get(type(tree), _not_looked_into)(tree)

    def _beside(self, one: Tree, others: Iterable[Tree]) -> Iterator[Words]:
        return (self._value_beside(one, other) for other in others)

    def _value_beside(self, one: Tree, other: Tree) -> Words:
        """A value that is compared with another: a choice by its title, a figure with its unit."""
        if not isinstance(other, Constant):
            return self.value(other)
        spec = self._nouns.spec(one.name, self._bound) if isinstance(one, Name) else None
        if isinstance(other.value, str):
            return self._nouns.choice(spec, other.value)
        return self._constant(other, spec.unit if spec is not None else "")

    def _constant(self, constant: Constant, unit: str) -> Words:
        """A value that is written out."""
        value = constant.value
        if isinstance(value, bool):
            return Words("是", "yes") if value else Words("否", "no")
        if isinstance(value, int) and abs(value - MONEY_FLAG) < MONEY_FLAG // 2:
            return amount_words(amount_of(value - MONEY_FLAG), unit or self._nouns.currency)
        if isinstance(value, str):
            return quoted(Words(value, value))
        return with_unit(str(value), unit)

    def _call(self, call: FunctionCall) -> Words:
        """An operator or a function on its values."""
        if call.function in self._calls:
            return self._calls[call.function](call)
        if call.function in _VALUES:
            return self._plain_call(call)
        if call.function in self._conditions:
            return in_brackets(self.condition(call).text())
        return self._other_function(call)

    def _plain_call(self, call: FunctionCall) -> Words:
        return filled(_VALUES[call.function], *map(self._operand, call.arguments))

    def _operand(self, tree: Tree) -> Words:
        """A value within another: what is worked out stands in brackets."""
        is_worked_out = isinstance(tree, FunctionCall) and tree.function in _ARITHMETIC
        return in_brackets(self.value(tree)) if is_worked_out else self.value(tree)

    def _other_function(self, call: FunctionCall) -> Words:
        """A formula of the law by its title; a function of CEL that has no words by its name."""
        given = joined(map(self.value, _arguments(call)))
        formula = FORMULAS.get(_name(call).removeprefix("law."))
        if formula is None:
            return Words(f"{call.function}（{given.zh}）", f"{call.function}({given.en})")
        title, cited = formula.title, formula.citation
        return Words(
            f"{title.zh}（{cited.zh}；据以计算：{given.zh}）",
            f"{title.en} ({cited.en}; from: {given.en})",
        )

    def _either_value(self, call: FunctionCall) -> Words:
        """One value or another, as a condition says."""
        asked, yes, no = call.arguments
        return filled(_EITHER, self.condition(asked).bracketed(), self.value(yes), self.value(no))

    def _difference(self, call: FunctionCall) -> Words:
        """What is left; between two days or moments, the time."""
        kinds = set(map(self._kind, call.arguments))
        if kinds <= _TIMES_OF_DAY:
            return filled(_BETWEEN, *map(self.value, call.arguments))
        return self._plain_call(call)

    def _product(self, call: FunctionCall) -> Words:
        """So many times a value."""
        times, of = _multiple(call)
        if times == 1 or isinstance(of, Constant):
            return self._plain_call(call)
        value = self._operand(of)
        return Words(f"{value.zh}的{times}倍", f"{times} times {value.en}")

    def _later(self, call: FunctionCall) -> Words:
        """A day so long after another."""
        day, so_long = self.value(call.arguments[0]), call.arguments[1]
        if self._kind(so_long) is FieldType.NUMBER:
            days = self._operand(so_long)
            return Words(f"{day.zh}之后{days.zh}日", f"{days.en} days after {day.en}")
        written = str(_constant(so_long))
        length = written.removeprefix("-")
        number = length.rstrip("dwmoy")
        how_long = counted(number, _LENGTHS[length.removeprefix(number)])
        zh, en = ("之后", "after") if length == written else ("之前", "before")
        return Words(f"{day.zh}{zh}{how_long.zh}", f"{how_long.en} {en} {day.en}")

    def _times(self, call: FunctionCall) -> Words:
        """A share of an amount, and how it is rounded."""
        amount, factor = self._operand(call.arguments[0]), str(_constant(call.arguments[1]))
        rounding = [str(_constant(part)) for part in call.arguments[2:]] or ["half-up"]
        share, rounded = _percent(Fraction(factor)), _ROUNDED[rounding[0]]
        return Words(
            f"{amount.zh}的{share}（{rounded.zh}）", f"{share} of {amount.en} ({rounded.en})"
        )

    # -- records

    def _within(self, loop: Loop) -> _Spoken:
        """What is said within a macro, whose item goes by its list."""
        name = list_of(loop.items, self._whole._lists) or ""
        return _Spoken(self._whole, {**self._bound, loop.item: name})

    def _member(self, tree: Member) -> Words:
        """A field of a record."""
        if isinstance(tree.of, Name):
            return self._nouns.of(f"{tree.of.name}.{tree.field}", self._bound)
        of = self.value(tree.of)
        return Words(f"{of.zh}的“{tree.field}”", f"“{tree.field}” of {of.en}")

    def _records(self, loop: Loop) -> Words:
        """The records that a filter keeps, or what a map gives of each."""
        inner, items, kept = self._within(loop), self.value(loop.items), item_kept(loop)
        step = loop.step
        if isinstance(step, FunctionCall) and step.function == "_?_:_":
            such = in_brackets(inner.condition(step.arguments[0]).text())
            items = filled(Words("符合{1}的{0}", "{0} such that {1}"), items, such)
        if kept is None:
            return in_brackets(self.condition(loop).text())
        if kept == Name(loop.item):
            return items
        return filled(Words("{0}各条的（{1}）", "({1}) of each of {0}"), items, inner.value(kept))


_SOME_OR_NONE: dict[tuple[str, object], bool] = {
    ("_==_", 0): False,
    ("_<=_", 0): False,
    ("_<_", 1): False,
    ("_!=_", 0): True,
    ("_>_", 0): True,
    ("_>=_", 1): True,
}
"""Comparisons of a count that say that there are some, or none."""


def _not_looked_into(tree: Tree) -> Words:
    """A part whose meaning is not known."""
    return Words("…", "…")


def _constant(tree: Tree) -> Any:
    """What is written out; nothing of what is not."""
    return tree.value if isinstance(tree, Constant) else ""


def _written(call: FunctionCall) -> Words:
    """A day or a moment that is written out."""
    text = str(_constant(call.arguments[0])).removesuffix("T00:00:00Z")
    return Words(text, text)


def _name(call: FunctionCall) -> str:
    """What a function is called, dotted as an expression writes it."""
    first = next(iter(call.arguments), None)
    is_dotted = isinstance(first, Name) and first.name == "law"
    return f"law.{call.function}" if is_dotted else call.function


def _arguments(call: FunctionCall) -> tuple[Tree, ...]:
    """What a function takes: what stands before its dot is its own name."""
    return call.arguments[1:] if _name(call) != call.function else call.arguments


def _multiple(tree: Tree) -> tuple[Fraction, Tree]:
    """The factor and the value of a product with a number; once the value where it is none."""
    if not isinstance(tree, FunctionCall) or tree.function != "_*_":
        return Fraction(1), tree
    one, other = tree.arguments
    factor, of = (one, other) if isinstance(one, Constant) else (other, one)
    if not isinstance(factor, Constant) or not isinstance(factor.value, int) or factor.value <= 0:
        return Fraction(1), tree
    return Fraction(factor.value), of


def _percent(share: Fraction) -> str:
    """A share: `70%`, `12.5%`; as a fraction where percent do not say it exactly."""
    percent = share * 100
    if 10_000 % percent.denominator:
        return str(share)
    exact = Decimal(percent.numerator) / percent.denominator
    return f"{exact.normalize():f}%"
