"""JSON texts read one by one as Spark's `JacksonParser` reads them, leniences included.

The SQL of `json_rows.py` reads the ordinary records; those that are malformed, do not fit the schema, or are written in
one of the ways that only Jackson takes, come here. `Parser` makes nodes, `Converter` values of a schema.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from glowplug.types import (
    INTEGRAL,
    STRINGS,
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    DataType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    MapType,
    NullType,
    ShortType,
    StructType,
    TimestampType,
    UserDefinedType,
)


@dataclass(frozen=True, slots=True)
class Leniences:
    """What is taken though it is no JSON."""

    comments: bool = False
    single_quotes: bool = True
    unquoted_names: bool = False
    leading_zeros: bool = False
    any_escape: bool = False
    control_characters: bool = False
    non_numbers: bool = True


class Malformed(Exception):
    """A text that is no JSON."""


class Unfit(Exception):
    """A value that is not of the type asked for."""


@dataclass(slots=True)
class Node:
    """`kind`: string, number, boolean, null, object (value: list of (name, Node)), array. `start`, `end`: its text."""

    kind: str
    value: Any
    start: int
    end: int


_SPACE = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\r\n]*", re.S)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_ZEROS = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NON_NUMBER = re.compile(r"NaN|[+-]?INF(?![A-Za-z])|[+-]?Infinity")
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_PLAIN = {q: re.compile(rf"[^{q}\\\x00-\x1f]*") for q in "\"'"}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
SPECIAL = {
    "NaN": math.nan, "+INF": math.inf, "+Infinity": math.inf, "Infinity": math.inf, "-INF": -math.inf,
    "-Infinity": -math.inf,
}  # fmt: skip
_MAX_DEPTH = 900


class Parser:
    """Parses the first value of a text; what follows it is not looked at, as in Spark."""

    def __init__(self, allow: Leniences) -> None:
        self.allow = allow

    def parse(self, text: str) -> Node | None:
        """The value; None for a text of white space. Raises Malformed."""
        self.text, self.depth = text, 0
        at = self._skip(0)
        return self._value(at) if at < len(text) else None

    def _skip(self, at: int) -> int:
        while True:
            at = _SPACE.match(self.text, at).end()  # type: ignore[union-attr]
            m = _COMMENT.match(self.text, at) if self.allow.comments else None
            if m is None:
                return at
            at = m.end()

    def _value(self, at: int) -> Node:
        text, c = self.text, self.text[at : at + 1]
        if c == '"' or (c == "'" and self.allow.single_quotes):
            value, end = self._string(at)
            return Node("string", value, at, end)
        if c == "{":
            return self._object(at)
        if c == "[":
            return self._array(at)
        for word, constant in (("true", True), ("false", False), ("null", None)):
            if text.startswith(word, at) and not text[at + len(word) : at + len(word) + 1].isalnum():
                return Node("null" if constant is None else "boolean", constant, at, at + len(word))
        m = (_ZEROS if self.allow.leading_zeros else _NUMBER).match(text, at)
        if m is None and self.allow.non_numbers:
            m = _NON_NUMBER.match(text, at)
            if m is not None and m[0] not in SPECIAL:
                m = None
        if m is None or (text[m.end() : m.end() + 1] or ",") not in " \t\r\n,]}/#":
            raise Malformed
        return Node("number", m[0], at, m.end())

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Malformed

    def _object(self, start: int) -> Node:
        self._enter()
        fields: list[tuple[str, Node]] = []
        at = self._skip(start + 1)
        if self.text[at : at + 1] != "}":
            while True:
                name, at = self._name(at)
                at = self._skip(at)
                if self.text[at : at + 1] != ":":
                    raise Malformed
                node = self._value(self._skip(at + 1))
                fields.append((name, node))
                at = self._skip(node.end)
                c = self.text[at : at + 1]
                if c == "}":
                    break
                if c != ",":
                    raise Malformed
                at = self._skip(at + 1)
        self.depth -= 1
        return Node("object", fields, start, at + 1)

    def _array(self, start: int) -> Node:
        self._enter()
        items: list[Node] = []
        at = self._skip(start + 1)
        if self.text[at : at + 1] != "]":
            while True:
                items.append(self._value(at))
                at = self._skip(items[-1].end)
                c = self.text[at : at + 1]
                if c == "]":
                    break
                if c != ",":
                    raise Malformed
                at = self._skip(at + 1)
        self.depth -= 1
        return Node("array", items, start, at + 1)

    def _name(self, at: int) -> tuple[str, int]:
        c = self.text[at : at + 1]
        if c == '"' or (c == "'" and self.allow.single_quotes):
            return self._string(at)
        m = _NAME.match(self.text, at) if self.allow.unquoted_names else None
        if m is None:
            raise Malformed
        return m[0], m.end()

    def _string(self, start: int) -> tuple[str, int]:
        quote, text = self.text[start], self.text
        parts: list[str] = []
        at = start + 1
        while True:
            m = _PLAIN[quote].match(text, at)
            parts.append(m[0])  # type: ignore[index]
            at = m.end()  # type: ignore[union-attr]
            c = text[at : at + 1]
            if c == quote:
                joined = "".join(parts)
                return (_joined(joined) if "\\u" in text[start:at] else joined), at + 1
            if c == "\\":
                part, at = self._escape(at)
                parts.append(part)
            elif c and self.allow.control_characters:
                parts.append(c)
                at += 1
            else:
                raise Malformed

    def _escape(self, at: int) -> tuple[str, int]:
        c = self.text[at + 1 : at + 2]
        if c == "u":
            digits = self.text[at + 2 : at + 6]
            if not re.fullmatch("[0-9a-fA-F]{4}", digits):
                raise Malformed
            return chr(int(digits, 16)), at + 6
        if c in _ESCAPES and c:
            return _ESCAPES[c], at + 2
        if c == "'" and self.allow.single_quotes and self.allow.any_escape:
            return c, at + 2
        if c and self.allow.any_escape:
            return c, at + 2
        raise Malformed


def _joined(text: str) -> str:
    """Escaped surrogates as the characters they make in pairs; alone they are a question mark, as in Java."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\ufffd", "?")


