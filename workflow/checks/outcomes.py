"""Which of several conditions can hold together, as far as their logic alone says it.

`case.urgent` and `!case.urgent` never hold together, and never both fail. What the parts of a
condition compare is not looked into: each may be so or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, product

from ..guards.cel_tree import FunctionCall, Tree

_MOST = 12
"""Parts told apart; of more, every condition counts as a part of its own."""

_LOGIC: Mapping[str, Callable[..., bool]] = {
    "_&&_": lambda *sides: all(sides),
    "_||_": lambda *sides: any(sides),
    "!_": lambda side: not side,
}


def outcomes(conditions: Mapping[str, Tree]) -> Iterator[frozenset[str]]:
    """Each set of names whose conditions can hold while the others do not."""
    plain = {name: _equal(tree) for name, tree in conditions.items()}
    parts = sorted(set(chain.from_iterable(map(_parts, plain.values()))), key=repr)
    if len(parts) > _MOST:
        parts = list(dict.fromkeys(plain.values()))
    found: set[frozenset[str]] = set()
    for values in product((True, False), repeat=len(parts)):
        known = dict(zip(parts, values, strict=True))
        outcome = frozenset(name for name, tree in plain.items() if _holds(tree, known))
        if outcome not in found:
            found.add(outcome)
            yield outcome


def _equal(tree: Tree) -> Tree:
    """A condition in which "is not" is written as "not: is"."""
    if not isinstance(tree, FunctionCall):
        return tree
    arguments = tuple(map(_equal, tree.arguments))
    if tree.function == "_!=_":
        return FunctionCall("!_", (FunctionCall("_==_", arguments),))
    return FunctionCall(tree.function, arguments)


def _parts(tree: Tree) -> Iterator[Tree]:
    """What logic joins in a condition."""
    if isinstance(tree, FunctionCall) and tree.function in _LOGIC:
        yield from chain.from_iterable(map(_parts, tree.arguments))
    else:
        yield tree


def _holds(tree: Tree, known: Mapping[Tree, bool]) -> bool:
    """Whether a condition holds where each of its parts is so or not."""
    if tree in known or not isinstance(tree, FunctionCall):
        return known[tree]
    return _LOGIC[tree.function](*(_holds(part, known) for part in tree.arguments))
