"""Related proceedings as rows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ...engine.queries.views import HistoryEntry, View


class Relation(View):
    """How one case is another's: `case_id` is the `name` of `of` (its objection, its sub-procedure,
    the case that it was moved to)."""

    case_id: str
    of: str
    name: str
    title_zh: str
    title_en: str


class RelatedCase(View):
    """A proceeding among related ones; `distance` counts the steps from the one asked about."""

    case_id: str
    court: str
    number: str
    procedure: str
    title_zh: str
    title_en: str
    state_zh: str
    state_en: str
    officer: str
    is_open: bool
    opened_at: datetime
    is_sub_procedure: bool
    distance: int


class Family(View):
    """A case with everything that hangs together with it, the nearest first, and how.

    `is_whole` says that there is no more: at most so many cases are gone through.
    """

    cases: tuple[RelatedCase, ...]
    relations: tuple[Relation, ...]
    is_whole: bool


class CaseGroup(View):
    """Cases that are linked by one name, directly or by others: heard as one (并案、集中执行).

    `claim` and `held` are what is to be enforced in all of them, and what lies on their accounts,
    in yuan.
    """

    name: str
    cases: tuple[RelatedCase, ...]
    claim: Decimal
    held: Decimal


class WholeEntry(View):
    """An entry of the history of a case that went from court to court: of which case it is."""

    case_id: str
    court: str
    number: str
    entry: HistoryEntry
