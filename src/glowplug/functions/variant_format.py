"""Spark's binary form of variants: a value and the dictionary (metadata) of the names in it.

Source: the Variant Binary Encoding specification of Apache Parquet. A decoded value is None, bool, int, float,
`Single`, Decimal, str, bytes, `Days`, `Instant`, `WallClock`, `Uuid`, `list`, or `Members` (names with values).
"""

from __future__ import annotations

import base64
import decimal
import math
import struct
from typing import Any
from uuid import UUID

from glowplug.errors import RuntimeFailure
from glowplug.functions.json_texts import Fraction, Object, Whole, clean, quoted
from glowplug.plan.names import double_text
from glowplug.types import DOUBLE, FLOAT

Pair = tuple[bytes, bytes]
_CONTEXT = decimal.Context(prec=80)


class Days(int):
    """A date: days since the epoch."""


class Instant(int):
    """Microseconds since the epoch."""


class WallClock(int):
    """Microseconds since 1970-01-01 00:00 of the wall clock."""


class Single(float):
    """A float of 32 bits."""


class Members(list[tuple[str, Any]]):
    """An object's members, by name in the order of the value."""


class DuplicateName(ValueError):
    """A name occurs twice in an object."""


def sort_key(name: str) -> bytes:
    """Names are ordered as Java orders strings: by UTF-16 code units."""
    return name.encode("utf-16-be", "surrogatepass")


# --- writing --------------------------------------------------------------------------------------------


def from_json_value(value: Any) -> Pair:
    """A variant of a JSON value (`json_texts`). DuplicateName for a name that comes twice in an object."""
    return encode(_plain(value))


def _plain(value: Any) -> Any:
    match value:
        case Object():
            return Members((clean(k), _plain(v)) for k, v in value)
        case list():
            return [_plain(v) for v in value]
        case Whole() | Fraction():
            return _number(value)
        case str():
            return clean(value)
    return value


def _number(text: str) -> int | float | decimal.Decimal:
    """Whole numbers and plain decimals exactly while they have at most 38 digits, all else as a double."""
    if isinstance(text, Whole) and len(text) < 25 and -(1 << 63) <= int(text) < 1 << 63:
        return int(text)
    if not set(text) - set("-.0123456789"):
        value = decimal.Decimal(text)
        _, digits, exponent = value.as_tuple()
        if len(digits) <= 38 and int(exponent) >= -38:
            return value
    return float(text)


def encode(value: Any) -> Pair:
    """The value and its metadata."""
    names: dict[str, int] = {}
    data = _encode(value, names)
    texts = [n.encode() for n in names]
    width = _width(max(sum(map(len, texts)), len(texts)))
    out = bytearray([1 | (width - 1) << 6])
    out += len(texts).to_bytes(width, "little")
    at = 0
    for text in texts:
        out += at.to_bytes(width, "little")
        at += len(text)
    out += at.to_bytes(width, "little")
    return bytes(data), bytes(out) + b"".join(texts)


def _width(n: int) -> int:
    return 1 if n <= 0xFF else 2 if n <= 0xFFFF else 3 if n <= 0xFFFFFF else 4


def _encode(value: Any, names: dict[str, int]) -> bytes:
    match value:
        case None:
            return b"\x00"
        case bool():
            return b"\x04" if value else b"\x08"
        case Days():
            return _primitive(11, struct.pack("<i", value))
        case Instant():
            return _primitive(12, struct.pack("<q", value))
        case WallClock():
            return _primitive(13, struct.pack("<q", value))
        case int():
            width = next(w for w in (1, 2, 4, 8) if -(1 << (8 * w - 1)) <= value < 1 << (8 * w - 1))
            return _primitive({1: 3, 2: 4, 4: 5, 8: 6}[width], value.to_bytes(width, "little", signed=True))
        case Single():
            return _primitive(14, struct.pack("<f", value))
        case float():
            return _primitive(7, struct.pack("<d", value))
        case decimal.Decimal():
            return _encode_decimal(value)
        case bytes() | bytearray():
            return _primitive(15, struct.pack("<I", len(value)) + bytes(value))
        case UUID():
            return _primitive(20, value.bytes)
        case str():
            text = value.encode()
            if len(text) < 64:
                return bytes([len(text) << 2 | 1]) + text
            return _primitive(16, struct.pack("<I", len(text)) + text)
        case Members():
            return _encode_object(value, names)
    return _encode_array([_encode(v, names) for v in value])


def _primitive(type: int, data: bytes) -> bytes:
    return bytes([type << 2]) + data


