"""The rows of the tables of law as plain values, each with the days on which it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import product, starmap
from typing import NamedTuple

from ..formulas.tariff import Bracket, Tariff
from ..language import Words, joined
from ..periods.counting import UNITS, Counting, TimeUnit
from ..source.positions import Position

_DAYS = {
    TimeUnit.HOUR: 1 / 24,
    TimeUnit.DAY: 1.0,
    TimeUnit.WEEK: 7.0,
    TimeUnit.WORKING_DAY: 1.4,
    TimeUnit.MONTH: 30.4,
    TimeUnit.YEAR: 365.0,
}
NOWHERE = Position("<memory>", 1, 1)


def days(length: int, unit: TimeUnit) -> float:
    """A length in days, near enough to say which of two is longer."""
    return length * _DAYS[unit]


class Validity(NamedTuple):
    """The first and the last day on which a row holds; None where it holds always, or still."""

    first: date | None = None
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the row is law on a day."""
        first, last = self._span
        return first <= day <= last

    def begins_after(self, day: date) -> bool:
        """Whether the row becomes law only after a day."""
        return day < self._span[0]

    def is_over_by(self, day: date) -> bool:
        """Whether the row is no law any more on a day."""
        return self._span[1] < day

    def overlaps(self, other: Validity) -> bool:
        """Whether there is a day on which both hold."""
        return not self.is_over_by(other._span[0]) and not self.begins_after(other._span[1])

    @property
    def _span(self) -> tuple[date, date]:
        """The first and the last day, those of all time where none is said."""
        return self.first or date.min, self.last or date.max

    def words(self) -> Words:
        """The days for people."""
        if self == ALWAYS:
            return Words("不限期间", "on any day")
        first = Words(f"自 {self.first} 起", f"from {self.first}") if self.first else Words("", "")
        last = Words(f"至 {self.last}", f"until {self.last}") if self.last else Words("", "")
        return Words(f"{first.zh}{last.zh}", f"{first.en} {last.en}".strip())


