"""A definition as one HTML page for legal review, which prints to paper or PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..language import InBothLanguages, Language, Words, in_language
from ..law.law import Law, shipped_law
from ..model.base import Basis, Element, Text
from ..model.definition import Definition
from ..model.facts import Asked, Facts
from ..model.flow import RETURN, STAY, State, Transition, Visible
from ..model.limits import DeadlineRule, length_words
from ..model.parts import Checklist, ChecklistItem, Computed
from ..source.characters import escaped
from .differences import differences
from .html import document, listed, table
from .pictures import PictureNotDrawn, Procedures, draw, no_procedures
from .pictures.notes import approval_text
from .power_words import power_words
from .values import title_of

_STYLE = """
body{font-family:'Noto Serif CJK SC','Songti SC',serif;max-width:62em;margin:2em auto;\
padding:0 1em;color:#1f2933;line-height:1.5}
h1{font-size:1.6em} h2{font-size:1.2em;border-bottom:1px solid #bcccdc;margin-top:2em} \
svg{max-width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:.9em} \
th,td{border:1px solid #bcccdc;padding:.35em .5em;text-align:left;vertical-align:top}
th{background:#f0f4f8} code{font-size:.9em} .law{color:#486581;font-size:.9em} \
tr{break-inside:avoid}
@media print{body{margin:0;max-width:none} h2{break-after:avoid}}
"""

_NODES = (
    Words("节点", "node"),
    Words("阶段", "phase"),
    Words("起算的期限", "time limits it starts"),
    Words("结案方式", "closes as"),
)
_WAYS = (
    Words("办理事项", "what"),
    Words("自 → 至", "from → to"),
    Words("由谁", "by"),
    Words("条件与材料", "conditions"),
    Words("依据", "basis"),
)
_APPROVALS = (
    Words("审批", "approval"),
    Words("步骤（赞成/参加）", "steps (for/of)"),
    Words("法定要求", "what the law asks"),
)
_CHECKLIST = (
    Words("事项", "item"),
    Words("条件", "condition"),
    Words("文书", "documents"),
    Words("法定事项", "item of the law"),
)
_LIMITS = (
    Words("期限", "time limit"),
    Words("长度", "length"),
    Words("预警", "warnings"),
    Words("届满", "on expiry"),
    Words("依据", "basis"),
)
_TASKS = (Words("任务", "task"), Words("面向", "offered to"), Words("完成", "done by"))
_DATA = (
    Words("信息", "field"),
    Words("名称", "name"),
    Words("类型", "type"),
    Words("当事人可见", "seen by"),
)
_WRITERS = (
    Words("信息", "field"),
    Words("立案时", "at opening"),
    Words("由人写入", "by people"),
    Words("由动作写入", "set by"),
    Words("取自答复", "taken from"),
)
_NOT_A_STATE = {STAY: Words("—", "—"), RETURN: Words("回到原处", "where it was")}


def review_page(
    definition: Definition,
    lang: Language = "zh",
    previous: Definition | None = None,
    law: Law | None = None,
    procedures: Procedures = no_procedures,
) -> str:
    """A self-contained page; with `previous` it begins with what changed.

    Approvals stand beside what `law`, or the one that is shipped, asks on the definition's day.
    `procedures` gives the definitions of sub-procedures, whose states its picture shows.
    """
    page = _Page(definition, lang, law or shipped_law())
    parts = [
        page.head(),
        page.changes(previous) if previous else "",
        page.picture(procedures),
        page.nodes(),
        page.ways(),
        page.powers(),
        page.approvals(),
        page.checklists(),
        page.limits(),
        page.tasks(),
        page.data(),
        page.writers(),
    ]
    return document(lang, definition.title.text(lang), _STYLE, parts)


class _Page:
    """The parts of the page, each a heading with what stands below it."""

    def __init__(self, definition: Definition, lang: Language, law: Law) -> None:
        self.d, self.lang = definition, lang
        self._acts = law.acts(definition.effective)

    # -- how things are written

    def say(self, zh: str, en: str) -> str:
        """Words of the page, in its language."""
        return in_language(Words(zh, en), self.lang)

    def name(self, title: InBothLanguages) -> str:
        """Words of the definition, in the page's language."""
        return in_language(title, self.lang)

    def names(self, titles: Iterable[InBothLanguages], sign: str = ", ") -> str:
        return sign.join(map(self.name, titles))

    def roles(self, ids: Iterable[str]) -> str:
        return self.names(map(self.d.role_title, ids))

    def triggers(self, ids: Iterable[str]) -> str:
        return self.names(map(self.d.trigger_title, ids))

    def documents(self, ids: Iterable[str]) -> list[str]:
        """The titles of documents."""
        return [self.name(self.d.documents[id].title) for id in ids]

    def title_in(self, table: Mapping[str, Element], id: str | None) -> str:
        """The title of an entry that may be named; nothing where none is."""
        return escaped(self.name(title_of(table[id]))) if id else ""

    def titled(self, title: Text, id: str) -> str:
        """A title with the id below it."""
        return f"{escaped(self.name(title))}<br><code>{id}</code>"

    def table(self, columns: Sequence[Words], rows: Iterable[Sequence[str]]) -> str:
        return table([self.name(column) for column in columns], rows)

    # -- the parts

    def head(self) -> str:
        """The title, the version, and what the whole rests on."""
        d = self.d
        basis = "".join(f"<li>{escaped(basis.cite())}</li>" for basis in d.basis)
        version = f"{self.say('版本', 'version')} {escaped(d.version)}"
        since = f"{self.say('自', 'effective')} {d.effective} {self.say('起施行', '')}"
        kind = f" · {self.say('种类', 'kind')} {escaped(d.kind)}" if d.kind else ""
        return (
            f"<h1>{escaped(self.name(d.title))}</h1>"
            f"<p>{version}{kind} · {since} · <code>{d.hash[:16]}</code></p>"
            f"<ul class='law'>{basis}</ul>"
        )

    def changes(self, previous: Definition) -> str:
        """What changed since the version before, in sentences."""
        found = differences(previous, self.d)
        items = listed(escaped(self.name(change)) for change in found)
        heading = self.say("与上一版本的差别", "changes against the previous version")
        return f"<h2>{heading} ({len(found)})</h2>{items}"

    def picture(self, procedures: Procedures) -> str:
        """The flow; where it cannot be drawn here, why."""
        try:
            drawn = draw(self.d, "svg", self.lang, procedures=procedures)
        except PictureNotDrawn as failed:
            drawn = f"<p>{escaped(failed.text(self.lang))}</p>"
        return f"<h2>{self.say('流程图', 'the flow')}</h2>{drawn}"

    def nodes(self) -> str:
        """The states: their phases, the time limits they start, how they close."""
        rows = [self._node(id, state) for id, state in self.d.states.items()]
        return f"<h2>{self.say('节点', 'nodes')}</h2>{self.table(_NODES, rows)}"

    def _node(self, id: str, state: State) -> tuple[str, ...]:
        phase = self.title_in(self.d.phases, state.phase)
        closes = self.title_in(self.d.modes, state.closes)
        started = [rule for rule in self.d.deadlines.values() if id in rule.starts.entering]
        limits = "<br>".join(map(self._limit_text, started))
        return self.titled(state.title, id), phase, limits, closes

    def _limit_text(self, rule: DeadlineRule) -> str:
        return escaped(f"{self.name(rule.title)} {self.name(length_words(rule))}")

    def ways(self) -> str:
        """What may be done: from where to where, by whom, on which conditions."""
        heading = self.say("办理事项与审批", "what may be done, and by whom")
        rows = map(self._way, self.d.transitions)
        return f"<h2>{heading}</h2>{self.table(_WAYS, rows)}"

    def _way(self, t: Transition) -> tuple[str, ...]:
        """One thing that may be done."""
        states = self.d.states
        sources = self.names((states[id].title for id in self.d.sources_of(t)), "、")
        target = self.name(states[t.to].title if t.to in states else _NOT_A_STATE[t.to])
        return (
            self.titled(t.title, t.trigger),
            escaped(f"{sources} → {target}"),
            escaped(self._by(t)),
            self._conditions(t),
            _law(t.basis),
        )

    def _by(self, t: Transition) -> str:
        """Who does it, and who may not: nobody does both of two acts kept apart."""
        by = self.roles(t.by)
        if t.not_by_who:
            who = self.triggers(t.not_by_who)
            by += self.say(f"（不得为“{who}”的同一人）", f" (not who did: {who})")
        return by

    def _conditions(self, t: Transition) -> str:
        """What a transition needs: fields and documents, its guard, and what it names."""
        fields = [self.name(self.d.fields[id].title) for id in t.needs]
        needs = ", ".join([*self._about(t), *fields, *self.documents(t.documents)])
        return f"{escaped(needs)}<br>{_code(t.when)}{self._asked(t)}"

    def _about(self, t: Transition) -> Iterator[str]:
        """The list whose record an act is about, or to which it adds one."""
        says = {t.each: ("针对", "about each of"), t.adds: ("新增", "adds to")}
        for name, words in says.items():
            if name is not None:
                yield f"{self.say(*words)} {self.name(self.d.data[name].title)}"

    def _asked(self, t: Transition) -> str:
        """The form, checklist and approval of a transition, by their names."""
        d = self.d
        titles = {
            self.say("表单", "form"): self.title_in(d.forms, t.form),
            self.say("清单", "checklist"): self.title_in(d.checklists, t.checklist),
            self.say("审批", "approval"): self.title_in(d.approvals, t.approval),
        }
        return "".join(f"<br>{name}：{title}" for name, title in titles.items() if title)

    def powers(self) -> str:
        """Who gives which order, and on whose word."""
        if not self.d.powers:
            return ""
        items = [
            f"<li>{escaped(self.name(power_words(self.d, name)))}{_law(power.basis)}</li>"
            for name, power in self.d.powers.items()
        ]
        heading = self.say("动作之外的权限", "powers beside the acts")
        return f"<h2>{heading}</h2><ul>{''.join(items)}</ul>"

    def approvals(self) -> str:
        """The chains of approval beside what the law asks."""
        if not self.d.approvals:
            return ""
        rows = [
            (
                self.titled(approval.title, id),
                escaped(approval_text(self.d, approval, self.lang)),
                escaped(self._act(approval.law)),
            )
            for id, approval in self.d.approvals.items()
        ]
        return f"<h2>{self.say('审批', 'approvals')}</h2>{self.table(_APPROVALS, rows)}"

    def _act(self, law: str | None) -> str:
        """What the law's table of approvals says of an act."""
        act = self._acts.get(law or "")
        if act is None:
            return ""
        return f"{self.name(act)}: {', '.join(act.offices)} {act.cite}"

    def checklists(self) -> str:
        """What must be complete, item by item."""
        parts = [self._checklist(id, listed) for id, listed in self.d.checklists.items()]
        heading = f"<h2>{self.say('清单', 'checklists')}</h2>"
        return heading + "".join(parts) if parts else ""

    def _checklist(self, id: str, checklist: Checklist) -> str:
        """One checklist with the law it carries out."""
        title = f"<h3>{escaped(self.name(checklist.title))} <code>{id}</code></h3>"
        basis = checklist.basis
        law = f"<p class='law'>{escaped(basis.cite())}</p>" if basis else ""
        rows = map(self._item, checklist.items.values())
        return f"{title}{law}{self.table(_CHECKLIST, rows)}"

    def _item(self, item: ChecklistItem) -> tuple[str, ...]:
        documents = ", ".join(self.documents(item.documents))
        title = escaped(self.name(item.title))
        done = escaped(self.triggers(item.done_by))
        needs = "<br>".join(filter(None, [_code(item.when), done]))
        return title, needs, escaped(documents), escaped(item.law or "")

    def tasks(self) -> str:
        """Work offered to pools."""
        rows = [
            (
                escaped(self.name(task.title)),
                escaped(self.roles(task.offered_to)),
                escaped(self.triggers(task.done_by)),
            )
            for task in self.d.tasks.values()
        ]
        heading = f"<h2>{self.say('任务池', 'work in pools')}</h2>"
        return heading + self.table(_TASKS, rows) if rows else ""

    def limits(self) -> str:
        """The time limits with their citations."""
        rows = [self._limit(id, rule) for id, rule in self.d.deadlines.items()]
        return f"<h2>{self.say('期限', 'time limits')}</h2>{self.table(_LIMITS, rows)}"

    def _limit(self, id: str, rule: DeadlineRule) -> tuple[str, ...]:
        """One time limit; the citation says how sure it is."""
        note = f" [{rule.basis.verified}]" if rule.basis else ""
        length = f"{self.name(length_words(rule))}（{rule.counting.value}）"
        if rule.each is not None:
            of = self.name(self.d.data[rule.each].title)
            length += self.say(f"，每一{of}分别计算", f", one for each of {of}")
        return (
            self.titled(rule.title, id),
            escaped(length),
            escaped(", ".join(rule.warn)),
            escaped("; ".join(self._effects(rule))),
            _law(rule.basis, note),
        )

    def _effects(self, rule: DeadlineRule) -> Iterator[str]:
        """When a limit starts at all, what happens as it passes, what may not happen before."""
        expiry = rule.on_expiry
        if rule.starts.when is not None:
            yield f"{self.say('仅当', 'only if')} {rule.starts.when}"
        effects = {
            self.say("提醒", "alerts"): self.roles(expiry.alert),
            self.say("逐级上报", "escalates to"): self.roles(expiry.escalate),
            self.say("触发", "fires"): self.triggers(filter(None, [expiry.fire])),
        }
        yield from (f"{effect} {whom}" for effect, whom in effects.items() if whom)
        yield from map(self.name, filter(None, [expiry.opens_right, expiry.lapses]))
        for gate in rule.gates:
            yield f"{self.say('届满前不得', 'not before')} {self.triggers([gate])}"
        for mode in rule.gates_closing:
            closing = self.name(self.d.modes[mode])
            yield f"{self.say('届满前不得以此结案：', 'not closed before as')} {closing}"

    def viewers(self, element: Visible) -> str:
        """The parties that see something, each with its condition."""
        shown = (
            escaped(self.roles([viewer.role])) + (f" {_code(viewer.when)}" if viewer.when else "")
            for viewer in element.visible_to
        )
        return "<br>".join(shown)

    def data(self) -> str:
        """The fields of a case, and which parties see them."""
        rows = [
            (
                escaped(self.name(field.title)),
                f"<code>{id}</code>",
                field.type.value,
                self.viewers(field),
            )
            for id, field in self.d.fields.items()
        ]
        return f"<h2>{self.say('案件信息', 'case data')}</h2>{self.table(_DATA, rows)}"

    def writers(self) -> str:
        """Who writes which field: at opening, people with an act, the act itself, an answer."""
        facts = Facts(self.d)
        asked = [(t, facts.of(t)) for t in self.d.transitions]
        rows = [self._writers(id, facts, asked) for id in self.d.fields]
        heading = self.say("谁写入哪项信息", "who writes which field")
        return f"<h2>{heading}</h2>{self.table(_WRITERS, rows)}"

    def _writers(
        self, id: str, facts: Facts, asked: Sequence[tuple[Transition, Asked]]
    ) -> tuple[str, ...]:
        is_opened_with = not facts.at_opening().fields.isdisjoint((id, id.partition(".")[0]))
        opens = self.roles(self.d.opening_roles) if is_opened_with else ""
        acts = [t for t, a in asked if id in a.fields or id == t.adds]
        people = [f"{self.name(t.title)}（{self._by(t)}）" for t in acts]
        set_by = [self._setting(t, t.sets[id]) for t in self.d.transitions if id in t.sets]
        taken = [self.name(r.title) for r in self.d.requests.values() if id in r.takes]
        title = self.titled(self.d.fields[id].title, id)
        cells = [opens, "、".join(people), "、".join(set_by), "、".join(taken)]
        computed = self.d.fields[id].is_
        if computed is not None:
            cells[2] = self.say("由算式得出：", "computed: ") + computed
        elif not any(cells):
            cells[0] = self.say("无人写入", "nobody writes it")
        return (title, *map(escaped, cells))

    def _setting(self, t: Transition, value: object) -> str:
        """The act that sets a field, with the expression where one gives the value."""
        title = self.name(t.title)
        return f"{title}（{value.is_}）" if isinstance(value, Computed) else title


def _code(expression: str | None) -> str:
    return f"<code>{escaped(expression)}</code>" if expression else ""


def _law(basis: Basis | None, note: str = "") -> str:
    """A citation, where there is one."""
    return f"<span class='law'>{escaped(basis.cite())}{note}</span>" if basis else ""
