"""Who writes which fact: what nobody can write, what a party can, and what two would write."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

from ..claims.columns import fields_of_title
from ..guards.cel import GuardCompiler
from ..guards.cel_tree import names_in
from ..guards.places import conditions, values
from ..guards.records import fields_read
from ..guards.variables import field_of
from ..model.definition import RESERVED_ROLES, Definition
from ..model.facts import OPEN, Facts
from ..model.flow import Transition, fields_sent
from ..model.logs import LogActivity
from ..model.parts import Form
from ..source.findings import Finding, Severity
from ..source.positions import Position
from .books import fields_entered

_PROCEDURE = "procedure"


def check(definition: Definition) -> Iterator[Finding]:
    """Findings of a definition whose names and conditions are in order."""
    facts, read = Facts(definition), read_fields(definition)
    yield from _never_written(definition, facts, read)
    for form in definition.forms.values():
        yield from _set_and_brought(facts, form)
    yield from _set_and_taken(definition, facts)
    for t in definition.transitions:
        yield from _taken_and_brought(facts, t)
        yield from _answer_without_document(facts, t)
        yield from _party_writes(definition, facts, t, read)
    yield from _taken_elsewhere(facts.form_of_opening(), facts.taken)
    yield from _party_opens(definition, facts, read)
    yield from _carried(definition, facts)


def read_fields(definition: Definition) -> frozenset[str]:
    """The fields on which something hangs: conditions, time limits, requests, money, passes."""
    compiler = GuardCompiler.of(definition)
    guards = (compiler.compile(text) for _, _, text in conditions(definition))
    computed = (compiler.value(value.text, value.gives) for value in values(definition))
    trees = [found.tree for found in chain(guards, computed)]
    names = chain.from_iterable(map(names_in, trees))
    found = set(filter(None, map(partial(_field_read, definition), names)))
    for tree in trees:
        found.update(fields_read(tree, definition.records))
    for rule in definition.deadlines.values():
        found.update(rule.fields_read)
    for request in definition.requests.values():
        found.update(fields_sent(request))
    found.update(fields_entered(definition))
    for claim in definition.claims.values():
        found.update(fields_of_title(claim))
    for sub in definition.proceedings.values():
        found.update(sub.passes.values())
    return frozenset(found)


def _field_read(definition: Definition, name: str) -> str | None:
    """The field that a variable reads, or asks about."""
    return field_of(definition, name.removeprefix("given.")) or field_of(
        definition, name.replace("given.", "case.", 1)
    )


# -- what nobody writes


def _never_written(definition: Definition, facts: Facts, read: frozenset[str]) -> Iterator[Finding]:
    """Fields that no act can ever write. What is passed on without a form may be any of them."""
    if facts.is_passed_on():
        return
    written = written_fields(definition, facts) | definition.computed.keys()
    for name in sorted(definition.fields.keys() - written):
        spec = definition.fields[name]
        if spec.default is not None and name in read:
            zh = f"没有人能写入 {name}，它永远是 {spec.default}：条件所依据的是常数"
            en = (
                f"nobody can ever write {name}: it is always {spec.default}, "
                "and a condition that reads it reads a constant"
            )
        else:
            zh = f"没有人能写入 {name}：没有表单、需要项、sets 或答复写它"
            en = f"nobody can ever write {name}: no form or need asks for it, nothing sets it"
        yield Finding(spec.at, "never-written", zh, en, "warning")


def written_fields(definition: Definition, facts: Facts) -> frozenset[str]:
    """The fields that some act writes."""
    brought = (facts.of(t) for t in definition.transitions)
    by_acts = chain.from_iterable(asked.fields | asked.answered for asked in brought)
    found = facts.at_opening().fields | facts.set | facts.taken | frozenset(by_acts)
    records = definition.records
    of_records = (f"{name}.{field}" for name in records.keys() & found for field in records[name])
    added = (t.adds for t in definition.transitions if t.adds is not None)
    return found.union(of_records, added)


# -- what two would write


def _set_and_brought(facts: Facts, form: Form) -> Iterator[Finding]:
    """A form asks for what a transition sets: nobody may bring that."""
    for name in form.fields.keys() & facts.set:
        zh = f"{name} 由动作写入（sets），表单不得再收"
        en = f"{name} is set by a transition (sets): no form may ask for it"
        at = form.asking(name).at_value("fields")
        yield Finding(at, "set-and-brought", zh, en)


def _set_and_taken(definition: Definition, facts: Facts) -> Iterator[Finding]:
    """The answer of a request takes what a transition sets."""
    for request in definition.requests.values():
        for name in request.takes.keys() & facts.set:
            at = request.at_value("takes")
            zh = f"{name} 由动作写入（sets），答复不得再写"
            en = f"{name} is set by a transition (sets): no answer may bring it"
            yield Finding(at, "set-and-brought", zh, en)


def _taken_and_brought(facts: Facts, t: Transition) -> Iterator[Finding]:
    """A form asks for what an answer brings, and the answer fires another trigger."""
    answered = facts.taken_on.get(t.trigger, frozenset())
    yield from _taken_elsewhere(facts.form_of(t), facts.taken - answered)


def _taken_elsewhere(form: Form, taken: frozenset[str]) -> Iterator[Finding]:
    """A form asks for what only an answer may bring."""
    for name in sorted(form.fields.keys() & taken):
        at = form.asking(name).at_value("fields")
        zh = f"{name} 取自外部答复（takes），只能由该答复触发的动作写入"
        en = (
            f"{name} comes from an answer (takes): "
            "only the trigger that the answer fires may take it"
        )
        yield Finding(at, "taken-and-brought", zh, en)


def _answer_without_document(facts: Facts, t: Transition) -> Iterator[Finding]:
    """A person may enter an answer, and no document shows where it comes from."""
    form = facts.form_of(t)
    if facts.documents_of(t) or RESERVED_ROLES.keys() >= set(t.by):
        return
    answered = facts.taken_on.get(t.trigger, frozenset())
    for name in sorted(form.fields.keys() & answered):
        zh = f"手工登记外部答复的 {name} 须附文书（表单的 documents）"
        en = f"{name} is entered by hand from an answer: a document is handed in with it"
        at = form.asking(name).at_value("fields")
        yield Finding(at, "answer-without-document", zh, en)


# -- what a party writes


def _party_writes(
    definition: Definition, facts: Facts, t: Transition, read: frozenset[str]
) -> Iterator[Finding]:
    """A party brings a fact by himself; a warning where something hangs on it."""
    parties, form = definition.parties.intersection(t.by), facts.form_of(t)
    for name in sorted(facts.of(t).fields) if parties else ():
        at = t.at_value("form" if name in form.fields else "needs")
        yield _written_by(definition, parties, at, name, name in read)


def _party_opens(definition: Definition, facts: Facts, read: frozenset[str]) -> Iterator[Finding]:
    """A party opens the case, and brings its first facts by himself."""
    parties = definition.parties.intersection(definition.opening_roles)
    for name in sorted(facts.at_opening().fields) if parties else ():
        at = definition.powers[OPEN].at_value("form")
        yield _written_by(definition, parties, at, name, name in read)


def _written_by(
    definition: Definition, parties: frozenset[str], at: Position, name: str, is_read: bool
) -> Finding:
    who = "、".join(definition.roles[role].title.zh for role in sorted(parties))
    severity: Severity = "warning" if is_read else "note"
    told = _HANGS[severity]
    zh = f"当事人（{who}）可写入 {name}{told[0]}"
    en = f"a party ({', '.join(sorted(parties))}) writes {name}{told[1]}"
    return Finding(at, "party-writes", zh, en, severity)


_HANGS: dict[Severity, tuple[str, str]] = {
    "warning": ("，而条件、期限或款项以它为据", ", on which a condition, a limit or money hangs"),
    "note": ("", ""),
}


# -- what a log carries


def _carried(definition: Definition, facts: Facts) -> Iterator[Finding]:
    """An activity of a log carries only what its act asks for."""
    log = definition.log
    if log is None:
        return
    for name, activity in log.activities.items():
        is_opening = name == log.opens
        asked = _asked_of(definition, facts, activity)
        taken = facts.at_opening().fields if is_opening else asked
        for field in sorted(activity.carries.keys() - taken):
            at = activity.at_value("carries")
            zh = f"活动“{name}”带有 {field}，而其动作不收"
            en = f"the activity {name} carries {field}, which its act does not ask for"
            yield Finding(at, "carries-unasked", zh, en)


def _asked_of(definition: Definition, facts: Facts, activity: LogActivity) -> frozenset[str]:
    """What the trigger of an activity asks of the role that does it."""
    ways = (t for t in definition.transitions if t.trigger == activity.trigger)
    asked = (facts.of(t).fields for t in ways if activity.by in t.by)
    return frozenset(chain.from_iterable(asked))
