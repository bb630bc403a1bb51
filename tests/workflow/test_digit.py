"""Business services of DIGIT imported one to one: the real ones, what lint says of them confirmed
in their JSON, cases that run on them, and files that cannot be read."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import DATA
from zhixing.console.app import main
from zhixing.engine import Actor, Refused
from zhixing.testing import Court
from zhixing.workflow import (
    Definition,
    DefinitionRefused,
    Imported,
    codes,
    from_digit,
    lint,
    stored_definition,
)

FOLDER = DATA / "digit"
FILES = sorted(FOLDER.glob("*.json"))
DAY = date(2025, 3, 1)

CONFIRMED: dict[str, dict[tuple[str, str], list[tuple[Any, ...]]]] = {
    "application-w.json": {
        # the same action is there twice in a row: the same next state, the same roles
        ("overlap", "pendingresponseapproval"): [
            (2, "actions", 2, "REJECT", "PENDINGREVIEW", ["APPLICATION_APPROVER"]),
            (2, "actions", 3, "REJECT", "PENDINGREVIEW", ["APPLICATION_APPROVER"]),
        ],
        ("overlap", "pendingresponse"): [
            (3, "actions", 1, "DELETE", "DELETED", ["APPLICATION_DELETE"]),
            (3, "actions", 2, "DELETE", "DELETED", ["APPLICATION_DELETE"]),
        ],
    },
    "order-w.json": {("unreachable", "deleted"): [(4, "state", "DELETED")]},
}
"""Everything that lint finds in the eight, and the places of the JSON that confirm it."""


def read(path: Path) -> Any:
    """The service of a file, by the standard library."""
    return json.loads(path.read_text(encoding="utf-8"))["BusinessServices"][0]


def imported(source: Any) -> Imported:
    text = source if isinstance(source, str) else json.dumps(source, ensure_ascii=False)
    (one,) = from_digit(text.encode(), "service.json", effective=DAY, zone="Asia/Kolkata")
    return one


def definition(one: Imported) -> Definition:
    return stored_definition(one.text, f"{one.id}.yaml")


def corresponds(service: dict[str, Any], made: Definition) -> None:
    """Each state, action, role and SLA of one is one of the other, under one name, and no more."""
    states = service["states"]
    ids = dict(zip([state.get("state") for state in states], made.states, strict=True))
    for state, id in zip(states, made.states, strict=True):
        title = made.states[id].title.en
        assert title == (state.get("state") or "start (without a name in DIGIT)")
        assert (made.states[id].closes is not None) is bool(state.get("isTerminateState"))
    ways = [(state, action) for state in states for action in state.get("actions") or ()]
    roles: dict[str, str] = {}
    for (state, action), way in zip(ways, made.transitions, strict=True):
        target = "stay" if action["nextState"] == state.get("state") else ids[action["nextState"]]
        assert way.from_.states == (ids[state.get("state")],) and way.to == target
        assert way.title.en == action["action"]
        for role in action["roles"]:
            assert made.roles[roles.setdefault(role, _id_of(made, role))].title.en == role
        assert set(way.by) == {roles[role] for role in action["roles"]}
    assert len(set(roles.values())) == len(roles) == len(made.roles)
    names = {action["action"] for _, action in ways}
    assert len({way.trigger for way in made.transitions}) == len(names)
    starts = [state for state in states if state.get("isStartState")]
    unnamed = [state for state in starts if state.get("state") is None]
    assert made.initial == ids[(unnamed or starts)[0].get("state")]
    limited = [state for state in states if state.get("sla") and not state.get("isTerminateState")]
    whole = [service["businessServiceSla"]] if service.get("businessServiceSla") else []
    assert len(made.deadlines) == len([*limited, *whole])


def _id_of(made: Definition, role: str) -> str:
    (id,) = (id for id, known in made.roles.items() if known.title.en == role)
    return id


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_service_is_the_same_service_here(path: Path, tmp_path: Path) -> None:
    service, one = read(path), imported(path.read_text())
    made = definition(one)
    corresponds(service, made)
    assert made.note.endswith(f"business {service['business']}, tenantId {service['tenantId']}")
    assert (made.zone, made.calendar, made.effective) == ("Asia/Kolkata", "none", DAY)
    for state in service["states"]:
        if not state["isTerminateState"] and state["sla"]:
            rule = made.deadlines[f"in_{state['state'].lower()}"]
            told = {role for action in state["actions"] for role in action["roles"]}
            assert (rule.length, rule.unit) == (state["sla"], "day")
            assert set(rule.on_expiry.alert) == {role.lower() for role in told}
    assert (made.deadlines["whole"].length, made.deadlines["whole"].starts.entering) == (
        30,
        ("start",),
    )
    for way in made.transitions:
        target = next((s for s in service["states"] if (s["state"] or "").lower() == way.to), None)
        asked = (f"upload_{way.to}",) if target and target["docUploadRequired"] else ()
        assert way.documents == asked


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_lint_finds_is_so_in_the_json(path: Path, tmp_path: Path) -> None:
    one = imported(path.read_text())
    file = tmp_path / f"{one.id}.yaml"
    file.write_text(one.text)
    found = [finding for finding in lint(file) if finding.severity != "note"]
    expected = CONFIRMED.get(path.name, {})
    lines = one.text.splitlines()
    places = {(f.code, _about(f.code, lines[f.at.line - 1])) for f in found}
    assert places == expected.keys() and len(found) == len(expected)
    states = read(path)["states"]
    for (code, _), confirmed in expected.items():
        for place in confirmed:
            _confirm(code, states, place)
        if code == "overlap":
            assert all(f.en.endswith("in every case") for f in found)


def _about(code: str, line: str) -> str:
    """The state that a finding is about."""
    return (
        line.split("from: ")[1].split(",")[0] if code == "overlap" else line.split(":")[0].strip()
    )


def _confirm(code: str, states: list[Any], place: tuple[Any, ...]) -> None:
    if code == "overlap":
        state, key, number, *same = place
        action = states[state][key][number]
        assert [action["action"], action["nextState"], action["roles"]] == same
        return
    state, key, name = place
    assert states[state][key] == name
    assert all(a["nextState"] != name for s in states for a in s.get("actions") or ())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_whatever_is_not_carried_over_is_told_at_its_line_and_in_the_file(path: Path) -> None:
    one, service = imported(path.read_text()), read(path)
    lines = path.read_text().splitlines()
    told = Counter(
        key
        for note in one.notes
        for key in [lines[note.at.line - 1].split('"')[1]]
        if f'"{key}"' in lines[note.at.line - 1][: note.at.column]
    )
    states = service["states"]
    named = [state for state in states if state["state"]]
    assert told == Counter(
        {
            "businessServiceSla": 1,  # as days
            "sla": sum(state["sla"] is not None for state in states),
            "isStateUpdatable": len(states),
            "isStartState": sum(state["isStartState"] for state in named),
            "docUploadRequired": sum(state["docUploadRequired"] for state in states),
        }
    )
    assert all(
        f"#   {note.at.line}: {note.zh} / {note.en}" in one.text.splitlines() for note in one.notes
    )
    assert all(note.severity == "note" and note.code in codes() for note in one.notes)
    assert all(note.zh != note.en for note in one.notes)


def test_keys_that_nobody_knows_are_told() -> None:
    service = read(FOLDER / "task-w.json")
    service["generateEscrow"] = True
    service["states"][1]["actions"][0]["active"] = False
    posted = {"RequestInfo": {"apiId": "x"}, "BusinessServices": [service]}
    left = {note.en for note in imported(posted).notes if "the key" in note.en}
    assert left == {
        f"the key {key} is left out" for key in ("generateEscrow", "active", "RequestInfo")
    }


def test_a_service_alone_is_one_too_and_its_faults_have_their_lines() -> None:
    text = json.dumps(read(FOLDER / "task-w.json"), indent=1)
    corresponds(json.loads(text), definition(imported(text)))
    with pytest.raises(DefinitionRefused) as refused:
        imported(text.replace('"TASK_CREATOR"', '"*"'))
    line = text.splitlines().index('      "TASK_CREATOR"') + 1
    assert [(f.code, f.at.line) for f in refused.value.findings] == [("digit-roles", line)]


STORIES: dict[str, list[tuple[str, str, dict[str, str], str]]] = {
    "task-w-summon.json": [
        ("create", "task_creator", {"upload_payment_pending": "d-1"}, "payment_pending"),
        ("make_payment", "task_updator", {}, "issuesummon"),
        ("served", "task_updator", {}, "delivered"),
    ],
    "order-w.json": [
        ("save_draft", "order_creator", {"upload_draft_in_progress": "d-1"}, "draft_in_progress"),
        ("approve", "order_approver", {}, "pendingesign"),
        ("save_draft", "order_creator", {}, "draft_in_progress"),
        ("approve", "order_approver", {}, "pendingesign"),
        ("e_sign", "order_approver", {}, "published"),
    ],
}
"""Acts of persons, who hold one role each, to a terminal state."""


@pytest.mark.parametrize("name", STORIES)
def test_a_case_runs_on_it_to_its_end(name: str, tmp_path: Path) -> None:
    one = imported((FOLDER / name).read_text())
    file = tmp_path / f"{one.id}.yaml"
    file.write_text(one.text)
    # order-w has a state that no act leads to: lint names it, and the court strikes it out
    lines = one.text.splitlines()
    struck = [line for line in lines if line.startswith("  deleted: ")]
    assert len(struck) == (2 if name == "order-w.json" else 0)
    file.write_text("\n".join(line for line in lines if line not in struck))
    with Court(file, at="2025-03-03 09:00", zone="Asia/Kolkata") as court:
        first = STORIES[name][0][1]
        case = court.open_case(one.id, actor=Actor.of("opener", first))
        for trigger, role, documents, state in STORIES[name]:
            with pytest.raises(Refused):
                court.fire(case.id, trigger, actor=Actor.of("x", "stranger"), documents=documents)
            after = court.fire(
                case.id, trigger, actor=Actor.of(f"a {role}", role), documents=documents
            )
            assert after.state == state
        assert court.case(case.id).closing_mode == STORIES[name][-1][3]


def test_a_limit_alerts_when_it_passes_and_changes_nothing(tmp_path: Path) -> None:
    one = imported((FOLDER / "task-w-summon.json").read_text())
    file = tmp_path / f"{one.id}.yaml"
    file.write_text(one.text)
    with Court(file, at="2025-03-03 09:00", zone="Asia/Kolkata") as court:
        case = court.open_case(one.id, actor=Actor.of("c", "task_creator"))
        for trigger, role, documents, _ in STORIES["task-w-summon.json"][:2]:
            court.fire(case.id, trigger, actor=Actor.of("p", role), documents=documents)
        court.move_to("2025-03-08 12:00")
        assert court.overdue() == ()
        court.move_to("2025-03-09 12:00")  # five days after 3 March have passed
        assert [d.rule for d in court.overdue()] == ["in_issuesummon"]
        assert court.case(case.id).state == "issuesummon"
        court.fire(case.id, "served", actor=Actor.of("p", "task_updator"))
        ended = {d.rule: d.status for d in court.deadlines(case.id, live=False)}
        assert ended == {"in_issuesummon": "met-late", "whole": "met"}


SMALL = """{
  "BusinessServices": [
    {"businessService": "small", "businessServiceSla": 432000000,
     "states": [
       {"state": null, "isStartState": true,
        "actions": [{"action": "GO", "nextState": "A", "roles": ["R"]}]},
       {"state": "A", "isStartState": false, "sla": 86400000,
        "actions": [{"action": "END", "nextState": "Z", "roles": ["R"]}]},
       {"state": "Z", "isStartState": false, "isTerminateState": true}
     ]}
  ]
}"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('"state": "A", ', '"state" "A", ', "json", 7),
        ('"state": "Z"', "'state': 'Z'", "json", 9),
        ("  ]\n}", "  ]\n", "json", 12),
        ("  ]\n}", "  ]\n}}", "json", 12),
        ('"sla": 86400000', '"sla": NaN', "json", 1),
        ('"sla": 86400000', '"sla": {{sla}}', "digit-placeholder", 7),
        ('"sla": 86400000', '"sla": "{{sla}}"', "shape", 7),
        ('"state": "A"', '"state": "{{a}}"', "digit-placeholder", 7),
        ('["R"]}]},\n       {"state": "A"', '["{{r}}"]}]},\n {"state": "A"',
         "digit-placeholder", 6),
        ('"actions": [{"action": "GO", "nextState": "A", "roles": ["R"]}]', '"actions": []',
         "digit-start", 5),
        ('"nextState": "A"', '"nextState": "B"', "digit-next-state", 6),
        ('"nextState": "Z"', '"nextState": null', "shape", 8),
        ('null, "isStartState": true', 'null, "isStartState": false', "digit-state", 5),
        ('"state": null, "isStartState": true', '"state": "B"', "digit-start", 4),
        ('"state": "A", "isStartState": false', '"isStartState": true', "digit-start", 7),
        ('"state": "Z"', '"state": null', "digit-state", 9),
        ('"state": "Z"', '"state": "A"', "digit-state", 9),
        ('"state": "Z"', '"state": " "', "shape", 9),
        ('"isTerminateState": true', '"isTerminateState": "yes"', "shape", 9),
        ('"roles": ["R"]}]},\n       {"state": "Z"', '"roles": []}]},\n {"state": "Z"', "shape", 8),
        ('["R"]}]},\n       {"state": "Z"', '["*"]}]},\n {"state": "Z"', "digit-roles", 8),
        ('"isTerminateState": true', '"isTerminateState": true, "actions": [{"action": "X", '
         '"nextState": "A", "roles": ["R"]}]', "digit-terminal", 9),
        ('"sla": 86400000', '"sla": -1', "shape", 7),
        ('"sla": 86400000', '"sla": 1.5', "shape", 7),
        ('"sla": 86400000', '"sla": 1, "sla": 2', "duplicate-key", 7),
        ('"states": [', '"stages": [', "missing-key", 3),
        ("BusinessServices", "Services", "missing-key", 1),
        ('"state": "A"', '"state": "A\\u0007"', "unclean-text", 7),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_at_its_line(
    old: str, new: str, code: str, line: int, tmp_path: Path
) -> None:
    assert SMALL.count(old) == 1, old
    with pytest.raises(DefinitionRefused) as refused:
        imported(SMALL.replace(old, new))
    found = refused.value.findings
    assert (code, line) in [(finding.code, finding.at.line) for finding in found], found
    assert all(finding.zh != finding.en and finding.code in codes() for finding in found)
    file, into = tmp_path / "small.json", tmp_path / "made"
    file.write_text(SMALL.replace(old, new))
    told = CliRunner().invoke(
        main, ["import", "digit", str(FOLDER / "task-w.json"), str(file), "--into", str(into)]
    )
    assert told.exit_code == 1 and f"{file}:{line}:" in told.output
    assert not into.exists(), "nothing half written"


