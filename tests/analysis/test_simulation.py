"""Simulation: the same path in memory, the same run to the byte, queues where staff is short."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import LOAN, ROOT
from tests.console.test_command import zhixing
from zhixing.analysis import SimulationReport, load_simulation, simulate
from zhixing.workflow import Definition, DefinitionRefused, definition_from_text, load_definition

CN = ROOT / "definitions" / "cn"
PLAN = CN / "first_enforcement.simulation.yaml"


@pytest.fixture(scope="module")
def family() -> list[Definition]:
    return [
        load_definition(CN / "first_enforcement.yaml"),
        load_definition(CN / "freeze_deposit.yaml"),
        load_definition(CN / "dishonest_list.yaml"),
        load_definition(CN / "consumption_restriction.yaml"),
        load_definition(CN / "disposal.yaml"),
    ]


def run(family: list[Definition], **more: int) -> SimulationReport:
    return simulate(
        family, load_simulation(PLAN), cases=60, seed=more.pop("seed", 3), days=300, staff=more
    )


def test_the_same_seed_gives_the_same_run_to_the_byte_and_another_a_different_one(
    family: list[Definition],
) -> None:
    first = run(family)
    assert run(family).model_dump_json() == first.model_dump_json()
    assert run(family, seed=4).model_dump_json() != first.model_dump_json()


def test_every_case_is_accounted_for_and_lawful(family: list[Definition]) -> None:
    report = run(family)
    assert sum(report.modes.values()) == 60 and report.closed == 60 - report.modes.get("open", 0)
    assert sum(report.histogram.values()) == report.closed > 15
    assert {"for_now", "terminated", "inadmissible"} <= report.modes.keys()
    assert "close_for_now" in report.refusals, "the gate of three months held some back"


def test_fewer_people_mean_longer_queues(family: list[Definition]) -> None:
    few, many = run(family, officer=1), run(family, officer=12)
    assert few.bottleneck == "officer"
    assert few.roles["officer"].mean_wait_days > 10 * many.roles["officer"].mean_wait_days


def test_two_of_three_judges_cannot_agree_where_there_is_one(family: list[Definition]) -> None:
    alone, together = run(family, panel=1), run(family, panel=3)
    assert not alone.modes.keys() & {"for_now", "terminated"}
    assert {"for_now", "terminated"} <= together.modes.keys()


def test_a_shorter_time_limit_shows_what_it_would_do(family: list[Definition]) -> None:
    text = family[0].source_text.replace(
        "    length: 1\n    unit: month\n    warn: 7d",
        "    length: 20\n    unit: day\n    warn: 7d",
    )
    assert text != family[0].source_text
    changed = [definition_from_text(text), *family[1:]]
    stricter = simulate(changed, load_simulation(PLAN), cases=60, seed=3, days=300)
    assert stricter.expired["asset_survey"] > run(family).expired.get("asset_survey", 0)


@pytest.mark.parametrize(
    "text", ["staff: many\n", "procedures: []\n", "colour: red\nprocedures: {}\n", "- 1\n"]
)
def test_a_broken_simulation_file_ends_in_findings(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.simulation.yaml"
    file.write_text(text)
    with pytest.raises(DefinitionRefused):
        load_simulation(file)


def test_the_command_compares_two_versions() -> None:
    file = str(CN / "first_enforcement.yaml")
    result = zhixing(
        "simulate",
        file,
        "--cases",
        "20",
        "--days",
        "200",
        "--against",
        file,
        "--staff",
        "officer=2",
    )
    assert result.returncode == 0 and "bottleneck" in result.stdout
    assert zhixing("simulate", file, "--staff", "officer").returncode == 2
    assert zhixing("simulate", str(ROOT / "definitions" / "it" / "road_fines.yaml")).returncode == 1


@pytest.mark.parametrize(
    ("delay", "is_wrong"),
    [
        ("[1, 2]", False),
        ("{fixed: 3}", False),
        ("{exponential: 2}", False),
        ("{triangular: [1, 2, 9]}", False),
        ("{lognormal: [5, 0.5]}", False),
        ("[2, 1]", True),
        ("[-1, 1]", True),
        ("{fixed: 1, exponential: 2}", True),
        ("{}", True),
        ("{triangular: [1, 9, 2]}", True),
        ("soon", True),
    ],
)
def test_delays_are_distributions_and_nonsense_is_a_finding(
    tmp_path: Path, delay: str, is_wrong: bool
) -> None:
    file = tmp_path / "x.simulation.yaml"
    file.write_text(
        "procedures:\n  loan:\n    acts:\n"
        "      fresh:\n        - {fire: notify, as: officer, delay: "
        + delay
        + ", documents: notice}\n"
        "opened: {amount: 5}\n"
    )
    if is_wrong:
        with pytest.raises(DefinitionRefused, match=r"x\.simulation\.yaml:5"):
            load_simulation(file)
        return
    report = simulate(
        [definition_from_text(LOAN)], load_simulation(file), cases=20, seed=3, days=60
    )
    assert report.roles["officer"].acts == 20


def test_what_if_there_were_other_staff_is_drawn_and_told(tmp_path: Path) -> None:
    staff = tmp_path / "staff.yaml"
    staff.write_text("staff: {officer: 1}\n")
    file, plot = ROOT / "definitions" / "cn" / "first_enforcement.yaml", tmp_path / "plot.svg"
    arguments = (
        "simulate",
        str(file),
        "--cases",
        "40",
        "--staff",
        str(staff),
        "--against-staff",
        "officer=9",
        "--plot",
        str(plot),
    )
    told = json.loads(zhixing(*arguments, "--json").stdout)
    first, second = told["first"]["roles"]["officer"], told["second"]["roles"]["officer"]
    assert (first["staff"], second["staff"]) == (1, 9) and first["mean_wait_days"] > second[
        "mean_wait_days"
    ]
    ElementTree.fromstring(plot.read_text())
    assert "officer=9" in plot.read_text() and "officer=9" in zhixing(*arguments).stdout
    staff.write_text("staff: {officer: 0}\n")
    refused = zhixing(*arguments)
    assert refused.returncode == 1 and "staff.yaml:1" in refused.stderr
