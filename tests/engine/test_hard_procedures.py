"""The procedures that were hard to write, as they ship: an objection and its reconsideration beside
the enforcement, on one engine and over several courts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import at
from tests.courts import ACCEPTED, charter_of
from zhixing.court import CourtAssets
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import Definition, load_definition

CN = Path(__file__).parents[2] / "definitions" / "cn"
LOWER, UPPER, OTHER = "haidian", "first_middle", "chaoyang"
NAMES = (
    "first_enforcement",
    "freeze_deposit",
    "dishonest_list",
    "disposal",
    "objection",
    "reconsideration",
    "preservation",
    "seizure",
    "cross_enforcement",
    "equity",
)


def person(id: str, *roles: str, court: str = LOWER) -> Actor:
    return Actor.of(id, *(f"{role}@{court}" for role in roles))


LI, CLERK = person("li", "officer"), person("sun", "clerk")
FILING, CHIEF = person("he", "filing_judge"), person("zhou", "bureau_chief")
WU, QIAN = person("wu", "officer"), person("qian", "officer", court=UPPER)


@pytest.fixture(scope="module")
def family() -> list[Definition]:
    return [load_definition(CN / f"{name}.yaml") for name in NAMES]


@pytest.fixture
def court(database: str, family: list[Definition], clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, family, clock=clock, upgrade=True, drafts=True) as court:
        court.set_first_charter(charter_of(LOWER, UPPER, OTHER))
        yield court


def papers(kinds: Iterable[str]) -> dict[str, str]:
    return {kind: f"{kind}.pdf" for kind in kinds}


def act(
    court: Engine, case: str, trigger: str, who: Actor, *kinds: str, about: str = "", **data: Any
) -> None:
    """An act with its papers; `served_on` of a record is written `recipient__served_on`."""
    written = {name.replace("__", "."): value for name, value in data.items()}
    court.fire(case, trigger, actor=who, about=about, documents=papers(kinds), data=written)


def voted(court: Engine, case: str, trigger: str, where: str = LOWER) -> None:
    """Two of the panel vote for it; those above are others, who did not sit below."""
    for name in ("one", "two"):
        court.approve(case, trigger, actor=person(f"{name}-{where}", "panel", court=where))


def triggers(court: Engine, case: str) -> list[str]:
    return [entry.trigger for entry in court.history(case) if entry.trigger]


@pytest.fixture
def enforcement(court: Engine) -> str:
    """An enforcement in which two lots are being realised."""
    application = {"applicant": "a1", "debtor": "d1", "claim": "500000", "account": "6222"}
    opened = court.open_case(
        "first_enforcement", actor=FILING, court=LOWER, id="e", data=application,
        documents=papers(["application"]),
    )  # fmt: skip
    act(court, "e", "accept", FILING, "application", **ACCEPTED)
    act(court, "e", "assign", CHIEF, assigned_officer="li")
    act(court, "e", "issue_notice", LI, "notice", "report_order")
    act(court, "e", "record_property", LI, "property_record", holding__what="a house")
    act(court, "e", "property_found", LI)
    for lot in ("house", "car"):
        act(court, "e", "start_disposal", LI, about=lot, lot__what=lot)
    return opened.id


def disposals(court: Engine) -> dict[str, str]:
    children = court.query(parent="e")
    return {found.about: found.state for found in children if found.procedure == "disposal"}


def linked(court: Engine, case: str, name: str) -> str:
    return next(link.case_id for link in court.case(case).links if link.name == name)


def ruled(court: Engine, case: str, ruling: str) -> None:
    """An objection that its panel rules on."""
    act(court, case, "assign", CHIEF, officer_id="wu")
    act(court, case, "join_panel", person(f"one-{LOWER}", "panel"))
    act(court, case, ruling, WU, "ruling")
    voted(court, case, ruling)


def objected(court: Engine, ruling: str = "reject") -> str:
    """An objection to conduct, ruled on, its ruling served on the debtor on 2025-03-14."""
    said: dict[str, Any] = {
        "objector": "d1",
        "objection_on": date(2025, 3, 3),
        "conduct_objected": "超标的查封",
    }
    act(court, "e", "receive_objection", LI, "objection", **said)
    case = linked(court, "e", "objection")
    act(court, case, "accept", FILING, "objection")
    ruled(court, case, ruling)
    act(court, case, "register_recipient", CLERK, about="d1", recipient__name="张某")
    served = {"recipient__served_on": date(2025, 3, 14)}
    act(court, case, "serve", CLERK, "service_return", about="d1", **served)
    return case


def appealed(court: Engine, objection: str) -> str:
    asked = {"reconsideration_applicant": "d1", "reconsideration_asked_on": date(2025, 3, 21)}
    act(
        court, objection, "ask_for_reconsideration", WU, "reconsideration_request", about="d1",
        upper_court=UPPER, **asked,
    )  # fmt: skip
    return linked(court, objection, "reconsideration")


def reviewed(court: Engine, case: str, ruling: str) -> None:
    """A reconsideration that the upper court rules on."""
    filing = person("zheng", "filing_judge", court=UPPER)
    act(court, case, "accept", filing, "reconsideration_request")
    act(court, case, "assign", person("chu", "bureau_chief", court=UPPER), officer_id="qian")
    act(court, case, "receive_file", QIAN, "file")
    act(court, case, "join_panel", person("chen", "panel", court=UPPER))
    act(court, case, ruling, QIAN, "ruling")
    voted(court, case, ruling, UPPER)


def due(court: Engine, case: str, rule: str) -> list[tuple[str, date | None]]:
    found = court.deadlines(case, live=False)
    return [(limit.key, limit.due_day) for limit in found if limit.rule == rule]


def test_a_third_partys_objection_stops_the_disposal_of_that_lot_alone(
    court: Engine, enforcement: str
) -> None:
    said: dict[str, Any] = {"objector": "o1", "objection_on": date(2025, 3, 3)}
    act(court, enforcement, "receive_lot_objection", LI, "objection", about="house", **said)
    assert disposals(court) == {"house": "stayed", "car": "valuing"}
    case = linked(court, enforcement, "objection")
    assert (court.case(case).data["kind"], court.case(case).data["subject"]) == (
        "third_party",
        "house",
    )
    with pytest.raises(Refused, match="under review"):
        act(court, enforcement, "go_on_with_lot", LI, about="house")
    act(court, case, "accept", FILING, "objection")
    assert due(court, case, "decide_third_party") == [("", date(2025, 3, 18))]
    ruled(court, case, "stop")
    assert triggers(court, enforcement)[-2:] == ["objection_accepted", "objection_upheld"]
    assert [task.name for task in court.tasks(case_id=enforcement)].count("act_on_objection") == 1
    with pytest.raises(Refused, match="under review"):
        act(court, enforcement, "go_on_with_lot", LI, about="house")


def test_a_disposal_goes_on_fifteen_days_after_the_objection_is_rejected(
    court: Engine, enforcement: str, clock: VirtualClock
) -> None:
    said: dict[str, Any] = {"objector": "o1", "objection_on": date(2025, 3, 3)}
    act(court, enforcement, "receive_lot_objection", LI, "objection", about="car", **said)
    case = linked(court, enforcement, "objection")
    act(court, case, "accept", FILING, "objection")
    ruled(court, case, "reject")
    served = {"lot__dismissal_served_on": date(2025, 3, 3)}
    kinds = ("objection_ruling",)
    act(court, enforcement, "lot_objection_dismissed", LI, *kinds, about="car", **served)
    with pytest.raises(Refused) as refused:
        act(court, enforcement, "go_on_with_lot", LI, about="car")
    assert [o.code for o in refused.value.obstacles] == ["gate"]
    clock.set(at("2025-03-19 00:01"))
    act(court, enforcement, "go_on_with_lot", LI, about="car")
    assert disposals(court) == {"house": "valuing", "car": "valuing"}


def test_nobody_who_enforced_sits_on_the_panel(court: Engine, enforcement: str) -> None:
    said: dict[str, Any] = {
        "objector": "d1",
        "objection_on": date(2025, 3, 3),
        "conduct_objected": "查封",
    }
    act(court, enforcement, "receive_objection", LI, "objection", **said)
    case = linked(court, enforcement, "objection")
    act(court, case, "accept", FILING, "objection")
    with pytest.raises(Refused) as refused:
        act(court, case, "join_panel", person("li", "panel"))
    assert {o.code for o in refused.value.obstacles} == {"same-person"}
    act(court, case, "join_panel", person("wang", "panel"))


def test_a_closed_objection_opens_its_reconsideration_above_and_is_told_the_result(
    court: Engine, enforcement: str
) -> None:
    objection = objected(court)
    assert court.case(objection).closing_mode == "rejected"
    assert due(court, objection, "reconsideration") == [("d1", date(2025, 3, 24))]
    case = appealed(court, objection)
    opened = court.case(case)
    assert (opened.court, opened.procedure, opened.data["subject"]) == (
        UPPER,
        "reconsideration",
        "超标的查封",
    )
    reviewed(court, case, "uphold")
    assert due(court, case, "decide") == [("", date(2025, 4, 21))]
    assert court.case(case).closing_mode == "upheld"
    assert triggers(court, objection)[-1] == "reconsideration_upheld"
    assert court.verify(rules=True).findings == ()


def test_what_is_sent_back_is_reviewed_again_by_others(court: Engine, enforcement: str) -> None:
    objection = objected(court)
    reviewed(court, appealed(court, objection), "remand")
    assert "act_on_reconsideration" in [t.name for t in court.tasks(case_id=objection)]
    with pytest.raises(Refused) as refused:
        act(court, objection, "review_again", WU, "reconsideration_ruling")
    assert "same-person" in [o.code for o in refused.value.obstacles]
    act(court, objection, "assign", CHIEF, officer_id="han")
    han = person("han", "officer")
    act(court, objection, "review_again", han, "reconsideration_ruling")
    court.approve(objection, "review_again", actor=CHIEF)
    found = court.case(objection)
    assert (found.state, found.closed_at) == ("review", None)


def test_a_case_is_cancelled_here_and_opened_there_and_each_knows_the_other(
    court: Engine, enforcement: str
) -> None:
    feng = person("feng", "officer", court=UPPER)
    both = Actor.of("zheng", f"filing_judge@{LOWER}", f"filing_judge@{UPPER}")
    said: dict[str, Any] = {"ground": "six_months", "original_court": LOWER}
    court.open_case(
        "cross_enforcement", actor=both, court=UPPER, id="x", officer="", data=said,
        documents=papers(["request"]),
    )  # fmt: skip
    chief = person("chu", "bureau_chief", court=UPPER)
    act(court, "x", "assign", chief, officer_id="feng")
    court.link("x", "original", "e", actor=both)
    act(court, "x", "hear_parties", feng, "opinion_record")
    to = {"manner": "designated", "receiving_court": OTHER}
    act(court, "x", "designate", feng, "ruling", **to)
    voted(court, "x", "designate", UPPER)
    assert "hand_over_case" in [task.name for task in court.tasks(case_id="e")]
    moving = ("designation_ruling", "file_list")
    with pytest.raises(Refused, match="every realisation is concluded"):
        act(court, "e", "cancel", LI, *moving, receiving_court=OTHER)
    for lot in court.query(parent="e"):
        act(court, lot.id, "withdraw", LI, withdrawal="moved", reason="移送朝阳法院执行")
    house: dict[str, Any] = {"asset__what": "房屋", "asset__kind": "immovable"}
    act(court, "e", "seize_asset", LI, about="house", asset__number="京房1", **house)
    (before,) = measures(court, "e")
    took = {"in_effect_on": date(2025, 3, 3)}
    act(court, before, "take_effect", LI, "assistance_notice", **took)
    act(court, before, "record_condition", LI, only_home=True)
    act(court, "e", "freeze_equity", LI)
    act(court, "e", "cancel", LI, *moving, receiving_court=OTHER)
    assert court.case("e").closing_mode == "cancelled"
    assert court.case("x").state == "transferred"
    there = court.case(linked(court, "e", "taken_over"))
    assert (there.court, there.procedure, str(there.data["claim"])) == (
        OTHER,
        "first_enforcement",
        "500000.00",
    )
    assert [(known.case_id, known.is_of) for known in there.links] == [("e", True)]
    clerks = person("tang", "filing_judge", court=OTHER)
    legal: dict[str, Any] = ACCEPTED
    act(court, there.id, "accept", clerks, "application", **legal)
    yang, his = (
        person(n, r, court=OTHER) for n, r in (("yang", "officer"), ("gu", "bureau_chief"))
    )
    act(court, there.id, "assign", his, assigned_officer="yang")
    act(court, there.id, "issue_notice", yang, "notice", "report_order")
    act(court, there.id, "receive_measures", yang, "file_list")
    (seized,) = measures(court, there.id)
    assert court.case(before).went_to == (OTHER, seized)
    frozen = [m for m in court.query(parent=there.id) if m.procedure == "equity"]
    assert [m.officer for m in frozen] == ["yang"], "shares go with the rest"
    president, assets = Actor.of("pan", "president", at="all"), CourtAssets(court)
    assert assets.queue("京房1", actor=president).marks == ("only_home",)
    act(court, seized, "record_condition", yang, only_home=False)
    assert assets.queue("京房1", actor=president).marks == ()
    assert due(court, seized, "term_immovable") == [("", date(2028, 3, 3))]
    assert court.case(there.id).data["asset"][0]["number"] == "京房1"
    act(court, "x", "confirm_taken_over", feng, "acceptance_notice")
    assert court.case("x").closing_mode == "taken_over"
    assert court.verify(rules=True).findings == ()


def test_preserved_assets_pass_over_to_the_enforcement_with_their_terms(
    court: Engine, enforcement: str, clock: VirtualClock
) -> None:
    said: dict[str, Any] = {
        "stage": "pre_enforcement",
        "amount": "500000",
        "performance_until": date(2025, 3, 3),
    }
    court.open_case(
        "preservation", actor=FILING, court=LOWER, id="p", data=said,
        documents=papers(["application"]),
    )  # fmt: skip
    act(court, "p", "order", FILING, "ruling")
    act(court, "p", "assign", CHIEF, officer_id="wu")
    for id, what, kind in (("house", "房屋", "immovable"), ("car", "车辆", "movable")):
        act(court, "p", "list_asset", WU, about=id, asset__what=what, asset__kind=kind)
        act(court, "p", "seize", WU, about=id)
    house, car = measures(court, "p")
    act(court, house, "take_effect", WU, "assistance_notice", in_effect_on=date(2025, 3, 3))
    act(court, car, "queue", WU, "assistance_notice", measures_before=1)
    assert due(court, "p", "enforce") == [("", date(2025, 3, 10))]
    with pytest.raises(Refused, match="no enforcement is linked"):
        act(court, "p", "pass_on", WU)
    act(court, "p", "tell_last_days", WU, "expiry_notice")
    act(court, "p", "close_complete", WU)
    court.link("p", "enforcement", enforcement, actor=FILING)
    act(court, "p", "pass_on", WU)
    assert (measures(court, "p"), measures(court, enforcement)) == ([], [house, car])
    taken = {asset["id"]: asset["what"] for asset in court.case(enforcement).data["asset"]}
    assert taken == {"house": "房屋", "car": "车辆"}
    assert [court.case(car).data["rank"], court.case(car).officer] == [2, "li"]
    assert due(court, house, "term_immovable") == [("", date(2028, 3, 3))]
    promoted = {"in_effect_on": date(2025, 3, 3)}
    act(court, car, "promote", LI, "assistance_notice", "reply", **promoted)
    assert triggers(court, enforcement)[-1] == "measure_effective"
    clock.set(at("2028-03-04 00:01"))
    court.run_due()
    assert court.case(house).closing_mode == court.case(car).closing_mode == "lapsed"
    assert triggers(court, enforcement)[-1] == "measure_ended"
    assert court.verify(rules=True).otherwise == ()


def test_a_freeze_in_the_suit_keeps_its_last_day_and_its_rank_in_the_court_that_enforces(
    court: Engine,
) -> None:
    """法释〔2015〕5号第168条: frozen on 2025-01-10, it ends on 2026-01-10 wherever it is."""
    both = Actor.of("he", f"filing_judge@{LOWER}", f"filing_judge@{OTHER}")
    said = {"stage": "in_suit", "amount": "500000", "performance_until": date(2025, 3, 3)}
    court.open_case(
        "preservation", actor=FILING, court=LOWER, id="p", data=said,
        documents=papers(["application"]),
    )  # fmt: skip
    act(court, "p", "order", FILING, "ruling")
    act(court, "p", "assign", CHIEF, officer_id="wu")
    account: dict[str, Any] = {"asset__what": "存款", "asset__kind": "deposit"}
    act(court, "p", "list_asset", WU, about="a", asset__number="6222 01", **account)
    act(court, "p", "seize", WU, about="a")
    (here,) = measures(court, "p")
    frozen = {"in_effect_on": date(2025, 1, 10)}
    act(court, here, "take_effect", WU, "assistance_notice", **frozen)
    asked = {"applicant": "a1", "debtor": "d1", "claim": "500000", "account": "6222"}
    court.open_case(
        "first_enforcement", actor=both, court=OTHER, id="e", data=asked,
        documents=papers(["application"]),
    )  # fmt: skip
    legal: dict[str, Any] = ACCEPTED
    act(court, "e", "accept", both, "application", **legal)
    gu = person("gu", "bureau_chief", court=OTHER)
    act(court, "e", "assign", gu, assigned_officer="yang")
    court.link("p", "enforcement", "e", actor=both)
    act(court, "p", "pass_on", WU)
    (there,) = measures(court, "e")
    moved = court.case(there)
    assert (moved.court, moved.officer, moved.data["rank"]) == (OTHER, "yang", 1)
    assert due(court, there, "term_deposit") == [("", date(2026, 1, 10))]
    assert due(court, there, "ask_to_renew") == [("", date(2025, 12, 31))]  # new year
    assert court.verify(rules=True).otherwise == ()


def measures(court: Engine, case: str) -> list[str]:
    return [found.id for found in court.query(parent=case) if found.procedure == "seizure"]


def test_a_buyer_in_default_forfeits_the_deposit_and_owes_the_rest_of_the_difference(
    court: Engine, enforcement: str, clock: VirtualClock
) -> None:
    """The published sale of 2018 in Changle, in days of 2025: 1,552,000, then 1,204,000, with a
    deposit of 100,000."""
    lot = next(c.id for c in court.query(parent=enforcement) if c.about == "house")
    debtor = {"recipient__name": "d", "recipient__standing": "debtor"}
    begun = {"reported_price": "1600000", "kind": "immovable"}
    valid = {"valid_from": date(2025, 3, 3), "valid_until": date(2026, 3, 2)}
    plan = {"start_price": "1120000", "increment": "2000", "deposit": "100000"}
    act(court, lot, "register_recipient", CLERK, about="d1", **debtor)
    act(court, lot, "negotiate", LI, "negotiation_notice", answer_by=date(2025, 3, 3))
    act(court, lot, "set_price", LI, "price_agreement", **begun, **valid)

    def auction(told: str, announced: str, on: str, price: str, buyer: str) -> None:
        clock.set(at(f"{told} 10:00"))
        notified = {"recipient__told_on": date.fromisoformat(told)}
        act(court, lot, "notify_parties", CLERK, "auction_notification", about="d1", **notified)
        clock.set(at(f"{announced} 10:00"))
        day = date.fromisoformat(on)
        act(
            court, lot, "announce_first", LI, "auction_notice",
            **plan, pre_emption="无", auction_on=day, auction_at=at(f"{on} 10:00"),
        )  # fmt: skip
        voted(court, lot, "announce_first")
        clock.set(at(f"{on} 10:00") + timedelta(days=1))
        act(court, lot, "sell", LI, "sale_confirmation", price=price, buyer=buyer)

    auction("2025-03-04", "2025-03-07", "2025-04-10", "1552000", "zheng")
    with pytest.raises(Refused, match="not over"):
        act(court, lot, "default", LI, "reauction_ruling")
    clock.set(at("2025-04-29 09:00"))
    court.run_due()
    assert court.case(lot).state == "sold"
    act(court, lot, "default", LI, "reauction_ruling", about="first")
    auction("2025-04-29", "2025-05-06", "2025-06-10", "1204000", "wu")
    data = court.case(lot).data
    assert (data["still_owed"], data["deposit_left"]) == (Decimal("248000"), Decimal("0"))
    assert [d["name"] for d in data["defaulter"]] == ["zheng"]
    act(court, lot, "pay_balance", CLERK, "payment_proof")
    act(court, lot, "set_aside", LI, "set_aside_ruling")
    undone = court.case(lot)
    assert (undone.state, undone.data["to_return"]) == ("priced", Decimal("1204000"))
