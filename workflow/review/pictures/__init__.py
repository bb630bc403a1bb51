"""Pictures of a procedure: what is drawn is extracted, modelled, and rendered, a file each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...language import Language
from ...model.definition import Definition
from ..differences import differences
from .case_path import CasePath, with_case_path
from .dot import to_dot
from .elk import PictureNotDrawn
from .extract import extract
from .mermaid import to_mermaid
from .model import Diagram, Note
from .notes import acts_beside
from .procedures import Procedures, no_procedures
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
    procedures: Procedures = no_procedures,
) -> str:
    """The picture of a definition; `against` an older version it shows what changed.

    `procedures` gives the definitions of its sub-procedures by their ids: their states are drawn
    inside it. What is laid out once is kept, so the same picture is drawn at once from then on.
    Raises `PictureNotDrawn` (svg).
    """
    if against is None:
        return RENDERERS[kind](extract(definition, lang, procedures))
    old = extract(against, lang, procedures, acts_beside(definition))
    new = extract(definition, lang, procedures, acts_beside(against))
    merged = two_versions(old, new, differences(against, definition))
    title = f"{new.title} {against.version} → {definition.version}"
    return RENDERERS[kind](replace(merged, title=title))


def prepare_picture(definition: Definition, procedures: Procedures = no_procedures) -> None:
    """Lay the picture of a definition out in both languages, before anybody asks for it.

    Raises `PictureNotDrawn`.
    """
    draw(definition, "svg", "zh", procedures=procedures)
    draw(definition, "svg", "en", procedures=procedures)


__all__ = [
    "RENDERERS",
    "Diagram",
    "Note",
    "CasePath",
    "PictureNotDrawn",
    "Procedures",
    "two_versions",
    "draw",
    "extract",
    "no_procedures",
    "prepare_picture",
    "with_case_path",
]
