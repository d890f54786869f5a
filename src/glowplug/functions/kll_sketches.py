"""KLL sketches, which say about how values are distributed (`kll.py`).

Semantics: Spark's SQL reference, "Sketch-Based Approximate Functions".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pyarrow as pa

from glowplug.errors import row_failure
from glowplug.functions import folds, kll
from glowplug.functions.kll import KINDS, Kind, NotQuantiles
from glowplug.functions.lowering import known, per_row
from glowplug.functions.sketch_arguments import (
    exact,
    refusal,
    scalar,
    unfoldable,
    varies,
)
from glowplug.functions.vocabulary import (
    BIN,
    INTEGER,
    Mismatch,
    exactly,
    kinds,
    sig,
    unexpected,
)
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Accept, Fold, Function, Lower, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    BINARY,
    DOUBLE,
    FLOAT,
    INTEGRAL,
    LONG,
    STRING,
    ArrayType,
    DataType,
    DoubleType,
    FloatType,
    quote,
    sql_name,
)

_USAGE = {
    "rank": "Returns the value at a rank from 0 to 1, or the values at several.",
    "quantile": "Returns the part of the values up to one, or up to each of several.",
}
_SQL = {DOUBLE: "DOUBLE", LONG: "BIGINT", FLOAT: "FLOAT"}
_TAKES = {
    "bigint": kinds('("TINYINT" or "INT" or "BIGINT" or "SMALLINT")', INTEGRAL, LONG),
    "double": kinds('("FLOAT" or "DOUBLE")', (FloatType, DoubleType), DOUBLE),
    "float": exactly(FLOAT),
}


def _result(name: str) -> Callable[[tuple[Expression, ...]], DataType]:
    def returns(args: tuple[Expression, ...]) -> DataType:
        if len(args) > 1:
            if varies(args[1]):
                raise unfoldable(args[1], "k", "int")
            k = known(args[1])
            if k is None:
                raise Mismatch("UNEXPECTED_NULL", exprName="k")
            if not 8 <= k <= 65535:
                raise refusal("KLL_SKETCH_K_OUT_OF_RANGE", functionName=quote(name), k=k)
        return BINARY

    return returns


def _readable(name: str, body: Callable[..., Any]) -> Callable[..., Any]:
    """`body`, whose failure to read a sketch is Spark's condition."""

    def guarded(*args: Any) -> Any:
        try:
            return body(*args)
        except NotQuantiles as e:
            raise row_failure("KLL_INVALID_INPUT_SKETCH_BUFFER", function=quote(name)) from e

    return guarded


