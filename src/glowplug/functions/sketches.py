"""Sketches: counts of different values (HLL, theta, tuple), quantiles (KLL), frequent values, count-min.

Their bodies are `samples.py` (theta, tuple), `kll.py`, `frequent_items.py`, `count_min.py`, and for HLL Apache
DataSketches, whose binary form is Spark's. Semantics: Spark's SQL reference, "Sketch-Based Approximate Functions".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions import count_min, folds, kll, samples
from glowplug.functions.kll import KINDS, Kind, NotQuantiles
from glowplug.functions.lowering import known, per_row, python
from glowplug.functions.samples import MODES, NotASketch, OtherFamily, Sample
from glowplug.functions.vocabulary import (
    BIN,
    BOOL,
    FLOAT64,
    INTEGER,
    STR,
    Mismatch,
    constant,
    exactly,
    kinds,
    sig,
    unexpected,
)
from glowplug.plan.expressions import Attribute, Call, Expression, LambdaVariable, OuterReference
from glowplug.plan.function import Accept, Fold, Function, Lower, Lowering
from glowplug.plan.names import pretty, sql_text
from glowplug.plan.tree import walk
from glowplug.types import (
    BINARY,
    DOUBLE,
    FLOAT,
    INT,
    INTEGRAL,
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
    sql_name,
)

_aggregate = partial(Function, kind="aggregate", nullable="never", group="agg_funcs")
_exact = partial(_aggregate, casts=False)
_scalar = partial(Function, group="sketch_funcs", casts=False)


# --- constants among the arguments ---------------------------------------------------------------------------


def _varies(e: Expression) -> bool:
    return any(isinstance(x, Attribute | OuterReference | LambdaVariable) for x in walk(e))


def _unfoldable(e: Expression, name: str, type: str) -> Mismatch:
    return Mismatch("NON_FOLDABLE_INPUT", inputName=name, inputType=type, inputExpr=sql_text(e))


def _refusal(condition: str, **parameters: object) -> Mismatch:
    """What Spark wraps into a mismatch of types."""
    text = str(AnalysisError(condition, None, **parameters))
    return Mismatch("TYPE_CHECK_FAILURE_WITH_HINT", msg=text, hint="")


def _check_mode(function: str, e: Expression) -> None:
    if _varies(e):
        raise _unfoldable(e, "mode", "string")
    mode = known(e)
    if mode is None:
        raise Mismatch("UNEXPECTED_NULL", exprName="mode")
    if mode.lower() not in MODES:
        raise _refusal("TUPLE_INVALID_SKETCH_MODE", function=quote(function), mode=mode, validModes=", ".join(MODES))


def _check_entries(function: str, e: Expression) -> None:
    """The binary logarithm of a sketch's nominal size."""
    if _varies(e):
        raise _unfoldable(e, "lgNomEntries", "int")
    if (value := known(e)) is None:
        raise Mismatch("UNEXPECTED_NULL", exprName="lgNomEntries")
    if not 4 <= value <= 26:
        raise _refusal("SKETCH_INVALID_LG_NOM_ENTRIES", function=quote(function), min=4, max=26, value=value)


def _theta_size(function: str, e: Expression) -> int:
    """The nominal size of a sketch of theta's family, which Spark looks at when the query runs."""
    if _varies(e):
        raise AnalysisError("THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT", function=quote(function))
    return _size(function, known(e) or 0)


def _size(function: str, entries: int) -> int:
    if not 4 <= entries <= 26:
        raise row_failure("SKETCH_INVALID_LG_NOM_ENTRIES", function=quote(function), min=4, max=26, value=entries)
    return 1 << entries


# --- HLL -----------------------------------------------------------------------------------------------------

_HLL_KEY = kinds('("INT" or "BIGINT" or "STRING" or "BINARY")', (IntegerType, LongType, StringType, BinaryType), INT)


def _hll_fold(call: Call) -> Fold:
    import datasketches as ds

    if _varies(call.args[1]):
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


# --- theta and tuple -----------------------------------------------------------------------------------------


def _is_key(t: DataType) -> bool:
    if isinstance(t, ArrayType):
        return isinstance(t.element, IntegerType | LongType)
    return isinstance(t, BinaryType | DoubleType | FloatType | IntegerType | LongType | StringType)


