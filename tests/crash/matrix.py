"""Streams for tests that kill them: replayable source × sink that promises exactly once × what is kept between batches.

All have the same rows, some of which move the watermark on to the end, so that a stream puts out in the end what a
batch query does; those are left out of the comparison.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyspark import cloudpickle
from pyspark.sql import functions as F
from pyspark.sql.datasource import DataSource, SimpleDataSourceStreamReader

from glowplug.testing import STEPS, crash_at
from tests.crash import kinds
from tests.crash.forge import Forge

SCHEMA = "t TIMESTAMP, k STRING, v INT"
BATCHES = len(STEPS) + 2
END = "end"
FILES = ("parquet", "csv", "json", "text", "orc")
SERVED = {"rate": "rowsPerSecond", "rate-micro-batch": "rowsPerBatch"}  # sources of numbers, which never end
AT_ONCE = 6  # of their rows


def rows(n: int) -> list[dict[str, Any]]:
    """Those of the nth batch."""
    if n >= BATCHES - 1:
        return [{"t": f"2026-01-02T0{n % 10}:00:00Z", "k": END, "v": n}]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    times = [start + timedelta(minutes=n, seconds=s) for s in (1, 25, 50)]
    return [{"t": f"{t:%Y-%m-%dT%H:%M:%SZ}", "k": "ab"[i % 2], "v": n * i} for i, t in enumerate(times)]


TEXTS = [json.dumps(row) for n in range(BATCHES + 1) for row in rows(n)]


# --- where it comes from, and where it goes


class Numbers(DataSource):
    """A user's source, each of whose reads has what is one batch elsewhere."""

    @classmethod
    def name(cls) -> str:
        return "python"

    def schema(self) -> str:
        return "value STRING"

    def simpleStreamReader(self, schema: Any) -> SimpleDataSourceStreamReader:
        return Reader()


class Reader(SimpleDataSourceStreamReader):
    def initialOffset(self) -> dict[str, int]:
        return {"n": 0}

    def read(self, start: dict[str, int]) -> tuple[Iterator[tuple[str]], dict[str, int]]:
        end = {"n": min(start["n"] + 1, BATCHES + 1)}
        return self.readBetweenOffsets(start, end), end

    def readBetweenOffsets(self, start: dict[str, int], end: dict[str, int]) -> Iterator[tuple[str]]:
        return iter([(json.dumps(row),) for n in range(start["n"], end["n"]) for row in rows(n)])


def read(spark: Any, source: str, place: str, streaming: bool) -> Callable[[], Any]:
    """A reader of the rows; as a stream a batch has those of one `rows(n)`, where the source lets it."""
    reader, value = spark.readStream if streaming else spark.read, F.col("value").cast("string")
    match source:
        case "file":
            return lambda: reader.schema(SCHEMA).option("maxFilesPerTrigger", 1).json(f"{place}/in")
        case "delta":
            return lambda: reader.format("delta").option("maxFilesPerTrigger", 1).load(f"{place}/in")
        case "rate" | "rate-micro-batch":
            texts = reader.format(source).option(SERVED[source], AT_ONCE)
            value = F.try_element_at(F.array(*map(F.lit, TEXTS)), (F.col("value") + 1).cast("int"))
        case "python":
            spark.dataSource.register(Numbers)
            texts = reader.format("python")
        case servers:
            options = {"kafka.bootstrap.servers": servers, "subscribe": place, "startingOffsets": "earliest"}
            texts = reader.format("kafka").options(**options, **({"maxOffsetsPerTrigger": "3"} if streaming else {}))
    return lambda: texts.load().select(F.from_json(value, SCHEMA).alias("r")).where("r.t IS NOT NULL").select("r.*")


def stream(kind: str, source: str, place: str, sink: str, out: str, checkpoint: str) -> None:
    """A run of a cell to the end of what there is. `source` and `sink` are formats, or the servers of a Kafka."""
    import glowplug

    for module in (kinds, sys.modules[__name__]):  # which workers cannot import
        cloudpickle.register_pickle_by_value(module)
    spark = glowplug.session(**{"spark.sql.session.timeZone": "UTC", "spark.sql.warehouse.dir": out})
    df = kinds.KINDS[kind](read(spark, source, place, streaming=True)).selectExpr("to_json(struct(*)) AS value")
    writer = df.writeStream.option("checkpointLocation", checkpoint)
    if source not in (*SERVED, "python"):
        writer = writer.trigger(availableNow=True)
    query = _start(writer, sink, out, checkpoint)
    if source in SERVED:
        _await_last_row(query)
    elif source == "python":
        query.processAllAvailable()
    else:
        query.awaitTermination()
    query.stop()


def _start(writer: Any, sink: str, out: str, checkpoint: str) -> Any:
    if sink in (*FILES, "delta"):
        return writer.format(sink).start(out)
    if sink == "table":
        return writer.toTable("t")
    if sink == "foreachBatch":  # once by a transaction of its own

        def put(df: Any, batch: int) -> None:
            df.write.format("delta").options(txnAppId=checkpoint, txnVersion=batch).mode("append").save(out)

        return writer.foreachBatch(put).start()
    writer = writer.format("kafka").option("kafka.bootstrap.servers", sink).option("topic", out)
    return writer.option("exactlyOnce", "true").start()


def _await_last_row(query: Any) -> None:
    """Until numbers have come to their end, and some batches have followed, each of which may move a watermark on."""

    def over(progress: Any) -> bool:
        ends = [json.loads(s.endOffset) for s in progress.sources]
        return all((e["offset"] if isinstance(e, dict) else e * AT_ONCE) >= len(TEXTS) for e in ends)

    while query.isActive and sum(map(over, query.recentProgress)) < 5:
        time.sleep(0.05)
    if query.exception() is not None:
        query.awaitTermination()


def answer(spark: Any, kind: str, files: Path) -> list[str]:
    """Of a batch query over the same rows."""
    df = kinds.BATCH[kind](read(spark, "file", str(files), streaming=False))
    return without_end(r[0] for r in df.selectExpr("to_json(struct(*)) AS value").collect())


def without_end(texts: Iterable[str]) -> list[str]:
    return sorted(text for text in texts if f'"k":"{END}"' not in text)


def found(spark: Any, sink: str, out: str) -> list[str]:
    match sink:
        case "parquet":  # not by our own reader, for once
            logs = (path.read_text().splitlines()[1:] for path in Path(out, "_spark_metadata").glob("[0-9]*"))
            files = {json.loads(line)["path"].removeprefix("file://") for lines in logs for line in lines}
            return without_end(v for file in files for v in pq.read_table(file)["value"].to_pylist())
        case "table":
            rows = spark.read.parquet(f"{out}/t")
        case "foreachBatch":
            rows = spark.read.format("delta").load(out)
        case format:
            rows = spark.read.format(format).load(out).toDF("value")
    return without_end(r.value for r in rows.collect())


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
