"""Document numbers of persons: how they are written, whether they can be right, and how they stand
in a case: shortened, with a keyed hash by which two of them are known to be the same.

GB 11643-1999 (the citizen's number, 18 digits, the last by ISO 7064 MOD 11-2); GB 32100-2015 (the
unified social credit identifier, 18 characters, the last by MOD 31). Others (a passport, a number
of before 1999) are taken as they are written.
"""

from __future__ import annotations

import re
import unicodedata

from ..errors import DataError

_CITIZEN = re.compile(r"[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_UNIT = re.compile(r"[0-9ABCDEFGHJKLMNPQRTUWXY]{18}")
_OTHER = re.compile(r"[0-9A-Z]{5,20}")
_STANDS = re.compile(r"[0-9A-Z*]{5,20}#[0-9a-f]{32}")
_CITIZEN_WEIGHTS = tuple(pow(2, 17 - n, 11) for n in range(17))
_CITIZEN_CHECKS = "10X98765432"
_UNIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNIT_WEIGHTS = tuple(pow(3, n, 31) for n in range(17))
_LONG, _FIRST, _LAST = 18, 3, 4


def is_standing(value: object) -> bool:
    """Whether a value is a document number as a case holds it."""
    return isinstance(value, str) and _STANDS.fullmatch(value) is not None


def normal_number(field: str, value: object) -> str:
    """A document number in the one way to write it. Raises `DataError`, without the number."""
    written = value if isinstance(value, str) else ""
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", written)).upper()
    if _OTHER.fullmatch(number) is None:
        _refuse(field, "应为证件号码", "must be the number of a document")
    if len(number) == _LONG and not (_is_citizen(number) or _is_unit(number)):
        why_zh = "18 位证件号码的校验码不符（居民身份证或统一社会信用代码）"
        _refuse(field, why_zh, "the check digit of this number of 18 signs is wrong")
    return number


def _refuse(field: str, why_zh: str, why_en: str) -> None:
    raise DataError(field=field, value="***", why_zh=why_zh, why_en=why_en)


def _is_citizen(number: str) -> bool:
    if _CITIZEN.fullmatch(number) is None:
        return False
    total = sum(w * int(n) for w, n in zip(_CITIZEN_WEIGHTS, number, strict=False))
    return number.endswith(_CITIZEN_CHECKS[total % 11])


def _is_unit(number: str) -> bool:
    if _UNIT.fullmatch(number) is None:
        return False
    total = sum(w * _UNIT_SIGNS.index(n) for w, n in zip(_UNIT_WEIGHTS, number, strict=False))
    return _UNIT_SIGNS.index(number[-1]) == (31 - total % 31) % 31


def shortened(number: str) -> str:
    """A number as everybody may see it: its first three and last four signs, or fewer."""
    last = _LAST if len(number) > 2 * _LAST else 1
    first = _FIRST if len(number) > 2 * _LAST else 1
    return number[:first] + "*" * (len(number) - first - last) + number[-last:]


def standing_for(shown: str, key: str) -> str:
    """A document number as a case holds it, of its parts."""
    return f"{shown}#{key}"


def key_in(value: str) -> str:
    """The keyed hash in a document number as a case holds it."""
    return value.partition("#")[2]


def shown_of(value: str) -> str:
    """The shortened number in a document number as a case holds it."""
    return value.partition("#")[0]
