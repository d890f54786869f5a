"""`a.b` and `a[b]`: fields of structs, elements of arrays, values of maps; `withField` and `dropFields`."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context
from glowplug.errors import AnalysisError
from glowplug.functions.coercion import cast_to
from glowplug.functions.collation_keys import collated
from glowplug.functions.registry import lookup
from glowplug.plan.expressions import Call, Expression, GetField, Literal, Origin, Replaced
from glowplug.plan.names import pretty
from glowplug.types import (
    BOOLEAN,
    INT,
    INTEGRAL,
    STRING,
    ArrayType,
    DataType,
    MapType,
    NullType,
    StringType,
    StructField,
    StructType,
    UserDefinedType,
    VariantType,
    quote,
    sql_name,
)


def extract(base: Expression, key: Expression, case_sensitive: bool, ansi: bool, origin: Origin | None) -> Expression:
    """The part of `base` that `key` names."""
    type = base.type.sql_type if isinstance(base.type, UserDefinedType) else base.type
    match type:
        case StructType(fields) if isinstance(key, Literal) and isinstance(key.type, StringType):
            i = _field(type, str(key.value), case_sensitive, origin)
            return GetField(base, i, str(key.value), fields[i].type, base.nullable or fields[i].nullable)
        case ArrayType(StructType(fields) as struct, contains_null) if isinstance(key, Literal) and isinstance(
            key.type, StringType
        ):
            f = fields[_field(struct, str(key.value), case_sensitive, origin)]
            result = ArrayType(f.type, contains_null or f.nullable)
            return _call(
                "get_array_struct_field", (base, Literal(str(key.value), STRING)), result, base.nullable, ansi, origin
            )
        case ArrayType(element) if isinstance(key.type, (*INTEGRAL, NullType)):
            item = (base, cast_to(key, INT))
            nullable = lookup("get_array_item").nullable(item)  # type: ignore[union-attr, operator]
            return _call("get_array_item", item, element, nullable, ansi, origin)
        case MapType(key_type, value):
            if not isinstance(key, Literal) and collated(key.type) and key.type != key_type:
                raise _unexpected(base, key, sql_name(key_type), origin)
            return _call("get_map_value", (base, cast_to(key, key_type)), value, True, ansi, origin)
        case VariantType() if isinstance(key, Literal):
            path = f"$.{key.value}" if isinstance(key.type, StringType) else f"$[{key.value}]"
            return _call(
                "variant_get", (base, Literal(path, STRING), Literal("variant", STRING)), type, True, ansi, origin
            )
    if isinstance(type, ArrayType):
        raise _unexpected(base, key, "INTEGRAL", origin)
    raise AnalysisError(
        "INVALID_EXTRACT_BASE_FIELD_TYPE", origin, base=f'"{pretty(base)}"', other=f'"{sql_name(base.type)}"'
    )


def _unexpected(base: Expression, key: Expression, required: str, origin: Origin | None) -> AnalysisError:
    return AnalysisError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
        origin,
        sqlExpr=f'"{pretty(base)}[{pretty(key)}]"',
        paramIndex="second",
        requiredType=f'"{required}"',
        inputSql=f'"{pretty(key)}"',
        inputType=f'"{sql_name(key.type)}"',
    )


def _field(struct: StructType, name: str, case_sensitive: bool, origin: Origin | None) -> int:
    key = name if case_sensitive else name.lower()
    found = [i for i, f in enumerate(struct.fields) if (f.name if case_sensitive else f.name.lower()) == key]
    if not found:
        fields = ", ".join(quote(f.name) for f in struct.fields)
        raise AnalysisError("FIELD_NOT_FOUND", origin, fieldName=quote(name), fields=fields)
    if len(found) > 1:
        raise AnalysisError("AMBIGUOUS_REFERENCE_TO_FIELDS", origin, field=quote(name), count=len(found))
    return found[0]


def _call(
    name: str, args: tuple[Expression, ...], type: DataType, nullable: bool, ansi: bool, origin: Origin | None
) -> Expression:
    function = lookup(name)
    if function is None:
        raise AnalysisError("UNSUPPORTED_FEATURE.GLOWPLUG", origin, feature=f"the access {name}")
    return Call(function, name, args, type, nullable, ansi, origin=origin)


def update_field(
    base: Expression, path: str, value: Expression | None, cx: Context, origin: Origin | None = None
) -> Expression:
    """A struct with one field set, added (`value`) or dropped (None). `path` may lead into nested structs."""
    from glowplug.identifiers import parse_attribute_name

    parts = parse_attribute_name(path)
    return Replaced(_update(base, parts, value, cx, origin), _shown_update(pretty(base), parts, value))


def _shown_update(base: str, path: tuple[str, ...], value: Expression | None) -> str:
    """`update_fields(s, WithField(1))`; changes to one struct stand side by side."""
    if len(path) > 1:
        change = f"WithField({_shown_update(f'{base}.{path[0]}', path[1:], value)})"
    else:
        change = "dropfield()" if value is None else f"WithField({pretty(value)})"
    head = base[:-1] if base.startswith("update_fields(") else f"update_fields({base}"
    return f"{head}, {change})"


def _update(
    base: Expression, path: tuple[str, ...], value: Expression | None, cx: Context, origin: Origin | None
) -> Expression:
    if not isinstance(base.type, StructType):
        raise AnalysisError(
            "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
            origin,
            sqlExpr=f'"{_shown_update(pretty(base), path, value)}"',
            paramIndex="first",
            requiredType='"STRUCT"',
            inputSql=f'"{pretty(base)}"',
            inputType=f'"{sql_name(base.type)}"',
        )
    name, rest = path[0], path[1:]
    key = name if cx.conf.case_sensitive else name.lower()
    parts: list[tuple[StructField, Expression]] = []
    found = False
    for i, f in enumerate(base.type.fields):
        field: Expression = GetField(base, i, f.name, f.type, f.nullable or base.nullable)
        nullable = f.nullable
        if (f.name if cx.conf.case_sensitive else f.name.lower()) == key:
            found = True
            if rest:
                field = _update(field, rest, value, cx, origin)
            elif value is None:
                continue
            else:
                field = value
            f, nullable = replace(f, name=f.name if rest else name), field.nullable
        parts.append((StructField(f.name, field.type, nullable), field))
    if not found:
        if rest:
            raise AnalysisError(
                "FIELD_NOT_FOUND", fieldName=quote(name), fields=", ".join(quote(f.name) for f in base.type.fields)
            )
        if value is not None:
            parts.append((StructField(name, value.type, value.nullable), value))
    if not parts:
        raise AnalysisError(
            "DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS", origin, sqlExpr=f'"{_shown_update(pretty(base), path, None)}"'
        )
    return rebuilt(base, parts, cx.conf.ansi)


def struct_of(parts: list[tuple[StructField, Expression]], ansi: bool) -> Expression:
    args = tuple(x for f, e in parts for x in (Literal(f.name, STRING), e))
    return _call("named_struct", args, StructType(tuple(f for f, _ in parts)), False, ansi, None)


def rebuilt(base: Expression, parts: list[tuple[StructField, Expression]], ansi: bool) -> Expression:
    """A struct of new fields in the place of `base`, NULL where `base` is."""
    built = struct_of(parts, ansi)
    if not base.nullable:
        return built
    struct = built.type
    test, when = lookup("isnull"), lookup("if")
    assert test is not None and when is not None
    null = Call(test, "isnull", (base,), BOOLEAN, False)
    return Call(when, "if", (null, Literal(None, struct), built), struct, True)
