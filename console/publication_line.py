"""A charter or a law that was proposed, as one line."""

from __future__ import annotations

from ..engine import Publication
from .output import Output, print_text

_STATUSES = {
    "proposed": ("待批准", "proposed"),
    "published": ("施行", "in force"),
    "refused": ("未获批准", "refused"),
    "withdrawn": ("已撤回", "withdrawn"),
}


def print_publication(output: Output, found: Publication) -> None:
    """Its number, version and hash, who proposed and decided it, and where it stands."""
    status = output.say(*_STATUSES[found.status])
    who = " → ".join(filter(None, (found.proposed_by, found.decided_by)))
    print_text(f"#{found.id} {found.version} ({found.definition_hash[:12]}) {who}: {status}")
