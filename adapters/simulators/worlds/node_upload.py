"""The Supreme People's Court's platform of nodes: batches, read in the night."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from ...node_upload import Node, NodeBatch, NodeError, NodeUpload, UploadReceipt
from ..world import World, number_of

LAST_CODE = 40
"""Nodes are numbered 001 to 040."""


class NodeWorld(World):
    """The day of each node, by case and code."""

    adapter = NodeUpload

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.nodes: dict[str, date] = {}

    def do_upload(self, key: str, asked: NodeBatch) -> None:
        self.plan(timedelta(days=1), "read", key=key, batch=asked)

    def then_read(self, key: str, batch: NodeBatch) -> None:
        errors = []
        for place, node in enumerate(batch.nodes):
            reason = self._wrong(node, batch.day)
            if reason:
                errors.append(NodeError(place=place, reason=reason))
            else:
                self.nodes[f"{node.case_number}/{node.code}"] = node.day
        accepted = len(batch.nodes) - len(errors)
        number = number_of("JD", key)
        self.note(key, "batch", str(batch.day), number=number, accepted=accepted)
        self.say(key, UploadReceipt(number=number, accepted=accepted, errors=tuple(errors)))

    def _wrong(self, node: Node, day: date) -> str:
        if not 1 <= int(node.code) <= LAST_CODE:
            return "no such node"
        return "after the day of the batch" if node.day > day else ""
