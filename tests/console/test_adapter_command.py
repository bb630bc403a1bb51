"""`zhixing adapter …` as people type it: what is set up, checks, one try outside any case."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhixing.adapters import NO_FAULTS, NetworkSimulator

SECRET = "s3cret-of-the-court"
PERSON = '{"person": "d1"}'


def zhixing(*arguments: str, typed: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    ours = ("ZHIXING_ADAPTERS", "ZHIXING_COURTS", "ZHIXING_NETWORK")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-m", "zhixing.console", "adapter", *arguments],
        env={**clean, "ZHIXING_LANG": "en", **env},
        input=typed,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def network() -> Iterator[NetworkSimulator]:
    with NetworkSimulator(1, NO_FAULTS) as network:
        yield network


@pytest.fixture
def set_up(tmp_path: Path, network: NetworkSimulator) -> dict[str, str]:
    """A court whose network is there, one whose settings are wrong, one whose network is gone."""
    file = tmp_path / "adapters.toml"
    file.write_text(
        f'[courts.jiayu.adapters.network]\nurl = "{network.url}"\ntoken = "{SECRET}"\n'
        f'[courts.other.adapters.network]\nurl = 5\ntokn = "{SECRET}"\n'
        f'[courts.far.adapters.network]\nurl = "http://127.0.0.1:1"\ntoken = "{SECRET}"\n'
    )
    return {"ZHIXING_ADAPTERS_FILE": str(file)}


def test_list_says_what_is_installed_and_for_whom_it_is_set_up(set_up: dict[str, str]) -> None:
    bare = zhixing("list")
    assert bare.returncode == 0 and "network.inquire" in bare.stdout
    assert "not set up" in bare.stdout
    told = zhixing("list", **set_up)
    assert told.returncode == 0 and "jiayu, far" in told.stdout
    assert told.stderr.count("courts.other.adapters.network.tokn") == 1
    assert "未设置" in zhixing("list", "--lang", "zh").stdout
    found = json.loads(zhixing("list", "--json", **set_up).stdout)
    inquire = next(o for o in found["operations"] if o["operation"] == "network.inquire")
    assert inquire["set_up"] == ["jiayu", "far"] and inquire["repeatable"] is True
    [problem] = found["problems"]
    assert {fault["code"] for fault in problem["faults"]} == {"settings-unknown", "settings-value"}
    assert SECRET not in told.stdout + told.stderr + json.dumps(found)


def test_check_tells_each_court_and_exits_1_where_one_is_wrong(set_up: dict[str, str]) -> None:
    told = zhixing("check", **set_up)
    assert told.returncode == 1
    assert "network (jiayu): fine" in told.stdout
    assert "adapters.toml:5 courts.other.adapters.network.url" in told.stdout
    assert "network (far): the outside system did not take it now" in told.stdout
    assert SECRET not in told.stdout + told.stderr
    assert zhixing("check", "network", "--court", "jiayu", **set_up).returncode == 0
    report = json.loads(zhixing("check", "--court", "other", "--json", **set_up).stdout)
    assert report["ok"] is False and [c["court"] for c in report["checks"]] == ["other"]
    assert "设置有误" in zhixing("check", "--lang", "zh", **set_up).stdout


def test_check_of_what_is_not_set_up_or_not_installed(set_up: dict[str, str]) -> None:
    assert zhixing("check").returncode == 0
    none = zhixing("check", "network")
    assert none.returncode == 1 and "[adapter-not-set-up]" in none.stdout
    unknown = zhixing("check", "netwrk")
    assert unknown.returncode == 1 and "installed: archive" in unknown.stdout


def test_try_sends_once_and_shows_the_answers(
    set_up: dict[str, str], network: NetworkSimulator, tmp_path: Path
) -> None:
    asked = ("try", "network.inquire", "--court", "jiayu")
    told = zhixing(*asked, "--data", "-", "--yes", typed=PERSON, **set_up)
    assert told.returncode == 0, told.stderr
    assert '"kind": "answered"' in told.stdout and "answered (key try-" in told.stdout
    file = tmp_path / "data.json"
    file.write_text(PERSON)
    named = (*asked, "--data", str(file), "--key", "mine", "--yes", "--json")
    found = json.loads(zhixing(*named, **set_up).stdout)
    assert found["key"] == "mine" and [a["final"] for a in found["answers"]] == [True]
    assert [key for key, _ in network.ledger][1:] == ["mine"]


def test_try_asks_first_and_tells_what_is_wrong_by_its_field(
    set_up: dict[str, str], network: NetworkSimulator, tmp_path: Path
) -> None:
    file = tmp_path / "data.json"
    file.write_text(PERSON)
    asked = ("try", "network.inquire", "--court", "jiayu", "--data")
    no = zhixing(*asked, str(file), typed="n\n", **set_up)
    assert no.returncode == 1 and "send network.inquire" in no.stderr
    wrong = zhixing(*asked, "-", "--yes", typed='{"person": ""}', **set_up)
    assert wrong.returncode == 1 and "person: String should have" in wrong.stderr
    for text in ("[1]", "{", "[" * 100_000):
        no_json = zhixing(*asked, "-", "--yes", typed=text, **set_up)
        assert no_json.returncode == 1 and "[adapter-data]" in no_json.stderr
    unknown = zhixing("try", "network.ask_me", "--data", "-", typed=PERSON, **set_up)
    assert unknown.returncode == 1 and "[operation-unknown]" in unknown.stderr
    left = zhixing("try", "network.inquire", "--court", "other", "--data", "-", **set_up)
    assert left.returncode == 1 and "[adapter-not-set-up]" in left.stderr
    assert network.ledger == []
    yes = zhixing(*asked, str(file), typed="y\n", **set_up)
    assert yes.returncode == 0 and len(network.ledger) == 1


def test_try_waits_no_longer_than_it_is_told(set_up: dict[str, str]) -> None:
    far = zhixing(
        "try", "network.inquire", "--court", "far", "--data", "-", "--yes", typed=PERSON, **set_up
    )
    assert far.returncode == 1 and "[adapter-temporary]" in far.stderr
    assert SECRET not in far.stderr + far.stdout


BANK = """
from pydantic import BaseModel
from zhixing.adapters import Answer, Operation, Reply

