"""Programs over a few small frames: texts, by which their answers are known. `frames` makes what they name.

Not here is what Apache Spark cannot do though it should (a pivot by an array, say), and what it only approximates.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

PEOPLE = (
    "age INT, height DOUBLE, name STRING, ok BOOLEAN, big BIGINT, small TINYINT, price DECIMAL(10,2), f FLOAT, d DATE, "
    "data BINARY, l ARRAY<STRING>"
)


def frames(spark: Any) -> dict[str, Any]:
    """The names that programs use."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F
    from pyspark.sql.connect import plan
    from pyspark.sql.connect.dataframe import DataFrame
    from pyspark.sql.types import StructType

    nan = float("nan")
    people = spark.createDataFrame(
        [
            (10, 80.5, "Alice", None, 1, 1, Decimal("1.50"), 1.5, date(2020, 1, 1), b"ab", ["x", None]),
            (5, None, "Bob", True, None, 2, None, nan, None, None, None),
            (None, None, "Tom", None, 3, None, Decimal("2.25"), None, date(2021, 5, 6), b"", []),
            (None, nan, None, False, None, None, None, 2.5, None, b"\xff", ["z"]),
        ],
        PEOPLE,
    )
    sales = spark.createDataFrame(
        [
            ("dotNET", 2012, 10000, "a", 1.0),
            ("Java", 2012, 20000, "b", 2.0),
            ("dotNET", 2012, 5000, None, 3.0),
            ("dotNET", 2013, 48000, "c", None),
            ("Java", 2013, 30000, "d", 5.0),
            ("Java", None, 7, "e", 6.0),
            ("Go", 2014, None, None, None),
        ],
        "course STRING, year INT, earnings INT, tag STRING, x DOUBLE",
    )
    wide = spark.createDataFrame([(1, 11, 1.1), (2, 12, None), (3, None, None)], "id INT, int INT, double DOUBLE")
    left = spark.createDataFrame(
        [(1, "a", "k"), (5, "b", "k"), (10, "c", "j"), (None, "d", "k")], "a INT, left_val STRING, k STRING"
    )
    right = spark.createDataFrame(
        [(1, 1, "k"), (2, 2, "k"), (3, 3, "j"), (6, 6, "k"), (7, 7, "j"), (None, 9, "k")],
        "a INT, right_val INT, k STRING",
    )
    nums = spark.createDataFrame(
        [(i, float(i * i % 17), None if i % 5 == 0 else i * 2, chr(97 + i % 3), Decimal(i) / 4) for i in range(40)],
        "i INT, x DOUBLE, y BIGINT, s STRING, m DECIMAL(8,2)",
    )
    views = {"people": people, "sales": sales, "wide": wide, "left_t": left, "right_t": right, "nums": nums}
    for name, frame in views.items():
        frame.createOrReplaceTempView(name)

    class JoinWith(plan.Join):  # what the Scala client's joinWith sends
        sides: tuple[bool, bool]

        def plan(self, session: Any) -> Any:
            message = super().plan(session)
            kinds = message.join.join_data_type
            kinds.is_left_struct, kinds.is_right_struct = self.sides
            return message

    def join_with(a: Any, b: Any, on: Any, how: str, sides: tuple[bool, bool]) -> Any:
        join = JoinWith(a._plan, b._plan, on, how)
        join.sides = sides
        return DataFrame(join, spark)

    def raw(name: str, frame: Any, **fields: Any) -> Any:
        """A relation of the protocol that the client wraps."""
        return DataFrame(getattr(plan, name)(frame._plan, **fields), spark)

    def tree(frame: Any, level: int | None = None) -> Any:
        proto = frame._plan.to_proto(spark._client)
        return spark._client._analyze(method="tree_string", plan=proto, level=level).tree_string

    def conf(key: str, value: str, run: Any) -> Any:
        spark.conf.set(key, value)
        try:
            return run()
        finally:
            spark.conf.unset(key)

    own = {**views, "left": left, "right": right, "raw": raw, "tree": tree, "conf": conf, "join_with": join_with}
    own["types"] = StructType.fromDDL
    return {**own, "spark": spark, "F": F, "Window": Window, "date": date, "names": lambda frame: frame.columns}


