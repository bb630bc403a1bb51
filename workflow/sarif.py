"""Findings as SARIF 2.1.0, which code review tools read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .code_catalogue import Code, codes
from .law.law import Law
from .source.findings import Finding


def sarif(findings: Sequence[Finding], law: Law | None = None) -> dict[str, Any]:
    """Findings as SARIF 2.1.0, which code review tools read; with the law they are by."""
    known = codes()
    used = sorted({f.code for f in findings})
    driver = {"name": "zhixing", "rules": [_rule(known, code) for code in used]}
    run: dict[str, Any] = {"tool": {"driver": driver}, "results": [_result(f) for f in findings]}
    if law is not None:
        run["properties"] = {"law": law.as_json()}
    return {
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [run],
    }


def _rule(known: dict[str, Code], code: str) -> dict[str, Any]:
    text = known[code].en if code in known else code
    return {"id": code, "shortDescription": {"text": text}}


def _result(finding: Finding) -> dict[str, Any]:
    region = {"startLine": finding.at.line, "startColumn": finding.at.column}
    place = {"physicalLocation": {"artifactLocation": {"uri": finding.at.file}, "region": region}}
    message = {"text": f"{finding.zh} / {finding.en}"}
    return {
        "ruleId": finding.code,
        "level": finding.severity,
        "message": message,
        "locations": [place],
    }
