"""Frequent items: which values came most often, by counters that are halved when there are too many.

The sketch, its hash table and its binary form are those of Apache DataSketches for Java's `frequencies.ItemsSketch`
(Anderson et al., "A High-Performance Algorithm for Identifying Frequent Items in Data Streams"); so sketches can be
exchanged with Spark, and items that are equally frequent are listed in Spark's order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from struct import error as StructError
from struct import pack, unpack_from
from typing import Any

from glowplug.types import (
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    TimestampNTZType,
    TimestampType,
)

_SMALLEST = 3  # of tables, as all sizes in powers of two
_SAMPLE = 1024  # values whose median is taken off all
_MASK64 = 2**64 - 1


class NotItems(ValueError):
    """Bytes that are no sketch of frequent items."""


def table_size(items: int) -> int:
    """The size, as a power of two, of the table that keeps so many items."""
    return max(_SMALLEST, -(-items * 4 // 3) - 1).bit_length() if items > 6 else _SMALLEST


@dataclass(slots=True)
class FrequentItems:
    """Counts of items, each with its item's key in Java; `offset` is what every count may be too low by."""

    most: int
    size: int = _SMALLEST
    weight: int = 0
    offset: int = 0
    slots: dict[Any, int] = field(default_factory=dict)  # where an item is
    counts: dict[Any, int] = field(default_factory=dict)
    table: list[tuple[Any, int] | None] = field(default_factory=list)  # an item with its Java hash

    def __post_init__(self) -> None:
        self.table = [None] * (1 << self.size)

    def update(self, item: Any, hash: int, count: int = 1) -> None:
        self.weight += count
        if item in self.counts:
            self.counts[item] += count
            return
        self._insert(item, hash, count)
        if len(self.counts) > (3 << self.size) // 4:
            if self.size < self.most:
                self._resize()
            else:
                self._purge()

    def has_room(self, items: int) -> bool:
        """Whether so many more of them leave all counts exact."""
        return len(self.counts) + items <= (3 << self.most) // 4

    def _insert(self, item: Any, hash: int, count: int) -> None:
        at, last = hash & len(self.table) - 1, len(self.table) - 1
        while self.table[at] is not None:
            at = at + 1 & last
        self.table[at], self.slots[item], self.counts[item] = (item, hash), at, count

    def _resize(self) -> None:
        old, counts = self.table, self.counts
        self.size += 1
        self.table, self.slots, self.counts = [None] * (1 << self.size), {}, {}
        for entry in filter(None, old):
            self._insert(entry[0], entry[1], counts[entry[0]])

    def _purge(self) -> None:
        """Takes the median of the counts off all of them and drops what has none left, from an empty slot backwards."""
        kept = [self.counts[e[0]] for e in self.table if e is not None][:_SAMPLE]
        median = sorted(kept)[len(kept) // 2]
        self.offset += median
        for item in self.counts:
            self.counts[item] -= median
        first = len(self.table) - 1
        while self.table[first] is not None:
            first -= 1
        for at in (*range(first - 1, -1, -1), *range(len(self.table) - 1, first - 1, -1)):
            entry = self.table[at]
            if entry is not None and self.counts[entry[0]] <= 0:
                self._delete(at)

    def _delete(self, at: int) -> None:
        """Empties a slot; items that came after it because it was taken move up."""
        last = len(self.table) - 1
        gone, self.table[at] = self.table[at], None
        assert gone is not None
        del self.counts[gone[0]], self.slots[gone[0]]
        drift, probe = 1, at + 1 & last
        while (entry := self.table[probe]) is not None:
            if probe - (entry[1] & last) & last >= drift:
                self.table[at], self.slots[entry[0]], self.table[probe] = entry, at, None
                at, drift = probe, 0
            probe, drift = probe + 1 & last, drift + 1

    def entries(self) -> Iterator[tuple[Any, int, int]]:
        """Items with their hashes and counts as their slots come in steps of the golden section."""
        step, at = int(len(self.table) * 0.6180339887498949) | 1, 0
        for _ in self.table:
            if (entry := self.table[at]) is not None:
                yield *entry, self.counts[entry[0]]
            at = at + step & len(self.table) - 1

    def merge(self, other: FrequentItems) -> None:
        weight = self.weight + other.weight
        for item, hash, count in other.entries():
            self.update(item, hash, count)
        self.weight, self.offset = weight, self.offset + other.offset

    def frequent(self) -> list[tuple[Any, int]]:
        """Items whose counts are certainly above the error, with upper bounds, the most frequent first."""
        found = [(item, count + self.offset) for item, _, count in self.entries() if count > self.offset]
        return sorted(found, key=lambda e: -e[1])


# --- Java's values -------------------------------------------------------------------------------------------


def java_hash(item: Any, type: DataType) -> int:
    """`hashCode` of the Java object, spread over 64 bits by MurmurHash3's finish."""
    h = _hash_code(item, type) & _MASK64
    h = ((h ^ h >> 33) * 0xFF51AFD7ED558CCD) & _MASK64
    h = ((h ^ h >> 33) * 0xC4CEB9FE1A85EC53) & _MASK64
    return h ^ h >> 33


def _hash_code(item: Any, type: DataType) -> int:
    if isinstance(item, str):
        h = 0
        for unit in unpack_from(f"<{len(item.encode('utf-16-le')) // 2}H", item.encode("utf-16-le")):
            h = (h * 31 + unit) & 0xFFFFFFFF
        return _signed(h)
    match type:
        case BooleanType():
            return 1231 if item else 1237
        case DoubleType():
            return _folded(unpack_from("<q", item)[0])
        case FloatType():
            return int(unpack_from("<i", item)[0])
        case LongType() | TimestampType() | TimestampNTZType():
            return _folded(item)
        case DecimalType(_, scale):
            return _scala_hash(Decimal(item).scaleb(-scale))
    return int(item)


def _scala_hash(d: Decimal) -> int:
    """The hash of a number in Scala: that of the smallest type that holds it."""
    if d == d.to_integral_value():
        return int(d) if -(2**31) <= d < 2**31 else _folded(int(d))
    double = float(d)
    single = pack("<f", double)
    narrow = unpack_from("<f", single)[0] == double
    return int(unpack_from("<i", single)[0]) if narrow else _folded(unpack_from("<q", pack("<d", double))[0])


def _folded(x: int) -> int:
    return _signed((x ^ (x & _MASK64) >> 32) & 0xFFFFFFFF)


def _signed(x: int) -> int:
    return x - 2**32 if x >= 2**31 else x


def key(value: Any, type: DataType) -> Any:
    """What stands for a value in the table: bytes of a double or a float, for which 0.0 is not -0.0."""
    match type:
        case DoubleType():
            return pack("<d", value) if value == value else pack("<Q", 0x7FF8 << 48)
        case FloatType():
            return pack("<f", value) if value == value else pack("<I", 0x7FC0 << 16)
        case DecimalType(_, scale):
            return int(Decimal(value).scaleb(scale))
    return value


def value(key: Any, type: DataType) -> Any:
    match type:
        case DoubleType():
            return unpack_from("<d", key)[0]
        case FloatType():
            return unpack_from("<f", key)[0]
        case DecimalType(_, scale):
            return Decimal(key).scaleb(-scale)
    return key


# --- the binary form -----------------------------------------------------------------------------------------

# A number's tag says its width; longs and doubles have none.
_TAGGED = {ByteType: (2, "<b"), ShortType: (3, "<h"), IntegerType: (9, "<i"), DateType: (9, "<i")}


def write(sketch: FrequentItems, nulls: int, type: DataType) -> bytes:
    """The sketch as Spark keeps it, with the number of NULLs at the end."""
    head = bytes((1 if not sketch.counts else 4, 1, 10, sketch.most, sketch.size, 0 if sketch.counts else 4, 0, 0))
    if not sketch.counts:
        return head + nulls.to_bytes(8, "big")
    items = [e[0] for e in sketch.table if e is not None]
    counts = pack(f"<{len(items)}q", *(sketch.counts[i] for i in items))
    numbers = pack("<iiqq", len(items), 0, sketch.weight, sketch.offset)
    return head + numbers + counts + _write_items(items, type) + nulls.to_bytes(8, "big")


def _write_items(items: list[Any], type: DataType) -> bytes:
    match type:
        case BooleanType():
            packed = bytearray(-(-len(items) // 8))
            for i, item in enumerate(items):
                packed[i // 8] |= item << i % 8
            return bytes(packed)
        case StringType():
            return b"".join(pack("<i", len(b)) + b for b in (i.encode() for i in items))
        case DoubleType():
            return b"".join(items)
        case FloatType():
            return b"".join(b"\x06" + i for i in items)
        case DecimalType(precision) if precision > 18:
            texts = (i.to_bytes((i if i >= 0 else ~i).bit_length() // 8 + 1, "big", signed=True) for i in items)
            return b"".join(pack("<i", len(b)) + b for b in texts)
        case DecimalType(precision) if precision <= 9:
            return b"".join(b"\x09" + pack("<i", i) for i in items)
    tag, form = _TAGGED.get(type.__class__, (None, "<q"))
    return b"".join((b"" if tag is None else bytes((tag,))) + pack(form, i) for i in items)


def read(data: bytes, type: DataType) -> tuple[FrequentItems, int]:
    """A sketch and its number of NULLs. Raises NotItems."""
    try:
        if data[1] != 1 or data[2] != 10:
            raise NotItems
        sketch, nulls = FrequentItems(data[3]), int.from_bytes(data[-8:], "big")
        if data[5] & 4:
            return sketch, nulls
        count, _, weight, offset = unpack_from("<iiqq", data, 8)
        counts = unpack_from(f"<{count}q", data, 32)
        for item, n in zip(_read_items(data, 32 + 8 * count, count, type), counts, strict=True):
            sketch.update(item, java_hash(item, type), n)
    except (IndexError, StructError, UnicodeDecodeError) as e:
        raise NotItems from e
    sketch.weight, sketch.offset = weight, offset
    return sketch, nulls


def _read_items(data: bytes, at: int, count: int, type: DataType) -> Iterator[Any]:
    for i in range(count):
        match type:
            case BooleanType():
                yield bool(data[at + i // 8] >> i % 8 & 1)
            case StringType():
                length = unpack_from("<i", data, at)[0]
                yield data[at + 4 : at + 4 + length].decode()
                at += 4 + length
            case DoubleType():
                yield data[at : at + 8]
                at += 8
            case FloatType():
                yield data[at + 1 : at + 5]
                at += 5
            case DecimalType(precision) if precision > 18:
                length = unpack_from("<i", data, at)[0]
                yield int.from_bytes(data[at + 4 : at + 4 + length], "big", signed=True)
                at += 4 + length
            case _:
                small = isinstance(type, DecimalType) and type.precision <= 9
                tag, form = _TAGGED.get(IntegerType if small else type.__class__, (None, "<q"))
                at += tag is not None
                yield unpack_from(form, data, at)[0]
                at += {"b": 1, "h": 2, "i": 4, "q": 8}[form[1]]
