"""Names between proceedings: whom a transition tells."""

from __future__ import annotations

from collections.abc import Iterator

from ..language import did_you_mean
from ..model.flow import PARENT, Transition
from ..source.findings import Finding
from .references import References


def check(references: References) -> Iterator[Finding]:
    """Findings for the names of related proceedings, as far as one file can tell."""
    yield from references.each(references.definition.transitions, _told)


def _told(references: References, t: Transition) -> Iterator[Finding]:
    """Word goes to the parent, or to related proceedings that the definition names."""
    known = {PARENT, *references.definition.sub_procedures}
    for name in sorted(t.tells.keys() - known):
        hint = did_you_mean(name, known)
        zh = f"没有可告知的程序 {name}{hint.zh}"
        en = f"there is no proceeding {name} to tell{hint.en}"
        yield Finding(t.at_value("tells"), "tells", zh, en)
    if t.tells_parent is not None:
        zh = f"请改写为 tells: {{parent: {t.tells_parent}}}"
        en = f"write it as tells: {{parent: {t.tells_parent}}}"
        yield Finding(t.at_value("tells_parent"), "tells-parent", zh, en, "warning")
