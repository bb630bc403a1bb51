"""Every formula by its name: its function, what it takes and gives, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from inspect import Parameter, signature
from typing import Any, get_type_hints

from ..errors import UnknownFormula
from ..language import Words
from .delay_interest import delay_interest
from .distribution import distribution
from .fees import enforcement_fee, preservation_fee
from .general_interest import general_interest
from .payment_order import payment_order
from .reserves import account_reserve, freeze_cap, living_reserve, no_surplus, only_home
from .seizure_queue import seizure_queue

_NONE = Parameter.empty


@dataclass(frozen=True)
class Formula:
    """One formula of the law.

    `figure` is the attribute of its result that an expression means by it; `citation` the articles
    it carries out.
    """

    name: str
    title: Words
    citation: Words
    function: Callable[..., Any]
    figure: str

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """What it takes, in order: the type of each by its name."""
        return self._typed(Parameter.POSITIONAL_OR_KEYWORD)

    @cached_property
    def required(self) -> Mapping[str, Any]:
        """Those of the parameters that must be given, up to the first that need not be.

        One that may be left unknown is among them.
        """
        declared = signature(self.function).parameters
        must = (n for n, kind in self.parameters.items() if declared[n].default in (_NONE, None))
        return {name: self.parameters[name] for name in must}

    @cached_property
    def gives(self) -> Any:
        """The type of the one figure that an expression means."""
        return get_type_hints(self.result).get(self.figure)

    @cached_property
    def conventions(self) -> Mapping[str, type[StrEnum]]:
        """What the law leaves open: by the name of the keyword, the ways there are."""
        typed = self._typed(Parameter.KEYWORD_ONLY)
        return {name: kind for name, kind in typed.items() if isinstance(kind, type(StrEnum))}

    @cached_property
    def result(self) -> type:
        """What it gives: a frozen value with its figures and `steps`."""
        given: type = get_type_hints(self.function)["return"]
        return given

    def value(self, *args: Any, **conventions: Any) -> Any:
        """The one figure that an expression means. Raises what the function raises."""
        return getattr(self.function(*args, **conventions), self.figure)

    def default(self, convention: str) -> str:
        """The way that a convention is followed where nobody says another."""
        return str(signature(self.function).parameters[convention].default)

    def _typed(self, kind: Any) -> dict[str, Any]:
        """The types of the parameters of one kind, by name, in order."""
        types = get_type_hints(self.function)
        parameters = signature(self.function).parameters.values()
        return {each.name: types[each.name] for each in parameters if each.kind is kind}


def _formula(
    function: Callable[..., Any], figure: str, title: Words, citation: Words
) -> tuple[str, Formula]:
    name = function.__name__
    return name, Formula(name, title, citation, function, figure)


FORMULAS: Mapping[str, Formula] = dict(
    (
        _formula(
            delay_interest,
            "double_interest",
            Words("迟延履行期间加倍部分债务利息", "double interest for late performance"),
            Words(
                "民事诉讼法第264条；法释〔2014〕8号第1、2、3、5、6、7条",
                "CPL art. 264; SPC Fa Shi [2014] 8 art. 1, 2, 3, 5, 6, 7",
            ),
        ),
        _formula(
            payment_order,
            "to_title",
            Words("款项清偿顺序", "order in which a payment pays what is owed"),
            Words(
                "法释〔2014〕8号第4条；民诉法解释第508条；执行工作规定第34条",
                "SPC Fa Shi [2014] 8 art. 4; CPLI art. 508; EWR art. 34",
            ),
        ),
        _formula(
            enforcement_fee,
            "fee",
            Words("申请执行费", "fee for enforcement"),
            Words(
                "诉讼费用交纳办法（国务院令第481号）第14条第1项、第20条、第38条",
                "State Council Order 481 art. 14(1), 20, 38",
            ),
        ),
        _formula(
            preservation_fee,
            "fee",
            Words("申请保全费", "fee for preservation"),
            Words(
                "诉讼费用交纳办法（国务院令第481号）第14条第2项",
                "State Council Order 481 art. 14(2)",
            ),
        ),
        _formula(
            distribution,
            "left",
            Words("案款分配", "distribution of proceeds"),
            Words(
                "民诉法解释第506至508条、第514条；执行工作规定第34、55条；法释〔2014〕13号第13条",
                "CPLI art. 506-508, 514; EWR art. 34, 55; SPC Fa Shi [2014] 13 art. 13",
            ),
        ),
        _formula(
            seizure_queue,
            "effective",
            Words("查封与轮候", "seizure and those waiting"),
            Words(
                "查扣冻规定第26、27条；民诉法解释第485条",
                "Seizure Provisions art. 26, 27; CPLI art. 485",
            ),
        ),
        _formula(
            living_reserve,
            "amount",
            Words("收入中可供执行的部分", "what may be enforced of an income"),
            Words(
                "民事诉讼法第254条；查扣冻规定第3条第2项",
                "CPL art. 254; Seizure Provisions art. 3(2)",
            ),
        ),
        _formula(
            account_reserve,
            "amount",
            Words("账户余额中可供执行的部分", "what may be enforced of a balance"),
            Words(
                "民事诉讼法第254条；查扣冻规定第3条第2项",
                "CPL art. 254; Seizure Provisions art. 3(2)",
            ),
        ),
        _formula(
            only_home,
            "amount",
            Words("唯一住房变价款中可供执行的部分", "what may be enforced of the only home"),
            Words("法释〔2015〕10号第20条第1款第3项", "SPC Fa Shi [2015] 10 art. 20(1)3"),
        ),
        _formula(
            freeze_cap,
            "amount",
            Words("查封冻结限额", "the most that may be frozen"),
            Words("查扣冻规定第19条", "Seizure Provisions art. 19"),
        ),
        _formula(
            no_surplus,
            "amount",
            Words("拍卖有无剩余可能", "what an auction leaves for the creditor"),
            Words("拍卖变卖规定第6条", "Auction Provisions art. 6"),
        ),
        _formula(
            general_interest,
            "interest",
            Words("一般债务利息", "general interest by the title"),
            Words("法释〔2014〕8号第1条第2款", "SPC Fa Shi [2014] 8 art. 1(2)"),
        ),
    )
)
"""The formulas by name: what an expression calls `law.NAME`."""


def formula_named(name: str) -> Formula:
    """A formula by its name. Raises `UnknownFormula`."""
    found = FORMULAS.get(name)
    if found is None:
        raise UnknownFormula(name=name, known=", ".join(FORMULAS))
    return found
