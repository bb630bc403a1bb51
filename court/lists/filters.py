"""What a list is narrowed by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict

from pydantic import BaseModel, ConfigDict, ValidationError

from ...workflow.language import Words
from .errors import BadFilter, UnknownFilter

_KINDS: dict[Any, Words] = {
    bool: Words("是或否", "yes or no"),
    date | None: Words("日期", "a day"),
    str: Words("文字", "text"),
    str | None: Words("文字", "text"),
    Mapping[str, str] | None: Words("字段与文字", "fields and texts"),
}


class Wanted(TypedDict, total=False):
    """The filters by name, as a call gives them; see `Filters`."""

    court: str
    below: bool
    team: str
    officer: str
    person: str
    procedure: str
    kind: str
    state: str
    mode: str
    number: str
    parent: str
    rule: str
    role: str
    code: str
    status: str
    counterparty: str
    since: date
    until: date
    where: Mapping[str, str]


class Filters(BaseModel):
    """What a list is narrowed by; what is not given is left open.

    `court` is a unit of the organisation (by default its highest), with all that lies `below` it.
    `procedure`, `kind`, `state`, `officer`, `number` and `parent` are those of the case, `mode` how
    it was closed. `since` and `until` are the first and the last day of what the list is ordered
    by, at the court. `rule` is a time limit, `role` one to whom something goes, `person` who has or
    watches it, `code` what was refused or went wrong, `status` and `counterparty` a request's.
    `where` gives values of fields that are `searchable`, by the names of the fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    court: str = ""
    below: bool = True
    team: str | None = None
    officer: str | None = None
    person: str | None = None
    procedure: str | None = None
    kind: str | None = None
    state: str | None = None
    mode: str | None = None
    number: str | None = None
    parent: str | None = None
    rule: str | None = None
    role: str | None = None
    code: str | None = None
    status: str | None = None
    counterparty: str | None = None
    since: date | None = None
    until: date | None = None
    where: Mapping[str, str] | None = None

    @classmethod
    def of(cls, wanted: Wanted) -> Filters:
        """As a call gives them. Raises `BadFilter`, `UnknownFilter`."""
        unknown = sorted(wanted.keys() - cls.model_fields.keys())
        if unknown:
            known = ", ".join(cls.model_fields)
            raise UnknownFilter(list="-", filter=unknown[0], known=known)
        try:
            return cls(**wanted)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            wanted_kind = _KINDS[cls.model_fields[name].annotation]
            raise BadFilter(filter=name, why_zh=wanted_kind.zh, why_en=wanted_kind.en) from None

    def given(self) -> dict[str, Any]:
        """Those that were given and narrow a list, but for where it is looked."""
        return self.model_dump(exclude={"court", "below"}, exclude_none=True)

    def digest(self, list: str) -> str:
        """By which a cursor knows what it belongs to."""
        text = json.dumps([list, self.model_dump(mode="json")], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
