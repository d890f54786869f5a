"""The lattice of types: what two types have in common, and what is cast implicitly to what.

Spark's `TypeCoercion` (non-ANSI) and `AnsiTypeCoercion` rules; decimal rules of `DecimalPrecision`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from glowplug.plan.expressions import Cast, Expression, Literal
from glowplug.plan.function import Accept
from glowplug.types import (
    ANY_SRID,
    BOOLEAN,
    DOUBLE,
    INTEGRAL,
    LONG,
    MAX_PRECISION,
    NUMERIC,
    STRING,
    STRINGS,
    TIMESTAMP,
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
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    UserDefinedType,
    VariantType,
    YearMonthIntervalType,
    same_type,
)

_ORDER = (ByteType, ShortType, IntegerType, LongType, FloatType, DoubleType)
_DATETIMES = (DateType, TimestampNTZType, TimestampType)
_INTERVALS = (YearMonthIntervalType, DayTimeIntervalType)
INTEGRAL_DIGITS = {ByteType: 3, ShortType: 5, IntegerType: 10, LongType: 20}


def decimal_for(type: DataType) -> DecimalType:
    """The decimal that holds every value of a numeric type (`DecimalType.forType`)."""
    match type:
        case DecimalType():
            return type
        case FloatType():
            return DecimalType(14, 7)
        case DoubleType():
            return DecimalType(30, 15)
        case _:
            return DecimalType(INTEGRAL_DIGITS.get(type.__class__, MAX_PRECISION), 0)


def decimal_for_literal(e: Expression) -> DecimalType:
    """The narrowest decimal of an integer literal (but for TINYINT), otherwise that of its type."""
    if isinstance(e, Literal) and isinstance(e.type, INTEGRAL[1:]) and e.value is not None:
        return DecimalType(len(str(abs(e.value))), 0)
    return decimal_for(e.type)


def bounded(precision: int, scale: int) -> DecimalType:
    """A decimal cut to 38 digits without regard to its whole part (`DecimalType.bounded`)."""
    return DecimalType(min(precision, MAX_PRECISION), min(scale, MAX_PRECISION))


def adjusted(precision: int, scale: int) -> DecimalType:
    """A decimal cut to 38 digits, giving up at most all but 6 digits of scale (`adjustPrecisionScale`)."""
    if precision <= MAX_PRECISION:
        return DecimalType(precision, scale)
    whole = precision - scale
    return DecimalType(MAX_PRECISION, max(MAX_PRECISION - whole, min(scale, 6)))


def wider_decimal(a: DecimalType, b: DecimalType) -> DecimalType:
    """A decimal that holds both, cut to 38 digits: those of the fraction go first (`boundedPreferIntegralDigits`)."""
    scale, whole = max(a.scale, b.scale), max(a.precision - a.scale, b.precision - b.scale)
    return DecimalType(min(whole + scale, MAX_PRECISION), min(scale, MAX_PRECISION - whole))


def tightest_common(a: DataType, b: DataType, ansi: bool = False) -> DataType | None:
    """The common type of two that loses nothing (`findTightestCommonType`), without decimals of unequal kinds.

    In ANSI mode a float and an integer make a double.
    """
    if same_type(a, b):
        return _merge_nullability(a, b)
    if isinstance(a, NullType):
        return b
    if isinstance(b, NullType):
        return a
    if isinstance(a, _ORDER) and isinstance(b, _ORDER):
        if ansi and isinstance(a, FloatType) != isinstance(b, FloatType):
            return DOUBLE
        return max(a, b, key=lambda t: _ORDER.index(t.__class__))
    match a, b:
        case (DecimalType() as d, t) | (t, DecimalType() as d) if isinstance(t, INTEGRAL):
            return d if d.precision - d.scale >= decimal_for(t).precision else None
        case (x, y) if isinstance(x, _DATETIMES) and isinstance(y, _DATETIMES):
            if isinstance(x, TimestampType) or isinstance(y, TimestampType):
                return TIMESTAMP
            return x if isinstance(x, TimestampNTZType) else y
        case DayTimeIntervalType(s1, e1), DayTimeIntervalType(s2, e2):
            return DayTimeIntervalType(min(s1, s2), max(e1, e2))
        case YearMonthIntervalType(s1, e1), YearMonthIntervalType(s2, e2):
            return YearMonthIntervalType(min(s1, s2), max(e1, e2))
        case TimeType(p1), TimeType(p2):
            return TimeType(max(p1, p2))
        case StringType(), StringType():  # of two collations
            return None
        case (x, y) if isinstance(x, STRINGS) and isinstance(y, STRINGS):
            return x if isinstance(x, StringType) else y if isinstance(y, StringType) else STRING
        case ArrayType() | MapType() | StructType(), _:
            return _complex(a, b, lambda x, y: tightest_common(x, y, ansi))
    return None


def _merge_nullability(a: DataType, b: DataType) -> DataType:
    if a == b:
        return a
    return _complex(a, b, tightest_common) or a


def _complex(a: DataType, b: DataType, common: object) -> DataType | None:
    """The common type of two nested types by the given rule for their parts."""
    assert callable(common)
    match a, b:
        case ArrayType(x, nx), ArrayType(y, ny):
            t = common(x, y)
            return None if t is None else ArrayType(t, nx or ny or _loses(x, t) or _loses(y, t))
        case MapType(kx, vx, nx), MapType(ky, vy, ny):
            k, v = common(kx, ky), common(vx, vy)
            if k is None or v is None or _loses(kx, k) or _loses(ky, k):  # no key may become NULL
                return None
            return MapType(k, v, nx or ny or _loses(vx, v) or _loses(vy, v))
        case StructType(fx), StructType(fy) if len(fx) == len(fy):
            fields = []
            for f, g in zip(fx, fy, strict=True):
                t = common(f.type, g.type)
                if t is None or f.name.lower() != g.name.lower():
                    return None
                fields.append(StructField(f.name, t, f.nullable or g.nullable, f.metadata))
            return StructType(tuple(fields))
    return None


def _loses(source: DataType, target: DataType) -> bool:
    from glowplug.plan.casts import force_nullable

    return force_nullable(source, target)


def wider(a: DataType, b: DataType, ansi: bool) -> DataType | None:
    """The common type that CASE, COALESCE, UNION, arrays, IN and comparisons bring two types to."""
    t = tightest_common(a, b, ansi)
    if t is not None:
        return t
    match a, b:
        case (DecimalType(), DecimalType()):
            return wider_decimal(a, b)
        case (DecimalType(), x) | (x, DecimalType()) if isinstance(x, INTEGRAL):
            return wider_decimal(decimal_for(a), decimal_for(b))
        case (DecimalType(), x) | (x, DecimalType()) if isinstance(x, (FloatType, DoubleType)):
            return DOUBLE
        case (x, y) if isinstance(x, StringType) != isinstance(y, StringType):
            text, other = (x, y) if isinstance(x, StringType) else (y, x)
            promoted = _with_string(other, ansi)
            if promoted is not None:
                return text if promoted == STRING else promoted
        case (GeometryType(), GeometryType()):
            return GeometryType(ANY_SRID)
        case (GeographyType(), GeographyType()):
            return GeographyType(ANY_SRID)
    return _complex(a, b, lambda x, y: wider(x, y, ansi))


def unpromoted(a: DataType, b: DataType, ansi: bool = False) -> DataType | None:
    """The wider of two types, without turning anything into a text or a text into anything, inside of them neither."""
    t = tightest_common(a, b, ansi)
    if t is not None or isinstance(a, STRINGS) or isinstance(b, STRINGS):
        return t
    if isinstance(a, (ArrayType, MapType, StructType)):
        return _complex(a, b, lambda x, y: unpromoted(x, y, ansi))
    return wider(a, b, True)


def _with_string(other: DataType, ansi: bool) -> DataType | None:
    """What a string and another atomic type have in common (`findWiderTypeForString`; non-ANSI: string)."""
    if isinstance(other, STRINGS):
        return STRING
    if isinstance(other, VariantType):
        return other if ansi else STRING
    if isinstance(other, (ArrayType, MapType, StructType, CalendarIntervalType, UserDefinedType)):
        return None
    if not ansi:
        return None if isinstance(other, (BinaryType, BooleanType)) else STRING
    if isinstance(other, INTEGRAL):
        return LONG
    if isinstance(other, (FloatType, DoubleType, DecimalType)):
        return DOUBLE
    return None if isinstance(other, _INTERVALS) else other


def wider_all(types: list[DataType], ansi: bool) -> DataType | None:
    """The common type of many; strings last, so that the order does not matter."""
    result: DataType | None = None
    ordered = types if ansi else sorted(types, key=lambda t: not isinstance(t, StringType))
    for t in ordered:
        result = t if result is None else wider(result, t, ansi)
        if result is None:
            return None
    return result


def comparison_type(a: DataType, b: DataType, ansi: bool) -> DataType | None:
    """The type two sides of a comparison are brought to. Non-ANSI: a string meets the other side's type."""
    if not ansi and isinstance(a, StringType) != isinstance(b, StringType):
        other = b if isinstance(a, StringType) else a
        match other:
            case DecimalType():
                return DOUBLE
            case TimestampType() | TimestampNTZType() | DateType() | TimeType() | BooleanType() | BinaryType():
                return other
            case VariantType():  # to be refused
                return other
            case t if isinstance(t, NUMERIC):
                return DOUBLE if isinstance(t, (FloatType, DoubleType)) else other
            case YearMonthIntervalType() | DayTimeIntervalType():
                return None
    if isinstance(a, (StructType, ArrayType)) and same_structure(a, b) and not same_type(a, b):
        return a
    if isinstance(a, ArrayType) and isinstance(b, ArrayType):  # elements are compared where nothing is lost
        return tightest_common(a, b, ansi)
    return wider(a, b, ansi)


