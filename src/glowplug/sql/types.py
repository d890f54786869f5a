"""Data types as text, as in CAST and in column definitions.

Source of the names: https://spark.apache.org/docs/latest/sql-ref-datatypes.html
"""

from __future__ import annotations

import json
from collections.abc import Callable

from glowplug.collations import named
from glowplug.errors import ArithmeticFailure, ExecutionError, ParseError
from glowplug.sql.cursor import Cursor
from glowplug.sql.literals import integer, string
from glowplug.sql.tokens import END
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
    STRING,
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
    VarcharType,
    YearMonthIntervalType,
)

_SIMPLE: dict[str, DataType] = {
    "BOOLEAN": BOOLEAN,
    "TINYINT": BYTE,
    "BYTE": BYTE,
    "SMALLINT": SHORT,
    "SHORT": SHORT,
    "INT": INT,
    "INTEGER": INT,
    "BIGINT": LONG,
    "LONG": LONG,
    "FLOAT": FLOAT,
    "REAL": FLOAT,
    "DOUBLE": DOUBLE,
    "DATE": DATE,
    "TIMESTAMP_LTZ": TIMESTAMP,
    "TIMESTAMP_NTZ": TIMESTAMP_NTZ,
    "BINARY": BINARY,
    "VOID": NULL,
    "VARIANT": VARIANT,
}


def data_type(c: Cursor) -> DataType:
    """One type. Raises UNSUPPORTED_DATATYPE for a name that is none, and what its parameters are wrong for."""
    start = c.i
    name = c.kind
    if name in _SIMPLE and c.peek() != "(":
        c.i += 1
        return _SIMPLE[name]
    if name in _RULES:
        c.i += 1
        return _RULES[name](c, start)
    c.identifier()
    return _unsupported(c, start)


def _unsupported(c: Cursor, start: int) -> DataType:
    """Neither this name nor a known name with these parameters is a type."""
    parameters = ""
    if c.kind == "<":
        c.fail(": missing ')'")
    if c.kind == "(":
        parameters = "(" + ",".join(str(n) for n in c.paren_list(integer)) + ")"
    raise ParseError("UNSUPPORTED_DATATYPE", c.origin(start), typeName=f'"{c.kinds[start]}{parameters}"')


def _array(c: Cursor, start: int) -> DataType:
    if c.kind == "<>":
        c.fail()
    if not c.take("<"):
        raise ParseError("INCOMPLETE_TYPE_DEFINITION.ARRAY", c.origin(start), elementType="<INT>")
    element = data_type(c)
    c.expect(">")
    return ArrayType(element)


def _map(c: Cursor, start: int) -> DataType:
    if not c.take("<"):
        raise ParseError("INCOMPLETE_TYPE_DEFINITION.MAP", c.origin(start))
    key = data_type(c)
    c.expect(",")
    value = data_type(c)
    c.expect(">")
    return MapType(key, value)


def _struct(c: Cursor, start: int) -> DataType:
    if c.take("<>"):
        return StructType()
    if not c.take("<"):
        raise ParseError("INCOMPLETE_TYPE_DEFINITION.STRUCT", c.origin(start))
    if c.take(">"):
        return StructType()
    fields = c.comma_list(struct_field)
    c.expect(">")
    return StructType(fields)


def struct_field(c: Cursor) -> StructField:
    """`name[:] type [NOT NULL] [COMMENT '…']`"""
    name = c.name()
    c.take(":")
    return _rest_of_field(c, name)


def column(c: Cursor) -> StructField:
    """`name type [NOT NULL] [COMMENT '…']`"""
    return _rest_of_field(c, c.name())


def _rest_of_field(c: Cursor, name: str) -> StructField:
    type = data_type(c)
    nullable = not (c.take("NOT", "NULL") or c.take("!", "NULL"))
    metadata = json.dumps({"comment": string(c)}, ensure_ascii=False) if c.take("COMMENT") else "{}"
    return StructField(name, type, nullable, metadata)


def _string(c: Cursor, start: int) -> DataType:
    if c.kind == "(":
        return _unsupported(c, start)
    return StringType(default_collation(c)) if c.take("COLLATE") else STRING


def collation(c: Cursor) -> str:
    """A collation's name as it is written, maybe qualified by the catalog's schema."""
    parts = [c.identifier()]
    while c.take("."):
        parts.append(c.identifier())
    if len(parts) > 1 and [p.upper() for p in parts[:-1]] != ["SYSTEM", "BUILTIN"]:
        raise ExecutionError("COLLATION_INVALID_NAME", collationName=parts[-1], proposals=named(parts[-1]))
    return parts[-1]


