"""Names between proceedings: whom a transition tells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import filterfalse

from ..guards.variables import HOLDS
from ..language import did_you_mean
from ..model.flow import PARENT, Link, Transition, others_act
from ..model.persons import PERSONS
from ..source.findings import Finding
from .references import References


def check(references: References) -> Iterator[Finding]:
    """Findings for the names of related proceedings, as far as one file can tell."""
    definition = references.definition
    references.used["sub-procedure"].update(definition.links)  # a person may link what none opens
    yield from references.each(definition.transitions, _told)
    yield from references.each(definition.transitions, _not_by_who)
    yield from references.each(definition.transitions, _adopts)
    yield from references.each(definition.links.items(), _link)


def _link(references: References, named: tuple[str, Link]) -> Iterator[Finding]:
    """A link has a name of its own, and its fields hold what they are for."""
    name, link = named
    if name in references.definition.sub_procedures or name in WORDS_OF_GUARDS:
        zh = f"{name} 已是子程序名或条件中的保留字"
        en = f"{name} is a sub-procedure or a word of guards"
        yield Finding(link.at, "link", zh, en)
    if link.each is not None:
        zh, en = "关联案件不按记录区分（each）", "a linked case is about no record (each)"
        yield Finding(link.at_value("each"), "link", zh, en)
    yield from references.refer_keys([link], {"court": "field", "number": "field"})
    if link.procedure == references.definition.id:  # its states are these, whatever lies beside
        yield from references.refer_keys([link], {"states": "state"})


WORDS_OF_GUARDS = frozenset(
    {"case", "given", "now", "today", "money", "deadline", HOLDS, PERSONS, PARENT}
)


def _adopts(references: References, t: Transition) -> Iterator[Finding]:
    """Sub-procedures come from linked cases, and are such here."""
    definition = references.definition
    for link, sub in t.adopted:
        if link not in definition.links or sub not in definition.sub_procedures:
            zh = f"adopts 写“关联案件: 子程序”，没有 {link} 或 {sub}"
            en = f"adopts takes a link and a sub-procedure: there is no {link}, or no {sub}"
            yield Finding(t.at_value("adopts"), "adopts", zh, en)
    references.used["sub-procedure"].update(sub for _, sub in t.adopted)


def _not_by_who(references: References, t: Transition) -> Iterator[Finding]:
    """Whose doers may not act: triggers of this procedure, of the parent or of linked cases."""
    yield from references.refer(t, "not_by_who", "trigger", filterfalse(others_act, t.not_by_who))
    known = {PARENT, *references.definition.links}
    for name, trigger in filter(None, map(others_act, t.not_by_who)):
        if name not in known:
            hint = did_you_mean(name, known)
            zh = f"没有上级程序或关联案件 {name}（{name}.{trigger}）{hint.zh}"
            en = f"there is no parent or linked case {name} ({name}.{trigger}){hint.en}"
            yield Finding(t.at_value("not_by_who"), "not-by-who", zh, en)


def _told(references: References, t: Transition) -> Iterator[Finding]:
    """Word goes to the parent, or to related proceedings that the definition names."""
    known = {PARENT, *references.definition.proceedings}
    for name in sorted(t.tells.keys() - known):
        hint = did_you_mean(name, known)
        zh = f"没有可告知的程序 {name}{hint.zh}"
        en = f"there is no proceeding {name} to tell{hint.en}"
        yield Finding(t.at_value("tells"), "tells", zh, en)
    if t.tells_parent is not None:
        zh = f"请改写为 tells: {{parent: {t.tells_parent}}}"
        en = f"write it as tells: {{parent: {t.tells_parent}}}"
        yield Finding(t.at_value("tells_parent"), "tells-parent", zh, en, "warning")
