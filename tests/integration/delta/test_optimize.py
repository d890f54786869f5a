"""OPTIMIZE: which files become one, how rows are ordered, and what of it can be seen."""

from __future__ import annotations

import json
import operator
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

from tests.integration.delta.test_read import scanned

TABLES = Path(__file__).parent / "tables"
LARGE = "spark.databricks.delta.optimize.maxFileSize"


@pytest.fixture
def small_files(spark: SparkSession) -> Iterator[None]:
    """No file shall be much larger than 30 kB."""
    spark.conf.set(LARGE, "30000")
    yield
    spark.conf.unset(LARGE)


def optimize(spark: SparkSession, path: str, rest: str = "") -> Any:
    return spark.sql(f"OPTIMIZE delta.`{path}` {rest}").collect()[0].metrics


def append(spark: SparkSession, path: str, start: int, *partition_by: str) -> None:
    rows = spark.range(start, start + 10).selectExpr("id", "cast(id % 2 AS INT) p")
    rows.write.format("delta").mode("append").partitionBy(*partition_by).save(path)


def test_small_files_become_one_a_partition(spark: SparkSession, path: str) -> None:
    for start in (0, 10, 20):
        append(spark, path, start, "p")
    metrics = optimize(spark, path, "WHERE p = 1")
    assert (metrics.numFilesAdded, metrics.numFilesRemoved, metrics.totalConsideredFiles) == (1, 3, 3)
    assert metrics.filesRemoved.totalFiles == 3
    assert metrics.filesAdded.totalSize > 0
    metrics = optimize(spark, path)
    assert (metrics.numFilesAdded, metrics.numFilesRemoved, metrics.totalFilesSkipped) == (1, 3, 1)
    frame = spark.read.format("delta").load(path)
    assert (scanned(frame), frame.count(), frame.selectExpr("sum(id)").collect()[0][0]) == (2, 30, 435)
    metrics = optimize(spark, path)
    assert (metrics.numFilesAdded, metrics.totalFilesSkipped) == (0, 2)
    found = spark.sql(f"DESCRIBE HISTORY delta.`{path}`").collect()
    assert [r.operation for r in found][:2] == ["OPTIMIZE", "OPTIMIZE"], "a version for nothing"
    assert len(found) == 5
    assert json.loads(found[1].operationParameters["predicate"]) == ["(p = 1)"]
    assert (found[0].isolationLevel, found[0].operationMetrics["numRemovedFiles"]) == ("SnapshotIsolation", "3")


def test_partition_columns_in_any_case(spark: SparkSession, path: str) -> None:
    append(spark, path, 0, "p")
    append(spark, path, 10, "p")
    assert optimize(spark, path, "WHERE P = 1").numFilesRemoved == 2


@pytest.mark.usefixtures("small_files")
def test_large_files_are_left(spark: SparkSession, path: str) -> None:
    spark.range(20_000).write.format("delta").save(path)
    append_one = spark.range(20_000, 20_001).write.format("delta").mode("append")
    append_one.save(path)
    assert optimize(spark, path).numFilesAdded == 0, "one small file is no reason"
    append_one.save(path)
    metrics = optimize(spark, path)
    assert (metrics.numFilesAdded, metrics.numFilesRemoved) == (1, 2)


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("partitioned", [False, True])
def test_a_curve_makes_files_narrow_in_each_column(spark: SparkSession, path: str, partitioned: bool) -> None:
    rows = spark.range(20_000).selectExpr(
        "id % 2 AS p", "CASE WHEN id % 100 > 0 THEN hash(id) END AS a", "concat('s', hash(id, 1)) AS b",
        "timestamp_seconds(abs(hash(id, 2))) AS c",
    )  # fmt: skip
    rows.write.format("delta").partitionBy(*["p"] * partitioned).save(path)
    metrics = optimize(spark, path, "ZORDER BY (a, b)")
    assert metrics.numFilesAdded >= 12
    frame = spark.read.format("delta").load(path)
    assert (
        frame.selectExpr("count(*)", "sum(a)", "count(DISTINCT b)").collect()
        == rows.selectExpr("count(*)", "sum(a)", "count(DISTINCT b)").collect()
    )
    one = rows.where("a IS NOT NULL").limit(1).collect()[0]
    for condition in (f"a = {one.a}", f"b = '{one.b}'"):
        found = frame.where(condition)
        assert found.count() >= 1
        assert scanned(found) < metrics.numFilesAdded * 0.7
    assert scanned(frame.where(f"c = timestamp'{one.c}'")) == metrics.numFilesAdded
    history = spark.sql(f"DESCRIBE HISTORY delta.`{path}` LIMIT 1").collect()[0]
    assert json.loads(history.operationParameters["zOrderBy"]) == ["a", "b"]


