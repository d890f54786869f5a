"""The programs: every operator, output mode and trigger, late rows, several batches, and what Spark refuses."""

from __future__ import annotations

from typing import Any

from pyspark.sql import functions as F

from tests.parity.streams.run import RESTART, Program, Row

PAIR = {"a": "k STRING, v INT, t TIMESTAMP", "b": "k STRING, w INT, u TIMESTAMP"}
ONE_BY_ONE = {"maxFilesPerTrigger": "1"}


def e(k: str | None, v: int | None, second: float | None) -> Row:
    """An event so many seconds after midnight."""
    return {"k": k, "v": v, "t": _time(second)}


def f(k: str | None, w: int | None, second: float | None) -> Row:
    """An event of the other input."""
    return {"k": k, "w": w, "u": _time(second)}


def _time(second: float | None) -> str | None:
    if second is None:
        return None
    minutes, seconds = divmod(second, 60)
    return f"2026-01-01T00:{int(minutes):02}:{seconds:06.3f}Z"


def a(*files: list[Row]) -> dict[str, list[list[Row]]]:
    return {"a": list(files)}


def b(*files: list[Row]) -> dict[str, list[list[Row]]]:
    return {"b": list(files)}


# In order, with late rows, NULLs, and a step that ends everything.
STEPS = [
    a(
        [e("x", 1, 1), e("y", 2, 3), e("x", 3, 9)],
        [e("x", 4, 12), e("z", None, 14), e(None, 5, 2)],
    ),
    a([e("y", 6, 18), e("x", 7, 4)]),
    a([e("x", 8, 31), e("y", 9, 11), e("x", 10, 26)]),
    a([e("y", 11, 2), e("y", 12, 33), e("z", 13, None)]),
    a([e("x", 14, 75)]),
]
JOINED = [
    {
        **a([e("p", 1, 1), e("q", 2, 2), e("r", 3, 3)]),
        **b([f("p", 10, 2), f("s", 20, 3)]),
    },
    {
        **a([e("q", 4, 8), e("t", 5, 9)]),
        **b([f("q", 30, 6), f("q", 40, 7), f(None, 45, 7)]),
    },
    {**a([e("u", 6, 40), e(None, 7, 41)]), **b([f("u", 50, 41), f("r", 60, 4)])},
    b([f("v", 70, 44), f("p", 80, 1)]),
    {**a([e("w", 8, 100), e("q", 9, 3)]), **b([f("w", 90, 101)])},
    {**a([e("w", 10, 200)]), **b([f("x", 95, 200)])},
]


def on_time(df: Any, delay: str = "5 seconds") -> Any:
    return df.withWatermark("t", delay)


def windows(df: Any, *keys: str, slide: str | None = None) -> Any:
    window = F.window("t", "10 seconds", slide) if slide else F.window("t", "10 seconds")
    return on_time(df).groupBy(window, *keys)


def join(kind: str, condition: str) -> Any:
    def build(spark: Any, i: dict[str, Any]) -> Any:
        left = i["a"].withWatermark("t", "5 seconds").alias("l")
        right = i["b"].withWatermark("u", "5 seconds").alias("r")
        return left.join(right, F.expr(condition), kind)

    return build


def beside(kind: str) -> Any:
    return lambda s, i: i["a"].join(static(s), "k", kind)


def static(spark: Any) -> Any:
    return spark.createDataFrame([("x", 100), ("x", 101), ("y", 200), ("n", 300)], "k STRING, s INT")


def union(delay_a: str, delay_b: str) -> Any:
    def build(spark: Any, i: dict[str, Any]) -> Any:
        other = i["b"].selectExpr("k", "w AS v", "u AS t").withWatermark("t", delay_b)
        both = i["a"].withWatermark("t", delay_a).union(other)
        return both.groupBy(F.window("t", "10 seconds")).agg(F.sum("v").alias("s"))

    return build


RANGE = "l.k = r.k AND u BETWEEN t - INTERVAL 2 SECONDS AND t + INTERVAL 10 SECONDS"
MAX = {"spark.sql.streaming.multipleWatermarkPolicy": "max"}
UNION_STEPS = [
    {**a([e("x", 1, 1), e("x", 2, 30)]), **b([f("x", 10, 2)])},
    b([f("x", 20, 12), f("x", 25, 50)]),
    {**a([e("x", 3, 70)]), **b([f("x", 30, 90)])},
]

