"""A claim as callers get it back."""

from __future__ import annotations

from collections.abc import Mapping

from ...engine.queries.views import View
from ...workflow.claims import Standing


class CaseClaim(View):
    """How the title of a case stands on a day, and what the basis of that is.

    `names` are those of debtors and creditors by their ids, as far as they are recorded.
    """

    case_id: str
    number: str
    court: str
    claim: str
    title_zh: str
    title_en: str
    basis: str
    names: Mapping[str, str]
    standing: Standing
