"""Tuple sketches: theta sketches with a number beside each hash, and sets of such sketches combined.

Semantics: Spark's SQL reference, "Sketch-Based Approximate Functions".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.functions import folds, samples
from glowplug.functions.lowering import known, per_row
from glowplug.functions.samples import Sample
from glowplug.functions.sketch_arguments import (
    aggregate,
    check_entries,
    check_mode,
    reader,
    scalar,
)
from glowplug.functions.theta_sketches import TUPLE_KEY, read, set_fold
from glowplug.functions.vocabulary import (
    BIN,
    INTEGER,
    STR,
    sig,
)
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Accept, Fold, Function
from glowplug.types import (
    BINARY,
    DOUBLE,
    INT,
    LONG,
    DataType,
)

_SIZED = partial(sig, optional=2, defaults=(12, "sum"))  # the binary logarithm of the nominal size, and the mode
_WITH_MODE = partial(sig, optional=1, defaults=("sum",))


@dataclass(frozen=True, slots=True)
class Numbers:
    """A kind of numbers beside keys: the ending of its functions' names, their type, and that of numpy.

    `greatest` and `least` change no minimum, and no maximum. `summed` is the type of all numbers combined.
    """

    name: str
    type: DataType
    value: Any
    greatest: float
    least: float
    summed: DataType

    def called(self, function: str) -> str:
        """The name of a function of this kind: `tuple_union_agg_double`."""
        return f"tuple_{function}_{self.name}"


_DOUBLE = Numbers("double", DOUBLE, np.float64, np.inf, -np.inf, DOUBLE)
_INTEGER = Numbers("integer", INT, np.int32, 2**31 - 1, -(2**31), LONG)


def _result(function: str, size: int | None, mode: int | None, result: DataType = BINARY) -> Any:
    def returns(args: tuple[Expression, ...]) -> DataType:
        if size is not None:
            check_entries(function, args[size])
        if mode is not None:
            check_mode(function, args[mode])
        return result

    return returns


def _mode(e: Expression) -> str:
    return str(known(e)).lower()


# --- aggregates ----------------------------------------------------------------------------------------------


def _sketch_fold(call: Call, of: Numbers) -> Fold:
    size, mode = 1 << known(call.args[2]), _mode(call.args[3])

    def add(state: Sample, keys: pa.Array, values: pa.Array) -> Sample:
        hashes = samples.hashed(keys)
        kept = hashes.is_valid()
        found = hashes.filter(kept).to_numpy().view(np.uint64)
        numbers = values.filter(kept).to_numpy(zero_copy_only=False).astype(of.value)
        ready = samples.combined(mode, found, numbers)
        return samples.union(state, Sample(samples.LARGEST, *ready, not len(found)), size, mode)

    start = samples.nothing(np.empty(0, of.value))
    return Fold(call.args[:2], f"{size}{mode}", lambda: start, add, lambda s: samples.write_tuple(s, mode))


def _union_fold(call: Call, of: Numbers) -> Fold:
    size, mode = 1 << known(call.args[1]), _mode(call.args[2])
    combine = partial(reduce, lambda a, b: samples.union(a, b, size, mode))
    write = lambda s: samples.write_tuple(samples.trimmed(s, size), mode)  # noqa: E731
    return set_fold(of.called("union_agg"), call, of.value, combine, write)


def _intersection_fold(call: Call, of: Numbers) -> Fold:
    mode = _mode(call.args[1])
    combine = partial(reduce, lambda a, b: samples.intersection(a, b, mode))
    return set_fold(of.called("intersection_agg"), call, of.value, combine, lambda s: samples.write_tuple(s, mode))


def _aggregates(of: Numbers) -> tuple[Function, ...]:
    number = Accept(f'"{of.type.__class__.__name__}"', lambda t: t == of.type, (of.type,))
    sketch, union, intersection = (of.called(f) for f in ("sketch_agg", "union_agg", "intersection_agg"))
    return (
        aggregate(
            (sketch,),
            _SIZED(TUPLE_KEY, number, INTEGER, STR),
            _result(sketch, 2, 3),
            folds.lower,
            fold=partial(_sketch_fold, of=of),
            settled=(2, 3),
            usage="Returns a tuple sketch of keys with a number each.",
            example=f"SELECT {of.called('sketch_estimate')}({sketch}(k, v)) FROM VALUES (1, 5) t(k, v)",
        ),
        aggregate(
            (union,),
            _SIZED(BIN, INTEGER, STR),
            _result(union, 1, 2),
            folds.lower,
            fold=partial(_union_fold, of=of),
            settled=(1, 2),
            usage="Returns the union of tuple sketches.",
        ),
        aggregate(
            (intersection,),
            _WITH_MODE(BIN, STR),
            _result(intersection, None, 1),
            folds.lower,
            fold=partial(_intersection_fold, of=of),
            settled=(1,),
            usage="Returns the intersection of tuple sketches.",
        ),
    )


# --- two sketches --------------------------------------------------------------------------------------------


def _with_values(sample: Sample, mode: str, of: Numbers) -> Sample:
    """A theta sketch as one of tuples, each with the value that changes no other."""
    neutral = {"sum": 0, "min": of.greatest, "max": of.least, "alwaysone": 1}[mode]
    return Sample(sample.theta, sample.hashes, np.full(len(sample.hashes), neutral, of.value), sample.empty)


def _pair(operation: str, theta: bool, of: Numbers) -> Function:
    """Of two sketches, the second of which may be of theta's family."""
    name = f"tuple_{operation}_{'theta_' * theta}{of.name}"

    def body(a: bytes, b: bytes, *options: Any) -> bytes:
        mode = str(options[-1]).lower() if options else "sum"
        left, right = read(a, name, of.value), read(b, name, None if theta else of.value)
        match operation:
            case "union":
                other = _with_values(right, mode, of) if theta else right
                found = samples.union(left, other, 1 << options[0], mode)
            case "intersection":
                found = samples.intersection(left, right, mode)
            case _:
                found = samples.difference(left, right)
        return samples.write_tuple(found, mode)

    signature, size, mode = {
        "union": (_SIZED(BIN, BIN, INTEGER, STR), 2, 3),
        "intersection": (_WITH_MODE(BIN, BIN, STR), None, 2),
        "difference": (sig(BIN, BIN), None, None),
    }[operation]
    return scalar(
        (name,),
        signature,
        _result(name, size, mode),
        lambda call, low: per_row(low, name, body, call.args, BINARY),
        usage=f"Returns the {operation} of two sketches.",
    )


