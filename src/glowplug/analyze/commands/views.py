"""CREATE VIEW and ALTER VIEW … AS: the query analysed as it will be, its text kept with all its meaning depends on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from glowplug.analyze import metric_views
from glowplug.analyze.char_columns import declared
from glowplug.analyze.commands.create_table import check_name, check_properties, kept_metadata, without_comment
from glowplug.analyze.commands.nouns import MakeView, Nothing
from glowplug.analyze.commands.targets import named, not_found
from glowplug.analyze.context import Context
from glowplug.analyze.default_collation import in_default
from glowplug.catalog.manager import Catalogs
from glowplug.catalog.table import Identifier, Pairs, Table, View
from glowplug.config import SPARK_VERSION
from glowplug.errors import AnalysisError
from glowplug.io.files import check_duplicates
from glowplug.plan.commands import Command, CreateView
from glowplug.plan.expressions import Literal, UnresolvedFunction
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import Relation, SQLText, UnresolvedRelation, With
from glowplug.plan.statements import Alter, SetQuery
from glowplug.plan.tree import walk, walk_relations
from glowplug.types import StructField, StructType, quote

# What a view or function keeps of the settings: those that change what its text means.
KEPT = "spark.sql."
ANSI = "spark.sql.ansi.enabled"
ZONE = "spark.sql.session.timeZone"
_NOT_KEPT = ("spark.sql.warehouse.dir", "spark.sql.shuffle.", "spark.sql.adaptive.", "spark.sql.execution.arrow.")


def settings(cx: Context) -> Pairs:
    """The session's settings as a text keeps them."""
    kept = {k: v for k, v in cx.conf.all(KEPT).items() if not k.startswith(_NOT_KEPT)}
    kept |= {ANSI: str(cx.conf.ansi).lower(), ZONE: cx.conf.time_zone}
    return tuple(sorted(kept.items()))


def create_view(command: CreateView, cx: Context) -> Command:
    """A persistent view; temporary ones are their runner's."""
    if command.scope != "persistent":
        return replace(command, query=in_default(command.query, command.collation))
    known = cx.world.catalogs
    identifier = known.identifier(command.parts)
    catalog = known.catalog(identifier.catalog)
    check_properties(command.properties, cx)
    namespace = catalog.namespace(identifier.namespace)
    if namespace is None:
        shown = ".".join(map(quote, identifier.parts[:-1]))
        raise AnalysisError("SCHEMA_NOT_FOUND", schemaName=shown)
    there = catalog.table(identifier)
    if command.metrics:
        defined = metric_views.definition(command.text)
        made_properties = (*command.properties, *defined.properties())
        command = replace(command, query=metric_views.as_query(defined, cx), properties=made_properties)
    collation = command.collation or namespace.collation
    command = replace(command, query=in_default(command.query, collation))
    plan = _analyzed(command.query, identifier, cx)
    check_name(identifier.name)
    if there is not None:
        if command.if_not_exists:
            return Nothing()
        if there.kind != "view":
            if not command.replace:
                raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=identifier.quoted)
            operation = "CREATE OR REPLACE VIEW"
            raise AnalysisError(
                "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", tableName=identifier.quoted, operation=operation
            )
        if not command.replace:
            shown = identifier.in_catalog if command.metrics else identifier.quoted
            raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=shown)
    kept, _ = without_comment(command.properties)  # ALTER VIEW sets a comment in this way, CREATE VIEW none
    table = Table(
        identifier,
        "view",
        StructType(),
        properties=kept,
        comment=command.comment,
        owner=cx.world.facts["current_user"],
        created=int(time.time() * 1000),
        created_by=f"Glowplug (Spark {SPARK_VERSION})",
        collation=collation,
    )
    binding = command.binding or "compensation"
    view = View(command.text, known.current, known.namespace, settings(cx), (), binding, command.metrics)
    made = _with_columns(replace(table, view=view), command.query, plan, command.columns, cx)
    return MakeView(made, plan, command.if_not_exists, command.replace)


def alter_view(command: Alter, cx: Context) -> Command:
    """`ALTER VIEW v AS query`; of a temporary view, its plan is replaced."""
    assert isinstance(command.change, SetQuery)
    query, text = command.change.query, command.change.text
    if cx.world.temporary(command.parts) is not None:
        scope = "global" if len(command.parts) == 2 else "temp"
        return CreateView(command.parts[-1:], query, scope, replace=True)  # type: ignore[arg-type]
    table = named(command.parts, cx)
    if table is None:
        raise not_found(command.parts, cx)
    if table.view is None:
        operation = "ALTER VIEW ... AS"
        raise AnalysisError(
            "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", tableName=table.identifier.quoted, operation=operation
        )
    known = cx.world.catalogs
    query = in_default(query, table.collation)
    plan = _analyzed(query, table.identifier, cx)
    view = View(text, known.current, known.namespace, settings(cx), (), table.view.binding)
    return MakeView(_with_columns(replace(table, view=view), query, plan, (), cx), plan, False, True)


