"""DataFrame methods that rebuild the select list: withColumns, renames, drop, toDF, to(schema)."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.analyze.extract import rebuilt
from glowplug.analyze.rules.selects import resolve_select
from glowplug.analyze.suggestions import unresolved_column
from glowplug.errors import AnalysisError
from glowplug.functions.registry import lookup
from glowplug.plan.casts import can_cast, store_assignable
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    GetField,
    Lambda,
    LambdaVariable,
    Literal,
    UnresolvedAttribute,
    new_id,
)
from glowplug.plan.relations import Drop, Project, Relation, Select, ToDF, ToSchema, WithColumns, WithColumnsRenamed
from glowplug.type_trees import as_strings, contains_type
from glowplug.types import (
    ArrayType,
    CharType,
    DataType,
    MapType,
    StructField,
    StructType,
    VarcharType,
    quote,
    same_type,
    sql_name,
)

T = TypeVar("T")


def with_columns(node: WithColumns, cx: Context) -> Relation:
    """Columns replaced where the name exists (every one of that name), added at the end otherwise."""
    scope = scope_of(node.child, cx=cx)
    names = [c.names[0] for c in node.columns]
    keys = [scope.key(n) for n in names]
    if len(set(keys)) != len(keys):
        twice = next(n for n, k in zip(names, keys, strict=True) if keys.count(k) > 1)
        raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(twice.lower()))
    new = dict(zip(keys, node.columns, strict=True))
    items: list[Expression] = []
    if node.pipe and (missing := next((n for n in names if not scope.named(n)), None)) is not None:
        raise unresolved_column((missing,), scope, node.origin)
    replaced: set[str] = set()
    for a in node.child.output:
        key = scope.key(a.name)
        if key in new:
            replaced.add(key)
        items.append(new.get(key, a))
    items += [c for key, c in new.items() if key not in replaced]
    return resolve_select(Select(node.child, tuple(items), pipe="SET" if node.pipe else ""), cx)


def rename_columns(node: WithColumnsRenamed, cx: Context) -> Relation:
    """Renames take effect one after the other; a name that is not there is skipped."""
    scope = scope_of(node.child, cx=cx)
    names = {a.id: a.name for a in node.child.output}
    for old, new in node.renames:
        for i, name in names.items():
            if scope.key(name) == scope.key(old):
                names[i] = new
    return Project(
        node.child,
        tuple(a if names[a.id] == a.name else Alias(a, names[a.id], new_id()) for a in node.child.output),
    )


def drop_columns(node: Drop, cx: Context) -> Relation:
    """Columns dropped by name or by reference; those not there are skipped."""
    scope = scope_of(node.child, cx=cx)
    dropped: set[int] = set()
    for name in node.names:
        dropped |= {a.id for a in scope.named(name)}
    for e in node.columns:
        if isinstance(e, UnresolvedAttribute):
            known = e.plan_id in cx.frames
            try:
                e = resolve(e, scope, cx)
            except AnalysisError as error:
                hidden = known and error.condition == "CANNOT_RESOLVE_DATAFRAME_COLUMN"
                if error.condition.startswith("UNRESOLVED_COLUMN") or hidden:
                    continue
                raise
        if isinstance(e, Attribute):
            dropped.add(e.id)
    if not dropped:
        return node.child
    return Project(node.child, tuple(a for a in node.child.output if a.id not in dropped))


def resolve_to_df(node: ToDF, cx: Context) -> Relation:
    """Raises ASSIGNMENT_ARITY_MISMATCH where there are more columns than names, or fewer."""
    output = node.child.output
    if len(output) != len(node.names):
        raise AnalysisError("ASSIGNMENT_ARITY_MISMATCH", numExpr=len(node.names), numTarget=len(output))
    return Project(
        node.child,
        tuple(a if a.name == n else Alias(a, n, new_id()) for a, n in zip(output, node.names, strict=True)),
    )


def resolve_to_schema(node: ToSchema, cx: Context) -> Relation:
    """`df.to(schema)`: columns matched by name, reordered, cast where nothing is lost, NULL where missing."""
    if contains_type(node.schema, (CharType, VarcharType)):
        if not cx.conf.plain_texts:
            raise AnalysisError("UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING")
        node = replace(node, schema=StructType(tuple(replace(f, type=as_strings(f.type)) for f in node.schema.fields)))
    scope = scope_of(node.child, cx=cx)
    items: list[Expression] = []
    for f in node.schema.fields:
        found = _only(scope.named(f.name), (f.name,))
        if found is None:
            if not f.nullable:
                raise unresolved_column((f.name,), scope, None)
            items.append(Alias(Literal(None, f.type), f.name, new_id(), f.metadata))
            continue
        value = _reconcile(found, f.type, f.nullable, (found.name,), cx)
        metadata = f.metadata if f.metadata != "{}" else found.metadata
        same = value is found and found.name == f.name and metadata == found.metadata
        items.append(found if same else Alias(value, f.name, new_id(), metadata))
    return Project(node.child, tuple(items))


def _only(found: list[T], path: tuple[str, ...]) -> T | None:
    if len(found) > 1:
        raise AnalysisError("AMBIGUOUS_COLUMN_OR_FIELD", name=_shown(path), n=len(found))
    return found[0] if found else None


def _shown(path: tuple[str, ...]) -> str:
    return ".".join(map(quote, path))


def _reconcile(e: Expression, to: DataType, nullable: bool, path: tuple[str, ...], cx: Context) -> Expression:
    """`e` as type `to`: fields of structs by name, at any depth; other types by a cast that must be allowed."""
    if e.nullable and not nullable:
        raise AnalysisError("NULLABLE_COLUMN_OR_FIELD", name=_shown(path))
    if e.type == to:
        return e
    match e.type, to:
        case StructType(), StructType(wanted):
            return rebuilt(e, [_field(e, f, path, cx) for f in wanted], cx.conf.ansi)
        case ArrayType(_, with_nulls), ArrayType(wanted, allowed):
            if with_nulls and not allowed:
                raise AnalysisError("NOT_NULL_CONSTRAINT_VIOLATION.ARRAY_ELEMENT", columnPath=_shown(path))
            return _each(e, wanted, allowed, (*path, "element"), cx)
        case MapType(key, value, with_nulls), MapType(to_key, to_value, allowed):
            if with_nulls and not allowed:
                raise AnalysisError("NOT_NULL_CONSTRAINT_VIOLATION.MAP_VALUE", columnPath=_shown(path))
            keys = _call("map_keys", (e,), ArrayType(key, False), e.nullable, cx.conf.ansi)
            values = _call("map_values", (e,), ArrayType(value, with_nulls), e.nullable, cx.conf.ansi)
            keys = _each(keys, to_key, False, (*path, "key"), cx)
            values = _each(values, to_value, allowed, (*path, "value"), cx)
            assert isinstance(keys.type, ArrayType) and isinstance(values.type, ArrayType)
            type = MapType(keys.type.element, values.type.element, values.type.contains_null)
            return _call("map_from_arrays", (keys, values), type, e.nullable, cx.conf.ansi)
    if same_type(e.type, to):
        return e
    if not can_cast(e.type, to, True) or not store_assignable(e.type, to):
        raise AnalysisError(
            "INVALID_COLUMN_OR_FIELD_DATA_TYPE",
            name=_shown(path),
            type=f'"{sql_name(e.type)}"',
            expectedType=f'"{sql_name(to)}"',
        )
    return Cast(e, to, "ansi", implicit=True)


def _field(e: Expression, to: StructField, path: tuple[str, ...], cx: Context) -> tuple[StructField, Expression]:
    """What the struct `e` has for a field that is wanted: NULL where it has nothing and that is allowed."""
    assert isinstance(e.type, StructType)
    own = e.type.fields
    key = str if cx.conf.case_sensitive else str.lower
    i = _only([i for i, x in enumerate(own) if key(x.name) == key(to.name)], (*path, to.name))
    if i is None and not to.nullable:
        proposal = ", ".join(quote(f.name) for f in own)
        raise AnalysisError(
            "UNRESOLVED_FIELD.WITH_SUGGESTION", fieldName=quote(to.name), columnPath=_shown(path), proposal=proposal
        )
    value: Expression = Literal(None, to.type)
    if i is not None:
        value = GetField(e, i, own[i].name, own[i].type, own[i].nullable or e.nullable)
        value = _reconcile(value, to.type, to.nullable, (*path, own[i].name), cx)
    return StructField(to.name, value.type, value.nullable, to.metadata), value


def _each(e: Expression, to: DataType, nullable: bool, path: tuple[str, ...], cx: Context) -> Expression:
    """An array whose elements are as wanted."""
    assert isinstance(e.type, ArrayType)
    element = LambdaVariable("x", e.type.element, e.type.contains_null, new_id())
    value = _reconcile(element, to, nullable, path, cx)
    if value is element:
        return e
    type = ArrayType(value.type, value.nullable)
    return _call("transform", (e, Lambda(value, (element,))), type, e.nullable, cx.conf.ansi)


def _call(name: str, args: tuple[Expression, ...], type: DataType, nullable: bool, ansi: bool) -> Expression:
    function = lookup(name)
    assert function is not None
    return Call(function, name, args, type, nullable, ansi)
