"""Pictures of a procedure: what is drawn is extracted, modelled, and rendered, a file each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...language import Language
from ...model.definition import Definition
from .case_path import CasePath, with_case_path
from .dot import to_dot
from .extract import extract
from .mermaid import to_mermaid
from .model import Diagram, Note
from .svg import to_svg
from .two_versions import two_versions

RENDERERS: dict[str, Callable[[Diagram], str]] = {
    "mermaid": to_mermaid,
    "dot": to_dot,
    "svg": to_svg,
}


def draw(
    definition: Definition,
    kind: str = "mermaid",
    lang: Language = "zh",
    against: Definition | None = None,
) -> str:
    """The picture of a definition; `against` an older version it shows what changed."""
    diagram = extract(definition, lang)
    if against is not None:
        diagram = replace(
            two_versions(extract(against, lang), diagram),
            title=f"{diagram.title} {against.version} → {definition.version}",
        )
    return RENDERERS[kind](diagram)


__all__ = [
    "RENDERERS",
    "Diagram",
    "Note",
    "CasePath",
    "two_versions",
    "draw",
    "extract",
    "with_case_path",
]
