"""Generators: functions that make rows. A lowering is the kernel list of the rows, structs when of several columns."""

from __future__ import annotations

from functools import partial

from glowplug.functions.arrays import SIZED, has_null, parts
from glowplug.functions.coercion import cast_to, merged_type
from glowplug.functions.vocabulary import ANY, INTEGER, Mismatch, constant_value, sig, unexpected
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.types import INT, ArrayType, DataType, MapType, NullType, StructField, StructType, same_type, sql_name

_generator = partial(Function, kind="generator", nullable="never", group="generator_funcs")
SIZED_ONLY = Accept(SIZED.shown, SIZED.accepts)
STRUCTS = Accept('"ARRAY<STRUCT>"', lambda t: isinstance(t, ArrayType) and isinstance(t.element, StructType))


def _columns(args: tuple[Expression, ...], position: bool) -> DataType:
    match args[0].type:
        case MapType(key, value, nulls):
            fields = [StructField("key", key, False), StructField("value", value, nulls)]
        case _:
            fields = [StructField("col", parts(args[0]), has_null(args[0]))]
    return StructType((StructField("pos", INT, False), *fields) if position else tuple(fields))


def _lower_explode(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    return f"map_entries({x})" if isinstance(call.args[0].type, MapType) else x


def _lower_posexplode(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    if isinstance(call.args[0].type, MapType):
        row = "row(CAST(i - 1 AS INTEGER), struct_extract_at(e, 1), struct_extract_at(e, 2))"
        return f"list_transform(map_entries({x}), lambda e, i: {row})"
    return f"list_transform({x}, lambda e, i: row(CAST(i - 1 AS INTEGER), e))"


def _explode(name: str, position: bool) -> Function:
    return _generator(
        (name,),
        sig(SIZED_ONLY, names="collection"),
        lambda args: _columns(args, position),
        _lower_posexplode if position else _lower_explode,
        usage="Makes a row of each element of an array or entry of a map"
        + (", with its position" if position else "")
        + ("; of an empty one, a row of NULLs." if name.endswith("_outer") else "."),
        example=f"SELECT {name}(array(10, 20))",
    )


def _struct_columns(args: tuple[Expression, ...]) -> DataType:
    t = parts(args[0])
    assert isinstance(t, StructType)
    return StructType(tuple(StructField(f.name, f.type, f.nullable or has_null(args[0]), f.metadata) for f in t.fields))


def _lower_inline(call: Call, low: Lowering) -> str:
    x = low.sql(call.args[0])
    one = isinstance(call.type, StructType) and len(call.type.fields) == 1
    return f"list_transform({x}, lambda e: struct_extract_at(e, 1))" if one else x


def _inline(name: str) -> Function:
    return _generator(
        (name,),
        sig(STRUCTS, names="input"),
        _struct_columns,
        _lower_inline,
        usage="Makes a row of each struct of an array.",
        example=f"SELECT {name}(array(struct(1, 'a'), struct(2, 'b')))",
    )


def _stack_shape(args: tuple[Expression, ...]) -> tuple[int, int]:
    """Rows and columns."""
    if args[0].type != INT:
        raise unexpected(args, 0, '"INT"')
    count = constant_value(args[0])
    if not isinstance(count, int) or count <= 0:
        if not isinstance(args[0], Literal):
            from glowplug.plan.names import pretty

            raise Mismatch("NON_FOLDABLE_INPUT", inputName="`n`", inputType='"INT"', inputExpr=f'"{pretty(args[0])}"')
        if count is None:
            raise Mismatch("UNEXPECTED_NULL", exprName="`n`")
        raise Mismatch("VALUE_OUT_OF_RANGE", exprName="`n`", valueRange="(0, 2147483647]", currentValue=count)
    return count, -(-(len(args) - 1) // count)


def _stack_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    _, width = _stack_shape(args)
    out = list(args)
    for column in range(width):
        places = list(range(1 + column, len(args), width))
        first = next((i for i in places if not isinstance(args[i].type, NullType)), places[0])
        common = args[first].type
        for i in places:
            if not isinstance(args[i].type, NullType) and not same_type(common, args[i].type):
                raise Mismatch(
                    "STACK_COLUMN_DIFF_TYPES",
                    columnIndex=column,
                    leftParamIndex=first,
                    leftType=f'"{sql_name(common)}"',
                    rightParamIndex=i,
                    rightType=f'"{sql_name(args[i].type)}"',
                )
        common = merged_type([args[i] for i in places if not isinstance(args[i].type, NullType)] or [args[first]])
        for i in places:
            out[i] = cast_to(args[i], common)
    return tuple(out)


def _stack_columns(args: tuple[Expression, ...]) -> DataType:
    _, width = _stack_shape(args)
    return StructType(tuple(StructField(f"col{i}", args[1 + i].type, True) for i in range(width)))


def _lower_stack(call: Call, low: Lowering) -> str:
    count, width = _stack_shape(call.args)
    assert isinstance(call.type, StructType)
    values = [low.sql(a) for a in call.args[1:]]
    values += (
        [f"CAST(NULL AS {low.type(f.type)})" for f in call.type.fields[len(values) - count * width :]]
        if count * width > len(values)
        else []
    )
    rows = [values[i * width : (i + 1) * width] for i in range(count)]
    if width == 1:
        return f"[{', '.join(r[0] for r in rows)}]"
    return f"[{', '.join('row(' + ', '.join(r) + ')' for r in rows)}]"


FUNCTIONS = (
    _explode("explode", False),
    _explode("explode_outer", False),
    _explode("posexplode", True),
    _explode("posexplode_outer", True),
    _inline("inline"),
    _inline("inline_outer"),
    _generator(
        ("stack",),
        sig(INTEGER, ANY, variadic=True),
        _stack_columns,
        _lower_stack,
        coerce=_stack_operands,
        settled=(0,),
        usage="Makes n rows of the values in turn.",
        example="SELECT stack(2, 1, 2, 3)",
    ),
)
