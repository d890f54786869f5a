"""Spark's row hashes over Arrow arrays, vectorised: Murmur3 (32 bits) and xxHash64.

Columns are folded one into the next: a value's hash is the seed of what follows it; a NULL leaves the seed as it is.
Both are bit for bit Spark's, which differ from the published algorithms in how Murmur3 takes the last bytes of a text.
Sources: Austin Appleby's MurmurHash3, Yann Collet's xxHash specification.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.native import vectorised

Words = Any  # a numpy array of whole numbers; numpy's own types lose track of widths


@dataclass(frozen=True, slots=True)
class Hash:
    """An algorithm: of 32-bit numbers, of 64-bit numbers, and of texts (bytes, begins, lengths), each with seeds."""

    word: type[np.unsignedinteger[Any]]
    result: type[np.signedinteger[Any]]
    ints: Callable[[Words, Words], Words]
    longs: Callable[[Words, Words], Words]
    texts: Callable[[Words, Words, Words, Words], Words]


def _quickest(name: str, algorithm: Hash) -> Hash:
    """The same by `glowplug-native`, where it is installed."""
    word = algorithm.word
    return replace(
        algorithm,
        ints=vectorised(f"{name}_ints", algorithm.ints, (np.int32, word), word),
        longs=vectorised(f"{name}_longs", algorithm.longs, (np.int64, word), word),
        texts=vectorised(f"{name}_texts", algorithm.texts, (np.uint8, np.int64, np.int64, word), word),
    )


def _rotate(x: Words, by: int) -> Words:
    bits = x.dtype.itemsize * 8
    return (x << x.dtype.type(by)) | (x >> x.dtype.type(bits - by))


# --- Murmur3 --------------------------------------------------------------------------------------------

U32 = np.uint32


def _mix_k(k: Words) -> Words:
    return _rotate(k * U32(0xCC9E2D51), 15) * U32(0x1B873593)


def _mix_h(h: Words, k: Words) -> Words:
    return _rotate(h ^ _mix_k(k), 13) * U32(5) + U32(0xE6546B64)


def _avalanche(h: Words) -> Words:
    h = (h ^ (h >> U32(16))) * U32(0x85EBCA6B)
    h = (h ^ (h >> U32(13))) * U32(0xC2B2AE35)
    return h ^ (h >> U32(16))


def _murmur_ints(values: Words, seeds: Words) -> Words:
    return _avalanche(_mix_h(seeds, values.astype(np.int32).view(U32)) ^ U32(4))


def _murmur_longs(values: Words, seeds: Words) -> Words:
    v = values.astype(np.int64).view(np.uint64)
    low, high = v.astype(U32), (v >> np.uint64(32)).astype(U32)
    return _avalanche(_mix_h(_mix_h(seeds, low), high) ^ U32(8))


def _murmur_texts(data: Words, begins: Words, lengths: Words, seeds: Words) -> Words:
    """Words of four bytes, then each byte that remains as a word of its own, with its sign."""
    h = seeds.copy()

    def steps(rows: Words, ats: Words, read: Callable[[Words], Words]) -> None:
        h[rows] = _mix_h(h[rows], read(ats))

    _blocks(begins, lengths // 4, 4, lambda rows, ats: steps(rows, ats, lambda a: _words(data, a, 4).astype(U32)))
    rest = lengths % 4
    tail = begins + lengths - rest
    _blocks(
        tail, rest, 1, lambda rows, ats: steps(rows, ats, lambda a: data[a].view(np.int8).astype(np.int32).view(U32))
    )
    return _avalanche(h ^ lengths.astype(U32))


def _blocks(begins: Words, counts: Words, size: int, step: Callable[[Words, Words], None]) -> None:
    """`step(rows, places)` for the first block of every row that has one, then for the second, …"""
    most = int(counts.max(initial=0))
    if most <= 1:  # no order to find
        rows = np.flatnonzero(counts)
        if len(rows):
            step(rows, begins[rows])
        return
    order = np.argsort(-counts, kind="stable")
    sorted_counts = counts[order]
    for k in range(most):
        rows = order[: np.searchsorted(-sorted_counts, -k, "left")]
        step(rows, begins[rows] + k * size)


def _words(data: Words, at: Words, size: int) -> Words:
    """Little-endian numbers of `size` bytes."""
    if not len(at):
        return np.zeros(0, np.uint64)
    # A number begins at every byte: the words overlap.
    return np.ndarray((len(data) - size + 1,), f"<u{size}", data, 0, (1,))[at].astype(np.uint64)


MURMUR3 = _quickest("murmur3", Hash(np.uint32, np.int32, _murmur_ints, _murmur_longs, _murmur_texts))

# --- xxHash64 -------------------------------------------------------------------------------------------

U64 = np.uint64
P1, P2, P3, P4, P5 = (
    U64(0x9E3779B185EBCA87),
    U64(0xC2B2AE3D27D4EB4F),
    U64(0x165667B19E3779F9),
    U64(0x85EBCA77C2B2AE63),
    U64(0x27D4EB2F165667C5),
)


def _finish(h: Words) -> Words:
    h = (h ^ (h >> U64(33))) * P2
    h = (h ^ (h >> U64(29))) * P3
    return h ^ (h >> U64(32))


def _xx_ints(values: Words, seeds: Words) -> Words:
    h = seeds + P5 + U64(4)
    h = h ^ (values.astype(np.int32).view(np.uint32).astype(U64) * P1)
    return _finish(_rotate(h, 23) * P2 + P3)


def _xx_longs(values: Words, seeds: Words) -> Words:
    h = (seeds + P5 + U64(8)) ^ (_rotate(values.astype(np.int64).view(U64) * P2, 31) * P1)
    return _finish(_rotate(h, 27) * P1 + P4)


def _xx_texts(data: Words, begins: Words, lengths: Words, seeds: Words) -> Words:
    """Stripes of 32 bytes in four lanes, then words of eight, of four, and single bytes."""
    stripes = lengths // 32
    h = seeds + P5
    if stripes.any():
        lanes = [seeds + P1 + P2, seeds + P2, seeds.copy(), seeds - P1]

        def stripe(rows: Words, ats: Words) -> None:
            for i, lane in enumerate(lanes):
                lane[rows] = _rotate(lane[rows] + _words(data, ats + 8 * i, 8) * P2, 31) * P1

        _blocks(begins, stripes, 32, stripe)
        merged = _rotate(lanes[0], 1) + _rotate(lanes[1], 7) + _rotate(lanes[2], 12) + _rotate(lanes[3], 18)
        for lane in lanes:
            merged = (merged ^ (_rotate(lane * P2, 31) * P1)) * P1 + P4
        h = np.where(stripes > 0, merged, h)
    h = h + lengths.astype(U64)
    at, left = begins + stripes * 32, lengths % 32

    def eight(rows: Words, ats: Words) -> None:
        h[rows] = _rotate(h[rows] ^ (_rotate(_words(data, ats, 8) * P2, 31) * P1), 27) * P1 + P4

    def four(rows: Words, ats: Words) -> None:
        h[rows] = _rotate(h[rows] ^ (_words(data, ats, 4) * P1), 23) * P2 + P3

    def one(rows: Words, ats: Words) -> None:
        h[rows] = _rotate(h[rows] ^ (data[ats].astype(U64) * P5), 11) * P1

    for size, step in ((8, eight), (4, four), (1, one)):
        counts = left // size
        _blocks(at, counts, size, step)
        at, left = at + counts * size, left % size
    return _finish(h)


XXHASH64 = _quickest("xxhash64", Hash(np.uint64, np.int64, _xx_ints, _xx_longs, _xx_texts))

# --- Arrow arrays ---------------------------------------------------------------------------------------


SEED = 42


def rows(algorithm: Hash, seed: int = SEED) -> Callable[..., Any]:
    """A body: the hash of each row of the columns."""

    def body(*columns: Any) -> Any:
        seeds = np.full(len(columns[0]), seed, algorithm.word)
        with np.errstate(over="ignore"):
            for column in columns:
                array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
                seeds = fold(array, seeds, algorithm)
        return pa.array(seeds.view(algorithm.result))

    return body


def fold(array: Any, seeds: Words, algorithm: Hash) -> Words:
    """The seeds after each row's value of `array` has been hashed into them."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if not len(array) or pa.types.is_null(array.type):
        return seeds
    if not array.null_count:
        return _values(array, seeds, algorithm, np.ones(len(array), bool))
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    return np.where(valid, _values(array, seeds, algorithm, valid), seeds)


