"""withColumns, renames, drop, toDF, to(schema)."""

from __future__ import annotations

from pyspark.sql import functions as F
from pyspark.sql import types as T

from tests.parity.relations.cases import frames

CASES = frames({
    "withColumn new": lambda s: s.table("people").withColumn("x", F.col("age") * 2),
    "withColumn replaces": lambda s: s.table("people").withColumn("age", F.col("age").cast("string")),
    "withColumn case": lambda s: s.table("people").withColumn("AGE", F.lit(0)),
    "withColumns": lambda s: s.table("people").withColumns({"a": F.col("age") + 1, "name": F.upper("name")}),
    "withColumn replaces both of a name": lambda s: s.sql("SELECT 1 AS a, 2 AS a").withColumn("a", F.lit(9)),
    "withColumn twice": lambda s: s.range(2).withColumn("a", F.col("id") + 1).withColumn("a", F.col("a") * 10),
    "withColumn loop": lambda s: __import__("functools").reduce(
        lambda d, i: d.withColumn("x", F.col("x") + i), range(30), s.range(1).withColumn("x", F.lit(0))),
    "withColumn keeps metadata of the old": lambda s: s.range(1).withMetadata("id", {"a": 1}).withColumn(
        "id", F.col("id") + 1),
    "withColumnRenamed": lambda s: s.table("people").withColumnRenamed("age", "years"),
    "withColumnRenamed missing": lambda s: s.table("people").withColumnRenamed("none", "x"),
    "withColumnRenamed case": lambda s: s.table("people").withColumnRenamed("AGE", "Age"),
    "withColumnsRenamed": lambda s: s.table("people").withColumnsRenamed({"age": "name2", "name": "n"}),
    "withColumnsRenamed chain": lambda s: s.table("t1").withColumnsRenamed({"k": "a", "a": "b"}),
    "withColumnsRenamed swap": lambda s: s.table("t1").withColumnsRenamed({"k": "v", "v": "k"}),
    "rename then old reference": lambda s: (d := s.table("t1")).withColumnRenamed("k", "z").select(d.v),
    "drop": lambda s: s.table("people").drop("age"),
    "drop many": lambda s: s.table("people").drop("age", "none", "CITY"),
    "drop column": lambda s: (d := s.table("people")).drop(d.age),
    "drop by col": lambda s: s.table("people").drop(F.col("age")),
    "drop missing col": lambda s: s.table("people").drop(F.col("none")),
    "drop all": lambda s: s.table("t1").drop("k", "v"),
    "drop dotted": lambda s: s.range(1).toDF("a.b").drop("a.b"),
    "drop equal names": lambda s: s.sql("SELECT 1 AS a, 2 AS a, 3 AS b").drop("a"),
    "toDF": lambda s: s.table("t1").toDF("x", "y"),
    "toDF equal names": lambda s: s.table("t1").toDF("x", "x"),
    "to reorder": lambda s: s.table("t1").to(T.StructType([T.StructField("v", T.StringType()), T.StructField("k", T.LongType())])),
    "to missing is null": lambda s: s.table("t1").to(T.StructType([T.StructField("k", T.IntegerType()), T.StructField("n", T.DateType())])),
    "to nested": lambda s: s.table("nested").select("s").to(T.StructType([T.StructField("s", T.StructType([
        T.StructField("y", T.StructType([T.StructField("z", T.StringType())])), T.StructField("x", T.LongType())]))])),
    "to metadata": lambda s: s.table("t1").to(T.StructType([T.StructField("k", T.IntegerType(), True, {"a": 1})])),
    "transform": lambda s: s.table("t1").transform(lambda d: d.select("v")),
    "alias then select": lambda s: s.table("t1").alias("z").select("z.*"),
    "repartition": lambda s: s.table("t1").repartition(3, "k"),
    "repartitionByRange": lambda s: s.table("t1").repartitionByRange(2, F.desc("k")),
    "coalesce": lambda s: s.table("t1").coalesce(1),
    "columns and dtypes": lambda s: ((d := s.table("types")).columns, d.dtypes),
    "metadata column": lambda s: s.range(3).withMetadata("id", {"a": 1}).withColumnRenamed("id", "x"),
    "isLocal": lambda s: s.range(1).isLocal(),
    "sameSemantics": lambda s: (s.range(3).where("id > 1").sameSemantics(s.range(3).where("id > 1")),
                                s.range(3).sameSemantics(s.range(4))),
})  # fmt: skip
