"""UNION, INTERSECT, EXCEPT by position and by name; DISTINCT and dropDuplicates."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError
from glowplug.functions.coercion import cast_to, wider
from glowplug.plan.expressions import Alias, Attribute, Expression, Literal, UnresolvedAttribute, new_id
from glowplug.plan.relations import Deduplicate, Project, Relation, SetOperation
from glowplug.types import DataType, MapType, quote, sql_name

_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def resolve_set_operation(node: SetOperation, cx: Context) -> Relation:
    left, right = node.left, node.right
    if node.by_name:
        left, right = _by_name(left, right, node.allow_missing, cx)
    a, b = left.output, right.output
    operator = {"union": "UNION", "intersect": "INTERSECT", "except": "EXCEPT"}[node.kind]
    if node.all and node.kind != "union":
        operator += " ALL"
    if len(a) != len(b):
        raise AnalysisError(
            "NUM_COLUMNS_MISMATCH",
            operator=operator,
            firstNumColumns=len(a),
            invalidOrdinalNum="second",
            invalidNumColumns=len(b),
        )
    types = []
    for i, (x, y) in enumerate(zip(a, b, strict=True)):
        t = wider(x.type, y.type, cx.conf.ansi)
        if t is None:
            raise AnalysisError(
                "INCOMPATIBLE_COLUMN_TYPE",
                operator=operator,
                columnOrdinalNumber=_ORDINALS[i] if i < 5 else f"{i + 1}th",
                tableOrdinalNumber="second",
                dataType1=f'"{sql_name(y.type)}"',
                dataType2=f'"{sql_name(x.type)}"',
                hint="",
            )
        if isinstance(t, MapType) and not (node.kind == "union" and node.all):
            raise AnalysisError(
                "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE", colName=quote(x.name), dataType=f'"{sql_name(t)}"'
            )
        types.append(t)
    columns = tuple(
        Attribute(
            x.name,
            t,
            x.nullable or y.nullable
            if node.kind == "union"
            else x.nullable
            if node.kind == "except"
            else x.nullable and y.nullable,
            new_id(),
            x.qualifier if node.kind != "union" else (),
            x.metadata,
        )
        for x, y, t in zip(a, b, types, strict=True)
    )
    return replace(node, left=_cast_columns(left, types), right=_cast_columns(right, types), columns=columns)


def _cast_columns(side: Relation, types: list[DataType]) -> Relation:
    items: list[Expression] = []
    for a, t in zip(side.output, types, strict=True):
        c = cast_to(a, t)
        items.append(a if c is a else Alias(c, a.name, new_id()))
    return side if all(x is a for x, a in zip(items, side.output, strict=True)) else Project(side, tuple(items))


def _by_name(left: Relation, right: Relation, allow_missing: bool, cx: Context) -> tuple[Relation, Relation]:
    """The right side reordered to the left one's names; missing columns become NULL where allowed."""
    a, b = scope_of(left, cx=cx), scope_of(right, cx=cx)
    for scope in (a, b):
        for x in scope.columns:
            if len(scope.named(x.name)) > 1:
                raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(x.name.lower()))
    picked: list[Expression] = []
    for x in left.output:
        match b.named(x.name):
            case [y]:
                picked.append(y)
            case _ if allow_missing:
                picked.append(Alias(Literal(None, x.type), x.name, new_id()))
            case _:
                from glowplug.analyze.suggestions import unresolved_column

                raise unresolved_column((x.name,), b, None)
    extra = [y for y in right.output if not a.named(y.name)]
    if extra and not allow_missing:
        raise AnalysisError(
            "NUM_COLUMNS_MISMATCH",
            operator="UNION",
            firstNumColumns=len(left.output),
            invalidOrdinalNum="second",
            invalidNumColumns=len(right.output),
        )
    if extra:
        added = tuple(Alias(Literal(None, y.type), y.name, new_id()) for y in extra)
        left = Project(left, (*left.output, *added))
    return left, Project(right, (*picked, *extra))


def resolve_deduplicate(node: Deduplicate, cx: Context) -> Relation:
    """`dropDuplicates(names)`: every column of each name is a key."""
    if node.keys is None:
        return replace(node, keys=node.child.output)
    scope = scope_of(node.child, cx=cx)
    keys: list[Expression] = []
    for k in node.keys:
        if isinstance(k, UnresolvedAttribute) and len(k.parts) == 1 and (found := scope.named(k.parts[0])):
            keys += found
        else:
            keys.append(resolve(k, scope, cx))
    return replace(node, keys=tuple(dict.fromkeys(keys)))
