"""An act that must have happened before another can happen before it."""

from __future__ import annotations

from collections.abc import Iterator

from ..guards.acts import DID, acts_in
from ..guards.cel import GuardCompiler
from ..guards.cel_tree import partial_value
from ..model.definition import Definition
from ..model.flow import Transition
from ..source.findings import Finding
from .conditions import required
from .structure import closure, moves, ways


def check(definition: Definition) -> Iterator[Finding]:
    """Transitions that wait for an act which no way leads to before them."""
    for t in definition.transitions:
        for act in needed(definition, t):
            if not _comes_before(definition, act, t):
                at = t.at_value("when" if t.when is not None else "checklist")
                title = definition.trigger_title(act)
                zh = f"“{t.title.zh}”须先有“{title.zh}”，而在它之前无从办理 {act}"
                en = f"{t.title.en} waits for {title.en}, and no way leads to {act} before it"
                yield Finding(at, "act-too-late", zh, en)


def needed(definition: Definition, t: Transition) -> list[str]:
    """The acts without which the conditions of a transition cannot hold."""
    conditions = required(definition, t)
    asked = dict.fromkeys(act for text in conditions for act in acts_in(text))
    compiler = GuardCompiler.of(definition)
    trees = [compiler.compile(text).tree for text in conditions]
    return [
        act
        for act in asked
        if any(partial_value(tree, {DID + act: False}) is False for tree in trees)
    ]


def _comes_before(definition: Definition, act: str, t: Transition) -> bool:
    """Whether an act can happen without a transition having been taken."""
    others = tuple(other for other in definition.transitions if other is not t)
    without = definition.model_copy(update={"transitions": others})
    reached = closure(moves(without), {definition.initial})
    return any(way.trigger == act and source in reached for source, way in ways(without))
