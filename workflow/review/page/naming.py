"""How the page names what a definition holds: titles in its language, ids small and apart, numbers
of sections, laws with how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...guards.in_words import InWords
from ...guards.nouns import with_unit
from ...guards.said import Said
from ...language import NO_WORDS, InBothLanguages, Language, Words, in_language, joined
from ...law.law import Law
from ...law.rows import Row, StatutoryApproval, StatutoryItem
from ...model.base import Basis, Described, Element
from ...model.definition import Definition
from ...model.field_types import FieldType
from ...model.flow import PARENT, SubProcedure, Visible, others_act
from ...source.characters import escaped
from ..html import listed
from ..terms import VERIFIED
from ..values import title_of

_GROUPS = {
    "all": Words("以下各项须全部成立：", "all of these must hold:"),
    "any": Words("以下任何一项成立即可：", "one of these is enough:"),
}
OFFICES = {
    "clerk": Words("书记员", "a clerk"),
    "officer": Words("承办法官", "the officer"),
    "panel": Words("合议庭", "a panel"),
    "bureau_chief": Words("执行局长", "the bureau chief"),
    "vice_president": Words("副院长", "a vice president"),
    "president": Words("院长", "the president"),
}
"""The offices that the law's table of approvals knows."""
_NOT_IN_THE_LAW = Words("法律表中没有这一行：", "no row of the tables of law: ")
_PARENT = Words("上级程序", "the proceeding in which it lies")

Pair = tuple[InBothLanguages, str]
"""A heading and what stands beside it; nothing is shown where that is empty."""


class Entry(NamedTuple):
    """One entry of a section: its id, its title, and what is said of it."""

    id: str
    title: InBothLanguages
    pairs: tuple[Pair, ...]


class Section(NamedTuple):
    """A section: the name by which others refer to it, its title, what stands first in it, and its
    entries; one of `short` entries is one table."""

    key: str
    title: Words
    head: str
    entries: tuple[Entry, ...] = ()
    short: bool = False


