"""`zhixing simulator …`: outside systems that are not there, for trials and training."""

from __future__ import annotations

import sys

import click

from ...adapters.simulators.catalogue import WORLDS
from ..output import Output, with_output

_PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@click.group()
def simulator() -> None:
    """外部系统模拟器 / simulators of outside systems."""


@simulator.command("list")
@with_output
def list_(output: Output) -> None:
    """可用的模拟器。 The simulators that there are."""
    names = sorted(WORLDS)
    output.answer({"simulators": names}, lambda: output.line("\n".join(names)))


@simulator.command(context_settings=_PASSED_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="NAME [OPTION…]")
def start(arguments: tuple[str, ...]) -> None:
    """启动一个模拟器，Ctrl-C 结束；选项见 --help。
    Run a simulator until it is stopped; `--help` shows its options."""
    from ...adapters.simulators.__main__ import main

    sys.exit(main(list(arguments)))
