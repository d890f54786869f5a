"""Vectors: arrays of floats. NULL elements make a result NULL; lengths must agree. Source: Spark SQL reference."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from glowplug.errors import row_failure
from glowplug.functions import folds
from glowplug.functions.lowering import per_row
from glowplug.functions.vocabulary import sig
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.function import Accept, Fold, Function
from glowplug.types import FLOAT, ArrayType, DataType, FloatType, quote

_vector = partial(Function, group="vector_funcs", nullable="always")
VECTOR = Accept('"ARRAY<FLOAT>"', lambda t: isinstance(t, ArrayType) and isinstance(t.element, FloatType))
DEGREE = Accept('"FLOAT"', lambda t: isinstance(t, FloatType))
Floats = list[float | None]


def _paired(name: str, a: Floats, b: Floats) -> tuple[Any, Any] | None:
    """Both as 32-bit floats, as Spark computes; None if an element is NULL. VECTOR_DIMENSION_MISMATCH by length."""
    if len(a) != len(b):
        raise row_failure("VECTOR_DIMENSION_MISMATCH", functionName=quote(name), leftDim=len(a), rightDim=len(b))
    if None in a or None in b:
        return None
    return np.array(a, np.float32), np.array(b, np.float32)


def inner_product(a: Any, b: Any) -> float:
    return float(a @ b)


def cosine_similarity(a: Any, b: Any) -> float | None:
    size = np.sqrt((a @ a) * (b @ b))
    return float((a @ b) / size) if size else None


def l2_distance(a: Any, b: Any) -> float:
    return math.sqrt((a - b) @ (a - b))


def _pair(name: str, body: Callable[[Any, Any], float | None], usage: str) -> Function:
    def compute(a: Floats, b: Floats) -> float | None:
        found = _paired(name, a, b)
        return None if found is None else body(*found)

    return _vector(
        (name,),
        sig(VECTOR, VECTOR),
        FLOAT,
        lambda call, low: per_row(low, name, compute, call.args, FLOAT),
        usage=usage,
        example=f"SELECT {name}(array(1.0F, 2.0F), array(4.0F, 5.0F))",
    )


def norm(name: str, v: Floats, degree: float) -> float | None:
    """Of degree 1, 2 or infinity. INVALID_VECTOR_NORM_DEGREE otherwise."""
    if degree not in (1.0, 2.0, math.inf):
        raise row_failure("INVALID_VECTOR_NORM_DEGREE", functionName=quote(name), degree=degree)
    if None in v:
        return None
    x = np.abs(np.array(v, np.float64))
    return float(x.sum() if degree == 1 else math.sqrt(x @ x) if degree == 2 else x.max(initial=0.0))


def normalized(v: Floats, degree: float) -> Floats | None:
    size = norm("vector_normalize", v, degree)
    if size is None or (not size and v):
        return None
    return [x / size for x in v if x is not None]


def _by_degree(name: str, body: Callable[..., Any], type: DataType, usage: str) -> Function:
    return _vector(
        (name,),
        sig(VECTOR, DEGREE, optional=1, defaults=(Literal(2.0, FLOAT),)),
        type,
        lambda call, low: per_row(low, name, body, call.args, type),
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
    present = np.append(0, np.cumsum(lists.flatten().is_valid().to_numpy(zero_copy_only=False)))
    ends = np.cumsum(lists.value_lengths().to_numpy())
    return pa.array((present[ends] - present[ends - lists.value_lengths().to_numpy()]).astype(np.int32))


def _floats(args: tuple[Expression, ...]) -> DataType:
    return ArrayType(FLOAT, False)


FUNCTIONS = (
    _pair("vector_inner_product", inner_product, "Returns the inner product of two vectors."),
    _pair("vector_cosine_similarity", cosine_similarity, "Returns the cosine of the angle between two vectors."),
    _pair("vector_l2_distance", l2_distance, "Returns the Euclidean distance of two vectors."),
    _by_degree("vector_norm", partial(norm, "vector_norm"), FLOAT, "Returns the norm of a vector."),
    _by_degree("vector_normalize", normalized, ArrayType(FLOAT), "Returns a vector scaled to a norm of 1."),
    _element_wise("vector_sum", "Returns the sum of the vectors of a group."),
    _element_wise("vector_avg", "Returns the mean of the vectors of a group."),
)
