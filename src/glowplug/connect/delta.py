"""`delta.tables.DeltaTable` of the package `delta-spark`: its messages, which come as extensions, to plans.

The package's own classes read the messages, so that it must be installed where the engine runs: beside
`pyspark-client` with `pip install --no-deps delta-spark`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from typing import Literal as OneOf

from glowplug.connect.decode.context import Context, chosen, handler, invalid, option, optional, pairs
from glowplug.connect.decode.expressions import expression, identifier
from glowplug.connect.decode.relations import relation
from glowplug.connect.decode.types import data_type
from glowplug.errors import AnalysisError, unsupported
from glowplug.identifiers import parse_attribute_name
from glowplug.plan import delta as d
from glowplug.plan.commands import Command, CreateTable, MergeAction, MergeInto
from glowplug.plan.expressions import Expression, Literal, UnresolvedAttribute
from glowplug.plan.relations import DataFrameNode, Relation, SubqueryAlias, UnresolvedRelation
from glowplug.plan.statements import Alter, Delete, SetProperties, Update
from glowplug.types import STRING, StructField, StructType


def _read(message: Any, name: str) -> Any:
    """The message in an extension."""
    try:
        from delta.connect import proto
    except ImportError:
        raise unsupported("DeltaTable without the package delta-spark (pip install --no-deps delta-spark)") from None
    made = getattr(proto, name)()
    message.Unpack(made)
    return made


def delta_relation(message: Any, context: Context) -> Relation:
    part, decode = handler(_read(message, "DeltaRelation"), "relation_type", _RELATIONS)
    found = decode(part, context)
    return d.Effect(found) if isinstance(found, Command) else found


def delta_command(message: Any, context: Context) -> Command:
    part, decode = handler(_read(message, "DeltaCommand"), "command_type", _COMMANDS)
    return decode(part, context)


def _table(m: Any) -> tuple[str, ...]:
    """A table by name or by path."""
    if chosen(m, "access_type") == "path":
        return ("delta", m.path.path)
    return identifier(m.table_or_view_name)


def _target(m: Any, context: Context) -> tuple[tuple[str, ...], str | None]:
    """The table that rows are changed of, and the name it goes by."""
    plan, alias = relation(m, context), None
    while True:
        match plan:
            case DataFrameNode(child):
                plan = child
            case SubqueryAlias(child, name):
                plan, alias = child, alias or name
            case UnresolvedRelation(parts):
                return parts, alias
            case _:
                raise invalid("ASSERTION_FAILURE", message="the target of a change is no Delta table")


def _optional(m: Any, name: str, context: Context) -> Expression | None:
    return expression(getattr(m, name), context) if m.HasField(name) else None


def _assignments(items: Any, context: Context) -> tuple[tuple[Expression, Expression], ...]:
    return tuple((expression(i.field, context), expression(i.value, context)) for i in items)


def _delete(m: Any, context: Context) -> Command:
    return Delete(*_target(m.target, context), _optional(m, "condition", context))


def _update(m: Any, context: Context) -> Command:
    parts, alias = _target(m.target, context)
    return Update(parts, alias, _assignments(m.assignments, context), _optional(m, "condition", context))


def _merge(m: Any, context: Context) -> Command:
    parts, alias = _target(m.target, context)
    return MergeInto(
        parts,
        alias,
        relation(m.source, context),
        expression(m.condition, context),
        tuple(_action(a, context) for a in m.matched_actions),
        tuple(_action(a, context) for a in m.not_matched_actions),
        tuple(_action(a, context) for a in m.not_matched_by_source_actions),
        bool(m.with_schema_evolution),
    )


_ACTIONS: dict[str, tuple[OneOf["update", "insert", "delete"], bool]] = {  # and whether it is of all columns
    "delete_action": ("delete", False),
    "update_action": ("update", False),
    "update_star_action": ("update", True),
    "insert_action": ("insert", False),
    "insert_star_action": ("insert", True),
}


def _action(m: Any, context: Context) -> MergeAction:
    name = chosen(m, "action_type")
    kind, whole = _ACTIONS[name]
    items = getattr(getattr(m, name), "assignments", ())
    return MergeAction(kind, _optional(m, "condition", context), None if whole else _assignments(items, context))


def _convert(m: Any, context: Context) -> Command:
    from glowplug.sql import Settings, parse_schema
    from glowplug.types import sql_name

    schema: Any = StructType()
    if m.HasField("partition_schema_struct"):
        schema = data_type(m.partition_schema_struct)
    elif m.HasField("partition_schema_string"):
        schema = parse_schema(m.partition_schema_string, Settings.of(context.session.conf))
    return d.ConvertToDelta(identifier(m.identifier), tuple((f.name, sql_name(f.type)) for f in schema.fields), True)


def _restore(m: Any, context: Context) -> Command:
    kind = "version" if m.HasField("version") else "timestamp"
    return d.Restore(_table(m.table), kind, Literal(str(m.version if kind == "version" else m.timestamp), STRING))


def _optimize(m: Any, context: Context) -> Command:
    from glowplug.plan.build import called
    from glowplug.sql import Settings, parse_expression

    condition: Expression | None = None
    for text in m.partition_filters:
        part = parse_expression(text, Settings.of(context.session.conf))
        condition = part if condition is None else called("and", condition, part)
    return d.Optimize(_table(m.table), condition, tuple(map(parse_attribute_name, m.zorder_columns)))


def _create(m: Any, context: Context) -> Command:
    mode = option(m, "mode", _MODES)
    columns = tuple(_column(c) for c in m.columns)
    name, location = optional(m, "table_name"), optional(m, "location")
    if name is None and location is None:
        raise invalid("ASSERTION_FAILURE", message="a table has a name or a location")
    return CreateTable(
        ("delta", location) if name is None else identifier(name),
        StructType(columns),
        "delta",
        partition_by=tuple(UnresolvedAttribute((c,)) for c in m.partitioning_columns),
        cluster_by=tuple((c,) for c in m.clustering_columns),
        properties=pairs(m.properties),
        location=None if name is None else location,
        comment=optional(m, "comment"),
        if_not_exists=mode == "if not exists",
        replace=mode in ("replace", "create or replace"),
        must_exist=mode == "replace",
    )


_MODES = {
    "MODE_CREATE": "create",
    "MODE_CREATE_IF_NOT_EXISTS": "if not exists",
    "MODE_REPLACE": "replace",
    "MODE_CREATE_OR_REPLACE": "create or replace",
}


def _column(m: Any) -> StructField:
    import json

    metadata: dict[str, Any] = {}
    if (comment := optional(m, "comment")) is not None:
        metadata["comment"] = comment
    if m.HasField("generated_always_as"):
        metadata["GENERATION_EXPRESSION"] = m.generated_always_as
    if m.HasField("identity_info"):
        of = m.identity_info
        metadata |= {"identity.start": of.start, "identity.step": of.step}
        metadata["identity.allowExplicitInsert"] = of.allow_explicit_insert
    return StructField(m.name, data_type(m.data_type), m.nullable, json.dumps(metadata, ensure_ascii=False))


def _clone(m: Any, context: Context) -> Command:
    properties = tuple(m.properties.items())
    path = m.target.startswith("/") or ":/" in m.target
    if not path and "/" in m.target and "`" not in m.target:
        raise AnalysisError("DELTA_INVALID_CLONE_PATH", path=m.target)
    parts = ("delta", m.target) if path else identifier(m.target)
    create = CreateTable(parts, None, "delta", properties=properties, replace=m.replace)
    at = None
    if chosen_at := [n for n in ("version", "timestamp") if m.HasField(n)]:
        at = (chosen_at[0], Literal(str(getattr(m, chosen_at[0])), STRING))
    return d.Clone(_table(m.table), create, m.is_shallow, at)


def _add_feature(m: Any, context: Context) -> Command:
    return Alter("table", _table(m.table), SetProperties(((f"delta.feature.{m.feature_name}", "supported"),)))


def _drop_feature(m: Any, context: Context) -> Command:
    return Alter("table", _table(m.table), d.DropFeature(m.feature_name, m.truncate_history))


def _upgrade(m: Any, context: Context) -> Command:
    versions = ("delta.minReaderVersion", str(m.reader_version)), ("delta.minWriterVersion", str(m.writer_version))
    return Alter("table", _table(m.table), SetProperties(versions))


_RELATIONS: dict[str, Callable[[Any, Context], Any] | str] = {
    "scan": lambda m, context: UnresolvedRelation(_table(m.table)),
    "describe_history": lambda m, context: d.DescribeHistory(_table(m.table)),
    "describe_detail": lambda m, context: d.DescribeDetail(_table(m.table)),
    "convert_to_delta": _convert,
    "restore_table": _restore,
    "is_delta_table": lambda m, context: d.IsDeltaTable(m.path),
    "delete_from_table": _delete,
    "update_table": _update,
    "merge_into_table": _merge,
    "optimize_table": _optimize,
}
_COMMANDS: dict[str, Callable[[Any, Context], Command] | str] = {
    "vacuum_table": lambda m, context: d.Vacuum(_table(m.table), optional(m, "retention_hours")),
    "generate": lambda m, context: d.GenerateManifest(m.mode, _table(m.table)),
    "create_delta_table": _create,
    "add_feature_support": _add_feature,
    "clone_table": _clone,
    "upgrade_table_protocol": _upgrade,
    "drop_feature_support": _drop_feature,
}
