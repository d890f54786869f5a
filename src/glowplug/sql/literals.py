"""Constants as they are written: strings, numbers, typed literals.

Source of the rules: https://spark.apache.org/docs/latest/sql-ref-literals.html
"""

from __future__ import annotations

import re
import struct
import sys
from datetime import UTC
from decimal import Decimal, InvalidOperation
from functools import partial

from glowplug import datetimes
from glowplug.civil import MICROS_PER_DAY
from glowplug.errors import AnalysisError, ArithmeticFailure, ParseError
from glowplug.plan.expressions import Expression, Literal, Origin
from glowplug.sql.cursor import Cursor
from glowplug.sql.intervals import typed_interval
from glowplug.sql.tokens import NUMBER, STRING
from glowplug.types import (
    BINARY,
    BYTE,
    DATE,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    MAX_PRECISION,
    NULL,
    SHORT,
    TIME,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    DataType,
    DecimalType,
    sql_name,
)

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[01][0-7]{2}|.)", re.DOTALL)
_ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_SUFFIXES: dict[str, DataType] = {"L": LONG, "S": SHORT, "Y": BYTE, "F": FLOAT, "D": DOUBLE}
_RANGES: dict[DataType, tuple[int | float, int | float]] = {
    BYTE: (-(2**7), 2**7 - 1),
    SHORT: (-(2**15), 2**15 - 1),
    INT: (-(2**31), 2**31 - 1),
    LONG: (-(2**63), 2**63 - 1),
    FLOAT: (-3.4028234663852886e38, 3.4028234663852886e38),
    DOUBLE: (-1.7976931348623157e308, 1.7976931348623157e308),
}


def string_token(c: Cursor, *, value: bool = False) -> str:
    """The text of the one string token that is next; of a `value`, a raw one too is cut as Spark cuts it where
    backslashes stand for themselves: at its first and last character."""
    token = c.raw()
    c.i += 1
    return token[1:-1] if value and c.settings.escaped_strings else unquote(token)


def unquote(token: str) -> str:
    """The value of a string token: raw (`r'…'`), or with escapes and doubled quotes replaced."""
    if token[0] in "rR":
        return token[2:-1]
    quote, body = token[0], token[1:-1]
    if "\\" not in body:
        return body.replace(quote * 2, quote) if quote in body else body
    # Split at escapes first: a doubled quote after a backslash is an escape and a quote.
    pieces, last = [], 0
    for m in _ESCAPE.finditer(body):
        pieces += [body[last : m.start()].replace(quote * 2, quote), _unescape(m[1])]
        last = m.end()
    text = "".join(pieces) + body[last:].replace(quote * 2, quote)
    # Java's strings are UTF-16: two escaped halves make one character.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _unescape(code: str) -> str:
    if len(code) == 1:
        return _ESCAPED.get(code, code)
    if code[0] in "uU":
        point = int(code[1:], 16)
        return chr(point) if point < 0x110000 else "\ufffd"
    return chr(int(code, 8))


def string(c: Cursor, *, value: bool = False) -> str:
    """A string where one must stand, an expression's `value` or not: adjacent literals are joined; a parameter marker
    may give it."""
    pieces = []
    while True:
        if c.kind == STRING:
            pieces.append(string_token(c, value=value))
        elif c.kind in (":", "?"):
            start = c.i
            given = parameter(c)
            if not isinstance(given, Literal) or not isinstance(given.value, str):
                c.fail_at(start)
            pieces.append(given.value)
        elif pieces:
            return "".join(pieces)
        else:
            c.fail()


def integer(c: Cursor) -> int:
    """A non-negative integer where one must stand; a parameter marker may give it."""
    if c.kind in (":", "?"):
        start = c.i
        value = parameter(c)
        if isinstance(value, Literal) and type(value.value) is int:
            return value.value
        c.fail_at(start)
    if c.kind != NUMBER or not c.raw().isdigit() or len(c.raw().lstrip("0")) > 10:
        c.fail()
    c.i += 1
    return int(c.between(c.i - 1, c.i))


def parameter(c: Cursor) -> Expression:
    """The value of the marker `:name` or `?`. Raises UNBOUND_SQL_PARAMETER if none was given."""
    start = c.i
    if c.take("?"):
        # Numbered by place, since the parser may read one twice.
        index = c.markers.setdefault(start, len(c.markers))
        if index < len(c.positional):
            c.bound[start] = (c.i, c.positional[index])
            return c.positional[index]
        if c.unbound:
            return Literal(None, NULL)
        if c.bound and not c.positional:
            raise AnalysisError("INVALID_QUERY_MIXED_QUERY_PARAMETERS")
        raise AnalysisError("UNBOUND_SQL_PARAMETER", c.origin(start), name=f"_{c.starts[start]}")
    c.expect(":")
    name = c.identifier()
    if name in c.named:
        c.bound[start] = (c.i, c.named[name])
        return c.named[name]
    if c.unbound:
        return Literal(None, NULL)
    raise AnalysisError("UNBOUND_SQL_PARAMETER", c.origin(start), name=name)


