"""A place in a statement's tokens, and what every rule needs there: look, take, expect, name, fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from glowplug.config import Conf
from glowplug.errors import ParseError, unsupported
from glowplug.identifiers import ENFORCED, RESERVED
from glowplug.plan.expressions import Expression, Literal, Origin, UnresolvedAlias, UnresolvedFunction
from glowplug.plan.names import literal_text
from glowplug.sql.tokens import END, QUOTED, STRING, tokenize
from glowplug.substitution import substitute
from glowplug.types import quote

T = TypeVar("T")
Constant = Callable[[Expression, Origin], tuple[str, ...]]  # the parts of the name that a constant text is
_PLAIN = re.compile(r"[A-Za-z0-9_]+\Z")


def words(text: str) -> frozenset[str]:
    """A set of words, from one text."""
    return frozenset(text.split())


# Words that a table's alias cannot be, since a join or a set operation begins with them.
STRICT = words("ANTI CROSS EXCEPT FULL INNER INTERSECT JOIN LATERAL LEFT MINUS NATURAL ON RIGHT SEMI UNION USING")
# Words that begin a clause after a select item or a table. They are names all the same where no clause can follow.
CLAUSES = STRICT | words(
    "CLUSTER DISTRIBUTE DO FOR FROM GROUP HAVING INSERT LIMIT MAP OFFSET ORDER PIVOT QUALIFY REDUCE SELECT SET SORT "
    "TABLESAMPLE UNPIVOT VERSION WATERMARK WHEN WHERE WINDOW WITH SYSTEM_TIME SYSTEM_VERSION TIMESTAMP"
)
_BY_CLAUSES = words("CLUSTER DISTRIBUTE GROUP ORDER SORT")
_AFTER_NAME = frozenset((END, ",", ")", ";", "FROM"))


@dataclass(frozen=True, slots=True)
class Settings:
    """What in a session changes the meaning of text.

    `time_zone`: of TIMESTAMP literals that name none (spark.sql.session.timeZone).
    `double_quoted_identifiers`: "a" is an identifier (spark.sql.ansi.doubleQuotedIdentifiers).
    `timestamp_ntz`: TIMESTAMP means TIMESTAMP_NTZ (spark.sql.timestampType).
    `escaped_strings`: backslashes in strings stand for themselves (spark.sql.parser.escapedStringLiterals).
    `legacy_setops`: set operations bind alike (spark.sql.legacy.setopsPrecedence.enabled).
    `script_cursors`: scripts may declare cursors (spark.sql.scripting.cursorEnabled).
    `bang_is_not`: `!` stands for NOT in `a ! IN (b)` and its like too (spark.sql.legacy.bangEqualsNot).
    `reserved`: the standard's words are no names (spark.sql.ansi.enforceReservedKeywords).
    `hive`: STORED AS may name Spark's formats (spark.sql.catalogImplementation).
    `conf`: where `${name}` has its values (spark.sql.variable.substitute).
    """

    time_zone: str = "UTC"
    double_quoted_identifiers: bool = False
    timestamp_ntz: bool = False
    escaped_strings: bool = False
    legacy_setops: bool = False
    script_cursors: bool = False
    hive: bool = False
    bang_is_not: bool = False
    reserved: bool = False
    conf: Conf | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, conf: Conf) -> Settings:
        """A session's."""
        return cls(
            conf.time_zone,
            conf.ansi and conf.bool("spark.sql.ansi.doubleQuotedIdentifiers"),
            conf.timestamp_ntz,
            conf.bool("spark.sql.parser.escapedStringLiterals"),
            conf.bool("spark.sql.legacy.setopsPrecedence.enabled"),
            conf.bool("spark.sql.scripting.cursorEnabled"),
            conf.get_option("spark.sql.catalogImplementation") == "hive",
            conf.bool("spark.sql.legacy.bangEqualsNot"),
            conf.ansi and conf.bool(ENFORCED),
            conf,
        )


def is_word(kind: str) -> bool:
    """Whether a token of this kind is an unquoted word."""
    return kind != END and (kind[0].isalnum() or kind[0] == "_")


def as_sql(e: Expression) -> str:
    """The value of a parameter as text."""
    match e:
        case Literal(value, type):
            return literal_text(value, type)
        case UnresolvedAlias(child, (name,)):
            return f"{as_sql(child)} AS {quote(name)}"
        case UnresolvedFunction((name,), args):
            return f"{name}({', '.join(map(as_sql, args))})"
    raise unsupported("a parameter of this kind in a text that is kept")


