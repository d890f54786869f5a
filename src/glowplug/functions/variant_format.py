"""Spark's binary form of variants: a value and the dictionary (metadata) of the names in it.

Source: the Variant Binary Encoding specification of Apache Parquet. A decoded value is None, bool, int, float,
`Single`, Decimal, str, bytes, `Days`, `Instant`, `WallClock`, `Uuid`, `list`, or `Members` (names with values).
"""

from __future__ import annotations

import decimal
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

from glowplug.errors import RuntimeFailure
from glowplug.functions.json_texts import Array, Fraction, Malformed, Object, Whole

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
    """A variant of a JSON value (`json_texts`). DuplicateName for a name that comes twice in an object, Malformed for
    half a character."""
    try:
        return encode(value)
    except UnicodeEncodeError:
        raise Malformed(value) from None


def as_row(pair: Pair) -> dict[str, bytes]:
    """The variant as Arrow takes it."""
    return {"value": pair[0], "metadata": pair[1]}


def encode(value: Any) -> Pair:
    """The value and its metadata."""
    names: dict[str, int] = {}
    return _WRITERS[value.__class__](value, names), _metadata(tuple(names))


@lru_cache(1000)
def _metadata(names: tuple[str, ...]) -> bytes:
    texts = [n.encode() for n in names]
    width = _width(max(sum(map(len, texts)), len(texts)))
    ends = accumulate(map(len, texts), initial=0)
    head = bytes([1 | (width - 1) << 6]) + len(texts).to_bytes(width, "little")
    return head + b"".join(n.to_bytes(width, "little") for n in ends) + b"".join(texts)


def _width(n: int) -> int:
    return 1 if n <= 0xFF else 2 if n <= 0xFFFF else 3 if n <= 0xFFFFFF else 4


def _numbers(values: Iterable[int], width: int) -> bytes:
    return bytes(values) if width == 1 else b"".join(v.to_bytes(width, "little") for v in values)


def _primitive(type: int, layout: str) -> Callable[[Any, Any], bytes]:
    head, pack = bytes([type << 2]), struct.Struct(layout).pack
    return lambda value, _: head + pack(value)


def _whole(value: int, _: Any) -> bytes:
    if -128 <= value < 128:
        return b"\x0c" + (value & 0xFF).to_bytes(1, "little")
    if -(1 << 15) <= value < 1 << 15:
        return b"\x10" + value.to_bytes(2, "little", signed=True)
    if -(1 << 31) <= value < 1 << 31:
        return b"\x14" + value.to_bytes(4, "little", signed=True)
    return b"\x18" + value.to_bytes(8, "little", signed=True)


def _json_whole(text: str, _: Any) -> bytes:
    if len(text) < 25 and -(1 << 63) <= (n := int(text)) < 1 << 63:
        return _whole(n, _)
    return _json_number(text, _)


def _json_number(text: str, names: Any) -> bytes:
    """Plain decimals exactly while they have at most 38 digits, all else as a double."""
    if not set(text) - set("-.0123456789"):
        value = decimal.Decimal(text)
        _, digits, exponent = value.as_tuple()
        if len(digits) <= 38 and int(exponent) >= -38:
            return _decimal(value, names)
    return _double(float(text), names)


def _text(value: str, _: Any) -> bytes:
    text = value.encode()
    if len(text) < 64:
        return bytes((len(text) << 2 | 1,)) + text
    return b"\x40" + len(text).to_bytes(4, "little") + text


def _decimal(value: decimal.Decimal, _: Any) -> bytes:
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    unscaled: int = int("".join(map(str, digits))) * 10 ** max(exponent, 0)
    scale, precision = max(-exponent, 0), len(str(unscaled))
    type, width = next((t, w) for t, w, p in ((8, 4, 9), (9, 8, 18), (10, 16, 38)) if max(scale, precision) <= p)
    return bytes([type << 2, scale]) + (-unscaled if sign else unscaled).to_bytes(width, "little", signed=True)


def _object(members: list[tuple[str, Any]], names: dict[str, int]) -> bytes:
    # ids before the values: names are numbered as they come
    keys, ids, parts = [], [], []
    for name, v in members:
        keys.append(name)
        ids.append(names.setdefault(name, len(names)))
        parts.append(_WRITERS[v.__class__](v, names))
    order = _order(tuple(keys))
    offsets = [*accumulate(map(len, parts), initial=0)]
    placed = [offsets[i] for i in order]
    placed.append(offsets[-1])
    ids = [ids[i] for i in order]
    if offsets[-1] < 0x100 and len(names) < 0x100:  # the commonest: all in single bytes
        return b"".join((bytes((2, len(members), *ids, *placed)), *parts))
    large, id_width, width = len(members) > 0xFF, _width(max(ids, default=0)), _width(offsets[-1])
    head = bytes((large << 6 | (id_width - 1) << 4 | (width - 1) << 2 | 2,))
    count = len(members).to_bytes(4 if large else 1, "little")
    return b"".join((head, count, _numbers(ids, id_width), _numbers(placed, width), *parts))


@lru_cache(1000)
def _order(names: tuple[str, ...]) -> list[int]:
    """The places of an object's names in their order."""
    if len(set(names)) < len(names):
        raise DuplicateName
    return sorted(range(len(names)), key=lambda i: sort_key(names[i]))