class Naming:
    """The names of one definition in one language.

    `others` are the definitions of related proceedings, as far as they are at hand, and `law` the
    tables to which rows are compared. `places` are the numbers of entries, by section and id.
    """

    def __init__(
        self, definition: Definition, lang: Language, law: Law, others: Iterable[Definition]
    ) -> None:
        self.d, self.lang, self._law = definition, lang, law
        self.others = {other.id: other for other in others}
        self._words = InWords(definition, self.others.values())
        self._day = definition.effective
        self.acts_of_law, self.statutes = law.acts(self._day), law.statutes(self._day)
        self.checklists_of_law = law.checklists(self._day)
        self.places: Mapping[tuple[str, str], str] = {}

    # -- words

    def say(self, zh: str, en: str) -> str:
        """Words of the page, in its language."""
        return in_language(Words(zh, en), self.lang)

    def side_by_side(self, parts: Iterable[str]) -> str:
        """Several things in one line."""
        return self.say("、", ", ").join(parts)

    def said_of(self, name: str, told: str) -> str:
        """A name, and what is said of it."""
        return f"{name}{self.say('：', ': ')}{told}"

    def text(self, words: InBothLanguages) -> str:
        """Words of a definition or of the library, escaped."""
        return escaped(in_language(words, self.lang))

    def listed(self, names: Iterable[InBothLanguages]) -> str:
        """Several names in a row, escaped."""
        return self.text(joined(names))

    def id(self, id: str) -> str:
        """An id, small: for talking to whoever keeps the file."""
        return f"<small>{escaped(id)}</small>"

    def yes(self, so: bool) -> str:
        return self.say("是", "yes") if so else self.say("否", "no")

    # -- titles

    def titles(self, table: Mapping[str, Any], ids: Iterable[str]) -> str:
        """The titles of entries of a table; what it does not have goes by its id."""
        return self.listed(self.title(table, id) for id in ids)

    def title(self, table: Mapping[str, Any], id: str) -> InBothLanguages:
        return title_of(table[id], id) if id in table else Words(id, id)

    def roles(self, ids: Iterable[str]) -> str:
        return self.listed(map(self.d.role_title, ids))

    def acts(self, ids: Iterable[str]) -> str:
        """Acts by everything that they are called."""
        return self.listed(map(self.act, ids))

    def act(self, trigger: str) -> InBothLanguages:
        """An act by everything that it is called: several ways may have one trigger."""
        return act_of(self.d, trigger)

    def others_act(self, name: str) -> InBothLanguages:
        """An act, also of a related proceeding (`NAME.TRIGGER`)."""
        found = others_act(name)
        if found is None:
            return self.act(name)
        of = self.proceeding(found[0])
        act = self.act_of_proceeding(*found)
        return Words(f"{of.zh}的“{act.zh}”", f"“{act.en}” of {of.en}")

    def proceeding(self, name: str) -> InBothLanguages:
        """What a related proceeding is called."""
        return _PARENT if name == PARENT else self.title(self.d.proceedings, name)

    def act_of_proceeding(self, name: str, trigger: str) -> InBothLanguages:
        """An act of a related proceeding; by its id where its definition is not at hand."""
        if name == PARENT:
            parents = filter(self._is_parent, self.others.values())
            found = [_act_there(d, trigger) for d in parents if trigger in d.trigger_titles]
            return joined(found) if found else Words(trigger, trigger)
        other = self.others.get(self.d.proceedings[name].procedure)
        return act_of(other, trigger) if other is not None else Words(trigger, trigger)

    def _is_parent(self, other: Definition) -> bool:
        return any(sub.procedure == self.d.id for sub in other.sub_procedures.values())

    def of_child(self, sub: SubProcedure, table: str, id: str) -> InBothLanguages:
        """A field or state of a related proceeding; by its id where that is not at hand."""
        other = self.others.get(sub.procedure)
        return self.title(getattr(other, table), id) if other is not None else Words(id, id)

    def seen_in(self, section: str, table: Mapping[str, Any], id: str | None) -> str:
        """The title of an entry, and the number under which it stands."""
        if id is None:
            return ""
        number = self.places.get((section, id), "")
        at = self.say(f"（见 {number}）", f" (see {number})") if number else ""
        return f"{self.quoted(self.titles(table, [id]))}{at}"

    def field(self, name: str) -> str:
        """A field; one of a record with its list."""
        head, _, rest = name.partition(".")
        title = self.quoted(self.titles(self.d.fields, [name]))
        if not rest:
            return title
        of = self.quoted(self.titles(self.d.data, [head]))
        return self.say(f"该条{of}的{title}", f"{title} of that record of {of}")

    def kind(self) -> str:
        """The kind of case that the law knows it as."""
        id = self.d.kind or self.d.id
        row = self._law.demands(self._day).get(id)
        return f"{self.text(row) if row is not None else ''} {self.id(id)}"

    def quoted(self, names: str) -> str:
        """Names in quotation marks; nothing where there are none."""
        return f"“{names}”" if names else ""

    # -- conditions

    def condition(self, text: str | None) -> str:
        """A condition in words, with its expression below; nothing where there is none."""
        if text is None:
            return ""
        said = self._words.condition(text)
        return f"{self._said(said)}<div class='cel'><code>{escaped(text)}</code></div>"

    def _said(self, said: Said) -> str:
        """A condition as a list where several must hold."""
        if not said.parts:
            return self.text(said.words)
        return self.text(_GROUPS[said.how]) + listed(map(self._said, said.parts))

    def computed(self, text: str, gives: FieldType) -> str:
        """What computes a value, in words, with its expression below."""
        words = self.text(self._words.value(text, gives))
        return f"{words}<div class='cel'><code>{escaped(text)}</code></div>"

    def value(self, field: str, value: Any) -> str:
        """A value that is written out, as the field's type has it."""
        spec = self.d.fields[field]
        choices = spec.choices or {}
        if isinstance(value, str) and value in choices:
            return self.text(choices[value])
        if isinstance(value, str) and value in _CLOCK:
            return self.text(_CLOCK[value])
        shown = self.plain(value)
        return f"{shown}{self.text(with_unit('', spec.unit))}"

    def plain(self, value: Any) -> str:
        """A value by itself."""
        if isinstance(value, bool):
            return self.yes(value)
        return self.say("空", "nothing") if value is None else escaped(str(value))

    # -- what many parts have

    def basis(self, basis: Basis | None) -> str:
        """A citation, and how sure it is."""
        if basis is None:
            return ""
        return f"{escaped(basis.cite())} — {self.text(VERIFIED[basis.verified])}"

    def row(self, rows: Mapping[str, Row], id: str | None) -> str:
        """What a row of the tables of law says, and how sure that is."""
        if id is None:
            return ""
        row = rows.get(id)
        if row is None:
            return self.text(_NOT_IN_THE_LAW) + self.id(id)
        sure = self.text(VERIFIED.get(row.verified, NO_WORDS))
        return f"{self.text(self._says(row))} — {sure} {self.id(id)}"

    def _says(self, row: Row) -> Words:
        """What a row of the law asks, with its name."""
        if isinstance(row, StatutoryItem):
            return row.says()
        says = self._approval(row) if isinstance(row, StatutoryApproval) else row.says()
        return Words(f"{row.zh}：{says.zh}", f"{row.en}: {says.en}")

    def _approval(self, row: StatutoryApproval) -> Words:
        """Who approves by the law, by the titles of the offices."""
        who = joined(map(self._office, row.offices))
        return Words(
            f"至少须经{who.zh}批准（{row.cite}）", f"at least {who.en} approves ({row.cite})"
        )

    def _office(self, office: str) -> InBothLanguages:
        return OFFICES.get(office) or Words(office, office)

    def named(self, row: Row | None, id: str | None) -> str:
        """What a row of the tables of law is called."""
        if id is None:
            return ""
        return f"{self.text(row if row is not None else _NOT_IN_THE_LAW)} {self.id(id)}"

    def viewers(self, element: Visible) -> str:
        """The parties that see something, those with a condition one by one."""
        always = self.roles(v.role for v in element.visible_to if v.when is None)
        at_times = [self._viewer(v.role, v.when) for v in element.visible_to if v.when is not None]
        return "<br>".join(filter(None, [always, *at_times]))

    def _viewer(self, role: str, when: str) -> str:
        only = self.say("，仅在符合条件时：", ", only while: ")
        return f"{self.roles([role])}{only}{self.condition(when)}"

    def described(self, part: Described) -> tuple[Pair, ...]:
        """The basis and the note of a part."""
        return (
            (Words("依据", "basis"), self.basis(part.basis)),
            (Words("说明", "note"), escaped(part.note)),
        )

    def record_list(self, name: str | None) -> str:
        """The list of records that something is about."""
        return self.quoted(self.titles(self.d.data, [name])) if name is not None else ""


_CLOCK = {
    "today": Words("办理当日", "the day of the act"),
    "now": Words("办理的时刻", "the moment of the act"),
}


def act_of(definition: Definition, trigger: str) -> InBothLanguages:
    """An act of a definition by everything that it is called; by its id where it has none."""
    titles = [t.title for t in definition.transitions if t.trigger == trigger]
    each = dict.fromkeys(Words(title.zh, title.en) for title in titles)
    if not each:
        return definition.trigger_title(trigger)
    return Words("／".join(w.zh for w in each), " / ".join(w.en for w in each))


def _act_there(definition: Definition, trigger: str) -> Words:
    """An act of another procedure, and of which."""
    act, of = act_of(definition, trigger), definition.title
    return Words(f"{act.zh}（{of.zh}）", f"{act.en} ({of.en})")


def rows_of(table: Mapping[str, Element], tell: Callable[[str, Any], Entry]) -> Iterator[Entry]:
    """The entries of a table, in the order of the file."""
    return (tell(id, element) for id, element in table.items())
