"""Fragments imported, layers laid over a definition: merged with their places, only ever stricter,
told in the file at fault."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.conftest import LOAN, ROOT
from zhixing.workflow import DefinitionRefused, definition_from_text, load_definition
from zhixing.workflow.linting import lint
from zhixing.workflow.loading import inspect
from zhixing.workflow.source.layers import MAX_LAYERS, read_layered
from zhixing.workflow.source.yaml_writer import places, with_places

CN = ROOT / "definitions" / "cn"
HEAD = (
    "overlay: loan.yaml\nlevel: LEVEL\nid: nanjing\ntitle: {zh: 南京, en: Nanjing}\n"
    "version: 3\neffective: 2025-01-01\n"
)


def laid(tmp_path: Path, layer: str, level: str = "court") -> dict[str, str]:
    (tmp_path / "loan.yaml").write_text(LOAN)
    file = tmp_path / "layer.yaml"
    file.write_text(HEAD.replace("LEVEL", level) + layer)
    return {f.code: f"{Path(f.at.file).name}:{f.at.line} {f.en}" for f in lint(file)}


def test_a_layer_changes_what_it_names_and_the_view_says_where_each_value_comes_from(
    tmp_path: Path,
) -> None:
    layer = (
        "deadlines: {answer: {length: 5, warn: 4d}}\n"
        "transitions: {notify: {when: 'case.amount > money(\"1\")', documents: receipt}}\n"
    )
    layer += "documents: {receipt: {title: {zh: 收据, en: receipt}}}\n"
    assert laid(tmp_path, layer) == {}
    merged = load_definition(tmp_path / "layer.yaml")
    answer = merged.deadlines["answer"]
    assert (answer.length, answer.warn, answer.met_by) == (5, ("3d", "1d", "4d"), ("notify",))
    assert merged.transitions[0].documents == ("notice", "receipt")
    assert (merged.version, str(merged.effective), [(x.level, x.id) for x in merged.layers]) == (
        "1+nanjing.3",
        "2025-01-01",
        [("court", "nanjing")],
    )
    value = read_layered(tmp_path / "layer.yaml").value
    found = {path: (Path(at.file).name, at.line) for path, _, at in places(value)}
    assert found["deadlines.answer.length"] == ("layer.yaml", 7)
    assert found["deadlines.answer.unit"][0] == "loan.yaml"
    assert "length: 5  # ← " in with_places(value)
    again = definition_from_text(merged.source_text)
    assert again.hash == merged.hash and again.model_dump() == merged.model_dump()


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("deadlines: {answer: {length: 9}}\n", "looser"),
        ("deadlines: {answer: {length: 1, unit: month}}\n", "looser"),
        ("deadlines: {not_yet: {length: 1, unit: day}}\n", "looser"),
        ("deadlines: {answer: {met_by: [pay]}}\n", "overlay-changes"),
        ("deadlines: {answer: {counting: fixed}}\n", "overlay-changes"),
        ("deadlines: {clue_check: {pauses: true}}\n", "looser"),
        ("deadlines: {answer: {starts: {entering: noticed}}}\n", "overlay-changes"),
        ("deadlines: {payment: {extension: {by: officer, length: 60}}}\n", "looser"),
        ("transitions: {finish: {by: [chief, officer]}}\n", "looser"),
        ("transitions: {notify: {to: done}}\n", "overlay-changes"),
        ("transitions: {pay: {sets: {paid: '0'}}}\n", "overlay-changes"),
        (
            "transitions: {jump: {title: {zh: 跳, en: jump}, from: fresh, to: done, by: chief}}\n",
            "overlay-changes",
        ),
        ("states: {extra: {title: {zh: 另, en: extra}, closes: done}}\n", "overlay-changes"),
        ("skips: {noticed: done}\n", "overlay-changes"),
        ("initial: noticed\n", "overlay-changes"),
        ("zone: Europe/Rome\n", "overlay-changes"),
        ("deadline: {}\n", "unknown-key"),
        ("deadlines: {answer: {length: soon}}\n", "unknown-field"),
        ("transitions: [x]\n", "shape"),
    ],
)
def test_a_layer_that_is_looser_or_bends_the_flow_is_refused_in_its_own_file(
    tmp_path: Path, layer: str, code: str
) -> None:
    findings = laid(tmp_path, layer)
    assert code in findings, findings
    assert findings[code].startswith("layer.yaml:7"), findings[code]
    with pytest.raises(DefinitionRefused):
        load_definition(tmp_path / "layer.yaml")


@pytest.mark.parametrize(
    "layer",
    [
        "deadlines: {not_yet: {length: 2}}\n",
        (
            "deadlines: {extra: {title: {zh: 另, en: extra}, starts: {entering: noticed}, "
            "length: 3, unit: day, on_expiry: {alert: chief}}}\n"
        ),
        (
            "transitions: {give_up: {needs: paid}, call: {title: {zh: 电话, en: call}, "
            "from: fresh, to: stay, by: officer}}\n"
        ),
        "transitions: {finish: {otherwise: {zh: 不行, en: no}}}\n",
        (
            "approvals: {chief: {title: {zh: 审批, en: chief}, steps: [{by: chief}]}}\n"
            "transitions: {notify: {approval: chief}}\n"
        ),
    ],
)
def test_a_stricter_layer_is_fine(tmp_path: Path, layer: str) -> None:
    assert laid(tmp_path, layer) == {}


def test_each_layer_is_held_to_the_one_below_it(tmp_path: Path) -> None:
    laid(tmp_path, "deadlines: {answer: {length: 5}}\n", level="province")
    court = (
        HEAD.replace("loan.yaml", "layer.yaml")
        .replace("LEVEL", "court")
        .replace("nanjing", "xuanwu")
    )
    file = tmp_path / "court.yaml"
    file.write_text(court + "deadlines: {answer: {length: 4}}\n")
    assert load_definition(file).deadlines["answer"].length == 4
    assert [x.level for x in load_definition(file).layers] == ["province", "court"]
    file.write_text(court + "deadlines: {answer: {length: 6}}\n")
    assert [f.code for f in lint(file)] == ["looser"]


def test_one_case_may_skip_a_node_or_add_one_but_no_statutory_node(tmp_path: Path) -> None:
    added = "states: {mediation: {title: {zh: 调解, en: mediation}, phase: work}}\ntransitions:\n"
    added += (
        "  mediate: {title: {zh: 调解, en: mediate}, from: fresh, to: mediation, by: officer}\n"
    )
    added += (
        "  settle: {title: {zh: 和解, en: settle}, from: mediation, to: noticed, by: officer}\n"
    )
    assert laid(tmp_path, added, level="case") == {}
    statutory = LOAN.replace("  noticed: {title", "  noticed: {statutory: true, title")
    assert statutory != LOAN
    findings = laid(tmp_path, "skips: {overdue: lost}\n", level="case")
    assert "overlay-changes" not in findings and "statutory-node" not in findings
    (tmp_path / "loan.yaml").write_text(statutory)
    (tmp_path / "layer.yaml").write_text(
        HEAD.replace("LEVEL", "case") + "skips: {noticed: overdue}\n"
    )
    assert "statutory-node" in [f.code for f in lint(tmp_path / "layer.yaml")]


FRAGMENT = (
    "fragment: common\nroles: {officer: {title: {zh: 承办人, en: officer}}, "
    "spare: {title: {zh: 备用, en: spare}}}\n"
)


def imported(tmp_path: Path, imports: str, fragment: str = FRAGMENT) -> list[tuple[str, int, str]]:
    (tmp_path / "common.yaml").write_text(fragment)
    text = LOAN.replace("  officer: {title: {zh: 承办人, en: officer}}\n", "").replace(
        "roles:\n", f"imports:\n  - {imports}\nroles:\n", 1
    )
    (tmp_path / "loan.yaml").write_text(text)
    return [(Path(f.at.file).name, f.at.line, f.code) for f in lint(tmp_path / "loan.yaml")]


def test_a_definition_imports_what_it_names_from_a_fragment(tmp_path: Path) -> None:
    assert imported(tmp_path, "{from: common.yaml, roles: officer}") == []
    assert imported(tmp_path, "{from: common.yaml, roles: all}") == []
    loaded = load_definition(tmp_path / "loan.yaml")
    assert loaded.roles["officer"].at.file.endswith("common.yaml")
    alone = definition_from_text(loaded.source_text)
    assert alone.roles.keys() == loaded.roles.keys() and alone.hash == loaded.hash
    (tmp_path / "common.yaml").write_text(FRAGMENT.replace("承办人", "执行法官"))
    assert load_definition(tmp_path / "loan.yaml").hash != loaded.hash


@pytest.mark.parametrize(
    ("imports", "fragment", "code"),
    [
        ("{from: common.yaml, roles: oficer}", FRAGMENT, "unknown-import"),
        (
            "{from: common.yaml, roles: [officer, chief]}",
            FRAGMENT.replace("spare", "chief"),
            "import-conflict",
        ),
        ("{from: nowhere.yaml, roles: officer}", FRAGMENT, "file"),
        (
            "{from: common.yaml, roles: officer}",
            FRAGMENT.replace("fragment: common\n", ""),
            "not-a-fragment",
        ),
        (
            "{from: common.yaml, roles: officer}",
            FRAGMENT + "imports: [{from: common.yaml, roles: all}]\n",
            "import-cycle",
        ),
        ("{from: common.yaml, rolls: officer}", FRAGMENT, "unknown-key"),
        (
            "{from: common.yaml, roles: officer}",
            FRAGMENT.replace("title: {zh: 承办人, en: officer}", "titel: x"),
            "unknown-key",
        ),
        ("{from: common.yaml, roles: officer}", "[", "yaml"),
    ],
)
def test_a_wrong_import_is_a_finding_at_its_place(
    tmp_path: Path, imports: str, fragment: str, code: str
) -> None:
    assert code in [c for _, _, c in imported(tmp_path, imports, fragment)]


def test_a_mistake_in_a_fragment_is_told_in_the_fragment(tmp_path: Path) -> None:
    broken = FRAGMENT.replace("{title: {zh: 承办人, en: officer}}", "{title: {en: officer}}")
    assert ("common.yaml", 2, "missing-key") in imported(
        tmp_path, "{from: common.yaml, roles: officer}", broken
    )
    assert [f.code for f in lint(tmp_path / "common.yaml")] == ["missing-key"]


@pytest.mark.parametrize("file", sorted((CN / "layers").glob("*.yaml")), ids=lambda p: p.stem)
def test_the_layers_that_ship_are_stricter_than_the_national_flow(file: Path) -> None:
    assert [f for f in lint(file) if f.severity == "error"] == []


def test_layers_that_lie_over_each_other_in_a_circle_end_in_a_finding(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{one}.yaml").write_text(
            HEAD.replace("loan.yaml", f"{other}.yaml").replace("LEVEL", "court")
        )
    assert [f.code for f in lint(tmp_path / "a.yaml")] == ["import-cycle"]


def test_a_folder_of_definitions_holds_whole_ones_and_a_layer_is_run_by_its_name(
    tmp_path: Path,
) -> None:
    from zhixing.engine import Engine

    shutil.copytree(CN, tmp_path / "cn")
    with Engine("sqlite://", tmp_path / "cn", drafts=True) as engine:
        assert [p.id for p in engine.registry.all()] == [
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
        ]
        assert engine.registry.current("first_enforcement").definition.layers == ()
    with Engine(
        "sqlite://", [tmp_path / "cn", tmp_path / "cn" / "layers" / "jiayu.yaml"], drafts=True
    ) as engine:
        definition = engine.registry.current("first_enforcement").definition
        assert definition.deadlines["disburse_funds"].length == 5


@pytest.mark.parametrize(
    "line", ["imports: [{from: /etc/passwd, roles: all}]\n", "overlay: /etc/passwd\n"]
)
def test_a_text_that_is_in_no_folder_names_no_files(line: str) -> None:
    with pytest.raises(DefinitionRefused, match="import-nowhere"):
        definition_from_text(LOAN + line)


def test_a_file_that_stands_alone_is_told_apart_by_its_own_bytes(tmp_path: Path) -> None:
    text = LOAN + "# as it was written\n"
    (tmp_path / "loan.yaml").write_text(text)
    loaded = load_definition(tmp_path / "loan.yaml")
    assert loaded.hash == hashlib.sha256(text.encode()).hexdigest()


def test_what_a_layer_adds_again_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "loan.yaml").write_text(LOAN)
    more = "transitions: {notify: {needs: [amount, clue]}}\n"
    (tmp_path / "layer.yaml").write_text(HEAD.replace("LEVEL", "court") + more)
    merged, _ = inspect(tmp_path / "layer.yaml")
    assert merged is not None
    assert [t.needs for t in merged.transitions if t.trigger == "notify"] == [("amount", "clue")]


def test_fragments_may_import_each_other_six_deep(tmp_path: Path) -> None:
    for number in range(1, 9):
        below = f"imports: {{from: f{number + 1}.yaml, roles: all}}\n" if number < 8 else ""
        roles = "roles:\n  officer: {title: {zh: 承办人, en: officer}}\n" if number == 8 else ""
        (tmp_path / f"f{number}.yaml").write_text(f"fragment: f{number}\n{below}{roles}")
    (tmp_path / "loan.yaml").write_text("imports: {from: f1.yaml, roles: all}\n" + LOAN)
    assert "import-cycle" in {f.code for f in inspect(tmp_path / "loan.yaml")[1]}


@pytest.mark.parametrize("count", [MAX_LAYERS, MAX_LAYERS + 1])
def test_so_many_layers_lie_over_one_another_and_no_more(tmp_path: Path, count: int) -> None:
    (tmp_path / "loan.yaml").write_text(LOAN)
    for number in range(count):
        below = f"l{number - 1}.yaml" if number else "loan.yaml"
        head = HEAD.replace("loan.yaml", below).replace("LEVEL", "court")
        (tmp_path / f"l{number}.yaml").write_text(head.replace("nanjing", f"l{number}"))
    found = {finding.code for finding in lint(tmp_path / f"l{count - 1}.yaml")}
    assert ("import-cycle" in found) is (count > MAX_LAYERS), found
