"""The public face of analysis: everything it names is there, and nothing heavy comes unasked."""

from __future__ import annotations

import subprocess
import sys

import zhixing.adapters
import zhixing.analysis


def test_every_name_is_importable_and_is_what_it_says() -> None:
    for face in (zhixing.analysis, zhixing.adapters):
        for name in face.__all__:
            found = getattr(face, name)
            assert getattr(found, "__name__", name) == name
            assert getattr(face, name) is found, "asked again, it is the same"


def test_importing_it_loads_neither_the_solver_nor_dask_nor_a_server() -> None:
    code = (
        "import sys, zhixing.analysis, zhixing.adapters; from zhixing.analysis import replay;"
        " print([m for m in ('z3', 'dask', 'distributed', 'httpx', 'http.server')"
        " if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stderr
