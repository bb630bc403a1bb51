"""The tables of law from their texts: by id, with a row for every period that it has had."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any, TypeVar

from ..formulas.tariff import Bracket
from ..language import NO_WORDS, Words, did_you_mean
from ..model.parts import POWERS
from ..periods.counting import COUNTING_CODES, Counting, TimeUnit
from ..source.findings import Finding
from ..source.positions import Position
from ..source.yaml_reader import ReadingFailed, not_a_mapping, read_text, start_of
from .cells import Cells, rows_of
from .rows import (
    CarriedOut,
    CoerciveMeasure,
    Demands,
    Fee,
    Row,
    Statute,
    StatutoryApproval,
    StatutoryChecklist,
    StatutoryItem,
    StatutoryPower,
    TakenBy,
    days,
)

ABOUT = "law.yaml"
TIME_LIMITS = "time_limits.csv"
APPROVALS = "approvals.yaml"
CHECKLISTS = "checklists.yaml"
DEMANDS = "demands.yaml"
FEES = "fees.yaml"
POWERS_OF_LAW = "powers.yaml"
SANCTIONS = "sanctions.yaml"
FILES = (ABOUT, APPROVALS, CHECKLISTS, DEMANDS, FEES, POWERS_OF_LAW, SANCTIONS, TIME_LIMITS)
"""The files of a law; all but the first may be missing."""

_COUNTINGS: dict[str, Counting | None] = {
    **{code: counting for counting, code in COUNTING_CODES.items()},
    "BACK": Counting.LITIGATION,
    "WINDOW": None,
}
"""The ways of counting as the table writes them: counted back, a period ends on a working day too;
a window, in which something is to be done, is no period."""
_LENGTH = re.compile(rf"([0-9]{{1,4}}) ({'|'.join(TimeUnit)})")
_IS_LENGTH = re.compile(r"[0-9]{1,6}")
_UNITS = {unit.value: unit for unit in TimeUnit} | {"-": None}
_COLUMNS = (
    "id",
    "name_zh",
    "name_en",
    "length",
    "unit",
    "calendar_rule",
    "instrument",
    "doc_no",
    "article",
    "from",
    "until",
    "verified",
)
"""The columns that are read; a table may have others, for people."""

_NAMED = ("zh", "en", "from", "until", "note")
_CITED = ("instrument", "number", "article", "verified")
_FEE = ("brackets", "cap", "least", "most")
_POWER = ("power", "limits", "procedures", "offices", "court", "documents", "never")

R = TypeVar("R", bound=Row)
Table = Mapping[str, tuple[R, ...]]
"""The rows of a table by id, each id with its rows in the order of their days."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table of a law."""

    name: str
    version: str
    title: Words
    ranks: tuple[str, ...]
    statutes: Table[Statute]
    acts: Table[StatutoryApproval]
    checklists: Table[StatutoryChecklist]
    demands: Table[Demands]
    fees: Table[Fee]
    powers: Table[StatutoryPower]
    sanctions: Table[CoerciveMeasure]


def read_tables(texts: Mapping[str, str], folder: str) -> tuple[Tables, list[Finding]]:
    """The tables from the texts of their files, and everything that is wrong with them."""
    found: list[Finding] = []
    files = _Files(texts, folder, found)
    about = Cells(files.mapping(ABOUT), files.start(ABOUT), found)
    about.only(("law", "version", "title"))
    acts = files.mapping(APPROVALS)
    tables = Tables(
        name=about.text("law"),
        version=about.text("version"),
        title=_title(about),
        ranks=Cells(acts, files.start(APPROVALS), found).texts("ranks"),
        statutes=files.grouped(_statutes(files)),
        acts=files.rows(APPROVALS, _act, acts.get("acts")),
        checklists=files.rows(CHECKLISTS, _checklist),
        demands=files.rows(DEMANDS, _demands),
        fees=files.rows(FEES, _fee),
        powers=files.rows(POWERS_OF_LAW, _power),
        sanctions=files.rows(SANCTIONS, _sanction),
    )
    found += _dangling(tables)
    return tables, sorted(set(found))


def _title(about: Cells) -> Words:
    """What the law is called."""
    titles = [Words(row.text("zh"), row.text("en")) for row in about.rows("title")]
    return titles[0] if titles else NO_WORDS


