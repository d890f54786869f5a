"""What is left out of a row where something before it is NULL, and where it must not be. Answers are Apache Spark's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug
from glowplug import query
from glowplug.kernel.compile import Compiler
from glowplug.plan.relations import SQLText
from glowplug.session.engine import Engine
from glowplug.session.session import Session

ROWS = "FROM VALUES (CAST(NULL AS INT), 'x', true), (1, '2', NULL), (3, '4', false) AS t(a, s, b)"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.mark.parametrize(
    ("expression", "answers"),
    [
        ("a + s", [None, 3, 7]),
        ("a * 2 + CAST(s AS INT)", [None, 4, 10]),
        ("b OR CAST(if(b, 'x', 'true') AS BOOLEAN)", [True, True, True]),
        ("transform(array(a), x -> x + CAST(s AS INT))[0]", [None, 3, 7]),
        ("CAST(s AS INT) + a", None),  # the first argument is computed, whatever the second is
    ],
)
def test_what_follows_a_null_is_left_out(spark: Any, expression: str, answers: list[Any] | None) -> None:
    rows = spark.sql(f"SELECT {expression} AS r {ROWS}")
    if answers is None:
        with pytest.raises(Exception, match="CAST_INVALID_INPUT"):
            rows.collect()
    else:
        assert [row.r for row in rows.collect()] == answers


def test_a_dividend_of_null_is_not_divided(spark: Any) -> None:
    assert spark.sql("SELECT a / (a - a) AS r FROM VALUES (CAST(NULL AS INT)) AS t(a)").first().r is None
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
        spark.sql("SELECT a / (a - a) AS r FROM VALUES (1) AS t(a)").collect()


def test_a_join_stays_one_by_keys() -> None:
    """A key of one side that asked for columns of the other would make a product of both."""
    texts = "(SELECT CAST(id AS STRING) AS s FROM range(3)) b"
    for text in (f"range(3) a JOIN {texts} ON a.id = b.s", f"range(3) a, {texts} WHERE a.id = b.s"):
        session = Session(Engine(), "guards", "someone")
        sql = Compiler(session.conf).query(query.analyze(SQLText(f"SELECT * FROM {text}"), session))
        other = sql.split()[1]  # the column of the side that the cast is not of
        assert "error(" in sql and f"{other} IS NOT NULL" not in sql


def test_nulls_within_values_come_first(spark: Any) -> None:
    arrays = "VALUES (array(1, 2)), (array(NULL)), (array()), (NULL) AS t(x)"
    assert [r.x for r in spark.sql(f"SELECT x FROM {arrays} ORDER BY x").collect()] == [None, [], [None], [1, 2]]
    row = spark.sql(
        f"SELECT max(x) AS a, sort_array(collect_list(x)) AS b, array_sort(collect_list(x)) AS c,"
        f" greatest(array(NULL), array(1)) AS d, array(NULL) < array(1) AS e FROM {arrays}"
    ).first()
    assert tuple(row) == ([1, 2], [[], [None], [1, 2]], [[], [None], [1, 2]], [1], True)
