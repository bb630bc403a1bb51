"""The async twin gives what the engine gives, in a host's async transaction too."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.engine.test_cases import CHIEF, OFFICER
from zhixing.engine import LostRace, Refused, VirtualClock
from zhixing.engine.aio import AsyncEngine
from zhixing.workflow import Definition


def test_the_async_engine_runs_a_case(database: str, loan: Definition, clock: VirtualClock) -> None:
    async def scenario() -> None:
        engine = await AsyncEngine.open(database, loan, clock=clock, upgrade=True)
        try:
            case = await engine.open_case("loan", actor=OFFICER, data={"amount": "10"})
            with pytest.raises(Refused):
                await engine.fire(case.id, "notify", actor=CHIEF)
            await engine.fire(case.id, "notify", actor=OFFICER, documents={"notice": "n"})
            assert [p.trigger for p in await engine.possible(case.id, actor=CHIEF) if p.allowed] == ["propose"]
            assert [d.rule for d in await engine.deadlines(case.id)] == ["payment", "not_yet"]
            async with AsyncSession(engine._database) as session:
                await engine.fire(case.id, "give_up" if False else "propose", actor=CHIEF, within=session)
                await session.rollback()
            assert [h.trigger for h in await engine.history(case.id)] == ["", "notify"]
            assert (await engine.query(procedure="loan"))[0] == await engine.case(case.id)
        finally:
            await engine.close()

    asyncio.run(scenario())


def test_many_coroutines_lose_nothing(database: str, loan: Definition, clock: VirtualClock) -> None:
    async def scenario() -> int:
        engine = await AsyncEngine.open(database, loan, clock=clock, upgrade=True)
        case = await engine.open_case("loan", actor=OFFICER, data={"amount": "10"})

        async def work(name: int) -> None:
            while True:
                try:
                    await engine.fire(case.id, "clue", actor=OFFICER, data={"clue": f"k{name}"})
                    return
                except LostRace:
                    await asyncio.sleep(0)

        await asyncio.gather(*(work(n) for n in range(12)))
        version = (await engine.case(case.id)).version
        await engine.close()
        return version

    assert asyncio.run(scenario()) == 13