_KEY_SHOWN = " or ".join(
    f'"{t}"' for t in ("ARRAY<INT>", "ARRAY<BIGINT>", "BINARY", "DOUBLE", "FLOAT", "INT", "BIGINT", "STRING")
)
_KEY = Accept(f"({_KEY_SHOWN})", _is_key, (ArrayType(INT),))
_TUPLE_KEY = Accept(f"({_KEY_SHOWN})", _is_key, (STRING,))
_TOGETHER = 256  # sketches, of which each may take as many kilobytes
_MOST = 1_000_000  # from here on the kernel's `min` lists no values


def _read(data: bytes, function: str, value: Any = None) -> Sample:
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
        sizes = [_size(name, n) for n in entries]
        return samples.write_theta(combine(_read(a, name), _read(b, name), *sizes))

    return _scalar(
        (name,),
        sig(BIN, BIN, INTEGER, defaults=(12,), optional=1) if sized else sig(BIN, BIN),
        BINARY,
        lambda call, low: per_row(low, name, body, call.args, BINARY),
        usage=usage,
        example=f"SELECT theta_sketch_estimate({name}(theta_sketch_agg(a), theta_sketch_agg(b))) "
        "FROM VALUES (1, 2), (2, 3) AS tab(a, b)",
    )


def _set_fold(
    name: str, call: Call, value: Any, combine: Callable[[Sequence[Sample]], Sample], write: Callable[[Sample], bytes]
) -> Fold:
    """Sketches of a column combined: those so far with all that come."""

    def add(state: Sample | None, buffers: pa.Array) -> Sample | None:
        for start in range(0, len(buffers), _TOGETHER):
            given = [_read(data, name, value) for data in buffers.slice(start, _TOGETHER).to_pylist()]
            state = combine(given if state is None else [state, *given])
        return state

    nothing = samples.nothing(None if value is None else np.empty(0, value))
    key = "|".join(str(known(a)) for a in call.args[1:])
    return Fold(call.args[:1], key, lambda: None, add, lambda s: write(nothing if s is None else s))


def _theta_union_fold(call: Call) -> Fold:
    size = _theta_size("theta_union_agg", call.args[1])
    combine = lambda sketches: samples.union_of(sketches, size)  # noqa: E731
    return _set_fold("theta_union_agg", call, None, combine, lambda s: samples.write_theta(samples.trimmed(s, size)))


def _theta_intersection_fold(call: Call) -> Fold:
    combine = partial(reduce, samples.intersection)
    return _set_fold("theta_intersection_agg", call, None, combine, samples.write_theta)


_NUMBERS = {"double": (DOUBLE, np.float64, (np.inf, -np.inf)), "integer": (INT, np.int32, (2**31 - 1, -(2**31)))}


def _tuple_type(function: str, size: int | None, mode: int | None, result: DataType = BINARY) -> Any:
    def returns(args: tuple[Expression, ...]) -> DataType:
        if size is not None:
            _check_entries(function, args[size])
        if mode is not None:
            _check_mode(function, args[mode])
        return result

    return returns


