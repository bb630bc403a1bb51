"""Types and layering, checked on the wheel as it is installed: `python -m tests.wheel_check`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "wheel-check"


def build_wheel(into: Path) -> Path:
    """Build the wheel with what is installed already."""
    source = into / "source"
    shutil.rmtree(into, ignore_errors=True)
    ignore = shutil.ignore_patterns(
        ".git", ".venv", "build", "*.egg-info", "__pycache__", ".*_cache", "*.db*", ".hypothesis"
    )
    shutil.copytree(ROOT, source, ignore=ignore)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
        "-w",
        str(into),
        str(source),
    ]
    subprocess.run(command, check=True)
    return next(into.glob("zhixing-*.whl"))


def main() -> int:
    wheel = build_wheel(BUILD)
    unpacked = BUILD / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "MYPYPATH": str(unpacked)}
    bin = Path(sys.executable).parent
    config = str(ROOT / "pyproject.toml")
    checks = [
        [str(bin / "mypy"), "--config-file", config, "-p", "zhixing"],
        [str(bin / "lint-imports"), config, "--no-cache"],
    ]
    return max(subprocess.run(check, cwd=BUILD, env=environment).returncode for check in checks)


if __name__ == "__main__":
    raise SystemExit(main())
