"""`_SUCCESS` is beside the files of a write, unless Hadoop's setting says otherwise: in an option, the session or the
configuration that a program starts with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import glowplug

MARKED = "mapreduce.fileoutputcommitter.marksuccessfuljobs"


@pytest.fixture
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


def is_marked(path: Path) -> bool:
    assert any(f.suffix == ".parquet" for f in path.iterdir())
    return (path / "_SUCCESS").exists()


def test_where_it_is_set(spark: Any, tmp_path: Path) -> None:
    rows, path = spark.range(3), tmp_path / "rows"
    rows.write.parquet(str(path))
    assert is_marked(path)
    rows.write.mode("append").option(MARKED, "false").parquet(str(path))
    assert is_marked(path)  # by the write before
    rows.write.mode("overwrite").option(MARKED, "FALSE").parquet(str(path))
    assert not is_marked(path)
    for key in (MARKED, f"spark.hadoop.{MARKED}"):
        spark.conf.set(key, "false")
        rows.write.mode("overwrite").parquet(str(path))
        assert not is_marked(path)
        rows.write.mode("overwrite").option(MARKED, "true").parquet(str(path))
        assert is_marked(path)
        spark.conf.unset(key)


def test_tables_follow_it(spark: Any, tmp_path: Path) -> None:
    spark.conf.set(MARKED, "false")
    spark.sql(f"CREATE TABLE unmarked USING parquet LOCATION '{tmp_path}/t' AS SELECT 1 AS a")
    assert not is_marked(tmp_path / "t")
    spark.sql("DROP TABLE unmarked")


def test_a_directory_in_the_place_of_a_file(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("a file")
    spark.range(3).write.mode("overwrite").option(MARKED, "false").parquet(str(path))
    assert not is_marked(path)
