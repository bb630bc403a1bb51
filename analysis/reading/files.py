"""The text of a log as a stream, plain or gzipped, within limits: what is sent as a log may be made
to fill the memory of whoever opens it."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ...workflow.language import Words
from .encodings import UTF_8, encoding_of

MOST_BYTES = 4_000_000_000
"""Of text, unpacked."""
MOST_TIMES = 100
"""How many times its packed size a log may have; logs of real systems have 10 to 55."""
LONGEST_ROW = 1_000_000
"""Of one row of a CSV, or one event of an XES, in characters."""
_SMALL = 1_000_000
"""Below so many bytes of text nothing is said of how well it is packed."""
_STEP = 4096


class TooMuch(Exception):
    """A log is larger than any log is; the words say in what."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


@contextmanager
def opened(
    path: str | Path, encoding: str = "utf-8-sig", errors: str = "strict"
) -> Iterator[IO[str]]:
    """The text of a log; what is wrong with it is told while it is read."""
    with _bytes_of(path) as file:
        yield io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="")


def encoding_in(path: str | Path) -> str:
    """The encoding of a log. What cannot be read to its end is told when it is read."""
    with suppress(OSError, ValueError, EOFError, zlib.error, TooMuch), _bytes_of(path) as file:
        return encoding_of(file)
    return UTF_8


@contextmanager
def _bytes_of(path: str | Path) -> Iterator[io.BufferedReader]:
    """The bytes of a log, unpacked, within the limits."""
    with ExitStack() as stack:
        packed: Any = stack.enter_context(open(path, "rb", buffering=0))
        if str(path).endswith(".gz"):
            slowly: Any = _Slowly(packed)
            metered = _Metered(gzip.GzipFile(fileobj=slowly), packed)
        else:
            metered = _Metered(packed, None)
        yield io.BufferedReader(metered)


class _Slowly:
    """A file that is read in small steps, so that what was read of it says what was unpacked."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(min(size, _STEP) if size >= 0 else _STEP)
        return data


class _Metered(io.RawIOBase):
    """Bytes counted as they are read, beside those of the packed file that they come from."""

    def __init__(self, file: Any, packed: Any) -> None:
        self._file, self._packed = file, packed
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """As of any raw stream, within the limits."""
        data = self._file.read(min(len(buffer), _STEP))
        buffer[: len(data)] = data
        self._count += len(data)
        self._keep_within_limits()
        return len(data)

    def _keep_within_limits(self) -> None:
        if self._count > MOST_BYTES:
            raise TooMuch(f"超过 {MOST_BYTES} 字节", f"it has more than {MOST_BYTES} bytes")
        if self._packed is None or self._count < _SMALL:
            return
        if self._count > MOST_TIMES * self._packed.tell():
            zh = f"解压后超过压缩大小的 {MOST_TIMES} 倍"
            en = f"unpacked it is more than {MOST_TIMES} times its size"
            raise TooMuch(zh, en)


class Rows:
    """The lines of a text, of which only so much may belong to one row.

    `is_cut` says that the last one has no end.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.line = 0
        self.is_cut = False
        self._length = 0

    def begin_row(self) -> None:
        """What comes belongs to another row."""
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line, unless the row is too long with it."""
        line = self._file.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.line += 1
        self.is_cut = not line.endswith(("\n", "\r"))
        self._length += len(line)
        if self._length > LONGEST_ROW:
            raise too_long()
        return line


def too_long() -> TooMuch:
    """That a row is longer than any is."""
    zh = f"一行超过 {LONGEST_ROW} 个字符"
    return TooMuch(zh, f"a row has more than {LONGEST_ROW} characters")


class Pieces:
    """A text that a parser of XML reads in pieces, of which only so much may be one event."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._length = 0

    def begin_row(self) -> None:
        """What comes belongs to another event."""
        self._length = 0

    def read(self, size: int = -1) -> str:
        """The next piece, unless the event is too long with it."""
        piece = self._file.read(_STEP)
        self._length += len(piece)
        if self._length > LONGEST_ROW:
            raise too_long()
        return piece
