"""What becomes of a case by its relations to other proceedings."""

from __future__ import annotations

from ..model.case import TaskKind
from ..model.commands import NotTaken
from ..model.effects import EntryKind
from . import tasks
from .powers import by_hand
from .turn import Outcome, Turn


def not_taken(turn: Turn, command: NotTaken) -> Outcome:
    """A related proceeding could not do what it was told: a person gets a task for it."""
    turn.tell(
        what="not-taken",
        trigger=command.trigger,
        to=command.to,
        case=command.case,
        why=command.why_zh,
        why_en=command.why_en,
    )
    name = f"tell:{command.to}:{command.trigger}"[:64]
    tasks.offer(turn, TaskKind.FOLLOW_UP, name, by_hand(turn.procedure.definition))
    return Outcome(EntryKind.NOT_TAKEN)