class Asked(BaseModel):
    amount: str

class Bank:
    name = "bank"
    operations = {
        "pay": Operation("pay", Asked, Asked, repeatable=False),
        "hold": Operation("hold", Asked, Asked, taken_back_by="free"),
        "free": Operation("free", Asked, Asked),
        "fall": Operation("fall", Asked, Asked),
    }
    @classmethod
    def from_environment(cls, environ):
        return cls()
    def send(self, call):
        if call.operation == "fall":
            raise KeyError("s3cret-of-the-court")
        return Reply([Answer(call.key, str(n), "partial", {}, False) for n in range(500)])
    def poll(self, key):
        return []
"""


def test_try_of_what_has_an_effect_wants_a_yes_and_shows_no_more_than_anybody_reads(
    tmp_path: Path,
) -> None:
    about = tmp_path / "bank-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: bank\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[zhixing.adapters]\nbank = bank_adapter:Bank\n")
    (tmp_path / "bank_adapter.py").write_text(BANK)

    def tried(operation: str, *more: str) -> subprocess.CompletedProcess[str]:
        asked = ("try", operation, "--data", "-", *more)
        return zhixing(*asked, typed='{"amount": "1"}', PYTHONPATH=str(tmp_path))

    for operation in ("bank.pay", "bank.hold", "bank.free"):
        refused = tried(operation)
        assert refused.returncode == 1 and "[adapter-needs-yes]" in refused.stderr
    paid = tried("bank.pay", "--yes")
    assert paid.returncode == 0 and paid.stdout.count('"partial"') == 100
    assert "no last answer" in paid.stdout
    fell = tried("bank.fall", "--yes")
    assert fell.returncode == 1 and "KeyError [adapter-fault]" in fell.stderr
    assert SECRET not in fell.stderr + fell.stdout
