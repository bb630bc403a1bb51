"""Time limits carried out as the law has them: begun, met, ended, stopped, extended and told so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from itertools import chain

from ..language import Words
from ..law.law import Law
from ..law.rows import CarriedOut, Statute, days
from ..model.base import Element
from ..model.definition import Definition
from ..model.limits import DeadlineRule
from ..source.findings import Finding
from ..source.positions import Position
from .kinds import demanded


def check(definition: Definition, law: Law) -> Iterator[Finding]:
    """The deadlines of a definition beside what the law says of its kind of case."""
    statutes, asked = law.statutes(definition.effective), demanded(definition, law).carried_out
    carrying = defaultdict[str, list[DeadlineRule]](list)
    for name, rule in definition.deadlines.items():
        id = rule.law or ""
        if id in asked and id in statutes:
            carrying[id].append(rule)
            yield from _Compared(name, rule, statutes[id]).findings(asked[id])
    for id, rules in carrying.items():
        yield from _begun(definition, statutes[id], asked[id], rules)
    for lawful, cite in demanded(definition, law).rests:
        yield from _resting(definition, lawful, cite)


def _resting(definition: Definition, lawful: Iterable[str], cite: str) -> Iterator[Finding]:
    """A case rests, and its limits stand still, in no other state than the kind's."""
    for rest in definition.suspensions:
        extra = sorted(set(rest.states).difference(lawful))
        if extra:
            at, what = rest.at_value("states"), ", ".join(extra)
            zh = f"{what} 不是中止的状态，期限在其中不得停止计算：{cite}"
            yield Finding(at, CODE, zh, f"{what} is no state of rest, limits run on in it: {cite}")


def _begun(
    definition: Definition, statute: Statute, how: CarriedOut, rules: Iterable[DeadlineRule]
) -> Iterator[Finding]:
    """Everything that starts the limit by law starts one of the deadlines that carry it out.

    Where one of them starts otherwise, that has been told.
    """
    starting = set(chain.from_iterable(map(_starts, rules)))
    lacking = sorted(how.starts - starting)
    if lacking and starting <= how.starts:
        at, what = definition.at_value("deadlines"), ", ".join(lacking)
        zh = f"“{statute.zh}”还须自 {what} 起算：{statute.cite()}"
        yield Finding(at, CODE, zh, f"{statute.en} starts on {what} too: {statute.cite()}")


CODE = "law-carried-out"


def _starts(rule: DeadlineRule) -> tuple[str, ...]:
    return (*rule.starts.entering, *rule.starts.on, *rule.starts.proposing)


_WORDS = {
    "starts": Words("起算于 {}，法律没有规定", "starts on {}, not by law"),
    "met_by": Words("由 {} 完成，法律没有规定", "is met by {}, not by law"),
    "ends_by": Words("因 {} 终止，法律没有规定", "is ended by {}, not by law"),
    "ends_leaving": Words("离开 {} 即终止，法律没有规定", "ends on leaving {}, not by law"),
    "deducts": Words("扣除 {}，法律没有规定", "deducts {}, not by law"),
    "gates": Words("届满前不得办理 {}", "holds back {}"),
    "on_expiry": Words("届满须告知 {}", "tells {} when it is over"),
}
"""What is wrong with names that a deadline has and the law has not, or lacks."""


class _Compared:
    """One deadline beside the law that it carries out."""

    def __init__(self, name: str, rule: DeadlineRule, statute: Statute) -> None:
        self._name, self._rule, self._statute = name, rule, statute

    def findings(self, how: CarriedOut) -> Iterator[Finding]:
        rule, starts = self._rule, self._rule.starts
        ended, told = {*how.met_by, *how.ends_by}, {*rule.on_expiry.alert, *rule.on_expiry.escalate}
        gates = {*rule.gates, *rule.gates_closing}
        wrong: dict[str, Set[str]] = {
            "starts": {*_starts(rule)} - how.starts,
            "met_by": {*rule.met_by} - how.met_by,
            "ends_by": {*rule.ends_by} - ended,
            "ends_leaving": {*rule.ends_leaving} - how.ends_leaving,
            "deducts": {*rule.deducts} - how.deducts,
            "gates": how.gates - gates,
            "on_expiry": how.told - told,
        }
        for key, names in wrong.items():
            words, what = _WORDS[key], ", ".join(sorted(names))
            zh, en = words.zh.format(what), words.en.format(what)
            yield from self._unless(rule, key, not names, zh, en)
        day = how.counted_from or "when it starts"
        granted = sum(map(_granted, rule.extension))
        zh, en = f"须自 {day} 计算", f"counts from {day}"
        yield from self._unless(
            starts, "counted_from", how.counted_from == starts.counted_from, zh, en
        )
        zh, en = "须一律起算，不得附条件", "starts whatever else is so"
        if how.when is not None:
            zh, en = f"仅在 {how.when} 时起算", f"starts only where {how.when}"
        yield from self._unless(starts, "when", _words(starts.when) == _words(how.when), zh, en)
        comes_round = getattr(rule.recurring, "times", 0)
        zh, en = f"须至少 {how.rounds} 次", f"comes round {how.rounds} times at the least"
        yield from self._unless(rule, "recurring", comes_round >= how.rounds, zh, en)
        zh, en = "中止期间不停止计算", "runs on while the case rests"
        yield from self._unless(rule, "pauses", not (how.runs_on and rule.pauses), zh, en)
        zh, en = "结案后继续计算", "goes on after closing"
        survives = how.survives <= rule.survives_closing
        yield from self._unless(rule, "survives_closing", survives, zh, en)
        zh, en = "不得延长这么多或这么多次", "is not extended by so much, or so often"
        yield from self._unless(rule, "extension", granted <= how.extension, zh, en)

    def _unless(
        self, element: Element, key: str, is_so: bool, zh: str, en: str
    ) -> Iterator[Finding]:
        """What the law says, where it is not so."""
        if not is_so:
            yield self._finding(element.at_value(key), zh, en)

    def _finding(self, at: Position, zh: str, en: str) -> Finding:
        cite = self._statute.cite()
        return Finding(at, CODE, f"{self._name} {zh}：{cite}", f"{self._name} {en}: {cite}")


def _words(condition: str | None) -> list[str] | None:
    """A condition without its spaces, which say nothing; None where there is none."""
    return None if condition is None else condition.split()


def _granted(step: object) -> float:
    """How many days one step of an extension may give in all."""
    length, unit, times = (getattr(step, key) for key in ("length", "unit", "times"))
    return days(length, unit) * times if length else float("inf")