class _Files:
    """The texts of a law's files, read as tables; whatever is wrong goes to `found`."""

    def __init__(self, texts: Mapping[str, str], folder: str, found: list[Finding]) -> None:
        self.texts, self.folder, self.found = texts, folder, found

    def path(self, name: str) -> str:
        """The path of a file, for people."""
        return f"{self.folder}/{name}"

    def start(self, name: str) -> Position:
        """Where a file begins."""
        return start_of(self.path(name))

    def mapping(self, name: str) -> dict[str, Any]:
        """What a YAML file holds; nothing where it is missing or cannot be read."""
        text = self.texts.get(name)
        if text is None:
            return {}
        try:
            value = read_text(text, self.path(name))
        except ReadingFailed as failed:
            self.found += failed.findings
            return {}
        if not isinstance(value, dict):
            self.found.append(not_a_mapping(self.start(name)))
            return {}
        return value

    def rows(self, name: str, make: Callable[[str, Cells], R], table: Any = None) -> Table[R]:
        """The rows of a YAML file, or of one table in it."""
        value = self.mapping(name) if table is None else table
        listed = rows_of(value, self.start(name), self.found)
        return self.grouped(make(id, cells) for id, cells in listed)

    def grouped(self, rows: Iterable[R]) -> Table[R]:
        """Rows by id in the order of their days; periods that overlap are told."""
        table: dict[str, list[R]] = {}
        for row in rows:
            table.setdefault(row.id, []).append(row)
        for listed in table.values():
            self.found += _overlaps(listed)
        return {id: tuple(sorted(listed, key=_order)) for id, listed in table.items()}


def _order(row: Row) -> tuple[bool, str]:
    """Rows by their first days; one that has none was always there."""
    first = row.validity.first
    return first is not None, str(first)


def _overlaps(rows: Iterable[Row]) -> Iterator[Finding]:
    """Two rows of one id that hold on the same day: nobody could say which is law."""
    for one, other in combinations(rows, 2):
        if one.validity.overlaps(other.validity):
            here, there = other.validity.words(), one.validity.words()
            line = one.at.line
            zh = f"{other.id} 的两行期间重叠：{here.zh}；第 {line} 行{there.zh}"
            en = f"two rows of {other.id} overlap: {here.en}; line {line} holds {there.en}"
            yield Finding(other.at, "law-overlap", zh, en)


# -- the rows of each table


def _statutes(files: _Files) -> Iterator[Statute]:
    """The rows of the table of time limits."""
    text = files.texts.get(TIME_LIMITS)
    if text is None:
        return
    at = files.start(TIME_LIMITS)
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        if _has_columns(reader.fieldnames or (), at, files.found):
            for row in reader:
                place = Position(at.file, reader.line_num, 1)
                yield _statute(Cells(row, place, files.found))
    except csv.Error as error:
        place = Position(at.file, reader.line_num, 1)
        files.found.append(Finding(place, "shape", f"CSV 有误：{error}", f"wrong CSV: {error}"))


def _has_columns(columns: Iterable[str], at: Position, found: list[Finding]) -> bool:
    """Whether a table has every column that is read."""
    missing = [column for column in _COLUMNS if column not in columns]
    for column in missing:
        zh, en = f"缺少列 {column}", f"missing column {column}"
        found.append(Finding(at, "missing-key", zh, en))
    return not missing


def _statute(cells: Cells) -> Statute:
    """A row of the table of time limits; a length that is no number depends on the case."""
    length, rule = cells.text("length"), cells.one_of("calendar_rule", _COUNTINGS)
    return Statute(
        id=cells.text("id"),
        zh=cells.text("name_zh"),
        en=cells.text("name_en"),
        length=int(length) if _IS_LENGTH.fullmatch(length) else None,
        unit=_UNITS.get(cells.one_of("unit", _UNITS)),
        counting=_COUNTINGS.get(rule),
        is_minimum=rule == "MIN",
        is_backward="direction" in cells and cells.text("direction") == "before",
        instrument=cells.text("instrument"),
        number=cells.text("doc_no"),
        article=cells.text("article"),
        verified=cells.verified(),
        validity=cells.validity(),
        at=cells.at,
    )


