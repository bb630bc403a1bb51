"""Figures leave the court as CSV and as pictures, from Python and from the command line."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from tests.conftest import at
from tests.court.late_lives import (
    END,
    LISTED,
    LIVED,
    PRESIDENT,
    definitions,
    lives,
    opened,
    tell,
)
from zhixing.console.app import main
from zhixing.court import (
    CourtFigures,
    CourtLists,
    Figure,
    NothingToPlot,
    PlotsMissing,
    figures_as_csv,
    figures_as_svg,
)
from zhixing.engine import Actor, Engine, NotAllowed, VirtualClock

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("figures")
    url = f"sqlite:///{folder}/cases.db"
    with opened(url) as engine:
        tell(engine, lives(25, 3).entered)
    for name, text in (("lived.yaml", LIVED), ("listed.yaml", LISTED)):
        (folder / name).write_text(text)
    return url


@pytest.fixture
def lived(url: str) -> Iterator[Engine]:
    clock = VirtualClock(END)
    with Engine(url, definitions(), clock=clock, drafts=True) as engine:
        yield engine


def every_kind(engine: Engine) -> dict[str, tuple[Figure, ...]]:
    figures = CourtFigures(engine)
    return {
        "limits": figures.limits(actor=PRESIDENT),
        "closings": figures.closings(actor=PRESIDENT),
        "work": figures.work(actor=PRESIDENT),
        "nodes": figures.nodes(actor=PRESIDENT).rows,
        "performance": figures.performance(actor=PRESIDENT, by=["rule", "court"]),
        "resumptions": figures.resumptions(actor=PRESIDENT).rows,
        "sanctions": figures.sanctions(actor=PRESIDENT).rows,
        "ladders": figures.ladders(actor=PRESIDENT).rows,
    }


def test_every_figure_is_a_table_of_all_its_columns(lived: Engine) -> None:
    for name, rows in every_kind(lived).items():
        table = list(csv.DictReader(io.StringIO(figures_as_csv(rows))))
        assert len(table) == len(rows) > 0, name
        assert all(None not in line.values() for line in table), name
    line, row = table[0], rows[0]
    assert line["measures"].count(";") == len(row.measures) - 1
    nodes = CourtFigures(lived).nodes(actor=PRESIDENT, by=["node"]).rows
    table = list(csv.DictReader(io.StringIO(figures_as_csv(nodes))))
    assert [int(line["ended_count"]) for line in table] == [row.ended.count for row in nodes]
    assert figures_as_csv(()) == ""


def test_a_cell_that_would_be_run_as_a_formula_is_text(lived: Engine) -> None:
    (ladder, *_) = CourtFigures(lived).ladders(actor=PRESIDENT).rows
    table = figures_as_csv([ladder.model_copy(update={"debtor": "=cmd()"})])
    assert next(csv.DictReader(io.StringIO(table)))["debtor"] == "'=cmd()"


def texts(svg: str) -> list[str]:
    return [(text.text or "").strip() for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_figure_but_ladders_is_a_picture_whose_texts_are_texts(lived: Engine) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib (plots) is not installed")
    for name, rows in every_kind(lived).items():
        if name == "ladders":
            with pytest.raises(NothingToPlot):
                figures_as_svg(rows)
            continue
        chinese, english = figures_as_svg(rows), figures_as_svg(rows, "en")
        assert chinese == figures_as_svg(rows), "the same figures are the same picture"
        assert texts(chinese) != texts(english)
        assert "CJK" in chinese
    svg = figures_as_svg(CourtFigures(lived).nodes(actor=PRESIDENT, by=["node"]).rows)
    assert {"办理中", "新收", "各节点用时（天）", "九成之内"} <= set(texts(svg))
    named = figures_as_svg(every_kind(lived)["work"], titles={"min": "民<&法官"})
    assert "民<&法官" in texts(named)
    with pytest.raises(NothingToPlot):
        figures_as_svg(())


def test_a_picture_of_many_rows_shows_the_first_and_says_so(lived: Engine) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib (plots) is not installed")
    rows = CourtFigures(lived).work(actor=PRESIDENT) * 60
    assert any(f"(80/{len(rows)})" in text for text in texts(figures_as_svg(rows)))


def test_without_the_library_it_is_said_what_to_install(
    lived: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PlotsMissing) as raised:
        figures_as_svg(CourtFigures(lived).work(actor=PRESIDENT))
    assert "zhixing[plots]" in raised.value.text("en")


def test_the_court_is_imported_without_the_library() -> None:
    code = "import sys, zhixing.court; assert 'matplotlib' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_it_is_kept_who_takes_figures_out(lived: Engine) -> None:
    figures, since = CourtFigures(lived), at("2025-02-01").date()
    figures.note_taken_out("nodes", actor=PRESIDENT, court="middle", since=since)
    auditor = Actor.of("audit", "audit_admin@supreme")
    rows = CourtLists(lived).exports(actor=auditor, limit=500).rows
    kept = [row for row in rows if row.what == "figures nodes" and row.actor == "president"]
    assert [(row.court, row.filters["since"]) for row in kept] == [("middle", "2025-02-01")]


def asked(url: str, *arguments: str, lang: str = "en") -> Result:
    """`zhixing figures …` of the president of the highest court."""
    folder = Path(url.removeprefix("sqlite:///")).parent
    given = ["--db", url, "--definitions", str(folder), "--lang", lang]
    who = ["--as", "zhu", "--role", "president@supreme"]
    return CliRunner().invoke(main, ["figures", *arguments, *given, *who])


@pytest.mark.parametrize(
    ("arguments", "head", "cell"),
    [
        (["nodes", "--by", "node"], "half within", "working"),
        (["nodes", "--phases"], "longest", "sale"),
        (["performance"], "75% within", "start"),
        (["resumptions"], "went on", "for_now"),
        (["sanctions"], "after a heavier", "fined"),
        (["ladders"], "in order", "debtor-"),
        (["limits", "--by", "court"], "in time", "middle"),
        (["closings"], "nine in ten", "for_now"),
        (["work"], "weight", "min"),
    ],
)
def test_the_command_prints_a_table(url: str, arguments: list[str], head: str, cell: str) -> None:
    result = asked(url, *arguments)
    assert result.exit_code == 0, result.output
    assert head in result.stdout and cell in result.stdout
    nothing = asked(url, *arguments, "--officer", "nobody", "--lang", "zh")
    assert nothing.exit_code == 0, nothing.output


def test_the_command_gives_json_with_every_column(url: str, lived: Engine) -> None:
    result = asked(url, "nodes", "--by", "node", "--until", "2025-06-30", "--json")
    found = json.loads(result.stdout)
    until = at("2025-06-30").date()
    wanted = CourtFigures(lived).nodes(actor=PRESIDENT, by=["node"], until=until)
    ended = [row["ended"] for row in found["nodes"]]
    assert ended == [row.ended.model_dump() for row in wanted.rows]
    assert found["unread"] == {"count": 0, "cases": []}


def test_the_command_writes_files_and_it_is_kept(url: str, lived: Engine, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib (plots) is not installed")
    for file in Path(url.removeprefix("sqlite:///")).parent.iterdir():
        shutil.copy(file, tmp_path)
    mine = f"sqlite:///{tmp_path}/cases.db"
    clock = ["db", "accept-clock", "--db", mine, "--as", "sun", "--role", "system_admin@supreme"]
    assert CliRunner().invoke(main, clock).exit_code == 0
    table, picture = tmp_path / "a.csv", tmp_path / "a.svg"
    period = ["--since", "2025-01-01", "--until", "2025-05-31"]
    result = asked(
        mine, "sanctions", *period, "--csv", str(table), "--plot", str(picture), lang="zh"
    )
    assert (result.exit_code, result.output) == (0, "")
    given: dict[str, Any] = {"since": at("2025-01-01").date(), "until": at("2025-05-31").date()}
    rows = CourtFigures(lived).sanctions(actor=PRESIDENT, **given).rows
    assert table.read_text(encoding="utf-8") == figures_as_csv(rows)
    assert "强制措施" in texts(picture.read_text(encoding="utf-8"))
    printed = asked(mine, "limits", "--csv", "-")
    assert printed.stdout.splitlines()[0].startswith("rule,met,")
    auditor = Actor.of("audit", "audit_admin@supreme")
    with Engine(mine, definitions(), drafts=True) as engine:
        taken = CourtLists(engine).exports(actor=auditor, person="zhu").rows
    assert [row.what for row in taken] == ["figures sanctions", "figures limits"]
    assert taken[0].filters == {"below": True, "court": "", **period_of(period)}


def period_of(options: list[str]) -> dict[str, str]:
    return {"since": options[1], "until": options[3]}


def test_who_may_see_nothing_takes_nothing_out(url: str, lived: Engine, tmp_path: Path) -> None:
    lived_refuses = CourtFigures(lived)
    nobody = Actor.of("nobody", "officer@lower")
    assert lived_refuses.nodes(actor=nobody).rows == ()
    with pytest.raises(NotAllowed):
        CourtLists(lived).exports(actor=nobody)