AGGREGATIONS = [
    Program(
        f"windows, {mode}",
        lambda _, i: windows(i["a"], "k").agg(F.count("*").alias("n"), F.sum("v").alias("s")),
        STEPS,
        mode,
    )
    for mode in ("append", "update", "complete")
] + [
    Program("windows without keys", lambda _, i: windows(i["a"]).count(), STEPS),
    Program(
        "windows, a file a batch",
        lambda _, i: windows(i["a"]).count(),
        STEPS,
        options=ONE_BY_ONE,
    ),
    Program(
        "sliding windows",
        lambda _, i: windows(i["a"], slide="5 seconds").agg(F.sum("v").alias("s")),
        STEPS,
    ),
    Program(
        "sliding, update",
        lambda _, i: windows(i["a"], slide="5 seconds").agg(F.max("v")),
        STEPS,
        "update",
    ),
    Program(
        "event time as key",
        lambda _, i: on_time(i["a"]).groupBy("t").agg(F.sum("v").alias("s")),
        STEPS,
    ),
    Program(
        "event time as key, update",
        lambda _, i: on_time(i["a"]).groupBy("t", "k").agg(F.sum("v")),
        STEPS,
        "update",
    ),
    Program(
        "keys, update",
        lambda _, i: i["a"].groupBy("k").agg(F.sum("v").alias("s")),
        STEPS,
        "update",
    ),
    Program(
        "keys, complete",
        lambda _, i: i["a"].groupBy("k").agg(F.avg("v").alias("m")),
        STEPS,
        "complete",
    ),
    Program(
        "watermark without its key, update",
        lambda _, i: on_time(i["a"]).groupBy("k").agg(F.sum("v")),
        STEPS,
        "update",
    ),
    Program(
        "no keys, complete",
        lambda _, i: i["a"].agg(F.count("*"), F.sum("v"), F.min("k")),
        STEPS,
        "complete",
    ),
    Program(
        "no keys, update",
        lambda _, i: i["a"].agg(F.count("*"), F.sum("v")),
        STEPS,
        "update",
    ),
    Program(
        "sorted, complete",
        lambda _, i: i["a"].groupBy("k").count().orderBy(F.desc("count"), "k"),
        STEPS,
        "complete",
    ),
    Program(
        "sorted and limited, complete",
        lambda _, i: i["a"].groupBy("k").count().orderBy(F.desc("count"), "k").limit(2),
        STEPS,
        "complete",
    ),
    Program(
        "having",
        lambda _, i: windows(i["a"], "k").agg(F.sum("v").alias("s")).where("s > 5").selectExpr("window.end", "k", "s"),
        STEPS,
    ),
    Program(
        "many aggregates",
        lambda _, i: (
            i["a"]
            .groupBy("k")
            .agg(
                F.min("v"),
                F.max("t"),
                F.avg("v"),
                F.count("v"),
                F.stddev("v"),
                F.sum(F.col("v").cast("decimal(10,2)")),
                F.avg(F.col("v").cast("decimal(10,2)")),
                F.sort_array(F.collect_list("v")).alias("l"),
                F.sort_array(F.collect_set("v")).alias("c"),
                F.approx_count_distinct("v"),
                F.bool_or(F.col("v") > 4),
                F.max_by("v", "t"),
                F.corr("v", "v"),
            )
        ),
        STEPS,
        "update",
    ),
    Program(
        "aggregates with filters",
        lambda _, i: (
            i["a"]
            .groupBy("k")
            .agg(
                F.expr("count(*) FILTER (WHERE v > 3)"),
                F.expr("avg(v) FILTER (WHERE v > 3)"),
            )
        ),
        STEPS,
        "update",
    ),
    Program(
        "rollup, complete",
        lambda _, i: i["a"].rollup("k").agg(F.sum("v").alias("s")),
        STEPS,
        "complete",
    ),
    Program(
        "cube, update",
        lambda _, i: (
            i["a"]
            .cube("k", F.expr("v % 2").alias("odd"))
            .agg(
                F.count("*").alias("n"), F.max("v").alias("m"), F.grouping_id().alias("g"), F.grouping("k").alias("gk")
            )
        ),
        STEPS,
        "update",
    ),
    Program(
        "rollup of windows, update",
        lambda _, i: on_time(i["a"]).rollup(F.window("t", "10 seconds"), "k").agg(F.sum("v").alias("s")),
        STEPS,
        "update",
    ),
    Program(
        "rollup of windows, append",
        lambda _, i: on_time(i["a"]).rollup(F.window("t", "10 seconds"), "k").agg(F.sum("v").alias("s")),
        STEPS,
    ),
    Program(
        "no batches without data",
        lambda _, i: windows(i["a"]).count(),
        STEPS,
        conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"},
    ),
    Program(
        "no batches without data, update",
        lambda _, i: windows(i["a"]).count(),
        STEPS,
        "update",
        conf={"spark.sql.streaming.noDataMicroBatches.enabled": "false"},
    ),
    Program(
        "restarts",
        lambda _, i: windows(i["a"], "k").agg(F.sum("v").alias("s")),
        [*STEPS[:2], RESTART, *STEPS[2:4], RESTART, STEPS[4]],
    ),
    Program(
        "no delay",
        lambda _, i: on_time(i["a"], "0 seconds").groupBy(F.window("t", "10 seconds")).count(),
        STEPS,
    ),
    Program(
        "counted after filters and projections",
        lambda _, i: (
            on_time(i["a"].where("v % 2 = 0").withColumn("d", F.col("v") * 2))
            .groupBy(F.window("t", "10 seconds"), "k")
            .agg(F.sum("d"))
        ),
        STEPS,
    ),
    Program(
        "window of two aggregations",
        lambda _, i: (
            windows(i["a"], "k")
            .count()
            .groupBy(F.window(F.window_time("window"), "20 seconds"))
            .agg(F.sum("count").alias("n"))
        ),
        STEPS,
    ),
    Program(
        "window of a window",
        lambda _, i: (
            windows(i["a"], "k").count().groupBy(F.window("window", "30 seconds")).agg(F.count("*").alias("n"))
        ),
        STEPS,
    ),
    Program(
        "observed",
        lambda _, i: i["a"].observe("seen", F.count("*").alias("n"), F.max("v").alias("m")).where("v > 3"),
        STEPS,
    ),
]

