"""CSV records read and written, as the files of that format are. Source: Spark SQL reference, "CSV Functions"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from glowplug.errors import UnsupportedOperation
from glowplug.functions.datetime_formats import check_times
from glowplug.functions.from_json import check_corrupt, corrupt_failure
from glowplug.functions.json_values import JsonOptions, parser
from glowplug.functions.lowering import bind, text_sql
from glowplug.functions.options import (
    TEXT,
    Options,
    checked_first,
    constant_text,
    options_argument,
    schema_reader,
    struct_argument,
)
from glowplug.functions.vocabulary import ANY, Mismatch, sig
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Function, Lowering
from glowplug.source_options import read_options
from glowplug.type_trees import contains_type
from glowplug.types import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INT,
    LONG,
    STRING,
    STRINGS,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    DataType,
    DecimalType,
    NullType,
    StructField,
    StructType,
    VariantType,
    as_nullable,
    sql_name,
)

# The modules of CSV files are loaded with the first call: a program that has none starts sooner.
if TYPE_CHECKING:
    from glowplug.functions.csv_options import CsvOptions
    from glowplug.functions.csv_texts import CsvWriteOptions

_csv = partial(Function, group="csv_funcs")


@dataclass(frozen=True, slots=True)
class _Settings:
    """The session's settings, as far as a lowering may ask for them."""

    low: Lowering | None

    def get_option(self, key: str) -> str | None:
        return (self.low.setting(key) or None) if self.low is not None else None


def _options(o: Options, low: Lowering | None) -> CsvOptions:
    from glowplug.functions.csv_options import CsvOptions

    return read_options(CsvOptions, o.given.items(), _Settings(low))


def _from_csv_type(args: tuple[Expression, ...]) -> DataType:
    from glowplug.functions.csv_fields import supports

    schema = struct_argument(args[1])
    o = options_argument(args, 2)
    o.mode("from_csv", "FAILFAST")
    check_corrupt(schema, o.text("columnNameOfCorruptRecord") or "_corrupt_record")
    for f in schema.fields:
        if not supports(f.type):
            raise UnsupportedOperation("UNSUPPORTED_DATATYPE", typeName=f'"{sql_name(f.type)}"')
    return as_nullable(schema)


def _lower_from_csv(call: Call, low: Lowering) -> str:
    """A struct for every text; fields that do not fit are NULL and make the record a malformed one."""
    from glowplug.functions.csv_fields import field_sql, tokens_sql

    assert isinstance(call.type, StructType)
    schema = call.type
    o = _options(options_argument(call.args, 2), low)
    check_times(call, low, schema)
    if (failure := corrupt_failure(call, low, o.corrupt_column)) is not None:
        return failure
    data = [f for f in schema.fields if f.name != o.corrupt_column]
    values = o.values(low.time_zone)

    def read(x: str) -> str:
        def split(tokens: str) -> str:
            row = f"row({', '.join(field_sql(tokens, i, o) for i in range(len(data)))})"
            given = [f"struct_extract_at(f, {i})" for i in range(1, len(data) + 1)]
            fields = [
                bind(name, lambda v, f=f: values.sql(v, f.type, low))  # type: ignore[misc]
                for name, f in zip(given, data, strict=True)
            ]
            bad = [f"len({tokens}) <> {len(data)}"]
            bad += [
                f"({name} IS NOT NULL AND ({value}) IS NULL)"
                for name, value, f in zip(given, fields, data, strict=True)
                if not isinstance(f.type, STRINGS)
            ]
            corrupt, read = f"CASE WHEN {' OR '.join(bad)} THEN {x} END", iter(fields)
            parts = ", ".join(corrupt if f.name == o.corrupt_column else next(read) for f in schema.fields)
            found = f"CAST(row({parts}) AS {low.type(schema)})"
            if o.mode == "FAILFAST":
                condition = "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION"
                failure = low.error(call, condition, badRecord=x, failFastMode="'FAILFAST'")
                found = f"CASE WHEN {' OR '.join(bad)} THEN {failure} ELSE {found} END"
            return f"list_extract(list_transform([{row}], (lambda f: {found})), 1)"

        return f"CASE WHEN {x} IS NOT NULL THEN {bind(tokens_sql(x, o, low), split)} END"

    return bind(text_sql(low, call.args[0]), read)


def _to_csv_type(args: tuple[Expression, ...]) -> DataType:
    type = args[0].type
    options_argument(args, 1)
    if isinstance(type, NullType):
        return STRING
    if not isinstance(type, StructType) or contains_type(type, VariantType):
        raise Mismatch("UNSUPPORTED_INPUT_TYPE", functionName="`to_csv`", dataType=f'"{sql_name(type)}"')
    return STRING


