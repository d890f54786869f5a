"""What is found by name although it is no column of the result: `_metadata` of files. Spark's answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def files(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = str(tmp_path_factory.mktemp("files") / "a")
    spark.sql("SELECT 1 AS a").write.parquet(path)
    return spark.read.parquet(path)


def test_a_frame_has_the_metadata_of_its_files(files: Any, spark: Any) -> None:
    sized = files._metadata.file_size > 0
    assert files.select(sized).columns == ["(_metadata.file_size > 0)"]
    assert files.filter(sized).withColumn("sized", sized).columns == ["a", "sized"]
    assert files.groupBy(sized.alias("k")).count().collect() == [(True, 1)]
    assert files.join(spark.range(1), files.a == F.col("id") + 1).select("a", sized).collect() == [(1, True)]


@pytest.mark.parametrize(
    "through",
    [
        lambda files: files.select("a"),
        lambda files: files.selectExpr("a + 1 AS b").selectExpr("b + 1 AS c"),
        lambda files: files.drop("a"),
        lambda files: files.sample(1.0),
        lambda files: files.filter("a = 1").alias("q"),
        lambda files: files.selectExpr("row_number() OVER (ORDER BY a) AS r"),
    ],
)
def test_metadata_is_found_above_projections(files: Any, through: Any) -> None:
    assert through(files).selectExpr("_metadata.file_size > 0").collect() == [(True,)]
    assert through(files).select(files._metadata.file_size > 0).collect() == [(True,)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT _metadata.file_size > 0 FROM (SELECT * FROM {f})",
        "SELECT x._metadata.file_size > 0 FROM (SELECT a + 1 AS b FROM {f} WHERE a = 1) AS x",
        "SELECT input_file_name() <> '' FROM (SELECT a FROM {f} ORDER BY a LIMIT 1) AS x",
    ],
)
def test_metadata_is_found_above_the_names_of_subqueries(files: Any, spark: Any, query: str) -> None:
    assert spark.sql(query, f=files).collect() == [(True,)]


def test_what_stands_under_a_common_table_hides_its_metadata(files: Any, spark: Any) -> None:
    with pytest.raises(AnalysisException, match="UNRESOLVED_COLUMN"):
        spark.sql("WITH x AS (SELECT a FROM {f}) SELECT _metadata.file_size FROM x", f=files).collect()


def test_what_stands_under_a_view_hides_its_metadata(files: Any, spark: Any) -> None:
    files.select("a").createOrReplaceTempView("shown")
    with pytest.raises(AnalysisException, match="UNRESOLVED_COLUMN"):
        spark.sql("SELECT _metadata.file_size FROM shown").collect()


def test_only_hidden_columns_are_metadata(files: Any) -> None:
    shadowed = files.withColumn("_metadata", files.a)
    assert shadowed.select(files.metadataColumn("_METADATA").file_size > 0).collect() == [(True,)]
    for name in ("a", "nope"):
        with pytest.raises(AnalysisException, match="CANNOT_RESOLVE_DATAFRAME_COLUMN"):
            _ = files.select(files.metadataColumn(name)).columns


def test_a_column_of_data_may_be_called_metadata(spark: Any, tmp_path: Path) -> None:
    spark.sql("SELECT 1 AS a, 2 AS _metadata").write.parquet(str(tmp_path / "b"))
    frame = spark.read.parquet(str(tmp_path / "b"))
    assert frame.collect() == [(1, 2)] and frame.select("_metadata").collect() == [(2,)]
    hidden = frame.select(frame.metadataColumn("_metadata").file_size > 0)
    assert hidden.columns == ["(__metadata.file_size > 0)"] and hidden.collect() == [(True,)]