@pytest.mark.usefixtures("small_files")
def test_a_curve_through_a_field_of_a_struct(spark: SparkSession, path: str) -> None:
    rows = spark.range(20_000).selectExpr("named_struct('I', named_struct('a', hash(id)), 'b', hash(id, 1)) AS st")
    rows.write.format("delta").save(path)
    metrics = optimize(spark, path, "ZORDER BY (ST.i.a)")
    assert metrics.numFilesAdded >= 4
    one = rows.collect()[0].st
    found = spark.read.format("delta").load(path).where(f"st.I.a = {one.I.a}")
    assert (found.count(), scanned(found)) == (1, 1)
    assert scanned(spark.read.format("delta").load(path).where(f"st.b = {one.b}")) == metrics.numFilesAdded
    history = spark.sql(f"DESCRIBE HISTORY delta.`{path}` LIMIT 1").collect()[0]
    assert json.loads(history.operationParameters["zOrderBy"]) == ["st.I.a"]


def test_one_file_is_in_order(spark: SparkSession, path: str) -> None:
    spark.range(1000).selectExpr("hash(id) AS a").write.format("delta").save(path)
    optimize(spark, path, "ZORDER BY (a)")
    found = [r.a for r in spark.read.format("delta").load(path).collect()]
    assert sum(map(operator.gt, found, found[1:])) < 500
    assert max(found[:10]) < 0 < min(found[-10:])


def test_rows_that_are_gone_leave_the_files(spark: SparkSession, tmp_path: Path) -> None:
    table = tmp_path / "dv"
    shutil.copytree(TABLES / "dv", table)
    before = sorted(spark.read.format("delta").load(str(table)).collect())
    metrics = optimize(spark, str(table))
    assert metrics.numFilesRemoved >= 1
    assert sorted(spark.read.format("delta").load(str(table)).collect()) == before
    newest = sorted((table / "_delta_log").glob("*.json"))[-1].read_text()
    assert '"deletionVector"' in newest, "who removes a file with a vector names it"
    assert all("deletionVector" not in line for line in newest.splitlines() if line.startswith('{"add"'))
    assert optimize(spark, str(table)).numFilesRemoved == 0


def test_refused(spark: SparkSession, path: str) -> None:
    append(spark, path, 0, "p")
    for rest, condition in {
        "WHERE id = 1": "DELTA_NON_PARTITION_COLUMN_REFERENCE",
        "ZORDER BY (nope)": "DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST",
        "ZORDER BY (id.nope)": "DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST",
        "ZORDER BY (p)": "DELTA_ZORDERING_ON_PARTITION_COLUMN",
    }.items():
        with pytest.raises(PySparkException) as error:
            optimize(spark, path, rest)
        assert error.value.getCondition() == condition


def test_metrics_are_deltas(spark: SparkSession, tmp_path: Path) -> None:
    """Names, types and numbers as Apache Spark with Delta 4.4 gave them for the same statements."""
    table = tmp_path / "dv"
    shutil.copytree(TABLES / "dv", table)
    frame = spark.sql(f"OPTIMIZE delta.`{table}`")
    assert frame.schema.simpleString() == SCHEMA
    found = frame.collect()[0].metrics
    assert (found.zOrderStats, found.clusteringStats, found.autoCompactParallelismStats) == (None, None, None)
    assert found.deletionVectorStats.numDeletionVectorsRemoved >= 1
    assert found.deletionVectorStats.numDeletionVectorRowsRemoved >= 2
    assert (found.partitionsOptimized, found.numBins, found.numBatches, found.numTableColumns) == (1, 1, 1, 2)
    history = spark.sql(f"DESCRIBE HISTORY delta.`{table}` LIMIT 1").collect()[0].operationMetrics
    size = str(found.filesAdded.totalSize)
    assert {history[k] for k in ("minFileSize", "p25FileSize", "p50FileSize", "p75FileSize", "maxFileSize")} == {size}
    path = str(tmp_path / "curve")
    for start in (0, 10):
        append(spark, path, start, "p")
    found = optimize(spark, path, "ZORDER BY (id)").zOrderStats
    assert (found.strategyName, found.inputOtherFiles.num, found.mergedFiles.num) == ("all", 4, 4)
    assert (found.inputCubeFiles.num, found.numOutputCubes, found.mergedNumCubes) == (0, 2, None)
    spark.sql(f"CREATE TABLE delta.`{tmp_path}/cl` (id BIGINT) USING delta CLUSTER BY (id)")
    for inputs in ((0, 1, 0), (1, 1, 1)):
        spark.sql(f"INSERT INTO delta.`{tmp_path}/cl` VALUES (1)")
        stats = optimize(spark, f"{tmp_path}/cl").clusteringStats
        assert (stats.inputZCubeFiles.numFiles, stats.inputOtherFiles.numFiles, stats.inputNumZCubes) == inputs