def _values(array: Any, seeds: Words, algorithm: Hash, valid: Words) -> Words:
    t = array.type
    if pa.types.is_struct(t):
        for i in range(t.num_fields):
            seeds = np.where(valid, fold(array.field(i), seeds, algorithm), seeds)
        return seeds
    if pa.types.is_list(t) or pa.types.is_map(t):
        return _elements(array, seeds, algorithm, valid)
    if pa.types.is_string(t) or pa.types.is_binary(t):
        offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1].astype(
            np.int64
        )
        data = np.frombuffer(array.buffers()[2] or b"", np.uint8)
        lengths = np.where(valid, offsets[1:] - offsets[:-1], 0)
        return algorithm.texts(data, offsets[:-1], lengths, seeds)
    if pa.types.is_decimal(t):
        return _decimals(array, seeds, algorithm)
    if pa.types.is_interval(t):
        parts = [v.as_py() if v.is_valid else (0, 0, 0) for v in array]
        months, days, nanos = (np.array([p[i] for p in parts], np.int64) for i in range(3))
        return algorithm.ints(months, algorithm.ints(days, algorithm.longs(nanos // 1000, seeds)))
    if pa.types.is_floating(t):
        numbers = array.fill_null(0).to_numpy(zero_copy_only=False) + t.to_pandas_dtype()(0)  # -0.0 is 0.0
        bits = np.where(np.isnan(numbers), np.array(np.nan, numbers.dtype), numbers)
        if pa.types.is_float32(t):
            return algorithm.ints(bits.view(np.int32), seeds)
        return algorithm.longs(bits.view(np.int64), seeds)
    if pa.types.is_time(t):
        micros = array.cast(pa.time64("us")).view(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        return algorithm.longs(micros * 1000, seeds)
    if pa.types.is_boolean(t):
        array = array.cast(pa.int32())
    elif pa.types.is_date(t):
        array = array.view(pa.int32())
    elif pa.types.is_timestamp(t):
        array = array.view(pa.int64())
    numbers = array.fill_null(0).to_numpy(zero_copy_only=False)
    return (algorithm.longs if numbers.dtype.itemsize == 8 else algorithm.ints)(numbers, seeds)


def _elements(array: Any, seeds: Words, algorithm: Hash, valid: Words) -> Words:
    offsets = array.offsets.to_numpy()
    values = [array.keys, array.items] if pa.types.is_map(array.type) else [array.values]
    out = seeds.copy()

    def step(rows: Words, ats: Words) -> None:
        taken = pa.array(ats)
        for part in values:
            out[rows] = fold(part.take(taken), out[rows], algorithm)

    _blocks(offsets[:-1].astype(np.int64), np.where(valid, offsets[1:] - offsets[:-1], 0), 1, step)
    return out


def _decimals(array: Any, seeds: Words, algorithm: Hash) -> Words:
    """Up to 18 digits the unscaled number; above, its bytes from the most significant one on."""
    if array.type.precision <= 18:
        raw = np.frombuffer(array.buffers()[1], np.int64)[array.offset * 2 :][: len(array) * 2]
        return algorithm.longs(raw[0::2], seeds)
    data = memoryview(array.buffers()[1])[array.offset * 16 :]
    texts = []
    for i, valid in enumerate(array.is_valid().to_pylist()):
        unscaled = int.from_bytes(data[i * 16 : i * 16 + 16], "little", signed=True) if valid else 0
        bits = (unscaled if unscaled >= 0 else ~unscaled).bit_length()
        texts.append(unscaled.to_bytes(bits // 8 + 1, "big", signed=True))
    lengths = np.array([len(t) for t in texts], np.int64)
    begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    return algorithm.texts(np.frombuffer(b"".join(texts), np.uint8), begins, lengths, seeds)
