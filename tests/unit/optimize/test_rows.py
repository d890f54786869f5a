"""Rules about which rows are where: partitions, random numbers by place, the first rows of unordered results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import Window
from pyspark.sql import functions as F

import glowplug

BIG = 300_000


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.glowplug.verifyPlans": "true"})
    yield session
    session.stop()


def test_a_seed_gives_the_same_rows_again(spark: Any) -> None:
    frame = spark.range(0, BIG, 1, 7)
    first, again = (frame.sample(False, 0.1, 3).toPandas().id.sort_values().tolist() for _ in range(2))
    assert first == again
    assert abs(len(first) - BIG / 10) < 1000


def test_the_parts_of_a_split_are_the_whole(spark: Any) -> None:
    frame = spark.range(0, 10_000, 1, 3).select((F.col("id") * 7919 % 10_007).alias("v"))
    parts = [part.toPandas().v.tolist() for part in frame.randomSplit([1.0, 2.0, 3.0], 11)]
    assert sorted(v for part in parts for v in part) == sorted(frame.toPandas().v.tolist())


def test_each_partition_has_its_own_random_numbers(spark: Any) -> None:
    """Partition p of seed s is what one partition of seed s + p is."""
    place = F.monotonically_increasing_id()
    drawn = spark.range(0, BIG, 1, 4).select(place.alias("at"), F.rand(9).alias("r")).toPandas()
    for partition in range(4):
        alone = spark.range(0, BIG // 4, 1, 1).select(F.rand(9 + partition).alias("r")).toPandas().r
        mine = drawn[drawn["at"] // (1 << 33) == partition].sort_values("at").r
        assert mine.tolist() == alone.tolist()


def test_rows_drawn_with_replacement(spark: Any) -> None:
    count = spark.range(BIG).sample(True, 0.5, 3).count()
    assert abs(count - BIG / 2) < 1500
    assert spark.range(BIG).sample(True, 0.5, 3).count() == count
    assert abs(spark.range(1000).sample(True, 50.0, 3).count() - 50_000) < 1500
    assert spark.range(100).sample(True, 0.0, 3).count() == 0


def test_window_keys_may_be_able_to_fail(spark: Any) -> None:
    n = F.col("id") + 1
    window = Window.partitionBy(F.col("id") % n).orderBy((F.col("id") / n).cast("decimal(5,3)"))
    rows = spark.range(6).select("id", F.rank().over(window).alias("r"), F.sum("id").over(window)).collect()
    assert sorted(rows) == [(i, 1, i) for i in range(6)]


def test_the_first_pairs_of_a_cross_product(spark: Any) -> None:
    big = spark.range(1 << 40)  # all pairs would take years
    assert big.crossJoin(spark.range(3).withColumnRenamed("id", "j")).head(4) == [(0, 0), (0, 1), (0, 2), (1, 0)]
    assert spark.range(2).crossJoin(big.withColumnRenamed("id", "j")).head(3) == [(0, 0), (0, 1), (0, 2)]


def test_the_first_rows_of_a_window_are_those_of_its_first_partitions(spark: Any) -> None:
    window = Window.partitionBy((F.col("id") % 100).alias("p")).orderBy(F.desc("id"))
    rows = spark.range(1000).withColumn("r", F.row_number().over(window)).head(11)
    assert rows == [(900 - 100 * i, i + 1) for i in range(10)] + [(901, 1)]


@pytest.mark.parametrize("text", ["x OVER (", " OVER () QUALIFY "])
def test_a_constant_is_no_window(spark: Any, text: str) -> None:
    """Conditions on a row's number are computed elsewhere than others; what they say is not looked at for that."""
    df = spark.createDataFrame([(text,), ("y",)], "a string")
    assert df.filter(F.col("a") == text).count() == 1
    inside = df.filter((F.col("a") == text) & (F.rand(3) >= 0))
    assert inside.count() == 1


def test_a_condition_on_random_numbers_and_one_without(spark: Any) -> None:
    spark.range(100).createOrReplaceTempView("hundred")
    few = "id IN (SELECT id FROM hundred WHERE rand(1) < 0.5)"
    found = spark.sql(f"SELECT id FROM hundred WHERE {few} AND id >= 0").count()
    assert 0 < found < 100
    assert spark.sql(f"SELECT id FROM hundred WHERE {few} AND rand(2) >= 0").count() == found


def test_a_column_may_be_called_place(spark: Any) -> None:
    df = spark.sql("SELECT -id AS place, spark_partition_id() AS p FROM range(0, 10, 1, 2)")
    assert [r.place for r in df.limit(3).collect()] == [0, -1, -2]
    own = spark.range(0, 10, 1, 2).withColumn("place", F.lit(7).cast("long"))
    assert {r.p for r in own.select(F.spark_partition_id().alias("p"), "place").collect()} == {0, 1}
    seeded = spark.range(0, 10, 1, 2).withColumn("place", -F.col("id")).select("place", F.rand(5).alias("r"))
    plain = spark.range(0, 10, 1, 2).select(F.rand(5).alias("r"))
    assert sorted(r.r for r in seeded.collect()) == sorted(r.r for r in plain.collect())


def test_without_a_seed_draws_differ(spark: Any) -> None:
    df = spark.range(0, 50, 1, 2).selectExpr("uniform(0D, 1D) AS u", "randstr(8) AS s")
    first, again = ([tuple(r) for r in df.collect()] for _ in range(2))
    assert first != again


def test_explain_of_a_kept_plan_within_a_subquery(spark: Any) -> None:
    kept = spark.range(5).cache()
    kept.createOrReplaceTempView("kept")
    df = spark.sql("SELECT * FROM range(9) WHERE EXISTS (SELECT 1 FROM kept)")
    assert "cache" in df._explain_string(True)
    assert df.count() == 9
    kept.unpersist()


def test_a_catalog_call_within_a_subquery_is_run(spark: Any) -> None:
    from glowplug.execute.operation import Operation
    from glowplug.plan.expressions import Subquery
    from glowplug.plan.relations import CatalogCall, Filter, OneRow
    from glowplug.plan.tree import walk_relations
    from glowplug.session import catalog_calls
    from glowplug.session.engine import Engine
    from glowplug.session.session import Session

    session = Session(Engine(), "catalog", "someone")
    plan = Filter(OneRow(), Subquery("exists", catalog_calls.resolve(CatalogCall("CurrentCatalog"), session)))
    done = catalog_calls.run_all(plan, session, Operation(""))
    assert not any(isinstance(r, CatalogCall) for r in walk_relations(done))
