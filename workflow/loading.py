"""A definition file to a checked, frozen `Definition`, or to findings at their lines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from .checks import check, check_words
from .checks.layering import check as check_layering
from .errors import ZhixingError
from .language import Words
from .law.law import Law, shipped_law
from .model.base import Element
from .model.definition import Definition, Fragment
from .shape_errors import located
from .source.citations import odd_citations
from .source.findings import Finding
from .source.layers import Layered, lay_over, read_layered, read_layered_bytes
from .source.unclean import unclean_texts
from .source.yaml_reader import (
    Read,
    ReadingFailed,
    not_a_mapping,
    raw_bytes,
    read_bytes,
    read_file,
    refusal,
    refuse_for,
    start_of,
)


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


def load_definition(
    path: str | Path, law: Law | None = None, root: str | Path | None = None
) -> Definition:
    """Read, build and check one file, with what it imports or lies over.

    All of that lies below `root`: the folder of the file (for a layer in a folder `layers` the one
    above) where none is given. It is held to `law` (the one that is shipped, where none is given)
    as it is on the day when the definition takes effect. What was read before is not checked again
    while its files stay as they were. Raises `DefinitionRefused` with every error found.
    """
    kept = _kept(str(path), law, root)
    if not kept or not kept[0].is_current():
        kept[:] = [_load(path, law, root)]
    return kept[0].definition


class _Loaded(NamedTuple):
    """A definition, and the bytes of every file that it was read from."""

    definition: Definition
    files: dict[Path, bytes]

    def is_current(self) -> bool:
        """Whether its files are as they were."""
        try:
            return all(raw_bytes(path) == raw for path, raw in self.files.items())
        except ReadingFailed:
            return False


@lru_cache(maxsize=256)
def _kept(path: str, law: Law | None, root: str | Path | None) -> list[_Loaded]:
    """Where it is kept what was read of a file; empty at first."""
    return []


def _load(path: str | Path, law: Law | None, root: str | Path | None) -> _Loaded:
    """Read and check a definition, whatever was read before. Raises `DefinitionRefused`."""
    files: dict[Path, bytes] = {}

    def read(file: Path) -> bytes:
        return files.setdefault(file, raw_bytes(file))

    definition, findings = inspect(path, law=law, root=root, read=read)
    return _Loaded(_accepted(definition, findings, str(path)), files)


@lru_cache(maxsize=256)
def definition_from_text(text: str, name: str = "<text>", law: Law | None = None) -> Definition:
    """As `load_definition`, from text already read (kept in a database, say)."""
    definition, findings = _inspect(lambda: read_layered_bytes(text.encode(), name), name, law=law)
    return _accepted(definition, findings, name)


@lru_cache(maxsize=256)
def stored_definition(text: str, name: str) -> Definition:
    """A version that was accepted once and kept: read as it is, whatever the law asks by now.

    Raises `DefinitionRefused` only when it can no longer be run at all.
    """
    try:
        definition, findings = _build(read_layered_bytes(text.encode(), name), name)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    if definition is not None:
        findings += check_words(definition)
    return _accepted(definition, findings, name)


def load_for_comparison(path: str | Path) -> Definition:
    """A file to compare with: its mistakes do not matter, as long as it can be read.

    Raises `DefinitionRefused`.
    """
    definition, findings = inspect(path)
    return definition if definition is not None else _accepted(definition, findings, str(path))


def inspect(
    path: str | Path,
    deep: bool = False,
    law: Law | None = None,
    root: str | Path | None = None,
    read: Read = raw_bytes,
) -> tuple[Definition | None, list[Finding]]:
    """The definition where one could be built, and every finding, warnings too.

    `deep` also solves its conditions; `law` is the one that is shipped where none is given; `root`
    as for `load_definition`; `read` gives the files. Never raises on a file's content.
    """
    below = Path(root) if root is not None else None
    return _inspect(lambda: read_layered(path, below, read), str(path), deep, law)


def built(path: str | Path, root: str | Path, read: Read = raw_bytes) -> Definition | None:
    """The definition that a file gives, whatever its checks would say; None where it gives none."""
    try:
        definition, _ = _build(read_layered(path, Path(root), read), str(path))
    except ReadingFailed:
        return None
    return definition


Resolve = Callable[[str], str | None]
"""What gives the text of a file by its path, and None where there is no such file."""


def reading(text: str, name: str, resolve: Resolve) -> Read:
    """How files are read, one of which is a text at hand."""
    own = Path(name)

    def read(path: Path) -> bytes:
        found = text if path == own else resolve(path.as_posix())
        if found is None:
            raise refusal(start_of(str(path)), "file", _NOT_THERE)
        return found.encode(errors="surrogatepass")

    return read


_NOT_THERE = Words("无法读取文件：没有这个文件", "cannot read the file: there is none")


def procedures_beside(
    definition: Definition, read: Read = raw_bytes
) -> Callable[[str], Definition | None]:
    """What gives the definitions of related procedures, from the files beside a definition; their
    mistakes are their own. It gives None where there is none."""

    def find(procedure: str) -> Definition | None:
        file = file_beside(definition, procedure)
        return built(file, file.parent, read)

    return find


def file_beside(definition: Definition, procedure: str) -> Path:
    """Where a related procedure lies: beside the file that names it, which is the base where a
    layer lies elsewhere."""
    files = {sub.procedure: sub.at.file for sub in definition.proceedings.values()}
    return Path(files[procedure]).with_name(f"{procedure}.yaml")


def layer_over(
    definition: Definition,
    layer: str,
    name: str = "<layer>",
    deep: bool = True,
    law: Law | None = None,
) -> tuple[Definition | None, list[Finding]]:
    """A layer's text over a definition already loaded (for one case, say).

    Gives the merged definition, and every finding, as `inspect` does.
    """

    def read() -> Layered:
        value, _ = read_bytes(layer.encode(), name)
        if not isinstance(value, dict):
            raise ReadingFailed([not_a_mapping(start_of(name))])
        source = definition.source_text.encode()
        return lay_over(read_layered_bytes(source, definition.at.file), value)

    return _inspect(read, name, deep, law)


def _inspect(
    read: Callable[[], Layered], name: str, deep: bool = False, law: Law | None = None
) -> tuple[Definition | None, list[Finding]]:
    try:
        layered = read()
    except ReadingFailed as failed:
        return None, sorted(failed.findings)
    definition, findings = _build(layered, name)
    findings += [*unclean_texts(layered.value), *odd_citations(layered.value)]
    if definition is None:
        return None, findings
    findings += check(definition, deep, law or shipped_law())
    of_layers = list(_stricter(layered, definition, name))
    return definition, sorted(_once_each(set(findings), of_layers))


def _once_each(findings: set[Finding], of_layers: Collection[Finding]) -> Iterator[Finding]:
    """What is wrong at one place once: first a name that is not there, then that a layer bends the
    flow, then what the law says, and last that a layer is looser."""
    wrong = {finding.at: finding.code for finding in findings if finding.is_error}
    bending = {f.at for f in of_layers if f.code == "overlay-changes"}
    bent = {at for at in bending if not wrong.get(at, "").startswith("unknown-")}
    yield from (finding for finding in findings if finding.at not in bent)
    yield from (finding for finding in of_layers if finding.at in bent)
    yield from (finding for finding in of_layers if finding.at not in bent | wrong.keys())


def _accepted(definition: Definition | None, findings: list[Finding], name: str) -> Definition:
    """A definition without errors. Raises `DefinitionRefused`."""
    errors = [finding for finding in findings if finding.is_error]
    if errors:
        raise DefinitionRefused(errors)
    if definition is None:
        zh, en = "这是供导入的片段，不是流程定义", "a fragment to import, not a definition"
        raise DefinitionRefused([Finding(start_of(name), "shape", zh, en)])
    return definition


def _build(layered: Layered, name: str) -> tuple[Definition | None, list[Finding]]:
    """The models of what was read; of a fragment only whether it could be one."""
    value = layered.value
    model = Fragment if "fragment" in value else Definition
    try:
        built = model.model_validate(value)
    except ValidationError as error:
        return None, located(value, error, name)
    if not isinstance(built, Definition):
        return None, []
    text = layered.whole_text
    built._hash = hashlib.sha256(text.encode()).hexdigest()
    built._text = text
    return built, []


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
    """A file of another kind (scenarios, a simulation) as its model.

    Raises `DefinitionRefused` with findings at their lines.
    """

    def read() -> Any:
        value, _ = read_file(path)
        refuse_for(list(unclean_texts(value)))
        return value

    return _as_model(read, str(path), model)


def model_from_text(text: str, name: str, model: type[M]) -> M:
    """As `read_model`, from text already read. Raises `DefinitionRefused`."""
    return _as_model(lambda: read_bytes(text.encode(), name)[0], name, model)


def _as_model(read: Callable[[], Any], name: str, model: type[M]) -> M:
    try:
        value = read()
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    if not isinstance(value, dict):
        raise DefinitionRefused([not_a_mapping(start_of(name))])
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise DefinitionRefused(located(value, error, name)) from None
