"""Options that commands share, and the engine that they open."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import click

from ..engine import Actor, DefinitionRefused, Engine
from ..engine.work.discovery import Shelf, Sources
from ..workflow import Law, ZhixingError, shipped_law
from ..workflow.review.pictures import RENDERERS
from .definitions import packaged_definitions
from .output import Output, print_text
from .when import day_or_instant

T = TypeVar("T")
Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

_FLAGS = {"true": True, "false": False}
_DEFAULT_DATABASE = "sqlite:///zhixing.db"

AnyPath = click.Path(path_type=Path)
NewFile = click.Path(path_type=Path, dir_okay=False)


class BadDatabaseUrl(ZhixingError):
    """A URL on the command line names no database that SQLAlchemy can open."""

    code = "database-url"
    zh, en = (
        "数据库地址有误，应如 sqlite:///zhixing.db 或 postgresql+psycopg://用户@主机/库：{why}",
        "the database URL is wrong, it is such as sqlite:///zhixing.db: {why}",
    )


class NoIdentityKeyFile(ZhixingError):
    """The file that holds the key of document numbers cannot be read."""

    code = "identity-key-file"
    zh, en = (
        "无法读取证件号码密钥文件 {file}：{why}",
        "cannot read the key of document numbers {file}: {why}",
    )


class NoAuditKey(ZhixingError):
    """The file that holds the key of the histories cannot be read."""

    code = "audit-key"
    zh, en = "无法读取审计密钥文件 {file}：{why}", "cannot read the audit key {file}: {why}"


def _database() -> str:
    return os.environ.get("ZHIXING_DATABASE", _DEFAULT_DATABASE)


database_option = click.option("--db", "database", default=_database, help="ZHIXING_DATABASE")
definitions_option = click.option(
    "--definitions",
    type=click.Path(path_type=Path, exists=True),
    default=None,
    help="ZHIXING_DEFINITIONS",
    envvar="ZHIXING_DEFINITIONS",
)
drafts_option = click.option(
    "--drafts/--no-drafts",
    default=False,
    help="也按未发布的文件立案，仅供试用 / begin cases on unpublished files too",
    envvar="ZHIXING_DRAFTS",
)
court_option = click.option("--court", default="", help="法院或组织单位 / court or unit")
note_option = click.option("--note", default="", help="理由 / reason")
reason_option = click.option("--note", required=True, help="理由 / reason")
request_option = click.option(
    "--request-id", default=None, help="本次调用的名称 / the name of this call"
)
into_option = click.option(
    "--output", "-o", "into", type=NewFile, help="写入文件 / write to a file"
)


def format_option(default: str) -> Decorator:
    """`--format` of a picture, as `kind`."""
    kinds = click.Choice(sorted(RENDERERS))
    return click.option("--format", "kind", type=kinds, default=default, show_default=True)


def acting(
    *, default: str | None = "console", has_roles: bool = True, help: str = "办理人 / who acts"
) -> Decorator:
    """Give a command `--as` (required without a `default`) and `--role`, as one `actor`."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def wrapped(*args: Any, who: str, roles: tuple[str, ...] = (), **options: Any) -> Any:
            return command(*args, actor=Actor.of(who, *roles), **options)

        if has_roles:
            wrapped = _roles_option(wrapped)
        return _person_option(default, help)(wrapped)

    return decorate


_roles_option = click.option(
    "--role", "roles", multiple=True, help="角色，可多次 / role, repeatable"
)


def _person_option(default: str | None, help: str) -> Decorator:
    if default is None:
        return click.option("--as", "who", required=True, metavar="PERSON", help=help)
    return click.option(
        "--as", "who", default=default, show_default=True, metavar="PERSON", help=help
    )


class Signed(TypedDict):
    """What every verb about versions, the law and the charter takes beside its own."""

    actor: Actor
    note: str
    request_id: str | None


def signing(command: Command) -> Command:
    """Give a command `--as`, `--role`, `--note` and `--request-id`, as one `signed`."""

    @acting(default=None)
    @note_option
    @request_option
    @wraps(command)
    def wrapped(*args: Any, actor: Actor, note: str, request_id: str | None, **options: Any) -> Any:
        signed = Signed(actor=actor, note=note, request_id=request_id)
        return command(*args, signed=signed, **options)

    return wrapped


def calling(command: Command) -> Command:
    """Give a command `--on`, `--request-id` and `--expect-version`, as one `calling`."""

    @click.option("--on", "happened", default=None, metavar="DAY|TIME", help=_ON)
    @request_option
    @click.option(
        "--expect-version", type=int, default=None, help="所见的案件版本 / the version one has seen"
    )
    @wraps(command)
    def wrapped(
        *args: Any,
        happened: str | None,
        request_id: str | None,
        expect_version: int | None,
        **options: Any,
    ) -> Any:
        said: dict[str, Any] = {"request_id": request_id, "expected_version": expect_version}
        if happened is not None:
            said["happened_at"] = day_or_instant(happened)
        return command(*args, calling=said, **options)

    return wrapped


