"""Names as users write them: `a.b`, `` `a.b` ``, `` catalog.`my table` ``. Two grammars, both Spark's.

An identifier of a table, view or function follows the SQL lexer: space and comments may stand between its parts,
and a part outside backquotes is letters, digits and underscores. The name of a DataFrame's column takes any
character but dots and backquotes for itself.
"""

from __future__ import annotations

import re

from glowplug.errors import AnalysisError, ParseError
from glowplug.plan.expressions import Origin

# The words of the SQL standard that are no names without quotes where `spark.sql.ansi.enforceReservedKeywords` is set.
ENFORCED = "spark.sql.ansi.enforceReservedKeywords"
RESERVED = frozenset((
    "ALL", "AND", "ANY", "AS", "AUTHORIZATION", "BOTH", "CALL", "CASE", "CAST", "CHECK", "COLLATE", "COLLATION",
    "COLLATIONS", "COLUMN", "CONSTRAINT", "CREATE", "CROSS", "CURRENT_DATE", "CURRENT_PATH", "CURRENT_SCHEMA",
    "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "DISTINCT", "ELSE", "END", "ESCAPE", "EXCEPT", "EXECUTE",
    "FALSE", "FETCH", "FILTER", "FOR", "FOREIGN", "FROM", "FULL", "GRANT", "GROUP", "HAVING", "IN", "INNER",
    "INTERSECT", "INTO", "IS", "JOIN", "LATERAL", "LEADING", "LEFT", "NATURAL", "NOT", "NULL", "OFFSET", "ON", "ONLY",
    "OR", "ORDER", "OUTER", "OVERLAPS", "PRIMARY", "RECURSIVE", "REFERENCES", "RIGHT", "SELECT", "SESSION_USER",
    "SOME", "SQL", "TABLE", "THEN", "TIME", "TO", "TRAILING", "UNION", "UNIQUE", "UNKNOWN", "USER", "USING", "WHEN",
    "WHERE", "WITH", "WITHIN",
))  # fmt: skip
_ATTRIBUTE_PART = re.compile(r"(?:`((?:[^`]|``)*)`|([^`.]+))(\.|\Z)")
_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\r\n]*|/\*.*?\*/)|`(?P<quoted>(?:[^`]|``)*)`|(?P<word>\w+(?:-\w+)*)|(?P<dot>\.)|(?P<other>.)",
    re.DOTALL,
)
# What the lexer takes for a number though it is letters and digits: 1, 1L, 1e5, 2BD.
_NUMBER = re.compile(r"\d+(?:[LSY]|(?:E\d+)?(?:F|D|BD)?)", re.ASCII | re.IGNORECASE)


def parse_attribute_name(name: str) -> tuple[str, ...]:
    """The parts of a column's name as in `df["a.b"]`. Fails with INVALID_ATTRIBUTE_NAME_SYNTAX."""
    if "." not in name and "`" not in name:
        return (name,)
    parts: list[str] = []
    position = 0
    while found := _ATTRIBUTE_PART.match(name, position):
        quoted, plain, end = found.groups()
        parts.append(plain if quoted is None else quoted.replace("``", "`"))
        position = found.end()
        if not end:
            return tuple(parts)
    raise AnalysisError("INVALID_ATTRIBUTE_NAME_SYNTAX", name=name)


def parse_identifier(text: str) -> tuple[str, ...]:
    """The parts of a table's, view's or function's name.

    Fails with PARSE_SYNTAX_ERROR, PARSE_EMPTY_STATEMENT, or INVALID_IDENTIFIER for a part that needs backquotes.
    """
    parts: list[str] = []
    wanted = True  # a part, not a dot
    for token in _TOKEN.finditer(text):
        origin = Origin(text, token.start(), token.end() - 1)
        word, quoted = token["word"], token["quoted"]
        if token["space"]:
            continue
        if wanted and quoted is not None:
            parts.append(quoted.replace("``", "`"))
        elif wanted and word and not _NUMBER.fullmatch(word):
            if not word.isascii() or "-" in word:
                raise ParseError("INVALID_IDENTIFIER", origin, ident=word)
            parts.append(word)
        elif wanted or not token["dot"]:
            hint = "" if wanted else f": extra input '{token[0]}'"
            raise ParseError("PARSE_SYNTAX_ERROR", origin, error=f"'{token[0]}'", hint=hint)
        wanted = not wanted
    if not parts:
        raise ParseError("PARSE_EMPTY_STATEMENT")
    if wanted:
        raise ParseError("PARSE_SYNTAX_ERROR", Origin(text, len(text), len(text)), error="end of input", hint="")
    return tuple(parts)


def parse_view_name(text: str) -> tuple[str, ...]:
    """The name that a program gives a temporary view. Raises _LEGACY_ERROR_TEMP_1321."""
    try:
        return parse_identifier(text)
    except ParseError:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1321", viewName=text) from None
