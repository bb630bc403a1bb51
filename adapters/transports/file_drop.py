"""Requests and answers as files in folders that both sides see (a mounted share, say).

A file counts only with its checksum beside it: `NAME.json` with `NAME.json.sha256`, one line as
`sha256sum` writes it. Requests are `KEY.json`; answers `KEY.json`, or `KEY.PART.json` where there
are several. The checksum of a request is there before the request is.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ..protocol import PermanentFailure, TemporaryFailure, Unclear
from .bounded_json import MAX_DEPTH, parsed_json
from .bounded_xml import parsed_xml
from .errors import BadTransport

MAX_BYTES = 10_000_000
PATIENCE = timedelta(hours=1)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_CHECKSUM = re.compile(rb"([0-9a-fA-F]{64})(?:[ \t]+\*?([\x21-\x7e]{1,300}))?\s*")
_LONGEST_CHECKSUM = 500
_NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_log = logging.getLogger(__name__)


class FileForm(StrEnum):
    """What the files hold, which is also how their names end."""

    JSON = "json"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """An answer that was found, whole: its file's name, when that was last written, its value.

    The name is unlike any other's: it serves as the answer's `message_id`. The value is that of the
    JSON, or the root element.
    """

    name: str
    written_at: datetime
    value: Any


@dataclass(frozen=True, slots=True)
class _Unfinished:
    """A file that is not as its checksum says."""

    name: str
    written_at: datetime
    why: str


class FileDrop:
    """Two folders: requests are put into `outgoing`, answers looked for in `incoming`.

    Both are there already (a share that is not mounted is no empty share). Several processes may
    use them at once. A link is never followed, nor anything read that is no plain file. An answer
    that has no right checksum yet is waited for; `patience` after it was last written it is told.
    `now` gives aware moments. Raises `BadTransport`.
    """

    def __init__(
        self,
        outgoing: Path,
        incoming: Path,
        *,
        form: FileForm = FileForm.JSON,
        max_bytes: int = MAX_BYTES,
        max_depth: int = MAX_DEPTH,
        patience: timedelta = PATIENCE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._outgoing, self._incoming = Path(outgoing), Path(incoming)
        if self._outgoing.resolve() == self._incoming.resolve():
            raise BadTransport(why="outgoing and incoming are the same folder")
        self._form = FileForm(form)
        self._max_bytes, self._max_depth = max_bytes, max_depth
        self._patience, self._now = patience, now
        self._answer_name = re.compile(rf"(?:\.[A-Za-z0-9_-]{{1,64}})?\.{self._form}", re.ASCII)

    def put(self, key: str, value: Any) -> None:
        """Hand a request over: what JSON can hold, or a root element.

        The same again changes nothing. Raises `TemporaryFailure` where it is surely not there (no
        room, no folder), `PermanentFailure` for a key that is no name or that has another request,
        and `Unclear`.
        """
        name = f"{_checked(key)}.{self._form}"
        content = self._written(value)
        try:
            self._refuse_another(name, content)
            line = f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode("ascii")
            _place(self._outgoing, f"{name}.sha256", line)
            _place(self._outgoing, name, content)
        except OSError as error:
            raise TemporaryFailure(why=_named(error)) from error
        try:
            _keep_names(self._outgoing)
        except OSError as error:
            raise Unclear(why=_named(error)) from error

    def answers(self, key: str) -> list[DroppedFile]:
        """The answers so far, by name, also those that were given or filed away before.

        Raises `PermanentFailure` for a key that is no name, `TemporaryFailure` where a folder
        cannot be read, `Unclear` for an answer that is none, is too long, or did not get its right
        checksum in time, unless something whole was written after it.
        """
        _checked(key)
        try:
            looked_at = [self._looked_at(path) for path in self._files_of(key)]
        except OSError as error:
            raise TemporaryFailure(why=_named(error)) from error
        whole = [one for one in looked_at if isinstance(one, DroppedFile)]
        for one in looked_at:
            if isinstance(one, _Unfinished):
                self._tell_if_overdue(one, whole)
        return whole

    def file_away(self, older_than: timedelta) -> int:
        """Move answers that were last written so long ago to `done/`; gives how many.

        They are found there again by `answers`: it keeps `incoming` short, and forgets nothing.
        What has no right checksum stays. Raises `TemporaryFailure`.
        """
        before, moved = self._now() - older_than, 0
        try:
            names = sorted(os.listdir(self._incoming))
            for name in names:
                moved += self._filed_away(name, before)
        except OSError as error:
            raise TemporaryFailure(why=_named(error)) from error
        return moved

    def _filed_away(self, name: str, before: datetime) -> int:
        key, _, rest = name.partition(".")
        if not _KEY.fullmatch(key) or not self._answer_name.fullmatch(f".{rest}"):
            return 0
        found = self._looked_at(self._incoming / name)
        if not isinstance(found, DroppedFile) or found.written_at >= before:
            return 0
        done = self._incoming / "done" / key
        done.mkdir(parents=True, exist_ok=True)
        checksum = self._incoming / f"{name}.sha256"
        # the file is at no moment without its checksum; another process may be doing the same
        with suppress(FileNotFoundError):
            _place(done, checksum.name, checksum.read_bytes())
            os.replace(self._incoming / name, done / name)
            checksum.unlink()
        return 1

    def _written(self, value: Any) -> bytes:
        """A value as the content of a file. Raises `PermanentFailure`."""
        if self._form is FileForm.XML:
            content: bytes = ElementTree.tostring(value, encoding="utf-8", xml_declaration=True)
        else:
            content = json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
        if len(content) > self._max_bytes:
            raise PermanentFailure(why=f"the request is longer than {self._max_bytes} bytes")
        return content

    def _refuse_another(self, name: str, content: bytes) -> None:
        """Raises `PermanentFailure` where something else lies under the same name."""
        try:
            there, _ = _read(self._outgoing / name, self._max_bytes)
        except FileNotFoundError:
            return
        except _NotPlain as error:
            raise PermanentFailure(why=f"{name} is there already: {error}") from None
        if there != content:
            raise PermanentFailure(why=f"{name} is there already, with another content")

    def _files_of(self, key: str) -> Iterator[Path]:
        """The files of a key, new ones and those filed away. Raises `OSError`."""
        names = set(self._names_in(self._incoming, key))
        done = self._incoming / "done" / key
        filed = set(self._names_in(done, key)) if done.is_dir() else set()
        for name in sorted(names | filed):
            yield (done if name in filed else self._incoming) / name

    def _names_in(self, folder: Path, key: str) -> Iterator[str]:
        for name in os.listdir(folder):
            if name.startswith(f"{key}.") and self._answer_name.fullmatch(name[len(key) :]):
                yield name

    def _looked_at(self, path: Path) -> DroppedFile | _Unfinished | None:
        """What a file is; None for one that is just being moved. Raises `OSError`, `Unclear`."""
        try:
            content, written_at = _read(path, self._max_bytes)
        except FileNotFoundError:
            return None
        except _NotPlain as error:
            return _Unfinished(path.name, self._now() - 2 * self._patience, str(error))
        if len(content) > self._max_bytes:
            raise Unclear(why=f"{path.name} is longer than {self._max_bytes} bytes")
        why = _mismatch(path, content)
        if why and not path.exists():
            return None
        if why:
            return _Unfinished(path.name, written_at, why)
        return DroppedFile(path.name, written_at, self._value(path.name, content))

    def _value(self, name: str, content: bytes) -> Any:
        parsed = parsed_xml if self._form is FileForm.XML else parsed_json
        try:
            return parsed(content, self._max_depth)
        except ValueError as error:
            raise Unclear(why=f"{name} is no answer: {error}"[:200]) from error

    def _tell_if_overdue(self, one: _Unfinished, whole: list[DroppedFile]) -> None:
        """Raises `Unclear` for what was waited for long enough, and nothing came after."""
        if self._now() - one.written_at < self._patience:
            return
        if any(other.written_at > one.written_at for other in whole):
            _log.warning("%s is passed over: %s", one.name, one.why)
            return
        raise Unclear(why=f"{one.name}: {one.why}")


class _NotPlain(Exception):
    """What lies there is no plain file."""


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise PermanentFailure(why="a key of files has letters, digits, - and _, at most 128")
    return key


def _read(path: Path, max_bytes: int) -> tuple[bytes, datetime]:
    """A plain file (one byte more than allowed, where it has it) and when it was last written.

    Raises `OSError`, `_NotPlain`.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise _NotPlain("it is a link, or no plain file")
    # it may be another one by now: a link is not opened, and a pipe not waited for
    descriptor = os.open(path, os.O_RDONLY | _NOT_FOLLOWED)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        content = file.read(max_bytes + 1)
    return content, datetime.fromtimestamp(status.st_mtime, UTC)


def _mismatch(path: Path, content: bytes) -> str:
    """Why a content is not what its checksum says; empty where it is."""
    try:
        line, _ = _read(path.with_name(f"{path.name}.sha256"), _LONGEST_CHECKSUM)
    except FileNotFoundError:
        return "it has no checksum"
    except _NotPlain as error:
        return f"its checksum: {error}"
    told = _CHECKSUM.fullmatch(line)
    if told is None:
        return "its checksum is none"
    if told[2] not in (None, path.name.encode("ascii")):
        return "its checksum is that of another file"
    if told[1].decode("ascii").lower() != hashlib.sha256(content).hexdigest():
        return "it is not what its checksum says"
    return ""


def _place(folder: Path, name: str, content: bytes) -> None:
    """A file that is there whole or not at all. Raises `OSError`."""
    temporary = folder / f".{name}.{secrets.token_hex(8)}.part"
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, folder / name)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def _keep_names(folder: Path) -> None:
    """Names survive a crash too, where the system lets folders be synchronized."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _named(error: OSError) -> str:
    return f"{type(error).__name__}: {error.strerror}"
