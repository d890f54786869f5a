"""JSON texts as values and back, as Spark's parser (Jackson) reads them and its generator writes them.

A value is None, True, False, `str`, `Whole`, `Fraction` (a number as it is written), `list`, or `Object` (names with
values in order, duplicates kept). `read` gives the first value of a text and ignores what follows, as Spark does.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from glowplug.plan.names import double_text
from glowplug.types import DOUBLE

MAX_DEPTH = 1000


class Malformed(ValueError):
    """The text is not JSON."""


class Whole(str):
    """A number without point and exponent."""

    __slots__ = ()


class Fraction(str):
    """A number with a point or an exponent; `NaN` and the infinities, where they are allowed."""

    __slots__ = ()


class Object(list[tuple[str, Any]]):
    """An object's members in the order of the text."""

    __slots__ = ("span",)
    span: tuple[int, int]


class Array(list[Any]):
    """An array with its place in the text, where that is asked for."""

    __slots__ = ("span",)
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Leniency:
    """What is read besides standard JSON. Names are Spark's options'."""

    single_quotes: bool = True
    unquoted_names: bool = False
    comments: bool = False
    leading_zeros: bool = False
    non_numeric: bool = True
    any_escape: bool = False
    control_characters: bool = False


STRICT = Leniency(single_quotes=False, non_numeric=False)
USUAL = Leniency(non_numeric=False)  # of functions without options


def _no_constant(text: str) -> Any:
    raise Malformed(text)


@cache
def _decoder(non_numeric: bool) -> json.JSONDecoder:
    constant = Fraction if non_numeric else _no_constant
    return json.JSONDecoder(parse_float=Fraction, parse_int=Whole, parse_constant=constant, object_pairs_hook=Object)


_BLANK = re.compile(r"[ \t\r\n]*")
_SPACES = " \t\r\n"
_WORD_PART = re.compile(r"[\w$]")


def read(text: str, leniency: Leniency = USUAL, as_written: bool = False) -> Any:
    """The first value of a text. Malformed if it has none, or one deeper than `MAX_DEPTH`.

    `as_written`: numbers are the text's, and objects and arrays have their place in it as `span`.
    """
    start = _BLANK.match(text).end()  # type: ignore[union-attr]
    if start == len(text):
        raise Malformed(text)
    if not leniency.control_characters and not as_written:
        try:
            value, end = _decoder(leniency.non_numeric).raw_decode(text, start)
            if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(value):
                raise Malformed(text)
            if _ended(value, text, end):
                return value
            if leniency == STRICT:
                raise Malformed(text)
        except RecursionError:  # by Python, though not by Spark
            pass
        except ValueError:
            if leniency == STRICT:
                raise Malformed(text) from None
    reader = _Reader(text, leniency, as_written)
    try:
        value = reader.value()
    except IndexError:
        raise Malformed(text) from None
    if not _ended(value, text, reader.at):
        raise Malformed(text)
    return value


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        inside = ((m for _, m in v) if isinstance(v, Object) else v for v in level if isinstance(v, list))
        level = [x for children in inside for x in children]
        if not level:
            return False
    return any(isinstance(v, list) for v in level)


def too_deep(text: bytes) -> bool:
    """The same of a text of standard JSON, in UTF-8, that has not been read."""
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return False
    codes = np.frombuffer(_QUOTED.sub(b"", text), np.uint8)
    levels = np.cumsum(_STEPS.take(codes), dtype=np.int64)
    return bool((levels > MAX_DEPTH).any())


_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
_STEPS = np.zeros(256, np.int8)  # of each byte, how many levels deeper what follows is
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1


def _ended(value: Any, text: str, end: int) -> bool:
    """Whether a value of its own ends there: a number before a space, a word before what is no part of it."""
    after = text[end : end + 1]
    if isinstance(value, (Whole, Fraction)):
        return after in _SPACES  # also if nothing is after it
    return not (value is None or isinstance(value, bool)) or not _WORD_PART.match(after)


