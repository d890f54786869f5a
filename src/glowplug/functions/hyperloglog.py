"""Counts of different values by HyperLogLog++, with Spark's hash, registers and estimate: the same number as Spark's.

Heule, Nunkesser, Hall: "HyperLogLog in Practice" (2013); the raw estimates and their biases, and the thresholds up to
which empty registers are counted instead, are those of its appendix.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from math import ceil, log
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.functions.hashing import U64, XXHASH64, rows

_THRESHOLDS = (10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000)
_LEAST, _NEAREST = 4, 6  # bits; how many raw estimates a bias is the mean of
_RANKS = 64  # more than a register can hold


def precision(deviation: float) -> int:
    """How many bits of a hash choose its register, for a relative standard deviation."""
    return ceil(2 * log(1.106 / deviation) / log(2))


@cache
def _biases(bits: int) -> tuple[Any, Any]:
    lines = (files("glowplug.functions") / "hyperloglog.txt").read_text().splitlines()
    at = 2 * (bits - _LEAST)
    return np.array(lines[at].split(), float), np.array(lines[at + 1].split(), float)


def codes(bits: int) -> Callable[[Any], Any]:
    """A body: of each value its register and the rank it asks for there, as one number; NULL for NULL."""

    def body(values: Any) -> Any:
        hashes = rows(XXHASH64)(values).to_numpy().view(U64)
        places = (hashes >> U64(64 - bits)).astype(np.int64)
        rest = (hashes << U64(bits)) | U64(1 << (bits - 1))
        # The zeros that a number begins with are in the exponent of a double: a bit less, so that none rounds up.
        doubles = (rest & ~(rest >> U64(1))).astype(float)
        ranks = 64 + 1023 - (doubles.view(np.int64) >> 52)
        missing = values.is_null().to_numpy(zero_copy_only=False)
        return pa.array((places * _RANKS + ranks).astype(np.int32), pa.int32(), mask=missing)

    return body


def counts(bits: int) -> Callable[[Any], Any]:
    """A body: of each list of codes, about how many different values it comes from."""

    def body(lists: Any) -> Any:
        lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
        values = lists.flatten().to_numpy(zero_copy_only=False)
        ends = np.cumsum(lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False))
        return pa.array(
            [estimate(with_codes(None, part, bits), bits) for part in np.split(values, ends[:-1])], pa.int64()
        )

    return body


def with_codes(registers: Any, codes: Any, bits: int) -> Any:
    """Registers (None: empty ones) that have taken codes in."""
    registers = np.zeros(1 << bits, np.uint8) if registers is None else registers
    np.maximum.at(registers, codes // _RANKS, (codes % _RANKS).astype(np.uint8))
    return registers


def estimate(registers: Any, bits: int) -> int:
    size = 1 << bits
    registers = np.zeros(size) if registers is None else registers.astype(float)
    empty = size - np.count_nonzero(registers)
    alpha = {4: 0.673, 5: 0.697, 6: 0.709}.get(bits, 0.7213 / (1 + 1.079 / size))
    raw = alpha * size * size / float(np.sum(np.exp2(-registers)))
    known = bits < _LEAST + len(_THRESHOLDS)
    found = raw - _bias(raw, bits) if known and raw < 5 * size else raw
    if empty:
        linear = size * log(size / empty)
        if raw <= 2.5 * size or (known and linear <= _THRESHOLDS[bits - _LEAST]):
            found = linear
    return int(np.floor(found + 0.5))


def _bias(estimate: float, bits: int) -> float:
    """The mean bias of the nearest raw estimates: a window that moves up while its far end is the nearer one."""
    estimates, biases = _biases(bits)
    nearest = int(np.searchsorted(estimates, estimate))
    low = max(nearest - _NEAREST + 1, 0)
    high = min(low + _NEAREST, len(estimates))
    while high < len(estimates) and (estimate - estimates[high]) ** 2 < (estimate - estimates[low]) ** 2:
        low, high = low + 1, high + 1
    return float(np.sum(biases[low:high])) / (high - low)
