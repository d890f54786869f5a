"""Calls of users' table functions: arguments, a TABLE argument among them, and what `analyze` makes of both."""

from __future__ import annotations

from typing import Any

from glowplug.analyze.context import Context, Scope, scope_of
from glowplug.analyze.expressions import named, resolve, resolve_order
from glowplug.errors import AnalysisError
from glowplug.plan.build import columns_of
from glowplug.plan.expressions import Alias, Attribute, Expression, NamedArgument, SortOrder, Subquery, new_id
from glowplug.plan.python import TableFunction, TablePython, TableRow
from glowplug.plan.relations import OneRow, Project, Relation, UnresolvedTableFunction, to_attribute
from glowplug.types import StructField, StructType, quote
from glowplug.types_json import from_json


def python_table(function: TableFunction, node: UnresolvedTableFunction, cx: Context) -> Relation:
    """Errors: TABLE_VALUED_FUNCTION_… for arguments that make no sense, and what `analyze` raises."""
    args, tables = _arguments(node, cx)
    if len(tables) > 1:
        raise AnalysisError("TABLE_VALUED_FUNCTION_TOO_MANY_TABLE_ARGUMENTS", node.origin, num=len(tables))
    table = tables[0] if tables else None
    child: Relation = table.plan if table is not None else OneRow()
    analyzed = None
    schema, single = function.schema, table is not None and table.single_partition
    partition_by, order = (table.partition_by, table.order_by) if table is not None else ((), ())
    if schema is None:
        analyzed = cx.world.analyze_table(function, _described(args, cx))
        type = from_json(analyzed.schema)
        assert isinstance(type, StructType)
        schema = type
        if table is not None:
            if (analyzed.single or analyzed.partition_by) and (partition_by or single):
                raise AnalysisError(
                    "TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INCOMPATIBLE_WITH_CALL",
                    node.origin,
                    functionName=quote(function.name),
                    requestedMetadata="specified its own partitioning",
                    invalidFunctionCallProperty="specified the WITH SINGLE PARTITION or PARTITION BY clause",
                )
            partition_by = tuple(_parsed(text, cx) for text in analyzed.partition_by) or partition_by
            order = tuple(_order(o[0], o[1], o[2], cx) for o in analyzed.order_by) or order
            child = _selected(child, analyzed.select, cx)
    scope = scope_of(child, cx=cx)
    row = child.output if table is not None else ()
    keys = tuple(named(resolve(e, scope, cx)) for e in partition_by)
    order = tuple(resolve_order(o, scope, cx) for o in order)
    new = tuple(k for k in keys if isinstance(k, Alias))
    if new:
        child = Project(child, (*child.output, *new))
    fields = StructType(tuple(StructField(a.name, a.type, a.nullable) for a in row))
    args = tuple(_with_row(a, fields) for a in args)
    made = columns_of(schema.fields)
    pickled = analyzed.pickled if analyzed is not None else None
    return TablePython(child, function, args, made, row, tuple(map(to_attribute, keys)), order, analyzed=pickled)


def _arguments(node: UnresolvedTableFunction, cx: Context) -> tuple[tuple[Expression, ...], list[Subquery]]:
    """The resolved arguments, and the TABLE arguments among them with their plans analysed."""
    from glowplug.analyze.pipeline import analyze_relation

    args: list[Expression] = []
    tables: list[Subquery] = []
    names: list[str] = []
    for arg in node.args:
        name, value = (arg.name, arg.value) if isinstance(arg, NamedArgument) else (None, arg)
        if name is None and names:
            raise AnalysisError(
                "UNEXPECTED_POSITIONAL_ARGUMENT",
                node.origin,
                routineName=quote(node.parts[-1]),
                parameterName=quote(names[-1]),
            )
        if name is not None and name in names:
            raise AnalysisError(
                "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE",
                node.origin,
                routineName=quote(node.parts[-1]),
                parameterName=quote(name),
            )
        if isinstance(value, Subquery) and value.kind == "table":
            done: Expression = Subquery(
                "table",
                analyze_relation(value.plan, cx),
                (),
                value.partition_by,
                value.order_by,
                value.single_partition,
            )
            assert isinstance(done, Subquery)
            tables.append(done)
        else:
            done = resolve(value, Scope(()), cx)
        names += [name] if name is not None else []
        args.append(done if name is None else NamedArgument(name, done))
    return tuple(args), tables


def _with_row(arg: Expression, type: StructType) -> Expression:
    match arg:
        case NamedArgument(name, Subquery("table")):
            return NamedArgument(name, TableRow(type))
        case Subquery("table"):
            return TableRow(type)
    return arg


def _described(args: tuple[Expression, ...], cx: Context) -> list[tuple[str | None, Any, Any, bool]]:
    """Each argument as (name, type, value or None where it is not constant, whether it is a TABLE argument)."""
    from glowplug.plan.tree import walk

    described: list[tuple[str | None, Any, Any, bool]] = []
    for arg in args:
        name, value = (arg.name, arg.value) if isinstance(arg, NamedArgument) else (None, arg)
        if isinstance(value, Subquery) and value.kind == "table":
            fields = tuple(StructField(a.name, a.type, a.nullable) for a in value.plan.output)
            described.append((name, StructType(fields), None, True))
            continue
        from glowplug.plan.expressions import OuterReference

        constant = not any(isinstance(x, (Attribute, OuterReference)) for x in walk(value))
        plan = Project(OneRow(), (Alias(value, "v", new_id()),))
        described.append((name, value.type, plan if constant else None, False))
    return described


def _parsed(text: str, cx: Context) -> Expression:
    from glowplug.sql import Settings, parse_expression

    return parse_expression(text, Settings.of(cx.conf))


def _order(text: str, ascending: bool, nulls_first: bool | None, cx: Context) -> SortOrder:
    return SortOrder(_parsed(text, cx), ascending, ascending if nulls_first is None else nulls_first)


def _selected(child: Relation, select: tuple[tuple[str, str], ...], cx: Context) -> Relation:
    """The columns that `analyze` asks for, in place of all."""
    if not select:
        return child
    scope = scope_of(child, cx=cx)
    items: list[Expression] = []
    for text, alias in select:
        done = resolve(_parsed(text, cx), scope, cx)
        items.append(Alias(done, alias, new_id()) if alias else named(done))
    return Project(child, tuple(items))
