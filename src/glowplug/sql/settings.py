"""SET, RESET and USE. Settings are no tokens but text to the end of the statement."""

from __future__ import annotations

import re
from collections.abc import Callable

from glowplug.config import TIME_ZONE
from glowplug.errors import AnalysisError, ParseError, SparkError
from glowplug.plan.commands import Command, ResetConf, SetConf, Use
from glowplug.plan.expressions import Literal, UnresolvedAttribute
from glowplug.sql import clauses, expressions, literals, variables
from glowplug.sql.clauses import invalid
from glowplug.sql.cursor import Cursor
from glowplug.sql.intervals import interval
from glowplug.sql.names import constant_text, multipart
from glowplug.sql.tokens import END, QUOTED, STRING
from glowplug.time_zones import local_zone
from glowplug.types import YearMonthIntervalType, quote, simple_string

_SETTING = re.compile(r"([a-zA-Z_\d\\.:]+)\s*=([^;]*)\Z")
_KEY = re.compile(r"[a-zA-Z_\d\\.:]+\Z")
_QUOTED_SETTING = re.compile(r"(`(?:[^`]|``)*`|[^`=\s]+)\s*=\s*`((?:[^`]|``)*)`\Z|(`(?:[^`]|``)*`)\s*(?:=([^;]*))?\Z")


def rest_of(c: Cursor) -> str:
    """The text to the end of the statement, which the cursor is then at. Settings are no tokens but text."""
    text = c.text[c.starts[c.i] :].rstrip().rstrip(";").rstrip() if c.kind != END else ""
    c.i = len(c.kinds) - 1
    return text


def _set(c: Cursor) -> Command:
    start = c.i
    c.i += 1
    if c.kind == "ROLE" and c.peek() not in ("=", END, ";"):
        rest_of(c)
        raise invalid(c, start, "SET ROLE")
    if c.take("TIME", "ZONE"):
        return SetConf(TIME_ZONE, _time_zone(c, start))
    if c.kind in ("VAR", "VARIABLE") and c.peek() not in ("=", END, ";", "."):
        c.i += 1
        return variables.assignment(c)
    if c.kind == "CATALOG" and c.peek() not in ("=", END, ";", "."):
        c.i += 1
        return _catalog(c, start)
    if c.kind == "PATH" and c.peek() == "=" and c.peek(2) not in (END, ";") and (error := _path(c, start)):
        raise error
    text = rest_of(c)
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


def _path(c: Cursor, start: int) -> SparkError | None:
    """Why `SET PATH = schema, …` is refused: a schema's name has two parts at least, and the path is not enabled. None
    where there are no names: it is a setting then."""
    begin = c.i
    c.i += 2
    try:
        schemas = c.comma_list(multipart)
    except ParseError:
        schemas = ()
    if not schemas or c.kind not in (END, ";"):
        c.i = begin
        return None
    for parts in schemas:
        if len(parts) == 1 and parts[0].upper() not in _PATHS:
            return ParseError("INVALID_SQL_PATH_SCHEMA_REFERENCE", c.origin(start), qualifiedName=parts[0])
    return AnalysisError("UNSUPPORTED_FEATURE.SET_PATH_WHEN_DISABLED", config=_PATH_ENABLED)


def _time_zone(c: Cursor, start: int) -> str:
    if c.kind in (STRING, ":", "?"):
        return literals.string(c)
    if c.take("LOCAL"):
        return local_zone()
    unit = c.i + 1
    offset = interval(c) if c.kind == "INTERVAL" else None
    if offset is None:
        rest_of(c)
        raise ParseError("_LEGACY_ERROR_TEMP_0045", c.origin(start))
    seconds, rest = divmod(abs(offset.value), 1_000_000)
    if isinstance(offset.type, YearMonthIntervalType) or rest or seconds > 18 * 3600:
        given = c.between(unit, unit + 1).strip("'\"")
        raise ParseError("INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE", c.origin(start), input=given)
    shown = f"{'-' if offset.value < 0 else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{shown}:{seconds % 60:02}" if seconds % 60 else shown


def _reset(c: Cursor) -> Command:
    start = c.i
    c.i += 1
    if c.kind == QUOTED:
        return ResetConf(c.identifier())
    text = rest_of(c)
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


RULES: dict[str, Callable[[Cursor], Command]] = {"SET": _set, "RESET": _reset, "USE": _use}
