"""Well-known binary: what OGC's "Simple Feature Access" (06-103r4, 8.2) calls WKB, with M and Z, read and written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from struct import error as StructError
from struct import pack, unpack_from

_POINT, _LINE, _POLYGON, _COLLECTION = 1, 2, 3, 7
_PARTS = {4: _POINT, 5: _LINE, 6: _POLYGON, _COLLECTION: None}  # what the members of a collection must be


class NotWKB(ValueError):
    """Bytes that are no shape: why, and at which of them."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(why)
        self.why, self.at = why, at


@dataclass(slots=True)
class _Copy:
    """Reads `data` from `at` on and writes what it reads, in the byte order `out`. `globe`: degrees have limits."""

    data: bytes
    out: str
    globe: bool
    at: int = 0

    def shape(self, wanted: int | None = None) -> bytes:
        start = self.at
        order = self.data[start]
        if order > 1:
            raise NotWKB(f"there is no byte order {order}", start)
        little = "<" if order else ">"
        (code,) = unpack_from(little + "I", self.data, start + 1)
        kind, dimensions = code % 1000, code // 1000
        if not 1 <= kind <= _COLLECTION or dimensions > 3:
            raise NotWKB(f"there is no type {code}", start + 1)
        if wanted not in (None, kind):
            raise NotWKB(f"a member must be of the type {wanted}", start)
        self.at = start + 5
        width = (2, 3, 3, 4)[dimensions]
        head = pack("B", self.out == "<") + pack(self.out + "I", code)
        if kind == _POINT:
            return head + self.point(little, width)[1]
        count = self.count(little)
        written = head + pack(self.out + "I", count)
        match kind:
            case 2:
                return written + self.points(little, width, count, 2, "line")
            case 3:
                return written + b"".join(self.ring(little, width) for _ in range(count))
        return written + b"".join(self.shape(_PARTS[kind]) for _ in range(count))

    def count(self, little: str) -> int:
        (count,) = unpack_from(little + "I", self.data, self.at)
        self.at += 4
        return int(count)

    def point(self, little: str, width: int) -> tuple[tuple[float, ...], bytes]:
        values = unpack_from(f"{little}{width}d", self.data, self.at)
        outside = self.globe and (abs(values[0]) > 180 or abs(values[1]) > 90)
        if any(map(math.isinf, values)) or outside:
            raise NotWKB("a coordinate is out of range", self.at)
        self.at += 8 * width
        return values, pack(f"{self.out}{width}d", *values)

    def points(self, little: str, width: int, count: int, least: int, name: str, closed: bool = False) -> bytes:
        start = self.at - 4
        if (count or closed) and count < least:
            raise NotWKB(f"a {name} has too few points", start)
        read = [self.point(little, width) for _ in range(count)]
        if closed and read[0][0] != read[-1][0]:
            raise NotWKB(f"a {name} is not closed", start)
        return b"".join(written for _, written in read)

    def ring(self, little: str, width: int) -> bytes:
        count = self.count(little)
        return pack(self.out + "I", count) + self.points(little, width, count, 4, "ring", True)


def rewritten(data: bytes, big: bool = False, globe: bool = False) -> bytes:
    """A shape in one byte order, little-endian unless `big`. Raises NotWKB."""
    if not data:
        raise NotWKB("there are none", 0)
    copy = _Copy(data, ">" if big else "<", globe)
    try:
        return copy.shape()
    except (StructError, IndexError) as e:
        raise NotWKB("they end too early", copy.at) from e
    except RecursionError as e:
        raise NotWKB("it is nested too deep", copy.at) from e
