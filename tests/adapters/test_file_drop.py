"""Requests and answers as files: whole or not at all, each checked, none lost, no link followed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from zhixing.adapters import (
    BadTransport,
    FileDrop,
    FileForm,
    PermanentFailure,
    TemporaryFailure,
    Unclear,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    outgoing, incoming = tmp_path / "out", tmp_path / "in"
    outgoing.mkdir()
    incoming.mkdir()
    return outgoing, incoming


def after(folders: tuple[Path, Path], waited: timedelta = timedelta(0), **more: Any) -> FileDrop:
    """The drop as it is seen some time later."""
    return FileDrop(*folders, now=lambda: datetime.now(UTC) + waited, **more)


def answer(folder: Path, name: str, content: bytes = b'{"amount": "2.50"}') -> Path:
    """As the other side leaves one."""
    (folder / name).write_bytes(content)
    line = f"{hashlib.sha256(content).hexdigest()}  {name}\n"
    (folder / f"{name}.sha256").write_text(line)
    return folder / name


def names(found: list[Any]) -> list[str]:
    return [one.name for one in found]


def test_a_request_lies_there_whole_with_its_checksum(folders: tuple[Path, Path]) -> None:
    drop = after(folders)
    drop.put("k1", {"person": "张三"})
    drop.put("k1", {"person": "张三"})
    assert sorted(os.listdir(folders[0])) == ["k1.json", "k1.json.sha256"]
    checked = subprocess.run(
        ["sha256sum", "-c", "k1.json.sha256"], cwd=folders[0], capture_output=True, text=True
    )
    assert checked.stdout == "k1.json: OK\n"
    with pytest.raises(PermanentFailure, match="another content"):
        drop.put("k1", {"person": "李四"})


def test_answers_are_those_so_far_at_every_look(folders: tuple[Path, Path]) -> None:
    drop, (_, incoming) = after(folders), folders
    assert drop.answers("k1") == []
    answer(incoming, "k1.1.json")
    answer(incoming, "k10.json")
    assert names(drop.answers("k1")) == ["k1.1.json"]
    answer(incoming, "k1.2.json")
    found = drop.answers("k1")
    assert names(found) == ["k1.1.json", "k1.2.json"] == names(drop.answers("k1"))
    assert found[0].value == {"amount": "2.50"}


def test_answers_that_were_filed_away_are_found_still(folders: tuple[Path, Path]) -> None:
    (_, incoming) = folders
    answer(incoming, "k1.1.json")
    answer(incoming, "k2.json")
    (incoming / "k3.json").write_text("1")
    assert after(folders).file_away(HOUR) == 0
    assert after(folders, 2 * HOUR).file_away(HOUR) == 2
    assert sorted(os.listdir(incoming)) == ["done", "k3.json"]
    answer(incoming, "k1.2.json")
    drop = after(folders)
    assert names(drop.answers("k1")) == ["k1.1.json", "k1.2.json"]
    assert names(drop.answers("k2")) == ["k2.json"]


@pytest.mark.parametrize("line", [None, "", "0" * 64, "no checksum", "0" * 9000])
def test_a_partial_answer_is_waited_for_and_told_at_last(
    folders: tuple[Path, Path], line: str | None
) -> None:
    (_, incoming) = folders
    (incoming / "k1.json").write_text('{"amo')
    if line is not None:
        (incoming / "k1.json.sha256").write_text(line)
    assert after(folders).answers("k1") == []
    with pytest.raises(Unclear, match=r"k1\.json"):
        after(folders, 2 * HOUR).answers("k1")
    answer(incoming, "k1.json")
    assert names(after(folders, 2 * HOUR).answers("k1")) == ["k1.json"]


def test_a_checksum_of_another_file_is_none(folders: tuple[Path, Path]) -> None:
    (_, incoming) = folders
    answer(incoming, "k1.json")
    (incoming / "k1.json.sha256").rename(incoming / "k2.json.sha256")
    (incoming / "k1.json").rename(incoming / "k2.json")
    with pytest.raises(Unclear, match="another file"):
        after(folders, 2 * HOUR).answers("k2")


def test_a_broken_answer_holds_up_none_that_came_after_it(folders: tuple[Path, Path]) -> None:
    (_, incoming) = folders
    (incoming / "k1.1.json").write_text("{")
    os.utime(incoming / "k1.1.json", (1, 1))
    with pytest.raises(Unclear):
        after(folders).answers("k1")
    answer(incoming, "k1.2.json")
    assert names(after(folders).answers("k1")) == ["k1.2.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "no answer"),
        (b"NaN", "no number"),
        (b"[" * 99 + b"]" * 99, "nested"),
        (b" " * 1001, "longer"),
    ],
)
def test_what_is_whole_and_no_answer_is_unclear(
    folders: tuple[Path, Path], content: bytes, said: str
) -> None:
    answer(folders[1], "k1.json", content)
    with pytest.raises(Unclear, match=said):
        after(folders, max_bytes=1000, patience=-HOUR).answers("k1")


@pytest.mark.parametrize("key", ["", "../k1", "a/b", "a.b", "a\x00", "十", "a" * 129, "k1\n"])
def test_a_key_that_is_no_name_is_refused(folders: tuple[Path, Path], key: str) -> None:
    with pytest.raises(PermanentFailure, match="key"):
        after(folders).put(key, {})
    with pytest.raises(PermanentFailure, match="key"):
        after(folders).answers(key)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes as POSIX has them")
def test_nothing_is_read_that_is_no_plain_file(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (_, incoming), secret = folders, answer(tmp_path, "secret.json")
    for name in ("k1.json", "k1.json.sha256"):
        (incoming / name).symlink_to(secret)
    os.mkfifo(incoming / "k2.json")
    (incoming / "k3.json").mkdir()
    answer(incoming, "k4.json")
    (incoming / "k4.json.sha256").unlink()
    (incoming / "k4.json.sha256").symlink_to(tmp_path / "secret.json.sha256")
    for key in ("k1", "k2", "k3"):
        with pytest.raises(Unclear, match="plain"):
            after(folders).answers(key)
    assert after(folders).answers("k4") == []
    outgoing, _ = folders
    (outgoing / "k5.json").symlink_to(tmp_path / "precious")
    with pytest.raises(PermanentFailure, match="plain"):
        after(folders).put("k5", {})
    assert not (tmp_path / "precious").exists()


def test_a_folder_that_is_not_there_took_nothing(tmp_path: Path) -> None:
    drop = FileDrop(tmp_path / "none", tmp_path / "neither")
    with pytest.raises(TemporaryFailure):
        drop.put("k1", {})
    with pytest.raises(TemporaryFailure):
        drop.answers("k1")
    with pytest.raises(BadTransport):
        FileDrop(tmp_path, tmp_path)


def test_a_request_that_is_too_long_is_refused(folders: tuple[Path, Path]) -> None:
    with pytest.raises(PermanentFailure, match="longer"):
        after(folders, max_bytes=10).put("k1", {"x": "y" * 10})
    assert os.listdir(folders[0]) == []


def test_files_may_be_xml(folders: tuple[Path, Path]) -> None:
    drop = after(folders, form=FileForm.XML)
    asked = ElementTree.Element("ask")
    asked.text = "张三"
    drop.put("k1", asked)
    assert "张三" in (folders[0] / "k1.xml").read_text(encoding="utf-8")
    answer(folders[1], "k1.xml", b"<a>1</a>")
    (found,) = drop.answers("k1")
    assert (found.value.tag, found.value.text) == ("a", "1")
    answer(folders[1], "k2.xml", b"<!DOCTYPE a><a/>")
    with pytest.raises(Unclear, match="document type"):
        drop.answers("k2")


PUTS = """
import sys
from pathlib import Path
from zhixing.adapters import FileDrop
drop = FileDrop(Path(sys.argv[1]), Path(sys.argv[2]))
sys.stdin.readline()
for number in range(50):
    drop.put(f"k{number}", {"text": "x" * 20_000})
"""


@pytest.mark.processes
def test_two_processes_that_put_the_same_leave_it_whole_at_every_moment(
    folders: tuple[Path, Path],
) -> None:
    """Whoever looks meanwhile, as the other side does, finds each file whole or not at all."""
    command = [sys.executable, "-c", PUTS, *map(str, folders)]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(2)]
    other_side, seen = FileDrop(folders[1], folders[0], patience=-HOUR), 0
    for process in both:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.close()
    while any(process.poll() is None for process in both):
        seen += sum(len(other_side.answers(f"k{number}")) for number in range(50))
    assert [process.returncode for process in both] == [0, 0]
    assert all(len(other_side.answers(f"k{number}")) == 1 for number in range(50))
    assert len(os.listdir(folders[0])) == 100, "nothing is left behind"
