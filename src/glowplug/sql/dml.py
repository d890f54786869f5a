"""Statements that change rows: INSERT, UPDATE, DELETE, MERGE, LOAD DATA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.errors import AnalysisError, ParseError
from glowplug.plan.commands import Command, Insert, MergeAction, MergeInto, WriteFiles
from glowplug.plan.expressions import DefaultValue, Expression, UnresolvedAttribute
from glowplug.plan.relations import Relation, SubqueryAlias, UnresolvedRelation, UnresolvedValues, With
from glowplug.plan.statements import Delete, LoadData, MultiInsert, Update, WithCommand
from glowplug.sql import clauses, expressions, literals, properties, queries, sources, tables
from glowplug.sql.clauses import if_not_exists
from glowplug.sql.cursor import Cursor, is_word
from glowplug.sql.names import multipart
from glowplug.sql.primary import at_query
from glowplug.sql.tokens import END, QUOTED, STRING

Definitions = tuple[tuple[str, Relation], ...]
VERBS = ("INSERT", "UPDATE", "DELETE", "MERGE")


def with_definitions(command: Command, definitions: Definitions) -> Command:
    """`WITH … command`: a query takes the named queries in; other commands keep them beside."""
    match command:
        case Insert() | WriteFiles():
            return replace(command, query=With(command.query, definitions))
        case MultiInsert(inserts):
            return MultiInsert(tuple(replace(i, query=With(i.query, definitions)) for i in inserts))
    return WithCommand(definitions, command)


def from_statement(c: Cursor) -> Relation | Command:
    """`FROM s SELECT …` is a query, `FROM s INSERT … SELECT …` a statement with as many inserts as there are."""
    start = c.i
    source = sources.from_clause(c)
    if c.kind != "INSERT":
        c.i = start
        return queries.query(c)
    inserts: list[Insert | WriteFiles] = []
    while c.kind == "INSERT":
        begin = c.i
        if (target := _target(c)) is None:
            c.i = begin
            inserts.append(_directory(c, source))
        else:
            inserts.append(replace(target, query=queries.organised(c, queries.select(c, source))))
    return inserts[0] if len(inserts) == 1 else MultiInsert(tuple(inserts))


# --- INSERT ------------------------------------------------------------------------------------------

_NO_QUERY = UnresolvedRelation(())  # until the query is read


def insert(c: Cursor) -> Command:
    start = c.i
    target = _target(c)
    if target is None:
        c.i = start
        return _directory(c)
    begin = c.i
    query = queries.query(c)
    if c.kinds[begin] == "(":  # an alias, to which REPLACE ON refers
        query = sources.aliased(c, query, begin)
    return replace(target, query=_with_defaults(c, query))


def _target(c: Cursor) -> Insert | None:
    """`INSERT … t …` up to its query; None for a directory."""
    start = c.i
    c.expect("INSERT")
    evolution = c.take("WITH", "SCHEMA", "EVOLUTION")
    overwrite = c.take_any("INTO", "OVERWRITE")
    if overwrite is None:
        c.fail()
    if overwrite == "OVERWRITE" and (
        c.at("LOCAL", "DIRECTORY") or (c.kind == "DIRECTORY" and c.peek() in (STRING, "USING"))
    ):
        return None
    if c.kind == "TABLE" and (c.peek() == QUOTED or (c.at_identifier() and c.peek() not in ("VALUES", "SELECT", "."))):
        c.i += 1
    parts = multipart(c)
    options = properties.properties(c) if c.at("WITH", "(") and c.take("WITH") else ()
    result = Insert(parts, _NO_QUERY, overwrite=overwrite == "OVERWRITE", options=options, schema_evolution=evolution)
    if overwrite == "INTO":
        begin = c.i
        by_name = c.take("BY", "NAME")
        alias = c.alias(strict=True) if c.kind != "REPLACE" else None
        if c.kind == "REPLACE" and (alias is None or c.peek() == "ON"):
            return _replacing(c, replace(result, alias=alias, by_name=by_name))
        if c.kinds[begin] == "AS" and alias is not None:  # only REPLACE refers to it
            c.fail()
        c.i = begin
    partition = clauses.partition(c) if c.kind == "PARTITION" else ()
    exists = if_not_exists(c)
    if exists and overwrite == "INTO":
        raise clauses.invalid(c, c.i - 1, "INSERT INTO ... IF NOT EXISTS")
    if exists and (open_ := [name for name, value in partition if value is None]):
        raise clauses.not_allowed(c, start, f"IF NOT EXISTS with dynamic partitions: {', '.join(open_)}")
    by_name = c.take("BY", "NAME")
    names = c.names() if c.kind == "(" and not by_name and not at_query(c) else ()
    return replace(result, columns=names, partition=partition, by_name=by_name, if_partition_not_exists=exists)


def _replacing(c: Cursor, target: Insert) -> Insert:
    """`REPLACE WHERE condition`, `REPLACE USING (columns)`, `REPLACE ON condition`"""
    c.expect("REPLACE")
    if c.take("WHERE"):
        return replace(target, replace_where=expressions.expression(c))
    if c.take("USING"):
        return replace(target, replace_using=c.names())
    c.expect("ON")
    end, c.kinds = c.kinds, _up_to_query(c)
    condition = expressions.expression(c)
    c.kinds = end
    return replace(target, replace_on=condition)


def _up_to_query(c: Cursor) -> list[str]:
    """The tokens, with an end where a query in parentheses follows a condition, which its name would make a call."""
    starts = (i for i in range(c.i, len(c.kinds) - 1) if c.kinds[i] == "(" and c.kinds[i + 1] in ("SELECT", "WITH"))
    found = next((i for i in starts if is_word(c.kinds[i - 1]) and c.kinds[i - 1] not in ("IN", "EXISTS")), None)
    return c.kinds if found is None else [*c.kinds[:found], END, *c.kinds[found + 1 :]]


def _with_defaults(c: Cursor, query: Relation) -> Relation:
    """DEFAULT in the VALUES of an INSERT is the column's default."""
    match query:
        case SubqueryAlias(UnresolvedValues() as values):
            return replace(query, child=_with_defaults(c, values))
        case UnresolvedValues(rows):
            new = tuple(tuple(DefaultValue() if _is_default(c, e) else e for e in row) for row in rows)
            return query if new == rows else UnresolvedValues(new)
    return query


