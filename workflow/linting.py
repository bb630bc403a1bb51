"""What `zhixing lint` reports of a file: findings, less the warnings silenced at their line with a reason; also as SARIF."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from .checks import family
from .checks.operations import Shape
from .checks.operations import check as check_operations
from .loading import examine
from .positions import Finding, Position
from .reading import SOURCE, read_text

_SILENCE = re.compile(r"#\s*lint:\s*ignore\[([a-z-]+)\]\s*(.*)$")


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
    return {id: Code(id, *(str(entry[k] or "") for k in ("zh", "en", "wrong", "right"))) for id, entry in table.items() if id != SOURCE}


def lint(path: str | Path, operations: Mapping[str, Shape] | None = None) -> list[Finding]:
    """The findings of a file in order; a warning is left out where its line says `# lint: ignore[CODE] reason`.

    `operations` are those that adapters offer, by name; without them requests are not compared.
    """
    definition, findings = examine(path, deep=True)
    if definition is not None and operations is not None:
        findings += check_operations(definition, operations)
    if definition is not None and not any(f.severity == "error" for f in findings):
        findings += family.check(definition, lambda procedure: examine(Path(path).with_name(f"{procedure}.yaml"))[0])
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
            findings.append(Finding(at, "silence", "忽略提示须写明理由", "silencing a warning needs a reason"))
    return sorted(f for f in findings if f.severity == "error" or (f.at.line, f.code) not in silenced)


def sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """Findings as SARIF 2.1.0, which code review tools read."""
    known = codes()
    used = sorted({f.code for f in findings})
    return {
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [
            {
                "tool": {"driver": {"name": "zhixing", "rules": [_rule(known, code) for code in used]}},
                "results": [_result(f) for f in findings],
            }
        ],
    }


def _rule(known: dict[str, Code], code: str) -> dict[str, Any]:
    text = known[code].en if code in known else code
    return {"id": code, "shortDescription": {"text": text}}


def _result(finding: Finding) -> dict[str, Any]:
    region = {"startLine": finding.at.line, "startColumn": finding.at.column}
    place = {"physicalLocation": {"artifactLocation": {"uri": finding.at.file}, "region": region}}
    message = {"text": f"{finding.zh} / {finding.en}"}
    return {"ruleId": finding.code, "level": finding.severity, "message": message, "locations": [place]}
