"""How often a row is drawn with replacement: Poisson numbers by row, as `df.sample(True, …)` draws them.

Spark's come from a generator, WELL19937c, that can only be entered at its beginning. So the first ones are Spark's own,
computed one after the other; beyond them a row's number depends on the seed and the row's number alone.
Source: F. Panneton, P. L'Ecuyer, M. Matsumoto, "Improved long-period generators based on linear recurrences modulo 2".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

EXACT = 1 << 16  # rows whose numbers are Spark's: half a second's work
MOST_MEAN = 40.0  # up to which Spark counts products of uniform numbers
_WORD = 0xFFFFFFFF


def numbers(seed: int, mean: float) -> Callable[[Any], Any]:
    """A body: rows' positions to how often each is drawn."""

    def body(rows: Any) -> Any:
        at = rows.to_numpy().astype(np.int64)
        out = _scattered(seed, mean, at)
        early = at < EXACT
        if early.any() and mean < MOST_MEAN:
            out[early] = _sequence(seed, mean).upto(int(at[early].max()))[at[early]]
        return pa.array(out, pa.int32())

    return body


def _scattered(seed: int, mean: float, at: Any) -> Any:
    """Numbers by inversion of uniform ones, which are hashes of seed and position (SplitMix64)."""
    x = at.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed & (1 << 64) - 1)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    uniform = ((x ^ (x >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return np.searchsorted(_distribution(mean), uniform, "right").astype(np.int32)


@lru_cache(64)
def _distribution(mean: float) -> Any:
    """The probabilities of at most 0, 1, 2, …"""
    most = int(mean + 12 * math.sqrt(mean) + 30)
    logs = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(most)] if mean > 0 else [0.0]
    return np.cumsum(np.exp(logs))


class _Sequence:
    """The numbers from the first on, as far as they were asked for."""

    def __init__(self, seed: int, mean: float) -> None:
        self._draws, self._known = _poisson(_uniform(_first_long(seed)), mean), np.empty(0, np.int32)

    def upto(self, last: int) -> Any:
        if last >= len(self._known):
            more = min(EXACT, max(last + 1, 2 * len(self._known))) - len(self._known)
            drawn = np.fromiter((next(self._draws) for _ in range(more)), np.int32, more)
            self._known = np.concatenate((self._known, drawn))
        return self._known


@lru_cache(16)
def _sequence(seed: int, mean: float) -> _Sequence:
    return _Sequence(seed, mean)


def _poisson(uniform: Iterator[float], mean: float) -> Iterator[int]:
    """How many uniform numbers can be multiplied before the product falls below e^-mean."""
    limit, most = math.exp(-mean), 1000 * mean
    while True:
        count, product = 0, 1.0
        while count < most:
            product *= next(uniform)
            if product < limit:
                break
            count += 1
        yield count


def _uniform(seed: int) -> Iterator[float]:
    """WELL19937c's numbers of [0, 1), of 52 bits."""
    high, low = seed >> 32 & _WORD, seed & _WORD
    v = [high, low]
    for i in range(2, 624):
        word = v[i - 2] - (v[i - 2] >> 31 << 32)  # signed
        v.append((1812433253 * (word ^ word >> 30) + i) & _WORD)
    index = 0

    def bits() -> int:
        nonlocal index
        before, second = (index + 623) % 624, (index + 622) % 624
        v0, v1, v2, v3 = v[index], v[(index + 70) % 624], v[(index + 179) % 624], v[(index + 449) % 624]
        z0 = v[before] & 0x80000000 ^ v[second] & 0x7FFFFFFF
        z1 = v0 ^ v0 << 25 & _WORD ^ v1 ^ v1 >> 27
        z2 = v2 >> 9 ^ v3 ^ v3 >> 1
        z3 = z1 ^ z2
        z4 = z0 ^ z1 ^ z1 << 9 & _WORD ^ z2 ^ z2 << 21 & _WORD ^ z3 ^ z3 >> 21
        v[index], v[before] = z3, z4
        v[second] &= 0x80000000
        index = before
        z4 ^= z4 << 7 & 0xE46E1700
        z4 ^= z4 << 15 & 0x9B868000
        return z4 >> 6

    while True:
        yield (bits() << 26 | bits()) * 2.0**-52


def _first_long(seed: int) -> int:
    """What Java's `new Random(seed).nextLong()` gives: the seed of a partition."""
    state, words = (seed ^ 0x5DEECE66D) & (1 << 48) - 1, []
    for _ in range(2):
        state = (state * 0x5DEECE66D + 11) & (1 << 48) - 1
        word = state >> 16
        words.append(word - (word >> 31 << 32))
    return (words[0] << 32) + words[1] & (1 << 64) - 1