def _analyzed(query: Relation, view: Identifier, cx: Context) -> Relation:
    """INVALID_TEMP_OBJ_REFERENCE: a name that nothing but a variable has."""
    from glowplug.analyze.pipeline import analyze_relation

    used: list[tuple[str, ...]] = []

    def variable(parts: tuple[str, ...]) -> tuple[str, Literal, tuple[str, ...]] | None:
        found = cx.world.variable(parts)
        if found is not None:
            used.append(parts)
        return found

    plan = analyze_relation(query, replace(cx, world=replace(cx.world, variable=variable)))
    if used:
        raise temporary_reference("VIEW", view.quoted, "VARIABLE", ".".join(map(quote, used[0])))
    return plan


def temporary_reference(kind: str, name: str, temporary: str, temporary_name: str) -> AnalysisError:
    """What lasts cannot name what is the session's."""
    return AnalysisError(
        "INVALID_TEMP_OBJ_REFERENCE", obj=kind, objName=name, tempObj=temporary, tempObjName=temporary_name
    )


def _with_columns(
    table: Table, query: Relation, plan: Relation, columns: Sequence[tuple[str, str | None]], cx: Context
) -> Table:
    """The view with its columns' names, types and comments, after all checks."""
    name = table.identifier
    refuse_temporary(query, "VIEW", name, cx)
    _refuse_recursion(name, query, cx)
    names = [a.name for a in plan.output]
    if columns and len(columns) != len(names):
        kind = "NOT_ENOUGH_DATA_COLUMNS" if len(columns) > len(names) else "TOO_MANY_DATA_COLUMNS"
        raise AnalysisError(
            f"CREATE_VIEW_COLUMN_ARITY_MISMATCH.{kind}",
            viewName=name.quoted,
            viewColumns=", ".join(quote(n) for n, _ in columns),
            dataColumns=", ".join(map(quote, names)),
        )
    _refuse_unnamed(plan, name)
    fields = []
    for i, a in enumerate(plan.output):
        data = json.loads(kept_metadata(a.metadata))
        if columns and columns[i][1] is not None:
            data["comment"] = columns[i][1]
        text = json.dumps(data, ensure_ascii=False) if data else "{}"
        fields.append(StructField(columns[i][0] if columns else a.name, declared(a.type, a.metadata), a.nullable, text))
    check_duplicates([f.name for f in fields], cx.conf.case_sensitive)
    assert table.view is not None
    return replace(table, schema=StructType(tuple(fields)), view=replace(table.view, columns=tuple(names)))


def _refuse_unnamed(plan: Relation, name: Identifier) -> None:
    for a in plan.output:
        if "__autoGeneratedAlias" in a.metadata:
            raise AnalysisError("CREATE_PERMANENT_VIEW_WITHOUT_ALIAS", name=name.quoted, attr=f'"{a.name}"')


def named_tables(query: Relation) -> Iterator[tuple[str, ...]]:
    """The tables that an unresolved query names, without its own CTEs."""
    ctes = {name.lower() for node in walk_relations(query) if isinstance(node, With) for name, _ in node.definitions}
    for node in walk_relations(query):
        if isinstance(node, UnresolvedRelation) and (len(node.parts) > 1 or node.parts[0].lower() not in ctes):
            yield node.parts


def refuse_temporary(query: Relation, kind: str, name: Identifier, cx: Context) -> None:
    """INVALID_TEMP_OBJ_REFERENCE: what lasts cannot name what is the session's."""
    for parts in named_tables(query):
        if cx.world.temporary(parts) is not None:
            shown = name.in_catalog if kind == "FUNCTION" else name.quoted
            raise temporary_reference(kind, shown, "VIEW", ".".join(map(quote, parts)))
    for node in walk_relations(query):
        for e in (x for x in _expressions(node) if isinstance(x, UnresolvedFunction)):
            if _is_temporary(e.parts, cx):
                raise temporary_reference(kind, name.quoted, "FUNCTION", ".".join(map(quote, e.parts)))


def _is_temporary(parts: tuple[str, ...], cx: Context) -> bool:
    if (function := cx.world.function(parts)) is not None:
        return isinstance(function, PythonFunction)
    routine = cx.world.routine(parts)
    return routine is not None and not routine.identifier.catalog


def _expressions(node: Relation) -> Iterator[object]:
    from glowplug.plan.expressions import Expression
    from glowplug.plan.tree import children

    for child in children(node):
        if isinstance(child, Expression):
            yield from walk(child)


def _refuse_recursion(view: Identifier, query: Relation, cx: Context) -> None:
    """RECURSIVE_VIEW: the new query must not come back to the view."""
    known = cx.world.catalogs
    stack: list[tuple[tuple[str, ...], tuple[Identifier, ...], Catalogs]]
    stack = [(parts, (view,), known) for parts in named_tables(query)]
    while stack:
        parts, path, known = stack.pop()
        identifier = known.identifier(parts)
        table = known.catalog(identifier.catalog).table(identifier)
        if table is None or table.view is None:
            continue
        if identifier == view:
            shown = " -> ".join(i.quoted for i in (*path, identifier))
            raise AnalysisError("RECURSIVE_VIEW", viewIdent=view.quoted, newPath=shown)
        inner = cx.world.parse(SQLText(table.view.text))
        place = _Place(table.view.catalog, table.view.namespace[-1])
        there = Catalogs(cx.conf, place)
        stack += [(p, (*path, identifier), there) for p in named_tables(inner)]


class _Place:
    def __init__(self, catalog: str, schema: str) -> None:
        self.current_catalog, self.current_schema = catalog, schema
