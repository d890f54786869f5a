"""Spark Connect's Command messages to commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from typing import Literal as OneOf

from glowplug.connect.decode.catalog import storage_level
from glowplug.connect.decode.context import Context, check, chosen, extension, handler, invalid, option, optional, pairs
from glowplug.connect.decode.expressions import expression, expressions, object_name
from glowplug.connect.decode.python import python_function, python_table_function
from glowplug.connect.decode.relations import relation, views, with_views
from glowplug.connect.decode.sources import STREAMING, sql
from glowplug.errors import AnalysisError, RuntimeFailure
from glowplug.identifiers import parse_view_name
from glowplug.plan.commands import (
    Checkpoint,
    Command,
    CreateResourceProfile,
    CreateView,
    ExecuteExternal,
    GetResources,
    MergeAction,
    MergeInto,
    RegisterDataSource,
    RegisterFunction,
    RegisterTableFunction,
    RemoveCachedRemote,
    SaveMode,
    SQLStatement,
    WriteFiles,
    WriteTable,
)
from glowplug.plan.expressions import UnresolvedAttribute
from glowplug.plan.python import DataSourceClass

Decode = Callable[[Any, Context], Command]
SAVE_MODES: dict[str, SaveMode] = {
    "SAVE_MODE_UNSPECIFIED": "error",
    "SAVE_MODE_APPEND": "append",
    "SAVE_MODE_OVERWRITE": "overwrite",
    "SAVE_MODE_ERROR_IF_EXISTS": "error",
    "SAVE_MODE_IGNORE": "ignore",
}
Verb = OneOf["create", "replace", "create_or_replace", "append", "overwrite", "overwrite_partitions"]
V2_MODES: dict[str, Verb] = {
    "MODE_CREATE": "create",
    "MODE_OVERWRITE": "overwrite",
    "MODE_OVERWRITE_PARTITIONS": "overwrite_partitions",
    "MODE_APPEND": "append",
    "MODE_REPLACE": "replace",
    "MODE_CREATE_OR_REPLACE": "create_or_replace",
}
_SAVE: dict[str, OneOf["save_as_table", "insert_into"]] = {
    "TABLE_SAVE_METHOD_SAVE_AS_TABLE": "save_as_table",
    "TABLE_SAVE_METHOD_INSERT_INTO": "insert_into",
}
# What a merge action does, and whether it has no assignments because it means all columns or none.
_MERGE_ACTIONS: dict[str, tuple[OneOf["update", "insert", "delete"], OneOf["all", "none", "listed"]]] = {
    "ACTION_TYPE_DELETE": ("delete", "none"),
    "ACTION_TYPE_INSERT": ("insert", "listed"),
    "ACTION_TYPE_INSERT_STAR": ("insert", "all"),
    "ACTION_TYPE_UPDATE": ("update", "listed"),
    "ACTION_TYPE_UPDATE_STAR": ("update", "all"),
}


def command(m: Any, context: Context) -> Command:
    """The command that a message stands for. Errors: those of `relation`, and its own input's."""
    part, decode = handler(m, "command_type", COMMANDS)
    return decode(part, context)


def _register_function(m: Any, context: Context) -> Command:
    return RegisterFunction(m.function_name, python_function(m, context))


def _register_table_function(m: Any, context: Context) -> Command:
    return RegisterTableFunction(m.function_name, python_table_function(m, context))


def _register_data_source(m: Any, context: Context) -> Command:
    return RegisterDataSource(DataSourceClass(m.name, m.python_data_source.command, context.session.python))


def _create_view(m: Any, context: Context) -> Command:
    """A schema before the name is ignored: a temporary view is in none."""
    query, parts = relation(m.input, context), parse_view_name(m.name)
    check(len(parts) <= 2, f"{m.name} is no name of a temporary view")
    return CreateView(parts[-1:], query, "global" if m.is_global else "temp", m.replace)


def _write(m: Any, context: Context) -> Command:
    """`df.write`: to a table when one is named, else to files."""
    _check_evolution(m)
    query, mode = relation(m.input, context), option(m, "mode", SAVE_MODES)
    format, options = optional(m, "source"), pairs(m.options)
    bucket = (m.bucket_by.num_buckets, tuple(m.bucket_by.bucket_column_names)) if m.HasField("bucket_by") else None
    check(bucket is None or len(bucket[1]) > 0, "bucketing needs a column")
    partitions, sorting, clustering = m.partitioning_columns, tuple(m.sort_column_names), tuple(m.clustering_columns)
    if m.WhichOneof("save_type") != "table":
        path = m.path if m.HasField("path") else None
        return WriteFiles(query, format, path, mode, options, tuple(partitions), sorting, bucket, clustering)
    return WriteTable(
        query,
        object_name(m.table.table_name, context),
        option(m.table, "save_method", _SAVE),
        mode,
        format,
        options,
        partition_by=tuple([UnresolvedAttribute((name,)) for name in partitions]),
        cluster_by=clustering,
        bucket_by=bucket,
        sort_by=sorting,
    )


