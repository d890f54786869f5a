"""Statements about Delta tables: definitions, changes of them, history, maintenance."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession


@pytest.fixture
def table(spark: SparkSession) -> Iterator[str]:
    spark.sql("CREATE OR REPLACE TABLE t (id BIGINT, v STRING) USING delta")
    spark.sql("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    yield "t"
    spark.sql("DROP TABLE t")


def fails(spark: SparkSession, statement: str, condition: str) -> dict[str, str]:
    with pytest.raises(PySparkException) as error:
        spark.sql(statement)
    assert error.value.getCondition() == condition
    return error.value.getMessageParameters() or {}


def history(spark: SparkSession, name: str = "t") -> list[str]:
    return [r.operation for r in spark.sql(f"DESCRIBE HISTORY {name}").collect()]


def place(spark: SparkSession, name: str = "t") -> Path:
    return Path(str(spark.sql(f"DESCRIBE DETAIL {name}").collect()[0].location).removeprefix("file:"))


def test_a_table_is_made_and_replaced(spark: SparkSession, table: str) -> None:
    fails(spark, "CREATE TABLE t USING delta AS SELECT 1 a", "TABLE_OR_VIEW_ALREADY_EXISTS")
    spark.sql("CREATE TABLE IF NOT EXISTS t USING delta AS SELECT 1 a")
    assert spark.table("t").columns == ["id", "v"]
    spark.sql("CREATE OR REPLACE TABLE t USING delta PARTITIONED BY (p) AS SELECT 7 n, 'x' p")
    assert spark.table("t").collect() == [(7, "x")]
    assert spark.sql("SELECT count(*) FROM t VERSION AS OF 1").collect()[0][0] == 2
    spark.sql("REPLACE TABLE t (z INT) USING delta")
    assert spark.table("t").columns == ["z"]
    assert history(spark)[:2] == ["CREATE OR REPLACE TABLE", "CREATE OR REPLACE TABLE AS SELECT"]
    fails(spark, "REPLACE TABLE nowhere (z INT) USING delta", "TABLE_OR_VIEW_NOT_FOUND")


def test_a_failed_definition_leaves_nothing(spark: SparkSession) -> None:
    with pytest.raises(PySparkException):
        spark.sql("CREATE TABLE f USING delta AS SELECT raise_error('no') a, 1 b")
    assert not spark.catalog.tableExists("f")
    spark.sql("CREATE TABLE f USING delta AS SELECT 1 a")
    spark.sql("DROP TABLE f")


def test_external_tables(spark: SparkSession, path: str) -> None:
    spark.range(3).write.format("delta").save(path)
    spark.sql(f"CREATE TABLE e USING delta LOCATION '{path}'")
    assert spark.table("e").count() == 3
    spark.sql("DROP TABLE e")
    assert spark.read.format("delta").load(path).count() == 3
    fails(spark, f"CREATE TABLE e (other STRING) USING delta LOCATION '{path}'", "DELTA_CREATE_TABLE_SCHEME_MISMATCH")
    fails(spark, f"CREATE TABLE e USING delta LOCATION '{path}x'", "DELTA_SCHEMA_NOT_PROVIDED")


def test_insertions(spark: SparkSession, table: str) -> None:
    spark.sql("INSERT INTO t (v) VALUES ('c')")
    spark.sql("INSERT INTO t BY NAME SELECT 'd' v, 4 id")
    spark.sql("INSERT INTO t TABLE t")
    assert spark.table("t").count() == 8
    spark.sql("INSERT OVERWRITE t SELECT * FROM t WHERE id = 4")
    assert spark.table("t").collect() == [(4, "d"), (4, "d")]
    spark.range(2).selectExpr("id", "'w' v").write.insertInto("t")
    spark.range(2).selectExpr("'x' v", "id").writeTo("t").append()
    assert spark.table("t").count() == 6
    spark.range(1).selectExpr("id", "'y' v", "1 extra").write.format("delta").mode("append").option(
        "mergeSchema", "true").saveAsTable("t")  # fmt: skip
    assert spark.table("t").columns == ["id", "v", "extra"]
    fails(spark, "INSERT INTO t SELECT array(1), 'v', 1", "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST")


def test_columns(spark: SparkSession, table: str) -> None:
    spark.sql("ALTER TABLE t ADD COLUMNS (n INT COMMENT 'a number' AFTER id, m STRING FIRST)")
    assert spark.table("t").columns == ["m", "id", "n", "v"]
    assert spark.table("t").where("id = 1").collect() == [(None, 1, None, "a")]
    spark.sql("ALTER TABLE t ALTER COLUMN n COMMENT 'other'")
    assert spark.table("t").schema["n"].metadata["comment"] == "other"
    fails(spark, "ALTER TABLE t ADD COLUMN N INT", "FIELD_ALREADY_EXISTS")
    fails(spark, "ALTER TABLE t DROP COLUMN v", "DELTA_UNSUPPORTED_DROP_COLUMN")
    fails(spark, "ALTER TABLE t RENAME COLUMN v TO w", "DELTA_UNSUPPORTED_RENAME_COLUMN")
    fails(spark, "ALTER TABLE t ALTER COLUMN v TYPE INT", "NOT_SUPPORTED_CHANGE_COLUMN")


def test_properties(spark: SparkSession, table: str) -> None:
    spark.sql("ALTER TABLE t SET TBLPROPERTIES ('delta.appendOnly' = 'true', 'mine' = '1')")
    for statement in ("DELETE FROM t", "UPDATE t SET id = 1", "INSERT OVERWRITE t VALUES (1, 'a')"):
        fails(spark, statement, "DELTA_CANNOT_MODIFY_APPEND_ONLY")
    spark.sql("INSERT INTO t VALUES (3, 'c')")
    shown = {r.key: r.value for r in spark.sql("SHOW TBLPROPERTIES t").collect()}
    assert (shown["delta.appendOnly"], shown["mine"], shown["delta.minReaderVersion"]) == ("true", "1", "1")
    spark.sql("ALTER TABLE t UNSET TBLPROPERTIES ('mine')")
    spark.sql("ALTER TABLE t UNSET TBLPROPERTIES ('mine')")
    fails(spark, "ALTER TABLE t SET TBLPROPERTIES ('delta.nope' = 'x')", "DELTA_UNKNOWN_CONFIGURATION")
    feature = "ALTER TABLE t SET TBLPROPERTIES ('delta.feature.nope' = 'supported')"
    fails(spark, feature, "DELTA_UNSUPPORTED_FEATURES_IN_CONFIG")


def test_constraints(spark: SparkSession, table: str) -> None:
    fails(spark, "ALTER TABLE t ADD CONSTRAINT big CHECK (id > 1)", "DELTA_NEW_CHECK_CONSTRAINT_VIOLATION")
    spark.sql("ALTER TABLE t ADD CONSTRAINT positive CHECK (id > 0)")
    fails(spark, "ALTER TABLE t ADD CONSTRAINT Positive CHECK (id > 0)", "DELTA_CONSTRAINT_ALREADY_EXISTS")
    violation = "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES"
    assert fails(spark, "INSERT INTO t VALUES (-5, 'x')", violation)["values"] == "\n - id : -5"
    fails(spark, "INSERT INTO t VALUES (null, 'x')", violation)
    fails(spark, "UPDATE t SET id = id - 1", violation)
    fails(spark, "MERGE INTO t USING (SELECT -1 i) ON false WHEN NOT MATCHED THEN INSERT (id) VALUES (i)", violation)
    assert place(spark) and spark.sql("DESCRIBE DETAIL t").collect()[0].minWriterVersion == 3
    spark.sql("ALTER TABLE t DROP CONSTRAINT positive")
    spark.sql("INSERT INTO t VALUES (-5, 'x')")
    fails(spark, "ALTER TABLE t DROP CONSTRAINT positive", "DELTA_CONSTRAINT_DOES_NOT_EXIST")


def test_history_and_detail(spark: SparkSession, table: str) -> None:
    spark.sql("UPDATE t SET v = 'z' WHERE id = 1")
    newest, *_ = spark.sql("DESCRIBE HISTORY t").collect()
    assert (newest.version, newest.operation, newest.isBlindAppend) == (2, "UPDATE", False)
    assert json.loads(newest.operationParameters["predicate"]) == ["(id = 1)"]
    assert newest.operationMetrics["numUpdatedRows"] == "1"
    assert newest.operationMetrics["numCopiedRows"] == "1"
    assert len(spark.sql("DESCRIBE HISTORY t LIMIT 1").collect()) == 1
    detail = spark.sql("DESCRIBE DETAIL t").collect()[0]
    assert (detail.format, detail.name, detail.numFiles) == ("delta", "spark_catalog.default.t", 1)
    assert detail.tableFeatures == ["appendOnly", "invariants"]
    spark.sql("CREATE OR REPLACE TEMP VIEW tv AS SELECT 1 a")
    spark.sql("CREATE TABLE p USING parquet AS SELECT 1 a")
    fails(spark, "DESCRIBE HISTORY p", "DELTA_TABLE_ONLY_OPERATION")
    spark.sql("DROP TABLE p")


def test_columns_of_char_and_varchar(spark: SparkSession) -> None:
    spark.sql("CREATE TABLE c (c CHAR(3), v VARCHAR(2)) USING delta")
    try:
        spark.sql("INSERT INTO c VALUES ('a', 'b')")
        (metadata,) = (
            json.loads(line)["metaData"]
            for line in (place(spark, "c") / "_delta_log" / f"{0:020}.json").read_text().splitlines()
            if "metaData" in line
        )
        assert [(f["type"], f["metadata"]) for f in json.loads(metadata["schemaString"])["fields"]] == [
            ("string", {"__CHAR_VARCHAR_TYPE_STRING": "char(3)"}),
            ("string", {"__CHAR_VARCHAR_TYPE_STRING": "varchar(2)"}),
        ]
        assert [r.data_type for r in spark.sql("DESCRIBE c").collect()] == ["char(3)", "varchar(2)"]
        source = "(SELECT 'xyz' v) s ON t.c = 'a' WHEN MATCHED THEN UPDATE SET t.v = s.v"
        for statement in (
            "INSERT INTO c VALUES ('x', 'xyz')",
            "UPDATE c SET v = 'xyz'",
            f"MERGE INTO c t USING {source}",
        ):
            with pytest.raises(PySparkException) as error:
                spark.sql(statement)
            assert error.value.getCondition() == "EXCEED_LIMIT_LENGTH"
        rows = spark.createDataFrame([("x", "xyz")], "c STRING, v STRING").write.format("delta").mode("append")
        with pytest.raises(PySparkException) as error:
            rows.saveAsTable("c")
        assert error.value.getCondition() == "EXCEED_LIMIT_LENGTH"
        spark.sql("UPDATE c SET c = 'q' WHERE c = 'a'")
        assert [tuple(r) for r in spark.sql("SELECT * FROM c WHERE c = 'q'").collect()] == [("q  ", "b")]
        fails(spark, "ALTER TABLE c ADD COLUMNS (s STRUCT<x: CHAR(2)>)", "UNSUPPORTED_FEATURE.GLOWPLUG")
    finally:
        spark.sql("DROP TABLE c")


@pytest.mark.parametrize(
    ("type", "condition"),
    [
        ("INTERVAL DAY TO SECOND", "DELTA_UNSUPPORTED_DATA_TYPES"),
        ("ARRAY<STRUCT<x: GEOMETRY(4326)>>", "DELTA_UNSUPPORTED_DATA_TYPES"),
        ("ARRAY<VOID>", "DELTA_UNSUPPORTED_DATA_TYPES"),
    ],
)
def test_types_that_no_file_has(spark: SparkSession, table: str, path: str, type: str, condition: str) -> None:
    """The table stays as it is: a log that says them can be read by nobody."""
    fails(spark, f"ALTER TABLE t ADD COLUMNS (c {type})", condition)
    fails(spark, f"CREATE TABLE delta.`{path}` USING delta AS SELECT 1 id, CAST(NULL AS {type}) c", condition)
    rows = spark.sql(f"SELECT 3L id, 'c' v, CAST(NULL AS {type}) c").write.format("delta").mode("append")
    with pytest.raises(PySparkException) as error:
        rows.option("mergeSchema", True).saveAsTable("t")
    assert error.value.getCondition() == condition
    assert spark.table("t").count() == 2


def test_properties_are_unset_in_any_case(spark: SparkSession, table: str) -> None:
    spark.sql("ALTER TABLE t SET TBLPROPERTIES ('delta.appendOnly' = 'true')")
    fails(spark, "DELETE FROM t", "DELTA_CANNOT_MODIFY_APPEND_ONLY")
    spark.sql("ALTER TABLE t UNSET TBLPROPERTIES ('delta.appendonly')")
    spark.sql("DELETE FROM t")


def test_vacuum_keeps_deletion_vectors(spark: SparkSession, tmp_path: Path) -> None:
    root = tmp_path / "dv"
    shutil.copytree(Path(__file__).parent / "tables/dv", root)
    before = sorted(spark.sql(f"SELECT * FROM delta.`{root}`").collect())
    old = time.time() - 8 * 24 * 3600
    vectors = list(root.glob("*.bin"))
    for file in root.glob("*.*"):
        os.utime(file, (old, old))
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    try:
        spark.sql(f"VACUUM delta.`{root}` RETAIN 0 HOURS")
    finally:
        spark.conf.unset("spark.databricks.delta.retentionDurationCheck.enabled")
    assert sorted(spark.sql(f"SELECT * FROM delta.`{root}`").collect()) == before
    assert 0 < len(list(root.glob("*.bin"))) < len(vectors)  # an older one went


def test_optimize_and_vacuum(spark: SparkSession, table: str) -> None:
    for i in range(4):
        spark.sql(f"INSERT INTO t VALUES ({i}, 'x')")
    before = spark.table("t").orderBy("id", "v").collect()
    metrics: Any = spark.sql("OPTIMIZE t").collect()[0].metrics
    assert (metrics.numFilesAdded, metrics.numFilesRemoved) == (1, 5)
    assert spark.table("t").orderBy("id", "v").collect() == before
    spark.sql("INSERT INTO t VALUES (9, 'x')")
    assert spark.sql("OPTIMIZE t ZORDER BY (id, v)").collect()[0].metrics.numFilesAdded == 1
    fails(spark, "OPTIMIZE t ZORDER BY (nope)", "DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST")
    fails(spark, "VACUUM t RETAIN 1 HOURS", "DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT")
    root = place(spark)
    aside = root / "_temporary/left"
    aside.mkdir(parents=True)
    (aside / "part.parquet").write_text("of a killed writer")
    files = len(list(root.glob("*.parquet")))
    assert spark.sql("VACUUM t").collect()[0].path == f"file:{root}"
    assert (len(list(root.glob("*.parquet"))), aside.exists()) == (files, True)
    old = time.time() - 8 * 24 * 3600
    os.utime(aside, (old, old))
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    try:
        assert len(spark.sql("VACUUM t RETAIN 0 HOURS DRY RUN").collect()) == files - 1
        assert len(spark.sql("VACUUM t RETAIN 0.5 HOURS DRY RUN").collect()) == 0
        spark.sql("VACUUM t RETAIN 0 HOURS")
        assert len(spark.sql("VACUUM t RETAIN 0 HOURS DRY RUN").collect()) == 0
    finally:
        spark.conf.unset("spark.databricks.delta.retentionDurationCheck.enabled")
    assert (len(list(root.glob("*.parquet"))), aside.exists()) == (1, False)
    assert spark.table("t").count() == 7
    with pytest.raises(PySparkException) as error:
        spark.sql("SELECT * FROM t VERSION AS OF 2").collect()
    assert (error.value.getCondition() or "").startswith("FAILED_READ_FILE")
    fails(spark, "RESTORE TABLE t TO VERSION AS OF 2", "FAILED_READ_FILE.FILE_NOT_EXIST")


def test_restore(spark: SparkSession, table: str) -> None:
    spark.sql("DELETE FROM t WHERE id = 1")
    spark.sql("ALTER TABLE t ADD COLUMN extra INT")
    counts = spark.sql("RESTORE TABLE t TO VERSION AS OF 1").collect()[0]
    assert (counts.num_removed_files, counts.num_restored_files) == (1, 1)
    assert sorted(tuple(r) for r in spark.table("t").collect()) == [(1, "a"), (2, "b")]
    fails(spark, "RESTORE TABLE t TO VERSION AS OF 99", "DELTA_CANNOT_RESTORE_TABLE_VERSION")


def test_conversion(spark: SparkSession, path: str) -> None:
    spark.sql("SELECT id, id % 2 p FROM range(6)").write.partitionBy("p").parquet(path)
    fails(spark, f"CONVERT TO DELTA parquet.`{path}`", "DELTA_UNEXPECTED_NUM_PARTITION_COLUMNS_FROM_FILE_NAME")
    fails(spark, f"CONVERT TO DELTA parquet.`{path}` PARTITIONED BY (p DATE)", "DELTA_FAILED_CAST_PARTITION_VALUE")
    spark.sql(f"CONVERT TO DELTA parquet.`{path}` PARTITIONED BY (p BIGINT)")
    spark.sql("CREATE TABLE IF NOT EXISTS plain (id INT, p INT) USING parquet PARTITIONED BY (p)")
    other = "CONVERT TO DELTA plain PARTITIONED BY (p STRING)"
    fails(spark, other, "DELTA_UNEXPECTED_PARTITION_SCHEMA_FROM_USER")
    read = spark.read.format("delta").load(path)
    assert (read.where("p = 1").count(), dict(read.dtypes)["p"]) == (3, "bigint")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 1")
    assert spark.read.format("delta").load(path).count() == 5


def test_words_of_delta_are_names_too(spark: SparkSession) -> None:
    spark.sql("CREATE OR REPLACE TEMP VIEW history AS SELECT 1 optimize, 2 vacuum, 3 restore")
    assert [r.col_name for r in spark.sql("DESCRIBE history").collect()] == ["optimize", "vacuum", "restore"]
    assert spark.sql("SELECT vacuum detail FROM history").collect() == [(2,)]


def test_kept_rows_of_a_table_follow_it(spark: SparkSession, table: str) -> None:
    spark.sql("CACHE TABLE t")
    assert spark.table("t").count() == 2
    for statement, count in (("INSERT INTO t VALUES (3, 'c')", 3), ("DELETE FROM t WHERE id = 1", 2)):
        spark.sql(statement)
        assert spark.table("t").count() == count
    spark.sql("MERGE INTO t USING t AS s ON t.id = s.id WHEN MATCHED THEN DELETE")
    assert spark.table("t").count() == 0
    spark.sql("UNCACHE TABLE t")


def test_frames_of_versions_are_kept_apart(spark: SparkSession, table: str) -> None:
    before = spark.table("t").cache()
    assert before.count() == 2
    other = spark.sql("SELECT * FROM t VERSION AS OF 0").cache()
    assert other.count() == 0
    assert before.count() == 2
    other.unpersist()
    before.unpersist()


def test_columns_inside_structs(spark: SparkSession, path: str) -> None:
    table = f"delta.`{path}`"
    spark.sql("SELECT 1 id, named_struct('a', 1, 'i', named_struct('b', 2)) st, array(named_struct('z', 3)) l").write.format(
        "delta").save(path)  # fmt: skip
    spark.sql(f"ALTER TABLE {table} ADD COLUMNS (st.c STRING FIRST, st.i.d INT AFTER b, l.element.y INT)")
    spark.sql(f"ALTER TABLE {table} ALTER COLUMN st.a AFTER i")
    spark.sql(f"ALTER TABLE {table} ALTER COLUMN st.a COMMENT 'deep'")
    assert spark.table(table).schema.simpleString() == (
        "struct<id:int,st:struct<c:string,i:struct<b:int,d:int>,a:int>,l:array<struct<z:int,y:int>>>"
    )
    assert spark.table(table).collect() == [(1, (None, (2, None), 1), [(3, None)])]
    assert spark.table(table).schema["st"].dataType["a"].metadata == {"comment": "deep"}  # type: ignore[index]
    fails(spark, f"ALTER TABLE {table} ADD COLUMN st.A INT", "FIELD_ALREADY_EXISTS")
    fails(spark, f"ALTER TABLE {table} ADD COLUMN st.no.x INT", "UNRESOLVED_COLUMN.WITH_SUGGESTION")
    fails(spark, f"ALTER TABLE {table} ADD COLUMN id.x INT", "DELTA_ADD_COLUMN_PARENT_NOT_STRUCT")


OVERWRITES = {  # of (1, 1, 1), (2, 1, 2), (3, 2, 1): what is left, by Apache Spark with Delta; static, then dynamic
    "PARTITION (p = 1) SELECT 10, 1": ([(3, 2, 1), (10, 1, 1)], [(2, 1, 2), (3, 2, 1), (10, 1, 1)]),
    "PARTITION (p = 1, q) SELECT 10, 3": ([(3, 2, 1), (10, 1, 3)], [(1, 1, 1), (2, 1, 2), (3, 2, 1), (10, 1, 3)]),
    "PARTITION (p, q = 1) SELECT 10, 2": ([(2, 1, 2), (10, 2, 1)], [(1, 1, 1), (2, 1, 2), (10, 2, 1)]),
    "PARTITION (p = 1, q = 2) SELECT 10": ([(1, 1, 1), (3, 2, 1), (10, 1, 2)], [(1, 1, 1), (3, 2, 1), (10, 1, 2)]),
    "PARTITION (p, q) SELECT 10, 2, 7": ([(10, 2, 7)], [(1, 1, 1), (2, 1, 2), (3, 2, 1), (10, 2, 7)]),
    "PARTITION (p = 1) (q, id) SELECT 1, 10": ([(3, 2, 1), (10, 1, 1)], [(2, 1, 2), (3, 2, 1), (10, 1, 1)]),
}


@pytest.mark.parametrize("mode", ["static", "dynamic"])
def test_partitions_named_in_part(spark: SparkSession, path: str, mode: str) -> None:
    made = spark.createDataFrame([(1, 1, 1), (2, 1, 2), (3, 2, 1)], "id INT, p INT, q INT")
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", mode)
    try:
        for statement, left in OVERWRITES.items():
            options = {"overwriteSchema": "true"} if mode == "static" else {"replaceWhere": "true"}
            writer = made.write.format("delta").partitionBy("p", "q").mode("overwrite").options(**options)
            writer.save(path)
            spark.sql(f"INSERT OVERWRITE delta.`{path}` {statement}")
            found = sorted(map(tuple, spark.read.format("delta").load(path).collect()))
            assert found == left[mode == "dynamic"], statement
    finally:
        spark.conf.unset("spark.sql.sources.partitionOverwriteMode")


def test_inserts_that_delta_refuses(spark: SparkSession, path: str) -> None:
    table = f"delta.`{path}`"
    spark.sql(f"CREATE TABLE {table} (id INT, p INT) USING delta PARTITIONED BY (p)")
    absent = "UNSUPPORTED_FEATURE.INSERT_PARTITION_SPEC_IF_NOT_EXISTS"
    fails(spark, f"INSERT OVERWRITE {table} PARTITION (p = 1) IF NOT EXISTS SELECT 1", absent)
    fails(spark, f"INSERT INTO {table} VALUES (1)", "DELTA_INSERT_COLUMN_ARITY_MISMATCH")
    for replaced in ("USING (p)", "ON p = 1"):
        fails(spark, f"INSERT INTO {table} REPLACE {replaced} SELECT 1, 1", "UNSUPPORTED_FEATURE.TABLE_OPERATION")
    spark.sql(f"INSERT INTO {table} BY NAME SELECT 1 id")
    assert spark.table(table).collect() == [(1, None)]
