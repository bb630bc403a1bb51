"""Whether the tests notice when the code is wrong: a seeded sample of one-place changes (mutants).

`python -m tests.mutants [--sample N] [--seed N] [--under PATH] [--again]`: each mutant is one
changed place of a function in `workflow/` or `engine/`, or in the part of them that is named. The
tests that reach the place are run on a copy of the tree; a mutant that they let pass survives. What
they reach is measured once, and kept in `build/mutants` until `--again`. Those that are most about
the file go first, up to a budget of their time: the score is the least that the suite has.
It fails below `LEAST`.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "mutants"
MEASURED, TIMES, TREE = BUILD / "coverage.db", BUILD / "tests.xml", BUILD / "tree"
FOLDERS = ("workflow", "engine")
FROZEN = "migrations"
LEAST = 85
"""Mutants in a hundred that the tests must notice."""
SECONDS = 90
"""How long the tests of one mutant take in all, at the most, when nothing is wrong."""
TESTS = 400
"""How many they are at the most."""
CONTROLS = 5
"""How many mutants' tests are run on an unchanged copy first."""
SUITE = ["-n", "2", "--dist", "loadfile"]


class Mutant(NamedTuple):
    """One changed place: the file, its lines, what stood there and what stands there now."""

    file: str
    line: int
    last: int
    before: str
    after: str
    text: str

    @property
    def words(self) -> str:
        return f"{self.file}:{self.line}: {self.before}  →  {self.after}"


# -- what can be changed

_OTHER: Mapping[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for number, op in enumerate(node.ops):
        if type(op) in _OTHER:
            changed = copy.deepcopy(node)
            changed.ops[number] = _OTHER[type(op)]()  # type: ignore[call-overload]
            yield changed


def _operator(node: ast.BoolOp | ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in _OTHER:
        changed = copy.deepcopy(node)
        changed.op = _OTHER[type(node.op)]()  # type: ignore[assignment]
        yield changed


def _not(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not):
        yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)


def _if_else(node: ast.IfExp) -> Iterator[ast.AST]:
    yield ast.IfExp(node.test, node.orelse, node.body)


def _return(node: ast.Return) -> Iterator[ast.AST]:
    """Nothing in place of what is given; what is nothing already, or false, would be no change."""
    if node.value is not None and not _is_nothing(node.value):
        yield ast.Return(ast.Constant(None))


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _statement(node: ast.Expr) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Call):
        yield ast.Pass()
    elif isinstance(node.value, ast.YieldFrom):
        yield ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))


def _comprehension(node: ast.GeneratorExp | ast.ListComp | ast.SetComp) -> Iterator[ast.AST]:
    for number, part in enumerate(node.generators):
        for condition in range(len(part.ifs)):
            changed = copy.deepcopy(node)
            del changed.generators[number].ifs[condition]
            yield changed


_CHANGES: Mapping[type[ast.AST], Callable[..., Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _operator,
    ast.BinOp: _operator,
    ast.UnaryOp: _not,
    ast.Constant: _constant,
    ast.IfExp: _if_else,
    ast.Return: _return,
    ast.Expr: _statement,
    ast.GeneratorExp: _comprehension,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
}


def mutants(under: str = "") -> list[Mutant]:
    """Every mutant there is in the files whose names begin so, in the order of the code."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    named = [path for path in paths if path.relative_to(ROOT).as_posix().startswith(under)]
    return [m for path in named if FROZEN not in path.parts for m in _of_file(path)]


def _of_file(path: Path) -> Iterator[Mutant]:
    raw = path.read_bytes()
    for function in ast.walk(ast.parse(raw)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in function.body:
                yield from _below(statement, path, raw)


def _below(node: ast.AST, path: Path, raw: bytes) -> Iterator[Mutant]:
    """The mutants of a node and of all below it; a function within has its own turn.

    Nothing within an f-string: before Python 3.12 its parts have no places.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.JoinedStr):
        return
    for changed in _CHANGES.get(type(node), lambda _: iter(()))(node):
        yield _mutant(node, changed, path, raw)
    parts = [node.value] if isinstance(node, ast.AnnAssign) and node.value else []
    for part in parts or ast.iter_child_nodes(node):
        yield from _below(part, path, raw)


def _mutant(node: ast.AST, changed: ast.AST, path: Path, raw: bytes) -> Mutant:
    assert isinstance(node, ast.expr | ast.stmt)
    first, last = _offset(raw, node.lineno, node.col_offset), _end(raw, node)
    after = ast.unparse(ast.fix_missing_locations(changed))
    written = after if isinstance(node, ast.stmt) else f"({after})"
    text = (raw[:first] + written.encode() + raw[last:]).decode()
    before = " ".join(raw[first:last].decode().split())
    end = node.end_lineno or node.lineno
    file = path.relative_to(ROOT).as_posix()
    return Mutant(file, node.lineno, end, before, after, text)


def _offset(raw: bytes, line: int, column: int) -> int:
    return sum(map(len, raw.splitlines(keepends=True)[: line - 1])) + column


def _end(raw: bytes, node: ast.expr | ast.stmt) -> int:
    return _offset(raw, node.end_lineno or node.lineno, node.end_col_offset or 0)


# -- which tests reach a place


