"""Arrays sorted by functions that compare one key: as by calling the function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cmp_to_key
from random import Random
from typing import Any

import pytest

import glowplug
from glowplug.functions import higher_order

CASES: tuple[tuple[str, Callable[[Any, Any], int]], ...] = (
    ("x.a - y.a", lambda x, y: x[0] - y[0]),
    ("CAST(y.n - x.n AS INT)", lambda x, y: y[1] - x[1]),
    ("-(x.a - y.a)", lambda x, y: y[0] - x[0]),
    ("length(y.s) - length(x.s)", lambda x, y: len(y[2]) - len(x[2])),
    ("CASE WHEN x.s < y.s THEN -1 WHEN x.s > y.s THEN 1 ELSE 0 END", lambda x, y: (x[2] > y[2]) - (x[2] < y[2])),
    ("if(x.d = y.d, 0, if(y.d > x.d, 9, -1))", lambda x, y: (y[3] > x[3]) - (y[3] < x[3])),
    (
        "CASE WHEN x.s IS NULL AND y.s IS NULL THEN 0 WHEN x.s IS NULL THEN -1 WHEN y.s IS NULL THEN 1"
        " WHEN NOT (x.s >= y.s) THEN 1 WHEN x.s = y.s THEN 0 ELSE -1 END",
        lambda x, y: (x[2] < y[2]) - (x[2] > y[2]),
    ),
)
# No key: another one for each argument, one of two, no answer to equal ones, and one that is another each time.
OTHERS = ("x.a - y.d", "CASE WHEN x.a = y.a THEN x.n ELSE x.a - y.a END", "if(x.a < y.a, -1, 1)", "x.a - y.a + 1", "0")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    random = Random(7)
    rows = [
        [
            (
                random.randint(-2, 2),
                random.randint(-3, 3),
                random.choice(["", "b", "ab", "é"]),
                random.choice([-0.0, 0.0, 1.5]),
                i,
            )
            for i in range(random.choice([0, 1, 2, 9, 40]))
        ]
        for _ in range(60)
    ]
    fields = "a: INT, n: BIGINT, s: STRING, d: DOUBLE, i: INT"
    session.createDataFrame(list(enumerate(rows)), f"k INT, v ARRAY<STRUCT<{fields}>>").createOrReplaceTempView("t")
    yield session
    session.stop()


@pytest.mark.parametrize(("body", "compare"), CASES, ids=[b for b, _ in CASES])
def test_a_key_sorts_as_its_function(spark: Any, monkeypatch: pytest.MonkeyPatch, body: str, compare: Any) -> None:
    keys, key_of = [], higher_order.key_of
    monkeypatch.setattr(higher_order, "key_of", lambda f: keys.append(key_of(f)) or keys[-1])
    rows = spark.sql(f"SELECT v, array_sort(v, (x, y) -> {body}) FROM t").collect()
    assert None not in keys
    for given, got in rows:
        assert got == sorted(given, key=cmp_to_key(compare))


@pytest.mark.parametrize("body", OTHERS)
def test_what_is_no_key(spark: Any, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    keys, key_of = [], higher_order.key_of
    monkeypatch.setattr(higher_order, "key_of", lambda f: keys.append(key_of(f)) or keys[-1])
    spark.sql(f"SELECT array_sort(v, (x, y) -> CAST({body} AS INT)) FROM t WHERE k = 0").collect()
    assert set(keys) == {None}


def test_what_the_function_does_for_null_and_far_keys(spark: Any) -> None:
    sql = "SELECT array_sort(array(3, NULL, 1), (x, y) -> CASE WHEN x IS NULL THEN -1 WHEN y IS NULL THEN 1 ELSE x - y END)"
    assert spark.sql(sql).head()[0] == [None, 1, 3]
    with pytest.raises(Exception, match="COMPARATOR_RETURNS_NULL"):
        spark.sql("SELECT array_sort(array(3, NULL, 1), (x, y) -> x - y)").collect()
    with pytest.raises(Exception, match="ARITHMETIC_OVERFLOW"):
        spark.sql("SELECT array_sort(array(-2147483648, 1), (x, y) -> x - y)").collect()
