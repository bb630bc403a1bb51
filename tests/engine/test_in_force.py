"""Which version governs: the most special one in force for a court on the day of the application;
layers only over the base that is in force; tables of law in force, changed by two persons."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import LOAN, ROOT, at
from tests.courts import CHARTER, EDITOR, PUBLISHER
from zhixing.engine import (
    Actor,
    DefinitionDamaged,
    DefinitionRefused,
    Engine,
    NotAllowed,
    NotPublished,
    PublicationRefused,
    VirtualClock,
)
from zhixing.engine.errors import UnknownProcedure
from zhixing.engine.work.discovery import Shelf
from zhixing.workflow import (
    Definition,
    Law,
    definition_from_text,
    load_definition,
)
from zhixing.workflow.law.law import shipped_law

TOP = "beijing"
DATED = LOAN.replace(
    "  open: {by: [officer, chief], form: loan}",
    "  open: {by: [officer, chief], form: loan, dated_by: applied_on}",
).replace(
    "  loan: {title: {zh: 借款, en: loan}, fields: {amount: , due_days: }}",
    "  loan: {title: {zh: 借款, en: loan}, fields: {amount: , due_days: , applied_on: }}",
)
DATED = DATED.replace(
    "data:\n", "data:\n  applied_on: {type: date, title: {zh: 申请日, en: applied on}}\n", 1
)
LAYER = """
overlay: loan.yaml
level: court
id: haidian
title: {zh: 海淀借款, en: loan in Haidian}
version: 1
effective: 2024-01-01
deadlines: {answer: {length: 4}}
"""


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, clock=clock, upgrade=True) as engine:
        engine.set_first_charter(CHARTER)
        yield engine


def version(number: int, days: int, effective: str = "2024-01-01", text: str = LOAN) -> Definition:
    changed = text.replace("version: 1", f"version: {number}", 1)
    changed = changed.replace("effective: 2024-01-01", f"effective: {effective}", 1)
    return definition_from_text(changed.replace("    length: 7\n", f"    length: {days}\n"))


def begins(court: Engine, where: str, **data: str) -> str:
    """The version that a case begins on which is opened in a court now."""
    officer = Actor.of("li", "officer", at=where)
    case = court.open_case("loan", actor=officer, court=where, data={"amount": "10", **data})
    return next(v.version for v in court.versions() if v.definition_hash == case.definition_hash)


def put(court: Engine, definition: Definition, unit: str = "", days: str = "") -> int:
    effective = date.fromisoformat(days) if days else None
    editor, publisher = (
        Actor.of(who.id, *who.roles, at=unit or TOP) for who in (EDITOR, PUBLISHER)
    )
    proposed = court.propose_version(definition, court=unit, effective=effective, actor=editor)
    return court.decide_version(proposed.id, actor=publisher).id


def layer_over(folder: Path, base: Definition, number: int = 1) -> Definition:
    (folder / "loan.yaml").write_text(base.source_text)
    (folder / "layer.yaml").write_text(LAYER.replace("version: 1", f"version: {number}"))
    return load_definition(folder / "layer.yaml")


def test_the_most_special_version_governs(court: Engine) -> None:
    put(court, version(1, 9))
    put(court, version(2, 8), "beijing")
    special = put(court, version(3, 7), "haidian")
    assert (begins(court, "haidian"), begins(court, "chaoyang")) == ("3", "2")
    court.withdraw_version(special, actor=Actor.of("wang", "procedure_publisher", at="haidian"))
    assert begins(court, "haidian") == "2"


def test_a_court_where_nothing_is_in_force_opens_no_case(court: Engine) -> None:
    put(court, version(1, 7), "haidian")
    assert begins(court, "haidian") == "1"
    with pytest.raises(NotPublished, match="chaoyang"):
        begins(court, "chaoyang")


def test_a_published_version_is_put_in_force_court_by_court(
    court: Engine, clock: VirtualClock
) -> None:
    one = version(1, 7)
    put(court, one, "haidian")
    put(court, one, "chaoyang", "2025-03-05")
    with pytest.raises(PublicationRefused, match="published already"):
        put(court, one, "haidian")
    with pytest.raises(NotPublished):
        begins(court, "chaoyang")
    clock.set(at("2025-03-05 00:00"))
    assert begins(court, "chaoyang") == "1"
    with pytest.raises(PublicationRefused, match="not before"):
        put(court, version(2, 5, "2025-06-01"), "haidian", "2025-05-01")


def test_a_case_begins_on_the_law_of_the_day_it_was_applied_for(
    court: Engine, clock: VirtualClock
) -> None:
    put(court, version(1, 9, text=DATED))
    put(court, version(2, 5, "2025-03-03", text=DATED))
    clock.set(at("2025-03-04 09:00"))
    assert begins(court, "haidian") == "2"
    assert begins(court, "haidian", applied_on="2025-03-02") == "1"
    assert begins(court, "haidian", applied_on="2025-03-03") == "2"
    put(court, version(3, 3, "2025-04-01", text=DATED))
    assert begins(court, "haidian", applied_on="2025-04-02") == "2", "a day to come is none"


def test_a_layer_governs_while_its_base_does_and_is_then_to_be_renewed(
    court: Engine, tmp_path: Path
) -> None:
    base = version(1, 7)
    put(court, base)
    put(court, layer_over(tmp_path, base), "haidian")
    assert (begins(court, "haidian"), begins(court, "chaoyang")) == ("1+haidian.1", "1")
    assert court.renewals() == ()
    newer = version(2, 6)
    again = put(court, newer)
    assert (begins(court, "haidian"), begins(court, "chaoyang")) == ("2", "2")
    (renewal,) = court.renewals("loan")
    assert (renewal.layer.version, renewal.layer.court) == ("1+haidian.1", "haidian")
    assert renewal.governs == newer.hash
    assert any("6" in change.en and "4" in change.en for change in renewal.changes)
    put(court, layer_over(tmp_path, newer, 2), "haidian")
    assert begins(court, "haidian") == "2+haidian.2"
    court.withdraw_version(again, actor=Actor.of("wang", "procedure_publisher", at=TOP))
    assert begins(court, "haidian") == "1+haidian.1", (
        "the first base is in force again, and so its layer"
    )


def test_a_layer_lies_over_what_is_in_force_there(court: Engine, tmp_path: Path) -> None:
    put(court, version(1, 7))
    with pytest.raises(PublicationRefused, match="lay it over"):
        put(court, layer_over(tmp_path, version(9, 7)), "haidian")


def test_a_file_that_says_it_is_a_layer_is_held_to_what_it_names(court: Engine) -> None:
    base = version(1, 7)
    put(court, base)
    title = "title: {zh: 海淀, en: Haidian}"
    forged = (
        f"layers: [{{level: court, id: x, {title}, version: 1, over: {base.hash}}}]\ninitial: fresh"
    )
    looser = version(2, 30).source_text.replace("initial: fresh", forged, 1)
    with pytest.raises(DefinitionRefused, match="looser"):
        put(court, definition_from_text(looser), "haidian")


def test_each_unit_publishes_for_itself_and_what_is_below(court: Engine) -> None:
    with pytest.raises(NotAllowed, match="procedure_editor"):
        court.propose_version(
            version(1, 7), court="beijing", actor=Actor.of("li", "procedure_editor", at="haidian")
        )
    proposed = court.propose_version(
        version(1, 7), court="haidian", actor=Actor.of("li", "procedure_editor", at="beijing")
    )
    with pytest.raises(NotAllowed, match="procedure_publisher"):
        court.decide_version(
            proposed.id, actor=Actor.of("wang", "procedure_publisher", at="chaoyang")
        )


def test_one_broken_file_of_a_folder_stops_nothing_else(
    tmp_path: Path, clock: VirtualClock
) -> None:
    (tmp_path / "loan.yaml").write_text(LOAN)
    (tmp_path / "bad.yaml").write_text(LOAN.replace("to: noticed", "to: nowhere"))
    with Engine("sqlite://", tmp_path, clock=clock, drafts=True) as engine:
        assert [Path(name).name for name in engine.broken] == ["bad.yaml"]
        assert engine.open_case("loan", actor=Actor.of("li", "officer")).state == "fresh"


def test_the_definitions_of_a_shelf_are_read_when_they_are_asked_for(
    tmp_path: Path, clock: VirtualClock
) -> None:
    (tmp_path / "loan.yaml").write_text(LOAN)
    (tmp_path / "other.yaml").write_text(LOAN.replace("id: loan", 'id: "other"') + "no_key: 1\n")
    (tmp_path / "nameless.yaml").write_text("title: {zh: 无, en: none}\n")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    with Engine("sqlite://", Shelf(tmp_path), clock=clock) as engine:
        assert engine.registry.names() == ["loan", "nameless", "other"]
        assert [Path(name).name for name in engine.broken] == ["gone.yaml"]
        assert engine.registry.current("loan").definition.hash == definition_from_text(LOAN).hash
        for broken in ("other", "nameless"):
            with pytest.raises(DefinitionRefused):
                engine.registry.current(broken)
        with pytest.raises(UnknownProcedure, match="loan, nameless, other"):
            engine.registry.current("none")


# -- tables of law


def changed_law(folder: Path) -> Law:
    """The shipped tables, with the answer to a request made shorter than the loan has it."""
    shutil.copytree(ROOT / "definitions" / "law", folder / "law")
    table = folder / "law" / "time_limits.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    mine = [f"{row.split(',')[0]}" for row in rows]
    assert "filing-review" in mine
    shorter = [
        row.replace(",7,day,", ",5,day,") if row.startswith("filing-review,") else row
        for row in rows
    ]
    table.write_text("\n".join([head, *shorter]) + "\n", encoding="utf-8")
    about = folder / "law" / "law.yaml"
    now = int(shipped_law().version)
    about.write_text(about.read_text().replace(f"version: {now}", f"version: {now + 1}"))
    return Law.from_folder(folder / "law")


def test_tables_of_law_are_changed_by_two_persons_and_versions_are_held_to_them(
    court: Engine, tmp_path: Path
) -> None:
    text = LOAN.replace("    length: 7\n", "    length: 7\n    law: filing-review\n")
    lawful = definition_from_text(text.replace("  waive: {by: chief}\n", ""))
    law = changed_law(tmp_path)
    editor, publisher = (Actor.of(who.id, *who.roles, at=TOP) for who in (EDITOR, PUBLISHER))
    assert court.law().version == shipped_law().version
    proposed = court.propose_law(law, actor=editor)
    both = Actor.of("li", "procedure_editor", "procedure_publisher", at=TOP)
    with pytest.raises(PublicationRefused, match="nobody publishes"):
        court.decide_law(proposed.id, actor=both)
    with pytest.raises(NotAllowed):
        court.decide_law(proposed.id, actor=Actor.of("zhou", "chief", at=TOP))
    assert court.propose_version(lawful, actor=editor).status == "proposed"
    court.decide_law(proposed.id, actor=publisher)
    assert (court.law().version, court.law().hash) == (law.version, law.hash)
    with pytest.raises(DefinitionRefused, match="longer than"):
        court.propose_version(
            definition_from_text(lawful.source_text.replace("version: 1", "version: 2", 1)),
            actor=editor,
        )
    with pytest.raises(PublicationRefused, match="taken"):
        court.propose_law(law, actor=editor)


def test_tables_of_law_that_were_changed_in_the_database_are_refused(
    court: Engine, tmp_path: Path
) -> None:
    law = changed_law(tmp_path)
    editor, publisher = (Actor.of(who.id, *who.roles, at=TOP) for who in (EDITOR, PUBLISHER))
    court.decide_law(court.propose_law(law, actor=editor).id, actor=publisher)
    with court.database.begin() as connection:
        connection.execute(
            sa.text("UPDATE zx_definitions SET text = replace(text, '5,day', '9,day')")
        )
    with pytest.raises(DefinitionDamaged):
        court.propose_version(version(1, 7), actor=editor)


def test_a_damaged_text_that_another_replaced_stops_nothing(
    court: Engine, database: str, clock: VirtualClock
) -> None:
    put(court, version(11, 9))
    put(court, version(2, 8))
    put(court, version(13, 7, "2099-01-01"))
    with court.database.begin() as connection:
        connection.execute(
            sa.text("UPDATE zx_definitions SET text = text || '#' WHERE version IN ('11', '13')")
        )
    with Engine(database, clock=clock) as fresh:
        assert begins(fresh, "haidian") == "2"
        fresh.withdraw_version(
            next(v.id for v in fresh.versions() if v.version == "2"),
            actor=Actor.of("wang", "procedure_publisher", at=TOP),
        )
        with pytest.raises(DefinitionDamaged):
            begins(fresh, "haidian")