def _encode_decimal(value: decimal.Decimal) -> bytes:
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    unscaled = int("".join(map(str, digits))) * 10 ** max(exponent, 0)
    scale, precision = max(-exponent, 0), len(str(unscaled))
    type, width = next((t, w) for t, w, p in ((8, 4, 9), (9, 8, 18), (10, 16, 38)) if max(scale, precision) <= p)
    return _primitive(type, bytes([scale]) + (-unscaled if sign else unscaled).to_bytes(width, "little", signed=True))


def _encode_object(members: Members, names: dict[str, int]) -> bytes:
    ids, parts = [], []
    for name, v in members:
        ids.append(names.setdefault(name, len(names)))
        parts.append(_encode(v, names))
    if len(set(ids)) < len(ids):
        raise DuplicateName
    offsets = [0]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    order = sorted(range(len(members)), key=lambda i: sort_key(members[i][0]))
    large, id_width, width = len(members) > 0xFF, _width(max(ids, default=0)), _width(offsets[-1])
    out = bytearray([large << 6 | (id_width - 1) << 4 | (width - 1) << 2 | 2])
    out += len(members).to_bytes(4 if large else 1, "little")
    for i in order:
        out += ids[i].to_bytes(id_width, "little")
    for offset in [*(offsets[i] for i in order), offsets[-1]]:
        out += offset.to_bytes(width, "little")
    return bytes(out) + b"".join(parts)


def _encode_array(parts: list[bytes]) -> bytes:
    total = sum(map(len, parts))
    large, width = len(parts) > 0xFF, _width(total)
    out = bytearray([large << 4 | (width - 1) << 2 | 3])
    out += len(parts).to_bytes(4 if large else 1, "little")
    at = 0
    for part in parts:
        out += at.to_bytes(width, "little")
        at += len(part)
    out += total.to_bytes(width, "little")
    return bytes(out) + b"".join(parts)


# --- reading --------------------------------------------------------------------------------------------


class Decoder:
    """Reads one variant. MALFORMED_VARIANT for bytes that are none."""

    def __init__(self, value: bytes, metadata: bytes) -> None:
        self.data, self.metadata = value, metadata

    def decode(self, at: int = 0) -> Any:
        try:
            return self._decode(at)
        except (IndexError, struct.error, UnicodeDecodeError, KeyError):
            raise RuntimeFailure("MALFORMED_VARIANT") from None

    def _name(self, id: int) -> str:
        m = self.metadata
        width = (m[0] >> 6) + 1
        count = int.from_bytes(m[1 : 1 + width], "little")
        if id >= count or m[0] & 0xF != 1:
            raise IndexError
        start, end = (int.from_bytes(m[1 + width * (i + 1) :][:width], "little") for i in (id, id + 1))
        texts = 1 + width * (count + 2)
        return m[texts + start : texts + end].decode()

    def _decode(self, at: int) -> Any:
        head = self.data[at]
        basic, info = head & 3, head >> 2
        if basic == 1:
            return self.data[at + 1 : at + 1 + info].decode()
        if basic == 2:
            return Members((name, self._decode(p)) for name, p in self.members(at))
        if basic == 3:
            return [self._decode(p) for p in self.elements(at)]
        return self._primitive(info, at + 1)

    def members(self, at: int) -> list[tuple[str, int]]:
        """The names of an object, and where their values are."""
        info = self.data[at] >> 2
        width, id_width, size = (info & 3) + 1, (info >> 2 & 3) + 1, 4 if info >> 4 & 1 else 1
        count = self._int(at + 1, size)
        ids = at + 1 + size
        offsets = ids + id_width * count
        start = offsets + width * (count + 1)
        return [
            (self._name(self._int(ids + i * id_width, id_width)), start + self._int(offsets + i * width, width))
            for i in range(count)
        ]

    def elements(self, at: int) -> list[int]:
        """Where the elements of an array are."""
        info = self.data[at] >> 2
        width, size = (info & 3) + 1, 4 if info >> 2 & 1 else 1
        count = self._int(at + 1, size)
        offsets = at + 1 + size
        start = offsets + width * (count + 1)
        return [start + self._int(offsets + i * width, width) for i in range(count)]

    def slice(self, at: int) -> bytes:
        """The bytes of the value at a place, and what follows it."""
        return self.data[at : at + self.length(at)]

    def length(self, at: int) -> int:
        head = self.data[at]
        basic, info = head & 3, head >> 2
        if basic == 1:
            return 1 + info
        if basic == 0:
            if info in (15, 16):
                return 5 + self._int(at + 1, 4)
            return 1 + _SIZES[info]
        width, bit = (info & 3) + 1, 4 if basic == 2 else 2
        size, id_width = 4 if info >> bit & 1 else 1, (info >> 2 & 3) + 1 if basic == 2 else 0
        count = self._int(at + 1, size)
        offsets = at + 1 + size + id_width * count
        return offsets + width * (count + 1) - at + self._int(offsets + width * count, width)

    def _int(self, at: int, width: int) -> int:
        return int.from_bytes(self.data[at : at + width], "little")

    def _primitive(self, type: int, at: int) -> Any:
        d = self.data
        if type in (15, 16):
            start, size = at + 4, self._int(at, 4)
            if start + size > len(d):
                raise IndexError
            raw = bytes(d[start : start + size])
            return raw if type == 15 else raw.decode()
        size = _SIZES[type]
        if at + size > len(d):
            raise IndexError
        raw = bytes(d[at : at + size])
        match type:
            case 0:
                return None
            case 1 | 2:
                return type == 1
            case 3 | 4 | 5 | 6:
                return int.from_bytes(raw, "little", signed=True)
            case 7:
                return struct.unpack("<d", raw)[0]
            case 8 | 9 | 10:
                return _CONTEXT.scaleb(decimal.Decimal(int.from_bytes(raw[1:], "little", signed=True)), -raw[0])
            case 11:
                return Days(int.from_bytes(raw, "little", signed=True))
            case 12:
                return Instant(int.from_bytes(raw, "little", signed=True))
            case 13:
                return WallClock(int.from_bytes(raw, "little", signed=True))
            case 14:
                return Single(struct.unpack("<f", raw)[0])
        return UUID(bytes=raw)


