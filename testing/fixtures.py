"""Fixtures for pytest: `pytest_plugins = ["zhixing.testing.fixtures"]` in a host's conftest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from .adapters import FakeAdapter
from .court import Court


@pytest.fixture
def new_court() -> Iterator[Callable[..., Court]]:
    """Makes courts in memory (the arguments are those of `Court`), closed after the test."""
    with ExitStack() as opened:
        yield lambda *args, **options: opened.enter_context(Court(*args, **options))


@pytest.fixture
def new_adapter() -> Callable[..., FakeAdapter]:
    """Makes fake adapters; the arguments are those of `FakeAdapter`."""
    return FakeAdapter