# --- values of a schema -------------------------------------------------------------------------------------

# Reads a text as a value of an atomic type: days, microseconds, …; None if it is none.
ReadText = Callable[[str, DataType], Any]


class Converter:
    """Nodes as Python values of types, for Arrow: a struct is a dict of its fields by number (`f0`), see `names`."""

    def __init__(self, text: str, read: ReadText, allow: Leniences) -> None:
        self.text, self.read, self.allow = text, read, allow
        self.bad = False  # whether a part did not fit, and is NULL for that

    def value(self, node: Node, type: DataType) -> Any:
        """The value; parts of structs that do not fit become NULL. Raises Unfit if it does not fit itself."""
        if isinstance(type, UserDefinedType):
            type = type.sql_type
        if node.kind == "null":
            return None
        match type:
            case t if isinstance(t, STRINGS):
                return node.value if node.kind == "string" else self.text[node.start : node.end]
            case StructType() if node.kind == "object":
                return self.struct(node, type)
            case ArrayType(element) if node.kind == "array":
                return [self.value(n, element) for n in node.value]
            case MapType(_, value) if node.kind == "object":
                return list({k: self.value(n, value) for k, n in node.value}.items())
            case BooleanType() if node.kind == "boolean":
                return node.value
            case NullType():
                return None
            case t if isinstance(t, INTEGRAL) and node.kind == "number":
                return _integer(node.value, t)
            case FloatType() | DoubleType():
                return self._float(node)
            case DecimalType(precision, scale):
                return self._decimal(node, precision, scale)
            case BinaryType() if node.kind == "string":
                return _base64(node.value)
            case TimestampType() if node.kind == "number" and re.fullmatch(r"-?\d+", node.value):
                return int(node.value) * 1_000_000
        if node.kind != "string" or not node.value or isinstance(type, (StructType, ArrayType, MapType, *INTEGRAL)):
            raise Unfit
        found = None if isinstance(type, BooleanType) else self.read(node.value, type)
        if found is None:
            raise Unfit
        return found

    def struct(self, node: Node, type: StructType) -> dict[str, Any]:
        values: dict[str, Any] = {f.name: None for f in type.fields}
        types = {f.name: f.type for f in type.fields}
        for name, child in node.value:
            if name in types:
                try:
                    values[name] = self.value(child, types[name])
                except Unfit:
                    values[name], self.bad = None, True
        return values

    def _float(self, node: Node) -> float:
        if node.kind == "number" or (node.kind == "string" and node.value in SPECIAL and self.allow.non_numbers):
            if node.kind == "string" and node.value == "INF":
                raise Unfit
            return SPECIAL[node.value] if node.value in SPECIAL else float(node.value)
        raise Unfit

    def _decimal(self, node: Node, precision: int, scale: int) -> Decimal:
        if node.kind not in ("number", "string"):
            raise Unfit
        text = node.value.replace(",", "") if node.kind == "string" else node.value
        if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII):
            raise Unfit
        try:
            value = Decimal(text)
            if value.adjusted() >= precision - scale:
                raise Unfit
            value = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _CONTEXT)
        except InvalidOperation:
            raise Unfit from None
        if value.adjusted() >= precision - scale and value:
            raise Unfit
        return value


_CONTEXT = Context(prec=80)


def _integer(text: str, type: DataType) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise Unfit
    value = int(text)
    match type:
        case ByteType():
            low, high = -128, 255  # as Jackson: a byte may be written without sign
        case ShortType():
            low, high = -(1 << 15), (1 << 15) - 1
        case IntegerType():
            low, high = -(1 << 31), (1 << 31) - 1
        case _:
            low, high = -(1 << 63), (1 << 63) - 1
    if not low <= value <= high:
        raise Unfit
    return value - 256 if isinstance(type, ByteType) and value > 127 else value


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unfit from None


def rows(parser: Parser, text: str, schema: StructType, read: ReadText) -> list[tuple[dict[str, Any], bool]]:
    """The rows of a record, each with whether it is malformed: one for an object, one for each object of an array."""
    nothing = {f.name: None for f in schema.fields}
    try:
        node = parser.parse(text)
    except (Malformed, RecursionError):
        return [(nothing, True)]
    if node is None:
        return []
    nodes = node.value if node.kind == "array" else [node]
    found, bad = [], False
    for child in nodes:
        if child.kind != "object":
            return [(nothing, True)]
        converter = Converter(text, read, parser.allow)
        found.append(converter.struct(child, schema))
        bad |= converter.bad
    return [(row, bad) for row in found]
