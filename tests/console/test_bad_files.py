"""One bad file in the folder stops no command: it is named, and what does not need it is done."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import LOAN
from tests.console.test_command import zhixing
from zhixing.workflow.source.characters import is_clean

BAD: dict[str, Callable[[Path], object]] = {
    "no yaml": lambda file: file.write_text("id: [\n"),
    "no text": lambda file: file.write_bytes(b"\xff\xfe\x00"),
    "a wrong state": lambda file: file.write_text(LOAN.replace("to: noticed", "to: noticd")),
    "control characters": lambda file: file.write_text(LOAN + 'zone: "a\\0\\e[2J"\n'),
    "a pipe": lambda file: os.mkfifo(file),
    "a folder": lambda file: file.mkdir(),
    "a link out": lambda file: file.symlink_to("/etc/passwd"),
}
COMMANDS = (
    ("case", "show", "1"),
    ("case", "list"),
    ("case", "fire", "1", "notify", "--as", "li", "--role", "officer", "--document", "notice=n"),
    ("deadline", "list"),
    ("version", "list"),
    ("version", "withdraw", "1", "--as", "wang", "--role", "procedure_publisher"),
    ("worker", "--once"),
)


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_stops_no_command(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "loan.yaml").write_text(LOAN, encoding="utf-8")
    env = {
        "ZHIXING_DATABASE": f"sqlite:///{tmp_path}/court.db",
        "ZHIXING_DEFINITIONS": str(folder),
    }
    zhixing("db", "upgrade", **env)
    editor = ("--as", "zhao", "--role", "procedure_editor")
    publisher = ("--as", "wang", "--role", "procedure_publisher")
    zhixing("version", "propose", str(folder / "loan.yaml"), *editor, **env)
    zhixing("version", "approve", "1", *publisher, **env)
    opened = ("case", "open", "loan", "amount=5", "--id", "1", "--as", "li", "--role", "officer")
    zhixing(*opened, **env)
    bad = folder / "bad.yaml"
    BAD[kind](bad)
    for command in COMMANDS if kind == "no yaml" else (COMMANDS[0], COMMANDS[-1]):
        done = zhixing(*command, **env)
        assert done.returncode == 0, (command, done.stderr)
        assert f"{bad} has " in done.stderr and " and was left out" in done.stderr
        assert is_clean(done.stdout + done.stderr, has_lines=True)