def test_every_fault_is_told_at_once_and_two_services_of_one_name_are_one() -> None:
    text = SMALL.replace('"nextState": "A"', '"nextState": "B"').replace(
        '"Z", "roles"', '"Y", "roles"'
    )
    with pytest.raises(DefinitionRefused) as refused:
        imported(text)
    assert [(f.code, f.at.line) for f in refused.value.findings] == [
        ("digit-next-state", 6),
        ("digit-next-state", 8),
    ]
    service = json.loads(SMALL)["BusinessServices"][0]
    twice = {"BusinessServices": [service, {**service, "businessService": "SMALL"}]}
    with pytest.raises(DefinitionRefused, match="digit-service"):
        imported(twice)


@pytest.mark.parametrize(
    ("sla", "length"),
    [
        (1, (1, "day")),
        (999, (999, "day")),
        (1000, None),
        (3_599_999, None),
        (3_600_000, (1, "hour")),
        (5_400_000, (2, "hour")),
        (86_400_000, (1, "day")),
        (432_000_000, (5, "day")),
        (90_000_000, (25, "hour")),
        (0, None),
    ],
)
def test_an_sla_is_milliseconds_unless_it_would_be_none_at_all(
    sla: int, length: tuple[int, str] | None
) -> None:
    one = imported(SMALL.replace("86400000", str(sla)))
    rule = definition(one).deadlines.get("in_a")
    assert (rule and (rule.length, rule.unit.value)) == length
    assert any(note.code == "digit-sla" and note.at.line == 7 for note in one.notes)


