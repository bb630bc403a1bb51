"""Which arrows of a picture run back, so that what comes first stands above what follows."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Diagram

Ends = tuple[str, str]


def back_arrows(diagram: Diagram) -> set[Ends]:
    """The arrows that lead to an earlier phase, or close a circle as seen from the first state."""
    bands = dict(_bands(diagram))
    ways: dict[str, list[str]] = {}
    for arrow in diagram.arrows:
        ways.setdefault(arrow.source, []).append(arrow.target)
    closing = set(_closing(_from_first(diagram), ways))
    ends = [arrow.ends for arrow in diagram.arrows if arrow.source != arrow.target]
    return {pair for pair in ends if _is_back(pair, bands, closing)}


def _is_back(ends: Ends, bands: dict[str, int], closing: set[Ends]) -> bool:
    source, target = bands.get(ends[0], 0), bands.get(ends[1], 0)
    return source > target or (source == target and ends in closing)


def _bands(diagram: Diagram) -> Iterator[tuple[str, int]]:
    """The number of the band in which each node stands."""
    for number, band in enumerate(diagram.groups):
        yield band.end, number
        for node in band.nodes:
            yield from ((inner.id, number) for inner in (node, *node.nodes))


def _from_first(diagram: Diagram) -> list[str]:
    """Every node, those where a procedure begins before the others."""
    nodes = sorted(diagram.nodes, key=lambda node: not node.first)
    return [node.id for node in nodes]


def _closing(starts: list[str], ways: dict[str, list[str]]) -> Iterator[Ends]:
    """The ways that lead to where a walk from the start is coming from (depth first)."""
    done: set[str] = set()
    for start in starts:
        on_way, waiting = {start}, [(start, iter(ways.get(start, ())))]
        while waiting:
            node, following = waiting[-1]
            target = next(following, None)
            if target is None:
                waiting.pop()
                on_way.discard(node)
                done.add(node)
            elif target in on_way:
                yield node, target
            elif target not in done:
                on_way.add(target)
                waiting.append((target, iter(ways.get(target, ()))))
