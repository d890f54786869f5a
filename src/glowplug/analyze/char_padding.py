"""Comparisons of CHAR(n) columns: the shorter side is padded with spaces, as Spark's `ApplyCharTypePadding` does."""

from __future__ import annotations

from collections.abc import Callable

from glowplug.analyze.char_columns import declared
from glowplug.analyze.constants import fold
from glowplug.analyze.context import Context
from glowplug.plan.expressions import (
    Attribute,
    Expression,
    Literal,
    OuterReference,
    Replaced,
    UnresolvedFunction,
)
from glowplug.plan.names import pretty
from glowplug.types import INT, CharType, StringType
from glowplug.types_json import SIZED

COMPARISONS = frozenset(("=", "==", "<=>", "!=", "<>", "<", "<=", ">", ">=", "in"))


def padded(
    name: str, args: tuple[Expression, ...], cx: Context, resolve: Callable[[Expression], Expression]
) -> tuple[Expression, ...]:
    """The arguments of a comparison; texts beside a CHAR column, and it, get the length of the longest of them."""
    if name not in COMPARISONS or cx.conf.plain_texts:
        return args
    lengths = [_length(a) for a in args]
    if not any(lengths):
        return args
    args = tuple(
        [fold(a, cx) if n is None and isinstance(a.type, StringType) else a for a, n in zip(args, lengths, strict=True)]
    )
    lengths = [_text_length(a) if n is None else n for a, n in zip(args, lengths, strict=True)]
    if None in lengths:
        return args
    longest = max(n or 0 for n in lengths)
    as_read = cx.conf.bool("spark.sql.readSideCharPadding")  # otherwise columns may be shorter than they are declared
    shorter = [n or 0 if as_read or _length(a) is None else -1 for a, n in zip(args, lengths, strict=True)]
    return tuple([_as_long(a, n, longest, resolve) for a, n in zip(args, shorter, strict=True)])


def _as_long(e: Expression, length: int, wanted: int, resolve: Callable[[Expression], Expression]) -> Expression:
    """A text of `wanted` characters; names of columns do not show that it was padded."""
    if length == wanted:
        return e
    match e:
        case Literal(None) | Replaced(Literal(None)):
            return e
        case Literal(value, type) | Replaced(Literal(value, type)):
            return Replaced(Literal(value.ljust(wanted), type), pretty(e))
    call = UnresolvedFunction(("read_side_padding",), (e, Literal(wanted, INT)), internal=True)
    return Replaced(resolve(call), pretty(e))


def _length(e: Expression) -> int | None:
    """That of a column that is CHAR; fields of columns are compared as they are."""
    a = e.attribute if isinstance(e, OuterReference) else e
    if not isinstance(a, Attribute) or SIZED not in a.metadata:
        return None
    type = declared(a.type, a.metadata)
    return type.length if isinstance(type, CharType) else None


def _text_length(e: Expression) -> int | None:
    """That of a constant text; NULL has none, and hinders nothing."""
    match e:
        case Literal(None) | Replaced(Literal(None)):
            return 0
        case Literal(str(value)) | Replaced(Literal(str(value))):
            return len(value)
    return None
