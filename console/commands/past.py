"""`zhixing case preview` and `correct`: what would follow, and what was recorded wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click

from ...engine import Actor, Engine, LateAct, Preview, Replacement
from .._options import acting, calling, pairs, with_engine
from ..deadline_table import print_deadlines
from ..history_lines import effects_text
from ..output import Output, print_text, with_output
from ..telling import Telling, local
from ..when import day_or_instant
from .cases import case, document_option, references, show_case


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@click.argument("data", nargs=-1)
@document_option
@click.option("--note", default="")
@click.option("--on", "happened", default=None, metavar="DAY|TIME", help="发生于何时 / when")
@acting()
@with_output
@with_engine
def preview(
    output: Output,
    engine: Engine,
    case_id: str,
    trigger: str,
    data: tuple[str, ...],
    documents: tuple[str, ...],
    note: str,
    happened: str | None,
    actor: Actor,
) -> None:
    """预览动作的后果，不写入任何内容。 What would follow; nothing is written: CASE TRIGGER."""
    found = engine.preview(
        case_id,
        trigger,
        actor=actor,
        data=pairs(data),
        documents=references(documents),
        happened_at=day_or_instant(happened) if happened is not None else None,
        note=note,
    )
    telling = Telling(engine, output.lang)
    output.answer({"preview": found}, lambda: _print_preview(output, found, telling))


def _print_preview(output: Output, found: Preview, telling: Telling) -> None:
    own = telling.version(found.case.definition_hash)
    state = f"{output.pick(found.case, 'state')} ({found.case.state})"
    output.echo(f"如果办理，案件将处于：{state}", f"the case would stand at: {state}")
    for entry in found.entries:
        told = own if entry.case_id == found.case.id else telling.case(entry.case_id)
        words, at = told.words, local(entry.happened_at, told.zone)
        what = words.entry(entry.kind, entry.trigger)
        line = f"  {at} {what}  {words.move(entry.source, entry.target)}"
        print_text(line + effects_text(words, entry.effects))
        requests = [words.title("requests", name) for name in entry.requests]
        _print_list(output, ("预警、超期告知", "alerts"), list(map(words.alert, entry.alerts)))
        _print_list(output, ("对外请求", "requests"), requests)
        _print_list(output, ("任务", "tasks"), list(map(words.work, entry.tasks)))
    if found.deadlines:
        print_deadlines(output, found.deadlines)


def _print_list(output: Output, title: tuple[str, str], names: Sequence[str]) -> None:
    if names:
        print_text(f"    {output.say(*title)}: {', '.join(names)}")


@case.command()
@click.argument("case_id")
@click.option("--data", multiple=True, metavar="NO:FIELD=VALUE", help="第几条的内容改为 / instead")
@click.option("--entry-document", multiple=True, metavar="NO:KIND=REF", help="文书改为 / a paper")
@click.option("--entry-on", multiple=True, metavar="NO:DAY|TIME", help="发生时间改为 / the time")
@click.option("--annul", type=int, multiple=True, help="撤销第几条记录 / entries to annul")
@click.option("--enter", default=None, metavar="TRIGGER", help="同时补录的动作 / an act to enter")
@click.option("--enter-on", default=None, metavar="DAY|TIME", help="何时发生 / when that happened")
@click.option("--enter-data", multiple=True, metavar="FIELD=VALUE", help="其内容 / what it brings")
@click.option("--enter-document", multiple=True, metavar="KIND=REF", help="其文书 / its documents")
@document_option
@click.option("--why", "note", required=True, help="更正理由 / why")
@acting(default=None)
@with_output
@with_engine
@calling
def correct(
    output: Output,
    engine: Engine,
    case_id: str,
    data: tuple[str, ...],
    entry_document: tuple[str, ...],
    entry_on: tuple[str, ...],
    annul: tuple[int, ...],
    documents: tuple[str, ...],
    note: str,
    actor: Actor,
    calling: dict[str, Any],
    **entering: Any,
) -> None:
    """更正第几条记录。 Correct entries of the history, by their numbers: CASE."""
    after = engine.correct(
        case_id,
        actor=actor,
        note=note,
        documents=references(documents),
        replace=_replacements(data, entry_document, entry_on),
        annul=annul,
        enter=_late_act(**entering),
        **calling,
    )
    show_case(output, engine, after)


def _replacements(
    data: Sequence[str], documents: Sequence[str], times: Sequence[str]
) -> dict[int, Replacement]:
    """What is put in the place of what each entry was given."""
    fields, papers, moments = _by_entry(data), _by_entry(documents), _by_entry(times)
    return {
        number: Replacement(
            pairs(fields.get(number, ())),
            references(papers.get(number, ())),
            _last_time(moments.get(number, ())),
        )
        for number in sorted({*fields, *papers, *moments})
    }


def _by_entry(values: Sequence[str]) -> dict[int, list[str]]:
    """`NO:REST` by the number of the entry."""
    found: dict[int, list[str]] = {}
    for text in values:
        number, separator, rest = text.partition(":")
        if not (separator and number.isascii() and number.isdecimal()):
            raise click.UsageError(f"{text!r} is not NO:VALUE")
        found.setdefault(int(number), []).append(rest)
    return found


def _last_time(values: Sequence[str]) -> date | datetime | None:
    return day_or_instant(values[-1]) if values else None


def _late_act(
    enter: str | None,
    enter_on: str | None,
    enter_data: tuple[str, ...],
    enter_document: tuple[str, ...],
) -> LateAct | None:
    """The act that is entered together with the correction, which says when it happened."""
    if (enter is None) != (enter_on is None):
        raise click.UsageError("--enter 与 --enter-on 须同时写明 / --enter goes with --enter-on")
    if enter is None or enter_on is None:
        return None
    at = day_or_instant(enter_on)
    return LateAct(enter, at, pairs(enter_data), references(enter_document))