DEDUPLICATION = [
    Program("dropDuplicates", lambda _, i: i["a"].dropDuplicates(["k"]).select("k"), STEPS),
    Program(
        "dropDuplicates, update",
        lambda _, i: i["a"].dropDuplicates(["k"]).select("k"),
        STEPS,
        "update",
    ),
    Program("distinct", lambda _, i: i["a"].select("k").distinct(), STEPS),
    Program(
        "dropDuplicates, watermark elsewhere",
        lambda _, i: on_time(i["a"]).dropDuplicates(["k"]).select("k"),
        STEPS,
    ),
    Program(
        "dropDuplicates with event time",
        lambda _, i: on_time(i["a"]).dropDuplicates(["k", "t"]).select("k", "t"),
        STEPS,
    ),
    Program(
        "dropDuplicatesWithinWatermark",
        lambda _, i: on_time(i["a"]).dropDuplicatesWithinWatermark(["k"]).select("k", "t"),
        [
            a([e("x", 1, 1), e("y", 2, 3)]),
            a([e("x", 3, 4), e("x", 4, 20), e("z", 5, 21)]),
            a([e("x", 6, 22), e("y", 7, 23), e("q", 8, 2)]),
            a([e("x", 9, 60)]),
            a([e("x", 10, 61), e("y", 11, 90)]),
        ],
    ),
    Program(
        "duplicates, then windows",
        lambda _, i: on_time(i["a"]).dropDuplicates(["k", "t"]).groupBy(F.window("t", "10 seconds")).count(),
        STEPS,
    ),
]

