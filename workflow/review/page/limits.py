"""Time limits, what lengthens them, and where the case rests: sections of the page for review."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain
from operator import attrgetter

from ...language import Words, joined
from ...model.base import Text
from ...model.flow import Suspension
from ...model.limits import DeadlineRule, ExtensionRule, inner_name
from ...periods.counting import TimeUnit
from ...source.characters import escaped
from ..html import listed
from ..terms import amount_of_time, lead_words
from .lengths import counting_words, length_of
from .naming import Entry, Naming, Pair, Section, rows_of


def limits(n: Naming) -> Section:
    """Every time limit: what starts it, how long it is, what ends it, what follows."""
    entries = rows_of(n.d.deadlines, lambda id, rule: _limit(n, id, rule))
    return Section("limits", Words("期限", "time limits"), "", tuple(entries))


def _limit(n: Naming, id: str, rule: DeadlineRule) -> Entry:
    law = (
        (Words("对应的法定期限", "the statutory limit"), n.row(n.statutes, rule.law)),
        (Words("内部期限", "inner limit"), _inner(n, id, rule)),
        *n.described(rule),
    )
    pairs = (*_begins(n, rule), *_runs(n, rule), *_is_met(n, rule), *_passes(n, rule), *law)
    return Entry(id, rule.title, pairs)


def _begins(n: Naming, rule: DeadlineRule) -> Iterator[Pair]:
    """What starts it, and from which day it counts."""
    starts, d = rule.starts, n.d
    yield Words("进入节点时起算", "starts on entering"), n.titles(d.states, starts.entering)
    yield Words("办理后起算", "starts when this is done"), n.acts(starts.on)
    yield Words("提请审批时起算", "starts when proposed"), n.acts(starts.proposing)
    yield Words("仅当", "only if"), n.condition(starts.when)
    day = n.field(starts.counted_from) if starts.counted_from is not None else ""
    from_field = n.say(f"{day}一栏所填之日", f"the day in {day}")
    now = n.say("上述事情发生之时", "when that happens")
    yield Words("自何时计算", "counted from"), from_field if day else now
    yield Words("分别计算", "one for each"), n.record_list(rule.each)
    keyed = n.quoted(n.titles(d.fields, filter(None, [rule.keyed_by])))
    yield Words("按此栏的值分别计算", "one for each value of"), keyed


def _runs(n: Naming, rule: DeadlineRule) -> Iterator[Pair]:
    """How long it is, how it is counted, and what stops or lengthens it."""
    yield Words("长度", "length"), n.text(length_of(n.d, rule))
    yield Words("计算方法", "counting"), listed(map(n.text, _counting(rule)))
    recurring = rule.recurring
    yield Words("循环", "comes again"), _rounds(n, recurring.times) if recurring else ""
    rests = (
        n.say("案件中止期间停止计算", "it stops while the case rests")
        if rule.pauses
        else n.say("案件中止期间继续计算", "it runs on while the case rests")
    )
    yield Words("中止", "suspension"), rests
    yield Words("可以扣除的事由", "grounds of deduction"), n.titles(n.d.grounds, rule.deducts)
    steps = listed(n.text(_extension(n, step)) for step in rule.extension)
    yield Words("延长", "extension"), steps or n.say("不得延长", "may not be extended")
    rows = chain.from_iterable(map(attrgetter("law"), rule.extension))
    listed_rows = "<br>".join(map(partial(n.row, n.statutes), rows))
    yield Words("延长所执行的法定期限", "statutory limits of the extension"), listed_rows
    restored = n.roles(rule.restorable_by)
    yield Words("耽误后可准许顺延的", "may restore it once missed"), restored


def _counting(rule: DeadlineRule) -> Iterator[Words]:
    """How it is counted, and what of that is unusual."""
    yield counting_words(rule)
    if rule.cut_off is not None:
        zh = f"每日 {rule.cut_off} 起发生的，视为次日发生"
        yield Words(zh, f"what happens from {rule.cut_off} on happens on the next day")
    if rule.expires == "start-of-day":
        zh = "最后一日开始时即届满"
        yield Words(zh, "it is over as its last day begins")
    elif rule.cut_off is not None:
        zh, en = f"最后一日 {rule.cut_off} 届满", f"it is over at {rule.cut_off} of its last day"
        yield Words(zh, en)
    elif rule.unit is not TimeUnit.HOUR:
        yield Words("最后一日结束时届满", "it is over when its last day is over")


def _rounds(n: Naming, times: int) -> str:
    return n.say(
        f"共 {times} 轮，每一轮自上一轮届满之日起算",
        f"{times} rounds in all, each from the day on which the one before is over",
    )


def _extension(n: Naming, step: ExtensionRule) -> Words:
    """Who extends, by how much, how often."""
    by = joined(map(n.d.role_title, step.by))
    if step.length is None:
        return Words(f"由{by.zh}延长，至多 {step.times} 次", f"by {by.en}, at most {step.times}×")
    most = amount_of_time(step.length, step.unit)
    return Words(
        f"由{by.zh}延长，每次至多{most.zh}，至多 {step.times} 次",
        f"by {by.en}, each time by at most {most.en}, at most {step.times}×",
    )


def _is_met(n: Naming, rule: DeadlineRule) -> Iterator[Pair]:
    """What performs it, what ends it unperformed, what may not be done before it is over."""
    yield Words("办理以下任一事项即履行", "met by any of"), n.acts(rule.met_by)
    yield Words("因以下任一事项终止（未履行）", "ended unmet by any of"), n.acts(rule.ends_by)
    left = n.titles(n.d.states, rule.ends_leaving)
    yield Words("离开以下节点时终止", "ended on leaving"), left
    yield Words("届满前不得办理", "not to be done before it is over"), n.acts(rule.gates)
    modes = n.titles(n.d.modes, rule.gates_closing)
    yield Words("届满前不得以此方式结案", "not to be closed before as"), modes
    closing = (
        n.say("继续计算", "it goes on")
        if rule.survives_closing
        else n.say("随结案终止", "it ends with the case")
    )
    yield Words("结案后", "after closing"), closing


def _passes(n: Naming, rule: DeadlineRule) -> Iterator[Pair]:
    """Who is warned, and what happens when it is over."""
    expiry = rule.on_expiry
    warned = joined(map(lead_words, rule.warn))
    at = rule.alerts_at or n.d.alerts_at
    hour = n.say(f"（当日 {at}）", f" (at {at})") if at is not None else ""
    before = n.say(f"届满前{warned.zh}", f"{warned.en} before it is over")
    yield Words("预警", "warnings"), f"{escaped(before)}{hour}" if rule.warn else ""
    watcher = n.roles(filter(None, [rule.watcher]))
    yield Words("另由其盯办", "watched by"), watcher
    yield Words("届满时提醒", "told when it is over"), n.roles(expiry.alert)
    yield Words("逐级上报", "reported to"), _escalation(n, rule)
    yield (
        Words("届满时自动办理", "when it is over this is done"),
        n.acts(filter(None, [expiry.fire])),
    )
    yield Words("届满后产生的权利", "right that arises"), _optional(n, expiry.opens_right)
    yield Words("届满后丧失的权利", "right that is lost"), _optional(n, expiry.lapses)


def _escalation(n: Naming, rule: DeadlineRule) -> str:
    """The chain of those who are told one after another."""
    expiry = rule.on_expiry
    if not expiry.escalate:
        return ""
    every, chain = (
        lead_words(expiry.every),
        n.say(" → ", " → ").join(n.roles([role]) for role in expiry.escalate),
    )
    return n.say(
        f"{chain}（届满时报第一级，此后每过{every.zh}上报一级）",
        f"{chain} (the first when it is over, then one step every {every.en})",
    )


def _optional(n: Naming, words: Text | None) -> str:
    return n.text(words) if words is not None else ""


def _inner(n: Naming, id: str, rule: DeadlineRule) -> str:
    """The court's own shorter limit, which stands as a limit of its own."""
    if rule.inner is None:
        return ""
    inner = n.d.deadlines[inner_name(id)]
    length = n.text(length_of(n.d, inner))
    return f"{length} — {n.seen_in('limits', n.d.deadlines, inner_name(id))}"


