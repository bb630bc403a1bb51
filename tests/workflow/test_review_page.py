"""The page for legal review leaves nothing out: whatever changes in a definition changes the page.

Every key of every kind of element that is shipped is given another value: the first and the last
of each kind in each file, and once also every key that files leave out. The page must then differ.
What it need not tell is named, with a reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LOAN, ROOT
from zhixing.workflow import Definition, Language, definition_from_text, inspect
from zhixing.workflow.model.base import Basis, Element, Text, elements_in
from zhixing.workflow.model.books import AssetMark, Movement
from zhixing.workflow.model.definition import RESERVED_ROLES, Import
from zhixing.workflow.model.field_types import FieldType
from zhixing.workflow.model.flow import FieldSpec, Viewer
from zhixing.workflow.model.limits import Alerts, DeadlineRule, ExtensionRule, InnerLimit, Recurring
from zhixing.workflow.model.parts import TransitionalRule
from zhixing.workflow.model.persons import Condition
from zhixing.workflow.periods.counting import Counting, TimeUnit
from zhixing.workflow.review.page import review_page as page_module
from zhixing.workflow.review.page.review_page import review_page

FILES = sorted(
    path
    for folder in ("cn", "cn/layers", "it", "nl")
    for path in (ROOT / "definitions" / folder).glob("*.yaml")
    if path.name.count(".") == 1 and path.name != "common.yaml"
)
SMALLEST_FIRST = sorted(FILES, key=lambda path: path.stat().st_size)

TABLE_OF = {
    "roles": "by role visible_to offered_to by_hand alert escalate redesign_by restorable_by"
    " watcher",
    "documents": "documents",
    "forms": "form",
    "checklists": "checklist",
    "approvals": "approval",
    "proceedings": "opens leaves",
    "requests": "asks takes_back compensate",
    "data": "received paid_out keyed_by dated_by assigns court number each adds principal due_on"
    " items debtors creditors payments excluded effective_on accelerated_on",
    "fields": "needs counted_from ends_on passes takes sets carries",
    "states": "initial entering states ends_leaving but_not to",
    "phases": "phase phases",
    "groups": "groups",
    "modes": "closes gates_closing",
    "grounds": "deducts ground grounds",
    "triggers": "trigger met_by ends_by gates fire on proposing done_by not_by_who if_refused "
    "tells_parent answers",
    "deadlines": "deadlines limits",
}
"""Which table holds what a key names."""
TABLE = {key: table for table, keys in TABLE_OF.items() for key in keys.split()}

BY_HAND: dict[str, Callable[[Any], Any]] = {
    "effective": lambda day: day + timedelta(days=1),
    "Standing.effective": lambda _: ("※",),
    "conditions": lambda _: {Condition.MINOR: "※"},
    "marks": lambda _: {AssetMark.EXEMPT: "※"},
    "length": lambda length: 17,
    "alerts_at": lambda _: "07:45",
    "cut_off": lambda _: "16:15",
    "warn": lambda _: ("29d",),
    "every": lambda _: "29d",
    "within": lambda _: "29d",
    "verified": lambda sure: "memory" if sure != "memory" else "db",
    "expires": lambda when: "start-of-day" if when == "end-of-day" else "end-of-day",
    "calendar": lambda name: "none" if name == "cn" else "cn",
    "running_cases": lambda what: "move" if what == "stay" else "stay",
    "level": lambda level: "court" if level != "court" else "province",
    "counting": lambda how: Counting.FIXED if how is not Counting.FIXED else Counting.MINIMUM,
    "unit": lambda unit: _other_unit(unit),
    "times": lambda number: number + 7,
    "votes": lambda number: number + 7,
    "of": lambda number: (number or 1) + 7,
    "when": lambda _: 'today > date("2001-02-03")',
    "required_when": lambda _: 'today > date("2001-02-03")',
    "is_": lambda _: '"※"',
    "Booking.is_": lambda what: (
        Movement.WAIVED if what is not Movement.WAIVED else Movement.OUTSIDE
    ),
    "default": lambda _: "※",
    "otherwise": lambda _: Text(zh="※", en="※"),
    "choices": lambda _: {"x": Text(zh="※", en="※")},
    "sends": lambda _: {"x": "※"},
    "adopts": lambda _: {"※": "※"},
    "tells": lambda _: {"parent": ("※",)},
    "Definition.basis": lambda _: (Basis(instrument="※"),),
    "SubProcedure.fields": lambda _: {"※": FieldType.TEXT},
    "Link.fields": lambda _: {"※": FieldType.TEXT},
    "DecisionTable.otherwise": lambda _: "※",
    "TableRow.is_": lambda _: "※",
    "SubProcedure.states": lambda _: ("※",),
    "Link.states": lambda _: ("※",),
    "cases": lambda _: {"※": "※"},
    "date": lambda _: ("※",),
    "recurring": lambda was: Recurring(times=17),
    "extension": lambda _: (ExtensionRule(by="procedure", length=19),),
    "transitional": lambda _: TransitionalRule(note=Text(zh="※", en="※")),
    "visible_to": lambda _: (Viewer(role="outside"),),
    "basis": lambda _: Basis(instrument="※"),
    "opens_right": lambda _: Text(zh="※", en="※"),
    "lapses": lambda _: Text(zh="※", en="※"),
}
"""Another value of a key, where its kind does not say what that may be."""

UNSAID: dict[str, str] = {
    "Text.zh": "all texts at once: see test_every_text_stands_on_the_page",
    "Text.en": "all texts at once: see test_every_text_stands_on_the_page",
    "InnerLimit.*": "an inner limit stands on the page as a limit of its own",
    "Alerts.*": "who is told of an inner limit, which stands on the page as a limit of its own",
    "DeadlineRule.inner": "the model makes a limit of its own of it when it is read",
    "FieldSpec.fields": "the fields of records stand on the page as fields, walked by themselves",
    "Definition.imports": "names what was taken; the entries themselves are walked",
    "Definition.layers": "walked by themselves in the definitions that have some",
    "Definition.log": "walked by itself in the definition that has one",
    "LogMap.activities": "walked by themselves",
}
"""Keys whose change need not change the page, or that are changed otherwise; and why."""


def _other_unit(unit: Any) -> Any:
    if isinstance(unit, TimeUnit):
        return TimeUnit.YEAR if unit is not TimeUnit.YEAR else TimeUnit.WEEK
    return f"{unit}※"


def _without_effect(element: Element, key: str) -> bool:
    """Whether a key of this element says nothing because of another key of it."""
    if isinstance(element, Alerts) and key == "every":
        return not element.escalate  # an interval between no steps
    if isinstance(element, DeadlineRule):
        return key in _IDLE_IN_LIMITS and _IDLE_IN_LIMITS[key](element)
    if isinstance(element, FieldSpec):
        return key in ("choices", "fields") and getattr(element, key) is None
    if isinstance(element, ExtensionRule):
        return key == "unit" and element.length is None  # the unit of no length
    return isinstance(element, InnerLimit)


_IDLE_IN_LIMITS: dict[str, Callable[[DeadlineRule], bool]] = {
    "alerts_at": lambda rule: not rule.warn,  # the hour of no warning
    "expires": lambda rule: rule.unit is TimeUnit.HOUR,  # hours end when they are over
    "length": lambda rule: rule.ends_on is not None,  # a document names the day
    "unit": lambda rule: rule.ends_on is not None,
}


# -- elements, and another value of each key


def own_copy(file: Path) -> Definition:
    """A definition that nobody else has, for the tests here change it where it stands."""
    definition, _ = inspect(file)
    assert definition is not None
    return definition


def elements(value: Any) -> Iterator[Element]:
    """Every element in a value, however deep."""
    if isinstance(value, Element):
        yield value
        for key in type(value).model_fields:
            yield from elements(getattr(value, key))
    elif isinstance(value, dict):
        for item in value.values():
            yield from elements(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from elements(item)


def holds_elements(element: Element, key: str) -> bool:
    """Whether a key holds elements."""
    return bool(elements_in(type(element).model_fields[key].annotation))


def ids_of(definition: Definition, table: str) -> list[str]:
    """The ids of a table, and the roles of the engine."""
    found = list(getattr(definition, table))
    return [*found, *RESERVED_ROLES] if table == "roles" else found


def other(definition: Definition, element: Element, key: str) -> Any:
    """Another value of a key; None where the definition has none."""
    value, annotation = getattr(element, key), type(element).model_fields[key].annotation
    by_hand = BY_HAND.get(f"{type(element).__name__}.{key}", BY_HAND.get(key))
    if by_hand is not None:
        return by_hand(value)
    if isinstance(value, bool):
        return not value
    table = key if isinstance(element, Import) and key != "from_" else TABLE.get(key)
    if table is not None:
        free = _free_id(ids_of(definition, table), value)
        return free and _as_it_holds(key, value, free, str(annotation))
    if isinstance(value, Enum):
        return next(member for member in type(value) if member is not value)
    if isinstance(value, tuple):
        return ("※",)
    return f"{value or ''}※"


def _free_id(known: list[str], value: Any) -> str | None:
    """An id that a value does not name yet."""
    return next((id for id in reversed(known) if id not in repr(value)), None)


def _as_it_holds(key: str, value: Any, free: str, annotation: str) -> Any:
    """An id as a key holds it: alone, among several, or in a mapping."""
    if isinstance(value, dict):
        return {free: "※"} if key in OF_FIELDS else {"parent": free}
    return (free,) if "tuple" in annotation else free


OF_FIELDS = ("sets", "takes", "carries", "limits")
"""Mappings whose keys name something of the definition; those of the others name it by value."""


def fresh(definition: Definition) -> None:
    """Forget what a definition worked out of what it said before."""
    for element in (definition, *definition.transitions):
        for name in [*element.__dict__]:
            if isinstance(getattr(type(element), name, None), cached_property):
                del element.__dict__[name]
    definition._compiler = None


@cache
def smallest() -> dict[type[Element], Path]:
    """The smallest file that has elements of a kind: keys that files leave out are tried there."""
    found: dict[type[Element], Path] = {}
    for file in SMALLEST_FIRST:
        for element in elements(own_copy(file)):
            found.setdefault(type(element), file)
    return found


def is_of(element: Element, file: Path) -> bool:
    """Whether an element stands in a file itself; what is imported, or lies below a layer, is tried
    once: with the file that is the smallest of those that have it."""
    if element.at.file == "<memory>":  # written in short
        return file.parent.name != "layers"
    home = Path(element.at.file).resolve()
    return home == file or _first_with(home) == file


@cache
def _first_with(home: Path) -> Path | None:
    """The smallest definition that has what stands in a fragment; None for a definition."""
    if home in FILES:
        return None
    return next(f for f in SMALLEST_FIRST if f"from: {home.name}" in f.read_text("utf-8"))


@pytest.fixture(autouse=True)
def _without_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only the picture shows is not said in words."""
    monkeypatch.setattr(page_module, "draw", lambda *_, **__: "")