def merged_type(values: Iterable[Expression]) -> DataType:
    """The one type of values that have been brought to one: it holds NULLs where any of theirs does."""
    first, *others = (v.type for v in values)
    return reduce(_merge_nullability, others, first)


def membership_type(a: DataType, b: DataType, ansi: bool) -> DataType | None:
    """The type that a value and the rows of a query are brought to, where the one is looked for among the others."""
    if isinstance(a, StructType) and isinstance(b, StructType) and same_structure(a, b):
        return a
    return wider(a, b, ansi)


def same_structure(a: DataType, b: DataType) -> bool:
    """Whether two types differ in the names of fields and in nullability only (`DataType.equalsStructurally`)."""
    match a, b:
        case StructType(fx), StructType(fy):
            return len(fx) == len(fy) and all(same_structure(x.type, y.type) for x, y in zip(fx, fy, strict=True))
        case ArrayType(x), ArrayType(y):
            return same_structure(x, y)
        case MapType(kx, vx), MapType(ky, vy):
            return same_structure(kx, ky) and same_structure(vx, vy)
    return a == b


def operator_types(a: DataType, b: DataType, ansi: bool, logical: bool) -> tuple[DataType, DataType]:
    """The types of an operator's sides after Spark's promotions, where they still do not fit the operator."""
    if ansi:
        for x, y in ((a, b), (b, a)):
            if isinstance(x, STRINGS) and isinstance(y, (*STRINGS, NullType)):
                return STRING, STRING
            if isinstance(x, STRINGS) and (t := _with_string(y, True)) is not None:
                return t, t
    elif not logical:
        a, b = (DOUBLE if isinstance(t, STRINGS) else t for t in (a, b))
    if isinstance(a, DecimalType) and isinstance(b, (FloatType, DoubleType)):
        return DOUBLE, b
    if isinstance(b, DecimalType) and isinstance(a, (FloatType, DoubleType)):
        return a, DOUBLE
    return a, b


