"""Records: several debtors in one case, each with its own limits, documents, tasks, requests and
sub-procedures; conditions over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import DATA, at
from zhixing.adapters import Answer
from zhixing.engine import Actor, Engine, LateAct, Refused, Replacement, VirtualClock, ZhixingError
from zhixing.workflow import definition_from_text, load_definition

LI, WANG, CHIEF = Actor.of("li", "clerk"), Actor.of("wang", "officer"), Actor.of("zhao", "chief")
DEBTORS = [{"id": "zhang", "name": "张三", "bank": "工行"}, {"name": "李四", "days": 20}]
NOTICE = {"notice": "n.pdf"}


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    definitions = [load_definition(DATA / f"{name}.yaml") for name in ("debtors", "listing")]
    with Engine(database, definitions, clock=clock, drafts=True, upgrade=True) as engine:
        data = {"claim": "100", "debtor": DEBTORS}
        engine.open_case("debtors", id="x", actor=LI, officer="wang", data=data)
        yield engine


def serve(court: Engine, about: str, day: str, **more: Any) -> None:
    data = {"debtor.served_on": day}
    court.fire("x", "serve", actor=LI, about=about, data=data, documents=NOTICE, **more)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [obstacle.code for obstacle in refused.value.obstacles]


def due(court: Engine, **which: Any) -> dict[str, tuple[date | None, str]]:
    limits = court.deadlines("x", **which)
    return {d.key: (d.due_day, str(d.status)) for d in limits if d.rule == "report"}


def of(court: Engine, about: str) -> dict[str, Any]:
    return next(r for r in court.case("x").data["debtor"] if r["id"] == about)


def sound(court: Engine) -> None:
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())


def test_a_record_without_an_id_is_called_by_its_place_and_has_its_defaults(court: Engine) -> None:
    zhang, second = court.case("x").data["debtor"]
    assert zhang == {
        "id": "zhang",
        "name": "张三",
        "days": 10,
        "listed": False,
        "found": Decimal("0.00"),
    }, "its bank is sealed"
    assert (second["id"], second["name"], second["days"]) == ("2", "李四", 20)


@pytest.mark.parametrize(
    ("debtors", "field"),
    [
        ("zhang", "debtor"),
        ([{"id": "a"}, {"id": "a"}], "debtor"),
        ([{"id": "no blanks"}], "debtor"),
        (["zhang"], "debtor.1"),
        ([{"nmae": "x"}], "debtor.1.nmae"),
        ([{"found": "1.005"}], "debtor.1.found"),
        ([{}, {"served_on": "03-03"}], "debtor.2.served_on"),
        ([{}] * 2001, "debtor"),
    ],
)
def test_what_is_no_record_is_told_at_its_place(court: Engine, debtors: Any, field: str) -> None:
    with pytest.raises(ZhixingError) as refused:
        court.open_case("debtors", id="y", actor=LI, data={"claim": "1", "debtor": debtors})
    assert (refused.value.code, refused.value.data["field"]) == ("data-value", field)


def test_an_act_is_about_one_record_and_says_which(court: Engine) -> None:
    data = {"debtor.served_on": "2025-03-03"}
    for about, code in [("", "about-none"), ("wu", "no-record")]:
        with pytest.raises(Refused) as refused:
            court.fire("x", "serve", actor=LI, about=about, data=data, documents=NOTICE)
        assert codes(refused) == [code]
    with pytest.raises(Refused) as refused:
        court.fire("x", "inquire_all", actor=WANG, about="zhang")
    assert codes(refused) == ["not-about-one"]
    serve(court, "zhang", "2025-03-03")
    assert of(court, "zhang")["served_on"] == date(2025, 3, 3)
    assert "served_on" not in of(court, "2")
    with pytest.raises(Refused) as refused:
        serve(court, "zhang", "2025-03-04")
    assert codes(refused) == ["known-fact"]
    sound(court)


@pytest.mark.parametrize("about", ["x" * 65, "a\x1b[2J", 5])
def test_an_id_that_is_no_text_is_told(court: Engine, about: Any) -> None:
    with pytest.raises(ZhixingError) as refused:
        court.fire("x", "called", actor=LI, about=about)
    assert refused.value.code == "text"


def test_each_has_limits_of_its_own_by_its_own_fields(court: Engine, clock: VirtualClock) -> None:
    serve(court, "zhang", "2025-03-03")
    serve(court, "2", "2025-03-01")
    assert due(court) == {
        "zhang": (date(2025, 3, 13), "running"),
        "2": (date(2025, 3, 21), "running"),
    }
    court.fire("x", "report", actor=WANG, about="2")
    assert due(court) == {"zhang": (date(2025, 3, 13), "running")}
    clock.set(at("2025-03-14 08:00"))
    court.run_due()
    assert due(court)["zhang"] == (date(2025, 3, 13), "expired")
    assert [(a.kind, a.key) for a in court.alerts(case_id="x")][-1] == ("expired", "zhang")
    fired = [e for e in court.history("x") if e.trigger == "remind"]
    assert [e.given["about"] for e in fired] == ["zhang"], "the clock acts about the same record"
    sound(court)


def test_a_gate_of_one_record_holds_up_no_other(court: Engine, clock: VirtualClock) -> None:
    serve(court, "zhang", "2025-02-24")
    serve(court, "2", "2025-03-03")
    court.run_due()
    court.fire("x", "propose_listing", actor=WANG, about="zhang")
    with pytest.raises(Refused) as refused:
        court.fire("x", "propose_listing", actor=WANG, about="2")
    assert codes(refused) == ["gate"]


def test_a_corrected_field_of_a_record_moves_its_limit(court: Engine) -> None:
    serve(court, "zhang", "2025-03-03")
    new = {2: Replacement(data={"debtor.served_on": "2025-02-24"})}
    proof = {"proof": "slip.pdf"}
    court.correct("x", actor=WANG, note="slip", documents=proof, replace=new)
    court.approve("x", "correct", actor=CHIEF)
    assert due(court)["zhang"][0] == date(2025, 3, 6)
    assert of(court, "zhang")["served_on"] == date(2025, 2, 24)
    act = LateAct("report", date(2025, 3, 3), about="zhang")
    court.correct("x", actor=WANG, note="lay in the file", documents=proof, enter=act)
    court.approve("x", "correct", actor=CHIEF)
    assert due(court, live=False)["zhang"] == (date(2025, 3, 6), "met")
    court.correct("x", actor=WANG, note="of the other", documents=proof, annul=[2])
    assert court.case("x").waiting, "it would annul what came after"
    sound(court)


def test_what_happened_earlier_is_entered_about_its_record(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-03-05 09:00"))
    serve(court, "2", "2025-03-03", happened_at=date(2025, 3, 3))
    assert due(court)["2"][0] == date(2025, 3, 24)
    assert court.case_at("x", date(2025, 3, 5)).data == court.case("x").data
    sound(court)


def test_records_are_added_also_with_approval(court: Engine) -> None:
    data = {"debtor.name": "王五", "debtor.bank": "农行"}
    court.fire("x", "add_debtor", actor=WANG, about="wu", data=data)
    assert len(court.case("x").data["debtor"]) == 2, "it waits"
    court.approve("x", "add_debtor", actor=CHIEF)
    assert of(court, "wu") == {
        "id": "wu",
        "name": "王五",
        "days": 10,
        "listed": False,
        "found": Decimal("0.00"),
    }
    with pytest.raises(Refused) as refused:
        court.fire("x", "add_debtor", actor=WANG, about="wu", data=data)
    assert codes(refused) == ["record-known"]
    with pytest.raises(ZhixingError) as bad:
        court.fire("x", "add_debtor", actor=WANG, about="no blanks", data=data)
    assert bad.value.code == "data-value"
    assert court.case_at("x", date(2025, 3, 3)).data == court.case("x").data
    sound(court)


def test_balances_are_sums_over_records(court: Engine) -> None:
    for amount in ("60", "0.55"):
        data = {"receipt.amount": amount, "receipt.on": "2025-03-03"}
        court.fire("x", "receive", actor=WANG, data=data)
    assert court.case("x").data["received"] == Decimal("60.55")
    assert [r["id"] for r in court.case("x").data["receipt"]] == ["1", "2"]


def test_closing_asks_all_records(court: Engine, clock: VirtualClock) -> None:
    receipt = {"receipt.amount": "100", "receipt.on": "2025-03-03"}
    court.fire("x", "receive", actor=WANG, data=receipt)
    serve(court, "zhang", "2025-03-03")
    ruling = {"ruling": "r.pdf"}
    with pytest.raises(Refused) as refused:
        court.fire("x", "close", actor=WANG, documents=ruling)
    missing = [o.item for o in refused.value.obstacles if o.code == "checklist"]
    assert missing == ["served", "over", "recent"]
    serve(court, "2", "2025-03-03")
    clock.set(at("2025-03-14 09:00"))
    court.run_due()
    lines = {line.item: line.is_complete for line in court.checklist("x", "close")}
    assert lines == {"served": True, "over": False, "recent": True}, "the last one's time runs"
    clock.set(at("2025-03-25 09:00"))
    court.run_due()
    assert court.fire("x", "close", actor=WANG, documents=ruling).closing_mode == "performed"
    sound(court)


def test_each_has_tasks_of_its_own(court: Engine) -> None:
    serve(court, "zhang", "2025-03-03")
    serve(court, "2", "2025-03-03")
    tasks = {task.about: task for task in court.tasks(case_id="x")}
    assert set(tasks) == {"zhang", "2"}
    court.claim_task("x", tasks["2"].id, actor=WANG)
    with pytest.raises(Refused) as refused:
        court.fire("x", "called", actor=LI, about="2")
    assert codes(refused) == ["claimed"]
    court.fire("x", "called", actor=LI, about="zhang")
    assert [task.about for task in court.tasks(case_id="x")] == ["2"]
    sound(court)


def test_each_has_sub_procedures_of_its_own(court: Engine, clock: VirtualClock) -> None:
    serve(court, "zhang", "2025-02-24")
    serve(court, "2", "2025-02-24")
    court.run_due()
    court.fire("x", "propose_listing", actor=WANG, about="zhang")
    with pytest.raises(Refused) as refused:
        court.fire("x", "propose_listing", actor=WANG, about="zhang")
    assert codes(refused) == ["guard"]
    court.fire("x", "propose_listing", actor=WANG, about="2")
    children = {c.about: c for c in court.query(procedure="listing")}
    assert {about: c.data["name"] for about, c in children.items()} == {
        "zhang": "张三",
        "2": "李四",
    }
    court.fire(children["2"].id, "publish", actor=WANG)
    assert (of(court, "zhang")["listed"], of(court, "2")["listed"]) == (False, True)
    sound(court)


def test_each_is_asked_about_and_its_answer_is_its_own(court: Engine) -> None:
    court.fire("x", "inquire", actor=WANG, about="2")
    court.fire("x", "inquire_all", actor=WANG)
    query = sa.text("SELECT id, about, payload FROM zx_outbox ORDER BY id")
    with court.transaction(writes=False) as transaction:
        rows = transaction.connection.execute(query).all()
    assert [row.about for row in rows] == ["2", "zhang", "2"]
    assert ["张三" in str(row.payload) or "\\u5f20" in str(row.payload) for row in rows][1]
    court.receive(Answer(rows[1].id, "m1", "answered", {"found": "5.00"}), "network")
    assert of(court, "zhang")["found"] == Decimal("5.00")
    assert of(court, "2")["found"] == Decimal("0.00")
    sound(court)


def test_what_is_possible_is_told_for_each(court: Engine) -> None:
    serve(court, "zhang", "2025-02-24")
    court.run_due()
    found = {(p.trigger, p.about): p.allowed for p in court.possible("x", actor=WANG)}
    assert found["propose_listing", "zhang"] and not found["propose_listing", "2"]
    assert ("add_debtor", "") in found


def test_a_party_and_the_court_see_of_each_what_they_may(court: Engine) -> None:
    serve(court, "zhang", "2025-03-03")
    seen = court.party_view("x", "applicant")
    assert seen.documents == {"notice": 1}
    assert seen.data == {
        "debtor": [{"name": "张三", "served_on": date(2025, 3, 3)}, {"name": "李四"}]
    }
    assert court.case("x").sealed == ("debtor.bank",)
    assert court.case("x").documents == {"notice@zhang": ["n.pdf"]}
    first = court.history("x")[0]
    assert "工行" not in str((first.changes, first.given)), "also not in history"


def test_preview_and_repetition_know_the_record(court: Engine) -> None:
    data = {"debtor.served_on": "2025-03-03"}
    court.preview("x", "serve", actor=LI, about="zhang", data=data, documents=NOTICE)
    assert "served_on" not in of(court, "zhang")
    for _ in range(2):
        serve(court, "zhang", "2025-03-03", request_id="r1")
    assert len([e for e in court.history("x") if e.trigger == "serve"]) == 1
    with pytest.raises(ZhixingError) as reused:
        serve(court, "2", "2025-03-03", request_id="r1")
    assert reused.value.code == "request-reused"


TEXT = (DATA / "debtors.yaml").read_text(encoding="utf-8")
CHECK = """\
  - {trigger: check, each: receipt, title: {zh: 核对, en: check}, from: filed, to: stay,
     by: officer, checklist: served}
