"""Spark's data types as frozen values, and their three written forms.

Shape and names follow Spark's `org.apache.spark.sql.types`. A type has no behaviour: `simple_string`
(`struct<a:int>`, what `printSchema` and `dtypes` show), `sql_name` (`STRUCT<a: INT>`, what error
messages show) and `to_json` (the JSON schema that clients exchange) are functions over it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DataType:
    """Base of all types."""


@dataclass(frozen=True, slots=True)
class NullType(DataType):
    """The type of a bare NULL (`void`)."""


@dataclass(frozen=True, slots=True)
class BooleanType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class ByteType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class ShortType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class IntegerType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class LongType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class FloatType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class DoubleType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class DecimalType(DataType):
    precision: int = 10
    scale: int = 0


@dataclass(frozen=True, slots=True)
class StringType(DataType):
    collation: str = "UTF8_BINARY"


@dataclass(frozen=True, slots=True)
class CharType(DataType):
    length: int


@dataclass(frozen=True, slots=True)
class VarcharType(DataType):
    length: int


@dataclass(frozen=True, slots=True)
class BinaryType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class DateType(DataType):
    pass


@dataclass(frozen=True, slots=True)
class TimestampType(DataType):
    """An instant, microseconds since the epoch in UTC; shown in the session's time zone."""


@dataclass(frozen=True, slots=True)
class TimestampNTZType(DataType):
    """A wall-clock time without a time zone, in microseconds."""


@dataclass(frozen=True, slots=True)
class TimeType(DataType):
    """A time of day with `precision` digits of fractional seconds (0 to 6)."""

    precision: int = 6


@dataclass(frozen=True, slots=True)
class CalendarIntervalType(DataType):
    """Months, days and microseconds, each kept apart."""


@dataclass(frozen=True, slots=True)
class YearMonthIntervalType(DataType):
    """A number of months. Fields: 0 = YEAR, 1 = MONTH."""

    start: int = 0
    end: int = 1


@dataclass(frozen=True, slots=True)
class DayTimeIntervalType(DataType):
    """A number of microseconds. Fields: 0 = DAY, 1 = HOUR, 2 = MINUTE, 3 = SECOND."""

    start: int = 0
    end: int = 3


@dataclass(frozen=True, slots=True)
class VariantType(DataType):
    pass


ANY_SRID = -1  # a reference system for each value


@dataclass(frozen=True, slots=True)
class GeometryType(DataType):
    """Shapes in a plane, of a reference system or of any."""

    srid: int = ANY_SRID


@dataclass(frozen=True, slots=True)
class GeographyType(DataType):
    """Shapes on the globe, in degrees of longitude and latitude."""

    srid: int = ANY_SRID


@dataclass(frozen=True, slots=True)
class ArrayType(DataType):
    element: DataType
    contains_null: bool = True


@dataclass(frozen=True, slots=True)
class MapType(DataType):
    key: DataType
    value: DataType
    value_contains_null: bool = True


@dataclass(frozen=True, slots=True)
class StructField:
    """A named member of a struct. `metadata` is a JSON object as text, so that a field is hashable."""

    name: str
    type: DataType
    nullable: bool = True
    metadata: str = "{}"


@dataclass(frozen=True, slots=True)
class StructType(DataType):
    fields: tuple[StructField, ...] = ()


@dataclass(frozen=True, slots=True)
class UserDefinedType(DataType):
    """A user's class over `sql_type`; the engine only passes its names through to the client."""

    sql_type: DataType
    jvm_class: str = ""
    python_class: str = ""
    serialized: str = ""


NULL = NullType()
BOOLEAN = BooleanType()
BYTE = ByteType()
SHORT = ShortType()
INT = IntegerType()
LONG = LongType()
FLOAT = FloatType()
DOUBLE = DoubleType()
STRING = StringType()
BINARY = BinaryType()
DATE = DateType()
TIMESTAMP = TimestampType()
TIMESTAMP_NTZ = TimestampNTZType()
TIME = TimeType()
CALENDAR_INTERVAL = CalendarIntervalType()
VARIANT = VariantType()

# Reference systems by number. Spark's JVM has more; its Python client, which must name them, has these.
CRS = {ANY_SRID: "SRID:ANY", 0: "SRID:0", 3857: "EPSG:3857", 4326: "OGC:CRS84"}
SRIDS = {GeometryType: (0, 3857, 4326), GeographyType: (4326,)}

MAX_PRECISION = 38
INTEGRAL = (ByteType, ShortType, IntegerType, LongType)
FRACTIONAL = (FloatType, DoubleType, DecimalType)
NUMERIC = INTEGRAL + FRACTIONAL
STRINGS = (StringType, CharType, VarcharType)
COMPLEX = (ArrayType, MapType, StructType)

YEAR_MONTH_FIELDS = ("year", "month")
DAY_TIME_FIELDS = ("day", "hour", "minute", "second")