def _tuples(kind: str) -> tuple[Function, ...]:
    type, value, ends = _NUMBERS[kind]
    number = Accept(f'"{type.__class__.__name__}"', lambda t: t == type, (type,))
    sized_mode, sized_names = (INTEGER, STR), {"optional": 2, "defaults": (12, "sum")}

    def mode_of(e: Expression) -> str:
        return str(known(e)).lower()

    def agg_fold(call: Call) -> Fold:
        size, mode = 1 << known(call.args[2]), mode_of(call.args[3])

        def add(state: Sample, keys: pa.Array, values: pa.Array) -> Sample:
            hashes = samples.hashed(keys)
            kept = hashes.is_valid()
            found = hashes.filter(kept).to_numpy().view(np.uint64)
            numbers = values.filter(kept).to_numpy(zero_copy_only=False).astype(value)
            ready = samples.combined(mode, found, numbers)
            return samples.union(state, Sample(samples.LARGEST, *ready, not len(found)), size, mode)

        start = samples.nothing(np.empty(0, value))
        return Fold(call.args[:2], f"{size}{mode}", lambda: start, add, lambda s: samples.write_tuple(s, mode))

    def union_fold(call: Call) -> Fold:
        size, mode = 1 << known(call.args[1]), mode_of(call.args[2])
        combine = partial(reduce, lambda a, b: samples.union(a, b, size, mode))
        write = lambda s: samples.write_tuple(samples.trimmed(s, size), mode)  # noqa: E731
        return _set_fold(f"tuple_union_agg_{kind}", call, value, combine, write)

    def intersection_fold(call: Call) -> Fold:
        mode = mode_of(call.args[1])
        combine = partial(reduce, lambda a, b: samples.intersection(a, b, mode))
        return _set_fold(f"tuple_intersection_agg_{kind}", call, value, combine, lambda s: samples.write_tuple(s, mode))

    def with_values(sample: Sample, mode: str) -> Sample:
        """A theta sketch as one of tuples, each with the value that changes no other."""
        neutral = {"sum": 0, "min": ends[0], "max": ends[1], "alwaysone": 1}[mode]
        return Sample(sample.theta, sample.hashes, np.full(len(sample.hashes), neutral, value), sample.empty)

    def pair(name: str, operation: str, theta: bool) -> Function:
        """Of two sketches, the second of which may be of theta's family."""
        arity = {"union": 2, "intersection": 1, "difference": 0}[operation]

        def body(a: bytes, b: bytes, *options: Any) -> bytes:
            mode = str(options[-1]).lower() if options else "sum"
            left, right = _read(a, name, value), _read(b, name, None if theta else value)
            match operation:
                case "union":
                    other = with_values(right, mode) if theta else right
                    found = samples.union(left, other, 1 << options[0], mode)
                case "intersection":
                    found = samples.intersection(left, right, mode)
                case _:
                    found = samples.difference(left, right)
            return samples.write_tuple(found, mode)

        signature = {
            2: sig(BIN, BIN, *sized_mode, **sized_names),  # type: ignore[arg-type]
            1: sig(BIN, BIN, STR, optional=1, defaults=("sum",)),
            0: sig(BIN, BIN),
        }[arity]
        return _scalar(
            (name,),
            signature,
            _tuple_type(name, 2 if arity == 2 else None, 1 + arity if arity else None),
            lambda call, low: per_row(low, name, body, call.args, BINARY),
            usage=f"Returns the {operation} of two sketches.",
        )

    def summary(data: bytes, mode: str) -> Any:
        values = _read(data, f"tuple_sketch_summary_{kind}", value).values
        if values is None or not len(values):
            return type_of_sum(0)
        wide = values.astype(np.int64) if kind == "integer" else values
        reduced = {"sum": wide.sum, "min": wide.min, "max": wide.max, "alwaysone": wide.__len__}[mode.lower()]()
        return type_of_sum(reduced)

    type_of_sum = int if kind == "integer" else float
    summed = LONG if kind == "integer" else DOUBLE
    names = {n: f"tuple_{n}_{kind}" for n in ("sketch_agg", "union_agg", "intersection_agg", "sketch_estimate")}
    names |= {n: f"tuple_{n}_{kind}" for n in ("sketch_summary", "sketch_theta")}
    return (
        _aggregate(
            (names["sketch_agg"],),
            sig(_TUPLE_KEY, number, *sized_mode, **sized_names),  # type: ignore[arg-type]
            _tuple_type(names["sketch_agg"], 2, 3),
            folds.lower,
            fold=agg_fold,
            usage="Returns a tuple sketch of keys with a number each.",
            example=f"SELECT {names['sketch_estimate']}({names['sketch_agg']}(k, v)) FROM VALUES (1, 5) t(k, v)",
        ),
        _aggregate(
            (names["union_agg"],),
            sig(BIN, *sized_mode, **sized_names),  # type: ignore[arg-type]
            _tuple_type(names["union_agg"], 1, 2),
            folds.lower,
            fold=union_fold,
            usage="Returns the union of tuple sketches.",
        ),
        _aggregate(
            (names["intersection_agg"],),
            sig(BIN, STR, optional=1, defaults=("sum",)),
            _tuple_type(names["intersection_agg"], None, 1),
            folds.lower,
            fold=intersection_fold,
            usage="Returns the intersection of tuple sketches.",
        ),
        *(
            pair(f"tuple_{operation}_{'theta_' * theta}{kind}", operation, theta)
            for operation in ("union", "intersection", "difference")
            for theta in (False, True)
        ),
        _reader(
            names["sketch_estimate"],
            DOUBLE,
            lambda data: _read(data, names["sketch_estimate"], value).estimate,
            "Returns about how many different keys there were.",
        ),
        _reader(
            names["sketch_theta"],
            DOUBLE,
            lambda data: _read(data, names["sketch_theta"], value).fraction,
            "Returns the part of all hashes that the sketch keeps.",
        ),
        _scalar(
            (names["sketch_summary"],),
            sig(BIN, STR, optional=1, defaults=("sum",)),
            _tuple_type(names["sketch_summary"], None, 1, summed),
            lambda call, low: per_row(low, names["sketch_summary"], summary, call.args, summed),
            usage="Returns the numbers of the kept keys combined.",
        ),
    )


