"""Ranges, VALUES, rows from the client."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from pyspark.sql import Row
from pyspark.sql import types as T

from tests.parity.relations.cases import ANSI_OFF, frames, sql

ALL_TYPES = T.StructType([
    T.StructField("bool", T.BooleanType()),
    T.StructField("i8", T.ByteType()),
    T.StructField("i16", T.ShortType()),
    T.StructField("i32", T.IntegerType()),
    T.StructField("i64", T.LongType(), False),
    T.StructField("f32", T.FloatType()),
    T.StructField("f64", T.DoubleType()),
    T.StructField("dec", T.DecimalType(12, 3)),
    T.StructField("str", T.StringType(), True, {"comment": "text"}),
    T.StructField("bin", T.BinaryType()),
    T.StructField("day", T.DateType()),
    T.StructField("ts", T.TimestampType()),
    T.StructField("ntz", T.TimestampNTZType()),
    T.StructField("dt", T.DayTimeIntervalType()),
    T.StructField("arr", T.ArrayType(T.IntegerType())),
    T.StructField("map", T.MapType(T.StringType(), T.ArrayType(T.DoubleType()))),
    T.StructField("row", T.StructType([T.StructField("a", T.LongType()), T.StructField("b", T.ArrayType(
        T.StructType([T.StructField("c", T.StringType())])))])),
])  # fmt: skip
FULL = (True, 1, 2, 3, 4, 1.5, 2.5, Decimal("1.250"), "é", bytearray(b"\x00\xff"), dt.date(2020, 2, 29),
        dt.datetime(2020, 2, 29, 12, 30, 1, 5), dt.datetime(2020, 2, 29, 12, 30), dt.timedelta(days=1, microseconds=7),
        [1, None, 3], {"k": [1.0, None], "n": None}, (7, [("x",), None]))  # fmt: skip
NULLS = tuple(None if f.nullable else 9 for f in ALL_TYPES.fields)
EMPTY = (False, -128, -32768, -(2**31), -(2**63), float("-inf"), float("nan"), Decimal("-999999999.999"), "", bytearray(),
         dt.date(1, 1, 1), dt.datetime(1970, 1, 1), dt.datetime(9999, 12, 31), dt.timedelta(0), [], {}, (None, []))  # fmt: skip

CASES = [
    *sql("""
SELECT * FROM range(3)

SELECT * FROM range(1, 10, 4)

SELECT * FROM range(5, 0, -2)

SELECT * FROM range(0)

SELECT r.id + 1 FROM range(2) AS r

SELECT x FROM range(2) AS r(x)

SELECT * FROM range(1 + 1)

VALUES (1, 'a'), (2, NULL)

VALUES 1, 2, 3

SELECT * FROM VALUES (1, 'a'), (2.5, NULL) AS t(n, s)

SELECT * FROM VALUES (1), (2L), (3.0D) AS t(n)

SELECT * FROM VALUES (NULL), (NULL) AS t(n)

SELECT * FROM VALUES (array(1), map('a', 1)), (array(), map()) AS t(a, m)

SELECT * FROM VALUES (1, 2)

SELECT col1 + col2 FROM VALUES (1, 2)

SELECT * FROM VALUES (named_struct('a', 1)), (NULL) AS t(s)

SELECT bool, i8, i16, i32, i64, f32, f64, d10, d38, str, bin, day, ts, ntz, dt, nothing FROM types

SELECT * FROM VALUES (CAST(1 AS DECIMAL(5,2))), (CAST(10 AS DECIMAL(7,4))) AS t(d)

SELECT * FROM VALUES (DATE '2020-01-01'), (TIMESTAMP '2020-01-01 12:00:00') AS t(d)

SELECT 1 FROM people

SELECT 1 WHERE 1 = 2

TABLE t1

SELECT * FROM (VALUES (1), (2)) v(a) WHERE a > 1
"""),
    *sql("SELECT * FROM VALUES (1), ('a') AS t(n)", conf=ANSI_OFF),
    *frames({
        "range one": lambda s: s.range(3),
        "range four": lambda s: s.range(2, 10, 3, numPartitions=2),
        "range down": lambda s: s.range(5, 0, -2),
        "all types": lambda s: s.createDataFrame([FULL, NULLS, EMPTY], ALL_TYPES),
        "all types, no rows": lambda s: s.createDataFrame([], ALL_TYPES),
        "names only": lambda s: s.createDataFrame([(1, "a", 2.5), (2, None, None)], ["i", "s", "d"]),
        "rows": lambda s: s.createDataFrame([Row(a=1, b=Row(c="x")), Row(a=2, b=None)]),
        "dicts": lambda s: s.createDataFrame([{"a": 1, "b": [1, 2]}, {"a": None, "b": []}]),
        "ddl": lambda s: s.createDataFrame([(1, [1.5], {"k": True})], "a INT NOT NULL, b ARRAY<DOUBLE>, c MAP<STRING, BOOLEAN>"),
        "single type": lambda s: s.createDataFrame([1, 2, None], "int"),
        "interval and decimal inferred": lambda s: s.createDataFrame(
            [(Decimal("1.5"), dt.timedelta(hours=1), dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, 1))], ["a", "b", "c", "d"]),
        "pandas": lambda s: s.createDataFrame(__import__("pandas").DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, float("nan")]})),
        "arrow": lambda s: s.createDataFrame(__import__("pyarrow").table({"a": [1, None], "b": ["x", "y"], "c": [[1], []]})),
        "null column": lambda s: s.createDataFrame([(1, None)], "a INT, b VOID"),
        "emptyDataFrame": lambda s: s.createDataFrame([], T.StructType([])),
        "local relation filtered": lambda s: s.createDataFrame([(i, str(i)) for i in range(10)], ["a", "b"]).where("a > 7"),
        "duplicate names": lambda s: s.createDataFrame([(1, 2)], ["a", "a"]),
        "count": lambda s: s.createDataFrame([(1,), (2,)], ["a"]).count(),
        "toLocalIterator": lambda s: [tuple(r) for r in s.range(3).toLocalIterator()],
        "toArrow": lambda s: s.sql("SELECT 1 AS a, 'x' AS b").toArrow().to_pylist(),
        "toPandas": lambda s: s.sql("SELECT 1 AS a, 'x' AS b, NULL AS c").toPandas().to_dict("records"),
        "collect of equal names": lambda s: s.sql("SELECT 1 AS a, 2 AS a").collect(),
        "spark.table of a view": lambda s: s.table("t1").schema.simpleString(),
    }),
]  # fmt: skip
