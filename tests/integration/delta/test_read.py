"""Tables that Apache Spark and Delta Lake have written (`record.py`), read by path, by version and by time."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.errors import AnalysisException, IllegalArgumentException, PySparkException
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.session import SparkSession

TABLES = Path(__file__).parent / "tables"


def read(spark: SparkSession, name: str, **options: object) -> DataFrame:
    return spark.read.format("delta").options(**options).load(f"{TABLES}/{name}")  # type: ignore[arg-type]


def scanned(frame: DataFrame) -> int:
    """How many files the plan of a frame reads."""
    text = frame._explain_string()
    return int(text.split(" files")[0].rsplit(" ", 1)[1])


def test_types_and_values(spark: SparkSession) -> None:
    frame = read(spark, "plain")
    assert frame.schema.simpleString() == (
        "struct<p:int,id:bigint,s:string,d:decimal(10,2),ts:timestamp,st:struct<X:bigint,l:array<bigint>>>"
    )
    row = frame.where("id = 4").collect()[0]
    assert (row.p, row.s, row.d, row.st.X, row.st.l) == (1, "s4", Decimal("4.00"), 4, [4])
    assert row.ts == datetime(2020, 1, 5, 0, 0, 0, 123456)
    assert frame.count() == 12


@pytest.mark.parametrize(
    ("condition", "files", "rows"),
    [
        ("p = 2", 1, 3),
        ("id = 9", 1, 1),
        ("id > 8", 1, 1),
        ("8 < id", 1, 1),
        ("NOT id < 9", 1, 1),
        ("id IN (0, 100)", 2, 2),
        ("p = 1 AND id >= 7", 1, 1),
        ("p = 1 OR id = 9", 3, 5),
        ("s = 's8'", 2, 1),
        ("d > 8.5", 1, 1),
        ("st.X = 8", 2, 1),
        ("ts >= timestamp'2020-01-10 00:00:00.123456'", 1, 1),
        ("ts >= '2020-01-10 00:00:00.123456'", 1, 1),
        ("to_timestamp('2020-01-10 00:00:00.123456') <= ts", 1, 1),
        ("id > CAST('8' AS BIGINT)", 1, 1),
        ("id IN (abs(-9L), 100)", 1, 1),
        ("id > CAST(NULL AS BIGINT) + 1", 5, 0),
        ("id IS NULL", 0, 0),
        ("id % 2 = 1", 5, 6),
        ("id <=> 9", 1, 1),
        ("id BETWEEN 7 AND 8", 3, 2),
    ],
)
def test_data_skipping(spark: SparkSession, condition: str, files: int, rows: int) -> None:
    """The statistics rule files out, and never one with rows that pass."""
    frame = read(spark, "plain").where(condition)
    assert frame.count() == rows
    assert scanned(frame) == files


def test_time_travel(spark: SparkSession, tmp_path: Path) -> None:
    table = tmp_path / "plain"
    shutil.copytree(TABLES / "plain", table)
    for version, second in ((0, 1000), (1, 2000)):
        os.utime(table / f"_delta_log/{version:020}.json", (second, second))
    load = spark.read.format("delta")
    assert load.load(f"{table}@v0").count() == 10
    assert load.load(f"{table}@19700101001640000").count() == 10
    assert spark.read.format("delta").option("versionAsOf", 0).load(str(table)).count() == 10
    for time, rows in (("1970-01-01 00:16:40", 10), ("1970-01-01 00:33:19.9", 10), ("1970-01-01 00:33:20", 12)):
        assert spark.read.format("delta").option("timestampAsOf", time).load(str(table)).count() == rows
    assert spark.sql(f"SELECT * FROM delta.`{table}` VERSION AS OF 0").count() == 10
    assert spark.sql(f"SELECT * FROM delta.`{table}` TIMESTAMP AS OF '1970-01-01 00:20:00'").count() == 10
    for option, value, condition in (
        ("versionAsOf", "2", "DELTA_VERSION_NOT_FOUND"),
        ("timestampAsOf", "1970-01-01", "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION"),
        ("timestampAsOf", "2024-01-01", "DELTA_TIMESTAMP_GREATER_THAN_COMMIT"),
        ("timestampAsOf", "soon", "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT"),
    ):
        with pytest.raises(AnalysisException) as error:
            spark.read.format("delta").option(option, value).load(str(table)).collect()
        assert error.value.getCondition() == condition
    assert error.value.getMessageParameters() == {"expr": '"soon"'}


def test_deletion_vectors(spark: SparkSession) -> None:
    rows = {r.id: r.s for r in read(spark, "dv").collect()}
    assert rows == {i: "u" if i == 7 else f"s{i}" for i in (0, 1, 2, 4, 6, 7, 8, 9)}
    assert read(spark, "dv", versionAsOf=1).count() == 10
    assert read(spark, "dv", versionAsOf=2).select("s").where("id BETWEEN 2 AND 5").count() == 2
    positions = read(spark, "dv", versionAsOf=2).selectExpr("_metadata.row_index i", "id").collect()
    assert all(r.i == r.id for r in positions)


def test_column_mapping(spark: SparkSession) -> None:
    frame = read(spark, "mapped")
    assert frame.columns == ["key", "a b", "st"]
    assert [f.metadata for f in frame.schema.fields] == [{}, {}, {}]
    row = frame.where("key = 1").collect()[0]
    assert (row["a b"], row.st.x, row.st.y[0].z) == ("x", 1, 2)
    assert scanned(frame.where("key = 3")) == 1
    assert sorted(r.id for r in read(spark, "mapped", versionAsOf=1).collect()) == [1, 2]


def test_nullability_and_defaults(spark: SparkSession) -> None:
    frame = read(spark, "con")
    assert [f.nullable for f in frame.schema.fields] == [False, True, True, True]
    assert sorted((r.v, r.g, r.dflt) for r in frame.collect())[-1] == (6, 12, "d")


@pytest.mark.parametrize(
    ("path", "condition"),
    [("nowhere", "PATH_NOT_FOUND"), ("plain/_delta_log", "DELTA_TABLE_NOT_FOUND")],
)
def test_no_table(spark: SparkSession, path: str, condition: str) -> None:
    with pytest.raises(AnalysisException) as error:
        read(spark, path).collect()
    assert error.value.getCondition() == condition


def test_no_path(spark: SparkSession) -> None:
    with pytest.raises(IllegalArgumentException):
        spark.read.format("delta").load().collect()


def copied(tmp_path: Path, name: str) -> Path:
    return Path(shutil.copytree(TABLES / name, tmp_path / name))


def test_a_damaged_log(spark: SparkSession, tmp_path: Path) -> None:
    table = copied(tmp_path, "plain")
    (table / "_delta_log/00000000000000000001.json").write_text('{"add": {"path"')
    with pytest.raises(PySparkException) as error:
        spark.read.format("delta").load(str(table)).collect()
    assert error.value.getCondition() == "DELTA_STATE_RECOVER_ERROR"
    assert str(table) in str(error.value)


def test_a_missing_version(spark: SparkSession, tmp_path: Path) -> None:
    table = copied(tmp_path, "plain")
    (table / "_delta_log/00000000000000000000.json").unlink()
    with pytest.raises(PySparkException) as error:
        spark.read.format("delta").load(str(table)).collect()
    assert error.value.getCondition() == "DELTA_STATE_RECOVER_ERROR"


def test_a_missing_file(spark: SparkSession, tmp_path: Path) -> None:
    table = copied(tmp_path, "plain")
    gone = next(table.glob("p=2/*.parquet"))
    gone.unlink()
    frame = spark.read.format("delta").load(str(table))
    assert frame.where("p = 1").count() == 4
    with pytest.raises(PySparkException) as error:
        frame.collect()
    assert error.value.getCondition() == "FAILED_READ_FILE.FILE_NOT_EXIST"
    assert gone.name in str(error.value)


@pytest.mark.parametrize(
    ("protocol", "condition"),
    [
        ('{"protocol":{"minReaderVersion":4,"minWriterVersion":8}}', "DELTA_"),
        (
            '{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["holograms"],'
            '"writerFeatures":["holograms"]}}',
            "DELTA_",
        ),
    ],
)
def test_features_that_nobody_knows(spark: SparkSession, tmp_path: Path, protocol: str, condition: str) -> None:
    table = copied(tmp_path, "plain")
    (table / "_delta_log/00000000000000000002.json").write_text(protocol + "\n")
    with pytest.raises(PySparkException) as error:
        spark.read.format("delta").load(str(table)).collect()
    assert (error.value.getCondition() or "").startswith(condition)


def test_deletion_vectors_beside_features_of_other_readers(spark: SparkSession, tmp_path: Path) -> None:
    table = tmp_path / "dv"
    shutil.copytree(TABLES / "dv", table)
    name = f"delta.`{table}`"
    spark.sql(f"ALTER TABLE {name} SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')")
    ids = [(i,) for i in (0, 1, 2, 4, 6, 7, 8, 9)]
    assert spark.sql(f"SELECT id FROM {name} ORDER BY id").collect() == ids
    spark.sql(f"REORG TABLE {name} APPLY (PURGE)")
    for statement in ("OPTIMIZE {}", "OPTIMIZE {} ZORDER BY (id)", "GENERATE symlink_format_manifest FOR TABLE {}"):
        spark.sql(statement.format(name))
    assert spark.sql(f"SELECT id FROM {name} ORDER BY id").collect() == ids
    assert (table / "_symlink_format_manifest/manifest").read_text().count("\n") == 1
