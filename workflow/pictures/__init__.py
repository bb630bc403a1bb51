"""Pictures of a procedure in three steps, a file each: extract what is drawn, the model of a picture, and renderers of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..errors import Language
from ..models import Definition
from .difference import difference
from .dot import to_dot
from .extract import extract
from .mermaid import to_mermaid
from .model import Diagram, Note
from .of_case import Walked, of_case
from .svg import to_svg

RENDERERS: dict[str, Callable[[Diagram], str]] = {"mermaid": to_mermaid, "dot": to_dot, "svg": to_svg}


def draw(definition: Definition, kind: str = "mermaid", lang: Language = "zh", against: Definition | None = None) -> str:
    """The picture of a definition; `against` an older version it shows what changed."""
    diagram = extract(definition, lang)
    if against is not None:
        diagram = replace(difference(extract(against, lang), diagram), title=f"{diagram.title} {against.version} → {definition.version}")
    return RENDERERS[kind](diagram)


__all__ = ["RENDERERS", "Diagram", "Note", "Walked", "difference", "draw", "extract", "of_case"]
