"""Pictures of procedures of the tests, as they were looked at and found right.

`python -m tests.workflow.test_kept_pictures` draws them anew; look at what it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import DATA, LOAN, at
from tests.engine.test_cases import OFFICER
from tests.engine.test_constructs import INSTALMENT, SANCTION
from tests.engine.test_moving import NEW as SHORTER
from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import Definition, Language, definition_from_text
from zhixing.workflow.review.pictures import draw

KEPT = DATA / "pictures" / "kept"
ENDINGS = {"svg": "svg", "mermaid": "mmd", "dot": "dot"}

CHANGED = (
    ("length: 7", "length: 5"),
    ("from: fresh, to: noticed, by: officer", "from: fresh, to: noticed, by: chief"),
    ("{zh: 逾期, en: overdue}", "{zh: 逾期未付, en: not paid}"),
    (
        "  - {trigger: clue,",
        "  - {trigger: call, title: {zh: 电话, en: call}, from: fresh, to: stay, by: officer}\n"
        "  - {trigger: clue,",
    ),
    ("from: [fresh, noticed, overdue], to: lost", "from: [fresh, noticed], to: lost"),
)


def _later() -> Definition:
    """The loan as a later version has it."""
    text = LOAN
    for old, new in CHANGED:
        assert old in text, old
        text = text.replace(old, new, 1)
    return definition_from_text(text.replace("version: 1", "version: 2"))


def _of_loan(kind: str, lang: Language) -> str:
    return draw(definition_from_text(LOAN), kind, lang)


def _of_sanction(kind: str, lang: Language) -> str:
    inside = {"instalment": definition_from_text(INSTALMENT)}
    return draw(definition_from_text(SANCTION), kind, lang, procedures=inside.get)


def _of_versions(kind: str, lang: Language) -> str:
    return draw(_later(), kind, lang, definition_from_text(LOAN))


def _of_a_shorter_version(kind: str, lang: Language) -> str:
    """Beside the loan one without the state `overdue`."""
    return draw(definition_from_text(SHORTER), kind, lang, definition_from_text(LOAN))


def _of_case(kind: str, lang: Language) -> str:
    """A case that was notified, rested and went on, with a limit that is over."""
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine("sqlite://", definition_from_text(LOAN), clock=clock, drafts=True) as engine:
        data = {"amount": "10"}
        engine.open_case("loan", actor=OFFICER, data=data, id="c", number="(2025)1号")
        engine.fire("c", "notify", actor=OFFICER, documents={"notice": "n"})
        engine.fire("c", "clue", actor=OFFICER, data={"clue": "k1"})
        engine.fire("c", "rest", actor=OFFICER)
        engine.fire("c", "resume", actor=OFFICER)
        clock.set(at("2025-03-10 09:00"))
        engine.run_due()
        return engine.diagram("c", kind, lang)


DRAWN: dict[str, Callable[[str, Language], str]] = {
    "loan": _of_loan,
    "sanction": _of_sanction,
    "versions": _of_versions,
    "shorter": _of_a_shorter_version,
    "case": _of_case,
}
EVERY = [
    (KEPT / f"{name}.{lang}.{ending}", partial(drawn, kind, lang))  # type: ignore[arg-type]
    for name, drawn in DRAWN.items()
    for lang in ("zh", "en")
    for kind, ending in ENDINGS.items()
]


@pytest.mark.parametrize(("file", "drawn"), EVERY, ids=[file.name for file, _ in EVERY])
def test_a_picture_is_drawn_as_it_was_looked_at(file: Path, drawn: Callable[[], str]) -> None:
    assert drawn() == file.read_text(encoding="utf-8")


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for file, drawn in EVERY:
        file.write_text(drawn(), encoding="utf-8")
