"""Programs as users write them: several operators in a row, several inputs and watermarks, rates, Python functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyspark.sql import functions as F

from tests.parity.streams.programs import (
    JOINED,
    ONE_BY_ONE,
    PAIR,
    PROGRAMS,
    RANGE,
    STEPS,
    a,
    b,
    e,
    f,
    join,
    on_time,
    windows,
)
from tests.parity.streams.run import RESTART, Program

TRIPLE = {**PAIR, "c": "k STRING, x INT, s TIMESTAMP"}
# Files that come one by one: a batch's watermark ends what the next one brings.
CROSSING = [
    {
        **a([e("p", 1, 1), e("q", 2, 20)], [e("p", 3, 12), e("q", 4, 31)], [e("r", 5, 23), e("q", 6, 27)]),
        **b([f("p", 10, 2), f("q", 20, 21)], [f("p", 30, 13), f("q", 40, 17)], [f("r", 50, 24), f("q", 60, 60)]),
    },
    {**a([e("z", 7, 90)], [e("z", 8, 91)]), **b([f("z", 70, 90)], [f("y", 80, 95)])},
]
# Rows of which the time is not known, and keys and values.
UNKNOWN = [
    {
        **a([e("p", 1, 1), e("p", 2, None), e("q", None, 3)]),
        **b([f("p", 10, 2), f("p", 20, None), f("q", 30, 4)]),
    },
    {**a([e("p", 4, 50)]), **b([f("p", 40, 51), f("p", None, 52)])},
    {**a([e("q", 5, None), e("p", 6, 100)]), **b([f("q", 50, None), f("p", 60, 101)])},
    {**a([e("z", 7, 200)]), **b([f("z", 70, 200)])},
]
DOUBLES = (
    "CASE v % 5 WHEN 0 THEN 0.0D WHEN 1 THEN -0.0D WHEN 2 THEN double('NaN') WHEN 3 THEN -double('NaN') ELSE v END"
)
TEXTS = [
    {"a": [[{"value": "2026-01-01T00:00:01Z;x;1,2"}, {"value": "2026-01-01T00:00:09Z;y;3"}, {"value": "broken"}]]},
    {"a": [[{"value": "2026-01-01T00:00:12Z;x;4,5,6"}], [{"value": "2026-01-01T00:00:03Z;x;"}]]},
    {"a": [[{"value": "2026-01-01T00:01:00Z;z;7"}]]},
]
JSONS = [
    {"a": [[{"value": '{"k":"x","at":"2026-01-01T00:00:01Z","n":[1,2]}'}, {"value": '{"k":"y","at":null}'}]]},
    {"a": [[{"value": '{"k":"x","at":"2026-01-01T00:00:08Z","n":[5]}'}, {"value": "{"}]]},
    {"a": [[{"value": '{"k":"z","at":"2026-01-01T00:02:00Z","n":[]}'}]]},
]


def totals(df: Any, size: str, column: str = "window") -> Any:
    return df.groupBy(F.window(F.window_time(column), size)).agg(F.sum("n").alias("n"))


def three_sizes(_: Any, i: dict[str, Any]) -> Any:
    return totals(totals(windows(i["a"], "k").agg(F.count("*").alias("n")), "20 seconds"), "40 seconds")


def top_of_windows(_: Any, i: dict[str, Any]) -> Any:
    """The best key of each window, by a second aggregation."""
    of_keys = windows(i["a"], "k").agg(F.sum("v").alias("s"))
    return of_keys.groupBy("window").agg(F.max(F.struct("s", "k")).alias("best")).select("window.start", "best.*")


def sessions(df: Any, gap: Any, *keys: str) -> Any:
    return df.groupBy(F.session_window("t", gap), *keys)


def sessions_of_sessions(_: Any, i: dict[str, Any]) -> Any:
    short = sessions(on_time(i["a"]), "4 seconds", "k").agg(F.count("*").alias("n"))
    return totals(short, "30 seconds", "session_window")


def by_kind(_: Any, i: dict[str, Any]) -> Any:
    gap = F.expr("CASE k WHEN 'x' THEN '3 seconds' WHEN 'y' THEN '12 seconds' ELSE '8 seconds' END")
    found = sessions(on_time(i["a"]), gap, "k").agg(F.count("*").alias("n"), F.max("v").alias("m"))
    return found.selectExpr("k", "session_window.start AS a", "session_window.end AS b", "n", "m")


def both_watermarks(_: Any, i: dict[str, Any]) -> Any:
    other = i["b"].withWatermark("u", "1 second").selectExpr("k", "w AS v", "u AS t")
    both = i["a"].withWatermark("t", "20 seconds").union(other)
    return both.groupBy(F.window("t", "10 seconds"), "k").agg(F.sum("v").alias("s"), F.count("*").alias("n"))


def with_itself(_: Any, i: dict[str, Any]) -> Any:
    """High and low values of one stream apart, and together again."""
    low = on_time(i["a"].where("v < 8")).selectExpr("t", "'low' AS k", "v")
    high = on_time(i["a"].where("v >= 8")).selectExpr("t", "'high' AS k", "v * 100 AS v")
    return low.unionByName(high).groupBy(F.window("t", "10 seconds"), "k").agg(F.sum("v").alias("s"))


def three_streams(_: Any, i: dict[str, Any]) -> Any:
    left = i["a"].withWatermark("t", "5 seconds").alias("l")
    right = i["b"].withWatermark("u", "5 seconds").alias("r")
    pairs = left.join(right, F.expr(RANGE)).select("t", F.col("l.k").alias("k"), "v", "w")
    third = i["c"].withWatermark("s", "5 seconds").withColumnRenamed("k", "kc")
    return pairs.join(third, F.expr("k = kc AND s BETWEEN t AND t + INTERVAL 10 SECONDS"))


def windows_beside_rows(_: Any, i: dict[str, Any]) -> Any:
    """Rows beside the average of their window."""
    means = windows(i["a"], "k").agg(F.avg("v").alias("m")).withColumnRenamed("k", "km")
    rows = i["b"].withWatermark("u", "5 seconds").select(F.window("u", "10 seconds").alias("window"), "k", "w")
    return rows.join(means, ["window"]).where("k = km").selectExpr("window.start", "k", "w", "m")


def enriched(spark: Any, i: dict[str, Any]) -> Any:
    names = spark.createDataFrame([("x", "Xenia"), ("y", "Yves"), ("y", "Ynez")], "k STRING, name STRING")
    rows = on_time(i["a"]).join(F.broadcast(names), "k", "left")
    return rows.groupBy(F.window("t", "20 seconds"), "name").agg(F.count("*").alias("n"))


def lines(_: Any, i: dict[str, Any]) -> Any:
    parts = F.split("value", ";")
    rows = i["a"].select(F.try_to_timestamp(parts[0]).alias("t"), F.try_element_at(parts, F.lit(2)).alias("k"), parts)
    numbers = on_time(rows.where("t IS NOT NULL")).select(
        "t", "k", F.explode(F.split(F.try_element_at(rows.columns[2], F.lit(3)), ",")).alias("n")
    )
    return numbers.groupBy(F.window("t", "10 seconds"), "k").agg(F.expr("sum(try_cast(n AS INT))").alias("s"))


def messages(_: Any, i: dict[str, Any]) -> Any:
    rows = i["a"].select(F.from_json("value", "k STRING, at TIMESTAMP, n ARRAY<INT>").alias("r")).select("r.*")
    found = rows.withWatermark("at", "10 seconds").groupBy(F.window("at", "30 seconds"), "k")
    return found.agg(F.flatten(F.collect_list("n")).alias("all"), F.count("*").alias("c"))


def in_frames(_: Any, i: dict[str, Any]) -> Any:
    def double(frames: Iterator[Any]) -> Iterator[Any]:
        for frame in frames:
            yield frame[frame.v > 1].assign(v=frame.v * 2)

    rows = on_time(i["a"]).where("v IS NOT NULL").mapInPandas(double, "k STRING, v LONG, t TIMESTAMP")
    return rows.groupBy("k").agg(F.sum("v").alias("s"))


def by_functions(_: Any, i: dict[str, Any]) -> Any:
    size = F.udf(lambda v: None if v is None else "small" if v < 6 else "large", "STRING")
    return windows(i["a"].withColumn("size", size("v")), "size").agg(F.sum("v").alias("s"))


def nested(_: Any, i: dict[str, Any]) -> Any:
    rows = i["a"].select(F.struct("t", F.struct("k").alias("who")).alias("r"), "v")
    rows = rows.withColumn("at", F.col("r.t")).withWatermark("at", "5 seconds")
    return rows.groupBy(F.window("at", "10 seconds"), "r.who").agg(F.collect_list("v").alias("vs"))


def moments() -> list[Any]:
    return [
        F.stddev("v").alias("sd"),
        F.var_pop("v").alias("vp"),
        F.corr("v", F.expr("v * v")).alias("c"),
        F.covar_samp("v", F.expr("v * v")).alias("cs"),
        F.skewness("v").alias("sk"),
        F.kurtosis("v").alias("ku"),
        F.expr("regr_slope(v * v, v)").alias("slope"),
        F.expr("regr_r2(v * v, v)").alias("r2"),
    ]


def picked() -> list[Any]:
    return [
        F.max_by("v", "t").alias("last"),
        F.min_by(F.struct("k", "v"), "t").alias("first"),
        F.expr("count_if(v % 2 = 0)").alias("even"),
        F.expr("try_sum(v)").alias("ts"),
        F.expr("avg(CAST(v AS DECIMAL(10,2)))").alias("ad"),
        F.expr("any_value(k)").alias("k1"),
        F.expr("regr_count(v, v)").alias("rc"),
        F.expr("bit_or(v)").alias("bits"),
    ]


def full_then_windows(s: Any, i: dict[str, Any]) -> Any:
    rows = join("full", RANGE)(s, i).select(F.coalesce("t", "u").alias("at"), "v", "w")
    return rows.where("v IS NULL OR w IS NULL")


TWO_DAYS = [a([e("x", 1, 1)]), a([e("x", 2, 3000)]), a([e("x", 3, 3599)])]

USERS: list[Program] = [
    Program("windows of three sizes", three_sizes, STEPS),
    Program("windows of three sizes, a file a batch", three_sizes, STEPS, options=ONE_BY_ONE, trigger="availableNow"),
    Program("windows of three sizes, restarts", three_sizes, [STEPS[0], RESTART, *STEPS[1:3], RESTART, *STEPS[3:]]),
    Program("best key of a window", top_of_windows, STEPS),
    Program("best key of a window, a file a batch", top_of_windows, STEPS, options=ONE_BY_ONE, trigger="availableNow"),
    Program("windows of sessions", sessions_of_sessions, STEPS),
    Program("sessions by key", by_kind, STEPS),
    Program("sessions by key, a file a batch", by_kind, STEPS, options=ONE_BY_ONE, trigger="availableNow"),
    Program("sessions by key, complete", by_kind, STEPS, "complete"),
    Program(
        "sessions of moments",
        lambda _, i: sessions(on_time(i["a"]), "8 seconds", "k").agg(F.stddev("v"), F.max_by("v", "t")),
        STEPS,
    ),
    Program("two watermarks, update", both_watermarks, CROSSING, "update", "availableNow", inputs=PAIR, options=ONE_BY_ONE),
    Program("two watermarks, append", both_watermarks, CROSSING, "append", "availableNow", inputs=PAIR, options=ONE_BY_ONE),
    Program("two watermarks, complete", both_watermarks, JOINED, "complete", inputs=PAIR),
    Program("a stream and itself", with_itself, STEPS, options=ONE_BY_ONE, trigger="availableNow"),
    *(
        Program(f"{kind} join, a file a batch", join(kind, RANGE), CROSSING, "append", "availableNow", inputs=PAIR, options=ONE_BY_ONE)
        for kind in ("inner", "left", "right", "full", "leftsemi")
    ),
    *(
        Program(f"{kind} join on the time, a file a batch", join(kind, "l.k = r.k AND t = u"), CROSSING, "append", "availableNow", inputs=PAIR, options=ONE_BY_ONE)
        for kind in ("inner", "left", "right", "full", "leftsemi")
    ),
    Program(
        "semi join, found later",
        join("leftsemi", RANGE),
        [a([e("p", 1, 1)]), b([f("p", 10, 2)]), {**a([e("p", 2, 3)]), **b([f("p", 20, 4)])}, {**a([e("z", 3, 90)]), **b([f("z", 30, 90)])}],
        inputs=PAIR,
    ),
    *(
        Program(f"{kind} join, unknown times", join(kind, RANGE), UNKNOWN, inputs=PAIR)
        for kind in ("inner", "left", "leftsemi")
    ),
    Program("inner join, unknown values", join("inner", "l.k = r.k AND v < w"), UNKNOWN, inputs=PAIR),
    Program("inner join, keys chosen", join("inner", RANGE + " AND l.k IN ('p', 'z')"), UNKNOWN, inputs=PAIR),
    Program("inner join, keys chosen after it", lambda s, i: join("inner", RANGE)(s, i).where("l.k < 'q'"), UNKNOWN, inputs=PAIR),
    Program("doubles that are equal, or no numbers", lambda _, i: i["a"].select(F.expr(DOUBLES).alias("d"), "v").groupBy("d").agg(F.count("*").alias("n"), F.max("v")), STEPS, "update", options=ONE_BY_ONE, trigger="availableNow"),
    Program("dropDuplicates of doubles in arrays", lambda _, i: i["a"].select(F.array(F.expr(DOUBLES)).alias("d")).dropDuplicates(), STEPS),
    Program("limit, then windows", lambda _, i: on_time(i["a"]).limit(2).groupBy(F.window("t", "10 seconds")).count(), [*STEPS[:2], RESTART, *STEPS[2:]]),
    Program("full join without partners", full_then_windows, JOINED, inputs=PAIR),
    Program(
        "left join, then windows, a file a batch",
        lambda s, i: join("left", RANGE)(s, i).groupBy(F.window("t", "10 seconds")).agg(F.count("w").alias("n")),
        CROSSING,
        "append",
        "availableNow",
        inputs=PAIR,
        options=ONE_BY_ONE,
    ),
    Program(
        "three streams",
        three_streams,
        [{**step, "c": [[{"k": k, "x": n, "s": f(k, 0, at)["u"]} for k, at in (("p", 5), ("q", 8), ("z", 120 * n))]]} for n, step in enumerate(JOINED)],
        inputs=TRIPLE,
    ),
    Program("inner join, bound after it", lambda s, i: join("inner", "l.k = r.k")(s, i).where("u BETWEEN t - INTERVAL 2 SECONDS AND t + INTERVAL 10 SECONDS AND v < 9 AND w > 10 AND t > '2026-01-01'").select("v", "w"), CROSSING, "append", "availableNow", inputs=PAIR, options=ONE_BY_ONE),
    Program("joined, then joined by keys", lambda s, i: join("inner", RANGE)(s, i).select("t", F.col("l.k").alias("k"), "v").dropDuplicates(["k", "t"]), CROSSING, "append", "availableNow", inputs=PAIR, options=ONE_BY_ONE),
    Program("refused: duplicates by the times of both", lambda s, i: join("inner", RANGE)(s, i).select("t", "u", "v").dropDuplicates(["t", "u"]), CROSSING, "append", "availableNow", inputs=PAIR, options=ONE_BY_ONE),
    Program("refused: duplicates with the times of both", lambda s, i: join("inner", RANGE)(s, i).select("t", "u", "v").dropDuplicates(["v"]), CROSSING, "append", "availableNow", inputs=PAIR, options=ONE_BY_ONE),
    Program("refused: a join with the times of both", lambda s, i: join("inner", RANGE)(s, i).select("t", "u", "v").join(i["b"].withWatermark("u", "5 seconds").selectExpr("u AS x", "w"), F.expr("x = t")), CROSSING, "append", "availableNow", inputs=PAIR, options=ONE_BY_ONE),
    Program("by computed keys", lambda _, i: i["a"].groupBy(F.upper("k"), F.expr("v % 2 = 0")).agg(F.sort_array(F.collect_list("v"))), STEPS, "complete"),
    Program("values of groups", lambda _, i: i["a"].groupBy("k").agg(F.first("v").alias("f"), F.first("v", True).alias("fi"), F.expr("any_value(v)").alias("a"), F.expr("approx_count_distinct(v)").alias("d"), F.expr("array_size(collect_set(v))").alias("cs")), STEPS, "update", options=ONE_BY_ONE, trigger="availableNow"),
    Program("different values", lambda _, i: i["a"].groupBy(F.expr("v % 2")).agg(F.approx_count_distinct("k").alias("d"), F.sort_array(F.collect_set("k")).alias("ks")), STEPS, "update", options=ONE_BY_ONE, trigger="availableNow"),
    Program("windows beside rows", windows_beside_rows, JOINED, inputs=PAIR),
    Program("names from a table, then windows", enriched, STEPS),
    Program("names from a table, then windows, update", enriched, STEPS, "update"),
    Program("lines of text, then windows", lines, TEXTS, inputs={"a": "value STRING"}, format="text"),
    Program("messages, then windows", messages, JSONS, inputs={"a": "value STRING"}, format="text"),
    Program("frames, then keys", in_frames, STEPS, "update"),
    Program("functions, then windows", by_functions, STEPS),
    Program("a nested key", nested, STEPS, conf={"spark.sql.session.timeZone": "America/New_York"}),
    Program("moments", lambda _, i: i["a"].groupBy("k").agg(*moments()), STEPS, "update", options=ONE_BY_ONE, trigger="availableNow"),
    Program("moments of windows", lambda _, i: windows(i["a"]).agg(*moments()), STEPS),
    Program("picked values", lambda _, i: i["a"].groupBy("k").agg(*picked()), STEPS, "update", options=ONE_BY_ONE, trigger="availableNow"),
    Program("picked values of windows", lambda _, i: windows(i["a"], "k").agg(*picked()), STEPS),
    Program(
        "within a watermark, then windows, a file a batch",
        lambda _, i: on_time(i["a"]).dropDuplicatesWithinWatermark(["k"]).groupBy(F.window("t", "10 seconds")).count(),
        STEPS,
        options=ONE_BY_ONE,
        trigger="availableNow",
    ),
    Program(
        "duplicates, then windows, then windows",
        lambda _, i: totals(on_time(i["a"]).dropDuplicates(["k", "t"]).groupBy(F.window("t", "10 seconds")).agg(F.count("*").alias("n")), "30 seconds"),
        STEPS,
        options=ONE_BY_ONE,
        trigger="availableNow",
    ),
    Program("days of a time zone", lambda _, i: on_time(i["a"], "1 minute").groupBy(F.window("t", "1 hour", "1 hour", "15 minutes")).count(), TWO_DAYS, conf={"spark.sql.session.timeZone": "Asia/Kolkata"}),
    Program("observed, then windows", lambda _, i: windows(i["a"].observe("seen", F.count("*").alias("n"), F.max("v").alias("m"))).count(), STEPS),
    Program("three files a batch", lambda _, i: windows(i["a"]).count(), [a(*([e("x", n, 7 * n)] for n in range(8)))], "append", "availableNow", options={"maxFilesPerTrigger": "3"}),
    Program("bytes a batch, then windows", lambda _, i: windows(i["a"]).count(), [a(*([e("x", n, 7 * n)] for n in range(8)))], "append", "availableNow", options={"maxBytesPerTrigger": "150"}),
    Program("refused: files and bytes a batch", lambda _, i: i["a"], STEPS[:1], options={"maxFilesPerTrigger": "3", "maxBytesPerTrigger": "150"}),
    Program("refused: frames of groups", lambda _, i: i["a"].groupBy("k").applyInPandas(lambda frame: frame, "k STRING, v INT, t TIMESTAMP"), STEPS[:1]),
    Program("refused: windows of a left join, update", lambda s, i: join("left", RANGE)(s, i).groupBy(F.window("t", "10 seconds")).count(), JOINED, "update", inputs=PAIR),
]  # fmt: skip
ALL = [*PROGRAMS, *USERS]
