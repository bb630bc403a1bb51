"""A definition names regular files below its root, and nothing else of the machine."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from tests.conftest import LOAN
from zhixing.engine import Engine
from zhixing.workflow import DefinitionRefused, Finding, load_definition
from zhixing.workflow.linting import lint
from zhixing.workflow.source.yaml_reader import MAX_DEPTH, read_bytes
from zhixing.workflow.source.yaml_writer import plain, to_yaml

FRAGMENT = (
    "fragment: shared\ntitle: {zh: 共用, en: shared}\n"
    "roles: {auditor: {title: {zh: 审计, en: a}}}\n"
)
LAYER = "level: court\nid: x\ntitle: {zh: 层, en: layer}\nversion: 1\neffective: 2024-01-01\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a fragment and a loan; another fragment and a loan beside it."""
    folder = tmp_path / "root"
    folder.mkdir()
    for place in (folder, tmp_path):
        (place / "parts.yaml").write_text(FRAGMENT, encoding="utf-8")
        (place / "base.yaml").write_text(LOAN, encoding="utf-8")
    return folder


def naming(root: Path, name: str, key: str = "imports") -> list[Finding]:
    """What is found in a file that names another."""
    file = root / "loan.yaml"
    text = f"imports:\n  - {{from: {name}, roles: all}}\n{LOAN}"
    if key == "overlay":
        text = f"overlay: {name}\n{LAYER}"
    file.write_text(text, encoding="utf-8")
    return lint(file)


def escape(root: Path, kind: str) -> str:
    """A name that leads to something that is no file below the root."""
    link = root / "link.yaml"
    if kind == "link":
        link.symlink_to(root.parent / "parts.yaml")
    elif kind == "circle":
        link.symlink_to(link)
    elif kind == "folder link":
        link.symlink_to(root.parent)
        return "link.yaml/parts.yaml"
    elif kind == "pipe":
        os.mkfifo(link)
    elif kind == "folder":
        link.mkdir()
    return link.name if link.exists() or link.is_symlink() else kind


OUTSIDE = ("../parts.yaml", "../root/../parts.yaml", "/dev/zero", "/etc/passwd", '"a\\0b"')
LINKS = ("link", "folder link", "circle")


@pytest.mark.parametrize("key", ["imports", "overlay"])
@pytest.mark.parametrize("kind", [*OUTSIDE, *LINKS])
def test_what_lies_outside_is_told_where_it_is_named(root: Path, kind: str, key: str) -> None:
    name = kind if kind in OUTSIDE else escape(root, kind)
    (finding,) = naming(root, name, key)
    place = (2, 12 + name.startswith('"')) if key == "imports" else (1, 10 + name.startswith('"'))
    assert (finding.code, finding.at.line, finding.at.column) == ("import-outside", *place)
    assert "不能引用" in finding.zh and "cannot be named" in finding.en


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_regular_file_is_not_waited_for(root: Path, kind: str) -> None:
    (finding,) = naming(root, escape(root, kind))
    assert (finding.code, finding.at.line, finding.at.column) == ("file", 2, 12)


@pytest.mark.parametrize("name", ["/dev/zero", "a\0b.yaml", "pipe"])
def test_the_file_itself_is_a_regular_file_too(root: Path, name: str) -> None:
    os.mkfifo(root / "pipe")
    tracemalloc.start()
    try:
        (finding,) = lint(root / name)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert finding.code == "file" and peak < 50_000_000


def test_a_huge_file_is_not_read_whole(root: Path) -> None:
    with open(root / "huge.yaml", "wb") as file:
        file.truncate(50_000_000_000)
    (finding,) = naming(root, "huge.yaml")
    assert finding.code == "file-size"


def test_links_within_the_root_are_followed(root: Path) -> None:
    (root / "link.yaml").symlink_to(root / "parts.yaml")
    assert naming(root, "link.yaml") == []


def test_a_root_may_be_declared(root: Path) -> None:
    naming(root, "../parts.yaml")
    with pytest.raises(DefinitionRefused, match="import-outside"):
        load_definition(root / "loan.yaml")
    assert load_definition(root / "loan.yaml", root=root.parent).id == "loan"
    with pytest.raises(DefinitionRefused, match="import-outside"):
        load_definition(root.parent / "base.yaml", root=root)


def test_a_layer_in_its_folder_lies_over_what_is_beside_that(root: Path) -> None:
    (root / "layers").mkdir()
    layer = root / "layers" / "x.yaml"
    layer.write_text(f"overlay: ../base.yaml\n{LAYER}", encoding="utf-8")
    assert load_definition(layer).layers[0].id == "x"
    layer.write_text(f"overlay: ../../base.yaml\n{LAYER}", encoding="utf-8")
    assert [finding.code for finding in lint(layer)] == ["import-outside"]


def test_a_folder_is_read_no_further_than_itself(root: Path) -> None:
    os.mkfifo(root / "pipe.yaml")
    (root / "out.yaml").symlink_to(root.parent / "base.yaml")
    (root / "folder.yaml").mkdir()
    (root / "bytes.yaml").write_bytes(b"\xff\xfe")
    with Engine("sqlite://", root, drafts=True) as engine:
        assert {Path(file).name for file in engine.broken} == {
            "pipe.yaml",
            "out.yaml",
            "folder.yaml",
            "bytes.yaml",
        }
        assert engine.registry.current("loan").definition.id == "loan"


def test_what_is_written_is_read_back_the_same_also_where_it_is_empty() -> None:
    text = (
        "id: x\nforms: {}\nwarn: []\nnote: ''\nstates:\n  a: {phase: p}\n  b: {}\nnothing: null\n"
    )
    value, _ = read_bytes(text.encode(), "x.yaml")
    again, _ = read_bytes(to_yaml(value).encode(), "x.yaml")
    assert plain(again) == plain(value)


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1])
def test_a_file_is_nested_so_deeply_and_no_deeper(tmp_path: Path, depth: int) -> None:
    lists = depth - 1  # the file itself is the first
    file = tmp_path / "deep.yaml"
    file.write_text("a: " + "[" * lists + "]" * lists)
    found = {finding.code for finding in lint(file)}
    assert ("file-depth" in found) is (depth > MAX_DEPTH), found
