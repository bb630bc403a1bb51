"""What a scenario says of the past: when an act happened, and which entries it corrects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..engine.model.commands import LateAct, Replacement
from ..engine.queries.views import HistoryEntry
from ..workflow.errors import BadDate
from ..workflow.language import did_you_mean
from ..workflow.loading import DefinitionRefused
from ..workflow.model.base import Element
from ..workflow.model.facts import OPEN
from ..workflow.periods.parsing import parse_day
from ..workflow.source.findings import Finding
from ..workflow.source.positions import Position
from .scenarios import Correction, Entered, Instead


class Written(NamedTuple):
    """A correction as the engine takes it."""

    replace: dict[int, Replacement]
    annul: tuple[int, ...]
    enter: LateAct | None


def moment(element: Element, text: str, zone: ZoneInfo, key: str = "at") -> datetime:
    """A time of a scenario, aware. Raises `DefinitionRefused` at its place."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        zh, en = f"不是日期或时间：{text}", f"not a date or time: {text}"
        raise _refused(element.at_value(key), zh, en) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def happened(element: Element, text: str | None, zone: ZoneInfo) -> datetime | date | None:
    """When something happened: a day, or a time. Raises `DefinitionRefused` at its place."""
    return _said(element, text, zone) if text is not None else None


def _said(element: Element, text: str, zone: ZoneInfo) -> date:
    try:
        return parse_day(text)
    except BadDate:
        return moment(element, text, zone, "happened")


def handed_in(kinds: Iterable[str]) -> dict[str, str]:
    """Documents of these kinds."""
    return {kind: f"{kind}-1" for kind in kinds}


class Corrected:
    """What a correction means in the history of a case.

    Raises `DefinitionRefused` for an entry that there is not.
    """

    def __init__(self, history: Sequence[HistoryEntry], zone: ZoneInfo) -> None:
        acts = (entry for entry in history if entry.trigger)
        self._numbers = {OPEN: 1} | {entry.trigger: entry.seq for entry in acts}
        self._zone = zone

    def written(self, correction: Correction) -> Written:
        """The correction with the numbers of the entries: of several alike, the last."""
        replace = {
            self._number(name, instead.at): self._replacement(instead)
            for name, instead in correction.replace.items()
        }
        place = correction.at_value("annul")
        annul = tuple(self._number(name, place) for name in correction.annul)
        enter = self._act(correction.enter) if correction.enter is not None else None
        return Written(replace, annul, enter)

    def _number(self, name: str, at: Position) -> int:
        found = self._numbers.get(name)
        if found is None:
            hint = did_you_mean(name, self._numbers)
            zh, en = f"没有 {name} 的记录{hint.zh}", f"there is no entry of {name}{hint.en}"
            raise _refused(at, zh, en)
        return found

    def _replacement(self, instead: Instead) -> Replacement:
        at = happened(instead, instead.happened, self._zone)
        return Replacement(instead.data, handed_in(instead.documents), at)

    def _act(self, entered: Entered) -> LateAct:
        at = _said(entered, entered.happened, self._zone)
        documents = handed_in(entered.documents)
        return LateAct(entered.fire, at, entered.data, documents, about=entered.about)


def _refused(at: Position, zh: str, en: str) -> DefinitionRefused:
    return DefinitionRefused([Finding(at, "shape", zh, en)])
