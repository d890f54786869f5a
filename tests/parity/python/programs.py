"""Whole programs with functions in them, each asked by itself: names, contexts, barriers, profiles, places in SQL.

`outcomes(spark)` maps the name of each case to its outcome as text: the columns and the rows in order, or the error's
class and condition and what the traceback in it ends with. Run in a process whose TZ is UTC.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import tables
from pyspark import BarrierTaskContext, TaskContext, cloudpickle
from pyspark.sql import Window
from pyspark.sql.functions import arrow_udf, col, expr, lit, pandas_udf, udf, udtf
from pyspark.sql.types import StringType, StructType
from pyspark.sql.udtf import AnalyzeResult

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers have no such module

PROFILER = "spark.sql.pyspark.udf.profiler"


def outcomes(
    spark: Any, known: dict[str, str] | None = None, keep: Callable[[dict[str, str]], None] = lambda found: None
) -> dict[str, str]:
    """What is `known` is not asked again; `keep` sees what was found so far."""
    for name, of in (("t1", "id AS a, id % 3 AS b FROM range(6)"), ("t2", "id AS a, id % 2 AS b FROM range(4)")):
        spark.sql(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {of}")
    found = dict(known or {})
    for name, run in (tables.CASES | CASES).items():
        if name not in found:
            found[name] = outcome(run, spark)
            keep(found)
    return found


def outcome(run: Callable[[Any], Any], spark: Any) -> str:
    try:
        answer = run(spark)
        if not hasattr(answer, "collect"):
            return _stable(repr(answer))
        columns = [f"{f.name} {f.dataType.simpleString()}{'' if f.nullable else '!'}" for f in answer.schema]
        return _stable(f"{', '.join(columns)}: {', '.join(sorted(repr(tuple(r)) for r in answer.collect()))}")
    except Exception as error:
        return failure(error)


def failure(error: Exception) -> str:
    """The error's class, its condition, and the last line of a traceback in it."""
    condition = getattr(error, "getCondition", lambda: None)()
    pattern = r"^(?:[\w.]+\.)?(\w+(?:Error|Exception|Invalid|Iteration)): (.*)$"
    inside = re.findall(pattern, str(error), re.MULTILINE)
    said = f" {inside[-1][0]}: {inside[-1][1].partition(' SQLSTATE')[0]}" if inside else ""
    return _stable(f"! {type(error).__name__} {condition}{said}")


def _stable(text: str) -> str:
    """Without addresses in memory."""
    return re.sub(r"@[0-9a-f]+|0x[0-9a-f]+", "@", text)


# --- names ---------------------------------------------------------------------------------------------------


