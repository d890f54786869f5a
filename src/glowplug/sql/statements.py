"""Statements by their first words: those that need no file of their own, and the way to the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal as OneOf

from glowplug.config import TIME_ZONE, local_zone
from glowplug.errors import AnalysisError, ParseError, SparkError
from glowplug.plan.commands import (
    CacheTable,
    ClearCache,
    Command,
    Explain,
    Refresh,
    ResetConf,
    SetConf,
    UncacheTable,
    Use,
)
from glowplug.plan.expressions import Literal, UnresolvedAlias, UnresolvedAttribute
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
    show,
    variables,
)
from glowplug.sql.clauses import if_exists, invalid
from glowplug.sql.cursor import Cursor
from glowplug.sql.intervals import interval
from glowplug.sql.names import constant_text, multipart
from glowplug.sql.primary import at_query
from glowplug.sql.tokens import END, QUOTED, STRING
from glowplug.types import YearMonthIntervalType, quote, simple_string

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


# --- settings ----------------------------------------------------------------------------------------

_SETTING = re.compile(r"([a-zA-Z_\d\\.:]+)\s*=([^;]*)\Z")
_KEY = re.compile(r"[a-zA-Z_\d\\.:]+\Z")
_QUOTED_SETTING = re.compile(r"(`(?:[^`]|``)*`|[^`=\s]+)\s*=\s*`((?:[^`]|``)*)`\Z|(`(?:[^`]|``)*`)\s*(?:=([^;]*))?\Z")


def _rest(c: Cursor) -> str:
    """The text to the end of the statement, which the cursor is then at. Settings are no tokens but text."""
    text = c.text[c.starts[c.i] :].rstrip().rstrip(";").rstrip() if c.kind != END else ""
    c.i = len(c.kinds) - 1
    return text


def _set(c: Cursor) -> Command:
    start = c.i
    c.i += 1
    if c.kind == "ROLE" and c.peek() not in ("=", END, ";"):
        _rest(c)
        raise invalid(c, start, "SET ROLE")
    if c.take("TIME", "ZONE"):
        return SetConf(TIME_ZONE, _time_zone(c, start))
    if c.kind in ("VAR", "VARIABLE") and c.peek() not in ("=", END, ";", "."):
        c.i += 1
        return variables.assignment(c)
    if c.kind == "CATALOG" and c.peek() not in ("=", END, ";", "."):
        c.i += 1
        return _catalog(c, start)
    if c.kind == "PATH" and c.peek() == "=" and c.peek(2) not in (END, ";"):
        raise _path(c, start)
    text = _rest(c)
    if not text:
        return SetConf()
    if text.lower() == "-v":
        return SetConf(verbose=True)
    if m := _QUOTED_SETTING.match(text):
        key, value = m[1] or m[3], m[2] if m[2] is not None else m[4]
        key = key[1:-1].replace("``", "`") if key[0] == "`" else key
        return SetConf(key, None if value is None else value.strip())
    if m := _SETTING.match(text):
        return SetConf(m[1], m[2].strip())
    if _KEY.match(text):
        return SetConf(text)
    raise ParseError("INVALID_SET_SYNTAX", c.origin(start))


def _catalog(c: Cursor, start: int) -> Command:
    """`SET CATALOG name`, or a constant text that is the name."""
    begin = c.i
    value = expressions.expression(c)
    text = constant_text(value)
    if isinstance(value, UnresolvedAttribute):
        parts = value.parts
    elif text is not None:
        parts = (text,)
    elif isinstance(value, Literal):
        shown = {"dataType": simple_string(value.type), "expr": c.between(begin, c.i)}
        raise AnalysisError("NOT_A_CONSTANT_STRING.WRONG_TYPE", c.origin(begin), name="IDENTIFIER", **shown)
    else:
        c.fail_at(begin)
    if len(parts) > 1:
        name = ".".join(map(quote, parts))
        raise AnalysisError("INVALID_SQL_SYNTAX.MULTI_PART_NAME", c.origin(start), statement="SET CATALOG", name=name)
    return Use(parts, "catalog")


_PATH_ENABLED = ".".join(("spark", "sql", "path", "enabled"))  # only its default is accepted, and nothing reads it
_PATHS = ("DEFAULT_PATH", "SYSTEM_PATH", "PATH", "CURRENT_DATABASE", "CURRENT_SCHEMA")


def _path(c: Cursor, start: int) -> SparkError:
    """Why `SET PATH = schema, …` is refused: a schema's name has two parts at least, and the path is not enabled."""
    c.i += 2
    for parts in c.comma_list(multipart):
        if len(parts) == 1 and parts[0].upper() not in _PATHS:
            return ParseError("INVALID_SQL_PATH_SCHEMA_REFERENCE", c.origin(start), qualifiedName=parts[0])
    return AnalysisError("UNSUPPORTED_FEATURE.SET_PATH_WHEN_DISABLED", config=_PATH_ENABLED)


def _time_zone(c: Cursor, start: int) -> str:
    if c.kind == STRING:
        return literals.string(c)
    if c.take("LOCAL"):
        return local_zone()
    unit = c.i + 1
    offset = interval(c) if c.kind == "INTERVAL" else None
    if offset is None:
        _rest(c)
        raise ParseError("_LEGACY_ERROR_TEMP_0045", c.origin(start))
    minutes, rest = divmod(abs(offset.value), 60_000_000)
    if isinstance(offset.type, YearMonthIntervalType) or rest or minutes > 18 * 60:
        given = c.between(unit, unit + 1).strip("'\"")
        raise ParseError("INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE", c.origin(start), input=given)
    return f"{'-' if offset.value < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _reset(c: Cursor) -> Command:
    start = c.i
    c.i += 1
    if c.kind == QUOTED:
        return ResetConf(c.identifier())
    text = _rest(c)
    if not text:
        return ResetConf()
    if _KEY.match(text):
        return ResetConf(text)
    raise ParseError("INVALID_RESET_COMMAND_FORMAT", c.origin(start))


def _use(c: Cursor) -> Command:
    c.i += 1
    if c.kind in clauses.SCHEMA and c.peek() not in (END, ";", "."):
        c.i += 1
        return Use(multipart(c), "schema")
    return Use(multipart(c))


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
    return UncacheTable(multipart(c), exists)


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
        begin = c.i
        multipart(c)
        return Refresh(c.between(begin, c.i))
    path = literals.string(c) if c.kind == STRING else _rest(c)
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
        literals.unquote(p) if p[0] in "'\"" else p for p in re.findall(r"'[^']*'|\"[^\"]*\"|[^\s'\"]+", _rest(c))
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
    "SET": _set,
    "RESET": _reset,
    "USE": _use,
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
    **cursors.RULES,
    **dml.RULES,
    **delta.RULES,
}
