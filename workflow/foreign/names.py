"""Names of another system as identifiers of this one: ASCII, lower case, each its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import count

_OTHERS = re.compile(r"[^a-z0-9]+")
START = "start"
_MOST = 50
"""Of the 63 characters that an identifier may have: room for a prefix and a number."""


def identifiers(
    names: Iterable[str | None], kind: str, reserved: Collection[str] = ()
) -> dict[str | None, str]:
    """An identifier for each name, by name; `kind` stands before one that begins with no letter.

    The one without a name is the start.
    Names that are too alike, and those reserved by the language, get a number.
    """
    found: dict[str | None, str] = {}
    taken = set(reserved)
    for name in dict.fromkeys(names):
        found[name] = _free(identifier(name or START, kind), taken)
        taken.add(found[name])
    return found


def identifier(name: str, kind: str) -> str:
    """A name in ASCII and lower case, words joined by `_`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = _OTHERS.sub("_", plain).strip("_")[:_MOST].strip("_")
    return found if found[:1].isalpha() else f"{kind}_{found}".rstrip("_")


def _free(wanted: str, taken: Collection[str]) -> str:
    if wanted not in taken:
        return wanted
    return next(name for n in count(2) if (name := f"{wanted}_{n}") not in taken)
