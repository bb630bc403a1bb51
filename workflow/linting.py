"""What `zhixing lint` reports of a file: its findings, less the warnings silenced with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from .checks.adapters import OperationSchema
from .checks.adapters import check as check_operations
from .checks.subprocedures import check as check_subprocedures
from .language import Words
from .law.law import Law
from .loading import built, inspect
from .model.definition import Definition
from .source.findings import Finding
from .source.positions import Position
from .source.yaml_reader import Read, ReadingFailed, raw_bytes, refusal, start_of

_SILENCE = re.compile(r"#\s*lint:\s*ignore\[([a-z-]+)\]\s*(.*)$")


def lint(
    path: str | Path,
    operations: Mapping[str, OperationSchema] | None = None,
    law: Law | None = None,
) -> list[Finding]:
    """The findings of a file in order.

    A warning is left out where its line says `# lint: ignore[CODE] reason`. `operations` are those
    that adapters offer, by name; without them requests are not compared. `law` is the one that is
    shipped where none is given.
    """
    return _lint(path, raw_bytes, operations, law)


Resolve = Callable[[str], str | None]
"""What gives the text of a file by its path, and None where there is no such file."""


def lint_text(
    text: str,
    name: str,
    resolve: Resolve,
    operations: Mapping[str, OperationSchema] | None = None,
    law: Law | None = None,
) -> list[Finding]:
    """As `lint`, of a text that an editor holds and nobody has saved.

    `name` is the path of its file, which need not be there. `resolve` is asked for the files that
    it names, by their paths as they follow from `name` (`cn/common.yaml` from `cn/seizure.yaml`).
    """
    return _lint(name, reading(text, name, resolve), operations, law)


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


def _lint(
    path: str | Path,
    read: Read,
    operations: Mapping[str, OperationSchema] | None,
    law: Law | None,
) -> list[Finding]:
    definition, findings = inspect(path, deep=True, law=law, read=read)
    if definition is not None and operations is not None:
        findings += check_operations(definition, operations)
    if definition is not None and not any(finding.is_error for finding in findings):
        findings += check_subprocedures(definition, partial(_beside, definition, read))
    try:
        text = read(Path(path)).decode("utf-8")
    except (ReadingFailed, UnicodeDecodeError):
        return findings
    return _less_silenced(findings, text, str(path))


def _beside(definition: Definition, read: Read, procedure: str) -> Definition | None:
    """The definition of another procedure, beside the file that names it, which is the base where
    a layer lies elsewhere; its own mistakes are its own."""
    files = {sub.procedure: Path(sub.at.file) for sub in definition.proceedings.values()}
    file = files[procedure]
    return built(file.with_name(f"{procedure}.yaml"), file.parent, read)


def _less_silenced(findings: list[Finding], text: str, name: str) -> list[Finding]:
    """The findings without those that the text silences; silence without a reason is one more."""
    silenced: set[tuple[int, str]] = set()
    for number, match in _silences(text):
        if match[2].strip():
            silenced.add((number, match[1]))
        else:
            at = Position(name, number, match.start() + 1)
            en = "silencing a warning needs a reason"
            findings.append(Finding(at, "silence", "忽略提示须写明理由", en))
    return sorted(f for f in findings if f.is_error or (f.at.line, f.code) not in silenced)


def _silences(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        match = _SILENCE.search(line)
        if match is not None:
            yield number, match
