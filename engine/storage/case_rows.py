"""Cases to rows and back. All SQL that writes a case itself is here; nothing decides."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import starmap
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from ...workflow.errors import ZhixingError
from ...workflow.periods.adjustments import Extension
from ...workflow.periods.counting import TimeUnit
from ..decision.procedure import Procedure
from ..errors import (
    CaseExists,
    CaseNotFound,
    DefinitionMissing,
    EngineError,
    IntegrityViolated,
    LostRace,
    NumberTaken,
)
from ..model.case import (
    CaseState,
    DeadlineState,
    DeadlineStatus,
    in_order_made,
)
from ..model.commands import Linked
from .asked import picked
from .column_types import Json, load_day, load_json, load_known_moment, load_moment
from .compiled_sql import CompiledStatement
from .damage import check_sound, damaged, damaged_row
from .particulars import (
    deduction,
    doers,
    elsewhere,
    particulars_of,
    proposal,
    revived,
    taken_over,
    task,
)
from .schema import cases, deadlines

Procedures = Callable[[str], Procedure]
"""Gives the procedure of a definition version by its hash."""


class CaseKey(NamedTuple):
    """What a case's row is found by: its court, and its id."""

    court: str
    id: str


_CASE_COLUMNS = (
    "id",
    "procedure",
    "definition_hash",
    "state",
    "version",
    "number",
    "court",
    "officer",
    "team",
    "data",
    "particulars",
    "opened_at",
    "closed_at",
    "closing_mode",
    "wake_at",
    "parent_id",
    "sub_procedure",
    "updated_at",
    "head",
    "about",
)
_CHANGING_COLUMNS = (
    "state",
    "version",
    "data",
    "particulars",
    "updated_at",
    "closed_at",
    "closing_mode",
    "wake_at",
    "head",
)
DEADLINE_COLUMNS = tuple(c.name for c in deadlines.columns if c.name not in ("court", "case_id"))
_COURT = _CASE_COLUMNS.index("court")
_MADE_HERE = ("particulars", "updated_at")
_LONGEST_NUMBER_KEY = 200

_CASE = select(*(cases.c[n] for n in _CASE_COLUMNS))
THIS_CASE = cases.c.court == bindparam("of_court"), cases.c.id == bindparam("case_id")
_LIVE = select(*(deadlines.c[n] for n in DEADLINE_COLUMNS)).where(deadlines.c.live)
_SELECT_CASE = CompiledStatement(_CASE.where(cases.c.id == bindparam("case_id")))
_LOCK_CASE = CompiledStatement(_CASE.where(cases.c.id == bindparam("case_id")).with_for_update())
_SELECT_LIVE = CompiledStatement(
    _LIVE.where(
        deadlines.c.court == bindparam("of_court"), deadlines.c.case_id == bindparam("of_case")
    )
)
_SELECT_COURT = CompiledStatement(select(cases.c.court).where(cases.c.id == bindparam("case_id")))
_INSERT_CASE = CompiledStatement(insert(cases))
_WHERE_AS_READ = update(cases).where(*THIS_CASE, cases.c.version == bindparam("read_version"))
_UPDATE_CASE = CompiledStatement(
    _WHERE_AS_READ.values({n: bindparam(f"new_{n}") for n in _CHANGING_COLUMNS})
)
# apart, because SQLite writes the index of every column that a statement sets, changed or not
_RARELY_CHANGING_COLUMNS = ("officer", "team", "definition_hash")
_UPDATE_RARELY_CHANGING = CompiledStatement(
    update(cases)
    .where(*THIS_CASE)
    .values({n: bindparam(f"new_{n}") for n in _RARELY_CHANGING_COLUMNS})
)
_PLACE_COLUMNS = ("parent_id", "sub_procedure", "number", "number_key", "about")
_UPDATE_PLACE = CompiledStatement(
    update(cases).where(*THIS_CASE).values({n: bindparam(f"new_{n}") for n in _PLACE_COLUMNS})
)
_UPDATE_WAKE = CompiledStatement(
    update(cases).where(*THIS_CASE).values(wake_at=bindparam("new_wake_at"))
)
_PARENTS = cases.alias("parents")
_IS_PARENT = and_(cases.c.court == _PARENTS.c.court, cases.c.parent_id == _PARENTS.c.id)
_LOCK_PARENT = CompiledStatement(
    select(_PARENTS.c.id)
    .join(cases, _IS_PARENT)
    .where(cases.c.id == bindparam("case_id"))
    .with_for_update(of=_PARENTS)
)

