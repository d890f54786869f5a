"""Two writers at once: which changes go together, and Delta's errors where they do not; nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

import glowplug.lake.delta.commit as commits
from glowplug.io.place import Place


def meanwhile(monkeypatch: pytest.MonkeyPatch, other: Callable[[], object]) -> None:
    """Have another writer come first at the next commit."""
    original = commits._put

    def put(directory: Place, version: int, body: bytes) -> bool:
        monkeypatch.setattr(commits, "_put", original)
        other()
        return original(directory, version, body)

    monkeypatch.setattr(commits, "_put", put)


MADE = "SELECT id, cast(id % 2 AS int) p FROM range(6)"
CASES = {
    # ours, theirs, Delta's condition (None: both are there), the rows afterwards
    "append and append": ("INSERT INTO {0} VALUES (9, 9)", "INSERT INTO {0} VALUES (8, 8)", None, 8),
    "append and delete": ("INSERT INTO {0} VALUES (9, 9)", "DELETE FROM {0} WHERE id = 1", None, 6),
    "deletes of one file": ("DELETE FROM {0} WHERE id = 1", "DELETE FROM {0} WHERE id = 3", "APPEND", 5),
    "deletes of whole files": ("DELETE FROM {0} WHERE p = 1", "DELETE FROM {0} WHERE p = 1", "DELETE_READ", 3),
    "deletes in partitions": ("DELETE FROM {0} WHERE p = 0", "DELETE FROM {0} WHERE p = 1", None, 0),
    "delete and append": ("DELETE FROM {0} WHERE id < 9", "INSERT INTO {0} VALUES (8, 0)", "APPEND", 7),
    "delete and append elsewhere": ("DELETE FROM {0} WHERE p = 1", "INSERT INTO {0} VALUES (8, 0)", None, 4),
    "overwrite and append": ("INSERT OVERWRITE {0} VALUES (1, 1)", "INSERT INTO {0} VALUES (8, 0)", "APPEND", 7),
    "update and columns": ("UPDATE {0} SET id = 7", "ALTER TABLE {0} ADD COLUMN c INT", "METADATA_CHANGED", 6),
    "optimize and append": ("OPTIMIZE {0} ZORDER BY (id)", "INSERT INTO {0} VALUES (8, 0)", None, 7),
    "optimize and delete": ("OPTIMIZE {0} ZORDER BY (id)", "DELETE FROM {0} WHERE id = 1", "DELETE_READ", 5),
    "delete and optimize": ("DELETE FROM {0} WHERE id = 1", "OPTIMIZE {0} ZORDER BY (id)", "DELETE_READ", 6),
    "append and vacuum": ("INSERT INTO {0} VALUES (9, 9)", "VACUUM {0}", None, 7),
    "merge and append": (
        "MERGE INTO {0} t USING (SELECT 1L id, 1 p) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *",
        "INSERT INTO {0} VALUES (8, 0)",
        "APPEND",
        7,
    ),
}


@pytest.mark.parametrize("name", list(CASES))
def test_conflicts(spark: SparkSession, path: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs, conflict, rows = CASES[name]
    table = f"delta.`{path}`"
    spark.sql(MADE).coalesce(1).write.format("delta").partitionBy("p").save(path)
    meanwhile(monkeypatch, lambda: spark.sql(theirs.format(table)))
    if conflict is None:
        spark.sql(ours.format(table))
    else:
        with pytest.raises(PySparkException) as error:
            spark.sql(ours.format(table))
        assert f"DELTA_{'' if conflict == 'METADATA_CHANGED' else 'CONCURRENT_'}{conflict}" in str(error.value)
    assert spark.read.format("delta").load(path).count() == rows
    assert not (Path(path) / "_temporary").exists()


def test_rows_deleted_between_two_versions_of_optimize(
    spark: SparkSession, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spark.range(3000).selectExpr("id", "int(id >= 10) p").coalesce(1).write.format("delta").partitionBy("p").save(path)
    original, made = commits._put, list[bytes]()

    def put(directory: Place, version: int, body: bytes) -> bool:
        done = original(directory, version, body)
        made.append(body)
        if len(made) == 1:
            spark.sql(f"DELETE FROM delta.`{path}` WHERE id = 2999")
        return done

    monkeypatch.setattr(commits, "_put", put)
    spark.conf.set("spark.databricks.delta.optimize.maxFileSize", "4000")
    try:
        with pytest.raises(PySparkException) as error:
            spark.sql(f"OPTIMIZE delta.`{path}` ZORDER BY (id)")
    finally:
        spark.conf.unset("spark.databricks.delta.optimize.maxFileSize")
    assert (error.value.getCondition() or "").startswith("DELTA_CONCURRENT_DELETE_READ")
    assert spark.read.format("delta").load(path).count() == 2999


def test_two_transactions_of_an_application(spark: SparkSession, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def write() -> None:
        writer = spark.range(1).write.format("delta").mode("append")
        writer.option("txnAppId", "a").option("txnVersion", 1).save(path)

    spark.range(1).write.format("delta").save(path)
    meanwhile(monkeypatch, write)
    with pytest.raises(PySparkException) as error:
        write()
    assert error.value.getCondition() == "DELTA_CONCURRENT_TRANSACTION"
    assert spark.read.format("delta").load(path).count() == 2


def test_a_table_that_is_made_twice(spark: SparkSession, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, lambda: spark.range(2).write.format("delta").save(path))
    with pytest.raises(PySparkException) as error:
        spark.range(3).write.format("delta").mode("append").save(path)
    assert error.value.getCondition() == "DELTA_CONCURRENT_WRITE"
    assert spark.read.format("delta").load(path).count() == 2


APPENDING = """
import sys
from glowplug.lake.delta.actions import CommitInfo
from glowplug.lake.delta.commit import Draft, commit
from glowplug.io.filesystem import LOCAL
from glowplug.io.place import Place
from glowplug.lake.delta.snapshot import load

base = load(Place(LOCAL, sys.argv[1]))
for i in range(20):
    info = CommitInfo("TEST", {"by": sys.argv[2], "i": i}, {}, 0, base.version, True, "test", f"{sys.argv[2]}-{i}")
    commit(Draft(base.path, base, [info]))
"""


def test_processes_lose_no_version(spark: SparkSession, path: str) -> None:
    spark.range(1).write.format("delta").save(path)
    writers = [subprocess.Popen([sys.executable, "-c", APPENDING, path, name]) for name in "abc"]
    assert [w.wait(timeout=120) for w in writers] == [0, 0, 0]
    found = [h.operationParameters for h in spark.sql(f"DESCRIBE HISTORY delta.`{path}`").collect()]
    made = {(p["by"], p["i"]) for p in found if "by" in p}
    assert made == {(name, str(i)) for name in "abc" for i in range(20)}
    assert len(found) == 61
