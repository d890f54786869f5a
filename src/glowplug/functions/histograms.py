"""`histogram_numeric`: bins of different widths. Semantics: Spark's SQL reference, "Aggregate Functions".

Ben-Haim, Tom-Tov: "A Streaming Parallel Decision Tree Algorithm" (2010).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import partial

import numpy as np
import pyarrow as pa

from glowplug.functions import folds, java_random
from glowplug.functions.lowering import known
from glowplug.functions.vocabulary import INTEGER, Mismatch, constant, sig
from glowplug.native import native
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Accept, Fold, Function, Lowering
from glowplug.types import (
    DOUBLE,
    INT,
    LONG,
    NUMERIC,
    ArrayType,
    DataType,
    DateType,
    DayTimeIntervalType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    YearMonthIntervalType,
)

NUMBER_OR_TIME = Accept(
    '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
    lambda t: isinstance(
        t, (*NUMERIC, DateType, TimestampType, TimestampNTZType, YearMonthIntervalType, DayTimeIntervalType)
    ),
    (DOUBLE,),
)


class Bins:
    """At most so many bins: the two nearest are merged whenever there is one too many (Ben-Haim and Tom-Tov).

    Of pairs that are equally near one is drawn, by the generator and the seed that Spark has for it.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.centres, self.counts = list[float](), list[float]()
        self._drawn = java_random.doubles(31183)
        self._state = java_random.state(31183)  # of the same generator elsewhere

    def add(self, values: pa.Array) -> Bins:
        return self._add_natively(values) if hasattr(native, "fill_bins") else self.add_each(values.to_pylist())

    def _add_natively(self, values: pa.Array) -> Bins:
        before = (np.array(v) for v in (self.centres, self.counts))
        filled = native.fill_bins(*before, self.most, self._state, values.to_numpy(zero_copy_only=False))
        self.centres, self.counts = (np.frombuffer(v, float).tolist() for v in filled[:2])
        self._state = filled[2]
        return self

    def add_each(self, values: Iterable[float]) -> Bins:
        centres, counts, most = self.centres, self.counts, self.most
        for x in values:
            at = bisect_left(centres, x)
            if at < len(centres) and centres[at] == x:
                counts[at] += 1
                continue
            centres.insert(at, x)
            counts.insert(at, 1.0)
            if len(centres) > most:
                self._merge_nearest()
        return self

    def _merge_nearest(self) -> None:
        centres, counts = self.centres, self.counts
        i, ties, nearest = 0, 1, centres[1] - centres[0]
        for j in range(1, len(centres) - 1):
            gap = centres[j + 1] - centres[j]
            if gap < nearest:
                i, ties, nearest = j, 1, gap
            elif gap == nearest:
                ties += 1
                i = j if next(self._drawn) <= 1.0 / ties else i
        m, n = counts[i], counts.pop(i + 1)
        centres[i] = centres[i] * (m / (m + n)) + centres.pop(i + 1) / (m + n) * n
        counts[i] = m + n

    def found(self) -> list[dict[str, float]] | None:
        """None of no values."""
        return [{"x": x, "y": y} for x, y in zip(self.centres, self.counts, strict=True)] or None


def _histogram_type(args: tuple[Expression, ...]) -> DataType:
    bins = known(args[1])
    if bins is not None and bins < 2:
        raise Mismatch("VALUE_OUT_OF_RANGE", exprName="nb", valueRange="[2, 2147483647]", currentValue=bins)
    return ArrayType(StructType((StructField("x", args[0].type), StructField("y", DOUBLE))), True)


def _lower_histogram(call: Call, low: Lowering) -> str:
    """Centres are doubles on the way, whatever the type of the values."""
    x, bins = call.args
    value = low.sql(x)
    number = {
        DateType: f"({value} - DATE '1970-01-01')",
        TimestampType: f"epoch_us({value})",
        TimestampNTZType: f"epoch_us({value})",
    }
    x_double = low.expression(f"{number.get(x.type.__class__, value)}::DOUBLE", DOUBLE, True)
    pair = ArrayType(StructType((StructField("x", DOUBLE), StructField("y", DOUBLE))))
    most = known(bins)
    fold = Fold((x_double,), str(most), partial(Bins, most), lambda b, xs: b.add(xs), Bins.found, result=pair)
    found = folds.lower_as(fold, call, low)
    match x.type:
        case DateType() | YearMonthIntervalType():
            whole: DataType = INT
        case TimestampType() | TimestampNTZType() | DayTimeIntervalType():
            whole = LONG
        case _:
            whole = x.type
    centre = low.cast("e.x", DOUBLE, whole, "legacy")  # what is too large is the largest, or NULL of a decimal
    centre = {
        DateType: f"DATE '1970-01-01' + {centre}",
        TimestampType: f"make_timestamptz({centre})",
        TimestampNTZType: f"make_timestamp({centre})",
    }.get(x.type.__class__, centre)
    return f"CAST(list_transform({found}, lambda e: row({centre}, e.y)) AS {low.type(call.type)})"


FUNCTIONS = (
    Function(
        ("histogram_numeric",),
        sig(NUMBER_OR_TIME, constant(INTEGER)),
        _histogram_type,
        _lower_histogram,
        kind="aggregate",
        nullable="always",
        group="agg_funcs",
        usage="Returns a histogram of the values in bins of different widths.",
        example="SELECT histogram_numeric(col, 5) FROM VALUES (0), (1), (2), (10) AS tab(col)",
    ),
)
