"""What a guard was told of other cases is so still when its decision is written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from zhixing.engine import Actor, Engine, LostRace
from zhixing.workflow import definition_from_text

PARENT = """
id: parent
title: {zh: 母, en: parent}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
modes: {ended: {zh: 终, en: ended}}
powers: {open: {by: officer}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  ended: {title: {zh: 终, en: ended}, closes: ended, leaves: [measure]}
sub_procedures:
  measure: {title: {zh: 措施, en: measure}, procedure: child, states: [frozen]}
transitions:
  - {trigger: start, title: {zh: 启动, en: start}, from: open, to: stay, by: officer,
      opens: measure}
  - trigger: end
    title: {zh: 终, en: end}
    from: open
    to: ended
    by: officer
    when: measure.at.frozen == 0
"""
CHILD = """
id: child
title: {zh: 子, en: child}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
modes: {lifted: {zh: 解, en: lifted}}
powers: {open: {by: procedure}}
initial: waiting
states:
  waiting: {title: {zh: 待, en: waiting}}
  frozen: {title: {zh: 冻, en: frozen}}
  lifted: {title: {zh: 解, en: lifted}, closes: lifted}
transitions:
  - {trigger: freeze, title: {zh: 冻, en: freeze}, from: waiting, to: frozen, by: officer}
  - {trigger: lift, title: {zh: 解, en: lift}, from: [waiting, frozen], to: lifted, by: officer}
"""
LI = Actor.of("li", "officer")
_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def url(new_postgresql: Callable[[], str]) -> str:
    return new_postgresql()


def family(court: Engine) -> str:
    """A parent with one measure; gives the id of the measure."""
    court.open_case("parent", actor=LI, id="p", officer="li")
    court.fire("p", "start", actor=LI)
    return court.query(parent="p")[0].id


def until_somebody_waits(database: sa.Engine) -> None:
    """Until a connection waits for a lock: progress, and no span of time."""
    with database.connect() as connection:
        while not connection.execute(_WAITING).scalar_one():
            connection.rollback()
            time.sleep(0.01)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("first", "second", "lost"), [("freeze", "end", True), ("end", "freeze", False)]
)
def test_side_by_side_is_one_after_the_other(url: str, first: str, second: str, lost: bool) -> None:
    definitions = [definition_from_text(CHILD), definition_from_text(PARENT)]
    with Engine(url, definitions, drafts=True, upgrade=True) as court:
        ids = {"freeze": family(court), "end": "p"}
        host = sa.create_engine(url)
        errors: list[Exception] = []

        def other() -> None:
            try:
                with host.begin() as connection:
                    court.fire(ids[second], second, actor=LI, within=connection)
            except LostRace as error:
                errors.append(error)

        thread = threading.Thread(target=other)
        with host.begin() as connection:
            court.fire(ids[first], first, actor=LI, within=connection)
            thread.start()
            until_somebody_waits(host)
        thread.join()
        assert bool(errors) is lost
        assert (court.case("p").state == "ended") is not lost
        host.dispose()
