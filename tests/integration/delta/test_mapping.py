"""Tables that map columns to names of their own in files: written, renamed, dropped, streamed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

from tests.integration.delta.test_read import scanned

TABLES = Path(__file__).parent / "tables"
COLUMNS = "id BIGINT, p INT, st STRUCT<x: INT, y: ARRAY<STRUCT<z: INT>>>, m MAP<STRING, STRUCT<k: INT>>"
ROWS = """(1L, 2, named_struct('x', 1, 'y', array(named_struct('z', 3))), map('a', named_struct('k', 4))),
(2L, NULL, NULL, NULL), (3L, 4, named_struct('x', NULL, 'y', array(NULL)), map())"""


@pytest.fixture
def table(spark: SparkSession, path: str) -> str:
    name = f"delta.`{path}`"
    properties = "TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
    spark.sql(f"CREATE TABLE {name} ({COLUMNS}) USING delta PARTITIONED BY (p) {properties}")
    spark.sql(f"INSERT INTO {name} VALUES {ROWS}")
    return name


def rows(spark: SparkSession, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    return [tuple(r) for r in spark.sql(f"SELECT {columns} FROM {table} ORDER BY 1").collect()]


def actions(path: str, version: int, kind: str) -> list[dict[str, Any]]:
    text = Path(path, f"_delta_log/{version:020}.json").read_text()
    return [a[kind] for line in text.splitlines() if kind in (a := json.loads(line))]


def refused(spark: SparkSession, statement: str) -> str | None:
    with pytest.raises(PySparkException) as error:
        spark.sql(statement)
    return error.value.getCondition()


def test_files_have_names_and_ids_of_their_own(spark: SparkSession, path: str, table: str) -> None:
    """By the protocol: stored names in files, statistics and partition values; ids as the Parquet fields' ids."""
    (metadata,) = actions(path, 0, "metaData")
    assert actions(path, 0, "protocol") == [
        {"minReaderVersion": 2, "minWriterVersion": 7, "writerFeatures": ["appendOnly", "invariants", "columnMapping"]}
    ]
    assert actions(path, 1, "metaData") == []
    fields = {f["name"]: f for f in json.loads(metadata["schemaString"])["fields"]}
    stored = {n: f["metadata"]["delta.columnMapping.physicalName"] for n, f in fields.items()}
    assert all(name.startswith("col-") for name in stored.values())
    assert metadata["configuration"]["delta.columnMapping.maxColumnId"] == "8"
    added = next(a for a in actions(path, 1, "add") if a["partitionValues"] == {stored["p"]: "2"})
    stats = json.loads(added["stats"])
    inner = fields["st"]["type"]["fields"][0]["metadata"]
    inner_name = inner["delta.columnMapping.physicalName"]
    assert stats["minValues"] == {stored["id"]: 1, stored["st"]: {inner_name: 1}}
    schema = pq.read_schema(Path(path, added["path"]))
    assert schema.names == [stored[n] for n in ("id", "st", "m")]
    ids = {name: schema.field(stored[name]).metadata[b"PARQUET:field_id"] for name in ("id", "st", "m")}
    assert ids == {n: str(fields[n]["metadata"]["delta.columnMapping.id"]).encode() for n in ids}
    x = schema.field(stored["st"]).type.field(inner_name)
    assert x.metadata[b"PARQUET:field_id"] == str(inner["delta.columnMapping.id"]).encode()


