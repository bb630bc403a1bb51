"""Every adapter with its far side, over real sockets: what is asked is done there, and what the far
side says of itself is what was done."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.simulated import START, Court
from zhixing import adapters
from zhixing.adapters import (
    Archive,
    Arrival,
    Auction,
    BadRequest,
    CaseFunds,
    Companies,
    ElectronicFile,
    ElectronicPost,
    Gateway,
    Lists,
    NetworkInquiry,
    NodeUpload,
    Operation,
    OtherCourts,
    Partners,
    Police,
    Post,
    PublicDisclosure,
    RealEstate,
    Reconcilable,
    Securities,
    ShortMessages,
    Simulator,
    TrialSystem,
    Valuation,
    Vehicles,
    known_operations,
)

MONDAY = date(2025, 1, 6)
EVERY: tuple[type[Gateway], ...] = (
    NetworkInquiry,
    CaseFunds,
    RealEstate,
    Vehicles,
    Companies,
    Securities,
    Lists,
    Partners,
    Auction,
    Valuation,
    ElectronicPost,
    ShortMessages,
    Post,
    Police,
    TrialSystem,
    ElectronicFile,
    PublicDisclosure,
    Archive,
    NodeUpload,
)


@contextmanager
def court_beside(adapter: type[Gateway], seed: int = 1) -> Iterator[Court]:
    """A court and a far side on a clock that is ticked.

    When all is done the far side is started again on its ledger: it is what it was, and has
    answered what it had answered.
    """
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger"
        with Simulator(adapter.name, seed, ledger=ledger, clock="ticks") as far:
            court = TickedCourt(adapter(far.url), far)
            yield court
            state, answers = far.world(), [court.answers(key) for key in court.keys]
        with Simulator(adapter.name, seed, ledger=ledger, clock="ticks") as far:
            again = Court(adapter(far.url), far)
            assert far.world() == state
            assert [again.answers(key) for key in court.keys] == answers


class TickedCourt(Court):
    """A court whose far side's clock goes on for an hour whenever it waits for an answer."""

    def last(self, key: str) -> Any:
        found = super().last(key)
        if found is None:
            self.days_pass(1 / 24)
        return found

    def books(self, *kinds: str) -> list[tuple[str, str, str, str]]:
        """(key, kind, subject, amount) of what the far side did, of these kinds."""
        assert isinstance(self.adapter, Reconcilable)
        found = self.adapter.entries(MONDAY, MONDAY + timedelta(days=2000))
        return [
            (e.key, e.kind, e.subject, str(e.amount)) for e in found if e.kind in kinds or not kinds
        ]


# -- what holds for all


@pytest.mark.parametrize("adapter", EVERY, ids=lambda a: a.name)
def test_an_adapter_is_installed_and_can_be_set_up(adapter: type[Gateway]) -> None:
    known = known_operations()
    assert {f"{adapter.name}.{name}" for name in adapter.operations} <= set(known)
    assert adapter.from_environment({}) is None
    made = adapter.from_environment({f"ZHIXING_{adapter.name.upper()}_URL": "http://127.0.0.1:1"})
    assert isinstance(made, adapter) and isinstance(made, Reconcilable)


def test_what_is_installed_is_what_is_here() -> None:
    here = {a.name for a in EVERY} | {OtherCourts.name}  # who speaks with a court, not a simulator
    assert {name.partition(".")[0] for name in known_operations()} == here
    assert {a.__name__ for a in EVERY} <= set(adapters.__all__)


@pytest.mark.parametrize("adapter", EVERY, ids=lambda a: a.name)
def test_what_an_operation_says_of_itself_is_so(adapter: type[Gateway]) -> None:
    for name, operation in adapter.operations.items():
        fields = set(operation.request.model_fields)
        assert operation.name == name
        assert {operation.counterparty, operation.ordered_by} - {""} <= fields
        assert operation.taken_back_by in ("", *adapter.operations)
        assert operation.latency < operation.silence
        assert (operation.request.__doc__ or "").strip().splitlines()[0].endswith((".", ";", ":"))


