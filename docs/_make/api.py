"""The reference of the Python API as HTML, made from docstrings by pdoc.

    python docs/_make/api.py FOLDER

Only the faces are shown, and of each what it says is its own (`__all__`).
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

FACES = (
    "zhixing.engine",
    "zhixing.court",
    "zhixing.workflow",
    "zhixing.adapters",
    "zhixing.adapters.testing",
    "zhixing.analysis",
    "zhixing.testing",
)
FORMULAS = "zhixing.workflow.formulas"
"""A face within a face: what it lists is shown too."""


def main(folder: Path) -> None:
    import pdoc
    import pdoc.render

    faces = [name for name in FACES if find_spec(name)]
    for name in faces:
        _load_all(name)
    _own_verbs()
    rooms = [f"!{name}[.].*" for name in faces]
    rooms += [FORMULAS, f"!{FORMULAS}[.].*"]
    pdoc.render.configure(docformat="markdown", show_source=False, footer_text="zhixing")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # a name that does not resolve
        warnings.filterwarnings("ignore", "Error parsing type annotation array")
        pdoc.pdoc(*faces, *rooms, output_directory=folder)


def _load_all(name: str) -> None:
    """What a face loads only when it is asked for is there when pdoc looks."""
    face = import_module(name)
    for part in getattr(face, "__all__", ()):
        setattr(face, part, getattr(face, part))


def _own_verbs() -> None:
    """The verbs of `Engine` are shown with it, whichever of its bases they are written in."""
    from zhixing.engine import Engine

    for name in dir(Engine):
        if not name.startswith("_") and name not in vars(Engine):
            setattr(Engine, name, getattr(Engine, name))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
