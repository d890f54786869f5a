"""cache, persist, CACHE TABLE, checkpoint: rows are computed once, kept, and given back."""

from __future__ import annotations

import shutil
import uuid

import pytest
from pyspark.sql import functions as F

import glowplug
from glowplug.session.engine import shared_engine


@pytest.fixture
def spark():
    session = glowplug.session()
    yield session
    session.stop()


def frame(spark):
    """A plan that no other test has."""
    return spark.range(1000).withColumn("mark", F.lit(str(uuid.uuid4()))).withColumn("k", F.col("id") % 7)


def kernel_tables(prefix: str) -> set[str]:
    with shared_engine().database.connection("UTC") as connection:
        names = connection.rows("SELECT table_name FROM duckdb_tables()")
    return {name for (name,) in names if name.startswith(prefix)}


def test_a_kept_plan_is_computed_once_and_read_by_plans_that_contain_it(spark):
    before = kernel_tables("cache")
    df = frame(spark).withColumn("r", F.rand())
    df.cache()
    first = df.filter("k = 0").agg(F.sum("r")).first()[0]
    assert df.filter("k = 0").agg(F.sum("r")).first()[0] == first
    assert df.groupBy("k").agg(F.sum("r").alias("r")).filter("k = 0").first().r == pytest.approx(first)
    assert df.select("k", "r").filter("k = 0").agg(F.sum("r")).first()[0] == first
    assert len(kernel_tables("cache") - before) == 1
    df.unpersist()


def test_levels_are_shared_by_equal_plans_and_forgotten(spark):
    mark = str(uuid.uuid4())
    one, other = (spark.range(10).withColumn("mark", F.lit(mark)) for _ in range(2))
    assert not one.storageLevel.useMemory
    one.persist()
    assert other.storageLevel.useMemory
    other.unpersist()
    assert not one.storageLevel.useMemory


def test_unpersist_gives_the_memory_back(spark):
    before = kernel_tables("cache")
    df = frame(spark)
    df.cache().count()
    assert len(kernel_tables("cache") - before) == 1
    df.unpersist()
    assert kernel_tables("cache") == before


def test_cache_table_keeps_a_view_and_what_it_reads(spark):
    df = frame(spark)
    df.createOrReplaceTempView("kept")
    spark.sql("CACHE TABLE kept")
    assert spark.catalog.isCached("kept")
    assert spark.table("kept").filter("k = 1").count() == 143
    spark.sql("UNCACHE TABLE kept")
    assert not spark.catalog.isCached("kept")


def test_dropping_a_view_forgets_its_rows(spark):
    before = kernel_tables("cache")
    frame(spark).createOrReplaceTempView("gone")
    spark.catalog.cacheTable("gone")
    spark.table("gone").count()
    spark.catalog.dropTempView("gone")
    assert kernel_tables("cache") == before


def test_a_kept_plan_within_another_kept_plan(spark):
    inner = frame(spark).cache()
    outer = inner.groupBy("k").count().cache()
    assert outer.count() == 7
    inner.unpersist()
    assert outer.agg(F.sum("count")).first()[0] == 1000
    outer.unpersist()


def test_a_checkpoint_no_longer_reads_its_source(spark, tmp_path):
    path = str(tmp_path / "t")
    spark.range(5).write.parquet(path)
    kept = spark.read.parquet(path).localCheckpoint()
    shutil.rmtree(path)
    assert kept.count() == 5
    assert kept.join(kept, "id").count() == 5


def test_a_failing_plan_is_kept_as_nothing(spark):
    df = spark.range(3).withColumn("x", F.expr("1 div (id - 1)")).cache()
    for _ in range(2):
        with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
            df.count()
            df.collect()
    df.unpersist()