SIMPLE_NAMES: dict[type[DataType], str] = {
    NullType: "void",
    BooleanType: "boolean",
    ByteType: "tinyint",
    ShortType: "smallint",
    IntegerType: "int",
    LongType: "bigint",
    FloatType: "float",
    DoubleType: "double",
    BinaryType: "binary",
    DateType: "date",
    TimestampType: "timestamp",
    TimestampNTZType: "timestamp_ntz",
    CalendarIntervalType: "interval",
    VariantType: "variant",
}
JSON_NAMES: dict[type[DataType], str] = SIMPLE_NAMES | {
    ByteType: "byte",
    ShortType: "short",
    IntegerType: "integer",
    LongType: "long",
}


def interval_unit(type: YearMonthIntervalType | DayTimeIntervalType) -> str:
    """The qualifier of an ANSI interval: `year to month`, `day`, ..."""
    fields = YEAR_MONTH_FIELDS if isinstance(type, YearMonthIntervalType) else DAY_TIME_FIELDS
    start, end = fields[type.start], fields[type.end]
    return start if start == end else f"{start} to {end}"


def simple_string(type: DataType) -> str:
    """What `dtypes`, `typeof` and `printSchema` call a type: `array<int>`."""
    match type:
        case DecimalType(precision, scale):
            return f"decimal({precision},{scale})"
        case StringType(collation):
            return "string" if collation == "UTF8_BINARY" else f"string collate {collation}"
        case CharType(length):
            return f"char({length})"
        case VarcharType(length):
            return f"varchar({length})"
        case TimeType(precision):
            return f"time({precision})"
        case GeometryType(srid) | GeographyType(srid):
            name = "geometry" if isinstance(type, GeometryType) else "geography"
            return f"{name}({'any' if srid == ANY_SRID else srid})"
        case YearMonthIntervalType() | DayTimeIntervalType():
            return f"interval {interval_unit(type)}"
        case ArrayType(element):
            return f"array<{simple_string(element)}>"
        case MapType(key, value):
            return f"map<{simple_string(key)},{simple_string(value)}>"
        case StructType(fields):
            return "struct<" + ",".join(f"{f.name}:{simple_string(f.type)}" for f in fields) + ">"
        case UserDefinedType(sql_type):
            return simple_string(sql_type)
        case _:
            return SIMPLE_NAMES[type.__class__]


def sql_name(type: DataType) -> str:
    """A type as SQL text, upper case: `ARRAY<INT>`. What error messages and DDL show."""
    match type:
        case ArrayType(element):
            return f"ARRAY<{sql_name(element)}>"
        case MapType(key, value):
            return f"MAP<{sql_name(key)}, {sql_name(value)}>"
        case StructType(fields):
            return "STRUCT<" + ", ".join(_field_ddl(f, ": ") for f in fields) + ">"
        case StringType(collation) if collation != "UTF8_BINARY":
            return f"STRING COLLATE {collation}"
        case UserDefinedType(sql_type):
            return sql_name(sql_type)
        case _:
            return simple_string(type).upper()


def quote_if_needed(name: str) -> str:
    """A name as it must be written in SQL: in backquotes unless it is a plain identifier."""
    return name if name.isascii() and name.isidentifier() else quote(name)


def quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _field_ddl(field: StructField, separator: str) -> str:
    comment = json.loads(field.metadata).get("comment") if field.metadata != "{}" else None
    suffix = "" if field.nullable else " NOT NULL"
    if comment is not None:
        suffix += " COMMENT '" + str(comment).replace("'", "\\'") + "'"
    return f"{quote_if_needed(field.name)}{separator}{sql_name(field.type)}{suffix}"


def to_ddl(type: StructType) -> str:
    """A schema as DDL: `a INT NOT NULL,b STRING`."""
    return ",".join(_field_ddl(f, " ") for f in type.fields)


def as_nullable(type: DataType) -> DataType:
    """The same type with every nested element, value and field nullable."""
    match type:
        case ArrayType(element):
            return ArrayType(as_nullable(element), True)
        case MapType(key, value):
            return MapType(as_nullable(key), as_nullable(value), True)
        case StructType(fields):
            return StructType(tuple(StructField(f.name, as_nullable(f.type), True, f.metadata) for f in fields))
        case _:
            return type


def same_type(a: DataType, b: DataType) -> bool:
    """Equal but for nullability (Spark's `sameType`, case-sensitive in field names)."""
    return as_nullable(a) == as_nullable(b) if isinstance(a, COMPLEX) else a == b


def is_orderable(type: DataType) -> bool:
    """Whether values of the type can be sorted and compared by `<`."""
    match type:
        case MapType() | VariantType() | CalendarIntervalType() | GeometryType() | GeographyType():
            return False
        case ArrayType(element):
            return is_orderable(element)
        case StructType(fields):
            return all(is_orderable(f.type) for f in fields)
        case UserDefinedType(sql_type):
            return is_orderable(sql_type)
        case _:
            return True