JOINS = [
    *(
        Program(f"{kind} join", join(kind, RANGE), JOINED, inputs=PAIR)
        for kind in ("inner", "left", "right", "full", "leftsemi")
    ),
    Program("inner join by key", lambda _, i: i["a"].join(i["b"], "k"), JOINED, inputs=PAIR),
    Program(
        "inner join by key, with watermarks",
        join("inner", "l.k = r.k"),
        JOINED,
        inputs=PAIR,
    ),
    Program(
        "inner join, restarts",
        join("inner", RANGE),
        [*JOINED[:3], RESTART, *JOINED[3:]],
        inputs=PAIR,
    ),
    Program(
        "left join, restarts",
        join("left", RANGE),
        [*JOINED[:3], RESTART, *JOINED[3:]],
        inputs=PAIR,
    ),
    Program(
        "inner join, bound one way",
        join("inner", "l.k = r.k AND u >= t"),
        JOINED,
        inputs=PAIR,
    ),
    Program(
        "left join, strictly bound",
        join("left", "l.k = r.k AND u > t AND u < t + INTERVAL 10 SECONDS"),
        JOINED,
        inputs=PAIR,
    ),
    Program(
        "left join on the time",
        join("left", "l.k = r.k AND t = u"),
        JOINED,
        inputs=PAIR,
    ),
    Program(
        "right join on the time",
        join("right", "l.k = r.k AND t = u"),
        JOINED,
        inputs=PAIR,
    ),
    Program("join on the time only", join("inner", "t = u"), JOINED, inputs=PAIR),
    Program(
        "left join with a condition of one side",
        join("left", RANGE + " AND v > 1 AND w < 60"),
        JOINED,
        inputs=PAIR,
    ),
    Program(
        "left join of windows",
        lambda _, i: (
            i["a"]
            .withWatermark("t", "5 seconds")
            .select(F.window("t", "10 seconds").alias("w"), "k", "v")
            .join(
                i["b"]
                .withWatermark("u", "5 seconds")
                .select(F.window("u", "10 seconds").alias("w"), "k", F.col("w").alias("x")),
                ["w", "k"],
                "left",
            )
        ),
        JOINED,
        inputs=PAIR,
    ),
    Program(
        "join of one stream with itself",
        lambda _, i: (
            on_time(i["a"])
            .alias("l")
            .join(
                on_time(i["a"]).alias("r"),
                F.expr("l.k = r.k AND l.t = r.t AND l.v < r.v"),
            )
        ),
        [a([e("x", 1, 1), e("x", 2, 1)]), a([e("x", 3, 1)]), a([e("x", 4, 60)])],
    ),
    Program(
        "inner join, greatest watermark",
        join("inner", RANGE),
        JOINED,
        inputs=PAIR,
        conf=MAX,
    ),
    Program(
        "join, then windows",
        lambda s, i: join("inner", RANGE)(s, i).groupBy(F.window("t", "10 seconds")).agg(F.sum("w").alias("s")),
        JOINED,
        inputs=PAIR,
    ),
    Program(
        "left join, then windows",
        lambda s, i: join("left", RANGE)(s, i).groupBy(F.window("t", "10 seconds")).agg(F.count("*").alias("n")),
        JOINED,
        inputs=PAIR,
    ),
    *(
        Program(
            f"stream {kind} table",
            beside(kind),
            STEPS[:3],
        )
        for kind in ("inner", "left", "leftsemi", "leftanti")
    ),
    Program(
        "table right stream",
        lambda s, i: static(s).join(i["a"], "k", "right"),
        STEPS[:3],
    ),
    Program(
        "table inner stream, then keys",
        lambda s, i: static(s).join(i["a"], "k").groupBy("s").agg(F.sum("v")),
        STEPS[:3],
        "update",
    ),
    Program("stream x table", lambda s, i: i["a"].crossJoin(static(s).limit(2)), STEPS[:1]),
]

WATERMARKS = [
    Program(
        "union, least watermark",
        union("5 seconds", "10 seconds"),
        UNION_STEPS,
        inputs=PAIR,
    ),
    Program(
        "union, greatest watermark",
        union("5 seconds", "10 seconds"),
        UNION_STEPS,
        inputs=PAIR,
        conf=MAX,
    ),
    Program(
        "watermark after a union",
        lambda _, i: windows(i["a"].union(i["b"])).count(),
        [{**a([e("x", 1, 1)]), "b": [[e("x", 1, 30)]]}, a([e("x", 1, 2)]), {"b": [[e("x", 1, 50)]]}],
        inputs={
            "a": "k STRING, v INT, t TIMESTAMP",
            "b": "k STRING, v INT, t TIMESTAMP",
        },
    ),
    Program(
        "watermark that nothing uses",
        lambda _, i: on_time(i["a"]).where("v > 2"),
        STEPS,
    ),
    Program(
        "an input that stays empty",
        union("5 seconds", "5 seconds"),
        [a([e("x", 1, 1)]), a([e("x", 1, 100)])],
        inputs=PAIR,
    ),
]

