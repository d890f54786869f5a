"""What goes wrong with Delta tables is said clearly, and nothing is lost by it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession


def message(spark: SparkSession, statement: str, condition: str) -> str:
    with pytest.raises(PySparkException) as error:
        spark.sql(statement).collect()
    assert error.value.getCondition() == condition
    return str(error.value)


def test_all_columns_that_do_not_fit_are_named(spark: SparkSession, path: str) -> None:
    spark.sql("SELECT 1L id, 2 a, named_struct('x', 1) st").write.format("delta").save(path)
    new = spark.sql("SELECT 1L id, 2 a, named_struct('x', 1, 'inner', 2) st, 3 more, 'x' `even more`")
    with pytest.raises(PySparkException) as error:
        new.write.format("delta").mode("append").save(path)
    assert error.value.getCondition() == "DELTA_METADATA_MISMATCH"
    for name in ("inner", "more", "even more"):
        assert f"-- {name}: " in str(error.value)


def test_the_row_that_violates_a_constraint_is_shown(spark: SparkSession, path: str) -> None:
    table = f"delta.`{path}`"
    spark.sql(f"CREATE TABLE {table} (id BIGINT, v INT, s STRING) USING delta")
    spark.sql(f"ALTER TABLE {table} ADD CONSTRAINT small CHECK (v + length(s) < 10)")
    spark.sql(f"INSERT INTO {table} VALUES (1, 1, 'a')")
    merge = f"MERGE INTO {table} t USING (SELECT 1L id, 9 v, 'mm' s) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *"
    for statement, values in {
        f"INSERT INTO {table} SELECT id, cast(id AS INT), 'iii' FROM range(8)": ("v : 7", "s : iii"),
        f"UPDATE {table} SET v = 12": ("v : 12", "s : a"),
        merge: ("v : 9", "s : mm"),
    }.items():
        found = message(spark, statement, "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES")
        assert all(value in found for value in values), found
    assert spark.sql(f"SELECT * FROM {table}").collect() == [(1, 1, "a")]


UPDATING = """
import sys
import glowplug
from pyspark.errors import PySparkException

spark = glowplug.session()
for _ in range(3):
    while True:
        try:
            spark.sql(f"UPDATE delta.`{sys.argv[1]}` SET v = v + 1 WHERE p = 1")
            break
        except PySparkException as error:
            assert error.getCondition().startswith("DELTA_CONCURRENT"), error
"""


def test_two_processes_that_change_one_partition_lose_nothing(spark: SparkSession, path: str) -> None:
    spark.sql("SELECT id % 2 AS p, 0 AS v FROM range(4)").write.format("delta").partitionBy("p").save(path)
    writers = [subprocess.Popen([sys.executable, "-c", UPDATING, path]) for _ in range(2)]
    assert [w.wait(timeout=120) for w in writers] == [0, 0]
    found = spark.read.format("delta").load(path).groupBy("p").agg({"v": "min"}).orderBy("p").collect()
    assert [tuple(r) for r in found] == [(0, 0), (1, 6)]


def test_a_time_before_the_log_begins(spark: SparkSession, path: str) -> None:
    spark.range(1).write.format("delta").save(path)
    found = message(
        spark, f"SELECT * FROM delta.`{path}` TIMESTAMP AS OF '2020-01-01'",
        "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION",
    )  # fmt: skip
    assert "2020-01-01" in found
