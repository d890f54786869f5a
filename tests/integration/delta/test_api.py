"""`delta.tables.DeltaTable`, the API that users of Delta import, of the package `delta-spark`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from delta.tables import DeltaTable
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession
from pyspark.sql.functions import col, lit


@pytest.fixture
def table(spark: SparkSession, path: str) -> Any:
    spark.range(10).selectExpr("id", "concat('v', id) v").write.format("delta").save(path)
    return DeltaTable.forPath(spark, path)


def rows(table: Any) -> list[tuple[Any, ...]]:
    return sorted(tuple(r) for r in table.toDF().collect())


def test_is_delta_table(spark: SparkSession, table: Any, path: str, tmp_path: Path) -> None:
    assert DeltaTable.isDeltaTable(spark, path)
    assert not DeltaTable.isDeltaTable(spark, str(tmp_path))


def test_delete_and_update(table: Any) -> None:
    assert table.delete("id > 7").collect() == [(2,)]
    table.delete(col("id") == 0)
    table.update(col("id") == 1, {"v": lit("one")})
    table.update(set={"id": "id * 10"})
    assert rows(table)[:2] == [(10, "one"), (20, "v2")]
    table.delete()
    assert rows(table) == []


def test_merge(spark: SparkSession, table: Any) -> None:
    source = spark.range(5, 12).selectExpr("id", "'m' v")
    counts = (
        table.alias("t")
        .merge(source.alias("s"), "t.id = s.id")
        .whenMatchedUpdate(condition="s.id = 5", set={"v": "s.v"})
        .whenMatchedDelete()
        .whenNotMatchedInsert(condition=col("s.id") < 11, values={"id": "s.id"})
        .whenNotMatchedBySourceUpdate(condition="t.id > 3", set={"v": lit("gone")})
        .execute()
    )
    assert [tuple(r) for r in counts.collect()] == [(7, 2, 4, 1)]
    assert rows(table) == [(0, "v0"), (1, "v1"), (2, "v2"), (3, "v3"), (4, "gone"), (5, "m"), (10, None)]


def test_a_merge_that_adds_columns(spark: SparkSession, table: Any) -> None:
    source = spark.sql("SELECT 20L id, 'x' v, 1 more")
    table.alias("t").merge(source.alias("s"), "t.id = s.id").withSchemaEvolution().whenNotMatchedInsertAll().execute()
    assert rows(table)[-1] == (20, "x", 1)


def test_a_merge_that_adds_fields(spark: SparkSession, path: str) -> None:
    spark.sql("SELECT 1 k, named_struct('a', 1) st UNION ALL SELECT 2, null").write.format("delta").save(path)
    table, source = DeltaTable.forPath(spark, path), spark.sql("SELECT 1 k, named_struct('a', 5, 'b', 6) st, 'n' z")
    merge = table.alias("t").merge(source.alias("s"), "t.k = s.k").withSchemaEvolution()
    merge.whenMatchedUpdate(set={"st": "s.st", "z": col("s.z")}).execute()
    assert rows(table) == [(1, (5, 6), "n"), (2, None, None)]


def test_history_detail_and_maintenance(spark: SparkSession, table: Any, path: str) -> None:
    table.delete("id = 1")
    assert [r.operation for r in table.history().collect()] == ["DELETE", "WRITE"]
    assert table.history(1).select("version").collect() == [(1,)]
    assert table.detail().select("format", "numFiles").collect() == [("delta", 1)]
    assert table.optimize().executeCompaction().collect()[0].path == f"file:{path}"
    table.optimize().executeZOrderBy("id")
    table.vacuum()
    table.restoreToVersion(0)
    assert len(rows(table)) == 10
    table.generate("symlink_format_manifest")
    lines = (Path(path) / "_symlink_format_manifest/manifest").read_text().splitlines()
    assert {line.removeprefix("file:") for line in lines} <= {str(p) for p in Path(path).glob("part-*")}
    assert len(lines) == table.detail().collect()[0].numFiles
    spark.sql("SELECT 1 id, 'a b' p UNION ALL SELECT 2, 'c'").write.format("delta").partitionBy("p").save(path + "/p")
    parts = DeltaTable.forPath(spark, path + "/p")
    parts.generate("symlink_format_manifest")
    parts.delete("p = 'c'")
    parts.generate("symlink_format_manifest")
    manifests = Path(path, "p", "_symlink_format_manifest").rglob("manifest")
    assert [m.parent.name for m in manifests] == ["p=a b"], "those of partitions that are gone are removed"


def test_tables_are_made(spark: SparkSession) -> None:
    builder = DeltaTable.createIfNotExists(spark).tableName("made").addColumn("id", "BIGINT", nullable=False)
    builder = builder.addColumn("p", "STRING", comment="where").partitionedBy("p").property("delta.appendOnly", "true")
    builder.execute()
    table = DeltaTable.forName(spark, "made")
    assert [(f.name, f.nullable) for f in table.toDF().schema.fields] == [("id", False), ("p", True)]
    spark.sql("INSERT INTO made VALUES (1, 'x')")
    with pytest.raises(PySparkException) as error:
        table.delete()
    assert error.value.getCondition() == "DELTA_CANNOT_MODIFY_APPEND_ONLY"
    DeltaTable.replace(spark).tableName("made").addColumn("other", "INT").execute()
    assert table.toDF().columns == ["other"]
    spark.sql("DROP TABLE made")


def test_conversion(spark: SparkSession, path: str) -> None:
    spark.range(3).write.parquet(path)
    assert DeltaTable.convertToDelta(spark, f"parquet.`{path}`").toDF().count() == 3


def test_a_shallow_clone(spark: SparkSession, table: Any, path: str, tmp_path: Path) -> None:
    table.delete("id = 1")
    now = table.clone(f"delta.`{tmp_path}/now`", isShallow=True)
    copy = table.cloneAtVersion(0, f"delta.`{tmp_path}/then`", True, properties={"mine": "1"})
    assert (now.toDF().count(), copy.toDF().count()) == (9, 10)
    copy.delete("id < 5")
    assert (copy.toDF().count(), table.toDF().count()) == (5, 9)
    assert copy.detail().collect()[0].properties == {"mine": "1"}


def test_what_is_not_there(spark: SparkSession, table: Any, tmp_path: Path) -> None:
    with pytest.raises(PySparkException) as error:
        table.clone(str(tmp_path / "clone"))
    assert error.value.getCondition() == "DELTA_UNSUPPORTED_DEEP_CLONE"
    with pytest.raises(PySparkException) as error:
        table.clone("here/clone", isShallow=True)
    assert error.value.getCondition() == "DELTA_INVALID_CLONE_PATH"
    with pytest.raises(PySparkException) as error:
        DeltaTable.forPath(spark, str(tmp_path / "nowhere")).toDF().collect()
    assert error.value.getCondition() == "PATH_NOT_FOUND"
