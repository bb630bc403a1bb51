"""A host with packages of our folders' names installs the wheel and runs a case: one name on the
import path, `zhixing`."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from tests.wheel_check import build_wheel

HOST = """
import adapters, definitions, engine, workflow
assert engine.NAME == "the host's engine" and workflow.NAME == "the host's workflow"
from zhixing.engine import Actor, Engine
import zhixing.engine, zhixing
assert zhixing.__file__ is None and "site-packages" in zhixing.engine.__file__
definitions = zhixing.engine.__file__.rsplit("/engine/", 1)[0] + "/definitions/it"
with Engine("sqlite://", definitions, drafts=True) as court:
    case = court.open_case("road_fines", actor=Actor.of("p", "police"), data={"fine": "35"})
    print(court.fire(case.id, "send", actor=Actor.of("p", "police"), data={"expense": "11"}).state)
"""


def test_a_host_with_folders_of_the_same_names_installs_the_wheel_and_runs_a_case(
    tmp_path: Path,
) -> None:
    wheel = build_wheel(tmp_path / "build")
    host = tmp_path / "host"
    for name in ("workflow", "engine", "adapters", "definitions", "console"):
        (host / name).mkdir(parents=True)
        (host / name / "__init__.py").write_text(f'NAME = "the host\'s {name}"\n')
    (host / "main.py").write_text(HOST)
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    target = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--target",
        target,
        str(wheel),
    ]
    subprocess.run(install, check=True)
    assert {p.name for p in Path(target).iterdir() if not p.name.endswith(".dist-info")} <= {
        "zhixing",
        "bin",
        "__pycache__",
    }
    # the dependencies are those of this environment; the host's own folder comes first on the path
    ours = next(p for p in sys.path if p.endswith("site-packages"))
    (Path(target) / "dependencies.pth").write_text(ours + "\n")
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    result = subprocess.run(
        [str(python), "main.py"], cwd=host, env=variables, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "sent\n"