def _lower_to_csv(call: Call, low: Lowering) -> str:
    from glowplug.functions.csv_texts import CsvWriteOptions

    type = call.args[0].type
    if not isinstance(type, StructType):
        return "CAST(NULL AS VARCHAR)"
    check_times(call, low, type)
    given = options_argument(call.args, 1).given
    given.setdefault("timestampformat", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXXXX]")
    given.setdefault("timestampntzformat", "yyyy-MM-dd'T'HH:mm:ss[.SSS]")
    o = read_options(CsvWriteOptions, given.items(), _Settings(low))

    def write(x: str) -> str:
        parts = (
            low.literal(o.null_value)
            if isinstance(f.type, NullType)
            else bind(f"struct_extract_at({x}, {i})", partial(_written, type=f.type, o=o, low=low, first=i == 1))
            for i, f in enumerate(type.fields, 1)
        )
        line = f" || {low.literal(o.separator)} || ".join(parts) or "''"
        line = f"nullif({line}, '')" if len(type.fields) == 1 else line  # of nothing, Spark's writer makes nothing
        return f"CASE WHEN {x} IS NOT NULL THEN {line} END"

    return bind(low.sql(call.args[0]), write)


def _written(x: str, type: DataType, o: CsvWriteOptions, low: Lowering, first: bool) -> str:
    from glowplug.functions.csv_texts import field_text

    return field_text(x, type, o, low, first)


# --- the schema of a record -----------------------------------------------------------------------------


def schema_of(args: tuple[Expression, ...], wall_clock: bool = False) -> str:
    """The schema of a constant record, as DDL; its fields are _c0, _c1, …

    On a `wall_clock`, times that name no zone are TIMESTAMP_NTZ.
    """
    from glowplug.functions.csv_tokens import EMPTY, Tokenizer

    text = constant_text(args, 0, "csv", Mismatch)
    o = _options(options_argument(args, 1), None)
    tokens = Tokenizer(o.dialect).tokens(text)
    fields = (StructField(f"_c{i}", _type("" if x == EMPTY else x, o, wall_clock)) for i, x in enumerate(tokens))
    return sql_name(StructType(tuple(fields)))


def _type(text: str | None, o: CsvOptions, wall_clock: bool) -> DataType:
    """The first type in which the text can be read."""
    if text is None or text == o.null_value:
        return STRING
    if re.fullmatch("[+-]?[0-9]+", text):
        n, digits = int(text), len(text.lstrip("+-"))
        for limit, type in ((1 << 31, INT), (1 << 63, LONG)):
            if -limit <= n < limit:
                return type
        return DecimalType(digits, 0) if digits <= 38 else DOUBLE
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?", text):
        return DOUBLE
    if text in (o.nan, o.positive_infinity, o.negative_infinity):
        return DOUBLE
    formats = (o.date_format or "yyyy-MM-dd", o.timestamp_format, o.timestamp_ntz_format)
    reading = JsonOptions(o.time_zone or "UTC", "PERMISSIVE", "", *formats)
    kinds: tuple[DataType, ...] = (
        *((DATE,) if o.prefer_date else ()),
        *((TIMESTAMP_NTZ,) if wall_clock else ()),
        TIMESTAMP,
    )
    for kind in kinds:
        if parser(kind, reading)(text) is not None:
            return kind
    return BOOLEAN if text.lower() in ("true", "false") else STRING


FUNCTIONS = (
    _csv(
        ("from_csv",),
        sig(TEXT, ANY, ANY, optional=1),
        _from_csv_type,
        _lower_from_csv,
        rewrite=checked_first(1, 2),
        shown=lambda args, call: f"from_csv({args[0]})",
        usage="Reads a CSV record as a struct; what does not fit is NULL.",
        example="SELECT from_csv('1, 0.8', 'a INT, b DOUBLE')",
    ),
    _csv(
        ("to_csv",),
        sig(ANY, ANY, optional=1),
        _to_csv_type,
        _lower_to_csv,
        nullable="always",
        shown=lambda args, call: f"to_csv({args[0]})",
        usage="Writes a struct as a CSV record.",
        example="SELECT to_csv(named_struct('a', 1, 'b', 2))",
    ),
    schema_reader(
        _csv,
        "schema_of_csv",
        schema_of,
        "Returns the schema of a CSV record, in DDL.",
        "SELECT schema_of_csv('1,abc')",
    ),
)
