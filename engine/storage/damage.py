"""Cases and rows that cannot be read: each costs itself alone, and is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, get_origin

from pydantic import BaseModel
from sqlalchemy import Connection, MappingResult, RowMapping, Select, Text, cast
from sqlalchemy.exc import DataError, SQLAlchemyError

from ...workflow.errors import ZhixingError
from ..decision.procedure import Procedure
from ..errors import DamagedCase, DamagedRow
from ..model.case import CaseState, DeadlineState, DeadlineStatus

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=BaseModel)
Why = ZhixingError
_LONGEST_WHY = 300


def damaged(case_id: str, error: Exception) -> DamagedCase:
    """That a case cannot be read, by what was raised when it was tried."""
    return DamagedCase(case_id=case_id, why=_words(error))


def _words(error: Exception) -> str:
    return ascii(f"{type(error).__name__}: {error}")[1:-1][:_LONGEST_WHY]


def only_damage(error: Exception) -> None:
    """Raises the error again, unless it comes of what was read: where the database is away, say.

    An error of ours has its words already.
    """
    is_other = isinstance(error, ZhixingError | SQLAlchemyError)
    if is_other and not isinstance(error, DataError):
        raise error


def check_sound(procedure: Procedure, case: CaseState) -> None:
    """Raises `DamagedCase` for a case that its definition cannot know, or of wrong types."""
    faults = [
        *_of_other_kinds(case, _KINDS),
        *(() if case.state in procedure.definition.states else (f"state {case.state!a}",)),
        *(fault for deadline in case.deadlines for fault in _faults_of(procedure, deadline)),
    ]
    if faults:
        raise DamagedCase(case_id=case.id, why=", ".join(faults)[:_LONGEST_WHY])


def _faults_of(procedure: Procedure, deadline: DeadlineState) -> list[str]:
    if deadline.rule not in procedure.rules:
        return [f"deadline {deadline.rule!a}"]
    wrong = _of_other_kinds(deadline, _DEADLINE_KINDS)
    if deadline.status is DeadlineStatus.RUNNING and deadline.due_at is None:
        wrong.append("due_at")  # the clock would come to it without end
    return [f"{deadline.rule}.{name}" for name in wrong]


def _of_other_kinds(thing: object, kinds: _Kinds) -> list[str]:
    return [name for name, kind in kinds if not isinstance(getattr(thing, name), kind)]


# what SQLite keeps where a number or a text belongs, whatever it is
_Kinds = tuple[tuple[str, type], ...]
_KINDS: _Kinds = (
    ("version", int),
    ("data", dict),
    ("documents", dict),
    *((name, str) for name in ("procedure", "state", "number", "court", "officer", "team")),
)
_DEADLINE_KINDS: _Kinds = (
    ("warned", int),
    ("escalated", int),
    ("round", int),
    ("start", datetime),
    *((name, str) for name in ("id", "key", "calendar_version", "watcher")),
)

Load = Callable[[Connection, Callable[[str], Procedure], Sequence[str]], Mapping[str, CaseState]]


def readable(
    load: Load,
    connection: Connection,
    procedures: Callable[[str], Procedure],
    ids: Sequence[str],
) -> tuple[dict[str, CaseState], dict[str, ZhixingError]]:
    """Those of many cases that can be read; for each of the others why it cannot.

    They are read together; only where that fails, one by one. Raises what comes of a database
    that is away.
    """
    try:
        return dict(_sound(load, connection, procedures, ids)), {}
    except Exception as error:
        if len(ids) == 1:
            return {}, {ids[0]: _cause(ids[0], error)}
    found: dict[str, CaseState] = {}
    failed: dict[str, ZhixingError] = {}
    for id in ids:
        one, not_read = readable(load, connection, procedures, [id])
        found |= one
        failed |= not_read
    return found, failed


def _sound(
    load: Load,
    connection: Connection,
    procedures: Callable[[str], Procedure],
    ids: Sequence[str],
) -> Mapping[str, CaseState]:
    loaded = load(connection, procedures, ids)
    for case in loaded.values():
        check_sound(procedures(case.definition_hash), case)
    return loaded


def _cause(case_id: str, error: Exception) -> ZhixingError:
    """Why a case cannot be read. Raises the error itself where it is not the case's."""
    if isinstance(error, ZhixingError) and not error.retryable:
        return error
    only_damage(error)
    found = damaged(case_id, error)
    found.__cause__ = error
    return found


