"""A charter read from its file, or from the text that was kept of it."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from importlib.resources import files
from operator import attrgetter
from pathlib import Path

from ...workflow.loading import DefinitionRefused, model_from_text
from ...workflow.source.unclean import unclean_texts
from ...workflow.source.yaml_reader import ReadingFailed, read_bytes, read_file, refuse_for
from .checks import check
from .model import Charter


class CharterRefused(DefinitionRefused):
    """A charter has errors; `findings` lists them all."""

    code = "charter"
    zh, en = "章程有 {count} 处错误：\n{lines_zh}", "the charter has {count} error(s):\n{lines_en}"


def load_charter(path: str | Path) -> Charter:
    """A charter's file, read and checked. Raises `CharterRefused`."""
    try:
        _, text = read_file(path)
    except ReadingFailed as failed:
        raise CharterRefused(failed.findings) from None
    return given_charter(text, str(path))


def given_charter(text: str, name: str = "<charter>") -> Charter:
    """A charter that somebody gives: all of it can be shown. Raises `CharterRefused`."""
    try:
        value, _ = read_bytes(text.encode("utf-8", "surrogatepass"), name)
        refuse_for(list(unclean_texts(value)))
    except ReadingFailed as failed:
        raise CharterRefused(failed.findings) from None
    return charter_from_text(text, name)


@lru_cache(maxsize=64)
def charter_from_text(text: str, name: str = "<charter>") -> Charter:
    """A charter from its text, checked. Raises `CharterRefused`."""
    try:
        charter = model_from_text(text, name, Charter)
    except DefinitionRefused as refused:
        raise CharterRefused(refused.findings) from None
    errors = list(filter(attrgetter("is_error"), check(charter)))
    if errors:
        raise CharterRefused(sorted(errors))
    charter._text = text
    charter._hash = hashlib.sha256(text.encode()).hexdigest()
    return charter


@cache
def default_charter() -> Charter:
    """The charter of a database that was given none: one court."""
    text = files("zhixing.definitions").joinpath("charter.yaml").read_text(encoding="utf-8")
    return charter_from_text(text, "charter.yaml")
