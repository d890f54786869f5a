"""Streams with state, and what is read of the state that they leave in their checkpoints.

Both Apache Spark (`record.py`) and this engine (`test_state.py`) run these.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import Row
from pyspark.sql import functions as F
from pyspark.sql.streaming import StatefulProcessor

SCHEMA = "k STRING, v INT, t TIMESTAMP"
# Each file is a batch; seconds after midnight. The third file has late rows, and ends windows.
FILES = (
    (("a", 1, 1), ("b", 2, 3), ("a", 3, 9), (None, 4, 2)),
    (("a", 5, 12), ("c", 6, 14), ("b", 2, 3)),
    (("b", 7, 31), ("a", 8, 4), ("a", 9, 26)),
    (("d", 10, 33),),
)
OTHERS = (
    (("a", 10, 2), ("s", 20, 3)),
    (("a", 30, 6), ("c", 40, 13)),
    (("b", 50, 30),),
    (("a", 60, 40),),
)
Options = Mapping[str, Any]
BATCHES: tuple[Options, ...] = ({}, {"batchId": 0}, {"batchId": 2})
CHANGES: Options = {"readChangeFeed": True, "changeStartBatchId": 0}


@dataclass(frozen=True)
class Program:
    """`build` makes the query of one or two streams; `reads` are options of `format("statestore")`."""

    build: Callable[[Any, Any], Any]
    reads: Sequence[Options] = (*BATCHES, CHANGES)
    mode: str = "append"
    no_data_batches: bool = True  # by processing time Spark makes them without end
    own_values: bool = False  # the values' layout is the engine's, and only what goes round it is compared


def on_time(df: Any) -> Any:
    return df.withWatermark("t", "5 seconds")


def joined(kind: str) -> Callable[[Any, Any], Any]:
    def build(df: Any, other: Any) -> Any:
        right = other.selectExpr("k", "v AS w", "t AS u").withWatermark("u", "5 seconds")
        condition = "l.k = r.k AND u BETWEEN t - INTERVAL 2 SECONDS AND t + INTERVAL 10 SECONDS"
        return on_time(df).alias("l").join(right.alias("r"), F.expr(condition), kind)

    return build


def running(key: Any, frames: Iterator[Any], state: Any) -> Iterator[Any]:
    import pandas as pd

    n, last = state.get if state.exists else (0, None)
    for frame in frames:
        n, last = n + len(frame), 7
    state.update((n, last))
    if state._timeout_conf == "EventTimeTimeout":
        state.setTimeoutTimestamp(60_000 + state.getCurrentWatermarkMs())
    yield pd.DataFrame({"k": [key[0]], "n": [n]})


def with_state(timeout: str) -> Callable[[Any, Any], Any]:
    def build(df: Any, _: Any) -> Any:
        out = "k STRING, n LONG"
        return on_time(df).groupBy("k").applyInPandasWithState(running, out, "n LONG, last INT", "update", timeout)

    return build


class Keeper(StatefulProcessor):
    def init(self, handle: Any) -> None:
        self.handle = handle
        self.total = handle.getValueState("total", "s LONG, last TIMESTAMP")
        self.seen = handle.getListState("seen", "v INT")
        self.counts = handle.getMapState("counts", "v INT", "n INT, day DATE")

    def handleInputRows(self, key: Any, rows: Any, timers: Any) -> Iterator[Row]:
        for row in rows:
            total = self.total.get()
            self.total.update(((total[0] if total else 0) + row.v, row.t))
            self.seen.appendValue((row.v,))
            before = self.counts.getValue((row.v % 3,)) if self.counts.containsKey((row.v % 3,)) else (0, None)
            self.counts.updateValue((row.v % 3,), (before[0] + 1, row.t.date()))
            self.handle.registerTimer(int(row.t.timestamp()) * 1000 + 60_000)
        if total and total[0] > 15:
            self.seen.clear()
        yield Row(k=key[0], n=1)


class Mortal(StatefulProcessor):
    def init(self, handle: Any) -> None:
        self.total = handle.getValueState("total", "s LONG", 3_600_000)
        self.seen = handle.getListState("seen", "v INT", 3_600_000)
        self.counts = handle.getMapState("counts", "v INT", "n INT", 3_600_000)

    def handleInputRows(self, key: Any, rows: Any, timers: Any) -> Iterator[Row]:
        for row in rows:
            self.total.update((row.v,))
            self.seen.appendValue((row.v,))
            self.counts.updateValue((row.v,), (1,))
        yield Row(k=key[0], n=1)


class Keeper0(StatefulProcessor):
    def init(self, handle: Any) -> None:
        self.total = handle.getValueState("total", "s LONG")

    def handleInputRows(self, key: Any, rows: Any, timers: Any) -> Iterator[Row]:
        self.total.update((sum(row.v for row in rows),))
        yield Row(k=key[0], n=1)


def transform(processor: type[StatefulProcessor], time: str = "EventTime") -> Callable[[Any, Any], Any]:
    def build(df: Any, _: Any) -> Any:
        return on_time(df).groupBy("k").transformWithState(processor(), "k STRING, n LONG", "update", time)

    return build


def vars_of(*names: str, **more: Any) -> list[Options]:
    return [{"stateVarName": name, **more} for name in names]


VARS = ("total", "seen", "counts")
PROGRAMS = {
    "windows": Program(
        lambda d, _: (
            on_time(d)
            .groupBy(F.window("t", "10 seconds"), "k")
            .agg(F.count("*").alias("n"), F.sum("v").alias("s"), F.min("v").alias("lo"), F.max("v").alias("hi"))
        )
    ),
    "average": Program(lambda d, _: d.groupBy("k").agg(F.avg("v").alias("m"), F.count("v")), mode="update"),
    "no keys": Program(lambda d, _: d.groupBy().agg(F.sum("v").alias("s"), F.max("t")), mode="complete"),
    "expressions": Program(lambda d, _: d.groupBy(F.expr("v % 2"), F.upper("k").alias("u")).count(), mode="complete"),
    "more aggregates": Program(
        lambda d, _: d.groupBy("k").agg(
            F.bool_and(F.expr("v > 1")),
            F.bool_or(F.expr("v > 1")),
            F.bit_and("v"),
            F.bit_or("v"),
            F.bit_xor("v"),
            F.sum(F.expr("cast(v as decimal(10,2))")),
            F.sum(F.expr("cast(v as double)")),
            F.avg("v").alias("x"),
        ),
        mode="update",
    ),
    "distinct values": Program(
        lambda d, _: d.groupBy("k").agg(F.collect_set("v"), F.first("v"), F.stddev("v")), mode="update", own_values=True
    ),
    "dedup": Program(lambda d, _: d.dropDuplicates(["v", "k"])),
    "dedup all": Program(lambda d, _: d.select("k").distinct()),
    "dedup time": Program(lambda d, _: on_time(d).dropDuplicates(["t", "k"])),
    "dedup within": Program(lambda d, _: on_time(d).dropDuplicatesWithinWatermark(["k"])),
    "sessions": Program(
        lambda d, _: (
            on_time(d)
            .groupBy(F.session_window("t", "10 seconds"), "k")
            .agg(F.count("*").alias("n"), F.sum("v").alias("s"))
        )
    ),
    "limit": Program(lambda d, _: d.limit(5)),
    **{
        f"{kind} join": Program(
            joined(kind),
            (
                *({"joinSide": side, **more} for side in ("left", "right") for more in BATCHES),
                {"joinSide": "left", **CHANGES},
                {},
                *(
                    {"storeName": f"{side}-{store}"}
                    for side in ("left", "right")
                    for store in ("keyToNumValues", "keyWithIndexToValue")
                ),
                {"storeName": "left-keyToNumValues", "batchId": 1},
                {"joinSide": "left", "storeName": "left-keyToNumValues"},
                {"joinSide": "middle"},
            ),
        )
        for kind in ("inner", "leftOuter")
    },
    "with state": Program(with_state("NoTimeout"), mode="update"),
    "with state, timeout": Program(with_state("EventTimeTimeout"), mode="update"),
    "transform": Program(
        transform(Keeper),
        (
            *vars_of(*VARS),
            *vars_of(*VARS, batchId=0),
            *vars_of("seen", "counts", flattenCollectionTypes=False),
            *vars_of(*VARS, **CHANGES),
            {"readRegisteredTimers": True},
            {"readRegisteredTimers": True, "batchId": 1},
            {"readRegisteredTimers": True, **CHANGES},
            {},
            {"stateVarName": "missing"},
            {"stateVarName": ""},
            {"stateVarName": "total", "readRegisteredTimers": True},
            {"stateVarName": "$eventTimers"},
            {"stateVarName": "total", "joinSide": "left"},
            {"stateVarName": "total", "storeName": "default"},
            {"stateVarName": "seen", "flattenCollectionTypes": False, **CHANGES},
        ),
        mode="update",
    ),
    "transform, ttl": Program(
        transform(Mortal, "ProcessingTime"),
        (
            *vars_of(*VARS),
            *vars_of("seen", "counts", flattenCollectionTypes=False),
            *vars_of(*VARS, **CHANGES),
            {"readRegisteredTimers": True},
        ),
        mode="update",
        no_data_batches=False,
        own_values=True,
    ),
    "transform, no timers": Program(
        transform(Keeper0, "none"), ({"readRegisteredTimers": True},), mode="update", no_data_batches=False
    ),
    "chained": Program(
        lambda d, _: on_time(d).dropDuplicates(["t", "k"]).groupBy(F.window("t", "10 seconds")).count(),
        (
            {},
            {"operatorId": 0},
            {"operatorId": 1},
            {"operatorId": 2},
            {"operatorId": -1},
            {"operatorId": "x"},
            {"operatorId": 1, "batchId": 1},
        ),
    ),
    "stateless": Program(lambda d, _: d.select("v"), ({}, {"batchId": 0})),
    "options": Program(
        lambda d, _: d.groupBy("k").count(),
        (
            {"batchId": -1},
            {"batchId": 4},
            {"batchId": 5},
            {"batchId": "x"},
            {"batchId": ""},
            {"joinSide": "left"},
            {"joinSide": "none"},
            {"joinSide": ""},
            {"storeName": "other"},
            {"storeName": ""},
            {"storeName": "default"},
            {"stateVarName": "x"},
            {"readRegisteredTimers": True},
            {"readRegisteredTimers": "x"},
            {"flattenCollectionTypes": False},
            {"flattenCollectionTypes": "x"},
            {"readChangeFeed": "x"},
            {"snapshotStartBatchId": 0},
            {"snapshotPartitionId": 0},
            {"snapshotStartBatchId": 0, "snapshotPartitionId": 0},
            {"snapshotStartBatchId": -1, "snapshotPartitionId": 0},
            {"snapshotStartBatchId": 0, "snapshotPartitionId": -1},
            {"snapshotStartBatchId": 0, "snapshotPartitionId": 7},
            {"snapshotStartBatchId": 9, "snapshotPartitionId": 0},
            {"snapshotStartBatchId": 2, "snapshotPartitionId": 0, "batchId": 1},
            {"snapshotStartBatchId": "x", "snapshotPartitionId": 0},
            {"snapshotStartBatchId": 0, "snapshotPartitionId": "x"},
            {"snapshotStartBatchId": 0, "snapshotPartitionId": 0, "readChangeFeed": True},
            {"snapshotStartBatchId": 0, "snapshotPartitionId": 0, "batchId": 2},
            {"readChangeFeed": True},
            {"readChangeFeed": True, "changeStartBatchId": -1},
            {"readChangeFeed": True, "changeStartBatchId": 2, "changeEndBatchId": 1},
            {"readChangeFeed": True, "changeStartBatchId": 1, "changeEndBatchId": 2},
            {"readChangeFeed": True, "changeStartBatchId": 9},
            {"readChangeFeed": True, "changeStartBatchId": 0, "changeEndBatchId": 9},
            {"changeStartBatchId": 0},
            {"changeEndBatchId": 0},
            {"changeStartBatchId": "x"},
            {"readChangeFeed": True, "changeStartBatchId": "x"},
            {"readChangeFeed": False, "changeStartBatchId": 0},
            {"readChangeFeed": True, "changeStartBatchId": 0, "batchId": 1},
            {"unknown": "x"},
            {"readChangeFeed": True, "changeStartBatchId": 0, "joinSide": "left"},
        ),
        mode="complete",
    ),
}


def answer(spark: Any, name: str, root: Path) -> dict[str, Any]:
    program = PROGRAMS[name]
    checkpoint = run(spark, program, root)
    found = {json.dumps(options): read(spark, "statestore", options, checkpoint) for options in program.reads}
    found["metadata"] = read(spark, "state-metadata", {}, checkpoint)
    return found


def run(spark: Any, program: Program, root: Path) -> Path:
    """The checkpoint of the query, which has run to the end of its files."""
    frames = []
    for number, files in enumerate((FILES, OTHERS)):
        directory = root / f"in{number}"
        directory.mkdir(parents=True)
        for i, rows in enumerate(files):
            path = directory / f"{i}.json"
            path.write_text(
                "".join(json.dumps({"k": k, "v": v, "t": f"2026-01-01T00:00:{t:02}Z"}) + "\n" for k, v, t in rows)
            )
            os.utime(path, (1_760_000_000 + i,) * 2)
        frames.append(spark.readStream.schema(SCHEMA).option("maxFilesPerTrigger", 1).json(str(directory)))
    query = program.build(*frames).writeStream.format("noop").outputMode(program.mode).trigger(availableNow=True)
    spark.conf.set("spark.sql.streaming.noDataMicroBatches.enabled", program.no_data_batches)
    query.option("checkpointLocation", str(root / "checkpoint")).start().awaitTermination()
    return root / "checkpoint"


def read(spark: Any, format: str, options: Options, checkpoint: Path) -> dict[str, Any]:
    """The schema and the rows; or the condition of the error, and its parameters."""
    try:
        df = spark.read.format(format).options(**options).load(str(checkpoint))
        if "map_value" in df.columns:  # as JSON has no keys but texts
            df = df.withColumn("map_value", F.array_sort(F.map_entries("map_value")))
        rows = df.selectExpr("to_json(struct(*), map('ignoreNullFields', 'false')) AS row").collect()
        return {"schema": json.loads(df.schema.json()), "rows": sorted(r.row for r in rows)}
    except PySparkException as error:
        parameters = {k: v.replace(str(checkpoint), "…") for k, v in (error.getMessageParameters() or {}).items()}
        return {"error": type(error).__name__, "condition": error.getCondition(), "parameters": parameters}
    except Exception as error:  # Spark's own faults
        return {"error": type(error).__name__, "text": str(error)[:300]}
