"""Messages of Protobuf, read and written. Source: Spark's guide "Protobuf data - to_protobuf() and from_protobuf()".

A message is described by a descriptor set: its bytes, or the path of a file with them. Classes of Java there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from glowplug import types as t
from glowplug.arrow import arrow_type
from glowplug.errors import AnalysisError, IllegalArgument, SparkError, row_failure
from glowplug.functions.avro import raw
from glowplug.functions.lowering import digest, python, stored
from glowplug.functions.options import Options, foldable, options_argument, text_of
from glowplug.functions.vocabulary import ANY, Mismatch, ordinal, sig
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import DataType, MapType, StructType, as_nullable, sql_name

# What needs the library is loaded with the first call.
if TYPE_CHECKING:
    from glowplug.functions.protobuf_schemas import Messages, ProtobufOptions
    from glowplug.plan.expressions import Call

_protobuf = partial(Function, group="misc_funcs")


def _misfit(name: str, index: int, what: str) -> Mismatch:
    text = f"The {ordinal(index)} argument of {name} must be {what}"
    return Mismatch("TYPE_CHECK_FAILURE_WITH_HINT", msg=text, hint="")


def _null(e: Expression) -> bool:
    return isinstance(e, Literal) and e.value is None


def _arguments(name: str, args: tuple[Expression, ...]) -> tuple[Messages, ProtobufOptions]:
    """The message that a call names, and its options."""
    message = text_of(args[1])
    if message is None or not foldable(args[1]):
        raise _misfit(name, 1, "a constant text with the name of a message")
    # Options may come instead of a descriptor set, where a class of Java is meant.
    set_, options = (None, 2) if len(args) == 3 and isinstance(args[2].type, MapType) else (args[2:3], 3)
    try:
        given = Options({}) if len(args) > options and _null(args[options]) else options_argument(args, options)
    except AnalysisError:
        raise _misfit(name, options, "a map of texts with the options") from None
    data = None if not set_ or _null(set_[0]) else _descriptor_set(name, set_[0])
    if data is None:
        explanation = "Glowplug has no JVM; give a descriptor set"
        raise AnalysisError("CANNOT_LOAD_PROTOBUF_CLASS", protobufClassName=message, explanation=explanation)
    return _found(data, message), _options(name, given)


def _descriptor_set(name: str, e: Expression) -> bytes:
    if isinstance(e, Literal) and isinstance(e.value, bytes):
        return e.value
    path = text_of(e)
    if path is None or not foldable(e):
        raise _misfit(name, 2, "a constant: a descriptor set, or the path of a file with one")
    try:
        return Path(path).read_bytes()
    except OSError:
        raise AnalysisError("PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND", filePath=path) from None


@lru_cache(16)  # a descriptor set may be large
def _found(data: bytes, message: str) -> Messages:
    from glowplug.functions.protobuf_schemas import find_message

    return find_message(data, message)


def _options(name: str, o: Options) -> ProtobufOptions:
    from glowplug.functions.protobuf_schemas import ProtobufOptions

    depth = o.text("recursive.fields.max.depth", "-1") or ""
    if not depth.lstrip("-").isdigit():
        expected = "a number from 1 to 10"
        raise IllegalArgument(
            "INVALID_DATA_SOURCE_OPTION", name="recursive.fields.max.depth", value=depth, expected=expected
        )
    return ProtobufOptions(
        o.mode(name, "FAILFAST") if o.text("mode") else "FAILFAST",
        int(depth),
        o.flag("convert.any.fields.to.json"),
        o.flag("emit.default.values"),
        o.flag("enums.as.ints"),
        o.flag("upcast.unsigned.ints"),
        o.flag("unwrap.primitive.wrapper.types"),
        o.flag("retain.empty.message.types"),
    )


def _shown(name: str) -> Callable[[tuple[str, ...], Call], str]:
    """Arguments that are left out are shown as NULL; where the third is a map, it is the fourth."""

    def shown(args: tuple[str, ...], call: Call) -> str:
        if len(args) == 3 and isinstance(call.args[2].type, MapType):
            args = (*args[:2], "NULL", args[2])
        return f"{name}({', '.join((*args, *('NULL',) * (4 - len(args))))})"

    return shown


# --- reading ----------------------------------------------------------------------------------------------


def _read(args: tuple[Expression, ...]) -> tuple[StructType, Messages, ProtobufOptions]:
    from glowplug.functions.protobuf_schemas import spark_type

    messages, o = _arguments("from_protobuf", args)
    if not isinstance(args[0].type, (t.BinaryType, t.NullType)):
        raise Mismatch(
            "UNEXPECTED_INPUT_TYPE",
            paramIndex=ordinal(0),
            requiredType='"BINARY"',
            inputSql=f'"{pretty(args[0])}"',
            inputType=f'"{sql_name(args[0].type)}"',
        )
    type = spark_type(messages, o)
    nullable = as_nullable(type) if o.mode == "PERMISSIVE" else type
    assert isinstance(nullable, StructType)
    return nullable, messages, o


def _lower_from_protobuf(call: Call, low: Lowering) -> str:
    from glowplug.functions.protobuf_values import Reader

    type, messages, o = _read(call.args)
    reader = Reader(messages, type, o)
    instead = dict.fromkeys(f.name for f in type.fields)

    def value(data: bytes) -> Any:
        try:
            return reader.one(data)
        # Bytes that are no message make the library raise errors of several classes.
        except Exception:
            if o.mode == "PERMISSIVE":
                return instead
            raise row_failure("MALFORMED_PROTOBUF_MESSAGE", failFastMode="FAILFAST") from None

    arrow = arrow_type(stored(type), "UTC")

    def body(column: pa.Array) -> pa.Array:
        return pa.array([None if x is None else value(x) for x in column.to_pylist()], arrow)

    name = f"from_protobuf_{digest(messages.data, messages.descriptor.full_name, o)}"
    return python(low, name, body, [(low.sql(call.args[0]), t.BINARY)], type)


# --- writing ----------------------------------------------------------------------------------------------


def _written(args: tuple[Expression, ...]) -> tuple[StructType, Messages, ProtobufOptions]:
    type = args[0].type
    if not isinstance(type, StructType):
        shown = ", ".join(pretty(a) for a in (*args, *(Literal(None, t.NULL),) * 2)[:4])
        raise AnalysisError(
            "DATATYPE_MISMATCH.NON_STRUCT_TYPE",
            sqlExpr=f'"to_protobuf({shown})"',
            inputName="data",
            inputType=f'"{sql_name(type)}"',
        )
    return type, *_arguments("to_protobuf", args)


def _to_protobuf_type(args: tuple[Expression, ...]) -> DataType:
    from glowplug.functions.protobuf_values import Writer

    type, messages, o = _written(args)
    Writer(messages, type, o)
    return t.BINARY


def _lower_to_protobuf(call: Call, low: Lowering) -> str:
    from glowplug.functions.protobuf_values import Writer

    type, messages, o = _written(call.args)
    writer, numbers = Writer(messages, type, o), arrow_type(raw(type), "UTC")

    def value(row: Any) -> bytes:
        try:
            return writer.one(row)
        except SparkError:
            raise
        # NULL in an array, a required field that is missing, a number that is too large.
        except Exception as error:
            name = messages.descriptor.full_name
            condition = "UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE"
            raise row_failure(condition, protobufType=f"{name} ({error})", toType=sql_name(type)) from None

    def body(column: pa.Array) -> pa.Array:
        rows = column.cast(numbers).to_pylist()
        return pa.array([None if x is None else value(x) for x in rows], pa.binary())

    name = f"to_protobuf_{digest(messages.data, messages.descriptor.full_name, type, o)}"
    return python(low, name, body, [(low.sql(call.args[0]), type)], t.BINARY)


FUNCTIONS = (
    _protobuf(
        ("from_protobuf",),
        sig(ANY, ANY, ANY, ANY, optional=2),
        lambda args: _read(args)[0],
        _lower_from_protobuf,
        nullable="always",
        shown=_shown("from_protobuf"),
        usage="Reads a message of Protobuf, described by a descriptor set, as a struct.",
    ),
    _protobuf(
        ("to_protobuf",),
        sig(ANY, ANY, ANY, ANY, optional=2),
        _to_protobuf_type,
        _lower_to_protobuf,
        nullable=lambda args: args[0].nullable,
        shown=_shown("to_protobuf"),
        usage="Writes a struct as a message of Protobuf, described by a descriptor set.",
    ),
)
