"""A group of more values than the memory has room for, and as many groups of few: what is asked of them comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql.connect.session import SparkSession

from tests.integration.conftest import serving

ROWS = 6_000_000  # numbers of 8 bytes: 48 MB


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    with serving(tmp_path_factory.mktemp("server"), "--conf", "spark.glowplug.memory.limit=40m") as server:
        client = SparkSession(connection=server.url)
        yield client
        client.stop()


def test_one_group(spark: SparkSession) -> None:
    asked = "percentile(id, array(0.0D, 0.5D, 1.0D))", "sum(id % 2)"
    ((ends, odd),) = spark.range(ROWS).selectExpr(*asked).collect()
    assert (ends, odd) == ([0, (ROWS - 1) / 2, ROWS - 1], ROWS // 2)
    ((estimate,),) = spark.range(ROWS).selectExpr("hll_sketch_estimate(hll_sketch_agg(id % 100))").collect()
    assert estimate == 100


def test_a_table_of_many_groups(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.range(ROWS // 2).selectExpr("id % 100000 AS k", "id AS x")
    frame.groupBy("k").agg({"x": "median"}).write.parquet(str(tmp_path / "medians"))
    found = spark.read.parquet(str(tmp_path / "medians"))
    assert found.count() == 100_000
    assert found.where("k = 7").first()[1] == 7 + 100_000 * (ROWS // 2 // 100_000 - 1) / 2
