"""A process that makes workers and kills them: `python -m tests.engine.chaos URL DEFINITIONS KILLS
SEED WRITERS`.

Workers are forked from this process, so that hundreds of lives and deaths take seconds. Each is
killed (SIGKILL) at a random moment while others, and writers that bring events to the same cases,
go on.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from zhixing.engine import Actor, DatabaseBusy, Engine, LostRace
from zhixing.engine.background.enforcement import run_batch

OFFICER = Actor.of("load", "officer")


def work(url: str, definitions: str) -> None:
    with Engine(url, definitions, drafts=True) as engine:
        while True:
            try:
                if not run_batch(engine, 5):
                    time.sleep(0.005)
            except DatabaseBusy:
                time.sleep(0.01)


def write(url: str, definitions: str, seed: int) -> None:
    chance = random.Random(seed)
    with Engine(url, definitions, drafts=True) as engine:
        ids = [case.id for case in engine.query(limit=10_000)]
        while True:
            with suppress(LostRace, DatabaseBusy):
                engine.fire(chance.choice(ids), "touch", actor=OFFICER)
            time.sleep(0.002)


def fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(1)
    return pid


def main(url: str, definitions: str, kills: int, seed: int, writers: int) -> None:
    chance = random.Random(seed)
    loads = [fork(lambda n=n: write(url, definitions, seed + n)) for n in range(writers)]  # type: ignore[misc]
    workers = [fork(lambda: work(url, definitions)) for _ in range(2)]
    for _ in range(kills):
        time.sleep(chance.uniform(0.001, 0.12))
        victim = workers.pop(chance.randrange(len(workers)))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        workers.append(fork(lambda: work(url, definitions)))
    for pid in workers + loads:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    print(f"{kills} kills", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
