"""Tables whose texts have a collation by default; what Apache Spark 4.2 shows and answers for the same statements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import glowplug


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    warehouse: Path = tmp_path_factory.mktemp("warehouse")
    session = glowplug.session(**{"spark.sql.warehouse.dir": str(warehouse)})
    yield session
    session.stop()


def types(spark: Any, table: str) -> dict[str, str]:
    return {row.col_name: row.data_type for row in spark.sql(f"DESCRIBE {table}").collect()}


def test_columns_without_a_collation_have_the_table_s(spark: Any) -> None:
    spark.sql(
        "CREATE TABLE c1 (a STRING, c ARRAY<STRING>, d INT, e STRING COLLATE unicode) USING parquet "
        "DEFAULT COLLATION utf8_lcase"
    )
    assert types(spark, "c1") == {
        "a": "string collate UTF8_LCASE",
        "c": "array<string collate UTF8_LCASE>",
        "d": "int",
        "e": "string collate UNICODE",
    }
    assert "USING parquet\nDEFAULT COLLATION UTF8_LCASE\n" in spark.sql("SHOW CREATE TABLE c1").head()[0]
    spark.sql("INSERT INTO c1 VALUES ('A', array('A'), 1, 'A')")
    row = spark.sql("SELECT a = 'a', e = 'a', c[0] = 'a', 'x' = 'X' FROM c1").head()
    assert tuple(row) == (True, False, True, False)


def test_a_new_default_is_for_new_columns(spark: Any) -> None:
    spark.sql("CREATE TABLE c2 (a STRING) USING parquet DEFAULT COLLATION UTF8_LCASE")
    spark.sql("ALTER TABLE c2 ADD COLUMN h STRING")
    spark.sql("ALTER TABLE c2 DEFAULT COLLATION unicode_ci")
    spark.sql("ALTER TABLE c2 ADD COLUMN i STRING")
    assert list(types(spark, "c2").values()) == [
        f"string collate {n}" for n in ("UTF8_LCASE", "UTF8_LCASE", "UNICODE_CI")
    ]


def test_a_table_of_a_query_has_it_too(spark: Any) -> None:
    spark.sql("CREATE TABLE c3 USING parquet DEFAULT COLLATION UNICODE_CI AS SELECT 'a' AS x, CAST(1 AS STRING) AS y")
    assert set(types(spark, "c3").values()) == {"string collate UNICODE_CI"}
    assert spark.sql("SELECT x FROM c3 WHERE x = 'A'").collect()


@pytest.mark.parametrize(
    ("clause", "condition"),
    [
        ("PARTITIONED BY (a)", "INVALID_PARTITION_COLUMN_DATA_TYPE"),
        ("CLUSTERED BY (a) INTO 2 BUCKETS", "INVALID_BUCKET_COLUMN_DATA_TYPE"),
    ],
)
def test_files_are_not_laid_out_by_texts_with_a_collation(spark: Any, clause: str, condition: str) -> None:
    with pytest.raises(Exception, match=condition):
        spark.sql(f"CREATE TABLE c4 (a STRING COLLATE UTF8_LCASE, b INT) USING parquet {clause}")
