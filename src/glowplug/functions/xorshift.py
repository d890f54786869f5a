"""Random numbers by row: Spark's XORShiftRandom at any place of its sequence, vectorised.

A step of the generator is linear over the bits of its state, so that 2^k steps are one linear map: eight tables, one
for each byte of the state. Any row's numbers are then found from the seed and the row's number alone, in any order.
Source: George Marsaglia, "Xorshift RNGs"; the seed is scrambled by MurmurHash3, as Spark does.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
MASK = (1 << 64) - 1
ARRAY_SEED = 0x3C074A61
SWEEP = 256  # states that are computed at once from one
BLOCK = 4096  # pairs of numbers that Gaussian numbers are made of at a time


def _murmur(data: bytes, seed: int) -> int:
    """MurmurHash3 (32 bits) of bytes whose number divides by four."""
    h = seed
    for i in range(0, len(data), 4):
        k = int.from_bytes(data[i : i + 4], "little") * 0xCC9E2D51 & 0xFFFFFFFF
        k = ((k << 15 | k >> 17) & 0xFFFFFFFF) * 0x1B873593 & 0xFFFFFFFF
        h ^= k
        h = ((h << 13 | h >> 19) & 0xFFFFFFFF) * 5 + 0xE6546B64 & 0xFFFFFFFF
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    h = (h ^ h >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return h ^ h >> 16


def start(seed: int) -> int:
    """The state before the first number."""
    data = (seed & MASK).to_bytes(8, "big")
    low = _murmur(data, ARRAY_SEED)
    return _murmur(data, low) << 32 | low


def _step(s: int) -> int:
    s ^= s << 21 & MASK
    s ^= s >> 35
    return (s ^ s << 4) & MASK


@cache
def _tables(power: int) -> Words:
    """The map of 2^power steps: for each byte of the state and each of its values, what it contributes."""
    if power:
        half = _tables(power - 1)
        columns = _apply(half, _apply(half, np.array([1 << bit for bit in range(64)], np.uint64)))
    else:
        columns = np.array([_step(1 << bit) for bit in range(64)], np.uint64)
    tables = np.zeros((8, 256), np.uint64)
    for byte in range(8):
        for bit in range(8):
            tables[byte, 1 << bit : 2 << bit] = tables[byte, : 1 << bit] ^ columns[8 * byte + bit]
    return tables


def _apply(tables: Words, states: Words) -> Words:
    out = np.zeros(len(states), np.uint64)
    for byte in range(8):
        out ^= tables[byte, (states >> np.uint64(8 * byte)) & np.uint64(255)]
    return out


def states(seed: int, steps: Words) -> Words:
    """The states after each number of steps."""
    out = np.full(len(steps), start(seed), np.uint64)
    if not len(steps):
        return out
    if len(steps) >= SWEEP and steps[1] > steps[0] and (np.diff(steps) == steps[1] - steps[0]).all():
        return _run(int(out[0]), int(steps[0]), int(steps[1] - steps[0]), len(steps))
    for power in range(int(steps.max()).bit_length()):
        rows = (steps >> np.uint64(power)) & np.uint64(1) == 1
        out[rows] = _apply(_tables(power), out[rows])
    return out


def _jump(state: int, steps: int) -> int:
    """One state so many steps on."""
    for power in range(steps.bit_length()):
        if steps >> power & 1:
            rows = _lists(power)
            state, before = 0, state
            for byte, table in enumerate(rows):
                state ^= table[before >> 8 * byte & 255]
    return state


@cache
def _lists(power: int) -> list[list[int]]:
    """`_tables` as Python's integers, which are faster one by one."""
    return _tables(power).tolist()  # type: ignore[no-any-return]