def test_commas_too_many_tabs_and_placeholders_in_what_is_only_told_are_no_fault() -> None:
    text = SMALL.replace('["R"]', '["R",]').replace("}\n     ]", "},\n\t]")
    text = text.replace('"small",', '"small", "tenantId": "{{tenant}}", "business": "a,]b",')
    one = imported(text)
    assert (
        definition(one).note == "DIGIT: businessService small, business a,]b, tenantId {{tenant}}"
    )
    corresponds(json.loads(SMALL)["BusinessServices"][0], definition(one))


def test_names_that_the_language_has_for_itself_are_kept_apart() -> None:
    service = json.loads(SMALL)["BusinessServices"][0]
    service["states"][1]["state"] = "START"
    service["states"][0]["actions"][0] |= {"nextState": "START", "action": "再 审"}
    service["states"][0]["actions"][0]["roles"] = ["OFFICER", "clock", "承办人", "9", "R-1", "R_1"]
    service["states"][2]["state"] = "return"
    service["states"][1]["actions"][0]["nextState"] = "return"
    made = definition(imported(service))
    assert list(made.states) == ["start", "start_2", "return_2"]
    assert list(made.roles) == ["officer_2", "clock_2", "role", "role_9", "r_1", "r_1_2", "r"]
    assert [way.trigger for way in made.transitions] == ["act", "end"]
    corresponds(service, made)


def test_the_whole_is_counted_from_the_beginning_and_not_from_a_return_to_it(
    tmp_path: Path,
) -> None:
    service = json.loads(SMALL)["BusinessServices"][0]
    service["states"][0]["state"] = "BEGUN"
    service["states"][1]["actions"].append({"action": "BACK", "nextState": "BEGUN", "roles": ["R"]})
    one = imported(service)
    file = tmp_path / "small.yaml"
    file.write_text(one.text)
    person = Actor.of("p", "r")
    with Court(file, at="2025-03-03 09:00", zone="Asia/Kolkata") as court:
        case = court.open_case("small", actor=person)
        court.advance(days=2)
        court.fire(case.id, "go", actor=person)
        court.fire(case.id, "back", actor=person)
        (limit,) = [d for d in court.deadlines(case.id) if d.rule == "whole"]
        assert limit.due_day == date(2025, 3, 8)


def test_the_command_writes_tells_and_writes_over_nothing(tmp_path: Path) -> None:
    command = ["import", "digit", str(FOLDER / "task-w.json"), str(FOLDER / "order-w.json")]
    command += ["--into", str(tmp_path / "made"), "--effective", "2025-03-01", "--lang", "en"]
    told = CliRunner().invoke(main, command)
    assert told.exit_code == 1, "lint finds an error in one of them"
    assert sorted(p.name for p in (tmp_path / "made").iterdir()) == [
        "order_managelifecycle.yaml",
        "task.yaml",
    ]
    assert "order-w.json:32:27: isStartState of DRAFT_IN_PROGRESS" in told.output
    assert (
        "the state deleted cannot be reached: no transition leads to it [unreachable]"
        in told.output
    )
    assert "effective: 2025-03-01" in (tmp_path / "made" / "task.yaml").read_text()
    again = CliRunner().invoke(main, command)
    assert again.exit_code == 1 and "[file-there]" in again.output
    as_json = CliRunner().invoke(main, [*command[:3], "--into", str(tmp_path / "other"), "--json"])
    (file,) = json.loads(as_json.output)["files"]
    assert (as_json.exit_code, file["id"], file["findings"]) == (0, "task", [])
    assert {note["code"] for note in file["notes"]} == {"digit-sla", "digit-left-out"}


NAMES = st.sampled_from(
    [
        "A",
        "B",
        "a-b",
        "A_B",
        "stay",
        "START",
        "办",
        "é",
        "C c",
        "9",
        "x\ny: z",
        "# {q",
        "it's \"",
        "~",
    ]
)
ACTIONS = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["GO", "go", "退", "E-SIGN", "E SIGN", "true"]),
        "nextState": NAMES,
        "roles": st.lists(
            st.sampled_from(["R", "r", "CLERK", "officer", "*"]), min_size=0, max_size=3
        ),
    }
)
STATES = st.fixed_dictionaries(
    {"state": st.one_of(NAMES, NAMES, NAMES, st.none())},
    optional={
        "isStartState": st.booleans(),
        "isTerminateState": st.booleans(),
        "docUploadRequired": st.booleans(),
        "isStateUpdatable": st.one_of(st.none(), st.booleans()),
        "applicationStatus": st.one_of(st.none(), st.sampled_from(["X", "y: z # }"])),
        "sla": st.one_of(st.none(), st.sampled_from([0, 5, 86_400_000, 7_200_001, -1])),
        "actions": st.one_of(st.none(), st.lists(ACTIONS, max_size=3)),
    },
)
SERVICES = st.fixed_dictionaries(
    {"businessService": NAMES, "states": st.lists(STATES, min_size=1, max_size=5)},
    optional={
        "businessServiceSla": st.one_of(st.none(), st.sampled_from([30, 3_600_000])),
        "other": st.just({"a": [1]}),
    },
)


