"""Bar charts as SVG: a few groups of bars below one another, for one series or for two beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LABEL, _BAR, _HEAD = 900, 320, 16, 34
_COLOURS = ("#486581", "#de911d")
_STYLE = "text{font-family:'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;font-size:12px;fill:#1f2933} .h{font-size:15px;font-weight:bold}"


@dataclass(frozen=True, slots=True)
class Chart:
    """One group: a title, and a number for each label in each series (a label may be missing in one)."""

    title: str
    series: Sequence[Mapping[str, float]]


def to_svg(title: str, names: Sequence[str], charts: Sequence[Chart]) -> str:
    """The charts as one picture; `names` are the series."""
    parts, y = [f'<text class="h" x="16" y="26">{escape(title)}</text>'], 52
    for index, name in enumerate(names if len(names) > 1 else ()):
        parts.append(
            f'<rect x="{16 + index * 260}" y="{y - 11}" width="12" height="12" fill="{_COLOURS[index]}"/>'
        )
        parts.append(f'<text x="{34 + index * 260}" y="{y}">{escape(name)}</text>')
    y += 16 if len(names) > 1 else 0
    for chart in charts:
        y += _HEAD
        parts.append(f'<text class="h" x="16" y="{y - 10}">{escape(chart.title)}</text>')
        most = max((v for s in chart.series for v in s.values()), default=0) or 1
        for label in dict.fromkeys(key for s in chart.series for key in s):
            parts.append(
                f'<text x="{_LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(label)}</text>'
            )
            for index, values in enumerate(chart.series):
                value = values.get(label, 0)
                length = (_WIDTH - _LABEL - 90) * value / most
                parts.append(
                    f'<rect x="{_LABEL}" y="{y}" width="{length:.1f}" height="{_BAR - 3}" fill="{_COLOURS[index % 2]}"/>'
                )
                parts.append(f'<text x="{_LABEL + length + 6:.1f}" y="{y + 11}">{value:g}</text>')
                y += _BAR
            y += 3
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y + 16}" viewBox="0 0 {_WIDTH} {y + 16}"><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )
