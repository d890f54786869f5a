"""The most frequent values, approximately. NULLs are counted beside the sketch (`frequent_items.py`).

Semantics: Spark's SQL reference, "Sketch-Based Approximate Functions".
"""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import Any

import pyarrow as pa

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions import folds, frequent_items
from glowplug.functions.frequent_items import FrequentItems, java_hash, key, table_size, value
from glowplug.functions.lowering import known, per_row
from glowplug.functions.vocabulary import ANY, INTEGER, STRUCT, Mismatch, sig
from glowplug.plan.expressions import Attribute, Call, Expression
from glowplug.plan.function import Fold, Function, Lowering
from glowplug.plan.tree import walk
from glowplug.types import (
    BINARY,
    INT,
    LONG,
    NUMERIC,
    STRING,
    ArrayType,
    BooleanType,
    DataType,
    DateType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    simple_string,
    sql_name,
)

LIMIT = 1_000_000
_aggregate = partial(Function, kind="aggregate", nullable="never", group="agg_funcs")
Counted = tuple[FrequentItems, int]  # with the number of NULLs


def _check_constant(name: str, e: Expression) -> None:
    if any(isinstance(x, Attribute) for x in walk(e)):
        raise Mismatch(
            "TYPE_CHECK_FAILURE_WITH_HINT",
            msg=("K" if name == "k" else name) + " must be a constant literal",
            hint="",
        )


def _positive(name: str, e: Expression) -> int:
    """The value of a constant, at which Spark looks when the query runs."""
    n = known(e)
    if n is None:
        raise AnalysisError("APPROX_TOP_K_NULL_ARG", argName=f"`{name}`")
    if n <= 0:
        raise AnalysisError("APPROX_TOP_K_NON_POSITIVE_ARG", argName=f"`{name}`", argValue=n)
    return int(n)


def _tracked(e: Expression) -> int:
    n = _positive("maxItemsTracked", e)
    if n > LIMIT:
        raise AnalysisError("APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT", maxItemsTracked=n, limit=LIMIT)
    return n


def _item(t: DataType) -> DataType:
    if not isinstance(t, (*NUMERIC, BooleanType, DateType, StringType, TimestampType, TimestampNTZType)):
        kind = simple_string(t).partition("<")[0]
        raise Mismatch("TYPE_CHECK_FAILURE_WITH_HINT", msg=f"{kind} columns are not supported", hint="")
    return t


def _found(item: DataType) -> DataType:
    return ArrayType(StructType((StructField("item", item), StructField("count", LONG, False))), False)


def _state(item: DataType) -> DataType:
    fields = (("sketch", BINARY, False), ("maxItemsTracked", INT, False), ("itemDataType", item, True))
    return StructType((*(StructField(*f) for f in fields), StructField("itemDataTypeDDL", STRING, False)))


def _state_item(e: Expression) -> DataType:
    """The type of a state's items."""
    assert isinstance(e.type, StructType)
    if len(e.type.fields) != 4 or (e.type != _state(e.type.fields[2].type) and e.type.fields[0].type != BINARY):
        raise Mismatch(
            "TYPE_CHECK_FAILURE_WITH_HINT", msg="the state is not one that approx_top_k_accumulate makes", hint=""
        )
    return e.type.fields[2].type


def _top_k_type(args: tuple[Expression, ...]) -> DataType:
    item = _item(args[0].type)
    _check_constant("k", args[1])
    _check_constant("maxItemsTracked", args[2])
    return _found(item)


def _enough(k: int, tracked: int) -> None:
    if tracked < k:
        raise row_failure("APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K", maxItemsTracked=tracked, k=k)


def _accumulated_type(args: tuple[Expression, ...]) -> DataType:
    item = _item(args[0].type)
    _check_constant("maxItemsTracked", args[1])
    return _state(item)


def _add(type: DataType, state: Counted, values: pa.Array) -> Counted:
    sketch, nulls = state
    if isinstance(type, DateType | TimestampType | TimestampNTZType):
        values = values.view(pa.int32() if isinstance(type, DateType) else pa.int64())
    nulls, values = nulls + values.null_count, values.drop_null()
    items, counts = values, repeat(1)
    if not pa.types.is_floating(values.type):  # of which several are equal, and not the same
        different, found = values.value_counts().flatten()
        if sketch.has_room(len(different)):  # for all of them, so that it is all the same when which of them comes
            items, counts = different, found.to_pylist()
    for v, n in zip(items.to_pylist(), counts, strict=False):
        k = key(v, type)
        sketch.update(k, java_hash(k, type), n)
    return sketch, nulls


def _final(state: Counted) -> Counted:
    """Spark's partial aggregate, merged into an empty one as its final one does; so ties are in its order."""
    sketch, nulls = state
    whole = FrequentItems(sketch.most)
    whole.merge(sketch)
    return whole, nulls


def _largest(state: Counted, k: int, type: DataType) -> list[dict[str, Any]]:
    sketch, nulls = state
    found = [(value(item, type), n) for item, n in sketch.frequent()]
    if nulls:
        found.insert(sum(n >= nulls for _, n in found), (None, nulls))
    return [{"item": item, "count": n} for item, n in found[:k]]


def _written(state: Counted, tracked: int, type: DataType) -> dict[str, Any]:
    ddl = "item string not null" if isinstance(type, StringType) else f"item {sql_name(type)} NOT NULL"
    sketch = frequent_items.write(*state, type)
    return {"sketch": sketch, "maxItemsTracked": tracked, "itemDataType": None, "itemDataTypeDDL": ddl}


def _top_k_fold(call: Call) -> Fold:
    type, k, tracked = call.args[0].type, _positive("k", call.args[1]), _tracked(call.args[2])
    _enough(k, tracked)
    start = lambda: (FrequentItems(table_size(tracked)), 0)  # noqa: E731
    finish = lambda s: _largest(_final(s), k, type)  # noqa: E731
    return Fold(call.args[:1], f"{k}|{tracked}", start, partial(_add, type), finish, nulls=True)


def _accumulate_fold(call: Call) -> Fold:
    type, tracked = call.args[0].type, _tracked(call.args[1])
    start = lambda: (FrequentItems(table_size(tracked)), 0)  # noqa: E731
    finish = lambda s: _written(_final(s), tracked, type)  # noqa: E731
    return Fold(call.args[:1], str(tracked), start, partial(_add, type), finish, nulls=True)


def _combined_type(args: tuple[Expression, ...]) -> DataType:
    _check_constant("maxItemsTracked", args[1])
    if known(args[1]) != -1:
        _tracked(args[1])
    return _state(_state_item(args[0]))


def _combine_fold(call: Call) -> Fold:
    """Of sketches of one size, or of any if the size of the result is given."""
    type, given = _state_item(call.args[0]), known(call.args[1])
    size = LIMIT if given == -1 else given

    def add(state: tuple[Counted, int, str | None], states: pa.Array) -> tuple[Counted, int, str | None]:
        (sketch, nulls), tracked, ddl = state
        for buffer in states.to_pylist():
            other, more = frequent_items.read(buffer["sketch"], type)
            if given == -1 and tracked not in (-1, buffer["maxItemsTracked"]):
                sizes = {"size1": tracked, "size2": buffer["maxItemsTracked"]}
                raise row_failure("APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH", **sizes)
            if ddl not in (None, buffer["itemDataTypeDDL"]):
                raise row_failure("APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH", type1=ddl, type2=buffer["itemDataTypeDDL"])
            sketch.merge(other)
            nulls, tracked, ddl = nulls + more, buffer["maxItemsTracked"], buffer["itemDataTypeDDL"]
        return (sketch, nulls), tracked if given == -1 else given, ddl

    start = lambda: ((FrequentItems(table_size(size)), 0), given, None)  # noqa: E731
    finish = lambda s: _written(_final(s[0]), s[1], type)  # noqa: E731
    return Fold(call.args[:1], str(given), start, add, finish)


def _estimated_type(args: tuple[Expression, ...]) -> DataType:
    item = _state_item(args[0])
    _check_constant("k", args[1])
    return _found(item)


def _lower_estimate(call: Call, low: Lowering) -> str:
    type = _state_item(call.args[0])
    _positive("k", call.args[1])

    def body(state: dict[str, Any], k: int) -> list[dict[str, Any]]:
        _enough(k, state["maxItemsTracked"])
        return _largest(frequent_items.read(state["sketch"], type), k, type)

    return per_row(low, "approx_top_k_estimate", body, call.args, call.type)


FUNCTIONS = (
    _aggregate(
        ("approx_top_k",),
        sig(ANY, INTEGER, INTEGER, optional=2, defaults=(5, 10000)),
        _top_k_type,
        folds.lower,
        fold=_top_k_fold,
        settled=(1, 2),
        usage="Returns the most frequent values with about how often they came, NULL among them.",
        example="SELECT approx_top_k(col, 2) FROM VALUES (0), (0), (1), (1), (1) AS tab(col)",
    ),
    _aggregate(
        ("approx_top_k_accumulate",),
        sig(ANY, INTEGER, optional=1, defaults=(10000,)),
        _accumulated_type,
        folds.lower,
        fold=_accumulate_fold,
        settled=(1,),
        usage="Returns a sketch of the most frequent values.",
        example="SELECT approx_top_k_estimate(approx_top_k_accumulate(id), 2) FROM range(3)",
    ),
    _aggregate(
        ("approx_top_k_combine",),
        sig(STRUCT, INTEGER, optional=1, defaults=(-1,)),
        _combined_type,
        folds.lower,
        fold=_combine_fold,
        settled=(1,),
        usage="Returns the union of sketches of the most frequent values.",
    ),
    Function(
        ("approx_top_k_estimate",),
        sig(STRUCT, INTEGER, optional=1, defaults=(5,)),
        _estimated_type,
        _lower_estimate,
        settled=(1,),
        usage="Returns the most frequent values of a sketch.",
        group="misc_funcs",
    ),
)
