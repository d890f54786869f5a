"""JSON texts: read, written, asked. Source: Spark SQL reference, "JSON Functions"; options of the JSON source."""

from __future__ import annotations

from functools import partial

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions import from_json
from glowplug.functions.datetime_formats import check_times
from glowplug.functions.json_kernel import REWRITTEN, standard
from glowplug.functions.json_paths import Index, Named, get_json_object, parse_path
from glowplug.functions.json_schemas import Inference, canonical, infer
from glowplug.functions.json_texts import HALF, USUAL, Malformed, Object, as_text, clean, read
from glowplug.functions.json_values import JsonOptions
from glowplug.functions.json_writer import JsonWriter, pretty
from glowplug.functions.lowering import bind, digest, per_row, text_sql
from glowplug.functions.options import (
    TEXT,
    checked_first,
    constant_text,
    options_argument,
    parse_schema,
    schema_reader,
    text_of,
)
from glowplug.functions.vocabulary import ANY, STR, Mismatch, sig
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Function, Lowering
from glowplug.types import (
    INT,
    STRING,
    STRINGS,
    ArrayType,
    DataType,
    MapType,
    NullType,
    StructField,
    StructType,
    sql_name,
)

_json = partial(Function, group="json_funcs")
_ZONE = "spark.sql.session.timeZone"


# --- to_json ------------------------------------------------------------------------------------------------


def _to_json_type(args: tuple[Expression, ...]) -> DataType:
    options_argument(args, 1)
    if not isinstance(args[0].type, (*from_json.ROOTS, NullType)):
        raise Mismatch("INVALID_JSON_SCHEMA", schema=f'"{sql_name(args[0].type)}"')
    return STRING


def _lower_to_json(call: Call, low: Lowering) -> str:
    check_times(call, low, call.args[0].type)
    o = options_argument(call.args, 1)
    default = low.setting("spark.sql.jsonGenerator.ignoreNullFields") != "false"
    writer = JsonWriter(
        low,
        o.zone(low.setting(_ZONE)),
        o.flag("ignoreNullFields", default),
        o.flag("sortKeys"),
        o.text("dateFormat") or "yyyy-MM-dd",
        o.text("timestampFormat") or "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXXXX]",
        o.text("timestampNTZFormat") or "yyyy-MM-dd'T'HH:mm:ss[.SSS]",
    )
    if isinstance(call.args[0].type, NullType):
        return "CAST(NULL AS VARCHAR)"
    text = writer.text(low.sql(call.args[0]), call.args[0].type)
    return per_row(low, "pretty_json", pretty, [(text, STRING)], STRING) if o.flag("pretty") else text


# --- asking -------------------------------------------------------------------------------------------------


def _lower_get_json_object(call: Call, low: Lowering) -> str:
    path = text_of(call.args[1])
    steps = parse_path(path) if path is not None else None
    if path is not None and steps is None:
        return "CAST(NULL AS VARCHAR)"
    slow = partial(per_row, low, "get_json_object", get_json_object)
    if steps is None or not all(isinstance(s, (Named, Index)) for s in steps) or '"' in (path or ""):
        return slow([(low.sql(a), a.type) for a in call.args], STRING)
    where = "$" + "".join(f'."{s.name}"' if isinstance(s, Named) else f"[{s.at}]" for s in steps)  # type: ignore[union-attr]

    def find(x: str) -> str:
        later = slow([(x, STRING), call.args[1]], STRING)
        return (
            f"CASE WHEN {standard(x, low)} THEN {bind(_at(x, where, low), lambda j: _shown(j, later))}"
            f" WHEN {x} IS NOT NULL THEN {later} END"
        )

    return bind(low.sql(call.args[0]), find)


def _at(x: str, where: str, low: Lowering) -> str:
    return f"CAST(json_extract({x}, {low.literal(where)}) AS VARCHAR)"


def _shown(j: str, later: str) -> str:
    """JSON that the kernel found: a string's text, what both write alike, else what is found one by one."""
    string = f"CASE WHEN contains({j}, chr(92)) THEN json_extract_string({j}, '$') ELSE {j}[2:-2] END"
    return (
        f"CASE WHEN {j} IS NULL THEN NULL WHEN starts_with({j}, '\"') THEN {string}"
        f" WHEN {j} <> 'null' AND NOT regexp_matches({j}, '{REWRITTEN}') THEN {j} ELSE {later} END"
    )


def json_array_length(text: str) -> int | None:
    try:
        value = read(text)
    except Malformed:
        return None
    return len(value) if isinstance(value, list) and not isinstance(value, Object) else None


def json_object_keys(text: str) -> list[str] | None:
    try:
        value = read(text)
    except Malformed:
        return None
    return [clean(k) for k, _ in value] if isinstance(value, Object) else None


