"""A simulator in a process of its own: `python -m zhixing.adapters.simulators NAME`.

It prints one line of JSON with its `url` when it listens, and ends on SIGTERM. Callbacks are signed
with the secret in ZHIXING_SIMULATOR_SECRET.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...workflow.errors import ZhixingError
from .catalogue import WORLDS
from .faults import PROFILES, FaultProfile
from .simulator import START, Simulator


def main(arguments: list[str]) -> int:
    """Run a simulator until it is told to stop; gives 2 for what it does not understand."""
    given = _parser().parse_args(arguments)
    stop = threading.Event()
    for ends in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ends, lambda *_: stop.set())
    try:
        simulator = _simulator(given)
    except (ZhixingError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    with simulator:
        print(json.dumps({"name": given.name, "url": simulator.url}), flush=True)
        stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m zhixing.adapters.simulators")
    parser.add_argument("name", choices=sorted(WORLDS))
    parser.add_argument("--port", type=_port, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--faults", type=_profile, default="none", help="a name, a file or JSON")
    parser.add_argument("--clock", choices=["real", "ticks"], default="real")
    parser.add_argument("--start", type=_moment, default=START, help="of a clock that is ticked")
    parser.add_argument("--day-seconds", type=float, default=0.0)
    parser.add_argument("--callback", default="", help="where answers are posted to")
    return parser


def _simulator(given: argparse.Namespace) -> Simulator:
    options: dict[str, Any] = dict(vars(given))
    return Simulator(**options, secret=os.environ.get("ZHIXING_SIMULATOR_SECRET", ""))


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < 65_536):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _profile(text: str) -> FaultProfile:
    """A profile by its name, as JSON, or in a file."""
    if text in PROFILES:
        return PROFILES[text]
    try:
        written = text if text.startswith("{") else Path(text).read_text(encoding="utf-8")
        return FaultProfile.model_validate_json(written)
    except (OSError, ValidationError) as error:
        raise argparse.ArgumentTypeError(f"no profile of faults: {error}") from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("a moment has its zone")
    return moment


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