def _one_or_many(name: str, of: str, each: DataType, result: DataType, body: Any) -> Function:
    """A question about a sketch, of one constant or of an array of them."""
    asked = Accept(f'("{_SQL[each]}" or "ARRAY<{_SQL[each]}>")', lambda t: True)

    def coerce(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
        from glowplug.functions.coercion import cast_to, implicit_target

        wanted = _wanted(args[1].type, each, ansi)
        if varies(args[1]):
            shown = {"inputName": f"`{of}`", "inputType": f'"{sql_name(wanted or args[1].type)}"'}
            raise Mismatch("NON_FOLDABLE_INPUT", **shown, inputExpr=f'"{pretty(args[1])}"')
        if implicit_target(args[0].type, BIN, ansi) is None:
            return None
        if wanted is None:
            raise unexpected(args, 1, asked.shown)
        return cast_to(args[0], BINARY), cast_to(args[1], wanted)

    def returns(args: tuple[Expression, ...]) -> DataType:
        return ArrayType(result, False) if isinstance(args[1].type, ArrayType) else result

    def lower(call: Call, low: Lowering) -> str:
        many = isinstance(call.type, ArrayType)
        asked = low.sql(call.args[1]) if many else f"[{low.sql(call.args[1])}]"
        guard = "" if many else f"CASE WHEN {low.sql(call.args[1])} IS NOT NULL THEN "
        answers = per_row(low, name, _readable(name, body), [call.args[0], (asked, ArrayType(each))], ArrayType(result))
        return answers if many else f"({guard}list_extract({answers}, 1) END)"

    return scalar((name,), sig(BIN, asked), returns, lower, coerce=coerce, casts=True, usage=_USAGE[of])


def _wanted(t: DataType, each: DataType, ansi: bool) -> DataType | None:
    """What an argument's type is cast to, one or an array of them; None if that could fail or bring NULLs."""
    from glowplug.functions.coercion import implicit_target
    from glowplug.plan.casts import force_nullable

    if not isinstance(t, ArrayType):
        return implicit_target(t, exactly(each), ansi)
    if t.element == each:
        return t
    if t.contains_null or force_nullable(t.element, each) or implicit_target(t.element, exactly(each), ansi) is None:
        return None
    return ArrayType(each, False)


# --- aggregates ----------------------------------------------------------------------------------------------


def _sketch_fold(call: Call, kind: Kind) -> Fold:
    k = known(call.args[1]) if len(call.args) > 1 else 200

    def add(sketch: Any, values: pa.Array) -> Any:
        wide = values.cast(pa.float64()) if kind.type == DOUBLE else values
        return kll.update(sketch, kind, wide)

    def finish(sketch: Any) -> bytes:
        """Merged into an empty one, as Spark does with its partial results; so small sketches are equal bytes."""
        whole = kll.new(kind, k)
        whole.merge(sketch)
        return kll.write(whole, kind)

    return Fold(call.args[:1], str(k), partial(kll.new, kind, k), add, finish)


def _merge_fold(call: Call, kind: Kind) -> Fold:
    k = known(call.args[1]) if len(call.args) > 1 else None
    read = _readable(f"kll_merge_agg_{kind.name}", kll.read)

    def add(sketch: Any, buffers: pa.Array) -> Any:
        for data in buffers.to_pylist():
            given = read(data, kind)
            if sketch is None:
                sketch = kll.new(kind, k or given.k)
            sketch.merge(given)
        return sketch

    finish = lambda s: kll.write(kll.new(kind, k or 200) if s is None else s, kind)  # noqa: E731
    return Fold(call.args[:1], str(k), lambda: None, add, finish)


def _aggregates(kind: Kind) -> tuple[Function, ...]:
    end = kind.name
    return (
        exact(
            (f"kll_sketch_agg_{end}",),
            sig(_TAKES[end], INTEGER, optional=1),
            _result(f"kll_sketch_agg_{end}"),
            folds.lower,
            fold=partial(_sketch_fold, kind=kind),
            settled=(1,),
            usage="Returns a sketch of the values' quantiles.",
            example=f"SELECT kll_sketch_get_n_{end}(kll_sketch_agg_{end}(CAST(id AS {end}))) FROM range(10)",
        ),
        exact(
            (f"kll_merge_agg_{end}",),
            sig(BIN, INTEGER, optional=1),
            _result(f"kll_merge_agg_{end}"),
            folds.lower,
            fold=partial(_merge_fold, kind=kind),
            settled=(1,),
            usage="Merges sketches of quantiles.",
        ),
    )


# --- one sketch, or two --------------------------------------------------------------------------------------


def _simple(name: str, result: DataType, body: Callable[..., Any], usage: str, arity: int = 1) -> Function:
    lower: Lower = lambda call, low: per_row(low, name, _readable(name, body), call.args, result)  # noqa: E731
    return scalar((name,), sig(*(BIN,) * arity), result, lower, casts=True, usage=usage)


def _of_kind(kind: Kind) -> tuple[Function, ...]:
    end = kind.name

    def merged(a: bytes, b: bytes) -> bytes:
        sketch = kll.read(a, kind)
        sketch.merge(kll.read(b, kind))
        return kll.write(sketch, kind)

    def quantiles(data: bytes, ranks: list[float | None]) -> list[Any]:
        asked = [0.0 if r is None else r for r in ranks]
        if any(not 0 <= r <= 1 for r in asked):
            raise row_failure("KLL_SKETCH_INVALID_QUANTILE_RANGE", functionName=quote(f"kll_sketch_get_quantile_{end}"))
        return kll.quantile(data, kind, asked)

    def ranks(data: bytes, values: list[Any]) -> list[Any]:
        return kll.rank(data, kind, [0 if v is None else v for v in values])

    return (
        *_aggregates(kind),
        _simple(f"kll_sketch_merge_{end}", BINARY, merged, "Merges two sketches of quantiles.", 2),
        _simple(f"kll_sketch_get_n_{end}", LONG, lambda b: kll.read(b, kind).n, "Returns how many values there were."),
        _simple(f"kll_sketch_to_string_{end}", STRING, lambda b: kll.text(b, kind), "Describes a sketch of quantiles."),
        _one_or_many(f"kll_sketch_get_quantile_{end}", "rank", DOUBLE, kind.type, quantiles),
        _one_or_many(f"kll_sketch_get_rank_{end}", "quantile", kind.type, DOUBLE, ranks),
    )


FUNCTIONS = tuple(function for kind in KINDS for function in _of_kind(kind))
