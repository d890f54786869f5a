"""Schemas and options that are given to functions as constants: `from_json(x, 'a INT', map('mode', 'FAILFAST'))`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from glowplug.config import Conf
from glowplug.errors import AnalysisError, DateTimeFailure, IllegalArgument, SparkError
from glowplug.functions.vocabulary import ANY, NTZ, sig, where_set
from glowplug.plan.expressions import Alias, Attribute, Call, Cast, Expression, Literal, Replaced
from glowplug.plan.function import Accept, Function, Lowering, Rewrite
from glowplug.plan.names import pretty
from glowplug.time_zones import resolve_zone
from glowplug.type_trees import as_strings, contains_type
from glowplug.types import (
    STRING,
    STRINGS,
    CharType,
    DataType,
    MapType,
    NullType,
    StructType,
    VarcharType,
    quote,
    sql_name,
)  # fmt: skip
from glowplug.types_json import from_json, to_json

TEXT = Accept('"STRING"', lambda t: isinstance(t, (*STRINGS, NullType)))
_SCHEMAS = ("schema_of_json", "schema_of_csv", "schema_of_xml")


def text_of(e: Expression) -> str | None:
    """The text that a constant expression is; None if it is no text or not constant."""
    match e:
        case Literal(str() as value):
            return value
        case Alias(child) | Replaced(child):
            return text_of(child)
        case Cast(child) if isinstance(e.type, STRINGS):
            return text_of(child)
        case Call():
            name = e.function.names[0]
            if name in _SCHEMAS:
                return schema_text(e)
            parts = [text_of(a) for a in e.args]
            known = [p for p in parts if p is not None]
            if len(known) < len(parts):
                return None
            match name:
                case "concat":
                    return "".join(known)
                case "upper":
                    return known[0].upper()
                case "lower":
                    return known[0].lower()
    return None


def schema_text(e: Call) -> str:
    """What a `schema_of_…` call says."""
    from glowplug.functions import csv, xml
    from glowplug.functions import json as of_json

    wall_clock = not e.function.instead
    match e.function.names[0]:
        case "schema_of_csv":
            return csv.schema_of(e.args, wall_clock)
        case "schema_of_xml":
            return xml.schema_of(e.args, wall_clock)
    return of_json.schema_of(e.args, wall_clock)


def checked_first(schema: int | None, options: int | None) -> Rewrite:
    """Refuses what is no schema, and no options, before the other arguments are looked at."""

    def rewrite(args: tuple[Expression, ...]) -> None:
        if schema is not None and len(args) > schema:
            schema_argument(args[schema])
        if options is not None:
            options_argument(args, options)

    return rewrite


def schema_reader(
    make: Callable[..., Function], name: str, schema_of: Callable[..., str], usage: str, example: str
) -> Function:
    """`schema_of_csv` and its like: `schema_of` tells the schema, in DDL, from the arguments, and whether times that
    name no zone are TIMESTAMP_NTZ."""

    def checked(args: tuple[Expression, ...]) -> DataType:
        schema_of(args)
        return STRING

    def lower(wall_clock: bool, call: Call, low: Lowering) -> str:
        return low.literal(schema_of(call.args, wall_clock))

    function = make(
        (name,),
        sig(ANY, ANY, optional=1),
        checked,
        partial(lower, False),
        nullable="never",
        rewrite=checked_first(None, 1),
        shown=lambda args, call: f"{name}({args[0]})",
        usage=usage,
        example=example,
    )
    return where_set(function, NTZ, lower=partial(lower, True))


def schema_argument(e: Expression) -> DataType:
    """The type that a schema argument names, in DDL or JSON. INVALID_SCHEMA for what is no constant text."""
    text = text_of(e)
    if text is None:
        raise AnalysisError("INVALID_SCHEMA.NON_STRING_LITERAL", inputSchema=f'"{pretty(e)}"')
    return parse_schema(text)


_SCHEMA_AT = {"from_json": 1, "from_csv": 1, "from_xml": 1, "variant_get": 2, "try_variant_get": 2}


def schema_meant(f: Function, args: tuple[Expression, ...], conf: Conf) -> tuple[Expression, ...]:
    """The arguments with a schema as it is meant where settings have TIMESTAMP mean TIMESTAMP_NTZ, or CHAR STRING."""
    if not conf.timestamp_ntz and not conf.plain_texts:
        return args
    at = _SCHEMA_AT.get(f.names[0], len(args))
    text = text_of(args[at]) if at < len(args) else None
    if text is None:
        return args
    try:
        found = _parsed(text, conf.timestamp_ntz) if conf.plain_texts else parse_schema(text, wall_clock=True)
        schema = json.dumps(to_json(as_strings(found)))
    except AnalysisError:  # it is refused in its turn
        return args
    return (*args[:at], Literal(schema, STRING), *args[at + 1 :])


def parse_schema(text: str, *, wall_clock: bool = False) -> DataType:
    """A type (`ARRAY<INT>`), a table's columns (`a INT, b STRING`), or a type as JSON. Otherwise an AnalysisError of
    what the parser says, and UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING for texts of a length, which only columns are.
    On a `wall_clock`, TIMESTAMP means TIMESTAMP_NTZ.
    """
    found = _parsed(text, wall_clock)
    if contains_type(found, (CharType, VarcharType)):
        raise AnalysisError("UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING")
    return found


def _parsed(text: str, wall_clock: bool) -> DataType:
    from glowplug.sql import Settings, parse_type
    from glowplug.sql import parse_schema as parse_columns

    settings = Settings(timestamp_ntz=wall_clock)
    if text.lstrip().startswith(("{", '"')):
        try:
            return from_json(text)
        except SparkError:
            pass
    try:
        return parse_type(text, settings)
    except SparkError as error:
        try:
            found = parse_columns(text, settings)
        except SparkError:
            raise AnalysisError(error.condition, None, **error.parameters) from None
        return found


def struct_argument(e: Expression) -> StructType:
    """A schema argument that must be a struct: INVALID_SCHEMA.NON_STRUCT_TYPE otherwise."""
    type = schema_argument(e)
    if not isinstance(type, StructType):
        raise AnalysisError(
            "INVALID_SCHEMA.NON_STRUCT_TYPE", inputSchema=f'"{pretty(e)}"', dataType=f'"{sql_name(type)}"'
        )
    return type


class Options:
    """Options by name, in any case. Values that do not fit raise IllegalArgumentException."""

    def __init__(self, pairs: dict[str, str]) -> None:
        self.given = {k.lower(): v for k, v in pairs.items()}

    def text(self, name: str, default: str | None = None) -> str | None:
        return self.given.get(name.lower(), default)

    def flag(self, name: str, default: bool = False) -> bool:
        text = self.given.get(name.lower())
        if text is None:
            return default
        if text.lower() not in ("true", "false"):
            raise IllegalArgument("INVALID_DATA_SOURCE_OPTION", name=name, value=text, expected="true or false")
        return text.lower() == "true"

    def zone(self, default: str) -> str:
        """The zone of times that name none."""
        text = self.given.get("timezone")
        if text is None:
            return default
        found = resolve_zone(text)
        if found is None:
            raise DateTimeFailure("INVALID_TIMEZONE", timeZone=text)
        return found

    def mode(self, function: str, *allowed: str) -> str:
        """PERMISSIVE unless it is another of `allowed`. PARSE_MODE_UNSUPPORTED for one that a function cannot have."""
        text = (self.text("mode") or "PERMISSIVE").upper()
        if text == "DROPMALFORMED":
            raise AnalysisError("PARSE_MODE_UNSUPPORTED", funcName=quote(function), mode=text)
        return text if text in allowed else "PERMISSIVE"


def _makes_map(e: Expression) -> bool:
    return isinstance(e, Call) and e.function.names[0] == "map"


def options_argument(args: tuple[Expression, ...], index: int) -> Options:
    """The options that a `map(…)` of constants at the index gives. INVALID_OPTIONS for anything else there."""
    if len(args) <= index:
        return Options({})
    e = args[index]
    if not isinstance(e.type, MapType) or not (isinstance(e, Literal) or _makes_map(e)):
        raise AnalysisError("INVALID_OPTIONS.NON_MAP_FUNCTION")
    if not (isinstance(e.type.key, (*STRINGS, NullType)) and isinstance(e.type.value, (*STRINGS, NullType))):
        raise AnalysisError("INVALID_OPTIONS.NON_STRING_TYPE", mapType=f'"{sql_name(e.type)}"')
    match e:
        case Literal(tuple() as pairs):
            return Options(dict(pairs))
        case Call():
            texts = [text_of(a) for a in e.args]
            if all(x is not None for x in texts):
                return Options(dict(zip(texts[::2], texts[1::2], strict=True)))  # type: ignore[arg-type]
    raise AnalysisError("INVALID_OPTIONS.NON_MAP_FUNCTION")


def foldable(e: Expression) -> bool:
    """Whether an expression names no column, and is the same each time."""
    from glowplug.plan.tree import walk

    return not any(isinstance(x, Attribute) or (isinstance(x, Call) and not x.function.deterministic) for x in walk(e))


def constant_text(args: tuple[Expression, ...], index: int, name: str, mismatch: Callable[..., Any]) -> str:
    """A text that must be a constant and not NULL, as Spark checks it; `mismatch` is vocabulary's `Mismatch`."""
    e = args[index]
    if not foldable(e):
        shown = f'"{sql_name(e.type)}"'
        raise mismatch("NON_FOLDABLE_INPUT", inputName=quote(name), inputType=shown, inputExpr=f'"{pretty(e)}"')
    if not isinstance(e.type, (*STRINGS, NullType)):
        raise mismatch(
            "UNEXPECTED_INPUT_TYPE",
            paramIndex="first",
            requiredType='"STRING"',
            inputSql=f'"{pretty(e)}"',
            inputType=f'"{sql_name(e.type)}"',
        )
    text = text_of(e)
    if text is None:
        raise mismatch("UNEXPECTED_NULL", exprName=name)
    return text
