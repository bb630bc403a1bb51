"""What is wrong with a value of a file, in words for people who know the law and no Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from .language import NO_WORDS, Words, did_you_mean, is_it
from .source.mappings import plain
from .source.signs import sign_hint

_ZH = {
    "string_type": "应为文字，得到 {input}",
    "string_too_short": "不能为空",
    "int_type": "应为整数，得到 {input}",
    "int_parsing": "应为整数，得到 {input}",
    "bool_type": "应为 true（是）或 false（否），得到 {input}",
    "dict_type": "应为键值表，得到 {input}",
    "model_type": "应为键值表，得到 {input}",
    "list_type": "应为列表，得到 {input}",
    "tuple_type": "应为列表，得到 {input}",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD，得到 {input}",
    "date_type": "应为日期 YYYY-MM-DD，得到 {input}",
    "greater_than_equal": "数值过小：{input}",
    "computed-default": "由算式得出（is）的字段没有默认值",
    "law-bare": "写明执行法定期限（law）的动作须有条件、清单或者文书",
    "each-or-adds": "动作或针对已有的一条记录（each），或新增一条（adds），不能都写",
    "each-or-keyed-by": "期限或按记录分别计算（each），或按字段区分（keyed_by），不能都写",
    "record-fields": "records 类型的字段（且仅此类型）须列出 fields",
    "record-field-name": "记录的字段不能叫 id：每条记录自有编号",
    "record-field-type": "记录的字段须能写入：不能是列表（records）或算式（is）",
    "records-default": "记录列表开始时为空，逐条写入：没有 default 和 is",
    "choices": "choice 类型的字段（且仅此类型）须列出 choices",
    "happened": "发生时间（happened）须与一项动作（fire 等）同写；更正的时间写在各条之内",
    "ends-on": "期限有长度和单位（length、unit），或载明的届满日（ends_on），二者取其一",
    "starts": "期限须由进入某状态（entering）或某动作（on）起算",
    "task-starts": "任务须由进入某状态（entering）或某动作（on）开始",
    "votes": "一步审批所需票数（votes）不能多于参加人数（of）",
    "account": "账户或写明收入（received）与支出（paid_out），或逐笔入账（books），二者取其一",
    "account-shares": "分配（shares）须有逐笔入账（books）",
    "claim-nothing": "执行依据须有项目（items）或本金（principal）",
    "checklist-item": "清单的一项须有条件（when）、文书（documents）或已办理的动作（done_by）",
    "act": "一项动作须办理（fire）或批准（approve）一个事项，二者取其一",
    "too_short": "至少须有 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "string_too_long": "文字过长（至多 {max_length} 字）",
    "decimal_parsing": "应为数值，得到 {input}",
    "decimal_type": "应为数值，得到 {input}",
    "date_parsing": "应为日期 YYYY-MM-DD，得到 {input}",
    "time_parsing": "应为时间，如 16:00，得到 {input}",
    "greater_than": "数值须大于 {gt}，得到 {input}",
    "less_than": "数值须小于 {lt}，得到 {input}",
    "less_than_equal": "数值过大：{input}（至多 {le}）",
    "digit-placeholder": "占位符 {input} 须先替换为值",
    "digit-name": "名称不能为空",
    "digit-roles": "须写明可以办理的角色（不能写 *）",
    "digit-state": "状态须有名称（只有起始状态可以没有）",
    "digit-terminal": "终结状态不能有动作（actions）",
    "bool_parsing": "应为 true（是）或 false（否），得到 {input}",
    "int_from_float": "应为整数，得到 {input}",
    "decimal_max_digits": "数值过长：{input}",
    "decimal_max_places": "小数位数过多：{input}",
    "time_delta_parsing": "应为时长，得到 {input}",
    "date_from_datetime_inexact": "应为日期 YYYY-MM-DD，得到 {input}",
    "finite_number": "应为有限的数值，得到 {input}",
}
"""The words of each kind of error; a kind without any keeps pydantic's own."""

_FORMS: Mapping[str, Words] = {
    "(d|wd|h)$": Words(
        "应为提前量，即数字加 d（日）、wd（工作日）或 h（小时），如 3d、2wd、12h",
        "must be a lead in days, working days or hours, such as 3d, 2wd or 12h",
    ),
    "(d|wd)$": Words(
        "应为天数，即数字加 d（日）或 wd（工作日），如 5d、3wd",
        "must be days or working days, such as 5d or 3wd",
    ),
    ":[0-5][0-9]$": Words("应为时刻，如 09:00", "must be a time of day, such as 09:00"),
    "[a-z0-9_]{0,62})?$": Words(
        "应为字段的标识，或“列表.字段”", "must be the id of a field, or LIST.FIELD"
    ),
    r"\.[a-z][a-z0-9_]*$": Words(
        "应为“系统.操作”，如 network.freeze", "must be SYSTEM.OPERATION, such as network.freeze"
    ),
}
"""What is wanted of a text that has a form, by how its pattern ends."""
_ANOTHER_FORM = Words("格式不符", "it has another form")