@lru_cache(4)  # of 4 MiB each: few strides come again, those of a query's own rows
def _sweep(stride: int) -> Words:
    """The maps of 0, 1, …, SWEEP - 1 times `stride` steps in one: as `_tables`, with a row of words for each value."""
    basis = np.array([1 << bit for bit in range(64)], np.uint64)
    columns = np.empty((SWEEP, 64), np.uint64)
    for j in range(SWEEP):
        columns[j] = basis
        for power in range(stride.bit_length()):
            if stride >> power & 1:
                basis = _apply(_tables(power), basis)
    out = np.zeros((8, 256, SWEEP), np.uint64)
    for byte in range(8):
        for bit in range(8):
            out[byte, 1 << bit : 2 << bit] = out[byte, : 1 << bit] ^ columns[:, 8 * byte + bit]
    return out


def _run(first: int, begin: int, stride: int, count: int) -> Words:
    """`count` states `stride` steps apart, from `begin` steps on: SWEEP at a time from every SWEEPth."""
    every = [_jump(first, begin)]
    while len(every) * SWEEP < count:
        every.append(_jump(every[-1], stride * SWEEP))
    anchors, sweep = np.array(every, np.uint64), _sweep(stride)
    out = sweep[0, anchors & np.uint64(255)]
    for byte in range(1, 8):
        out ^= sweep[byte, (anchors >> np.uint64(8 * byte)) & np.uint64(255)]
    return out.ravel()[:count]  # type: ignore[no-any-return]


def _next(s: Words) -> Words:
    s = s ^ (s << np.uint64(21))
    s = s ^ (s >> np.uint64(35))
    return s ^ (s << np.uint64(4))


def _double(s: Words) -> tuple[npt.NDArray[np.float64], Words]:
    """A number of [0, 1) of two steps, and the state behind them."""
    a = _next(s)
    b = _next(a)
    bits = ((a & np.uint64((1 << 26) - 1)) << np.uint64(27)) + (b & np.uint64((1 << 27) - 1))
    return bits.astype(np.float64) * 2.0**-53, b


def uniform(seed: int, rows: Words) -> npt.NDArray[np.float64]:
    """The row's number of [0, 1): `rand(seed)`."""
    return _double(states(seed, rows * np.uint64(2)))[0]


def integers(seed: int, rows: Words, each: int) -> npt.NDArray[np.int32]:
    """Each row's `each` integers of 32 bits, one row after another."""
    steps = (rows[:, None] * np.uint64(each) + np.arange(each, dtype=np.uint64)[None, :]).ravel()
    return _next(states(seed, steps)).astype(np.uint32).view(np.int32)


@lru_cache(256)
def _gaussians(seed: int, block: int) -> npt.NDArray[np.float64]:
    """The Gaussian numbers of a block of pairs; pairs outside the unit circle give none."""
    pairs = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=np.uint64)
    u, s = _double(states(seed, pairs * np.uint64(4)))
    v, _ = _double(s)
    x, y = 2 * u - 1, 2 * v - 1
    r = x * x + y * y
    inside = (r < 1) & (r != 0)
    x, y, r = x[inside], y[inside], r[inside]
    factor = np.sqrt(-2 * np.log(r) / r)
    return np.column_stack((x * factor, y * factor)).ravel()


@lru_cache(64)
def _counts(seed: int) -> list[int]:
    """How many Gaussian numbers come before each block, as far as it is known yet."""
    return [0]


def gaussian(seed: int, rows: Words) -> npt.NDArray[np.float64]:
    """The row's number of the normal distribution: `randn(seed)`."""
    out = np.empty(len(rows))
    before = _counts(seed)
    last = int(rows.max()) if len(rows) else -1
    while before[-1] <= last:
        before.append(before[-1] + len(_gaussians(seed, len(before) - 1)))
    blocks = np.searchsorted(np.array(before, np.uint64), rows, "right") - 1
    for b in np.unique(blocks):
        of = blocks == b
        out[of] = _gaussians(seed, int(b))[(rows[of] - np.uint64(before[b])).astype(np.int64)]
    return out
