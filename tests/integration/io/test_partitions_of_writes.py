"""Which rows are together in a file: those of a partition, where `repartition` says by what they are spread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


def ids(directory: Path) -> list[list[int]]:
    return [pq.read_table(file)["id"].to_pylist() for file in sorted(directory.rglob("*.parquet"))]


def test_ranges_are_files_in_order(spark: Any, tmp_path: Path) -> None:
    rows = spark.range(999, -1, -1).repartitionByRange(4, "id")
    rows.write.parquet(str(tmp_path / "spread"))
    assert [sorted(file) for file in ids(tmp_path / "spread")] == [list(range(n, n + 250)) for n in (0, 250, 500, 750)]
    rows.sortWithinPartitions("id").write.parquet(str(tmp_path / "sorted"))
    assert ids(tmp_path / "sorted") == [list(range(n, n + 250)) for n in (0, 250, 500, 750)]


def test_rows_of_a_key_are_in_one_file(spark: Any, tmp_path: Path) -> None:
    rows = spark.range(1000).selectExpr("id", "id % 5 AS k").repartition(3, "k")
    rows.filter("id >= 0").withColumn("x", rows.id + 1).write.partitionBy("k").parquet(str(tmp_path / "t"))
    assert [len(list(d.glob("*.parquet"))) for d in sorted((tmp_path / "t").glob("k=*"))] == [1] * 5
    where = rows.selectExpr("id", "spark_partition_id() AS p").collect()
    rows.write.parquet(str(tmp_path / "files"))
    by_partition = [sorted(r.id for r in where if r.p == p) for p in sorted({r.p for r in where})]
    assert [sorted(file) for file in ids(tmp_path / "files")] == by_partition


def test_without_rows_there_is_a_file_with_the_schema(spark: Any, tmp_path: Path) -> None:
    spark.range(0).repartition(4, "id").write.parquet(str(tmp_path / "t"))
    assert ids(tmp_path / "t") == [[]]


def test_a_limit_of_rows_goes_before(spark: Any, tmp_path: Path) -> None:
    spark.range(10).repartition(2, "id").write.option("maxRecordsPerFile", 3).parquet(str(tmp_path / "t"))
    assert sorted(map(len, ids(tmp_path / "t"))) == [1, 3, 3, 3]
