"""Amendments as the JSON that entries keep of them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .command_json import (
    command_as_json,
    command_from_json,
    replacement_as_json,
    replacement_from_json,
)
from .event import Actor, Event
from .past import Amendment


def amendment_as_json(amendment: Amendment) -> dict[str, Any]:
    """An amendment as it is kept, each part where there is any."""
    kept: dict[str, Any] = {}
    if amendment.replace:
        kept["replace"] = {str(seq): replacement_as_json(r) for seq, r in amendment.replace.items()}
    if amendment.annul:
        kept["annul"] = sorted(amendment.annul)
    if amendment.insert is not None:
        kept["insert"] = event_as_json(amendment.insert)
    return kept


def amendment_from_json(kept: Mapping[str, Any]) -> Amendment:
    """An amendment as it was before it was kept."""
    insert = kept.get("insert")
    return Amendment(
        {int(seq): replacement_from_json(r) for seq, r in kept.get("replace", {}).items()},
        frozenset(kept.get("annul", ())),
        event_from_json(insert) if insert else None,
    )


def event_as_json(event: Event) -> dict[str, Any]:
    """An event as it is kept with an amendment, or with a proposal."""
    about = {"about": event.about} if event.about else {}
    return about | {
        "at": event.at.isoformat(),
        "recorded_at": event.known_at.isoformat(),
        "actor": event.actor.id,
        "roles": sorted(event.actor.roles),
        "acts_for": sorted(event.actor.acts_for),
        "trigger": event.trigger,
        "data": dict(event.data),
        "documents": dict(event.documents),
        "note": event.note,
        "command": command_as_json(event.command) if event.command is not None else None,
    }


def event_from_json(kept: Mapping[str, Any]) -> Event:
    """An event as it was before it was kept."""
    command = kept.get("command")
    return Event(
        datetime.fromisoformat(kept["at"]),
        Actor(kept["actor"], frozenset(kept["roles"]), frozenset(kept["acts_for"])),
        kept["trigger"],
        kept["data"],
        kept["documents"],
        kept["note"],
        command_from_json(command) if command else None,
        datetime.fromisoformat(kept["recorded_at"]),
        about=kept.get("about", ""),
    )
