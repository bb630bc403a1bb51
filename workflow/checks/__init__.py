"""Checks of a definition, each family in its own module; together they are `check`."""

from __future__ import annotations

from collections.abc import Iterator

from ..models import Definition
from ..positions import Finding
from . import guards, law, names, soundness, structure


def check(definition: Definition) -> Iterator[Finding]:
    """Every finding of every family. Structure is only looked at when all names are known."""
    wrong_names = list(names.check(definition))
    yield from wrong_names
    yield from guards.check(definition)
    yield from law.check(definition)
    if not any(f.severity == "error" for f in wrong_names):
        wrong_structure = list(structure.check(definition))
        yield from wrong_structure
        if not wrong_structure:
            yield from soundness.check(definition)