def _id(path: Path) -> str:
    return path.relative_to(ROOT / "definitions").with_suffix("").as_posix()


@pytest.mark.parametrize("file", FILES, ids=_id)
def test_whatever_changes_in_a_definition_changes_the_page(file: Path) -> None:
    definition = own_copy(file)
    before = review_page(definition)
    tried: dict[tuple[str, str, bool], list[Element]] = defaultdict(list)
    for element in elements(definition):
        is_its_own = is_of(element, file)
        for key in type(element).model_fields:
            if (key in element.model_fields_set and is_its_own) or smallest()[
                type(element)
            ] == file:
                is_said = key in element.model_fields_set
                tried[type(element).__name__, key, is_said].append(element)
    left_out: set[str] = set()
    for (kind, key, _), found in tried.items():
        if f"{kind}.{key}" in UNSAID or f"{kind}.*" in UNSAID:
            continue
        if holds_elements(found[0], key) and key not in BY_HAND:
            continue  # which are walked by themselves
        telling = [element for element in found if not _without_effect(element, key)]
        for element in {id(e): e for e in telling[:1] + telling[-1:]}.values():
            value, changed = getattr(element, key), other(definition, element, key)
            if changed is None:
                continue  # the definition has no other entry of that table
            assert changed != value
            element.__dict__[key] = changed
            fresh(definition)
            if review_page(definition) == before:
                left_out.add(f"{kind}.{key}: {value!r} -> {changed!r}")
            element.__dict__[key] = value
    fresh(definition)
    assert left_out == set()
    assert review_page(definition) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES, ids=_id)
def test_every_text_stands_on_the_page(file: Path, lang: Language) -> None:
    """Each text is given words that stand nowhere else; each of them must be read."""
    definition = own_copy(file)
    inner = {id(t) for e in elements(definition) if isinstance(e, InnerLimit) for t in elements(e)}
    texts = [e for e in elements(definition) if isinstance(e, Text) and id(e) not in inner]
    for number, text in enumerate(texts):
        text.__dict__.update(zh=f"文{number}字", en=f"text{number}.")
    fresh(definition)
    page = review_page(definition, lang, others=[definition])
    words = [text.text(lang) for text in texts]
    assert [word for word in words if word not in page] == []


def test_the_page_shows_what_is_no_markup_and_styles_nothing_by_attribute() -> None:
    definition = definition_from_text(LOAN.replace("zh: ", "zh: <b onload=x>&", 1))
    page = review_page(definition)
    assert "&lt;b onload=x&gt;&amp;" in page and "<b onload" not in page
    assert "style=" not in page and "<script" not in page
