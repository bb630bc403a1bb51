"""`zhixing import …`: definitions of other systems, written anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import click

from ...workflow import (
    DefinitionRefused,
    Finding,
    Imported,
    Law,
    ReadingFailed,
    ZhixingError,
    from_digit,
    shipped_law,
)
from ...workflow.linting import lint
from ...workflow.source.yaml_reader import raw_bytes
from .._options import AnyPath
from ..definitions import errors_among, installed_operations
from ..findings import print_findings
from ..output import Output, print_text, with_output, write_file


class FileThere(ZhixingError):
    """An import would write over a file; nothing was written."""

    code = "file-there"
    zh, en = (
        "{file} 已存在，未写入任何文件（--into 可指定另一目录）",
        "{file} is there already, and nothing was written (--into names another folder)",
    )


@click.group("import")
def import_() -> None:
    """导入其他系统的流程。 Import definitions of other systems."""


@import_.command()
@click.argument("files", nargs=-1, required=True, type=AnyPath)
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("."),
    metavar="DIR",
    help="写入目录（默认当前目录） / the folder to write to (this one)",
)
@click.option(
    "--effective",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    metavar="DAY",
    help="施行日期（默认今天） / the day it takes effect (today)",
)
@click.option(
    "--zone", default="Asia/Kolkata", show_default=True, help="时区 / the zone of its clock"
)
@with_output
def digit(
    output: Output, files: tuple[Path, ...], folder: Path, effective: date | None, zone: str
) -> None:
    """导入 DIGIT 的业务流程（BusinessServices，JSON），每个业务写成一个定义。
    Write a definition for each business service of DIGIT; exit code 1 when lint finds errors."""
    day = effective or date.today()
    day = date(day.year, day.month, day.day)
    made = [one for file in files for one in _read(file, day, zone)]
    places = [folder / f"{one.id}.yaml" for one in made]
    _write(places, made)
    law, found = shipped_law(), []
    for place, one in zip(places, made, strict=True):
        found.append(_checked(place, law))
        if not output.as_json:
            _print_imported(output, place, one, found[-1])
    if output.as_json:
        output.print_json({"files": list(map(_as_json, places, made, found))})
    raise SystemExit(any(map(errors_among, found)))


def _read(file: Path, effective: date, zone: str) -> list[Imported]:
    try:
        return from_digit(raw_bytes(file), str(file), effective=effective, zone=zone)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None


def _write(places: Sequence[Path], made: Iterable[Imported]) -> None:
    """All of the files, or none where one would be written over."""
    twice = Counter(places) - Counter(set(places))
    there = [*filter(Path.exists, places), *twice]
    if there:
        raise FileThere(file=there[0])
    for place, one in zip(places, made, strict=True):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, one.text)


def _checked(place: Path, law: Law) -> list[Finding]:
    return lint(place, installed_operations(), law)


def _print_imported(
    output: Output, place: Path, made: Imported, findings: Sequence[Finding]
) -> None:
    """What was written, what of it is not as it was, and what lint says."""
    print_text(str(place))
    for note in made.notes:
        print_text(f"  {note.line(output.lang)}")
    print_findings(output, findings)
    count, errors = len(made.notes), len(errors_among(findings))
    output.echo(
        f"  {count} 处未照原样导入；检查发现 {errors} 处错误",
        f"  {count} thing(s) not carried over as they are; {errors} error(s) found by lint",
    )


def _as_json(place: Path, made: Imported, findings: Sequence[Finding]) -> dict[str, object]:
    return {"file": str(place), "id": made.id, "notes": made.notes, "findings": findings}
