"""Each deadline beside the statute it carries out: never longer, counted alike, none missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain

from ..language import Words
from ..law.law import Law
from ..law.rows import Demands, Statute, days
from ..model.definition import Definition
from ..model.flow import Transition
from ..model.limits import DeadlineRule, counting_of
from ..source.findings import Finding
from ..source.positions import Position
from .kinds import demanded
from .law_of_the_day import changes, unknown

_LIMIT = Words("法定期限", "statutory limit")
_ARTICLES = re.compile(r"([0-9]+)(?:-([0-9]+))?")
_PARAGRAPH = re.compile(r"\([^)]*\)")
_NEAR = 0.01
"""Lengths of different units that differ by less (in days) are the same length."""


def check(definition: Definition, law: Law) -> Iterator[Finding]:
    """Deadlines beside the rows that they name, and those that the law demands.

    All as the law is on the day when the definition takes effect.
    """
    for name, rule in definition.deadlines.items():
        if rule.law is not None:
            yield from _deadline(name, rule, rule.law, definition.effective, law)
            yield from _by_default(definition, name, rule, law)
    for t in definition.transitions:
        yield from _conditions(t, definition.effective, law)
    if names_rows_of(law, definition):
        yield from _missing(definition, demanded(definition, law), law)


def _conditions(t: Transition, day: date, law: Law) -> Iterator[Finding]:
    """The rows that the conditions of an act carry out."""
    for id in t.law:
        yield from _named(t.trigger, t.at_value("law"), id, day, law)


def _named(name: str, at: Position, id: str, day: date, law: Law) -> Iterator[Finding]:
    """A row that is named: there is one on the day, compared with the text, and it stays."""
    statute = law.statutes(day).get(id)
    if statute is None:
        yield unknown(at, id, day, law.all_statutes(), _LIMIT)
    else:
        yield from _unverified(name, at, statute)
        yield from changes(at, statute, law.all_statutes())


def _by_default(
    definition: Definition, name: str, rule: DeadlineRule, law: Law
) -> Iterator[Finding]:
    """The default of a field that gives a length is no longer than the law allows, nor shorter."""
    spec = definition.fields.get(str(rule.length))
    statute = law.statutes(definition.effective).get(rule.law or "")
    if spec is not None and statute is not None and isinstance(spec.default, int):
        usual = rule.model_copy(update={"length": spec.default})
        for finding in _length(name, usual, statute):
            yield replace(finding, at=spec.at_value("default"))


def names_rows_of(law: Law, definition: Definition) -> bool:
    """Whether every row that a deadline names is one of the law: else it says which it lacks."""
    return carried_out(definition) <= law.statutes(definition.effective).keys()


def carried_out(definition: Definition) -> set[str]:
    """The rows of the law that a definition says it carries out, by a deadline or a condition."""
    by_deadlines = (rule.law for rule in definition.deadlines.values())
    by_conditions = (id for t in definition.transitions for id in t.law)
    return {id for id in chain(by_deadlines, by_conditions) if id is not None}


def _missing(definition: Definition, asked: Demands, law: Law) -> Iterator[Finding]:
    """Every time limit that the law demands of this procedure is carried out."""
    statutes = law.statutes(definition.effective)
    lacking = set(asked.time_limits) - carried_out(definition)
    for id in sorted(lacking & statutes.keys()):
        statute = statutes[id]
        at = definition.at_value("deadlines")
        zh = f"缺少法定期限“{statute.zh}”（law: {id}），依据{statute.cite()}"
        en = f"the statutory limit {statute.en} (law: {id}) is missing: {statute.cite()}"
        yield Finding(at, "law-missing", zh, en)


def _deadline(name: str, rule: DeadlineRule, id: str, day: date, law: Law) -> Iterator[Finding]:
    """A deadline beside the row of the law's table that it names."""
    yield from _named(name, rule.at_value("law"), id, day, law)
    statute = law.statutes(day).get(id)
    if statute is not None:
        yield from _length(name, rule, statute)
        yield from _counting(name, rule, statute)
        yield from _article(name, rule, statute)


def _unverified(name: str, at: Position, statute: Statute) -> Iterator[Finding]:
    """A warning for a row that nobody has compared with the text of the law yet."""
    if statute.verified == "memory":
        zh = f"{name} 的依据尚未核对原文：{statute.cite()}"
        en = f"the source of {name} has not been checked yet: {statute.cite()}"
        yield Finding(at, "law-unverified", zh, en, "warning")


def _length(name: str, rule: DeadlineRule, statute: Statute) -> Iterator[Finding]:
    """No longer than the law allows; where the law sets the least, no shorter."""
    excess = _excess(rule, statute)
    lawful, cite = statute.length_words(), statute.cite()
    at = rule.at_value("length")
    if statute.is_minimum:
        if excess < -_NEAR:
            zh = f"{name} 短于法定最短期间 {lawful.zh}：{cite}"
            en = f"{name} is shorter than the {lawful.en} of the law: {cite}"
            yield Finding(at, "shorter-than-law", zh, en)
    elif excess > _NEAR:
        zh = f"{name} 长于法定期限 {lawful.zh}：{cite}"
        en = f"{name} is longer than the {lawful.en} of the law: {cite}"
        yield Finding(at, "longer-than-law", zh, en)


def _excess(rule: DeadlineRule, statute: Statute) -> float:
    """By how many days a deadline is longer than the law has it.

    Zero where a field of the case, or a document, gives one of the lengths: it is not known here.
    """
    lawful = statute.in_days()
    if lawful is None or rule.ends_on or not isinstance(rule.length, int):
        return 0.0
    return days(rule.length, rule.unit) - lawful


def _counting(name: str, rule: DeadlineRule, statute: Statute) -> Iterator[Finding]:
    """Counted as the law counts, where the table knows how."""
    if statute.counting not in (None, counting_of(rule)):
        at = rule.at_value("counting")
        zh = f"{name} 的计算方法应为 {statute.counting}：{statute.cite()}"
        en = f"{name} must be counted as {statute.counting}: {statute.cite()}"
        yield Finding(at, "law-counting", zh, en)


def _article(name: str, rule: DeadlineRule, statute: Statute) -> Iterator[Finding]:
    """Where the deadline cites the instrument of its statute, it cites the same article."""
    basis = rule.basis
    if basis is None or "" in (basis.number, basis.article):
        return
    is_same_instrument = basis.number in statute.number
    is_same_article = statute.article == "-" or _share(statute.article, basis.article)
    if is_same_instrument and not is_same_article:
        cite = statute.cite()
        at = basis.at_value("article")
        zh = f"{name} 引用第{basis.article}条，法定期限表为第{statute.article}条：{cite}"
        en = (
            f"{name} cites article {basis.article}, "
            f"the statutory table has {statute.article}: {cite}"
        )
        yield Finding(at, "article-differs", zh, en, "warning")


def _share(articles: str, others: str) -> bool:
    """Whether two citations have an article in common: `103` lies in `103-104`."""
    return not _numbers(articles).isdisjoint(_numbers(others))


def _numbers(articles: str) -> set[str]:
    """The articles of a citation such as `11、23`, `103-104` or `1(2)`."""
    found = set[str]()
    for first, last in _ARTICLES.findall(_PARAGRAPH.sub("", articles)):
        found.update({first} if not last else map(str, range(int(first), int(last) + 1)))
    return found or {articles}
