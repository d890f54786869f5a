"""Variants: values of any shape in Spark's binary form. Source: Spark SQL reference, "Variant Functions"."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from glowplug import types as t
from glowplug.errors import AnalysisError, row_failure
from glowplug.functions.json_schemas import merge
from glowplug.functions.json_texts import STRICT, Malformed, read
from glowplug.functions.lowering import digest, per_row, python, rows, stored, text_sql
from glowplug.functions.options import TEXT, checked_first, foldable, parse_schema, text_of
from glowplug.functions.variant_format import Decoder, DuplicateName, as_row, decode, encode, from_json_value
from glowplug.functions.variant_texts import json_text
from glowplug.functions.variant_values import (
    CannotCast,
    cast,
    counted,
    parse_path,
    plain,
    schema,
    schema_text,
    supported,
)
from glowplug.functions.vocabulary import ANY, STR, VARIANT_VALUE, Mismatch, sig
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Accept, Function, Lower, Lowering
from glowplug.plan.names import pretty
from glowplug.type_trees import contains_type
from glowplug.types import BOOLEAN, INT, STRING, VARIANT, DataType, NullType, StructField, StructType, quote, sql_name
from glowplug.types_json import from_json as type_from_json
from glowplug.types_json import to_json

_variant = partial(Function, group="variant_funcs")
_ZONE = "spark.sql.session.timeZone"
# A bare NULL is taken as it is: is_variant_null is false of it.
VARIANT_OR_NULL = Accept('"VARIANT"', lambda a: isinstance(a, (t.VariantType, NullType)))
ROW = StructType((StructField("pos", INT, False), StructField("key", STRING), StructField("value", VARIANT, False)))


def parse(text: str) -> dict[str, bytes]:
    """A JSON text as a variant. MALFORMED_RECORD_IN_PARSING for what is none."""
    try:
        return as_row(from_json_value(read(text, STRICT)))
    except (Malformed, DuplicateName, RecursionError):
        raise row_failure(
            "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text, failFastMode="FAILFAST"
        ) from None


def try_parse(text: str) -> dict[str, bytes] | None:
    try:
        return as_row(from_json_value(read(text, STRICT)))
    except (Malformed, DuplicateName, RecursionError):
        return None


def _parser(name: str, body: Callable[[str], Any]) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        return per_row(low, name, body, [(text_sql(low, call.args[0]), STRING)], VARIANT)

    tolerant = name.startswith("try_")
    return _variant(
        (name,),
        sig(TEXT),
        VARIANT,
        lower,
        nullable="always" if tolerant else "any",
        usage="Reads a JSON text as a variant" + ("; NULL for what is none." if tolerant else "."),
        example=f"""SELECT {name}('{{"a":1,"b":0.8}}')""",
    )


def _operand(low: Lowering, e: Expression) -> str:
    """A variant argument's SQL."""
    return f"CAST(NULL AS {low.type(VARIANT)})" if isinstance(e.type, NullType) else low.sql(e)


# --- variant_get and casts ----------------------------------------------------------------------------------


def failure(value: Any, type: DataType, zone: str) -> Exception:
    """INVALID_VARIANT_CAST for a value."""
    return row_failure("INVALID_VARIANT_CAST", value=json_text(value, zone), dataType=f'"{sql_name(type)}"')


def cast_body(type: DataType, zone: str, tolerant: bool) -> Callable[[dict[str, bytes]], Any]:
    def body(variant: dict[str, bytes]) -> Any:
        try:
            return cast(decode(variant), type, zone, tolerant)
        except CannotCast as error:
            raise failure(error.value, type, zone) from None

    return body


def cast_sql(low: Lowering, x: str, source: DataType, target: DataType, tolerant: bool) -> str:
    """Kernel SQL for a cast from or to VARIANT."""
    zone = low.setting(_ZONE)
    if isinstance(source, t.VariantType):
        name = f"variant_to_{digest(target, zone, tolerant)}"
        result = stored(target)
        return per_row(low, name, cast_body(target, zone, tolerant), [(x, source)], result)
    write = rows(lambda v: as_row(encode(plain(v, source))), VARIANT)
    return python(
        low,
        f"to_variant_{digest(source)}",
        lambda values: write(values.cast(counted(values.type))),
        [(x, source)],
        VARIANT,
    )


def _get_type(args: tuple[Expression, ...]) -> DataType:
    if len(args) < 3:
        return VARIANT
    text = text_of(args[2]) if isinstance(args[2].type, t.STRINGS) and foldable(args[2]) else None
    if text is None:
        raise AnalysisError("INVALID_SCHEMA.NON_STRING_LITERAL", inputSchema=f'"{pretty(args[2])}"')
    return parse_schema(text)


def _get(name: str) -> Function:
    tolerant = name.startswith("try_")

    def lower(call: Call, low: Lowering) -> str:
        type, zone = call.type, low.setting(_ZONE)

        def body(variant: dict[str, bytes], path: str) -> Any:
            steps = parse_path(path)
            if steps is None:
                raise row_failure("INVALID_VARIANT_GET_PATH", path=path, functionName=quote(name))
            found = Decoder(variant["value"], variant["metadata"])
            at = found.find(steps)
            if at is None:
                return None
            try:
                return cast(found.decode(at), type, zone, tolerant)
            except CannotCast as error:
                raise failure(error.value, type, zone) from None

        args = [(_operand(low, call.args[0]), VARIANT), (text_sql(low, call.args[1]), STRING)]
        return per_row(low, f"{name}_{digest(type, zone)}", body, args, stored(type))

    return _variant(
        (name,),
        sig(VARIANT_VALUE, STR, ANY, optional=1),
        _get_type,
        lower,
        rewrite=checked_first(2, None),
        casts=False,
        nullable="always",
        shown=lambda args, call: f"{name}({args[0]}, {args[1]})",
        usage="Returns what a path finds in a variant, as a type"
        + ("; NULL where it is of another." if tolerant else "."),
        example=f"""SELECT {name}(parse_json('{{"a": 1}}'), '$.a', 'int')""",
    )


