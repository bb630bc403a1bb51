"""Files of running cases: JSON Lines, one case a line, or YAML with `cases`.

One that cannot be read, or is described wrongly, costs itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...engine.errors import TakeoverRefused
from ...workflow.errors import ZhixingError
from ...workflow.language import Words
from ...workflow.source.mappings import plain
from ...workflow.source.yaml_reader import SOURCE, ReadingFailed, read_file
from .errors import TakeoverFileRefused
from .facts import CaseFacts, mapping_of

_LONGEST_LINE = 1_000_000
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class TakeoverItem:
    """One case of a batch: its place among them (from 1), its line in the file, its facts or why
    there are none."""

    item: int
    line: int | None = None
    facts: CaseFacts | None = None
    error: ZhixingError | None = None
    number: str = ""

    def at(self, court: str) -> TakeoverItem:
        """The same in a court, where its facts name none."""
        if self.facts is None or self.facts.court:
            return self
        return replace(self, facts=self.facts.model_copy(update={"court": court}))


def read_takeover(path: Path | str) -> Iterator[TakeoverItem]:
    """The cases of a file, one after the other: of `.jsonl` a line each, of `.yaml` those under
    `cases`. Memory does not grow with the lines.

    Raises `TakeoverFileRefused` for a file that cannot be read as a whole.
    """
    path = Path(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        yield from _of_yaml(path)
    else:
        yield from _of_lines(path)


def _of_lines(path: Path) -> Iterator[TakeoverItem]:
    """The cases of JSON Lines, one line in memory at a time; empty ones are no cases."""
    item = 0
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(iter(lambda: file.readline(_LONGEST_LINE + 1), b""), 1):
                text = raw.removeprefix(_BOM).strip() if number == 1 else raw.strip()
                if text:
                    item += 1
                    yield _of_line(path, item, number, text)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise TakeoverFileRefused(place=path, why_zh=why, why_en=why) from None


def _of_line(path: Path, item: int, line: int, raw: bytes) -> TakeoverItem:
    """One case of JSON; its numbers stay text, as they were written."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        long = len(raw) > _LONGEST_LINE
        words = _TOO_LONG if long else Words(f"不是 JSON：{error}", f"it is no JSON: {error}")
        why = TakeoverFileRefused(place=f"{path}:{line}", why_zh=words.zh, why_en=words.en)
        return TakeoverItem(item, line, error=why)
    return _item(item, line, value)


_TOO_LONG = Words(f"一行超过 {_LONGEST_LINE} 字节", f"a line has more than {_LONGEST_LINE} bytes")


def _of_yaml(path: Path) -> Iterator[TakeoverItem]:
    """The cases of a YAML file, which is read as a whole."""
    try:
        value, _ = read_file(path)
    except ReadingFailed as failed:
        found = failed.findings[0]
        why = TakeoverFileRefused(place=found.at, why_zh=found.zh, why_en=found.en)
        raise why from None
    listed = mapping_of(value).get("cases")
    if not isinstance(listed, list):
        zh, en = "应为 cases: 下的列表", "it must have a list under cases:"
        raise TakeoverFileRefused(place=path, why_zh=zh, why_en=en)
    for item, one in enumerate(listed, 1):
        source = mapping_of(one).get(SOURCE)
        line = source.at.line if source is not None else None
        yield _item(item, line, plain(one))


def _item(item: int, line: int | None, value: Any) -> TakeoverItem:
    """A case by its facts, or with why they are none; its number in either case."""
    number = str(mapping_of(value).get("number") or "")
    try:
        return TakeoverItem(item, line, CaseFacts.of(value), number=number)
    except TakeoverRefused as refused:
        return TakeoverItem(item, line, error=refused, number=number)
