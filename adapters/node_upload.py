"""The upload of nodes to the Supreme People's Court 节点上传: one batch a day, with a receipt and
what is wrong with each line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, Name, Shape


class Node(Shape):
    """One node (001 to 040) of a case and its day."""

    case_number: Name
    code: Annotated[str, Field(pattern=r"^\d{3}$")]
    day: date


class NodeBatch(Asked):
    """The nodes of a day; what the platform has taken before is taken again without harm."""

    day: date
    nodes: Annotated[tuple[Node, ...], Field(min_length=1, max_length=5000)]


class NodeError(Shape):
    """What is wrong with one line, by its place in the batch."""

    place: int = Field(ge=0)
    reason: Name


class UploadReceipt(Shape):
    """How many lines were taken, and what is wrong with the others."""

    number: Name
    accepted: int = Field(ge=0)
    errors: tuple[NodeError, ...] = ()


class NodeUpload(Gateway):
    """The adapter `node_upload`: one batch at a time, its receipt on the next day."""

    name = "node_upload"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "upload",
            NodeBatch,
            UploadReceipt,
            ordered_by="day",
            at_a_time=1,
            seconds=60,
            latency=timedelta(hours=12),
            silence=timedelta(days=2),
        )
    )