_SIZES = {0: 0, 1: 0, 2: 0, 3: 1, 4: 2, 5: 4, 6: 8, 7: 8, 8: 5, 9: 9, 10: 17, 11: 4, 12: 8, 13: 8, 14: 4, 20: 16}


def decode(variant: dict[str, bytes]) -> Any:
    """The value of a variant as Arrow gives it."""
    return Decoder(variant["value"], variant["metadata"]).decode()


# --- as JSON --------------------------------------------------------------------------------------------


def to_json(variant: dict[str, bytes], zone: str) -> str:
    """A variant as JSON; timestamps are shown in `zone`."""
    return json_text(decode(variant), zone)


def json_text(value: Any, zone: str) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Members():
            return "{" + ",".join(f"{quoted(k)}:{json_text(v, zone)}" for k, v in value) + "}"
        case list():
            return "[" + ",".join(json_text(v, zone) for v in value) + "]"
        case Days() | Instant() | WallClock() | bytes() | UUID() | str():
            return quoted(scalar_text(value, zone, True))
        case float() if not math.isfinite(value):
            return quoted(scalar_text(value, zone, True))
    return scalar_text(value, zone, True)


def scalar_text(value: Any, zone: str, in_json: bool = False) -> str:
    """A scalar as text: as a cast to STRING shows it, or as JSON does (timestamps with offset, binary as Base64)."""
    from glowplug.datetime_patterns import compile_pattern
    from glowplug.datetime_texts import write

    match value:
        case bool():
            return "true" if value else "false"
        case Days():
            return write(compile_pattern("yyyy-MM-dd", False), int(value) * 86_400_000_000, "+00:00")
        case Instant() | WallClock():
            where = zone if isinstance(value, Instant) else "+00:00"
            fraction = f"{value % 1_000_000:06d}".rstrip("0")
            text = write(compile_pattern("yyyy-MM-dd HH:mm:ss", False), int(value), where)
            text += f".{fraction}" if fraction else ""
            if isinstance(value, Instant) and in_json:
                text += write(compile_pattern("xxx", False), int(value), where)
            return text
        case Single():
            return double_text(value, FLOAT)
        case float():
            return double_text(value, DOUBLE)
        case decimal.Decimal():
            return f"{plain_decimal(value):f}"
        case bytes():
            return base64.b64encode(value).decode() if in_json else value.decode("utf-8", "replace")
    return str(value)


def plain_decimal(value: decimal.Decimal) -> decimal.Decimal:
    """Without zeros at the end."""
    found = value.normalize(_CONTEXT)
    return found.quantize(decimal.Decimal(1), context=_CONTEXT) if found.as_tuple().exponent > 0 else found  # type: ignore[operator]
