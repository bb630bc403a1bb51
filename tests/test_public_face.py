"""What a host uses is importable from six faces: read from documents, examples and the code.

A name in a document, an example, a `Raises` line or the signature of a verb that no face has is a
failure here.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from tests.conftest import ROOT
from zhixing.engine import AsyncEngine, Engine
from zhixing.engine.verbs.changes import Changes
from zhixing.engine.verbs.orders import Orders
from zhixing.engine.verbs.publications import Publications
from zhixing.engine.verbs.questions import Questions

FACES = (
    "zhixing.engine",
    "zhixing.court",
    "zhixing.workflow",
    "zhixing.adapters",
    "zhixing.adapters.testing",
    "zhixing.analysis",
    "zhixing.testing",
)
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@cache
def face(name: str) -> dict[str, Any]:
    """What a face says is its own, by name; nothing when it is not there."""
    try:
        module = import_module(name)
    except ModuleNotFoundError:
        return {}
    return {part: getattr(module, part) for part in getattr(module, "__all__", ())}


@cache
def everywhere() -> dict[str, Any]:
    """What the faces have together."""
    return {part: value for name in FACES for part, value in face(name).items()}


def lines(missing: dict[str, list[str]]) -> str:
    return "\n".join(f"{name}: {', '.join(places)}" for name, places in sorted(missing.items()))


@pytest.mark.parametrize("name", FACES)
def test_a_face_says_what_it_has(name: str) -> None:
    assert face(name), f"{name} has no __all__"
    assert len(set(import_module(name).__all__)) == len(import_module(name).__all__)


def test_a_name_means_the_same_in_every_face() -> None:
    for name in FACES:
        for part, value in face(name).items():
            assert everywhere()[part] is value, f"{name}.{part}"


# -- what documents and examples use


def snippets() -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        for code in re.findall(r"^```python\n(.*?)^```", document.read_text(), re.M | re.S):
            yield str(document.relative_to(ROOT)), code
    for example in EXAMPLES:
        yield str(example.relative_to(ROOT)), example.read_text()


def imported(code: str) -> Iterator[tuple[str, str]]:
    """Every import of ours in a text: the module, and the name from it ('' for the module)."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "zhixing":
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.name, "") for a in node.names if a.name.split(".")[0] == "zhixing")


def test_documents_and_examples_import_only_from_the_faces() -> None:
    wrong = set()
    for place, code in snippets():
        for module, name in imported(code):
            if module not in FACES:
                wrong.add(f"{place}: {module} is no face (for {name})")
            elif name and name not in face(module):
                wrong.add(f"{place}: {name} is not in {module}")
    assert not wrong, "\n".join(sorted(wrong))


def test_names_in_the_prose_of_documents_are_those_of_the_faces() -> None:
    """`zhixing.engine.upgrade_schema`, say. Decisions tell of the day they were made."""
    wrong = set()
    for document in DOCUMENTS:
        if "decisions" in document.parts:
            continue
        for name in re.findall(r"`(zhixing(?:\.\w+)+)", document.read_text()):
            module, _, part = name.rpartition(".")
            if name not in FACES and part not in face(module):
                wrong.add(f"{document.relative_to(ROOT)}: {name}")
    assert not wrong, "\n".join(sorted(wrong))


# -- what is raised


def documented(tree: ast.AST, owner: str = "") -> Iterator[tuple[str, str]]:
    """The public functions and classes of a module with their docstrings."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_") and node.name != "__init__":
            continue
        name = f"{owner}{node.name}"
        yield name, ast.get_docstring(node) or ""
        if isinstance(node, ast.ClassDef):
            yield from documented(node, f"{name}.")


def raised() -> Iterator[tuple[str, str]]:
    """Every error that a `Raises` line names, and where ("what `Engine` raises" names none)."""
    for part in (name.partition(".")[2] for name in FACES):
        for path in sorted((ROOT / part).rglob("*.py")):
            for name, told in documented(ast.parse(path.read_text())):
                for line in re.findall(r"\bRaises? (?!what|as)([^.]*)\.", told):
                    for error in re.findall(r"`([A-Z]\w+)`", line):
                        yield f"{path.relative_to(ROOT)}: {name}", error


def test_what_is_raised_is_in_a_face() -> None:
    missing: dict[str, list[str]] = {}
    for place, error in raised():
        if error not in everywhere():
            missing.setdefault(error, []).append(place)
    assert not missing, lines(missing)


def test_raises_lines_name_errors() -> None:
    for place, error in raised():
        kind = everywhere().get(error)
        assert kind is None or (isinstance(kind, type) and issubclass(kind, Exception)), place


# -- what verbs take and return


def verbs(engine: type) -> Iterator[tuple[str, Any]]:
    for name, member in inspect.getmembers(engine, callable):
        if not name.startswith("_") or name == "__init__":
            yield name, member


def classes_in(annotation: Any) -> Iterator[type]:
    """Every class that an annotation is made of."""
    if isinstance(annotation, list | tuple):
        for part in annotation:
            yield from classes_in(part)
    elif parts := get_args(annotation):
        yield from classes_in(parts)
    elif isinstance(annotation, type):
        yield annotation


def not_in_a_face(named: Iterator[tuple[str, Any]]) -> dict[str, list[str]]:
    """Our classes that functions take or return and no face has, with the functions."""
    ours = {id(value) for value in everywhere().values()}
    missing: dict[str, list[str]] = {}
    for name, function in named:
        for kind in classes_in(tuple(get_type_hints(function).values())):
            if kind.__module__.split(".")[0] == "zhixing" and id(kind) not in ours:
                missing.setdefault(f"{kind.__module__}.{kind.__qualname__}", []).append(name)
    return missing


@pytest.mark.parametrize("engine", [Engine, AsyncEngine])
def test_what_verbs_take_and_return_is_in_a_face(engine: type) -> None:
    missing = not_in_a_face(verbs(engine))
    assert not missing, lines(missing)


def test_what_the_functions_of_the_faces_take_and_return_is_in_a_face() -> None:
    functions = {name: part for name, part in everywhere().items() if inspect.isfunction(part)}
    missing = not_in_a_face(iter(functions.items()))
    assert not missing, lines(missing)


def test_every_verb_is_there_for_asyncio_with_the_same_parameters() -> None:
    for room in (Changes, Orders, Questions, Publications):
        for name, verb in vars(room).items():
            if name.startswith("_") or not inspect.isfunction(verb):
                continue
            twin = inspect.getattr_static(AsyncEngine, name, None)
            assert twin is not None, f"AsyncEngine has no {name}"
            assert (
                inspect.signature(twin).parameters.keys()
                == inspect.signature(verb).parameters.keys()
            )


def test_no_example_or_document_is_left_out() -> None:
    assert len(list(snippets())) > 15
    assert {Path(place).parts[0] for place, _ in snippets()} >= {"README.md", "docs", "examples"}
