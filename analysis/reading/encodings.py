"""In which encoding a text is: UTF-8, else GB18030, which every GBK text is too.

All of it is looked at, since a few bytes may be both ("茅" in GBK is "é" in UTF-8).
"""

from __future__ import annotations

import re
from typing import IO

UTF_8, GB18030 = "utf-8", "gb18030"
DAMAGED = "surrogateescape"
"""How bytes that are in no encoding come through: as characters that no text has."""
_BYTES = re.compile("[\udc80-\udcff]")
_STEP = 1 << 16


def encoding_of(file: IO[bytes]) -> str:
    """The encoding in which fewer lines are damaged; UTF-8 where it is all the same."""
    damaged = dict.fromkeys((UTF_8, GB18030), 0)
    for line in iter(lambda: file.readline(_STEP), b""):
        if line.isascii():
            continue
        for encoding in damaged:
            damaged[encoding] += not _is_in(line, encoding)
    return min(damaged, key=damaged.__getitem__)


def _is_in(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def is_damaged(text: str) -> bool:
    """Whether a text has bytes that were in no encoding."""
    return _BYTES.search(text) is not None