"""
SERVED = """\
  served:
    title: {zh: 均已送达, en: all served}
    items: {served: {title: {zh: 均已送达, en: every debtor is served}, documents: notice}}
modes: """


def changed(*edits: tuple[str, str]) -> Engine:
    """A court whose procedure is otherwise, with one case."""
    text = TEXT
    for before, after in edits:
        assert before in text
        text = text.replace(before, after, 1)
    definitions = [definition_from_text(text, "d.yaml"), load_definition(DATA / "listing.yaml")]
    clock = VirtualClock(at("2025-03-03 09:00"))
    court = Engine("sqlite://", definitions, clock=clock, drafts=True)
    data = {"claim": "100", "debtor": DEBTORS}
    court.open_case("debtors", id="x", actor=LI, officer="wang", data=data)
    return court


def test_records_of_two_lists_may_have_one_id() -> None:
    edits = ("transitions:\n", f"transitions:\n{CHECK}"), ("modes: ", SERVED)
    with changed(*edits) as court:
        serve(court, "zhang", "2025-03-03")
        receipt = {"receipt.amount": "1", "receipt.on": "2025-03-03"}
        court.fire("x", "receive", actor=WANG, about="zhang", data=receipt)
        with pytest.raises(Refused) as refused:
            court.fire("x", "check", actor=WANG, about="zhang")
        assert [o.item for o in refused.value.obstacles] == ["served"], "the other one is not"
        serve(court, "2", "2025-03-03")
        court.fire("x", "check", actor=WANG, about="zhang")
        assert set(court.case("x").documents) == {"notice@zhang", "notice@2"}


REPORT = next(line for line in TEXT.splitlines(True) if "trigger: report," in line)
REFUSABLE = """\
  - {trigger: report, each: debtor, title: {zh: 收到报告, en: report}, from: filed, to: stay,
     by: officer, approval: chief, if_refused: dropped}
  - {trigger: dropped, each: debtor, title: {zh: 不予, en: dropped}, from: filed, to: stay,
     by: procedure, sets: {debtor.days: 99}}
