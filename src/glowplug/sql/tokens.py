"""Text to tokens, by the lexical rules of Spark SQL.

A token is a kind and a place. The kind is what the parser asks for: a word in upper case (keywords are words like
others: in Spark almost none is reserved), an operator as written, or one of STRING, NUMBER, QUOTED, CODE (`$$ … $$`)
and END.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from glowplug.errors import ParseError
from glowplug.plan.expressions import Origin

STRING, NUMBER, QUOTED, CODE, END = "'text'", "#123", "`name`", "$$", ""  # no symbol is spelled like these

# A number must not run into a word: `1a` is an identifier, `1.a` is 1, dot, a. Bracketed comments nest, which a
# regular expression cannot follow; `comment` finds only their start. `>` is always one token, since types close with
# `>>`; the expression parser joins those of a shift.
_TOKEN = re.compile(
    r"""
      (?P<space>   [ \t\n\f\r\v\u00a0\u1680\u2000-\u200a\u2028\u202f\u205f\u3000]+ | --(?:\\\n|[^\r\n])*)
    | (?P<number>  (?:[0-9]+[LSY] | (?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:E[+-]?[0-9]+)?(?:BD|[DF])?)(?!\w))
    | (?P<string>  '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | R'[^']*' | R"[^"]*")
    | (?P<uri>     [^\W\d_]+://[\w/\-.?=&\#%]+)
    | (?P<word>    \w+)
    | (?P<quoted>  `(?:[^`]|``)*`)
    | (?P<comment> /\*(?!\+))
    | (?P<code>    \$\$.+?\$\$)
    | (?P<symbol>  <=>|/\*\+|\*/|\|>|\|\||<=|<>|<<|>=|!=|!<|!>|==|=>|->|::|.)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_SYNONYMS = {"==": "=", "!=": "<>", "!>": "<=", "!<": ">="}


class Tokens(NamedTuple):
    """Kinds and the places of their first and last characters, in step; the last tokens are END."""

    kinds: list[str]
    starts: list[int]
    stops: list[int]


def tokenize(text: str) -> Tokens:
    """The tokens of `text` without spaces and comments. Hints (`/*+ … */`) are tokens.

    Raises ParseError UNCLOSED_BRACKETED_COMMENT. A character that begins no token becomes a token of its own,
    which no rule accepts.
    """
    kinds: list[str] = []
    starts: list[int] = []
    stops: list[int] = []
    match, position, size = _TOKEN.match, 0, len(text)
    while position < size:
        m = match(text, position)
        assert m is not None  # `symbol` takes any character
        group, end = m.lastgroup, m.end()
        if group == "space":
            position = end
            continue
        if group == "comment":
            position = _after_comment(text, position)
            continue
        if group == "word":
            kinds.append(text[position:end].upper())
        elif group == "symbol":
            symbol = text[position:end]
            kinds.append(_SYNONYMS.get(symbol, symbol))
        elif group == "number":
            kinds.append(NUMBER)
        elif group == "string":
            kinds.append(STRING)
        elif group == "code":
            kinds.append(CODE)
        else:
            kinds.append(QUOTED if group == "quoted" else text[position:end].upper())
        starts.append(position)
        stops.append(end - 1)
        position = end
    # Several, so that the parser may look a few tokens ahead without asking whether they exist.
    kinds += [END] * 4
    starts += [size] * 4
    stops += [size - 1] * 4
    return Tokens(kinds, starts, stops)


def _after_comment(text: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    raise ParseError("UNCLOSED_BRACKETED_COMMENT", Origin(text, start, len(text) - 1))
