"""Random values. With a seed they are Spark's own: the n-th row's depend on the seed and on n only (`xorshift.py`)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions import options, xorshift
from glowplug.functions.coercion import cast_to
from glowplug.functions.lowering import constant, python
from glowplug.functions.vocabulary import ANY, ARRAY, BIGINT, INTEGER, NUMBER, Mismatch, arg, as_is, sig, unexpected
from glowplug.functions.vocabulary import constant as foldable
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    DOUBLE,
    INT,
    INTEGRAL,
    LONG,
    NULL,
    STRING,
    ArrayType,
    DataType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    NullType,
)

PARTITION_BITS = np.uint64(33)  # a place is the partition's number shifted by these, and the row's number in it
_random = partial(Function, nullable="never", deterministic=False, group="math_funcs")


def _numbered(make: Callable[[int, Any], Any], seed: int) -> Callable[..., Any]:
    """A body: `make(seed, numbers of the rows)`."""

    def body(rows: Any) -> Any:
        places = rows.to_numpy().astype(np.uint64)
        if not len(places) or places.max() >> PARTITION_BITS == 0:
            return pa.array(make(seed, places))
        partitions, within = places >> PARTITION_BITS, places & ((np.uint64(1) << PARTITION_BITS) - np.uint64(1))
        # Each partition has a sequence of its own, which its number is added to the seed of.
        out = np.empty(len(places), object)
        for p in np.unique(partitions):
            out[partitions == p] = list(make(seed + int(p), within[partitions == p]))
        return pa.array(out.tolist())

    return body


def by_row(
    low: Lowering, call: Call, name: str, make: Callable[[int, Any], Any], seed: int, result: DataType, arity: int
) -> str:
    """`make` of each row's place: of the argument after the first `arity`, if there is one, or its number."""
    tag = f"{name}_{seed & xorshift.MASK:x}"
    place = low.sql(call.args[arity]) if len(call.args) > arity else low.row_number
    return python(low, tag, _numbered(make, seed), [(place, LONG)], result)


def _seed(e: Expression) -> int:
    """A seed, which analysis has computed; NULL counts as 0."""
    return int(constant(e) or 0)


def _lower_uniform(call: Call, low: Lowering) -> str:
    return by_row(low, call, "rand", xorshift.uniform, _seed(call.args[0]), DOUBLE, 1) if call.args else "random()"


def _lower_gaussian(call: Call, low: Lowering) -> str:
    if call.args:
        return by_row(low, call, "randn", xorshift.gaussian, _seed(call.args[0]), DOUBLE, 1)
    return "(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))"


def _generator(name: str, also: tuple[str, ...], lower: Callable[[Call, Lowering], str], usage: str) -> Function:
    return _random(
        (name, *also),
        sig(foldable(BIGINT), optional=1),
        DOUBLE,
        lower,
        coerce=partial(_seeded, name),
        place=1,
        shown=lambda args, call: f"{name}({', '.join(args)})",
        usage=usage,
        example=f"SELECT {name}(0)",
    )


_SEED = as_is(Accept('("INT" or "BIGINT")', lambda t: isinstance(t, (IntegerType, LongType)), (LONG,)))


