"""Which casts exist, and what they may do. Rules of Spark's `Cast.canCast`, `canAnsiCast`, `forceNullable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glowplug.types import (
    INTEGRAL,
    NUMERIC,
    STRINGS,
    ArrayType,
    BinaryType,
    BooleanType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    MapType,
    NullType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    UserDefinedType,
    VariantType,
    YearMonthIntervalType,
)

if TYPE_CHECKING:
    from glowplug.plan.expressions import Cast

_DATETIMES = (DateType, TimestampType, TimestampNTZType)
_ANSI_INTERVALS = (YearMonthIntervalType, DayTimeIntervalType)


def can_cast(source: DataType, target: DataType, ansi: bool) -> bool:
    """Whether a cast between the types is allowed at all (it may still fail or give NULL on a value)."""
    if source == target or isinstance(source, NullType):
        return True
    match source, target:
        case ArrayType(a, _), ArrayType(b, _):
            return can_cast(a, b, ansi)
        case MapType(ka, va), MapType(kb, vb):
            return can_cast(ka, kb, ansi) and can_cast(va, vb, ansi)
        case StructType(fa), StructType(fb):
            return len(fa) == len(fb) and all(can_cast(x.type, y.type, ansi) for x, y in zip(fa, fb, strict=True))
        case UserDefinedType(sql_type), UserDefinedType(other):
            return sql_type == other
        case UserDefinedType(sql_type), _:
            return can_cast(sql_type, target, ansi)
        case (VariantType(), _) | (_, VariantType()):
            return True
        case (_, t) if isinstance(t, STRINGS):
            return True
        case (s, BinaryType()):
            return isinstance(s, STRINGS) or (not ansi and isinstance(s, INTEGRAL))
        case (s, t) if isinstance(s, STRINGS):
            return isinstance(t, (BooleanType, *NUMERIC, *_DATETIMES, TimeType, CalendarIntervalType, *_ANSI_INTERVALS))
        case (s, BooleanType()):
            return isinstance(s, NUMERIC) or (not ansi and isinstance(s, (DateType, TimestampType)))
        case (BooleanType(), t) if isinstance(t, NUMERIC):
            return True
        case (BooleanType(), TimestampType()):
            return not ansi
        case (s, t) if isinstance(s, NUMERIC) and isinstance(t, NUMERIC):
            return True
        case (s, TimestampType()) if isinstance(s, NUMERIC):
            return True
        case (TimestampType(), t) if isinstance(t, NUMERIC):
            return True
        case (DateType(), t) if isinstance(t, NUMERIC):
            return not ansi
        case (s, t) if isinstance(s, _DATETIMES) and isinstance(t, _DATETIMES):
            return True
        case (TimestampType() | TimestampNTZType(), TimeType()) | (TimeType(), TimeType()):
            return True
        case (TimeType(), t):
            return isinstance(t, NUMERIC)
        case (YearMonthIntervalType(), YearMonthIntervalType()) | (DayTimeIntervalType(), DayTimeIntervalType()):
            return True
        case (s, t) if isinstance(s, _ANSI_INTERVALS) and isinstance(t, NUMERIC):
            return s.start == s.end
        case (s, t) if isinstance(s, (*INTEGRAL, DecimalType)) and isinstance(t, _ANSI_INTERVALS):
            return t.start == t.end
    return False


def up_castable(source: DataType, target: DataType) -> bool:
    """Whether a cast can neither fail nor lose information."""
    if source == target or isinstance(source, NullType):
        return True
    widths = {"ByteType": 1, "ShortType": 2, "IntegerType": 3, "LongType": 4, "FloatType": 5, "DoubleType": 6}
    narrow, wide = widths.get(type(source).__name__), widths.get(type(target).__name__)
    if narrow and wide:
        return narrow <= wide
    digits = {"ByteType": 3, "ShortType": 5, "IntegerType": 10, "LongType": 20}.get(type(source).__name__)
    match source, target:
        case _, DecimalType(p, scale) if digits is not None:
            return p - scale >= digits
        case DecimalType(p1, s1), DecimalType(p2, s2):
            return s2 >= s1 and p2 - s2 >= p1 - s1
        case ArrayType(a, na), ArrayType(b, nb):
            return up_castable(a, b) and (nb or not na)
        case MapType(ka, va, na), MapType(kb, vb, nb):
            return up_castable(ka, kb) and up_castable(va, vb) and (nb or not na)
        case StructType(fa), StructType(fb):
            return len(fa) == len(fb) and all(
                up_castable(x.type, y.type) and (y.nullable or not x.nullable) for x, y in zip(fa, fb, strict=True)
            )
        case (_, t) if isinstance(t, STRINGS):
            return not isinstance(source, (ArrayType, MapType, StructType, BinaryType, VariantType))
        case DateType(), (TimestampType() | TimestampNTZType()):
            return True
        case (TimestampType(), TimestampNTZType()) | (TimestampNTZType(), TimestampType()):
            return True
    return False


def cast_nullable(cast: Cast) -> bool:
    """A cast gives NULL if its child does, if it may give NULL instead of an error, or by its types."""
    child = cast.child
    if child.nullable:
        return True
    source: DataType = child.type
    return (cast.mode == "try" and not up_castable(source, cast.type)) or force_nullable(source, cast.type, cast.mode)


def force_nullable(source: DataType, target: DataType, mode: str | None) -> bool:
    """Types between which Spark's cast can give NULL for a value, in the given mode."""
    ansi = mode != "legacy"
    if source == target:
        return False
    match source, target:
        case NullType(), _:
            return True
        case (s, t) if isinstance(s, STRINGS) and not isinstance(t, STRINGS):
            return not isinstance(t, BinaryType) and not ansi
        case (_, t) if isinstance(t, STRINGS):
            return False
        case (FloatType() | DoubleType(), TimestampType()):
            return not ansi
        case (TimestampType(), t) if not isinstance(
            t, (DateType, TimestampNTZType, DecimalType, DoubleType, FloatType, LongType)
        ):
            return not ansi
        case DateType(), (TimestampType() | TimestampNTZType()):
            return False
        case DateType(), _:
            return not ansi
        case _, (DateType() | CalendarIntervalType()):
            return not isinstance(source, (TimestampType, TimestampNTZType))
        case DecimalType() | FloatType() | DoubleType() | BooleanType() | LongType(), DecimalType():
            return not up_castable(source, target) and not ansi
        case (s, DecimalType()):
            return not up_castable(s, target) and not ansi
        case (FloatType() | DoubleType(), t) if isinstance(t, INTEGRAL):
            return False
        case _:
            return False


def store_assignable(source: DataType, target: DataType) -> bool:
    """Whether a value may be stored in a column of another type (ANSI store assignment): no string to number."""
    if source == target or isinstance(source, NullType):
        return True
    match source, target:
        case ArrayType(a, na), ArrayType(b, nb):
            return (nb or not na) and store_assignable(a, b)
        case MapType(ka, va, na), MapType(kb, vb, nb):
            return (nb or not na) and store_assignable(ka, kb) and store_assignable(va, vb)
        case StructType(fa), StructType(fb):
            return len(fa) == len(fb) and all(store_assignable(x.type, y.type) for x, y in zip(fa, fb, strict=True))
        case (s, t) if isinstance(s, NUMERIC) and isinstance(t, NUMERIC):
            return True
        case (s, t) if isinstance(t, STRINGS):
            return not isinstance(s, (ArrayType, MapType, StructType, BinaryType, VariantType))
        case (s, t) if isinstance(s, _DATETIMES) and isinstance(t, _DATETIMES):
            return True
        case (YearMonthIntervalType(), YearMonthIntervalType()) | (DayTimeIntervalType(), DayTimeIntervalType()):
            return True
        case (TimeType(), TimeType()):
            return True
    return False
