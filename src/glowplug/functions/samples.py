"""Theta and tuple sketches: the smallest hashes of a set's members, tuples with a number beside each.

A sketch of nominal size k keeps the k smallest hashes below a threshold, `theta`; so it says how many members there
were, and unions, intersections and differences can be computed of sketches alone. The result depends on the members
only, not on their order. The binary forms are those of Apache DataSketches for Java (serial version 3, and 4, in which
Spark writes theta sketches), documented in its "Theta Sketch Framework" pages; the hash is Austin Appleby's
MurmurHash3 of 128 bits. The Python package of DataSketches has neither the compressed form nor sketches of 16 entries
nor tuples with theta sketches, so this is our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.native import native

LARGEST = 2**63 - 1  # theta when nothing has been left out
SEED = 9001
_SEED_HASH = b"\xcc\x93"
_THETA, _TUPLE = 3, 9  # families
_READ_ONLY, _EMPTY, _COMPACT, _ORDERED, _SINGLE = 2, 4, 8, 16, 32
MODES = ("sum", "min", "max", "alwaysone")
U64 = np.uint64
Numbers = Any  # a numpy array


class NotASketch(ValueError):
    """Bytes that are no sketch."""


class OtherFamily(ValueError):
    """Bytes of a sketch of another family, whose name is the message."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Ascending hashes below theta; `values` beside them in a tuple sketch. `empty`: of no members at all."""

    theta: int
    hashes: Numbers
    values: Numbers | None = None
    empty: bool = False

    @property
    def estimate(self) -> float:
        """About how many different members there were."""
        return len(self.hashes) / self.fraction

    @property
    def fraction(self) -> float:
        return self.theta / 2.0**63 if self.theta < LARGEST else 1.0


def nothing(values: Numbers | None = None) -> Sample:
    return Sample(LARGEST, np.empty(0, U64), None if values is None else values[:0], True)


def trimmed(sample: Sample, size: int) -> Sample:
    """The `size` smallest hashes; the next one is the threshold."""
    if len(sample.hashes) <= size:
        return sample
    values = None if sample.values is None else sample.values[:size]
    return Sample(int(sample.hashes[size]), sample.hashes[:size], values)


# --- sets ----------------------------------------------------------------------------------------------------


def combined(mode: str, hashes: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """Ascending different hashes, each with the values that came with it combined."""
    order = np.argsort(hashes, kind="stable")
    hashes, values = hashes[order], values[order]
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])) if len(hashes) else np.empty(0, bool))
    if not len(starts):
        return hashes, values
    if mode == "alwaysone":
        return hashes[starts], np.ones(len(starts), values.dtype)
    with np.errstate(over="ignore"):
        return hashes[starts], _REDUCE[mode].reduceat(values, starts, dtype=values.dtype)


_REDUCE: dict[str, np.ufunc] = {"sum": np.add, "min": np.minimum, "max": np.maximum}


def union(a: Sample, b: Sample, size: int, mode: str = "sum") -> Sample:
    theta = min(a.theta, b.theta)
    hashes = np.concatenate((a.hashes, b.hashes))
    if a.values is None or b.values is None:
        found, values = np.unique(hashes), None
    else:
        found, values = combined(mode, hashes, np.concatenate((a.values, b.values)))
    keep = int(np.searchsorted(found, U64(theta)))
    kept = Sample(theta, found[:keep], None if values is None else values[:keep], a.empty and b.empty)
    return trimmed(kept, size)


def union_of(sketches: Sequence[Sample], size: int) -> Sample:
    """Of many without values: what is left of them does not depend on which of them meet first."""
    theta = min(s.theta for s in sketches)
    found = np.unique(np.concatenate([s.hashes for s in sketches]))
    kept = found[: int(np.searchsorted(found, U64(theta)))]
    return trimmed(Sample(theta, kept, None, all(s.empty for s in sketches)), size)


def intersection(a: Sample, b: Sample, mode: str = "sum") -> Sample:
    if a.empty or b.empty:
        return nothing(a.values)
    theta = min(a.theta, b.theta)
    found, left, right = np.intersect1d(a.hashes, b.hashes, assume_unique=True, return_indices=True)
    below = found < U64(theta)
    values = None
    if a.values is not None:
        values = a.values[left][below]
        if b.values is not None:
            twice = np.concatenate((found[below], found[below]))
            values = combined(mode, twice, np.concatenate((values, b.values[right][below])))[1]
        elif mode == "alwaysone":
            values = np.ones_like(values)
    return _settled(theta, found[below], values)


def difference(a: Sample, b: Sample) -> Sample:
    """The members of `a` that are not in `b`."""
    if a.empty:
        return a
    theta = min(a.theta, b.theta)
    keep = (a.hashes < U64(theta)) & ~np.isin(a.hashes, b.hashes, assume_unique=True)
    return _settled(theta, a.hashes[keep], None if a.values is None else a.values[keep])


def _settled(theta: int, hashes: Numbers, values: Numbers | None) -> Sample:
    return Sample(theta, hashes, values, theta == LARGEST and not len(hashes))


# --- hashes --------------------------------------------------------------------------------------------------