def test_waiting_may_be_shortened_for_a_far_side_that_answers_at_once() -> None:
    adapter = Post("http://127.0.0.1:1", latency=timedelta(0))
    assert adapter.operations["send"].latency == timedelta(0)
    assert Post.operations["send"].latency == timedelta(days=3)


@pytest.mark.parametrize("amount", ["-1", "0", "1.005", "1e30", "NaN", "Infinity"])
def test_money_is_money(amount: str) -> None:
    registry = adapters.AdapterRegistry([NetworkInquiry("http://127.0.0.1:1")])
    with pytest.raises(BadRequest, match="amount"):
        registry.request("network.freeze", {"person": "p", "amount": amount})


def test_what_moves_money_or_takes_freedom_is_never_sent_twice() -> None:
    once = {name for name, operation in known_operations().items() if not operation.repeatable}
    assert once == {
        "network.transfer",
        "case_funds.release",
        "case_funds.refund",
        "police.detain",
    }


# -- 1: the network


def test_the_second_freeze_waits_and_is_promoted_when_the_first_is_lifted() -> None:
    with court_beside(NetworkInquiry) as court:
        court.far.happens("open_account", person="p", account="1", bank="ICBC", balance="500.00")
        freeze = {"person": "p", "account": "1"}
        first = court.asked("freeze", amount="800.00", **freeze)
        assert (first["frozen"], first["rank"]) == (Decimal("500.00"), 1), "what is there"
        assert (first["effective_on"], first["until"]) == (MONDAY, date(2026, 1, 6))
        second = court.asked("freeze", amount="100.00", **freeze)
        assert (second["frozen"], second["rank"], second["until"]) == (0, 2, None)
        assert court.asked("status", number=second["number"])["state"] == "waiting"
        waiting = court.keys[1]
        assert court.asked("lift", number=first["number"], amount="750.00") == {
            "lifted": Decimal("750.00"),
            "frozen": Decimal("50.00"),
        }
        promoted = court.answers(waiting)[-1]
        assert (promoted.kind, promoted.data["frozen"]) == ("promoted", "100.00")
        assert court.asked("lift", number=first["number"])["frozen"] == 0
        assert court.refused("lift", number=first["number"]) == "the freeze is lifted"
        assert court.refused("renew", number="none") == "no such freeze"
        assert [kind for _, kind, *_ in court.books()] == [
            "freeze",
            "freeze",
            "promotion",
            "lift",
            "lift",
        ]


def test_a_freeze_lapses_unless_it_is_renewed_before_its_end() -> None:
    with court_beside(NetworkInquiry) as court:
        court.far.happens("open_account", person="p", account="1", bank="ICBC", balance="500.00")
        one = court.asked("freeze", person="p", amount="10.00", months=1)
        two = court.asked("freeze", person="p", amount="20.00", months=1)
        assert court.asked("renew", number=one["number"])["until"] == date(2026, 2, 6)
        court.days_pass(32)
        assert court.asked("status", number=two["number"])["state"] == "lapsed"
        assert court.asked("status", number=one["number"])["state"] == "effective"
        court.days_pass(366)
        assert court.refused("transfer", number=one["number"], amount="1", to_account="c") == (
            "the freeze is lapsed"
        )


def test_a_transfer_takes_what_is_frozen_and_no_more() -> None:
    with court_beside(NetworkInquiry) as court:
        for number, balance in [("1", "30.00"), ("2", "50.00")]:
            account = {"account": number, "balance": balance, "bank": "ABC"}
            court.far.happens("open_account", person="p", **account)
        number = court.asked("freeze", person="p", amount="70.00")["number"]
        transfer = {"number": number, "to_account": "court"}
        assert court.refused("transfer", amount="70.01", **transfer) == "more than is frozen"
        assert court.asked("transfer", amount="45.50", **transfer)["frozen"] == Decimal("24.50")
        court.asked("transfer", amount="24.50", **transfer)
        assert court.asked("status", number=number)["state"] == "transferred"
        world = court.far.world()
        assert world["transferred"] == {"court": "70.00"}
        assert [a["balance"] for a in world["accounts"].values()] == ["0.00", "10.00"]


