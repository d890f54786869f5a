"""Delta tables: the life of one beside Apache Spark's and the library `deltalake` alone, and a stream into one.

`--rows` is the number of rows (10,000,000 by default), `--rate` that of events a second for the latency.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import Any

import psutil

from bench.engines import HERE, HOME, Engine, command, environment, resident_peak
from bench.streams import broker, event, fill, spread, steady

STEPS = ("append", "merge", "optimize", "select before", "select after")
ALONE = Engine("deltalake")
SECONDS = 3600  # of one engine at most


def ask(engine: Engine, *args: str, memory: str | None = None, files: str | None = None) -> dict[str, Any]:
    """What a script found, and as `peak` the bytes that its processes had resident; empty if it failed."""
    HOME.mkdir(exist_ok=True)
    log = HOME / f"{engine.name}-delta.log"
    given = {k: v for k, v in (("MEMORY", memory), ("FILES", files)) if v}
    if engine is ALONE:
        call = [sys.executable, str(HERE / "scripts" / "deltalake_alone.py"), *args[1:]]
        variables = dict(os.environ) | given
    else:
        call = command(engine, HERE / "scripts" / "delta.py", *args)
        variables = environment(engine, connectors=True) | given
    with log.open("a") as errors:
        process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=HOME, env=variables)
    over, peak = threading.Event(), [0]

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], resident_peak(process.pid))

    threading.Thread(target=watch, daemon=True).start()
    try:
        out, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        for child in (*psutil.Process(process.pid).children(recursive=True), process):
            child.kill()
        out = ""
    over.set()
    lines = [line for line in out.splitlines() if line.startswith("{")]
    if not lines:
        print(f"{engine.name} failed {args[0]}, see {log}", file=sys.stderr)
        return {}
    return dict(json.loads(lines[-1])) | {"peak": peak[0]}


def table(engine: Engine, rows: int, memory: str | None = None, files: str | None = None) -> dict[str, Any]:
    """Seconds by the names of STEPS, the table's `answer` in the end, and `peak`."""
    with tempfile.TemporaryDirectory(dir=HOME) as directory:
        return ask(engine, "table", directory, str(rows), memory=memory, files=files)


def latency(engine: Engine, rate: int) -> tuple[float, float, float]:
    """Median, p99 and greatest of the seconds from a record's time to the commit of its row."""
    stop = threading.Event()
    with broker() as brokers, tempfile.TemporaryDirectory(dir=HOME) as directory:
        fill(brokers, "events", iter([event(0)]))
        producer = threading.Thread(target=steady, args=(brokers, "events", rate, stop))
        producer.start()
        try:
            return spread(ask(engine, "latency", directory, str(rate), brokers).get("latencies", []))
        finally:
            stop.set()
            producer.join()


def differ(found: Sequence[dict[str, Any]]) -> bool:
    """Whether engines have come to different tables."""
    return len({tuple(f["answer"]) for f in found if f}) > 1