def _write_v2(m: Any, context: Context) -> Command:
    """`df.writeTo`: an overwrite has a condition, the other verbs none."""
    _check_evolution(m)
    query, verb = relation(m.input, context), option(m, "mode", V2_MODES)
    return WriteTable(
        query,
        object_name(m.table_name, context),
        verb,
        format=optional(m, "provider"),
        options=pairs(m.options),
        properties=pairs(m.table_properties),
        partition_by=expressions(m.partitioning_columns, context),
        cluster_by=tuple(m.clustering_columns),
        condition=expression(m.overwrite_condition, context) if verb == "overwrite" else None,
    )


def _check_evolution(m: Any) -> None:
    """Refused as INSERT WITH SCHEMA EVOLUTION is: Delta tables have the option mergeSchema for it."""
    if m.with_schema_evolution:
        raise AnalysisError("UNSUPPORTED_INSERT_WITH_SCHEMA_EVOLUTION")


def _sql(m: Any, context: Context) -> Command:
    """Older clients give the text in the command itself."""
    if not m.HasField("input"):
        return SQLStatement(sql(m, context))
    match chosen(m.input, "rel_type"):
        case "sql":
            return SQLStatement(sql(m.input.sql, context))
        case "with_relations":
            query = m.input.with_relations
            if not with_views(query):
                raise invalid("INVALID_SQL_WITH_REFERENCES", query=str(query)[:200])
            return SQLStatement(sql(query.root.sql, context), views(query, context))
        case other:
            raise invalid("SQL_COMMAND_EXPECTS_SQL_OR_WITH_RELATIONS", other=other.upper())


def _checkpoint(m: Any, context: Context) -> Command:
    level = storage_level(m.storage_level) if m.HasField("storage_level") else None
    return Checkpoint(relation(m.relation, context), m.local, m.eager, level)


def _merge(m: Any, context: Context) -> Command:
    source, condition = relation(m.source_table_plan, context), expression(m.merge_condition, context)
    groups = (m.match_actions, m.not_matched_actions, m.not_matched_by_source_actions)
    matched, not_matched, by_source = [tuple([_merge_action(a, context) for a in actions]) for actions in groups]
    if not (matched or not_matched or by_source):
        raise RuntimeFailure("NO_MERGE_ACTION_SPECIFIED")
    target, evolve = object_name(m.target_table_name, context), m.with_schema_evolution
    return MergeInto(target, None, source, condition, matched, not_matched, by_source, evolve)


def _merge_action(m: Any, context: Context) -> MergeAction:
    check(chosen(m, "expr_type") == "merge_action", "MERGE takes merge actions only")
    action = m.merge_action
    kind, columns = option(action, "action_type", _MERGE_ACTIONS)
    check(columns == "listed" or not action.assignments, f"this {kind} action takes no assignments")
    condition = expression(action.condition, context) if action.HasField("condition") else None
    if columns == "all":
        return MergeAction(kind, condition, None)
    assignments = [(expression(a.key, context), expression(a.value, context)) for a in action.assignments]
    return MergeAction(kind, condition, tuple(assignments))


def _resource_profile(m: Any, context: Context) -> Command:
    executor = [(name, request.amount) for name, request in sorted(m.profile.executor_resources.items())]
    task = [(name, request.amount) for name, request in sorted(m.profile.task_resources.items())]
    return CreateResourceProfile(tuple(executor), tuple(task))


def _external(m: Any, context: Context) -> Command:
    for name in ("runner", "command"):
        if not getattr(m, name):
            raise invalid("FIELD_CANNOT_BE_EMPTY", fieldName=name, fullName=m.DESCRIPTOR.full_name)
    return ExecuteExternal(m.runner, m.command, pairs(m.options))


# What decodes each kind of command; a text names what is not supported.
COMMANDS: dict[str, Decode | str] = {
    "register_function": _register_function,
    "write_operation": _write,
    "create_dataframe_view": _create_view,
    "write_operation_v2": _write_v2,
    "sql_command": _sql,
    "write_stream_operation_start": STREAMING,
    "streaming_query_command": STREAMING,
    "get_resources_command": lambda m, context: GetResources(),
    "streaming_query_manager_command": STREAMING,
    "register_table_function": _register_table_function,
    "streaming_query_listener_bus_command": STREAMING,
    "register_data_source": _register_data_source,
    "create_resource_profile_command": _resource_profile,
    "checkpoint_command": _checkpoint,
    "remove_cached_remote_relation_command": lambda m, context: RemoveCachedRemote(m.relation.relation_id),
    "merge_into_table_command": _merge,
    "ml_command": "machine learning",
    "execute_external_command": _external,
    "pipeline_command": "declarative pipelines",
    "extension": lambda m, context: extension(m, context),
}
