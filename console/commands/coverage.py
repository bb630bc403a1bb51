"""`zhixing coverage`: which definition and line carries out each row of the law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from ...adapters import known_operations
from ...workflow import Definition, Law, load_definition
from ...workflow.language import Words
from ...workflow.law.reference import SECTIONS, Reference
from ...workflow.review.coverage import ROWS, Coverage, Entry, Place, coverage, coverage_page
from ...workflow.source.yaml_reader import start_of
from .._options import AnyPath
from ..checked_files import is_definition, to_be_checked
from ..definitions import packaged_definitions
from ..output import Output, print_text, with_output

_Files = tuple[Path, ...]


@click.command("coverage")
@click.argument("files", nargs=-1, type=AnyPath)
@click.option(
    "--law",
    "folder",
    type=AnyPath,
    metavar="DIR",
    help="法律表所在目录 / a folder with tables of law",
)
@click.option("--markdown", is_flag=True, help="Markdown 页面 / as a page in Markdown")
@with_output
def coverage_of_law(output: Output, files: _Files, folder: Path | None, markdown: bool) -> None:
    """法定期限及流程各部分由哪个定义的哪一行执行，或者为何没有（默认：随库定义）。
    Which definition and line carries out each statutory limit, and each part of the procedure as
    courts know it, or why none does; of FILES, or of the definitions of the library."""
    shipped = packaged_definitions()
    law = folder or shipped / "law"
    definitions = _definitions(files or (shipped / "cn",))
    found = coverage(definitions, Law.from_folder(law), Reference.from_folder(law), _adapters())
    if markdown:
        print_text(coverage_page(found), nl=False)
    else:
        output.answer(found.as_json(), lambda: _print(output, found))
    if found.unsettled:
        raise SystemExit(1)


def _definitions(files: Iterable[Path]) -> Iterator[Definition]:
    return map(load_definition, filter(is_definition, to_be_checked(files)))


def _adapters() -> Iterator[Place]:
    """The adapters that are installed, each where its operations are told."""
    at = start_of("docs/reference/outside-systems.md")
    names = dict.fromkeys(operation.partition(".")[0] for operation in known_operations())
    return (Place(f"adapters.{name}", at) for name in names)


def _print(output: Output, found: Coverage) -> None:
    """Every row and part on a line, and how many of them are there."""
    _print_section(output, ROWS, found.rows)
    for name, listed in found.sections.items():
        _print_section(output, SECTIONS[name], listed)
    rows, count = len(found.rows), found.carried_out
    output.echo(
        f"\n{rows} 行法定期限，{count} 行已执行（{count / max(rows, 1):.1%}）",
        f"\n{count} of {rows} statutory limits are carried out ({count / max(rows, 1):.1%})",
    )
    for entry in found.unsettled:
        named = ", ".join(entry.unknown)
        output.echo(f"待核对：{entry.id} {named}", f"to be seen to: {entry.id} {named}")


def _print_section(output: Output, title: Words, entries: Iterable[Entry]) -> None:
    """Each entry with where it is, or why it is nowhere."""
    print_text(f"\n{output.words(title)}")
    for entry in entries:
        there = "; ".join(map(str, entry.places)) or output.words(entry.reason)
        print_text(f"{entry.id} {output.words(entry.words)}: {there}")
