"""UNION, INTERSECT, EXCEPT by position and by name; DISTINCT and dropDuplicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glowplug.analyze.context import Context, Scope, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.analyze.extract import rebuilt
from glowplug.analyze.rules.time_windows import in_merged_sessions
from glowplug.errors import AnalysisError, InvalidPlanInput
from glowplug.functions.coercion import same_structure, wider
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Cast,
    EvalMode,
    Expression,
    GetField,
    Literal,
    Origin,
    UnresolvedAttribute,
    new_id,
)
from glowplug.plan.names import pretty
from glowplug.plan.relations import Deduplicate, Distinct, Project, Relation, SetOperation
from glowplug.plan.streams import SESSION
from glowplug.type_trees import contains_type
from glowplug.types import DataType, MapType, StructField, StructType, VariantType, quote, same_type, sql_name

_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def resolve_set_operation(node: SetOperation, cx: Context) -> Relation:
    """Columns of both sides brought to common types. Raises NUM_COLUMNS_MISMATCH, INCOMPATIBLE_COLUMN_TYPE."""
    left, right = node.left, node.right
    if node.by_name:
        left, right = _by_name(left, right, node.allow_missing, cx)
    a, b = left.output, right.output
    if len(a) == len(b) and len(once := dict.fromkeys(zip(a, b, strict=True))) < len(a):
        # A column that both sides repeat is one column, also by name.
        left, right = (Project(side, tuple(pair[i] for pair in once)) for i, side in enumerate((left, right)))
        found = resolve_set_operation(replace(node, left=left, right=right, by_name=False), cx)
        of = dict(zip(once, found.output, strict=True))
        return Project(found, tuple(of[pair] for pair in zip(a, b, strict=True)))
    types = _types(node, a, b, cx)
    mode: EvalMode = "ansi" if cx.conf.ansi else "legacy"
    left, right = (_cast_columns(side, types, mode, node.origin) for side in (left, right))
    columns = tuple(
        Attribute(
            x.name,
            t,
            {"union": x.nullable or y.nullable, "except": x.nullable}.get(node.kind, x.nullable and y.nullable),
            new_id(),
            x.qualifier,
            x.metadata,
        )
        for x, y, t in zip(left.output, right.output, types, strict=True)
    )
    done = replace(node, left=left, right=right, columns=columns)
    if node.kind == "union" and not node.all and any(SESSION in c.metadata for c in columns):
        return Distinct(in_merged_sessions(replace(done, all=True), columns, cx))
    return done


def _types(node: SetOperation, a: Sequence[Attribute], b: Sequence[Attribute], cx: Context) -> list[DataType]:
    """The types of the result's columns. Raises what Spark raises for columns of two sides that do not go together."""
    operator = {"union": "UNION", "intersect": "INTERSECT", "except": "EXCEPT"}[node.kind]
    if node.all and node.kind != "union":
        operator += " ALL"
    if len(a) != len(b):
        raise AnalysisError(
            "NUM_COLUMNS_MISMATCH",
            node.origin,
            operator=operator,
            firstNumColumns=len(a),
            invalidOrdinalNum="second",
            invalidNumColumns=len(b),
        )
    types = []
    for i, (x, y) in enumerate(zip(a, b, strict=True)):
        t = wider(x.type, y.type, cx.conf.ansi)
        if t is None and node.kind == "union" and same_structure(x.type, y.type):
            t = x.type
        if t is None:
            raise AnalysisError(
                "INCOMPATIBLE_COLUMN_TYPE",
                node.origin,
                operator=operator,
                columnOrdinalNumber=_ORDINALS[i] if i < 5 else f"{i + 1}th",
                tableOrdinalNumber="second",
                dataType1=f'"{sql_name(y.type)}"',
                dataType2=f'"{sql_name(x.type)}"',
                hint="",
            )
        if no_set(t) and not (node.kind == "union" and node.all):
            raise not_of_sets(x.name, t, node.origin)
        types.append(t)
    return types


def not_of_sets(name: str, type: DataType, origin: Origin | None = None) -> AnalysisError:
    """The error for a column whose values cannot be compared for a set: maps and variants."""
    parameters = {"colName": quote(name), "dataType": f'"{sql_name(type)}"'}
    kind = "MAP" if contains_type(type, MapType) else "VARIANT"
    return AnalysisError(f"UNSUPPORTED_FEATURE.SET_OPERATION_ON_{kind}_TYPE", origin, **parameters)


def no_set(type: DataType) -> bool:
    """Whether rows with values of the type cannot be told from others."""
    return contains_type(type, (MapType, VariantType))