def cast_to(e: Expression, target: DataType) -> Expression:
    """An implicit cast of a resolved expression, left out where it changes nothing."""
    source: DataType = e.type
    target = _keeping_collation(source, target)
    if source == target or same_type(source, target):
        return e
    if isinstance(e, Literal) and e.value is None:
        return Literal(None, target)
    return Cast(e, target, "ansi", implicit=True)


def _keeping_collation(source: DataType, target: DataType) -> DataType:
    """A text stays in its collation where any text will do."""
    match source, target:
        case StringType(), StringType("UTF8_BINARY"):
            return source
        case ArrayType(a), ArrayType(b, nulls):
            return ArrayType(_keeping_collation(a, b), nulls)
    return target


def implicit_target(source: DataType, accept: Accept, ansi: bool) -> DataType | None:
    """The type an argument of type `source` is cast to for a parameter; itself if accepted; None if it cannot."""
    if accept.accepts(source):
        return source
    if isinstance(source, NullType):
        return accept.targets[0] if accept.targets else None
    if not accept.implicit:
        return None
    for target in accept.targets:
        if (found := _implicit(source, target, ansi)) is not None:
            return found
    return None


_NOT_TEXT = (ArrayType, MapType, StructType, UserDefinedType)


def _implicit(source: DataType, target: DataType, ansi: bool) -> DataType | None:
    """Spark's `implicitCast` of one type to another."""
    match source, target:
        case (NullType(), _):
            return target
        case (ArrayType(x, n), ArrayType(y, _)) if (
            t := _implicit(x, y, ansi) or (x if same_type(x, y) else None)
        ) is not None:
            return ArrayType(t, n)
        case (s, t) if isinstance(s, STRINGS) and isinstance(t, STRINGS):
            return t
        case (s, DecimalType()) if isinstance(s, INTEGRAL):
            return decimal_for(s)
        case (s, t) if isinstance(s, NUMERIC) and isinstance(t, NUMERIC):
            return t
        case (s, t) if isinstance(s, _DATETIMES) and isinstance(t, _DATETIMES):
            return t
        case (s, t) if isinstance(s, (GeometryType, GeographyType)) or isinstance(t, (GeometryType, GeographyType)):
            return None
        case (s, t) if isinstance(s, STRINGS):
            if isinstance(t, (ArrayType, MapType, StructType, VariantType, NullType)):
                return None
            return t if not isinstance(t, (CalendarIntervalType, BooleanType)) or (ansi and t == BOOLEAN) else None
        case (BinaryType(), StringType()):
            return STRING
        case (s, StringType()) if not isinstance(s, _NOT_TEXT) and (ansi or not isinstance(s, CalendarIntervalType)):
            return STRING
        case (YearMonthIntervalType(), YearMonthIntervalType()) | (DayTimeIntervalType(), DayTimeIntervalType()):
            return target
        case (TimeType(), TimeType()) | (TimeType(), DateType() | TimestampType() | TimestampNTZType()):
            return target  # the cast of a time to a date is refused then
        case (DateType() | TimestampType() | TimestampNTZType(), TimeType()) if ansi:
            return target
        case (UserDefinedType(sql_type), _) if sql_type == target:
            return target
    return None


