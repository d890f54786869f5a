"""Spark Connect's DataType messages to types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glowplug.config import Conf
from glowplug.connect.decode.context import check, invalid, require
from glowplug.errors import (
    AnalysisError,
    ArithmeticFailure,
    ExecutionError,
    IllegalArgument,
    ParseError,
    SparkError,
    unsupported,
)
from glowplug.types import (
    ANY_SRID,
    BINARY,
    BOOLEAN,
    BYTE,
    CALENDAR_INTERVAL,
    DATE,
    DAY_TIME_FIELDS,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    MAX_PRECISION,
    NULL,
    SHORT,
    SRIDS,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    VARIANT,
    YEAR_MONTH_FIELDS,
    ArrayType,
    CharType,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    GeographyType,
    GeometryType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimeType,
    UserDefinedType,
    VarcharType,
    YearMonthIntervalType,
)
from glowplug.types_json import from_json, loads, metadata


def data_type(m: Any) -> DataType:
    """The type that a message stands for. Type texts in it are parsed.

    Errors: InvalidPlanInput for a message that is no type, ParseError for a text that is none, and Spark's own
    conditions for a precision out of range.
    """
    kind = m.WhichOneof("kind") or "kind_not_set"
    found = TYPES.get(kind)
    if found is None:
        raise invalid("DATA_TYPE_UNSUPPORTED_PROTO_TO_CATALYST", kindCase=kind.upper())
    if isinstance(found, DataType):
        return found
    if isinstance(found, str):
        raise unsupported(found)
    return found(getattr(m, kind))


def struct_type(m: Any) -> StructType:
    """A type that must be a struct."""
    type = data_type(m)
    if not isinstance(type, StructType):
        raise invalid("ASSERTION_FAILURE", message="the schema must be a struct")
    return type


def type_text(text: str, conf: Conf | None = None) -> DataType:
    """A type or a schema as users write it: `int`, `a INT, b STRING`, `a: int`, or JSON; in a session of `conf`.

    A schema of columns is a struct. Fails with ParseError.
    """
    from glowplug.sql import Settings, parse_schema, parse_type

    settings = Settings.of(conf) if conf is not None else Settings()
    if not text.strip():
        return StructType()
    if text.lstrip()[0] in '{"':
        try:
            return from_json(text)
        except SparkError as failure:  # no JSON schema: no DDL either, for which Spark reports it
            hint = f": {failure}"
            raise ParseError("PARSE_SYNTAX_ERROR", error=f"'{text.lstrip()[0]}'", hint=hint) from None
    try:
        return parse_type(text, settings)
    except ParseError:
        pass
    try:
        return parse_schema(text, settings)
    except ParseError as failure:
        try:
            return parse_type(f"struct<{text.strip()}>", settings)
        except ParseError:
            raise failure from None


def json_object(text: str) -> str:
    """A column's metadata as the plan keeps it; it must be a JSON object."""
    try:
        value = loads(text)
    except ValueError:
        value = None
    check(isinstance(value, dict), f"the metadata must be a JSON object: {text}")
    return metadata(value)


def time_type(precision: int) -> TimeType:
    if not 0 <= precision <= 6:
        raise ExecutionError("UNSUPPORTED_TIME_PRECISION", precision=precision)
    return TimeType(precision)


def decimal_type(precision: int, scale: int) -> DecimalType:
    if max(precision, scale) > MAX_PRECISION:
        name = "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION"
        raise ArithmeticFailure(name, precision=max(precision, scale), maxPrecision=MAX_PRECISION)
    if scale < 0:
        conf = '"spark.sql.legacy.allowNegativeScaleOfDecimal"'
        raise AnalysisError("NEGATIVE_SCALE_DISALLOWED", scale=scale, sqlConf=conf)
    check(precision > 0 and scale <= precision, f"no decimal has precision {precision} and scale {scale}")
    return DecimalType(precision, scale)


def _decimal(m: Any) -> DataType:
    if not m.HasField("precision"):
        return DecimalType()
    return decimal_type(m.precision, m.scale)


def _spatial(kind: type[GeometryType | GeographyType], srid: int) -> DataType:
    if srid not in (*SRIDS[kind], ANY_SRID):
        raise IllegalArgument("ST_INVALID_SRID_VALUE", srid=srid)
    return kind(srid)


def _char(m: Any) -> DataType:
    require(m.length >= 0, "The length of char type cannot be negative.")
    return CharType(m.length)


def _varchar(m: Any) -> DataType:
    require(m.length >= 0, "The length of varchar type cannot be negative.")
    return VarcharType(m.length)


def _fields(m: Any, last: int) -> tuple[int, int]:
    """The first and last field of an interval; the last is the first if only that is set, both are all if none is."""
    start = m.start_field if m.HasField("start_field") else 0
    end = m.end_field if m.HasField("end_field") else start if m.HasField("start_field") else last
    check(0 <= start <= end <= last, f"no interval goes from field {start} to {end}")
    return start, end


def _struct(m: Any) -> DataType:
    return StructType(tuple([_field(f) for f in m.fields]))


def _field(m: Any) -> StructField:
    notes = json_object(m.metadata) if m.metadata else "{}"
    return StructField(m.name, data_type(m.data_type), m.nullable, notes)


def _udt(m: Any) -> DataType:
    if m.type != "udt":
        raise invalid("UDT_TYPE_FIELD_INVALID", udtType=m.type)
    python = m.python_class and m.serialized_python_class
    if not m.HasField("sql_type") or not (m.jvm_class or python):
        raise invalid("PYTHON_UDT_MISSING_FIELDS")
    return UserDefinedType(data_type(m.sql_type), m.jvm_class, m.python_class, m.serialized_python_class)


TYPES: dict[str, DataType | Callable[[Any], DataType] | str] = {
    "null": NULL,
    "binary": BINARY,
    "boolean": BOOLEAN,
    "byte": BYTE,
    "short": SHORT,
    "integer": INT,
    "long": LONG,
    "float": FLOAT,
    "double": DOUBLE,
    "decimal": _decimal,
    "string": lambda m: StringType(m.collation or "UTF8_BINARY"),
    "char": _char,
    "var_char": _varchar,
    "date": DATE,
    "timestamp": TIMESTAMP,
    "timestamp_ntz": TIMESTAMP_NTZ,
    "calendar_interval": CALENDAR_INTERVAL,
    "year_month_interval": lambda m: YearMonthIntervalType(*_fields(m, len(YEAR_MONTH_FIELDS) - 1)),
    "day_time_interval": lambda m: DayTimeIntervalType(*_fields(m, len(DAY_TIME_FIELDS) - 1)),
    "array": lambda m: ArrayType(data_type(m.element_type), m.contains_null),
    "struct": _struct,
    "map": lambda m: MapType(data_type(m.key_type), data_type(m.value_type), m.value_contains_null),
    "variant": VARIANT,
    "udt": _udt,
    "geometry": lambda m: _spatial(GeometryType, m.srid),
    "geography": lambda m: _spatial(GeographyType, m.srid),
    "unparsed": lambda m: type_text(m.data_type_string),
    "time": lambda m: time_type(m.precision if m.HasField("precision") else 6),
}