_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z_.])")
_ZEROS = re.compile(r"-?([0-9]+)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z_.])")
_SPECIAL = re.compile(r"(?:NaN|[+-]INF|[+-]?Infinity)(?![\w$])")
_WORDS = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"(true|false|null)(?![\w$])")
_NAME = re.compile(r"[\w$@#*+-]+")
_SKIPPED = re.compile(r"(?:[ \t\r\n]+|/\*.*?\*/|//[^\r\n]*)*", re.S)
_CLOSING = {"{": "}", "[": "]"}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class _Reader:
    """Reads what the standard decoder refuses."""

    def __init__(self, text: str, leniency: Leniency, as_written: bool) -> None:
        self.text, self.l, self.at, self.as_written = text, leniency, 0, as_written
        self.blank = _SKIPPED if leniency.comments else _BLANK
        self.chunk = re.compile(r'[^"\\]*' if leniency.control_characters else r'[^"\\\x00-\x1f]*')
        self.single = re.compile(r"[^'\\]*" if leniency.control_characters else r"[^'\\\x00-\x1f]*")

    def skip(self) -> str:
        self.at = self.blank.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def value(self) -> Any:
        """The value that begins here. What is open waits on a stack, as Python's own would end before Spark's does."""
        opened: list[Object | Array] = []
        names: list[str] = []  # of the members that are open
        while True:
            c = self.skip()
            if c in ("{", "["):
                begin = self.at
                self.at += 1
                if len(opened) == MAX_DEPTH:
                    raise Malformed(self.text)
                value: Any = Object() if c == "{" else Array()
                value.span = begin, begin + 1
                if self.skip() != _CLOSING[c]:
                    opened.append(value)
                    if c == "{":
                        names.append(self.member())
                    continue
                self.at += 1
                value.span = begin, self.at
            else:
                value = self.scalar(c)
            while opened:
                container = opened[-1]
                member = isinstance(container, Object)
                container.append((names.pop(), value) if member else value)
                if not self._ends("}" if member else "]"):
                    if member:
                        names.append(self.member())
                    break
                value = opened.pop()
                value.span = value.span[0], self.at
            else:
                return value

    def scalar(self, c: str) -> Any:
        if c == '"' or (c == "'" and self.l.single_quotes):
            return self.string(c)
        if m := _WORD.match(self.text, self.at):
            self.at = m.end()
            return _WORDS[m[1]]
        if m := (_ZEROS if self.l.leading_zeros else _NUMBER).match(self.text, self.at):
            self.at = m.end()
            digits = m[0] if self.as_written or not self.l.leading_zeros else re.sub(r"^(-?)0+(?=[0-9])", r"\1", m[0])
            return Fraction(digits) if m[2] or m[3] else Whole(digits)
        if self.l.non_numeric and (m := _SPECIAL.match(self.text, self.at)):
            self.at = m.end()
            return Fraction(m[0])
        raise Malformed(self.text)

    def member(self) -> str:
        """A name, and what stands between it and its value."""
        name = self.name()
        if self.skip() != ":":
            raise Malformed(self.text)
        self.at += 1
        return name

    def _ends(self, close: str) -> bool:
        c = self.skip()
        if c not in (",", close) or not c:
            raise Malformed(self.text)
        self.at += 1
        return c == close

    def name(self) -> str:
        c = self.skip()
        if c == '"' or (c == "'" and self.l.single_quotes):
            return self.string(c)
        if self.l.unquoted_names and (m := _NAME.match(self.text, self.at)):
            self.at = m.end()
            return m[0]
        raise Malformed(self.text)

    def string(self, quote: str) -> str:
        chunk, parts = self.chunk if quote == '"' else self.single, []
        self.at += 1
        while True:
            m = chunk.match(self.text, self.at)
            parts.append(m[0])  # type: ignore[index]
            self.at = m.end()  # type: ignore[union-attr]
            c = self.text[self.at : self.at + 1]
            if c == quote:
                self.at += 1
                return _joined("".join(parts))
            if c != "\\":
                raise Malformed(self.text)
            parts.append(self.escape())

    def escape(self) -> str:
        c = self.text[self.at + 1]
        self.at += 2
        if c == "u":
            digits = self.text[self.at : self.at + 4]
            if not re.fullmatch("[0-9A-Fa-f]{4}", digits):
                raise Malformed(self.text)
            self.at += 4
            return chr(int(digits, 16))
        if c in _ESCAPES:
            return _ESCAPES[c]
        if self.l.any_escape or (c == "'" and self.l.single_quotes):
            return c
        raise Malformed(self.text)


def _joined(text: str) -> str:
    """Pairs of surrogates, each from an escape of its own, as characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") if not text.isascii() else text


def clean(text: str) -> str:
    """A text that can be UTF-8: halves of characters become question marks, as in Java."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


HALF = re.compile("[\ud800-\udfff]")  # of a character, whose other half is missing


_in_quotes = json.JSONEncoder(ensure_ascii=False).encode
_LOW = re.compile(r"\\(?:u00[0-9a-f]{2}|.)")  # an escape, so that none is found inside another


def quoted(text: str) -> str:
    """A text as a JSON string, escaped as Jackson does."""
    written = _in_quotes(text)
    if not written.isascii():
        written = HALF.sub(lambda m: f"\\u{ord(m[0]):04X}", written)
    return (
        _LOW.sub(lambda m: "\\u" + m[0][2:].upper() if len(m[0]) > 2 else m[0], written)
        if "\\u" in written
        else written
    )


def number_text(n: str) -> str:
    """A number as it is written back: integers unchanged, others as Java prints a double, what is none in quotes."""
    if not isinstance(n, Fraction):
        return str(n)
    text = double_text(float(n), DOUBLE)
    return text if text[-1].isdigit() else f'"{text}"'


def write(value: Any) -> str:
    """A value as compact JSON, however deep it is."""
    parts: list[str] = []
    rest: list[tuple[str, Any]] = [("", value)]  # what is still to be written, the next one last: a text, and a value
    while rest:
        before, v = rest.pop()
        parts.append(before)
        if v is _NOTHING:
            continue
        if not isinstance(v, list):
            parts.append(_atom_text(v))
        elif isinstance(v, Object):
            members = [(f"{',' if i else '{'}{quoted(k)}:", m) for i, (k, m) in enumerate(v)]
            rest += [("}" if v else "{}", _NOTHING), *reversed(members)]
        else:
            items = [("," if i else "[", e) for i, e in enumerate(v)]
            rest += [("]" if v else "[]", _NOTHING), *reversed(items)]
    return "".join(parts)


_NOTHING = object()


def _atom_text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, (Whole, Fraction)) else quoted(value)


def as_text(value: Any) -> str | None:
    """A value where a string is wanted: a string's text, else JSON; None for null."""
    if value is None:
        return None
    if isinstance(value, str) and not isinstance(value, (Whole, Fraction)):
        return clean(value)
    return write(value)
