"""Streams with state, each run file by file: what is put out for each file, and what the reports say.

Both Apache Spark (`record.py`) and this engine (`test_stateful.py`) run these.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import StatefulProcessor

SCHEMA = "t TIMESTAMP, k STRING, v INT"
# Seconds after midnight, key and value. The fourth file has late rows, the last moves the watermark far on.
FILES = (
    ((1, "a", 1), (4, "a", 2), (20, "a", 3), (2, "b", 10), (21, None, 5)),
    ((9, "a", 4), (24, "b", 20), (31, "a", 5), (15, "b", 30)),
    ((40, "a", 6), (45, "c", 7), (33, "b", 8), (47, "a", 9)),
    ((2, "a", 100), (38, "a", 1), (50, "c", 200), (49, "d", 4)),
    ((100, "a", 7), (101, "e", 1)),
    ((200, "z", 0),),
)
# What a program is: the frame that its stream becomes, and the output mode.
Program = Callable[[DataFrame], DataFrame]


def sessions(gap: Any, *keys: str, watermark: str | None = "10 seconds") -> Program:
    def make(df: DataFrame) -> DataFrame:
        if watermark:
            df = df.withWatermark("t", watermark)
        by = df.groupBy(F.session_window("t", gap), *keys)
        found = by.agg(F.count("*").alias("n"), F.sum("v").alias("s"), F.avg("v").alias("m"), F.max("v").alias("x"))
        return found.select("session_window.start", "session_window.end", *keys, "n", "s", "m", "x")

    return make


def dynamic(df: DataFrame) -> DataFrame:
    gap = F.when(F.col("k") == "a", "5 seconds").when(F.col("v") > 100, "0 seconds").otherwise("20 seconds")
    return sessions(gap, "k")(df)


def collected(df: DataFrame) -> DataFrame:
    by = df.withWatermark("t", "10 seconds").groupBy(F.session_window("t", "5 seconds"), "k")
    return by.agg(F.sort_array(F.collect_list("v")).alias("vs")).select("session_window.start", "k", "vs")


# --- applyInPandasWithState


def running(key: Any, frames: Iterator[pd.DataFrame], state: Any) -> Iterator[pd.DataFrame]:
    if state.hasTimedOut:
        total = state.get[0]
        state.remove()
        yield pd.DataFrame({"k": [key[0]], "s": [total], "why": ["timeout"]})
        return
    total = state.getOption[0] if state.exists else 0
    for frame in frames:
        total += int(frame["v"].sum())
    state.update((total,))
    if state._timeout_conf == "EventTimeTimeout":
        state.setTimeoutTimestamp(state.getCurrentWatermarkMs() + 15_000)
    yield pd.DataFrame({"k": [key[0]], "s": [total], "why": ["rows"]})


def with_state(timeout: str, mode: str, watermark: bool = True) -> Program:
    def make(df: DataFrame) -> DataFrame:
        df = df.withWatermark("t", "10 seconds") if watermark else df
        return df.groupBy("k").applyInPandasWithState(running, "k STRING, s LONG, why STRING", "s LONG", mode, timeout)

    return make


# --- transformWithState


class Everything(StatefulProcessor):  # type: ignore[misc]
    """Each kind of state, and timers of event time."""

    def init(self, handle: Any) -> None:
        self.handle = handle
        self.total = handle.getValueState("total", "n INT, s LONG")
        self.seen = handle.getListState("seen", "v INT")
        self.by_value = handle.getMapState("byValue", "v INT", "n INT")

    def update(self, values: list[int]) -> tuple[int, int, str, str]:
        n, s = self.total.get() if self.total.exists() else (0, 0)
        self.total.update((n + len(values), s + sum(values)))
        self.seen.appendList([(v,) for v in values])
        for v in values:
            before = self.by_value.getValue((v,)) if self.by_value.containsKey((v,)) else (0,)
            self.by_value.updateValue((v,), (before[0] + 1,))
        total = self.total.get()
        seen = ",".join(str(x[0]) for x in sorted(self.seen.get()))
        pairs = ",".join(f"{k[0]}:{n[0]}" for k, n in sorted(self.by_value.iterator()))
        return total[0], total[1], seen, pairs

    def forget(self) -> None:
        self.total.clear()
        self.seen.clear()
        self.by_value.clear()


class Frames(Everything):
    def handleInputRows(self, key: Any, rows: Any, timerValues: Any) -> Iterator[pd.DataFrame]:
        values = [int(v) for frame in rows for v in frame["v"]]
        n, s, seen, pairs = self.update(values)
        at = timerValues.getCurrentWatermarkInMs() + 15_000
        self.handle.registerTimer(at)
        timers = ",".join(str(x) for x in sorted(self.handle.listTimers()))
        yield pd.DataFrame({"k": [key[0]], "n": [n], "s": [s], "seen": [seen], "pairs": [pairs], "timers": [timers]})

    def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[pd.DataFrame]:
        n, s = self.total.get() if self.total.exists() else (-1, -1)
        self.forget()
        at = str(expiredTimerInfo.getExpiryTimeInMs())
        yield pd.DataFrame({"k": [key[0]], "n": [n], "s": [s], "seen": ["expired"], "pairs": [""], "timers": [at]})


class Rows(Everything):
    def handleInputRows(self, key: Any, rows: Any, timerValues: Any) -> Iterator[Row]:
        n, s, seen, pairs = self.update([row.v for row in rows])
        if s > 20:
            self.by_value.removeKey((20,))
            self.seen.put([(s,)])
        yield Row(k=key[0], n=n, s=s, seen=seen, pairs=pairs, timers=str(self.by_value.exists()))


class Timers(StatefulProcessor):  # type: ignore[misc]
    """When exactly timers fire, and that one can set another."""

    def init(self, handle: Any) -> None:
        self.handle = handle

    def handleInputRows(self, key: Any, rows: Any, timerValues: Any) -> Iterator[Row]:
        for row in rows:
            at = int(row.t.replace(tzinfo=UTC).timestamp()) * 1000
            self.handle.registerTimer(at)
        if key[0] == "b":
            self.handle.deleteTimer(24_000 + DAY)
        yield Row(k=key[0], kind="rows", at=timerValues.getCurrentWatermarkInMs())

    def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[Row]:
        at = expiredTimerInfo.getExpiryTimeInMs()
        if at % 1000 == 0:
            self.handle.registerTimer(at + 10_500)
        yield Row(k=key[0], kind="timer", at=at)


class Initial(Rows):
    def handleInitialState(self, key: Any, initialState: Any, timerValues: Any) -> None:
        self.total.update((initialState.n, initialState.s))


DAY = 1_767_225_600_000  # 2026-01-01 in milliseconds
OUT = "k STRING, n INT, s LONG, seen STRING, pairs STRING, timers STRING"


def frames(mode: str) -> Program:
    return lambda df: (
        df.withWatermark("t", "10 seconds").groupBy("k").transformWithStateInPandas(Frames(), OUT, mode, "EventTime")
    )


def rows(mode: str) -> Program:
    return lambda df: df.groupBy("k").transformWithState(Rows(), OUT, mode, "None")


def timers(df: DataFrame) -> DataFrame:
    by = df.withWatermark("t", "10 seconds").groupBy("k")
    return by.transformWithState(Timers(), "k STRING, kind STRING, at LONG", "update", "EventTime")


def initial(df: DataFrame) -> DataFrame:
    start = df.sparkSession.createDataFrame([("a", 5, 500), ("q", 1, 1)], "k STRING, n INT, s LONG").groupBy("k")
    return df.groupBy("k").transformWithState(Initial(), OUT, "update", "None", start)


class Windowed(StatefulProcessor):  # type: ignore[misc]
    def init(self, handle: Any) -> None:
        pass

    def handleInputRows(self, key: Any, rows: Any, timerValues: Any) -> Iterator[Row]:
        for row in rows:
            yield Row(k=key[0], at=row.t, v=row.v)


def chained_transform(df: DataFrame) -> DataFrame:
    by = df.withWatermark("t", "10 seconds").groupBy("k")
    out = by.transformWithState(Windowed(), "k STRING, at TIMESTAMP, v INT", "append", "EventTime", None, "at")
    found = out.groupBy(F.window("at", "10 seconds")).agg(F.sum("v").alias("s"))
    return found.select("window.start", "s")


# --- one stateful operator after another


def window_of_window(df: DataFrame) -> DataFrame:
    marked = df.withWatermark("t", "10 seconds")
    small = marked.groupBy(F.window("t", "5 seconds"), "k").agg(F.sum("v").alias("s"))
    large = small.groupBy(F.window("window", "20 seconds")).agg(F.sum("s").alias("s"), F.count("*").alias("n"))
    return large.select("window.start", "s", "n")


def window_of_time(df: DataFrame) -> DataFrame:
    marked = df.withWatermark("t", "10 seconds")
    small = marked.groupBy(F.window("t", "5 seconds"), "k").agg(F.sum("v").alias("s"))
    timed = small.select(F.window_time("window").alias("at"), "s")
    return timed.groupBy(F.window("at", "20 seconds")).agg(F.sum("s").alias("s")).select("window.start", "s")


def deduplicated_window(df: DataFrame) -> DataFrame:
    distinct = df.withWatermark("t", "10 seconds").dropDuplicates(["k", "t"])
    found = distinct.groupBy(F.window("t", "10 seconds")).agg(F.count("*").alias("n"))
    return found.select("window.start", "n")


def within_window(df: DataFrame) -> DataFrame:
    distinct = df.withWatermark("t", "10 seconds").dropDuplicatesWithinWatermark(["k"])
    found = distinct.groupBy(F.window("t", "10 seconds")).agg(F.count("*").alias("n"))
    return found.select("window.start", "n")


def windows_joined(df: DataFrame) -> DataFrame:
    a = df.where("v < 10").withWatermark("t", "10 seconds").groupBy(F.window("t", "10 seconds"))
    b = df.where("v >= 4").withWatermark("t", "10 seconds").groupBy(F.window("t", "10 seconds"))
    a, b = a.agg(F.sum("v").alias("a")), b.agg(F.sum("v").alias("b"))
    return a.join(b, "window", "left").select("window.start", "a", "b")


def joined_window(df: DataFrame) -> DataFrame:
    df = df.where("k IS NOT NULL")  # Spark does that anyhow, before it looks at the times
    a = df.withWatermark("t", "10 seconds").selectExpr("t AS at", "k AS ak", "v AS a")
    b = df.withWatermark("t", "10 seconds").selectExpr("t AS bt", "k AS bk", "v AS b")
    pairs = a.join(b, F.expr("ak = bk AND bt BETWEEN at AND at + INTERVAL 10 SECONDS"))
    return pairs.groupBy(F.window("at", "10 seconds")).agg(F.count("*").alias("n")).select("window.start", "n")


def outer_joined_window(df: DataFrame) -> DataFrame:
    a = df.withWatermark("t", "10 seconds").selectExpr("t AS at", "k AS ak", "v AS a")
    b = df.where("v > 4 AND k IS NOT NULL").withWatermark("t", "10 seconds")
    b = b.selectExpr("t AS bt", "k AS bk", "v AS b")
    pairs = a.join(b, F.expr("ak = bk AND bt BETWEEN at AND at + INTERVAL 10 SECONDS"), "left")
    found = pairs.groupBy(F.window("at", "10 seconds")).agg(F.count("*").alias("n"), F.count("b").alias("b"))
    return found.select("window.start", "n", "b")


def session_of_window(df: DataFrame) -> DataFrame:
    marked = df.withWatermark("t", "10 seconds")
    small = marked.groupBy(F.window("t", "5 seconds"), "k").agg(F.sum("v").alias("s"))
    by = small.groupBy(F.session_window(F.window_time("window"), "6 seconds"), "k").agg(F.sum("s").alias("s"))
    return by.select("session_window.start", "session_window.end", "k", "s")


# --- as users write them


class Bells(StatefulProcessor):  # type: ignore[misc]
    """Several timers a key, some that are taken back, some that are past when they are set, one of each set twice."""

    def init(self, handle: Any) -> None:
        self.handle = handle
        self.rung = handle.getListState("rung", "at LONG")

    def handleInputRows(self, key: Any, rows: Any, timerValues: Any) -> Iterator[Row]:
        times = sorted(int(row.t.replace(tzinfo=UTC).timestamp()) * 1000 for row in rows)
        for at in times:
            for more in (5_000, 5_000, 25_000, -60_000):
                self.handle.registerTimer(at + more)
        self.handle.deleteTimer(times[0] + 25_000)
        self.handle.deleteTimer(1)
        timers = ",".join(str(t - DAY) for t in sorted(self.handle.listTimers()))
        yield Row(k=key[0], kind="rows", at=timerValues.getCurrentWatermarkInMs(), what=timers)

    def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[Row]:
        at = expiredTimerInfo.getExpiryTimeInMs()
        self.rung.appendValue((at - DAY,))
        rung = ",".join(str(r[0]) for r in sorted(self.rung.get()))
        if len(list(self.rung.get())) > 3:
            self.rung.clear()
        yield Row(k=key[0], kind="timer", at=at - DAY, what=rung)


def bells(mode: str) -> Program:
    out = "k STRING, kind STRING, at LONG, what STRING"
    return lambda df: (
        df.withWatermark("t", "10 seconds").groupBy("k").transformWithState(Bells(), out, mode, "EventTime")
    )


def flat(key: Any, frames: Iterator[pd.DataFrame], state: Any) -> Iterator[pd.DataFrame]:
    """As `flatMapGroupsWithState` is used: none, one or several rows for a group; a state that is removed and set."""
    if state.hasTimedOut:
        yield pd.DataFrame({"k": [key[0]], "odd": [key[1]], "what": [f"{state.get} timed out"]})
        state.remove()
        return
    values = [int(v) for frame in frames for v in frame["v"]]
    n, best = state.getOption or (0, None)
    for v in values:
        if best is None or v > best:
            yield pd.DataFrame({"k": [key[0]] * 2, "odd": [key[1]] * 2, "what": [f"best {v}", f"after {best}"]})
            best = v
    n += len(values)
    if n > 3:
        state.remove()
        return
    state.update((n, best))
    if state.getCurrentWatermarkMs() > 0:
        state.setTimeoutTimestamp(state.getCurrentWatermarkMs() + 20_001)
    else:
        state.setTimeoutTimestamp(DAY + 30_000)


def flat_groups(df: DataFrame) -> DataFrame:
    by = df.withWatermark("t", "10 seconds").withColumn("odd", F.expr("v % 2 = 1")).groupBy("k", "odd")
    out, state = "k STRING, odd BOOLEAN, what STRING", "n INT, best INT"
    return by.applyInPandasWithState(flat, out, state, "update", "EventTimeTimeout")


def deduplicated_state(df: DataFrame) -> DataFrame:
    distinct = df.withWatermark("t", "10 seconds").dropDuplicatesWithinWatermark(["v"])
    return distinct.groupBy("k").applyInPandasWithState(
        running, "k STRING, s LONG, why STRING", "s LONG", "append", "NoTimeout"
    )


def transformed_windows(df: DataFrame) -> DataFrame:
    """Windows, and then a processor of their rows."""
    small = df.withWatermark("t", "10 seconds").groupBy(F.window("t", "5 seconds"), "k").agg(F.sum("v").alias("v"))
    rows = small.select("k", F.col("v").cast("int").alias("v"), F.window_time("window").alias("t"))
    return rows.groupBy("k").transformWithState(Windowed(), "k STRING, at TIMESTAMP, v INT", "append", "EventTime")


def in_frames(df: DataFrame) -> DataFrame:
    def doubled(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            yield frame.assign(v=frame.v * 2)[frame.v < 100]

    twice = df.withWatermark("t", "10 seconds").mapInPandas(doubled, "t TIMESTAMP, k STRING, v LONG")
    return twice.groupBy("k").applyInPandasWithState(
        running, "k STRING, s LONG, why STRING", "s LONG", "update", "NoTimeout"
    )


def sessions_of_many(df: DataFrame) -> DataFrame:
    marked = df.withWatermark("t", "10 seconds").dropDuplicates(["k", "v", "t"])
    by = marked.groupBy(F.session_window("t", F.when(F.col("v") < 5, "3 seconds").otherwise("9 seconds")), "k")
    found = by.agg(F.stddev("v").alias("d"), F.max("v").alias("c"))
    return found.select("session_window.*", "k", F.round("d", 6), "c")


PROGRAMS: dict[str, tuple[Program, str]] = {
    "transform bells": (bells("update"), "update"),
    "transform bells append": (bells("append"), "append"),
    "transform windows": (transformed_windows, "append"),
    "flat groups": (flat_groups, "update"),
    "deduplicated state": (deduplicated_state, "append"),
    "frames with state": (in_frames, "update"),
    "deduplicated sessions": (sessions_of_many, "append"),
    "session append": (sessions("5 seconds", "k"), "append"),
    "session complete": (sessions("5 seconds", "k"), "complete"),
    "session update": (sessions("5 seconds", "k"), "update"),
    "session without keys": (sessions("5 seconds"), "append"),
    "session without keys, complete": (sessions("5 seconds"), "complete"),
    "session without watermark": (sessions("5 seconds", "k", watermark=None), "append"),
    "session complete without watermark": (sessions("5 seconds", "k", watermark=None), "complete"),
    "session of two keys": (sessions("12 seconds", "k", "v"), "append"),
    "session dynamic": (dynamic, "append"),
    "session rows": (collected, "append"),
    "with state": (with_state("NoTimeout", "update"), "update"),
    "with state append": (with_state("EventTimeTimeout", "append"), "append"),
    "with state event time": (with_state("EventTimeTimeout", "update"), "update"),
    "with state, no watermark": (with_state("EventTimeTimeout", "update", False), "update"),
    "with state in another mode": (with_state("NoTimeout", "append"), "update"),
    "transform frames": (frames("update"), "update"),
    "transform frames append": (frames("append"), "append"),
    "transform rows": (rows("update"), "update"),
    "transform complete": (rows("complete"), "complete"),
    "transform in another mode": (rows("append"), "update"),
    "transform timers": (timers, "update"),
    "transform initial": (initial, "update"),
    "transform chained": (chained_transform, "append"),
    "window of window": (window_of_window, "append"),
    "window of window, update": (window_of_window, "update"),
    "window of window, complete": (window_of_window, "complete"),
    "window of time": (window_of_time, "append"),
    "deduplicated window": (deduplicated_window, "append"),
    "deduplicated window, update": (deduplicated_window, "update"),
    "within window": (within_window, "append"),
    "windows joined": (windows_joined, "append"),
    "joined window": (joined_window, "append"),
    "outer joined window": (outer_joined_window, "append"),
    "session of window": (session_of_window, "append"),
}


def answer(spark: SparkSession, name: str, directory: Path) -> dict[str, Any]:
    """For each file the rows put out for it; or the condition by which the program is refused."""
    make, mode = PROGRAMS[name]
    source, table = directory / "in", name.replace(" ", "_").replace(",", "")
    source.mkdir(parents=True)
    steps: list[list[str]] = []
    try:
        df = make(spark.readStream.schema(SCHEMA).json(str(source)))
        query = df.writeStream.format("memory").queryName(table).outputMode(mode)
        query = query.option("checkpointLocation", str(directory / "checkpoint")).start()
    except Exception as error:
        return refused(error)
    try:
        done = 0
        for number, file in enumerate(FILES):
            _write(source, number, file)
            query.processAllAvailable()
            found = spark.table(table).collect()
            steps.append(sorted(_text(row) for row in (found if mode == "complete" else found[done:])))
            done = len(found)
        reports = [_report(p if isinstance(p, dict) else json.loads(p.json)) for p in query.recentProgress]
    except Exception as error:
        return refused(error)
    finally:
        query.stop()
    return {"steps": steps, "reports": [r for r in reports if r is not None]}


def refused(error: Exception) -> dict[str, Any]:
    condition = getattr(error, "getCondition", lambda: None)()
    return {"error": condition or type(error).__name__, "text": str(error).split("\n")[0][:200]}


def _write(source: Path, number: int, file: tuple[Any, ...]) -> None:
    lines = [
        json.dumps({"t": datetime.fromtimestamp(DAY / 1000 + s, UTC).isoformat(), "k": k, "v": v}) for s, k, v in file
    ]
    draft = source / f"_{number}.json"
    draft.write_text("\n".join(lines))
    os.rename(draft, source / f"{number}.json")


def _text(row: Row) -> str:
    return json.dumps([str(v) if not isinstance(v, (int, float, list, type(None))) else v for v in row])


def _report(progress: dict[str, Any]) -> list[Any] | None:
    """Batch, rows, watermark, and of each operator its rows and the late ones; None of a trigger without a batch."""
    if not progress["numInputRows"] and not progress["durationMs"].get("addBatch"):
        return None
    states = [[s["numRowsTotal"], s["numRowsDroppedByWatermark"]] for s in progress["stateOperators"]]
    return [progress["batchId"], progress["numInputRows"], progress.get("eventTime", {}).get("watermark"), states]
