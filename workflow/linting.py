"""What `zhixing lint` reports of a file: its findings, less the warnings silenced with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from .checks.adapters import OperationSchema
from .checks.adapters import check as check_operations
from .checks.subprocedures import check as check_subprocedures
from .law.law import Law
from .loading import built, inspect
from .model.definition import Definition
from .source.findings import Finding
from .source.positions import Position
from .source.yaml_reader import ReadingFailed, raw_bytes

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
    definition, findings = inspect(path, deep=True, law=law)
    if definition is not None and operations is not None:
        findings += check_operations(definition, operations)
    if definition is not None and not any(finding.is_error for finding in findings):
        findings += check_subprocedures(definition, partial(_beside, definition))
    try:
        text = raw_bytes(path).decode("utf-8")
    except (ReadingFailed, UnicodeDecodeError):
        return findings
    return _less_silenced(findings, text, str(path))


def _beside(definition: Definition, procedure: str) -> Definition | None:
    """The definition of another procedure, beside the file that names it, which is the base where
    a layer lies elsewhere; its own mistakes are its own."""
    files = {sub.procedure: Path(sub.at.file) for sub in definition.proceedings.values()}
    return built(files[procedure].with_name(f"{procedure}.yaml"), files[procedure].parent)


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
