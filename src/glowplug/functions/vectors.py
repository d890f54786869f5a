"""Vectors: arrays of floats. NULL elements make a result NULL; lengths must agree. Source: Spark SQL reference."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.errors import row_failure
from glowplug.functions.lowering import per_row, python
from glowplug.functions.vocabulary import sig
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lowering
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


def _combined(name: str) -> Any:
    """A body over lists of vectors: their sum or mean by position, in 64 bits on the way."""
    combine = np.sum if name == "vector_sum" else np.mean

    def one(vectors: Any) -> Any:
        lengths = vectors.value_lengths().to_numpy()
        if not len(lengths):
            return None
        least, most = int(lengths.min()), int(lengths.max())
        if least != most:
            raise row_failure("VECTOR_DIMENSION_MISMATCH", functionName=quote(name), leftDim=most, rightDim=least)
        values = vectors.flatten().to_numpy(zero_copy_only=False).astype(np.float64)
        return combine(values.reshape(len(lengths), most), axis=0).astype(np.float32)

    def body(groups: Any) -> Any:
        return pa.array([one(g.values) if g.is_valid else None for g in groups], pa.list_(pa.float32()))

    return body


def _element_wise(name: str, usage: str) -> Function:
    """Sums or means by position of the vectors that have no NULL; all of a group must be of one length."""

    def lower(call: Call, low: Lowering) -> str:
        x = low.sql(call.args[0])
        values = low.aggregate("list", call, (x,), condition=f"list_aggregate({x}, 'count') = len({x})")
        return python(low, name, _combined(name), [(values, ArrayType(ArrayType(FLOAT)))], call.type)

    return _vector(
        (name,),
        sig(VECTOR),
        _floats,
        lower,
        kind="aggregate",
        usage=usage,
        example=f"SELECT {name}(col) FROM VALUES (array(1.0F, 2.0F)), (array(3.0F, 4.0F)) AS tab(col)",
    )


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
