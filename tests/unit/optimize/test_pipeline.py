"""Each rule of the optimizer, as what the kernel is asked to compute."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

import glowplug


@pytest.fixture
def spark():
    session = glowplug.session()
    session.conf.set("spark.glowplug.verifyPlans", "true")
    yield session
    session.stop()


def statement(df) -> str:
    """The kernel's statement, from explain."""
    return df._explain_string(extended=True)


def test_a_loop_of_with_column_is_one_projection(spark):
    df = spark.range(3)
    for i in range(20):
        df = df.withColumn("x", F.col("id") + i)
    assert df._explain_string().count("Project") == 1
    assert [r.x for r in df.collect()] == [19, 20, 21]


def test_an_expression_used_twice_is_not_computed_twice(spark):
    df = spark.range(3).select(F.rand(1).alias("r")).select("r", (F.col("r") * 1).alias("same"))
    assert all(r.r == r.same for r in df.collect())


def test_a_repeated_aggregation_is_shared(spark):
    total = spark.range(100).groupBy((F.col("id") % 3).alias("k")).agg(F.sum("id").alias("s"))
    top = total.agg(F.max("s").alias("s"))
    df = total.join(top, "s")
    assert "WITH shared" in statement(df)
    assert [tuple(r) for r in df.collect()] == [(1683, 0)]


def test_window_functions_are_shared_with_the_columns_that_some_use_needs(spark):
    numbered = spark.sql("SELECT id, id * 2 AS twice, rank() OVER (ORDER BY id DESC) AS r, 'unused' AS u FROM range(9)")
    df = numbered.alias("a").join(numbered.alias("b"), F.expr("a.r = b.r + 1")).select("a.id", "b.twice")
    assert "WITH shared" in statement(df) and "unused" not in statement(df).split("WITH shared")[1]
    assert sorted(tuple(r) for r in df.collect()) == [(i, 2 * i + 2) for i in range(8)]


def test_what_is_within_a_shared_part_is_computed_once(spark):
    sums = spark.range(10).join(spark.range(10), "id").groupBy("id").count()
    spread = sums.select((F.col("count") / F.col("id")).alias("x"), "id")
    df = spread.groupBy("id").count().union(spread.agg(F.lit(0), F.count("*"))).union(sums)
    assert statement(df).count("GROUP BY") < 5 and df.count() == 21


def test_a_part_of_a_recursion_stays_in_it(spark):
    text = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT DISTINCT n + 1 FROM r WHERE n < 3) {}"
    rows = spark.sql(text.format("SELECT * FROM r UNION ALL SELECT * FROM r")).collect()
    assert sorted(r.n for r in rows) == [1, 1, 2, 2, 3, 3]


def test_zeros_of_two_signs_are_two_constants(spark):
    sides = (f"SELECT id, max({zero}) AS z FROM range(2) GROUP BY id" for zero in ("0.0D", "-0.0D"))
    rows = spark.sql(" UNION ALL ".join(sides)).collect()
    assert sorted(str(r.z) for r in rows) == ["-0.0", "-0.0", "0.0", "0.0"]


def test_a_range_of_a_column_is_said_as_one(spark):
    df = spark.range(9).filter("id BETWEEN 2 AND 3 OR (id >= 5 AND id <= 6 AND id != 5)")
    assert statement(df).count("BETWEEN") == 2
    assert [r.id for r in df.collect()] == [2, 3, 6]


def test_random_numbers_are_not_shared(spark):
    df = spark.range(10).select(F.rand().alias("r")).groupBy("r").count()
    assert "WITH shared" not in statement(df.union(df))


def test_decimals_that_outgrow_64_bits_below_an_aggregation(spark):
    big = "CAST(9999999999999.99 AS DECIMAL(15,2))"
    row = spark.sql(f"SELECT sum(a * a) AS s FROM VALUES ({big}), ({big}) AS t(a)").first()
    assert str(row.s) == "199999999999999600000000000.0002"


def test_columns_nobody_uses_are_not_read(spark, tmp_path):
    spark.range(3).selectExpr("id", "id AS a", "id AS b").write.parquet(str(tmp_path / "t"))
    df = spark.read.parquet(str(tmp_path / "t")).select("a", "b").filter("b > 0").select("a")
    assert "FileScan parquet [a" in df._explain_string() and "id#" not in df._explain_string().split("FileScan")[1]
    assert sorted(r.a for r in df.collect()) == [1, 2]


