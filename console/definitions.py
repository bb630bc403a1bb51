"""Definitions as commands take them: those of the library, with their sub-procedures, and what the
repository keeps of them as text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from ..adapters import Operation, known_operations
from ..workflow import Definition, DefinitionRefused, Finding, load_definition
from ..workflow.checks.adapters import OperationSchema
from ..workflow.code_catalogue import codes
from ..workflow.review.json_schema import definition_schema, fragment_schema, layer_schema

SCHEMAS = {"definition": definition_schema, "fragment": fragment_schema, "layer": layer_schema}
SCHEMA_FILES = {
    "definition": "schema.json",
    "fragment": "fragment.schema.json",
    "layer": "layer.schema.json",
}

_CODES_HEAD = """\
# What lint can say

Made by `zhixing explain --markdown`. A code stays the same between releases.

| code | 含义 | meaning | wrong 错误写法 | right 正确写法 |
| --- | --- | --- | --- | --- |
"""


def packaged_definitions() -> Path:
    """The definitions that come with the library."""
    return Path(str(files("zhixing.definitions").joinpath("cn"))).parent


def family_of(file: Path) -> list[Definition]:
    """A definition and, from beside it, those of its sub-procedures."""
    definition = load_definition(file)
    subs = dict.fromkeys(sub.procedure for sub in definition.proceedings.values())
    beside = filter(Path.exists, (file.with_name(f"{name}.yaml") for name in subs))
    return [definition, *(load_definition(sub, root=file.parent) for sub in beside)]


def neighbours_of(file: Path) -> list[Definition]:
    """As `family_of`, and those beside it of which it is a sub-procedure or a linked case; one that
    cannot be read is left out: it is only asked for its words."""
    definition, *subs = family_of(file)
    known = {definition.id, *(sub.id for sub in subs)}
    beside = sorted(set(file.parent.glob("*.yaml")) - {file})
    asking = (path for path in beside if _names(path, f"procedure: {definition.id}"))
    found = filter(None, map(_read_quietly, asking))
    return [definition, *subs, *(other for other in found if other.id not in known)]


def _names(path: Path, text: str) -> bool:
    """Whether a file names something somewhere."""
    return text.encode() in path.read_bytes()


def _read_quietly(path: Path) -> Definition | None:
    try:
        return load_definition(path)
    except DefinitionRefused:
        return None


def errors_among(findings: Iterable[Finding]) -> list[Finding]:
    """Those that no definition may have."""
    return [finding for finding in findings if finding.severity == "error"]


def installed_operations() -> dict[str, OperationSchema]:
    """What the installed adapters can be asked, as lint compares it."""
    return {name: _schema_of(operation) for name, operation in known_operations().items()}


def _schema_of(operation: Operation) -> OperationSchema:
    asked, answered = operation.request.model_fields, operation.answer.model_fields
    required = frozenset(name for name, field in asked.items() if field.is_required())
    return OperationSchema(frozenset(asked), required, frozenset(answered), operation.taken_back_by)


def schema_text(kind: str = "definition") -> str:
    """A JSON Schema as it is kept beside the definitions."""
    return json.dumps(SCHEMAS[kind](), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def codes_page() -> str:
    """Every code with its meaning and examples, as the page in docs/ has them."""
    rows = (
        f"| `{c.id}` | {c.zh} | {c.en} | {_cell(c.wrong)} | {_cell(c.right)} |\n"
        for c in sorted(codes().values(), key=lambda code: code.id)
    )
    return _CODES_HEAD + "".join(rows)


def _cell(text: str) -> str:
    """A text of several lines as one cell of a table in Markdown."""
    escaped = text.replace("|", "\\|").replace("`", "'")
    return "<br>".join(f"`{line}`" for line in escaped.splitlines()) or "—"