def _is_default(c: Cursor, e: Expression) -> bool:
    match e:
        case UnresolvedAttribute((name,), origin=origin) if name.upper() == "DEFAULT":
            return origin is None or c.text[origin.start] != "`"
    return False


def _directory(c: Cursor, source: Relation | None = None) -> WriteFiles:
    """`INSERT OVERWRITE [LOCAL] DIRECTORY ['path'] USING format [OPTIONS (…)] query`; `source` stood before it."""
    start = c.i
    c.expect("INSERT", "OVERWRITE")
    c.take("LOCAL")
    c.expect("DIRECTORY")
    path = literals.string(c) if c.kind == STRING else None
    body = tables.clauses_of(c, start)
    options = dict(body.options)
    path = path or options.pop("path", None)
    query = queries.query(c) if source is None else queries.organised(c, queries.select(c, source))
    if path is None:
        raise ParseError("_LEGACY_ERROR_TEMP_0049", c.origin(start))
    if body.hive or body.stored or body.format in (None, "hive"):
        cmd = "INSERT OVERWRITE DIRECTORY with the Hive format"
        raise AnalysisError("NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT", cmd=cmd)
    return WriteFiles(query, body.format, path, "overwrite", tuple(options.items()))


# --- UPDATE, DELETE, MERGE, LOAD DATA ------------------------------------------------------------------


def delete(c: Cursor) -> Command:
    c.expect("DELETE", "FROM")
    parts = multipart(c)
    alias = c.alias(strict=True)
    return Delete(parts, alias, expressions.expression(c) if c.take("WHERE") else None)


def update(c: Cursor) -> Command:
    c.expect("UPDATE")
    parts = multipart(c)
    alias = c.alias(strict=True)
    c.expect("SET")
    assignments = c.comma_list(_assignment)
    return Update(parts, alias, assignments, expressions.expression(c) if c.take("WHERE") else None)


