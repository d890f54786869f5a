"""Sets of long arrays are found in another way than those of short ones, and are the same."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

import glowplug


@pytest.fixture(scope="module")
def spark():
    session = glowplug.session()
    yield session
    session.stop()


VALUES = {
    "numbers": (pa.int32(), lambda r: r.randrange(40)),
    "doubles": (pa.float64(), lambda r: r.choice([float("nan"), -0.0, 0.0, 1.5, float("inf")])),
    "texts": (pa.string(), lambda r: r.choice("aAbé") * r.randrange(3)),
    "rows": (pa.struct([("a", pa.int32()), ("b", pa.string())]), lambda r: {"a": r.choice([None, 1, 2]), "b": "x"}),
    "arrays": (pa.list_(pa.int32()), lambda r: [r.choice([None, 1, 2])] * r.randrange(3)),
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("length", [999, 1000, 1001, 5000])
def test_distinct_values_in_the_order_of_their_first_places(spark, kind, length):
    type, value = VALUES[kind]
    chosen = random.Random(f"{kind}{length}")
    values = [None if chosen.random() < 0.1 else value(chosen) for _ in range(length)]
    table = pa.table({"a": pa.array([values, None, []], pa.list_(type))})
    found = spark.createDataFrame(table).selectExpr("array_distinct(a) AS d").toArrow()["d"].to_pylist()
    firsts = dict.fromkeys(repr(v + 0 if isinstance(v, float) else v) for v in values)  # -0.0 is 0.0
    assert [list(map(repr, x)) if x else x for x in found] == [[*firsts], None, []]


def test_unions(spark):
    union = spark.sql("SELECT array_union(sequence(3000, 1, -1), sequence(2000, 4000)) AS u").first().u
    assert union == [*range(3000, 0, -1), *range(3001, 4001)]