def _strings_only(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    if not all(isinstance(a.type, STRINGS) for a in args):
        raise Mismatch("NON_STRING_TYPE", funcName="`json_tuple`")
    return args


def _tuple_type(args: tuple[Expression, ...]) -> DataType:
    return StructType(tuple(StructField(f"c{i}", STRING) for i in range(len(args) - 1)))


def _lower_json_tuple(call: Call, low: Lowering) -> str:
    """One row of the members' texts; NULLs if the text is no object."""
    names = [text_of(a) for a in call.args[1:]]
    text = text_sql(low, call.args[0])
    plain = len(set(names) - {None}) == len(names)
    type = StructType(tuple(StructField(str(n) if plain else f"c{i}", STRING) for i, n in enumerate(names)))
    args = [(text_sql(low, a), STRING) for a in call.args]
    found = per_row(low, f"json_tuple_{digest(type)}", json_members, args, type, nulls=True)
    if plain:
        quick = from_json.structured(text, type, JsonOptions(corrupt="", leniency=USUAL, null_overrides=False), low)
        found = f"CASE WHEN contains({text}, '\\u') THEN {found} ELSE {quick} END"  # there may be half a character
    if len(names) == 1:
        return f"[struct_extract_at({found}, 1)]"
    parts = ", ".join(f"c{i} := struct_extract_at(m, {i + 1})" for i in range(len(names)))
    return f"list_transform([{found}], (lambda m: struct_pack({parts})))"


def json_members(text: str | None, *names: str | None) -> tuple[str | None, ...]:
    """The texts of the members of these names; of equal ones the last that is not null. None for all of them where one
    is a text with half a character."""
    try:
        value = read(text or "")
    except Malformed:
        value = None
    members = {k: v for k, v in value if v is not None} if isinstance(value, Object) else {}
    asked = [members.get(n or "") for n in names]
    halved = any(isinstance(v, str) and HALF.search(v) for v in asked)
    return tuple(None if halved else as_text(v) for v in asked)


# --- schemas ------------------------------------------------------------------------------------------------


def schema_of(args: tuple[Expression, ...], wall_clock: bool = False) -> str:
    """The schema of a constant JSON text, as DDL. On a `wall_clock`, times that name no zone are TIMESTAMP_NTZ."""
    text = constant_text(args, 0, "json", Mismatch)
    o = options_argument(args, 1)
    formats = o.text("timestampFormat"), o.text("timestampNTZFormat")
    reading = JsonOptions(timestamp_format=formats[0], timestamp_ntz_format=formats[1])
    flags = (o.flag("prefersDecimal"), o.flag("primitivesAsString"), o.flag("inferTimestamp"))
    how = Inference(*flags, ntz=wall_clock, reading=reading)
    try:
        value = read(text, from_json.leniency(o)) if text.strip() else None
    except Malformed:
        raise row_failure(
            "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text, failFastMode="FAILFAST"
        ) from None
    return sql_name(canonical(infer(value, how)) or StructType())


def _from_json_shown(args: tuple[str, ...], call: Call) -> str:
    """A map's result is called `entries`."""
    if len(call.args) > 1 and (text := text_of(call.args[1])) is not None:
        try:
            if isinstance(parse_schema(text), MapType):
                return "entries"
        except AnalysisError:
            pass
    return f"from_json({args[0]})"


FUNCTIONS = (
    _json(
        ("from_json",),
        sig(TEXT, ANY, ANY, optional=1),
        from_json.type_of,
        from_json.lower,
        nullable="always",
        rewrite=checked_first(1, 2),
        shown=_from_json_shown,
        usage="Reads a JSON text as a value of a schema; what does not fit is NULL.",
        example="""SELECT from_json('{"a":1, "b":0.8}', 'a INT, b DOUBLE')""",
    ),
    _json(
        ("to_json",),
        sig(ANY, ANY, optional=1),
        _to_json_type,
        _lower_to_json,
        nullable="always",
        shown=lambda args, call: f"to_json({args[0]})",
        usage="Writes a struct, map, array or variant as JSON.",
        example="SELECT to_json(named_struct('a', 1, 'b', 2))",
    ),
    _json(
        ("get_json_object",),
        sig(STR, STR),
        STRING,
        _lower_get_json_object,
        nullable="always",
        casts=False,
        usage="Returns what a path finds in a JSON text.",
        example="""SELECT get_json_object('{"a":"b"}', '$.a')""",
    ),
    _json(
        ("json_tuple",),
        sig(ANY, ANY, variadic=True),
        _tuple_type,
        _lower_json_tuple,
        kind="generator",
        nullable="never",
        coerce=_strings_only,
        usage="Returns the members of these names of a JSON object, as texts.",
        example="""SELECT json_tuple('{"a":1, "b":2}', 'a', 'b')""",
    ),
    schema_reader(
        _json,
        "schema_of_json",
        schema_of,
        "Returns the schema of a JSON text, in DDL.",
        """SELECT schema_of_json('[{"col":0}]')""",
    ),
    _json(
        ("json_array_length",),
        sig(STR),
        INT,
        lambda call, low: per_row(low, "json_array_length", json_array_length, call.args, INT),
        nullable="always",
        casts=False,
        usage="Returns the number of elements of the outermost JSON array.",
        example="SELECT json_array_length('[1,2,3,4]')",
    ),
    _json(
        ("json_object_keys",),
        sig(STR),
        ArrayType(STRING),
        lambda call, low: per_row(low, "json_object_keys", json_object_keys, call.args, ArrayType(STRING)),
        nullable="always",
        casts=False,
        usage="Returns the names of the outermost JSON object's members.",
        example="""SELECT json_object_keys('{"key": "value"}')""",
    ),
)
