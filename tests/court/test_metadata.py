"""What pages are built of: forms whose every answer the engine takes; procedures as they are."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import ROOT
from tests.court.lived import flows
from tests.courts import CHARTER
from zhixing.court import ActForm, CourtMetadata, NoSuchAct
from zhixing.court.metadata.schemas import form_schema
from zhixing.engine import Actor, Engine, NotPublished, Refused, UnknownProcedure, VirtualClock
from zhixing.workflow import DataError, Definition, definition_from_text, load_definition
from zhixing.workflow.model.flow import FieldSpec
from zhixing.workflow.model.records import parse_of

CN = ROOT / "definitions" / "cn"
NAMES = (
    "administrative_enforcement",
    "audit",
    "award_nonenforcement",
    "bankruptcy_transfer",
    "case_funds",
    "compelled_appearance",
    "consumption_restriction",
    "crime_referral",
    "criminal_property",
    "cross_enforcement",
    "delivery",
    "detention",
    "difference",
    "dishonest_list",
    "disposal",
    "distribution",
    "entrusted_enforcement",
    "equity",
    "eviction",
    "exit_ban",
    "fine",
    "first_enforcement",
    "freeze_deposit",
    "income",
    "inquiry_request",
    "intellectual_property",
    "interference_record",
    "missing_debtor",
    "notarized_nonenforcement",
    "objection",
    "offline_auction",
    "party_change",
    "perform_act",
    "petition",
    "preservation",
    "reconsideration",
    "recusal",
    "resumption",
    "reward_notice",
    "search",
    "seizure",
    "seizure_transfer",
    "self_sale",
    "service",
    "stay",
    "supervision",
    "third_party_debt",
)
EVERYBODY = Actor.of(
    "everybody",
    *("officer", "filing_judge", "bureau_chief", "clerk", "president", "vice_president", "panel"),
)


@pytest.fixture
def shipped(database: str, clock: VirtualClock) -> Iterator[Engine]:
    definitions = [load_definition(CN / f"{name}.yaml") for name in NAMES]
    given: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, definitions, **given, identity_key=b"a secret of this court") as engine:
        yield engine


# -- schemas

GOOD: dict[str, list[Any]] = {
    "text": ["", "张", "a\nb", "x" * 20_000],
    "number": [0, -5, 10**18],
    "money": ["0", "-1.5", "9999999999999999.99", "12.30"],
    "date": ["2026-02-28", "0001-01-01"],
    "datetime": ["2026-03-01T09:00:00+08:00", "2026-03-01T09:00Z"],
    "flag": [True, False],
    "list": [[], ["a", "b"]],
    "party": ["d1", "a.b:c-d_e"],
    "choice": ["yes", "no"],
    "records": [[], [{"amount": "5", "id": "r1"}, {"note": "x"}]],
}
BAD: dict[str, list[Any]] = {
    "text": [5, None, ["a"], "x" * 20_001],
    "number": [1.5, "a", True, 10**18 + 1],
    "money": [1.5, "1e3", "1.234", "5 元", "1" * 17, ""],
    "date": ["2026-13-01", "2026-3-1", "tomorrow", 5, "2026-01-01T00:00"],
    "datetime": ["2026-03-01", "2026-03-01T09:00", "2026-03-01T25:00Z", 5],
    "flag": ["true", 1, None],
    "list": ["a", [1], {"a": 1}],
    "party": ["", "a b", "张", "x" * 101],
    "choice": ["maybe", "", 1],
    "records": ["a", [1], [{"colour": "red"}], [{"amount": 1.5}], [{"id": "a b"}]],
}
SPECS = {
    kind: FieldSpec.model_validate({"type": kind, "title": {"zh": "甲", "en": "a"}, **more})
    for kind, more in {
        **{kind: {} for kind in sorted(GOOD.keys() - {"choice", "records"})},
        "choice": {"choices": {"yes": {"zh": "是", "en": "yes"}, "no": {"zh": "否", "en": "no"}}},
        "records": {
            "fields": {
                "amount": {"type": "money", "title": {"zh": "额", "en": "amount"}},
                "note": {"type": "text", "title": {"zh": "注", "en": "note"}},
            }
        },
    }.items()
}


@pytest.mark.parametrize("kind", SPECS)
def test_a_schema_takes_what_the_engine_takes_and_nothing_else(kind: str) -> None:
    spec = SPECS[kind]
    schema = form_schema({"x": spec}, ["x"])
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for value in GOOD[kind]:
        assert validator.is_valid({"x": value}), value
        parse_of("x", spec, value)
    for value in BAD[kind]:
        assert not validator.is_valid({"x": value}), value
        if value is not None:
            with pytest.raises(DataError):
                parse_of("x", spec, value)
    assert not validator.is_valid({}) and not validator.is_valid({"x": GOOD[kind][0], "y": 1})


def test_a_schema_has_both_titles_and_the_unit() -> None:
    spec = FieldSpec.model_validate(
        {"type": "money", "unit": "元", "title": {"zh": "标的", "en": "claim"}}
    )
    (shape,) = form_schema({"claim": spec}, [])["properties"].values()
    assert (shape["title"], shape["x-title-en"], shape["x-unit"]) == ("标的", "claim", "元")


# -- procedures


def test_every_shipped_procedure_is_described(shipped: Engine) -> None:
    metadata = CourtMetadata(shipped)
    listed = metadata.procedures()
    assert [one.id for one in listed] == sorted(NAMES)
    for one in listed:
        assert one.draft and one.hash and one.title_zh and one.title_en
        view = metadata.procedure(one.id)
        definition = load_definition(CN / f"{one.id}.yaml")
        assert {act.id for act in view.acts} == set(definition.triggers)
        assert {field.id for field in view.fields} == set(definition.fields)
        assert {state.id for state in view.states} == set(definition.states)
        assert {limit.id for limit in view.limits} >= set(definition.deadlines)
        for field in view.fields:
            Draft202012Validator.check_schema(field.shape)
        json.loads(view.model_dump_json())


def test_a_version_is_told_as_it_is_in_force(database: str, clock: VirtualClock) -> None:
    from tests.courts import publish

    flow, part = flows()
    with Engine(database, [flow, part], clock=clock, upgrade=True) as engine:
        engine.set_first_charter(CHARTER)
        metadata = CourtMetadata(engine)
        assert metadata.procedures("haidian") == ()
        with pytest.raises(NotPublished):
            metadata.procedure("flow", "haidian")
        publish(engine, flow, court="haidian", at="haidian")
        (found,) = metadata.procedures("haidian")
        assert (found.id, found.draft, found.hash) == ("flow", False, flow.hash)
        assert metadata.procedures("chaoyang") == ()
        with pytest.raises(UnknownProcedure):
            metadata.procedure("nothing", "haidian")


# -- forms


def sample(schema: dict[str, Any], chance: random.Random) -> Any:
    """A value as a page might send it."""
    if "oneOf" in schema:
        return chance.choice(schema["oneOf"])["const"]
    if schema["type"] == "array":
        count = chance.randrange(3)
        return [sample(schema["items"], chance) for _ in range(count)]
    if schema["type"] == "object":
        names = [name for name in schema["properties"] if name != "id"]
        return {name: sample(schema["properties"][name], chance) for name in names}
    if schema["type"] == "string":
        by_format = {"date": "2025-03-01", "date-time": "2025-03-01T09:00:00+08:00"}
        is_money = schema.get("pattern", "").startswith("^-?[0-9]")
        plain = "100.00" if is_money else "x1"
        if "minLength" in schema:
            plain = "E12345678"  # the number of a document
        return by_format.get(schema.get("format", ""), plain)
    return {"integer": chance.randrange(100), "boolean": chance.random() < 0.8}[schema["type"]]


def filled(form: ActForm, chance: random.Random) -> dict[str, Any]:
    """What a page sends: all that is required, some of the rest, and nothing that is known."""
    Draft202012Validator.check_schema(form.fields)
    data = {
        name: sample(shape, chance)
        for name, shape in form.fields["properties"].items()
        if name in form.fields["required"]
        or (chance.random() < 0.5 and (name not in form.known or name in form.overwrites))
    }
    Draft202012Validator(form.fields).validate(data)
    return data


NEVER = {"not-asked", "document-not-asked", "known-fact"}
ENDS = {"reject", "terminate", "cancel", "suspend"}
GUARDS = {"guard", "guard-value", "checklist"}
CURED = {"missing-field", "missing-document"}


@pytest.mark.parametrize("seed", range(4))
def test_a_page_that_fills_in_what_is_asked_is_never_told_that_it_was_not(
    shipped: Engine, clock: VirtualClock, seed: int
) -> None:
    chance, metadata = random.Random(seed), CourtMetadata(shipped)
    form = metadata.opening_form("first_enforcement", actor=EVERYBODY)
    assert form.obstacles == () or {o.code for o in form.obstacles} <= CURED
    papers = {document.id: "p.pdf" for document in form.documents}
    case_id = shipped.open_case(
        "first_enforcement", actor=EVERYBODY, data=filled(form, chance), documents=papers
    ).id
    done = 0
    for _ in range(40):
        clock.advance(hours=chance.randrange(48))
        possible = shipped.possible(case_id, actor=EVERYBODY)
        if not possible:
            break
        able = [
            act
            for act in possible
            if {o.code for o in act.obstacles} <= CURED | GUARDS and act.trigger not in ENDS
        ]
        act = chance.choice(able or possible)
        form = metadata.form(case_id, act.trigger, actor=EVERYBODY, about=act.about)
        assert set(form.obstacles) == set(act.obstacles)
        data = filled(form, chance)
        papers = {
            document.id: "p.pdf"
            for document in form.documents
            if document.required or chance.random() < 0.3
        }
        try:
            shipped.fire(
                case_id,
                act.trigger,
                actor=EVERYBODY,
                about=act.about,
                data=data,
                documents=papers,
            )
            done += 1
        except Refused as refused:
            codes = {obstacle.code for obstacle in refused.obstacles}
            assert not codes & NEVER, refused
    assert done > 3


SEALED = """
id: secret
title: {zh: 密, en: a secret}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}, chief: {title: {zh: 局长, en: chief}}}
data:
  secret: {type: text, sealed: true, title: {zh: 密, en: secret}}
  open_word: {type: text, title: {zh: 明, en: open}}
