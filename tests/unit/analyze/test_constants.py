"""Arguments that must be constants may be any constant expression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    session = glowplug.session()
    yield session
    session.stop()


@pytest.mark.parametrize(
    "written, meant",
    [
        ("rand(1 + 1)", "rand(2)"),
        ("rand(int('2'))", "rand(2)"),
        ("randn(-(3))", "randn(-3)"),
        ("uniform(0D, 1D, 4 * 4)", "uniform(0D, 1D, 16)"),
        ("randstr(2 + 3, 1 + 1)", "randstr(5, 2)"),
        ("randstr(length('abc'), 7)", "randstr(3, 7)"),
    ],
)
def test_a_seed_is_computed(spark: Any, written: str, meant: str) -> None:
    found, expected = spark.range(5).selectExpr(written, meant).toPandas().T.values.tolist()
    assert found == expected


def test_names_show_what_was_written(spark: Any) -> None:
    assert spark.range(1).selectExpr("rand(1 + 1)").columns == ["rand((1 + 1))"]


def test_what_is_no_constant_is_refused(spark: Any) -> None:
    for text in ("rand(id)", "rand(int(rand(1)))"):
        with pytest.raises(Exception, match="NON_FOLDABLE_INPUT|SEED_EXPRESSION"):
            spark.range(1).selectExpr(text).collect()


def test_an_error_within_is_the_query_s(spark: Any) -> None:
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
        spark.range(1).selectExpr("rand(1 div 0)").collect()