# --- objects, elements, schemas -----------------------------------------------------------------------------


def _object_type(args: tuple[Expression, ...]) -> DataType:
    type = args[0].type
    if (
        not isinstance(type, (t.StructType, t.MapType, t.ArrayType))
        or not supported(type)
        or contains_type(type, NullType)
    ):
        raise Mismatch("CAST_WITHOUT_SUGGESTION", srcType=f'"{sql_name(type)}"', targetType='"VARIANT"')
    return VARIANT


def _lower_object(call: Call, low: Lowering) -> str:
    if isinstance(call.args[0].type, NullType):
        return f"CAST(NULL AS {low.type(VARIANT)})"
    return cast_sql(low, low.sql(call.args[0]), call.args[0].type, VARIANT, False)


def explode(variant: dict[str, bytes]) -> list[dict[str, Any]]:
    """A row for each element or member; none for a scalar. The rows share the variant's names."""
    d = Decoder(variant["value"], variant["metadata"])
    basic = d.data[0] & 3
    if basic == 2:
        found: list[tuple[str | None, int]] = list(d.members(0))
    else:
        found = [(None, at) for at in d.elements(0)] if basic == 3 else []
    return [{"pos": i, "key": key, "value": as_row((d.slice(at), d.metadata))} for i, (key, at) in enumerate(found)]


def _explode(name: str) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        return per_row(low, "variant_explode", explode, [(_operand(low, call.args[0]), VARIANT)], t.ArrayType(ROW))

    return _variant(
        (name,),
        sig(VARIANT_OR_NULL, names="input"),
        ROW,
        lower,
        kind="generator",
        in_from=True,
        nullable="never",
        usage="Makes a row of each element of a variant array or member of a variant object.",
        example=f"""SELECT * FROM {name}(parse_json('["hello", "world"]'))""",
    )


def _schema_agg(call: Call, low: Lowering) -> str:
    """The groups' distinct types are collected, as few as there are shapes, and brought to one."""
    x = _operand(low, call.args[0])
    one = per_row(low, "variant_type", lambda v: json.dumps(to_json(schema(decode(v)))), [(x, VARIANT)], STRING)
    found = low.aggregate("list", call, (one,), condition=f"{x} IS NOT NULL", distinct=True)
    texts = t.ArrayType(STRING)
    return per_row(low, "variant_types", _common_schema, [(f"coalesce({found}, [])", texts)], STRING)


def _common_schema(texts: list[str]) -> str:
    type: DataType = t.NULL
    for text in sorted(texts):
        type = merge(type, type_from_json(text), t.VARIANT)
    return schema_text(type)


def is_valid(value: dict[str, bytes]) -> bool:
    try:
        decode(value)
    except Exception:
        return False
    return True


def _of_variant(body: Callable[[dict[str, bytes]], Any], type: DataType, name: str) -> Lower:
    return lambda call, low: per_row(low, name, body, [(_operand(low, call.args[0]), VARIANT)], type)


def _is_null(call: Call, low: Lowering) -> str:
    x = _operand(low, call.args[0])
    return f"coalesce(hex(struct_extract_at({x}, 1)) = '00', false)"


FUNCTIONS = (
    _parser("parse_json", parse),
    _parser("try_parse_json", try_parse),
    _get("variant_get"),
    _get("try_variant_get"),
    _variant(
        ("is_variant_null",),
        sig(VARIANT_VALUE),
        BOOLEAN,
        _is_null,
        nullable="never",
        casts=False,
        usage="Returns whether a variant holds null, which is not the same as being NULL.",
        example="SELECT is_variant_null(parse_json('null'))",
    ),
    _variant(
        ("is_valid_variant",),
        sig(VARIANT_VALUE),
        BOOLEAN,
        _of_variant(is_valid, BOOLEAN, "is_valid_variant"),
        casts=False,
        usage="Returns whether a variant's binary form is sound.",
        example="""SELECT is_valid_variant(parse_json('{"a":1}'))""",
    ),
    _variant(
        ("schema_of_variant",),
        sig(VARIANT_VALUE),
        STRING,
        _of_variant(lambda v: schema_text(schema(decode(v))), STRING, "schema_of_variant"),
        casts=False,
        usage="Returns the schema of a variant.",
        example='SELECT schema_of_variant(parse_json(\'[{"b":true,"a":0}]\'))',
    ),
    _variant(
        ("schema_of_variant_agg",),
        sig(VARIANT_VALUE),
        STRING,
        _schema_agg,
        kind="aggregate",
        nullable="never",
        casts=False,
        usage="Returns the schema of all variants of a group.",
        example="SELECT schema_of_variant_agg(parse_json(j)) FROM VALUES ('1'), ('2'), ('3') AS tab(j)",
    ),
    _variant(
        ("to_variant_object",),
        sig(ANY),
        _object_type,
        _lower_object,
        usage="Makes a variant of a struct, map or array.",
        example="SELECT to_variant_object(named_struct('a', 1, 'b', 2))",
    ),
    _explode("variant_explode"),
    _explode("variant_explode_outer"),
)
