"""Which type two types have in common, for each operator and all pairs of basic types, with ANSI on and off."""

from __future__ import annotations

from typing import Any

from tests.parity.relations.cases import ANSI_OFF, Case, failure, sql

TYPES = ("bool", "i8", "i16", "i32", "i64", "f32", "f64", "d10", "d38", "str", "bin", "day", "ts", "ntz", "ym", "dt",
         "nothing")  # fmt: skip
OPERATORS = {
    "equal": "SELECT {} = {} AS r FROM types",
    "less": "SELECT {} < {} AS r FROM types",
    "plus": "SELECT {} + {} AS r FROM types",
    "minus": "SELECT {} - {} AS r FROM types",
    "times": "SELECT {} * {} AS r FROM types",
    "divide": "SELECT {} / {} AS r FROM types",
    "remainder": "SELECT {} % {} AS r FROM types",
    "div": "SELECT {} div {} AS r FROM types",
    "bits": "SELECT {} & {} AS r FROM types",
    "and": "SELECT {} AND {} AS r FROM types",
    "case": "SELECT CASE WHEN true THEN {} ELSE {} END AS r FROM types",
    "coalesce": "SELECT coalesce({}, {}) AS r FROM types",
    "in": "SELECT {} IN ({}) AS r FROM types",
    "in query": "SELECT {} IN (SELECT {} FROM types) AS r FROM types",
    "union": "SELECT {} AS r FROM types UNION ALL SELECT {} FROM types",
    "array": "SELECT array({}, {}) AS r FROM types",
    "concat": "SELECT {} || {} AS r FROM types",
}


def matrix(query: str) -> Any:
    def run(spark: Any) -> dict[str, list[Any]]:
        return {a: [outcome(spark, query.format(a, b)) for b in TYPES] for a in TYPES}

    return run


def outcome(spark: Any, query: str) -> str:
    """The type of the only column, `?` where it may be NULL; or the condition of the error."""
    try:
        (column,) = spark.sql(query).schema.fields
    except Exception as error:
        return str(failure(error)["condition"])
    return column.dataType.simpleString() + ("?" if column.nullable else "")


CASES = [
    *(Case(f"{name}, ANSI {mode}", matrix(query), conf=conf)
      for name, query in OPERATORS.items() for mode, conf in (("on", {}), ("off", ANSI_OFF))),
    *(case for conf in ({}, ANSI_OFF) for case in sql("""
SELECT '5' + 1, '5' * 2.5D, '5' / 2, i32 + str, str + str, str % i64 FROM types

SELECT str = i32, str > f64, str = d10, str < day, bool = 'true', i32 = d10, i64 = f32 FROM types

SELECT day = ts, day = '2020-01-02', ts > '2019-01-01', ntz = ts, day < ntz FROM types

SELECT day + 1, 1 + day, day - 1, day - DATE '2020-01-01', ts - ts, ts - day FROM types

SELECT day + ym, ts + ym, ts - dt, ntz + dt, day + dt, day - ym FROM types

SELECT ym * 2, dt / 2, 2 * dt, ym + ym, dt - dt, ym / 2.5D FROM types

SELECT i8 + i16, i8 * i8, i16 - i64, f32 + i64, f32 * f64, d10 + i32, d10 * f64, d10 / i8 FROM types

SELECT 1 IN (1.0, '2'), '1' IN (1, 2), DATE '2020-01-01' IN ('2020-01-01'), NULL IN (1), 1 IN (NULL) FROM types

SELECT CASE WHEN bool THEN i32 ELSE f64 END, CASE WHEN bool THEN d10 ELSE i64 END, IF(bool, NULL, 1) FROM types

SELECT greatest(i32, d10), least(1, 2.5D), greatest(day, ts), coalesce(NULL, i8, i64) FROM types

SELECT i32 BETWEEN 1.5 AND '7', day BETWEEN '2020-01-01' AND ts FROM types

SELECT NULL + 1, NULL || 'x', NULL = NULL, NOT NULL, NULL AND true, -NULL FROM types

SELECT bool = 1, 1 = bool, true > 0 FROM types

SELECT 5 div 2, -5 div 2, 5L % 3, -5 % 3, 5.5 % 2, 5.5 div 2, 7Y div 2Y

SELECT 1 / 2, 1.0 / 3, 1F / 3, 1D / 3, 2 / 4L

SELECT array(1, 2L, 3.5D), map('a', 1, 'b', 2.5), array('a', NULL), struct(1, 'a') = struct(1L, 'a')

SELECT array(1) = array(1.0), array(1) < array(2), array(1, NULL) = array(1, NULL)

SELECT NOT 'true', 'true' AND true, IF('false', 1, 2)
""", conf=conf)),
]  # fmt: skip
