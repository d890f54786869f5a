"""CREATE FUNCTION: functions written in SQL, and classes that other engines know."""

from __future__ import annotations

import json

from glowplug.errors import AnalysisError, ParseError
from glowplug.plan.commands import Command
from glowplug.plan.expressions import Expression
from glowplug.plan.relations import Relation
from glowplug.plan.statements import CreateClassFunction, CreateFunction
from glowplug.sql import clauses, columns, expressions, literals, queries, types
from glowplug.sql.clauses import Once, if_not_exists
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.primary import at_query
from glowplug.sql.tokens import STRING
from glowplug.type_trees import as_strings, contains_type
from glowplug.types import CharType, DataType, StructField, StructType, VarcharType


def function(c: Cursor, start: int, replace: bool, temporary: bool) -> Command:
    c.expect("FUNCTION")
    exists = if_not_exists(c)
    if exists and replace:
        raise ParseError("INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE", c.origin(start))
    if exists and temporary:
        raise ParseError("INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS", c.origin(start))
    parts = multipart(c)
    if temporary:
        clauses.temporary_name(c, start, parts, "FUNCTION")
    if c.kind == "AS" and c.peek() == STRING:
        c.i += 1
        name = literals.string(c)
        if c.take("USING"):
            c.comma_list(_resource)
        return CreateClassFunction(parts, name, temporary, replace, exists)
    c.expect("(")
    parameters = () if c.kind == ")" else c.comma_list(_parameter)
    c.expect(")")
    returns: DataType | None = None
    is_table = False
    if c.take("RETURNS"):
        is_table = c.take("TABLE")
        if is_table:
            returns = _plain(c, StructType(c.paren_list(types.column)) if c.kind == "(" else StructType())
        else:
            returns = _plain(c, types.data_type(c))
    comment, deterministic, collation = _characteristics(c, start)
    c.need("RETURN")
    begin = c.i
    body: Expression | Relation = queries.query(c) if _query_next(c) else expressions.expression(c)
    if is_table and isinstance(body, Expression):
        raise AnalysisError("USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY", name=parts[-1])
    text = c.written(begin, c.i)
    return CreateFunction(
        parts, parameters, returns, body, text, is_table, temporary, replace, exists, comment, deterministic, collation
    )


def _resource(c: Cursor) -> None:
    """`JAR 'path'`: for other engines, as the class."""
    start = c.i
    kind = c.identifier().lower()
    if kind not in ("jar", "file", "archive"):
        raise clauses.not_allowed(c, start, f"CREATE FUNCTION with resource type '{kind}'")
    literals.string(c)


def _query_next(c: Cursor) -> bool:
    return c.kind != "(" and at_query(c)


def _plain(c: Cursor, type: DataType) -> DataType:
    """A function's types have no lengths of texts."""
    if contains_type(type, (CharType, VarcharType)) and not (c.settings.conf and c.settings.conf.plain_texts):
        raise AnalysisError("UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING")
    return as_strings(type)


def _parameter(c: Cursor) -> StructField:
    name = c.name()
    type = _plain(c, types.data_type(c))
    metadata: dict[str, str] = {}
    while c.kind in ("DEFAULT", "COMMENT"):
        if c.kind == "DEFAULT":
            metadata["default"] = columns.default_text(c)
        else:
            c.i += 1
            metadata["comment"] = literals.string(c)
    return StructField(name, type, True, json.dumps(metadata, ensure_ascii=False) if metadata else "{}")


def _characteristics(c: Cursor, start: int) -> tuple[str | None, bool | None, str | None]:
    """What stands between a function's type and its body. All but comment, determinism and collation only describes."""
    once = Once(c, start)
    comment: str | None = None
    deterministic: bool | None = None
    collation: str | None = None
    while c.kind != "RETURN":
        if c.take("COMMENT"):
            once("COMMENT")
            comment = literals.string(c)
        elif c.take("DETERMINISTIC"):
            once("DETERMINISTIC")
            deterministic = True
        elif c.take("NOT", "DETERMINISTIC"):
            once("DETERMINISTIC")
            deterministic = False
        elif c.take("LANGUAGE"):
            once("LANGUAGE")
            language = c.identifier().upper()
            if language != "SQL":
                message = f"Unsupported language for user defined functions: {language}"
                raise clauses.not_allowed(c, start, message)
        elif c.take("DEFAULT", "COLLATION"):
            once("DEFAULT COLLATION")
            collation = types.default_collation(c)
        elif c.take("SPECIFIC"):
            once("SPECIFIC")
            c.name()
            raise clauses.not_allowed(c, start, "SQL function with SPECIFIC name is not supported")
        elif any(c.take(*words) for words in _SQL_ACCESS):
            once("SQL DATA ACCESS")
        elif c.take("RETURNS", "NULL", "ON", "NULL", "INPUT") or c.take("CALLED", "ON", "NULL", "INPUT"):
            once("NULL CALL")
            if c.kinds[c.i - 5] == "RETURNS":
                message = "SQL function with RETURNS NULL ON NULL INPUT is not supported"
                raise clauses.not_allowed(c, start, message)
        elif c.take("SQL", "SECURITY"):
            once("SQL SECURITY")
            if not c.take_any("INVOKER", "DEFINER"):
                c.fail()
        else:
            c.fail()
    return comment, deterministic, collation


_SQL_ACCESS = (("NO", "SQL"), ("CONTAINS", "SQL"), ("READS", "SQL", "DATA"), ("MODIFIES", "SQL", "DATA"))