def test_rows_that_are_gone_are_purged(spark: SparkSession, tmp_path: Path) -> None:
    table = tmp_path / "dv"
    shutil.copytree(TABLES / "dv", table)
    append = spark.createDataFrame([(100, "x")], "id BIGINT, s STRING").write.format("delta").mode("append")
    append.save(str(table))
    before = sorted(spark.read.format("delta").load(str(table)).collect())
    found = spark.sql(f"REORG TABLE delta.`{table}` APPLY (PURGE)").collect()[0].metrics
    assert found.numFilesRemoved == found.deletionVectorStats.numDeletionVectorsRemoved >= 1
    assert found.totalFilesSkipped >= 1, "small files that are whole stay"
    assert sorted(spark.read.format("delta").load(str(table)).collect()) == before
    history = spark.sql(f"DESCRIBE HISTORY delta.`{table}` LIMIT 1").collect()[0]
    assert (history.operation, history.operationParameters) == ("REORG", {"predicate": "[]", "applyPurge": "true"})
    assert spark.sql(f"REORG TABLE delta.`{table}` APPLY (PURGE)").collect()[0].metrics.numFilesRemoved == 0


def test_vacuum_by_the_log(spark: SparkSession, path: str) -> None:
    """LITE removes what the log names, and leaves what it does not."""
    spark.range(4).write.format("delta").save(path)
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    other = Path(path, "other.parquet")
    other.write_bytes(b"x")
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    try:
        listed = spark.sql(f"VACUUM delta.`{path}` LITE RETAIN 0 HOURS DRY RUN").collect()
        assert len(listed) == 1
        spark.sql(f"VACUUM delta.`{path}` LITE RETAIN 0 HOURS")
        assert other.exists()
        assert len(list(Path(path).glob("part-*"))) == 1
        spark.sql(f"VACUUM delta.`{path}` RETAIN 0 HOURS")
        assert not other.exists()
    finally:
        spark.conf.unset("spark.databricks.delta.retentionDurationCheck.enabled")
    assert spark.read.format("delta").load(path).count() == 3


SIZES = "struct<min:bigint,max:bigint,avg:double,totalFiles:bigint,totalSize:bigint>"
NUM, FILES = "struct<num:bigint,size:bigint>", "struct<numFiles:bigint,size:bigint>"
SCHEMA = (
    f"struct<path:string,metrics:struct<numFilesAdded:bigint,numFilesRemoved:bigint,filesAdded:{SIZES},"
    f"filesRemoved:{SIZES},partitionsOptimized:bigint,zOrderStats:struct<strategyName:string,inputCubeFiles:{NUM},"
    f"inputOtherFiles:{NUM},inputNumCubes:bigint,mergedFiles:{NUM},numOutputCubes:bigint,mergedNumCubes:bigint>,"
    f"clusteringStats:struct<inputZCubeFiles:{FILES},inputOtherFiles:{FILES},inputNumZCubes:bigint,mergedFiles:{FILES},"
    "numOutputZCubes:bigint>,numBins:bigint,numBatches:bigint,totalConsideredFiles:bigint,totalFilesSkipped:bigint,"
    "preserveInsertionOrder:boolean,numFilesSkippedToReduceWriteAmplification:bigint,"
    "numBytesSkippedToReduceWriteAmplification:bigint,startTimeMs:bigint,endTimeMs:bigint,"
    "totalClusterParallelism:bigint,totalScheduledTasks:bigint,autoCompactParallelismStats:struct<"
    "maxClusterActiveParallelism:bigint,minClusterActiveParallelism:bigint,maxSessionActiveParallelism:bigint,"
    "minSessionActiveParallelism:bigint>,deletionVectorStats:struct<numDeletionVectorsRemoved:bigint,"
    "numDeletionVectorRowsRemoved:bigint>,numTableColumns:bigint,numTableColumnsWithStats:bigint>>"
)