def test_another_court_may_have_been_first() -> None:
    with court_beside(NetworkInquiry) as court:
        court.far.happens("open_account", person="p", account="1", bank="ICBC", balance="100.00")
        court.far.happens("freeze_elsewhere", account="1", amount="60.00")
        mine = court.asked("freeze", person="p", amount="90.00")
        assert (mine["rank"], mine["frozen"]) == (2, Decimal("40.00"))
        court.far.happens("pay_in", account="1", amount="1000.00")
        assert court.asked("status", number=mine["number"])["frozen"] == Decimal("90.00")


def test_a_worklist_is_answered_item_by_item() -> None:
    with court_beside(NetworkInquiry) as court:
        court.far.happens("open_account", person="p", account="1", bank="ICBC", balance="5.00")
        items = [{"person": "p", "amount": "3.00"}, {"person": "p", "amount": "9.00"}]
        items.append({"person": "p", "amount": "1.00", "account": "none"})
        done = court.asked("freeze_all", items=items)
        assert [(i.frozen, i.reason) for i in done["items"]] == [
            (Decimal("3.00"), ""),
            (Decimal("2.00"), ""),
            (0, "no such account"),
        ]
        parts = [a for a in court.answers(court.keys[-1]) if a.kind == "partial"]
        assert [part.data["outstanding"] for part in parts] == [2, 1]
        found = court.asked("inquire_all", persons=["p", "q"])
        assert [item.person for item in found["items"]] == ["p", "q"]
        assert court.asked("ask", person="p", bank="ICBC")["found"] == Decimal("5.00")
        assert court.refused("ask", person="p", bank="nothing") == "no such bank"


# -- 7: case funds


def test_an_account_gives_no_more_than_it_got() -> None:
    with court_beside(CaseFunds) as court:
        account = court.asked("open_account", case_number="(2025)示01执1号")["account"]
        watching = court.send("receipts", account=account)
        court.far.happens("receipt", account=account, amount="1000.10", payer="d", memo="执行款")
        court.far.happens("receipt", account=account, amount="0.05", payer="?")
        court.days_pass(0.1)
        receipts = court.answers(watching)
        assert [(a.kind, a.data["amount"]) for a in receipts] == [
            ("partial", "1000.10"),
            ("partial", "0.05"),
        ]
        payment = {
            "account": account,
            "payee": "creditor",
            "payee_account": "62",
            "voucher": "v1",
            "decided_by": ["a", "b"],
        }
        assert (
            court.refused("release", amount="1000.16", **payment) == "more than is on the account"
        )
        paid = court.asked("release", amount="1000.00", **payment)
        assert paid["balance"] == Decimal("0.15")
        stranger = {"account": account, "receipt": receipts[1].data["receipt"]}
        assert court.asked("refund", **stranger)["amount"] == Decimal("0.05")
        assert court.refused("refund", **stranger) == "more than came in"
        assert court.refused("close_account", account=account) == "there is money on it"
        assert court.asked("balance", account=account)["balance"] == Decimal("0.10")
        told = court.asked("statement", day=MONDAY)
        assert (told["opening"], told["received"], told["paid"], told["closing"]) == (
            Decimal("0.00"),
            Decimal("1000.15"),
            Decimal("1000.05"),
            Decimal("0.10"),
        )
        assert [line.kind for line in told["lines"]] == ["receipt", "receipt", "release", "refund"]
        assert court.asked("statement", day="2025-01-05")["closing"] == 0
        amounts = [amount for _, kind, _, amount in court.books("receipt", "release", "refund")]
        assert amounts == ["1000.10", "0.05", "1000.00", "0.05"]
        court.asked("release", amount="0.10", **payment)
        court.asked("close_account", account=account)
        assert court.answers(watching)[-1].final


# -- 2: registers


