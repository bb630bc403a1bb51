"""How calm the code is to read, measured: `python -m tests.calm`.

Branches are what a reader must keep in mind: conditions, loops, each loop of a comprehension,
handlers of exceptions, cases of a match, and each further part of an `and` or `or`. Counted over
the lines of all functions they may be `MOST_IN_100_LINES`; no function may have more than
`MOST_IN_A_FUNCTION`. (So counted, dramatiq 1.17 has 11.5 in 100 lines, starlette 1.10 has 15.9.)
The width of lines is ruff's to check.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
FOLDERS = ("workflow", "engine", "adapters", "analysis", "testing", "console", "court")
MOST_IN_100_LINES = 20.0
MOST_IN_A_FUNCTION = 10
_BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.match_case,
    ast.comprehension,
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Measured(NamedTuple):
    """One function: where it stands, its lines, its branches."""

    place: str
    lines: int
    branches: int


def functions_in(path: Path) -> Iterator[Measured]:
    """Every function of a file; one inside another is measured by itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, _Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            place = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            yield Measured(place, lines, sum(map(_weight, _own_nodes(node))))


def _own_nodes(function: _Function) -> Iterator[ast.AST]:
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _Function):
            waiting += ast.iter_child_nodes(node)


def _weight(node: ast.AST) -> int:
    if isinstance(node, _BRANCHES):
        return 1
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    return 0


def files_in(folder: str) -> list[Path]:
    """The files of a folder, but for the frozen migrations."""
    paths = (ROOT / folder).rglob("*.py")
    return sorted(p for p in paths if "migrations" not in p.parts)


def main(folders: list[str]) -> int:
    found = [f for folder in folders for path in files_in(folder) for f in functions_in(path)]
    lines, branches = sum(f.lines for f in found), sum(f.branches for f in found)
    share = 100 * branches / max(lines, 1)
    print(f"{len(found)} functions, {lines} lines, {share:.1f} branches in 100 lines", end="")
    print(f" (at most {MOST_IN_100_LINES:g})")
    heavy = sorted((f for f in found if f.branches > MOST_IN_A_FUNCTION), key=lambda f: f.place)
    for function in heavy:
        print(f"{function.place}: {function.branches} branches (at most {MOST_IN_A_FUNCTION})")
    return 1 if heavy or share > MOST_IN_100_LINES else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:] or list(FOLDERS)))
