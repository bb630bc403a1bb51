"""The shipped list of dishonest debtors beside the platform: published under the number of the
enforcement, and taken off again, or found not to be there by a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, at
from tests.courts import ACCEPTED
from tests.engine.a_platform import beside_the_platform
from zhixing.adapters import Call, Lists, Simulator
from zhixing.adapters.lists import Listing as Listed
from zhixing.engine import Actor, Dispatcher, Engine, VirtualClock
from zhixing.workflow import load_definition

CN = ROOT / "definitions" / "cn"
LI, CHEN = Actor.of("li", "officer"), Actor.of("chen", "clerk")
NUMBER = "(2025)示01执7号"
LISTED: dict[str, Any] = {
    "debtor_name": "张某",
    "debtor_is_minor": False,
    "risk_stated": True,
    "enough_seized": False,
    "guarantee_effective": False,
    "ranked_later": False,
    "ground": "breaks_report",
    "lighter_measures": "已限制消费",
}


class Listing:
    """One listing under an enforcement, and the platform that publishes it."""

    def __init__(self, court: Engine, clock: VirtualClock, platform: Simulator) -> None:
        self.court, self.clock, self.platform = court, clock, platform
        self.dispatcher = Dispatcher(court)
        opened = {"applicant": "a", "debtor": "d", "claim": "5000", "account": "6222"}
        filing = Actor.of("he", "filing_judge")
        court.open_case("first_enforcement", actor=filing, id="e", number=NUMBER, data=opened)
        found = ACCEPTED
        self.act("accept", filing, "application", case="e", **found)
        self.act("assign", Actor.of("zhou", "bureau_chief"), case="e", assigned_officer="li")
        self.act("issue_notice", LI, "notice", "report_order", case="e")
        self.act("propose_listing", LI, case="e")
        (self.id,) = [child.id for child in court.query(parent="e")]

    def act(self, trigger: str, who: Actor, *papers: str, case: str = "", **data: Any) -> None:
        documents = {paper: f"{paper}.pdf" for paper in papers}
        self.court.fire(case or self.id, trigger, actor=who, documents=documents, data=data)

    def list_debtor(self, **other: Any) -> None:
        self.act("list_debtor", LI, "decision", "review_record", **LISTED | other)
        for person in ("one", "two"):
            self.court.approve(self.id, "list_debtor", actor=Actor.of(person, "panel"))
        self.court.approve(self.id, "list_debtor", actor=Actor.of("hao", "president"))

    def delete_early(self) -> None:
        papers = ("early_decision", "deletion_proof")
        self.act("delete_early", LI, *papers, early_reason="performs")

    def at(self, moment: datetime) -> None:
        """Let a moment come, here and there, and send and ask what is due."""
        self.clock.set(moment)
        self.platform.tick(moment)
        self.court.run_due()
        self.dispatcher.run_all_due()

    def live_to(self, end: datetime) -> None:
        """Let the hours pass until then, a few at a time."""
        while self.clock.now() < end:
            self.at(min(self.clock.now() + timedelta(hours=6), end))

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.court.case(self.id).data)

    def entries(self) -> list[dict[str, Any]]:
        return list(self.platform.world()["entries"].values())


@pytest.fixture
def listing(database: str, clock: VirtualClock, tmp_path: Path) -> Iterator[Listing]:
    names = ("first_enforcement", "freeze_deposit", "dishonest_list", "disposal", "seizure")
    flows = [load_definition(CN / f"{name}.yaml") for name in names]
    clock.set(at("2025-03-03 09:00"))
    with beside_the_platform(database, flows, clock) as (court, platform):
        yield Listing(court, clock, platform)


def test_it_is_published_under_the_enforcements_number_and_taken_off_again(
    listing: Listing,
) -> None:
    listing.list_debtor()
    listing.at(at("2025-03-03 10:00"))
    (entry,) = listing.entries()
    assert (entry["name"], entry["case_number"], entry["until"]) == ("张某", NUMBER, "2027-03-03")
    listing.live_to(at("2025-03-05 10:00"))
    (entry,) = listing.entries()
    assert listing.data["entry_number"] == entry["number"]
    assert str(listing.data["published_on"]) == entry["published_on"]
    listing.delete_early()
    listing.act("withdraw_entry", CHEN, reason="已履行完毕")
    listing.live_to(at("2025-03-08 10:00"))
    assert listing.court.case(listing.id).closing_mode == "deleted"
    (entry,) = listing.entries()
    assert str(listing.data["deleted_on"]) == entry["deleted_on"]


def test_who_is_able_and_refuses_is_published_without_an_end_and_stays(listing: Listing) -> None:
    listing.list_debtor(ground="able_but_refuses")
    listing.at(at("2025-03-03 10:00"))
    (entry,) = listing.entries()
    assert entry["name"] == "张某" and entry.get("until") is None
    listing.clock.set(at("2031-03-03 10:00"))
    listing.court.run_due()
    assert listing.court.case(listing.id).state == "listed"
    assert "listed_until" not in listing.data


def test_what_was_never_sent_leaves_nothing_to_delete_and_a_person_confirms_it(
    listing: Listing,
) -> None:
    listing.list_debtor()
    listing.delete_early()
    listing.act("withdraw_entry", CHEN, reason="纳入错误")
    listing.at(at("2025-03-04 09:00"))
    assert listing.platform.ledger == [] and listing.entries() == []
    listing.act("delete", CHEN, "deletion_record", deleted_on="2025-03-04")
    assert listing.court.case(listing.id).closing_mode == "deleted"


def test_a_platform_that_will_not_have_it_is_a_clerks_task(listing: Listing) -> None:
    listing.list_debtor()
    (request,) = listing.court.requests(case_id=listing.id)
    before = Call("publish", "somebody-else", Listed.model_validate(request.payload), 5.0)
    Lists(listing.platform.url).send(before)
    listing.live_to(at("2025-03-04 10:00"))
    tasks = listing.court.tasks(case_id=listing.id)
    assert [task.name for task in tasks] == ["restrict_consumption_too", "mend_publication"]
    assert "entry_number" not in listing.data
