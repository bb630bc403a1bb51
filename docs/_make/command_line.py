"""The page of the `zhixing` command, made from the help of its commands, which is in two languages.

python docs/_make/command_line.py    writes docs/reference/command-line.md
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from zhixing.console.app import main as zhixing

PAGE = Path(__file__).parent.parent / "reference" / "command-line.md"

_HEAD = """# 命令行 The command line

Made by `make docs`; each command says the same with `--help`. Every command takes `--lang zh|en`
(or `ZHIXING_LANG`) and `--json`; commands on cases take `--db URL` (`ZHIXING_DATABASE`) and
`--definitions PATH` (`ZHIXING_DEFINITIONS`). Exit codes: 0 fine, 1 refused or findings, 2 usage.

本页由 `make docs` 生成。各命令均可加 `--lang zh|en` 与 `--json`；
办理案件的命令以 `--db` 指定数据库，以 `--definitions` 指定流程定义。
退出码：0 正常，1 被拒绝或有问题，2 用法有误。

"""
_EVERYWHERE = {"json", "as_json", "lang", "database", "definitions", "help"}


def page() -> str:
    return _HEAD + "\n".join(_command(name, c) for name, c in _commands("zhixing", zhixing)) + "\n"


def _commands(path: str, group: click.Group) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(f"{path} {name}", command)
        else:
            yield f"{path} {name}", command


def _command(path: str, command: click.Command) -> str:
    told = " ".join((command.help or "").split())
    arguments = [p.make_metavar(click.Context(command)) for p in command.params if _is_argument(p)]
    head = f"## `{' '.join([path, *arguments])}`\n\n{told}\n"
    options = [_option(p) for p in command.params if _is_told(p)]
    return head + ("\n" + "\n".join(options) + "\n" if options else "")


def _is_argument(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument)


def _is_told(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and parameter.name not in _EVERYWHERE


def _option(option: click.Parameter) -> str:
    assert isinstance(option, click.Option)
    help = " ".join((option.help or "").split())
    return f"- `{', '.join(option.opts)}`" + (f" {help}" if help else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
