"""What a declaration says of how a function is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.errors import PySparkException

import glowplug
from glowplug.functions.registry import all_functions

BARE = sorted({name for f in all_functions().values() for name in f.bare} - {"grouping__id"})


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session(**{"spark.sql.timeType.enabled": "true"})
    yield session
    session.stop()


@pytest.mark.parametrize("name", BARE)
def test_a_bare_name_is_a_call_unless_a_column_has_it(spark: Any, name: str) -> None:
    same = spark.sql(f"SELECT {name} <=> {name}() AS same").first().same
    assert same
    if name != "current_path":  # a keyword
        assert spark.sql(f"SELECT {name} FROM VALUES (7) AS t(`{name}`)").first()[0] == 7


def test_bare_names_are_those_of_spark() -> None:
    assert set(BARE) == {
        "current_date", "current_path", "current_time", "current_timestamp", "current_user", "session_user", "user",
    }  # fmt: skip


def test_the_grouping_id_has_a_bare_name_too(spark: Any) -> None:
    rows = spark.sql("SELECT k, grouping__id FROM VALUES (1) AS t(k) GROUP BY k WITH ROLLUP").collect()
    assert sorted((r[0] or 0, r[1]) for r in rows) == [(0, 1), (1, 0)]


def test_other_names_are_columns_only(spark: Any) -> None:
    with pytest.raises(Exception, match="UNRESOLVED_COLUMN"):
        spark.sql("SELECT rand").collect()


def test_a_star_in_count_is_of_the_rows(spark: Any) -> None:
    rows = "VALUES (1, NULL), (1, 2), (1, 2) AS t(x, y)"
    row = spark.sql(f"SELECT count(*) AS a, count(t.x, t.y) AS b, count(DISTINCT *) AS c FROM {rows}").first()
    assert tuple(row) == (3, 2, 1)
    with pytest.raises(PySparkException, match="INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT"):
        spark.sql(f"SELECT count(t.*) FROM {rows}").collect()


def test_a_part_of_a_column_has_no_derived_name_s_mark(spark: Any) -> None:
    df = spark.sql(
        "SELECT a[0], m['k'], s.f, size(a) FROM VALUES (array(1), map('k', 2), named_struct('f', 3)) AS t(a, m, s)"
    )
    marked = [bool(f.metadata) for f in df.schema.fields]
    assert marked == [False, False, False, True]
