"""Theta sketches: the smallest hashes of a set's members (`samples.py`), which also say how large the set is.

Semantics: Spark's SQL reference, "Sketch-Based Approximate Functions".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions import folds, samples
from glowplug.functions.lowering import known, per_row, python
from glowplug.functions.samples import NotASketch, OtherFamily, Sample
from glowplug.functions.sketch_arguments import (
    exact,
    reader,
    scalar,
    size_of,
    varies,
)
from glowplug.functions.vocabulary import (
    BIN,
    INTEGER,
    sig,
)
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Accept, Fold, Function, Lowering
from glowplug.types import (
    BINARY,
    INT,
    LONG,
    STRING,
    ArrayType,
    BinaryType,
    DataType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    StringType,
    quote,
)


def _is_key(t: DataType) -> bool:
    if isinstance(t, ArrayType):
        return isinstance(t.element, IntegerType | LongType)
    return isinstance(t, BinaryType | DoubleType | FloatType | IntegerType | LongType | StringType)


_KEY_SHOWN = " or ".join(
    f'"{t}"' for t in ("ARRAY<INT>", "ARRAY<BIGINT>", "BINARY", "DOUBLE", "FLOAT", "INT", "BIGINT", "STRING")
)
_KEY = Accept(f"({_KEY_SHOWN})", _is_key, (ArrayType(INT),))
TUPLE_KEY = Accept(f"({_KEY_SHOWN})", _is_key, (STRING,))
_TOGETHER = 256  # sketches, of which each may take as many kilobytes
_MOST = 1_000_000  # from here on the kernel's `min` lists no values


def _theta_size(function: str, e: Expression) -> int:
    """The nominal size of a sketch of theta's family, which Spark looks at when the query runs."""
    if varies(e):
        raise AnalysisError("THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT", function=quote(function))
    return size_of(function, known(e) or 0)


def read(data: bytes, function: str, value: Any = None) -> Sample:
    """A theta sketch, or a tuple sketch with values of a numpy type. Raises Spark's conditions."""
    family = "THETA" if value is None else "TUPLE"
    try:
        return samples.read_theta(data) if value is None else samples.read_tuple(data, value)
    except OtherFamily as e:
        raise row_failure(
            f"{family}_INVALID_INPUT_SKETCH_BUFFER_FAMILY",
            function=quote(function),
            expectedFamily="COMPACT" if value is None else "TUPLE",
            actualFamily=str(e),
        ) from e
    except NotASketch as e:
        raise row_failure(f"{family}_INVALID_INPUT_SKETCH_BUFFER", function=quote(function)) from e


def _lower_theta(call: Call, low: Lowering) -> str:
    """The kernel finds the smallest hashes."""
    size = _theta_size("theta_sketch_agg", call.args[1])
    key = python(low, "theta_hash", samples.hashed, call.args[:1], LONG)
    args = (key, str(size + 1)) if size + 1 < _MOST else (key,)
    smallest = low.aggregate("min" if size + 1 < _MOST else "list", call, args, None, True)

    def write(hashes: list[int]) -> bytes:
        found = np.sort(np.array([h for h in hashes if h is not None], np.int64).view(np.uint64))
        return samples.write_theta(samples.trimmed(Sample(samples.LARGEST, found, None, not len(found)), size))

    def add(found: Any, keys: pa.Array) -> Any:
        return np.unique(np.concatenate((found, keys.to_numpy())))[: size + 1]

    listed = per_row(low, f"theta_sketch_{size}", write, [(f"coalesce({smallest}, [])", ArrayType(LONG))], BINARY)
    fold = Fold((low.expression(key, LONG, True),), str(size), lambda: np.empty(0, np.int64), add, lambda f: write(f))
    return folds.lower_as(fold, replace(call, distinct=False), low, listed)


def _theta_pair(name: str, combine: Callable[..., Sample], usage: str, sized: bool = False) -> Function:
    def body(a: bytes, b: bytes, *entries: int) -> bytes:
        sizes = [size_of(name, n) for n in entries]
        return samples.write_theta(combine(read(a, name), read(b, name), *sizes))

    return scalar(
        (name,),
        sig(BIN, BIN, INTEGER, defaults=(12,), optional=1) if sized else sig(BIN, BIN),
        BINARY,
        lambda call, low: per_row(low, name, body, call.args, BINARY),
        usage=usage,
        example=f"SELECT theta_sketch_estimate({name}(theta_sketch_agg(a), theta_sketch_agg(b))) "
        "FROM VALUES (1, 2), (2, 3) AS tab(a, b)",
    )


def set_fold(
    name: str, call: Call, value: Any, combine: Callable[[Sequence[Sample]], Sample], write: Callable[[Sample], bytes]
) -> Fold:
    """Sketches of a column combined: those so far with all that come."""

    def add(state: Sample | None, buffers: pa.Array) -> Sample | None:
        for start in range(0, len(buffers), _TOGETHER):
            given = [read(data, name, value) for data in buffers.slice(start, _TOGETHER).to_pylist()]
            state = combine(given if state is None else [state, *given])
        return state

    nothing = samples.nothing(None if value is None else np.empty(0, value))
    key = "|".join(str(known(a)) for a in call.args[1:])
    return Fold(call.args[:1], key, lambda: None, add, lambda s: write(nothing if s is None else s))


def _theta_union_fold(call: Call) -> Fold:
    size = _theta_size("theta_union_agg", call.args[1])
    combine = lambda sketches: samples.union_of(sketches, size)  # noqa: E731
    return set_fold("theta_union_agg", call, None, combine, lambda s: samples.write_theta(samples.trimmed(s, size)))


def _theta_intersection_fold(call: Call) -> Fold:
    combine = partial(reduce, samples.intersection)
    return set_fold("theta_intersection_agg", call, None, combine, samples.write_theta)


FUNCTIONS = (
    exact(
        ("theta_sketch_agg",),
        sig(_KEY, INTEGER, optional=1, defaults=(12,)),
        BINARY,
        _lower_theta,
        settled=(1,),
        usage="Returns a theta sketch of the values.",
        example="SELECT theta_sketch_estimate(theta_sketch_agg(col)) FROM VALUES (1), (1), (2) AS tab(col)",
    ),
    exact(
        ("theta_union_agg",),
        sig(BIN, INTEGER, optional=1, defaults=(12,)),
        BINARY,
        folds.lower,
        fold=_theta_union_fold,
        settled=(1,),
        usage="Returns the union of theta sketches.",
    ),
    exact(
        ("theta_intersection_agg",),
        sig(BIN),
        BINARY,
        folds.lower,
        fold=_theta_intersection_fold,
        usage="Returns the intersection of theta sketches.",
    ),
    reader(
        "theta_sketch_estimate",
        LONG,
        lambda data: int(read(data, "theta_sketch_estimate").estimate + 0.5),
        "Returns about how many different values there were.",
    ),
    _theta_pair("theta_union", samples.union, "Returns the union of two theta sketches.", sized=True),
    _theta_pair("theta_intersection", samples.intersection, "Returns the intersection of two theta sketches."),
    _theta_pair("theta_difference", samples.difference, "Returns what is in the first theta sketch only."),
)
