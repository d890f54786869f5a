"""What MERGE, UPDATE and DELETE do not read: files that cannot have rows for them, which these tests take away."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession

STATEMENTS = {
    "range": "MERGE INTO {0} t USING (SELECT id + 1 AS id, 'n' AS v FROM range(8)) s ON t.id = s.id AND t.v <> 'z' "
    "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
    "scattered": "MERGE INTO {0} t USING (SELECT id * 20 + 1 AS id FROM range(2)) s ON s.id = t.id "
    "WHEN MATCHED THEN DELETE",
    "insertion": "MERGE INTO {0} t USING (SELECT 5L AS id, 'n' AS v) s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *",
    "nothing": "MERGE INTO {0} t USING (SELECT CAST(NULL AS BIGINT) AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE",
    "update": "UPDATE {0} SET v = 'n' WHERE id BETWEEN 2 AND 5",
    "delete": "DELETE FROM {0} WHERE id IN (3, 25)",
}
# Where the middle one of three files is gone, and all of them are asked for.
ALL = {
    "not by source": "MERGE INTO {0} t USING (SELECT 5L AS id) s ON t.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE",
    "not equal": "MERGE INTO {0} t USING (SELECT 5L AS id) s ON t.id >= s.id WHEN MATCHED THEN DELETE",
    "null-safe": "MERGE INTO {0} t USING (SELECT id FROM range(30)) s ON t.id <=> s.id WHEN MATCHED THEN DELETE",
}


@pytest.fixture
def table(spark: SparkSession, path: str) -> Callable[[str], None]:
    """A table of 30 rows in three files, the middle one of which is not there."""
    for start in (0, 10, 20):
        rows = spark.range(start, start + 10).selectExpr("id", "concat('v', id) AS v")
        rows.coalesce(1).write.format("delta").mode("append").save(path)
    files = sorted(Path(path).glob("*.parquet"), key=lambda f: f.stat().st_mtime_ns)
    assert len(files) == 3
    os.remove(files[1])
    return lambda statement: spark.sql(statement.format(f"delta.`{path}`"))


@pytest.mark.parametrize("name", STATEMENTS)
def test_files_that_cannot_match_are_not_read(table: Callable[[str], None], name: str) -> None:
    table(STATEMENTS[name])


@pytest.mark.parametrize("name", ALL)
def test_files_that_may_match_are_read(table: Callable[[str], None], name: str) -> None:
    with pytest.raises(PySparkException) as error:
        table(ALL[name])
    assert error.value.getCondition() == "FAILED_READ_FILE.FILE_NOT_EXIST"


def test_what_statistics_do_not_tell_leaves_out_no_file(spark: SparkSession, path: str) -> None:
    """A field of a struct may have the name of a column with a dot; lists in structs that are NULL are NULL."""
    spark.sql(f"CREATE TABLE delta.`{path}` (id INT, a STRUCT<b: INT, l: ARRAY<INT>>, `a.b` INT) USING delta")
    for row in ("1, named_struct('b', 1, 'l', array(1)), 10", "2, named_struct('b', 20, 'l', NULL), 2", "3, NULL, 3"):
        spark.sql(f"INSERT INTO delta.`{path}` VALUES ({row})")
    cases = {"a.b = 1": [1], "`a.b` = 10": [1], "a.b > 5": [2], "`a.b` < 5": [2, 3], "a.l IS NULL": [2, 3],
             "a.l IS NOT NULL": [1], "a IS NULL": [3], "a.b IS NULL": [3], "`a.b` IS NULL": []}  # fmt: skip
    for condition, ids in cases.items():
        rows = spark.read.format("delta").load(path).where(condition).collect()
        assert sorted(row.id for row in rows) == ids, condition