_COUNT = Words(
    "应为整数，或数字字段的标识", "must be a whole number, or the id of a field with one"
)
_DIGITS = Words("；请用阿拉伯数字", "; write it in digits")
_ONLY_NUMBER = Words("；只写数字，单位写在 unit", "; only the number: its unit stands under unit")
_NO_DAY = Words("；日历上没有这一天", "; there is no such day")
_IN_WORDS = Words("；应为 {zh: 文字}", "; write {zh: words, en: words}")

_MEANT = {
    "小时": "hour",
    "日": "day",
    "天": "day",
    "周": "week",
    "星期": "week",
    "工作日": "working-day",
    "月": "month",
    "个月": "month",
    "年": "year",
    "文字": "text",
    "文本": "text",
    "数字": "number",
    "金额": "money",
    "amount": "money",
    "日期": "date",
    "时间": "datetime",
    "是否": "flag",
    "选项": "choice",
    "列表": "list",
    "当事人": "party",
    "记录": "records",
    "省": "province",
    "法院": "court",
    "个案": "case",
}
"""What is meant by a word that people write for a choice of the language."""


def shown(value: Any) -> str:
    """A value as a message shows it."""
    return _written(plain(value))[:80]


def _written(value: Any) -> str:
    """A value nearly as a file writes it."""
    if isinstance(value, bool | None):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return repr(value) if isinstance(value, str | dict) else str(value)


def value_words(details: Any, key: str) -> Words:
    """What one of pydantic's errors says of the value under a key, and how to mend it."""
    if details["input"] is None:
        return Words(f"{key} 没有写值", f"nothing is written for {key}")
    tell = _TOLD_APART.get(details["type"], _plainly)
    words, hint = tell(details), _hint(details)
    return Words(f"{words.zh}{hint.zh}", f"{words.en}{hint.en}")


def _plainly(details: Any) -> Words:
    """A kind of error that has words of its own, or pydantic's."""
    given, said = shown(details["input"]), details["msg"]
    zh = _ZH.get(details["type"], "{msg}")
    zh = zh.format_map({**details.get("ctx", {}), "msg": said, "input": given})
    return Words(zh, f"{said} (got {given})")


def _form(details: Any) -> Words:
    """A text that has another form than the one that is wanted."""
    pattern, given = details["ctx"]["pattern"], shown(details["input"])
    wanted = next((w for end, w in _FORMS.items() if pattern.endswith(end)), _ANOTHER_FORM)
    return Words(f"{wanted.zh}，得到 {given}", f"{wanted.en}, got {given}")


def _choice(details: Any) -> Words:
    """A word that is none of those that may stand there, with the one that is meant."""
    given, known = details["input"], re.findall(r"'([^']*)'", details["ctx"]["expected"])
    meant = _MEANT.get(str(given), "")
    hint = is_it(meant) if meant in known else did_you_mean(str(given), known)
    zh = f"{shown(given)} 不可用；可用：{'、'.join(known)}{hint.zh}"
    return Words(zh, f"{shown(given)} is none of {', '.join(known)}{hint.en}")


def _count(details: Any) -> Words:
    """What is neither a number nor the id of a field."""
    given = shown(details["input"])
    return Words(f"{_COUNT.zh}，得到 {given}", f"{_COUNT.en}, got {given}")


COUNT = "count"
"""The kind of error that says both: no whole number, and no id of a field."""
_TOLD_APART: Mapping[str, Callable[[Any], Words]] = {
    "string_pattern_mismatch": _form,
    "enum": _choice,
    "literal_error": _choice,
    COUNT: _count,
}
"""The errors that have more to say than one sentence."""


def _hint(details: Any) -> Words:
    """How a value that looks like this is probably mended."""
    given = details["input"]
    if not isinstance(given, str):
        return NO_WORDS
    if details.get("ctx", {}).get("class_name") == "Text":
        return _IN_WORDS
    if details["type"].startswith("date_"):
        return _date_hint(given)
    return sign_hint(given) if sign_hint(given) != NO_WORDS else _number_hint(details, given)


def _date_hint(given: str) -> Words:
    """How a day is written that stands in another form, or that there is none."""
    numbers = re.findall("[0-9]+", given)[:3]
    try:
        day = date(*map(int, numbers))
    except (TypeError, ValueError):
        return _NO_DAY if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given) else NO_WORDS
    return Words(f"；请写 {day}", f"; write {day}")


def _number_hint(details: Any, given: str) -> Words:
    """How a number is written that stands in words, or with its unit."""
    if details["type"] not in (COUNT, "int_type", "int_parsing"):
        return NO_WORDS
    if re.match(r"[1-9][0-9]*\D", given):
        return _ONLY_NUMBER
    return _DIGITS if re.search("[零一二三四五六七八九十百两]", given) else NO_WORDS
