"""The async twin gives what the engine gives, in a host's async transaction too."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.conftest import at
from tests.engine.test_cases import CHIEF, OFFICER
from zhixing.engine import Actor, LostRace, Refused, VirtualClock
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
            assert [
                p.trigger for p in await engine.possible(case.id, actor=CHIEF) if p.allowed
            ] == ["propose"]
            assert [d.rule for d in await engine.deadlines(case.id)] == ["payment", "not_yet"]
            async with AsyncSession(engine.database) as session:
                await engine.fire(
                    case.id, "give_up" if False else "propose", actor=CHIEF, within=session
                )
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


def test_approvals_tasks_and_versions_are_the_same_for_asyncio(database: str) -> None:
    from tests.engine.test_constructs import INSTALMENT, LI, PRESIDENT, SANCTION, WANG, ZHAO
    from zhixing.workflow import definition_from_text

    async def story() -> None:
        definitions = [definition_from_text(SANCTION), definition_from_text(INSTALMENT)]
        court = await AsyncEngine.open(
            database, definitions, clock=VirtualClock(at("2025-03-03 09:00")), upgrade=True
        )
        case = (await court.open_case("sanction", actor=LI)).id
        await court.fire(case, "note", actor=LI, documents={"memo": "m"})
        await court.fire(
            case,
            "fine",
            actor=LI,
            data={"kind": "person", "amount": "500"},
            documents={"decision": "d"},
        )
        assert [line.is_complete for line in await court.checklist(case, "fine")] == [True, False]
        for actor in (WANG, ZHAO):
            await court.approve(case, "fine", actor=actor)
        assert (await court.approve(case, "fine", actor=PRESIDENT)).state == "decided"
        clerk = Actor.of("zhou", "clerk")
        await court.claim_task(case, "serve", actor=clerk)
        assert [w.person for w in await court.workload()] == ["zhou"]
        await court.hand_back_task(case, "serve", actor=clerk)
        assert [t.status for t in await court.tasks(role="clerk")] == ["offered"]
        assert (await court.party_view(case, "debtor")).documents == {"decision": 1}
        assert "<svg" in await court.diagram(case)
        proposed = await court.propose_version(definitions[1], actor=LI)
        assert (await court.decide_version(proposed.id, actor=WANG)).status == "published"
        assert (await court.withdraw_version(proposed.id, actor=WANG)).status == "withdrawn"
        assert len(await court.versions()) == 1
        await court.close()

    asyncio.run(story())
