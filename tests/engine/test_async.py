"""The async engine has every verb, and gives what the engine gives, in a host's async transaction
too."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from tests.conftest import at
from tests.courts import EDITOR, PUBLISHER
from tests.engine.test_cases import CHIEF, OFFICER
from tests.engine.test_constructs import INSTALMENT, LI, PRESIDENT, SANCTION, WANG, ZHAO
from zhixing.engine import (
    Actor,
    AsyncEngine,
    Engine,
    Happened,
    LostRace,
    NoSecondConnection,
    Refused,
    VirtualClock,
)
from zhixing.workflow import Definition, definition_from_text

CLERK = Actor.of("zhou", "clerk")


@pytest.fixture(params=["sqlite", "sqlite+aiosqlite", "postgresql", "postgresql+asyncpg"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database under each async driver; `postgresql` alone takes psycopg."""
    name = request.param.partition("+")[0]
    if name == "sqlite":
        return f"{request.param}:///{tmp_path}/cases.db"
    made = sa.make_url(request.getfixturevalue("new_postgresql")())
    return made.set(drivername=request.param).render_as_string(hide_password=False)


def run(story: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(story())


def test_the_async_engine_runs_a_case(url: str, loan: Definition, clock: VirtualClock) -> None:
    async def story() -> None:
        async with await AsyncEngine.open(
            url, loan, clock=clock, upgrade=True, drafts=True
        ) as court:
            case = await court.open_case("loan", actor=OFFICER, data={"amount": "10"})
            with pytest.raises(Refused):
                await court.fire(case.id, "notify", actor=CHIEF)
            await court.fire(case.id, "notify", actor=OFFICER, documents={"notice": "n"})
            possible = await court.possible(case.id, actor=CHIEF)
            assert [p.trigger for p in possible if p.allowed] == ["propose"]
            assert [d.rule for d in await court.deadlines(case.id)] == ["payment", "not_yet"]
            async with AsyncSession(court.database) as session:
                await court.fire(case.id, "propose", actor=CHIEF, within=session)
                await session.rollback()
            assert [h.trigger for h in await court.history(case.id)] == ["", "notify"]
            assert (await court.query(procedure="loan"))[0] == await court.case(case.id)
            clock.advance(days=40)
            assert await court.run_due() == 1
            assert (await court.case(case.id)).state == "overdue"

    run(story)


def test_many_coroutines_lose_nothing(url: str, loan: Definition, clock: VirtualClock) -> None:
    async def story() -> int:
        async with await AsyncEngine.open(
            url, loan, clock=clock, upgrade=True, drafts=True
        ) as court:
            case = await court.open_case("loan", actor=OFFICER, data={"amount": "10"})

            async def work(name: int) -> None:
                while True:
                    try:
                        clue = {"clue": f"k{name}"}
                        await court.fire(case.id, "clue", actor=OFFICER, data=clue)
                        return
                    except LostRace:
                        await asyncio.sleep(0)

            await asyncio.gather(*(work(n) for n in range(12)))
            return (await court.case(case.id)).version

    assert run(story) == 13


def test_several_cases_in_one_transaction_are_all_written(
    url: str, loan: Definition, clock: VirtualClock
) -> None:
    async def story() -> list[str]:
        async with await AsyncEngine.open(
            url, loan, clock=clock, upgrade=True, drafts=True
        ) as court:
            ids = [(await court.open_case("loan", actor=OFFICER)).id for _ in range(3)]
            for case_id in ids:
                await court.fire(case_id, "clue", actor=OFFICER, data={"clue": "k"})
            clock.advance(days=8)
            await court.run_due()
            async with AsyncSession(court.database) as session:
                for case_id in ids:
                    await court.fire(case_id, "rest", actor=OFFICER, within=session)
                await session.commit()
            return [(await court.case(case_id)).state for case_id in ids]

    assert run(story) == ["resting"] * 3


def test_a_host_gives_its_own_engine_and_keeps_it(
    url: str, loan: Definition, clock: VirtualClock
) -> None:
    async def story() -> None:
        plain = url if "+" in url else url.replace("sqlite", "sqlite+aiosqlite", 1)
        hosts = create_async_engine(plain.replace("postgresql:", "postgresql+psycopg:", 1))
        async with await AsyncEngine.open(
            hosts, loan, clock=clock, upgrade=True, drafts=True
        ) as court:
            assert court.database is hosts
            async with hosts.begin() as connection:
                case = await court.open_case("loan", actor=OFFICER, within=connection)
            assert (await court.case(case.id)).state == "fresh"
        async with hosts.connect() as connection:  # it was not disposed of
            count = await connection.execute(sa.text("SELECT count(*) FROM zx_cases"))
            assert count.scalar() == 1
        await hosts.dispose()

    run(story)


def test_a_joined_commit_wakes_and_tells_and_a_read_does_not(
    url: str, loan: Definition, clock: VirtualClock
) -> None:
    async def story() -> None:
        rings: list[int] = []
        told: list[Happened] = []
        async with await AsyncEngine.open(
            url, loan, clock=clock, upgrade=True, drafts=True
        ) as court:
            court.sync.on_commit(lambda: rings.append(1))
            court.on_event(told.append)
            async with AsyncSession(court.database) as session:
                case = await court.open_case("loan", actor=OFFICER, within=session)
                assert (rings, told) == ([], [])
                await session.commit()
            assert (len(rings), [h.kind for h in told]) == (1, ["opened"])
            async with court.database.begin() as connection:
                await court.fire(
                    case.id, "clue", actor=OFFICER, data={"clue": "k"}, within=connection
                )
                assert len(rings) == 1
            assert (len(rings), [h.trigger for h in told]) == (2, ["", "clue"])
            await court.case(case.id)
            await court.overdue()
            assert len(rings) == 2
            await court.fire(case.id, "rest", actor=OFFICER)
            assert len(rings) == 3

    run(story)


def test_without_a_file_verbs_and_threads_see_one_database(
    loan: Definition, clock: VirtualClock
) -> None:
    async def story() -> None:
        async with await AsyncEngine.open("sqlite://", loan, clock=clock, drafts=True) as court:
            case = await court.open_case("loan", actor=OFFICER)
            assert court.sync.case(case.id) == await court.case(case.id)
            clock.advance(days=8)
            assert await court.run_due() == 1
            assert len(await court.history(case.id)) == len(court.sync.history(case.id)) > 1

    run(story)


def test_a_hosts_engine_in_memory_has_verbs_and_no_threads(
    loan: Definition, clock: VirtualClock
) -> None:
    async def story() -> None:
        hosts = create_async_engine("sqlite+aiosqlite://")
        async with await AsyncEngine.open(hosts, loan, clock=clock, drafts=True) as court:
            case = await court.open_case("loan", actor=OFFICER)
            assert (await court.case(case.id)).state == "fresh"
            with pytest.raises(NoSecondConnection):
                await court.run_due()
            with pytest.raises(NoSecondConnection):
                await court.start()
        await hosts.dispose()

    run(story)


def test_what_a_version_means_for_cases_is_planned_beside_the_loop(
    url: str, loan: Definition, clock: VirtualClock
) -> None:
    async def story() -> list[str]:
        async with await AsyncEngine.open(
            url, loan, clock=clock, upgrade=True, drafts=True
        ) as court:
            await court.open_case("loan", actor=OFFICER, id="c")
            newer = definition_from_text(loan.source_text.replace("length: 7\n", "length: 8\n"))
            return [plan.case_id for plan in await court.plan_migration(newer)]

    assert run(story) == ["c"]


def test_approvals_tasks_and_versions_are_the_same_for_asyncio(url: str) -> None:
    async def story() -> None:
        definitions = [definition_from_text(SANCTION), definition_from_text(INSTALMENT)]
        clock = VirtualClock(at("2025-03-03 09:00"))
        async with await AsyncEngine.open(
            url, definitions, clock=clock, upgrade=True, drafts=True
        ) as court:
            case = (await court.open_case("sanction", actor=LI)).id
            await court.fire(case, "note", actor=LI, documents={"memo": "m"})
            data = {"kind": "person", "amount": "500"}
            await court.fire(case, "fine", actor=LI, data=data, documents={"decision": "d"})
            lines = await court.checklist(case, "fine")
            assert [line.is_complete for line in lines] == [True, False]
            for actor in (WANG, ZHAO):
                await court.approve(case, "fine", actor=actor)
            assert (await court.approve(case, "fine", actor=PRESIDENT)).state == "decided"
            await court.claim_task(case, "serve", actor=CLERK)
            assert [w.person for w in await court.workload()] == ["zhou"]
            await court.hand_back_task(case, "serve", actor=CLERK)
            assert [t.status for t in await court.tasks(role="clerk")] == ["offered"]
            assert (await court.party_view(case, "debtor")).documents == {"decision": 1}
            assert "<svg" in await court.diagram(case)
            proposed = await court.propose_version(definitions[1], actor=EDITOR)
            assert (await court.decide_version(proposed.id, actor=PUBLISHER)).status == "published"
            assert (
                await court.withdraw_version(proposed.id, actor=PUBLISHER)
            ).status == "withdrawn"
            assert len(await court.versions()) == 1

    run(story)


def verbs(kind: type) -> dict[str, Any]:
    """The public methods of a class, inherited ones too."""
    return {
        name: member
        for name, member in inspect.getmembers(kind, callable)
        if not name.startswith("_")
    }


BENEATH = {"prepare", "transaction", "now", "wake", "on_commit", "off_commit"}
"""What the engine's own rooms use; hosts of asyncio reach it through `sync`."""


def test_the_async_engine_has_every_verb_with_the_same_arguments() -> None:
    ours, theirs = verbs(Engine), verbs(AsyncEngine)
    assert set(ours) - BENEATH == set(theirs) - {"open"}
    for name in set(ours) - BENEATH:
        mine, other = inspect.signature(ours[name]), inspect.signature(theirs[name])
        assert list(mine.parameters) == list(other.parameters), name
        is_plain = name in {"on_event", "on_exchange"}
        assert inspect.iscoroutinefunction(theirs[name]) is not is_plain, name
