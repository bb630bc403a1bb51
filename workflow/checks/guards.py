"""Every guard compiles against the case's data and gives true or false."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import GuardError
from ..guards import GuardCompiler
from ..models import Definition
from ..positions import Finding, Position


def check(definition: Definition) -> Iterator[Finding]:
    compiler = GuardCompiler(definition)
    for transition in definition.transitions:
        if transition.when is None:
            continue
        try:
            compiler.compile(transition.when)
        except GuardError as error:
            at = transition.at_value("when")
            place = Position(at.file, at.line + error.data["line"] - 1, at.column + error.data["column"] - 1)
            yield Finding(place, error.code, error.text("zh"), error.text("en"))
