"""What functions of sketches share: what they refuse of their constants, and how those that only read are declared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions.lowering import known, per_row
from glowplug.functions.samples import MODES
from glowplug.functions.vocabulary import (
    BIN,
    Mismatch,
    sig,
)
from glowplug.plan.expressions import Attribute, Expression, LambdaVariable, OuterReference
from glowplug.plan.function import Function
from glowplug.plan.names import sql_text
from glowplug.plan.tree import walk
from glowplug.types import (
    DataType,
    quote,
)

aggregate = partial(Function, kind="aggregate", nullable="never", group="agg_funcs")
exact = partial(aggregate, casts=False)
scalar = partial(Function, group="sketch_funcs", casts=False)


def varies(e: Expression) -> bool:
    return any(isinstance(x, Attribute | OuterReference | LambdaVariable) for x in walk(e))


def unfoldable(e: Expression, name: str, type: str) -> Mismatch:
    return Mismatch("NON_FOLDABLE_INPUT", inputName=name, inputType=type, inputExpr=sql_text(e))


def refusal(condition: str, **parameters: object) -> Mismatch:
    """What Spark wraps into a mismatch of types."""
    text = str(AnalysisError(condition, None, **parameters))
    return Mismatch("TYPE_CHECK_FAILURE_WITH_HINT", msg=text, hint="")


def check_mode(function: str, e: Expression) -> None:
    if varies(e):
        raise unfoldable(e, "mode", "string")
    mode = known(e)
    if mode is None:
        raise Mismatch("UNEXPECTED_NULL", exprName="mode")
    if mode.lower() not in MODES:
        raise refusal("TUPLE_INVALID_SKETCH_MODE", function=quote(function), mode=mode, validModes=", ".join(MODES))


def check_entries(function: str, e: Expression) -> None:
    """The binary logarithm of a sketch's nominal size."""
    if varies(e):
        raise unfoldable(e, "lgNomEntries", "int")
    if (value := known(e)) is None:
        raise Mismatch("UNEXPECTED_NULL", exprName="lgNomEntries")
    if not 4 <= value <= 26:
        raise refusal("SKETCH_INVALID_LG_NOM_ENTRIES", function=quote(function), min=4, max=26, value=value)


def size_of(function: str, entries: int) -> int:
    if not 4 <= entries <= 26:
        raise row_failure("SKETCH_INVALID_LG_NOM_ENTRIES", function=quote(function), min=4, max=26, value=entries)
    return 1 << entries


def reader(name: str, result: DataType, body: Callable[[bytes], Any], usage: str) -> Function:
    return scalar((name,), sig(BIN), result, lambda call, low: per_row(low, name, body, call.args, result), usage=usage)