_C1, _C2 = U64(0x87C37B91114253D5), U64(0x4CF5AD432745937F)


def _rotate(x: Numbers, by: int) -> Numbers:
    return (x << U64(by)) | (x >> U64(64 - by))


def _final(x: Numbers) -> Numbers:
    x = (x ^ (x >> U64(33))) * U64(0xFF51AFD7ED558CCD)
    x = (x ^ (x >> U64(33))) * U64(0xC4CEB9FE1A85EC53)
    return x ^ (x >> U64(33))


def _murmur(words: Numbers, length: int) -> tuple[Numbers, Numbers]:
    """The halves of the hashes of rows of `length` bytes, padded with zeros to pairs of 64-bit words."""
    h1 = np.full(len(words), SEED, U64)
    h2 = h1.copy()
    blocks = length // 16
    for i in range(0, words.shape[1], 2):
        k1, k2 = words[:, i], words[:, i + 1]
        h1 ^= _rotate(k1 * _C1, 31) * _C2
        if i < 2 * blocks:
            h1 = (_rotate(h1, 27) + h2) * U64(5) + U64(0x52DCE729)
        h2 ^= _rotate(k2 * _C2, 33) * _C1
        if i < 2 * blocks:
            h2 = (_rotate(h2, 31) + h1) * U64(5) + U64(0x38495AB5)
    h1, h2 = h1 ^ U64(length), h2 ^ U64(length)
    h1 = h1 + h2
    h1, h2 = _final(h1), _final(h2 + h1)
    return h1 + h2, h1 + h2 + h2


def hashed(keys: pa.Array) -> pa.Array:
    """The 63-bit hashes of numbers, texts, bytes or arrays of whole numbers; NULL for NULL and for what is empty."""
    keys = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    if pa.types.is_list(keys.type):
        width = keys.type.value_type.bit_width // 8
        offsets = keys.offsets.to_numpy().astype(np.int64) * width
        raw = keys.values.fill_null(0).to_numpy().view(np.uint8)
        lengths = np.where(keys.is_valid().to_numpy(zero_copy_only=False), np.diff(offsets), 0)
        return _first(_hash_bytes(raw, offsets[:-1], lengths), lengths)
    if pa.types.is_string(keys.type) or pa.types.is_binary(keys.type):
        hashes, lengths = byte_hashes(keys)
        return _first(hashes, lengths)
    missing = keys.is_null().to_numpy(zero_copy_only=False)
    numbers = keys.fill_null(0).to_numpy(zero_copy_only=False)
    if pa.types.is_floating(keys.type):
        numbers = numbers.astype(np.float64) + 0.0  # one zero
        numbers = np.where(np.isnan(numbers), np.nan, numbers)
    words = numbers.astype(numbers.dtype if numbers.dtype == np.float64 else np.int64).view(U64)
    return pa.array((_hash_words(words) >> U64(1)).view(np.int64), mask=missing)


def _hash_words(words: Numbers) -> Numbers:
    """The first halves of the hashes of 8 bytes each."""
    if hasattr(native, "murmur128_texts"):
        count = len(words)
        return _hash_bytes(words.view(np.uint8), np.arange(0, 8 * count, 8), np.full(count, 8))[0]
    return _murmur(np.column_stack((words, np.zeros_like(words))), 8)[0]


def byte_hashes(keys: pa.Array) -> tuple[tuple[Numbers, Numbers], Numbers]:
    """The halves of the hashes of texts or bytes, and their lengths, 0 for NULL."""
    _, ends, data = keys.cast(pa.binary()).buffers()
    offsets = np.frombuffer(ends, np.int32)[keys.offset : keys.offset + len(keys) + 1].astype(np.int64)
    raw = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    lengths = np.where(keys.is_valid().to_numpy(zero_copy_only=False), np.diff(offsets), 0)
    return _hash_bytes(raw, offsets[:-1], lengths), lengths


def _first(hashes: tuple[Numbers, Numbers], lengths: Numbers) -> pa.Array:
    return pa.array((hashes[0] >> U64(1)).view(np.int64), mask=lengths == 0)