@pytest.mark.parametrize(
    ("register", "days"), [(RealEstate, 0), (Vehicles, 0), (Companies, 1), (Securities, 1)]
)
def test_a_register_seals_in_the_order_of_receipt(register: type[Gateway], days: int) -> None:
    with court_beside(register) as court:
        court.far.happens("register", person="p", thing="t", description="one thing")
        seal = {"person": "p", "thing": "t", "months": 24}
        first = court.asked("seal", **seal)
        effective = MONDAY + timedelta(days=days)
        assert (first["rank"], first["effective_on"]) == (1, effective)
        assert first["until"] == effective.replace(year=2027)
        second, third = court.asked("seal", **seal), court.asked("seal", **seal)
        waiting = court.keys[-2:]
        assert [(s["rank"], s["until"]) for s in (second, third)] == [(2, None), (3, None)]
        (thing,) = court.asked("query", person="p")["things"]
        assert thing.seals == 3
        assert court.refused("seal", person="q", thing="t", months=1).startswith("it is not")
        transfer = {"number": second["number"], "to_person": "buyer"}
        assert court.refused("transfer", **transfer) == "another seal comes first"
        court.asked("release", number=first["number"], thing="t")
        assert court.answers(waiting[0])[-1].kind == "promoted"
        assert court.asked("status", number=third["number"])["rank"] == 2
        court.asked("transfer", **transfer)
        assert court.asked("status", number=third["number"])["state"] == "disposed"
        assert court.asked("query", person="buyer")["things"][0].seals == 0
        assert [kind for _, kind, *_ in court.books()] == [
            *["seal"] * 3,
            "release",
            "promotion",
            "transfer",
        ] or days == 1


def test_a_seal_lapses_and_the_next_one_counts_from_then() -> None:
    with court_beside(Vehicles) as court:
        court.far.happens("register", person="p", thing="沪A1")
        assert court.refused("seal", person="p", thing="沪A1", months=36).startswith("no longer")
        court.far.happens("seal_elsewhere", thing="沪A1", months=6)
        mine = court.asked("seal", person="p", thing="沪A1", months=24)
        assert mine["rank"] == 2
        court.days_pass(200)
        status = court.asked("status", number=mine["number"])
        assert (status["state"], status["effective_on"]) == ("effective", date(2025, 7, 7))
        assert court.asked("renew", number=mine["number"], months=1)["until"] == date(2027, 8, 7)


# -- 3: lists


def test_the_list_is_published_with_the_next_days_batch() -> None:
    with court_beside(Lists) as court:
        listing = {"list": "dishonest", "person": "p", "name": "某", "case_number": "1"}
        key = court.send("publish", ground="evades", **listing)
        court.days_pass(0.5)
        assert court.answers(key) == []
        court.days_pass(0.6)
        (answer,) = court.answers(key)
        number = answer.data["number"]
        assert answer.data["published_on"] == "2025-01-07"
        assert court.refused("publish", ground="evades", **listing).startswith("the person is")
        court.asked("correct", number=number, name="某某")
        deleted = court.asked("delete", number=number, ground="performed")
        assert deleted["deleted_on"] > date(2025, 1, 8)
        assert court.refused("delete", number=number, ground="again") == "no such entry"
        assert [kind for _, kind, *_ in court.books()] == ["listing", "correction", "deletion"]
        assert court.far.world()["entries"][number]["name"] == "某某"


# -- 4: partners


def test_every_unit_gives_its_receipt_and_a_withdrawal_reaches_those_that_got_it() -> None:
    with court_beside(Partners) as court:
        for unit in ("railway", "customs", "tax"):
            court.far.happens("down", unit=unit)
        key = court.send("push", person="p", name="某", case_number="1", measure="dishonest")
        court.days_pass(3)
        receipts = court.answers(key)
        assert len(receipts) == 41 and not any(a.final for a in receipts)
        assert receipts[-1].data["outstanding"] == 3
        court.far.happens("up", unit="tax")
        number = receipts[0].data["number"]
        court.far.happens("down", unit="education")
        withdrawal = court.send("withdraw", number=number, ground="performed")
        court.days_pass(3)
        assert court.last(withdrawal) is None, "one that got it is down"
        court.far.happens("up", unit="education")
        court.days_pass(1)
        final = court.last(withdrawal)
        reached = {receipt["unit"] for receipt in final.data["receipts"]}
        assert len(reached) == 42 and not reached & {"railway", "customs"}
        court.far.happens("up", unit="railway")
        court.days_pass(1)
        assert not any(court.far.world()["known"].values()), "nobody is told after all"
        assert court.refused("withdraw", number=number, ground="again") == "it is withdrawn"


# -- 5: auctions