def of_one_case(
    ask: Callable[Concatenate[Any, str, P], R],
) -> Callable[Concatenate[Any, str, P], R]:
    """A question of one case: what cannot be read of it is `DamagedCase`."""

    @wraps(ask)
    def asked(where: Any, case_id: str, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return ask(where, case_id, *args, **kwargs)
        except Exception as error:
            only_damage(error)
            raise damaged(case_id, error) from error

    return asked  # type: ignore[return-value]


# -- rows of lists


def each_row(
    connection: Connection,
    query: Select[Any],
    texts: Sequence[str],
    show: Callable[[RowMapping], R],
    unread: Callable[[RowMapping, Why], R],
    values: Mapping[str, Any] | None = None,
) -> list[R]:
    """The rows of a query as `show` gives them; one that cannot be read, as `unread` does.

    `texts` are the columns by which such a one is known, the first of them its name: they are read
    again, as texts; `values` are those of the query's parameters. Raises what comes of a database
    that is away.
    """
    try:
        return list(map(show, connection.execute(query, values).mappings()))
    except Exception as error:
        only_damage(error)
    columns = {column.name: column for column in query.selected_columns}
    known = query.with_only_columns(
        *(cast(columns[name], Text).label(name) for name in texts), maintain_column_froms=True
    )
    names = connection.execute(known, values).mappings().all()
    rows = connection.execute(query, values).mappings()
    table = _table(query)
    return [_shown(table, rows, name, show, unread) for name in names]


def _shown(
    table: str,
    rows: MappingResult,
    known: RowMapping,
    show: Callable[[RowMapping], R],
    unread: Callable[[RowMapping, Why], R],
) -> R:
    try:
        row = rows.fetchone()
        assert row is not None
        return show(row)
    except Exception as error:
        only_damage(error)
        name = next(iter(known.values()))
        return unread(known, damaged_row(table, name, error))


def damaged_row(table: str, row: object, error: Exception) -> DamagedRow:
    """That a row cannot be read, by what was raised when it was tried."""
    return DamagedRow(table=table, row=row, why=_words(error))


def first_row(
    connection: Connection, query: Select[Any], row: object, show: Callable[[RowMapping], R]
) -> R | None:
    """The first row of a query, named `row`; None where there is none. Raises `DamagedRow`."""
    try:
        found = connection.execute(query).mappings().first()
        return show(found) if found is not None else None
    except Exception as error:
        only_damage(error)
        raise damaged_row(_table(query), row, error) from error


def _table(query: Select[Any]) -> str:
    """The table that a query is about: that of its first column."""
    return str(query.selected_columns[0].table)


def unread(model: type[M]) -> Callable[[Mapping[Any, Any], Why], M]:
    """How a row that cannot be read is shown: by its texts, and `damaged` says why."""

    def shown(texts: Mapping[Any, Any], why: Why) -> M:
        values = {name: _nothing(field.annotation) for name, field in model.model_fields.items()}
        values |= {name: text for name, text in texts.items() if text is not None}
        return model.model_construct(**{**values, "damaged": str(why)})

    return shown


def _nothing(annotation: Any) -> Any:
    """What stands where nothing could be read."""
    return _NOTHING.get(get_origin(annotation) or annotation)


_NOTHING: dict[Any, Any] = {
    str: "",
    int: 0,
    bool: False,
    tuple: (),
    dict: {},
    datetime: datetime.min.replace(tzinfo=UTC),
    date: date.min,
}
