"""Each deadline beside the statute it carries out: never longer than the law allows, counted as the law counts, none missing."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ..law.tables import Statute, days, demands, statutes
from ..model.definition import Definition
from ..model.limits import DeadlineRule, counting_of
from ..source.findings import Finding


def check(definition: Definition) -> Iterator[Finding]:
    table = statutes()
    for name, rule in definition.deadlines.items():
        if rule.law is None:
            continue
        statute = table.get(rule.law)
        if statute is None:
            close = get_close_matches(rule.law, table, 1)
            hint_zh, hint_en = (
                (f"；是否指 {close[0]}？", f"; did you mean {close[0]}?") if close else ("", "")
            )
            at = rule.at_value("law")
            yield Finding(
                at,
                "unknown-law",
                f"法定期限表中没有 {rule.law}{hint_zh}",
                f"no statutory limit {rule.law}{hint_en}",
            )
        else:
            yield from _beside(name, rule, statute)
    used = {rule.law for rule in definition.deadlines.values()}
    asked = demands().get(definition.id)
    for id in asked.time_limits if asked else ():
        if id not in used:
            zh = f"缺少法定期限“{table[id].name_zh}”（law: {id}），依据{table[id].cite()}"
            en = f"the statutory limit {table[id].name_en} (law: {id}) is missing: {table[id].cite()}"
            yield Finding(definition.at_value("deadlines"), "law-missing", zh, en)


def _beside(name: str, rule: DeadlineRule, statute: Statute) -> Iterator[Finding]:
    cite = statute.cite()
    if isinstance(rule.length, int) and statute.length is not None and statute.unit is not None:
        ours, theirs = days(rule.length, rule.unit), days(statute.length, statute.unit)
        lawful = f"{statute.length} {statute.unit.value}"
        at = rule.at_value("length")
        if statute.is_minimum and ours < theirs - 0.01:
            yield Finding(
                at,
                "shorter-than-law",
                f"{name} 短于法定最短期间 {lawful}：{cite}",
                f"{name} is shorter than the {lawful} of the law: {cite}",
            )
        if not statute.is_minimum and ours > theirs + 0.01:
            yield Finding(
                at,
                "longer-than-law",
                f"{name} 长于法定期限 {lawful}：{cite}",
                f"{name} is longer than the {lawful} of the law: {cite}",
            )
    if statute.counting is not None and counting_of(rule) is not statute.counting:
        at = rule.at_value("counting")
        yield Finding(
            at,
            "law-counting",
            f"{name} 的计算方法应为 {statute.counting}：{cite}",
            f"{name} must be counted as {statute.counting}: {cite}",
        )
    basis = rule.basis
    if (
        basis is not None
        and basis.number
        and basis.number in statute.number
        and basis.article
        and statute.article not in ("-", basis.article)
    ):
        zh = f"{name} 引用第{basis.article}条，法定期限表为第{statute.article}条：{cite}"
        en = f"{name} cites article {basis.article}, the statutory table has {statute.article}: {cite}"
        yield Finding(basis.at_value("article"), "article-differs", zh, en, "warning")
    if statute.verified == "memory":
        yield Finding(
            rule.at_value("law"),
            "law-unverified",
            f"{name} 的依据尚未核对原文：{cite}",
            f"the source of {name} has not been checked yet: {cite}",
            "warning",
        )
