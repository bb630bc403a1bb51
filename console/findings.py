"""Findings as people read them: where, how bad, what, and the line with a mark below it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from ..workflow import Finding, Position
from ..workflow.source.yaml_reader import ReadingFailed, raw_bytes
from .output import Output, print_text

_SEVERITIES = {"error": ("错误", "error"), "warning": ("提示", "warning"), "note": ("说明", "note")}
_LONGEST_LINE = 300
_WIDE_SPACE = "\u3000"


def print_findings(output: Output, findings: Sequence[Finding]) -> None:
    """Print findings, each with its line."""
    for finding in findings:
        severity = output.say(*_SEVERITIES[finding.severity])
        print_text(f"{finding.at}: {severity}: {finding.text(output.lang)} [{finding.code}]")
        _print_line(finding.at)


def print_errors_first(output: Output, findings: Sequence[Finding], everything: bool) -> None:
    """Print the errors, and where there are some the rest only as how many of what there is."""
    errors = [finding for finding in findings if finding.is_error]
    rest = [finding for finding in findings if not finding.is_error]
    print_findings(output, errors)
    if everything or not errors:
        print_findings(output, rest)
    elif rest:
        counted = Counter(finding.code for finding in rest)
        codes = ", ".join(f"{code} {count}" for code, count in counted.most_common())
        output.echo(
            f"另有 {len(rest)} 条提示和说明（{codes}）；加 --all 逐条列出",
            f"{len(rest)} warning(s) and note(s) more ({codes}): --all lists them",
        )


def _print_line(at: Position) -> None:
    """The line of a file with a mark below the column."""
    try:
        lines = raw_bytes(at.file).decode(errors="replace").splitlines()
    except ReadingFailed:
        return
    line = "".join(lines[at.line - 1 : at.line])
    if 0 < at.line <= len(lines) and len(line) < _LONGEST_LINE:
        print_text(f"  {line}\n  {''.join(map(_space, line[: at.column - 1]))}^")


def _space(character: str) -> str:
    """A space as wide as a character."""
    return _WIDE_SPACE if unicodedata.east_asian_width(character) in "WF" else " "