LINES = [
    {"a": [[{"value": "one two"}, {"value": ""}], [{"value": "two"}]]},
    {"a": [[{"value": "three two"}]]},
]
STATELESS = [
    Program(
        "rows",
        lambda _, i: i["a"].where("v > 2").selectExpr("upper(k) AS k", "v * 2 AS d", "t"),
        STEPS,
    ),
    Program("rows, update", lambda _, i: i["a"].where("v > 2"), STEPS, "update"),
    Program(
        "explode",
        lambda _, i: i["a"].selectExpr("k", "explode(sequence(1, least(v, 3))) AS n"),
        STEPS[:3],
    ),
    Program("union of streams", lambda _, i: i["a"].union(i["a"].where("v > 2")), STEPS[:2]),
    Program("limit", lambda _, i: i["a"].select(F.lit(1)).limit(5), STEPS),
    Program(
        "limit, a file a batch",
        lambda _, i: i["a"].select(F.lit(1)).limit(5),
        STEPS,
        options=ONE_BY_ONE,
    ),
    Program(
        "words",
        lambda _, i: i["a"].selectExpr("explode(split(value, ' ')) AS w").groupBy("w").count(),
        LINES,
        "complete",
        inputs={"a": "value STRING"},
        format="text",
    ),
    Program(
        "csv",
        lambda _, i: i["a"].select("k", "v"),
        [a([e("x", 1, 1)], [e("y", 2, 2)]), a([e("z", 3, 3)])],
        inputs={"a": "k STRING, v INT, t STRING"},
        format="csv",
    ),
]

FILES = [
    Program(
        "two files a batch",
        lambda _, i: i["a"].select("v"),
        [a(*([e("x", n, n)] for n in range(5)))],
        options={"maxFilesPerTrigger": "2"},
    ),
    Program(
        "some bytes a batch",
        lambda _, i: i["a"].select("v"),
        [a(*([e("x", n, n)] for n in range(5)))],
        options={"maxBytesPerTrigger": "120"},
    ),
    Program(
        "latest first",
        lambda _, i: i["a"].select("v"),
        [a(*([e("x", n, n)] for n in range(5))), a([e("y", 9, 9)])],
        options={"maxFilesPerTrigger": "2", "latestFirst": "true"},
    ),
    Program(
        "chosen by name",
        lambda _, i: i["a"].select("v"),
        [a(*([e("x", n, n)] for n in range(5)))],
        options={"pathGlobFilter": "*[02].json"},
    ),
    Program(
        "old files",
        lambda _, i: i["a"].select("v"),
        [a(*([e("x", n, n)] for n in range(5))), a([e("y", 9, 9)])],
        options={"maxFileAge": "2s"},
    ),
    Program(
        "old files, one by one",
        lambda _, i: i["a"].select("v"),
        [a(*([e("x", n, n)] for n in range(5)))],
        options={"maxFileAge": "2s", **ONE_BY_ONE},
    ),
    Program(
        "more than ten batches",
        lambda _, i: i["a"].select("v"),
        [a(*([e("x", n, n)] for n in range(12))), RESTART, a([e("y", 99, 99)])],
        options=ONE_BY_ONE,
    ),
]

TRIGGERS = [
    Program(f"{trigger}: {name}", build, steps, mode, trigger, options=options)
    for trigger in ("availableNow", "once")
    for name, build, steps, mode, options in (
        ("rows", lambda _, i: i["a"].select("v"), STEPS, "append", ONE_BY_ONE),
        ("windows", lambda _, i: windows(i["a"], "k").agg(F.sum("v").alias("s")), STEPS, "append", ONE_BY_ONE),
        ("windows, update", lambda _, i: windows(i["a"]).count(), STEPS, "update", {}),
        ("keys, complete", lambda _, i: i["a"].groupBy("k").count(), STEPS, "complete", {}),
        ("duplicates", lambda _, i: on_time(i["a"]).dropDuplicates(["k", "t"]), STEPS, "append", {}),
        ("limit", lambda _, i: i["a"].select(F.lit(1)).limit(5), STEPS, "append", {}),
    )
] + [
    Program(f"{trigger}: left join", join("left", RANGE), JOINED, "append", trigger, inputs=PAIR)
    for trigger in ("availableNow", "once")
] + [
    Program(
        "availableNow: rate-micro-batch",
        lambda s, i: s.readStream.format("rate-micro-batch").option("rowsPerBatch", 4).option("startTimestamp", 0).option("advanceMillisPerBatch", 6000).load().withWatermark("timestamp", "2 seconds").groupBy(F.window("timestamp", "10 seconds")).agg(F.sum("value")),
        [a(), a(), a(), a()],
        trigger="availableNow",
    ),
]  # fmt: skip

