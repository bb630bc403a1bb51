"""What a definition declares, and what its parts refer to by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from ..errors import DataError
from ..language import NO_WORDS, Words, did_you_mean
from ..model.base import Element
from ..model.definition import ANY_OFFICER, OFFICER, RESERVED_ROLES, Definition
from ..model.field_types import FieldType
from ..model.records import parse_of
from ..source.findings import Finding

T = TypeVar("T")


class Kind(NamedTuple):
    """A kind of name: its word in Chinese, and where a definition holds the names of this kind."""

    zh: str
    table: str


KINDS = {
    "state": Kind("状态", "states"),
    "phase": Kind("阶段", "phases"),
    "role": Kind("角色", "roles"),
    "field": Kind("字段", "fields"),
    "records": Kind("记录列表", "records"),
    "document": Kind("文书", "documents"),
    "trigger": Kind("动作", "triggers"),
    "mode": Kind("结案方式", "modes"),
    "sub-procedure": Kind("子程序", "proceedings"),
    "request": Kind("外部请求", "requests"),
    "ground": Kind("扣除事由", "grounds"),
    "group": Kind("分组", "groups"),
    "approval": Kind("审批", "approvals"),
    "checklist": Kind("清单", "checklists"),
    "form": Kind("表单", "forms"),
    "table": Kind("决策表", "tables"),
    "task": Kind("任务", "tasks"),
}
"""Each kind of name by its word in English, which is also the one of its codes (`unknown-role`)."""

_MOST_COMPARED = 20_000
"""Names compared for hints at the most: a file full of mistakes gets no hints, but an end soon."""


_FEW = 12
"""Names told instead of a hint at the most."""

_READING = frozenset({"sends", "passes"})
"""The keys under which a field is named to read it when it is wanted."""


class Problem(NamedTuple):
    """What is wrong, wherever it stands: the code, and the words."""

    code: str
    zh: str
    en: str


class References:
    """The names a definition declares and those referred to, with findings for what is not there.

    `used` grows with every `refer`; what is unused is only known when all has been referred to.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.declared = {kind: set(getattr(definition, KINDS[kind].table)) for kind in KINDS}
        self.declared["role"] |= RESERVED_ROLES.keys()
        if OFFICER in definition.roles:
            self.declared["role"].add(ANY_OFFICER)
        self.used: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._missing = 0

    def refer(
        self, element: Element, key: str, kind: str, names: str | Iterable[str]
    ) -> Iterator[Finding]:
        """Findings for the names that stand under a key of an element, one or several."""
        listed = _as_tuple(names)
        for name in _repeated(listed):
            at = element.at_value(key)
            zh = f"{name} 列了两次"
            en = f"{name} is listed twice"
            yield Finding(at, "duplicate-entry", zh, en, "warning")
        self.used[kind].update(listed)
        declared = self.declared[kind]
        for name in listed:
            if name not in declared:
                hint = self._hint(kind, name)
                at = element.at_value(key)
                zh = f"未知的{KINDS[kind].zh} {name}{hint.zh}"
                en = f"unknown {kind} {name}{hint.en}"
                yield Finding(at, f"unknown-{kind}", zh, en)
            elif kind == "field" and key not in _READING:
                yield from self._computed(element, key, name)

    def _computed(self, element: Element, key: str, name: str) -> Iterator[Finding]:
        """A field that is computed stands only where values are read."""
        if self.definition.fields[name].is_ is not None:
            zh = f"{name} 由算式得出，不能用在这里（{key}）：只能在条件、算式、sends、passes 中引用"
            en = (
                f"{name} is computed and cannot stand here ({key}): "
                "only conditions, expressions, sends and passes read it"
            )
            yield Finding(element.at_value(key), "computed-field", zh, en)

    def refer_keys(
        self, elements: Iterable[Element], kinds: Mapping[str, str]
    ) -> Iterator[Finding]:
        """As `refer`, for several keys of each element; `kinds` says which names a key holds."""
        for element in elements:
            for key, kind in kinds.items():
                names = getattr(element, key)
                if names:
                    yield from self.refer(element, key, kind, names)

    def each(
        self, elements: Iterable[T], check: Callable[[References, T], Iterator[Finding]]
    ) -> Iterator[Finding]:
        """The findings of one check for every element."""
        for element in elements:
            yield from check(self, element)

    def type_of(self, field: str | None) -> FieldType | None:
        """The type of a field of the case; None where there is no such field."""
        spec = named(self.definition.fields, field)
        return spec.type if spec is not None else None

    def typed(
        self,
        element: Element,
        key: str,
        field: str | None,
        kinds: Collection[FieldType],
        problem: Problem,
    ) -> Iterator[Finding]:
        """A finding where the field that stands under a key is of another type than these."""
        if self.type_of(field) not in (None, *kinds):
            yield Finding(element.at_value(key), *problem)

    def no_deadline(self, element: Element, key: str, names: Iterable[str]) -> Iterator[Finding]:
        """Findings for the time limits that stand under a key and are not there."""
        known = self.definition.deadlines
        for name in sorted(set(names) - known.keys()):
            hint = did_you_mean(name, known)
            zh, en = f"没有期限 {name}{hint.zh}", f"there is no deadline {name}{hint.en}"
            yield Finding(element.at_value(key), "unknown-deadline", zh, en)

    def value(self, element: Element, key: str, field: str, value: object) -> Iterator[Finding]:
        """A finding where a value does not fit the field that it is for."""
        spec = self.definition.fields.get(field)
        if spec is None:
            return
        try:
            parse_of(field, spec, value)
        except DataError as error:
            at = element.at_value(key)
            zh, en = error.text("zh"), error.text("en")
            yield Finding(at, "value", zh, en)

    def _hint(self, kind: str, name: str) -> Words:
        """The nearest name that is declared; nothing any more after many mistakes."""
        self._missing += 1
        known = self.declared[kind]
        if self._missing * len(known) >= _MOST_COMPARED:
            return NO_WORDS
        return did_you_mean(name, known, _all_of(known))


def _all_of(known: Collection[str]) -> Words:
    """The names there are, where they are few enough to be read."""
    if not 0 < len(known) <= _FEW:
        return NO_WORDS
    names = sorted(known)
    return Words(f"；已有：{'、'.join(names)}", f"; there are: {', '.join(names)}")


def named(table: Mapping[str, T], name: str | None) -> T | None:
    """The entry of a table that a part of the definition names, if it names one that is there."""
    return table.get(name) if name is not None else None


def is_open_to(definition: Definition, trigger: str, role: str) -> bool:
    """Whether some transition lets a role fire a trigger."""
    return any(t.trigger == trigger and role in t.by for t in definition.transitions)


def _as_tuple(names: str | Iterable[str]) -> tuple[str, ...]:
    """The names under a key, whether it holds one or several."""
    return (names,) if isinstance(names, str) else tuple(names)


def _repeated(names: tuple[str, ...]) -> list[str]:
    """The names listed more than once."""
    once = dict.fromkeys(names)
    if len(once) == len(names):
        return []
    return [name for name in once if names.count(name) > 1]
