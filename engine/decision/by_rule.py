"""What is known of each deadline's rule, those of rows of the law among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

V = TypeVar("V")


class ByRule(dict[str, V]):
    """Values by the names of rules: those of a definition, and of limits of the law by their names.

    A limit of the law that was armed by hand is in no definition: what is known of it is made when
    it is asked for. A name that is neither is no key.
    """

    def __init__(self, known: Mapping[str, V], of_law: Callable[[str], V]) -> None:
        super().__init__(known)
        self._of_law = of_law

    def __missing__(self, name: str) -> V:
        return self._of_law(name)

    def __contains__(self, name: object) -> bool:
        return self.get(str(name)) is not None

    def get(self, name: str, default: Any = None) -> Any:
        """As of any mapping; a limit of the law is always there."""
        try:
            return self[name]
        except KeyError:
            return default
