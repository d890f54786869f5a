"""HyperLogLog sketches, by Apache DataSketches, whose binary form is Spark's.

Semantics: Spark's SQL reference, "Sketch-Based Approximate Functions".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions import folds, samples
from glowplug.functions.lowering import known, per_row
from glowplug.functions.sketch_arguments import (
    exact,
    reader,
    scalar,
    varies,
)
from glowplug.functions.vocabulary import (
    BIN,
    BOOL,
    INTEGER,
    kinds,
    sig,
)
from glowplug.plan.expressions import Call
from glowplug.plan.function import Fold
from glowplug.types import (
    BINARY,
    INT,
    LONG,
    BinaryType,
    IntegerType,
    LongType,
    StringType,
    quote,
)

_HLL_KEY = kinds('("INT" or "BIGINT" or "STRING" or "BINARY")', (IntegerType, LongType, StringType, BinaryType), INT)


def _hll_fold(call: Call) -> Fold:
    import datasketches as ds

    if varies(call.args[1]):
        raise AnalysisError("HLL_K_MUST_BE_CONSTANT", function=quote("hll_sketch_agg"))
    k = known(call.args[1]) or 0
    if not 4 <= k <= 21:
        raise AnalysisError("HLL_INVALID_LG_K", function=quote("hll_sketch_agg"), min=4, max=21, value=k)

    def add(sketch: Any, keys: pa.Array) -> Any:
        if pa.types.is_binary(keys.type):
            return _hll_of_bytes(sketch, keys)
        for key in keys.to_pylist():
            if key != "":
                sketch.update(key)
        return sketch

    return Fold(
        call.args[:1], str(k), lambda: ds.hll_sketch(k, ds.tgt_hll_type.HLL_8), add, lambda s: s.serialize_updatable()
    )


def _hll_of_bytes(sketch: Any, keys: pa.Array) -> Any:
    """Takes bytes in, which Python's sketch does not take: as sketches of up to seven values, which list them."""
    import datasketches as ds

    (first, second), lengths = samples.byte_hashes(keys)
    zeros = np.array([64 - int(h).bit_length() for h in second], np.uint64)
    coupons = ((np.minimum(zeros, 62) + 1) << np.uint64(26) | first & np.uint64(0x3FFFFFF)).astype("<u4")
    union = ds.hll_union(sketch.lg_config_k)
    union.update(sketch)
    coupons = np.unique(coupons[lengths > 0])
    for i in range(0, len(coupons), 7):
        some = coupons[i : i + 7]
        listed = bytes((2, 1, 7, sketch.lg_config_k, 3, 8, len(some), 8)) + some.tobytes()
        union.update(ds.hll_sketch.deserialize(listed))
    return union.get_result(ds.tgt_hll_type.HLL_8)


def _hll(data: bytes, function: str) -> Any:
    import datasketches as ds

    try:
        if len(data) < 8 or data[2] != 7:
            raise ValueError
        return ds.hll_sketch.deserialize(data)
    except (ValueError, RuntimeError, IndexError) as e:
        raise row_failure("HLL_INVALID_INPUT_SKETCH_BUFFER", function=quote(function)) from e


def _hll_estimate(data: bytes) -> int:
    return int(_hll(data, "hll_sketch_estimate").get_estimate() + 0.5)


def _hll_united(function: str, sketches: Iterable[Any], mixed: bool) -> Any:
    """The union of sketches of one size, or of any if `mixed`; None of no sketches."""
    import datasketches as ds

    union, size = None, 0
    for sketch in sketches:
        if union is None:
            union, size = ds.hll_union(sketch.lg_config_k), sketch.lg_config_k
        elif not mixed and sketch.lg_config_k != size:
            raise row_failure("HLL_UNION_DIFFERENT_LG_K", left=size, right=sketch.lg_config_k, function=quote(function))
        elif sketch.lg_config_k < size:  # the smaller of the sizes is the union's
            smaller = ds.hll_union(sketch.lg_config_k)
            smaller.update(union.get_result(ds.tgt_hll_type.HLL_8))
            union, size = smaller, sketch.lg_config_k
        union.update(sketch)
    return None if union is None else union.get_result(ds.tgt_hll_type.HLL_8)


def _hll_union(a: bytes, b: bytes, mixed: bool) -> bytes:
    pair = (_hll(x, "hll_union") for x in (a, b))
    return bytes(_hll_united("hll_union", pair, mixed).serialize_updatable())


def _hll_union_fold(call: Call) -> Fold:
    import datasketches as ds

    mixed = bool(known(call.args[1]))

    def add(sketch: Any, buffers: pa.Array) -> Any:
        given = (_hll(b, "hll_union_agg") for b in buffers.to_pylist())
        return _hll_united("hll_union_agg", given if sketch is None else (sketch, *given), mixed)

    def finish(sketch: Any) -> bytes:
        empty = ds.hll_sketch(12, ds.tgt_hll_type.HLL_8)
        return bytes((empty if sketch is None else sketch).serialize_updatable())

    return Fold(call.args[:1], str(mixed), lambda: None, add, finish)


FUNCTIONS = (
    exact(
        ("hll_sketch_agg",),
        sig(_HLL_KEY, INTEGER, optional=1, defaults=(12,)),
        BINARY,
        folds.lower,
        fold=_hll_fold,
        settled=(1,),
        usage="Returns a HyperLogLog sketch of the values.",
        example="SELECT hll_sketch_estimate(hll_sketch_agg(col)) FROM VALUES (1), (1), (2) AS tab(col)",
    ),
    exact(
        ("hll_union_agg",),
        sig(BIN, BOOL, optional=1, defaults=(False,)),
        BINARY,
        folds.lower,
        fold=_hll_union_fold,
        settled=(1,),
        usage="Returns the union of HyperLogLog sketches.",
        example="SELECT hll_sketch_estimate(hll_union_agg(s)) FROM (SELECT hll_sketch_agg(id) AS s FROM range(9))",
    ),
    reader("hll_sketch_estimate", LONG, _hll_estimate, "Returns about how many different values there were."),
    scalar(
        ("hll_union",),
        sig(BIN, BIN, BOOL, optional=1, defaults=(False,)),
        BINARY,
        lambda call, low: per_row(low, "hll_union", _hll_union, call.args, BINARY),
        usage="Returns the union of two HyperLogLog sketches.",
    ),
)
