"""Properties of Delta tables: each does what it says, and what it does not take is refused as Delta Lake refuses it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession


def make(spark: SparkSession, path: str, columns: str = "id BIGINT", rest: str = "", **properties: str) -> None:
    shown = ", ".join(f"'delta.{k.replace('_', '.')}' = '{v}'" for k, v in properties.items())
    spark.sql(f"CREATE TABLE delta.`{path}` ({columns}) USING delta {rest} TBLPROPERTIES ({shown or 'a = 1'})")


def append(spark: SparkSession, path: str, rows: Any, **options: Any) -> int:
    """Writes rows; how many files that adds."""
    rows.write.format("delta").mode("append").options(**options).save(path)
    return len(actions(path, "add"))


def actions(path: str, kind: str) -> list[dict[str, Any]]:
    """Those of the newest version."""
    newest = sorted(Path(path, "_delta_log").glob("*.json"))[-1]
    return [a[kind] for a in map(json.loads, newest.read_text().splitlines()) if kind in a]


def test_optimize_write(spark: SparkSession, path: str) -> None:
    make(spark, path, "id BIGINT, p INT", "PARTITIONED BY (p)", autoOptimize_optimizeWrite="true")
    rows = spark.range(100).selectExpr("id", "cast(id % 2 AS INT) p").repartition(5)
    assert append(spark, path, rows) == 2
    assert append(spark, path, rows, optimizeWrite="false") == 10
    spark.conf.set("spark.databricks.delta.optimizeWrite.enabled", "false")
    try:
        assert append(spark, path, rows) == 10
    finally:
        spark.conf.unset("spark.databricks.delta.optimizeWrite.enabled")


def test_auto_compact(spark: SparkSession, path: str) -> None:
    make(spark, path, "id BIGINT, p INT", "PARTITIONED BY (p)", autoOptimize_autoCompact="true")
    rows = spark.range(100).selectExpr("id", "cast(id % 2 AS INT) p")
    assert append(spark, path, rows.repartition(49)) == 98
    append(spark, path, rows.where("p = 1"))
    assert (len(actions(path, "remove")), len(actions(path, "add"))) == (50, 1)
    (info,) = actions(path, "commitInfo")
    assert (info["operation"], info["operationParameters"]["auto"]) == ("OPTIMIZE", True)
    spark.conf.set("spark.databricks.delta.autoCompact.minNumFiles", "4")
    try:
        append(spark, path, rows.where("id = 0"))
        assert (len(actions(path, "remove")), len(actions(path, "add"))) == (50, 1)
        spark.conf.set("spark.databricks.delta.autoCompact.minNumFiles", "few")  # the write has succeeded all the same
        assert append(spark, path, rows.where("id = 0")) == 1
        spark.conf.set("spark.databricks.delta.autoCompact.minNumFiles", "4")
        spark.sql(f"ALTER TABLE delta.`{path}` UNSET TBLPROPERTIES ('delta.autoOptimize.autoCompact')")
        assert append(spark, path, rows.repartition(5)) == 10
    finally:
        spark.conf.unset("spark.databricks.delta.autoCompact.minNumFiles")
    assert spark.read.format("delta").load(path).count() == 252


def test_which_columns_have_statistics(spark: SparkSession, path: str) -> None:
    columns = "a INT, b INT, st STRUCT<x: INT, y: STRING>, `d-e` STRING"
    rows = spark.sql("SELECT 1 a, 2 b, named_struct('x', 3, 'y', 'z') st, 'f' `d-e`")
    make(spark, path, columns, dataSkippingStatsColumns="st.x, `d-e`")
    append(spark, path, rows)
    assert json.loads(actions(path, "add")[0]["stats"])["maxValues"] == {"st": {"x": 3}, "d-e": "f"}
    table = f"delta.`{path}`"
    for text, condition in {"a,nope": "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA", "a, A": "DELTA_DUPLICATE_DATA_SKIPPING_COLUMNS"}.items():  # fmt: skip
        fails(spark, f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.dataSkippingStatsColumns' = '{text}')", condition)
    spark.sql(f"ALTER TABLE {table} UNSET TBLPROPERTIES ('delta.dataSkippingStatsColumns')")
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.dataSkippingNumIndexedCols' = '3')")
    append(spark, path, rows)
    assert json.loads(actions(path, "add")[0]["stats"])["maxValues"] == {"a": 1, "b": 2, "st": {"x": 3}}


def test_random_prefixes(spark: SparkSession, path: str) -> None:
    make(spark, path, "id BIGINT, p INT", "PARTITIONED BY (p)", randomizeFilePrefixes="true", randomPrefixLength="4")
    append(spark, path, spark.range(4).selectExpr("id", "cast(id % 2 AS INT) p"))
    assert all(len(os.path.dirname(f["path"])) == 4 for f in actions(path, "add"))
    assert spark.read.format("delta").load(path).where("p = 1").count() == 2


def backdate(path: str, days: float) -> None:
    past = time.time() - days * 86_400
    for file in Path(path, "_delta_log").glob("*.json"):
        os.utime(file, (past, past))


@pytest.mark.parametrize(("properties", "kept"), [
    ({"logRetentionDuration": "1 day"}, False), ({}, True),
    ({"logRetentionDuration": "interval 1 day", "enableExpiredLogCleanup": "false"}, True),
])  # fmt: skip
def test_old_logs(spark: SparkSession, path: str, properties: dict[str, str], kept: bool) -> None:
    make(spark, path, checkpointInterval="2", **properties)
    append(spark, path, spark.range(1))
    backdate(path, 3)
    append(spark, path, spark.range(1))
    log = Path(path, "_delta_log")
    assert (log / f"{2:020}.checkpoint.parquet").exists()
    assert (log / f"{0:020}.json").exists() is kept
    assert spark.read.format("delta").load(path).count() == 2
    if not kept:
        fails(spark, f"SELECT * FROM delta.`{path}` VERSION AS OF 0", "DELTA_VERSION_NOT_FOUND")


@pytest.mark.parametrize(("json_", "struct"), [("true", "false"), ("false", "true")])
def test_statistics_in_checkpoints(spark: SparkSession, path: str, json_: str, struct: str) -> None:
    stats = {"checkpoint_writeStatsAsJson": json_, "checkpoint_writeStatsAsStruct": struct}
    make(spark, path, checkpointInterval="1", **stats)
    append(spark, path, spark.range(10))
    append(spark, path, spark.range(10, 20))
    (log,) = Path(path, "_delta_log").glob(f"{2:020}.checkpoint.parquet")
    names = [f.name for f in pq.read_schema(log).field("add").type]
    assert ("stats" in names, "stats_parsed" in names) == (json_ == "true", struct == "true")
    os.unlink(Path(path, "_delta_log", f"{1:020}.json"))
    os.unlink(Path(path, "_delta_log", f"{0:020}.json"))
    frame = spark.read.format("delta").load(path).where("id > 15")
    assert frame.count() == 4
    assert " 1 files" in frame._explain_string()


@pytest.mark.parametrize(("retention", "files"), [("interval 0 hours", 0), ("1 day", 1)])
def test_vacuum_goes_by_the_retention(spark: SparkSession, path: str, retention: str, files: int) -> None:
    make(spark, path, deletedFileRetentionDuration=retention)
    append(spark, path, spark.range(1))
    spark.sql(f"DELETE FROM delta.`{path}`")
    spark.sql(f"VACUUM delta.`{path}`")
    assert len(list(Path(path).glob("*.parquet"))) == files


def test_manifests(spark: SparkSession, path: str) -> None:
    make(spark, path, compatibility_symlinkFormatManifest_enabled="true")
    append(spark, path, spark.range(1))
    append(spark, path, spark.range(1))
    manifest = Path(path, "_symlink_format_manifest", "manifest").read_text().split()
    assert len(manifest) == 2


REFUSED = {
    ("checkpointPolicy", "v3"): "INVALID_DATA_SOURCE_OPTION",
    ("isolationLevel", "x"): "DELTA_INVALID_ISOLATION_LEVEL",
    ("isolationLevel", "WriteSerializable"): "INVALID_DATA_SOURCE_OPTION",
    ("appendOnly", "maybe"): "INVALID_DATA_SOURCE_OPTION",
    ("checkpointInterval", "0"): "INVALID_DATA_SOURCE_OPTION",
    ("logRetentionDuration", "foo"): "DELTA_INVALID_INTERVAL",
    ("logRetentionDuration", "interval 1 month"): "INVALID_DATA_SOURCE_OPTION",
    ("dataSkippingNumIndexedCols", "-2"): "INVALID_DATA_SOURCE_OPTION",
    ("autoOptimize.autoCompact", "auto"): "INVALID_DATA_SOURCE_OPTION",
    ("randomPrefixLength", "0"): "INVALID_DATA_SOURCE_OPTION",
    ("requireCheckpointProtectionBeforeVersion", "--1"): "INVALID_DATA_SOURCE_OPTION",
    ("minReaderVersion", "abc"): "DELTA_PROTOCOL_PROPERTY_NOT_INT",
    ("constraints.c", "id > 0"): "DELTA_ADD_CONSTRAINTS",
    ("nope", "1"): "DELTA_UNKNOWN_CONFIGURATION",
    ("targetFileSize", "10mb"): "DELTA_UNKNOWN_CONFIGURATION",
    ("parquet.compression.codec", "zstd"): "DELTA_UNKNOWN_CONFIGURATION",
    ("universalFormat.x", "1"): "DELTA_UNKNOWN_CONFIGURATION",
}


def test_refused(spark: SparkSession, path: str) -> None:
    make(spark, path)
    spark.sql(f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.isolationLevel' = 'Serializable')")
    for (key, value), condition in REFUSED.items():
        fails(spark, f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.{key}' = '{value}')", condition)
    create = f"CREATE TABLE delta.`{path}2` (id BIGINT) USING delta TBLPROPERTIES ('delta.nope' = '1')"
    fails(spark, create, "DELTA_UNKNOWN_CONFIGURATION")


def fails(spark: SparkSession, statement: str, condition: str) -> None:
    with pytest.raises(PySparkException) as error:
        spark.sql(statement).collect()
    assert error.value.getCondition() == condition, statement
