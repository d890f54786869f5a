"""Vectors: arrays of floats. NULL elements make a result NULL; lengths must agree. Source: Spark SQL reference."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from glowplug.errors import row_failure
from glowplug.functions import folds
from glowplug.functions.lowering import python
from glowplug.functions.vocabulary import sig
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.function import Accept, Fold, Function
from glowplug.types import FLOAT, ArrayType, DataType, FloatType, quote

_vector = partial(Function, group="vector_funcs", nullable="always")
VECTOR = Accept('"ARRAY<FLOAT>"', lambda t: isinstance(t, ArrayType) and isinstance(t.element, FloatType))
DEGREE = Accept('"FLOAT"', lambda t: isinstance(t, FloatType))
# Of rows of vectors of one length, a row each: numbers of 32 bits, and which of them are missing.
Kernel = Callable[..., tuple[Any, Any]]
_BLOCK = 8  # elements that are summed before they are added to the sum, as Spark does


def _sums(x: Any) -> Any:
    """Each row's sum in 32 bits, in Spark's order: every digit depends on it."""
    whole = x.shape[1] // _BLOCK * _BLOCK
    blocks = x[:, :whole].reshape(len(x), -1, _BLOCK)
    within = blocks[:, :, 0].copy()
    for i in range(1, _BLOCK):
        within += blocks[:, :, i]
    total = np.zeros(len(x), np.float32)
    for column in (*within.T, *x[:, whole:].T):
        total += column
    return total


def inner_product(a: Any, b: Any) -> tuple[Any, Any]:
    return _sums(a * b), False


def cosine_similarity(a: Any, b: Any) -> tuple[Any, Any]:
    size = np.sqrt(_sums(a * a) * _sums(b * b))
    return _sums(a * b) / size, size == 0


def l2_distance(a: Any, b: Any) -> tuple[Any, Any]:
    return np.sqrt(_sums((a - b) * (a - b))), False


def norm(v: Any, degree: float) -> tuple[Any, Any]:
    """Of degree 1, 2 or infinity."""
    if degree == 2:
        return np.sqrt(_sums(v * v)), False
    return (_sums(np.abs(v)) if degree == 1 else np.abs(v).max(axis=1, initial=0)), False


def normalized(v: Any, degree: float) -> tuple[Any, Any]:
    size, _ = norm(v, degree)
    return v / size[:, None], (size == 0) & (v.shape[1] > 0)


@dataclass(slots=True)
class _Vectors:
    """A column: `whole` are the vectors that have no NULL."""

    values: Any
    starts: Any
    lengths: Any
    valid: Any
    whole: Any

    def places(self, rows: Any, length: int) -> Any:
        """Where the elements of rows of one length are."""
        return self.starts[rows][:, None] + np.arange(length)


def _vectors(column: Any) -> _Vectors:
    lists = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    lengths = lists.value_lengths().fill_null(0).to_numpy()
    elements, valid = lists.flatten(), lists.is_valid().to_numpy(zero_copy_only=False)
    whole = valid & (_without_nulls(lists).to_numpy() == lengths) if elements.null_count else valid
    values = elements.fill_null(0).to_numpy(zero_copy_only=False)
    return _Vectors(values, np.cumsum(lengths) - lengths, lengths, valid, whole)


def _groups(column: _Vectors, rows: Any) -> Iterator[tuple[Any, int]]:
    """The rows by the length of their vectors."""
    lengths = column.lengths[rows]
    for length in np.unique(lengths):
        yield rows[lengths == length], int(length)


def _pair(name: str, kernel: Kernel, usage: str) -> Function:
    def body(left: Any, right: Any) -> pa.Array:
        a, b = _vectors(left), _vectors(right)
        for i in np.flatnonzero(a.valid & b.valid & (a.lengths != b.lengths)):
            left_dim, right_dim = int(a.lengths[i]), int(b.lengths[i])
            raise row_failure(
                "VECTOR_DIMENSION_MISMATCH", functionName=quote(name), leftDim=left_dim, rightDim=right_dim
            )
        out, missing = np.zeros(len(a.lengths), np.float32), np.ones(len(a.lengths), bool)
        with np.errstate(all="ignore"):
            for rows, n in _groups(a, np.flatnonzero(a.whole & b.whole)):
                out[rows], missing[rows] = kernel(a.values[a.places(rows, n)], b.values[b.places(rows, n)])
        return pa.array(out, mask=missing)

    return _vector(
        (name,),
        sig(VECTOR, VECTOR),
        FLOAT,
        lambda call, low: python(low, name, body, call.args, FLOAT),
        usage=usage,
        example=f"SELECT {name}(array(1.0F, 2.0F), array(4.0F, 5.0F))",
    )


def _by_degree(name: str, kernel: Kernel, type: DataType, usage: str) -> Function:
    def body(column: Any, degrees: Any) -> pa.Array:
        v, of = _vectors(column), degrees.fill_null(2).to_numpy()
        asked = v.valid & degrees.is_valid().to_numpy(zero_copy_only=False)
        for degree in of[asked & ~np.isin(of, (1, 2, math.inf))]:
            raise row_failure("INVALID_VECTOR_NORM_DEGREE", functionName=quote(name), degree=float(degree))
        out = np.zeros(len(of) if type == FLOAT else len(v.values), np.float32)
        missing = np.ones(len(of), bool)
        with np.errstate(all="ignore"):
            for degree in np.unique(of[asked]):
                for rows, n in _groups(v, np.flatnonzero(asked & v.whole & (of == degree))):
                    places = v.places(rows, n)
                    found, missing[rows] = kernel(v.values[places], degree)
                    out[rows if type == FLOAT else places] = found
        if type == FLOAT:
            return pa.array(out, mask=missing)
        ends = np.append(v.starts, len(out)).astype(np.int32)
        return pa.ListArray.from_arrays(ends, pa.array(out), mask=pa.array(missing))

    return _vector(
        (name,),
        sig(VECTOR, DEGREE, optional=1, defaults=(Literal(2.0, FLOAT),)),
        type,
        lambda call, low: python(low, name, body, call.args, type),
        usage=usage,
        example=f"SELECT {name}(array(3.0F, 4.0F), 2.0F)",
    )


def _element_wise(name: str, usage: str) -> Function:
    """Sums or means by position, in 64 bits on the way, of the vectors that have no NULL; all of a group must be of one
    length."""

    def add(state: tuple[Any, int], vectors: Any) -> tuple[Any, int]:
        total, count = state
        whole = vectors.filter(pc.equal(pc.list_value_length(vectors), _without_nulls(vectors)))
        lengths = whole.value_lengths().to_numpy()
        if not len(lengths):
            return state
        known = lengths if total is None else np.append(lengths, len(total))
        least, most = int(known.min()), int(known.max())
        if least != most:
            raise row_failure("VECTOR_DIMENSION_MISMATCH", functionName=quote(name), leftDim=most, rightDim=least)
        values = whole.flatten().to_numpy(zero_copy_only=False).astype(np.float64)
        added = values.reshape(len(lengths), most).sum(axis=0)
        return added if total is None else total + added, count + len(lengths)

    def finish(state: tuple[Any, int]) -> Any:
        total, count = state
        if total is None:
            return None
        return (total if name == "vector_sum" else total / count).astype(np.float32)

    return _vector(
        (name,),
        sig(VECTOR),
        _floats,
        folds.lower,
        fold=lambda call: Fold(call.args, name, lambda: (None, 0), add, finish),
        kind="aggregate",
        usage=usage,
        example=f"SELECT {name}(col) FROM VALUES (array(1.0F, 2.0F)), (array(3.0F, 4.0F)) AS tab(col)",
    )


def _without_nulls(lists: Any) -> Any:
    """How many elements of each list are not NULL."""
    lengths = lists.value_lengths().fill_null(0).to_numpy()
    present = np.append(0, np.cumsum(lists.flatten().is_valid().to_numpy(zero_copy_only=False)))
    ends = np.cumsum(lengths)
    return pa.array((present[ends] - present[ends - lengths]).astype(np.int32))


def _floats(args: tuple[Expression, ...]) -> DataType:
    return ArrayType(FLOAT, False)


FUNCTIONS = (
    _pair("vector_inner_product", inner_product, "Returns the inner product of two vectors."),
    _pair("vector_cosine_similarity", cosine_similarity, "Returns the cosine of the angle between two vectors."),
    _pair("vector_l2_distance", l2_distance, "Returns the Euclidean distance of two vectors."),
    _by_degree("vector_norm", norm, FLOAT, "Returns the norm of a vector."),
    _by_degree("vector_normalize", normalized, ArrayType(FLOAT), "Returns a vector scaled to a norm of 1."),
    _element_wise("vector_sum", "Returns the sum of the vectors of a group."),
    _element_wise("vector_avg", "Returns the mean of the vectors of a group."),
)
