"""The same tables by Glowplug and by a real Apache Spark with Delta: whoever makes one, both read it, the other one
changes it, and both read that too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from pyspark.sql.connect.session import SparkSession

from tests.integration.delta.apache import Apache, fetch, missing

TYPES = """SELECT * FROM VALUES
(1L, 1, 2S, 3Y, 1.5F, -0.0D, 12345678901234567890.12BD, TRUE, DATE'1582-10-04', TIMESTAMP'2024-03-31 01:30:00.123456',
 TIMESTAMP_NTZ'2024-10-27 02:30:00.000001', X'00FF', 'ä''"\n', array(1, NULL), map('k', named_struct('x', 1)),
 named_struct('y', array(named_struct('z', DATE'2020-01-01')))),
(2L, 2147483647, -32768S, -128Y, float('NaN'), double('-Infinity'), -0.01BD, FALSE, DATE'9999-12-31',
 TIMESTAMP'1900-01-01 00:00:00', TIMESTAMP_NTZ'0001-01-01 00:00:00', X'', '', array(), map(), named_struct('y', NULL)),
(3L, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
AS t(id, i, s, b, f, d, n, o, dt, ts, ntz, x, t, a, m, st)"""
KEYS = """SELECT * FROM VALUES
(1L, 'a/b=c %41:ä''"#?', DATE'2020-02-29', TIMESTAMP'2024-03-31 01:30:00.5', 1.50BD, 1.5D, TRUE, TIMESTAMP_NTZ'2024-10-27 02:30:00', 7S),
(2L, '', DATE'0001-01-01', TIMESTAMP'1900-01-01 00:00:00', -0.01BD, 1e300D, FALSE, TIMESTAMP_NTZ'1970-01-01 00:00:00.000001', -1S),
(3L, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (4L, ' ', DATE'2020-02-29', TIMESTAMP'2020-01-01 00:00:00', 2.00BD, 1e-7D, TRUE, NULL, 0S)
AS t(id, s, dt, ts, n, d, o, ntz, i)"""


@dataclass(frozen=True, slots=True)
class Case:
    """A table {0} that `made` makes and `changed` changes, `beside` it a table {1}. `looked` are questions of which
    both are to have the same answers."""

    name: str
    made: tuple[str, ...]
    changed: tuple[str, ...] = ()
    looked: tuple[str, ...] = ("SELECT * FROM {0}",)


CASES = (
    Case(
        "types",
        (f"CREATE TABLE {{0}} USING delta AS {TYPES}",),
        ("INSERT INTO {0} SELECT id + 10, * EXCEPT (id) FROM {0}", "UPDATE {0} SET n = n + 1, a = array(9) WHERE id > 10"),
        ("SELECT * FROM {0}", "SELECT id FROM {0} WHERE ts < TIMESTAMP'2000-01-01' OR ntz > TIMESTAMP_NTZ'2024-01-01' OR f > 1"),
    ),
    Case(
        "partitions",
        (f"CREATE TABLE {{0}} USING delta PARTITIONED BY (s, dt, ts, n, d, o, ntz, i) AS {KEYS}",),
        ("UPDATE {0} SET id = id + 100 WHERE o", "DELETE FROM {0} WHERE d = 1e300D OR s = ' '",
         "INSERT INTO {0} SELECT id + 10, * EXCEPT (id) FROM {0}"),
        ("SELECT * FROM {0}", "SELECT id FROM {0} WHERE ts >= TIMESTAMP'2000-01-01' AND d < 2 AND n = 1.5"),
    ),
    Case(
        "changes",
        ("CREATE TABLE {0} (id BIGINT, p INT, v STRING) USING delta PARTITIONED BY (p) TBLPROPERTIES "
         "('delta.enableChangeDataFeed' = 'true', 'delta.enableDeletionVectors' = 'true')",
         "INSERT INTO {0} SELECT id, id % 2, concat('v', id) FROM range(20)",
         "DELETE FROM {0} WHERE id IN (3, 4)", "UPDATE {0} SET v = 'u' WHERE id = 5"),
        ("MERGE INTO {0} t USING (SELECT id FROM range(15, 25)) s ON t.id = s.id "
         "WHEN MATCHED AND s.id = 15 THEN DELETE WHEN MATCHED THEN UPDATE SET v = 'm' "
         "WHEN NOT MATCHED THEN INSERT (id, p, v) VALUES (s.id, 9, 'n') "
         "WHEN NOT MATCHED BY SOURCE AND t.id = 0 THEN UPDATE SET p = 7",
         "DELETE FROM {0} WHERE p = 1 AND id < 8", "OPTIMIZE {0}"),
        ("SELECT * FROM {0}", "SELECT * EXCEPT (_commit_timestamp) FROM table_changes_by_path('{2}', 1)"),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def apache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apache]:
    if (why := missing()) is not None:
        assert not os.environ.get("CI"), why
        pytest.skip(why)
    fetch()
    found = Apache(tmp_path_factory.mktemp("apache"))
    yield found
    found.stop()


def ours(spark: SparkSession, statement: str) -> list[str]:
    whole = f"SELECT to_json(struct(*), map('ignoreNullFields', 'false')) FROM ({statement})"
    return sorted(r[0] for r in spark.sql(whole).collect())


def theirs(apache: Apache, statement: str) -> list[str]:
    return sorted(apache.answer(statement)["rows"])


@pytest.mark.parametrize("maker", ["Glowplug", "Apache Spark"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_table_of_one_is_a_table_of_the_other(
    spark: SparkSession, apache: Apache, path: str, case: Case, maker: Literal["Glowplug", "Apache Spark"]
) -> None:
    places = f"delta.`{path}`", f"delta.`{path}.beside`", path
    runs: list[Any] = [spark.sql, apache.sql]
    make, change = runs if maker == "Glowplug" else runs[::-1]
    for statements, run in ((case.made, make), (case.changed, change)):
        for statement in statements:
            run(statement.format(*places))
        for question in case.looked:
            asked = question.format(*places)
            assert ours(spark, asked) == theirs(apache, asked)
    schema = spark.sql(f"SELECT * FROM {places[0]}").schema.jsonValue()
    assert json.loads(apache.answer(f"SELECT * FROM {places[0]}")["schema"]) == schema
