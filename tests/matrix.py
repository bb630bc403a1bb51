"""The suite on every Python that is allowed and found, and on the lowest versions of everything.

`python -m tests.matrix [--all] [--others]`: an interpreter that is not found is skipped, counted
and told; with `--all` that is a failure. With `--others` all but the environment that this very
interpreter was made ready for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "matrix"
VERSIONS = ("3.11", "3.12", "3.13")
SUITE = ["-q", "-n", "2", "--dist", "loadfile", "--ignore", "tests/test_docs.py"]


class Environment(NamedTuple):
    """One way to run the suite: a Python version, and how dependencies are chosen."""

    name: str
    version: str
    resolution: str = "highest"


ENVIRONMENTS = (
    *(Environment(version, version) for version in VERSIONS),
    Environment(f"{VERSIONS[0]} with the lowest versions", VERSIONS[0], "lowest-direct"),
)


def interpreter(version: str) -> str | None:
    """A Python of this version that runs: on the path, or kept by pyenv."""
    return next((found for found in _candidates(version) if _runs(found, version)), None)


def _candidates(version: str) -> Iterator[str]:
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        yield sys.executable
    on_path = shutil.which(f"python{version}")
    if on_path is not None:
        yield on_path
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from map(str, sorted(kept.glob(f"{version}.*/bin/python"), reverse=True))


def _runs(command: str, version: str) -> bool:
    ask = [command, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        asked = subprocess.run(ask, capture_output=True, text=True, timeout=60)
    except OSError:
        return False
    return asked.stdout.strip() == version


def _is_own(environment: Environment) -> bool:
    """Whether it is the one that this process runs in."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    return environment == Environment(own, own)


def run(environment: Environment, python: str) -> int:
    """Make the environment anew and run the suite in it; gives pytest's exit code."""
    folder = BUILD / environment.name.replace(" ", "-")
    shutil.rmtree(folder, ignore_errors=True)
    uv = [sys.executable, "-m", "uv"]
    own = str(folder / "bin" / "python")
    subprocess.run([*uv, "venv", "--quiet", "--seed", "--python", python, str(folder)], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", own]
    chosen = ["--resolution", environment.resolution, "--editable", ".[dev]"]
    subprocess.run([*install, *chosen], cwd=ROOT, check=True)
    return subprocess.run([own, "-m", "pytest", *SUITE], cwd=ROOT).returncode


def main(arguments: list[str]) -> int:
    failed, missing = [], []
    wanted = [e for e in ENVIRONMENTS if not ("--others" in arguments and _is_own(e))]
    for environment in wanted:
        python = interpreter(environment.version)
        if python is None:
            missing.append(environment.name)
            continue
        print(f"== Python {environment.name}", flush=True)
        if run(environment, python) != 0:
            failed.append(environment.name)
    ran = len(wanted) - len(missing)
    print(f"{ran} environments ran, {len(failed)} failed, {len(missing)} skipped")
    for name in failed:
        print(f"failed: Python {name}")
    for name in missing:
        print(f"skipped: no Python {name} was found")
    return 1 if failed or ("--all" in arguments and missing) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
