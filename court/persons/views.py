"""A person as rows: where he is part, what is held of his, what binds him."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from ...engine.queries.views import View
from ..assets.views import QueuedMeasure


class PersonCase(View):
    """A case that a person is part of: on which `side`, by which name, and how it stands.

    `claim` and `held` are what is to be enforced in it and what lies on its account, in yuan; None
    where it keeps no account. `next_due` is the last day of its next limit.
    """

    court: str
    case_id: str
    number: str
    procedure: str
    title_zh: str
    title_en: str
    officer: str
    role: str
    side: str
    name: str
    may_receive: bool
    conditions: tuple[str, ...]
    state_zh: str
    state_en: str
    is_open: bool
    opened_at: datetime
    claim: Decimal | None
    held: Decimal | None
    next_due: date | None


class PersonMeasure(View):
    """A sub-procedure that runs in one of a debtor's cases (a list, a restriction, a sanction)."""

    court: str
    case_id: str
    of_case: str
    number: str
    procedure: str
    title_zh: str
    title_en: str
    state_zh: str
    state_en: str
    opened_at: datetime


class PersonView(View):
    """One person over all cases: his shortened number, what is known of him, his cases, the
    measures that hold what is his, and what else runs against him.

    `conditions` says what is so of him and by which cases. `claimed` is what is still to be
    enforced against him in open cases, without interest and fee, `held` what measures hold of his,
    in yuan; `is_excess` says that it is more. `doubled` names procedures of which more than one
    runs against him: a list on which he stands twice.
    """

    number: str
    names: tuple[str, ...]
    conditions: Mapping[str, tuple[str, ...]]
    cases: tuple[PersonCase, ...]
    measures: tuple[QueuedMeasure, ...]
    running: tuple[PersonMeasure, ...]
    claimed: Decimal
    held: Decimal
    is_excess: bool
    doubled: tuple[str, ...]