def registered(name: str, sql: str | Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A statement's answer while a function of the name is registered, which says that it is the user's."""

    def run(spark: Any) -> Any:
        spark.udf.register(name, lambda *args: "user's", "string")
        try:
            answer = spark.sql(sql) if isinstance(sql, str) else sql(spark)
            return answer.toArrow().to_pylist() if hasattr(answer, "toArrow") else answer
        finally:
            spark.sql(f"DROP TEMPORARY FUNCTION IF EXISTS `{name}`")

    return run


def registered_table(name: str, sql: str | Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(spark: Any) -> Any:
        spark.udtf.register(name, udtf(tables.Squares, returnType="a int, b string"))
        try:
            answer = spark.sql(sql) if isinstance(sql, str) else sql(spark)
            return answer.toArrow().to_pylist() if hasattr(answer, "toArrow") else answer
        finally:
            spark.sql(f"DROP TEMPORARY FUNCTION IF EXISTS `{name}`")

    return run


def statements(*texts: str) -> Callable[[Any], Any]:
    """The answer of the last one."""
    return lambda spark: [spark.sql(text).toArrow().to_pylist() for text in texts][-1]


def _shown(function: Any) -> Any:
    return function.name, function.catalog, function.namespace, function.isTemporary


def _listed(spark: Any) -> Any:
    return sorted({_shown(f) for f in spark.catalog.listFunctions() if f.name in ("mine", "upper")})


def _names() -> dict[str, Any]:
    calls = {
        "upper": [
            "upper('a')", "upper('a', 'b')", "builtin.upper('a')", "system.builtin.upper('a')", "session.upper('a')",
            "system.session.upper('a')", "UPPER('a')", "other.upper('a')",
        ],
        "mine": [
            "mine('a')", "MINE('a')", "session.mine('a')", "system.session.mine('a')", "SESSION.Mine('a')",
            "builtin.mine('a')", "default.mine('a')", "spark_catalog.default.mine('a')", "spark_catalog.session.mine('a')",
        ],
        "count": ["count(*)"], "sum": ["sum(1)"], "if": ["if(true, 1, 2)"], "current_user": ["current_user() = 'user''s'"],
        "range": ["range(1)"], "explode": ["explode(array(1, 2))"], "a.b": ["`a.b`(1)", "a.b(1)"], "Mixed": ["mixed(1)"],
    }  # fmt: skip
    cases = {f"registered {n}: {c}": registered(n, f"SELECT {c} AS x") for n, each in calls.items() for c in each}
    table_calls = {
        "range": ["range(2)", "session.range(2)", "system.session.range(2)", "builtin.range(2)"],
        "explode": ["explode(array(1))"], "upper": ["upper(1)"], "inline": ["inline(array(struct(1)))"],
        "mine": ["mine(2)", "Mine(2)", "session.mine(2)", "system.session.mine(2)", "builtin.mine(2)", "default.mine(2)"],
    }  # fmt: skip
    for name, each in table_calls.items():
        for c in each:
            cases[f"registered table function {name}: {c}"] = registered_table(name, f"SELECT * FROM {c}")
    create = "CREATE TEMPORARY FUNCTION mine(x INT) RETURNS STRING RETURN 'sql'"
    replace = create.replace("CREATE", "CREATE OR REPLACE")
    return cases | {
        "a table function as a value": registered_table("mine", "SELECT mine(1)"),
        "a function in FROM": registered("mine", "SELECT * FROM mine(1)"),
        "a table function of a scalar one's name, as a value": registered_table("upper", "SELECT upper('a')"),
        "both of one name": registered("mine", registered_table("mine", "SELECT mine(a), a FROM mine(1)")),
        "exists": registered("mine", lambda s: [s.catalog.functionExists(n) for n in ("mine", "Mine", "upper", "nope")]),
        "exists as a table function": registered_table("mine", lambda s: s.catalog.functionExists("mine")),
        "get": registered("mine", lambda s: _shown(s.catalog.getFunction("mine"))),
        "get a table function": registered_table("mine", lambda s: _shown(s.catalog.getFunction("mine"))),
        "list": registered("mine", registered("upper", _listed)),
        "show": registered("mine", "SHOW USER FUNCTIONS LIKE 'mi*'"),
        "drop": registered("mine", lambda s: statements("DROP TEMPORARY FUNCTION mine", "SELECT mine(1)")(s)),
        "drop a table function": registered_table("mine", lambda s: statements("DROP TEMPORARY FUNCTION mine", "SELECT * FROM mine(1)")(s)),
        "drop what hides": registered("upper", lambda s: statements("DROP TEMPORARY FUNCTION upper", "SELECT upper('a')")(s)),
        "drop what is not there": statements("DROP TEMPORARY FUNCTION mine"),
        "create over it": registered("mine", create),
        "create or replace over it": registered("mine", replace),
        "create or replace over a built-in one": statements(replace.replace("mine", "upper")),
        "create what hides, and call it": statements("CREATE TEMPORARY FUNCTION upper() RETURNS STRING RETURN 'sql'", "SELECT session.upper()", "DROP TEMPORARY FUNCTION upper"),
        "register over a temporary one": registered("mine", lambda s: _again(s, create)),
        "a temporary function that calls it": registered("mine", lambda s: statements("CREATE OR REPLACE TEMPORARY FUNCTION calls(x INT) RETURNS STRING RETURN mine(x)", "SELECT calls(1)")(s)),
        "a temporary view that calls it": registered("mine", lambda s: statements("CREATE OR REPLACE TEMP VIEW calls AS SELECT mine(1) AS x", "SELECT * FROM calls")(s)),
        "a view that calls it": registered("mine", "CREATE VIEW lasting AS SELECT mine(1) AS x"),
        "a function that calls it": registered("mine", "CREATE FUNCTION lasting() RETURNS STRING RETURN mine(1)"),
        "a temporary view that calls a table function": registered_table("mine", lambda s: statements("CREATE OR REPLACE TEMP VIEW calls AS SELECT * FROM mine(1)", "SELECT * FROM calls")(s)),
    }  # fmt: skip


def _again(spark: Any, create: str) -> Any:
    spark.sql("DROP TEMPORARY FUNCTION mine")
    spark.sql(create)
    spark.udf.register("mine", lambda x: "again", "string")
    return spark.sql("SELECT mine(1)")


# --- places in queries -----------------------------------------------------------------------------------------


def _sum(x: pd.Series) -> int:
    return int(x.sum())


def _arrow_sum(x: pa.Array) -> int:
    return pc.sum(x).as_py()  # type: ignore[no-any-return]


def query(sql: str) -> Callable[[Any], Any]:
    def run(spark: Any) -> Any:
        spark.udf.register("inc", lambda x: None if x is None else x + 1, "bigint")
        spark.udf.register("pinc", pandas_udf(lambda x: x + 1, "bigint"))
        spark.udf.register("psum", pandas_udf(_sum, "bigint"))
        return spark.sql(sql)

    return run


QUERIES = [
    "SELECT * FROM t1 WHERE (a, b) IN (SELECT inc(a), b FROM t2)",
    "SELECT * FROM t1 WHERE (inc(a), b) IN (SELECT a, b FROM t2)",
    "SELECT * FROM t1 WHERE (a, b) NOT IN (SELECT inc(a), b FROM t2)",
    "SELECT * FROM t1 WHERE (a, b) IN (SELECT inc(t2.a), t2.b FROM t2 WHERE t2.b = t1.b)",
    "SELECT * FROM t1 WHERE (inc(a), inc(b)) IN (SELECT t2.a, inc(t2.b) FROM t2 WHERE t2.b = t1.b)",
    "SELECT * FROM t1 WHERE (a, b) IN (SELECT t2.a, t2.b FROM t2 WHERE inc(t2.b) = t1.b)",
    "SELECT * FROM t1 WHERE (a, b) IN (SELECT t2.a, t2.b FROM t2 WHERE inc(t1.b) = t2.b)",
    "SELECT * FROM t1 WHERE a IN (SELECT inc(t2.a) FROM t2 WHERE t2.b = inc(t1.b))",
    "SELECT * FROM t1 WHERE a NOT IN (SELECT inc(t2.a) FROM t2 WHERE t2.b = t1.b)",
    "SELECT * FROM t1 WHERE (a, b) NOT IN (SELECT inc(t2.a), t2.b FROM t2 WHERE t2.b = t1.b)",
    "SELECT * FROM t1 WHERE (a, b) NOT IN (SELECT nullif(inc(t2.a), 3), t2.b FROM t2 WHERE t2.b = t1.b)",
    "SELECT *, (a, b) IN (SELECT nullif(inc(t2.a), 3), t2.b FROM t2 WHERE t2.b <= t1.b) AS m FROM t1",
    "SELECT *, (nullif(inc(a), 1), b) IN (SELECT inc(t2.a), t2.b FROM t2 WHERE t2.b <= t1.b) AS m FROM t1",
    "SELECT * FROM t1 WHERE EXISTS (SELECT 1 FROM t2 WHERE inc(t2.a) = t1.a)",
    "SELECT * FROM t1 WHERE NOT EXISTS (SELECT 1 FROM t2 WHERE inc(t2.a) = inc(t1.a))",
    "SELECT *, (SELECT max(inc(t2.a)) FROM t2 WHERE t2.b = t1.b) AS m FROM t1",
    "SELECT *, (SELECT inc(max(t2.a)) FROM t2 WHERE t2.b = t1.b) AS m FROM t1",
    "SELECT *, (SELECT max(t2.a) FROM t2 WHERE inc(t2.b) = inc(t1.b)) AS m FROM t1",
    "SELECT *, (SELECT psum(t2.a) FROM t2 WHERE t2.b = t1.b) AS m FROM t1",
    "SELECT *, (SELECT psum(t2.a) FROM t2) AS m FROM t1",
    "SELECT *, inc((SELECT max(t2.a) FROM t2 WHERE t2.b = t1.b)) AS m FROM t1",
    "SELECT *, a IN (SELECT inc(t2.a) FROM t2 WHERE t2.b = t1.b) AS m FROM t1",
    "SELECT *, (a, b) IN (SELECT inc(t2.a), t2.b FROM t2) AS m FROM t1",
    "SELECT *, (a, b) IN (SELECT inc(t2.a), t2.b FROM t2 WHERE t2.b = t1.b) AS m FROM t1",
    "SELECT *, EXISTS (SELECT 1 FROM t2 WHERE inc(t2.a) = t1.a) AS m FROM t1",
    "SELECT * FROM t1 WHERE a IN (SELECT pinc(t2.a) FROM t2) OR inc(a) = 6",
    "SELECT * FROM t1, LATERAL (SELECT inc(t2.a) AS x FROM t2 WHERE t2.b = t1.b)",
    "SELECT * FROM t1, LATERAL (SELECT inc(t1.a) AS x)",
    "SELECT * FROM t1 JOIN t2 ON inc(t1.a) = t2.a",
    "SELECT * FROM t1 LEFT JOIN t2 ON inc(t1.a) = t2.a AND inc(t1.b) = inc(t2.b)",
    "SELECT * FROM t1 LEFT JOIN t2 ON inc(t1.a + t2.a) = 3",
    "SELECT * FROM t1 JOIN t2 ON inc(t1.a + t2.a) = 3",
    "SELECT * FROM t1 LEFT SEMI JOIN t2 ON inc(t1.a + t2.a) = 3",
    "SELECT * FROM t1 LEFT ANTI JOIN t2 ON inc(t1.a + t2.a) = 3",
    "SELECT * FROM t1 FULL JOIN t2 ON inc(t1.a + t2.a) = 3",
    "SELECT b, psum(a) FROM t1 GROUP BY b HAVING psum(a) > 4",
    "SELECT inc(b), psum(inc(a)) FROM t1 GROUP BY inc(b)",
    "SELECT b, inc(sum(a)) FROM t1 GROUP BY b ORDER BY inc(b)",
    "SELECT b, psum(a), sum(a) FROM t1 GROUP BY b",
    "SELECT b, psum(a) FILTER (WHERE a > 1) FROM t1 GROUP BY b",
    "SELECT b, psum(DISTINCT a) FROM t1 GROUP BY b",
    "SELECT b, psum(a) FROM t1 GROUP BY CUBE(b)",
    "SELECT b, psum(a) OVER (PARTITION BY b) FROM t1",
    "SELECT b, psum(a) OVER (PARTITION BY b ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t1",
    "SELECT b, psum(a) OVER (PARTITION BY b ORDER BY a RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t1",
    "SELECT b, psum(a) OVER (ORDER BY a) FROM t1",
    "SELECT sum(inc(a)) OVER (PARTITION BY inc(b)) FROM t1",
    "SELECT * FROM t1 PIVOT (psum(a) FOR b IN (0, 1))",
    "SELECT * FROM t1 PIVOT (sum(inc(a)) FOR b IN (0, 1))",
    "SELECT * FROM (SELECT a, inc(b) AS b FROM t1) PIVOT (sum(a) FOR b IN (1, 2))",
    "SELECT * FROM t1 PIVOT (psum(a) AS p, sum(a) AS s FOR b IN (0, 1))",
    "SELECT * FROM t1 UNPIVOT (x FOR n IN (a, b)) WHERE inc(x) = 3",
    "SELECT inc(inc(a)) FROM t1 WHERE inc(a) > 3 ORDER BY a LIMIT 1",
    "SELECT transform(array(a), x -> inc(x)) FROM t1",
    "SELECT CASE WHEN a > 3 THEN inc(a) ELSE inc(b) END FROM t1",
    "SELECT DISTINCT inc(b) FROM t1 ORDER BY 1",
    "SELECT explode(array(inc(a), a)) FROM t1",
    "SELECT * FROM VALUES (inc(1)), (2)",
    "SELECT a FROM t1 LIMIT inc(1)",
    "SELECT psum(psum(a)) FROM t1",
    "SELECT psum(sum(a)) FROM t1 GROUP BY b",
    "SELECT sum(psum(a)) FROM t1 GROUP BY b",
    "SELECT first(inc(a)) FROM t1 WHERE a = 0 GROUP BY ALL",
    "SELECT inc(a) AS x, x + 1 FROM t1",
    "SELECT * FROM t1 WHERE a = (SELECT max(inc(a)) FROM t2)",
]
FRAMES: dict[str, Any] = {
    "pivot by an aggregate": lambda s: s.table("t1").groupBy("a").pivot("b").agg(pandas_udf(_sum, "bigint")("a")),
    "pivot of values": lambda s: s.table("t1").groupBy("a").pivot("b", [0, 1]).agg(arrow_udf(_arrow_sum, "bigint")("a")),
    "two kinds of aggregates": lambda s: s.table("t1").groupBy("b").agg(pandas_udf(_sum, "bigint")("a"), expr("sum(a)")),
    "a scalar function as an aggregate": lambda s: s.table("t1").groupBy("b").agg(udf(lambda x: x, "bigint")("a")),
    "an aggregate in select": lambda s: s.table("t1").select(pandas_udf(_sum, "bigint")("a")),
    "an aggregate in where": lambda s: s.table("t1").where(pandas_udf(_sum, "bigint")("a") > 1),
    "an aggregate in withColumn": lambda s: s.table("t1").withColumn("x", pandas_udf(_sum, "bigint")("a")),
}  # fmt: skip


# --- contexts, barriers ------------------------------------------------------------------------------------------


def context() -> str:
    """What a function finds out about its task."""
    task = TaskContext.get()
    try:
        barrier = type(BarrierTaskContext.get()).__name__
    except Exception as error:
        barrier = type(error).__name__
    if task is None:
        return f"None {barrier}"
    kinds = f"{type(task.stageId()).__name__} {type(task.taskAttemptId()).__name__}"
    facts = f"{task.partitionId()} {task.attemptNumber()} {task.cpus()} {task.resources()} {task.getLocalProperty('x')}"
    return f"{type(task).__name__} {kinds} {facts} {barrier}"


def of_series(x: pd.Series) -> pd.Series:
    return pd.Series([context()] * len(x))


def of_iterator(x: Iterator[pd.Series]) -> Iterator[pd.Series]:
    yield from map(of_series, x)


def of_group(x: pd.Series) -> str:
    return context()


def of_array(x: pa.Array) -> pa.Array:
    return pa.array([context()] * len(x))


def of_arrays(x: Iterator[pa.Array]) -> Iterator[pa.Array]:
    yield from map(of_array, x)


def of_arrow_group(x: pa.Array) -> str:
    return context()


def of_frames(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for frame in frames:
        yield pd.DataFrame({"x": [context()] * len(frame)})


def of_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield pa.RecordBatch.from_pydict({"x": [context()] * batch.num_rows})


class OfRow:
    def eval(self) -> Any:
        yield (context(),)


class OfTable:
    def eval(self) -> Any:
        yield pa.table({"a": [context()]})


class OfAnalyze:
    @staticmethod
    def analyze() -> AnalyzeResult:
        return AnalyzeResult(StructType().add(context(), StringType()))

    def eval(self) -> Any:
        yield ("x",)


def _one(spark: Any) -> Any:
    return spark.range(0, 1, 1, 1)


def _frame(*frames: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": [context()]})


CONTEXTS: dict[str, Any] = {
    "udf": lambda s: _one(s).select(udf(lambda x: context(), useArrow=False)("id")),
    "udf through arrow": lambda s: _one(s).select(udf(lambda x: context(), useArrow=True)("id")),
    "pandas_udf": lambda s: _one(s).select(pandas_udf(of_series, "string")("id")),
    "pandas_udf of iterators": lambda s: _one(s).select(pandas_udf(of_iterator, "string")("id")),
    "pandas_udf of groups": lambda s: _one(s).agg(pandas_udf(of_group, "string")("id")),
    "pandas_udf over windows": lambda s: _one(s).select(pandas_udf(of_group, "string")("id").over(Window.partitionBy("id"))),
    "arrow_udf": lambda s: _one(s).select(arrow_udf(of_array, "string")("id")),
    "arrow_udf of iterators": lambda s: _one(s).select(arrow_udf(of_arrays, "string")("id")),
    "arrow_udf of groups": lambda s: _one(s).agg(arrow_udf(of_arrow_group, "string")("id")),
    "mapInPandas": lambda s: _one(s).mapInPandas(of_frames, "x string"),
    "mapInArrow": lambda s: _one(s).mapInArrow(of_batches, "x string"),
    "mapInPandas with a barrier": lambda s: _one(s).mapInPandas(of_frames, "x string", barrier=True),
    "mapInArrow with a barrier": lambda s: _one(s).mapInArrow(of_batches, "x string", barrier=True),
    "applyInPandas": lambda s: _one(s).groupBy("id").applyInPandas(_frame, "x string"),
    "applyInArrow": lambda s: _one(s).groupBy("id").applyInArrow(lambda t: pa.table({"x": [context()]}), "x string"),
    "cogrouped": lambda s: _one(s).groupBy("id").cogroup(_one(s).groupBy("id")).applyInPandas(_frame, "x string"),
    "udtf": tables.call(OfRow, "SELECT * FROM f()", "a string"),
    "udtf through arrow": tables.call(OfRow, "SELECT * FROM f()", "a string", useArrow=True),
    "arrow_udtf": tables.arrow(OfTable, "SELECT * FROM f()", "a string"),
    "analyze": tables.call(OfAnalyze, "SELECT * FROM f()", None),
}  # fmt: skip


def meeting(say: Callable[[BarrierTaskContext], Any], count: int = 2) -> Callable[[Any], Any]:
    """What each of so many tasks says, once it has its rows."""

    def each(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for _ in frames:
            pass
        yield pd.DataFrame({"x": [str(say(BarrierTaskContext.get()))]})

    return lambda spark: spark.range(0, 10, 1, count).repartition(count).mapInPandas(each, "x string", barrier=True)


BARRIERS: dict[str, Any] = {
    "infos": meeting(lambda b: [(type(i).__name__, i.address.count(":")) for i in b.getTaskInfos()]),
    "waits": meeting(lambda b: b.barrier()),
    "gathers": meeting(lambda b: b.allGather(f"é{b.partitionId()}")),
    "gathers nothing": meeting(lambda b: b.allGather()),
    "again and again": meeting(lambda b: (b.allGather(f"{b.partitionId()}"), b.barrier(), b.allGather("x"))),
    "gathers what is no text": meeting(lambda b: b.allGather(1)),  # type: ignore[arg-type]
    "one task": meeting(lambda b: (b.allGather("x"), b.barrier()), 1),
    "fails": meeting(lambda b: 1 // 0),
    "partitions of a range": lambda s: s.range(0, 10, 1, 2).mapInPandas(of_frames, "x string", barrier=True).distinct(),
}  # fmt: skip


# --- profiles ---------------------------------------------------------------------------------------------------


def profiled(kind: str, frame: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """How many functions are profiled, how often those of this module were called, and what `dump` and `clear` leave."""

    def run(spark: Any) -> Any:
        spark.conf.set(PROFILER, kind)
        spark.profile.clear()
        try:
            frame(spark).collect()
            shown, cleared = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(shown):
                spark.profile.show()
            spark.profile.clear(type=kind)
            with contextlib.redirect_stdout(cleared):
                spark.profile.show()
            text = shown.getvalue()
            calls = re.findall(r"^\s+(\d+(?:/\d+)?)\s.*\((marked\w*)\)$", text, re.MULTILINE)
            lines = re.findall(r"^\s*\d+ .*?iB\s+(?:[\d.-]+ \w+\s+)?(\d+) +(def marked\w*)", text, re.MULTILINE)
            return text.count("Profile of UDF<"), calls, lines, cleared.getvalue()
        finally:
            spark.profile.clear()
            spark.conf.unset(PROFILER)

    return run


def marked(x: Any) -> Any:
    return x


def marked_series(x: pd.Series) -> pd.Series:
    return x


def marked_each(x: Iterator[pd.Series]) -> Iterator[pd.Series]:
    for series in x:  # noqa: UP028 - its lines are counted
        yield series


def marked_group(x: pd.Series) -> int:
    return 1


def marked_array(x: pa.Array) -> pa.Array:
    return x


def marked_arrays(x: Iterator[pa.Array]) -> Iterator[pa.Array]:
    for array in x:  # noqa: UP028
        yield array


def marked_arrow_group(x: pa.Array) -> int:
    return 1


def marked_parts(x: Any) -> Any:
    for part in x:  # noqa: UP028
        yield part


def marked_frames(x: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for frame in x:  # noqa: UP028
        yield frame


def marked_two(x: Any, y: Any) -> Any:
    return x


class Marked:
    def eval(self, x: int) -> Any:
        yield (x,)


def _ten(spark: Any) -> Any:
    return spark.range(0, 10, 1, 1)


def _ten_groups(spark: Any) -> Any:
    return _ten(spark).groupBy("id")


PROFILES: dict[str, Any] = {
    "udf": lambda s: _ten(s).select(udf(marked, "long", useArrow=False)("id")),
    "udf through arrow": lambda s: _ten(s).select(udf(marked, "long", useArrow=True)("id")),
    "two": lambda s: _ten(s).select(udf(marked, "long")("id"), udf(lambda x: x, "long")("id")),
    "one of another": lambda s: _ten(s).select(udf(marked, "long")(udf(lambda x: x, "long")("id"))),
    "pandas_udf": lambda s: _ten(s).select(pandas_udf(marked_series, "long")("id")),
    "pandas_udf of iterators": lambda s: _ten(s).select(pandas_udf(marked_each, "long")("id")),
    "pandas_udf of groups": lambda s: _ten(s).agg(pandas_udf(marked_group, "long")("id")),
    "pandas_udf over windows": lambda s: _ten(s).select(pandas_udf(marked_group, "long")("id").over(Window.partitionBy("id"))),
    "arrow_udf": lambda s: _ten(s).select(arrow_udf(marked_array, "long")("id")),
    "arrow_udf of iterators": lambda s: _ten(s).select(arrow_udf(marked_arrays, "long")("id")),
    "arrow_udf of groups": lambda s: _ten(s).agg(arrow_udf(marked_arrow_group, "long")("id")),
    "mapInPandas": lambda s: _ten(s).mapInPandas(marked_parts, "id long"),
    "mapInArrow": lambda s: _ten(s).mapInArrow(marked_parts, "id long"),
    "applyInPandas": lambda s: _ten_groups(s).applyInPandas(marked, "id long"),
    "applyInPandas of iterators": lambda s: _ten_groups(s).applyInPandas(marked_frames, "id long"),
    "applyInArrow": lambda s: _ten_groups(s).applyInArrow(marked, "id long"),
    "cogrouped": lambda s: _ten_groups(s).cogroup(_ten_groups(s)).applyInPandas(marked_two, "id long"),
    "cogrouped through arrow": lambda s: _ten_groups(s).cogroup(_ten_groups(s)).applyInArrow(marked_two, "id long"),
    "udtf": lambda s: udtf(Marked, returnType="x int")(lit(1)),
    "no function": lambda s: _ten(s).select(col("id") + 1),
}  # fmt: skip


CASES: dict[str, Any] = {
    **_names(),
    **{f"sql {sql}": query(sql) for sql in QUERIES},
    **{f"frame {name}": run for name, run in FRAMES.items()},
    **{f"context of {name}": run for name, run in CONTEXTS.items()},
    **{f"barrier {name}": run for name, run in BARRIERS.items()},
    **{
        f"{kind} profile of {name}": profiled(kind, run)
        for kind in ("perf", "memory")
        for name, run in PROFILES.items()
    },
    "profile of a kind that is none": profiled("nope", PROFILES["udf"]),
}
