"""Code run as a program of its own, by a child of this process that has all modules loaded."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple


class Ended(NamedTuple):
    """How a program ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def run_forked(program: Callable[[], object], folder: Path, env: Mapping[str, str]) -> Ended:
    """Run a program in a folder, as its own main module.

    Its files `.stdout` and `.stderr` in the folder hold what it prints.
    """
    out, err = folder / ".stdout", folder / ".stderr"
    child = os.fork()
    if not child:
        _become(program, folder, env, out, err)
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), out.read_text(), err.read_text())


def _become(
    program: Callable[[], object], folder: Path, env: Mapping[str, str], out: Path, err: Path
) -> None:
    """Be that program to its end; nothing of this process is run after it."""
    code = 1
    try:
        os.chdir(folder)
        os.environ.update(env)
        sys.stdout, sys.stderr = out.open("w"), err.open("w")
        os.dup2(sys.stdout.fileno(), 1)
        os.dup2(sys.stderr.fileno(), 2)
        logging.root.handlers.clear()
        sys.modules["__main__"] = ModuleType("__main__")
        program()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
