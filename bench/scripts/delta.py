"""The life of a Delta table, as an ordinary PySpark script: delta.py WHAT DIRECTORY ROWS [BROKERS].

    table     append ROWS rows in ten versions, merge one in a hundred into them, select few, OPTIMIZE, select again
    latency   from a record's time in the topic `events` to the commit of its row, for half a minute

Prints one line of JSON; times are in seconds. With MEMORY in the environment (such as 1g), that is the limit.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

PARTS = 10
WARM_UP = 5  # batches


def session() -> Any:
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2")
    if jars := os.environ.get("JARS"):
        builder = builder.config("spark.jars", jars)
    builder = builder.config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    builder = builder.config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    if memory := os.environ.get("MEMORY"):
        builder = builder.config("spark.driver.memory", memory).config("spark.glowplug.memory.limit", memory)
    return builder.getOrCreate()


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def described(spark: Any, start: int, end: int) -> Any:
    """Rows with two columns that are in no order, as those of `deltalake_alone.py`."""
    return spark.range(start, end).select(
        "id",
        (F.col("id") * 7_919 % 1_000_003).alias("customer"),
        (F.col("id") * 104_729 % 99_991).alias("product"),
        (F.col("id") % 10_000 / 100).alias("amount"),
        F.concat(F.lit("note "), F.col("id") * 31 % 1_000).alias("note"),
    )


def table(spark: Any, directory: str, rows: int, brokers: str) -> dict[str, Any]:
    path = f"{directory}/table"
    described(spark, 0, 1000).write.format("delta").save(f"{directory}/warm-up")

    def append() -> None:
        for part in range(PARTS):
            some = described(spark, part * rows // PARTS, (part + 1) * rows // PARTS)
            some.write.format("delta").mode("append").save(path)

    def merge() -> None:
        described(spark, 0, rows // 100).selectExpr("id * 101 AS id", "customer", "product", "amount + 1 AS amount",
            "note").createOrReplaceTempView("changes")  # fmt: skip
        spark.sql(
            f"MERGE INTO delta.`{path}` t USING changes s ON t.id = s.id "
            "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        )

    def select() -> None:
        rows = spark.read.format("delta").load(path).where("product = 4711")
        rows.agg(F.count("*"), F.sum("amount")).collect()

    found: dict[str, Any] = {"append": timed(append), "merge": timed(merge)}
    select()
    found["select before"] = min(timed(select) for _ in range(5))
    if os.environ.get("FILES"):  # so large, for small tables
        spark.conf.set("spark.databricks.delta.optimize.maxFileSize", os.environ["FILES"])
    found["optimize"] = timed(lambda: spark.sql(f"OPTIMIZE delta.`{path}` ZORDER BY (customer, product)").collect())
    select()
    found["select after"] = min(timed(select) for _ in range(5))
    answer = spark.read.format("delta").load(path).agg(F.count("*"), F.sum("id"), F.sum("amount")).first()
    return found | {"answer": [int(x) for x in answer]}


def warmed_up(query: Any) -> None:
    """Waits for the first batches, for two minutes at most."""
    end = time.monotonic() + 120
    while (query.lastProgress is None or query.lastProgress.batchId < WARM_UP) and time.monotonic() < end:
        query.awaitTermination(1)


def latency(spark: Any, directory: str, rows: int, brokers: str) -> dict[str, Any]:
    out = f"{directory}/out"
    reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", brokers).option("subscribe", "events")
    writer = reader.load().select("timestamp", "value").writeStream.format("delta")
    writer = writer.option("checkpointLocation", f"{directory}/checkpoint").trigger(processingTime="100 milliseconds")
    query = writer.start(out)
    warmed_up(query)
    query.awaitTermination(30)
    query.stop()
    import pyarrow.parquet as pq

    seconds, count = [], 0
    for log in sorted(Path(out, "_delta_log").glob("*.json"))[WARM_UP:]:
        actions = [json.loads(line) for line in log.read_text().splitlines()]
        for path in (a["add"]["path"] for a in actions if "add" in a):
            times = pq.read_table(Path(out, path), columns=["timestamp"]).column(0).cast("timestamp[us]").cast("int64")
            count += len(times)
            seconds += [log.stat().st_mtime - t / 1e6 for t in times.to_pylist()[::50]]
    return {"latencies": sorted(seconds)[:: max(1, len(seconds) // 1000)], "rows": count}


if __name__ == "__main__":
    what, directory, rows, *brokers = sys.argv[1:]
    spark = session()
    found = {"table": table, "latency": latency}[what](spark, directory, int(rows), *(brokers or [""]))
    print(json.dumps(found), flush=True)
    spark.stop()
    os._exit(0)
