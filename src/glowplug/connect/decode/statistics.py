"""Relations of `df.stat`, `df.na`, `describe`, `summary` and `show`: the message, the context, the decoded input."""

from __future__ import annotations

import random
from typing import Any

from glowplug.connect.decode.context import Context, invalid, optional
from glowplug.connect.decode.expressions import expression
from glowplug.connect.decode.literals import literal
from glowplug.plan.relations import (
    ApproxQuantile,
    Correlation,
    Covariance,
    Crosstab,
    DropNa,
    FillNa,
    FreqItems,
    Relation,
    ReplaceValues,
    SampleBy,
    ShowString,
    Summary,
)

_DESCRIBED = ("count", "mean", "stddev", "min", "max")
_SUMMARIZED = ("count", "mean", "stddev", "min", "25%", "50%", "75%", "max")


def show_string(m: Any, context: Context, child: Relation) -> Relation:
    return ShowString(child, m.num_rows, m.truncate, m.vertical)


def html_string(m: Any, context: Context, child: Relation) -> Relation:
    return ShowString(child, m.num_rows, m.truncate, html=True)


def fill_na(m: Any, context: Context, child: Relation) -> Relation:
    """One value for all columns of its type (or for `cols`), or one for each of `cols`."""
    if not m.values:
        raise invalid("NA_FILL_VALUES_EMPTY")
    if len(m.values) > 1 and len(m.values) != len(m.cols):
        raise invalid("NA_FILL_VALUES_LENGTH_MISMATCH")
    values = tuple([literal(v) for v in m.values])
    if any(v.value is None for v in values):
        raise invalid("UNSUPPORTED_LITERAL_TYPE", typeInfo="NULL(1)")
    return FillNa(child, tuple(m.cols), values)


def drop_na(m: Any, context: Context, child: Relation) -> Relation:
    return DropNa(child, tuple(m.cols), optional(m, "min_non_nulls"))


def replace(m: Any, context: Context, child: Relation) -> Relation:
    replacements = tuple([(literal(r.old_value), literal(r.new_value)) for r in m.replacements])
    return ReplaceValues(child, tuple(m.cols), replacements)


def summary(m: Any, context: Context, child: Relation) -> Relation:
    return Summary(child, tuple(m.statistics) or _SUMMARIZED)


def describe(m: Any, context: Context, child: Relation) -> Relation:
    return Summary(child, _DESCRIBED, tuple(m.cols) or None)


def crosstab(m: Any, context: Context, child: Relation) -> Relation:
    return Crosstab(child, m.col1, m.col2)


def covariance(m: Any, context: Context, child: Relation) -> Relation:
    return Covariance(child, m.col1, m.col2)


def correlation(m: Any, context: Context, child: Relation) -> Relation:
    return Correlation(child, m.col1, m.col2, m.method or "pearson")


def approx_quantile(m: Any, context: Context, child: Relation) -> Relation:
    return ApproxQuantile(child, tuple(m.cols), tuple(m.probabilities), m.relative_error)


def freq_items(m: Any, context: Context, child: Relation) -> Relation:
    return FreqItems(child, tuple(m.cols), m.support if m.HasField("support") else 0.01)


def sample_by(m: Any, context: Context, child: Relation) -> Relation:
    fractions = tuple([(literal(f.stratum), f.fraction) for f in m.fractions])
    seed = m.seed if m.HasField("seed") else random.getrandbits(63)
    return SampleBy(child, expression(m.col, context), fractions, seed)
