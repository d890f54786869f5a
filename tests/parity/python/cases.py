"""What functions are given, and what becomes of what they return: asked of any session, in any engine.

`answers(spark)` maps the name of each case to its outcome as text: a value's `repr`, or the error's class and what the
traceback in it ends with. Run in a process whose TZ is UTC: pickled timestamps are in that zone.
"""

from __future__ import annotations

import array
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
from pyspark.sql import Row
from pyspark.sql import functions as F

VALUES: list[Any] = [
    None, True, 1, 200, 3_000_000_000, 1 << 63, 1.0, 1.5, float("nan"), "a", "1", b"b", date(2020, 1, 2),
    datetime(2020, 1, 2, 3, 4, 5, 6), timedelta(days=1, seconds=2, microseconds=3), Decimal("1.55"), [1, 2], ["x", None],
    (1, "t"), {"a": 1}, {1: "x"}, Row(a=1, b="r"), array.array("i", [1, 2]),
]  # fmt: skip
TYPES = [
    "boolean", "tinyint", "int", "bigint", "float", "double", "decimal(10,1)", "string", "binary", "date", "timestamp",
    "timestamp_ntz", "interval day to second", "array<int>", "array<string>", "map<string,int>", "struct<a:int,b:string>",
]  # fmt: skip
PANDAS_TYPES = ["boolean", "int", "bigint", "double", "decimal(10,1)", "string", "timestamp", "array<int>", "struct<a:int,b:string>"]  # fmt: skip
INPUTS = [
    "true", "1Y", "2S", "3", "4L", "1.5F", "2.5D", "1.50BD", "'s'", "X'0102'", "DATE'2020-01-02'",
    "TIMESTAMP'2020-01-02 03:04:05.000006'", "TIMESTAMP_NTZ'2020-01-02 03:04:05'",
    "INTERVAL '1 02:03:04.5' DAY TO SECOND", "array(1, 2)", "array(1, null)", "array(array('a'))", "map('a', 1)",
    "map('a', null)", "struct(1 AS a, 'x' AS b)", "struct(struct(1 AS y) AS x)", "array(struct(1 AS a))",
    "map('k', struct(1 AS a))", "map('k', array(DATE'2020-01-02'))", "parse_json('[1, \"a\"]')", "cast('NaN' AS DOUBLE)",
    *(f"CAST(NULL AS {t})" for t in (
        "boolean", "tinyint", "int", "bigint", "double", "decimal(5,2)", "string", "binary", "date", "timestamp",
        "array<int>", "struct<a:int>",
    )),
]  # fmt: skip


def answers(
    spark: Any, known: dict[str, str] | None = None, keep: Callable[[dict[str, str]], None] = lambda found: None
) -> dict[str, str]:
    """What is `known` is not asked again; `keep` sees what was found so far."""
    spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
    found = dict(known or {})
    for group in (_given, _pandas, _arrow, _returned):
        for frame, columns in group(spark):
            if asked := {n: c for n, c in columns.items() if n not in found}:
                _ask(frame, asked, found)
                keep(found)
    return found


