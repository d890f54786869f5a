"""Statements by their first words: those that need no file of their own, and the way to the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal as OneOf

from glowplug.errors import ParseError
from glowplug.plan.commands import (
    CacheTable,
    ClearCache,
    Command,
    Explain,
    Refresh,
    UncacheTable,
)
from glowplug.plan.expressions import UnresolvedAlias
from glowplug.plan.relations import Relation, With
from glowplug.plan.statements import (
    Analyze,
    Comment,
    ExecuteImmediate,
    Procedures,
    RefreshFunction,
    RepairTable,
    Resource,
    Truncate,
)
from glowplug.sql import (
    alter,
    calls,
    clauses,
    create,
    cursors,
    delta,
    dml,
    expressions,
    literals,
    properties,
    queries,
    scripts,
    settings,
    show,
    variables,
)
from glowplug.sql.clauses import if_exists, invalid
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.primary import at_query
from glowplug.sql.tokens import END, STRING
from glowplug.types import quote_if_needed

Statement = Relation | Command


def statement(c: Cursor) -> Statement:
    """One statement, a query or a command. What Spark has and Glowplug has not is refused by name."""
    rule = _RULES.get(c.kind)
    if rule is not None:
        return rule(c)
    if c.kind == "WITH" and at_query(c):
        return _with(c)
    if c.kind == "FROM":
        return dml.from_statement(c)
    words = next((w for w in _NO_STATEMENTS if c.at(*w)), None)
    if words is not None:
        start = c.i
        c.i += len(words)
        raise invalid(c, start, " ".join(words))
    return queries.query(c)


# What Hive's grammar has and Spark refuses, besides the CREATE, DROP, SHOW and ALTER forms of it.
_NO_STATEMENTS = (
    ("GRANT", "ROLE"), ("GRANT",), ("REVOKE", "ROLE"), ("REVOKE",), ("EXPORT", "TABLE"), ("IMPORT", "TABLE"),
    ("LOCK", "TABLE"), ("LOCK", "DATABASE"), ("UNLOCK", "TABLE"), ("UNLOCK", "DATABASE"), ("START", "TRANSACTION"),
    ("COMMIT",), ("ROLLBACK",), ("DFS",),
)  # fmt: skip


def _with(c: Cursor) -> Statement:
    start = c.i
    definitions, recursive, depth = queries.ctes(c)
    if c.kind in dml.VERBS:
        result: Statement = dml.RULES[c.kind](c)
    else:
        result = dml.from_statement(c) if c.kind == "FROM" else queries.organised(c, queries.term(c))
    queries.check_names(c, start, definitions)
    if isinstance(result, Command):
        return dml.with_definitions(result, definitions)
    return With(result, definitions, recursive, depth, c.origin(start))


def _explain(c: Cursor) -> Command:
    start = c.i
    c.i += 1
    if c.take("LOGICAL"):
        statement(c)
        raise invalid(c, start, "EXPLAIN LOGICAL")
    mode = c.take_any("FORMATTED", "EXTENDED", "CODEGEN", "COST")
    inner = statement(c)
    match mode:
        case "FORMATTED":
            return Explain(inner, "formatted")
        case "EXTENDED":
            return Explain(inner, "extended")
        case "CODEGEN":
            return Explain(inner, "codegen")
        case "COST":
            return Explain(inner, "cost")
    return Explain(inner, "simple")


# --- caches ------------------------------------------------------------------------------------------


def _cache(c: Cursor) -> Command:
    start = c.i
    c.i += 1
    lazy = c.take("LAZY")
    c.expect("TABLE")
    parts = multipart(c)
    options = properties.properties(c) if c.take("OPTIONS") else ()
    query = queries.query(c) if c.take("AS") or c.kind not in (END, ";") else None
    if query is not None and len(parts) > 1:
        quoted = ".".join(parts[:-1])
        raise ParseError("_LEGACY_ERROR_TEMP_0037", c.origin(start), quoted=quoted)
    return CacheTable(parts, query, lazy, options)


def _uncache(c: Cursor) -> Command:
    c.expect("UNCACHE", "TABLE")
    exists = if_exists(c)
    start = c.i
    return UncacheTable(multipart(c), exists, c.origin(start))


def _clear(c: Cursor) -> Command:
    c.expect("CLEAR", "CACHE")
    return ClearCache()


def _refresh(c: Cursor) -> Command:
    start = c.i
    c.i += 1
    if c.kind in ("TABLE", "FUNCTION") and c.peek() not in (END, ";"):
        if c.take("FUNCTION"):
            return RefreshFunction(multipart(c))
        c.i += 1
        return Refresh(".".join(map(quote_if_needed, multipart(c))))
    path = literals.string(c) if c.kind == STRING else settings.rest_of(c)
    problem = ""
    if not path:
        problem = "Resource paths cannot be empty in REFRESH statements. Use / to match everything"
    elif c.kinds[start + 1] != STRING and re.search(r"\s", path):
        problem = "REFRESH statements cannot contain ' ', '\\n', '\\r', '\\t' inside unquoted resource paths"
    if problem:
        raise ParseError("_LEGACY_ERROR_TEMP_0064", c.origin(start), msg=problem)
    return Refresh(path, is_path=True)


# --- tables as a whole -------------------------------------------------------------------------------


def _analyze(c: Cursor) -> Command:
    start = c.i
    c.i += 1
    all_tables = c.take_any("TABLE", "TABLES") == "TABLES"
    if all_tables:
        parts = multipart(c) if c.take_any("FROM", "IN") else ()
    elif c.kinds[c.i - 1] == "TABLE":
        parts = multipart(c)
    else:
        c.fail()
    partition = clauses.partition(c) if c.kind == "PARTITION" else ()
    c.expect("COMPUTE", "STATISTICS")
    columns: tuple[str, ...] | None = ()
    if c.take("FOR", "ALL", "COLUMNS"):
        columns = None
    elif c.take("FOR", "COLUMNS"):
        if all_tables:
            c.fail_at(c.i - 1, ": extra input 'COLUMNS'")
        columns = c.comma_list(Cursor.name)
    scan = not c.take("NOSCAN")
    if scan and columns == () and c.at_identifier():
        word = c.identifier().upper()
        raise ParseError("INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN", c.origin(start), ctx=word)
    return Analyze(parts, all_tables, partition, columns, scan)


def _truncate(c: Cursor) -> Command:
    c.expect("TRUNCATE", "TABLE")
    parts = multipart(c)
    return Truncate(parts, clauses.partition(c) if c.kind == "PARTITION" else ())


def _repair(c: Cursor) -> Command:
    c.take("MSCK")
    c.expect("REPAIR", "TABLE")
    parts = multipart(c)
    action = c.take_any("ADD", "DROP", "SYNC") or "ADD"
    if c.kinds[c.i - 1] == action:
        c.expect("PARTITIONS")
    return RepairTable(parts, action != "DROP", action != "ADD")


def _comment(c: Cursor) -> Command:
    c.expect("COMMENT", "ON")
    kind = c.take_any("TABLE", *clauses.SCHEMA)
    if kind is None:
        c.fail()
    parts = multipart(c)
    c.expect("IS")
    text = None if c.take("NULL") else literals.string(c)
    return Comment("table" if kind == "TABLE" else "schema", parts, text)


def _resource(c: Cursor) -> Command:
    """`ADD JAR path …`, `LIST FILES …`: paths are text, quoted or not."""
    start = c.i
    verb: OneOf["add", "list"] = "add" if c.kind == "ADD" else "list"
    c.i += 1
    word = c.identifier().upper()
    kind = word.removesuffix("S") if verb == "list" or word.endswith("S") else word
    paths = tuple(
        literals.unquote(p) if p[0] in "'\"" else p
        for p in re.findall(r"'[^']*'|\"[^\"]*\"|[^\s'\"]+", settings.rest_of(c))
    )
    match kind:
        case "JAR":
            return Resource(verb, "jar", paths)
        case "FILE":
            return Resource(verb, "file", paths)
        case "ARCHIVE":
            return Resource(verb, "archive", paths)
    message = f"{verb.upper()} with resource type '{word.lower()}'"
    raise ParseError("_LEGACY_ERROR_TEMP_0035", c.origin(start), message=message)


def _call(c: Cursor) -> Command:
    c.expect("CALL")
    start = c.i
    parts = multipart(c)
    origin = c.origin(start)
    if not c.take("("):
        c.fail()
    if not c.take(")"):
        c.comma_list(calls.argument)
        c.expect(")")
    return Procedures("call", parts, origin)


def _execute(c: Cursor) -> Command:
    c.expect("EXECUTE", "IMMEDIATE")
    text = expressions.expression(c)
    into = c.comma_list(multipart) if c.take("INTO") else ()
    arguments = cursors.arguments(c) if c.take("USING") else ()
    names = [a.names[0].lower() for a in arguments if isinstance(a, UnresolvedAlias)]
    twice = [n for n in dict.fromkeys(names) if names.count(n) > 1]
    if twice:
        aliases = ", ".join(f"`{n}`" for n in twice)
        raise ParseError("EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES", c.here(), aliases=aliases)
    return ExecuteImmediate(text, into, arguments)


def begins(c: Cursor) -> bool:
    """Whether a statement can begin with the next word."""
    return c.kind in _RULES or c.kind in _QUERIES or any(c.kind == words[0] for words in _NO_STATEMENTS)


_QUERIES = (*queries.SELECTS, "WITH", "VALUES", "TABLE", "FROM")
_RULES: dict[str, Callable[[Cursor], Statement]] = {
    "EXPLAIN": _explain,
    "CACHE": _cache,
    "UNCACHE": _uncache,
    "CLEAR": _clear,
    "REFRESH": _refresh,
    "ANALYZE": _analyze,
    "TRUNCATE": _truncate,
    "MSCK": _repair,
    "REPAIR": _repair,
    "COMMENT": _comment,
    "ADD": _resource,
    "LIST": _resource,
    "CALL": _call,
    "EXECUTE": _execute,
    "DECLARE": variables.declaration,
    "BEGIN": scripts.script,
    "SHOW": show.show,
    "DESCRIBE": show.describe,
    "DESC": show.describe,
    "CREATE": create.create,
    "REPLACE": create.replace_table,
    "DROP": create.drop,
    "ALTER": alter.alter,
    **settings.RULES,
    **cursors.RULES,
    **dml.RULES,
    **delta.RULES,
}
