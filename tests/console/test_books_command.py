"""`zhixing ledger …`, `asset …`, `person …`, `case family` as people type them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import DATA, ROOT
from tests.console.test_command import zhixing
from tests.court.debts import CHARTER
from tests.court.test_persons import FLOW, KEY, LISTING, ZHANG
from tests.court.test_shares import EAST, SHARING, VECTORS, opened
from zhixing.engine import Actor, Engine
from zhixing.workflow import definition_from_text, load_definition

WANG, CHEN = Actor.of("wang", "officer"), Actor.of("chen", "cashier")
PRESIDENT = ("--as", "zhao", "--role", "president")
FINANCE = ("--as", "sun", "--role", "system_admin")
BANK = "reference,amount,day,party\nS1,600.00,2025-03-03,zhang\nS9,33.00,2025-03-03,nobody\n"


@pytest.fixture
def on(tmp_path: Path) -> tuple[str, ...]:
    """A court with a debt, on which 600 came in, and of which one asset is seized."""
    database = f"sqlite:///{tmp_path}/court.db"
    books = [load_definition(DATA / "books" / f"{name}.yaml") for name in ("debt", "measure")]
    difference = load_definition(ROOT / "definitions/cn/difference.yaml")
    given = {"identity_key": KEY, "drafts": True, "upgrade": True}
    with Engine(database, [*books, difference, FLOW, LISTING], **given) as court:
        data = {"claim": "1000", "debtor": "D1", "asset": [{"number": "京A-1", "kind": "movable"}]}
        court.open_case("debt", id="a", actor=WANG, officer="wang", data=data)
        receipt = {"receipts.amount": "600", "receipts.on": "2025-03-03", "receipts.slip": "S1"}
        court.fire("a", "receive", actor=CHEN, data=receipt)
        court.fire("a", "seize", actor=WANG, about="1")
        (measure,) = court.query(parent="a")
        court.fire(measure.id, "order", actor=WANG, data={"amount": "300"})
        court.fire(measure.id, "register", actor=WANG)
        person = {"name": "张三", "number": ZHANG, "claim": "100"}
        court.open_case("flow", id="p", actor=WANG, officer="wang", data=person)
    return ("--db", database)


def test_the_account_of_a_case_is_shown_in_two_languages(on: tuple[str, ...]) -> None:
    shown = zhixing("ledger", "show", "a", *on, "--lang", "zh").stdout
    assert "收 600.00，支 0，余 600.00" in shown and "到账" in shown
    assert "in 600.00" in zhixing("ledger", "show", "a", *on, "--lang", "en").stdout
    found = json.loads(zhixing("ledger", "show", "a", "--on", "2025-03-02", *on, "--json").stdout)
    assert (found["held"], found["entries"]) == ("0", [])
    wrong = zhixing("ledger", "show", "a", "--account", "x", *on)
    assert wrong.returncode == 1 and "no-account" in wrong.stderr + wrong.stdout
    assert zhixing("ledger", "show", "nothing", *on).returncode == 1


def test_money_that_lies_here_is_listed_and_balances(on: tuple[str, ...]) -> None:
    assert zhixing("ledger", "balance", *on, *PRESIDENT).returncode == 0
    rows = json.loads(zhixing("list", "money", *on, *PRESIDENT, "--json").stdout)["rows"]
    assert [(row["case_id"], row["held"]) for row in rows] == [("a", "600.00")]
    entries = json.loads(zhixing("ledger", "book", "2025-03-03", *on, *PRESIDENT, "--json").stdout)
    assert [entry["reference"] for entry in entries["entries"]] == ["S1"]
    for figures in ("realised", "ageing"):
        assert "600.00" in zhixing("ledger", figures, *on, *PRESIDENT).stdout
    assert zhixing("ledger", "realised", "--by", "moon", *on, *PRESIDENT).returncode == 1


def test_a_day_of_the_bank_that_differs_ends_with_one(on: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    file.write_text(BANK)
    given = ("ledger", "reconcile", str(file), "--day", "2025-03-03", *on, "--drafts")
    found = zhixing(*given, *FINANCE, "--definitions", str(ROOT / "definitions/cn"), "--json")
    assert found.returncode == 1, found.stderr
    (mismatch,) = json.loads(found.stdout)["mismatches"]
    assert (mismatch["reference"], mismatch["what"]) == ("S9", "not-here")
    assert mismatch["difference"]
    assert zhixing(*given, "--as", "wang").returncode == 1  # who may not
    file.write_bytes(BANK.replace("nobody", "无名氏").encode("gb18030"))
    (again,) = json.loads(zhixing(*given, *FINANCE, "--json").stdout)["mismatches"]
    assert (again["party"], again["difference"]) == ("无名氏", mismatch["difference"])
    for nonsense, code in ((b"nonsense", "bank-statement"), (b"\xff\xff\x00", "table-file")):
        file.write_bytes(nonsense)
        broken = zhixing(*given, *FINANCE)
        assert broken.returncode == 1 and code in broken.stderr + broken.stdout
        assert "Traceback" not in broken.stderr


def test_the_queue_of_an_asset_is_for_those_who_may_look_it_up(on: tuple[str, ...]) -> None:
    found = json.loads(zhixing("asset", "queue", "京a１", *on, *PRESIDENT, "--json").stdout)
    assert [(m["of_case"], m["rank"]) for m in found["measures"]] == [("a", 1)]
    told = zhixing("asset", "of-debtor", "D1", *on, *PRESIDENT, "--lang", "zh").stdout
    assert "控制数额 300.00" in told
    refused = zhixing("asset", "queue", "京a１", *on, "--as", "wang")
    assert refused.returncode == 1 and "not-allowed" in refused.stderr + refused.stdout


def test_a_person_is_looked_up_with_the_key_of_the_court(
    on: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("person", ZHANG, "--why", "x", *on, *PRESIDENT)
    without = zhixing(*asked)
    assert without.returncode == 1 and "identity-key-missing" in without.stderr + without.stdout
    monkeypatch.setenv("ZHIXING_IDENTITY_KEY", str(tmp_path / "nothing"))
    gone = zhixing(*asked)
    assert gone.returncode == 1 and "identity-key-file" in gone.stderr + gone.stdout
    (tmp_path / "key").write_bytes(KEY + b"\n")
    monkeypatch.setenv("ZHIXING_IDENTITY_KEY", str(tmp_path / "key"))
    found = zhixing(*asked, "--lang", "zh")
    assert found.returncode == 0, found.stderr
    assert "110***********002X 张三" in found.stdout and ZHANG not in found.stdout
    assert zhixing("person", "12345", "--why", "x", *on, *PRESIDENT).returncode == 0
    wrong = zhixing("person", "110105194912310021", "--why", "x", *on, *PRESIDENT)
    assert wrong.returncode == 1 and "110105194912310021" not in wrong.stderr + wrong.stdout


def test_the_family_of_a_case_is_shown(on: tuple[str, ...]) -> None:
    found = json.loads(zhixing("case", "family", "a", *on, "--json").stdout)
    assert [case["distance"] for case in found["cases"]] == [0, 1]
    assert found["relations"][0]["name"] == "measure"
    assert "a 查封" in zhixing("case", "family", "a", *on, "--lang", "zh").stdout
    assert zhixing("case", "family", "nothing", *on).returncode == 1


def test_cases_are_listed_by_a_searchable_field(on: tuple[str, ...]) -> None:
    asked = ("list", "cases", "--where", "name=张三", *on, *PRESIDENT, "--json")
    assert [row["case_id"] for row in json.loads(zhixing(*asked).stdout)["rows"]] == ["p"]
    assert zhixing("list", "cases", "--where", "name", *on, *PRESIDENT).returncode == 2


def test_how_money_is_shared_is_told_step_by_step(tmp_path: Path) -> None:
    database, given = f"sqlite:///{tmp_path}/shared.db", {"drafts": True, "upgrade": True}
    with Engine(database, definition_from_text(SHARING), **given) as court:
        court.set_first_charter(CHARTER)
        case = opened(court, VECTORS[0])
        court.fire(case, "pay", actor=EAST, data={"payout.payee": "A", "payout.amount": "400"})
    shown = zhixing("ledger", "shares", case, "--db", database, "--lang", "zh").stdout
    for said in ("29400.00", "400.00", "29000.00", "民诉法解释", "按比例"):
        assert said in shown
    found = json.loads(zhixing("ledger", "shares", case, "--db", database, "--json").stdout)
    assert [line["creditor"] for line in found["creditors"]] == ["A", "B", "C"]
    assert zhixing("ledger", "shares", "none", "--db", database).returncode == 1
