"""DELETE, UPDATE and MERGE: conditions and assignments resolved against the table and the source.

Tables of files support none of them; a table format that does finds all it needs in the `RowChange`.
"""

from __future__ import annotations

from typing import Literal as OneOf

from glowplug.analyze.commands.defaults import default
from glowplug.analyze.commands.nouns import MergeClause, RowChange
from glowplug.analyze.commands.targets import QUERY, named, not_found, view_instead
from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError
from glowplug.lake.delta.columns import auto_merges
from glowplug.plan.commands import Command, MergeAction, MergeInto
from glowplug.plan.expressions import Attribute, DefaultValue, Expression
from glowplug.plan.relations import Relation, SubqueryAlias, UnresolvedRelation
from glowplug.plan.statements import Delete, Update, WithCommand
from glowplug.types import StructField, quote


def delete(command: Delete, cx: Context) -> RowChange:
    table, rows = _target(command.parts, command.alias, cx, "DELETE")
    scope = scope_of(rows, cx=cx)
    condition = None if command.condition is None else resolve(command.condition, scope, cx)
    return RowChange("DELETE", table, rows, None, condition)


def update(command: Update, cx: Context) -> RowChange:
    table, rows = _target(command.parts, command.alias, cx, "UPDATE")
    assignments = _assignments(command.assignments, rows, (rows,), cx)
    condition = None if command.condition is None else resolve(command.condition, scope_of(rows, cx=cx), cx)
    return RowChange("UPDATE TABLE", table, rows, None, condition, assignments)


def merge(command: MergeInto, cx: Context) -> RowChange:
    from glowplug.analyze.pipeline import analyze_relation

    table, rows = _target(command.parts, command.alias, cx, "MERGE")
    source = analyze_relation(command.source, cx)
    condition = resolve(command.condition, scope_of(rows, source, cx=cx), cx)
    evolves = command.schema_evolution or auto_merges(cx.conf)
    more = source if evolves else None
    clauses: list[MergeClause] = []
    for action in command.matched:
        clauses.append(_clause("matched", action, rows, (rows, source), cx, more))
    for action in command.not_matched:
        clauses.append(_clause("not matched", action, rows, (source,), cx, more))
    for action in command.not_matched_by_source:
        clauses.append(_clause("not matched by source", action, rows, (rows,), cx))
    return RowChange(
        "MERGE INTO TABLE",
        table,
        rows,
        source,
        condition,
        clauses=tuple(clauses),
        schema_evolution=evolves,
    )


def _clause(
    of: OneOf["matched", "not matched", "not matched by source"],
    action: MergeAction,
    target: Relation,
    seen: tuple[Relation, ...],
    cx: Context,
    more: Relation | None = None,
) -> MergeClause:
    """A clause sees the rows that there are: both, or those of one side. It may assign to columns of `more` too."""
    condition = None if action.condition is None else resolve(action.condition, scope_of(*seen, cx=cx), cx)
    pairs = action.assignments
    assignments = None if pairs is None else _assignments(pairs, target, seen, cx, more)
    return MergeClause(of, action.kind, condition, assignments)


def with_command(command: WithCommand, cx: Context) -> Command:
    """`WITH … DELETE | UPDATE | MERGE`: the named queries are seen by what is in the command."""
    from glowplug.analyze.commands.pipeline import analyze_command
    from glowplug.analyze.pipeline import analyze_relation

    for name, query in command.definitions:
        cx = cx.with_ctes({name.lower(): analyze_relation(query, cx)})
    return analyze_command(command.command, cx)


def _target(parts: tuple[str, ...], alias: str | None, cx: Context, operation: str) -> tuple[Table, Relation]:
    if cx.world.temporary(parts) is not None:
        raise view_instead(".".join(map(quote, parts)), operation)
    table = named(parts, cx)
    if table is None:
        raise not_found(parts, cx, QUERY)
    if table.kind == "view":
        raise view_instead(table.identifier.quoted, operation)
    rows = cx.world.relation(UnresolvedRelation(parts))
    assert rows is not None
    return table, rows if alias is None else SubqueryAlias(rows, alias)


def _assignments(
    pairs: tuple[tuple[Expression, Expression], ...],
    target: Relation,
    seen: tuple[Relation, ...],
    cx: Context,
    more: Relation | None = None,
) -> tuple[tuple[Expression, Expression], ...]:
    made: list[tuple[Expression, Expression]] = []
    for column, value in pairs:
        key = _assigned_to(column, target, more, cx)
        if isinstance(value, DefaultValue) and isinstance(key, Attribute):
            made.append((key, default(StructField(key.name, key.type, True, key.metadata), cx)))
        else:
            made.append((key, resolve(value, scope_of(*seen, cx=cx), cx)))
    return tuple(made)


def _assigned_to(column: Expression, target: Relation, more: Relation | None, cx: Context) -> Expression:
    """The column, or field of one, that is given a value: if the target has none, a column of `more`."""
    try:
        return resolve(column, scope_of(target, cx=cx), cx)
    except AnalysisError as error:
        if more is None or not error.condition.startswith(("UNRESOLVED_COLUMN", "FIELD_NOT_FOUND")):
            raise
        try:
            return resolve(column, scope_of(more, cx=cx), cx)
        except AnalysisError:
            raise error from None
