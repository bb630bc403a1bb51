"""How long `import zhixing.engine` takes."""

from __future__ import annotations

import statistics
import subprocess
import sys


def seconds() -> float:
    """The median of seven fresh processes, by `python -X importtime`, in seconds."""
    found = []
    for _ in range(7):
        result = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", "import zhixing.engine"],
            capture_output=True,
            text=True,
            check=True,
        )
        last = [line for line in result.stderr.splitlines() if line.endswith(" zhixing.engine")][-1]
        found.append(int(last.split("|")[1]) / 1e6)
    return statistics.median(found)