# two who open cases of one id in two courts meet at a lock; their rows, in two partitions, do not
_LOCKS = 1024  # as many at most in one transaction, however many cases it opens
_IDS = bindparam("ids", type_=Json())
_LOCK_IDS = CompiledStatement(
    text(
        "SELECT pg_advisory_xact_lock(20904, CAST(id AS integer))"
        " FROM jsonb_array_elements_text(CAST(:ids AS jsonb)) AS id"
    ).bindparams(_IDS)
)
_TAKEN = {
    "postgresql": "SELECT jsonb_array_elements_text(CAST(:ids AS jsonb))",
    "sqlite": "SELECT value FROM json_each(:ids)",
}
_SELECT_TAKEN = {
    dialect: CompiledStatement(
        text(f"SELECT id FROM zx_cases WHERE id IN ({ids}) LIMIT 5").bindparams(_IDS)
    )
    for dialect, ids in _TAKEN.items()
}


def number_key(number: str) -> str:
    """A case's number as numbers are compared: full-width signs are the same as plain ones."""
    return unicodedata.normalize("NFKC", number)[:_LONGEST_NUMBER_KEY]


# -- reading


def load_case(
    connection: Connection, procedures: Procedures, case_id: str, lock: bool = False
) -> CaseState:
    """A case with its live deadlines; `lock` claims its row, and its parent's before it.

    Raises `CaseNotFound`, `DamagedCase`.
    """
    locks = lock and connection.dialect.name == "postgresql"  # SQLite has one writer anyway
    if locks:
        _LOCK_PARENT.rows(connection, case_id=case_id)
    statement = _LOCK_CASE if locks else _SELECT_CASE
    rows = statement.rows(connection, case_id=case_id)
    if not rows:
        raise CaseNotFound(case_id=case_id)
    live = _SELECT_LIVE.rows(connection, of_court=rows[0][_COURT], of_case=case_id)
    try:
        case = _case_from_row(procedures, rows[0])
        case.deadlines = _as_made(map(deadline_from_row, live))
        check_sound(procedures(case.definition_hash), case)
    except (ZhixingError, SQLAlchemyError):
        raise
    except Exception as error:
        raise damaged(case_id, error) from error
    return case


def load_cases(
    connection: Connection, procedures: Procedures, ids: Sequence[str]
) -> dict[str, CaseState]:
    """Many cases with their live deadlines, in two statements."""
    rows = connection.execute(_CASE.where(cases.c.id.in_(ids))).fetchall()
    loaded = {row[0]: _case_from_row(procedures, row) for row in rows}
    live = (
        select(cases.c.id, *deadlines.c[DEADLINE_COLUMNS])
        .join(deadlines, is_of_case(deadlines))
        .where(deadlines.c.live, cases.c.id.in_(ids))
    )
    for case_id, *values in connection.execute(live):
        loaded[case_id].deadlines.append(deadline_from_row(values))
    for case in loaded.values():
        case.deadlines = _as_made(case.deadlines)
    return loaded


def _as_made(found: Iterable[DeadlineState]) -> list[DeadlineState]:
    """Limits in the order in which they were made: a database gives its rows in any, and what is
    decided again must come out the same."""
    return sorted(found, key=lambda deadline: in_order_made(deadline.id))


def court_of(connection: Connection, case_id: str) -> str:
    """The court of a case. Raises `CaseNotFound`."""
    rows = _SELECT_COURT.rows(connection, case_id=case_id)
    if not rows:
        raise CaseNotFound(case_id=case_id)
    return str(rows[0][0])


def is_of_case(table: Table) -> ColumnElement[bool]:
    """Whether a row of a table belongs to a row of the cases."""
    return and_(table.c.court == cases.c.court, table.c.case_id == cases.c.id)


