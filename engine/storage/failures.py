"""What a database's errors mean: which may be repeated, which a person must mend, which left open
whether something was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import exc

from ...workflow.errors import DataError
from ..errors import (
    DatabaseBusy,
    DatabaseUnusable,
    EngineError,
    IntegrityViolated,
    OutcomeUnknown,
    SchemaOutdated,
    TransactionLost,
)
from .schema import SCHEMA_VERSION

_COMMIT_UNKNOWN = ("08", "57P", "40003")
"""The states after which a commit may have been carried out."""

# SQLite's result codes; the lowest byte is the kind
_KIND = 0xFF
_SQLITE_IO = 10

_PERMANENT_AT_CONNECT = (
    "does not exist",
    "authentication failed",
    "pg_hba.conf",
    "not permitted to log in",
    "permission denied",
    "no password supplied",
    "不存在",
    "认证失败",
    "认证",
)
"""How a server words that a connection will never be made. The protocol of PostgreSQL has a state
for it, which the client library does not give; a refused port looks the same as a restart."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn every error of a database into one of ours that says what it means.

    Only what can succeed later is retryable: `DatabaseBusy` (locked, restarting, too many
    connections, the pool's time is up, a refused port) and `TransactionLost`. `DatabaseUnusable` is
    for a person to mend, `SchemaOutdated` for `zhixing db upgrade`. Raises `DataError` for a text
    that no database holds (NUL, half a character, too long), `IntegrityViolated`.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise _not_storable(error.object) from error
    except (exc.TimeoutError, ConnectionError) as error:
        # a connection's error is asyncpg's, of a port that nobody listens at
        raise DatabaseBusy(why=_first_line(error)) from error
    except exc.PendingRollbackError as error:
        raise TransactionLost(why=_first_line(error)) from error
    except exc.DBAPIError as error:
        raise meaning(error) from error
    except Exception as error:
        if not isinstance(getattr(error, "sqlstate", None), str):
            raise
        # asyncpg as it connects: SQLAlchemy did not always make it one of its own
        raise meaning(exc.DBAPIError("connect", None, error)) from error


@contextmanager
def committing() -> Iterator[None]:
    """Around a commit: raises `OutcomeUnknown` where its answer was lost.

    An error that the server told is definite: nothing was written.
    """
    try:
        yield
    except exc.DBAPIError as error:
        if _is_unknown(error):
            raise OutcomeUnknown(why=_why(error)) from error
        raise


def _is_unknown(error: exc.DBAPIError) -> bool:
    code = _sqlite_code(error)
    if code is not None:
        return code & _KIND == _SQLITE_IO  # what reached the file shows at the next opening
    state = _state(error)
    return state is None or state.startswith(_COMMIT_UNKNOWN)


def meaning(error: exc.DBAPIError) -> EngineError | DataError:
    """A driver's error as one of ours."""
    code, state = _sqlite_code(error), _state(error)
    if code is not None:
        return _of_sqlite(code, _why(error))
    if state is not None:
        return _of_state(state, error)
    return _of_words(error)


def _of_state(state: str, error: exc.DBAPIError) -> EngineError | DataError:
    """By the standard's state, as PostgreSQL tells it, or else by the driver's class."""
    otherwise = _not_storable if isinstance(error, exc.DataError) else _unusable
    meanings = (meant for states, meant in _BY_STATE if state.startswith(states))
    return next(meanings, otherwise)(_why(error))


def _of_sqlite(code: int, why: str) -> EngineError | DataError:
    """By the code, or its kind."""
    return _BY_CODE.get(code, _BY_CODE.get(code & _KIND, _of_the_words_of_sqlite))(why)


def _of_the_words_of_sqlite(why: str) -> EngineError:
    is_outdated = why.startswith(("no such table", "no such column"))
    return _outdated(why) if is_outdated else DatabaseUnusable(why=why)


def _of_words(error: exc.DBAPIError) -> EngineError | DataError:
    """Without a state: the connection was not made or is gone, or the driver refused a value."""
    why = _why(error)
    if isinstance(error, exc.DataError):
        return _not_storable(why)
    if isinstance(error, exc.IntegrityError):
        return IntegrityViolated(why=why)
    if any(words in str(error.orig) for words in _PERMANENT_AT_CONNECT):
        return DatabaseUnusable(why=why)
    if isinstance(error, exc.OperationalError | exc.InterfaceError) or error.connection_invalidated:
        return DatabaseBusy(why=why)
    return DatabaseUnusable(why=why)


def _lost(why: str) -> EngineError:
    return TransactionLost(why=why)


def _busy(why: str) -> EngineError:
    return DatabaseBusy(why=why)


def _violated(why: str) -> EngineError:
    return IntegrityViolated(why=why)


def _unusable(why: str) -> EngineError:
    return DatabaseUnusable(why=why)


def _outdated(why: str) -> EngineError:
    return SchemaOutdated(found="-", expected=SCHEMA_VERSION)


def _not_storable(what: str) -> DataError:
    return DataError(
        field="-",
        value=ascii(what)[:100],
        why_zh="数据库不能保存这样的文字",
        why_en="the database cannot hold such a text",
    )


_Meaning = Callable[[str], EngineError | DataError]
_BY_STATE: tuple[tuple[tuple[str, ...], _Meaning], ...] = (
    # serialization failure, deadlock, a statement after another one failed in the transaction
    (("40001", "40P01", "25P02"), _lost),
    (("53100",), _unusable),  # the disk is full
    (("08", "53", "57P", "55P03"), _busy),
    (("42P01", "42703"), _outdated),
    (("23",), _violated),
    (("22",), _not_storable),
)
"""What states mean by their beginnings; the first that fits."""
_BY_CODE: Mapping[int, _Meaning] = {
    517: _lost,  # BUSY_SNAPSHOT: what was read is no longer what is there
    5: _busy,
    6: _busy,
    18: _not_storable,  # too big
    19: _violated,
}
"""What SQLite's codes mean, or their kinds."""


def _state(error: exc.DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    return str(state) if state else None


def _sqlite_code(error: exc.DBAPIError) -> int | None:
    code: Any = getattr(error.orig, "sqlite_errorcode", None)
    return code if isinstance(code, int) else None


def _why(error: exc.DBAPIError) -> str:
    return _first_line(error.orig or error)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
