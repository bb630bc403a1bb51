"""What expressions read, as people call it: fields, acts, limits, related proceedings, values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property

from ..language import Words, joined
from ..model.base import Text
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.flow import FieldSpec, SubProcedure
from ..model.persons import PERSONS
from ..model.records import ID
from .said import counted, filled
from .variables import HOLDS

Names = Mapping[str, str]
"""What macros call an item at a place, and the list whose record it is; nothing where none is."""

UNITS_IN_ENGLISH = {"元": "yuan", "年": "years", "月": "months", "日": "days", "天": "days"}
"""Units that a file writes in Chinese alone."""

_CLOCK = {"today": Words("当日", "today"), "now": Words("此时", "the present moment")}
_COUNTS = {
    "open": Words("未结的“{}”", "open “{}”"),
    "count": Words("已启动的“{}”", "“{}” opened so far"),
    "concluded": Words("已终结的“{}”", "concluded “{}”"),
}
_LIMITS = {
    "running": Words("正在计算的期限“{}”", "running time limit “{}”"),
    "missed": Words("已耽误且仍可补救的期限“{}”", "missed time limit “{}”"),
}
_OF_CHILDREN = {
    "sum": Words("未结“{1}”的“{0}”之和", "the sum of “{0}” of all open “{1}”"),
    "latest": Words("最近启动的“{1}”的“{0}”", "“{0}” of the “{1}” opened last"),
    "at": Words("处于“{0}”的“{1}”", "“{1}” at “{0}”"),
}
_BALANCES = {
    "held": Words("账户“{}”的余额", "what “{}” holds"),
    "received": Words("账户“{}”的收入", "what came into “{}”"),
    "paid_out": Words("账户“{}”的支出", "what went out of “{}”"),
    "deposited": Words("账户“{}”的提存款", "what is deposited from “{}”"),
    "performed": Words("“{}”之外已履行的数额", "what was performed outside “{}”"),
    "beyond": Words("“{}”超出应分配数额的发放", "what was paid from “{}” beyond the shares"),
}
_OF_TITLES = {
    "due": Words("“{}”应付而未付的数额", "what is due by “{}”"),
    "later": Words("“{}”尚未到期的数额", "what falls due later by “{}”"),
    "paid": Words("“{}”已付的数额", "what was paid on “{}”"),
    "fee": Words("“{}”应付而未付的申请执行费", "the fee that is due by “{}”"),
}
_HELD = {
    "before": Words("该财产上在先的查封数", "measures on the asset that come before it"),
    "only_home": Words("他案记为唯一住房", "it is the only home, as was said elsewhere"),
    "exempt": Words("他案记为不得查封的财产", "it is exempt, as was said elsewhere"),
    "co_owned": Words("他案记为与他人共有", "it is owned with others, as was said elsewhere"),
    "effective": Words("该财产上已生效的其他查封数", "other measures on the asset in effect"),
    "of_case": Words("本案其他措施控制的数额", "what other measures hold for the same creditor"),
    "of_debtor": Words(
        "同一被执行人其他案件措施控制的数额",
        "what measures hold of the debtor elsewhere",
    ),
}
_OF_PERSONS = {
    "minor": Words("“{}”在某案记为未成年人", "“{}” is a minor, as was said elsewhere"),
    "incapacitated": Words(
        "“{}”在某案记为无民事行为能力", "“{}” lacks capacity, as was said elsewhere"
    ),
    "deceased": Words("“{}”在某案记为已死亡", "“{}” is dead, as was said elsewhere"),
    "bankrupt": Words("“{}”在某案记为已破产", "“{}” is bankrupt, as was said elsewhere"),
    "cases": Words("“{}”的其他在办案件数", "what else is open of “{}”"),
}
_AN_ITEM = Words("该项", "that item")
_ITS = Words("该条“{1}”的“{0}”", "“{0}” of that record of “{1}”")
_CONCERNED = Words("所涉“{1}”的“{0}”", "“{0}” of the “{1}” concerned")
_ABOUT = Words("{0}（就所涉“{1}”而言）", "{0} (of the “{1}” concerned)")
_NUMBER_OF_RECORD = Text(zh="编号", en="number")


def quoted(words: Words) -> Words:
    """A name as a text names it."""
    return Words(f"“{words.zh}”", f"“{words.en}”")


def _words(title: Text) -> Words:
    return Words(title.zh, title.en)


def with_unit(figure: str, unit: str) -> Words:
    """A figure with its unit; in English one that is written in Chinese alone is translated."""
    if not unit:
        return Words(figure, figure)
    return Words(f"{figure}{unit}", f"{figure} {UNITS_IN_ENGLISH.get(unit, unit)}")


def amount_words(amount: Decimal, unit: str) -> Words:
    """An amount of money: `1,000元`, `1,000 yuan`; cents only where there are some."""
    return with_unit(f"{amount:,.2f}".removesuffix(".00"), unit)


class Nouns:
    """The names of one definition in words.

    `others` are the definitions of its related proceedings, as far as they are at hand: without one
    its states and fields go by their ids.
    """

    def __init__(self, definition: Definition, others: Iterable[Definition] = ()) -> None:
        self._definition = definition
        self._others = {other.id: other for other in others}

    @cached_property
    def currency(self) -> str:
        """The unit of the money of the definition, where there is one."""
        fields = self._definition.fields.values()
        units = {spec.unit for spec in fields if spec.type is FieldType.MONEY and spec.unit}
        return units.pop() if len(units) == 1 else ""

    def spec(self, name: str, bound: Names) -> FieldSpec | None:
        """The field that a name reads, of the case, of the record at hand or of an item."""
        head, _, rest = name.partition(".")
        list_name = bound.get(head, head)
        field = rest if head == "case" else f"{list_name}.{rest}"
        return self._definition.fields.get(field)

    def of(self, name: str, bound: Names) -> Words:
        """What a variable is called."""
        head, _, rest = name.partition(".")
        if head in _CLOCK:
            return _CLOCK[head]
        if head in bound:
            return self._of_item(bound[head], rest)
        if head == "case":
            return quoted(_words(self._definition.data[rest].title))
        if head == "deadline":
            return self._of_limit(rest)
        if head in (HOLDS, PERSONS, *self._definition.accounts, *self._definition.claims):
            return self._of_books(head, rest)
        if head in self._definition.proceedings:
            return self._of_proceedings(head, rest)
        return self._of_record(head, rest)

    def count_of(self, name: str) -> bool:
        """Whether a variable counts proceedings or limits: none of them is no number nought."""
        head, *rest = name.split(".")
        if head in self._definition.records and len(rest) > 1:
            head, *rest = rest
        is_of_proceedings = head in self._definition.proceedings
        if rest and rest[-1] in ("before", "effective", "cases") and head in (HOLDS, PERSONS):
            return True
        return head == "deadline" or (is_of_proceedings and rest[0] not in ("sum", "latest"))

    def act(self, trigger: str) -> Words:
        """Everything that an act is called: of one trigger there may be several ways."""
        titles = [t.title for t in self._definition.transitions if t.trigger == trigger]
        each = dict.fromkeys(quoted(_words(title)) for title in titles)
        if len(each) == 1:
            return next(iter(each))
        listed = joined(each)
        return Words(f"{listed.zh}中任何一项", f"any of {listed.en}")

    def choice(self, spec: FieldSpec | None, value: str) -> Words:
        """A value of a choice by its title; any other text as it is."""
        choices = (spec.choices if spec is not None else None) or {}
        title = choices.get(value)
        return quoted(_words(title) if title is not None else Words(value, value))

    # -- of what

    def _of_item(self, list_name: str, field: str) -> Words:
        """A field of a record that a macro is at; the record, or the item, itself."""
        if not list_name:
            return _AN_ITEM
        if not field:
            return Words("该条记录", "that record")
        return self._in_record(_ITS, list_name, field)

    def _of_record(self, list_name: str, field: str) -> Words:
        """A field of the record at hand, or what is asked of its own proceedings."""
        sub, _, rest = field.partition(".")
        if rest and sub in self._definition.proceedings:
            asked = self._of_proceedings(sub, rest)
            return filled(_ABOUT, asked, _words(self._definition.data[list_name].title))
        return self._in_record(_CONCERNED, list_name, field)

    def _in_record(self, pattern: Words, list_name: str, field: str) -> Words:
        spec = self._definition.fields.get(f"{list_name}.{field}")
        title = spec.title if spec is not None else _NUMBER_OF_RECORD
        if spec is None and field != ID:
            title = Text(zh=field)
        return filled(pattern, _words(title), _words(self._definition.data[list_name].title))

    def _of_books(self, head: str, rest: str) -> Words:
        """What is asked of other measures, of persons, of accounts and titles."""
        if head == HOLDS:
            return _HELD[rest]
        if head in self._definition.claims:
            return filled(_OF_TITLES[rest], _words(self._definition.claims[head].title))
        if head != PERSONS:
            return filled(_BALANCES[rest], _words(self._definition.accounts[head].title))
        person, _, asked = rest.partition(".")
        return filled(_OF_PERSONS[asked], _words(self._definition.persons[person].title))

    def _of_limit(self, rest: str) -> Words:
        name, asked = rest.split(".")
        return filled(_LIMITS[asked], _words(self._definition.deadlines[name].title))

    def _of_proceedings(self, name: str, rest: str) -> Words:
        """How many there are, or what they hold."""
        sub = self._definition.proceedings[name]
        of, _, field = rest.partition(".")
        if of in _COUNTS:
            return filled(_COUNTS[of], _words(sub.title))
        title = self._there(sub, "states" if of == "at" else "data", field)
        return filled(_OF_CHILDREN[of], title, _words(sub.title))

    def _there(self, sub: SubProcedure, table: str, id: str) -> Words:
        """A field or a state of a related proceeding; by its id where that is not at hand."""
        entries = getattr(self._others.get(sub.procedure), table, {})
        return _words(entries[id].title) if id in entries else Words(id, id)


_SECONDS = {"h": 3600, "m": 60, "s": 1}
_PIECE = re.compile(r"([0-9.]+)(h|m|s)")
_TIMES = (
    (86_400, Words("日", "day")),
    (3_600, Words("小时", "hour")),
    (60, Words("分钟", "minute")),
    (1, Words("秒", "second")),
)


def duration_words(written: str) -> Words:
    """A length of time as CEL writes it: `360h` is fifteen days."""
    left = int(sum(float(n) * _SECONDS[unit] for n, unit in _PIECE.findall(written)))
    pieces: list[Words] = []
    for seconds, unit in _TIMES:
        number, left = divmod(left, seconds)
        pieces += [counted(str(number), unit)] * bool(number)
    return Words("".join(w.zh for w in pieces) or "0", " ".join(w.en for w in pieces) or "0")