@pytest.mark.parametrize(
    ("make", "read"),
    [
        (lambda t: t.union(t), ["b", "b"]),
        (lambda t: t.filter("a > 0").union(t.select("b", "a", "id", "c")), ["ab", "id"]),
        (lambda t: t.unionByName(t.union(t)), ["b", "b", "b"]),
        (lambda t: t.dropDuplicates(["a"]), ["ab"]),
        (lambda t: t.dropDuplicates(), ["idabc"]),
        (lambda t: t.union(t).distinct(), ["idabc", "idabc"]),
        (lambda t: t.rollup("a").agg(F.max("b").alias("b")), ["ab"]),
        (lambda t: t.sample(True, 0.9, 3), ["b"]),
        (lambda t: t.observe("o", F.max("a")), ["ab"]),
    ],
)
def test_columns_nobody_uses_are_not_read_below(spark, tmp_path, make, read):
    table = spark.range(8).selectExpr("id", "id % 3 AS a", "id % 3 + 1 AS b", "id AS c")
    table.write.orc(str(tmp_path / "t"))
    df = make(spark.read.orc(str(tmp_path / "t"))).agg(F.sum("b").alias("s"))
    scans = [line.split("[")[1].split("]")[0] for line in df._explain_string().splitlines() if "FileScan" in line]
    assert ["".join(c.split("#")[0] for c in columns.split(",")) for columns in scans] == read
    assert df.collect() == make(table).agg(F.sum("b").alias("s")).collect()


def test_rows_of_a_union_of_which_no_column_is_used(spark, tmp_path):
    spark.range(3).selectExpr("id", "id AS a").write.orc(str(tmp_path / "t"))
    t = spark.read.orc(str(tmp_path / "t"))
    both = t.union(t.selectExpr("id AS x", "id AS y")).union(t.selectExpr("a", "a"))
    assert both.count() == 9 and both.groupBy().agg(F.sum("a")).first()[0] == 9


def test_a_date_written_as_text_is_a_constant(spark):
    days = spark.range(3).selectExpr("date_add(DATE'2000-01-27', INT(id)) AS d")
    df = days.filter("d > ' 2000-1-27 '")
    assert "(c" in statement(df) and "> DATE '2000-01-27')" in statement(df)
    assert df.count() == 2
    assert "CAST_INVALID_INPUT" in statement(days.filter("d > '2000-02-30'"))


def test_joins_of_joins_are_one_from_clause(spark):
    df = spark.sql("SELECT * FROM VALUES (1) a(x), VALUES (1) b(y), VALUES (1), (2) c(z) WHERE x = y AND y = z")
    _, between, _ = statement(df).rsplit(" JOIN ", 2)
    assert statement(df).count(" CROSS JOIN ") == 2 and between.count("(") == between.count(")")
    assert [tuple(r) for r in df.collect()] == [(1, 1, 1)]


def test_only_the_members_of_json_that_are_used_are_read(spark):
    df = spark.createDataFrame([('{"a":1,"b":2,"c":[1]}',), ('{"b":3,"c":"x"}',)], "v string")
    read = df.select(F.from_json("v", "a int, b int, c array<int>").alias("e"))
    assert '"c"' not in statement(read.select("e.b", "e.a")).split("Kernel Statement")[1]
    assert read.select("e.b", "e.a").collect() == [(2, 1), (3, None)]
    assert '"c"' in statement(read.filter("e.a > 0").select("e")).split("Kernel Statement")[1]
    assert '"c"' in statement(read.select("e.a").union(read.select(F.col("e.c")[0]))).split("Kernel Statement")[1]
    corrupt = df.select(F.from_json("v", "a int, c array<int>, _corrupt_record string").alias("e"))
    assert corrupt.select("e._corrupt_record", "e.a").collect() == [(None, 1), ('{"b":3,"c":"x"}', None)]


def test_rows_are_grouped_by_the_start_of_their_window(spark):
    times = spark.sql("SELECT timestamp_seconds(id) AS at, id FROM range(150)")
    minutes = times.groupBy(F.window("at", "1 minute"), (F.col("id") % 2).alias("k"))
    counts = minutes.agg(F.count("*").alias("n"))
    assert "HashAggregate(keys=[start" in counts._explain_string()
    assert sorted((r.window.start.minute, r.window.end.minute, r.k, r.n) for r in counts.collect()) == [
        (m, m + 1, k, n) for m, n in ((0, 30), (1, 30), (2, 15)) for k in (0, 1)
    ]
    ends = minutes.agg(F.max("window.end").alias("end"))
    assert "HashAggregate(keys=[window" in ends._explain_string()
    assert {r.end for r in ends.collect()} == {r.window.end for r in counts.collect()}


def test_a_join_that_each_use_takes_whole_is_shared(spark):
    spark.range(10).createOrReplaceTempView("t")
    joined = "WITH j AS (SELECT a.id AS x, b.id AS y FROM t a JOIN t b ON a.id = b.id + 1)"
    df = spark.sql(f"{joined} SELECT max(x) AS m FROM j UNION ALL SELECT min(y) FROM j")
    assert "WITH shared" in statement(df)
    assert [r.m for r in df.collect()] == [9, 0]
    narrowed = spark.sql(f"{joined} SELECT x FROM j WHERE x = 3 UNION ALL SELECT x FROM j WHERE x = 4")
    assert "WITH shared" not in statement(narrowed)
