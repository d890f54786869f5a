"""CREATE, REPLACE and DROP of views, tables, schemas and functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal as OneOf

from glowplug.errors import ParseError
from glowplug.plan.commands import (
    Command,
    CreateSchema,
    CreateTable,
    CreateView,
    DropSchema,
    DropTable,
    DropView,
    Pairs,
)
from glowplug.plan.delta import Clone
from glowplug.plan.relations import OneRow, UnresolvedDataSource
from glowplug.plan.statements import CreateTableLike, DropFunction, DropVariable
from glowplug.sql import (
    clauses,
    columns,
    indexes,
    literals,
    pipelines,
    properties,
    queries,
    routines,
    tables,
    types,
)
from glowplug.sql.clauses import Once, if_exists, if_not_exists, invalid
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.primary import at_query
from glowplug.sql.tokens import CODE, END
from glowplug.sql.travel import time_travel
from glowplug.types import StructType
from glowplug.types_json import noted

Scope = OneOf["temp", "global", "persistent"]
Binding = OneOf["binding", "compensation", "evolution", "type evolution"]
_BINDINGS: dict[str, Binding] = {"BINDING": "binding", "COMPENSATION": "compensation", "EVOLUTION": "evolution"}


def create(c: Cursor) -> Command:
    start = c.i
    c.expect("CREATE")
    replace = c.take("OR")
    if replace and not c.take("REPLACE"):
        c.fail()
    scope: Scope = "global" if c.take("GLOBAL") else "persistent"
    if c.take_any("TEMPORARY", "TEMP"):
        scope = "temp" if scope == "persistent" else "global"
        if c.take("MACRO"):
            raise invalid(c, start, "CREATE TEMPORARY MACRO")
    kind = c.kind
    if kind == "VIEW":
        return _view(c, start, replace, scope)
    if kind == "FUNCTION" and scope != "global":
        return routines.function(c, start, replace, scope == "temp")
    if kind in ("TABLE", "EXTERNAL") and scope != "global":
        return _table(c, start, replace, scope == "temp")
    if scope == "persistent" and not replace:
        if kind in clauses.SCHEMA:
            return _schema(c, start)
        if kind == "ROLE":
            c.i = len(c.kinds) - 1
            raise invalid(c, start, "CREATE ROLE")
        if kind == "INDEX":
            return indexes.create(c, start)
        pipelines.refuse(c, start)
    c.fail()


def replace_table(c: Cursor) -> Command:
    start = c.i
    c.expect("REPLACE")
    return _table(c, start, True, False, must_exist=True)


# --- views -------------------------------------------------------------------------------------------


def binding(c: Cursor) -> Binding:
    """What follows `WITH SCHEMA`."""
    if c.take("TYPE", "EVOLUTION"):
        return "type evolution"
    found = _BINDINGS.get(c.kind)
    if found is None:
        c.fail()
    c.i += 1
    return found


def _view(c: Cursor, start: int, replace: bool, scope: Scope) -> Command:
    c.expect("VIEW")
    exists = if_not_exists(c)
    parts = clauses.temporary_name(c, start, multipart(c)) if scope != "persistent" else multipart(c)
    if replace and exists:
        raise ParseError("CREATE_VIEW_WITH_IF_NOT_EXISTS_AND_REPLACE", c.origin(start), viewName=".".join(parts))
    schema: StructType | None = None
    names: tuple[tuple[str, str | None], ...] = ()
    if c.kind == "(" and c.peek(2) not in (",", ")", "COMMENT"):
        schema = StructType(tuple([noted(f) for f in c.paren_list(types.column)]))
    elif c.kind == "(":
        names = c.paren_list(_view_column)
    if scope != "persistent" and c.kind == "USING" and not exists and not names:
        c.i += 1
        format = ".".join(multipart(c))
        options = properties.properties(c) if c.take("OPTIONS") else ()
        return CreateView(parts, UnresolvedDataSource(format, schema, options), scope, replace)
    if schema is not None:
        c.fail()
    with_ = _view_clauses(c, start, scope)
    if c.kind == CODE and scope == "persistent":
        text = _metric_view(c, start, with_)
        return CreateView(
            parts, OneRow(), scope, replace, exists, names, with_.comment, with_.properties, text, metrics=True
        )
    if with_.metrics or with_.language:
        c.fail()
    begin = c.i
    query = queries.query(c)
    text = c.written(begin, c.i)
    if scope != "persistent":
        if exists:
            raise ParseError("_LEGACY_ERROR_TEMP_0053", c.origin(start))
        if with_.properties:
            raise clauses.not_allowed(c, start, "TBLPROPERTIES can't coexist with CREATE TEMPORARY VIEW")
        if with_.binding is not None:
            raise ParseError("UNSUPPORTED_FEATURE.TEMPORARY_VIEW_WITH_SCHEMA_BINDING_MODE", c.origin(start))
    return CreateView(
        parts,
        query,
        scope,
        replace,
        exists,
        names,
        with_.comment,
        with_.properties,
        text,
        with_.binding,
        with_.collation,
    )


@dataclasses.dataclass(slots=True)
class _ViewClauses:
    """What stands between the name of a view and AS."""

    comment: str | None = None
    properties: Pairs = ()
    binding: Binding | None = None
    collation: str | None = None
    metrics: bool = False
    language: str = ""


def _view_clauses(c: Cursor, start: int, scope: Scope) -> _ViewClauses:
    found, once = _ViewClauses(), Once(c, start)
    while not c.take("AS"):
        if c.take("COMMENT"):
            once("COMMENT")
            found.comment = literals.string(c)
        elif c.take("TBLPROPERTIES"):
            once("TBLPROPERTIES")
            found.properties = properties.properties(c)
        elif c.take("WITH", "SCHEMA"):
            once("WITH SCHEMA")
            found.binding = binding(c)
        elif scope == "persistent" and c.take("WITH", "METRICS"):
            found.metrics = True
        elif c.at("WITH", "METRICS"):
            c.fail_at(c.i + 1)
        elif scope == "persistent" and c.take("LANGUAGE"):
            found.language = c.identifier().upper()
        elif c.take("DEFAULT", "COLLATION"):
            once("DEFAULT COLLATION")
            found.collation = types.default_collation(c)
        elif c.take("PARTITIONED", "ON"):
            c.names()
            raise invalid(c, start, "CREATE VIEW ... PARTITIONED ON")
        else:
            c.fail()
    return found


def _metric_view(c: Cursor, start: int, with_: _ViewClauses) -> str:
    """The definition of a metric view, between `$$` and `$$`."""
    if not with_.metrics or not with_.language:
        missing = "LANGUAGE" if with_.metrics else "WITH METRICS"
        raise ParseError("MISSING_CLAUSES_FOR_OPERATION", c.origin(start), clauses=missing, operation="METRIC VIEW")
    if with_.language != "YAML":
        raise clauses.not_allowed(c, start, f"Unsupported language for metric view: {with_.language}")
    text = c.raw()[2:-2]
    c.i += 1
    return text


def _view_column(c: Cursor) -> tuple[str, str | None]:
    return c.identifier(), literals.string(c) if c.take("COMMENT") else None


# --- tables and schemas --------------------------------------------------------------------------------


def _table(c: Cursor, start: int, replace: bool, temporary: bool, must_exist: bool = False) -> Command:
    external = c.take("EXTERNAL")
    c.expect("TABLE")
    exists = not replace and if_not_exists(c)
    parts = multipart(c)
    if c.kind == "LIKE" and (replace or temporary or external):
        c.fail()
    if c.take("LIKE"):
        return _table_like(c, start, parts, exists)
    if c.at("SHALLOW", "CLONE") or c.at("DEEP", "CLONE") or c.at("CLONE"):
        return _clone(c, start, CreateTable(parts, None, "delta", if_not_exists=exists, replace=replace))
    elements = c.paren_list(columns.table_element) if c.kind == "(" and not at_query(c) else None
    body = tables.clauses_of(c, start)
    query = queries.query(c) if c.take("AS") or at_query(c) else None
    fields = None if elements is None else tuple(f for f, _ in elements if f is not None)
    constraints = () if elements is None else tuple(k for _, ks in elements for k in ks)
    if query is not None and body.hive_columns:
        what = "Partition column types may not be specified in Create Table As Select (CTAS)"
        raise clauses.not_allowed(c, start, what)
    if body.hive_columns:
        fields = (fields or ()) + body.hive_columns
    if temporary:
        if body.format is None and query is None:
            raise ParseError("_LEGACY_ERROR_TEMP_0046", c.origin(start))
        if body.format is None or query is not None:
            message = "CREATE TEMPORARY TABLE ... AS ..., use CREATE TEMPORARY VIEW instead"
            raise clauses.not_allowed(c, start, message)
        schema = None if fields is None else StructType(tuple([noted(f) for f in fields]))
        location: Pairs = () if body.location is None else (("path", body.location),)
        source = UnresolvedDataSource(body.format, schema, (*body.options, *location))
        return CreateView(clauses.temporary_name(c, start, parts), source, "temp", False, exists)
    if query is not None and fields is not None:
        what = "Schema may not be specified in a Create Table As Select (CTAS) statement"
        raise clauses.not_allowed(c, start, what)
    body.check_clustering(c, start)
    if not replace:
        body.check_not_hive("CREATE Hive TABLE (AS SELECT)", c)
    return CreateTable(
        parts,
        None if fields is None else StructType(fields),
        body.format,
        query,
        body.partition_by,
        body.options,
        body.properties,
        body.location,
        body.comment,
        exists,
        replace,
        external,
        must_exist,
        body.bucket_by,
        body.sort_by,
        body.cluster_by,
        body.collation,
        constraints,
    )


def _clone(c: Cursor, start: int, create: CreateTable) -> Command:
    """`[SHALLOW | DEEP] CLONE t [VERSION AS OF n | TIMESTAMP AS OF e] [TBLPROPERTIES (…)] [LOCATION '…']`"""
    shallow = c.take("SHALLOW")
    if not shallow:
        c.take("DEEP")
    c.expect("CLONE")
    source = multipart(c)
    at = time_travel(c)
    body = tables.clauses_of(c, start)
    return Clone(source, dataclasses.replace(create, properties=body.properties, location=body.location), shallow, at)


def _table_like(c: Cursor, start: int, parts: tuple[str, ...], exists: bool) -> Command:
    source = multipart(c)
    body = tables.clauses_of(c, start, like=True)
    return CreateTableLike(parts, source, body.format, body.location, body.properties, exists)


def _schema(c: Cursor, start: int) -> Command:
    c.i += 1
    exists = if_not_exists(c)
    parts = multipart(c)
    once = Once(c, start)
    comment = location = collation = None
    schema_properties: Pairs = ()
    while c.kind not in (END, ";"):
        if c.take("COMMENT"):
            once("COMMENT")
            comment = literals.string(c)
        elif c.take("LOCATION"):
            once("LOCATION")
            location = literals.string(c)
        elif c.take("DEFAULT", "COLLATION"):
            once("DEFAULT COLLATION")
            collation = types.default_collation(c)
        elif c.take("WITH", "PROPERTIES") or c.take("WITH", "DBPROPERTIES"):
            once("WITH PROPERTIES")
            schema_properties = properties.properties(c)
        else:
            c.fail()
    return CreateSchema(parts, exists, comment, location, schema_properties, collation)


# --- DROP --------------------------------------------------------------------------------------------


def drop(c: Cursor) -> Command:
    start = c.i
    c.expect("DROP")
    if c.take_any("TEMPORARY", "TEMP"):
        if c.take("MACRO"):
            raise invalid(c, start, "DROP TEMPORARY MACRO")
        if c.take("FUNCTION"):
            exists = if_exists(c)
            parts = multipart(c)
            clauses.temporary_name(c, start, parts, "FUNCTION")
            return DropFunction(parts, True, exists)
        if c.take_any("VARIABLE", "VAR"):
            exists = if_exists(c)
            return DropVariable(multipart(c), exists)
        c.fail()
    rule = _DROPS.get(c.kind)
    if rule is not None:
        c.i += 1
        return rule(c)
    if c.take("ROLE"):
        c.i = len(c.kinds) - 1
        raise invalid(c, start, "DROP ROLE")
    if c.kind == "INDEX":
        return indexes.drop(c, start)
    c.fail()


def _drop_table(c: Cursor) -> Command:
    exists = if_exists(c)
    parts = multipart(c)
    c.take("PURGE")
    return DropTable(parts, exists)


def _drop_view(c: Cursor) -> Command:
    exists = if_exists(c)
    return DropView(multipart(c), exists)


def _drop_function(c: Cursor) -> Command:
    exists = if_exists(c)
    return DropFunction(multipart(c), False, exists)


def _drop_schema(c: Cursor) -> Command:
    exists = if_exists(c)
    parts = multipart(c)
    return DropSchema(parts, exists, c.take_any("RESTRICT", "CASCADE") == "CASCADE")


_DROPS: dict[str, Callable[[Cursor], Command]] = {
    "TABLE": _drop_table,
    "VIEW": _drop_view,
    "FUNCTION": _drop_function,
    **dict.fromkeys(clauses.SCHEMA, _drop_schema),
}
