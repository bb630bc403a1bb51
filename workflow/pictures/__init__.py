"""Pictures of a procedure in three steps: extract what is drawn, then render it (mermaid, dot, svg)."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import Language
from ..models import Definition
from .dot import to_dot
from .extract import Diagram, extract
from .mermaid import to_mermaid
from .svg import to_svg

RENDERERS: dict[str, Callable[[Diagram], str]] = {"mermaid": to_mermaid, "dot": to_dot, "svg": to_svg}


def draw(definition: Definition, kind: str = "mermaid", lang: Language = "zh", here: str | None = None) -> str:
    """The picture of a definition; `here` marks the state in which a case stands."""
    return RENDERERS[kind](extract(definition, lang, here))


__all__ = ["RENDERERS", "Diagram", "draw", "extract"]
