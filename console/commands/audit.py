"""`zhixing audit …`, `zhixing events`: histories proven, and handed on as they happen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ...engine import AuditFinding, AuditReport, Engine, FeedEvent
from ...engine.audit.anchor import Anchor, read_anchor
from ...engine.storage.chain import NOT_COVERED, TABLES_NOT_COVERED
from .._options import court_option, into_option, with_engine
from ..output import Output, print_text, with_output, write_page
from ..telling import Telling, Told, local

_Existing = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def audit() -> None:
    """审计：核验历史 / histories proven."""


@audit.command()
@click.argument("case_id", required=False)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="只核验此后写过的案件（UTC） / cases written to since (UTC)",
)
@click.option("--after", default="", help="从此案件之后继续 / go on after this case")
@click.option("--anchor", "file", type=_Existing, help="与锚定文件核对 / hold to an anchor")
@click.option("--rules", is_flag=True, help="按现行规则重算 / decide again by today's rules")
@with_output
@with_engine
def verify(
    output: Output,
    engine: Engine,
    case_id: str | None,
    since: datetime | None,
    after: str,
    file: Path | None,
    rules: bool,
) -> None:
    """核验历史与其所证明的各行是否被改动。
    Hold histories, and the rows they answer for, to what was written (1: found something)."""
    anchor = _anchor_of(file)
    moment = since.replace(tzinfo=UTC) if since is not None else None
    with output.progress() as progress:
        task = progress.add_task(output.say("核验", "verifying"), total=None)
        report = engine.verify(
            case_id,
            after=after,
            since=moment,
            anchor=anchor,
            rules=rules,
            told=None if output.as_json else lambda finding: _print_finding(output, finding),
            progress=lambda done: progress.update(task, completed=done),
        )
    output.answer(_as_json(report), lambda: _print_report(output, report, rules))
    if report.found:
        raise SystemExit(1)


def _anchor_of(file: Path | None) -> Anchor | None:
    return read_anchor(file.read_text(encoding="utf-8")) if file is not None else None


def _as_json(report: AuditReport) -> dict[str, Any]:
    not_covered = {
        "tables": list(TABLES_NOT_COVERED),
        "columns": {
            table: [name for names in reasons.values() for name in names]
            for table, reasons in NOT_COVERED.items()
        },
    }
    findings = [finding.as_json() for finding in report.findings]
    return report.model_dump() | {"findings": findings, "not_covered": not_covered}


def _print_finding(output: Output, finding: AuditFinding) -> None:
    words = output.say(finding.zh, finding.en)
    where = filter(None, (finding.court, finding.case_id, words))
    print_text(f"  ✗ {' '.join(where)} [{finding.code}]")


def _print_report(output: Output, report: AuditReport, rules: bool) -> None:
    cases, entries, found = report.cases, report.entries, report.found
    output.echo(
        f"案件 {cases} 件，历史 {entries} 条，发现 {found} 处",
        f"{cases} case(s), {entries} entries, {found} finding(s)",
    )
    if report.unproven:
        count = report.unproven
        output.echo(
            f"尚未封存的旧案 {count} 件（zhixing audit seal）",
            f"{count} case(s) older than chains are not sealed yet (zhixing audit seal)",
        )
    if rules:
        _print_otherwise(output, report)
    tables = ", ".join(TABLES_NOT_COVERED)
    output.echo(f"不在核验之列：{tables}", f"not covered: {tables}")


def _print_otherwise(output: Output, report: AuditReport) -> None:
    for item in report.otherwise:
        where = f"{item.case_id} {item.seq} {item.what}"
        rules = f"{item.rules} → {item.rules_now}, {item.calendar} → {item.calendar_now}"
        output.echo(
            f"  ≠ {where}：按现行规则结果不同（{rules}）",
            f"  ≠ {where}: would be computed otherwise now ({rules})",
        )
    again, not_repeatable = report.repeated, report.not_repeatable
    output.echo(
        f"重算 {again} 条，不能重算 {not_repeatable} 条",
        f"{again} entries decided again, {not_repeatable} not repeatable",
    )


@audit.command()
@with_output
@with_engine
def seal(output: Output, engine: Engine) -> None:
    """封存升级前的历史：此后可以核验。
    Seal histories that are older than chains; from then on they are proven too."""
    found = engine.seal()
    left = ", ".join(found.left)
    output.answer(
        found.model_dump(),
        lambda: output.echo(
            f"封存 {found.sealed} 件" + (f"，未成 {left}" if left else ""),
            f"{found.sealed} sealed" + (f", not: {left}" if left else ""),
        ),
    )
    if found.left:
        raise SystemExit(1)


@audit.command("anchor")
@court_option
@click.option("--heads", is_flag=True, help="含各案链头，供核对 / with all heads, for verify")
@into_option
@with_output
@with_engine
def anchor_(output: Output, engine: Engine, court: str, heads: bool, into: Path | None) -> None:
    """锚定：全部案件链头的根，一次快照。
    One root over the heads of all cases, in one snapshot: print it, send it, keep it elsewhere
    (1: a head could not be read, and is left out)."""
    anchor = engine.anchor(court=court, heads=heads)
    text = anchor.model_dump_json(exclude_none=True)
    write_page(output, {"format": "json"}, "anchor", f"{text}\n", into)
    if anchor.left_out:
        cases = ", ".join(anchor.left_out)
        said = output.say("链头无法读取，未列入", "left out, the head is unreadable")
        print_text(f"{said}: {cases}", err=True)
        raise SystemExit(1)


@click.command()
@click.option("--after", default="", help="上次最后的位置标记 / the last token of the time before")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@click.option("--court", default=None, help="法院 / court")
@with_output
@with_engine
def events(output: Output, engine: Engine, after: str, limit: int, court: str | None) -> None:
    """全部案件的事件流，不漏不重。 What happened in all cases, in order, each exactly once."""
    found = engine.events(after, limit=limit, court=court)

    telling = Telling(engine, output.lang)

    def lines() -> None:
        for event in found:
            print_text(_line(event, telling.version(event.definition_hash)))

    output.answer({"events": list(found)}, lines)


def _line(event: FeedEvent, told: Told) -> str:
    when = local(event.recorded_at, told.zone)
    what = told.words.entry(event.kind, event.trigger)
    return f"{event.token:<16} {when} {event.case_id} {event.seq} {what} {event.actor}"