def _hash_bytes(raw: Numbers, starts: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    if not hasattr(native, "murmur128_texts"):
        return hash_bytes(raw, starts, lengths)
    one, two = native.murmur128_texts(raw, starts, lengths.astype(np.int64), SEED)
    return np.frombuffer(one, U64), np.frombuffer(two, U64)


def hash_bytes(raw: Numbers, starts: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    """The halves of the hashes of texts or bytes; zeros of none."""
    out = np.zeros(len(lengths), U64), np.zeros(len(lengths), U64)
    for length in np.unique(lengths[lengths > 0]):
        rows = np.flatnonzero(lengths == length)
        padded = np.zeros((len(rows), -(-int(length) // 16) * 16), np.uint8)
        padded[:, :length] = raw[starts[rows][:, None] + np.arange(length)]
        for half, found in zip(out, _murmur(padded.view(U64), int(length)), strict=True):
            half[rows] = found
    return out


# --- binary forms --------------------------------------------------------------------------------------------


def write_theta(sample: Sample) -> bytes:
    """Compressed, differences of the ascending hashes in as many bits as the largest needs, where it may be."""
    exact, count = sample.theta == LARGEST, len(sample.hashes)
    flags = _READ_ONLY | _COMPACT | _ORDERED
    if sample.empty:
        return bytes((1, 3, _THETA, 0, 0, flags | _EMPTY, 0, 0))
    if count == 1 and exact:
        return bytes((1, 3, _THETA, 0, 0, flags | _SINGLE)) + _SEED_HASH + bytes(sample.hashes.tobytes())
    threshold = b"" if exact else sample.theta.to_bytes(8, "little")
    if count == 0:
        return bytes((3, 3, _THETA, 0, 0, flags)) + _SEED_HASH + bytes(8) + threshold
    steps = np.diff(sample.hashes, prepend=U64(0))
    width = max(int(np.bitwise_or.reduce(steps)).bit_length(), 1)
    counted = count.to_bytes(-(-count.bit_length() // 8), "little")
    bits = np.unpackbits(steps.astype(">u8").view(np.uint8).reshape(count, 8), axis=1)[:, 64 - width :]
    head = bytes((1 if exact else 2, 4, _THETA, width, len(counted), flags))
    return head + _SEED_HASH + threshold + counted + bytes(np.packbits(bits))


def write_tuple(sample: Sample, mode: str) -> bytes:
    assert sample.values is not None
    exact, count = sample.theta == LARGEST, len(sample.hashes)
    flags = _READ_ONLY | _COMPACT | (_EMPTY if sample.empty else 0)
    words = 3 if not exact else 2 if count > 1 else 1
    head = bytes((words, 3, _TUPLE, 1, 0, flags)) + _SEED_HASH
    if words > 1:
        head += count.to_bytes(4, "little") + bytes(4)
    if words > 2:
        head += sample.theta.to_bytes(8, "little")
    entries = np.empty(count, _entry(sample.values.dtype))
    entries["hash"], entries["value"], entries["mode"] = sample.hashes, sample.values, MODES.index(mode)
    return head + bytes(entries.tobytes())


def _entry(value: Any) -> Any:
    return np.dtype([("hash", "<u8"), ("value", value.newbyteorder("<")), ("mode", "u1")])


def read_theta(data: bytes) -> Sample:
    """Raises NotASketch or OtherFamily."""
    words, version = _head(data, _THETA)
    if data[5] & _EMPTY:
        return nothing()
    try:
        if version == 4:
            return _read_compressed(data, words)
        if version != 3 or not data[5] & _COMPACT:
            raise NotASketch
        count = 1 if words == 1 else int.from_bytes(data[8:12], "little")
        theta = LARGEST if words < 3 else int.from_bytes(data[16:24], "little")
        return Sample(theta, np.sort(np.frombuffer(data, "<u8", count, 8 * words if words > 1 else 8).astype(U64)))
    except (ValueError, IndexError) as e:
        raise NotASketch from e


def _read_compressed(data: bytes, words: int) -> Sample:
    width, counted, at = data[3], data[4], 8 * words
    theta = LARGEST if words < 2 else int.from_bytes(data[8:16], "little")
    count = int.from_bytes(data[at : at + counted], "little")
    packed = np.frombuffer(data, np.uint8, -(-count * width // 8), at + counted)
    bits = np.zeros((count, 64), np.uint8)
    bits[:, 64 - width :] = np.unpackbits(packed)[: count * width].reshape(count, width)
    return Sample(theta, np.cumsum(np.packbits(bits, axis=1).view(">u8").ravel().astype(U64), dtype=U64))


def read_tuple(data: bytes, value: Any) -> Sample:
    """A sketch with values of a numpy type. Raises NotASketch or OtherFamily."""
    words, version = _head(data, _TUPLE)
    kind = np.dtype(value)
    if data[5] & _EMPTY:
        return nothing(np.empty(0, kind))
    try:
        if version != 3:
            raise NotASketch
        count = 1 if words == 1 else int.from_bytes(data[8:12], "little")
        theta = LARGEST if words < 3 else int.from_bytes(data[16:24], "little")
        if len(data) != 8 * words + count * _entry(kind).itemsize:
            raise NotASketch
        entries = np.frombuffer(data, _entry(kind), count, 8 * words)
    except (ValueError, IndexError) as e:
        raise NotASketch from e
    hashes, values = combined("sum", entries["hash"].astype(U64), entries["value"].astype(kind))
    return Sample(theta, hashes, values)


def _head(data: bytes, family: int) -> tuple[int, int]:
    if len(data) < 8:
        raise NotASketch
    if data[2] != family and data[2] in _FAMILIES:
        raise OtherFamily(_FAMILIES[data[2]])
    if data[2] != family or not 1 <= data[0] & 63 <= 3:
        raise NotASketch
    return data[0] & 63, data[1]


_FAMILIES = {1: "ALPHA", 2: "QUICKSELECT", _THETA: "COMPACT", 4: "UNION", 5: "INTERSECTION", 7: "HLL", _TUPLE: "TUPLE"}
_FAMILIES |= {10: "FREQUENCY", 15: "KLL"}
