"""What the documents show is run: Python blocks, definitions, commands; pictures are current."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.forked import run_forked
from zhixing.console.app import main as console
from zhixing.engine import DeadlineStatus, EntryKind, PublicationStatus, RequestStatus, TaskStatus
from zhixing.engine.work.discovery import definitions_in
from zhixing.workflow import load_definition
from zhixing.workflow.linting import lint
from zhixing.workflow.loading import inspect, procedures_beside
from zhixing.workflow.review.pictures import draw

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "CHANGELOG.md",
]
REFERENCE = ROOT / "docs" / "reference"


def blocks(language: str) -> list[object]:
    found = []
    for document in DOCUMENTS:
        for number, match in enumerate(
            re.finditer(rf"^```{language}\n(.*?)^```", document.read_text(), re.M | re.S), 1
        ):
            found.append(pytest.param(match[1], id=f"{document.relative_to(ROOT)}-{number}"))
    return found


def run(code: str, folder: Path) -> str:
    for beside in ("definitions", "tests"):
        (folder / beside).symlink_to(ROOT / beside)
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="session")
def loaded() -> None:
    """What every program of the documents loads first: the modules, and the shipped procedures."""
    with pytest.MonkeyPatch.context() as here:
        here.chdir(ROOT)
        definitions_in("definitions/cn")


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code: str, tmp_path: Path, loaded: None) -> None:
    for beside in ("definitions", "tests"):
        (tmp_path / beside).symlink_to(ROOT / beside)
    program = compile(code, "block", "exec")
    result = run_forked(lambda: exec(program, vars(sys.modules["__main__"])), tmp_path, {})
    assert result.returncode == 0, result.stderr


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
    assert "缺少申请执行人" in output and "五项须同时具备" in output


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
    text = (REFERENCE / "definition-language.md").read_text()
    named = dict(re.findall(r"^```yaml\n# file: (\S+)\n(.*?)^```", text, re.M | re.S))
    assert {
        "dunning.yaml",
        "recovery.yaml",
        "interest.yaml",
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
            (REFERENCE / f"definition-language{x}.md").read_text(),
            re.M | re.S,
        )
        for x in ("", ".zh-CN")
    ]
    assert found[0] == found[1] and len(found[0]) >= 9


WITH_COMMANDS = [d for d in DOCUMENTS if re.search(r"^\$ zhixing ", d.read_text(), re.M)]


@pytest.mark.parametrize("document", WITH_COMMANDS, ids=lambda d: str(d.relative_to(ROOT)))
def test_commands_in_documents_print_what_is_shown(
    document: Path, tmp_path: Path, loaded: None
) -> None:
    """A document is read as its reader would: its files are saved, its commands typed, in order.

    A command whose comment says `exit 1` ends so; any other ends with 0.
    """
    for folder in ("definitions", "tests"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    lang = "zh" if ".zh-CN" in document.name else "en"
    env = {"ZHIXING_LANG": lang, "ZHIXING_DATABASE": "sqlite:///court.db"}
    for kind, text in re.findall(
        r"^```(yaml|console)\n(.*?)^```", document.read_text(), re.M | re.S
    ):
        if kind == "yaml":
            for name, content in re.findall(r"\A# file: (\S+)\n(.*)", text, re.S):
                (tmp_path / name).write_text(content)
            continue
        for command, shown in re.findall(
            r"^\$ (zhixing [^\n]*)\n((?:[^$\n][^\n]*\n)*)", text, re.M
        ):
            typed, _, comment = command.partition("#")
            words = shlex.split(typed)[1:]
            result = run_forked(partial(console, words, prog_name="zhixing"), tmp_path, env)
            assert result.returncode == int("exit 1" in comment), (command, result.stderr)
            printed = result.stdout + (result.stderr if result.returncode else "")
            assert printed.startswith(shown), (command, printed)


PAIRS = [d for d in DOCUMENTS if d.name.endswith(".zh-CN.md")]


@pytest.mark.parametrize("chinese", PAIRS, ids=lambda d: str(d.relative_to(ROOT)))
def test_a_page_in_two_languages_shows_the_same_files_and_commands(chinese: Path) -> None:
    english = chinese.with_name(chinese.name.replace(".zh-CN", ""))
    found = []
    for page in (english, chinese):
        text = page.read_text()
        files = re.findall(r"^```yaml\n.*?^```", text, re.M | re.S)
        commands = [c.partition("#")[0].rstrip() for c in re.findall(r"^\$ (.*)$", text, re.M)]
        found.append((files, [c.replace("--lang zh", "--lang en") for c in commands]))
        other = chinese if page is english else english
        assert f"({other.name})" in text, "each says where the other is"
    assert found[0] == found[1]


ADMINISTRATORS = [
    "README.md",
    "docs/README.md",
    "docs/tutorial/administrator.md",
    "docs/how-to/from-draft-to-force.md",
    "docs/how-to/write-a-charter.md",
    "docs/how-to/read-findings.md",
    "docs/how-to/set-up-adapters.md",
    "docs/how-to/compute-by-the-law.md",
    "docs/how-to/limits-of-every-kind.md",
    "docs/reference/definition-language.md",
    "docs/reference/time-limits.md",
]


@pytest.mark.parametrize("page", ADMINISTRATORS)
def test_a_page_for_administrators_is_there_in_chinese(page: str) -> None:
    assert (ROOT / page).exists()
    assert (ROOT / page.replace(".md", ".zh-CN.md")).exists()


def made_by(script: str) -> Any:
    """A script of `docs/_make`."""
    spec = importlib.util.spec_from_file_location(script, ROOT / "docs" / "_make" / f"{script}.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules[script] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_made_from_the_code_are_current() -> None:
    from zhixing.console.definitions import codes_page

    assert (REFERENCE / "command-line.md").read_text() == made_by("command_line").page()
    assert (REFERENCE / "outside-systems.md").read_text() == made_by("outside_systems").page()
    assert (REFERENCE / "lint-codes.md").read_text() == codes_page()


def test_the_pictures_of_lives_are_current() -> None:
    made = {path.name: text for path, text in made_by("lives").pictures().items()}
    kept = {p.name: p.read_text() for p in (ROOT / "docs" / "pictures" / "lives").iterdir()}
    assert kept == made


def test_the_pictures_of_lives_have_every_status_and_no_other() -> None:
    lives = {life.name: life for life in made_by("lives").LIVES}
    assert lives.keys() == {"deadline", "task", "proposal", "request", "publication"}
    for life in lives.values():
        assert set(life.words) == set(life.statuses)
        assert {s for step in life.steps for s in (step.source, step.target)} == set(life.statuses)
    assert lives["deadline"].statuses is DeadlineStatus
    assert lives["task"].statuses is TaskStatus
    assert lives["request"].statuses is RequestStatus
    assert lives["publication"].statuses is PublicationStatus
    # how a proposal ends: by one of these entries of history, by its act, or by a line of another
    assert {EntryKind.REFUSED, EntryKind.WITHDRAWN} <= set(lives["proposal"].statuses)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pictures_in_the_documents_are_current(lang: str) -> None:
    picture = ROOT / "docs" / "pictures" / f"first_enforcement.{lang}.svg"
    definition = load_definition(ROOT / "definitions" / "cn" / "first_enforcement.yaml")
    procedures = procedures_beside(definition)
    assert picture.read_text() == draw(definition, "svg", lang, procedures=procedures)  # type: ignore[arg-type]


def test_links_in_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_index_leads_to_every_page() -> None:
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text() + (docs / "README.zh-CN.md").read_text()
    named = {(docs / link).resolve() for link in re.findall(r"\]\(([^)#:]+)\)", index)}
    pages = {p for p in docs.rglob("*.md") if p.parent.name != "decisions"}
    assert pages <= named, sorted(str(p.relative_to(ROOT)) for p in pages - named)


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.name)
def test_examples_run(example: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, str(example)], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout


def test_importing_the_engine_leaves_the_heavy_parts_alone() -> None:
    heavy = ("alembic", "apscheduler", "chinese_calendar", "cel_expr_python", "httpx", "rich")
    code = f"import sys, zhixing.engine; print([m for m in {heavy} if m in sys.modules])"
    assert run_plain(code) == "[]\n"


def run_plain(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