ALWAYS = Validity()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row has: its id, its names, how sure it is, and the days on which it holds."""

    id: str
    zh: str
    en: str
    verified: str
    validity: Validity = ALWAYS
    at: Position = field(default=NOWHERE, compare=False)

    def says(self) -> Words:
        """What the row asks, in a few words, with its citation."""
        raise NotImplementedError

    def as_json(self) -> dict[str, object]:
        """The row as plain data."""
        names = (field.name for field in fields(self) if field.name not in ("validity", "at"))
        days = {"from": self.validity.first, "until": self.validity.last}
        return {name: getattr(self, name) for name in names} | days


@dataclass(frozen=True, slots=True, kw_only=True)
class Statute(Row):
    """One statutory time limit.

    `length` is None where the law leaves it to a document; `counting` where it is no period.
    `is_backward` says that it counts before its start.
    """

    length: int | None
    unit: TimeUnit | None
    counting: Counting | None
    is_minimum: bool
    instrument: str
    number: str
    article: str
    is_backward: bool = False

    def in_days(self) -> float | None:
        """The length in days, near enough to say which of two is longer."""
        if self.length is None or self.unit is None:
            return None
        return days(self.length, self.unit)

    def length_words(self) -> Words:
        """The length and its unit: `6个月`, `6 mo`."""
        unit = UNITS[self.unit] if self.unit is not None else Words("-", "-")
        return Words(f"{self.length}{unit.zh}", f"{self.length}{unit.en}")

    def cite(self) -> str:
        """The citation: instrument, number, article."""
        return citation(self.instrument, self.number, self.article)

    def says(self) -> Words:
        """The limit: `30日` and its citation."""
        if self.length is None or self.unit is None:
            length = Words("以文书为准", "as the document says")
        else:
            unit, plural = UNITS[self.unit], "" if self.length == 1 else "s"
            length = Words(f"{self.length}{unit.zh}", f"{self.length} {self.unit.value}{plural}")
        return Words(
            f"期限为{length.zh}（{self.cite()}）", f"the limit is {length.en} ({self.cite()})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryApproval(Row):
    """An act that the law lets only some offices approve: each of `offices`, or one above it.

    Where one of the documents of `unless` is on file, the law asks for no approval.
    """

    offices: tuple[str, ...]
    unless: tuple[str, ...] = ()
    cite: str

    def says(self) -> Words:
        """Who approves."""
        offices, papers = ", ".join(self.offices), ", ".join(self.unless)
        or_zh, or_en = (f"，或者有 {papers}", f", or {papers}") if papers else ("", "")
        zh = f"须经 {offices} 批准{or_zh}（{self.cite}）"
        return Words(zh, f"it needs {offices}{or_en} ({self.cite})")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryItem(Row):
    """One thing that the law asks to be complete."""

    cite: str

    def says(self) -> Words:
        """What must be so."""
        return Words(f"{self.zh}（{self.cite}）", f"{self.en} ({self.cite})")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryChecklist(Row):
    """What the law asks to be complete before an act: every version of every item."""

    items: tuple[StatutoryItem, ...]

    def on(self, day: date) -> tuple[StatutoryItem, ...]:
        """The items that the law asks for on a day."""
        return tuple(item for item in self.items if item.validity.holds_on(day))

    def says(self) -> Words:
        """Every item, each once."""
        items = joined({item.id: Words(item.zh, item.en) for item in self.items}.values())
        return Words(f"须齐备：{items.zh}", f"complete must be: {items.en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """How a kind of case carries out a time limit, by the states and acts that the kind has.

    It starts on each of `starts` (a state entered, an act done or proposed) and on nothing else,
    from the day in `counted_from`; with `when` only where that holds, else whatever is so. Only
    `met_by` meets it; these, `ends_by` and leaving a state of `ends_leaving` end it; it comes round
    `rounds` times at the least. The clocks stop for `deducts` alone, and with `runs_on` not while
    the case rests. It is extended by no more than `extension` (days) in all, holds back `gates`
    (acts, or modes of closing), survives closing where it says so, and `told` are told when it is
    over.
    """

    starts: frozenset[str]
    counted_from: str | None
    when: str | None
    met_by: frozenset[str]
    ends_by: frozenset[str]
    ends_leaving: frozenset[str]
    rounds: int
    deducts: frozenset[str]
    runs_on: bool
    extension: float
    gates: frozenset[str]
    survives: bool
    told: frozenset[str]

    def as_json(self) -> dict[str, object]:
        """It as plain data."""
        kept = {"counted_from", "when", "rounds", "runs_on", "extension", "survives"}
        names = {spec.name for spec in fields(self)}
        plain = {name: getattr(self, name) for name in sorted(kept)}
        return plain | {name: sorted(getattr(self, name)) for name in sorted(names - kept)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands(Row):
    """What the law demands of one kind of case; its id is the kind, `zh` and `en` its title.

    `closing` gives the checklist and the approval by closing mode; `carried_out` how limits are;
    `must` what surely holds where an act is done: the act, a condition, its citation. A case rests
    in no other states than those in `rests`, each list with its citation. By a link of `resumes` a
    case goes on with one that was closed: figures count it as resumed.
    """

    time_limits: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    closing: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    carried_out: Mapping[str, CarriedOut] = field(default_factory=dict)
    must: tuple[tuple[str, str, str], ...] = ()
    rests: tuple[tuple[tuple[str, ...], str], ...] = ()
    resumes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The row as plain data."""
        named = {id: how.as_json() for id, how in self.carried_out.items()}
        return super(Demands, self).as_json() | {"carried_out": named}

    @classmethod
    def nothing(cls, kind: str) -> Demands:
        """That nothing is demanded of a kind."""
        return cls(id=kind, zh=kind, en=kind, verified="-")

    def says(self) -> Words:
        """The rows that the procedure must carry out."""
        listed = ", ".join((*self.time_limits, *self.approvals))
        return Words(f"须有 {listed}", f"it must have {listed}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee(Row):
    """A tariff by steps, in yuan: each part of the amount pays at its own step.

    `cap` is the most to be paid. `least` and `most` are what is paid where there is no amount.
    """

    brackets: tuple[Bracket, ...]
    cap: Decimal | None
    least: Decimal | None
    most: Decimal | None
    cite: str

    @property
    def tariff(self) -> Tariff:
        """The steps and the cap, as the formulas take them."""
        return Tariff(self.brackets, self.cap)

    def of(self, amount: Decimal) -> Decimal:
        """The fee for an amount, rounded half up to a cent once."""
        return self.tariff.of(amount)

    def says(self) -> Words:
        """The steps of the tariff: `≤10000: 50 + 0%`."""
        steps = "; ".join(map(_step_text, self.brackets))
        cap = f"; ≤ {self.cap}" if self.cap is not None else ""
        return Words(f"{steps}{cap}（{self.cite}）", f"{steps}{cap} ({self.cite})")


def _step_text(bracket: Bracket) -> str:
    """One step for people."""
    upto = f"≤ {bracket.up_to}" if bracket.up_to is not None else "…"
    parts = [f"{bracket.fixed}"] if bracket.fixed else []
    parts += [f"{(bracket.rate * 100).normalize():f}%"] if bracket.rate else []
    return f"{upto}: {' + '.join(parts) or '0'}"


class TakenBy(NamedTuple):
    """By which acts a kind of case takes a measure; the field `debtor` says against whom."""

    acts: frozenset[str]
    debtor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoerciveMeasure(Row):
    """A coercive measure against a debtor: how heavy it is (`rung`, 1 the lightest), and by which
    acts each kind of case takes it, whichever of them a definition has."""

    rung: int
    taken_by: Mapping[str, TakenBy]
    cite: str

    def as_json(self) -> dict[str, object]:
        """The row as plain data."""
        kinds = sorted(self.taken_by.items())
        by = {kind: {"acts": sorted(how.acts), "debtor": how.debtor} for kind, how in kinds}
        return super(CoerciveMeasure, self).as_json() | {"taken_by": by}

    def says(self) -> Words:
        """How heavy it is."""
        zh, en = f"强制措施，第 {self.rung} 级", f"a coercive measure of rung {self.rung}"
        return Words(f"{zh}（{self.cite}）", f"{en} ({self.cite})")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryPower(Row):
    """What the law asks of a power over time limits, at the least.

    `limits` are the ids of the time limits it is about (`*` stands for any letters), and
    `procedures` the procedures, all where none is named. Each of `offices`, or one above it, gives
    or approves the order; with `by_court` at least somebody of the court does. With `documents`
    something must be on file. `never`: nobody may.
    """

    power: str
    limits: tuple[str, ...]
    procedures: tuple[str, ...]
    offices: tuple[str, ...]
    by_court: bool
    documents: bool
    never: bool
    cite: str

    def is_about(self, procedure: str, laws: frozenset[str]) -> bool:
        """Whether it binds a power over the limits that carry out these rows in a procedure."""
        if self.procedures and procedure not in self.procedures:
            return False
        return any(starmap(fnmatchcase, product(laws, self.limits)))

    def says(self) -> Words:
        """Who may give it."""
        if self.never:
            return Words(f"任何人不得{self.zh}{self._cited('（', '）')}", self._nobody())
        listed = ", ".join(self.offices)
        by = Words(f" {listed} ", listed) if listed else Words("法院", "the court")
        zh, en = f"由{by.zh}决定或批准", f"{by.en} gives or approves it"
        return Words(f"{zh}（{self.cite}）", f"{en} ({self.cite})")

    def _nobody(self) -> str:
        return f"nobody may {self.en}{self._cited(' (', ')')}"

    def _cited(self, opening: str, closing: str) -> str:
        """The citation in brackets, where there is any text to cite."""
        return f"{opening}{self.cite}{closing}" if self.cite else ""


def citation(instrument: str, number: str, article: str) -> str:
    """`《民事诉讼法》（主席令第11号）第85条`."""
    shown = f"（{number}）" if number not in ("", "-") else ""
    at = f"第{article}条" if article not in ("", "-") else ""
    return f"《{instrument}》{shown}{at}"
