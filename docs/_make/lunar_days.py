"""The days of lunar festivals and of Qingming, year by year, as `workflow/periods/lunar_days.csv`.

They are computed by `lunar_python`; the table is kept, so that no calendar waits for astronomy.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from lunar_python import Lunar

from zhixing.workflow.periods.calendars import FIRST_YEAR, LAST_YEAR

TABLE = Path(__file__).parents[2] / "workflow" / "periods" / "lunar_days.csv"
_FESTIVALS = {"spring_festival": (1, 1), "dragon_boat": (5, 5), "mid_autumn": (8, 15)}


def text() -> str:
    """The table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["year", *_FESTIVALS, "qingming"])
    writer.writerows(map(_row, range(FIRST_YEAR, LAST_YEAR + 1)))
    return out.getvalue()


def _row(year: int) -> list[str]:
    festivals = [Lunar.fromYmd(year, *day).getSolar().toYmd() for day in _FESTIVALS.values()]
    qingming = Lunar.fromYmd(year, 1, 1).getJieQiTable()["清明"].toYmd()
    return [str(year), *festivals, qingming]


if __name__ == "__main__":
    TABLE.write_text(text(), encoding="utf-8")
