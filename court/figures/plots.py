"""Figures as pictures: bars of what was counted, and how days are spread, as SVG.

Texts stay texts in the picture, so that whoever looks at it needs a font for them, and not the
machine that draws it. Needs the extra `plots`.
"""

from __future__ import annotations

import io
import logging
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import add
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from ...workflow.language import Language, Words
from .errors import NothingToPlot, PlotsMissing
from .shares import Spread
from .tables import HEADS
from .views import (
    ClosingFigures,
    Figure,
    LimitsKept,
    NodeTimes,
    PerformanceTimes,
    Resumptions,
    SanctionTimes,
    WorkFigures,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture

_FONTS = (
    *("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei"),
    *("WenQuanYi Zen Hei", "DejaVu Sans"),
)
_COLOURS = ("#486581", "#e0a458", "#c8553d", "#9fb3c8")
_LOOK: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "zhixing",
    "font.family": list(_FONTS),
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_MOST_ROWS = 80
_ROW_INCHES, _EM_INCHES = 0.34, 10 / 72
_TOP_INCHES, _BOTTOM_INCHES, _CHART_INCHES, _NUMBER_INCHES = 0.85, 0.55, 6.0, 1.5
_THICK = 0.7
_drawing = Lock()
_Named = Sequence[tuple[str, str]]
"""What colours say, in words."""
_Columns = Sequence[str]


_MARKS = {
    "median": Words("半数之内", "half within"),
    "p90": Words("九成之内", "nine in ten within"),
    "longest": Words("最长", "longest"),
}


def figures_as_svg(
    rows: Sequence[Figure], lang: Language = "zh", titles: Mapping[str, str] | None = None
) -> str:
    """Rows of one kind of figures (as `CourtFigures` gives them) as an SVG picture.

    `titles` says how what they are counted by (a court, a limit …) is called; nodes and measures
    know it. Only the first 80 rows are drawn, and the title says so. Raises `PlotsMissing`, and
    `NothingToPlot` where there are none, or ladders.
    """
    kind = _KINDS.get(type(next(iter(rows), None)))
    if kind is None:
        raise NothingToPlot
    shown = rows[:_MOST_ROWS]
    labels = [_label(row, lang, titles or {}) for row in shown]
    title = kind.title.text(lang)
    if len(rows) > len(shown):
        title = f"{title} ({len(shown)}/{len(rows)})"
    with _library():
        return _drawn(kind, shown, labels, title, lang)


def _label(row: Any, lang: Language, titles: Mapping[str, str]) -> str:
    """What a row is about, in words."""
    named = dict(getattr(row, "by", None) or {"officer": row.officer})
    title = str(getattr(row, f"title_{lang}", "") or getattr(row, "title_zh", ""))
    own = {"node": title, "measure": title}
    words = (own.get(name) or titles.get(value, value) or "-" for name, value in named.items())
    label = " · ".join(words)
    if getattr(row, "is_suspended", False):
        return f"{label} ({HEADS['is_suspended'].text(lang)})"
    return label


# -- the picture


@contextmanager
def _library() -> Iterator[None]:
    """The library with our look; its settings are the process's, so one draws at a time."""
    try:
        import matplotlib
    except ImportError as error:
        raise PlotsMissing(why=str(error)) from None
    log = logging.getLogger("matplotlib.font_manager")
    with _drawing, warnings.catch_warnings(), matplotlib.rc_context(_LOOK):
        warnings.simplefilter("ignore")  # a font that is missing here is for whoever looks
        level = log.level
        log.setLevel(logging.ERROR)
        try:
            yield
        finally:
            log.setLevel(level)


def _drawn(
    kind: _Kind, rows: Sequence[Any], labels: Sequence[str], title: str, lang: Language
) -> str:
    """The picture as SVG, as high as it has rows; the same rows give the same text."""
    from matplotlib.figure import Figure as Picture
    from matplotlib.ticker import MaxNLocator

    left = max(map(_width, labels)) * _EM_INCHES + 0.3
    chart = max(len(rows), 2) * _ROW_INCHES
    width = left + _CHART_INCHES + _NUMBER_INCHES
    height = chart + _TOP_INCHES + _BOTTOM_INCHES
    figure = Picture(figsize=(width, height))
    place = (left / width, _BOTTOM_INCHES / height, _CHART_INCHES / width, chart / height)
    axes = figure.add_axes(place)
    named = kind.draw(axes, kind.columns, rows, lang)
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="x", color="#e3e8ee")
    axes.set_axisbelow(True)
    figure.text(0.15 / width, 1 - 0.3 / height, title, fontsize=13, fontweight="bold")
    _draw_legend(figure, named, left)
    text = io.StringIO()
    about = {"Date": None, "Creator": "zhixing", "Title": title}
    figure.savefig(text, format="svg", metadata=about)
    return text.getvalue()


