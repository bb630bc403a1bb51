"""Persons: one identity over many cases and courts, whose number stands nowhere as written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.court.debts import CHARTER, officer
from zhixing.adapters import Call, Operation, Reply
from zhixing.court import CourtLists, CourtPersons
from zhixing.engine import (
    Actor,
    BadIdentityKey,
    DataError,
    Dispatcher,
    Engine,
    NoIdentityKey,
    NotAllowed,
    Refused,
    Replacement,
    VirtualClock,
)
from zhixing.testing.adapters import AnyData
from zhixing.workflow import definition_from_text

EAST, WEST = officer("east"), officer("west")
PRESIDENT = Actor.of("president", "president", at="all")
INSPECTOR = Actor.of("shen", "audit_admin", at="all")
KEY = b"a secret of the court, always the same"
ZHANG, COMPANY = "11010519491231002X", "91350100M000100Y43"

FLOW = definition_from_text("""
id: flow
title: {zh: 案件, en: a case}
version: 1
effective: 2024-01-01
calendar: none
roles: {officer: {title: {zh: 承办人, en: officer}}}
data:
  name: {type: text, searchable: true, title: {zh: 姓名, en: name}}
  number: {type: identity, title: {zh: 证件号码, en: number of his document}}
  dead: {type: flag, default: false, title: {zh: 已死亡, en: dead}}
  bankrupt: {type: flag, default: false, title: {zh: 已破产, en: bankrupt}}
  claim: {type: money, default: 0, title: {zh: 标的, en: claim}}
  received: {type: money, default: 0, title: {zh: 到账, en: received}}
  paid: {type: money, default: 0, title: {zh: 发放, en: paid}}
  other:
    type: records
    title: {zh: 其他当事人, en: other parties}
    fields:
      name: {type: text, searchable: true, title: {zh: 姓名, en: name}}
      number: {type: identity, title: {zh: 证件号码, en: number}}
      may: {type: flag, default: false, title: {zh: 特别授权, en: may take money}}
documents: {proof: {title: {zh: 依据, en: proof}}}
persons:
  debtor: {title: {zh: 被执行人, en: debtor}, side: debtor, number: number, name: name,
    conditions: {deceased: dead, bankrupt: bankrupt}}
  proxy: {title: {zh: 代理人, en: proxy}, side: proxy, each: other, number: number, name: name,
    may_receive: may}
accounts: {funds: {title: {zh: 案款, en: funds}, claim: claim, received: received, paid_out: paid}}
forms:
  opening: {title: {zh: 立案, en: opening}, fields: {name: {}, number: {}, claim: {}, other: {}}}
  count: {title: {zh: 收支, en: count}, fields: {received: {}, paid: {}}}
  told: {title: {zh: 登记, en: told},
    fields: {dead: {overwrites: true}, bankrupt: {overwrites: true}}}
requests:
  ask: {title: {zh: 查询, en: ask}, operation: far.ask, sends: {person: case.number}}
powers:
  open: {by: officer, form: opening}
  correct: {by: officer, documents: proof}
modes: {done: {zh: 完, en: done}}
initial: open
sub_procedures: {listing: {title: {zh: 失信名单, en: list}, procedure: listing}}
states:
  open: {title: {zh: 办理, en: open}}
  done: {title: {zh: 完, en: done}, closes: done, leaves: [listing, funds]}
transitions:
  - {trigger: tell, title: {zh: 登记, en: tell}, from: open, to: stay, by: officer, form: told}
  - {trigger: count, title: {zh: 收支, en: count}, from: open, to: stay, by: officer, form: count}
  - {trigger: list, title: {zh: 列入, en: list}, from: open, to: stay, by: officer, opens: listing}
  - {trigger: ask, title: {zh: 查询, en: ask}, from: open, to: stay, by: officer, asks: ask}
  - {trigger: sell, title: {zh: 变卖, en: sell}, from: open, to: stay, by: officer,
      when: "!persons.debtor.bankrupt && !case.bankrupt",
      otherwise: {zh: 被执行人已破产, en: the debtor is bankrupt}}
  - {trigger: end, title: {zh: 完, en: end}, from: open, to: done, by: officer,
      when: persons.debtor.cases == 0}
""")
LISTING = definition_from_text("""
id: listing
title: {zh: 失信名单, en: list}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
powers: {open: {by: procedure}}
modes: {off: {zh: 撤销, en: off}}
initial: listed
states:
  listed: {title: {zh: 已列入, en: listed}}
  off: {title: {zh: 撤销, en: off}, closes: off}
transitions:
  - {trigger: delist, title: {zh: 撤销, en: delist}, from: listed, to: off, by: officer}
""")


class Far:
    """A far side that keeps what it was asked."""

    name = "far"

    def __init__(self) -> None:
        self.operations = {"ask": Operation("ask", AnyData, AnyData)}
        self.asked: list[Any] = []

    def send(self, call: Call) -> Reply:
        self.asked.append(call.payload.model_dump())
        return Reply()


def engine_on(database: str, clock: VirtualClock, **more: Any) -> Engine:
    given = {"clock": clock, "drafts": True, "upgrade": True, "identity_key": KEY, **more}
    return Engine(database, [FLOW, LISTING], **given)


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with engine_on(database, clock) as engine:
        engine.set_first_charter(CHARTER)
        yield engine


def opened(court: Engine, id: str, who: Actor, number: str = ZHANG, **data: Any) -> None:
    known = {"name": "张三", "number": number, "claim": "100", **data}
    at = who.id.partition("@")[2]
    court.open_case("flow", id=id, actor=who, court=at, officer=who.id, data=known)


def everything_in(court: Engine) -> str:
    """Every value of every table, as one text."""
    parts = []
    with court.database.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()
            parts += [json.dumps(dict(row), default=str, ensure_ascii=False) for row in rows]
    return "\n".join(parts)


def test_one_person_is_seen_over_the_cases_of_two_courts(court: Engine) -> None:
    opened(court, "a", EAST)
    opened(court, "b", WEST, "1101 0519 4912 3100 2x", name="张叁")
    opened(court, "c", WEST, COMPANY, name="某公司")
    found = CourtPersons(court).look_up(ZHANG, actor=PRESIDENT, why="（2025）执1号")
    assert [(case.case_id, case.court, case.side) for case in found.cases] == [
        ("a", "east", "debtor"),
        ("b", "west", "debtor"),
    ]
    assert (found.number, found.names, found.claimed) == (
        "110***********002X",
        ("张三", "张叁"),
        200,
    )


def test_the_number_stands_nowhere_in_the_database_and_in_no_export(court: Engine) -> None:
    opened(court, "a", EAST, other=[{"name": "李律师", "number": COMPANY}])
    replaced = Replacement(data={"number": "E12345678"})
    given: dict[str, Any] = {"note": "证件号录错", "documents": {"proof": "p.pdf"}}
    court.correct("a", actor=EAST, replace={1: replaced}, **given)
    with pytest.raises(DataError) as wrong:
        opened(court, "b", EAST, "110105194912310021")
    CourtPersons(court).look_up(ZHANG, actor=PRESIDENT, why="x")
    kept = everything_in(court) + court.export_case("a", actor=INSPECTOR).model_dump_json()
    assert "110105194912310021" not in str(wrong.value) + kept
    for number in (ZHANG, COMPANY, "E12345678"):
        assert number not in kept
    assert court.case("a").data["number"].startswith("E12**5678#")
    assert court.verify(rules=True).found == 0


def test_a_number_as_cases_hold_it_may_be_brought_again_and_not_made_up(court: Engine) -> None:
    opened(court, "a", EAST)
    held = court.case("a").data["number"]
    opened(court, "b", WEST, held)
    assert court.case("b").data["number"] == held
    forged = (held[:-1] + ("0" if held[-1] != "0" else "1"), "999" + held[3:], f"XXXXX#{'0' * 32}")
    for number in forged:
        with pytest.raises(DataError) as refused:
            opened(court, "c", EAST, number)
        assert number not in json.dumps(refused.value.as_json())
    assert len(CourtPersons(court).look_up(ZHANG, actor=PRESIDENT, why="x").cases) == 2


def test_what_is_claimed_of_a_person_is_less_what_was_paid(court: Engine) -> None:
    opened(court, "a", EAST)
    court.fire("a", "count", actor=EAST, data={"received": "70", "paid": "60"})
    assert CourtPersons(court).look_up(ZHANG, actor=PRESIDENT, why="x").claimed == 40


def test_a_corrected_number_is_another_person(court: Engine) -> None:
    opened(court, "a", EAST)
    given: dict[str, Any] = {"note": "证件号录错", "documents": {"proof": "p.pdf"}}
    court.correct("a", actor=EAST, replace={1: Replacement(data={"number": COMPANY})}, **given)
    persons = CourtPersons(court)
    assert persons.look_up(ZHANG, actor=PRESIDENT, why="x").cases == ()
    assert len(persons.look_up(COMPANY, actor=PRESIDENT, why="x").cases) == 1


def test_what_one_case_says_of_a_person_every_case_of_his_knows(court: Engine) -> None:
    opened(court, "a", EAST)
    opened(court, "b", WEST)
    court.fire("b", "sell", actor=WEST)
    court.fire("a", "tell", actor=EAST, data={"bankrupt": True})
    with pytest.raises(Refused):
        court.fire("b", "sell", actor=WEST)
    found = CourtPersons(court).look_up(ZHANG, actor=PRESIDENT, why="x")
    assert found.conditions == {"bankrupt": ("a",)}
    court.fire("a", "tell", actor=EAST, data={"bankrupt": False})
    court.fire("b", "sell", actor=WEST)
    assert court.verify(rules=True).otherwise == ()


def test_other_open_cases_of_a_person_are_counted(court: Engine) -> None:
    opened(court, "a", EAST)
    opened(court, "b", WEST)
    with pytest.raises(Refused):
        court.fire("a", "end", actor=EAST)


def test_who_is_listed_twice_is_told(court: Engine) -> None:
    for id, who in (("a", EAST), ("b", WEST)):
        opened(court, id, who)
        court.fire(id, "list", actor=who)
    found = CourtPersons(court).look_up(ZHANG, actor=PRESIDENT, why="x")
    assert found.doubled == ("listing",)
    assert [one.of_case for one in found.running] == ["a", "b"]
    (sub,) = court.query(parent="b")
    court.fire(sub.id, "delist", actor=WEST)
    assert CourtPersons(court).look_up(ZHANG, actor=PRESIDENT, why="x").doubled == ()


def test_a_proxy_in_a_list_of_records_says_whether_he_may_take_money(court: Engine) -> None:
    opened(court, "a", EAST, other=[{"name": "李律师", "number": COMPANY, "may": True}])
    (case,) = CourtPersons(court).look_up(COMPANY, actor=PRESIDENT, why="x").cases
    assert (case.side, case.name, case.may_receive) == ("proxy", "李律师", True)


def test_the_default_is_no_and_who_looked_is_kept(court: Engine) -> None:
    opened(court, "a", EAST)
    persons = CourtPersons(court)
    with pytest.raises(NotAllowed):
        persons.look_up(ZHANG, actor=EAST, why="x")
    persons.look_up(ZHANG, actor=PRESIDENT, why="（2025）执9号")
    (row,) = CourtLists(court).exports(actor=INSPECTOR).rows
    assert (row.what, row.actor, row.filters["why"]) == ("person", "president", "（2025）执9号")


def test_without_a_key_no_number_is_taken(database: str, clock: VirtualClock) -> None:
    with engine_on(database, clock, identity_key=None) as court:
        court.set_first_charter(CHARTER)
        with pytest.raises(NoIdentityKey):
            opened(court, "a", EAST)
        assert court.query() == ()
    with pytest.raises(BadIdentityKey):
        engine_on(database, clock, identity_key=b"short")


def test_with_another_key_nobody_is_known_again(database: str, clock: VirtualClock) -> None:
    with engine_on(database, clock) as court:
        court.set_first_charter(CHARTER)
        opened(court, "a", EAST)
    with engine_on(database, clock, identity_key=KEY[::-1]) as court:
        assert CourtPersons(court).look_up(ZHANG, actor=PRESIDENT, why="x").cases == ()


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_far_side_gets_the_number_where_it_is_kept_encrypted(
    database: str, clock: VirtualClock, is_kept: bool
) -> None:
    far = Far()
    with engine_on(database, clock, reversible_identities=is_kept, adapters=[far]) as court:
        court.set_first_charter(CHARTER)
        opened(court, "a", EAST)
        court.fire("a", "ask", actor=EAST)
        Dispatcher(court).run_all_due()
        assert ZHANG not in everything_in(court)
        if is_kept:
            assert far.asked == [{"person": ZHANG}]
        else:
            assert far.asked == []
            (incident,) = court.incidents()
            assert "reversible_identities" in incident.message


def test_cases_are_found_by_fields_that_are_searchable(court: Engine) -> None:
    opened(court, "a", EAST, name="Zhang San")
    opened(court, "b", WEST, other=[{"name": "李 律师"}])
    lists = CourtLists(court)

    def found(**where: str) -> list[str | None]:
        return [row.case_id for row in lists.cases(actor=PRESIDENT, where=where).rows]

    assert found(name="ｚｈａｎｇ SAN") == ["a"]
    assert found(**{"other.name": "李律师"}) == ["b"]
    assert found(name="zhang") == []
    assert lists.due(actor=PRESIDENT, where={"name": "张三"}).rows == ()


@pytest.mark.parametrize(
    "number", ["", "1", "110105194912310021", "91350100M000100Y44", "110105194913310020", 5]
)
def test_numbers_that_cannot_be_right_are_refused_without_showing_them(
    court: Engine, number: Any
) -> None:
    with pytest.raises(DataError) as refused:
        opened(court, "a", EAST, number)
    assert len(str(number)) < 5 or str(number) not in json.dumps(refused.value.as_json())


_LIST, _FIELD, _PERSON, _NAME = "l" * 63, "f" * 63, "p" * 63, "n" * 63
LONG = definition_from_text(
    f"""