_ON = "发生于何时（补录） / when it happened, if earlier than now"


def pairs(values: Sequence[str]) -> dict[str, Any]:
    """`name=value` arguments; `true` and `false` are flags, `[{…}]` are records (JSON), any other
    text stays text."""
    found: dict[str, Any] = {}
    for text in values:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise click.UsageError(f"{text!r} is not NAME=VALUE")
        found[name] = _records(value) if value.startswith("[{") else _FLAGS.get(value, value)
    return found


def _records(text: str) -> Any:
    """Records as they are written in JSON."""
    try:
        return json.loads(text, parse_float=str)
    except ValueError as error:
        raise click.UsageError(f"{text!r}: {error}") from None


def with_engine(command: Command) -> Command:
    """Give a command `--db`, `--definitions` and `--drafts`, and an open engine."""

    @database_option
    @definitions_option
    @drafts_option
    @wraps(command)
    def wrapped(
        output: Output,
        *args: Any,
        database: str,
        definitions: Path | None,
        drafts: bool,
        **options: Any,
    ) -> Any:
        with tolerant_engine(output, database, definitions, drafts=drafts) as engine:
            return command(output, engine, *args, **options)

    return wrapped


def tolerant_engine(
    output: Output, database: str, definitions: Path | None, *, drafts: bool
) -> Engine:
    """An engine for a command; definitions that are refused are told, and stop nothing.

    Running cases have their versions in the database, and those stay in force.
    """
    try:
        engine = open_engine(database, definitions, drafts=drafts)
    except DefinitionRefused as refused:
        print_text(refused.text(output.lang), err=True)
        stays = output.say(
            "流程定义未获接受，数据库中的版本继续有效",
            "the definitions were refused: the versions in the database stay in force",
        )
        print_text(stays, err=True)
        engine = open_engine(database, ())
    _tell_broken(output, engine)
    return engine


def _tell_broken(output: Output, engine: Engine) -> None:
    """Files that were left out are told, and stop nothing."""
    for file, refused in engine.broken.items():
        count = len(refused.findings)
        words = f"{file} 有 {count} 处错误，未载入", f"{file} has {count} error(s) and was left out"
        print_text(output.say(*words), err=True)


def with_law(command: Command) -> Command:
    """Give a command `--law`, and the tables of law in that folder, or those that are shipped."""

    @click.option(
        "--law",
        "folder",
        type=AnyPath,
        metavar="DIR",
        help="法律表所在目录 / a folder with tables of law",
    )
    @wraps(command)
    def wrapped(output: Output, *args: Any, folder: Path | None, **options: Any) -> Any:
        law = shipped_law() if folder is None else Law.from_folder(folder)
        return command(output, law, *args, **options)

    return wrapped


def open_engine(database: str, definitions: Sources | None, **options: Any) -> Engine:
    """An engine for a command, on the packaged definitions where none are given.

    Entries are chained as `ZHIXING_AUDIT` says, with the key in the file `ZHIXING_AUDIT_KEY`.
    Raises `BadDatabaseUrl`, `NoAuditKey`, `NoIdentityKeyFile` and what `Engine` raises.
    """
    sources = Shelf(packaged_definitions()) if definitions is None else definitions
    chained = _chained()
    identities = _identities()
    return checked_url(lambda: Engine(database, sources, **chained, **identities, **options))


def _chained() -> dict[str, Any]:
    """How entries are chained, as the environment says; a line's end is no part of the key."""
    algorithm = os.environ.get("ZHIXING_AUDIT", "sha256")
    file = os.environ.get("ZHIXING_AUDIT_KEY")
    if not file:
        return {"audit": algorithm}
    try:
        return {"audit": algorithm, "audit_key": Path(file).read_bytes().rstrip(b"\r\n")}
    except OSError as error:
        raise NoAuditKey(file=file, why=error.strerror) from None


def _identities() -> dict[str, Any]:
    """How document numbers are kept: the key in the file `ZHIXING_IDENTITY_KEY`, encrypted where
    `ZHIXING_IDENTITIES` is `encrypted`. Raises `NoIdentityKeyFile`."""
    file = os.environ.get("ZHIXING_IDENTITY_KEY")
    if not file:
        return {}
    is_kept = os.environ.get("ZHIXING_IDENTITIES") == "encrypted"
    try:
        key = Path(file).read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise NoIdentityKeyFile(file=file, why=error.strerror) from None
    return {"identity_key": key, "reversible_identities": is_kept}


def checked_url(open: Callable[[], T]) -> T:
    """What opens a database of a URL. Raises `BadDatabaseUrl`."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        return open()
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise BadDatabaseUrl(why=str(error).splitlines()[0]) from None