def _draw_legend(figure: Picture, named: _Named, left: float) -> None:
    """What the colours say, placed by our own measure: a font may be missing where it is drawn."""
    from matplotlib.patches import Rectangle

    width, height = figure.get_size_inches()
    x, y = left, height - 0.65
    for name, colour in named:
        box = (x / width, y / height), 0.2 / width, 0.1 / height
        figure.add_artist(Rectangle(*box, color=colour, transform=figure.transFigure))
        figure.text((x + 0.27) / width, y / height, name, fontsize=9)
        x += 0.55 + _width(name) * _EM_INCHES


def _width(text: str) -> float:
    """How wide a text is, in ems: a Chinese character is one."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.62 for char in text)


def _draw_stacked(axes: Axes, names: _Columns, rows: Sequence[Any], lang: Language) -> _Named:
    """Bars one on the other, with their sum behind them; gives what each colour says."""
    ends = [0.0] * len(rows)
    for name, colour in zip(names, _COLOURS, strict=False):
        values = _numbers(rows, name)
        axes.barh(range(len(ends)), values, height=_THICK, left=ends, color=colour)
        ends = list(map(add, ends, values))
    _write(axes, ends, [f"{end:g}" for end in ends])
    return _heads(names, lang)


def _draw_beside(axes: Axes, names: _Columns, rows: Sequence[Any], lang: Language) -> _Named:
    """Bars side by side; gives what each colour says."""
    thick = _THICK / len(names)
    for number, (name, colour) in enumerate(zip(names, _COLOURS, strict=False)):
        offset = (number - (len(names) - 1) / 2) * thick
        places = [index + offset for index in range(len(rows))]
        axes.barh(places, _numbers(rows, name), height=thick, color=colour)
    return _heads(names, lang)


def _numbers(rows: Sequence[Any], name: str) -> list[float]:
    """A column of figures; nothing is drawn as long as naught."""
    return [float(getattr(row, name) or 0) for row in rows]


def _heads(names: _Columns, lang: Language) -> _Named:
    """What columns are called, and their colours."""
    heads = (HEADS[name].text(lang) for name in names)
    return list(zip(heads, _COLOURS, strict=False))


class _Spread(NamedTuple):
    """What is drawn of spread days."""

    times: int
    median: float | None
    p90: float | None
    longest: float | None


def _draw_spread(axes: Axes, names: _Columns, rows: Sequence[Any], lang: Language) -> _Named:
    """How far a half, nine in ten and all go; gives what each colour says."""
    spreads = [_spread_of(row, *names) for row in rows]
    half, most, longest = (_numbers(spreads, name) for name in _MARKS)
    dark, light, red = _COLOURS[0], _COLOURS[3], _COLOURS[2]
    places = list(range(len(rows)))
    axes.barh(places, most, height=0.5, color=light)
    axes.barh(places, half, height=0.5, color=dark)
    there = [index for index in places if spreads[index].times]
    axes.plot([longest[index] for index in there], there, "|", color=red, markersize=11)
    _write(axes, longest, [f"n={spread.times}" for spread in spreads])
    said = (words.text(lang) for words in _MARKS.values())
    return list(zip(said, (dark, light, red), strict=True))


def _spread_of(row: Any, name: str) -> _Spread:
    """How the days of a row are spread; those of closings stand in columns of their own."""
    if isinstance(row, ClosingFigures):
        return _Spread(row.count, row.median_days, row.ninth_decile_days, row.longest_days)
    days: Spread = getattr(row, name)
    return _Spread(days.count, days.median, days.p90, days.longest)


def _write(axes: Axes, ends: Sequence[float], texts: Sequence[str]) -> None:
    """Write beside the end of each row."""
    beside: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 9}
    for index, (end, text) in enumerate(zip(ends, texts, strict=True)):
        axes.annotate(text, (max(end, 0.0), index), xytext=(5, 0), color="#52606d", **beside)


# -- what is drawn how


class _Kind(NamedTuple):
    """How rows of one kind are drawn, and of which of their columns."""

    title: Words
    draw: Callable[[Axes, _Columns, Sequence[Any], Language], _Named]
    columns: _Columns


_KINDS: Mapping[type[object], _Kind] = {
    LimitsKept: _Kind(
        Words("期限遵守情况", "how limits were kept"),
        _draw_stacked,
        ("met", "met_late", "expired"),
    ),
    WorkFigures: _Kind(
        Words("办案情况", "work of each officer"),
        _draw_beside,
        ("open_cases", "overdue", "due_soon", "closed"),
    ),
    Resumptions: _Kind(
        Words("结案与恢复", "closed, and went on"), _draw_beside, ("closed", "resumed")
    ),
    SanctionTimes: _Kind(Words("强制措施", "coercive measures"), _draw_beside, ("times", "cases")),
    ClosingFigures: _Kind(Words("结案用时（天）", "days until closing"), _draw_spread, ("days",)),
    NodeTimes: _Kind(Words("各节点用时（天）", "days in each node"), _draw_spread, ("ended",)),
    PerformanceTimes: _Kind(
        Words("期限自起算至履行（天）", "days from a limit's start to its being met"),
        _draw_spread,
        ("days",),
    ),
}
