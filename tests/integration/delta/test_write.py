"""Writing Delta tables: save modes, schemas, replacement by condition and partition, transactions, constraints."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession


def log(path: str, version: int) -> list[dict[str, Any]]:
    lines = Path(path, "_delta_log", f"{version:020}.json").read_text().splitlines()
    return [json.loads(line) for line in lines]


def fails(run: Callable[[], object]) -> tuple[str | None, dict[str, str]]:
    with pytest.raises(PySparkException) as error:
        run()
    return error.value.getCondition(), error.value.getMessageParameters() or {}


def rows(spark: SparkSession, path: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(r) for r in spark.read.format("delta").load(path).collect()), key=repr)


def save(spark: SparkSession, query: str, path: str, mode: str = "append", **options: object) -> None:
    spark.sql(query).write.format("delta").mode(mode).options(**options).save(path)  # type: ignore[arg-type]


def test_every_type_comes_back(spark: SparkSession, path: str) -> None:
    query = """SELECT cast(1 AS tinyint) a, cast(2 AS smallint) b, 3 c, 4L d, cast(1.5 AS float) e, 2.5D f,
      cast('1.25' AS decimal(20, 3)) g, 'text' h, X'6162' i, true j, date'2024-02-29' k,
      timestamp'2024-01-01 12:00:00.123456' l, array(1, null) n, map('k', 1) o,
      named_struct('x', 1, 'y', array('z')) q, cast(null AS int) r"""
    frame = spark.sql(query)
    frame.write.format("delta").save(path)
    read = spark.read.format("delta").load(path)
    assert read.collect() == frame.collect()
    assert read.schema.simpleString() == frame.schema.simpleString()
    assert DeltaTable(path).to_pyarrow_table().num_rows == 1


def test_statistics_are_right(spark: SparkSession, path: str) -> None:
    save(
        spark,
        """SELECT * FROM VALUES
        (1, 'a', 1.5D, date'2024-01-01', timestamp'2024-01-01 00:00:00.123999', cast(1.10 AS decimal(4, 2)), null),
        (null, repeat('z', 40), double('NaN'), date'2024-01-02', null, 2.20, null)
        AS t(i, s, d, dt, ts, dc, n)""",
        path,
    )
    assert [r.n for r in spark.read.format("delta").load(path).select("n", "i", "_metadata.file_name").collect()] == [
        None
    ] * 2
    assert spark.read.format("delta").load(path).where("n IS NULL AND i = 1").count() == 1
    stats = json.loads(next(a["add"]["stats"] for a in log(path, 0) if "add" in a))
    assert stats["numRecords"] == 2
    assert stats["nullCount"] == {"i": 1, "s": 0, "d": 0, "dt": 0, "ts": 1, "dc": 0, "n": 2}
    assert stats["minValues"] == {
        "i": 1, "s": "a", "dt": "2024-01-01", "ts": "2024-01-01T00:00:00.123Z", "dc": 1.1,
    }  # fmt: skip
    assert stats["maxValues"]["s"] == "z" * 32 + "\U0010ffff"
    assert "d" not in stats["maxValues"]  # NaN is greater than all numbers
    read = spark.read.format("delta").load(path)
    assert read.where("ts > timestamp'2024-01-01 00:00:00.1239985'").count() == 1
    assert read.where("s > repeat('z', 39)").count() == 1
    assert read.where("d > 100").count() == 1


def test_only_the_first_columns_have_statistics(spark: SparkSession, path: str) -> None:
    columns = ", ".join(f"{i} AS c{i}" for i in range(34))
    save(spark, f"SELECT {columns}", path)
    stats = json.loads(next(a["add"]["stats"] for a in log(path, 0) if "add" in a))
    assert len(stats["minValues"]) == 32
    save(spark, f"SELECT {columns}", path + "2", **{"delta.dataSkippingNumIndexedCols": 1})
    stats = json.loads(next(a["add"]["stats"] for a in log(path + "2", 0) if "add" in a))
    assert (stats["minValues"], stats["nullCount"]) == ({"c0": 0}, {"c0": 0})


def test_save_modes(spark: SparkSession, path: str) -> None:
    save(spark, "SELECT 1 a", path, "error")
    assert fails(lambda: save(spark, "SELECT 2 a", path, "error"))[0] == "DELTA_PATH_EXISTS"
    save(spark, "SELECT 3 a", path, "ignore")
    save(spark, "SELECT 4 a", path, "append")
    assert rows(spark, path) == [(1,), (4,)]
    save(spark, "SELECT 5 a", path, "overwrite")
    assert rows(spark, path) == [(5,)]
    assert spark.read.format("delta").option("versionAsOf", 1).load(path).count() == 2
    spark.read.format("delta").load(path).selectExpr("a + 1 AS a").write.format("delta").mode("overwrite").save(path)
    assert rows(spark, path) == [(6,)]


def test_partitions_of_all_kinds(spark: SparkSession, path: str) -> None:
    frame = spark.sql("""SELECT * FROM VALUES
        (1, 'a/b c%=é', date'2024-01-01', timestamp'2024-01-01 01:02:03.5', true, 1.50),
        (2, '', null, null, null, null) AS t(v, s, d, t, b, n)""")
    frame.write.format("delta").partitionBy("s", "d", "t", "b", "n").save(path)
    found = sorted(spark.read.format("delta").load(path).collect(), key=lambda r: int(r.v))
    moment = datetime(2024, 1, 1, 1, 2, 3, 500000)
    assert tuple(found[0]) == (1, "a/b c%=é", date(2024, 1, 1), moment, True, Decimal("1.50"))
    assert tuple(found[1]) == (2, None, None, None, None, None)  # an empty text is NULL in a partition
    values = next(a["add"]["partitionValues"] for a in log(path, 0) if "add" in a and a["add"]["partitionValues"]["d"])
    assert values["t"] == "2024-01-01T01:02:03.500000Z"
    assert len(DeltaTable(path).to_pyarrow_table(filters=[("s", "=", "a/b c%=é")])) == 1
    assert spark.sql(f"DELETE FROM delta.`{path}` WHERE s = 'a/b c%=é'").collect()[0][0] == 1
    assert spark.read.format("delta").load(path).count() == 1


def test_schemas(spark: SparkSession, path: str) -> None:
    save(spark, "SELECT 1L a, 'x' b", path)
    assert fails(lambda: save(spark, "SELECT 1L a, 1 c", path))[0] == "DELTA_METADATA_MISMATCH"
    assert fails(lambda: save(spark, "SELECT array(1) a", path))[0] == "DELTA_FAILED_TO_MERGE_FIELDS"
    assert fails(lambda: save(spark, "SELECT 1 a", path))[0] == "DELTA_FAILED_TO_MERGE_FIELDS"  # as in Delta
    save(spark, "SELECT 'y' B, 2L A", path)
    save(spark, "SELECT 3L a", path)
    save(spark, "SELECT 4L a, 5 c", path, mergeSchema=True)
    assert rows(spark, path) == [(1, "x", None), (2, "y", None), (3, None, None), (4, None, 5)]
    assert fails(lambda: save(spark, "SELECT 'new' n", path, "overwrite"))[0] == "DELTA_METADATA_MISMATCH"
    save(spark, "SELECT 'new' n", path, "overwrite", overwriteSchema=True)
    assert rows(spark, path) == [("new",)]
    assert [next(iter(a)) for a in log(path, 4)] == [
        "commitInfo",
        "metaData",
        "remove",
        "remove",
        "remove",
        "remove",
        "add",
    ]
    assert len(spark.read.format("delta").option("versionAsOf", 3).load(path).columns) == 3


def test_schemas_of_structs_grow(spark: SparkSession, path: str) -> None:
    save(spark, "SELECT named_struct('x', 1) s", path)
    save(spark, "SELECT named_struct('y', 2, 'x', 3) s", path, mergeSchema=True)
    save(spark, "SELECT named_struct('x', 4) s", path)
    found = sorted((r.s.x, r.s.y) for r in spark.read.format("delta").load(path).collect())
    assert found == [(1, None), (3, 2), (4, None)]


def test_replace_where(spark: SparkSession, path: str) -> None:
    save(spark, "SELECT id, cast(id % 2 AS int) p FROM range(6)", path)
    save(spark, "SELECT 10L id, 1 p", path, "overwrite", replaceWhere="p = 1")
    assert rows(spark, path) == [(0, 0), (10, 1), (2, 0), (4, 0)]
    condition, parameters = fails(lambda: save(spark, "SELECT 5L id, 0 p", path, "overwrite", replaceWhere="id < 3"))
    assert (condition, parameters["replaceWhere"]) == ("DELTA_REPLACE_WHERE_MISMATCH", "id < 3")
    save(spark, "SELECT 1L id, 0 p", path, "overwrite", replaceWhere="id < 3")
    assert rows(spark, path) == [(1, 0), (10, 1), (4, 0)]
    for name in ("overwriteSchema", "partitionOverwriteMode"):
        with pytest.raises(PySparkException):
            save(spark, "SELECT 1L id, 0 p", path, "overwrite", replaceWhere="p = 0",
                 **{name: "true" if name == "overwriteSchema" else "dynamic"})  # fmt: skip


@pytest.mark.parametrize("type", ["DOUBLE", "FLOAT"])
def test_dynamic_overwrite_of_partitions_by_numbers(spark: SparkSession, path: str, type: str) -> None:
    numbers = "1e20, 0.1, 1e-7, 'NaN', '-Infinity'"
    query = f"SELECT {{}} id, cast(x AS {type}) p FROM explode(array({numbers})) AS t(x)"
    spark.sql(query.format(1)).write.format("delta").partitionBy("p").save(path)
    save(spark, query.format(2), path, "overwrite", partitionOverwriteMode="dynamic")
    assert [r.id for r in spark.read.format("delta").load(path).collect()] == [2] * 5


def test_dynamic_partition_overwrite(spark: SparkSession, path: str) -> None:
    spark.sql("SELECT id, id % 3 p FROM range(6)").write.format("delta").partitionBy("p").save(path)
    save(spark, "SELECT 9L id, 1L p", path, "overwrite", partitionOverwriteMode="dynamic")
    assert rows(spark, path) == [(0, 0), (2, 2), (3, 0), (5, 2), (9, 1)]
    other = spark.sql("SELECT 1L id, 1L p").write.format("delta").mode("append").partitionBy("id")
    condition, _ = fails(lambda: other.save(path))
    assert condition == "DELTA_METADATA_MISMATCH"


def test_a_transaction_is_written_once(spark: SparkSession, path: str) -> None:
    for version in (1, 1, 2, 1, 2, 3):
        save(spark, f"SELECT {version} v", path, txnAppId="app", txnVersion=version, userMetadata=f"v{version}")
    assert rows(spark, path) == [(1,), (2,), (3,)]
    assert DeltaTable(path).transaction_version("app") == 3
    assert [h["userMetadata"] for h in DeltaTable(path).history()] == ["v3", "v2", "v1"]
    assert (
        fails(lambda: save(spark, "SELECT 1 v", path, txnAppId="app"))[0] == "DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS"
    )


def test_nothing_is_left_of_a_write_that_fails(spark: SparkSession, path: str) -> None:
    save(spark, "SELECT 1L a", path)
    before = sorted(p for p in Path(path).rglob("*"))
    with pytest.raises(PySparkException):
        save(spark, "SELECT if(id = 99999, raise_error('no'), id) a FROM range(100000)", path)
    assert sorted(p for p in Path(path).rglob("*")) == before


def test_checkpoints(spark: SparkSession, path: str) -> None:
    for i in range(12):
        save(spark, f"SELECT {i} a", path, **({"delta.checkpointInterval": 5} if i == 0 else {}))
    names = {p.name for p in Path(path, "_delta_log").iterdir()}
    assert {f"{5:020}.checkpoint.parquet", f"{10:020}.checkpoint.parquet", "_last_checkpoint"} <= names
    for old in range(5):
        Path(path, f"_delta_log/{old:020}.json").unlink()
    assert spark.read.format("delta").load(path).count() == 12
    assert spark.read.format("delta").load(f"{path}@v7").count() == 8


def test_appends_at_once_are_all_there(spark: SparkSession, path: str) -> None:
    save(spark, "SELECT -1 a", path)
    errors: list[BaseException] = []

    def append(i: int) -> None:
        try:
            for j in range(4):
                save(spark, f"SELECT {i * 10 + j} a", path)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=append, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(rows(spark, path)) == 17
    assert DeltaTable(path).version() == 16


def test_rows_that_are_only_laid_out_anew(spark: SparkSession, path: str) -> None:
    save(spark, "SELECT id FROM range(4)", path)
    save(spark, "SELECT id FROM range(4) ORDER BY id DESC", path, "overwrite", dataChange="false")
    log = Path(path, f"_delta_log/{1:020}.json").read_text()
    actions = [a for line in log.splitlines() for k, a in json.loads(line).items() if k in ("add", "remove")]
    assert [a["dataChange"] for a in actions] == [False, False]
    stream = spark.readStream.format("delta").option("startingVersion", 0).load(path)
    query = stream.writeStream.format("memory").queryName("laid_out").trigger(availableNow=True).start()
    query.awaitTermination()
    assert spark.table("laid_out").count() == 4
    condition, _ = fails(lambda: save(spark, "SELECT 1 b", path, dataChange="false", mergeSchema="true"))
    assert condition == "DELTA_DATA_CHANGE_FALSE"
    where = {"dataChange": "false", "replaceWhere": "id < 2"}
    condition, _ = fails(lambda: save(spark, "SELECT 1L id", path, "overwrite", **where))
    assert condition == "DELTA_REPLACE_WHERE_WITH_FILTER_DATA_CHANGE_UNSET"


def test_no_table_is_made_that_nobody_here_can_read(
    spark: SparkSession, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(PySparkException, match=r"pip install 'glowplug\[delta\]'"):
        save(spark, "select 1 a", path)
    assert not Path(path, "_delta_log").exists()
