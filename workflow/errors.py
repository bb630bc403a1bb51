"""The one hierarchy of errors: each has a stable code, words in two languages, and its data."""

from __future__ import annotations

from typing import Any, ClassVar

from .language import Language, in_language


class ZhixingError(Exception):
    """Base of everything the library raises on purpose.

    `code` stays stable between releases. `data` holds the values the texts were made from;
    each is also an attribute. `retryable` says whether the same call may succeed when repeated.
    """

    code: ClassVar[str] = "error"
    zh: ClassVar[str] = "出错"
    en: ClassVar[str] = "something went wrong"
    retryable: ClassVar[bool] = False

    def __init__(self, **data: Any) -> None:
        self.data = data
        self.__dict__.update(data)
        super().__init__()

    def __str__(self) -> str:
        return f"{self.text('en')} [{self.code}]"

    def text(self, lang: Language = "en") -> str:
        """The message for people, in Chinese (`zh`) or English (`en`)."""
        return in_language(self, lang).format(**self.data)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.data)

    def as_json(self) -> dict[str, Any]:
        """The error as plain data: code, both texts, and the values as text."""
        values = {name: _as_json(value) for name, value in self.data.items()}
        return {"code": self.code, "zh": self.text("zh"), "en": self.text("en"), "data": values}


def _as_json(value: Any) -> Any:
    return value if isinstance(value, int | bool | None) else str(value)


def _rebuild(kind: type[ZhixingError], data: dict[str, Any]) -> ZhixingError:
    return kind(**data)


class PeriodError(ZhixingError):
    """A period of law was asked for with values that make no sense."""

    code = "period"
    zh, en = "期限无法计算：{why_zh}", "the period cannot be computed: {why_en}"


class BadLength(PeriodError):
    code = "period-length"
    zh, en = (
        "期限长度须为正整数，得到 {length}",
        "a period's length must be a positive whole number, got {length}",
    )


class BeyondDates(BadLength):
    """A period reaches beyond the days that there are: the years 1 to 9999."""

    code = "period-end"
    zh = "期限超出可表示的日期（公元1年至9999年），长度 {length}"
    en = "the period reaches beyond the dates there are (years 1 to 9999); its length is {length}"


class EndNotWritten(PeriodError):
    """A time limit ends on the day in a field, and the field is not known."""

    code = "period-end-unwritten"
    zh = "期限的届满日由 {field} 载明，而 {field} 尚未填写"
    en = "the limit ends on the day in {field}, which is not known yet"


class UnknownUnit(PeriodError):
    code = "period-unit"
    zh, en = "未知的期限单位 {unit}；可用：{known}", "unknown unit {unit}; known: {known}"


class UnknownCounting(PeriodError):
    code = "period-counting"
    zh, en = (
        "计算方法 {counting} 不适用于单位 {unit}",
        "counting {counting} does not go with the unit {unit}",
    )


class NaiveDatetime(PeriodError):
    code = "naive-datetime"
    zh, en = "时间 {value} 没有时区", "the datetime {value} has no time zone"


class BadDeduction(PeriodError):
    code = "deduction-order"
    zh, en = (
        "扣除期间的终点 {until} 早于起点 {since}",
        "a deduction ends ({until}) before it starts ({since})",
    )


class StillDeducted(PeriodError):
    code = "deduction-open"
    zh = "自 {since} 起的扣除期间尚未结束，期限届满日待其结束后计算"
    en = "a deduction running since {since} has not ended: there is no due date before it does"


class DateOutsideCalendar(PeriodError):
    code = "outside-calendar"
    zh = "日期 {value} 超出日历 {calendar} 的范围（{first} 至 {last}）"
    en = "the date {value} lies outside the calendar {calendar} ({first} to {last})"


class BadDate(PeriodError):
    code = "date"
    zh, en = "不是日期：{value}（应为 YYYY-MM-DD）", "not a date: {value} (expected YYYY-MM-DD)"


class UnknownCalendar(PeriodError):
    code = "calendar-unknown"
    zh, en = "未知的日历 {calendar}；可用：{known}", "unknown calendar {calendar}; known: {known}"


class DataError(ZhixingError):
    """A value does not fit the field that the definition declares."""

    code = "data-value"
    zh, en = "字段 {field}：{why_zh}（得到 {value}）", "field {field}: {why_en} (got {value})"


class UnknownField(DataError):
    code = "data-field"
    zh, en = "没有字段 {field}", "there is no field {field}"


class GuardError(ZhixingError):
    """A guard could not be compiled; `column` counts from 1 inside the expression."""

    code = "guard"
    zh, en = "条件表达式有误：{why_zh}", "the guard is wrong: {why_en}"


class UnknownAct(GuardError):
    """A condition asks about an act that the definition does not have."""

    code = "unknown-trigger"


class GuardFailed(ZhixingError):
    """A guard, at its place in the definition, cannot be evaluated on the values of a case."""

    code = "guard-failed"
    zh, en = "{place}：条件无法求值：{why_zh}", "{place}: the guard cannot be evaluated: {why_en}"


class GuardValueMissing(ZhixingError):
    """A guard needs values that the case does not have yet."""

    code = "guard-value"
    zh, en = "条件所需的信息尚缺：{names}", "the guard needs values that are not known yet: {names}"


class FormulaError(ZhixingError):
    """A formula of the law was asked for with values that it cannot compute."""

    code = "formula"
    zh, en = "公式无法计算：{why_zh}", "the formula cannot be computed: {why_en}"


class BadFormulaValue(FormulaError):
    """A value that a formula cannot use: `name` says which."""

    code = "formula-value"
    zh, en = "{name}：{why_zh}（得到 {value}）", "{name}: {why_en} (got {value})"


class BeforeDelayRule(FormulaError):
    """Double interest was asked for days before the rule of 2014-08-01."""

    code = "formula-old-rule"
    zh = (
        "{since} 起的迟延履行期间早于 {rule}：此前的利息按当时的规定另行计算"
        "（法释〔2014〕8号第七条），请只计算 {rule} 之后的部分"
    )
    en = (
        "the delay from {since} on lies before {rule}: interest before it is computed apart, by "
        "the rule of that time (SPC Fa Shi [2014] 8 art. 7); ask for the part since {rule} alone"
    )


class UnknownFormula(FormulaError):
    """No formula has this name."""

    code = "formula-unknown"
    zh, en = "未知的公式 {name}；可用：{known}", "unknown formula {name}; known: {known}"
