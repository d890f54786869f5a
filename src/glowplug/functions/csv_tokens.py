"""One CSV record's text into its fields, as the parser of Spark (univocity) does, malformed quotes included.

The SQL of `csv.py` splits records without quotes, and those whose quotes are in order; the rest comes here. In the
result None is a field without text, and EMPTY stands for an empty one in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from glowplug.errors import ExecutionError

EMPTY = "\x1e"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`quote`, `escape` and `escape_escape` are one character, or none. `handling` is that of unescaped quotes."""

    separator: str = ","
    quote: str = '"'
    escape: str = "\\"
    escape_escape: str = "\\"
    comment: str = ""
    trim_left: bool = False
    trim_right: bool = False
    handling: str = "STOP_AT_DELIMITER"


class Tokenizer:
    """Splits records. Not for several threads at once."""

    def __init__(self, dialect: Dialect) -> None:
        self.d = dialect
        marks = "".join(re.escape(c) for c in {dialect.quote, dialect.escape, dialect.escape_escape} - {""})
        self._plain = re.compile(f"[^{marks}]+" if marks else "(?s:.+)")

    def _ordinary(self, newline: str) -> re.Pattern[str]:
        """A record whose quotes are in order, for `records`."""
        s, q, e, n = (re.escape(x) for x in (self.d.separator, self.d.quote, self.d.escape, newline))
        if len(self.d.separator) == len(newline) == 1:
            plain = f"[^{s}{q}{n}]*"
        else:
            plain = f"(?:(?!{s})(?!{n})[^{q}])*" if q else f"(?:(?!{s})(?!{n}).)*"
        field = f"(?:{q}[^{q}{e}]*{q}|{plain})" if q else plain
        return re.compile(f"{field}(?:{s}{field})*", re.DOTALL)

    def tokens(self, text: str) -> list[str | None]:
        """The fields of one record."""
        found: list[str | None] = []
        self.text, self.newline = text, ""
        self._record(0, found)
        return found

    def records(self, text: str, start: int, newline: str, last: bool) -> Iterator[tuple[int, int]]:
        """Start and end of each record from `start` on; stops before one that may go on behind the text."""
        size, at = len(text), start
        ordinary = self._ordinary(newline)
        while at < size:
            m = ordinary.match(text, at)
            end = m.end() if m else at
            if end < size and not text.startswith(newline, end):
                self.text, self.newline = text, newline
                end = self._record(at, [])
            if end >= size and not last:
                return
            yield at, end
            at = end + len(newline)

    def _record(self, at: int, found: list[str | None]) -> int:
        """Append the fields of the record at `at`; the index of the newline after it, or the text's end."""
        d, text = self.d, self.text
        width = len(d.separator)
        while True:
            if d.trim_left:
                at = self._skip_blanks(at)
            if self._at_end(at):
                found.append(None)
                return at
            if text.startswith(d.separator, at):
                found.append(None)
                at += width
                continue
            if d.quote and text[at] == d.quote:
                value, at = self._quoted(at)
                found.append(value)
            else:
                end = self._unquoted_end(at)
                value = text[at:end]
                if d.trim_right:
                    value = value.rstrip(_BLANKS)
                found.append(value or None)
                at = end
            if self._at_end(at):
                return at
            at += width

    def _at_end(self, at: int) -> bool:
        return at >= len(self.text) or (self.newline != "" and self.text.startswith(self.newline, at))

    def _skip_blanks(self, at: int) -> int:
        while not self._at_end(at) and self.text[at] <= " " and not self.text.startswith(self.d.separator, at):
            at += 1
        return at

    def _unquoted_end(self, at: int) -> int:
        stop = self.text.find(self.d.separator, at)
        stop = len(self.text) if stop < 0 else stop
        if self.newline:
            line = self.text.find(self.newline, at, stop)
            stop = stop if line < 0 else line
        return stop

    def _quoted(self, start: int) -> tuple[str | None, int]:
        """The field whose opening quote is at `start`, and where it ends."""
        d, text = self.d, self.text
        value: list[str] = []
        at = start + 1
        while True:
            at, closed = self._until_quote(at, value)
            if not closed:
                return "".join(value) or None, at  # never closed: all that is left
            after = self._skip_blanks(at)
            if self._at_end(after) or text.startswith(d.separator, after):
                return "".join(value) or EMPTY, after
            # A quote in the middle that was not escaped.
            match d.handling:
                case "STOP_AT_DELIMITER":
                    end = self._unquoted_end(at)
                    joined = d.quote + "".join(value) + d.quote + text[at:end]
                    return (joined.rstrip(_BLANKS) if d.trim_right else joined), end
                case "SKIP_VALUE":
                    return None, self._unquoted_end(at)
                case "BACK_TO_DELIMITER":
                    pass
                case "RAISE_ERROR":
                    raise ExecutionError("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", badRecord=text)
                case _:
                    value.append(d.quote)

    def _until_quote(self, at: int, value: list[str]) -> tuple[int, bool]:
        """Append what stands before the next unescaped quote; the index after it, and whether there is one."""
        d, text = self.d, self.text
        while at < len(text):
            if plain := self._plain.match(text, at):
                value.append(plain[0])
                at = plain.end()
                continue
            c = text[at]
            following = text[at + 1 : at + 2]
            if c == d.escape and c != d.quote and following == d.quote:
                value.append(d.quote)
                at += 2
            elif c == d.escape_escape and following == d.escape and d.escape and d.escape != d.quote:
                value.append(d.escape)
                at += 2
            elif c == d.quote:
                if d.escape == d.quote and following == d.quote:
                    value.append(d.quote)
                    at += 2
                    continue
                # Of several quotes in a row the last may close the field; the others are text.
                while text[at + 1 : at + 2] == d.quote and d.escape != d.quote:
                    value.append(d.quote)
                    at += 1
                return at + 1, True
            else:
                value.append(c)
                at += 1
        return at, False


_BLANKS = "".join(map(chr, range(33)))
