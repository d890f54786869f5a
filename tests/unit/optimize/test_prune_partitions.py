"""What a query asks of rows reaches the files that they come from, and takes away no row of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import glowplug

CASES = {  # by query, the files that each scan of `days` and `more`, of four each, reads
    "SELECT * FROM {days} WHERE day = 2": [1],
    "SELECT * FROM {days} WHERE (day = 2 AND v = 3) OR (day = 3 AND v = 2)": [2],
    "SELECT * FROM {days} WHERE (day = 2 AND v = 3) OR v = 2": [4],
    "SELECT * FROM {days} WHERE NOT (day = 2 AND v = 3)": [4],
    "SELECT * FROM {days} WHERE (day = 2 AND rand() < 2) OR (day = 4 AND v > 0)": [4],
    "SELECT * FROM {days} d JOIN {more} m ON d.v = m.v AND (d.day = 1 AND m.day = 2 OR d.day = 2 AND m.day = 1)": [
        2,
        2,
    ],
    "SELECT v FROM (SELECT v, day + 1 AS next FROM {days}) WHERE next > 3": [2],
    "SELECT * FROM {days} d JOIN dim x ON d.v = x.v WHERE d.day = 2": [1],
    "SELECT * FROM {days} d, dim x, {more} m WHERE d.v = x.v AND m.v = d.v AND d.day < 3 AND m.day = 4": [2, 1],
    "SELECT * FROM {days} d JOIN {more} m ON d.day = m.day WHERE d.day = 2": [1, 1],
    "SELECT * FROM {days} d, {more} m WHERE d.day = m.day AND m.v < 9 AND m.day IN (1, 4)": [2, 2],
    "SELECT * FROM {days} d LEFT JOIN {more} m ON d.v = m.v AND m.day = 3 WHERE d.day = 2": [1, 1],
    "SELECT * FROM {days} d LEFT JOIN {more} m ON d.v = m.v AND d.day = 3 WHERE m.day IS NULL": [4, 4],
    "SELECT * FROM {days} d RIGHT JOIN {more} m ON d.v = m.v AND d.day = 3 WHERE m.day > 1": [1, 3],
    "SELECT * FROM {days} d FULL JOIN {more} m ON d.v = m.v AND d.day = 3 WHERE d.day = 2": [4, 4],
    "SELECT * FROM {days} d LEFT SEMI JOIN {more} m ON d.v = m.v AND m.day = 1 WHERE d.day = 2": [1, 1],
    "SELECT * FROM {days} d LEFT ANTI JOIN {more} m ON d.v = m.v AND d.day = 1 AND m.day = 1": [4, 1],
    "SELECT * FROM (SELECT * FROM {days} UNION ALL SELECT v + 1, day + 1 FROM {more}) WHERE day = 2": [1, 1],
    "SELECT * FROM (SELECT * FROM {days} EXCEPT SELECT v, day FROM {more} WHERE day = 1) WHERE day = 2": [4, 1],
    "SELECT * FROM (SELECT DISTINCT day FROM {days}) WHERE day = 2": [1],
    "SELECT day, sum(v) FROM {days} GROUP BY day HAVING day = 2 AND sum(v) > 0": [1],
    "SELECT * FROM (SELECT day AS d, sum(v) AS s FROM {days} GROUP BY day) WHERE d = 2": [1],
    "SELECT * FROM (SELECT count(*) AS day FROM {days}) WHERE day = 2": [4],
    "SELECT * FROM (SELECT day, sum(v) AS s FROM {days} GROUP BY ROLLUP (day)) WHERE day = 2": [4],
    "SELECT * FROM (SELECT *, sum(v) OVER (PARTITION BY day) AS s FROM {days}) WHERE day = 2": [1],
    "SELECT * FROM (SELECT *, sum(v) OVER (PARTITION BY day) s, sum(v) OVER () t FROM {days}) WHERE day = 2": [4],
    "SELECT * FROM (SELECT * FROM {days} ORDER BY v, day LIMIT 5) WHERE day = 2": [4],
    "SELECT * FROM (SELECT *, monotonically_increasing_id() >= 0 AS i FROM {days}) WHERE day = 2": [4],
    "SELECT * FROM {days} LATERAL VIEW explode(sequence(1, day)) AS e WHERE day = 2 AND e > 1": [1],
    "SELECT * FROM dim WHERE v IN (SELECT v FROM {days} WHERE day = 2)": [1],
    "SELECT * FROM dim x WHERE EXISTS (SELECT 1 FROM {days} d WHERE d.v = x.v AND day = 2)": [1],
    "SELECT v, (SELECT max(day) FROM {days} d WHERE d.v = x.v AND day = 3) FROM dim x": [1],
    "WITH w AS (SELECT * FROM {days}) SELECT * FROM w a JOIN w b ON a.v = b.v WHERE a.day = 1 AND b.day > 1": [1, 3],
    "SELECT * FROM {days} WHERE day = (SELECT max(day) FROM {more} WHERE day < 3)": [2, 4],
    "SELECT * FROM {days} d JOIN dim x ON d.v = x.v WHERE d.day = x.v": [4],
    "SELECT * FROM {days} d JOIN dim x ON d.v = x.v WHERE d.day = 9 OR x.v = 1": [4],
    "SELECT * FROM {days} d JOIN dim x ON d.v = x.v WHERE d.day = 9": [0],
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    session = glowplug.session()
    directory = tmp_path_factory.mktemp("partitions")
    session.range(1, 6).selectExpr("CAST(id AS INT) AS v").createOrReplaceTempView("dim")
    for name, rows in (("days", 8), ("more", 12)):
        made = session.range(rows).selectExpr("CAST(id % 5 + 1 AS INT) AS v", "CAST(id % 4 + 1 AS INT) AS day")
        made.createOrReplaceTempView(f"{name}_at_hand")
        made.write.partitionBy("day").parquet(f"{directory}/{name}")
        session.read.parquet(f"{directory}/{name}").createOrReplaceTempView(name)
    yield session
    session.stop()


@pytest.mark.parametrize("query", CASES)
def test_the_files_that_can_matter_are_read(spark: Any, query: str) -> None:
    partitioned = spark.sql(query.format(days="days", more="more"))
    plan = partitioned._explain_string(mode="simple")
    read = [int(n) for n in re.findall(r"FileScan parquet .* (\d+) files", plan)]
    assert read == CASES[query]
    expected = spark.sql(query.format(days="days_at_hand", more="more_at_hand")).collect()
    assert sorted(map(repr, partitioned.collect())) == sorted(map(repr, expected))


def test_rows_that_are_kept_for_a_key_are_those_of_its_partition(spark: Any) -> None:
    once = spark.table("days").dropDuplicates(["day"])
    for condition, files in (("day = 2", 1), ("v > 2 AND day IN (2, 3)", 2), ("v = 2", 4)):
        assert f" {files} files" in once.filter(condition)._explain_string(mode="simple")
    assert [r.day for r in once.filter("day = 2").collect()] == [2]


def test_a_condition_that_fails_for_a_partition_without_rows_of_the_answer_fails_nothing(spark: Any) -> None:
    query = "SELECT d.v FROM days d JOIN dim x ON d.v = x.v + 100 WHERE 10 / (d.day - 1) > 0"
    assert spark.sql(query).collect() == []


def test_texts_that_a_collation_finds_equal_are_in_several_partitions(spark: Any, tmp_path: Any) -> None:
    rows = "SELECT * FROM VALUES (1, 'a'), (2, 'A'), (3, 'b') AS t(v, name)"
    spark.sql(rows).write.partitionBy("name").parquet(f"{tmp_path}/names")
    for view, type in (("names", "STRING COLLATE UTF8_LCASE"), ("plain", "STRING")):
        spark.read.schema(f"v INT, name {type}").parquet(f"{tmp_path}/names").createOrReplaceTempView(view)
    query = "SELECT a.v, b.v FROM names a JOIN names b ON a.name = b.name WHERE a.name = 'a' COLLATE UTF8_LCASE"
    assert sorted(map(tuple, spark.sql(query).collect())) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert [row.v for row in spark.sql("SELECT v FROM plain WHERE name = 'A'").collect()] == [2]


UNLIKE = {  # equal values that are not the same: zeros, and texts of a collation
    "SELECT v FROM zeros WHERE CAST(d AS STRING) = '0.0'": [(1,)],
    "SELECT v FROM zeros WHERE CAST(d AS STRING) = '-0.0'": [(2,)],
    "SELECT * FROM (SELECT count(*) AS n, d FROM zeros GROUP BY d) WHERE CAST(d AS STRING) = '0.0'": [(2, 0.0)],
    "SELECT * FROM (SELECT v, sum(v) OVER (PARTITION BY d) AS s, d FROM zeros) WHERE CAST(d AS STRING) = '0.0'": [
        (1, 3, 0.0)
    ],
    "SELECT v, s FROM (SELECT *, sum(v) OVER (PARTITION BY name) AS s FROM letters) WHERE ascii(name) = 65": [(2, 3)],
    "SELECT n FROM (SELECT count(*) AS n, name FROM letters GROUP BY name) WHERE ascii(lower(name)) = 97": [(2,)],
}


@pytest.mark.parametrize("query", UNLIKE)
def test_groups_of_values_that_are_equal_and_not_the_same_are_whole(spark: Any, tmp_path: Any, query: str) -> None:
    for view, type, values in (("zeros", "d DOUBLE", "0.0D, -0.0D, 1D"), ("letters", "name STRING", "'a', 'A', 'b'")):
        name = type.split()[0]
        rows = spark.sql(f"SELECT CAST(pos + 1 AS INT) AS v, {name} FROM posexplode(array({values})) AS t(pos, {name})")
        rows.write.partitionBy(name).parquet(f"{tmp_path}/{view}")
        collated = type.replace("STRING", "STRING COLLATE UTF8_LCASE")
        spark.read.schema(f"v INT, {collated}").parquet(f"{tmp_path}/{view}").createOrReplaceTempView(view)
    assert [tuple(row) for row in spark.sql(query).collect()] == UNLIKE[query]
