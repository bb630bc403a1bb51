"""Cases that cannot be read: each costs itself alone, and is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, SQLAlchemyError

from ...workflow.errors import ZhixingError
from ..decision.procedure import Procedure
from ..errors import DamagedCase
from ..model.case import CaseState, DeadlineState

_LONGEST_WHY = 300


def damaged(case_id: str, error: Exception) -> DamagedCase:
    """That a case cannot be read, by what was raised when it was tried."""
    why = ascii(f"{type(error).__name__}: {error}")[1:-1]
    return DamagedCase(case_id=case_id, why=why[:_LONGEST_WHY])


def is_damage(error: Exception) -> bool:
    """Whether an error comes of what was read, and not of the database being away.

    An error of ours has its words already.
    """
    return not isinstance(error, ZhixingError | SQLAlchemyError) or isinstance(error, DataError)


def check_sound(procedure: Procedure, case: CaseState) -> None:
    """Raises `DamagedCase` for a case that its definition cannot know, or of wrong types."""
    faults = [
        *(name for name, kind in _KINDS if not isinstance(getattr(case, name), kind)),
        *(() if case.state in procedure.definition.states else (f"state {case.state!a}",)),
        *(fault for deadline in case.deadlines for fault in _faults_of(procedure, deadline)),
    ]
    if faults:
        raise DamagedCase(case_id=case.id, why=", ".join(faults)[:_LONGEST_WHY])


def _faults_of(procedure: Procedure, deadline: DeadlineState) -> list[str]:
    if deadline.rule not in procedure.rules:
        return [f"deadline {deadline.rule!a}"]
    wrong = (
        name for name, kind in _DEADLINE_KINDS if not isinstance(getattr(deadline, name), kind)
    )
    return [f"{deadline.rule}.{name}" for name in wrong]


# what SQLite keeps where a number belongs, whatever it is
_KINDS: tuple[tuple[str, type], ...] = (("version", int), ("data", dict), ("documents", dict))
_DEADLINE_KINDS: tuple[tuple[str, type], ...] = (
    ("warned", int),
    ("escalated", int),
    ("round", int),
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
    if is_damage(error):
        found = damaged(case_id, error)
        found.__cause__ = error
        return found
    raise error
