"""The page on architecture names every module, rooms import from below, packages are shipped."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "explanation" / "architecture.md"
PARTS = ("workflow", "engine", "analysis", "adapters", "console", "testing", "court")
PRESENT = [part for part in PARTS if (ROOT / part).is_dir()]


def rows() -> list[tuple[str, tuple[str, ...]]]:
    """Every row of a room in the page: its folder and its modules, from above to below."""
    found = []
    for folder, modules in re.findall(
        r"^\| `([a-z_/]+/)` \| [^|]+ \| ([^|]+) \|$", PAGE.read_text(), re.M
    ):
        found.append((folder.rstrip("/"), tuple(re.findall(r"`(\w+)`", modules))))
    return found


def modules(part: str) -> list[Path]:
    return [p for p in sorted((ROOT / part).rglob("*.py")) if "__pycache__" not in p.parts]


def test_the_page_names_every_module_once_and_none_that_is_gone() -> None:
    named = [f"{folder}/{module}.py" for folder, modules in rows() for module in modules]
    there = [
        str(path.relative_to(ROOT))
        for part in PRESENT
        for path in modules(part)
        if path.name != "__init__.py"
    ]
    assert sorted(named) == sorted(there)


def test_every_room_of_the_tree_is_a_row_of_the_page() -> None:
    rooms = {
        str(path.parent.relative_to(ROOT))
        for part in PRESENT
        for path in modules(part)
        if path.name != "__init__.py"
    }
    assert {folder for folder, _ in rows()} == rooms


def imported(path: Path) -> Iterator[str]:
    """The folders and modules of the tree that a module imports from, as paths without ending."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        base = path.relative_to(ROOT).parts[:-1]
        base = base[: len(base) - node.level + 1]
        target = "/".join([*base, *(node.module or "").split(".")]).rstrip("/")
        if (ROOT / target).is_dir():
            names = [f"{target}/{alias.name}" for alias in node.names]
            yield from (n if (ROOT / f"{n}.py").exists() else target for n in names)
        else:
            yield target


@pytest.mark.parametrize("part", [p for p in PRESENT if p in ("engine", "workflow")])
def test_a_room_imports_only_from_the_rooms_below_it(part: str) -> None:
    order = [(f, m) for f, m in rows() if f.split("/")[0] == part]
    place = {f"{f}/{module}": at for at, (f, modules) in enumerate(order) for module in modules}
    lowest = {f: at for at, (f, _) in enumerate(order)}
    wrong = []
    for path in modules(part):
        if path.name == "__init__.py":
            continue  # a face shows what lies behind it
        module = str(path.relative_to(ROOT)).removesuffix(".py")
        for target in imported(path):
            below = place.get(target, lowest.get(target))
            if target.split("/")[0] == part and below is not None and below < place[module]:
                wrong.append(f"{module} imports {target}, which is above it")
    assert wrong == []


def test_what_is_shipped_are_the_packages_of_the_tree() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    folders = {f: name for name, f in settings["package-dir"].items()}
    tree = {
        ".".join([f"zhixing.{top}", *path.parent.relative_to(ROOT / top).parts])
        for top in [*PRESENT, "definitions"]
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert sorted(settings["packages"]) == sorted(tree)
    assert set(folders) == {*PRESENT, "definitions"}


def test_the_benchmarks_start() -> None:
    """They are no part of the suite, and are told when a module they use moved."""
    asked = [sys.executable, "-m", "benchmarks", "nonsense"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    assert (told.returncode, "unknown part nonsense" in told.stderr) == (2, True)
