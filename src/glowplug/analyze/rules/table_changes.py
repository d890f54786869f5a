"""`table_changes(table, start[, end])` and `table_changes_by_path`: what has changed of a Delta table.

https://docs.delta.io/latest/delta-change-data-feed.html#read-changes-in-batch-queries
"""

from __future__ import annotations

from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.catalog.table import is_delta
from glowplug.errors import DOCROOT, AnalysisError, IllegalArgument
from glowplug.identifiers import parse_identifier
from glowplug.plan.expressions import Alias, Attribute, Call, Cast, Expression, new_id, origin_of
from glowplug.plan.names import pretty
from glowplug.plan.relations import OneRow, Project, Relation, UnresolvedRelation, UnresolvedTableFunction
from glowplug.plan.tree import walk
from glowplug.types import INT, LONG, STRING, STRINGS, TIMESTAMP, quote, simple_string

BY_NAME, BY_PATH = "table_changes", "table_changes_by_path"


def table_changes(node: UnresolvedTableFunction, cx: Context) -> Relation:
    """Bounds are versions (numbers) or times (texts, timestamps), both counted in."""
    name = node.parts[-1].lower()
    if len(node.args) not in (2, 3):
        raise AnalysisError(
            "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            node.origin,
            docroot=DOCROOT,
            functionName=quote(name),
            expectedNum="[2, 3]",
            actualNum=len(node.args),
        )
    text, _ = _constant(node.args[0], name, "table", 1, cx)
    parts = ("delta", text) if name == BY_PATH else parse_identifier(text)
    table = cx.world.catalogs.table(parts) if name == BY_NAME else None
    if table is not None and not is_delta(table):
        raise AnalysisError("DELTA_TABLE_ONLY_OPERATION", tableName=table.identifier.quoted, operation=BY_NAME)
    options = [("readChangeFeed", "true")]
    for i, (which, bound) in enumerate(zip(("starting", "ending"), node.args[1:], strict=False), 2):
        value, is_time = _constant(bound, name, which, i, cx)
        options.append((f"{which}{'Timestamp' if is_time else 'Version'}", value))
    found = cx.world.relation(UnresolvedRelation(parts, tuple(options), origin=node.origin))
    if found is None:
        from glowplug.analyze.rules.leaves import not_found

        raise not_found(UnresolvedRelation(parts, origin=node.origin), cx)
    return found


def _constant(e: Expression, function: str, argument: str, position: int, cx: Context) -> tuple[str, bool]:
    """An argument's value as text, and whether it is a time."""
    value = resolve(e, Scope(()), cx)
    if any(isinstance(x, Attribute) or (isinstance(x, Call) and x.function.kind != "scalar") for x in walk(value)):
        raise AnalysisError(
            "DELTA_CDC_NON_CONSTANT_ARGUMENT",
            origin_of(e),
            argumentName=argument,
            pos=position,
            functionName=function,
            sqlExpr=f'"{pretty(value)}"',
        )
    ((text,),) = cx.world.run(Project(OneRow(), (Alias(Cast(value, STRING, "legacy"), "v", new_id()),)))
    if text is None:
        raise IllegalArgument("DELTA_CDC_READ_NULL_RANGE_BOUNDARY")
    is_time = isinstance(value.type, STRINGS) or value.type == TIMESTAMP
    if not is_time and value.type not in (INT, LONG):
        raise AnalysisError(
            "DELTA_UNSUPPORTED_EXPRESSION",
            origin_of(e),
            expType=simple_string(value.type),
            causedBy=f"{argument} option",
            supportedTypes="int, bigint, string, timestamp",
        )
    return str(text), is_time