def default_collation(c: Cursor) -> str:
    """A collation's name as Spark writes it."""
    return named(collation(c))


def _decimal(c: Cursor, start: int) -> DataType:
    if c.kind != "(":
        return DecimalType()
    parameters = c.paren_list(integer)
    if len(parameters) > 2:
        c.i = start + 1
        return _unsupported(c, start)
    precision, scale = parameters[0], parameters[1] if len(parameters) == 2 else 0
    if precision > MAX_PRECISION:
        raise ArithmeticFailure(
            "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", c.origin(start), precision=precision, maxPrecision=MAX_PRECISION
        )
    if scale > precision:
        raise ParseError("_LEGACY_ERROR_TEMP_1228", c.origin(start), scale=scale, precision=precision)
    return DecimalType(precision, scale)


def _sized(make: type[CharType] | type[VarcharType]) -> Callable[[Cursor, int], DataType]:
    def rule(c: Cursor, start: int) -> DataType:
        if c.kind != "(":
            raise ParseError("DATATYPE_MISSING_SIZE", c.origin(start), type=f'"{c.kinds[start]}"')
        parameters = c.paren_list(integer)
        if len(parameters) > 1:
            c.i = start + 1
            return _unsupported(c, start)
        return make(parameters[0])

    return rule


def _timestamp(c: Cursor, start: int) -> DataType:
    if c.kind == "(":
        return _unsupported(c, start)
    if c.take("WITH", "LOCAL", "TIME", "ZONE"):
        return TIMESTAMP
    if c.take("WITHOUT", "TIME", "ZONE") or c.settings.timestamp_ntz:
        return TIMESTAMP_NTZ
    return TIMESTAMP


def _time(c: Cursor, start: int) -> DataType:
    precision = c.parenthesised(integer) if c.kind == "(" else 6
    c.take("WITHOUT", "TIME", "ZONE")
    if precision > 6:
        raise ParseError("UNSUPPORTED_TIME_PRECISION", c.origin(start), precision=precision)
    return TimeType(precision)


def _interval(c: Cursor, start: int) -> DataType:
    """`INTERVAL DAY TO SECOND`; INTERVAL alone is the legacy calendar interval."""
    first = c.kind.lower()
    for fields, make in ((YEAR_MONTH_FIELDS, YearMonthIntervalType), (DAY_TIME_FIELDS, DayTimeIntervalType)):
        if first in fields:
            c.i += 1
            begin = end = fields.index(first)
            if c.kind == "TO" and c.peek().lower() in fields[1:]:
                end = fields.index(c.peek().lower())
                c.i += 2
                if end <= begin:
                    parameters = {"input": "", "from": first, "to": fields[end]}
                    kind = "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION"
                    raise ParseError(kind, c.origin(start), **parameters)
            return make(begin, end)
    return CALENDAR_INTERVAL


def _spatial(c: Cursor, start: int) -> DataType:
    """`GEOMETRY(4326)`, `GEOGRAPHY(ANY)`"""
    kind = GeometryType if c.kinds[start] == "GEOMETRY" else GeographyType
    if c.kind != "(":
        raise ParseError("UNSUPPORTED_DATATYPE", c.origin(start), typeName=f'"{c.kinds[start]}"')
    c.expect("(")
    srid = ANY_SRID if c.take("ANY") else integer(c)
    c.expect(")")
    if srid not in (*SRIDS[kind], ANY_SRID):
        raise ParseError("ST_INVALID_SRID_VALUE", c.origin(start), srid=srid)
    return kind(srid)


_RULES: dict[str, Callable[[Cursor, int], DataType]] = {
    "ARRAY": _array,
    "MAP": _map,
    "STRUCT": _struct,
    "STRING": _string,
    "DECIMAL": _decimal,
    "DEC": _decimal,
    "NUMERIC": _decimal,
    "CHAR": _sized(CharType),
    "CHARACTER": _sized(CharType),
    "VARCHAR": _sized(VarcharType),
    "TIMESTAMP": _timestamp,
    "TIME": _time,
    "INTERVAL": _interval,
    "GEOGRAPHY": _spatial,
    "GEOMETRY": _spatial,
}


def schema(c: Cursor) -> StructType:
    """`a INT, b STRING …`, the whole text."""
    fields = c.comma_list(struct_field)
    if c.kind != END:
        c.fail()
    return StructType(fields)