# --- questions about one -------------------------------------------------------------------------------------


def _summary(of: Numbers) -> Function:
    name = of.called("sketch_summary")

    def body(data: bytes, mode: str) -> Any:
        values = read(data, name, of.value).values
        if values is None or not len(values):
            return number(0)
        wide = values.astype(np.int64) if of.type == INT else values
        return number({"sum": wide.sum, "min": wide.min, "max": wide.max, "alwaysone": wide.__len__}[mode.lower()]())

    number = int if of.type == INT else float
    return scalar(
        (name,),
        _WITH_MODE(BIN, STR),
        _result(name, None, 1, of.summed),
        lambda call, low: per_row(low, name, body, call.args, of.summed),
        settled=(1,),
        usage="Returns the numbers of the kept keys combined.",
    )


def _of_kind(of: Numbers) -> tuple[Function, ...]:
    estimate, theta = of.called("sketch_estimate"), of.called("sketch_theta")
    return (
        *_aggregates(of),
        *(
            _pair(operation, theta, of)
            for operation in ("union", "intersection", "difference")
            for theta in (False, True)
        ),
        reader(
            estimate,
            DOUBLE,
            lambda data: read(data, estimate, of.value).estimate,
            "Returns about how many different keys there were.",
        ),
        reader(
            theta,
            DOUBLE,
            lambda data: read(data, theta, of.value).fraction,
            "Returns the part of all hashes that the sketch keeps.",
        ),
        _summary(of),
    )


FUNCTIONS = (*_of_kind(_DOUBLE), *_of_kind(_INTEGER))