def _case_from_row(procedures: Procedures, row: Sequence[Any]) -> CaseState:
    """A row of `_CASE_COLUMNS` as a case, its data typed by its own definition version."""
    (
        id,
        procedure,
        hash,
        state,
        version,
        number,
        court,
        officer,
        team,
        data,
        particulars,
        opened,
        closed,
        mode,
        wake,
        parent,
        sub_procedure,
        recorded,
        head,
        about,
    ) = row
    revivers = procedures(hash).revivers
    kept = load_json(particulars)
    return CaseState(
        id,
        procedure,
        hash,
        state,
        version,
        load_known_moment(opened),
        number,
        court,
        officer,
        revived(load_json(data), revivers),
        kept.get("documents", {}),
        doers(kept.get("done_by", {})),
        tuple(kept.get("origins", ())),
        tuple(map(deduction, kept.get("deductions", ()))),
        [],
        parent,
        sub_procedure,
        load_moment(closed),
        mode,
        load_moment(wake),
        tuple(proposal(p, revivers) for p in kept.get("proposals", ())),
        tuple(map(task, kept.get("tasks", ()))),
        team,
        frozenset(kept.get("stated", ())),
        load_moment(recorded),
        head,
        about,
        tuple(starmap(Linked, kept.get("links", ()))),
        kept.get("came", {}),
        taken_over(kept.get("taken_over")),
        kept.get("is_booked", False),
        elsewhere(kept.get("went")),
        elsewhere(kept.get("came_from")),
    )


def snapshot_of(case: CaseState) -> dict[str, Any]:
    """A case as it stands, as plain values to be kept; without its deadlines."""
    return picked(_row(case, case.known_at), _CASE_COLUMNS)


def case_of_snapshot(procedures: Procedures, kept: Mapping[str, Any]) -> CaseState:
    """The case as it stood when it was kept. Raises `DamagedRow`."""
    try:
        whole = {"about": "", **kept}  # one kept by an older version lacks it
        return _case_from_row(procedures, [whole[name] for name in _CASE_COLUMNS])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise damaged_row("zx_requests", kept.get("id", "-"), error) from error


def all_deadlines(connection: Connection, key: CaseKey) -> list[DeadlineState]:
    """The time limits of a case, also those that have ended."""
    of_case = deadlines.c.court == key.court, deadlines.c.case_id == key.id
    rows = connection.execute(select(*deadlines.c[DEADLINE_COLUMNS]).where(*of_case))
    return _as_made(map(deadline_from_row, rows))


def deadline_from_row(row: Sequence[Any]) -> DeadlineState:
    """A row of `DEADLINE_COLUMNS` as a value."""
    (
        id,
        rule,
        key,
        status,
        live,
        start,
        due_day,
        due_at,
        wake,
        warned,
        escalated,
        round,
        provisional,
        calendar,
        watcher,
        extensions,
        armed,
        ended,
    ) = row
    return DeadlineState(
        id,
        rule,
        key,
        load_known_moment(start),
        load_day(due_day),
        load_moment(due_at),
        load_moment(wake),
        DeadlineStatus(status),
        bool(live),
        warned,
        escalated,
        round,
        bool(provisional),
        calendar,
        watcher,
        tuple(map(_extension, load_json(extensions))),
        load_moment(armed),
        load_moment(ended),
    )


def _extension(stored: Sequence[Any]) -> Extension:
    length, unit, approver, document = stored
    return Extension(length, TimeUnit(unit), approver, document)


# -- writing


