"""Which casts exist, and what they may do. Rules of Spark's `Cast.canCast`, `canAnsiCast`, `forceNullable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glowplug.types import (
    ANY_SRID,
    INTEGRAL,
    NUMERIC,
    STRINGS,
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    GeographyType,
    GeometryType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    ShortType,
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


def can_cast(source: DataType, target: DataType, ansi: bool, tolerant: bool = False) -> bool:
    """Whether a cast between the types is allowed at all (it may still fail or give NULL on a value).

    `tolerant`: by TRY_CAST. A map's keys must not become NULL.
    """
    if source == target or isinstance(source, NullType):
        return True
    match source, target:
        case (GeometryType(), GeometryType(srid)) | (GeographyType(), GeographyType(srid)):
            return srid == ANY_SRID
        case (GeographyType(a), GeometryType(b)):
            return b in (a, ANY_SRID)
        case (GeometryType() | GeographyType(), _) | (_, GeometryType() | GeographyType()):
            return False
        case ArrayType(a, _), ArrayType(b, _):
            return can_cast(a, b, ansi, tolerant)
        case MapType(ka, va), MapType(kb, vb):
            keys = can_cast(ka, kb, ansi, tolerant) and ((ansi and not tolerant) or not force_nullable(ka, kb))
            return keys and can_cast(va, vb, ansi, tolerant)
        case StructType(fa), StructType(fb):
            return len(fa) == len(fb) and all(
                can_cast(x.type, y.type, ansi, tolerant) for x, y in zip(fa, fb, strict=True)
            )
        case UserDefinedType(sql_type), UserDefinedType(other):
            return sql_type == other
        case UserDefinedType(sql_type), _:
            return can_cast(sql_type, target, ansi)
        case (StructType() | MapType(), VariantType()):
            return False  # to_variant_object does that
        case (ArrayType(x), VariantType()):
            return can_cast(x, target, ansi, tolerant)
        case (VariantType(), t) | (t, VariantType()) if isinstance(t, (*_ANSI_INTERVALS, CalendarIntervalType)):
            return False
        case (VariantType(), _) | (_, VariantType()):
            return True
    return _can_cast_atomic(source, target, ansi)


def _can_cast_atomic(source: DataType, target: DataType, ansi: bool) -> bool:
    match source, target:
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
        case TimeType(), TimeType():
            return True
        case (TimeType(), t):
            return isinstance(t, (*INTEGRAL, DecimalType))
        case (YearMonthIntervalType(), YearMonthIntervalType()) | (DayTimeIntervalType(), DayTimeIntervalType()):
            return True
        case (s, t) if isinstance(s, _ANSI_INTERVALS):  # by the unit of the last field
            return isinstance(t, (*INTEGRAL, DecimalType))
        case (s, t) if isinstance(t, _ANSI_INTERVALS):
            return isinstance(s, (*INTEGRAL, DecimalType))
    return False


def up_castable(source: DataType, target: DataType) -> bool:
    """Whether a cast can neither fail nor lose information (`UpCastRule.canUpCast`)."""
    if source == target or isinstance(source, NullType):
        return True
    match source, target:
        case (s, DecimalType()) if isinstance(s, NUMERIC):
            return _holds(target, s)
        case (DecimalType(p, scale), t) if isinstance(t, INTEGRAL):
            return scale == 0 and p <= _DIGITS[t.__class__]
        case (s, t) if s.__class__ in _WIDTHS and t.__class__ in _WIDTHS:
            return _WIDTHS.index(s.__class__) <= _WIDTHS.index(t.__class__)
        case ArrayType(a, na), ArrayType(b, nb):
            return up_castable(a, b) and (nb or not na)
        case MapType(ka, va, na), MapType(kb, vb, nb):
            return up_castable(ka, kb) and up_castable(va, vb) and (nb or not na)
        case StructType(fa), StructType(fb):
            return len(fa) == len(fb) and all(
                up_castable(x.type, y.type) and (y.nullable or not x.nullable) for x, y in zip(fa, fb, strict=True)
            )
        case (_, t) if isinstance(t, STRINGS):
            return not isinstance(source, (ArrayType, MapType, StructType, VariantType))
        case DateType(), (TimestampType() | TimestampNTZType()):
            return True
        case (TimestampType(), TimestampNTZType() | LongType()) | (TimestampNTZType() | LongType(), TimestampType()):
            return True
        case (YearMonthIntervalType(), YearMonthIntervalType()) | (DayTimeIntervalType(), DayTimeIntervalType()):
            return True
    return False


_WIDTHS = (ByteType, ShortType, IntegerType, LongType, FloatType, DoubleType)
_DIGITS: dict[type[DataType], int] = {ByteType: 3, ShortType: 5, IntegerType: 10, LongType: 20}


def _holds(target: DecimalType, source: DataType) -> bool:
    """Whether a decimal has room for every value of a number's type."""
    if isinstance(source, DecimalType):
        return target.scale >= source.scale and target.precision - target.scale >= source.precision - source.scale
    digits = _DIGITS.get(source.__class__)
    return digits is not None and target.precision - target.scale >= digits


def cast_nullable(cast: Cast) -> bool:
    """A cast gives NULL if its child does, if it may give NULL instead of an error, or by its types."""
    child = cast.child
    if child.nullable:
        return True
    source: DataType = child.type
    return (cast.mode == "try" and not up_castable(source, cast.type)) or force_nullable(source, cast.type)


def force_nullable(source: DataType, target: DataType) -> bool:
    """Types between which a cast can give NULL for a value that is not NULL, in whatever mode."""
    if source == target or isinstance(source, NullType):
        return False
    match source, target:
        case VariantType(), _:
            return True
        case (s, t) if isinstance(s, STRINGS):
            return not isinstance(t, (*STRINGS, BinaryType))
        case (_, t) if isinstance(t, STRINGS):
            return False
        case (TimestampType(), ByteType() | ShortType() | IntegerType()) | (TimeType(), ByteType() | ShortType()):
            return True
        case FloatType() | DoubleType(), TimestampType():
            return True
        case (TimestampType(), DateType()) | (DateType(), TimestampType()):
            return False
        case (_, DateType()) | (DateType(), _) | (_, CalendarIntervalType()):
            return True
        case BooleanType(), DecimalType(p, scale):
            return p - scale < 1
        case DecimalType(p, scale), DecimalType(q, other):
            return not _holds(target, source) and q - other <= p - scale
        case (_, DecimalType()):
            return not _holds(target, source)
        case (FloatType() | DoubleType() | DecimalType(), t):
            return isinstance(t, INTEGRAL)
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
            return not isinstance(s, (ArrayType, MapType, StructType, VariantType))
        case (s, t) if isinstance(s, _DATETIMES) and isinstance(t, _DATETIMES):
            return True
        case (TimeType(), TimeType()):
            return True
    return False
