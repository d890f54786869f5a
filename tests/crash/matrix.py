"""Streams for tests that kill them: replayable source × sink that promises exactly once × what is kept between batches.

All have the same rows, some of which move the watermark on to the end, so that a stream puts out in the end what a
batch query does; those are left out of the comparison.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyspark import cloudpickle
from pyspark.sql import Row
from pyspark.sql import functions as F
from pyspark.sql.streaming import StatefulProcessor

from glowplug.io.sink_log import SinkLog
from glowplug.testing import STEPS, crash_at
from tests.crash.forge import Forge

SCHEMA = "t TIMESTAMP, k STRING, v INT"
BATCHES = len(STEPS) + 2
END = "end"


def rows(n: int) -> list[dict[str, Any]]:
    """Those of the nth batch."""
    if n >= BATCHES - 1:
        return [{"t": f"2026-01-02T0{n % 10}:00:00Z", "k": END, "v": n}]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    times = [start + timedelta(minutes=n, seconds=s) for s in (1, 25, 50)]
    return [{"t": f"{t:%Y-%m-%dT%H:%M:%SZ}", "k": "ab"[i % 2], "v": n * i} for i, t in enumerate(times)]


# --- what is computed: of a reader for the stream's rows, which gives others at each call


def on_time(df: Any, column: str = "t") -> Any:
    return df.withWatermark(column, "10 seconds")


def windows(df: Any, *aggregates: Any) -> Any:
    by = on_time(df).groupBy(F.window("t", "10 seconds"), "k").agg(*aggregates)
    return by.select(F.unix_timestamp("window.start").alias("t"), "k", *by.columns[2:])


def sessions(df: Any) -> Any:
    by = df.groupBy(F.session_window("t", "20 seconds"), "k").agg(F.sum("v").alias("v"))
    return by.select(F.unix_timestamp("session_window.start").alias("t"), "k", "v")


def joined(kind: str) -> Callable[[Callable[[], Any]], Any]:
    def build(read: Callable[[], Any]) -> Any:
        left, right = on_time(read()), on_time(read().selectExpr("k AS k2", "t AS u", "v AS w"), "u")
        condition = "k = k2 AND u BETWEEN t AND t + INTERVAL 60 SECONDS AND w % 2 = 0 AND w <> v"
        return left.join(right, F.expr(condition), kind).selectExpr(
            "unix_timestamp(t) AS t", "k", "v", "k2", "unix_timestamp(u) AS u", "w"
        )

    return build


def with_state(read: Callable[[], Any]) -> Any:
    """The number of each row, in whichever batch it comes."""

    def count(key: Any, frames: Iterator[Any], state: Any) -> Iterator[Any]:
        import pandas as pd

        before = state.get[0] if state.exists else 0
        n = before + sum(len(frame) for frame in frames)
        state.update((n,))
        yield pd.DataFrame({"k": key[0], "n": range(before + 1, n + 1)})

    return read().groupBy("k").applyInPandasWithState(count, "k STRING, n LONG", "n LONG", "append", "NoTimeout")


class Processor(StatefulProcessor):
    """All kinds of state, and timers. What is put out depends on rows, not on the batches they come in."""

    def init(self, handle: Any) -> None:
        self.handle = handle
        self.total = handle.getValueState("total", "s LONG")
        self.seen = handle.getListState("seen", "v INT")
        self.count = handle.getMapState("count", "v INT", "n INT")

    def handleInputRows(self, key: Any, rows: Any, timers: Any) -> Iterator[Row]:
        for row in sorted(rows, key=lambda r: r.t):
            self.total.update(((self.total.get() or (0,))[0] + row.v,))
            self.seen.appendValue((row.v,))
            before = self.count.getValue((row.v % 3,)) if self.count.containsKey((row.v % 3,)) else (0,)
            self.count.updateValue((row.v % 3,), (before[0] + 1,))
            self.handle.registerTimer(int(row.t.timestamp()) * 1000 + 30_000)
            if len(list(self.seen.get())) > 12:
                self.seen.clear()
                self.count.removeKey((0,))
            yield self.told(key, 0)

    def handleExpiredTimer(self, key: Any, timers: Any, expired: Any) -> Iterator[Row]:
        yield Row(k=key[0], at=expired.getExpiryTimeInMs() // 1000, s=0, n=0, m=0)

    def told(self, key: Any, at: int) -> Row:
        n, m = len(list(self.seen.get())), len(list(self.count.iterator()))
        return Row(k=key[0], at=at, s=self.total.get()[0], n=n, m=m)


class Mortal(StatefulProcessor):
    """State with a time to live, which outlives the test."""

    def init(self, handle: Any) -> None:
        self.total = handle.getValueState("total", "s LONG", 3_600_000)
        self.seen = handle.getListState("seen", "v INT", 3_600_000)
        self.count = handle.getMapState("count", "v INT", "n INT", 3_600_000)

    def handleInputRows(self, key: Any, rows: Any, timers: Any) -> Iterator[Row]:
        for row in sorted(rows, key=lambda r: r.t):
            self.total.update(((self.total.get() or (0,))[0] + row.v,))
            self.seen.appendValue((row.v,))
            self.count.updateValue((row.v % 3,), (row.v,))
            n, m = len(list(self.seen.get())), len(list(self.count.iterator()))
            yield Row(k=key[0], at=0, s=self.total.get()[0], n=n, m=m)


def transform(processor: type[StatefulProcessor], time: str) -> Callable[[Callable[[], Any]], Any]:
    schema = "k STRING, at LONG, s LONG, n INT, m INT"
    return lambda read: on_time(read()).groupBy("k").transformWithState(processor(), schema, "append", time)


def windows_after_join(read: Callable[[], Any]) -> Any:
    left, right = on_time(read()), on_time(read().selectExpr("k AS k2", "t AS u", "v AS w"), "u")
    both = left.join(right, F.expr("k = k2 AND u BETWEEN t AND t + INTERVAL 60 SECONDS"))
    by = both.groupBy(F.window("t", "10 seconds"), "k").agg(F.sum("w").alias("w"))
    return by.select(F.unix_timestamp("window.start").alias("t"), "k", "w")


KINDS: dict[str, Callable[[Callable[[], Any]], Any]] = {
    "rows": lambda read: read().select(F.unix_timestamp("t").alias("t"), "k", "v"),
    "windows": lambda read: windows(read(), F.sum("v").alias("v"), F.avg("v").alias("m")),
    "rows of groups": lambda read: windows(read(), F.countDistinct("v").alias("v"), F.stddev("v").alias("d")),
    "sessions": lambda read: sessions(on_time(read())),
    "dedup": lambda read: read().dropDuplicates(["v"]).select("v"),  # which row of equal ones is kept is not said
    "dedup within": lambda read: on_time(read()).dropDuplicatesWithinWatermark(["k", "v"]).select("k", "v"),
    "join": joined("inner"),
    "outer join": joined("leftOuter"),
    "full join": joined("fullOuter"),
    "with state": with_state,
    "transform": transform(Processor, "EventTime"),
    "transform, ttl": transform(Mortal, "ProcessingTime"),
    "chained": lambda read: sessions(on_time(read()).dropDuplicates(["t", "k", "v"])),
    "join, then windows": windows_after_join,
    "limit": lambda read: read().limit(BATCHES).selectExpr("1 AS one"),
}
# What these put out is compared with a stream in peace: batches have no state, no timers, and forget nothing.
UNKNOWN_TO_BATCHES = {"with state", "transform", "dedup within", "limit"}


# --- where it comes from, and where it goes


def read(spark: Any, source: str, place: str, streaming: bool) -> Callable[[], Any]:
    """A reader of the rows; as a stream a batch has those of one `rows(n)`."""
    reader = spark.readStream if streaming else spark.read
    match source:
        case "file":
            return lambda: reader.schema(SCHEMA).option("maxFilesPerTrigger", 1).json(f"{place}/in")
        case "delta":
            return lambda: reader.format("delta").option("maxFilesPerTrigger", 1).load(f"{place}/in")
    options = {"kafka.bootstrap.servers": source, "subscribe": place, "startingOffsets": "earliest"}
    if streaming:
        options["maxOffsetsPerTrigger"] = "3"
    parsed = F.from_json(F.col("value").cast("string"), SCHEMA)
    return lambda: reader.format("kafka").options(**options).load().select(parsed.alias("r")).select("r.*")


def stream(kind: str, source: str, place: str, sink: str, out: str, checkpoint: str) -> None:
    """A run of a cell to the end of what there is. `source` and `sink` are formats, or the servers of a Kafka."""
    import glowplug

    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # which workers cannot import
    spark = glowplug.session(**{"spark.sql.session.timeZone": "UTC"})
    df = KINDS[kind](read(spark, source, place, streaming=True)).selectExpr("to_json(struct(*)) AS value")
    writer = df.writeStream.option("checkpointLocation", checkpoint).trigger(availableNow=True)
    if sink in ("parquet", "delta"):
        query = writer.format(sink).start(out)
    else:
        writer = writer.format("kafka").option("kafka.bootstrap.servers", sink).option("topic", out)
        query = writer.option("exactlyOnce", "true").start()
    query.awaitTermination()


def expected(spark: Any, kind: str, place: Path) -> list[str]:
    """What a batch query over the same files answers."""
    df = KINDS[kind](read(spark, "file", str(place), streaming=False))
    return without_end(r[0] for r in df.selectExpr("to_json(struct(*)) AS value").collect())


def answer(spark: Any, forge: Forge, files: Path, kind: str, directory: Path) -> list[str]:
    """Of a batch query; of a stream in peace, for kinds that mean something else in a batch."""
    if kind not in UNKNOWN_TO_BATCHES:
        return expected(spark, kind, files)
    cell = (kind, "file", str(files), "parquet", str(directory / "peace"), str(directory / "peaceful"))
    assert forge.run("tests.crash.matrix:stream", *cell) == 0
    return found(spark, "parquet", str(directory / "peace"))


def without_end(texts: Iterable[str]) -> list[str]:
    return sorted(text for text in texts if f'"k":"{END}"' not in text)


def found(spark: Any, sink: str, out: str) -> list[str]:
    if sink == "parquet":
        files = [uri.removeprefix("file://") for uri in SinkLog(Path(out)).uris()]
        return without_end(v for file in files for v in pq.read_table(file)["value"].to_pylist())
    return without_end(r.value for r in spark.read.format(sink).load(out).collect())


# --- killed


EVERY = os.environ.get("GLOWPLUG_CRASHES") == "all"
OF_SOURCES = ("offsets", "offsets written", "sources committed")  # steps before any state is touched


def kill_at_every_step(forge: Forge, checkpoint: Path, *cell: str) -> None:
    """One batch after the other dies, each at another step, and the run after that comes to the end.

    Steps that only sources know are left out for kinds with state, unless all is asked for.
    """
    for step in STEPS:
        if step in OF_SOURCES and cell[0] != "rows" and not EVERY:
            continue
        batch = _last_committed(checkpoint) + 1
        begun = (checkpoint / "offsets" / str(batch)).exists()
        if begun and step in OF_SOURCES:
            batch += 1  # the offsets of one that is done again are there already
        code = forge.run("tests.crash.matrix:stream", *cell, str(checkpoint), **crash_at(step, batch))
        assert code == -signal.SIGKILL, f"at {step!r} of batch {batch} it ended with {code}"
    assert forge.run("tests.crash.matrix:stream", *cell, str(checkpoint)) == 0


def _last_committed(checkpoint: Path) -> int:
    return max((int(p.name) for p in (checkpoint / "commits").glob("*") if p.name.isdigit()), default=-1)


def make_files(directory: Path) -> None:
    directory.mkdir(parents=True)
    for n in range(BATCHES + 1):
        path = directory / f"{n:02}.json"
        path.write_text("\n".join(map(json.dumps, rows(n))))
        os.utime(path, (1_700_000_000 + n,) * 2)
