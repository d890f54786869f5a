"""Values of every type through every kind of function that hands on what it is given: what comes out, NULLs too.

`passed(spark)` maps "kind type" to the declared type and the values, or to the error; as `programs.outcomes` otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
from programs import failure
from pyspark import cloudpickle
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql import Window
from pyspark.sql.functions import arrow_udf, arrow_udtf, col, expr, lit, pandas_udf, struct, udf, udtf
from pyspark.sql.types import DataType, IntegerType, StructField, StructType

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers have no such module


GROUPED, ARROW_GROUPED = 202, 252  # of PySpark's PythonEvalType
VALUES = {
    "boolean": "true", "tinyint": "-1Y", "smallint": "300S", "int": "-70000", "bigint": "5000000000L", "float": "1.5F",
    "double": "CAST('-Infinity' AS DOUBLE)", "decimal(5,2)": "123.45BD", "decimal(38,18)": "12345678901234567890.123456789012345678BD",
    "string": "'äß🎉'", "binary": "X'00FF'", "date": "DATE'1500-01-01'", "timestamp": "TIMESTAMP'2020-07-02 03:04:05.000006'",
    "timestamp_ntz": "TIMESTAMP_NTZ'1960-01-02 03:04:05.000006'", "time(6)": "TIME'23:59:59.999999'",
    "interval day to second": "INTERVAL '-1 02:03:04.5' DAY TO SECOND", "interval year to month": "INTERVAL '1-2' YEAR TO MONTH",
    "variant": "parse_json('{\"a\": [1, null]}')", "array<int>": "array(1, NULL)", "array<array<string>>": "array(array('a'), NULL)",
    "array<timestamp>": "array(TIMESTAMP'2020-07-02 03:04:05')", "map<string,int>": "map('a', 1, 'b', NULL)",
    "map<int,array<date>>": "map(1, array(DATE'2020-01-02'))", "struct<a:int,b:string>": "named_struct('a', 1, 'b', CAST(NULL AS STRING))",
    "array<struct<a:decimal(5,2),b:struct<c:binary>>>": "array(named_struct('a', 1.25BD, 'b', named_struct('c', X'01')))",
    "struct<a:timestamp_ntz,b:map<string,double>>": "named_struct('a', TIMESTAMP_NTZ'2020-01-02 03:04:05', 'b', map('x', 1.5D))",
    "struct<a:variant>": "named_struct('a', parse_json('1'))", "array<time(6)>": "array(TIME'01:02:03')",
}  # fmt: skip


# --- functions that hand on what they are given ------------------------------------------------------------------


def same(x: Any) -> Any:
    return x


def same_series(x: pd.Series) -> pd.Series:
    return x


def same_each(x: Iterator[pd.Series]) -> Iterator[pd.Series]:
    yield from x


def first_of(x: pd.Series) -> Any:
    return x.iloc[0]


def same_array(x: pa.Array) -> pa.Array:
    return x


def same_arrays(x: Iterator[pa.Array]) -> Iterator[pa.Array]:
    yield from x


def first_of_array(x: pa.Array) -> Any:
    return x[0]


def same_two(x: Any, y: Any) -> Any:
    return x


class Rows:
    def eval(self, row: Any) -> Any:
        yield tuple(row)[1:]


class Batches:
    def eval(self, batch: pa.RecordBatch) -> Iterator[Any]:
        yield batch.select(batch.schema.names[1:])


Columns = dict[str, DataType]


def _each(make: Callable[..., Any]) -> Callable[..., Any]:
    """A function for each column."""
    return lambda frame, columns: frame.select(*(make(t)(c).alias(c) for c, t in columns.items()))


def _grouped(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda frame, columns: frame.groupBy("k").agg(*(make(t)(c).alias(c) for c, t in columns.items())).drop("k")


def _over(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda frame, columns: frame.select(
        *(make(t)(c).over(Window.partitionBy("k")).alias(c) for c, t in columns.items())
    )


def _whole(columns: Columns) -> StructType:
    return StructType([StructField(c, t) for c, t in columns.items()])


def _with_key(columns: Columns) -> StructType:
    return StructType([StructField("k", IntegerType()), *_whole(columns)])


def _table(make: Callable[..., Any], cls: type) -> Callable[..., Any]:
    return lambda frame, columns: make(cls, returnType=_whole(columns))(frame.asTable().withSinglePartition())


KINDS: dict[str, Callable[[Any, Columns], Any]] = {
    "pickled udf": _each(lambda t: udf(same, t, useArrow=False)),
    "arrow udf": _each(lambda t: udf(same, t, useArrow=True)),
    "pandas_udf": _each(lambda t: pandas_udf(same_series, t)),
    "mapInPandas": lambda f, c: f.drop("k").mapInPandas(same, _whole(c)),
    "mapInArrow": lambda f, c: f.drop("k").mapInArrow(same, _whole(c)),
    "arrow_udf": _each(lambda t: arrow_udf(same_array, t)),
    "applyInPandas": lambda f, c: f.groupBy("k").applyInPandas(same, _with_key(c)).drop("k"),
    "applyInArrow": lambda f, c: f.groupBy("k").applyInArrow(same, _with_key(c)).drop("k"),
    "udtf": _table(lambda cls, **how: udtf(cls, useArrow=False, **how), Rows),
    "udtf through arrow": _table(lambda cls, **how: udtf(cls, useArrow=True, **how), Rows),
    "arrow_udtf": _table(arrow_udtf, Batches),
    "pandas_udf of groups": _grouped(lambda t: pandas_udf(first_of, t, GROUPED)),
    "arrow_udf of groups": _grouped(lambda t: arrow_udf(first_of_array, t, ARROW_GROUPED)),
    "cogrouped": lambda f, c: f.groupBy("k").cogroup(f.groupBy("k")).applyInPandas(same_two, _with_key(c)).drop("k"),
    "pandas_udf of iterators": _each(lambda t: pandas_udf(same_each, t)),
    "arrow_udf of iterators": _each(lambda t: arrow_udf(same_arrays, t)),
    "pandas_udf over windows": _over(lambda t: pandas_udf(first_of, t, GROUPED)),
}


WITH_NULL = ("pickled udf", "arrow udf", "pandas_udf", "arrow_udf", "mapInPandas")  # of which NULLs are asked too
# What some kinds refuse, asked alone so that the others need not be asked again.
REFUSED = (
    "interval year to month", "variant", "struct<a:int,b:string>", "struct<a:timestamp_ntz,b:map<string,double>>",
    "struct<a:variant>", "UDT", "struct<udt:UDT>",
)  # fmt: skip


# --- asking -----------------------------------------------------------------------------------------------------


def passed(
    spark: Any, known: dict[str, str] | None = None, keep: Callable[[dict[str, str]], None] = lambda found: None
) -> dict[str, str]:
    spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
    spark.conf.set("spark.sql.timeType.enabled", "true")
    values = spark.range(0, 1, 1, 1).select(
        lit(1).alias("k"), *(expr(v).alias(f"c{i}") for i, v in enumerate(VALUES.values()))
    )
    udt = spark.createDataFrame([(Vectors.dense(1.5, -2.0),)], StructType([StructField("udt", VectorUDT())]))
    values = values.crossJoin(udt.select("udt", struct("udt").alias("nested")))
    names = {**{f"c{i}": n for i, n in enumerate(VALUES)}, "udt": "UDT", "nested": "struct<udt:UDT>"}
    types: Columns = {c: values.schema[c].dataType for c in names}
    nothing = values.select("k", *(expr(f"CASE WHEN k > 1 THEN {c} END").alias(c) for c in types))
    found = dict(known or {})
    for kind, run in KINDS.items():
        for state, source in (("", values), (" NULL", nothing)):
            if state and kind not in WITH_NULL:
                continue
            asked = {c: t for c, t in types.items() if f"{kind}{state} {names[c]}" not in found}
            alone = [{c: t} for c, t in asked.items() if names[c] in REFUSED]
            for group in (*alone, {c: t for c, t in asked.items() if names[c] not in REFUSED}):
                for c, said in _asked(run, source, group).items():
                    found[f"{kind}{state} {names[c]}"] = said
            keep(found)
    return found


def _asked(run: Callable[[Any, Columns], Any], source: Any, columns: Columns) -> dict[str, str]:
    """All columns in one query; where that fails, halves of them."""
    if not columns:
        return {}
    names = list(columns)
    try:
        frame = run(source.select("k", *map(col, names)), columns)
        (row,) = frame.collect()
        return {n: f"{frame.schema[n].dataType.simpleString()} {row[n]!r}" for n in names}
    except Exception as error:
        if len(names) == 1:
            return {names[0]: failure(error)}
    halves = ({n: columns[n] for n in part} for part in (names[: len(names) // 2], names[len(names) // 2 :]))
    return {n: said for half in halves for n, said in _asked(run, source, half).items()}
