"""One measurement of a stream, as an ordinary PySpark script: streams.py WHAT DIRECTORY LOAD [BROKERS].

Prints one line of JSON. Times are in seconds; where a query reports them itself, those of its progress.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

EVENT = "id LONG, type STRING, user STRING, amount DOUBLE, at TIMESTAMP"
WARM_UP = 5  # batches


def session() -> Any:
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2")
    if jars := os.environ.get("JARS"):
        builder = builder.config("spark.jars", jars)
    return builder.getOrCreate()


def resident() -> int:
    """Bytes that this process and those it started have in memory."""
    parents, pages = {}, {}
    for place in Path("/proc").iterdir():
        try:
            parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            pages[int(place.name)] = int((place / "statm").read_text().split()[1])
        except (ValueError, OSError):
            continue  # no process, or one that has just ended
    mine, total = [os.getpid()], 0
    while mine:
        pid = mine.pop()
        total += pages.get(pid, 0)
        mine += [child for child, parent in parents.items() if parent == pid]
    return total * os.sysconf("SC_PAGE_SIZE")


def fresh(directory: str, name: str) -> str:
    path = Path(directory) / name
    shutil.rmtree(path, ignore_errors=True)
    return str(path)


def took(query: Any) -> list[float]:
    """The seconds of each batch that had rows."""
    reports = [json.loads(p.json) for p in query.recentProgress]
    return [r["durationMs"]["triggerExecution"] / 1000 for r in reports if r["numInputRows"]]


def by_type(texts: Any) -> Any:
    """Windowed aggregation of events that are JSON in the column `value`."""
    events = texts.select(F.from_json(F.col("value").cast("string"), EVENT).alias("e")).select("e.*")
    windows = events.withWatermark("at", "10 seconds").groupBy(F.window("at", "1 minute"), "type")
    return windows.agg(
        F.count("*").alias("n"),
        F.sum("amount").alias("total"),
        F.avg("amount").alias("mean"),
    )


def timed(spark: Any, texts: Any, directory: str) -> dict[str, Any]:
    out = fresh(directory, "out")
    writer = by_type(texts).writeStream.format("parquet").option("checkpointLocation", fresh(directory, "checkpoint"))
    started = time.perf_counter()
    query = writer.trigger(availableNow=True).start(out)
    query.awaitTermination()
    seconds = time.perf_counter() - started
    rows = spark.read.parquet(out).agg(F.sum("n"), F.count("*")).first()
    return {
        "seconds": seconds,
        "read": sum(p.numInputRows for p in query.recentProgress),
        "rows": list(rows),
    }


def events(spark: Any, directory: str, load: str, brokers: str) -> dict[str, Any]:
    """All files of `load`, twice: the first time warms up."""
    return [timed(spark, spark.readStream.text(load), directory) for _ in range(2)][-1]


def kafka(spark: Any, directory: str, load: str, brokers: str) -> dict[str, Any]:
    def topic() -> Any:
        reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", brokers)
        return reader.option("subscribe", load).option("startingOffsets", "earliest").load()

    return [timed(spark, topic(), directory) for _ in range(2)][-1]


def rate(spark: Any, directory: str, load: str, brokers: str) -> dict[str, Any]:
    """`load` rows a second, for half a minute."""
    rows = spark.readStream.format("rate").option("rowsPerSecond", load).load().withWatermark("timestamp", "10 seconds")
    counts = rows.groupBy(F.window("timestamp", "10 seconds"), (F.col("value") % 100).alias("key")).count()
    query = counts.writeStream.format("noop").outputMode("update")
    query = query.option("checkpointLocation", fresh(directory, "checkpoint")).start()
    query.awaitTermination(30 + WARM_UP)
    batches = took(query)
    query.stop()
    return {"batches": batches[WARM_UP:]}


def warmed_up(query: Any) -> None:
    """Waits for the first batches, for two minutes at most."""
    end = time.monotonic() + 120
    while (query.lastProgress is None or query.lastProgress.batchId < WARM_UP) and time.monotonic() < end:
        query.awaitTermination(1)


def latency(spark: Any, directory: str, load: str, brokers: str) -> dict[str, Any]:
    """From a record's time to its row in a file that counts, for half a minute; `load` is the topic."""
    out = fresh(directory, "out")
    reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", brokers).option("subscribe", load)
    writer = reader.load().select("timestamp", "value").writeStream.format("parquet")
    writer = writer.option("checkpointLocation", fresh(directory, "checkpoint")).trigger(
        processingTime="100 milliseconds"
    )
    query = writer.start(out)
    warmed_up(query)
    query.awaitTermination(30)
    query.stop()
    import pyarrow.parquet as pq

    seconds = []
    logs = (p for p in Path(out, "_spark_metadata").iterdir() if p.name[0] != ".")  # no checksums
    for log in sorted(logs, key=lambda p: p.stat().st_mtime)[WARM_UP:]:
        lines = [json.loads(line) for line in log.read_text().split("\n")[1:]]
        names = {Path(line["path"]).name for line in lines}
        for name in names if log.suffix != ".compact" else ():
            times = pq.read_table(Path(out, name), columns=["timestamp"]).column(0).cast("timestamp[us]").cast("int64")
            seconds += [log.stat().st_mtime - t / 1e6 for t in times.to_pylist()[::50]]
    return {"latencies": sorted(seconds)[:: max(1, len(seconds) // 1000)]}


def state(spark: Any, directory: str, load: str, brokers: str) -> dict[str, Any]:
    """`load` is a directory whose first file has all keys, and each other one 10,000 of them again."""
    checkpoint = fresh(directory, "checkpoint")
    rows = spark.readStream.schema("key LONG, value LONG").option("maxFilesPerTrigger", 1).parquet(load)
    query = rows.groupBy("key").agg(F.count("*"), F.sum("value")).writeStream.format("noop").outputMode("update")
    query = query.option("checkpointLocation", checkpoint).trigger(availableNow=True).start()
    query.awaitTermination()
    files = sorted(
        (p for p in Path(checkpoint, "state").rglob("*") if p.is_file()),
        key=lambda p: p.stat().st_mtime,
    )
    changes = [p.stat().st_size for p in files if "delta" in p.name and ".crc" not in p.name]
    return {
        "batches": took(query)[1:],
        "changes": changes[-5:],
        "resident": resident(),
    }


def soak(spark: Any, directory: str, load: str, brokers: str) -> dict[str, Any]:
    """20,000 rows a second for `load` minutes: memory, rows of state and batches, of each tenth of the time."""
    rows = (
        spark.readStream.format("rate").option("rowsPerSecond", 20_000).load().withWatermark("timestamp", "10 seconds")
    )
    counts = rows.groupBy(F.window("timestamp", "10 seconds"), (F.col("value") % 1000).alias("key")).count()
    writer = counts.writeStream.format("parquet").option("checkpointLocation", fresh(directory, "checkpoint"))
    query, samples = writer.start(fresh(directory, "out")), []
    for _ in range(10):
        query.awaitTermination(float(load) * 6)
        reports = [json.loads(p.json) for p in query.recentProgress][-20:]
        times = sorted(r["durationMs"]["triggerExecution"] / 1000 for r in reports)
        kept = reports[-1]["stateOperators"][0]["numRowsTotal"]
        samples.append({"resident": resident(), "state": kept, "batch": times[len(times) // 2]})
    query.stop()
    return {"samples": samples}


if __name__ == "__main__":
    what, directory, load, *brokers = sys.argv[1:]
    spark = session()
    found = globals()[what](spark, directory, load, *(brokers or [""]))
    print(json.dumps(found), flush=True)
    spark.stop()
    os._exit(0)