def _reader(name: str, result: DataType, body: Callable[[bytes], Any], usage: str) -> Function:
    return _scalar(
        (name,), sig(BIN), result, lambda call, low: per_row(low, name, body, call.args, result), usage=usage
    )


# --- KLL -----------------------------------------------------------------------------------------------------


def _kll_k(name: str) -> Callable[[tuple[Expression, ...]], DataType]:
    def returns(args: tuple[Expression, ...]) -> DataType:
        if len(args) > 1:
            if _varies(args[1]):
                raise _unfoldable(args[1], "k", "int")
            k = known(args[1])
            if k is None:
                raise Mismatch("UNEXPECTED_NULL", exprName="k")
            if not 8 <= k <= 65535:
                raise _refusal("KLL_SKETCH_K_OUT_OF_RANGE", functionName=quote(name), k=k)
        return BINARY

    return returns


def _kll_buffer(name: str, body: Callable[..., Any]) -> Callable[..., Any]:
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
        if _varies(args[1]):
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
        answers = per_row(
            low, name, _kll_buffer(name, body), [call.args[0], (asked, ArrayType(each))], ArrayType(result)
        )
        return answers if many else f"({guard}list_extract({answers}, 1) END)"

    return _scalar((name,), sig(BIN, asked), returns, lower, coerce=coerce, casts=True, usage=_KLL_USAGE[of])


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


_KLL_USAGE = {
    "rank": "Returns the value at a rank from 0 to 1, or the values at several.",
    "quantile": "Returns the part of the values up to one, or up to each of several.",
}
_SQL = {DOUBLE: "DOUBLE", LONG: "BIGINT", FLOAT: "FLOAT"}
_KLL_TAKES = {
    "bigint": kinds('("TINYINT" or "INT" or "BIGINT" or "SMALLINT")', INTEGRAL, LONG),
    "double": kinds('("FLOAT" or "DOUBLE")', (FloatType, DoubleType), DOUBLE),
    "float": exactly(FLOAT),
}


def _klls(kind: Kind) -> tuple[Function, ...]:
    end = kind.name

    def agg_fold(call: Call) -> Fold:
        k = known(call.args[1]) if len(call.args) > 1 else 200
        cast = kind.type
        start = partial(kll.new, kind, k)

        def add(sketch: Any, values: pa.Array) -> Any:
            wide = values.cast(pa.float64()) if cast == DOUBLE else values
            return kll.update(sketch, kind, wide)

        def finish(sketch: Any) -> bytes:
            """Merged into an empty one, as Spark does with its partial results; so small sketches are equal bytes."""
            whole = kll.new(kind, k)
            whole.merge(sketch)
            return kll.write(whole, kind)

        return Fold(call.args[:1], str(k), start, add, finish)

    def merge_fold(call: Call) -> Fold:
        k, name = known(call.args[1]) if len(call.args) > 1 else None, f"kll_merge_agg_{end}"

        def add(sketch: Any, buffers: pa.Array) -> Any:
            for data in buffers.to_pylist():
                given = _kll_buffer(name, kll.read)(data, kind)
                if sketch is None:
                    sketch = kll.new(kind, k or given.k)
                sketch.merge(given)
            return sketch

        finish = lambda s: kll.write(kll.new(kind, k or 200) if s is None else s, kind)  # noqa: E731
        return Fold(call.args[:1], str(k), lambda: None, add, finish)

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

    def simple(name: str, result: DataType, body: Callable[..., Any], usage: str, arity: int = 1) -> Function:
        lower: Lower = lambda call, low: per_row(low, name, _kll_buffer(name, body), call.args, result)  # noqa: E731
        return _scalar((name,), sig(*(BIN,) * arity), result, lower, casts=True, usage=usage)

    return (
        _exact(
            (f"kll_sketch_agg_{end}",),
            sig(_KLL_TAKES[end], INTEGER, optional=1),
            _kll_k(f"kll_sketch_agg_{end}"),
            folds.lower,
            fold=agg_fold,
            usage="Returns a sketch of the values' quantiles.",
            example=f"SELECT kll_sketch_get_n_{end}(kll_sketch_agg_{end}(CAST(id AS {end}))) FROM range(10)",
        ),
        _exact(
            (f"kll_merge_agg_{end}",),
            sig(BIN, INTEGER, optional=1),
            _kll_k(f"kll_merge_agg_{end}"),
            folds.lower,
            fold=merge_fold,
            usage="Merges sketches of quantiles.",
        ),
        simple(f"kll_sketch_merge_{end}", BINARY, merged, "Merges two sketches of quantiles.", 2),
        simple(f"kll_sketch_get_n_{end}", LONG, lambda b: kll.read(b, kind).n, "Returns how many values there were."),
        simple(f"kll_sketch_to_string_{end}", STRING, lambda b: kll.text(b, kind), "Describes a sketch of quantiles."),
        _one_or_many(f"kll_sketch_get_quantile_{end}", "rank", DOUBLE, kind.type, quantiles),
        _one_or_many(f"kll_sketch_get_rank_{end}", "quantile", kind.type, DOUBLE, ranks),
    )


