"""What `zhixing lint` reports of a file: findings, less the warnings silenced at their line with a reason; also as SARIF."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from .checks.adapters import OperationSchema
from .checks.adapters import check as check_operations
from .checks.subprocedures import check
from .loading import inspect
from .source.findings import Finding
from .source.positions import Position

_SILENCE = re.compile(r"#\s*lint:\s*ignore\[([a-z-]+)\]\s*(.*)$")


def lint(
    path: str | Path, operations: Mapping[str, OperationSchema] | None = None
) -> list[Finding]:
    """The findings of a file in order; a warning is left out where its line says `# lint: ignore[CODE] reason`.

    `operations` are those that adapters offer, by name; without them requests are not compared.
    """
    definition, findings = inspect(path, deep=True)
    if definition is not None and operations is not None:
        findings += check_operations(definition, operations)
    if definition is not None and not any(f.severity == "error" for f in findings):
        findings += check(
            definition, lambda procedure: inspect(Path(path).with_name(f"{procedure}.yaml"))[0]
        )
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return findings
    silenced: set[tuple[int, str]] = set()
    for number, line in enumerate(lines, 1):
        match = _SILENCE.search(line)
        if match is None:
            continue
        if match[2].strip():
            silenced.add((number, match[1]))
        else:
            at = Position(str(path), number, match.start() + 1)
            findings.append(
                Finding(at, "silence", "忽略提示须写明理由", "silencing a warning needs a reason")
            )
    return sorted(
        f for f in findings if f.severity == "error" or (f.at.line, f.code) not in silenced
    )