@settings(max_examples=300, deadline=None)
@given(SERVICES)
def test_any_service_corresponds_one_to_one_or_is_refused(service: dict[str, Any]) -> None:
    try:
        one = imported(service)
    except DefinitionRefused as refused:
        assert all(f.code in codes() and f.zh != f.en for f in refused.findings)
        return
    corresponds(service, definition(one))


SOUND = st.lists(st.sampled_from(["A", "B", "C", "d-e", "D_E"]), min_size=1, unique=True)


@settings(max_examples=200, deadline=None)
@given(SOUND, st.data())
def test_a_sound_service_is_never_refused(names: list[str], data: st.DataObject) -> None:
    def actions() -> list[dict[str, Any]]:
        drawn = data.draw(st.lists(ACTIONS, min_size=1, max_size=3))
        roles = st.lists(st.sampled_from(["R", "r", "officer"]), min_size=1, unique=True)
        to = st.sampled_from([*names, "END"])
        return [a | {"nextState": data.draw(to), "roles": data.draw(roles)} for a in drawn]

    states = [{"state": None, "isStartState": True, "actions": actions()}]
    states += [{"state": name, "actions": actions()} for name in names]
    states += [{"state": "END", "isTerminateState": True}]
    service = {"businessService": "x", "states": states}
    corresponds(service, definition(imported(service)))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(list('{}[]",:\\\t\n0x∀\x00')), st.booleans())
def test_a_damaged_file_is_read_or_refused_at_a_place(at: int, sign: str, keeps: bool) -> None:
    text = (FOLDER / "order-w.json").read_text()
    at %= len(text)
    damaged = text[:at] + sign + text[at + (not keeps) :]
    try:
        one = imported(damaged)
    except DefinitionRefused as refused:
        lines = damaged.count("\n") + 1
        assert all(0 < f.at.line <= lines + 1 and f.code in codes() for f in refused.findings)
        return
    definition(one)


def test_a_file_that_is_no_text_is_told() -> None:
    with pytest.raises(DefinitionRefused) as refused:
        from_digit(b'{"a": "\xff"}', "service.json", effective=DAY, zone="Asia/Kolkata")
    assert [finding.code for finding in refused.value.findings] == ["encoding"]
