"""What streams compute that tests kill, and what the same is of all rows at once, as a batch.

Of a reader of the rows, which gives others at each call. What is put out depends on the rows, and not on the batches in
which they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pyspark.sql import Row, Window
from pyspark.sql import functions as F
from pyspark.sql.streaming import StatefulProcessor

LIMIT = 11
MOST = 12  # values that the list of `Processor` has before it forgets them


def on_time(df: Any, delay: str = "10 seconds", column: str = "t") -> Any:
    return df.withWatermark(column, delay)


def pairs(df: Any) -> Any:
    """Rows of two batches each have the same key, and are never apart for longer than what is watched for them."""
    return df.select("t", "k", (F.minute("t") / 2).cast("int").alias("two"))


def windows(df: Any, *aggregates: Any) -> Any:
    by = on_time(df).groupBy(F.window("t", "10 seconds"), "k").agg(*aggregates)
    return by.select(F.unix_timestamp("window.start").alias("t"), "k", *by.columns[2:])


def sessions(df: Any) -> Any:
    by = df.groupBy(F.session_window("t", "20 seconds"), "k").agg(F.sum("v").alias("v"))
    return by.select(F.unix_timestamp("session_window.start").alias("t"), "k", "v")


def joined(kind: str) -> Callable[[Callable[[], Any]], Any]:
    def build(read: Callable[[], Any]) -> Any:
        left, right = on_time(read()), on_time(read().selectExpr("k AS k2", "t AS u", "v AS w"), column="u")
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
            if len(list(self.seen.get())) > MOST:
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
    left, right = on_time(read()), on_time(read().selectExpr("k AS k2", "t AS u", "v AS w"), column="u")
    both = left.join(right, F.expr("k = k2 AND u BETWEEN t AND t + INTERVAL 60 SECONDS"))
    by = both.groupBy(F.window("t", "10 seconds"), "k").agg(F.sum("w").alias("w"))
    return by.select(F.unix_timestamp("window.start").alias("t"), "k", "w")


KINDS: dict[str, Callable[[Callable[[], Any]], Any]] = {
    "rows": lambda read: read().select(F.unix_timestamp("t").alias("t"), "k", "v"),
    "windows": lambda read: windows(read(), F.sum("v").alias("v"), F.avg("v").alias("m")),
    "rows of groups": lambda read: windows(read(), F.countDistinct("v").alias("v"), F.stddev("v").alias("d")),
    "sessions": lambda read: sessions(on_time(read())),
    "dedup": lambda read: read().dropDuplicates(["v"]).select("v"),  # which row of equal ones is kept is not said
    "dedup within": lambda read: (
        pairs(on_time(read(), "5 minutes")).dropDuplicatesWithinWatermark(["k", "two"]).drop("t")
    ),
    "join": joined("inner"),
    "outer join": joined("leftOuter"),
    "full join": joined("fullOuter"),
    "with state": with_state,
    "transform": transform(Processor, "EventTime"),
    "transform, ttl": transform(Mortal, "ProcessingTime"),
    "chained": lambda read: sessions(on_time(read()).dropDuplicates(["t", "k", "v"])),
    "join, then windows": windows_after_join,
    "limit": lambda read: read().limit(LIMIT).selectExpr("1 AS one"),
}


# --- as a batch, where that is another program: batches have no timers, and their state cannot be asked for


def numbered(read: Callable[[], Any]) -> Any:
    by = Window.partitionBy("k").orderBy("t")
    return read().select("k", F.row_number().over(by).cast("long").alias("n"))


def transformed(read: Callable[[], Any]) -> Any:
    """What `Processor` puts out, of the rows of a group at once."""

    def all_rows(key: Any, frame: Any) -> Any:
        import pandas as pd

        found, total, seen, counted = [], 0, 0, set()
        for row in frame.sort_values("t").itertuples():
            total, seen = total + row.v, seen + 1
            counted.add(row.v % 3)
            if seen > MOST:
                seen = 0
                counted.discard(0)
            found.append((key[0], 0, total, seen, len(counted)))
            found.append((key[0], int(row.t.timestamp()) + 30, 0, 0, 0))
        return pd.DataFrame(found, columns=["k", "at", "s", "n", "m"])

    return read().groupBy("k").applyInPandas(all_rows, "k STRING, at LONG, s LONG, n INT, m INT")


BATCH: dict[str, Callable[[Callable[[], Any]], Any]] = {
    **KINDS,
    "dedup within": lambda read: pairs(read()).dropDuplicates(["k", "two"]).drop("t"),
    "with state": numbered,
    "transform": transformed,
}