class Cursor:
    """Reads the tokens of one text from left to right; `i` may be set back.

    `named` and `positional` are the values of parameter markers, which are replaced as they are read.
    """

    __slots__ = (
        "bound",
        "constant",
        "deferred",
        "i",
        "kinds",
        "markers",
        "named",
        "parentheses",
        "path_alias",
        "positional",
        "settings",
        "starts",
        "stops",
        "text",
        "unbound",
    )

    def __init__(
        self,
        text: str,
        settings: Settings,
        named: Mapping[str, Expression] | None = None,
        positional: Sequence[Expression] = (),
        constant: Constant | None = None,
    ) -> None:
        if settings.conf is not None:
            text = substitute(text, settings.conf)
        self.text = text
        self.settings = settings
        self.named = named or {}
        self.positional = positional
        self.constant = constant  # the name that a constant expression is; None: it is read later
        self.deferred = False  # whether such a name was read
        self.unbound = False  # whether markers may be without values: the text is read again when it has them
        self.bound: dict[int, tuple[int, Expression]] = {}  # first token of a marker → past its last, and its value
        self.markers: dict[int, int] = {}  # place of a `?` → which one it is
        self.path_alias: tuple[Expression, str] | None = None  # the last `v:path` read and its column's name
        self.parentheses = (0, 0)  # the last run of opening parentheses looked at: its first, and past its last
        self.kinds, self.starts, self.stops = tokenize(text)
        if settings.double_quoted_identifiers and '"' in text:
            self.kinds = [
                QUOTED if k == STRING and text[s] == '"' else k for k, s in zip(self.kinds, self.starts, strict=True)
            ]
        self.i = 0

    # --- looking and taking ---

    @property
    def kind(self) -> str:
        return self.kinds[self.i]

    def peek(self, ahead: int = 1) -> str:
        """The kind of a token further on."""
        at = self.i + ahead
        return self.kinds[at] if at < len(self.kinds) else END

    def at(self, *kinds: str) -> bool:
        """Whether the next tokens are these, in order."""
        return self.kinds[self.i : self.i + len(kinds)] == list(kinds)

    def take(self, *kinds: str) -> bool:
        """Step over these tokens if they are next, in order."""
        n = len(kinds)
        if n == 1:
            if self.kinds[self.i] != kinds[0]:
                return False
        elif self.kinds[self.i : self.i + n] != list(kinds):
            return False
        self.i += n
        return True

    def negation(self, *before: str) -> bool:
        """Step over NOT, and what it is `before`. Raises SYNTAX_DISCONTINUED.BANG_EQUALS_NOT for a `!` in its place."""
        start = self.i
        if self.kinds[start] not in ("NOT", "!") or self.kinds[start + 1 : start + 1 + len(before)] != list(before):
            return False
        self.i += 1 + len(before)
        if self.kinds[start] == "!" and not self.settings.bang_is_not:
            bang = Origin(self.text, self.starts[start], self.stops[start])
            raise ParseError("SYNTAX_DISCONTINUED.BANG_EQUALS_NOT", bang, clause="!")
        return True

    def take_any(self, *kinds: str) -> str | None:
        """Step over the next token if it is one of these, and tell which."""
        kind = self.kinds[self.i]
        if kind not in kinds:
            return None
        self.i += 1
        return kind

    def expect(self, *kinds: str) -> None:
        """Step over these tokens, or fail at the first other one."""
        for kind in kinds:
            if self.kinds[self.i] != kind:
                missing = is_word(kind) or (self.kind != END and kind in ("(", ")"))
                self.fail(f": missing '{kind}'" if missing else "")
            self.i += 1

    def need(self, kind: str) -> None:
        """As `expect`, where other tokens could stand as well, so that Spark does not say that this one is missing."""
        if self.kinds[self.i] != kind:
            self.fail()
        self.i += 1

    def raw(self) -> str:
        """The text of the next token."""
        return self.text[self.starts[self.i] : self.stops[self.i] + 1]

    def between(self, start: int, end: int) -> str:
        """The text from token `start` up to, not including, token `end`."""
        return self.text[self.starts[start] : self.stops[end - 1] + 1] if end > start else ""

    def written(self, start: int, end: int) -> str:
        """The text from token `start` up to `end` as it is kept: markers give way to their values."""
        parts, at = [], self.starts[start]
        for first, (past, value) in sorted(self.bound.items()):
            if start <= first < end:
                parts += [self.text[at : self.starts[first]], as_sql(value)]
                at = self.stops[past - 1] + 1
        return "".join((*parts, self.text[at : self.stops[end - 1] + 1]))

    # --- repetition ---

    def comma_list(self, rule: Callable[[Cursor], T]) -> tuple[T, ...]:
        """`rule (, rule)*`"""
        first = rule(self)
        if self.kinds[self.i] != ",":
            return (first,)
        items = [first]
        while self.take(","):
            items.append(rule(self))
        return tuple(items)

    def parenthesised(self, rule: Callable[[Cursor], T]) -> T:
        """`( rule )`"""
        self.expect("(")
        result = rule(self)
        self.expect(")")
        return result

    def paren_list(self, rule: Callable[[Cursor], T]) -> tuple[T, ...]:
        """`( rule (, rule)* )`"""
        self.expect("(")
        items = self.comma_list(rule)
        self.need(")")
        return items

    # --- names ---

    def at_identifier(self) -> bool:
        kind = self.kinds[self.i]
        return kind == QUOTED or (is_word(kind) and not self.reserved(kind))

    def reserved(self, kind: str) -> bool:
        return self.settings.reserved and kind in RESERVED

    def identifier(self, standard: bool = False) -> str:
        """One name, its quotes removed. Raises INVALID_IDENTIFIER for what must be quoted, letters beyond ASCII.
        `standard`: it may be a reserved word."""
        kind = self.kinds[self.i]
        raw = self.raw()
        if kind == QUOTED:
            self.i += 1
            return raw[1:-1].replace(raw[0] * 2, raw[0])
        if not is_word(kind) or (self.reserved(kind) and not standard):
            self.fail()
        if kind == "IDENTIFIER" and self.peek() == "(" and self.peek(2) in (STRING, ":", "?"):
            from glowplug.sql.names import identifier_clause

            parts = identifier_clause(self)
            if len(parts) != 1:
                raise ParseError(
                    "IDENTIFIER_TOO_MANY_NAME_PARTS",
                    self.origin(self.i - 1),
                    identifier=".".join(map(quote, parts)),
                    limit=1,
                )
            return parts[0]
        if not _PLAIN.match(raw):
            raise ParseError("INVALID_IDENTIFIER", self.here(), ident=raw)
        self.i += 1
        return raw

    def name(self) -> str:
        """A name where no expression can follow, so that `a-b` is a mistake and not a difference."""
        start = self.i
        result = self.identifier()
        if self.kinds[self.i] == "-":
            if not is_word(self.peek()):
                self.fail_at(self.i + 1)
            minus = self.i
            while self.kinds[self.i] == "-" and is_word(self.peek()):
                self.i += 2
            ident = self.between(start, self.i)
            raise ParseError(
                "INVALID_IDENTIFIER", Origin(self.text, self.starts[minus], self.stops[minus]), ident=ident
            )
        return result

    def names(self) -> tuple[str, ...]:
        """`(a, b, …)`"""
        return self.paren_list(Cursor.name)

    def alias(self, strict: bool) -> str | None:
        """`[AS] name`, or None. `strict`: of a table, which may not be named by a word that joins begin with."""
        kind, after = self.kinds[self.i], self.peek()
        if kind == "AS":
            named = after == QUOTED or (is_word(after) and not (strict and after in STRICT))
            if self.settings.reserved or (named and (strict or after != "FROM" or self.peek(2) in _AFTER_NAME)):
                self.i += 1
            return self.name()  # or `AS` is the name itself: `SELECT a AS FROM t`
        if kind != QUOTED:
            if not is_word(kind) or (strict and kind in STRICT) or after == "NEAREST" or self.reserved(kind):
                return None
            begins = kind in CLAUSES and kind != "USING" and (kind not in _BY_CLAUSES or after == "BY")
            if begins and after not in _AFTER_NAME:
                return None
        return self.name()

    # --- places and failures ---

    def origin(self, start: int) -> Origin:
        """From token `start` up to the last token taken."""
        return Origin(self.text, self.starts[start], self.stops[self.i - 1])

    def here(self) -> Origin:
        """The next token."""
        return Origin(self.text, self.starts[self.i], max(self.stops[self.i], self.starts[self.i]))

    def fail(self, hint: str = "") -> NoReturn:
        """Raise PARSE_SYNTAX_ERROR at the next token."""
        error = "end of input" if self.kinds[self.i] == END else f"'{self.raw()}'"
        raise ParseError("PARSE_SYNTAX_ERROR", self.here(), error=error, hint=hint)

    def fail_at(self, i: int, hint: str = "") -> NoReturn:
        self.i = i
        self.fail(hint)

    def end(self) -> None:
        """Nothing but semicolons may be left."""
        while self.take(";"):
            pass
        if self.kinds[self.i] != END:
            # Spark's parser says so where the text would be right without this one token.
            single = self.peek() == END or (self.i > 0 and self.kinds[self.i - 1] == ";")
            self.fail(f": extra input '{self.raw()}'" if single and not self.reserved(self.kind) else "")
