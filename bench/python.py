"""User code: functions over five million rows and over ten thousand groups, beside the loops that bound them.

The limit of each is a bare loop in one process that calls the function and does nothing else: over integers, over
the frames of 10,000 rows that Spark hands to functions, over the frames of groups.
"""

import time
from statistics import median

import numpy as np
import pandas as pd

from bench.engines import Engine, Worker

ROWS, GROUPS, GROUP_ROWS, BATCH_ROWS = 5_000_000, 10_000, 100, 10_000
RUNS = 4
KINDS = {
    "udf": ROWS,
    "pandas_udf": ROWS,
    "mapInPandas": ROWS,
    "applyInPandas": GROUPS * GROUP_ROWS,
}


def run(engine: Engine) -> dict[str, float]:
    """Median seconds of each kind, after one run that is not counted; NaN for what an engine cannot do."""
    found = {}
    with Worker(engine) as worker:
        for kind, rows in KINDS.items():
            answers = [worker.ask("python", kind=kind, rows=str(rows), groups=str(GROUPS)) for _ in range(RUNS + 1)]
            wrong = next((a for a in answers if a.get("rows") != rows), None)
            if wrong is not None:
                print(f"{engine.name}: {kind}: {wrong.get('error', 'wrong number of rows')}")
            found[kind] = float("nan") if wrong else median(a["seconds"] for a in answers[1:])
    return found


def limits() -> dict[str, float]:
    """Seconds of the bare loops, the least of the runs."""
    numbers = list(range(ROWS))
    frames = [pd.DataFrame({"id": np.arange(BATCH_ROWS)}) for _ in range(ROWS // BATCH_ROWS)]
    columns = {
        "k": np.zeros(GROUP_ROWS, np.int64),
        "v": np.arange(GROUP_ROWS, dtype=np.float64),
    }
    groups = [pd.DataFrame(columns) for _ in range(GROUPS)]
    loops = {
        "udf": lambda: [_plus(x) for x in numbers],
        "pandas_udf": lambda: [frame["id"] + 1 for frame in frames],
        "mapInPandas": lambda: [frame.assign(id=frame.id + 1) for frame in frames],
        "applyInPandas": lambda: [frame.assign(v=frame.v - frame.v.mean()) for frame in groups],
    }
    return {kind: min(_seconds(loop) for _ in range(RUNS)) for kind, loop in loops.items()}


def _plus(x: int) -> int:
    return x + 1


def _seconds(loop: object) -> float:
    assert callable(loop)
    start = time.perf_counter()
    loop()
    return time.perf_counter() - start