def _act(id: str, cells: Cells) -> StatutoryApproval:
    """One act of the table of approvals."""
    cells.only((*_NAMED, *_CITED, "offices", "unless"))
    if "offices" not in cells:
        cells.text("offices")
    return StatutoryApproval(
        id=id,
        zh=cells.text("zh"),
        en=cells.text("en"),
        offices=cells.texts("offices"),
        unless=cells.texts("unless"),
        cite=cells.cite(cells.text("article")),
        verified=cells.verified(),
        validity=cells.validity(),
        at=cells.at,
    )


def _checklist(id: str, cells: Cells) -> StatutoryChecklist:
    """A checklist; all its items stand in its instrument, each in an article of its own."""
    cells.only((*_NAMED, "instrument", "number", "items"))
    items = [_item(item_id, item, cells) for item_id, item in cells.table("items")]
    for item in dict.fromkeys(item.id for item in items):
        cells.found += _overlaps([one for one in items if one.id == item])
    sure = {item.verified for item in items}
    return StatutoryChecklist(
        id=id,
        zh=cells.text("zh"),
        en=cells.text("en"),
        items=tuple(items),
        verified=next((level for level in ("memory", "pages") if level in sure), "db"),
        validity=cells.validity(),
        at=cells.at,
    )


def _item(id: str, cells: Cells, checklist: Cells) -> StatutoryItem:
    """One item of a checklist."""
    cells.only((*_NAMED, "article", "verified"))
    return StatutoryItem(
        id=id,
        zh=cells.text("zh"),
        en=cells.text("en"),
        cite=checklist.cite(cells.text("article")),
        verified=cells.verified(),
        validity=cells.validity(),
        at=cells.at,
    )


def _demands(id: str, cells: Cells) -> Demands:
    """What the law demands of one kind of case."""
    asked = ("time_limits", "approvals", "closing", "carried_out", "must", "rests", "resumes")
    cells.only(("zh", "en", "from", "until", *asked))
    closing = {
        mode: (asked.optional("checklist"), asked.optional("approval"))
        for mode, asked in cells.table("closing")
    }
    return Demands(
        id=id,
        zh=cells.optional("zh") or id,
        en=cells.optional("en") or id,
        verified="-",
        time_limits=cells.texts("time_limits"),
        approvals=cells.texts("approvals"),
        closing=closing,
        rests=tuple(map(_rests, cells.rows("rests"))),
        must=tuple((act, *_must(how)) for act, how in cells.table("must")),
        carried_out={id: _carried_out(how) for id, how in cells.table("carried_out")},
        resumes=cells.texts("resumes"),
        validity=cells.validity(),
        at=cells.at,
    )


def _rests(cells: Cells) -> tuple[tuple[str, ...], str]:
    """The states in which a case rests, and their citation."""
    cells.only(("states", "instrument", "number", "article"))
    return cells.texts("states"), cells.cite(cells.text("article"))


def _must(cells: Cells) -> tuple[str, str]:
    """What surely holds where an act is done, and its citation."""
    cells.only(("when", "instrument", "number", "article"))
    return cells.text("when"), cells.cite(cells.text("article"))


_HOW = ("starts", "met_by", "ends_by", "ends_leaving", "deducts", "gates", "told")


def _carried_out(cells: Cells) -> CarriedOut:
    """How a kind of case carries out one time limit."""
    cells.only((*_HOW, "counted_from", "when", "rounds", "runs_on", "survives", "extension"))
    written = cells.optional("extension")
    granted = _LENGTH.fullmatch(written or "0 day")
    if granted is None:
        zh, en = "延长写作“3 month”这样的长度", "an extension is a length such as 3 month"
        cells.tell("extension", zh, en)
    named = {key: frozenset(cells.texts(key)) for key in _HOW}
    return CarriedOut(
        **named,
        counted_from=cells.optional("counted_from"),
        when=cells.optional("when"),
        rounds=int(cells.amount("rounds") or 0),
        runs_on=cells.flag("runs_on"),
        survives=cells.flag("survives"),
        extension=days(int(granted[1]), TimeUnit(granted[2])) if granted else 0.0,
    )


def _fee(id: str, cells: Cells) -> Fee:
    """One tariff."""
    cells.only((*_NAMED, *_CITED, *_FEE))
    brackets = tuple(map(_bracket, cells.rows("brackets")))
    _rising(cells, brackets)
    return Fee(
        id=id,
        zh=cells.text("zh"),
        en=cells.text("en"),
        brackets=brackets,
        cap=cells.amount("cap"),
        least=cells.amount("least"),
        most=cells.amount("most"),
        cite=cells.cite(cells.text("article")),
        verified=cells.verified(),
        validity=cells.validity(),
        at=cells.at,
    )