def reserve_ids(connection: Connection, ids: Sequence[str]) -> None:
    """Make sure that no court has a case of these ids, nor gets one before the transaction ends.

    The key of a case holds its court, and so does not tell. Raises `CaseExists`.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        locks = sorted({zlib.crc32(id.encode()) % _LOCKS for id in ids})
        _LOCK_IDS.rows(connection, ids=locks)
    taken = _SELECT_TAKEN[connection.dialect.name].rows(connection, ids=list(ids))
    if taken:
        raise CaseExists(case_id=", ".join(row[0] for row in taken))


def insert_cases(connection: Connection, new: Sequence[CaseState], now: datetime) -> None:
    """New cases' rows.

    Raises `CaseExists`, `NumberTaken`, `DefinitionMissing` where somebody took its text away.
    """
    try:
        _INSERT_CASE.run_many(connection, (_row(case, now) for case in new))
    except IntegrityError as error:
        raise _why_not(new, str(error.orig)) from None


def _why_not(new: Sequence[CaseState], told: str) -> EngineError:
    """What a database means that did not take new cases: it names the index, or its columns."""
    line = told.splitlines()[0]
    meanings = (meant for named, meant in _REFUSALS if named.search(line))
    meant = next(meanings, None)
    return meant(new) if meant is not None else IntegrityViolated(why=line)


def _number_taken(new: Sequence[CaseState]) -> EngineError:
    numbers = [case.number for case in new if case.number and case.parent_id is None]
    return NumberTaken(number=", ".join(numbers[:5]))


def _id_taken(new: Sequence[CaseState]) -> EngineError:
    return CaseExists(case_id=", ".join(case.id for case in new[:5]))


def _definition_missing(new: Sequence[CaseState]) -> EngineError:
    hashes = dict.fromkeys(case.definition_hash for case in new)
    return DefinitionMissing(hash=", ".join(tuple(hashes)[:5]))


_REFUSALS = (
    (re.compile("number_key"), _number_taken),
    (re.compile(r"zx_cases_pk|zx_cases\.id"), _id_taken),
    (re.compile("zx_cases_definition_fk|FOREIGN KEY"), _definition_missing),
)
"""What a database names that does not take a case, and what that means; the first that fits."""


def update_cases(
    connection: Connection, old: Sequence[tuple[CaseState, int]], now: datetime
) -> None:
    """Write cases' rows, each if nobody wrote it since the version it was read at.

    Raises `LostRace`.
    """
    changes = (_changes(case, version, now) for case, version in old)
    if _UPDATE_CASE.run_many(connection, changes) != len(old):
        raise LostRace(case_id=", ".join(case.id for case, _ in old[:5]))


def update_rarely_changing(connection: Connection, changed: Iterable[CaseState]) -> None:
    """Write who handles cases, and on which version, whose rows are written already."""
    _UPDATE_RARELY_CHANGING.run_many(
        connection,
        (
            {
                "of_court": case.court,
                "case_id": case.id,
                "new_officer": case.officer,
                "new_team": case.team,
                "new_definition_hash": case.definition_hash,
            }
            for case in changed
        ),
    )


def update_places(connection: Connection, changed: Iterable[CaseState]) -> None:
    """Write to which case sub-procedures belong, whose rows are written already."""
    _UPDATE_PLACE.run_many(
        connection,
        (
            {
                "of_court": case.court,
                "case_id": case.id,
                "new_parent_id": case.parent_id,
                "new_sub_procedure": case.sub_procedure,
                "new_number": case.number,
                "new_number_key": number_key(case.number),
                "new_about": case.about,
            }
            for case in changed
        ),
    )


def update_wake(connection: Connection, keys: Iterable[CaseKey], wake_at: datetime | None) -> None:
    """Set when the clock shall look at cases again."""
    _UPDATE_WAKE.run_many(
        connection,
        ({"of_court": court, "case_id": id, "new_wake_at": wake_at} for court, id in keys),
    )


def _row(case: CaseState, now: datetime) -> dict[str, Any]:
    row = {name: getattr(case, name) for name in _CASE_COLUMNS if name not in _MADE_HERE}
    return row | {
        "number_key": number_key(case.number),
        "particulars": particulars_of(case),
        "updated_at": case.recorded_at or now,
    }


def _changes(case: CaseState, read_version: int, now: datetime) -> dict[str, Any]:
    return {
        "of_court": case.court,
        "case_id": case.id,
        "read_version": read_version,
        "new_state": case.state,
        "new_version": case.version,
        "new_data": case.data,
        "new_particulars": particulars_of(case),
        "new_updated_at": case.recorded_at or now,
        "new_closed_at": case.closed_at,
        "new_closing_mode": case.closing_mode,
        "new_wake_at": case.wake_at,
        "new_head": case.head,
    }
