"""Settings of adapters: where they come from, what goes before what, and how faults are told."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr

from zhixing.adapters import (
    AdapterRegistry,
    AdapterSettings,
    Arrival,
    ByHand,
    NetworkInquiry,
    NotSetUp,
    SettingsFile,
    SettingsUnreadable,
    UnknownOperation,
    WrongSettings,
)
from zhixing.testing import FakeAdapter

SECRET = "s3cret-of-the-court"


class Limits(BaseModel):
    per_minute: int = 60


class Bank(BaseModel):
    """The settings of an adapter that only these tests know."""

    url: str
    token: SecretStr = SecretStr("")
    tries: int = Field(default=3, gt=0)
    banks: list[str] = []
    limits: Limits = Limits()


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("ZHIXING_ADAPTERS", "ZHIXING_COURTS", "ZHIXING_NETWORK")):
            monkeypatch.delenv(name)


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A file of settings that the environment names."""

    def written(text: str, name: str = "adapters.toml") -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        monkeypatch.setenv("ZHIXING_ADAPTERS_FILE", str(file))
        return file

    return written


def bank(court: str = "") -> Bank:
    return AdapterSettings.read().of("bank", Bank, court)


def faults(court: str = "") -> list[tuple[str, str]]:
    with pytest.raises(WrongSettings) as wrong:
        bank(court)
    told = f"{wrong.value} {wrong.value.text('zh')} {wrong.value.as_json()} {wrong.value!r}"
    assert SECRET not in told
    return [(one.code, one.place) for one in wrong.value.faults]


# -- where they come from


def test_variables_set_up_an_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__URL", "http://bank")
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__TOKEN", "123456")
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__TRIES", "5")
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__BANKS", '["icbc", "abc"]')
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__LIMITS__PER_MINUTE", "7")
    found = bank()
    assert (found.url, found.tries, found.banks) == ("http://bank", 5, ["icbc", "abc"])
    assert found.token.get_secret_value() == "123456" and found.limits.per_minute == 7


TOML = """
[adapters.bank]
url = "http://all"
tries = 4
limits = {per_minute = 8}

[courts."嘉鱼".adapters.bank]
url = "http://jiayu"
"""
YAML = """
adapters:
  bank: {url: "http://all", tries: 4, limits: {per_minute: 8}}
courts:
  嘉鱼:
    adapters:
      bank:
        url: http://jiayu
"""


@pytest.mark.parametrize(("text", "name"), [(TOML, "a.toml"), (YAML, "a.yaml"), (YAML, "a.yml")])
def test_a_file_sets_adapters_up_for_all_courts_and_for_each(
    write: Write, text: str, name: str
) -> None:
    write(text, name)
    assert AdapterSettings.read().courts() == ["嘉鱼"]
    assert (bank().url, bank("嘉鱼").url) == ("http://all", "http://jiayu")
    assert (bank("嘉鱼").tries, bank("嘉鱼").limits.per_minute) == (4, 8), "the rest is as for all"


