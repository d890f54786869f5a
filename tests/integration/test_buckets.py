"""Tables in buckets: files as Apache Spark lays them out, by its hash of the bucket columns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import glowplug


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("warehouse")


@pytest.fixture(scope="module")
def spark(warehouse: Path) -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.warehouse.dir": str(warehouse)})
    yield session
    session.stop()


def buckets(directory: Path) -> dict[int, list[list[dict[str, Any]]]]:
    """The rows of each file, by the number in its name."""
    found = defaultdict(list)
    for path in sorted(directory.rglob("part-*.parquet")):
        number = re.fullmatch(r"part-00000-[0-9a-f-]{36}_(\d{5})\.c000\.snappy\.parquet", path.name)
        assert number, path.name
        found[int(number[1])].append(pq.read_table(path, partitioning=None).to_pylist())
    return dict(found)


def test_rows_are_where_spark_s_hash_says_and_in_order(spark: Any, warehouse: Path) -> None:
    rows = spark.range(300).selectExpr("id", "CAST(id % 7 AS INT) AS k", "concat('s', id) AS v")
    rows.write.format("parquet").bucketBy(4, "id", "v").sortBy("k", "id").saveAsTable("sorted_buckets")
    expected = {r.id: r.bucket for r in rows.selectExpr("id", "pmod(hash(id, v), 4) AS bucket").collect()}
    found = buckets(warehouse / "sorted_buckets")
    assert {r["id"]: n for n, files in found.items() for file in files for r in file} == expected
    for files in found.values():
        assert len(files) == 1
        assert files[0] == sorted(files[0], key=lambda r: (r["k"], r["id"]))


def test_an_insert_adds_a_file_to_its_bucket(spark: Any, warehouse: Path) -> None:
    spark.sql("CREATE TABLE grown (a INT) USING parquet CLUSTERED BY (a) INTO 3 BUCKETS")
    for value in (1, 1, 2):
        spark.sql(f"INSERT INTO grown VALUES ({value})")
    found = buckets(warehouse / "grown")
    assert sorted(len(files) for files in found.values()) == [1, 2]
    assert spark.table("grown").count() == 3


def test_each_partition_has_its_buckets(spark: Any, warehouse: Path) -> None:
    spark.sql("CREATE TABLE parted (a INT, p INT) USING parquet PARTITIONED BY (p) CLUSTERED BY (a) INTO 3 BUCKETS")
    spark.sql("INSERT INTO parted SELECT id, id % 2 FROM range(40)")
    for p in (0, 1):
        assert len(buckets(warehouse / "parted" / f"p={p}")) == 3
    assert spark.sql("SELECT sum(a) FROM parted WHERE p = 1").head()[0] == 400


def test_no_rows_make_no_file(spark: Any, warehouse: Path) -> None:
    spark.sql("CREATE TABLE nothing USING parquet CLUSTERED BY (a) INTO 3 BUCKETS AS SELECT 1 AS a WHERE false")
    assert not buckets(warehouse / "nothing")
    assert spark.table("nothing").count() == 0


@pytest.mark.parametrize("format", ["csv", "json", "orc"])
def test_files_of_any_format_are_sorted(spark: Any, warehouse: Path, format: str) -> None:
    columns = (
        f"(a INT, d DATE, p INT) USING {format} PARTITIONED BY (p) CLUSTERED BY (a) SORTED BY (d, a) INTO 2 BUCKETS"
    )
    spark.sql(f"CREATE TABLE in_{format} {columns}")
    spark.sql(f"INSERT INTO in_{format} SELECT id, date_sub(DATE'2020-01-01', CAST(id % 7 AS INT)), 1 FROM range(50)")
    spark.sql(f"INSERT INTO in_{format} VALUES (NULL, NULL, 1)")
    files = sorted((warehouse / f"in_{format}" / "p=1").glob("part-*"))
    assert len(files) == 3
    for file in files:
        rows = [(r.d, r.a) for r in spark.read.format(format).schema("a INT, d DATE").load(str(file)).collect()]
        assert rows == sorted(rows, key=lambda r: (r[0] is not None, r))
    assert spark.table(f"in_{format}").count() == 51


@pytest.mark.parametrize(
    ("clauses", "condition"),
    [
        ("CLUSTERED BY (a) INTO 0 BUCKETS", "INVALID_BUCKET_COUNT"),
        ("CLUSTERED BY (a) INTO 100001 BUCKETS", "INVALID_BUCKET_COUNT"),
        ("PARTITIONED BY (p) CLUSTERED BY (p) INTO 2 BUCKETS", "_LEGACY_ERROR_TEMP_1166"),
        ("CLUSTERED BY (b) INTO 2 BUCKETS", "COLUMN_NOT_DEFINED_IN_TABLE"),
    ],
)
def test_what_spark_refuses(spark: Any, clauses: str, condition: str) -> None:
    with pytest.raises(Exception, match=condition):
        spark.sql(f"CREATE TABLE refused (a INT, p INT) USING parquet {clauses}")


def test_every_type_is_hashed_as_by_spark(spark: Any, warehouse: Path) -> None:
    """The buckets that Apache Spark 4.2.1 puts the same rows into."""
    spark.sql(
        "CREATE TABLE typed (i BIGINT, s STRING, d DOUBLE, t TIMESTAMP, k INT, x DECIMAL(10,2), y DATE, z BOOLEAN) "
        "USING parquet CLUSTERED BY (i, s, d, x, y, z) SORTED BY (k) INTO 5 BUCKETS"
    )
    spark.sql(
        "INSERT INTO typed SELECT id, concat('s', id % 13), id / 7D, NULL, id % 11, CAST(id AS DECIMAL(10,2)), "
        "date_add(DATE'2020-01-01', CAST(id AS INT)), id % 3 = 0 FROM range(60)"
    )
    spark.sql("INSERT INTO typed VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)")
    found = {
        number: sorted((-1 if row["i"] is None else row["i"]) for file in files for row in file)
        for number, files in buckets(warehouse / "typed").items()
    }
    assert found == {
        0: [8, 9, 12, 13, 15, 21, 25, 29, 34, 42, 45, 46, 56, 57],
        1: [1, 3, 6, 10, 14, 22, 26, 31, 33, 44, 47, 48, 50, 51, 53],
        2: [-1, 7, 17, 35, 38, 41, 55, 58],
        3: [0, 5, 19, 20, 24, 37, 40, 52, 59],
        4: [2, 4, 11, 16, 18, 23, 27, 28, 30, 32, 36, 39, 43, 49, 54],
    }
