"""A disk that is full at any step of a verb: a clear error, nothing half written, and it goes on
when there is room again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ROOT
from tests.engine.callers import BUSY, LENGTH, LI
from tests.engine.outside_checks import check_rows
from zhixing.engine import DatabaseUnusable, Engine, OutcomeUnknown, VirtualClock, ZhixingError
from zhixing.engine.storage.schema import metadata

pytestmark = pytest.mark.processes
LONG = "x" * 9000
"""A note that takes pages of its own."""


def rows(engine: Engine) -> dict[str, list[Any]]:
    """Everything that is written, but for what is refused."""
    tables = [t for t in metadata.sorted_tables if t.name != "zx_refusals"]
    with engine.database.connect() as connection:
        return {t.name: sorted(map(repr, connection.execute(sa.select(t)))) for t in tables}


class Pages:
    """How many pages a SQLite file may have, from one step of a verb on."""

    def __init__(self, engine: Engine) -> None:
        self._spare: int | None = None
        self._steps = 0
        sa.event.listen(engine.database, "before_cursor_execute", self._before)

    def allow(self, spare: int | None, after: int = 0) -> None:
        """So many more than there are after so many statements; None is no limit."""
        self._spare, self._steps = spare, after

    def _before(self, connection: Any, cursor: Any, *_: Any) -> None:
        self._steps -= 1
        if self._spare is None:
            cursor.execute("PRAGMA max_page_count = 1073741823")
        elif self._steps == -1:
            (pages,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages + self._spare}")


def fired(court: Engine, id: str) -> Any:
    return court.fire(id, "touch", actor=LI, data={"n": 1}, note=LONG, request_id="r-1")


def asked(court: Engine, id: str) -> Any:
    return court.fire(id, "ask", actor=LI, note=LONG, request_id="r-1")


def entered_late(court: Engine, id: str) -> Any:
    at = court.clock.now() - LENGTH / 4
    given: dict[str, Any] = {"note": LONG, "request_id": "r-1", "happened_at": at}
    return court.fire(id, "touch", actor=LI, data={"n": 1}, **given)


def opened(court: Engine, id: str) -> Any:
    return court.open_case("busy", actor=LI, officer="new", note=LONG, request_id="r-1")


def corrected(court: Engine, id: str) -> Any:
    about: dict[str, Any] = {"documents": {"proof": "p"}, "note": LONG, "request_id": "r-1"}
    return court.correct(id, actor=LI, annul=[2], **about)


def served(court: Engine, id: str) -> Any:
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(court.case(id).opened_at + LENGTH)
    court.run_due()
    return court.case(id)


VERBS = (fired, asked, entered_late, opened, corrected, served)


@pytest.mark.parametrize("verb", VERBS)
def test_a_file_that_may_not_grow(
    tmp_path: Path, clock: VirtualClock, verb: Callable[[Engine, str], Any]
) -> None:
    url = f"sqlite:///{tmp_path}/cases.db"
    with Engine(url, BUSY, clock=clock, drafts=True) as court:
        id = court.open_case("busy", actor=LI, officer="li").id
        court.fire(id, "touch", actor=LI, data={"n": 1}, note=LONG)
        for _ in range(30):
            court.open_case("busy", actor=LI, officer="li")
        clock.set(clock.now() + LENGTH * 0.75)
        court.run_due()  # the warning
        before, now = rows(court), clock.now()
        pages, refused, after = Pages(court), 0, 0
        while True:
            pages.allow(refused % 3, after)
            try:
                verb(court, id)
                break
            except ZhixingError as error:
                assert (type(error), error.retryable) == (DatabaseUnusable, False), error
                assert "full" in str(error)
            pages.allow(None)
            clock.set(now)
            assert rows(court) == before
            refused, after = refused + 1, after + 1
        assert refused, "it never was full"
        pages.allow(None)
        verb(court, id)
        assert court.verify().findings == ()
    check_rows(url)


LIMITED = """
import json, resource, signal, sys
from tests.engine.callers import BUSY, LI
from zhixing.engine import Engine, ZhixingError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
url, most = sys.argv[1], int(sys.argv[2])
with Engine(url, BUSY, drafts=True) as court:
    id = court.query()[0].id
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    told, number = [], 0
    while not told:
        name = f"{most}-{number}"
        try:
            court.fire(id, "touch", actor=LI, data={"n": 1}, note="x" * 900, request_id=name)
        except ZhixingError as error:
            told = [type(error).__name__, error.retryable, name]
        number += 1
    print(json.dumps(told))
"""


@pytest.mark.parametrize("most", [200_000, 333_333, 500_001, 720_000])
def test_a_file_system_that_writes_no_more(tmp_path: Path, most: int) -> None:
    """Whatever byte the write-ahead log ends at: what was acknowledged is there, and no more."""
    pytest.importorskip("resource", reason="no limits of file sizes on this system")
    url = f"sqlite:///{tmp_path}/cases.db"
    with Engine(url, BUSY, drafts=True) as court:
        court.open_case("busy", actor=LI, officer="li", id="c")
    run = [sys.executable, "-c", LIMITED, url, str(most)]
    child = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert child.returncode == 0, child.stderr
    told, retryable, name = json.loads(child.stdout)
    assert told in (DatabaseUnusable.__name__, OutcomeUnknown.__name__) and not retryable
    last = int(name.partition("-")[2])
    with Engine(url, BUSY, drafts=True) as court:
        names = [entry.request_id for entry in court.history("c")][1:]
        expected = [f"{most}-{number}" for number in range(last)]
        assert names in (expected, [*expected, name])
        court.fire("c", "touch", actor=LI, data={"n": 1}, note="x" * 900, request_id=name)
        assert [entry.request_id for entry in court.history("c")][1:] == [*expected, name]
        assert court.verify().findings == ()
    check_rows(url)
