"""A definition file to a checked, frozen `Definition`, or to findings at their lines; never anything in between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from .checks import check, check_words
from .checks.layering import check as check_layering
from .errors import ZhixingError
from .model.base import Element
from .model.definition import Definition, Fragment
from .shape_errors import located
from .source.findings import Finding
from .source.layers import Layered, lay_over, read_layered, read_layered_bytes
from .source.positions import Position
from .source.yaml_reader import ReadingFailed, read_bytes, read_file
from .source.yaml_writer import to_yaml


class DefinitionRefused(ZhixingError):
    """A definition has errors; `findings` lists them all."""

    code = "definition"
    zh, en = (
        "流程定义有 {count} 处错误：\n{lines_zh}",
        "the definition has {count} error(s):\n{lines_en}",
    )

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(
            count=len(findings),
            lines_zh="\n".join(f.line("zh") for f in findings),
            lines_en="\n".join(f.line("en") for f in findings),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.findings,)


def load_definition(path: str | Path) -> Definition:
    """Read, build and check one file, with what it imports or lies over. Raises `DefinitionRefused` with every error found."""
    definition, findings = inspect(path)
    return _accepted(definition, findings, str(path))


@lru_cache(maxsize=256)
def definition_from_text(text: str, name: str = "<text>") -> Definition:
    """As `load_definition`, from text already read (kept in a database, say)."""
    return _accepted(
        *_inspect(lambda: read_layered_bytes(text.encode(), name), name, deep=False), name
    )


@lru_cache(maxsize=256)
def stored_definition(text: str, name: str) -> Definition:
    """A version that was accepted once and kept: it is read as it is, whatever the law asks of new ones by now.

    Raises `DefinitionRefused` only when it can no longer be run at all.
    """
    try:
        definition, findings = _build(read_layered_bytes(text.encode(), name), name)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    return _accepted(
        definition, [*findings, *(check_words(definition) if definition is not None else ())], name
    )


def load_for_comparison(path: str | Path) -> Definition:
    """A file to compare with: its mistakes do not matter, as long as it can be read. Raises `DefinitionRefused`."""
    definition, findings = inspect(path)
    return definition if definition is not None else _accepted(definition, findings, str(path))


def inspect(path: str | Path, deep: bool = False) -> tuple[Definition | None, list[Finding]]:
    """The definition where one could be built, and every finding, warnings too; `deep` solves its conditions also.

    Never raises on a file's content.
    """
    return _inspect(lambda: read_layered(path), str(path), deep)


def layer_over(
    definition: Definition, layer: str, name: str = "<layer>", deep: bool = True
) -> tuple[Definition | None, list[Finding]]:
    """A layer's text over a definition already loaded (for one case, say): the merged definition, and every finding."""

    def read() -> Layered:
        value, _ = read_bytes(layer.encode(), name)
        if not isinstance(value, dict):
            raise ReadingFailed(
                [Finding(Position(name, 1, 1), "shape", "应为键值表", "must be a mapping")]
            )
        return lay_over(
            read_layered_bytes(definition.source_text.encode(), definition.at.file), value
        )

    return _inspect(read, name, deep)


def _inspect(
    read: Callable[[], Layered], name: str, deep: bool
) -> tuple[Definition | None, list[Finding]]:
    try:
        layered = read()
    except ReadingFailed as failed:
        return None, sorted(failed.findings)
    definition, findings = _build(layered, name)
    if definition is None:
        return None, findings
    return definition, sorted(
        {*findings, *check(definition, deep), *_stricter(layered, definition, name)}
    )


def _accepted(definition: Definition | None, findings: list[Finding], name: str) -> Definition:
    errors = [f for f in findings if f.severity == "error"]
    if definition is None or errors:
        fragment = Finding(
            Position(name, 1, 1),
            "shape",
            "这是供导入的片段，不是流程定义",
            "a fragment to import, not a definition",
        )
        raise DefinitionRefused(errors or [fragment])
    return definition


def _build(layered: Layered, name: str) -> tuple[Definition | None, list[Finding]]:
    value = layered.value
    if "fragment" in value:
        try:
            Fragment.model_validate(value)
        except ValidationError as error:
            return None, located(value, error, name)
        return None, []
    try:
        definition = Definition.model_validate(value)
    except ValidationError as error:
        return None, located(value, error, name)
    text = (
        to_yaml({k: v for k, v in value.items() if k != "imports"})
        if layered.is_composed
        else layered.text
    )
    definition._hash = hashlib.sha256(text.encode()).hexdigest()
    definition._text = text
    return definition, []


def _stricter(layered: Layered, definition: Definition, name: str) -> Iterator[Finding]:
    """Each layer beside the one below it: it may only make things stricter."""
    while layered.below is not None:
        below, _ = _build(layered.below, name)
        if below is None:
            return
        yield from check_layering(below, definition, layered.level)
        layered, definition = layered.below, below


M = TypeVar("M", bound=Element)


def read_model(path: str | Path, model: type[M]) -> M:
    """A file of another kind (scenarios, a simulation) as its model. Raises `DefinitionRefused` with findings at their lines."""
    try:
        value, _ = read_file(path)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    if not isinstance(value, dict):
        raise DefinitionRefused(
            [Finding(Position(str(path), 1, 1), "shape", "应为键值表", "must be a mapping")]
        )
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise DefinitionRefused(located(value, error, str(path))) from None
