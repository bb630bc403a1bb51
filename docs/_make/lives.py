"""The lives of a deadline, a task, a proposal, a request and a publication, as pictures.

    python docs/_make/lives.py           writes docs/pictures/lives/
    python docs/_make/lives.py --check   says which pictures are not current

The statuses are those of the code; only a proposal has none there, its end is told by history.
What leads from one to another is written here.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Literal

from zhixing.engine import (
    DeadlineStatus,
    ProposalStatus,
    PublicationStatus,
    RequestStatus,
    TaskStatus,
)

FOLDER = Path(__file__).parent.parent / "pictures" / "lives"
Lang = Literal["zh", "en"]


@dataclass(frozen=True)
class Step:
    """What leads from one status to another, or keeps it where it is."""

    source: StrEnum
    target: StrEnum
    zh: str
    en: str


@dataclass(frozen=True)
class Life:
    """A picture: statuses from the first to the ends with their words, and the steps between."""

    name: str
    zh: str
    en: str
    words: dict[StrEnum, tuple[str, str]]
    steps: tuple[Step, ...]

    @property
    def statuses(self) -> type[StrEnum]:
        return type(next(iter(self.words)))


D, T, P, R, V = DeadlineStatus, TaskStatus, ProposalStatus, RequestStatus, PublicationStatus

LIVES = (
    Life(
        "deadline",
        "期限的一生",
        "The life of a deadline",
        {
            D.RUNNING: ("进行中", "running"),
            D.PAUSED: ("停止计算", "paused"),
            D.EXPIRED: ("届满未办", "expired"),
            D.MET: ("按期办结", "met in time"),
            D.MET_LATE: ("逾期办结", "met late"),
            D.CANCELLED: ("因故终止", "cancelled"),
            D.WAIVED: ("免除", "waived"),
            D.OPENED: ("期满可办", "opened (a gate)"),
        },
        (
            Step(D.RUNNING, D.RUNNING, "预警、延长、重算", "warned, extended, recomputed"),
            Step(D.RUNNING, D.PAUSED, "中止、扣除开始", "time is deducted"),
            Step(D.PAUSED, D.RUNNING, "中止、扣除结束", "it runs on"),
            Step(D.RUNNING, D.EXPIRED, "届满", "the due moment comes"),
            Step(D.RUNNING, D.OPENED, "届满（限制办理的期限）", "the due moment of a gate comes"),
            Step(D.RUNNING, D.MET, "办理", "performed"),
            Step(D.PAUSED, D.MET, "办理", "performed"),
            Step(D.RUNNING, D.CANCELLED, "事由消失、结案", "its cause ends, or the case closes"),
            Step(D.PAUSED, D.CANCELLED, "事由消失、结案", "its cause ends, or the case closes"),
            Step(D.RUNNING, D.WAIVED, "免除", "waived"),
            Step(D.PAUSED, D.WAIVED, "免除", "waived"),
            Step(D.EXPIRED, D.EXPIRED, "逐级报告", "escalated"),
            Step(D.EXPIRED, D.MET_LATE, "补办", "performed after all"),
            Step(D.EXPIRED, D.WAIVED, "免除", "waived"),
            Step(D.EXPIRED, D.CANCELLED, "提请撤回或失效", "the proposal it waits for is over"),
            Step(D.EXPIRED, D.RUNNING, "准许顺延", "restored"),
        ),
    ),
    Life(
        "task",
        "任务的一生",
        "The life of a task",
        {
            T.OFFERED: ("待领取", "offered"),
            T.CLAIMED: ("已领取", "claimed"),
            T.DONE: ("办结", "done"),
            T.ENDED: ("未办而止", "ended undone"),
        },
        (
            Step(T.OFFERED, T.CLAIMED, "领取", "claimed by a person"),
            Step(T.CLAIMED, T.OFFERED, "退回", "handed back"),
            Step(T.OFFERED, T.DONE, "办理", "performed"),
            Step(T.CLAIMED, T.DONE, "领取人办理", "by that person"),
            Step(T.OFFERED, T.ENDED, "离开节点、结案", "the case goes on, or closes"),
            Step(T.CLAIMED, T.ENDED, "离开节点、结案", "the case goes on, or closes"),
        ),
    ),
    Life(
        "proposal",
        "提请事项的一生",
        "The life of a proposal",
        {
            P.WAITING: ("待批准", "waiting"),
            P.CARRIED_OUT: ("批准并生效", "carried out"),
            P.REFUSED: ("不批准", "refused"),
            P.WITHDRAWN: ("撤回", "withdrawn"),
            P.LAPSED: ("失效", "lapsed"),
        },
        (
            Step(P.WAITING, P.WAITING, "表决，进入下一步", "a vote; the next step"),
            Step(P.WAITING, P.CARRIED_OUT, "最后一票", "the last vote"),
            Step(P.WAITING, P.REFUSED, "反对过多", "too many against"),
            Step(P.WAITING, P.WITHDRAWN, "提请人撤回", "its proposer takes it back"),
            Step(P.WAITING, P.LAPSED, "不再可能办理", "the act is not possible any more"),
        ),
    ),
    Life(
        "request",
        "外部请求的一生",
        "The life of a request to the outside",
        {
            R.WAITING: ("待发送", "waiting"),
            R.SENDING: ("发送中", "sending"),
            R.SENT: ("已发送", "sent"),
            R.ANSWERED: ("已答复", "answered"),
            R.FAILED: ("未成", "failed"),
            R.WITHDRAWN: ("未发出，已撤回", "withdrawn"),
        },
        (
            Step(R.WAITING, R.WAITING, "暂未受理，再发", "not taken now; sent again"),
            Step(R.WAITING, R.SENT, "受理", "taken"),
            Step(R.WAITING, R.ANSWERED, "当即答复", "answered at once"),
            Step(R.WAITING, R.FAILED, "拒绝，或多次未成", "refused, or tried too often"),
            Step(R.WAITING, R.WITHDRAWN, "发出前被撤回", "taken back before it went"),
            Step(R.WITHDRAWN, R.ANSWERED, "仍有答复", "an answer after all"),
            Step(R.WAITING, R.SENDING, "不得重复的，先标明", "may not be repeated: marked first"),
            Step(R.SENDING, R.SENT, "受理", "taken"),
            Step(R.SENDING, R.ANSWERED, "当即答复", "answered at once"),
            Step(R.SENDING, R.WAITING, "确未受理，或人工重发", "surely not taken, or tried again"),
            Step(R.SENDING, R.FAILED, "拒绝", "refused"),
            Step(R.SENT, R.SENT, "查询答复", "polled"),
            Step(R.SENT, R.ANSWERED, "最后的答复", "the final answer"),
            Step(R.SENT, R.FAILED, "拒绝", "refused"),
            Step(R.FAILED, R.WAITING, "人工处理后重发", "tried again by a person"),
            Step(R.FAILED, R.ANSWERED, "迟到的答复", "an answer after all"),
        ),
    ),
    Life(
        "publication",
        "版本发布的一生",
        "The life of a publication",
        {
            V.PROPOSED: ("待批准", "proposed"),
            V.PUBLISHED: ("已发布", "published"),
            V.REFUSED: ("不予发布", "refused"),
            V.WITHDRAWN: ("已撤回", "withdrawn"),
        },
        (
            Step(V.PROPOSED, V.PUBLISHED, "另一人批准", "approved by another person"),
            Step(V.PROPOSED, V.REFUSED, "另一人不批准", "refused by another person"),
            Step(V.PROPOSED, V.WITHDRAWN, "撤回", "withdrawn"),
            Step(V.PUBLISHED, V.WITHDRAWN, "撤回（个案再造除外）", "withdrawn (not a redesign)"),
        ),
    ),
)

# -- drawing: a lane of its own for every step, so that no line crosses a word

_FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
_STYLE = (
    f"text{{font-family:{_FONT};font-size:13px;fill:#1f2933}}"
    " .title{font-size:17px;font-weight:bold}"
    " .id{font-size:11px;fill:#52606d} .label{font-size:12px;fill:#243b53}"
    " .box{fill:#fff;stroke:#486581;stroke-width:1.3} .end{fill:#e3e8ee;stroke:#243b53}"
    " .life{stroke:#cbd2d9;stroke-dasharray:3 4} .step{fill:none;stroke:#486581;stroke-width:1.4}"
)
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9"'
    ' markerUnits="userSpaceOnUse" orient="auto">'
    '<path d="M0 0L8 4L0 8z" style="fill:#486581"/></marker></defs>'
)
_COLUMN, _BOX_WIDTH, _BOX_HEIGHT, _LINE, _TOP, _LEFT = 150, 132, 44, 34, 52, 14


def _width(text: str) -> float:
    return sum(12.5 if unicodedata.east_asian_width(c) in "WF" else 6.6 for c in text)


def draw(life: Life, lang: Lang) -> str:
    """Statuses side by side; below them, one under the other, what leads from one to another."""
    order = list(life.words)
    middle = {s: _LEFT + i * _COLUMN + _BOX_WIDTH / 2 for i, s in enumerate(order)}
    ends = {s for s in order if not any(x.source is s and x.target is not s for x in life.steps)}
    bottom = _TOP + _BOX_HEIGHT
    height = bottom + 26 + _LINE * len(life.steps) + 10
    lines = [_lifeline(middle[s], bottom, height - 14) for s in order]
    boxes = [_box(life, s, middle[s], s in ends, lang) for s in order]
    steps = [
        _step(step, middle, bottom + 34 + _LINE * i, lang) for i, step in enumerate(life.steps)
    ]
    last = max(right for _, right in steps)
    width = max(_LEFT * 2 + _COLUMN * (len(order) - 1) + _BOX_WIDTH, last + _LEFT)
    title = escape(getattr(life, lang))
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
        f"<title>{title}</title><style>{_STYLE}</style>{_TIP}"
        '<rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="title" x="{_LEFT}" y="30">{title}</text>'
        + "".join([*lines, *boxes, *(text for text, _ in steps)])
        + "</svg>\n"
    )


def _lifeline(x: float, top: float, bottom: float) -> str:
    return f'<path class="life" d="M{x:.0f} {top:.0f}V{bottom:.0f}"/>'


def _box(life: Life, status: StrEnum, x: float, is_end: bool, lang: Lang) -> str:
    kind, radius = ("box end", 18) if is_end else ("box", 6)
    words = life.words[status][lang == "en"]
    middle = f'<text text-anchor="middle" x="{x:.0f}"'
    text = f'{middle} y="{_TOP + 27}">{escape(words)}</text>'
    if words != status.value:
        text = f'{middle} y="{_TOP + 19}">{escape(words)}</text>'
        text += f'{middle} class="id" y="{_TOP + 35}">{escape(status.value)}</text>'
    return (
        f'<rect class="{kind}" x="{x - _BOX_WIDTH / 2:.0f}" y="{_TOP}" width="{_BOX_WIDTH}" '
        f'height="{_BOX_HEIGHT}" rx="{radius}"/>{text}'
    )


def _step(step: Step, middle: dict[StrEnum, float], y: float, lang: Lang) -> tuple[str, float]:
    """An arrow from one status to another with its words; and how far to the right it reaches."""
    words, a, b = getattr(step, lang), middle[step.source], middle[step.target]
    half = _width(words) / 2
    if a == b:
        path = f"M{a:.0f} {y - 8:.0f}h16v12h-14"
        left = a + 22
    else:
        path = f"M{a:.0f} {y:.0f}H{b + (2 if b < a else -2):.0f}"
        left = max((a + b) / 2 - half, 4)
    at = y if a == b else y - 5
    label = _label(words, left, at, half * 2)
    dot = f'<circle cx="{a:.0f}" cy="{y - 8 if a == b else y:.0f}" r="3" fill="#486581"/>'
    return f'{dot}<path class="step" d="{path}" marker-end="url(#tip)"/>{label}', left + half * 2


def _label(words: str, left: float, y: float, width: float) -> str:
    place = f'x="{left - 3:.0f}" y="{y - 11:.0f}" width="{width + 6:.0f}" height="14"'
    text = f'<text class="label" x="{left:.0f}" y="{y:.0f}">{escape(words)}</text>'
    return f'<rect {place} fill="#fff"/>{text}'


def pictures() -> dict[Path, str]:
    """Every picture by its file."""
    return {
        FOLDER / f"{life.name}.{lang}.svg": draw(life, lang)  # type: ignore[arg-type]
        for life in LIVES
        for lang in ("zh", "en")
    }


def main() -> int:
    if "--check" in sys.argv:
        stale = [p.name for p, text in pictures().items() if not _is_current(p, text)]
        print("\n".join(stale) or "current")
        return bool(stale)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in pictures().items():
        path.write_text(text, encoding="utf-8")
    return 0


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    raise SystemExit(main())