def test_a_variable_goes_before_the_file_and_the_court_before_all(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(TOML)
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__URL", "http://variable")
    assert bank().url == "http://variable"
    assert bank("嘉鱼").url == "http://jiayu", "its own table goes before what is said for all"
    monkeypatch.setenv("ZHIXING_COURTS__嘉鱼__ADAPTERS__BANK__URL", "http://own-variable")
    assert bank("嘉鱼").url == "http://own-variable"


def test_a_court_whose_code_no_variable_can_hold_is_named_by_its_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZHIXING_COURTS__C1__CODE", "嘉鱼 / 1")
    monkeypatch.setenv("ZHIXING_COURTS__C1__ADAPTERS__BANK__URL", "http://jiayu")
    assert AdapterSettings.read().courts() == ["嘉鱼 / 1"]
    assert bank("嘉鱼 / 1").url == "http://jiayu"


def test_a_secret_lies_in_a_file_of_its_own(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").write_text("from-the-file\n")
    (tmp_path / "two").write_text("from-the-variable\n")
    write(f'[adapters.bank]\nurl = "u"\ntoken_file = "{tmp_path / "one"}"\n')
    assert bank().token.get_secret_value() == "from-the-file"
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__TOKEN_FILE", str(tmp_path / "two"))
    assert bank().token.get_secret_value() == "from-the-variable"


def test_a_folder_of_secrets_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zhixing_adapters__bank__token").write_text(SECRET)
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__URL", "http://bank")
    monkeypatch.setenv("ZHIXING_SECRETS_DIR", str(tmp_path))
    assert bank().token.get_secret_value() == SECRET and SECRET not in repr(bank())
    monkeypatch.setenv("ZHIXING_SECRETS_DIR", str(tmp_path / "none"))
    with pytest.raises(SettingsUnreadable, match="ZHIXING_SECRETS_DIR"):
        AdapterSettings.read()


# -- what is wrong with them


@pytest.mark.parametrize(
    ("table", "code", "place"),
    [
        ('tries = "x"', "settings-value", ":2 adapters.bank.tries"),
        ("tries = 0", "settings-value", ":2 adapters.bank.tries"),
        (f'tokn = "{SECRET}"', "settings-unknown", ":2 adapters.bank.tokn"),
        (f'token = ["{SECRET}"]', "settings-value", ":2 adapters.bank.token"),
        (f'limits = {{per_minute = "{SECRET}"}}', "settings-value", ":2 adapters.bank.limits"),
        ('token_file = "/none/at/all"', "settings-unreadable", ":2 adapters.bank.token_file"),
    ],
)
def test_a_fault_in_the_file_is_told_at_its_line(
    write: Write, table: str, code: str, place: str
) -> None:
    file = write(f'[adapters.bank]\n{table}\nurl = "u"\n')
    [(told, where)] = faults()
    assert told == code and where.startswith(f"{file}{place}")


def test_a_fault_in_a_variable_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__URL", "u")
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__TRIES", SECRET)
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__TOKN", SECRET)
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__LIMITS__PER_MINUTE", SECRET)
    assert sorted(faults()) == [
        ("settings-unknown", "ZHIXING_ADAPTERS__BANK__TOKN"),
        ("settings-value", "ZHIXING_ADAPTERS__BANK__LIMITS__PER_MINUTE"),
        ("settings-value", "ZHIXING_ADAPTERS__BANK__TRIES"),
    ]
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK__BANKS", f"[{SECRET}")
    assert any(code == "settings-unreadable" for code, _ in faults())


def test_what_is_missing_is_told_where_it_may_be_written(write: Write) -> None:
    assert faults() == [("settings-missing", "ZHIXING_ADAPTERS__BANK__URL")]
    file = write('[adapters.bank]\ntoken = "x"\n')
    both = f"ZHIXING_ADAPTERS__BANK__URL / {file}:1 adapters.bank.url"
    assert faults() == [("settings-missing", both)]


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("[adapters", "a.toml", "a.toml"),
        (f'x = "{SECRET}"\ny = {SECRET}\n', "a.toml", "a.toml:2"),
        ("adapters: {bank: [", "a.yaml", "a.yaml:2"),
        ("- 1\n", "a.yaml", "mapping"),
        ("{}", "a.json", "TOML or YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(write: Write, text: str, name: str, told: str) -> None:
    write(text, name)
    with pytest.raises(SettingsUnreadable, match=told) as unreadable:
        AdapterSettings.read()
    assert SECRET not in str(unreadable.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsUnreadable, match="cannot read the file"):
        SettingsFile.read(tmp_path / "none.toml")


def test_adapters_that_nobody_knows_are_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("[adapters.bnk]\nurl = 1\n[courts.a]\nbank = 1\n[courts.b.adapters]\nbank = 1\n")
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANKS__URL", SECRET)
    monkeypatch.setenv("ZHIXING_ADAPTERS__BANK", SECRET)
    strange = AdapterSettings.read().strangers(["bank"])
    assert [one.place for one in strange] == [
        "ZHIXING_ADAPTERS__BANKS__URL",
        "ZHIXING_ADAPTERS__BANK",
        f"{file}:1 adapters.bnk",
        f"{file}:4 courts.a.bank",
        f"{file}:6 courts.b.adapters.bank",
    ]
    assert "did you mean bank" in strange[0].en and "是否指 bank" in strange[2].zh
    assert SECRET not in str(strange)


# -- what is set up of them


def test_each_court_has_its_own_adapter_and_the_others_the_common_one(write: Write) -> None:
    write(
        '[adapters.network]\nurl = "http://all"\n'
        '[courts.a.adapters.network]\nurl = "http://a"\n'
        "[courts.b.adapters.network]\nurl = 5\n"
    )
    found = AdapterRegistry(discover=True)
    asked = "network.inquire"
    common, own = found.adapter(asked), found.adapter(asked, "a")
    assert isinstance(common, NetworkInquiry) and isinstance(own, NetworkInquiry)
    assert found.adapter(asked, "another") is common is not own
    with pytest.raises(NotSetUp, match=r"courts\.b\.adapters\.network\.url"):
        found.adapter(asked, "b")
    assert [problem.code for problem in found.problems] == ["adapter-settings"]
    assert {"network.inquire", "network.freeze"} <= set(found.operations())


def test_a_court_without_an_interface_asks_by_hand_and_the_others_do_not(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        """
[adapters.network]
url = "https://net.example"
[courts.yanqing.adapters.network]
by_hand = true
"""
    )
    registry = AdapterRegistry(discover=True)
    assert registry.problems == ()
    by_hand = registry.adapter("network.freeze", "yanqing")
    assert by_hand.operations["freeze"].arrives is Arrival.BY_HAND
    assert by_hand.operations.keys() == NetworkInquiry.operations.keys()
    assert isinstance(registry.adapter("network.freeze", "haidian"), NetworkInquiry)
    monkeypatch.setenv("ZHIXING_COURTS__haidian__ADAPTERS__NETWORK__BY_HAND", "true")
    registry = AdapterRegistry(discover=True)
    assert isinstance(registry.adapter("network.freeze", "haidian"), ByHand)


def test_where_all_ask_by_hand_one_may_have_an_interface(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_all, of_one = "by_hand = true", 'url = "https://net.example"'
    write(f"[adapters.network]\n{of_all}\n[courts.haidian.adapters.network]\n{of_one}\n")
    registry = AdapterRegistry(discover=True)
    assert registry.problems == ()
    assert isinstance(registry.adapter("network.freeze", "haidian"), NetworkInquiry)
    assert isinstance(registry.adapter("network.freeze", "yanqing"), ByHand)
    write(f"[courts.haidian.adapters.network]\n{of_one}\n")
    monkeypatch.setenv("ZHIXING_ADAPTERS__NETWORK__BY_HAND", "true")
    registry = AdapterRegistry(discover=True)
    assert isinstance(registry.adapter("network.freeze", "haidian"), NetworkInquiry)
    assert isinstance(registry.adapter("network.freeze", "yanqing"), ByHand)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("by_hand = false", "by_hand"),
        ('by_hand = "yes"', "by_hand"),
        ('by_hand = true\nurl = "https://net.example"', "url"),
    ],
)
def test_by_hand_stands_alone_and_is_true(write: Write, said: str, told: str) -> None:
    write(f"[courts.yanqing.adapters.network]\n{said}\n")
    with pytest.raises(NotSetUp, match=told):
        AdapterRegistry(discover=True).adapter("network.freeze", "yanqing")


def test_where_the_common_settings_are_wrong_nobody_is_asked_by_them(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    write(f'[adapters.network]\nurl = "{SECRET}"\n')
    with caplog.at_level(logging.WARNING, "zhixing"):
        found = AdapterRegistry(discover=True)
    assert "adapters.network.url" in caplog.text and SECRET not in caplog.text
    assert not found and found.names() == []
    with pytest.raises(NotSetUp):
        found.adapter("network.inquire", "a")
    assert isinstance(NotSetUp(operation="", known="", why_zh="", why_en=""), UnknownOperation)


def test_a_file_that_cannot_be_read_sets_up_nothing(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says of a court is not known: nobody may be asked as if it said nothing."""
    write("[adapters")
    monkeypatch.setenv("ZHIXING_ADAPTERS__NETWORK__URL", "http://all")
    found = AdapterRegistry(discover=True)
    assert not found and [problem.code for problem in found.problems] == ["settings-file"]
    with pytest.raises(NotSetUp):
        found.adapter("network.inquire")


def test_the_older_variables_set_the_common_one_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not AdapterRegistry(discover=True)
    monkeypatch.setenv("ZHIXING_NETWORK_URL", "http://old")
    assert AdapterRegistry(discover=True).names() == ["network"]


def test_what_is_given_in_code_goes_before_everything_of_its_name(write: Write) -> None:
    write('[courts.a.adapters.network]\nurl = "http://a"\n')
    fake, own = FakeAdapter("network", "inquire"), FakeAdapter("network", "inquire")
    found = AdapterRegistry([fake], discover=True)
    assert found.adapter("network.inquire", "a") is fake
    both = AdapterRegistry([fake], courts={"a": [own]})
    assert both.adapter("network.inquire", "a") is own
    assert both.adapter("network.inquire", "b") is fake
    assert [(court, name) for court, name, _ in both.each()] == [("", "network"), ("a", "network")]


THIRD = """
from pydantic import BaseModel, SecretStr

class Settings(BaseModel):
    token: SecretStr = SecretStr("")

class Picky:
    operations = {}
    def __init__(self, how):
        self.name, self.how = "third", how
    @classmethod
    def from_environment(cls, environ):
        return cls("old") if "THIRD_URL" in environ else None

class Third(Picky):
    Settings = Settings
    @classmethod
    def from_settings(cls, settings):
        if not settings.token.get_secret_value().isdigit():
            raise ValueError(f"bad {settings.token.get_secret_value()}")
        return cls("new")
"""


def test_adapters_of_others_are_made_as_they_say_and_cost_only_themselves(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    about = tmp_path / "third-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: third\nVersion: 1\n")
    points = "third = third_adapters:Third\nolder = third_adapters:Picky\ngone = no_module:X\n"
    (about / "entry_points.txt").write_text(f"[zhixing.adapters]\n{points}")
    (tmp_path / "third_adapters.py").write_text(THIRD)
    monkeypatch.syspath_prepend(str(tmp_path))
    write(
        f'[adapters.third]\ntoken = "{SECRET}"\n[courts.a.adapters.third]\ntoken = "12"\n'
        '[courts.a.adapters.older]\nurl = "x"\n[adapters.network]\nurl = "http://all"\n'
    )
    monkeypatch.setenv("THIRD_URL", "x")
    found = AdapterRegistry(discover=True)
    made = {(court, name): getattr(one, "how", "") for court, name, one in found.each()}
    assert made == {("a", "third"): "new", ("", "older"): "old", ("", "network"): ""}
    assert [one.code for one in found.problems] == ["adapter-not-made", "adapter-not-made"]
    assert "the adapter gone cannot be loaded" in caplog.text and SECRET not in caplog.text
