"""Values in Avro's binary form, read and written. Source: Apache Avro Data Source Guide, "to_avro() and from_avro()".

fastavro does the reading and writing, a value at a time: as a block of values it is no faster.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from glowplug import types as t
from glowplug.arrow import arrow_type
from glowplug.errors import AnalysisError, row_failure, unsupported
from glowplug.functions.lowering import digest, python, stored
from glowplug.functions.options import Options, foldable, options_argument, text_of
from glowplug.functions.vocabulary import ANY, Mismatch, sig
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.source_options import read_options
from glowplug.types import DataType, StructType, as_nullable, quote, simple_string, sql_name

# fastavro is an extra, and what needs it is loaded with the first call.
if TYPE_CHECKING:
    from glowplug.functions.avro_schemas import Avro, TypeOptions
    from glowplug.plan.expressions import Call

_avro = partial(Function, group="misc_funcs")
_BINARY = Accept('"BINARY"', lambda type: isinstance(type, (t.BinaryType, t.NullType)))


@dataclass(frozen=True, slots=True)
class _Options:
    mode: str
    given: Avro | None
    types: TypeOptions


class _Defaults:
    """No setting of a session has a say."""

    def get_option(self, key: str) -> str | None:
        return None


def _loaded(name: str) -> None:
    try:
        import fastavro  # noqa: F401
    except ImportError:
        raise AnalysisError("AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE", functionName=quote(name)) from None


def _options(name: str, args: tuple[Expression, ...], index: int) -> _Options:
    from glowplug.functions.avro_options import AvroOptions

    try:
        o = Options({}) if len(args) > index and _null(args[index]) else options_argument(args, index)
    except AnalysisError:
        raise _not_constant(name, "last argument", "a map of texts with the options") from None
    chosen = read_options(AvroOptions, o.given.items(), _Defaults())
    if chosen.rebase.upper() != "CORRECTED":
        raise unsupported(f"the option datetimeRebaseMode {chosen.rebase} of {name}")
    mode = o.mode(name, "FAILFAST") if o.text("mode") else "FAILFAST"
    return _Options(mode, chosen.given, chosen.types)


def _null(e: Expression) -> bool:
    return isinstance(e, Literal) and e.value is None


def _not_constant(name: str, which: str, what: str) -> Mismatch:
    return Mismatch("TYPE_CHECK_FAILURE_WITH_HINT", msg=f"The {which} of {name} must be {what}", hint="")


def _schema(name: str, which: str, e: Expression) -> Avro:
    """The Avro schema that a constant text is. Raises INVALID_SCHEMA.PARSE_ERROR."""
    from glowplug.functions.avro_schemas import parsed

    text = text_of(e)
    if not (foldable(e) and isinstance(e.type, (*t.STRINGS, t.NullType))):
        raise _not_constant(name, which, "a constant text with a schema of Avro as JSON")
    try:
        return parsed(text or "")
    except ValueError as error:
        raise AnalysisError("INVALID_SCHEMA.PARSE_ERROR", inputSchema=text, reason=str(error)) from None


def _with_options(name: str, count: int) -> Callable[[tuple[str, ...], Call], str]:
    """Arguments that are left out are shown as NULL."""
    return lambda args, call: f"{name}({', '.join((*args, *('NULL',) * (count - len(args))))})"


# --- reading ----------------------------------------------------------------------------------------------


def _read(args: tuple[Expression, ...]) -> tuple[DataType, Avro, Avro, _Options]:
    """The type that a call reads, the schema of the writer, that of the reader, and the options."""
    from glowplug.functions.avro_schemas import spark_type

    _loaded("from_avro")
    written, o = _schema("from_avro", "second argument", args[1]), _options("from_avro", args, 2)
    wanted = o.given or written
    type, _ = spark_type(wanted, o.types)
    return as_nullable(type) if o.mode == "PERMISSIVE" else type, written, wanted, o


def _lower_from_avro(call: Call, low: Lowering) -> str:
    from glowplug.functions.avro_values import Reader

    type, written, wanted, o = _read(call.args)
    reader = Reader(written, wanted, type, o.types)
    instead = {f.name: None for f in type.fields} if isinstance(type, StructType) else None

    def value(data: bytes) -> Any:
        try:
            return reader.one(data)
        # Bytes that are no values make fastavro raise errors of any class.
        except Exception:
            if o.mode == "PERMISSIVE":
                return instead
            raise row_failure(
                "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=data.hex(), failFastMode="FAILFAST"
            ) from None

    arrow = arrow_type(stored(type), "UTC")

    def body(column: pa.Array) -> pa.Array:
        return pa.array([None if x is None else value(x) for x in column.to_pylist()], arrow)

    name = f"from_avro_{digest(written.schema, wanted.schema, type, o.mode, o.types)}"
    return python(low, name, body, [(low.sql(call.args[0]), t.BINARY)], type)


# --- writing ----------------------------------------------------------------------------------------------


def _written(args: tuple[Expression, ...]) -> tuple[Avro, DataType]:
    """The schema that a call writes with, and the type of its values. Raises DATATYPE_MISMATCH."""
    from glowplug.functions.avro_schemas import avro_schema, parsed
    from glowplug.functions.avro_values import Incompatible, Writer

    _loaded("to_avro")
    data = args[0]
    if len(args) > 1 and not _null(args[1]):
        avro = _schema("to_avro", "second argument", args[1])
    else:
        try:
            avro = parsed(json.dumps(avro_schema(data.type, data.nullable)))
        except ValueError as error:
            raise AnalysisError(
                "INVALID_SCHEMA.PARSE_ERROR", inputSchema=sql_name(data.type), reason=str(error)
            ) from None
    if not isinstance(data.type, t.NullType):
        try:
            Writer(avro, data.type)
        except Incompatible as error:
            raise Mismatch("TYPE_CHECK_FAILURE_WITH_HINT", msg=str(error), hint="") from None
    return avro, data.type


def _to_avro_type(args: tuple[Expression, ...]) -> DataType:
    _written(args)
    return t.BINARY


def _lower_to_avro(call: Call, low: Lowering) -> str:
    from glowplug.functions.avro_schemas import kind
    from glowplug.functions.avro_values import NullValue, Writer

    avro, type = _written(call.args)
    if isinstance(type, t.NullType):
        return "CAST(NULL AS BLOB)"
    writer = Writer(avro, type)
    source, numbers = quote(simple_string(type)), arrow_type(raw(type), "UTC")

    def value(x: Any) -> bytes:
        try:
            return writer.one(x)
        except NullValue as error:
            raise row_failure("AVRO_CANNOT_WRITE_NULL_FIELD", name=error.field, dataType=error.kind) from None
        except ValueError as error:
            target = f"Avro's {kind(avro.schema)} ({error})"
            raise row_failure("CAST_INVALID_INPUT", expression=repr(x), sourceType=source, targetType=target) from None

    def body(column: pa.Array) -> pa.Array:
        values = column.cast(numbers).to_pylist(maps_as_pydicts="strict")
        return pa.array([None if x is None else value(x) for x in values], pa.binary())

    name = f"to_avro_{digest(avro.schema, type)}"
    return python(low, name, body, [(low.sql(call.args[0]), type)], t.BINARY)


def raw(type: DataType) -> DataType:
    """Times as the numbers that Avro holds."""
    match type:
        case t.TimestampType() | t.TimestampNTZType() | t.DayTimeIntervalType() | t.TimeType():
            return t.LONG
        case t.DateType() | t.YearMonthIntervalType() | t.NullType():
            return t.INT
        case t.ArrayType(element):
            return t.ArrayType(raw(element))
        case t.MapType(key, value):
            return t.MapType(raw(key), raw(value))
        case StructType(fields):
            return StructType(tuple(t.StructField(f.name, raw(f.type)) for f in fields))
        case t.UserDefinedType(sql_type):
            return raw(sql_type)
    return type


# --- the schema of a schema -------------------------------------------------------------------------------


def _ddl(args: tuple[Expression, ...]) -> str:
    from glowplug.functions.avro_schemas import spark_type

    _loaded("schema_of_avro")
    written, o = _schema("schema_of_avro", "first argument", args[0]), _options("schema_of_avro", args, 1)
    return sql_name(spark_type(o.given or written, o.types)[0])


def _ddl_type(args: tuple[Expression, ...]) -> DataType:
    _ddl(args)
    return t.STRING


FUNCTIONS = (
    _avro(
        ("from_avro",),
        sig(_BINARY, ANY, ANY, optional=1),
        lambda args: _read(args)[0],
        _lower_from_avro,
        nullable="always",
        shown=_with_options("from_avro", 3),
        usage="Reads a value in Avro's binary form, written with the schema.",
        example="SELECT from_avro(X'02', '\"int\"')",
    ),
    _avro(
        ("to_avro",),
        sig(ANY, ANY, optional=1),
        _to_avro_type,
        _lower_to_avro,
        nullable=lambda args: args[0].nullable,
        shown=_with_options("to_avro", 2),
        usage="Writes a value in Avro's binary form, with the schema, or with that of its type.",
        example="SELECT to_avro(1, '\"int\"')",
    ),
    _avro(
        ("schema_of_avro",),
        sig(ANY, ANY, optional=1),
        _ddl_type,
        lambda call, low: low.literal(_ddl(call.args)),
        nullable="never",
        shown=_with_options("schema_of_avro", 2),
        usage="Returns the type that a schema of Avro is read as, in DDL.",
        example="SELECT schema_of_avro('\"int\"')",
    ),
)