PROGRAMS: dict[str, str] = {
    'Missing values': r'''
people.na.fill(50)
people.na.fill(50.7)
people.na.fill("u")
people.na.fill(True)
people.na.fill(False, subset=["ok", "name"])
people.na.fill(7, subset=["age", "name"])
people.na.fill(7, "age")
people.na.fill({"age": 50, "name": "unknown"})
people.na.fill({"age": 50})
people.na.fill({"age": 50.9, "height": 1, "f": 2, "price": 3.999, "small": 5})
people.na.fill({"age": "12", "name": 5, "ok": True})
people.na.fill({"age": "x"})
people.na.fill({"ok": 1, "d": "2020-02-02"})
people.na.fill({"data": "q"})
people.na.fill({"data": 1})
people.na.fill({"d": 1})
people.na.fill({"nope": 1, "age": 2})
people.na.fill(1, ["nope"])
people.na.fill(1, ["AGE"])
people.na.fill({"l": "x", "age": 1})
people.select(F.col("age"), F.col("age")).na.fill(1)
people.select(F.col("age"), F.col("age")).na.fill(1, ["age"])
people.select(F.struct("age").alias("s")).na.fill(1, ["s.age"])
people.select(F.struct("age").alias("s")).na.fill({"s.age": 1, "s": 2})
people.withColumn("age", F.col("age").alias("age", metadata={"k": 1})).na.fill(1)
wide.withColumnRenamed("int", "a.b").na.fill(1)
wide.withColumnRenamed("int", "a.b").na.fill(1, ["`a.b`"])
wide.withColumnRenamed("int", "a.b").na.fill(1, ["a.b"])
wide.withColumnRenamed("int", "a.b").na.fill({"`a.b`": 1, "double": 2.0})
people.na.drop()
people.na.drop("all")
people.na.drop("any", subset=["age", "height"])
people.na.drop("all", subset=["age", "height"])
people.na.drop(thresh=7)
people.na.drop(thresh=1, subset=["height", "f"])
people.na.drop(thresh=0)
people.na.drop(thresh=-1, subset=["height"])
people.na.drop(subset=["nope"])
people.na.drop(subset=["AGE"])
people.select(F.struct("age").alias("s"), "name").na.drop(subset=["s.age"])
people.select(F.col("age"), F.col("age")).na.drop(subset=["age"])
people.na.replace(10, 20)
people.na.replace(10, 20.9)
people.na.replace("Alice", None)
people.na.replace({"Alice": None})
people.na.replace(["Alice", "Bob"], ["A", "B"], "name")
people.na.replace(["Alice", "Bob"], "Z", ["name"])
people.na.replace({"Alice": "A", "Bob": "B"}, subset=["name", "age"])
people.na.replace({10: 1, 5: 2}, subset=["age", "name", "height"])
people.na.replace(True, False)
people.na.replace({True: False, False: True})
people.na.replace(10, None)
people.na.replace({10: None, 5: 6})
people.na.replace(1.5, 99.5)
people.na.replace(float("nan"), 0.0)
people.na.replace("Alice", "B", ["nope"])
people.na.replace("Alice", "B", ["NAME"])
people.na.replace(1, 2, ["name"])
people.na.replace("1", "2", ["age"])
people.select(F.col("name"), F.col("name")).na.replace("Bob", "X")
people.select(F.struct("name").alias("s")).na.replace("Bob", "X", ["s.name"])
people.withColumn("name", F.col("name").alias("name", metadata={"k": 1})).na.replace("Bob", "X")
people.na.replace({300: 4}, subset=["small"])
people.na.replace({1: 400}, subset=["small"])
wide.na.replace(11, 2**40)
people.na.fill({"age": "x", "name": "y"}).schema.json()
people.na.fill({"age": "x", "name": "y"})
people.na.fill({"age": 1 << 40, "name": "y"})
people.na.fill({"data": "q", "name": "y"})
people.na.fill({"data": 1, "name": "y"})
people.na.fill({"d": 1, "name": "y"})
people.na.fill({"nope": 1})
people.na.fill({"age": 1}).schema.json()
people.na.fill(2.0, ["ok", "age"]).schema.json()
people.na.fill({"age": True, "name": True})
people.select(F.col("age"), F.lit(1).alias("age")).na.fill(1, ["age"])
people.select(F.col("age"), F.lit(1).alias("age")).na.fill(1)
people.select(F.col("age"), F.lit(1).alias("age")).na.drop(subset=["age"])
people.select(F.col("age"), F.lit(1).alias("age")).na.replace(1, 2, ["age"])
people.select(F.col("age"), F.lit(1).alias("age")).na.replace(1, 2)
conf("spark.sql.ansi.enabled", "false", lambda: people.na.fill({"age": "x", "name": "y"}).collect()[2].age)
''',
    'Unpivot': r'''
wide.unpivot("id", ["int", "double"], "var", "val")
wide.unpivot("id", None, "var", "val")
wide.unpivot(["id"], [], "var", "val")
wide.unpivot([], ["int", "double"], "var", "val")
wide.unpivot([], None, "var", "val")
wide.unpivot(["id", "int", "double"], None, "var", "val")
wide.unpivot("id", "int", "var", "val")
wide.unpivot("id", ["int", "int"], "var", "val")
wide.unpivot("id", [F.col("int"), F.col("double") + 1], "var", "val")
wide.unpivot(F.col("id") + 1, ["int"], "var", "val")
wide.unpivot("id", [F.col("int").alias("q")], "var", "val")
wide.unpivot("id", ["nope"], "var", "val")
wide.unpivot("nope", ["int"], "var", "val")
wide.unpivot("*", ["int"], "var", "val")
wide.unpivot("id", ["*"], "var", "val")
people.unpivot("name", ["age", "ok"], "var", "val")
people.unpivot("age", ["name", "big"], "var", "val")
people.unpivot("age", ["name", "d"], "var", "val")
people.unpivot("name", ["age", "big", "price"], "var", "val")
people.unpivot("age", ["name", "l"], "var", "val")
people.select(F.struct("age", "big").alias("s"), "name").unpivot("name", ["s.age", "s.big"], "var", "val")
wide.alias("w").unpivot("w.id", ["w.int", "w.double"], "var", "val")
wide.melt("id", ["int", "double"], "var", "val")
spark.sql("SELECT * FROM wide UNPIVOT (val FOR var IN (int, double))")
spark.sql("SELECT * FROM wide UNPIVOT INCLUDE NULLS (val FOR var IN (int AS i, double AS `D d`))")
spark.sql("SELECT * FROM wide UNPIVOT EXCLUDE NULLS (val FOR var IN (int AS i, double))")
spark.sql("SELECT * FROM wide UNPIVOT ((v1, v2) FOR var IN ((int, double) AS x, (double, int)))")
spark.sql("SELECT * FROM wide UNPIVOT ((v1, v2) FOR var IN ((int, double), (id, int)))")
spark.sql("SELECT * FROM wide UNPIVOT (v1 FOR var IN ((int, double), (id, int)))")
spark.sql("SELECT * FROM wide AS w UNPIVOT (val FOR var IN (w.int, w.double)) AS u")
spark.sql("SELECT u.val, u.id FROM wide UNPIVOT (val FOR var IN (int, double)) AS u")
spark.sql("SELECT * FROM wide UNPIVOT (val FOR var IN (int, nope))")
people.select("age", "big", "small", "ok", "name", "d").unpivot([], None, "var", "val")
people.select("age", F.col("age").alias("a2"), F.col("age").alias("a3"), F.col("age").alias("a4"), "name").unpivot([], None, "var", "val")
people.select("d", F.current_timestamp().alias("t")).unpivot([], None, "var", "val").schema.json()
people.select(F.col("age"), F.lit(1).alias("age")).unpivot("age", ["age"], "var", "val")
''',
    'Pivot': r'''
sales.groupBy("course").pivot("year", [2012, 2013]).sum("earnings")
sales.groupBy("course").pivot("year").sum("earnings")
sales.groupBy("course").pivot("year").count()
sales.groupBy("course").pivot("year").agg(F.max("tag"))
sales.groupBy("course").pivot("year", [2012, 2014]).agg(F.max("tag"), F.count("tag").alias("n"), F.count(F.lit(1)))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.first("tag"))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.first("x"), F.sum("x") + F.lit(1))
sales.groupBy("course").pivot("year", [2012, 2014]).agg(F.coalesce(F.sum("x"), F.lit(0.0)))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.collect_list("x"))
sales.groupBy("year").pivot("course", ["Java", "dotNET", "none"]).sum("earnings")
sales.groupBy("year").pivot("course").agg({"earnings": "sum", "x": "avg"})
sales.groupBy("year").pivot("course").sum("earnings", "x")
sales.groupBy("year").pivot("course", ["Java"]).sum()
sales.groupBy("year").pivot("course", ["Java"]).avg()
sales.groupBy().pivot("course").sum("earnings")
sales.groupBy("course").pivot(F.col("year") + 1).sum("earnings")
sales.groupBy(F.upper("course")).pivot("year").sum("earnings")
sales.groupBy("course").pivot("x").count()
sales.groupBy("course").pivot("year", ["2012", "x"]).count()
sales.groupBy("course").pivot("year", ["2012", None]).count()
sales.groupBy("course").pivot("year", [True]).count()
sales.groupBy("course").pivot("year", [2012.5]).count()
sales.groupBy("course").pivot("nope").count()
sales.groupBy("course").pivot("year").agg(F.col("x"))
sales.groupBy("course").pivot("year", [2012]).agg(F.lit(1))
sales.groupBy("course").pivot("year", [2012]).agg(F.sum("x"), F.expr("upper(course)"))
sales.rollup("course").pivot("year").count()
people.groupBy("name").pivot("d").agg(F.sum("age"))
people.groupBy("name").pivot("ok").agg(F.sum("age"))
people.groupBy("name").pivot("price").agg(F.sum("age"))
people.groupBy("ok").pivot("name").agg(F.max("d"), F.max("price"), F.sum("price"))
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR course IN ('dotNET', 'Java'))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) AS s, avg(earnings) AS a FOR course IN ('dotNET' AS net, 'Java'))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings), count(*) FOR (course, year) IN (('dotNET', 2012) AS x, ('Java', 2013)))")
spark.sql("SELECT * FROM sales PIVOT (sum(earnings) FOR year IN (2012, 2013))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR course IN (year))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR year IN ('Java'))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR year IN (array(1)))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR (course, year) IN ('dotNET'))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR year IN (2010 + 2, 2013 AS `y 13`))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (ceil(sum(earnings)) + 1 AS c FOR year IN (2012, 2013))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR year IN (2012, 2013)) AS p (c, a, b)")
people.groupBy(F.upper("name")).pivot("ok").count().schema.json()
people.groupBy(F.upper("name").alias("u")).pivot("ok").count().schema.json()
sales.groupBy("course").pivot("year").agg(F.sum("x").alias("n", metadata={"a": 1})).schema.json()
sales.groupBy("course").pivot("tag").agg(F.first("x"), F.max("tag"))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.first("tag"), F.last("tag"))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.countDistinct("tag"), F.max("tag"))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.expr("sum(x) filter (where x > 1)"))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.expr("max(tag) filter (where x > 1)"))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.percentile_approx("x", 0.5), F.max("tag"))
sales.groupBy("course").pivot("year", [2012, 2013]).agg(F.sum(F.col("year")), F.sum("x").over(Window.partitionBy("course")))
sales.groupBy("course", "course").pivot("year", [2012]).sum("x")
sales.groupBy("course").pivot("year", [2012]).sum("nope")
sales.groupBy("course").pivot("year", [2012]).sum("course")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR year IN (2012, 2013)) ORDER BY course LIMIT 2")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (max(earnings) FOR course IN ('dotNET' AS a, 'Java' AS a))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (max(earnings) FOR course IN (NULL, 'x'))")
spark.sql("SELECT * FROM (SELECT course, year, d, earnings FROM (select *, date'2020-01-01' d, 1.50 e from sales)) PIVOT (max(earnings) FOR d IN (date'2020-01-01', date'2020-01-02' as q))")
spark.sql("SELECT * FROM (SELECT course, year, earnings FROM sales) PIVOT (max(earnings), first(earnings) FOR (course, year) IN (('a', 1), ('Java', 2012)))")
spark.sql("SELECT p.course FROM (SELECT course, year, earnings FROM sales) PIVOT (sum(earnings) FOR year IN (2012, 2013)) AS p")
people.groupBy().count().groupBy().pivot("count").count()
''',
    'Transpose': r'''
wide.transpose()
wide.transpose("int")
wide.transpose(wide.double)
wide.select("id", "int").transpose()
wide.select("id").transpose()
wide.limit(0).transpose()
people.select("name", "age", "ok").transpose()
people.select("name", "age", "big", "height").transpose()
people.select("name", "age", "d").transpose()
people.select("age", "name", "d").transpose()
people.select("l", "age").transpose()
people.select("d", "age", "small").transpose()
people.select("name", "price", "small").transpose()
people.select("name", "l").transpose()
people.select(F.struct("age").alias("s"), "age").transpose()
people.transpose(F.col("age") + 1)
people.transpose("nope")
sales.select("course", "earnings").transpose()
spark.range(501).transpose()
raw("Transpose", people, index_columns=[])
people.select().transpose()
spark.range(3).select(F.lit(1).alias("x"), F.col("id")).transpose()
''',
    'describe, summary': r'''
people.describe()
people.describe("age", "name")
people.describe("d")
people.describe("ok")
people.describe("nope")
people.select("ok", "d").describe()
people.limit(0).describe("age", "name")
nums.describe()
nums.summary()
nums.summary("count", "min", "25%", "75%", "max")
nums.summary("median")
nums.summary("x%")
nums.summary("101%")
people.select("ok").summary()
people.summary("50%", "0%", "100%", "50%")
people.describe([])
people.select(F.struct("age", "name").alias("s")).describe("s.age", "s.name")
spark.createDataFrame([("1",), ("x",), (None,), ("30",)], "s string").describe()
spark.createDataFrame([("1",), ("x",), (None,), ("30",)], "s string").summary("50%", "mean", "max")
''',
    'Statistics': r'''
nums.crosstab("i", "s")
nums.crosstab("s", "x")
people.crosstab("name", "age")
people.crosstab("height", "f")
people.crosstab("d", "ok")
people.crosstab("nope", "ok")
people.crosstab("l", "ok")
wide.withColumnRenamed("int", "a.b").crosstab("`a.b`", "id")
people.select(F.lit("x").alias("a"), F.lit("q`r").alias("b")).crosstab("a", "b")
nums.cov("i", "y")
nums.cov("i", "x")
nums.cov("i", "m")
nums.cov("i", "s")
nums.cov("i", "nope")
people.limit(0).cov("age", "age")
people.cov("age", "small")
people.cov("height", "f")
raw("StatCov", nums, col1="i", col2="y")
raw("StatCorr", nums, col1="i", col2="y", method="pearson")
nums.corr("i", "y")
nums.corr("i", "x")
nums.corr("i", "s")
raw("StatCorr", nums, col1="i", col2="y", method="spearman")
people.limit(0).corr("age", "age")
people.corr("age", "small")
people.corr("height", "f")
nums.approxQuantile("x", [0.0, 0.25, 0.5, 1.0], 0.0)
nums.approxQuantile(["i", "y", "m"], [0.5, 0.9], 0.0)
people.approxQuantile("height", [0.5], 0.0)
people.approxQuantile(["f", "age"], [0.5, 0.1], 0.0)
people.limit(0).approxQuantile(["f", "age"], [0.5], 0.0)
nums.approxQuantile("s", [0.5], 0.0)
nums.approxQuantile("nope", [0.5], 0.0)
raw("StatApproxQuantile", nums, cols=["x", "y"], probabilities=[0.5], relativeError=0.0)
raw("StatApproxQuantile", nums, cols=["x"], probabilities=[1.5], relativeError=0.0)
raw("StatApproxQuantile", nums, cols=["x"], probabilities=[0.5], relativeError=-1.0)
wide.freqItems(["id", "int"])
people.freqItems(["name", "l", "ok"])
nums.freqItems(["s"], 0.3)
nums.freqItems(["s", "i"], 0.00001)
nums.freqItems(["s"], 1.5)
nums.freqItems([])
nums.freqItems(["nope"])
nums.limit(0).freqItems(["i", "s"])
nums.approxQuantile("x", [0.1, 0.33, 0.66, 0.999], 0.0)
nums.approxQuantile("i", [0.024, 0.025, 0.026, 0.05, 0.9, 0.975, 0.99], 0.0)
nums.approxQuantile("i", [0.1, 0.5, 0.9], 0.01)
nums.limit(0).crosstab("s", "i")
people.limit(1).cov("age", "age")
people.limit(1).corr("age", "age")
wide.limit(2).cov("id", "int")
wide.freqItems(["ID"]).schema.json()
wide.withColumnRenamed("int", "a.b").freqItems(["`a.b`"]).schema.json()
people.select(F.struct("age").alias("s")).freqItems(["s.age"]).schema.json()
''',
    'Samples and partitions': r'''
nums.sampleBy("s", {"a": 1.0, "b": 0.0}, 3)
nums.sampleBy("i", {1: 1.0, 2: 1.0}, 3)
nums.sampleBy(F.col("i") % 2, {0: 1.0}, 3).select("i")
nums.sampleBy("i", {"1": 1.0}, 3)
nums.sampleBy("y", {2.0: 1.0, 4: 1.0}, 3)
nums.sampleBy("m", {1: 1.0, 0.25: 1.0}, 3)
nums.sampleBy("s", {"a": 1.5}, 3)
nums.sampleBy("nope", {"a": 0.5}, 3)
people.sampleBy("ok", {True: 1.0}, 3).select("name")
spark.range(0, 100, 1, 5).select((F.col("id") % 3).alias("key")).sampleBy("key", {0: 0.1, 1: 0.2}, 0).groupBy("key").count()
spark.range(0, 100, 1, 1).sampleBy(F.col("id") % 3, {0: 0.1, 1: 0.2}, 0)
spark.range(0, 30, 1, 1).sample(True, 2.0, 5)
spark.range(0, 30, 1, 3).sample(False, 0.3, 5)
spark.range(0, 30, 1, 4).coalesce(3).select("id", F.spark_partition_id(), F.monotonically_increasing_id())
spark.range(0, 31, 1, 4).select("id", F.spark_partition_id(), F.monotonically_increasing_id(), F.rand(5), F.randn(7))
spark.range(0, 31, 1, 4).filter("id % 3 = 1").select("id", F.spark_partition_id(), F.monotonically_increasing_id(), F.rand(5))
spark.range(5, 31, 3, 4).select("id", F.spark_partition_id())
spark.range(31, 5, -3, 4).select("id", F.spark_partition_id())
spark.range(0, 20, 1, 2).repartition(5, "id").select("id", F.spark_partition_id())
spark.range(0, 20, 1, 2).repartition(5, "id", F.col("id") % 2).select("id", F.spark_partition_id())
people.repartition(3, "name", "d", "height").select("name", F.spark_partition_id())
spark.range(0, 20, 1, 2).repartitionByRange(3, F.col("id").desc()).select("id", F.spark_partition_id())
spark.range(0, 21, 1, 2).repartitionByRange(4, (F.col("id") / 5).cast("int")).select("id", F.spark_partition_id())
spark.range(-3, 10, 1, 2).withColumn("p", F.when(F.col("id") != 0, F.col("id"))).repartitionById(3, "p").select("id", F.spark_partition_id())
spark.range(0, 10, 1, 2).repartition(4).coalesce(2).select(F.spark_partition_id().alias("p")).distinct()
spark.range(0, 10, 1, 2).zipWithIndex()
spark.range(0, 20, 1, 1).randomSplit([1.0, 2.0], 24)[0]
spark.range(0, 20, 1, 1).randomSplit([1.0, 2.0], 24)[1]
spark.createDataFrame([(3, "c"), (1, "a"), (2, "b"), (5, "e"), (4, "d")], "a int, b string").coalesce(1).randomSplit([0.5, 0.5], 7)[0]
spark.createDataFrame([(3, "b", 1), (1, "a", 2), (3, "a", 3), (1, "b", 4), (2, "a", 5), (1, "a", 6)], "k int, s string, n int").withColumn("r", F.row_number().over(Window.partitionBy("k").orderBy("s")))._show_string()
''',
    'Nearest joins': r'''
left._joinAsOf(right, "a", "a")
left._joinAsOf(right, left.a, right.a, "k")
left._joinAsOf(right, left.a, right.a, ["k"], how="left")
left._joinAsOf(right, left.a, right.a, left.k == right.k)
left._joinAsOf(right, left.a, right.a, left.left_val < right.k)
left._joinAsOf(right, "a", "a", how="left", tolerance=F.lit(1))
left._joinAsOf(right, "a", "a", tolerance=F.lit(1))
left._joinAsOf(right, "a", "a", tolerance=F.lit(-1))
left._joinAsOf(right, "a", "a", tolerance=F.lit("x"))
left._joinAsOf(right, "a", "a", allowExactMatches=False)
left._joinAsOf(right, "a", "a", direction="forward")
left._joinAsOf(right, "a", "a", direction="forward", allowExactMatches=False, how="left")
left._joinAsOf(right, "a", "a", direction="nearest")
left._joinAsOf(right, "a", "a", direction="nearest", allowExactMatches=False, tolerance=F.lit(2))
left._joinAsOf(right, left.a + 1, right.right_val.cast("double") * 2)
left._joinAsOf(right, left.a, right.a).select(left.a, right.right_val)
left._joinAsOf(right, left.a, right.a, "k").select("k", left.a, right.a, right.k)
left.withColumn("t", F.timestamp_seconds("a"))._joinAsOf(right.withColumn("t", F.timestamp_seconds("a")), "t", "t", tolerance=F.expr("interval 2 seconds"))
left.withColumn("t", F.timestamp_seconds("a"))._joinAsOf(right.withColumn("t", F.timestamp_seconds("a")), "t", "t", how="left", direction="nearest")
left.withColumn("t", F.date_add(F.lit(date(2020,1,1)), F.col("a")))._joinAsOf(right.withColumn("t", F.date_add(F.lit(date(2020,1,1)), F.col("a"))), "t", "t", tolerance=F.expr("interval 2 days"))
left._joinAsOf(right, "a", "a", direction="sideways")
left._joinAsOf(right, "a", "a", how="outer")
left.nearestByJoin(right, F.abs(left.a - right.a), 1, "exact", "distance")
left.nearestByJoin(right, F.abs(left.a - right.a), 2, "approx", "distance")
left.nearestByJoin(right, F.abs(left.a - right.a), 1, "exact", "similarity", joinType="leftouter")
left.nearestByJoin(right, -F.abs(left.a - right.a), 3, "exact", "similarity", joinType="leftouter")
left.nearestByJoin(right.limit(0), F.abs(left.a - right.a), 1, "exact", "distance", joinType="leftouter")
left.nearestByJoin(right, F.lit(1), 1, "exact", "distance").select("left_val")
left.nearestByJoin(right, F.array(left.a), 1, "exact", "distance").select("left_val")
left.nearestByJoin(right, F.create_map(left.a, left.a), 1, "exact", "distance").select("left_val")
left.nearestByJoin(right, F.sum(left.a), 1, "exact", "distance").select("left_val")
left.nearestByJoin(right, left.nope, 1, "exact", "distance").select("left_val")
left._joinAsOf(right, "a", "a", tolerance=F.lit(None))
left._joinAsOf(right, "a", "a", tolerance=F.lit(1.5))
left._joinAsOf(right, "a", "a", on="nope")
left._joinAsOf(right, "a", "nope")
left._joinAsOf(left, "a", "a")
left.nearestByJoin(left, F.lit(1), 1, "exact", "distance")
left.nearestByJoin(right, F.when(right.a > 3, right.a), 1, "exact", "distance", joinType="leftouter")
left.nearestByJoin(right, F.when(right.a > 3, right.a), 5, "exact", "distance")
left._joinAsOf(right, left.a, right.a, [left.k == right.k, left.left_val != F.lit("a")])
left._joinAsOf(right, left.a, right.a, left.k < right.k, how="left", direction="nearest", tolerance=F.lit(4))
left._joinAsOf(right, left.a, right.a, left.k <= right.k, how="left", direction="forward", allowExactMatches=False)
''',
    'joinWith': r'''
join_with(left, right, left.k == right.k, "inner", (True, True))
join_with(left, right, left.k == right.k, "left", (True, True))
join_with(left, right, left.k == right.k, "full", (True, True))
join_with(left.select("a"), right, left.a == right.a, "full", (False, True))
join_with(left.select("a"), right.select("a"), left.a == right.a, "right", (False, False))
join_with(left.select("a"), right.select("a"), left.a == right.a, "inner", (True, True))
join_with(left, right, None, "cross", (True, True)).schema.json()
join_with(left, right, left.k == right.k, "semi", (True, True))
''',
    'columns that both sides of a set operation repeat': r'''
left.select("a", "a").union(left.select("a", "a")).select("a")
left.select("a", "k", "a").unionAll(right.select("a", "k", "a")).select("a", "k")
left.select("a", "a").intersect(right.select("a", "a")).select("a")
''',
    'records from the rows of a frame': r'''
spark.read.json(spark.createDataFrame([('{"a":1}',), ('{"b":"x"}',), ('bad',), (None,)], 'v STRING'))
spark.read.json(spark.createDataFrame([('{"a":1}',), ('{"b":{"c":[1.5]}}',)], 'v STRING'))
spark.read.schema('a INT').option('mode', 'DROPMALFORMED').json(spark.createDataFrame([('{"a":1}',), ('bad',), (None,), ('',), ('[{"a":1},{"a":2}]',)], 'v STRING'))
spark.read.schema('a INT').json(spark.createDataFrame([('{"a":1}',), ('bad',), (None,), ('',), (' ',), ('[{"a":1},{"a":2}]',), ('{"a":1}\n{"a":2}',), ('{"a":\n3}',)], 'v STRING'))
spark.read.json(people)
spark.read.json(people.select("age"))
spark.read.json(people.select("name").limit(0))
spark.read.json(people.select(F.lit('{"x":1}').alias("q")))
spark.read.csv(spark.createDataFrame([('a,b',), ('1,2',), ('',), ('3',), ('4,5,6',), ('a,b',)], 'v STRING'), header=True, inferSchema=True)
spark.read.csv(spark.createDataFrame([('a,b',), ('1,2',), ('3',)], 'v STRING'))
spark.read.csv(spark.createDataFrame([('1,2',), ('3',), ('4,5,6',), ('x,1',)], 'v STRING'), schema='a INT, b INT')
spark.read.csv(spark.createDataFrame([('a,b',), ('1,2',), ('3',), ('4,5,6',)], 'v STRING'), schema='a INT, b INT, _corrupt_record STRING', header=True)
spark.read.csv(spark.createDataFrame([('1;"a;b\nc"',), ('#x',), ('2; d',)], 'v STRING'), sep=';', comment='#', ignoreLeadingWhiteSpace=True)
spark.read.csv(spark.createDataFrame([('1,2',), ('x,4',)], 'v STRING'), schema='a INT, b INT', mode='DROPMALFORMED')
spark.read.csv(people)
spark.read.csv(people.select("age"))
spark.read.csv(people.select("name").limit(0))
spark.read.xml(spark.createDataFrame([('<r><a>1</a></r>',)], 'v STRING'))
spark.read.option('rowTag', 'r').xml(spark.createDataFrame([('<r k="2"><a>1</a><b/></r>',), ('<r><a>x</a></r>',)], 'v STRING'))
spark.read.schema('a INT').xml(spark.createDataFrame([('<r><a>1</a></r>',), ('<r><a>x</a></r>',), ('bad',)], 'v STRING'))
spark.read.schema('a INT, _corrupt_record STRING').xml(spark.createDataFrame([('<r><a>1</a></r>',), ('<r><a>x</a></r>',), ('bad',)], 'v STRING'))
spark.read.schema('a INT').option('mode', 'DROPMALFORMED').xml(spark.createDataFrame([('<r><a>1</a></r>',), ('<r><a>x</a></r>',), ('bad',)], 'v STRING'))
spark.read.xml(people.select("age"))
''',
    'show, printSchema': r'''
spark.sql("select parse_json('\"x\"') as v, array(parse_json('\"x\"')) as a, struct(parse_json('\"x\"')) as s, map('k', parse_json('{\"b\":1}')) as m, parse_json('null') as n, parse_json('1.50') as d")._show_string()
people._show_string()
people._show_string(2)
people._show_string(0)
people._show_string(-1)
people._show_string(4)
people._show_string(2, False)
people._show_string(2, 5)
people._show_string(2, 3)
people._show_string(2, 2)
people._show_string(2, 1)
people._show_string(2, True, True)
people._show_string(2, 6, True)
people._show_string(0, 6, True)
people._show_string(10, False, True)
people.limit(0)._show_string(10, False, True)
people.select()._show_string()
people.limit(0)._show_string()
spark.createDataFrame([("中文", "ab"), ("é", "ｱｲ"), ("a\tb\nc", "\\\u0007\r"), ("😀", "e\u0301"), (None, "")], "`列 名` STRING, b STRING")._show_string()
spark.createDataFrame([("中文字中文字中文字中文字中文字中文字中文字中文字", "ab")], "a STRING, b STRING")._show_string()
spark.createDataFrame([("中文", "ab"), ("é", "ｱｲ"), ("a\tb\nc", "\\\u0007\r"), ("😀", "e\u0301"), (None, "")], "`列 名` STRING, b STRING")._show_string(20, True, True)
spark.sql("select 1 as a, 1.0 as b, 1e10 as c, array(1, null) as d, map('a', null, 'b', 1) as e, named_struct('x', null, 'y', 'z') as f, date'2020-01-01' as g, timestamp'2020-01-01 10:00:00.120' as h, X'00ff' as i, array(X'01', null) as j, null as k, interval 1 year as l, interval '1 02:03:04.5' day to second as m, make_interval(1,2,3,4,5,6,7.5) as n, true as o, cast(1.5 as float) as p, float('nan') as q, -0.0d as r, time'10:20:30.5' as s, timestamp_ntz'2020-01-01 00:00:00' as t, struct(array(named_struct('a', X'61')), map(1, X'62')) as u, parse_json('{\"a\":[1,null]}') as v, cast(1e-7 as double) as w, 1e-7 as x, cast(0 as decimal(20,10)) as y")._show_string(20, False)
spark.sql("select 'a\tb' as `x\ty`, 'q' as `l\nm`")._show_string(20, False)
spark.sql("select 'a\tb' as `x\ty`, 'q' as `l\nm`")._show_string(20, False, True)
raw("HtmlString", people, num_rows=2, truncate=20)
raw("HtmlString", people.limit(0), num_rows=2, truncate=20)
raw("HtmlString", spark.sql("select '<b>&\"' as `<a>`, 1 as b"), num_rows=2, truncate=3)
raw("ShowString", wide, num_rows=2, truncate=20, vertical=False)
tree(people)
tree(people, 1)
tree(spark.sql("select 1 as a, array(struct(1 as x, map('a', array(1)) as y)) as b, named_struct('p', named_struct('q', 1)) as c, map(named_struct('k', 1), 2) as d, cast(null as decimal(3,1)) as e, interval 1 day as f, cast('a' as char(3)) as g, null as h, parse_json('1') as i, time'10:00:00' as j"))
tree(spark.sql("select array(struct(1 as x, map('a', array(1)) as y)) as b, named_struct('p', named_struct('q', 1)) as c, map(named_struct('k', 1), 2) as d"), 1)
tree(spark.sql("select array(struct(1 as x, map('a', array(1)) as y)) as b, named_struct('p', named_struct('q', 1)) as c, map(named_struct('k', 1), 2) as d"), 2)
tree(spark.sql("select array(struct(1 as x, map('a', array(1)) as y)) as b, named_struct('p', named_struct('q', 1)) as c, map(named_struct('k', 1), 2) as d"), 3)
tree(spark.sql("select array(struct(1 as x, map('a', array(1)) as y)) as b, named_struct('p', named_struct('q', 1)) as c, map(named_struct('k', 1), 2) as d"), 0)
tree(spark.sql("select 1 as `a b`, 2 as `c\nd`"))
tree(people.select())
tree(spark.sql("select 'a' collate UTF8_LCASE as x, array('b' collate UNICODE) y"))
conf("spark.sql.binaryOutputStyle", "BASIC", lambda: people.select("data", F.array("data").alias("x"))._show_string())
conf("spark.sql.binaryOutputStyle", "HEX", lambda: people.select("data", F.array("data").alias("x"))._show_string())
conf("spark.sql.binaryOutputStyle", "BASE64", lambda: people.select("data", F.array("data").alias("x"))._show_string())
conf("spark.sql.binaryOutputStyle", "UTF-8", lambda: people.select("data", F.array("data").alias("x"))._show_string())
spark.createDataFrame([(3, "b", 1), (1, "a", 2), (3, "a", 3), (1, "b", 4), (2, "a", 5), (1, "a", 6)], "k int, s string, n int").withColumn("r", F.sum("n").over(Window.orderBy("s")))._show_string(3)
spark.createDataFrame([(3, "b", 1), (1, "a", 2), (3, "a", 3)], "k int, s string, n int").crossJoin(spark.range(3))._show_string(4)
''',
    'Casts that do not exist': r'''
spark.sql("select cast(50.7d as int) a, cast('1' as int) b, cast(50L as int) c, cast(1.5 as decimal(3,1)) d, cast(1.5d as decimal(3,1)) e, cast('a' as date) f, cast(1L as float) g, cast(1.5d as bigint) h, cast(current_date() as timestamp) i, cast(12 as decimal(5,2)) j, cast(12L as decimal(5,2)) k, cast(true as decimal(5,2)) l, cast('x' as boolean) m, cast(current_timestamp() as int) n, try_cast(1 as tinyint) o, cast('x' as binary) p, cast(1.5d as timestamp) q").schema.json()
spark.sql("select cast(array(1) as array<string>), cast(map(1,2) as map<string,int>), cast(named_struct('a',1) as struct<b:string>), try_cast('1' as int), cast(1 as decimal(5,1))").columns
spark.sql("select cast(1 as date)")
spark.sql("select cast(date'2020-01-01' as int)")
spark.sql("select cast(1 as binary)")
spark.sql("select cast(timestamp'2020-01-01' as boolean)")
spark.sql("select cast(true as timestamp)")
spark.sql("select cast(array(1) as int)")
spark.sql("select cast(1 as array<int>)")
spark.sql("select try_cast(1 as binary)")
spark.sql("select try_cast(date'2020-01-01' as int)")
spark.sql("select cast(time'10:00:00' as int)")
spark.sql("select cast(X'00' as int)")
conf("spark.sql.ansi.enabled", "false", lambda: spark.sql("select cast(1 as date)").schema.json())
''',
    'Names that do not exist': r'''
people.groupBy(F.upper("name")).count().schema.json()
left.alias("l").join(right.alias("r"), F.col("l.a") == F.col("r.a")).select("nope")
left.alias("l").join(right.alias("r"), F.col("l.a") == F.col("r.a")).select("l.nope")
left.alias("l").join(right.alias("r"), F.col("l.a") == F.col("r.a")).select("nope.a")
left.alias("l").select("nope.a")
left.alias("l").select("left_va")
left.select("LEFT_VA")
spark.sql("select nope from left_t")
spark.sql("select nope from left_t l join right_t r on l.a = r.a")
spark.sql("select l.nope from left_t l join right_t r on l.a = r.a")
spark.sql("select a from left_t l join right_t r on l.a = r.a")
spark.sql("select * from left_t l join right_t r using (nope)")
left.join(right, "nope")
left.select(left["nope"])
left.select(left.nope)
left.join(left, left.a == left.a)
left.select("a.b")
left.filter("nope = 1")
left.groupBy("nope").count()
left.orderBy("nope")
left.drop("nope").columns
''',
    'the star of a DataFrame': r'''
wide.select("double", "id", "int").select(wide["*"])
wide.select("*", "id").select(wide["*"])
wide.select("id").select(wide["*"])
wide.withColumn("id", F.lit(0)).select(wide["*"])
wide.select(left["*"])
wide.join(wide).select(wide["*"])
wide.join(wide.filter("id = 1")).select(wide["*"])
left.join(right, "a", "right").select(left["*"])
left.join(right, "a", "full").select(left["*"], right["*"])
left.select(F.struct(right["*"]).alias("s"))
left.drop(right.a).columns
left.drop("k").drop(left.k).columns
''',
    'to(schema)': r'''
people.select(F.struct("age").alias("s")).to(types("s struct<z: string>"))
people.select(F.struct("age").alias("s")).to(types("s struct<z: string not null>"))
people.select(F.struct("age").alias("s")).to(types("s struct<age: int not null>"))
people.select(F.struct("age", F.col("name").alias("AGE")).alias("s")).to(types("s struct<age: int>"))
people.select(F.array(F.struct("age")).alias("s")).to(types("s array<struct<z: bigint>>"))
people.select(F.array(F.struct("age")).alias("s")).to(types("s array<struct<z: bigint not null>>"))
people.select(F.array(F.struct("age", "name")).alias("s")).to(types("s array<struct<name: string, age: bigint>>"))
people.select(F.array("age").alias("s")).to(types("s array<bigint>"))
people.select(F.struct(F.array("age").alias("q")).alias("s")).to(types("s struct<q: array<date>>"))
people.select(F.create_map(F.lit("k"), F.struct("age", "name")).alias("s")).to(types("s map<string, struct<name: string, age: bigint>>"))
people.select(F.create_map(F.struct("age", "name"), F.lit("k")).alias("s")).to(types("s map<struct<name: string, age: bigint>, string>"))
people.select(F.create_map(F.lit("a"), "age").alias("s")).to(types("s map<date, bigint>"))
people.select("name").to(types("name varchar(2)"))
people.to(types("small string, nope int, AGE bigint"))
''',
    'observe': r'''
people.observe("o", F.sum(F.sum("age")))
people.observe("o", F.col("age") + F.sum("age"))
people.observe("o", F.sum_distinct("age") + 1)
people.observe("o", F.expr("count(age) filter (where age > 1)"))
people.observe("o", F.row_number().over(Window.orderBy("age")))
people.observe("o", F.sum(F.rand(5)).alias("r")).select("age")
people.observe("o", F.sum("age") + F.rand(5))
people.observe("o", F.sum("age")).observe("o", F.sum("age"))
people.observe("o", F.sum("age")).union(people.observe("o", F.max("age")))
(lambda d: d.union(d).select("age"))(people.observe("o", F.sum("age")))
''',
    'columns of a DataFrame above its groups': r'''
sales.groupBy(sales.course).agg(F.sum(sales.x).alias("x")).filter(sales.x > 5)
sales.groupBy(sales.course).agg(F.sum(sales.x).alias("x")).sort(sales.x.desc()).limit(1)
sales.groupBy(sales.course).agg(F.sum(sales.x).alias("x")).sort(sales.course).limit(1)
sales.groupBy(sales.course).agg(F.sum(sales.x)).filter(sales.x > 5)
sales.groupBy(sales.course).agg(F.sum(sales.x)).sort(sales.x)
sales.groupBy(sales.course).agg(F.sum(sales.x).alias("x")).select(sales.x)
''',
    'texts of types, rows without columns': r'''
types("foo").json()
types("a foo").json()
types("a int, b array<bar>").json()
types("array<foo>").json()
spark.createDataFrame([(), ()], types("")).count()
''',
    'the same in another order': r'''
people.filter("age > 1").sameSemantics(people.filter("1 < age"))
people.filter("age > 1").sameSemantics(people.filter("age < 1"))
people.filter("age >= 1").sameSemantics(people.filter("1 <= age"))
people.filter("age = 1 and big <=> 2L").sameSemantics(people.filter("2L <=> big and 1 = age"))
people.filter("age in (1, 2)").sameSemantics(people.filter("age in (2, 1)"))
people.filter("age in (1, 2)").sameSemantics(people.filter("age in (2, 3)"))
people.select(F.col("age") + F.col("small")).sameSemantics(people.select(F.col("small") + F.col("age")))
people.select(F.col("age") - F.col("small")).sameSemantics(people.select(F.col("small") - F.col("age")))
people.select(F.greatest("age", "small")).sameSemantics(people.select(F.greatest("small", "age")))
left.join(right, left.a == right.a).sameSemantics(left.join(right, right.a == left.a))
''',
    'what is for streams, and the end of rows': r'''
people.dropDuplicatesWithinWatermark(["name"])
people.dropDuplicatesWithinWatermark(["name"]).columns
people.withWatermark("height", "1 second").select("height")
people.withWatermark("nope", "1 second").select("height")
people.select(F.struct("age").alias("s")).withWatermark("s.age", "1 second")
people.tail(-1)
''',
}  # fmt: skip


def texts() -> list[str]:
    return [text for group in PROGRAMS.values() for text in group.strip().split("\n")]
