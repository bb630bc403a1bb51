"""Adapters that are installed, under the entry point group `zhixing.adapters`, and made as they are
set up here.

An entry point names a class. One that declares `Settings`, a pydantic model, is made by its
`from_settings(settings)`, for all courts and for each that has settings of its own; one that does
not, or of which nothing is set, by its `from_environment(environ)`, for all courts. Where `by_hand`
is set, people ask in its place.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from ..workflow.errors import ZhixingError
from .by_hand import ByHand
from .protocol import Adapter

if TYPE_CHECKING:
    from .settings import AdapterSettings

GROUP = "zhixing.adapters"
log = logging.getLogger("zhixing")

Place = tuple[str, str]
"""The court that an adapter is for (empty: for all), and its name."""


@dataclass(frozen=True)
class SetUp:
    """What is set up here: adapters that were made, those that could not be, and every problem."""

    made: Mapping[Place, Adapter]
    wrong: Mapping[Place, ZhixingError]
    problems: tuple[ZhixingError, ...]


class NotMade(ZhixingError):
    """An adapter cannot be made of its settings, or its module cannot be loaded."""

    code = "adapter-not-made"
    zh, en = "适配器 {adapter} 未能建立：{why}", "the adapter {adapter} cannot be made: {why}"


def installed() -> dict[str, Any]:
    """The classes of the adapters that are installed, by name.

    One that cannot be loaded is left out, and told in the log.
    """
    found = {}
    for point in entry_points(group=GROUP):
        try:
            found[point.name] = point.load()
        except Exception:  # another's code: whatever it is, it costs that adapter alone
            log.exception("the adapter %s cannot be loaded", point.name)
    return found


def set_up_here() -> SetUp:
    """The installed adapters, as the environment sets them up. What is wrong costs itself alone."""
    from .settings import AdapterSettings
    from .settings_faults import WrongSettings
    from .settings_file import SettingsUnreadable

    classes = installed()
    try:
        settings = AdapterSettings.read()
    except SettingsUnreadable as unreadable:
        # what is said of a court is not known: nobody may be asked as if nothing were
        wrong: dict[Place, ZhixingError] = dict.fromkeys(
            (("", name) for name in classes), unreadable
        )
        return _told(SetUp({}, wrong, (unreadable,)))
    made: dict[Place, Adapter] = {}
    wrong = {}
    for place, kind in _places(classes, settings):
        try:
            adapter = _made(kind, settings, place)
        except ZhixingError as error:
            wrong[place] = error
        else:
            made |= {} if adapter is None else {place: adapter}
    strange = settings.strangers(classes)
    told = (WrongSettings(faults=strange),) if strange else ()
    return _told(SetUp(made, wrong, (*told, *wrong.values())))


def _told(found: SetUp) -> SetUp:
    for problem in found.problems:
        log.warning("%s", problem)
    return found


def _places(classes: Mapping[str, Any], settings: AdapterSettings) -> Iterator[tuple[Place, Any]]:
    """Where there may be an adapter: each for all courts, and for those with settings of it."""
    for name, kind in classes.items():
        yield ("", name), kind
        for court in settings.courts():
            if settings.are_given(name, court):
                yield (court, name), kind


def _made(kind: Any, settings: AdapterSettings, place: Place) -> Adapter | None:
    """The adapter for a place; None where nothing is set. Raises `WrongSettings`, `NotMade`."""
    court, name = place
    if settings.is_by_hand(name, court):
        return ByHand(kind)
    shape = getattr(kind, "Settings", None)
    if shape is not None and settings.are_given(name, court):
        given = settings.of(name, shape, court)
        return _guarded(name, lambda: kind.from_settings(given))
    if court:
        raise NotMade(adapter=name, why="it takes no settings of a court")
    by_environment = getattr(kind, "from_environment", None)
    if by_environment is None:
        return None
    return _guarded(name, lambda: by_environment(os.environ))


def _guarded(name: str, make: Callable[[], Adapter | None]) -> Adapter | None:
    """What `make` gives. Raises `NotMade`, without the words of the error: they may be a secret."""
    try:
        return make()
    except ZhixingError:
        raise
    except Exception as error:
        raise NotMade(adapter=name, why=type(error).__name__) from None
