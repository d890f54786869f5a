"""Features of the protocol: what they ask of versions, what drops them, and what of them is refused."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from delta.tables import DeltaTable
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

from tests.integration.delta.test_mapping import actions, refused, rows


def make(spark: SparkSession, path: str, columns: str, **properties: str) -> str:
    given = ", ".join(f"'delta.{k}' = '{v}'" for k, v in {"appendOnly": "false", **properties}.items())
    spark.sql(f"CREATE TABLE delta.`{path}` ({columns}) USING delta TBLPROPERTIES ({given})")
    return f"delta.`{path}`"


def protocol(path: str) -> dict[str, Any]:
    found = [p for v in range(len(list(Path(path, "_delta_log").glob("*.json")))) for p in actions(path, v, "protocol")]
    return found[-1]


def test_times_in_the_log_grow_whatever_clocks_say(spark: SparkSession, path: str) -> None:
    table = make(spark, path, "id INT")
    spark.sql(f"INSERT INTO {table} VALUES (1)")
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'true')")
    (metadata,), (info,) = actions(path, 2, "metaData"), actions(path, 2, "commitInfo")
    first = info["inCommitTimestamp"]
    assert metadata["configuration"] == {
        "delta.appendOnly": "false",
        "delta.enableInCommitTimestamps": "true",
        "delta.inCommitTimestampEnablementVersion": "2",
        "delta.inCommitTimestampEnablementTimestamp": str(first),
    }
    log = Path(path, "_delta_log", f"{2:020}.json")
    later = first + 3_600_000  # by a writer whose clock is ahead
    log.write_text(log.read_text().replace(f'"inCommitTimestamp":{first}', f'"inCommitTimestamp":{later}'))
    spark.sql(f"INSERT INTO {table} VALUES (2)")
    assert actions(path, 3, "commitInfo")[0]["inCommitTimestamp"] == later + 1
    for file in log.parent.glob("*.json"):
        os.utime(file, (0, 0))
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    shown = [int(r.timestamp.timestamp() * 1000) for r in spark.sql(f"DESCRIBE HISTORY {table}").collect()]
    assert shown == [later + 1, later, 1, 0]
    moment = spark.sql(f"SELECT CAST(timestamp_millis({later}) AS STRING)").first()
    assert moment is not None
    assert spark.read.format("delta").option("timestampAsOf", moment[0]).load(path).collect() == [(1,)]


def test_ids_of_rows(spark: SparkSession, path: str) -> None:
    table = make(spark, path, "id INT")
    spark.sql(f"INSERT INTO {table} VALUES (1), (2)")
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.enableRowTracking' = 'true')")
    spark.sql(f"INSERT INTO {table} VALUES (3)")
    spark.sql(f"UPDATE {table} SET id = 30 WHERE id = 3")
    spark.sql(f"RESTORE {table} TO VERSION AS OF 3")

    def ids(version: int, kind: str = "add") -> list[tuple[int, int]]:
        return [(f["baseRowId"], f["defaultRowCommitVersion"]) for f in actions(path, version, kind)]

    assert [ids(v) for v in range(2, 6)] == [[(0, 2)], [(2, 3)], [(3, 4)], [(2, 3)]]
    assert (ids(4, "remove"), ids(5, "remove")) == ([(2, 3)], [(3, 4)])
    assert not actions(path, 2, "add")[0]["dataChange"]
    domains = [json.loads(d["configuration"])["rowIdHighWaterMark"] for v in range(6)
               for d in actions(path, v, "domainMetadata")]  # fmt: skip
    assert domains == [1, 2, 3]
    preserved = [actions(path, v, "commitInfo")[0]["tags"]["delta.rowTracking.preserved"] for v in range(2, 6)]
    assert preserved == ["true", "true", "false", "true"]


def test_ids_are_given_out_once_by_concurrent_writers(spark: SparkSession, path: str) -> None:
    table = make(spark, path, "id INT", enableRowTracking="true", enableInCommitTimestamps="true")
    writers = [threading.Thread(target=lambda: spark.sql(f"INSERT INTO {table} VALUES (1), (2)")) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [actions(path, v, "add")[0]["baseRowId"] for v in range(1, 7)] == [0, 2, 4, 6, 8, 10]
    times = [actions(path, v, "commitInfo")[0]["inCommitTimestamp"] for v in range(7)]
    assert times == sorted(set(times))


def test_columns_widen_with_rows(spark: SparkSession, path: str) -> None:
    """Where the schema may change, and within a kind of numbers."""
    table = make(spark, path, "a BYTE, b INT, st STRUCT<x: FLOAT>", enableTypeWidening="true")
    spark.sql(f"INSERT INTO {table} VALUES (1, 1, named_struct('x', 1.5))")
    new = spark.sql("SELECT 1000L a, 2 b, named_struct('x', 1e300D) st").write.format("delta").mode("append")
    with pytest.raises(PySparkException):
        new.save(path)
    new.option("mergeSchema", True).save(path)
    assert spark.table(table).schema.simpleString() == "struct<a:bigint,b:int,st:struct<x:double>>"
    assert rows(spark, table) == [(1, 1, (1.5,)), (1000, 2, (1e300,))]
    fields = json.loads(actions(path, 2, "metaData")[0]["schemaString"])["fields"]
    assert fields[0]["metadata"]["delta.typeChanges"] == [{"fromType": "byte", "toType": "long"}]
    other = spark.sql("SELECT 1L a, 2.5D b, named_struct('x', 1D) st").write.format("delta").mode("append")
    with pytest.raises(PySparkException) as error:
        other.option("mergeSchema", True).save(path)
    assert error.value.getCondition() == "DELTA_FAILED_TO_MERGE_FIELDS"
    spark.sql(f"ALTER TABLE {table} ADD CONSTRAINT c CHECK (b > 0)")
    assert (
        refused(spark, f"ALTER TABLE {table} ALTER COLUMN b TYPE BIGINT") == "DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE"
    )
    assert refused(spark, f"ALTER TABLE {table} ALTER COLUMN b TYPE BYTE") == "NOT_SUPPORTED_CHANGE_COLUMN"


def test_merge_widens_columns(spark: SparkSession, path: str) -> None:
    table = make(spark, path, "k INT, v SHORT, w DECIMAL(5, 2)", enableTypeWidening="true")
    spark.sql(f"INSERT INTO {table} VALUES (1, 1, 1.5), (2, 2, 2.5)")
    source = "SELECT 2 k, 100000L v, 12345.678BD w UNION ALL SELECT 3, 7L, 1.5BD"
    spark.sql(f"MERGE WITH SCHEMA EVOLUTION INTO {table} t USING ({source}) s ON t.k = s.k "
              "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *")  # fmt: skip
    assert spark.table(table).schema.simpleString() == "struct<k:int,v:bigint,w:decimal(8,3)>"
    expected = [(1, 1, "1.500"), (2, 100000, "12345.678"), (3, 7, "1.500")]
    assert rows(spark, table, "k, v, CAST(w AS STRING)") == expected


def test_removed_files_are_in_the_partitions_that_they_were_added_to(spark: SparkSession, path: str) -> None:
    """A number has several texts; others compare them."""
    values = "(1, 1e300D, float('0.1')), (2, 1e-7D, float('-0.0')), (3, double('NaN'), float('Infinity'))"
    made = spark.sql(f"SELECT * FROM VALUES {values} AS t(id, d, f)")
    made.write.format("delta").partitionBy("d", "f").save(path)
    spark.sql(f"DELETE FROM delta.`{path}`")
    added, removed = (
        {f["path"]: f["partitionValues"] for f in actions(path, v, k)} for v, k in ((0, "add"), (1, "remove"))
    )
    assert len(added) == 3 and added == removed


def test_features_are_dropped(spark: SparkSession, path: str) -> None:
    table = make(spark, path, "id INT, `a b` STRING", enableTypeWidening="true", checkpointPolicy="v2",
                 enableRowTracking="true", enableInCommitTimestamps="true", **{"columnMapping.mode": "name"})  # fmt: skip
    spark.sql(f"INSERT INTO {table} VALUES (1, 'x')")
    spark.sql(f"ALTER TABLE {table} ALTER COLUMN id TYPE BIGINT")
    spark.sql(f"ALTER TABLE {table} ADD CONSTRAINT c CHECK (id > 0)")
    drop = f"ALTER TABLE {table} DROP FEATURE "
    for feature, condition in {
        "nope": "DELTA_FEATURE_DROP_UNSUPPORTED_CLIENT_FEATURE",
        "deletionVectors": "DELTA_FEATURE_DROP_FEATURE_NOT_PRESENT",
        "appendOnly": "DELTA_FEATURE_DROP_NONREMOVABLE_FEATURE",
        "domainMetadata": "DELTA_FEATURE_DROP_DEPENDENT_FEATURE",
        "checkConstraints": "DELTA_CANNOT_DROP_CHECK_CONSTRAINT_FEATURE",
        "columnMapping": "DELTA_INVALID_COLUMN_NAMES_WHEN_REMOVING_COLUMN_MAPPING",
        "rowTracking TRUNCATE HISTORY": "DELTA_FEATURE_DROP_HISTORY_TRUNCATION_NOT_ALLOWED",
        "typeWidening TRUNCATE HISTORY": "DELTA_FEATURE_DROP_WAIT_FOR_RETENTION_PERIOD",
        "'TYPEWIDENING' TRUNCATE HISTORY": "DELTA_FEATURE_DROP_HISTORICAL_VERSIONS_EXIST",
    }.items():
        assert refused(spark, drop + feature) == condition, feature
    spark.sql(f"ALTER TABLE {table} RENAME COLUMN `a b` TO ab")
    spark.sql(f"ALTER TABLE {table} DROP CONSTRAINT c")
    for feature in (
        "columnMapping",
        "typeWidening",
        "rowTracking",
        "domainMetadata",
        "inCommitTimestamp",
        "checkConstraints",
    ):
        spark.sql(drop + feature)
    DeltaTable.forPath(spark, path).dropFeatureSupport("v2Checkpoint")
    assert protocol(path) == {
        "minReaderVersion": 1,
        "minWriterVersion": 7,
        "writerFeatures": ["appendOnly", "invariants", "checkpointProtection"],
    }
    spark.sql(f"INSERT INTO {table} VALUES (2, 'y')")
    assert rows(spark, table) == [(1, "x"), (2, "y")]
    assert spark.sql(f"SELECT * FROM {table} VERSION AS OF 1").collect() == [(1, "x")]
    assert refused(spark, drop + "checkpointProtection") == (
        "DELTA_FEATURE_CAN_ONLY_DROP_CHECKPOINT_PROTECTION_WITH_HISTORY_TRUNCATION"
    )
    wait = "DELTA_FEATURE_DROP_CHECKPOINT_PROTECTION_WAIT_FOR_RETENTION_PERIOD"
    assert refused(spark, drop + "checkpointProtection TRUNCATE HISTORY") == wait


def test_versions_of_the_protocol_only_grow(spark: SparkSession, path: str) -> None:
    make(spark, path, "id INT", minReaderVersion="2", minWriterVersion="5")
    assert protocol(path) == {"minReaderVersion": 2, "minWriterVersion": 5}
    table = DeltaTable.forPath(spark, path)
    table.upgradeTableProtocol(1, 3)
    table.upgradeTableProtocol(3, 7)
    assert protocol(path) == {"minReaderVersion": 2, "minWriterVersion": 5}
    table.upgradeTableProtocol(2, 6)
    assert protocol(path) == {"minReaderVersion": 2, "minWriterVersion": 6}
    table.addFeatureSupport("vacuumProtocolCheck")
    assert protocol(path)["readerFeatures"] == ["columnMapping", "vacuumProtocolCheck"]
    with pytest.raises(PySparkException) as error:
        table.addFeatureSupport("nope")
    assert error.value.getCondition() == "DELTA_UNSUPPORTED_FEATURES_IN_CONFIG"
    status = f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.feature.appendOnly' = 'maybe')"
    assert refused(spark, status) == "DELTA_UNSUPPORTED_FEATURE_STATUS"


def test_what_columns_ask_of_a_table_that_is_there(spark: SparkSession, path: str) -> None:
    create = f"CREATE TABLE delta.`{path}.none` (id INT DEFAULT 5) USING delta"
    assert refused(spark, create) == "WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED"
    table = make(spark, path, "id INT")
    default = f"ALTER TABLE {table} ALTER COLUMN id SET DEFAULT 5"
    assert refused(spark, default) == "WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED"
    column = f"ALTER TABLE {table} ADD COLUMN n TIMESTAMP_NTZ"
    assert refused(spark, column) == "DELTA_FEATURES_REQUIRE_MANUAL_ENABLEMENT"
    for feature in ("timestampNtz", "allowColumnDefaults"):
        spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.feature.{feature}' = 'supported')")
    spark.sql(column)
    spark.sql(default)
    spark.sql(f"INSERT INTO {table} (n) VALUES (NULL)")
    assert rows(spark, table) == [(5, None)]
    spark.sql(f"ALTER TABLE {table} ADD COLUMN v VARIANT")
    assert "variantType" in protocol(path)["readerFeatures"]


def test_features_that_are_not_known(spark: SparkSession, path: str) -> None:
    """They are named, and nothing is read or written."""
    table = make(spark, path, "id INT", enableDeletionVectors="true")
    log = Path(path, "_delta_log", f"{0:020}.json")
    for kinds, feature, condition in (
        (("writer",), "icebergCompatV2", "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE"),
        (("reader", "writer"), "catalogManaged", "DELTA_UNSUPPORTED_FEATURES_FOR_READ"),
        (("reader", "writer"), "ofTheFuture", "DELTA_UNSUPPORTED_FEATURES_FOR_READ"),
    ):
        text = log.read_text()
        for kind in kinds:
            log.write_text(log.read_text().replace(f'"{kind}Features":[', f'"{kind}Features":["{feature}",'))
        for statement in (f"INSERT INTO {table} VALUES (1)", f"SELECT * FROM {table}"):
            if "reader" in kinds or "INSERT" in statement:
                with pytest.raises(PySparkException) as error:
                    spark.sql(statement).collect()
                assert error.value.getCondition() == condition
                assert (error.value.getMessageParameters() or {})["unsupported"] == feature
        log.write_text(text)
    assert len(list(log.parent.glob("*.json"))) == 1


@pytest.mark.parametrize(("type", "reads"), [("struct<x:varchar(2)>", True), ("struct<x:char(2)>", False)])
def test_texts_of_a_length_inside_of_columns(spark: SparkSession, path: str, type: str, reads: bool) -> None:
    """As others make them: nothing here pads or checks them, so that only what needs neither is done."""
    table = make(spark, path, "c STRUCT<x: STRING>")
    spark.sql(f"INSERT INTO {table} VALUES (named_struct('x', 'a'))")
    log = Path(path, "_delta_log", f"{0:020}.json")
    inner = '\\"name\\":\\"x\\",\\"type\\":\\"string\\",\\"nullable\\":true,\\"metadata\\":{}'
    plain = f'{{{inner}}}]}},\\"nullable\\":true,\\"metadata\\":{{'
    assert plain in log.read_text()
    log.write_text(log.read_text().replace(plain, f'{plain}\\"__CHAR_VARCHAR_TYPE_STRING\\":\\"{type}\\"'))
    if reads:
        assert rows(spark, table) == [(("a",),)]
    else:
        with pytest.raises(PySparkException, match="UNSUPPORTED_FEATURE.GLOWPLUG"):
            rows(spark, table)
    assert refused(spark, f"INSERT INTO {table} VALUES (named_struct('x', 'abc'))") == "UNSUPPORTED_FEATURE.GLOWPLUG"


def test_partitions_of_an_hour_that_a_zone_has_twice(spark: SparkSession, path: str) -> None:
    spark.conf.set("spark.sql.session.timeZone", "Europe/Berlin")
    try:
        made = spark.sql("SELECT id, timestamp_millis(1729985400000 + id * 3600000) t FROM range(4)")
        made.write.format("delta").partitionBy("t").save(path)
        later = f"SELECT id, unix_millis(t) FROM delta.`{path}` WHERE t > timestamp_millis(1729985400000 + 3600000)"
        assert sorted(map(tuple, spark.sql(later).collect())) == [(2, 1729992600000), (3, 1729996200000)]
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert {f["partitionValues"]["t"] for f in actions(path, 0, "add")} == {
        f"2024-10-2{time}:30:00.000000Z" for time in ("6T23", "7T00", "7T01", "7T02")
    }


def test_ids_need_numbers_of_rows(spark: SparkSession, path: str) -> None:
    table = make(spark, path, "id INT")
    spark.sql(f"INSERT INTO {table} VALUES (1), (2)")
    log = Path(path, "_delta_log", f"{1:020}.json")
    log.write_text(log.read_text().replace('{\\"numRecords\\":2,', "{"))
    enable = f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.enableRowTracking' = 'true')"
    assert refused(spark, enable) == "UNSUPPORTED_FEATURE.GLOWPLUG"
    assert spark.sql(f"DESCRIBE DETAIL {table}").collect()[0].tableFeatures == ["appendOnly", "invariants"]
