"""What a far side has acted on, line by line, on the disk before anybody is told."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

Line = dict[str, Any]


class Ledger:
    """Lines of JSON in a file, or nowhere; a line that was cut off in the writing is none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def lines(self) -> Iterator[Line]:
        """The lines written before, in their order; a last one that is cut off is taken away."""
        if self._path is None or not self._path.exists():
            return
        whole = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                yield json.loads(line)
        os.truncate(self._path, whole)

    def append(self, line: Line) -> None:
        """Write a line; it is on the disk when this returns."""
        if self._path is None:
            return
        if self._file is None:
            self._file = self._path.open("ab")
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