def test_renamed_and_dropped(spark: SparkSession, path: str, table: str) -> None:
    before = rows(spark, table)
    for old, new in (("id", "key"), ("st.x", "`x x`"), ("p", "q"), ("st.y.element.z", "zz")):
        spark.sql(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    assert rows(spark, table) == before
    assert rows(spark, table, "st.`x x`, st.y[0].zz, q")[-1] == (1, 3, 2)
    assert spark.table(table).where("q = 4")._explain_string().count("1 files")
    spark.sql(f"ALTER TABLE {table} DROP COLUMN st.y")
    spark.sql(f"ALTER TABLE {table} DROP COLUMNS (m)")
    spark.sql(f"ALTER TABLE {table} DROP COLUMN IF EXISTS nothing")
    spark.sql(f"ALTER TABLE {table} ADD COLUMN m STRING")  # another column than the one that is gone
    spark.sql(f"INSERT INTO {table} VALUES (4, 4, named_struct('x x', 5), 'new')")
    spark.sql(f"UPDATE {table} SET key = 10 WHERE q = 2")
    assert [tuple(r) for r in rows(spark, table, "key, q, st.`x x`, m")] == [
        (2, None, None, None), (3, 4, None, None), (4, 4, 5, "new"), (10, 2, 1, None)]  # fmt: skip
    assert rows(spark, f"{table} VERSION AS OF 1") == before
    history = spark.sql(f"DESCRIBE HISTORY {table}").collect()
    assert [h.operation for h in history[::-1]][2:8] == ["RENAME COLUMN"] * 4 + ["DROP COLUMNS"] * 2
    assert refused(spark, f"ALTER TABLE {table} DROP COLUMN q") == "DELTA_UNSUPPORTED_DROP_PARTITION_COLUMN"
    assert refused(spark, f"ALTER TABLE {table} RENAME COLUMN key TO M") == "FIELD_ALREADY_EXISTS"
    assert refused(spark, f"ALTER TABLE {table} DROP COLUMN nope") == "UNRESOLVED_COLUMN.WITH_SUGGESTION"


def test_from_some_time_on(spark: SparkSession, path: str) -> None:
    spark.sql("SELECT 1L id, 'a' v, 2 w").write.format("delta").save(path)
    table = f"delta.`{path}`"
    assert refused(spark, f"ALTER TABLE {table} RENAME COLUMN v TO x") == "DELTA_UNSUPPORTED_RENAME_COLUMN"
    assert refused(spark, f"ALTER TABLE {table} DROP COLUMN v") == "DELTA_UNSUPPORTED_DROP_COLUMN"
    mode = f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.columnMapping.mode' = '%s')"
    assert refused(spark, mode % "id") == "DELTA_UNSUPPORTED_COLUMN_MAPPING_MODE_CHANGE"
    spark.sql(mode % "name")
    spark.sql(f"ALTER TABLE {table} ADD CONSTRAINT c CHECK (w > 0)")
    assert refused(spark, f"ALTER TABLE {table} DROP COLUMN w") == "DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE"
    assert refused(spark, f"ALTER TABLE {table} RENAME COLUMN w TO x") == "DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE"
    spark.sql(f"ALTER TABLE {table} RENAME COLUMN v TO `v v`")
    new = spark.sql("SELECT 2L id, 'b' `v v`, 3 w, 'm' more")
    new.write.format("delta").mode("append").option("mergeSchema", "true").save(path)
    assert rows(spark, table) == [(1, "a", 2, None), (2, "b", 3, "m")]
    assert refused(spark, mode % "none") == "DELTA_INVALID_COLUMN_NAMES_WHEN_REMOVING_COLUMN_MAPPING"
    spark.sql(f"ALTER TABLE {table} RENAME COLUMN `v v` TO vv")
    spark.sql(mode % "none")
    assert rows(spark, table) == [(1, "a", 2, None), (2, "b", 3, "m")]
    assert spark.sql(f"DESCRIBE HISTORY {table}").collect()[0].operation == "REMOVE COLUMN MAPPING"
    assert all(pq.read_schema(Path(path, f["path"])).names[:2] == ["id", "vv"] for f in actions(path, 6, "add"))


def test_names_that_files_must_not_have(spark: SparkSession, path: str) -> None:
    frame = spark.sql("SELECT 1 `a b`, named_struct('c;d', 2) st")
    with pytest.raises(PySparkException) as error:
        frame.write.format("delta").save(path)
    assert error.value.getCondition() == "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES"
    assert (error.value.getMessageParameters() or {})["invalidColumnNames"] == "a b, c;d"
    frame.write.format("delta").option("delta.columnMapping.mode", "name").save(path)
    assert spark.read.format("delta").load(path).collect() == [(1, (2,))]


def test_streams_and_changes(spark: SparkSession, path: str, tmp_path: Path) -> None:
    """A stream refuses columns that were renamed since it began; changes are read with the columns of their time."""
    spark.sql("SELECT 1L id, 'a' v").write.format("delta").options(
        **{"delta.columnMapping.mode": "name", "delta.enableChangeDataFeed": "true"}  # type: ignore[arg-type]
    ).save(path)
    spark.sql(f"UPDATE delta.`{path}` SET v = 'b'")
    checkpoint = str(tmp_path / "c")

    def follow(**options: object) -> None:
        stream = spark.readStream.format("delta").options(**options).load(path)  # type: ignore[arg-type]
        writer = stream.writeStream.format("memory").queryName("mapped").option("checkpointLocation", checkpoint)
        writer.trigger(availableNow=True).start().awaitTermination()

    follow()
    assert spark.table("mapped").collect() == [(1, "b")]
    spark.sql(f"ALTER TABLE delta.`{path}` RENAME COLUMN v TO w")
    spark.sql(f"INSERT INTO delta.`{path}` VALUES (2, 'c')")
    checkpoint = str(tmp_path / "d")
    with pytest.raises(PySparkException) as error:
        follow(startingVersion=1, ignoreChanges=True)
    assert "DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE_USE_SCHEMA_LOG" in str(error.value)
    changes = "SELECT * EXCEPT (_commit_timestamp) FROM table_changes_by_path('%s', %s)"
    assert [tuple(r) for r in spark.sql(changes % (path, "3")).collect()] == [(2, "c", "insert", 3)]
    before = spark.sql(changes % (path, "1, 1"))
    assert before.columns[:2] == ["id", "v"]
    assert sorted(r.v for r in before.collect()) == ["a", "b"]
    with pytest.raises(PySparkException) as error:
        spark.sql(changes % (path, "0")).collect()
    assert error.value.getCondition() == "DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_DATA_SCHEMA"


def test_a_table_that_delta_has_mapped(spark: SparkSession, tmp_path: Path) -> None:
    """Stored names and ids of Delta's own writer are kept by ours (`record.py`)."""
    table = f"delta.`{shutil.copytree(TABLES / 'mapped', tmp_path / 'mapped')}`"
    spark.sql(f"INSERT INTO {table} VALUES (4, 'new', named_struct('x', 5, 'y', array(named_struct('z', 6))))")
    spark.sql(f"ALTER TABLE {table} RENAME COLUMN st.x TO xx")
    spark.sql(f"UPDATE {table} SET `a b` = 'changed' WHERE key = 2")
    found = rows(spark, table, "key, `a b`, st.xx, st.y[0].z")
    assert found == [(1, "x", 1, 2), (2, "changed", None, None), (3, "z", None, None), (4, "new", 5, 6)]


def test_partitions_are_ordered(spark: SparkSession, table: str) -> None:
    """Files are sorted by names that are not theirs."""
    before = sorted(map(str, spark.table(table).collect()))
    spark.sql(f"INSERT INTO {table} SELECT * FROM {table}")
    spark.sql(f"OPTIMIZE {table} ZORDER BY (id)")
    assert sorted(map(str, spark.table(table).collect())) == sorted(before * 2)


def test_statistics_of_fields_whose_names_changed(spark: SparkSession, path: str) -> None:
    """A field has the name that another one has in the files."""
    spark.sql(f"CREATE TABLE delta.`{path}` (St STRUCT<A: INT>) USING delta")
    spark.sql(f"INSERT INTO delta.`{path}` SELECT named_struct('A', 1)")
    spark.sql(f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')")
    spark.sql(f"ALTER TABLE delta.`{path}` RENAME COLUMN St.A TO x")
    spark.sql(f"ALTER TABLE delta.`{path}` ADD COLUMN St.A INT")
    spark.sql(f"INSERT INTO delta.`{path}` SELECT named_struct('x', 100, 'A', 7)")
    for condition, files, found in (("st.a = 7", 2, (100, 7)), ("st.x = 1", 1, (1, None))):
        frame = spark.table(f"delta.`{path}`").where(condition)
        assert [tuple(r.St) for r in frame.collect()] == [found]
        assert scanned(frame) == files
