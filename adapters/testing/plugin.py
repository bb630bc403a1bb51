"""`--update-schemas` for pytest: `pytest_plugins = ["zhixing.adapters.testing.plugin"]`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option under which kept schemas are written anew."""
    parser.addoption(
        "--update-schemas",
        action="store_true",
        help="keep the schemas of adapters' operations as they are now",
    )