def number(c: Cursor, negative: bool = False) -> Literal:
    """A numeric literal; with `negative` the minus before it, which is part of the value, was taken already."""
    origin = Origin(c.text, c.starts[c.i - 1 if negative else c.i], c.stops[c.i])
    raw = ("-" if negative else "") + c.raw().upper()
    c.i += 1
    if raw.endswith("BD"):
        return decimal_literal(raw[:-2], origin)
    if raw[-1] in _SUFFIXES:
        return _in_range(raw[:-1], _SUFFIXES[raw[-1]], origin)
    if "E" in raw:
        return _in_range(raw, DOUBLE, origin)
    if "." in raw:
        return decimal_literal(raw, origin)
    value = Decimal(raw)
    for type in (INT, LONG):
        low, high = _RANGES[type]
        if low <= value <= high:
            return Literal(int(value), type)
    return decimal_literal(raw, origin)


def _exact(raw: str) -> Decimal:
    """The number; infinite or zero where the exponent is beyond what can be computed with."""
    try:
        return Decimal(raw)
    except InvalidOperation:
        return Decimal("0") if "E-" in raw.upper() else Decimal("-Infinity" if raw[0] == "-" else "Infinity")


def _in_range(raw: str, type: DataType, origin: Origin) -> Literal:
    low, high = _RANGES[type]
    exact = _exact(raw)
    if not low <= exact <= high:
        raise ParseError(
            "INVALID_NUMERIC_LITERAL_RANGE",
            origin,
            rawStrippedQualifier=raw.lower().lstrip("-"),
            typeName=sql_name(type).lower(),
            minValue=_java(low),
            maxValue=_java(high),
        )
    if type in (FLOAT, DOUBLE):
        value = float(raw)
        return Literal(struct.unpack("f", struct.pack("f", value))[0] if type == FLOAT else value, type)
    return Literal(int(raw), type)


def _java(bound: int | float) -> str:
    return repr(bound).replace("e+", "E+") if isinstance(bound, float) else str(bound)


def decimal_literal(raw: str, origin: Origin) -> Literal:
    """A decimal with the precision and scale of its digits: 1.0 is decimal(2,1), 0.00 is decimal(2,2)."""
    value = _exact(raw)
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):  # infinite
        digits, exponent = (1,), sys.maxsize
    precision, scale = len(digits), max(-exponent, 0)
    if exponent > 0:
        precision += exponent
    precision = max(precision, scale)
    if precision > MAX_PRECISION:
        raise ArithmeticFailure(
            "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", origin, precision=precision, maxPrecision=MAX_PRECISION
        )
    if exponent > 0:
        value = Decimal(int(value))
    return Literal(value, DecimalType(precision, scale))


# --- typed literals ----------------------------------------------------------------------------------


def typed_literal(c: Cursor) -> Literal:
    """`DATE '…'`, `X'…'` and the like; the cursor is at the type's name, the string follows.

    Raises INVALID_TYPED_LITERAL and UNSUPPORTED_TYPED_LITERAL.
    """
    start, name = c.i, c.kind
    c.i += 1
    text = string_token(c)
    origin = c.origin(start)
    if name == "INTERVAL":
        return typed_interval(text, origin)
    if name == "X":
        digits = text if len(text) % 2 == 0 else "0" + text
        if re.fullmatch(r"[0-9a-fA-F]*", digits):
            return Literal(bytes.fromhex(digits), BINARY)
    elif name in _TEMPORAL:
        literal = _temporal(name, text, c)
        if literal is not None:
            return literal
    else:
        supported = ", ".join(f'"{t}"' for t in (*_TEMPORAL, "INTERVAL", "X"))
        raise ParseError("UNSUPPORTED_TYPED_LITERAL", origin, unsupportedType=f'"{name}"', supportedTypes=supported)
    raise ParseError("INVALID_TYPED_LITERAL", origin, valueType=f'"{name}"', value=f"'{text}'")


_TEMPORAL = ("DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP", "TIME")
_SPECIAL_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}


def _temporal(name: str, text: str, c: Cursor) -> Literal | None:
    zone = c.settings.time_zone
    special = text.strip().lower()
    if name == "TIMESTAMP" and c.settings.timestamp_ntz and not datetimes.names_zone(text):
        name = "TIMESTAMP_NTZ"
    if special in ("epoch", "now", *_SPECIAL_DAYS) and name != "TIME":
        return _special(name, special, zone)
    type, read = {
        "DATE": (DATE, datetimes.parse_date),
        "TIME": (TIME, _nanos),
        "TIMESTAMP_NTZ": (TIMESTAMP_NTZ, datetimes.parse_timestamp_ntz),
    }.get(name, (TIMESTAMP, partial(datetimes.parse_timestamp, zone=zone)))
    value = read(text)
    return None if value is None else Literal(value, type)


def _nanos(text: str) -> int | None:
    micros = datetimes.parse_time(text)
    return None if micros is None else micros * 1000


def _special(name: str, word: str, zone: str) -> Literal | None:
    """`epoch`, `now`, `today`, `tomorrow`, `yesterday`, in the session's time zone."""
    now = datetimes.parse_timestamp("1970-01-01", "UTC") if word == "epoch" else datetimes.now_micros()
    assert now is not None
    where = datetimes.zone_of(zone) or UTC
    local = now if word == "epoch" else now + datetimes.offset_at(now, where)
    day = local // MICROS_PER_DAY + _SPECIAL_DAYS.get(word, 0)
    if name == "DATE":
        return Literal(day, DATE)
    midnight = day * MICROS_PER_DAY
    if name == "TIMESTAMP_NTZ":
        return Literal(midnight if word in _SPECIAL_DAYS else local, TIMESTAMP_NTZ)
    return Literal(midnight - datetimes.offset_of_local(midnight, where) if word in _SPECIAL_DAYS else now, TIMESTAMP)
