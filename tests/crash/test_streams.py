"""A query whose process is killed at a step of a micro-batch, and started again, has each row once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from glowplug.io.sink_log import SinkLog
from glowplug.testing import STEPS, crash_at

PROGRAM = """
import sys
import glowplug
import pandas as pd
from pyspark.sql import Row
from pyspark.sql import functions as F
from pyspark.sql.streaming import StatefulProcessor

source, out, checkpoint, kind = sys.argv[1:]
spark = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
df = spark.readStream.schema("t TIMESTAMP, k STRING, v INT").option("maxFilesPerTrigger", 1).json(source)
if kind == "windows":
    df = df.withWatermark("t", "10 seconds").groupBy(F.window("t", "10 seconds"), "k").agg(F.sum("v").alias("v"))
    df = df.select(F.unix_timestamp("window.start").alias("t"), "k", "v")
elif kind == "rows of groups":
    df = df.withWatermark("t", "10 seconds").groupBy(F.window("t", "10 seconds"), "k").agg(F.countDistinct("v").alias("v"))
    df = df.select(F.unix_timestamp("window.start").alias("t"), "k", "v")
elif kind == "sessions":  # after another stateful operator
    df = df.withWatermark("t", "10 seconds").dropDuplicates(["t", "k", "v"])
    df = df.groupBy(F.session_window("t", "20 seconds"), "k").agg(F.sum("v").alias("v"))
    df = df.select(F.unix_timestamp("session_window.start").alias("t"), "k", "v")
elif kind == "with state":
    def count(key, frames, state):
        before = state.get[0] if state.exists else 0  # the number of each row, in whichever batch it comes
        n = before + sum(len(frame) for frame in frames)
        state.update((n,))
        yield pd.DataFrame({"k": key[0], "n": range(before + 1, n + 1)})
    df = df.groupBy("k").applyInPandasWithState(count, "k STRING, n LONG", "n LONG", "append", "NoTimeout")
elif kind == "transform":
    class Processor(StatefulProcessor):
        def init(self, handle):
            self.handle = handle
            self.total = handle.getValueState("total", "s LONG")
            self.seen = handle.getListState("seen", "v INT")
            self.count = handle.getMapState("count", "v INT", "n INT")

        def handleInputRows(self, key, rows, timerValues):
            for row in rows:
                self.total.update(((self.total.get() or (0,))[0] + row.v,))
                self.seen.appendValue((row.v,))
                before = self.count.getValue((row.v % 3,)) if self.count.containsKey((row.v % 3,)) else (0,)
                self.count.updateValue((row.v % 3,), (before[0] + 1,))
                self.handle.registerTimer(int(row.t.timestamp()) * 1000 + 30_000)
                if len(list(self.seen.get())) > 12:
                    self.seen.clear()
                    self.count.removeKey((0,))
                yield self.told(key, 0)

        def handleExpiredTimer(self, key, timerValues, expired):
            yield Row(k=key[0], at=expired.getExpiryTimeInMs() // 1000, s=0, n=0, m=0)

        def told(self, key, at):
            seen = [v for v, in self.seen.get()]
            return Row(k=key[0], at=at, s=self.total.get()[0], n=len(seen), m=len(list(self.count.iterator())))

    schema = "k STRING, at LONG, s LONG, n INT, m INT"
    by = df.withWatermark("t", "10 seconds").groupBy("k")
    df = by.transformWithState(Processor(), schema, "append", "EventTime")
elif kind == "distinct":
    df = df.dropDuplicates(["v"]).select("v")  # which row of equal ones is kept is not said
else:
    df = df.select(F.unix_timestamp("t").alias("t"), "k", "v")
writer = df.writeStream.format("parquet").option("checkpointLocation", checkpoint).trigger(availableNow=True)
writer.start(out).awaitTermination()
"""
FILES = len(STEPS) + 2


def run(directory: Path, kind: str, crash: dict[str, str] | None = None) -> int:
    program = directory / "program.py"
    program.write_text(PROGRAM)
    paths = [str(directory / name) for name in ("in", f"out {kind}", f"checkpoint {kind}")]
    return subprocess.run(
        [sys.executable, program, *paths, kind], env={**os.environ, **(crash or {})}, timeout=120, check=False
    ).returncode


def found(directory: Path, kind: str) -> list[tuple]:
    files = [uri.removeprefix("file://").replace("%20", " ") for uri in SinkLog(directory / f"out {kind}").uris()]
    return sorted(tuple(row.values()) for file in files for row in pq.read_table(file).to_pylist())


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("streams") / "in"
    directory.mkdir()
    for n in range(FILES):
        times = [f"2026-01-01T00:{n:02}:{s:02}Z" for s in (1, 25, 50)]
        lines = [{"t": t, "k": "ab"[i % 2], "v": n * i} for i, t in enumerate(times)]
        (directory / f"{n}.json").write_text("\n".join(map(json.dumps, lines)))
        os.utime(directory / f"{n}.json", (1_700_000_000 + n,) * 2)
    return directory


@pytest.mark.parametrize(
    "kind", ["rows", "windows", "rows of groups", "sessions", "distinct", "with state", "transform"]
)
def test_killed_at_every_step(source: Path, tmp_path: Path, kind: str) -> None:
    """One batch after the other dies, each at another step, and the answer is that of a run in peace."""
    peace, war = tmp_path / "peace", tmp_path / "war"
    for directory in (peace, war):
        directory.mkdir()
        (directory / "in").symlink_to(source)
    assert run(peace, kind) == 0
    for step in STEPS:
        batch = last_committed(war, kind) + 1
        begun = (war / f"checkpoint {kind}" / "offsets" / str(batch)).exists()
        if begun and step in ("offsets", "offsets written", "sources committed"):
            batch += 1  # the offsets of one that is done again are there already
        assert run(war, kind, crash_at(step, batch)) == -signal.SIGKILL, step
    assert run(war, kind) == 0
    assert found(war, kind) == found(peace, kind) != []


def last_committed(directory: Path, kind: str) -> int:
    commits = directory / f"checkpoint {kind}" / "commits"
    return max((int(p.name) for p in commits.iterdir() if p.name.isdigit()), default=-1) if commits.exists() else -1
