"""The contract kit proven: what keeps the contract passes, and each way to break it is noticed by
the test that is meant for it, and by no other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.adapters import broken_adapters

FILE = Path(broken_adapters.__file__)
CLASSES = sorted(name for name in vars(broken_adapters) if name.startswith("Test"))
BROKEN = [name for name in CLASSES if name != "TestGood"]


class Seen:
    """What a run of pytest came to."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.failed: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.outcome] += 1
        if report.failed:
            name = report.nodeid.rpartition("::")[2].partition("[")[0]
            self.failed[name] = str(report.longrepr)


def run(where: str, *options: str) -> Seen:
    """Run the contract as its user does, in a run of its own."""
    seen = Seen()
    plugins = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "zhixing.adapters.testing.plugin"]
    pytest.main([where, "-q", "--import-mode=importlib", *plugins, *options], plugins=[seen])
    return seen


def test_an_adapter_that_keeps_the_contract_passes() -> None:
    seen = run(f"{FILE}::TestGood")
    assert seen.failed == {} and seen.outcomes["passed"] > 50
    assert seen.outcomes["skipped"] == 1, "nothing takes the lifting back"


def test_the_adapter_of_the_network_passes() -> None:
    seen = run(str(FILE.with_name("network_contract.py")))
    assert seen.failed == {} and seen.outcomes["passed"] > 50


@pytest.mark.parametrize("name", BROKEN)
def test_each_way_to_break_it_is_noticed_by_its_test(name: str) -> None:
    kind = getattr(broken_adapters, name)
    seen = run(f"{FILE}::{name}")
    assert set(seen.failed) == kind.fails, seen.failed


def test_there_is_a_broken_adapter_for_each_test() -> None:
    noticed = {test for name in BROKEN for test in getattr(broken_adapters, name).fails}
    tests = {name for name in dir(broken_adapters.TestGood) if name.startswith("test_")}
    assert noticed == tests