REFUSED = [
    Program(f"refused: {name}", build, mode=mode, inputs=inputs)
    for name, build, mode, inputs in (
        ("sort", lambda _, i: i["a"].orderBy("v"), "append", PAIR),
        ("sort, update", lambda _, i: i["a"].groupBy("k").count().orderBy("k"), "update", PAIR),
        ("keys without watermark", lambda _, i: i["a"].groupBy("k").count(), "append", PAIR),
        ("watermark without its key", lambda _, i: on_time(i["a"]).groupBy("k").count(), "append", PAIR),
        ("rows, complete", lambda _, i: i["a"].select("v"), "complete", PAIR),
        ("duplicates, complete", lambda _, i: i["a"].dropDuplicates(), "complete", PAIR),
        ("left join, update", join("left", RANGE), "update", PAIR),
        ("join, complete", join("inner", RANGE), "complete", PAIR),
        ("left join without bounds", join("left", "l.k = r.k"), "append", PAIR),
        ("right join without bounds", join("right", "l.k = r.k"), "append", PAIR),
        ("full join without bounds", join("full", "l.k = r.k"), "append", PAIR),
        ("semi join without bounds", join("leftsemi", "l.k = r.k"), "append", PAIR),
        ("left join without watermarks", lambda _, i: i["a"].join(i["b"], "k", "left"), "append", PAIR),
        ("left join bound the other way", join("left", "l.k = r.k AND u >= t"), "append", PAIR),
        ("anti join", join("leftanti", RANGE), "append", PAIR),
        ("table left stream", lambda s, i: static(s).join(i["a"], "k", "left"), "append", PAIR),
        ("stream right table", lambda s, i: i["a"].join(static(s), "k", "right"), "append", PAIR),
        ("stream full table", lambda s, i: i["a"].join(static(s), "k", "full"), "append", PAIR),
        ("table full stream", lambda s, i: static(s).join(i["a"], "k", "full"), "append", PAIR),
        ("table semi stream", lambda s, i: static(s).join(i["a"], "k", "leftsemi"), "append", PAIR),
        ("table anti stream", lambda s, i: static(s).join(i["a"], "k", "leftanti"), "append", PAIR),
        ("union with a table", lambda s, i: i["a"].select("k", "v").union(static(s)), "append", PAIR),
        ("table except a stream", lambda s, i: static(s).subtract(i["a"].select("k", "v")), "append", PAIR),
        ("intersect", lambda s, i: i["a"].select("k", "v").intersect(static(s)), "append", PAIR),
        ("intersect of streams", lambda s, i: i["a"].select("k").intersect(i["b"].select("k")), "append", PAIR),
        ("window function", lambda s, i: i["a"].selectExpr("row_number() OVER (PARTITION BY k ORDER BY t) AS n"), "append", PAIR),
        ("limit, update", lambda s, i: i["a"].limit(2), "update", PAIR),
        ("sample", lambda s, i: i["a"].sample(0.5), "append", PAIR),
        ("offset", lambda s, i: i["a"].offset(2), "append", PAIR),
        ("keys of keys, update", lambda s, i: i["a"].groupBy("k").count().groupBy("count").count(), "update", PAIR),
        ("keys of keys, complete", lambda s, i: i["a"].groupBy("k").count().groupBy("count").count(), "complete", PAIR),
        ("keys of keys", lambda s, i: i["a"].groupBy("k").count().groupBy("count").count(), "append", PAIR),
        ("windows of windows, update", lambda s, i: windows(i["a"]).count().groupBy(F.window("window", "20 seconds")).count(), "update", PAIR),
        ("within no watermark", lambda s, i: i["a"].dropDuplicatesWithinWatermark(["k"]), "append", PAIR),
        ("watermark of a number", lambda s, i: i["a"].withWatermark("v", "1 second"), "append", PAIR),
        ("watermark of a local time", lambda s, i: i["a"].withColumn("n", F.col("t").cast("timestamp_ntz")).withWatermark("n", "1 second"), "append", PAIR),
        ("watermark of a missing column", lambda s, i: i["a"].withWatermark("x", "1 second"), "append", PAIR),
        ("negative delay", lambda s, i: i["a"].withWatermark("t", "-1 second"), "append", PAIR),
        ("delay of months", lambda s, i: i["a"].withWatermark("t", "1 month"), "append", PAIR),
        ("no delay", lambda s, i: i["a"].withWatermark("t", "soon"), "append", PAIR),
        ("watermark after windows", lambda s, i: windows(i["a"]).count().withColumn("t", F.col("window.end")).withWatermark("t", "1 second"), "append", PAIR),
        ("a table", lambda s, i: static(s), "append", PAIR),
        ("pivot", lambda s, i: i["a"].groupBy("k").pivot("v", [1, 2]).count(), "update", PAIR),
        ("cube, append", lambda s, i: windows(i["a"]).count().cube("count").count(), "append", PAIR),
        ("subquery of a stream", lambda s, i: (i["b"].createOrReplaceTempView("other"), i["a"].where("v IN (SELECT w FROM other)"))[1], "append", PAIR),
        ("unknown mode", lambda s, i: i["a"], "sometimes", PAIR),
        ("distinct aggregate", lambda s, i: i["a"].groupBy("k").agg(F.countDistinct("v")), "complete", PAIR),
    )
]  # fmt: skip

