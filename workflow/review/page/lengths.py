"""Lengths and ways of counting in words: `7日`, `2 working days`, `按民事诉讼期间计算`."""

from __future__ import annotations

from ...language import Words, with_article
from ...model.definition import Definition
from ...model.limits import DeadlineRule, counting_of
from ...periods.counting import ARTICLES, Counting
from ..terms import UNITS, amount_of_time

_COUNTINGS = {
    Counting.LITIGATION: Words(
        "按民事诉讼期间计算：开始之日不计，最后一日为节假日的顺延到节假日后的第一个工作日",
        "counted as a period of civil procedure: the first day does not count, and a last day that"
        " is a rest day moves to the next working day",
    ),
    Counting.CIVIL: Words(
        "按民法期间计算：开始之日不计，最后一日为节假日的顺延到节假日后的第一个工作日",
        "counted as a period of civil law: the first day does not count, and a last day that is a"
        " rest day moves to the next working day",
    ),
    Counting.FIXED: Words(
        "固定期间：开始之日不计，最后一日不因节假日顺延",
        "fixed: the first day does not count, and a last day that is a rest day stays",
    ),
    Counting.MINIMUM: Words(
        "最短期间：须过满，开始之日不计，最后一日不因节假日顺延",
        "a least time, which must pass in full: the first day does not count, and a last day that"
        " is a rest day stays",
    ),
    Counting.CUSTODY: Words(
        "拘留期间：自收拘之日至次日为一日，最后一日不因节假日顺延",
        "days of custody: from the day of admission to the next is one day, and a last day that is"
        " a rest day stays",
    ),
    Counting.PLAIN: Words(
        "自然日：开始之日不计，最后一日不因节假日顺延",
        "calendar days: the first day does not count, and a last day that is a rest day stays",
    ),
    Counting.HOURS_OF_PROCEDURE: Words(
        "诉讼上的小时：自下一个整点起算，不因节假日顺延",
        "hours of procedure: from the next full hour on, rest days included",
    ),
    Counting.RAW: Words(
        "连续的小时：自发生的那一分钟起算，不因节假日顺延",
        "hours without a break: from the very minute on, rest days included",
    ),
    Counting.WORKING: Words(
        "只计工作日：开始之日不计，节假日不计",
        "working days alone: neither the first day nor rest days count",
    ),
}
_BACKWARD = {
    Counting.LITIGATION: Words(
        "按民事诉讼期间向前倒计：起算之日不计，最后一日为节假日的提前到之前的工作日",
        "counted backward as a period of civil procedure: the day from which it counts does not"
        " count itself, and a last day that is a rest day moves to the working day before",
    ),
    Counting.CIVIL: Words(
        "按民法期间向前倒计：起算之日不计，最后一日为节假日的提前到之前的工作日",
        "counted backward as a period of civil law: the day from which it counts does not count"
        " itself, and a last day that is a rest day moves to the working day before",
    ),
}


def length_of(definition: Definition, rule: DeadlineRule) -> Words:
    """How long a limit is, or the field that says it or names its last day."""
    if rule.ends_on is not None:
        title = definition.fields[rule.ends_on].title
        zh, en = f"至“{title.zh}”一栏所载之日止", f"until the day that “{title.en}” names"
        return Words(zh, en)
    if isinstance(rule.length, int):
        return amount_of_time(rule.length, rule.unit)
    title, unit = definition.fields[rule.length].title, UNITS[rule.unit]
    return Words(
        f"按“{title.zh}”一栏所填的数（{unit.zh.removeprefix('个')}）",
        f"as many {unit.en}s as “{title.en}” says",
    )


def counting_words(rule: DeadlineRule) -> Words:
    """How a limit is counted, with the article that says so; of a day that is written, nothing but
    whether a rest day moves it."""
    counting = counting_of(rule)
    article = ARTICLES.get(counting, Words("", ""))
    words = _COUNTINGS[counting]
    if rule.backward:
        backward = Words(f"{words.zh}；自起算之日向前倒计", f"{words.en}; counted backward")
        words = _BACKWARD.get(counting, backward)
    return with_article(words, article)
