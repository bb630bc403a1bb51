"""The page of the adapters that come with the library, made from their operations.

python docs/_make/outside_systems.py    writes docs/reference/outside-systems.md
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path

from pydantic import BaseModel

from zhixing.adapters import Operation

PAGE = Path(__file__).parent.parent / "reference" / "outside-systems.md"

_HEAD = """# Outside systems

Made by `make docs` from the adapters that come with the library. A definition names an operation as
`adapter.operation`. Each adapter is set up by `ZHIXING_NAME_URL` (and `ZHIXING_NAME_TOKEN`), and
each has a [simulator](../how-to/use-the-simulators.md) of its name; but the far side of
`other_courts` is [another court](../how-to/entrust-another-court.md).

Amounts are in yuan with two decimals, days are dates; a field with `?` may be left out. Every
operation may also be answered `refused`, with a `reason`. *First asked* is when answers are first
asked for (as a rule they are there by then), *silence* when a person is told that the last one has
not come. *Order*: what a case asks about one thing goes in its order. An operation marked **once**
is never sent a second time: where nobody knows what came of it, a person decides.
"""
_COLUMNS = "| operation | asks | takes | answers with | comes | first asked | silence | |"
_RULE = "| --- | --- | --- | --- | --- | --- | --- | --- |"


def page() -> str:
    return _HEAD + "".join(_adapter(name, kind) for name, kind in _adapters())


def _adapters() -> Iterator[tuple[str, type]]:
    """Those that come with the library, in the order of their entry points' names."""
    for point in sorted(entry_points(group="zhixing.adapters"), key=lambda p: p.name):
        if point.value.startswith("zhixing."):
            yield point.name, point.load()


def _adapter(name: str, kind: type) -> str:
    about = " ".join((kind.__doc__ or "").split()).removeprefix(f"The adapter `{name}`")
    about = about.removeprefix(".").removeprefix(":").strip()
    said = f"{about[:1].upper()}{about[1:]}\n\n" if about else ""
    rows = "\n".join(_row(operation) for operation in kind.operations.values())
    return f"\n## `{name}`\n\n{said}{_COLUMNS}\n{_RULE}\n{rows}\n"


def _row(operation: Operation) -> str:
    cells = [
        f"`{operation.name}`",
        _first_sentence(operation.request),
        _fields(operation.request),
        f"{_first_sentence(operation.answer)} {_fields(operation.answer)}".strip(),
        operation.arrives.value,
        _words(operation.latency),
        _words(operation.silence),
        "; ".join(_notes(operation)),
    ]
    return f"| {' | '.join(cells)} |"


def _first_sentence(shape: type[BaseModel]) -> str:
    paragraph = (shape.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(paragraph.split()).replace("|", "\\|")


def _fields(shape: type[BaseModel]) -> str:
    found = [
        f"`{name}`" if field.is_required() else f"`{name}`?"
        for name, field in shape.model_fields.items()
    ]
    return ", ".join(found)


def _notes(operation: Operation) -> Iterator[str]:
    if not operation.repeatable:
        yield "**once**"
    if operation.ordered_by:
        yield f"order of `{operation.ordered_by}`"
    if operation.counterparty:
        yield f"counterparty `{operation.counterparty}`"
    if operation.per_minute is not None:
        yield f"{operation.per_minute:g} a minute"
    if operation.taken_back_by:
        yield f"taken back by `{operation.taken_back_by}`"


def _words(time: timedelta) -> str:
    """A time in its largest unit."""
    seconds = time.total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s" if seconds else "at once"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
