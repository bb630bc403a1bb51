"""What each code of lint means, with a wrong and a right example."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from .source.mappings import entries
from .source.yaml_reader import read_text


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means, with a wrong and a right example."""

    id: str
    zh: str
    en: str
    wrong: str
    right: str


@cache
def codes() -> dict[str, Code]:
    """Every code that lint can give."""
    text = files(__package__).joinpath("checks/codes.yaml").read_text(encoding="utf-8")
    table = read_text(text, "codes.yaml")
    return {id: _code(id, entry) for id, entry in entries(table)}


def _code(id: str, entry: dict[str, Any]) -> Code:
    zh, en, wrong, right = (str(entry[key] or "") for key in ("zh", "en", "wrong", "right"))
    return Code(id, zh, en, wrong, right)