LOT: dict[str, Any] = {
    "thing": "t",
    "title": "房产",
    "kind": "immovable",
    "reference_price": "100000.00",
    "start_price": "70000.00",
    "increment": "1000.00",
    "deposit": "10000.00",
}


def test_a_lot_is_announced_bid_for_sold_and_paid() -> None:
    with court_beside(Auction) as court:
        low = LOT | {"start_price": "69999.99"}
        assert court.refused("create", **low) == "the start price is at least 70000.00"
        number = court.asked("create", **LOT)["number"]
        early = {"number": number, "opens_on": "2025-01-20"}
        assert court.refused("announce", **early) == "the notice is 30 days before at least"
        announced = court.send("announce", number=number, opens_on="2025-02-10")
        court.days_pass(35.01)
        court.far.happens("bid", number=number, bidder="me", price="90000.00")
        court.far.happens("bid", number=number, bidder="you", price="95000.00")
        court.days_pass(1.01)
        *bids, result = court.answers(announced)
        assert len(bids) >= 2 and all(a.data["outcome"] == "bid" for a in bids)
        assert result.data["outcome"] == "sold" and len(bids) == result.data["bids"]
        buyer, price = result.data["bidder"], Decimal(result.data["price"])
        deposits = court.asked("deposits", number=number)["deposits"]
        assert {d.state for d in deposits} == {"held", "returned"}
        payment = court.send("payment", number=number)
        court.far.happens("pay", number=number)
        court.days_pass(0.1)
        paid = court.last(payment)
        assert (paid.data["outcome"], Decimal(paid.data["paid"])) == ("paid", price)
        assert paid.data["bidder"] == buyer
        assert court.refused("withdraw", number=number, reason="late") == "the lot is paid"


def test_a_lot_may_be_withdrawn_fail_or_be_left_by_its_buyer() -> None:
    outcomes = set()
    for seed in range(12):
        with court_beside(Auction, seed) as court:
            number = court.asked("create", **LOT)["number"]
            announced = court.send("announce", number=number, opens_on="2025-02-10")
            court.days_pass(60)
            result = court.last(announced).data["outcome"]
            if result == "sold":
                result = court.asked("payment", number=number)["outcome"]
            outcomes.add(result)
    assert {"paid", "failed"} <= outcomes
    with court_beside(Auction) as court:
        number = court.asked("create", **LOT)["number"]
        announced = court.send("announce", number=number, opens_on="2025-02-10")
        court.asked("withdraw", number=number, reason="settled")
        court.days_pass(60)
        (answer,) = court.answers(announced)
        assert answer.final and answer.data["outcome"] == "withdrawn"


# -- 6: valuation


def test_a_price_is_found_by_three_methods() -> None:
    with court_beside(Valuation) as court:
        thing = {"thing": "t", "description": "房产"}
        court.far.happens("worth", thing="t", price="1000000.00")
        online = court.asked("inquire_online", **thing)
        assert len(online["quotes"]) == 3 and court.now - START >= timedelta(days=3)
        mean = sum(quote.price for quote in online["quotes"]) / 3
        assert abs(online["price"] - mean) <= Decimal("0.01")
        directed = court.asked("inquire_directed", office="tax", **thing)
        assert court.refused("object", number=directed["number"], reason="low").startswith("nobody")
        assert court.asked("object", number=online["number"], reason="low")["price"] > 0
        appraisal = court.send("appraise", appraiser="a", **thing)
        court.asked("withdraw", thing="t")
        assert court.last(appraisal).kind == "refused"
        key = court.send("appraise", appraiser="a", **thing)
        court.days_pass(31)
        assert court.last(key).data["method"] == "appraisal"


# -- 8: service


@pytest.mark.parametrize(
    ("adapter", "sent", "days"),
    [
        (ElectronicPost, {"address": "a@b", "papers": ["notice"]}, 0.1),
        (ShortMessages, {"telephone": "13800000000", "text": "您好"}, 0.1),
        (Post, {"address": "somewhere", "papers": ["notice"]}, 11),
    ],
)
def test_what_is_sent_is_delivered_or_returned_with_a_reason(
    adapter: type[Gateway], sent: dict[str, Any], days: float
) -> None:
    with court_beside(adapter, seed=1) as court:
        court.far.happens("unreachable", person="gone", reason="moved")
        keys = [court.send("send", person=person, **sent) for person in ("here", "gone")]
        court.days_pass(days)
        here, gone = [court.last(key) for key in keys]
        assert (here.data["outcome"], gone.data["outcome"]) == ("delivered", "returned")
        assert gone.data["reason"] == "moved"
        assert here.data["signed_by"] == ("here" if adapter is Post else "")
        assert sorted(kind for _, kind, *_ in court.books()) == ["delivered", "returned"]


