"""The court's other systems, which answer at once: trial 审判系统, e-file 电子卷宗, publication
执行信息公开, archive 归档.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from .gateway import Gateway, by_name
from .protocol import Arrival, Operation
from .shapes import Asked, ByNumber, Done, Money, Name, Shape

_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_ONCE = Arrival.AT_ONCE


class BasisRequest(Asked):
    """Ask for the enforcement basis (执行依据) by the number of the suit."""

    suit_number: Name


class Basis(Shape):
    """What was decided: whom it binds, principal in yuan, since when it is effective."""

    document_number: Name
    creditor: Name
    debtor: Name
    principal: Money
    effective_on: date


class PreservedAsset(Shape):
    """One thing that the suit preserved, up to how many yuan, and until when."""

    asset: Name
    amount: Money
    until: date


class PreservedAssets(Shape):
    """What is under preservation for a suit, to be taken over with its rank and term."""

    assets: tuple[PreservedAsset, ...] = ()


class TrialSystem(Gateway):
    """The adapter `trial_system`."""

    name = "trial_system"
    operations: Mapping[str, Operation] = by_name(
        Operation("basis", BasisRequest, Basis, arrives=_ONCE),
        Operation("preserved_assets", BasisRequest, PreservedAssets, arrives=_ONCE),
    )


class Filing(Asked):
    """Put a paper into the electronic file of a case; `digest` is its SHA-256."""

    case_number: Name
    title: Name
    digest: _Digest
    is_internal: bool = False


class Filed(Shape):
    """The number of a paper in its file, and how many there are."""

    number: Name
    papers: int = Field(ge=1)


class CaseRequest(Asked):
    """About one case."""

    case_number: Name


class FiledPaper(Shape):
    """One paper of a file; `is_internal` for the 副卷."""

    number: Name
    title: Name
    digest: _Digest
    is_internal: bool


class CaseFile(Shape):
    """Every paper of a file, in the order of filing."""

    papers: tuple[FiledPaper, ...] = ()


class ElectronicFile(Gateway):
    """The adapter `e_file`."""

    name = "e_file"
    operations: Mapping[str, Operation] = by_name(
        Operation("file", Filing, Filed, arrives=_ONCE, ordered_by="case_number"),
        Operation("contents", CaseRequest, CaseFile, arrives=_ONCE),
    )


class PublicationRequest(Asked):
    """Publish something of a case for everybody to read."""

    case_number: Name
    kind: Literal["case", "ruling", "for_now", "auction", "reward"]
    text: Annotated[str, Field(min_length=1, max_length=100_000)]


class PublicNumber(Shape):
    """The number under which something is published."""

    number: Name


class PublicDisclosure(Gateway):
    """The adapter `publication`."""

    name = "publication"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "publish", PublicationRequest, PublicNumber, arrives=_ONCE, taken_back_by="withdraw"
        ),
        Operation("withdraw", ByNumber, Done, arrives=_ONCE),
    )


class ArchiveRequest(Asked):
    """Archive a closed case: how many papers its file has, and how it was closed."""

    case_number: Name
    closing_mode: Name
    papers: Annotated[int, Field(ge=1)]


class Archived(Shape):
    """The archive's number of a case."""

    number: Name


class Archive(Gateway):
    """The adapter `archive`: what is archived once stays as it is."""

    name = "archive"
    operations: Mapping[str, Operation] = by_name(
        Operation("archive", ArchiveRequest, Archived, arrives=_ONCE)
    )