def _cast_columns(side: Relation, types: list[DataType], mode: EvalMode, origin: Origin | None) -> Relation:
    items: list[Expression] = []
    for a, t in zip(side.output, types, strict=True):
        items.append(a if same_type(a.type, t) else Alias(Cast(a, t, mode, True, origin), a.name, new_id()))
    return side if all(x is a for x, a in zip(items, side.output, strict=True)) else Project(side, tuple(items))


def _by_name(left: Relation, right: Relation, allow_missing: bool, cx: Context) -> tuple[Relation, Relation]:
    """The right side reordered to the left one's names; missing columns become NULL where allowed."""
    a, b = scope_of(left, cx=cx), scope_of(right, cx=cx)
    for scope in (a, b):
        for x in scope.columns:
            if len(scope.named(x.name)) > 1:
                raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(x.name.lower()))
    picked: list[Expression] = []
    changed: dict[int, Expression] = {}
    for x in left.output:
        match b.named(x.name):
            case [y]:
                if allow_missing and not same_type(x.type, y.type):
                    both = _merged(x.type, y.type, a)
                    changed[x.id] = _filled(x, both, a, cx)
                    picked.append(Alias(_filled(y, both, a, cx), x.name, new_id()))
                else:
                    picked.append(y)
            case _ if allow_missing:
                picked.append(Alias(Literal(None, x.type), x.name, new_id()))
            case _:
                names = ", ".join(y.name for y in right.output)
                raise AnalysisError("UNRESOLVED_COLUMN_AMONG_FIELD_NAMES", colName=x.name, fieldNames=names)
    extra = [y for y in right.output if not a.named(y.name)]
    if extra and not allow_missing:
        raise AnalysisError(
            "NUM_COLUMNS_MISMATCH",
            operator="UNION",
            firstNumColumns=len(left.output),
            invalidOrdinalNum="second",
            invalidNumColumns=len(right.output),
        )
    if changed:
        columns = (Alias(changed[x.id], x.name, new_id(), x.metadata) if x.id in changed else x for x in left.output)
        left = Project(left, tuple(columns))
    if extra:
        added = tuple(Alias(Literal(None, y.type), y.name, new_id()) for y in extra)
        left = Project(left, (*left.output, *added))
    return left, Project(right, (*picked, *extra))


def _merged(a: DataType, b: DataType, scope: Scope) -> DataType:
    """Structs with the fields of both, those of `a` first, at any depth of structs and arrays."""
    match a, b:
        case StructType(fx), StructType(fy):
            other = {scope.key(f.name): f for f in fy}
            fields = [
                replace(f, type=_merged(f.type, other[k].type, scope)) if (k := scope.key(f.name)) in other else f
                for f in fx
            ]
            mine = {scope.key(f.name) for f in fx}
            return StructType((*fields, *(f for f in fy if scope.key(f.name) not in mine)))
    return a


def _filled(e: Expression, to: DataType, scope: Scope, cx: Context) -> Expression:
    """A struct with all fields of `to`: those it lacks are NULL."""
    if not isinstance(to, StructType) or not isinstance(e.type, StructType):
        return e
    at = {scope.key(f.name): i for i, f in enumerate(e.type.fields)}
    parts: list[tuple[StructField, Expression]] = []
    for f in to.fields:
        i = at.get(scope.key(f.name))
        if i is None:
            parts.append((StructField(f.name, f.type, True), Literal(None, f.type)))
            continue
        own = e.type.fields[i]
        value = _filled(GetField(e, i, own.name, own.type, own.nullable or e.nullable), f.type, scope, cx)
        parts.append((StructField(f.name, value.type, own.nullable), value))
    return rebuilt(e, parts, cx.conf.ansi)


def resolve_deduplicate(node: Deduplicate, cx: Context) -> Relation:
    """`dropDuplicates(names)`: every column of each name is a key."""
    if node.keys is None:
        for a in node.child.output:
            if no_set(a.type):
                raise not_of_sets(a.name, a.type)
        return replace(node, child=in_merged_sessions(node.child, node.child.output, cx), keys=node.child.output)
    scope = scope_of(node.child, cx=cx)
    keys: list[Expression] = []
    for k in node.keys:
        if not isinstance(k, UnresolvedAttribute):
            keys.append(resolve(k, scope, cx))
        elif found := scope.named(".".join(k.parts)):  # a whole name, dots included
            keys += found
        else:
            raise InvalidPlanInput(
                "CONNECT_INVALID_PLAN.UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
                colName=".".join(k.parts),
                fieldNames=", ".join(a.name for a in node.child.output),
            )
    keys = list(dict.fromkeys(keys))
    for key in keys:
        if no_set(key.type):
            raise not_of_sets(pretty(key), key.type)
    return replace(node, child=in_merged_sessions(node.child, keys, cx), keys=tuple(keys))
