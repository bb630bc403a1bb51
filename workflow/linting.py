"""What `zhixing lint` reports of a file: its findings, less the warnings silenced with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from .checks.adapters import OperationSchema
from .checks.adapters import check as check_operations
from .checks.subprocedures import check as check_subprocedures
from .law.law import Law
from .loading import Resolve, inspect, procedures_beside, reading
from .source.findings import Finding
from .source.positions import Position
from .source.yaml_reader import Read, ReadingFailed, raw_bytes

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
        findings += check_subprocedures(definition, procedures_beside(definition, read))
    try:
        text = read(Path(path)).decode("utf-8")
    except (ReadingFailed, UnicodeDecodeError):
        return findings
    return _less_silenced(findings, text, str(path))


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
