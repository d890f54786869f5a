"""Glowplug's answers to the cases, in the form in which `Recorder.java` writes Spark's.

Numbers are numbers, but for zeros of floating point and what is not finite; decimals and strings are text; binary values
are hexadecimal; dates, times and intervals are counts of days, months, microseconds or nanoseconds; a map is a list of
pairs; text that is no UTF-8 is {"x": hexadecimal}; an error is {"!": condition}.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow as pa

from glowplug import query
from glowplug.config import Conf
from glowplug.errors import SparkError
from glowplug.execute.operation import Operation
from glowplug.functions.variant_texts import to_json
from glowplug.plan.relations import LocalData, SQLText
from glowplug.session.engine import Engine
from glowplug.session.session import Session
from glowplug.types import DataType, simple_string

HERE = Path(__file__).parent
Case = dict[str, Any]


def session() -> Session:
    """A session with the tables of `tables.sql`, as rows that no stage can see through."""
    new = Session(Engine(), "differential")
    set_conf(new, {"ansi": True, "zone": "UTC"})
    for statement in (HERE / "tables.sql").read_text("utf-8").split(";\n"):
        if statement.strip():
            name = statement.split()[3]
            keep(new, name, statement.partition(" AS ")[2])
    return new


def keep(session: Session, name: str, sql: str) -> None:
    """A view of a query's rows, as rows that no stage can see through."""
    plan = query.analyze(SQLText(sql, (), ()), session)
    batches = list(query.execute(SQLText(sql, (), ()), session, Operation("tables")).batches)
    session.temp_views[name] = LocalData(plan.output, pa.Table.from_batches(batches))


def set_conf(session: Session, case: Case) -> None:
    session.conf = Conf()
    session.conf.set("spark.sql.ansi.enabled", str(case["ansi"]).lower())
    session.conf.set("spark.sql.session.timeZone", case["zone"])
    session.conf.set("spark.sql.timeType.enabled", "true")
    for name, value in case.get("conf", {}).items():
        session.conf.set(name, value)


def run(session: Session, sql: str) -> list[list[Any]]:
    """The rows of a statement."""
    result = query.execute(SQLText(sql, (), ()), session, Operation("differential"))
    types = [f.type for f in result.schema.fields]
    columns: list[list[Any]] = [[] for _ in types]
    for batch in result.batches:
        for values, array in zip(columns, batch.columns, strict=True):
            values.extend(canonical(array))
    return [list(row) for row in zip(*columns, strict=True)]


def columns(session: Session, sql: str) -> list[list[Any]]:
    plan = query.analyze(SQLText(sql, (), ()), session)
    return [[a.name, shown(a.type), a.nullable] for a in plan.output]


def shown(type: DataType) -> str:
    return simple_string(type)


def attempt(session: Session, sql: str) -> Any:
    """The rows of a statement, or the condition of its error."""
    try:
        return run(session, sql)
    except SparkError as error:
        return {"!": error.condition}
    except Exception as error:  # a fault of the engine is an answer too: the wrong one
        return {"!": f"{type(error).__name__}: {error}"[:200]}


def canonical(array: Any) -> list[Any]:
    """The values of an Arrow array in the recordings' form."""
    t = array.type
    if pa.types.is_null(t):
        return [None] * len(array)
    if pa.types.is_floating(t):
        return [None if v is None else _real(v) for v in array.to_pylist()]
    if pa.types.is_decimal(t):
        return [None if v is None else f"{v:f}" for v in array.to_pylist()]
    if pa.types.is_binary(t) or pa.types.is_large_binary(t):
        return [None if v is None else v.hex() for v in array.to_pylist()]
    if pa.types.is_date32(t):
        return list(array.cast(pa.int32()).to_pylist())
    if pa.types.is_temporal(t) and not pa.types.is_interval(t):
        return list(array.cast(pa.int64()).to_pylist())
    if pa.types.is_interval(t):
        return [None if v is None else [v.months, v.days, v.nanoseconds // 1000] for v in array.to_pylist()]
    if pa.types.is_map(t):
        pairs = list(map(list, zip(canonical(array.keys), canonical(array.items), strict=True)))
        return _cut(array, pairs)
    if pa.types.is_list(t) or pa.types.is_large_list(t):
        return _cut(array, canonical(array.values))
    if pa.types.is_struct(t):
        return _structs(array)
    return list(array.to_pylist())


def _cut(array: Any, values: list[Any]) -> list[Any]:
    offsets = array.offsets.to_pylist()
    spans = zip(offsets, offsets[1:], array.is_valid().to_pylist(), strict=False)
    return [values[a:b] if valid else None for a, b, valid in spans]


def _structs(array: Any) -> list[Any]:
    if [f.name for f in array.type] == ["value", "metadata"]:  # a variant
        return [None if v is None else to_json(v, "UTC") for v in array.to_pylist()]
    fields = [canonical(f) for f in array.flatten()]
    rows = zip(*fields, strict=True) if fields else ([] for _ in range(len(array)))
    return [list(row) if valid else None for row, valid in zip(rows, array.is_valid().to_pylist(), strict=True)]


def _real(v: float) -> Any:
    if math.isnan(v):
        return "NaN"
    if math.isinf(v):
        return "Infinity" if v > 0 else "-Infinity"
    return str(v) if v == 0 else v


def same(a: Any, b: Any, tolerance: float = 0.0) -> bool:
    """Whether two answers are the same; floating point may differ by a relative `tolerance`."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y, tolerance) for x, y in zip(a, b, strict=True))
    if isinstance(a, bool) or isinstance(b, bool) or not isinstance(a, int | float):
        return type(a) is type(b) and bool(a == b)
    if not isinstance(b, int | float):
        return False
    return a == b or abs(a - b) <= tolerance * max(abs(a), abs(b))