def _ask(frame: Any, columns: dict[str, Any], found: dict[str, str]) -> None:
    """All columns in one query; where that fails, halves of them."""
    names = list(columns)
    try:
        row = frame.select(*(columns[n].alias(f"c{i}") for i, n in enumerate(names))).collect()[0]
    except Exception as error:
        if len(names) == 1:
            found[names[0]] = _failure(error)
            return
        for part in (names[: len(names) // 2], names[len(names) // 2 :]):
            _ask(frame, {n: columns[n] for n in part}, found)
    else:
        found |= {n: _stable(repr(value)) for n, value in zip(names, row, strict=True)}


def _failure(error: Exception) -> str:
    """The error's class, and the class of what the traceback in it ends with."""
    if type(error).__name__ == "PickleException":
        return "! PickleException"
    inside = re.findall(r"^([\w.]+(?:Error|Exception|Invalid))\b", str(error), re.MULTILINE)
    condition = getattr(error, "getCondition", lambda: None)()
    return f"! {type(error).__name__} {inside[-1].split('.')[-1] if inside else condition}"


def _stable(text: str) -> str:
    """Without addresses in memory."""
    return re.sub(r"@[0-9a-f]+|0x[0-9a-f]+", "@", text)


Group = Iterator[tuple[Any, dict[str, Any]]]


def _given(spark: Any) -> Group:
    """What functions are called with."""
    shows = {
        "pickled": F.udf(lambda x: f"{type(x).__name__} {x!r}", "string", useArrow=False),
        "arrow": F.udf(lambda x: f"{type(x).__name__} {x!r}", "string", useArrow=True),
        "pandas_udf": F.pandas_udf(_shown, "string"),
        "arrow_udf": F.arrow_udf(lambda x: pa.array([str(x.type)]), "string"),
    }
    one = spark.range(1)
    for kind, show in shows.items():
        yield one, {f"{kind} given {sql}": show(F.expr(sql)) for sql in INPUTS}


def _shown(x: pd.Series) -> pd.Series:
    if isinstance(x, pd.DataFrame):
        return pd.Series([f"frame {x.dtypes.tolist()} {x.iloc[0].tolist()!r}"])
    return pd.Series([f"{x.dtype} {x.iloc[0]!r}"])


def _returned(spark: Any) -> Group:
    """What becomes of values that functions of rows return."""
    one = spark.range(1)
    for arrow in (False, True):
        for type in TYPES:
            kind = f"{'arrow' if arrow else 'pickled'} returns {type}"
            calls = {f"{kind} {v!r}": F.udf(lambda v=v: v, type, useArrow=arrow)() for v in VALUES}
            yield one, calls


def _pandas(spark: Any) -> Group:
    """And of series and frames."""
    one = spark.range(1)
    series = {
        "int64": pd.Series([1]), "float": pd.Series([1.5]), "nan": pd.Series([float("nan")]), "bool": pd.Series([True]),
        "str": pd.Series(["a"]), "digits": pd.Series(["12"]), "none": pd.Series([None]),
        "datetime": pd.Series([datetime(2020, 1, 2, 3, 4, 5)]),
        "utc": pd.Series(pd.to_datetime(["2020-01-02 03:04:05+00:00"])), "bytes": pd.Series([b"x"]),
        "decimal": pd.Series([Decimal("1.5")]), "list": pd.Series([[1, 2]]), "dict": pd.Series([{"a": 1}]),
        "category": pd.Series(["a"], dtype="category"), "Int64": pd.Series([1], dtype="Int64"),
        "frame": pd.DataFrame({"a": [1], "b": ["x"]}), "reordered": pd.DataFrame({"b": ["x"], "a": [1]}),
        "wrong": pd.DataFrame({"a": [1], "c": ["x"]}),
    }  # fmt: skip
    for kind in PANDAS_TYPES:
        calls = {
            f"pandas_udf returns {kind} {n}": F.pandas_udf(lambda x, v=v: v, kind)("id") for n, v in series.items()
        }
        yield one, calls


def _arrow(spark: Any) -> Group:
    """And of Arrow arrays."""
    one = spark.range(1)
    arrays = {
        "int64": pa.array([1]), "int32": pa.array([1], pa.int32()), "large": pa.array([1 << 40]),
        "double": pa.array([1.5]), "string": pa.array(["a"]), "large_string": pa.array(["a"], pa.large_string()),
        "null": pa.nulls(1), "timestamp": pa.array([datetime(2020, 1, 2)], pa.timestamp("us")),
        "zoned": pa.array([datetime(2020, 1, 2)], pa.timestamp("us", "UTC")), "bool": pa.array([True]),
        "list": pa.array([[1]]), "struct": pa.array([{"a": 1, "b": "x"}]), "decimal": pa.array([Decimal("1.5")]),
    }  # fmt: skip
    for kind in PANDAS_TYPES:
        calls = {f"arrow_udf returns {kind} {n}": F.arrow_udf(lambda x, v=v: v, kind)("id") for n, v in arrays.items()}
        yield one, calls
