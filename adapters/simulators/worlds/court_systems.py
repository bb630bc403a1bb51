"""The court's other systems: suits and what they decided, files, pages, an archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ...court_systems import (
    Archive,
    Archived,
    ArchiveRequest,
    Basis,
    BasisRequest,
    CaseFile,
    CaseRequest,
    ElectronicFile,
    Filed,
    FiledPaper,
    Filing,
    PreservedAsset,
    PreservedAssets,
    PublicationRequest,
    PublicDisclosure,
    PublicNumber,
    TrialSystem,
)
from ...shapes import ByNumber, Done
from ..world import Refused, World, cents, number_of


class TrialWorld(World):
    """Suits by number: what was decided (`decided`), what is preserved (`preserved`)."""

    adapter = TrialSystem

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.decided: dict[str, Basis] = {}
        self.preserved: dict[str, list[PreservedAsset]] = {}

    def on_decided(
        self, suit_number: str, creditor: str, debtor: str, principal: str, effective_on: str
    ) -> None:
        self.decided[suit_number] = Basis(
            document_number=suit_number,
            creditor=creditor,
            debtor=debtor,
            principal=cents(Decimal(principal)),
            effective_on=date.fromisoformat(effective_on),
        )

    def on_preserved(self, suit_number: str, asset: str, amount: str, until: str) -> None:
        kept = PreservedAsset(
            asset=asset, amount=cents(Decimal(amount)), until=date.fromisoformat(until)
        )
        self.preserved.setdefault(suit_number, []).append(kept)

    def do_basis(self, key: str, asked: BasisRequest) -> None:
        if asked.suit_number not in self.decided:
            raise Refused("no such suit")
        self.say(key, self.decided[asked.suit_number])

    def do_preserved_assets(self, key: str, asked: BasisRequest) -> None:
        assets = self.preserved.get(asked.suit_number, [])
        self.say(key, PreservedAssets(assets=tuple(assets)))


class FileWorld(World):
    """Papers by case, in the order of filing."""

    adapter = ElectronicFile

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.papers: dict[str, list[FiledPaper]] = {}

    def do_file(self, key: str, asked: Filing) -> None:
        papers = self.papers.setdefault(asked.case_number, [])
        number = number_of("JZ", key)
        paper = FiledPaper(number=number, **asked.model_dump(exclude={"case_number"}))
        papers.append(paper)
        self.note(key, "paper", asked.case_number, number=number, digest=asked.digest)
        self.say(key, Filed(number=number, papers=len(papers)))

    def do_contents(self, key: str, asked: CaseRequest) -> None:
        self.say(key, CaseFile(papers=tuple(self.papers.get(asked.case_number, []))))


class PublicationWorld(World):
    """What is published, by number."""

    adapter = PublicDisclosure

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.pages: dict[str, PublicationRequest] = {}

    def do_publish(self, key: str, asked: PublicationRequest) -> None:
        number = number_of("GK", key)
        self.pages[number] = asked
        self.note(key, "publication", asked.case_number, number=number, what=asked.kind)
        self.say(key, PublicNumber(number=number))

    def do_withdraw(self, key: str, asked: ByNumber) -> None:
        page = self.pages.pop(asked.number, None)
        if page is None:
            raise Refused("no such page")
        self.note(key, "withdrawal", page.case_number, number=asked.number)
        self.say(key, Done())


@dataclass
class Kept:
    """One archived case."""

    number: str
    closing_mode: str
    papers: int


class ArchiveWorld(World):
    """Archived cases by the number of the case."""

    adapter = Archive

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.cases: dict[str, Kept] = {}

    def do_archive(self, key: str, asked: ArchiveRequest) -> None:
        if asked.case_number in self.cases:
            raise Refused("the case is archived")
        number = number_of("DA", key)
        self.cases[asked.case_number] = Kept(number, asked.closing_mode, asked.papers)
        self.note(key, "archive", asked.case_number, number=number)
        self.say(key, Archived(number=number))