def _column(c: Cursor) -> Expression:
    start = c.i
    return UnresolvedAttribute(multipart(c), origin=c.origin(start))


def _assignment(c: Cursor) -> tuple[Expression, Expression]:
    key = _column(c)
    c.expect("=")
    return key, _value(c)


def _value(c: Cursor) -> Expression:
    if c.kind == "DEFAULT" and c.peek() in (",", ")", ";", END, "WHERE", "WHEN"):
        c.i += 1
        return DefaultValue()
    return expressions.expression(c)


def merge(c: Cursor) -> Command:
    """`MERGE INTO t USING s ON … WHEN …`; the clauses of one kind stand together."""
    start = c.i
    c.expect("MERGE")
    evolution = c.take("WITH", "SCHEMA", "EVOLUTION")
    c.expect("INTO")
    parts = multipart(c)
    alias = c.alias(strict=True)
    c.expect("USING")
    source: Relation
    begin = c.i
    if c.kind == "(":
        source = c.parenthesised(queries.query)
    else:
        source = UnresolvedRelation(multipart(c), origin=c.origin(begin))
    source = sources.aliased(c, source, begin)
    c.expect("ON")
    condition = expressions.expression(c)
    matched, not_matched, by_source = [], [], []
    while c.take("WHEN", "MATCHED"):
        matched.append(_action(c, ("UPDATE", "DELETE")))
    while c.kind == "WHEN" and c.kinds[c.i + 1 : c.i + 5] != ["NOT", "MATCHED", "BY", "SOURCE"]:
        c.expect("WHEN", "NOT", "MATCHED")
        c.take("BY", "TARGET")
        not_matched.append(_action(c, ("INSERT",)))
    while c.take("WHEN"):
        c.expect("NOT", "MATCHED", "BY", "SOURCE")
        by_source.append(_action(c, ("UPDATE", "DELETE")))
    _check_order(c, start, matched, not_matched, by_source)
    return MergeInto(parts, alias, source, condition, tuple(matched), tuple(not_matched), tuple(by_source), evolution)


def _check_order(c: Cursor, start: int, *kinds: list[MergeAction]) -> None:
    if not any(kinds):
        raise ParseError("MERGE_WITHOUT_WHEN", c.origin(start))
    names = ("MATCHED", "NOT_MATCHED_BY_TARGET", "NOT_MATCHED_BY_SOURCE")
    for name, actions in zip(names, kinds, strict=True):
        if any(a.condition is None for a in actions[:-1]):
            raise ParseError(f"NON_LAST_{name}_CLAUSE_OMIT_CONDITION", c.origin(start))


def _action(c: Cursor, allowed: tuple[str, ...]) -> MergeAction:
    condition = expressions.expression(c) if c.take("AND") else None
    c.expect("THEN")
    verb = c.take_any(*allowed)
    if verb == "DELETE":
        return MergeAction("delete", condition)
    if verb == "UPDATE":
        c.expect("SET")
        return MergeAction("update", condition, None if c.take("*") else c.comma_list(_assignment))
    if verb != "INSERT":
        c.fail()
    if c.take("*"):
        return MergeAction("insert", condition, None)
    start = c.i
    keys = c.paren_list(_column)
    c.expect("VALUES")
    values = c.paren_list(_value)
    if len(keys) != len(values):
        raise ParseError("MERGE_INSERT_VALUE_COUNT_MISMATCH", c.origin(start), columns=len(keys), values=len(values))
    return MergeAction("insert", condition, tuple(zip(keys, values, strict=True)))


def load(c: Cursor) -> Command:
    c.expect("LOAD", "DATA")
    local = c.take("LOCAL")
    c.expect("INPATH")
    path = literals.string(c)
    overwrite = c.take("OVERWRITE")
    c.expect("INTO", "TABLE")
    parts = multipart(c)
    return LoadData(path, parts, local, overwrite, clauses.partition(c) if c.kind == "PARTITION" else ())


RULES: dict[str, Callable[[Cursor], Command]] = {
    "INSERT": insert,
    "UPDATE": update,
    "DELETE": delete,
    "MERGE": merge,
    "LOAD": load,
}