# -- 9: police


def test_the_police_look_hold_and_let_go() -> None:
    with court_beside(Police) as court:
        lost = court.send("locate_vehicle", plate="沪A1")
        found = court.send("locate_person", person="p")
        court.days_pass(5)
        court.far.happens("seen", what="p", place="车站")
        court.days_pass(0.1)
        assert court.last(found).data["place"] == "车站"
        court.days_pass(30)
        assert court.last(lost).data["is_found"] is False
        assert court.asked("household", person="p")["address"]
        ban = court.asked("ban_exit", person="p", decision="d", until="2025-12-31")
        court.asked("lift_exit_ban", number=ban["number"])
        assert court.refused("lift_exit_ban", number=ban["number"]) == "no such ban"
        detained = court.asked("detain", person="p", decision="d", days=15)
        assert detained["until"] - detained["since"] == timedelta(days=15)
        assert court.refused("detain", person="p", decision="e", days=1).endswith("custody")
        court.days_pass(16)
        assert court.far.world()["custody"] == {}


# -- 10: the court's own systems


def test_the_courts_other_systems_answer_at_once() -> None:
    for adapter in (TrialSystem, ElectronicFile, PublicDisclosure, Archive):
        assert {o.arrives for o in adapter.operations.values()} == {Arrival.AT_ONCE}
    with court_beside(TrialSystem) as court:
        decided = {"suit_number": "s", "creditor": "a", "debtor": "p", "principal": "5000.00"}
        court.far.happens("decided", effective_on="2024-12-01", **decided)
        asset = {"asset": "1", "amount": "300.00", "until": "2026-01-10"}
        court.far.happens("preserved", suit_number="s", **asset)
        assert court.asked("basis", suit_number="s")["principal"] == Decimal("5000.00")
        (kept,) = court.asked("preserved_assets", suit_number="s")["assets"]
        assert kept.until == date(2026, 1, 10)
        assert court.refused("basis", suit_number="none") == "no such suit"
        assert court.now == START, "nobody waited"
    with court_beside(ElectronicFile) as court:
        for number in range(2):
            filed = court.asked("file", case_number="1", title="裁定书", digest=f"{number}" * 64)
        assert filed["papers"] == 2
        assert len(court.asked("contents", case_number="1")["papers"]) == 2
    with court_beside(PublicDisclosure) as court:
        page = court.asked("publish", case_number="1", kind="for_now", text="终本裁定")
        court.asked("withdraw", number=page["number"])
        assert court.far.world()["pages"] == {}
    with court_beside(Archive) as court:
        case = {"case_number": "1", "closing_mode": "performed", "papers": 12}
        assert court.asked("archive", **case)["number"]
        assert court.refused("archive", **case) == "the case is archived"


# -- 11: nodes


def test_a_batch_of_nodes_has_a_receipt_that_names_its_errors() -> None:
    with court_beside(NodeUpload) as court:
        nodes = [
            {"case_number": "1", "code": code, "day": day}
            for code, day in [("001", "2025-01-06"), ("041", "2025-01-06"), ("003", "2025-01-07")]
        ]
        receipt = court.asked("upload", day="2025-01-06", nodes=nodes)
        assert receipt["accepted"] == 1
        assert [(error.place, error.reason) for error in receipt["errors"]] == [
            (1, "no such node"),
            (2, "after the day of the batch"),
        ]
        assert court.far.world()["nodes"] == {"1/001": "2025-01-06"}


def test_operations_are_typed() -> None:
    for name, operation in known_operations().items():
        assert isinstance(operation, Operation), name
        for shape in (operation.request, operation.answer):
            assert shape.model_config.get("frozen"), (name, shape)