def arithmetic_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """Two numeric (or string) sides of an arithmetic operator, brought to types it takes; None = not numbers."""
    left, right = args
    a, b = _numeric_side(left.type, right.type, ansi), _numeric_side(right.type, left.type, ansi)
    if a is None or b is None:
        return None
    left, right = cast_to(left, a), cast_to(right, b)
    if isinstance(a, NullType) and isinstance(b, NullType):
        return cast_to(left, DOUBLE), cast_to(right, DOUBLE)
    if isinstance(a, DecimalType) or isinstance(b, DecimalType):
        if isinstance(a, (FloatType, DoubleType)) or isinstance(b, (FloatType, DoubleType)):
            return cast_to(left, DOUBLE), cast_to(right, DOUBLE)
        if isinstance(a, NullType) or isinstance(b, NullType):
            t = b if isinstance(a, NullType) else a
            return cast_to(left, t), cast_to(right, t)
        return cast_to(left, decimal_for_literal(left)), cast_to(right, decimal_for_literal(right))
    common = tightest_common(a, b, ansi)
    return None if common is None else (cast_to(left, common), cast_to(right, common))


def _numeric_side(t: DataType, other: DataType, ansi: bool) -> DataType | None:
    if isinstance(t, (NUMERIC, NullType)):
        return t
    if isinstance(t, STRINGS):
        if not ansi or isinstance(other, (FloatType, DoubleType, DecimalType)):
            return DOUBLE
        return LONG if isinstance(other, INTEGRAL) else None
    return None
