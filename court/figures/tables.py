"""Figures as tables: every row as columns and values, their heads in two languages, and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any

from ...engine.queries.views import View
from ...workflow.language import Words
from ..out.csv_text import csv_text
from .shares import Spread
from .views import Figure, Sanction

HEADS: Mapping[str, Words] = {
    "rule": Words("期限", "limit"),
    "court": Words("法院", "court"),
    "team": Words("团队", "team"),
    "officer": Words("承办人", "officer"),
    "procedure": Words("流程", "procedure"),
    "mode": Words("结案方式", "closing mode"),
    "node": Words("节点", "node"),
    "measure": Words("措施", "measure"),
    "met": Words("按期", "in time"),
    "met_late": Words("逾期履行", "late"),
    "expired": Words("逾期未履行", "not performed"),
    "waived": Words("免除", "waived"),
    "cancelled": Words("终止", "ended"),
    "kept": Words("按期率", "kept"),
    "count": Words("件数", "count"),
    "median_days": Words("半数在（天）内", "half within (days)"),
    "ninth_decile_days": Words("九成在（天）内", "nine in ten within"),
    "longest_days": Words("最长（天）", "longest (days)"),
    "open_cases": Words("未结", "open"),
    "weight": Words("权重", "weight"),
    "overdue": Words("逾期", "overdue"),
    "due_soon": Words("七日内届满", "due in a week"),
    "closed": Words("已结", "closed"),
    "is_suspended": Words("中止", "suspended"),
    "share": Words("占比", "share"),
    "standing": Words("期初已结", "closed before"),
    "resumed": Words("恢复", "went on"),
    "rate": Words("恢复率", "rate"),
    "rung": Words("级", "rung"),
    "times": Words("次数", "times"),
    "cases": Words("案件数", "cases"),
    "first": Words("首个措施", "was the first"),
    "after_heavier": Words("重后取轻", "after a heavier"),
    "number": Words("案件", "case"),
    "debtor": Words("被执行人", "debtor"),
    "measures": Words("措施及日期", "measures"),
    "highest": Words("最高级", "highest rung"),
    "is_in_order": Words("由轻到重", "in order"),
    "mean": Words("平均（天）", "mean (days)"),
    "median": Words("半数（天）内", "half within"),
    "p75": Words("75%（天）内", "75% within"),
    "p90": Words("90%（天）内", "90% within"),
    "p95": Words("95%（天）内", "95% within"),
    "longest": Words("最长（天）", "longest"),
    "running": Words("仍在", "still there"),
}
"""What is counted, and by what, in words."""


def flat(row: View) -> dict[str, Any]:
    """A row as columns: what it is about, then its numbers; those of a spread as `NAME_median`."""
    return dict(_columns(row))


def _columns(row: View) -> Iterator[tuple[str, Any]]:
    """The columns of a row in their order, each with what its cell says."""
    for name in type(row).model_fields:
        value = getattr(row, name)
        if name == "by":
            yield from value.items()
        elif isinstance(value, Spread):
            yield from ((f"{name}_{part}", found) for part, found in flat(value).items())
        else:
            yield name, _in_a_cell(value)


@singledispatch
def _in_a_cell(value: Any) -> Any:
    """A value as one cell has it, by what it is; most as they are."""
    return value


@_in_a_cell.register(Mapping)
def _times(value: Mapping[str, int]) -> str:
    return " ".join(f"{key}={times}" for key, times in sorted(value.items()))


@_in_a_cell.register(tuple)
def _several(values: tuple[Any, ...]) -> str:
    return "; ".join(str(_in_a_cell(value)) for value in values)


@_in_a_cell.register(Sanction)
def _sanction(value: Sanction) -> str:
    return f"{value.day} {value.measure}"


def figures_as_csv(rows: Sequence[Figure]) -> str:
    """Rows of one kind of figures (as `CourtFigures` gives them) as CSV, every column of them.

    Empty where there are none. What is taken out of the court is kept by `note_taken_out`.
    """
    found = [flat(row) for row in rows]
    return csv_text(list(found[0]), (row.values() for row in found)) if found else ""