def _seeded(name: str, args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    """A seed is a constant INT or BIGINT."""
    args = tuple(Literal(None, LONG) if isinstance(a.type, NullType) else a for a in args)
    if args and not isinstance(args[0].type, (IntegerType, LongType, NullType)):
        raise unexpected(args, 0, '("INT" or "BIGINT")')
    if args and not options.foldable(args[0]):
        raise AnalysisError(
            "SEED_EXPRESSION_IS_UNFOLDABLE",
            exprWithSeed=f'"{name}({pretty(args[0])})"',
            seedExpr=f'"{pretty(args[0])}"',
        )
    return tuple(cast_to(a, LONG) for a in args)


# --- in a range -----------------------------------------------------------------------------------------


def _range_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    args = tuple(Literal(None, DOUBLE) if isinstance(a.type, NullType) and i < 2 else a for i, a in enumerate(args))
    low, high, *seed = args
    for i, e in enumerate((low, high)):
        if not isinstance(e.type, (*INTEGRAL, FloatType, DoubleType, DecimalType, NullType)):
            raise unexpected(args, i, '"NUMERIC"')
    if seed and not isinstance(seed[0].type, (IntegerType, LongType, NullType)):
        raise unexpected(args, 2, '("INT" or "BIGINT")')
    for name, e in zip(("min", "max", "seed"), args, strict=False):
        if not options.foldable(e):
            shown = f'"{pretty(e)}"'
            raise Mismatch(
                "NON_FOLDABLE_INPUT", inputName=f"`{name}`", inputType="integer or floating-point", inputExpr=shown
            )
    return (low, high, *(cast_to(s, LONG) for s in seed))


def _range_type(args: tuple[Expression, ...]) -> DataType:
    """The wider of two integers or of two decimals; of others a DOUBLE before a FLOAT before a decimal."""
    a, b = args[0].type, args[1].type
    if isinstance(a, NullType) or isinstance(b, NullType):
        return DOUBLE
    for kind in (DoubleType, FloatType):
        if isinstance(a, kind) or isinstance(b, kind):
            return kind()
    if isinstance(a, DecimalType) != isinstance(b, DecimalType):
        return a if isinstance(a, DecimalType) else b
    if isinstance(a, DecimalType) and isinstance(b, DecimalType):
        return a if a.precision - a.scale >= b.precision - b.scale and a.scale >= b.scale else b
    return max(a, b, key=lambda t: INTEGRAL.index(t.__class__))


def _lower_range(call: Call, low: Lowering) -> str:
    least, most = (low.sql(a) for a in call.args[:2])
    drawn = (
        by_row(low, call, "rand", xorshift.uniform, _seed(call.args[2]), DOUBLE, 3)
        if len(call.args) > 2
        else "random()"
    )
    value = f"({least}::DOUBLE + ({most}::DOUBLE - {least}::DOUBLE) * {drawn})"
    if isinstance(call.type, DecimalType):
        return low.cast(value, DOUBLE, call.type)
    return f"CAST({f'trunc({value})' if isinstance(call.type, INTEGRAL) else value} AS {low.type(call.type)})"


# --- texts ----------------------------------------------------------------------------------------------

_ALPHABET = np.array(list("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _texts(length: int) -> Callable[[int, Any], Any]:
    def make(seed: int, rows: Any) -> Any:
        drawn = np.abs(xorshift.integers(seed, rows, length).astype(np.int64)) % len(_ALPHABET)
        letters = _ALPHABET[drawn].reshape(len(rows), length)
        return ["".join(row) for row in letters]

    return make


def _lower_texts(call: Call, low: Lowering) -> str:
    length = int(constant(call.args[0]) or 0)
    if length < 0:
        raise row_failure(
            "INVALID_PARAMETER_VALUE.LENGTH", parameter="`length`", length=length, functionName="`randstr`"
        )
    seed = _seed(call.args[1]) if len(call.args) > 1 else random.getrandbits(63)
    if not length:
        return "''"
    return by_row(low, call, f"randstr_{length}", _texts(length), seed, STRING, 2)


def _lower_uuid(call: Call, low: Lowering) -> str:
    seed = constant(call.args[0]) if call.args else None
    if seed is None:
        return "CAST(uuid() AS VARCHAR)"
    return by_row(low, call, "uuid", Uuids(), int(seed), STRING, 1)


@dataclass(frozen=True, slots=True)
class Uuids:
    """Texts by seed and place, from the numbers of a Mersenne twister. What it was at some places is kept, as it
    cannot jump to one."""

    marks: dict[int, dict[int, Any]] = field(default_factory=dict, compare=False)

    def __call__(self, seed: int, places: np.ndarray) -> Iterator[str]:
        if not len(places):
            return
        marks = self.marks.setdefault(seed, {0: _twister(seed).get_state()})
        first, end = int(places.min()), int(places.max()) + 1
        at = max(m for m in list(marks) if m <= first)
        twister = np.random.RandomState()
        twister.set_state(marks[at])
        drawn: list[np.ndarray] = []
        start = first - first % _MARK
        for begin in range(at, end, _MARK):
            numbers = np.frombuffer(twister.bytes(_MARK * 16), np.uint32).reshape(-1, 4)
            marks[begin + _MARK] = twister.get_state()
            if begin >= start:
                drawn.append(numbers)
        for a, b, c, d in np.concatenate(drawn)[places.astype(np.int64) - start].astype(object):
            high = (a << 32 | b) & 0xFFFFFFFFFFFF0FFF | 0x4000
            low = (c << 32 | d) & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000
            yield str(UUID(int=high << 64 | low))


_MARK = 4096  # places between two


# --- orders ---------------------------------------------------------------------------------------------


def _twister(seed: int) -> Any:
    return np.random.RandomState(np.array([seed >> 32 & 0xFFFFFFFF, seed & 0xFFFFFFFF], np.uint32))


def permutation(seed: int, size: int) -> list[int]:
    """Places from 1 in the order that Spark's generator, a Mersenne twister, gives for a seed."""
    twister = _twister(seed)

    def below(n: int) -> int:
        while True:
            drawn = int(twister.randint(0, 2**32, dtype=np.uint32)) >> 1
            if n & -n == n:
                return n * drawn >> 31
            if drawn - drawn % n + n - 1 < 2**31:
                return drawn % n

    places: list[int] = []
    for i in range(size):
        j = below(i + 1)
        places.append(i + 1)
        places[i], places[j] = places[j], i + 1
    return places


def _mixed(z: Any) -> Any:
    """Numbers of 64 bits that follow no pattern (the last steps of SplitMix64)."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _orders(seed: int) -> Callable[..., Any]:
    """A body: of sizes and row numbers, the places from 1 to the size in a random order."""
    golden = np.uint64(0x9E3779B97F4A7C15)

    def body(sizes: Any, rows: Any) -> pa.Array:
        missing = sizes.is_null().to_numpy(zero_copy_only=False)
        lengths = sizes.fill_null(0).to_numpy()
        numbers = rows.to_numpy().astype(np.uint64)
        ends = np.concatenate(([0], np.cumsum(lengths)))
        row = np.repeat(np.arange(len(lengths)), lengths)
        places = np.arange(ends[-1]) - ends[row]
        starts = _mixed(np.uint64(seed & xorshift.MASK) + numbers * golden)
        keys = _mixed(starts[row] + places.astype(np.uint64) * golden)
        out = (places[np.lexsort((keys, row))] + 1).astype(np.int32)
        for first in np.flatnonzero(numbers == 0):
            out[ends[first] : ends[first + 1]] = permutation(seed, int(lengths[first]))
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), out, mask=pa.array(missing))

    return body


def _lower_shuffle(call: Call, low: Lowering) -> str:
    """With a seed the first row is in Spark's order; others in orders of their own, whatever came before them."""
    array = low.sql(call.args[0])
    seed = _seed(call.args[1]) if len(call.args) > 1 else random.getrandbits(63)
    sizes = (f"len({array})", LONG), (low.row_number, LONG)
    order = python(low, f"shuffle_{seed & xorshift.MASK:x}", _orders(seed), sizes, ArrayType(INT, False))
    return f"list_select({array}, {order})"


def _whole_seed(function: str, at: int, args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """The argument in a place, from 0, is a literal INT or BIGINT, or NULL."""
    for a in args[at:]:
        if not (isinstance(a, Literal) and isinstance(a.type, (IntegerType, LongType, NullType))):
            raise AnalysisError(
                "INVALID_PARAMETER_VALUE.LONG",
                functionName=f"`{function}`",
                parameter="`seed`",
                invalidValue=f'"{pretty(a)}"',
            )
    kept = tuple(cast_to(a, ArrayType(NULL)) if isinstance(a.type, NullType) else a for a in args[:at])
    return None if any(not isinstance(a.type, ArrayType) for a in kept) else (*kept, *args[at:])


FUNCTIONS = (
    Function(
        ("shuffle",),
        sig(ARRAY, ANY, optional=1),
        arg(0),
        _lower_shuffle,
        coerce=partial(_whole_seed, "shuffle", 1),
        deterministic=False,
        shown=lambda args, call: f"shuffle({args[0]})",
        nullable=lambda args: args[0].nullable,
        usage="Returns an array's elements in a random order.",
        example="SELECT shuffle(array(1, 20, 3, 5))",
        group="array_funcs",
    ),
    _generator("rand", ("random",), _lower_uniform, "Returns a random number from 0 to below 1."),
    _generator("randn", (), _lower_gaussian, "Returns a random number of the standard normal distribution."),
    _random(
        ("uniform",),
        sig(NUMBER, NUMBER, foldable(BIGINT), optional=1),
        _range_type,
        _lower_range,
        coerce=_range_operands,
        place=3,
        usage="Returns a random number between two others.",
        example="SELECT uniform(10, 20, 0)",
    ),
    _random(
        ("randstr",),
        sig(foldable(INTEGER), foldable(_SEED), optional=1),
        STRING,
        _lower_texts,
        place=2,
        usage="Returns a text of random digits and letters.",
        example="SELECT randstr(3, 0)",
    ),
    _random(
        ("uuid",),
        sig(BIGINT, optional=1),
        STRING,
        coerce=partial(_whole_seed, "UUID", 0),
        place=1,
        shown="uuid()",
        lower=_lower_uuid,
        usage="Returns a random universally unique identifier.",
        example="SELECT uuid()",
    ),
)
