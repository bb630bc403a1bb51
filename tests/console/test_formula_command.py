"""`zhixing formula` as people type it: tables in and out, steps, and what is told of bad rows."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DATA
from tests.console.test_command import zhixing
from zhixing.workflow.formulas.forms import FORMS

LAW = DATA / "law"
BAD_ROW = "id,amount_enforced\n1,8000\n2,8 000\n\n4,10000.01\n5,1,000\n6\n"


def printed(*arguments: str) -> bytes:
    """The very bytes that the command prints."""
    command = [sys.executable, "-m", "zhixing.console", "formula", *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


def columns(text: str, names: tuple[str, ...], end: str) -> bytes:
    """Some columns of a table, as the same writer would have written them alone."""
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator=end)
    writer.writerow(names)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    writer.writerows([row[name] for name in names] for row in rows)
    return kept.getvalue().encode()


@pytest.mark.parametrize("file", sorted(LAW.glob("*.csv")), ids=lambda file: file.stem)
def test_the_tables_worked_by_hand_come_out_to_the_byte(file: Path) -> None:
    name = file.stem.removesuffix("_give")
    text = file.read_bytes().decode()
    wanted = columns(text, (*FORMS[name].inputs, *FORMS[name].results), "\r\n")
    assert printed(name, "--file", str(file)) == wanted


def test_what_is_printed_can_be_given_again_and_lines_end_as_they_did(tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text("why, amount_enforced ,id\nx,8000,甲\n", encoding="utf-8-sig")
    once = printed("enforcement_fee", "--file", str(table))
    assert once == "id,amount_enforced,fee\n甲,8000,50.00\n".encode()
    table.write_bytes(once.replace(b"50.00", b"0"))
    assert printed("enforcement_fee", "--file", str(table)) == once
    packed = tmp_path / "in.csv.gz"
    packed.write_bytes(gzip.compress(once))
    assert printed("enforcement_fee", "--file", str(packed)) == once


def test_a_bad_row_is_told_by_its_number_and_the_others_are_computed(tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text(BAD_ROW)
    result = zhixing("formula", "enforcement_fee", "--file", str(table))
    assert result.returncode == 1
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["id"], row["fee"]) for row in rows] == [
        ("1", "50.00"),
        ("2", ""),
        ("4", "50.00"),
        ("5", ""),
        ("6", ""),
    ]
    second, fourth, fifth = result.stderr.splitlines()
    assert f"{table}:3: row 2 (2): amount_enforced:" in second and "'8 000'" in second
    assert f"{table}:6: row 4 (5): " in fourth and "more cells" in fourth
    assert f"{table}:7: row 5 (6): " in fifth and "[formula-value]" in fifth
    chinese = zhixing("formula", "enforcement_fee", "--file", str(table), "--lang", "zh")
    assert "第 2 行数据（2）：amount_enforced：应为金额" in chinese.stderr


def test_bad_rows_are_told_beside_the_others_in_json_too(tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text(BAD_ROW)
    result = zhixing("formula", "enforcement_fee", "--file", str(table), "--json")
    assert result.returncode == 1
    first, second, *_ = json.loads(result.stdout)
    assert first["inputs"] == {"id": "1", "amount_enforced": "8000"}
    assert first["results"] == {"fee": "50.00"} and first["steps"][0]["zh"]
    assert second["error"]["code"] == "formula-value"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"\r\n", "the file is empty"),
        (b"id,amount\n1,2\n", "no column amount_enforced (it has id, amount)"),
        (b"amount_enforced\n2\n", "no column id"),
        (b"id,id,amount_enforced\n1,1,2\n", "columns twice: id"),
        ("id,amount_enforced\n甲,2\n".encode("gbk"), "not UTF-8"),
        ("id,amount_enforced,why\n1,2,金额\n".encode("gbk"), "not UTF-8"),
        (b"id,amount_enforced\n" + b"1" * 2_000_000, "a row has more than"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(
    tmp_path: Path, content: bytes, told: str
) -> None:
    table = tmp_path / "in.csv"
    table.write_bytes(content)
    result = zhixing("formula", "enforcement_fee", "--file", str(table))
    assert result.returncode == 1
    assert told in result.stderr and "[table-file]" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_or_broken_off_is_refused_in_words(tmp_path: Path) -> None:
    missing = zhixing("formula", "enforcement_fee", "--file", str(tmp_path / "none.csv"))
    assert (missing.returncode, "[table-file]" in missing.stderr) == (1, True)
    packed = tmp_path / "in.csv.gz"
    packed.write_bytes(gzip.compress(os.urandom(1000))[:-20])
    broken = zhixing("formula", "enforcement_fee", "--file", str(packed))
    assert (broken.returncode, "[table-file]" in broken.stderr) == (1, True)


def test_a_table_is_read_as_it_comes(tmp_path: Path) -> None:
    """Rows are answered before the file is at its end: what stands before a bad byte is printed."""
    table = tmp_path / "in.csv"
    rows = b"".join(b"%d,8000\n" % number for number in range(20_000))
    table.write_bytes(b"id,amount_enforced\n" + rows + b"\xff,1\n")
    result = zhixing("formula", "enforcement_fee", "--file", str(table))
    assert (result.returncode, "not UTF-8" in result.stderr) == (1, True)
    assert result.stdout.count("50.00") > 15_000


def test_a_table_is_explained_row_by_row() -> None:
    file = str(LAW / "delay_interest_give.csv")
    lines = zhixing("formula", "delay_interest", "--file", file, "--explain").stdout.splitlines()
    assert lines[:3] == ["DI01", "double_interest: 1750.00", "base_left: 0.00"]
    assert "100000.00 × 0.000175 × 100 days (Fa Shi [2014] 8 art. 3)" in lines[5]
    chosen = ("--convention", "first_day=included")
    included = zhixing("formula", "delay_interest", "--file", file, *chosen).stdout
    assert "DI01,2025-01-10,100000,2025-04-20:100000,,,1767.50,0.00" in included


def test_one_case_is_typed_as_columns_and_values() -> None:
    typed = ("kind=only home", "given=price=900000;monthly_rent=2500;years=8")
    result = zhixing("formula", "living_reserve", *typed, "--lang", "zh")
    assert result.returncode == 0
    assert result.stdout.startswith("may_be_enforced_or_result: 660000.00\n  1. 扣除 8 年租金")
    answer = json.loads(zhixing("formula", "living_reserve", *typed, "--json").stdout)
    assert answer["results"] == {"may_be_enforced_or_result": "660000.00"}
    assert answer["steps"][0]["article_en"] == "Fa Shi [2015] 10 art. 20(1)3"


def test_the_formulas_are_listed_with_their_articles_and_described() -> None:
    lines = zhixing("formula").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(FORMS)
    assert all("art." in line for line in lines)
    assert [each["name"] for each in json.loads(zhixing("formula", "--json").stdout)] == list(FORMS)
    for explain in ((), ("--explain",)):
        told = zhixing("formula", "seizure_queue", *explain).stdout
        assert "id, kind, events, asked_on" in told
        assert "renewal_from=old-end|act, by default old-end" in told
    about = json.loads(zhixing("formula", "delay_interest", "--json").stdout)
    assert about["conventions"] == {
        "first_day": {"ways": ["excluded", "included"], "default": "excluded"}
    }


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("fee",), 1, "[formula-unknown]"),
        (("enforcement_fee", "amount=5"), 1, "no column"),
        (("enforcement_fee", "5"), 2, "is not NAME=VALUE"),
        (("enforcement_fee", "amount_enforced=x"), 1, "[formula-value]"),
        (("delay_interest", "--convention", "first_day=maybe"), 1, "excluded, included"),
        (("delay_interest", "--convention", "day=1"), 1, "no such convention"),
        (("enforcement_fee", "amount_enforced=5", "--file", "in.csv"), 2, "--file"),
        (
            ("delay_interest", "period_ends=2014-01-10", "base=5", "account_day=2014-02-01"),
            1,
            "[formula-old-rule]",
        ),
    ],
)
def test_what_cannot_be_computed_is_told(arguments: tuple[str, ...], code: int, told: str) -> None:
    result = zhixing("formula", *arguments)
    assert (result.returncode, told in result.stderr) == (code, True), result.stderr
