"""A definition as one HTML page for legal review: picture, nodes, ways, time limits with citations; prints to paper or PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from ..language import Language
from ..law.tables import acts
from ..model.base import Described
from ..model.definition import Definition
from ..model.flow import Transition
from ..model.limits import DeadlineRule, length_words
from .differences import differences
from .pictures import draw
from .pictures.extract import approval_text

_STYLE = """
body{font-family:'Noto Serif CJK SC','Songti SC',serif;max-width:62em;margin:2em auto;padding:0 1em;color:#1f2933;line-height:1.5}
h1{font-size:1.6em} h2{font-size:1.2em;border-bottom:1px solid #bcccdc;margin-top:2em} svg{max-width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:.9em} th,td{border:1px solid #bcccdc;padding:.35em .5em;text-align:left;vertical-align:top}
th{background:#f0f4f8} code{font-size:.9em} .law{color:#486581;font-size:.9em} tr{break-inside:avoid}
@media print{body{margin:0;max-width:none} h2{break-after:avoid}}
"""


def review_page(
    definition: Definition, lang: Language = "zh", previous: Definition | None = None
) -> str:
    """A self-contained page; with `previous` it begins with what changed."""
    page = _Page(definition, lang)
    parts = [
        page.head(),
        page.changes(previous) if previous else "",
        page.picture(),
        page.nodes(),
        page.ways(),
        page.approvals(),
        page.checklists(),
        page.limits(),
        page.tasks(),
        page.data(),
    ]
    title = escape(definition.title.text(lang))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body>{''.join(parts)}</body></html>\n"
    )


class _Page:
    def __init__(self, definition: Definition, lang: Language) -> None:
        self.d, self.lang = definition, lang

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def head(self) -> str:
        d = self.d
        basis = "".join(f"<li>{escape(b.cite())}</li>" for b in d.basis)
        return (
            f"<h1>{escape(d.title.text(self.lang))}</h1><p>{self.say('版本', 'version')} {escape(d.version)} · "
            f"{self.say('自', 'effective')} {d.effective} {self.say('起施行', '')} · <code>{d.hash[:16]}</code></p><ul class='law'>{basis}</ul>"
        )

    def changes(self, previous: Definition) -> str:
        found = differences(previous, self.d)
        items = "".join(f"<li>{escape(c.zh if self.lang == 'zh' else c.en)}</li>" for c in found)
        return f"<h2>{self.say('与上一版本的差别', 'changes against the previous version')} ({len(found)})</h2><ul>{items}</ul>"

    def picture(self) -> str:
        return f"<h2>{self.say('流程图', 'the flow')}</h2>{draw(self.d, 'svg', self.lang)}"

    def nodes(self) -> str:
        rows = []
        for id, state in self.d.states.items():
            phase = self.d.phases[state.phase].title.text(self.lang) if state.phase else ""
            closes = self.d.modes[state.closes].text(self.lang) if state.closes else ""
            limits = [self._limit(r) for r in self.d.deadlines.values() if id in r.starts.entering]
            rows.append(
                (
                    f"{escape(state.title.text(self.lang))}<br><code>{id}</code>",
                    escape(phase),
                    "<br>".join(limits),
                    escape(closes),
                )
            )
        names = (
            self.say("节点", "node"),
            self.say("阶段", "phase"),
            self.say("起算的期限", "time limits it starts"),
            self.say("结案方式", "closes as"),
        )
        return f"<h2>{self.say('节点', 'nodes')}</h2>" + _table(names, rows)

    def _limit(self, rule: DeadlineRule) -> str:
        return escape(f"{rule.title.text(self.lang)} {length_words(rule).text(self.lang)}")

    def ways(self) -> str:
        rows = [self._way(t) for t in self.d.transitions]
        names = (
            self.say("办理事项", "what"),
            self.say("自 → 至", "from → to"),
            self.say("由谁", "by"),
            self.say("条件与材料", "conditions"),
            self.say("依据", "basis"),
        )
        return f"<h2>{self.say('办理事项与审批', 'what may be done, and by whom')}</h2>" + _table(
            names, rows
        )

    def _way(self, t: Transition) -> tuple[str, ...]:
        d, lang = self.d, self.lang
        sources = "、".join(d.states[s].title.text(lang) for s in d.sources_of(t))
        target = (
            d.states[t.to].title.text(lang)
            if t.to in d.states
            else {"stay": "—", "return": self.say("回到原处", "where it was")}[t.to]
        )
        by = ", ".join(d.role_title(r).text(lang) for r in t.by)
        if t.not_by_who:
            who = ", ".join(d.trigger_title(x).text(lang) for x in t.not_by_who)
            by += self.say(f"（不得为“{who}”的同一人）", f" (not who did: {who})")
        needs = [d.data[n].title.text(lang) for n in t.needs] + [
            d.documents[n].title.text(lang) for n in t.documents
        ]
        conditions = "<br>".join(
            [escape(", ".join(needs)), f"<code>{escape(t.when)}</code>" if t.when else ""]
        )
        conditions += self._asked(t)
        basis = f"<span class='law'>{escape(t.basis.cite())}</span>" if t.basis else ""
        return (
            f"{escape(t.title.text(lang))}<br><code>{t.trigger}</code>",
            escape(f"{sources} → {target}"),
            escape(by),
            conditions,
            basis,
        )

    def _asked(self, t: Transition) -> str:
        """The form, checklist and approval of a transition, by their names."""
        d, lang = self.d, self.lang
        named: list[tuple[Mapping[str, Described], str | None, str, str]] = [
            (d.forms, t.form, "表单", "form"),
            (d.checklists, t.checklist, "清单", "checklist"),
            (d.approvals, t.approval, "审批", "approval"),
        ]
        return "".join(
            f"<br>{self.say(zh, en)}：{escape(table[name].title.text(lang))}"
            for table, name, zh, en in named
            if name is not None
        )

    def approvals(self) -> str:
        if not self.d.approvals:
            return ""
        rows = [
            (
                f"{escape(a.title.text(self.lang))}<br><code>{id}</code>",
                escape(approval_text(self.d, a, self.lang)),
                escape(self._act(a.law)),
            )
            for id, a in self.d.approvals.items()
        ]
        names = (
            self.say("审批", "approval"),
            self.say("步骤（赞成/参加）", "steps (for/of)"),
            self.say("法定要求", "what the law asks"),
        )
        return f"<h2>{self.say('审批', 'approvals')}</h2>" + _table(names, rows)

    def _act(self, law: str | None) -> str:
        act = acts().get(law or "")
        return (
            ""
            if act is None
            else f"{act.zh if self.lang == 'zh' else act.en}: {', '.join(act.offices)} {act.cite}"
        )

    def checklists(self) -> str:
        parts = []
        for id, checklist in self.d.checklists.items():
            rows = [
                (
                    escape(i.title.text(self.lang)),
                    f"<code>{escape(i.when)}</code>" if i.when else "",
                    escape(
                        ", ".join(self.d.documents[x].title.text(self.lang) for x in i.documents)
                    ),
                    escape(i.law or ""),
                )
                for i in checklist.items.values()
            ]
            names = (
                self.say("事项", "item"),
                self.say("条件", "condition"),
                self.say("文书", "documents"),
                self.say("法定事项", "item of the law"),
            )
            law = f"<p class='law'>{escape(checklist.basis.cite())}</p>" if checklist.basis else ""
            parts.append(
                f"<h3>{escape(checklist.title.text(self.lang))} <code>{id}</code></h3>{law}"
                + _table(names, rows)
            )
        return f"<h2>{self.say('清单', 'checklists')}</h2>{''.join(parts)}" if parts else ""

    def tasks(self) -> str:
        rows = [
            (
                escape(t.title.text(self.lang)),
                escape(self._roles(t.offered_to)),
                escape(", ".join(self.d.trigger_title(x).text(self.lang) for x in t.done_by)),
            )
            for t in self.d.tasks.values()
        ]
        names = (
            self.say("任务", "task"),
            self.say("面向", "offered to"),
            self.say("完成", "done by"),
        )
        return (
            f"<h2>{self.say('任务池', 'work in pools')}</h2>" + _table(names, rows) if rows else ""
        )

    def limits(self) -> str:
        rows = []
        for id, r in self.d.deadlines.items():
            effect = (
                [f"{self.say('提醒', 'alerts')} {self._roles(r.on_expiry.alert)}"]
                if r.on_expiry.alert
                else []
            )
            effect += (
                [f"{self.say('逐级上报', 'escalates to')} {self._roles(r.on_expiry.escalate)}"]
                if r.on_expiry.escalate
                else []
            )
            effect += (
                [
                    f"{self.say('触发', 'fires')} {self.d.trigger_title(r.on_expiry.fire).text(self.lang)}"
                ]
                if r.on_expiry.fire
                else []
            )
            effect += [
                t.text(self.lang) for t in (r.on_expiry.opens_right, r.on_expiry.lapses) if t
            ]
            effect += [
                f"{self.say('届满前不得', 'not before')} {self.d.trigger_title(g).text(self.lang)}"
                for g in r.gates
            ]
            law = (
                f"<span class='law'>{escape(r.basis.cite())} [{r.basis.verified}]</span>"
                if r.basis
                else ""
            )
            length = f"{length_words(r).text(self.lang)}（{r.counting.value}）"
            rows.append(
                (
                    f"{escape(r.title.text(self.lang))}<br><code>{id}</code>",
                    escape(length),
                    escape(", ".join(r.warn)),
                    escape("; ".join(effect)),
                    law,
                )
            )
        names = (
            self.say("期限", "time limit"),
            self.say("长度", "length"),
            self.say("预警", "warnings"),
            self.say("届满", "on expiry"),
            self.say("依据", "basis"),
        )
        return f"<h2>{self.say('期限', 'time limits')}</h2>" + _table(names, rows)

    def _roles(self, ids: Sequence[str]) -> str:
        return ", ".join(self.d.role_title(i).text(self.lang) for i in ids)

    def data(self) -> str:
        rows = [
            (
                escape(f.title.text(self.lang)),
                f"<code>{id}</code>",
                f.type.value,
                escape(self._roles(f.visible_to)),
            )
            for id, f in self.d.data.items()
        ]
        names = (
            self.say("信息", "field"),
            self.say("名称", "name"),
            self.say("类型", "type"),
            self.say("当事人可见", "seen by"),
        )
        return f"<h2>{self.say('案件信息', 'case data')}</h2>" + _table(names, rows)


def _table(names: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
