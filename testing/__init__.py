"""For the tests of hosts: a court in memory on a clock moved by hand, fixtures, a fake adapter."""

from .adapters import AnyData, FakeAdapter
from .court import Court

__all__ = ["AnyData", "Court", "FakeAdapter"]