# --- count-min -----------------------------------------------------------------------------------------------


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
    _exact(
        ("hll_sketch_agg",),
        sig(_HLL_KEY, INTEGER, optional=1, defaults=(12,)),
        BINARY,
        folds.lower,
        fold=_hll_fold,
        usage="Returns a HyperLogLog sketch of the values.",
        example="SELECT hll_sketch_estimate(hll_sketch_agg(col)) FROM VALUES (1), (1), (2) AS tab(col)",
    ),
    _exact(
        ("hll_union_agg",),
        sig(BIN, BOOL, optional=1, defaults=(False,)),
        BINARY,
        folds.lower,
        fold=_hll_union_fold,
        usage="Returns the union of HyperLogLog sketches.",
        example="SELECT hll_sketch_estimate(hll_union_agg(s)) FROM (SELECT hll_sketch_agg(id) AS s FROM range(9))",
    ),
    _reader("hll_sketch_estimate", LONG, _hll_estimate, "Returns about how many different values there were."),
    _scalar(
        ("hll_union",),
        sig(BIN, BIN, BOOL, optional=1, defaults=(False,)),
        BINARY,
        lambda call, low: per_row(low, "hll_union", _hll_union, call.args, BINARY),
        usage="Returns the union of two HyperLogLog sketches.",
    ),
    _exact(
        ("theta_sketch_agg",),
        sig(_KEY, INTEGER, optional=1, defaults=(12,)),
        BINARY,
        _lower_theta,
        usage="Returns a theta sketch of the values.",
        example="SELECT theta_sketch_estimate(theta_sketch_agg(col)) FROM VALUES (1), (1), (2) AS tab(col)",
    ),
    _exact(
        ("theta_union_agg",),
        sig(BIN, INTEGER, optional=1, defaults=(12,)),
        BINARY,
        folds.lower,
        fold=_theta_union_fold,
        usage="Returns the union of theta sketches.",
    ),
    _exact(
        ("theta_intersection_agg",),
        sig(BIN),
        BINARY,
        folds.lower,
        fold=_theta_intersection_fold,
        usage="Returns the intersection of theta sketches.",
    ),
    _reader(
        "theta_sketch_estimate",
        LONG,
        lambda data: int(_read(data, "theta_sketch_estimate").estimate + 0.5),
        "Returns about how many different values there were.",
    ),
    _theta_pair("theta_union", samples.union, "Returns the union of two theta sketches.", sized=True),
    _theta_pair("theta_intersection", samples.intersection, "Returns the intersection of two theta sketches."),
    _theta_pair("theta_difference", samples.difference, "Returns what is in the first theta sketch only."),
    *_tuples("double"),
    *_tuples("integer"),
    *(function for kind in KINDS for function in _klls(kind)),
    _exact(
        ("count_min_sketch",),
        sig(_COUNTED, constant(FLOAT64), constant(FLOAT64), _SEED, names="column epsilon confidence seed"),
        _count_min_type,
        folds.lower,
        fold=_count_min_fold,
        usage="Returns a count-min sketch of the values, with a relative error, a confidence and a seed.",
        example="SELECT hex(count_min_sketch(col, 0.5d, 0.5d, 1)) FROM VALUES (1), (2), (1) AS tab(col)",
    ),
)
