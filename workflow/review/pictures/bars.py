"""Bar charts as SVG: groups of bars below one another, for one series or two side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ...source.characters import escaped

_WIDTH, _LABEL, _BAR, _HEAD = 900, 320, 16, 34
_ROOM = _WIDTH - _LABEL - 90
"""The length of the longest bar."""
_COLOURS = ("#486581", "#de911d")
_FONT = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"
_STYLE = (
    f"text{{font-family:{_FONT};font-size:12px;fill:#1f2933}} .h{{font-size:15px;font-weight:bold}}"
)


@dataclass(frozen=True, slots=True)
class Chart:
    """One group: a title, and a number for each label in each series.

    A label may be missing in a series.
    """

    title: str
    series: Sequence[Mapping[str, float]]

    @property
    def labels(self) -> list[str]:
        """The labels of all series, each once."""
        return list(dict.fromkeys(chain.from_iterable(self.series)))

    @property
    def most(self) -> float:
        """What the longest bar stands for."""
        values = chain.from_iterable(series.values() for series in self.series)
        return max(values, default=0) or 1

    @property
    def height(self) -> int:
        return _HEAD + len(self.labels) * (len(self.series) * _BAR + 3)


def to_svg(title: str, names: Sequence[str], charts: Sequence[Chart]) -> str:
    """The charts as one picture; `names` are the series."""
    parts, y = [f'<text class="h" x="16" y="26">{escaped(title)}</text>'], 52
    if len(names) > 1:
        parts += _legend(names, y)
        y += 16
    for chart in charts:
        parts += _chart(chart, y + _HEAD)
        y += chart.height
    height = y + 16
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}"><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _legend(names: Sequence[str], y: int) -> Iterator[str]:
    """Which colour is which series."""
    for index, name in enumerate(names):
        x, colour = 16 + index * 260, _COLOURS[index]
        yield f'<rect x="{x}" y="{y - 11}" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{x + 18}" y="{y}">{escaped(name)}</text>'


def _chart(chart: Chart, y: int) -> Iterator[str]:
    """The title of a group above `y`, and its bars below."""
    yield f'<text class="h" x="16" y="{y - 10}">{escaped(chart.title)}</text>'
    for label in chart.labels:
        name = escaped(label)
        yield f'<text x="{_LABEL - 8}" y="{y + 12}" text-anchor="end">{name}</text>'
        for index, values in enumerate(chart.series):
            yield _bar(values.get(label, 0), chart.most, y, _COLOURS[index % 2])
            y += _BAR
        y += 3


def _bar(value: float, most: float, y: int, colour: str) -> str:
    length = _ROOM * value / most
    size = f'width="{length:.1f}" height="{_BAR - 3}"'
    return (
        f'<rect x="{_LABEL}" y="{y}" {size} fill="{colour}"/>'
        f'<text x="{_LABEL + length + 6:.1f}" y="{y + 11}">{value:g}</text>'
    )