forms:
  both:
    title: {zh: 表, en: both}
    fields: {secret: {overwrites: true}, open_word: {required: true}}
powers: {open: {by: officer, form: both}}
modes: {done: {zh: 完, en: done}}
initial: open
states: {open: {title: {zh: 办, en: open}}, done: {title: {zh: 完, en: done}, closes: done}}
transitions:
  - {trigger: say, title: {zh: 说, en: say}, from: open, to: stay, by: officer, form: both}
  - {trigger: end, title: {zh: 完, en: end}, from: open, to: done, by: chief}
"""


@pytest.fixture
def sealed(database: str, clock: VirtualClock) -> Iterator[Engine]:
    definition: Definition = definition_from_text(SEALED)
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as engine:
        yield engine


def test_what_is_sealed_is_asked_and_not_shown(sealed: Engine) -> None:
    li, metadata = Actor.of("li", "officer"), CourtMetadata(sealed)
    opening = metadata.opening_form("secret", actor=li)
    assert opening.fields["required"] == ["open_word"]
    assert [obstacle.code for obstacle in opening.obstacles] == ["missing-field"]
    given = {"secret": "s", "open_word": "o"}
    case_id = sealed.open_case("secret", actor=li, data=given).id
    form = metadata.form(case_id, "say", actor=li)
    assert form.known == {"open_word": "o"} and form.overwrites == ("secret",)
    assert set(form.fields["properties"]) == {"secret", "open_word"}
    assert form.obstacles == () and form.fields["required"] == []


def test_who_may_not_is_told_so_with_the_form(sealed: Engine) -> None:
    li, zhou = Actor.of("li", "officer"), Actor.of("zhou", "chief")
    metadata = CourtMetadata(sealed)
    codes = [o.code for o in metadata.opening_form("secret", actor=zhou).obstacles]
    assert codes == ["role", "missing-field"]
    case_id = sealed.open_case("secret", actor=li, data={"open_word": "o"}).id
    (obstacle,) = metadata.form(case_id, "end", actor=li).obstacles
    assert obstacle.code == "role"
    with pytest.raises(NoSuchAct) as refused:
        metadata.form(case_id, "sing", actor=li)
    assert "say, end" in refused.value.text("zh")
    with pytest.raises(NoSuchAct):
        metadata.form(case_id, "say", actor=li, about="r9")
