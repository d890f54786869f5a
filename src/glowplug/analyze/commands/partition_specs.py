"""`PARTITION (a = 1, b)`: names checked, values computed and written as the catalog keeps them."""

from __future__ import annotations

from glowplug.analyze.char_columns import checked
from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError
from glowplug.plan.commands import PartitionSpec
from glowplug.plan.expressions import Alias, Cast, EvalMode, Expression, UnresolvedAttribute, new_id
from glowplug.plan.relations import OneRow, Project
from glowplug.type_trees import as_strings
from glowplug.types import STRING, StructField, quote


def normalized(spec: PartitionSpec, table: Table) -> tuple[tuple[StructField, Expression | None], ...]:
    """The spec's columns as the table has them. PARTITIONS_NOT_FOUND for one that is no partition column."""
    keys = {name.lower(): name for name in table.partition_by}
    fields = {f.name.lower(): f for f in table.schema.fields}
    unknown = [name for name, _ in spec if name.lower() not in keys]
    if unknown:
        raise AnalysisError("PARTITIONS_NOT_FOUND", partitionList=quote(unknown[0]), tableName=table.identifier.quoted)
    seen = set[str]()
    for name, _ in spec:
        if name.lower() in seen:
            raise AnalysisError("COLUMN_ALREADY_EXISTS", columnName=quote(name))
        seen.add(name.lower())
    return tuple((fields[name.lower()], value) for name, value in spec)


def literal(field: StructField, e: Expression, cx: Context) -> Expression:
    """A given value as the column's type; a bare word is a text."""
    value = resolve(e, Scope(()), cx) if not isinstance(e, UnresolvedAttribute) else resolve(_text(e), Scope(()), cx)
    type = as_strings(field.type)
    mode: EvalMode = "ansi" if cx.conf.ansi else "legacy"
    text = value if value.type == type else Cast(value, type, mode, implicit=True)
    return text if cx.conf.plain_texts else resolve(checked(text, field.type), Scope(()), cx)


def _text(e: UnresolvedAttribute) -> Expression:
    from glowplug.plan.expressions import Literal

    return Literal(".".join(e.parts), STRING)


def values(spec: PartitionSpec, table: Table, cx: Context) -> tuple[tuple[str, str | None], ...]:
    """Column names and values as text, in the table's order; None = NULL. Columns without a value are left out."""
    return tuple((name, text or None) for name, text in texts(spec, table, cx))


def texts(spec: PartitionSpec, table: Table, cx: Context) -> tuple[tuple[str, str | None], ...]:
    """As `values`, empty texts apart from NULL."""
    given = {f.name: literal(f, e, cx) for f, e in normalized(spec, table) if e is not None}
    if not given:
        return ()
    items = tuple(Alias(Cast(e, STRING, "legacy"), name, new_id()) for name, e in given.items())
    (row,) = cx.world.run(Project(OneRow(), items))
    found = dict(zip(given, row, strict=True))
    return tuple((name, found[name]) for name in table.partition_by if name in found)  # type: ignore[misc]


def whole(spec: PartitionSpec, table: Table, cx: Context) -> tuple[tuple[str, str | None], ...]:
    """As `values`, of a spec that names every partition column."""
    found = values(spec, table, cx)
    if table.partition_by and len(found) < len(table.partition_by):
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1232",
            specKeys=", ".join(name for name, _ in found),
            partitionColumnNames=", ".join(table.partition_by),
            tableName=table.identifier.quoted,
        )
    return found


def shown(pairs: tuple[tuple[str, str | None], ...]) -> str:
    """As errors show a partition."""
    inner = ", ".join(f"{quote(name)} = {'null' if value is None else value}" for name, value in pairs)
    return f"PARTITION ({inner})"