def _bracket(cells: Cells) -> Bracket:
    """One step of a tariff."""
    cells.only(("up_to", "rate", "fixed"))
    rate, fixed = cells.amount("rate"), cells.amount("fixed")
    return Bracket(cells.amount("up_to"), rate or Decimal(0), fixed or Decimal(0))


def _rising(cells: Cells, brackets: tuple[Bracket, ...]) -> None:
    """Each step ends above the one before; only the last, and it always, has no end."""
    ends = [bracket.up_to for bracket in brackets]
    rising = sorted(set(filter(None, ends[:-1])))
    if ends[-1:] != [None] or ends[:-1] != rising:
        zh = "各档上限（up_to）须递增，最后一档不写上限"
        cells.tell("brackets", zh, "the steps rise (up_to), and the last one has no end")


def _power(id: str, cells: Cells) -> StatutoryPower:
    """What the law asks of one power."""
    cells.only((*_NAMED, *_CITED, *_POWER))
    never = cells.flag("never")
    is_cited = not never or "instrument" in cells
    return StatutoryPower(
        id=id,
        zh=cells.text("zh"),
        en=cells.text("en"),
        power=cells.one_of("power", POWERS),
        limits=cells.texts("limits") or ("*",),
        procedures=cells.texts("procedures"),
        offices=cells.texts("offices"),
        by_court=cells.flag("court"),
        documents=cells.flag("documents"),
        never=never,
        cite=cells.cite(cells.text("article")) if is_cited else "",
        verified=cells.verified(),
        validity=cells.validity(),
        at=cells.at,
    )


def _sanction(id: str, cells: Cells) -> CoerciveMeasure:
    """One coercive measure."""
    cells.only((*_NAMED, *_CITED, "rung", "taken_by"))
    rung = cells.amount("rung") or Decimal(0)
    if rung < 1 or rung != int(rung):
        cells.tell(
            "rung",
            "rung 为自 1 起的整数，轻者在前",
            "a rung is a whole number from 1, the lightest",
        )
    return CoerciveMeasure(
        id=id,
        zh=cells.text("zh"),
        en=cells.text("en"),
        rung=int(rung),
        taken_by={kind: _taken_by(how) for kind, how in cells.table("taken_by")},
        cite=cells.cite(cells.text("article")),
        verified=cells.verified(),
        validity=cells.validity(),
        at=cells.at,
    )


def _taken_by(cells: Cells) -> TakenBy:
    """By which acts of a kind, and which field says against whom."""
    cells.only(("acts", "debtor"))
    if "acts" not in cells:
        cells.text("acts")
    return TakenBy(frozenset(cells.texts("acts")), cells.text("debtor"))


# -- rows that name others


def _dangling(tables: Tables) -> Iterator[Finding]:
    """Every row that another one names is there."""
    for asked in _all(tables.demands):
        yield from _unknown(asked, asked.time_limits, tables.statutes)
        yield from _unknown(asked, asked.carried_out, tables.statutes)
        yield from _unknown(asked, asked.approvals, tables.acts)
        lists, acts = zip(*asked.closing.values(), strict=True) if asked.closing else ((), ())
        yield from _unknown(asked, lists, tables.checklists)
        yield from _unknown(asked, acts, tables.acts)
    for measure in _all(tables.sanctions):
        yield from _unknown(measure, measure.taken_by, tables.demands)
    for power in _all(tables.powers):
        exact = [limit for limit in power.limits if "*" not in limit]
        yield from _unknown(power, exact, tables.statutes)


def _all(table: Table[R]) -> Iterator[R]:
    """Every row of a table."""
    for rows in table.values():
        yield from rows


def _unknown(row: Row, named: Iterable[str | None], known: Iterable[str]) -> Iterator[Finding]:
    """The rows that a row names and no table has."""
    for id in named:
        if id is not None and id not in known:
            hint = did_you_mean(id, known)
            zh = f"{row.id} 所列的 {id} 不在表中{hint.zh}"
            yield Finding(row.at, "unknown-law", zh, f"{row.id} names {id}, no row{hint.en}")