"""


def test_what_a_refusal_sets_off_is_about_the_same_record() -> None:
    with changed((REPORT, REFUSABLE)) as court:
        court.fire("x", "report", actor=WANG, about="2")
        court.reject("x", "report", actor=CHIEF, note="not signed")
        assert (of(court, "zhang")["days"], of(court, "2")["days"]) == (10, 99)
        sound(court)


def test_word_about_a_record_reaches_an_act_that_is_about_none() -> None:
    line = "  - {trigger: listed, each: debtor,"
    plain = "  - {trigger: listed,"
    with changed((line, plain), (", sets: {debtor.listed: true}}", "}")) as court:
        serve(court, "zhang", "2025-02-24")
        court.run_due()
        court.fire("x", "propose_listing", actor=WANG, about="zhang")
        (child,) = court.query(procedure="listing")
        court.fire(child.id, "publish", actor=WANG)
        assert court.history("x")[-1].trigger == "listed"


def test_the_page_of_a_case_names_records_and_their_documents(court: Engine) -> None:
    serve(court, "zhang", "2025-03-03")
    page = court.case_page("x", actor=Actor.of("zhou", "audit_admin"))
    for shown in ("姓名: 张三", "送达日: 2025-03-03", "执行通知书 zhang"):
        assert shown in page
    assert "served_on" not in page.partition("<h2>历史")[0]
