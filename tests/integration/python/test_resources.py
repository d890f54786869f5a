"""ADD FILE and ADD ARCHIVE: functions find files, directories and what archives hold where they run. LIST shows them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


def test_functions_find_what_was_added(spark: Any, tmp_path: Path) -> None:
    read = F.udf(lambda path: Path(path).read_text())
    paths = F.explode(F.array(*map(F.lit, ("one file.txt", "directory/inner.txt", "packed/held.txt", "plain.txt"))))
    spark.range(1).select(F.udf(lambda x: x)("id")).collect()  # a worker that is there already finds them too
    (tmp_path / "one file.txt").write_text("file")
    (tmp_path / "directory").mkdir()
    (tmp_path / "directory" / "inner.txt").write_text("inner")
    (tmp_path / "plain.txt").write_text("no archive")
    with zipfile.ZipFile(tmp_path / "held.zip", "w") as pack:
        pack.writestr("held.txt", "held")
    spark.sql(f"ADD FILES '{tmp_path}/one file.txt' {tmp_path}/directory")
    spark.sql(f"ADD FILE file://{tmp_path}/directory")
    spark.sql(f"ADD ARCHIVES {tmp_path}/held.zip#packed {tmp_path}/plain.txt")
    found = spark.range(1).select(paths.alias("path")).select(read("path")).collect()
    assert [r[0] for r in found] == ["file", "inner", "held", "no archive"]
    listed = spark.sql("LIST FILES")
    assert listed.schema.simpleString() == "struct<Results:string>"
    assert [r.Results for r in listed.collect()] == [f"file:{tmp_path}/one%20file.txt", f"file:{tmp_path}/directory/"]
    assert spark.sql("LIST FILE directory nothing").count() == 1
    assert spark.sql("LIST ARCHIVES").count() == 2
    assert spark.sql("LIST JARS").count() == 0


def test_what_is_refused(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "same.txt").write_text("a")
    spark.sql(f"ADD FILE {tmp_path}/same.txt")
    (tmp_path / "same.txt").write_text("b")
    for statement, condition in (
        (f"ADD FILE {tmp_path}/missing", "PATH_NOT_FOUND"),
        (f"ADD FILE {tmp_path}/same.txt", "ARTIFACT_ALREADY_EXISTS"),
        (f"ADD JAR {tmp_path}/same.txt", "UNSUPPORTED_FEATURE.GLOWPLUG"),
    ):
        with pytest.raises(PySparkException) as error:
            spark.sql(statement)
        assert error.value.getCondition() == condition
