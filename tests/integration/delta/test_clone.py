"""SHALLOW CLONE: another table's files, a log of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

TABLES = Path(__file__).parent / "tables"


def rows(spark: SparkSession, table: str) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in spark.sql(f"SELECT * FROM {table} ORDER BY 1").collect()]


def refused(spark: SparkSession, statement: str) -> str | None:
    with pytest.raises(PySparkException) as error:
        spark.sql(statement)
    return error.value.getCondition()


def test_a_clone_goes_its_own_way(spark: SparkSession, path: str, tmp_path: Path) -> None:
    source, clone = f"delta.`{path}`", f"delta.`{tmp_path}/a clone`"
    spark.sql(f"""CREATE TABLE {source} (id BIGINT, v INT, g INT GENERATED ALWAYS AS (v * 2), p STRING) USING delta
        PARTITIONED BY (p) TBLPROPERTIES ('delta.columnMapping.mode' = 'name', 'delta.enableChangeDataFeed' = 'true')""")
    spark.sql(f"INSERT INTO {source} (id, v, p) VALUES (1, 2, 'a b'), (2, 3, 'c')")
    spark.sql(f"INSERT INTO {source} (id, v, p) VALUES (3, 2, null)")
    before = rows(spark, source)
    numbers = spark.sql(f"CREATE TABLE {clone} SHALLOW CLONE {source}").collect()[0]
    assert (numbers.source_num_of_files, numbers.num_copied_files) == (3, 0)
    assert rows(spark, clone) == before
    spark.sql(f"INSERT INTO {clone} (id, v, p) VALUES (9, 9, 'own')")
    spark.sql(f"UPDATE {clone} SET v = 100 WHERE id = 1")
    spark.sql(f"DELETE FROM {clone} WHERE id = 3")
    assert rows(spark, clone) == [(1, 100, 200, "a b"), (2, 3, 6, "c"), (9, 9, 18, "own")]
    assert rows(spark, source) == before
    changed = spark.sql(f"SELECT id, _change_type FROM table_changes_by_path('{tmp_path}/a clone', 2)").collect()
    assert sorted(tuple(r) for r in changed) == [(1, "update_postimage"), (1, "update_preimage"), (3, "delete")]
    spark.sql(f"CREATE TABLE past SHALLOW CLONE {source} VERSION AS OF 1 TBLPROPERTIES ('mine' = 'x')")
    assert rows(spark, "past") == before[:2]
    history = spark.sql("DESCRIBE HISTORY past").collect()[0]
    assert (history.operation, history.operationParameters["sourceVersion"]) == ("CLONE", "1")
    assert refused(spark, f"CREATE TABLE past SHALLOW CLONE {source}") == "DELTA_TABLE_ALREADY_EXISTS"
    assert spark.sql(f"CREATE TABLE IF NOT EXISTS past SHALLOW CLONE {source}").collect() == []
    assert refused(spark, f"CREATE OR REPLACE TABLE past SHALLOW CLONE {source}") == "DELTA_UNSUPPORTED_NON_EMPTY_CLONE"
    spark.sql("DELETE FROM past")
    spark.sql(f"CREATE OR REPLACE TABLE past SHALLOW CLONE {source}")
    assert rows(spark, "past") == before
    same = "CREATE OR REPLACE TABLE past SHALLOW CLONE past"
    assert refused(spark, same) == "DELTA_UNSUPPORTED_CLONE_REPLACE_SAME_TABLE"
    assert refused(spark, f"CREATE TABLE deep DEEP CLONE {source}") == "DELTA_UNSUPPORTED_DEEP_CLONE"
    spark.sql("DROP TABLE past")


def test_versions_that_begin_behind_a_checkpoint(spark: SparkSession, path: str, tmp_path: Path) -> None:
    """Retention may leave versions older than the first checkpoint, without those that they rest on."""
    table, clone = f"delta.`{path}`", f"delta.`{tmp_path}/clone`"
    spark.sql(f"CREATE TABLE {table} (id INT) USING delta TBLPROPERTIES ('delta.checkpointInterval' = '4')")
    for i in range(1, 7):
        spark.sql(f"INSERT INTO {table} VALUES ({i})")
    for version in range(2):
        (Path(path) / "_delta_log" / f"{version:020}.json").unlink()
    spark.sql(f"CREATE TABLE {clone} SHALLOW CLONE {table}")
    assert rows(spark, clone) == [(i,) for i in range(1, 7)]
    spark.sql(f"DELETE FROM {table}")
    spark.sql(f"RESTORE TABLE {table} TO VERSION AS OF 5")
    assert rows(spark, table) == [(i,) for i in range(1, 6)]


def test_a_clone_gets_what_its_own_properties_need(spark: SparkSession, path: str, tmp_path: Path) -> None:
    source, clone = f"delta.`{path}`", f"delta.`{tmp_path}/clone`"
    spark.sql(f"CREATE TABLE {source} (id INT, `P` STRING) USING delta PARTITIONED BY (`P`)")
    spark.sql(f"INSERT INTO {source} VALUES (1, 'a'), (2, 'b')")
    properties = "'delta.columnmapping.mode' = 'name', 'delta.enableChangeDataFeed' = 'true'"
    spark.sql(f"CREATE TABLE {clone} SHALLOW CLONE {source} TBLPROPERTIES ({properties})")
    assert rows(spark, clone) == [(1, "a"), (2, "b")]
    spark.sql(f"ALTER TABLE {clone} RENAME COLUMN id TO n")
    spark.sql(f"UPDATE {clone} SET n = 3 WHERE n = 2")
    assert rows(spark, clone) == [(1, "a"), (3, "b")]
    features = spark.sql(f"DESCRIBE DETAIL {clone}").collect()[0].tableFeatures
    assert {"columnMapping", "changeDataFeed"} <= set(features)
    unknown = f"CREATE TABLE delta.`{tmp_path}/x` SHALLOW CLONE {source} TBLPROPERTIES ('delta.nothing' = '1')"
    assert refused(spark, unknown) == "DELTA_UNKNOWN_CONFIGURATION"


def test_deletion_vectors_come_along(spark: SparkSession, tmp_path: Path) -> None:
    source = shutil.copytree(TABLES / "dv", tmp_path / "dv")
    spark.sql(f"CREATE TABLE delta.`{tmp_path}/c` SHALLOW CLONE delta.`{source}`")
    assert rows(spark, f"delta.`{tmp_path}/c`") == rows(spark, f"delta.`{source}`")
    log = (tmp_path / f"c/_delta_log/{0:020}.json").read_text()
    vectors = [v for line in log.splitlines() if (v := json.loads(line).get("add", {}).get("deletionVector"))]
    assert vectors
    assert all(v["storageType"] == "p" and Path(v["pathOrInlineDv"].removeprefix("file:")).exists() for v in vectors)
    spark.sql(f"DELETE FROM delta.`{tmp_path}/c` WHERE id < 3")
    assert [r[0] for r in rows(spark, f"delta.`{tmp_path}/c`")] == [4, 6, 7, 8, 9]
