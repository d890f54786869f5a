"""DataFrame methods that rebuild the select list: withColumns, renames, drop, toDF, to(schema)."""

from __future__ import annotations

from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.analyze.extract import rebuilt
from glowplug.analyze.rules.selects import resolve_select
from glowplug.analyze.suggestions import unresolved_column
from glowplug.errors import AnalysisError
from glowplug.plan.casts import can_cast, store_assignable
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    GetField,
    Literal,
    UnresolvedAttribute,
    new_id,
)
from glowplug.plan.relations import Drop, Project, Relation, Select, ToDF, ToSchema, WithColumns, WithColumnsRenamed
from glowplug.types import ArrayType, DataType, StructField, StructType, quote, same_type, sql_name


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
            try:
                e = resolve(e, scope, cx)
            except AnalysisError as error:
                if error.condition.startswith(("UNRESOLVED_COLUMN", "CANNOT_RESOLVE_DATAFRAME_COLUMN")):
                    continue
                raise
        if isinstance(e, Attribute):
            dropped.add(e.id)
    if not dropped:
        return node.child
    return Project(node.child, tuple(a for a in node.child.output if a.id not in dropped))


def resolve_to_df(node: ToDF, cx: Context) -> Relation:
    output = node.child.output
    if len(output) != len(node.names):
        raise AnalysisError("ASSIGNMENT_ARITY_MISMATCH", numExpr=len(node.names), numTarget=len(output))
    return Project(
        node.child,
        tuple(a if a.name == n else Alias(a, n, new_id()) for a, n in zip(output, node.names, strict=True)),
    )


def resolve_to_schema(node: ToSchema, cx: Context) -> Relation:
    """`df.to(schema)`: columns matched by name, reordered, cast where nothing is lost, NULL where missing."""
    scope = scope_of(node.child, cx=cx)
    items: list[Expression] = []
    for f in node.schema.fields:
        found = scope.named(f.name)
        if len(found) > 1:
            raise AnalysisError("AMBIGUOUS_COLUMN_OR_FIELD", name=quote(f.name), n=len(found))
        if not found:
            if not f.nullable:
                raise unresolved_column((f.name,), scope, None)
            items.append(Alias(Literal(None, f.type), f.name, new_id(), f.metadata))
            continue
        column = found[0]
        if column.nullable and not f.nullable:
            raise AnalysisError("NULLABLE_COLUMN_OR_FIELD", name=quote(column.name))
        value = _reconcile(column, f.type, (column.name,), cx)
        metadata = f.metadata if f.metadata != "{}" else column.metadata
        same = value is column and column.name == f.name and metadata == column.metadata
        items.append(column if same else Alias(value, f.name, new_id(), metadata))
    return Project(node.child, tuple(items))


def _reconcile(e: Expression, to: DataType, path: tuple[str, ...], cx: Context) -> Expression:
    """`e` as type `to`: struct fields by name, other types by a cast that must be allowed."""
    match e.type, to:
        case StructType(fields), StructType(wanted) if not same_type(e.type, to):
            parts: list[tuple[StructField, Expression]] = []
            for f in wanted:
                at = [i for i, x in enumerate(fields) if x.name.lower() == f.name.lower()]
                if not at:
                    value: Expression = Literal(None, f.type)
                else:
                    x = fields[at[0]]
                    value = _reconcile(
                        GetField(e, at[0], x.name, x.type, x.nullable or e.nullable), f.type, (*path, f.name), cx
                    )
                parts.append((StructField(f.name, value.type, value.nullable), value))
            return rebuilt(e, parts, cx.conf.ansi)
        case ArrayType(_, True), ArrayType(_, False):
            raise AnalysisError("NULLABLE_COLUMN_OR_FIELD", name=".".join(map(quote, path)))
    if same_type(e.type, to):
        return e
    if not can_cast(e.type, to, True) or not store_assignable(e.type, to):
        raise AnalysisError(
            "INVALID_COLUMN_OR_FIELD_DATA_TYPE",
            name=".".join(map(quote, path)),
            type=f'"{sql_name(e.type)}"',
            expectedType=f'"{sql_name(to)}"',
        )
    return Cast(e, to, "ansi", implicit=True)