def grounds(n: Naming) -> Section:
    """What lengthens a limit by the time that it lasts, and the limits that it lengthens."""
    entries = rows_of(n.d.grounds, lambda id, title: _ground(n, id, title))
    return Section(
        "grounds", Words("扣除事由", "grounds of deduction"), "", tuple(entries), short=True
    )


def _ground(n: Naming, id: str, title: Text) -> Entry:
    rules = [name for name, rule in n.d.deadlines.items() if id in rule.deducts]
    pair = Words("从以下期限中扣除", "is taken from"), n.titles(n.d.deadlines, rules)
    return Entry(id, title, (pair,))


def suspensions(n: Naming) -> Section:
    """The nodes at which the case rests."""
    entries = tuple(_suspension(n, rest) for rest in n.d.suspensions)
    return Section(
        "suspensions", Words("中止节点", "where the case rests"), "", entries, short=True
    )


def _suspension(n: Naming, rest: Suspension) -> Entry:
    ground = n.title(n.d.grounds, rest.ground)
    pairs = (
        (Words("处于以下节点时", "while it stands at"), n.titles(n.d.states, rest.states)),
        (
            Words("效力", "effect"),
            n.say("标明中止时停止计算的期限停止计算", "the limits that stop while it rests do"),
        ),
        (Words("依据", "basis"), n.basis(rest.basis)),
        (Words("说明", "note"), escaped(rest.note)),
    )
    return Entry(rest.ground, ground, pairs)
