"""The change feed: what is recorded of changes, and what reading it gives; ranges and errors as Delta's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

TABLES = Path(__file__).parent / "tables"
ON = {"delta.enableChangeDataFeed": "true"}


@pytest.fixture
def table(spark: SparkSession, path: str) -> str:
    rows = spark.sql("SELECT * FROM VALUES (1L, 0, 'a'), (2L, 0, 'b'), (3L, 1, 'c') AS t(id, p, v)")
    rows.coalesce(1).write.format("delta").partitionBy("p").options(**ON).save(path)  # type: ignore[arg-type]
    return f"delta.`{path}`"


def changes(spark: SparkSession, path: str, first: object, **options: object) -> list[tuple[Any, ...]]:
    reader = spark.read.format("delta").option("readChangeFeed", True).option("startingVersion", first)  # type: ignore[arg-type]
    for key, value in options.items():
        reader = reader.option(key, value)  # type: ignore[arg-type]
    return sorted(tuple(r) for r in reader.load(path).drop("_commit_timestamp", "_commit_version").collect())


def files(path: str, version: int) -> dict[str, int]:
    """How many actions of each kind a version has."""
    text = Path(path, f"_delta_log/{version:020}.json").read_text()
    kinds = [next(iter(json.loads(line))) for line in text.splitlines()]
    return {k: kinds.count(k) for k in ("add", "cdc", "remove")}


CASES: dict[str, tuple[str, list[tuple[Any, ...]], dict[str, int]]] = {
    "update": (
        "UPDATE {0} SET v = upper(v), p = 1 WHERE id = 2",
        [(2, 0, "b", "update_preimage"), (2, 1, "B", "update_postimage")],
        {"add": 2, "cdc": 2, "remove": 1},
    ),
    "delete of a row": ("DELETE FROM {0} WHERE id = 2", [(2, 0, "b", "delete")], {"add": 1, "cdc": 1, "remove": 1}),
    "delete of a file": ("DELETE FROM {0} WHERE p = 1", [(3, 1, "c", "delete")], {"add": 0, "cdc": 0, "remove": 1}),
    "delete of both": (
        "DELETE FROM {0} WHERE id > 1",
        [(2, 0, "b", "delete"), (3, 1, "c", "delete")],
        {"add": 1, "cdc": 2, "remove": 2},
    ),
    "append": ("INSERT INTO {0} VALUES (9, 9, null)", [(9, 9, None, "insert")], {"add": 1, "cdc": 0, "remove": 0}),
    "merge": (
        """MERGE INTO {0} t USING (SELECT * FROM VALUES (2L, 'x'), (7L, 'y') AS s(id, v)) s ON t.id = s.id
        WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v)
        WHEN NOT MATCHED BY SOURCE AND t.id = 3 THEN DELETE""",
        [
            (2, 0, "b", "update_preimage"),
            (2, 0, "x", "update_postimage"),
            (3, 1, "c", "delete"),
            (7, None, "y", "insert"),
        ],
        {"add": 2, "cdc": 3, "remove": 2},
    ),
    "merge that deletes a row twice": (
        """MERGE INTO {0} t USING (SELECT * FROM VALUES (2L), (2L), (8L), (8L) AS s(id)) s ON t.id = s.id
        WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)""",
        [(2, 0, "b", "delete"), (8, None, None, "insert"), (8, None, None, "insert")],
        {"add": 2, "cdc": 2, "remove": 1},
    ),
    "overwrite": (
        "INSERT OVERWRITE {0} VALUES (1, 0, 'a')",
        [(1, 0, "a", "delete"), (1, 0, "a", "insert"), (2, 0, "b", "delete"), (3, 1, "c", "delete")],
        {"add": 1, "cdc": 0, "remove": 2},
    ),
}


@pytest.mark.parametrize("name", list(CASES))
def test_what_is_recorded(spark: SparkSession, path: str, table: str, name: str) -> None:
    statement, expected, made = CASES[name]
    spark.sql(statement.format(table))
    assert changes(spark, path, 1) == expected
    assert files(path, 1) == made


def test_replace_where(spark: SparkSession, path: str, table: str) -> None:
    new = spark.sql("SELECT 2L id, 1 p, 'new' v").write.format("delta").mode("overwrite")
    new.option("replaceWhere", "id = 2").save(path)
    assert changes(spark, path, 1) == [(2, 0, "b", "delete"), (2, 1, "new", "insert")]
    new.option("replaceWhere", "p = 1").save(path)
    assert changes(spark, path, 2) == [(2, 1, "new", "delete"), (2, 1, "new", "insert"), (3, 1, "c", "delete")]
    assert files(path, 2)["cdc"] == 0


def test_values_that_differ_each_time_are_computed_once(spark: SparkSession, path: str, table: str) -> None:
    spark.sql(f"UPDATE {table} SET v = uuid() WHERE id < 3")
    new = {r[2] for r in changes(spark, path, 1) if r[3] == "update_postimage"}
    assert new == {r.v for r in spark.table(table).where("id < 3").collect()}


def test_the_time_of_the_query_is_one(spark: SparkSession, path: str, table: str) -> None:
    spark.sql(f"UPDATE {table} SET v = cast(current_timestamp() AS STRING) WHERE id = 2")
    after = [r[2] for r in changes(spark, path, 1) if r[3] == "update_postimage"]
    assert after == [r.v for r in spark.sql(f"SELECT v FROM {table} WHERE id = 2").collect()]


def test_ranges(spark: SparkSession, path: str, table: str) -> None:
    for i in (4, 5):
        spark.sql(f"INSERT INTO {table} VALUES ({i}, 0, 'x')")
    spark.sql(f"ALTER TABLE {table} ADD COLUMN n INT")
    assert [r[0] for r in changes(spark, path, 1, endingVersion=1)] == [4]
    assert [r[0] for r in changes(spark, path, 1, endingVersion=99)] == [4, 5]
    assert changes(spark, path, 2) == [(5, 0, "x", None, "insert")]
    query = f"SELECT id, _commit_version c, _commit_timestamp t FROM table_changes_by_path('{path}', 0, 2)"
    rows = spark.sql(f"{query} WHERE _commit_version > 0 ORDER BY 1").collect()
    assert [(r.id, r.c) for r in rows] == [(4, 1), (5, 2)]
    since = spark.sql(f"SELECT id FROM table_changes_by_path('{path}', '{rows[1].t}') ORDER BY 1")
    assert [r.id for r in since.collect()] == [5]
    history = spark.sql(f"DESCRIBE HISTORY {table}").collect()
    assert {h.version: h.timestamp for h in history}[1] == rows[0].t


@pytest.mark.parametrize(
    ("arguments", "condition"),
    [
        ("9", "DELTA_CDC_START_VERSION_AFTER_LATEST"),
        ("1, 0", "DELTA_INVALID_CDC_RANGE"),
        ("null", "DELTA_CDC_READ_NULL_RANGE_BOUNDARY"),
        ("-1", "DELTA_VERSION_INVALID"),
        ("1.5", "DELTA_UNSUPPORTED_EXPRESSION"),
        ("rand()", "DELTA_UNSUPPORTED_EXPRESSION"),
        ("count(1)", "DELTA_CDC_NON_CONSTANT_ARGUMENT"),
        ("'soon'", "DELTA_TIMESTAMP_INVALID"),
        ("'2999-01-01'", "DELTA_TIMESTAMP_GREATER_THAN_COMMIT"),
        ("0, '2000-01-01'", "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION"),
    ],
)
def test_bounds_that_are_none(spark: SparkSession, path: str, table: str, arguments: str, condition: str) -> None:
    spark.sql(f"DELETE FROM {table}")
    with pytest.raises(PySparkException) as error:
        spark.sql(f"SELECT * FROM table_changes_by_path('{path}', {arguments})").collect()
    assert error.value.getCondition() == condition


def test_what_was_not_recorded(spark: SparkSession, path: str) -> None:
    spark.range(3).write.format("delta").save(path)
    spark.sql(f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')")
    spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 0")
    assert changes(spark, path, 1) == [(0, "delete")]
    for options, condition in (({"startingVersion": "0"}, "DELTA_MISSING_CHANGE_DATA"),
                               ({}, "DELTA_NO_START_FOR_CDC_READ"),
                               ({"startingVersion": "0", "versionAsOf": "1"}, "DELTA_UNSUPPORTED_TIME_TRAVEL_VIEWS")):  # fmt: skip
        with pytest.raises(PySparkException) as error:
            spark.read.format("delta").option("readChangeFeed", True).options(**options).load(path).collect()  # type: ignore[arg-type]
        assert error.value.getCondition() == condition


def test_names_of_the_feed_are_its_own(spark: SparkSession, path: str, table: str) -> None:
    with pytest.raises(PySparkException) as error:
        spark.sql(f"ALTER TABLE {table} ADD COLUMN _commit_version INT")
    assert error.value.getCondition() == "RESERVED_CDC_COLUMNS_ON_WRITE"
    with pytest.raises(PySparkException) as error:
        spark.range(1).toDF("_change_type").write.format("delta").options(**ON).save(path + "2")  # type: ignore[arg-type]
    assert error.value.getCondition() == "DELTA_TABLE_ALREADY_CONTAINS_CDC_COLUMNS"


@pytest.mark.parametrize("name", ["feed", "feed_dv"])
def test_changes_that_delta_has_recorded(spark: SparkSession, name: str) -> None:
    """Of tables that Apache Spark and Delta Lake have written (`record.py`): files of the feed, new columns, deletion
    vectors that came, grew and went, stored names."""
    found = spark.sql(f"SELECT * EXCEPT (_commit_timestamp) FROM table_changes_by_path('{TABLES}/{name}', 0)").collect()
    assert sorted(map(list, found), key=repr) == json.loads((TABLES / f"{name}.json").read_text())


def test_changes_that_delta_has_recorded_as_a_stream(spark: SparkSession, tmp_path: Path) -> None:
    stream = spark.readStream.format("delta").option("readChangeFeed", True).option("startingVersion", 0)
    stream = stream.option("maxFilesPerTrigger", 1).load(f"{TABLES}/feed_dv").drop("_commit_timestamp")
    writer = stream.writeStream.format("memory").queryName("recorded").option("checkpointLocation", str(tmp_path))
    writer.trigger(availableNow=True).start().awaitTermination()
    found = sorted(map(list, spark.table("recorded").collect()), key=repr)
    assert found == json.loads((TABLES / "feed_dv.json").read_text())
