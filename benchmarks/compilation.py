"""How long a real definition takes to load and compile, and to be linted; beside PyYAML alone."""

from __future__ import annotations

import shutil
import tempfile
from importlib.resources import files
from itertools import count
from pathlib import Path

import yaml

from zhixing.engine.decision.procedure import Procedure
from zhixing.workflow import load_definition
from zhixing.workflow.linting import lint

from .measure import CPU, Row, both_milliseconds


class _FreshText:
    """A copy of first enforcement and what it imports, whose text is new each time it is read, so
    that nothing kept by text can answer."""

    def __init__(self, folder: str) -> None:
        source = Path(str(files("zhixing.definitions").joinpath("cn")))
        shutil.copytree(source, folder, dirs_exist_ok=True)
        self.path = Path(folder) / "first_enforcement.yaml"
        self._imported = Path(folder) / "common.yaml"
        self._text = self.path.read_text(encoding="utf-8")
        self._numbers = count()
        self.lines = len(self._text.splitlines())

    def load(self) -> None:
        Procedure(load_definition(self._renewed()))

    def lint(self) -> None:
        lint(self._renewed())

    def parse(self) -> None:
        for path in (self._renewed(), self._imported):
            yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

    def _renewed(self) -> Path:
        self.path.write_text(f"{self._text}\n# {next(self._numbers)}\n", encoding="utf-8")
        return self.path


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        text = _FreshText(folder)
        name = f"first enforcement ({text.lines} lines)"
        loaded, parsed = both_milliseconds(text.load, text.parse, rounds=15, clock=CPU)
        linted, again = both_milliseconds(text.lint, text.parse, rounds=9, clock=CPU)
    ruler = "PyYAML (C) parses the text"
    return [
        Row(f"load and compile {name}", loaded, ruler, parsed, "≤ 70 ms", "ms", "CPU"),
        Row(f"lint {name}", linted, ruler, again, "≤ 250 ms", "ms", "CPU"),
    ]
