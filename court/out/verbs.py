"""A log of cases taken out of the court, for those whom the charter lets, and written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TextIO, Unpack

from ...engine.engine import Engine
from ...engine.model.event import Actor
from ...engine.storage.exports import record_export
from ...engine.verbs.guarded import acting
from ...workflow.language import Language
from ..lists.filters import Filters, Wanted
from ..lists.listings import ALL_CASES
from ..lists.scope import scope_of
from .entries import LoggedCase, logged_cases
from .ocel import write_ocel
from .xes import write_xes

LogForm = Literal["xes", "ocel"]


def export_log(
    engine: Engine,
    file: TextIO,
    form: LogForm = "xes",
    *,
    actor: Actor,
    lang: Language = "zh",
    **wanted: Unpack[Wanted],
) -> int:
    """Write the histories of cases as a log for process mining; gives how many cases.

    `xes` is IEEE 1849-2016, `ocel` is OCEL 2.0 as JSON: what was done, by whom and when, without
    the data of the cases. `wanted` narrows it as it does the list of cases (`court`, `procedure`,
    `officer`, `since` …). For those whom the charter lets `export` at the unit; who took what out
    is kept before it goes (`CourtLists.exports`). Memory does not grow with the cases.

    Raises `NotAllowed`, `UnknownCourt`, `UnknownFilter`, `BadFilter`, `BadActor`.
    """
    filters = Filters.of(wanted)
    with acting(engine, "export_log", actor, None, writes=True) as at_work:
        unit = at_work.standing.unit(filters.court) or at_work.standing.top
        at_work.check("export", unit)
        scope = scope_of(at_work, ALL_CASES, filters)
        transaction, kept = at_work.transaction, filters.model_dump(mode="json", exclude_none=True)
        record_export(transaction.connection, transaction.now, actor, form, unit, None, kept)
    with engine.transaction(writes=False) as reading:

        def cases() -> Iterator[LoggedCase]:
            return logged_cases(reading, scope.courts, scope.conditions, lang)

        return write_xes(cases(), file) if form == "xes" else write_ocel(cases, file)
