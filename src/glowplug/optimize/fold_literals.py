"""Casts of constants are constants."""

from __future__ import annotations

import decimal
from decimal import Decimal

from glowplug.datetimes import parse_date
from glowplug.optimize.context import Context
from glowplug.plan.expressions import Cast, Expression, Literal, Replaced
from glowplug.plan.relations import Relation
from glowplug.plan.tree import kinds, map_expressions
from glowplug.types import (
    INTEGRAL,
    ByteType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
)

_FOLDED = {Cast, Replaced}
_EXACT = decimal.Context(prec=76)  # twice a decimal's digits: 28 by default are too few
_BITS = {ByteType: 8, ShortType: 16, IntegerType: 32, LongType: 64}


def fold_literals(node: Relation, cx: Context) -> Relation | None:
    """CAST(1 AS DECIMAL(1,0)) → 1BD, CAST('2000-01-27' AS DATE) → DATE'2000-01-27'.

    A cast that cannot fail needs no check for every row; and the kernel joins by no condition that holds such a check.
    """
    done = map_expressions(node, _fold) if kinds(node) & _FOLDED else node
    return done if done is not node else None


def _fold(e: Expression) -> Expression:
    if not kinds(e) & _FOLDED:
        return e
    e = map_expressions(e, _fold)
    if isinstance(e, Replaced) and isinstance(e.child, Literal):
        return e.child
    if isinstance(e, Cast) and isinstance(e.child, Literal) and e.child.value is not None:
        return _converted(e.child, e) or e
    return e


def _converted(literal: Literal, cast: Cast) -> Literal | None:
    """The literal in the cast's type, if it has exactly that value there."""
    value = literal.value
    if isinstance(literal.type, StringType) and isinstance(cast.type, DateType):
        days = parse_date(value)
        return None if days is None else Literal(days, cast.type)
    if isinstance(literal.type, DecimalType):
        number = value
    elif isinstance(literal.type, INTEGRAL):
        number = Decimal(value)
    else:
        return None
    match cast.type:
        case DecimalType(precision, scale):
            digits = number.as_tuple()
            fits = -int(digits.exponent) <= scale and number.adjusted() < precision - scale
            return (
                Literal(number.quantize(Decimal(1).scaleb(-scale), context=_EXACT), cast.type)
                if fits or not number
                else None
            )
        case ByteType() | ShortType() | IntegerType() | LongType() if number == int(number):
            half = 1 << (_BITS[cast.type.__class__] - 1)
            return Literal(int(number), cast.type) if -half <= number < half else None
        case DoubleType() if isinstance(literal.type, INTEGRAL) and abs(number) < 1 << 53:
            return Literal(float(number), cast.type)
    return None
