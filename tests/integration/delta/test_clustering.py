"""Clustered tables: their columns in the log, and what OPTIMIZE does with them; refusals are those of Delta Lake."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

from tests.integration.delta.test_read import scanned

LARGE = "spark.databricks.delta.optimize.maxFileSize"


@pytest.fixture
def table(spark: SparkSession, path: str) -> Iterator[str]:
    """A clustered table of 20,000 rows, files of which shall have about 30 kB."""
    name = f"delta.`{path}`"
    spark.sql(f"""CREATE TABLE {name} (a INT, st STRUCT<b: STRING>, c INT) USING delta CLUSTER BY (a, st.b)
        TBLPROPERTIES ('delta.checkpointInterval' = '3')""")
    spark.conf.set(LARGE, "30000")
    for seed in (0, 1):
        spark.sql(f"""INSERT INTO {name} SELECT hash(id, {seed}), named_struct('b', concat('s', hash(id, 2, {seed}))),
            hash(id, 3) FROM range(10000)""")
    yield name
    spark.conf.unset(LARGE)


def clustering(spark: SparkSession, table: str) -> list[str]:
    return list(spark.sql(f"DESCRIBE DETAIL {table}").collect()[0].clusteringColumns)


def metrics(spark: SparkSession, table: str, rest: str = "") -> Any:
    return spark.sql(f"OPTIMIZE {table} {rest}").collect()[0].metrics


def test_optimize_clusters(spark: SparkSession, table: str, path: str) -> None:
    assert clustering(spark, table) == ["a", "st.b"]
    found = metrics(spark, table)
    assert found.numFilesAdded >= 8
    assert (Path(path) / "_delta_log" / f"{3:020}.checkpoint.parquet").exists()
    frame = spark.read.format("delta").load(path)
    assert frame.count() == 20_000
    one = frame.first()
    assert one is not None
    assert scanned(frame.where(f"a = {one.a}")) < found.numFilesAdded * 0.7
    assert scanned(frame.where(f"st.b = '{one.st.b}'")) < found.numFilesAdded * 0.7
    newest = sorted(Path(path, "_delta_log").glob("*.json"))[-1].read_text().splitlines()
    added = [a["add"] for a in map(json.loads, newest) if "add" in a]
    assert {(f["clusteringProvider"], f["tags"]["ZCUBE_ZORDER_BY"]) for f in added} == {("liquid", '["a","st.b"]')}
    assert clustering(spark, table) == ["a", "st.b"], "the checkpoint has not kept the columns"
    assert metrics(spark, table).numFilesAdded == metrics(spark, table, "FULL").numFilesAdded == 0
    spark.sql(f"INSERT INTO {table} VALUES (1, named_struct('b', 'x'), 1)")
    assert metrics(spark, table).numFilesAdded >= 8


def test_other_columns(spark: SparkSession, table: str, path: str) -> None:
    metrics(spark, table)
    spark.sql(f"ALTER TABLE {table} CLUSTER BY (c)")
    assert clustering(spark, table) == ["c"]
    assert metrics(spark, table).numFilesAdded >= 8, "files that are clustered otherwise are ordered anew"
    frame = spark.read.format("delta").load(path)
    one = frame.first()
    assert one is not None
    assert scanned(frame.where(f"c = {one.c}")) <= 2
    spark.sql(f"ALTER TABLE {table} CLUSTER BY NONE")
    assert clustering(spark, table) == []
    refused(spark, f"OPTIMIZE {table} FULL", "DELTA_OPTIMIZE_FULL_NOT_SUPPORTED")
    spark.sql("SET spark.databricks.delta.retentionDurationCheck.enabled = false")
    spark.sql(f"VACUUM {table} RETAIN 0 HOURS")
    spark.sql("RESET spark.databricks.delta.retentionDurationCheck.enabled")
    assert len(list(Path(path).glob("*.parquet"))) == scanned(spark.read.format("delta").load(path))


def test_tables_become_clustered(spark: SparkSession) -> None:
    spark.sql("CREATE OR REPLACE TABLE cl USING delta CLUSTER BY (id) AS SELECT id, id % 3 AS p FROM range(5)")
    assert clustering(spark, "cl") == ["id"]
    spark.sql("CREATE OR REPLACE TABLE cl USING delta AS SELECT 1 v")
    assert clustering(spark, "cl") == []
    spark.sql("ALTER TABLE cl CLUSTER BY (v)")
    assert clustering(spark, "cl") == ["v"]
    spark.sql("DROP TABLE cl")


REFUSED = {
    "CREATE TABLE {0}2 (id BIGINT, p INT) USING delta PARTITIONED BY (p) CLUSTER BY (id)":
        "SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED",
    "CREATE TABLE {0}2 (a INT, b INT, c INT, d INT, e INT) USING delta CLUSTER BY (a, b, c, d, e)":
        "DELTA_CLUSTER_BY_INVALID_NUM_COLUMNS",
    "CREATE TABLE {0}2 (a ARRAY<INT>) USING delta CLUSTER BY (a)": "DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED",
    "CREATE TABLE {0}2 (a INT, b INT) USING delta CLUSTER BY (b) "
    "TBLPROPERTIES ('delta.dataSkippingNumIndexedCols' = '1')": "DELTA_CLUSTERING_COLUMN_MISSING_STATS",
    "ALTER TABLE {0} CLUSTER BY (nope)": "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA",
    "OPTIMIZE {0} ZORDER BY (a)": "DELTA_CLUSTERING_WITH_ZORDER_BY",
    "OPTIMIZE {0} WHERE a = 1": "DELTA_CLUSTERING_WITH_PARTITION_PREDICATE",
}  # fmt: skip


def test_refused(spark: SparkSession, path: str) -> None:
    name = f"delta.`{path}`"
    spark.sql(f"CREATE TABLE {name} (a INT) USING delta CLUSTER BY (a)")
    for statement, condition in REFUSED.items():
        text = statement.replace("{0}2", f"delta.`{path}2`").replace("{0}", name)
        refused(spark, text, condition)
    spark.sql(f"CREATE TABLE delta.`{path}3` (a INT, p INT) USING delta PARTITIONED BY (p)")
    condition = "DELTA_ALTER_TABLE_CLUSTER_BY_ON_PARTITIONED_TABLE_NOT_ALLOWED"
    refused(spark, f"ALTER TABLE delta.`{path}3` CLUSTER BY (a)", condition)


def refused(spark: SparkSession, statement: str, condition: str) -> None:
    with pytest.raises(PySparkException) as error:
        spark.sql(statement).collect()
    assert error.value.getCondition() == condition, statement


def test_what_delta_refuses_of_clustering(spark: SparkSession, path: str) -> None:
    def refused(statement: str) -> str | None:
        with pytest.raises(PySparkException) as error:
            spark.sql(statement)
        return error.value.getCondition()

    table, mapped = f"delta.`{path}`", "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
    twice = "DELTA_DUPLICATE_COLUMNS_FOUND.CLUSTER_BY"
    missing = "UNSUPPORTED_FEATURE.PARTITION_WITH_NESTED_COLUMN_IS_UNSUPPORTED"
    assert refused(f"CREATE TABLE {table} (a INT, b INT) USING delta CLUSTER BY (nope)") == missing
    assert refused(f"CREATE TABLE {table} (a INT, b INT) USING delta CLUSTER BY (a, A)") == twice
    spark.sql(f"CREATE TABLE {table} (a INT, b STRUCT<c: INT, d: INT>) USING delta CLUSTER BY (b.c) {mapped}")
    assert refused(f"ALTER TABLE {table} CLUSTER BY (a, a)") == twice
    for column in ("b", "b.c"):
        assert refused(f"ALTER TABLE {table} DROP COLUMN {column}") == "DELTA_UNSUPPORTED_DROP_CLUSTERING_COLUMN"
    spark.sql(f"ALTER TABLE {table} DROP COLUMN b.d")
    spark.sql(f"ALTER TABLE {table} RENAME COLUMN b TO bb")
    assert spark.sql(f"DESCRIBE DETAIL {table}").first().clusteringColumns == ["bb.c"]
    partitioned = f"CREATE OR REPLACE TABLE {table} (a INT, p INT) USING delta PARTITIONED BY (p)"
    assert refused(partitioned) == "DELTA_CLUSTERING_REPLACE_TABLE_WITH_PARTITIONED_TABLE"
    overwrite = spark.sql("SELECT 'x' a, 1 e").write.format("delta").mode("overwrite").option("overwriteSchema", True)
    overwrite.save(path)
    assert spark.sql(f"DESCRIBE DETAIL {table}").first().clusteringColumns == []
