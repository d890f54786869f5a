"""Views, SQL with arguments and DataFrames, observe, cache, checkpoint."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from pyspark.sql import Observation
from pyspark.sql import functions as F

from tests.parity.relations.cases import frames


def observed(spark: Any) -> Any:
    o = Observation("metrics")
    spark.range(10).observe(o, F.count(F.lit(1)).alias("n"), F.max("id").alias("top"), F.sum(F.col("id") * 0.5)).where(
        "id > 5"
    ).collect()
    return o.get


def observed_by_name(spark: Any) -> Any:
    o = Observation("second")
    rows = spark.table("people").observe(o, F.count("*").alias("n")).groupBy("city").count().orderBy("city").collect()
    return rows, o.get


def global_view(spark: Any) -> Any:
    spark.range(3).createOrReplaceGlobalTempView("g")
    rows = spark.sql("SELECT sum(id) AS s FROM global_temp.g").collect(), spark.table("global_temp.g").count()
    return rows, spark.catalog.dropGlobalTempView("g"), spark.catalog.dropGlobalTempView("g")


def temp_view(spark: Any) -> Any:
    spark.range(3).createTempView("once")
    first = spark.table("once").count()
    spark.range(5).createOrReplaceTempView("once")
    return first, spark.table("ONCE").count(), spark.catalog.dropTempView("once"), spark.catalog.tableExists("once")


def view_keeps_its_plan(spark: Any) -> Any:
    spark.range(2).createOrReplaceTempView("base")
    spark.sql("CREATE OR REPLACE TEMP VIEW derived AS SELECT id + 1 AS x FROM base")
    spark.range(5).createOrReplaceTempView("base")
    return spark.table("derived").count()


def view_columns(spark: Any) -> Any:
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW named (a COMMENT 'first', b) AS SELECT 1, 'x'")
    return spark.table("named")


def cached(spark: Any) -> Any:
    d = spark.range(5).select((F.col("id") * 2).alias("x")).cache()
    return d.is_cached, d.count(), d.where("x > 2").count(), d.unpersist().is_cached


def storage_level(spark: Any) -> Any:
    d = spark.range(5).where("id > 1")
    before = str(d.storageLevel)
    d.persist()
    kept = str(d.storageLevel)
    d.unpersist(blocking=True)
    return before, kept, str(d.storageLevel)


def cache_table(spark: Any) -> Any:
    spark.sql("CACHE TABLE kept AS SELECT 1 AS a")
    found = spark.catalog.isCached("kept"), spark.table("kept").collect()
    spark.sql("UNCACHE TABLE kept")
    return found, spark.catalog.isCached("kept")


def cached_by_equal_plan(spark: Any) -> Any:
    a = spark.range(7).where("id > 2")
    a.persist()
    same = spark.range(7).where("id > 2").storageLevel == a.storageLevel
    a.unpersist()
    return same


def listed(spark: Any) -> Any:
    spark.range(1).createOrReplaceTempView("to_list")
    return [(t.name, t.isTemporary, t.tableType) for t in spark.catalog.listTables() if t.name == "to_list"]


def printed(act: Any) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        act()
    return out.getvalue()


CASES = frames({
    "observe": observed,
    "observe before an aggregate": observed_by_name,
    "global view": global_view,
    "temp view": temp_view,
    "view keeps its plan": view_keeps_its_plan,
    "view columns": view_columns,
    "cache": cached,
    "storage level": storage_level,
    "cache table": cache_table,
    "cached by equal plan": cached_by_equal_plan,
    "list tables": listed,
    "checkpoint": lambda s: s.range(5).where("id > 2").localCheckpoint(),
    "checkpoint lazy": lambda s: (d := s.range(5).localCheckpoint(eager=False)).join(d, "id"),
    "checkpoint and references": lambda s: (d := s.table("t1").localCheckpoint()).select(d.k + 1),
    "checkpoint keeps nullability and metadata": lambda s: s.range(1).withMetadata("id", {"a": 1}).localCheckpoint(),
    "sql with a DataFrame": lambda s: s.sql("SELECT v FROM {t} WHERE k = 2", t=s.table("t1")),
    "sql with two DataFrames": lambda s: s.sql("SELECT count(*) AS n FROM {a} JOIN {b} USING (id)", a=s.range(4), b=s.range(2, 9)),
    "sql with a column": lambda s: (d := s.table("t1")) and s.sql("SELECT {c} FROM {d}", c=d.v, d=d),
    "sql with a value": lambda s: s.sql("SELECT {x} AS a, {y} AS b", x=1, y="it's"),
    "named parameters": lambda s: s.sql("SELECT v FROM t1 WHERE k = :k OR v = :v", args={"k": 1, "v": "d"}),
    "positional parameters": lambda s: s.sql("SELECT ? + ?, v FROM t1 WHERE k = ?", args=[1, 2.5, 1]),
    "parameters in a name": lambda s: s.sql("SELECT * FROM IDENTIFIER(:t)", args={"t": "t1"}),
    "parameter null": lambda s: s.sql("SELECT :a AS a", args={"a": None}),
    "parameter column": lambda s: s.sql("SELECT :a AS a", args={"a": F.lit(1).cast("bigint")}),
    "parameter array": lambda s: s.sql("SELECT array_contains(:a, 2) AS r", args={"a": F.array(F.lit(1), F.lit(2))}),
    "parameter names": lambda s: s.sql("SELECT :a, :a + 1", args={"a": 5}),
    "parameter in limit": lambda s: s.sql("SELECT v FROM t1 ORDER BY v LIMIT :n", args={"n": 2}),
    "set and get": lambda s: s.sql("SET spark.sql.shuffle.partitions = 7").collect() and s.conf.get("spark.sql.shuffle.partitions")
    + str(s.conf.unset("spark.sql.shuffle.partitions")),
    "inputFiles": lambda s: s.range(1).inputFiles(),
    "show": lambda s: printed(s.table("t1").show),
    "show vertical": lambda s: printed(lambda: s.table("t1").show(2, 3, True)),
    "show truncated": lambda s: printed(s.sql(
        "SELECT 'abcdefghijklmnopqrstuvwxyz' AS t, NULL AS n, 1.50 AS d, array(1, NULL) AS a, true AS b").show),
    "printSchema": lambda s: printed(s.table("nested").printSchema),
    "printSchema level": lambda s: printed(lambda: s.table("nested").printSchema(1)),
    "schema ddl": lambda s: s.table("nested").schema.simpleString(),
    "create view from DataFrame and join": lambda s: s.table("t1").createOrReplaceTempView("copy") or s.sql(
        "SELECT a.k FROM copy a JOIN copy b ON a.k = b.k"),
})  # fmt: skip
