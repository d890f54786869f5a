"""Count-min sketches (`count_min.py`). Semantics: Spark's SQL reference, "Sketch-Based Approximate Functions"."""

from __future__ import annotations

from functools import partial

from glowplug.functions import count_min, folds
from glowplug.functions.lowering import known
from glowplug.functions.sketch_arguments import (
    exact,
)
from glowplug.functions.vocabulary import (
    FLOAT64,
    Mismatch,
    constant,
    kinds,
    sig,
)
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Fold
from glowplug.types import (
    BINARY,
    INT,
    INTEGRAL,
    BinaryType,
    DataType,
    IntegerType,
    LongType,
    StringType,
)


def _count_min_type(args: tuple[Expression, ...]) -> DataType:
    bounds = (("eps", f"(0.0, {1.7976931348623157e308}]", float("inf")), ("confidence", "(0.0, 1.0]", 1.0))
    for e, name in zip(args[1:], ("eps", "confidence", "seed"), strict=True):
        if known(e) is None:
            raise Mismatch("UNEXPECTED_NULL", exprName=name)
    for e, (name, shown, most) in zip(args[1:3], bounds, strict=True):
        value = known(e)
        if not 0 < value <= most:
            raise Mismatch(
                "VALUE_OUT_OF_RANGE",
                exprName=name,
                valueRange=shown.replace("e+", "E"),
                currentValue=f"{float(value)}D",
            )
    return BINARY


def _count_min_fold(call: Call) -> Fold:
    eps, confidence, seed = (known(a) for a in call.args[1:])
    seed = (seed + 2**31) % 2**32 - 2**31  # an INT
    start = partial(count_min.new, float(eps), float(confidence), seed)
    return Fold(call.args[:1], f"{eps}|{confidence}|{seed}", start, count_min.update, count_min.write)


_COUNTED = kinds('("INTEGRAL" or "STRING" or "BINARY")', (*INTEGRAL, StringType, BinaryType), INT)
_SEED = constant(kinds('("INT" or "BIGINT")', (IntegerType, LongType), INT))

FUNCTIONS = (
    exact(
        ("count_min_sketch",),
        sig(_COUNTED, constant(FLOAT64), constant(FLOAT64), _SEED, names="column epsilon confidence seed"),
        _count_min_type,
        folds.lower,
        fold=_count_min_fold,
        usage="Returns a count-min sketch of the values, with a relative error, a confidence and a seed.",
        example="SELECT hex(count_min_sketch(col, 0.5d, 0.5d, 1)) FROM VALUES (1), (2), (1) AS tab(col)",
    ),
)
