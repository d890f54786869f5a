"""Calls of users' table functions: arguments, a TABLE argument among them, and what `analyze` makes of both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glowplug.analyze.constants import is_constant
from glowplug.analyze.context import Context, Scope, scope_of
from glowplug.analyze.expressions import named, resolve, resolve_order
from glowplug.analyze.rules.selects import resolve_select
from glowplug.errors import AnalysisError, ParseError, UnsupportedOperation
from glowplug.plan.build import columns_of
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Expression,
    NamedArgument,
    Replaced,
    SortOrder,
    Subquery,
    UnresolvedAlias,
    UnresolvedAttribute,
    new_id,
)
from glowplug.plan.python import TableFunction, TablePython, TableRow
from glowplug.plan.relations import OneRow, Project, Relation, Select, UnresolvedTableFunction, to_attribute
from glowplug.plan.tree import walk
from glowplug.types import StructField, StructType, quote
from glowplug.types_json import from_json


def python_table(function: TableFunction, node: UnresolvedTableFunction, cx: Context) -> Relation:
    """Errors: TABLE_VALUED_FUNCTION_… and UDTF_… for what makes no sense, and what `analyze` raises."""
    args, tables = _arguments(node, cx)
    if len(tables) > 1:
        raise AnalysisError("TABLE_VALUED_FUNCTION_TOO_MANY_TABLE_ARGUMENTS", node.origin, num=len(tables))
    table = tables[0] if tables else None
    child: Relation = table.plan if table is not None else OneRow()
    schema, analyzed = function.schema, None
    partition_by, order = (table.partition_by, table.order_by) if table is not None else ((), ())
    select: tuple[Expression, ...] = ()
    if schema is None:
        analyzed = cx.world.analyze_table(function, _described(args, cx))
        type = from_json(analyzed.schema)
        assert isinstance(type, StructType)
        schema = type
        if table is not None:
            _check_requested(analyzed, table, function.name, node)
            partition_by = tuple(_bare(_parsed(text, cx)) for text in analyzed.partition_by) or partition_by
            order = tuple(_order(o[0], o[1], o[2], node, cx) for o in analyzed.order_by) or order
            select = tuple(_item(text, alias, node, cx) for text, alias in analyzed.select)
    if table is not None:
        child, row, keys, order = _columns(child, select, partition_by, order, cx)
    else:
        row, keys = (), ()
    fields = StructType(tuple(StructField(a.name, a.type, a.nullable) for a in row))
    if len({f.name for f in fields.fields}) < len(fields.fields):
        names = f"[{', '.join(f.name for f in fields.fields)}]"
        raise UnsupportedOperation("DUPLICATED_FIELD_NAME_IN_ARROW_STRUCT", fieldNames=names)
    args = tuple(_with_row(a, fields) for a in args)
    pickled = analyzed.pickled if analyzed is not None else None
    return TablePython(child, function, args, columns_of(schema.fields), row, keys, order, analyzed=pickled)


Columns = tuple[Attribute, ...]


def _columns(
    child: Relation, select: tuple[Expression, ...], partition_by: tuple[Expression, ...], order: tuple[SortOrder, ...],
    cx: Context,
) -> tuple[Relation, Columns, Columns, tuple[SortOrder, ...]]:  # fmt: skip
    """The table with all that a call needs of it: the columns that the function sees, the keys, and the order.

    Keys and order may be of columns that are not selected.
    """
    if not select:
        scope = scope_of(child, cx=cx)
        keys = tuple(named(resolve(e, scope, cx)) for e in partition_by)
        done = tuple(resolve_order(o, scope, cx) for o in order)
        new = tuple(k for k in keys if isinstance(k, Alias))
        grown = Project(child, (*child.output, *new)) if new else child
        return grown, child.output, tuple(map(to_attribute, keys)), done
    hidden = (*partition_by, *(o.child for o in order))
    named_so = tuple(UnresolvedAlias(e, (f"_hidden_{i}",)) for i, e in enumerate(hidden))
    plan = resolve_select(Select(child, (*named_so, *select)), cx)
    keys, rest, row = plan.output[: len(partition_by)], plan.output[len(partition_by) :], plan.output[len(hidden) :]
    return plan, row, keys, tuple(replace(o, child=a) for o, a in zip(order, rest, strict=False))


def _check_requested(analyzed: Any, table: Subquery, name: str, node: UnresolvedTableFunction) -> None:
    """What `analyze` asks for must agree with itself and with the call."""
    partitions = analyzed.single or analyzed.partition_by
    reason = ""
    if analyzed.single and analyzed.partition_by:
        reason = "withSinglePartition and partitionBy exclude one another"
    elif analyzed.order_by and not partitions:
        reason = "orderBy needs withSinglePartition or partitionBy beside it"
    if reason:
        raise AnalysisError(
            "TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INVALID", node.origin, functionName=name, reason=reason
        )
    if partitions and (table.partition_by or table.single_partition):
        raise AnalysisError(
            "TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INCOMPATIBLE_WITH_CALL",
            node.origin,
            functionName=name,
            requestedMetadata="specified its own partitioning",
            invalidFunctionCallProperty="specified the WITH SINGLE PARTITION or PARTITION BY clause",
        )


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
                analyze_relation(value.plan, replace(cx, outer=())),
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
    described: list[tuple[str | None, Any, Any, bool]] = []
    for arg in args:
        name, value = (arg.name, arg.value) if isinstance(arg, NamedArgument) else (None, arg)
        if isinstance(value, Subquery) and value.kind == "table":
            fields = tuple(StructField(a.name, a.type, a.nullable) for a in value.plan.output)
            described.append((name, StructType(fields), None, True))
            continue
        constant = is_constant(value) and not any(_is_fact(x, cx) for x in walk(value))
        plan = Project(OneRow(), (Alias(value, "v", new_id()),))
        described.append((name, value.type, plan if constant else None, False))
    return described


def _is_fact(e: Expression, cx: Context) -> bool:
    """Whether this is an answer to `current_database()` or its like, which Spark knows only after analysis."""
    function = cx.world.function((e.shown.removesuffix("()"),)) if isinstance(e, Replaced) else None
    return function is not None and function.names[0] in cx.world.facts


def _parsed(text: str, cx: Context) -> Expression:
    """An expression that `analyze` gave: what is wrong with it is no mistake in the query's own text."""
    from glowplug.sql import Settings, parse_expression

    try:
        return parse_expression(text, Settings.of(cx.conf))
    except ParseError as error:
        raise AnalysisError(error.condition, error.origin, **error.parameters) from None


def _bare(e: Expression) -> Expression:
    return e.child if isinstance(e, UnresolvedAlias) else e


def _order(
    text: str, ascending: bool, nulls_first: bool | None, node: UnresolvedTableFunction, cx: Context
) -> SortOrder:
    e = _parsed(text, cx)
    if isinstance(e, UnresolvedAlias):
        condition = "UDTF_INVALID_ALIAS_IN_REQUESTED_ORDERING_STRING_FROM_ANALYZE_METHOD"
        raise AnalysisError(condition, node.origin, aliasName=e.names[0])
    return SortOrder(e, ascending, ascending if nulls_first is None else nulls_first)


def _item(text: str, alias: str, node: UnresolvedTableFunction, cx: Context) -> Expression:
    """A column, or anything under a name, that the function is to see."""
    e = _parsed(text, cx)
    if alias:
        return UnresolvedAlias(_bare(e), (alias,))
    if not isinstance(e, UnresolvedAttribute):
        condition = "UDTF_INVALID_REQUESTED_SELECTED_EXPRESSION_FROM_ANALYZE_METHOD_REQUIRES_ALIAS"
        raise AnalysisError(condition, node.origin, expression=text)
    return e
