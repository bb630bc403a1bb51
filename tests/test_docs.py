"""What the documents show is run: Python blocks, definitions, commands, pictures, and the example
of the README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from zhixing.workflow import load_definition
from zhixing.workflow.linting import lint
from zhixing.workflow.loading import inspect
from zhixing.workflow.review.pictures import draw

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "CONTRIBUTING.md",
]


def blocks(language: str) -> list[object]:
    found = []
    for document in DOCUMENTS:
        for number, match in enumerate(
            re.finditer(rf"^```{language}\n(.*?)^```", document.read_text(), re.M | re.S), 1
        ):
            found.append(pytest.param(match[1], id=f"{document.relative_to(ROOT)}-{number}"))
    return found


def run(code: str, folder: Path) -> str:
    (folder / "definitions").symlink_to(ROOT / "definitions")
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code: str, tmp_path: Path) -> None:
    run(code, tmp_path)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_example_of_the_readme_says_what_it_shows_on_both_databases(
    readme: str, database: str, tmp_path: Path
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", (ROOT / readme).read_text(), re.M | re.S)
    assert len(code.strip().splitlines()) == 12
    env = {**os.environ, "ZHIXING_LANG": "en"}
    subprocess.run(
        [sys.executable, "-m", "zhixing.console", "db", "upgrade", "--db", database],
        check=True,
        env=env,
        capture_output=True,
    )
    output = run(code.replace("sqlite:///court.db", database), tmp_path)
    assert output.splitlines()[0] == "2025-02-05"
    assert "缺少申请执行人" in output and "执行依据未生效" in output


@pytest.mark.parametrize("text", blocks("yaml"))
def test_definitions_in_documents_are_free_of_errors(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    if text.startswith("# file:"):
        return  # checked together, below
    if text.startswith("scenarios:"):
        from zhixing.analysis.scenarios import load_scenarios

        assert load_scenarios(file).scenarios
    elif "transitions:" in text:
        assert [f for f in inspect(file)[1] if f.severity == "error"] == []
    else:
        from zhixing.workflow import load_overlay

        load_overlay(file)


def test_the_files_that_a_document_builds_are_checked_together_and_whole(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "definition-language.md").read_text()
    named = dict(re.findall(r"^```yaml\n# file: (\S+)\n(.*?)^```", text, re.M | re.S))
    assert {
        "dunning.yaml",
        "recovery.yaml",
        "shared.yaml",
        "audited.yaml",
        "court.yaml",
    } == named.keys()
    for name, content in named.items():
        (tmp_path / name).write_text(content)
    assert {name: [f.line() for f in lint(tmp_path / name)] for name in named} == {
        name: [] for name in named
    }


def test_the_language_is_explained_in_two_languages_by_the_same_files() -> None:
    found = [
        re.findall(
            r"^```yaml\n.*?^```",
            (ROOT / "docs" / f"definition-language{x}.md").read_text(),
            re.M | re.S,
        )
        for x in ("", ".zh-CN")
    ]
    assert found[0] == found[1] and len(found[0]) >= 9


@pytest.mark.parametrize("text", blocks("console"))
def test_commands_in_documents_print_what_is_shown(text: str, tmp_path: Path) -> None:
    for command, shown in re.findall(r"^\$ (zhixing [^\n]*)\n((?:[^$\n][^\n]*\n)*)", text, re.M):
        arguments = command.split("#")[0].split()[1:]
        result = subprocess.run(
            [sys.executable, "-m", "zhixing.console", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        assert result.stdout.startswith(shown)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pictures_in_the_documents_are_current(lang: str) -> None:
    picture = ROOT / "docs" / "pictures" / f"first_enforcement.{lang}.svg"
    assert picture.read_text() == draw(
        load_definition(ROOT / "definitions" / "cn" / "first_enforcement.yaml"), "svg", lang
    )  # type: ignore[arg-type]


def test_links_in_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.name)
def test_examples_run(example: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, str(example)], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout


def test_importing_the_engine_leaves_the_heavy_parts_alone() -> None:
    code = "import sys, zhixing.engine; print([m for m in ('alembic', 'apscheduler', 'chinese_calendar', 'cel_expr_python', 'httpx', 'rich') if m in sys.modules])"
    assert run_plain(code) == "[]\n"


def run_plain(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
