"""XML elements read and written. Source: Spark SQL reference, "XML Functions" and the options of the XML source."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.errors import row_failure
from glowplug.functions.codes import BINARY_STYLE
from glowplug.functions.datetime_formats import check_times
from glowplug.functions.from_json import check_corrupt, corrupt_failure
from glowplug.functions.json_schemas import canonical
from glowplug.functions.json_values import JsonOptions
from glowplug.functions.lowering import digest, python, rows, stored, text_sql
from glowplug.functions.options import (
    TEXT,
    Options,
    checked_first,
    constant_text,
    options_argument,
    schema_argument,
    schema_reader,
)
from glowplug.functions.vocabulary import ANY, Mismatch, sig, unexpected
from glowplug.functions.xml_texts import Malformed, read
from glowplug.functions.xml_values import XmlOptions, XmlReader, infer
from glowplug.functions.xml_writer import XmlWriter
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Function, Lowering
from glowplug.type_trees import walk_types
from glowplug.types import (
    STRING,
    STRINGS,
    DataType,
    MapType,
    NullType,
    StructField,
    StructType,
    VariantType,
    as_nullable,
    sql_name,
)

_xml = partial(Function, group="xml_funcs")
_ZONE = "spark.sql.session.timeZone"


def _reading(o: Options, zone: str, corrupt: str) -> XmlOptions:
    times = JsonOptions(
        o.zone(zone),
        o.mode("from_xml", "FAILFAST"),
        o.text("columnNameOfCorruptRecord") or corrupt or "_corrupt_record",
        o.text("dateFormat"),
        o.text("timestampFormat"),
        o.text("timestampNTZFormat"),
    )
    return XmlOptions(
        times,
        o.text("attributePrefix", "_") or "",
        o.text("valueTag") or "_VALUE",
        not o.flag("excludeAttribute"),
        o.flag("ignoreSurroundingSpaces", True),
        o.text("nullValue"),
    )


def _from_xml_type(args: tuple[Expression, ...]) -> DataType:
    schema = schema_argument(args[1])
    o = options_argument(args, 2)
    o.mode("from_xml", "FAILFAST")
    if not isinstance(schema, StructType):
        raise Mismatch("INVALID_XML_SCHEMA", schema=f'"{sql_name(schema)}"')
    if any(isinstance(t, MapType) and not isinstance(t.key, STRINGS) for t in walk_types(schema)):
        raise Mismatch("INVALID_XML_MAP_KEY_TYPE", schema=f'"{sql_name(schema)}"')
    check_corrupt(schema, o.text("columnNameOfCorruptRecord") or "_corrupt_record")
    return as_nullable(schema)


def _lower_from_xml(call: Call, low: Lowering) -> str:
    corrupt = low.setting("spark.sql.columnNameOfCorruptRecord")
    o = _reading(options_argument(call.args, 2), low.setting(_ZONE), corrupt)
    check_times(call, low, call.type)
    if (failure := corrupt_failure(call, low, o.times.corrupt)) is not None:
        return failure
    assert isinstance(call.type, StructType)
    body = rows(XmlReader(call.type, o), stored(call.type))
    return python(low, f"from_xml_{digest(call.type, o)}", body, [(text_sql(low, call.args[0]), STRING)], call.type)


def _to_xml_type(args: tuple[Expression, ...]) -> DataType:
    options_argument(args, 1)
    if not isinstance(args[0].type, (StructType, VariantType, NullType)):
        raise unexpected(args, 0, '("STRUCT" or "VARIANT")')
    return STRING


def _lower_to_xml(call: Call, low: Lowering) -> str:
    check_times(call, low, call.args[0].type)
    o = options_argument(call.args, 1)
    writer = XmlWriter(
        low,
        o.zone(low.setting(_ZONE)),
        o.text("attributePrefix", "_") or "",
        o.text("valueTag") or "_VALUE",
        o.text("nullValue"),
        o.text("dateFormat") or "yyyy-MM-dd",
        o.text("timestampFormat") or "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXXXX]",
        o.text("timestampNTZFormat") or "yyyy-MM-dd'T'HH:mm:ss[.SSS]",
        binary_style=low.setting(BINARY_STYLE),
        indent="    " if (indent := o.text("indent")) is None else indent,
    )
    tag = low.literal(o.text("rowTag") or "ROW")
    written = writer.element(tag, low.sql(call.args[0]), call.args[0].type, 0)
    return written if writer.indent else f"({written}) || chr(10)"


def schema_of(args: tuple[Expression, ...], wall_clock: bool = False) -> str:
    """The schema of a constant XML text, as DDL. On a `wall_clock`, times that name no zone are TIMESTAMP_NTZ."""
    text = constant_text(args, 0, "xml", Mismatch)
    o = replace(_reading(options_argument(args, 1), "UTC", ""), wall_clock=wall_clock)
    try:
        root = read(text.strip()).elements[0]
    except Malformed:
        if o.times.mode != "FAILFAST":
            return sql_name(StructType((StructField(o.times.corrupt, STRING),)))
        raise row_failure(
            "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text, failFastMode="FAILFAST"
        ) from None
    found = canonical(infer(root, o)) or STRING
    return sql_name(found if isinstance(found, StructType) else StructType((StructField(o.value_tag, found),)))


FUNCTIONS = (
    _xml(
        ("from_xml",),
        sig(TEXT, ANY, ANY, optional=1),
        _from_xml_type,
        _lower_from_xml,
        nullable="always",
        rewrite=checked_first(1, 2),
        shown=lambda args, call: f"from_xml({args[0]})",
        usage="Reads an XML text as a struct; what does not fit is NULL.",
        example="SELECT from_xml('<p><a>1</a><b>0.8</b></p>', 'a INT, b DOUBLE')",
    ),
    _xml(
        ("to_xml",),
        sig(ANY, ANY, optional=1),
        _to_xml_type,
        _lower_to_xml,
        nullable="always",
        shown=lambda args, call: f"to_xml({args[0]})",
        usage="Writes a struct as XML.",
        example="SELECT to_xml(named_struct('a', 1, 'b', 2))",
    ),
    schema_reader(
        _xml,
        "schema_of_xml",
        schema_of,
        "Returns the schema of an XML text, in DDL.",
        "SELECT schema_of_xml('<p><a>1</a></p>')",
    ),
)