# What one may think is refused.
ALLOWED = [
    Program("inner join, update", join("inner", RANGE), JOINED, "update", inputs=PAIR),
    Program("duplicates after windows", lambda _, i: windows(i["a"]).count().dropDuplicates(["count"]), STEPS),
    Program("duplicates after windows, update", lambda _, i: windows(i["a"]).count().dropDuplicates(["count"]).select("count"), STEPS, "update"),
    Program("duplicates after keys, complete", lambda _, i: i["a"].groupBy("k").count().dropDuplicates(["count"]).select("count"), STEPS, "complete"),
    Program("limit before keys, complete", lambda _, i: i["a"].select(F.lit(1).alias("x")).limit(7).groupBy("x").count(), STEPS, "complete", options=ONE_BY_ONE),
    Program("watermark twice", lambda _, i: on_time(on_time(i["a"]), "9 seconds").groupBy(F.window("t", "10 seconds")).count(), STEPS),
    Program("columns of two watermarks", lambda s, i: join("inner", RANGE)(s, i).groupBy("t", "u").count(), JOINED, inputs=PAIR),
    Program("a column of no type", lambda _, i: i["a"].selectExpr("NULL AS n", "v"), STEPS[:1]),
]  # fmt: skip

# The rows that are dropped have times that would move the watermark.
FILTERS = [
    Program(name, lambda _, i, where=where: where(i["a"]).groupBy(F.window("t", "10 seconds")).count(), STEPS)
    for name, where in {
        "filter after the watermark": lambda df: on_time(df).where("v <> 8 AND v <> 14"),
        "filter of the time after the watermark": lambda df: on_time(df).where("t < '2026-01-01 00:00:30' AND v < 14"),
        "filter of a projection after the watermark": lambda df: (
            on_time(df).selectExpr("t", "v + 1 AS w", "upper(k) AS u").where("w <> 9 AND u <> 'Z'")
        ),
        "filter by chance after the watermark": lambda df: on_time(df).where("rand(1) < 2 AND v <> 8"),
        "filter of both columns after the watermark": lambda df: on_time(df).where(
            "v <> 8 OR t > '2026-01-01 00:00:40'"
        ),
    }.items()
] + [
    Program(
        "filters before a join",
        lambda _, i: (
            i["a"]
            .withWatermark("t", "5 seconds")
            .where("v <> 6")
            .alias("l")
            .join(i["b"].withWatermark("u", "5 seconds").where("w < 90").alias("r"), F.expr(RANGE))
        ),
        JOINED,
        inputs=PAIR,
    ),
    Program(
        "join with conditions of one side",
        join("inner", RANGE + " AND v > 1 AND w < 90"),
        JOINED,
        inputs=PAIR,
    ),
]
PROGRAMS = [
    *FILTERS,
    *REFUSED,
    *ALLOWED,
    *JOINS,
    *AGGREGATIONS,
    *DEDUPLICATION,
    *WATERMARKS,
    *STATELESS,
    *FILES,
    *TRIGGERS,
]