def measure() -> None:
    """Run the whole suite once, and keep which test reaches which line, and how long it takes."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    cov = [*(f"--cov={folder}" for folder in FOLDERS), "--cov-context=test", "--cov-report="]
    command = [sys.executable, "-m", "pytest", *SUITE, *cov, f"--junitxml={TIMES}"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"COVERAGE_FILE": str(MEASURED)})


class Reached:
    """Which tests reach a line, those first that are about its file more than about others."""

    def __init__(self) -> None:
        from coverage import CoverageData

        data = CoverageData(basename=str(MEASURED))
        data.read()
        self._lines: dict[str, dict[int, list[str]]] = {}
        self._in_file: dict[str, Counter[str]] = {}
        for path in data.measured_files():
            lines = {n: _tests(of) for n, of in data.contexts_by_lineno(path).items()}
            file = Path(path).relative_to(ROOT).as_posix()
            self._lines[file] = lines
            self._in_file[file] = Counter(test for tests in lines.values() for test in tests)
        self._in_all = sum(self._in_file.values(), Counter[str]())
        self._seconds = _seconds()

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests to be run for a mutant, within the budget."""
        lines = self._lines.get(mutant.file, {})
        found = {t for n in range(mutant.line, mutant.last + 1) for t in lines.get(n, ())}
        found &= self._seconds.keys()
        chosen: list[str] = []
        left = float(SECONDS)
        for test in sorted(found, key=lambda test: (-self._share(mutant.file, test), test))[:TESTS]:
            if self._seconds[test] <= left:
                left -= self._seconds[test]
                chosen.append(test)
        return chosen

    def _share(self, file: str, test: str) -> float:
        """How much of what a test reaches lies in a file."""
        return self._in_file[file][test] / self._in_all[test]


def _tests(contexts: list[str]) -> list[str]:
    return list(dict.fromkeys(name.rpartition("|")[0] for name in contexts if "|" in name))


def _seconds() -> Mapping[str, float]:
    """How long each test took, by the name that pytest gives it; those that failed are left out."""
    took = defaultdict[str, float](float)
    failed = set[str]()
    for case in ElementTree.parse(TIMES).getroot().iter("testcase"):
        place = case.get("classname", "").replace(".", "/")
        name = f"{place}.py::{case.get('name')}"
        took[name] += float(case.get("time", 0))
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)
    return {name: seconds for name, seconds in took.items() if name not in failed}


# -- whether the tests notice


class Copies:
    """Copies of the tree in which one file is changed at a time."""

    def __init__(self, count: int) -> None:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
        self._free: Queue[Path] = Queue()
        for number in range(count):
            tree = TREE / str(number) / "zhixing"
            shutil.rmtree(tree, ignore_errors=True)
            for file in listed.stdout.splitlines():
                (tree / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / file, tree / file)
            self._free.put(tree)

    def notices(self, mutant: Mutant, tests: list[str]) -> bool:
        """Whether one of the tests fails on a copy with the mutant, or does not end."""
        tree = self._free.get()
        file = tree / mutant.file
        original = file.read_text(encoding="utf-8")
        try:
            file.write_text(mutant.text, encoding="utf-8")
            return _fail(tree, tests)
        finally:
            file.write_text(original, encoding="utf-8")
            self._free.put(tree)

    def control(self, mutants: list[Mutant], reached: Reached) -> None:
        """Without a change the tests pass on a copy: otherwise they would notice everything."""
        for mutant in mutants:
            original = (ROOT / mutant.file).read_text(encoding="utf-8")
            if self.notices(mutant._replace(text=original), reached.tests_of(mutant)):
                raise SystemExit(f"on an unchanged copy the tests of {mutant.words} fail")


def _fail(tree: Path, tests: list[str]) -> bool:
    chosen = tree.parent / "tests.txt"
    chosen.write_text("\n".join(tests), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"@{chosen}"]
    environment = os.environ | {"PYTHONPATH": str(tree.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, timeout=4 * SECONDS + 60
        )
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode != 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--under", default="", help="of this folder or file alone")
    parser.add_argument("--again", action="store_true", help="measure anew what tests reach")
    asked = parser.parse_args(arguments)
    if asked.again or not MEASURED.exists():
        measure()
    every, reached, copies = mutants(asked.under), Reached(), Copies(2)
    sample = random.Random(asked.seed).sample(every, min(asked.sample, len(every)))
    copies.control([mutant for mutant in sample if reached.tests_of(mutant)][:CONTROLS], reached)

    def is_noticed(mutant: Mutant) -> bool:
        tests = reached.tests_of(mutant)
        noticed = bool(tests) and copies.notices(mutant, tests)
        told = "noticed " if noticed else "SURVIVES" if tests else "UNTESTED"
        print(f"{told} {len(tests):4d} tests  {mutant.words}", flush=True)
        return noticed

    with ThreadPoolExecutor(2) as pool:
        noticed = sum(pool.map(is_noticed, sample))
    score = 100 * noticed / len(sample)
    print(f"{noticed} of {len(sample)} mutants noticed: {score:.0f} % (at least {LEAST} %)", end="")
    print(f", of {len(every)} in all; seed {asked.seed}")
    return 0 if score >= LEAST else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