id: long
title: {{zh: 案件, en: a case}}
version: 1
effective: 2024-01-01
roles: {{officer: {{title: {{zh: 承办人, en: officer}}}}}}
data:
  {_LIST}:
    type: records
    title: {{zh: 当事人, en: parties}}
    fields:
      {_FIELD}: {{type: text, searchable: true, title: {{zh: 姓名, en: name}}}}
      {_NAME}: {{type: identity, title: {{zh: 证件号码, en: number}}}}
persons:
  {_PERSON}: {{title: {{zh: 当事人, en: party}}, side: other, each: {_LIST}, number: {_NAME}}}
holds: {{asset: wide, kind: wide, debtor: wide, standing: {{effective: open}}}}
forms: {{opening: {{title: {{zh: 立案, en: opening}}, fields: {{{_LIST}: {{}}, wide: {{}}}}}}}}
powers: {{open: {{by: officer, form: opening}}}}
modes: {{done: {{zh: 完, en: done}}}}
initial: open
states:
  open: {{title: {{zh: 办理, en: open}}}}
  done: {{title: {{zh: 完, en: done}}, closes: done}}
transitions:
  - {{trigger: end, title: {{zh: 完, en: end}}, from: open, to: done, by: officer}}
""".replace("data:\n", "data:\n  wide: {type: text, title: {zh: 长, en: wide}}\n", 1)
)


def test_the_longest_names_and_texts_that_a_case_may_have_fit(
    database: str, clock: VirtualClock
) -> None:
    """What PostgreSQL would refuse SQLite keeps: both are asked."""
    case, record = "c" * 64, {"id": "r" * 64, _FIELD: "x" * 5_000, _NAME: COMPANY}
    given: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True, "identity_key": KEY}
    with Engine(database, LONG, **given) as court:
        court.set_first_charter(CHARTER)
        data = {_LIST: [record], "wide": "y" * 5_000}
        court.open_case("long", id=case, actor=EAST, court="east", officer=EAST.id, data=data)
        (known,) = CourtPersons(court).look_up(COMPANY, actor=PRESIDENT, why="x").cases
        assert known.case_id == case