def _array(values: list[Any], names: dict[str, int]) -> bytes:
    parts = [_WRITERS[v.__class__](v, names) for v in values]
    offsets = [*accumulate(map(len, parts), initial=0)]
    large, width = len(parts) > 0xFF, _width(offsets[-1])
    head = bytes((large << 4 | (width - 1) << 2 | 3,)) + len(parts).to_bytes(4 if large else 1, "little")
    return b"".join((head, _numbers(offsets, width), *parts))


_double = _primitive(7, "<d")
_WRITERS: dict[type, Callable[[Any, dict[str, int]], bytes]] = {
    type(None): lambda _, names: b"\x00",
    bool: lambda value, _: b"\x04" if value else b"\x08",
    int: _whole,
    float: _double,
    str: _text,
    Whole: _json_whole,
    Fraction: _json_number,
    list: _array,
    Array: _array,
    Members: _object,
    Object: _object,
    Days: _primitive(11, "<i"),
    Instant: _primitive(12, "<q"),
    WallClock: _primitive(13, "<q"),
    Single: _primitive(14, "<f"),
    decimal.Decimal: _decimal,
    bytes: lambda value, _: b"\x3c" + len(value).to_bytes(4, "little") + value,
    UUID: lambda value, _: b"\x50" + value.bytes,
}


# --- reading --------------------------------------------------------------------------------------------


@lru_cache(1000)
def _names(metadata: bytes) -> list[str]:
    """The names of a dictionary. IndexError for what is none."""
    width = (metadata[0] >> 6) + 1
    count = int.from_bytes(metadata[1 : 1 + width], "little")
    at, texts = 1 + width, 1 + width * (count + 2)
    if metadata[0] & 0xF != 1 or texts > len(metadata):
        raise IndexError
    ends = [int.from_bytes(metadata[at + i * width :][:width], "little") for i in range(count + 1)]
    return [metadata[texts + a : texts + b].decode() for a, b in pairwise(ends)]


_MALFORMED = (IndexError, struct.error, UnicodeDecodeError, KeyError)


class Decoder:
    """Reads one variant. MALFORMED_VARIANT for bytes that are none."""

    def __init__(self, value: bytes, metadata: bytes) -> None:
        self.data, self.metadata = value, metadata

    def decode(self, at: int = 0) -> Any:
        try:
            return self._decode(at)
        except _MALFORMED:
            raise RuntimeFailure("MALFORMED_VARIANT") from None

    def find(self, path: tuple[str | int, ...]) -> int | None:
        """Where the value is to which a path of names and indexes leads."""
        at = 0
        try:
            for step in path:
                basic = self.data[at] & 3
                if isinstance(step, str):
                    found = self._member(at, step) if basic == 2 else None
                else:
                    places = self.elements(at) if basic == 3 else []
                    found = places[step] if step < len(places) else None
                if found is None:
                    return None
                at = found
        except _MALFORMED:
            raise RuntimeFailure("MALFORMED_VARIANT") from None
        return at

    def _decode(self, at: int) -> Any:
        head = self.data[at]
        basic, info = head & 3, head >> 2
        if basic == 1:
            return self.data[at + 1 : at + 1 + info].decode()
        if basic == 2:
            return Members([(name, self._decode(p)) for name, p in self.members(at)])
        if basic == 3:
            return [self._decode(p) for p in self.elements(at)]
        return self._primitive(info, at + 1)

    def members(self, at: int) -> list[tuple[str, int]]:
        """The names of an object, and where their values are."""
        ids, offsets, start = self._ids(at)
        names = _names(self.metadata)
        return [(names[i], start + offset) for i, offset in zip(ids, offsets, strict=True)]

    def _member(self, at: int, name: str) -> int | None:
        ids, offsets, start = self._ids(at)
        names = _names(self.metadata)
        return next((start + offset for i, offset in zip(ids, offsets, strict=True) if names[i] == name), None)

    def _ids(self, at: int) -> tuple[Sequence[int], Sequence[int], int]:
        """An object's names by number, the offsets of its values, and from where these count."""
        info = self.data[at] >> 2
        width, id_width, size = (info & 3) + 1, (info >> 2 & 3) + 1, 4 if info >> 4 & 1 else 1
        count = self._int(at + 1, size)
        ids = at + 1 + size
        offsets = ids + id_width * count
        return self._ints(ids, id_width, count), self._ints(offsets, width, count), offsets + width * (count + 1)

    def elements(self, at: int) -> list[int]:
        """Where the elements of an array are."""
        info = self.data[at] >> 2
        width, size = (info & 3) + 1, 4 if info >> 2 & 1 else 1
        count = self._int(at + 1, size)
        offsets = at + 1 + size
        start = offsets + width * (count + 1)
        return [start + offset for offset in self._ints(offsets, width, count)]

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

    def _ints(self, at: int, width: int, count: int) -> Sequence[int]:
        if at + width * count > len(self.data):
            raise IndexError
        return self.data[at : at + count] if width == 1 else [self._int(at + i * width, width) for i in range(count)]

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
        if 3 <= type <= 6:
            return int.from_bytes(raw, "little", signed=True)
        match type:
            case 0:
                return None
            case 1 | 2:
                return type == 1
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
