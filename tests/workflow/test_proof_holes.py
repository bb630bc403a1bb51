"""Flaws by which a case waits for ever or leaves money, each in a few lines: lint tells each once,
at its line, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhixing.workflow.linting import lint
from zhixing.workflow.source.findings import Finding

HEAD = """id: flawed
title: {zh: 试, en: test}
version: 1
effective: 2024-01-01
roles: {clerk: {title: {zh: 书记员, en: clerk}}}
modes: {done: {zh: 结, en: done}}
powers: {open: {by: clerk}}
initial: a
states:
  a: {title: {zh: 甲, en: a}}
  b: {title: {zh: 乙, en: b}}
  c: {title: {zh: 丙, en: c}, closes: done}
"""
GO = "  - {trigger: go, title: {zh: 走, en: go}, from: a, to: b, by: clerk}\n"
END = "  - {trigger: end, title: {zh: 结, en: end}, from: b, to: c, by: clerk}\n"
LAPSE = "  - {trigger: lapse, title: {zh: 失效, en: lapse}, from: b, to: c, by: clock}\n"
LIMIT = (
    "  d: {title: {zh: 期, en: d}, starts: {entering: b}, length: 3, unit: day, "
    "on_expiry: {alert: clerk, fire: lapse}}\n"
)
PAPER = "documents: {paper: {title: {zh: 回执, en: receipt}}}\n"
FLAG = "data: {f: {type: flag, default: false, title: {zh: 已办, en: done}}}\n"
REST = """grounds: {rest: {zh: 中止, en: rest}}
suspensions: [{states: b, ground: rest}]
"""


def flaw(tmp_path: Path, *parts: str) -> Finding:
    """The one error of a definition."""
    file = tmp_path / "flawed.yaml"
    file.write_text(HEAD + "".join(parts))
    [found] = [f for f in lint(file) if f.is_error]
    return found


def told(finding: Finding, *parts: str) -> tuple[str, str]:
    """The code, and the text of the line that it stands at."""
    line = (HEAD + "".join(parts)).splitlines()[finding.at.line - 1]
    return finding.code, line.strip().partition(":")[0].strip("- {")


HOLES: dict[str, tuple[list[str], str, str, str]] = {
    "a limit fires what is open nowhere while it runs": (
        ["transitions:\n", GO, END, LAPSE.replace("from: b", "from: a"), "deadlines:\n", LIMIT],
        "never-fires", "d", "期限 d 届满触发 lapse",
    ),
    "two limits fire in vain what is open elsewhere": (
        ["transitions:\n", GO, END, LAPSE.replace("from: b", "from: a"),
         "deadlines:\n", LIMIT, LIMIT.replace("d: {", "e: {", 1).replace("3", "4")],
        "never-fires", "trigger", "期限 d, e 届满触发 lapse",
    ),
    "nothing leads to a state": (
        ["transitions:\n", GO.replace("to: b", "to: c")],
        "unreachable", "b", "没有动作的 to 通向它",
    ),
    "the clock fires what needs a document": (
        [PAPER, "transitions:\n", GO, LAPSE.replace("clock", "clock, documents: paper"),
         "deadlines:\n", LIMIT],
        "waits-for-ever", "b", "“失效”须有回执（paper）",
    ),
    "the clock fires what needs a field": (
        [FLAG, "forms: {g: {title: {zh: 表, en: form}, fields: {f: {}}}}\n",
         "transitions:\n", GO.replace("clerk", "clerk, form: g"),
         LAPSE.replace("clock", "clock, needs: f"), "deadlines:\n", LIMIT],
        "waits-for-ever", "b", "“失效”须有已办（f）",
    ),
    "the clock fires what needs a form": (
        [FLAG, "forms: {g: {title: {zh: 表, en: form}, fields: {f: {required: true}}}}\n",
         "transitions:\n", GO, LAPSE.replace("clock", "clock, form: g"), "deadlines:\n", LIMIT],
        "waits-for-ever", "b", "“失效”须有已办（f）",
    ),
    "the deadline that ends a rest rests in it": (
        [REST, "transitions:\n", GO, LAPSE, "deadlines:\n", LIMIT],
        "waits-for-ever", "b", "期限在此状态中止计算",
    ),
    "the ground of the rest is deducted": (
        [REST, "transitions:\n", GO, LAPSE, "deadlines:\n",
         LIMIT.replace("unit: day", "unit: day, pauses: false, deducts: [rest]")],
        "waits-for-ever", "b", "期限在此状态中止计算",
    ),
    "a condition contradicts what the only way sets": (
        [FLAG, "transitions:\n", GO.replace("clerk", "clerk, sets: {f: true}"),
         END.replace("clerk", "clerk, when: '!case.f'")],
        "waits-for-ever", "b", "case.f = True",
    ),
    "a condition asks for what nobody brought on the way": (
        ["data: {k: {type: choice, title: {zh: 种类, en: kind}, ",
         "choices: {x: {zh: 子, en: x}}}}\n",
         "forms: {g: {title: {zh: 表, en: form}, fields: {k: {}}}}\n",
         "transitions:\n", GO.replace("clerk", "clerk, form: g"),
         END.replace("clerk", "clerk, when: 'case.k == \"x\"'")],
        "waits-for-ever", "b", "case.k 未填",
    ),
    "an act is asked for that one of the ways passes by": (
        ["transitions:\n", GO,
         "  - {trigger: skip, title: {zh: 越, en: skip}, from: a, to: b, by: clerk}\n",
         END.replace("clerk", "clerk, when: 'did(\"go\")'")],
        "waits-for-ever", "b", "did.go = False",
    ),
    "the request fails and nobody listens": (
        ["requests: {q: {title: {zh: 询, en: ask}, operation: network.inquire, ",
         "answers: {answered: end}}}\n",
         "transitions:\n", GO.replace("clerk", "clerk, asks: q"), END.replace("clerk", "outside")],
        "waits-for-ever", "b", "询始终没有答复",
    ),
    "the request is heard however it fails, and is not asked again": (
        ["requests: {q: {title: {zh: 询, en: ask}, operation: network.inquire, ",
         "answers: {answered: end, failed: note}}}\n",
         "transitions:\n", GO.replace("clerk", "clerk, asks: q"), END.replace("clerk", "outside"),
         "  - {trigger: note, title: {zh: 记, en: note}, from: b, to: stay, by: outside}\n"],
        "waits-for-ever", "b", "不会再有答复",
    ),
    "the deadline is over before the act that it fires is open": (
        ["transitions:\n", GO, LAPSE, "deadlines:\n", LIMIT.replace("entering: b", "entering: a")],
        "waits-for-ever", "b", "没有期限在走",
    ),
    "two deadlines are over at one moment and lead to two places": (
        ["transitions:\n", GO, LAPSE,
         "  - {trigger: back, title: {zh: 回, en: back}, from: b, to: a, by: clock}\n",
         "deadlines:\n", LIMIT, LIMIT.replace("d:", "e:", 1).replace("lapse", "back")],
        "same-moment", "e", "取决于先后",
    ),
    "a deadline is met by an act of a state behind it": (
        ["transitions:\n", GO, END, "deadlines:\n",
         LIMIT.replace("on_expiry: {alert: clerk, fire: lapse}",
                       "met_by: go, on_expiry: {alert: clerk}")],
        "never-met", "d", "go 再也不能办理",
    ),
    "a length that nobody wrote": (
        ["data: {n: {type: number, title: {zh: 日数, en: days}}}\n",
         "forms: {g: {title: {zh: 表, en: form}, fields: {n: {}}}}\n",
         "transitions:\n", GO.replace("clerk", "clerk, form: g"), END, "deadlines:\n",
         LIMIT.replace("length: 3", "length: n").replace(", fire: lapse", "")],
        "start-unset", "d", "可能还不知道 n",
    ),
    "money comes in after closing": (
        ["data:\n  r: {type: money, default: 0, title: {zh: 收, en: in}}\n"
         "  p: {type: money, default: 0, title: {zh: 付, en: out}}\n"
         "accounts: {m: {title: {zh: 案款, en: funds}, received: r, paid_out: p}}\n"
         "forms:\n  r: {title: {zh: 收, en: in}, fields: {r: {overwrites: true}}}\n"
         "  p: {title: {zh: 付, en: out}, fields: {p: {overwrites: true}}}\n",
         "transitions:\n", GO, END.replace("clerk", "clerk, when: case.r == case.p"),
         "  - {trigger: pay, title: {zh: 付, en: pay}, from: b, to: stay, by: clerk, form: p}\n",
         "  - {trigger: take, title: {zh: 收, en: take}, from: [b, c], to: stay, by: clerk, ",
         "form: r}\n"],
        "leaves-money", "trigger", "结案后（c）",
    ),
    "more votes than seats": (
        ["approvals: {p: {title: {zh: 审, en: p}, steps: [{by: clerk, votes: 4, of: 3}]}}\n",
         "transitions:\n", GO.replace("clerk", "clerk, approval: p"), END],
        "shape", "approvals", "票数（votes）不能多于参加人数",
    ),
    "a circle": (
        [FLAG, "transitions:\n", GO.replace("clerk", "clerk, sets: {f: true}"),
         "  - {trigger: back, title: {zh: 回, en: back}, from: b, to: a, by: clerk}\n",
         END.replace("clerk", "clerk, when: '!case.f'")],
        "no-lawful-end", "b", "case.f = True",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLES)
def test_a_hole_is_told_once_at_its_line_with_the_reason(tmp_path: Path, name: str) -> None:
    parts, code, line, words = HOLES[name]
    found = flaw(tmp_path, *parts)
    assert told(found, *parts) == (code, line)
    assert words in found.zh


MENDED = {
    "the clock fires what needs a document": ("documents: paper", "note: paper"),
    "the deadline that ends a rest rests in it": ("unit: day", "unit: day, pauses: false"),
    "the request fails and nobody listens": ("by: outside", "by: [outside, clerk]"),
    "a deadline is met by an act of a state behind it": ("met_by: go", "met_by: end"),
    "a length that nobody wrote": ("fields: {n: {}}", "fields: {n: {required: true}}"),
    "a condition asks for what nobody brought on the way": ("{k: {}}", "{k: {required: true}}"),
    "an act is asked for that one of the ways passes by": ('did("go")', 'did("skip") || did("go")'),
    "money comes in after closing": ("en: pay}, from: b,", "en: pay}, from: [b, c],"),
    "two deadlines are over at one moment and lead to two places": (
        "  e: {title: {zh: 期, en: d}, starts: {entering: b}, length: 3",
        "  e: {title: {zh: 期, en: d}, starts: {entering: b}, length: 4",
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_what_is_mended_is_clean(tmp_path: Path, name: str) -> None:
    text = HEAD + "".join(HOLES[name][0])
    before, after = MENDED[name]
    assert before in text
    file = tmp_path / "mended.yaml"
    file.write_text(text.replace(before, after))
    assert [f for f in lint(file) if f.is_error] == []
