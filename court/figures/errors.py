"""What can be wrong with what figures are asked for."""

from __future__ import annotations

from ...workflow.errors import ZhixingError


class PlotsMissing(ZhixingError):
    """A plot needs the library matplotlib."""

    code = "plots-missing"
    zh, en = (
        "绘制统计图需要 pip install 'zhixing[plots]'（{why}）",
        "plots need pip install 'zhixing[plots]' ({why})",
    )


class NothingToPlot(ZhixingError):
    """There are no figures, or of a kind that is no picture."""

    code = "nothing-to-plot"
    zh, en = "没有可以绘图的统计", "there are no figures that can be plotted"
