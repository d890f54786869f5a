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

from glowplug.functions.hashing import SEED, U64, XXHASH64, fold
from glowplug.native import native

_THRESHOLDS = (10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000)
_LEAST, _NEAREST = 4, 6  # bits; how many raw estimates a bias is the mean of
_RANKS = 64  # more than a register can hold
_POWERS = np.exp2(-np.arange(_RANKS, dtype=float))
_REGISTERS = 1 << 20  # that are looked at together


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
        hashes = fold(values, np.full(len(values), SEED, U64), XXHASH64)
        quick = getattr(native, "register_codes", register_codes)
        missing = values.is_null().to_numpy(zero_copy_only=False) if values.null_count else None
        return pa.array(np.frombuffer(quick(hashes, bits), np.int32), mask=missing)

    return body


def register_codes(hashes: Any, bits: int) -> Any:
    """Of each hash the register that its first bits choose, and the rank of the others, as one number."""
    places = (hashes >> U64(64 - bits)).astype(np.int64)
    rest = (hashes << U64(bits)) | U64(1 << (bits - 1))
    # The zeros that a number begins with are in the exponent of a double: a bit less, so that none rounds up.
    doubles = (rest & ~(rest >> U64(1))).astype(float)
    ranks = 64 + 1023 - (doubles.view(np.int64) >> 52)
    return (places * _RANKS + ranks).astype(np.int32)


def counts(bits: int) -> Callable[[Any], Any]:
    """A body: of each list of codes, about how many different values it comes from."""
    size = 1 << bits
    at_once = max(_REGISTERS >> bits, 1)

    def body(lists: Any) -> Any:
        lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
        values = lists.flatten().to_numpy(zero_copy_only=False)
        lengths = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        ends = np.concatenate(([0], np.cumsum(lengths)))
        found = []
        for first in range(0, len(lengths), at_once):
            some = lengths[first : first + at_once]
            codes = values[ends[first] : ends[first + len(some)]]
            registers = np.zeros(len(some) * size, np.uint8)
            places = np.repeat(np.arange(len(some)) * size, some) + codes // _RANKS
            np.maximum.at(registers, places, (codes % _RANKS).astype(np.uint8))
            found.append(_estimates(registers.reshape(len(some), size), bits))
        return pa.array(np.concatenate(found) if found else np.empty(0, np.int64))

    return body


def _estimates(registers: Any, bits: int) -> Any:
    """`estimate` of each row, at once where empty registers are counted."""
    size = 1 << bits
    empty = size - np.count_nonzero(registers, axis=1)
    # all that can be told by counting has few values
    linear = np.array([_linear(int(n), bits) for n in np.unique(empty)])[np.unique(empty, return_inverse=True)[1]]
    out = np.floor(linear + 0.5)
    sums = np.sum(_POWERS.take(registers), axis=1)
    counted = (empty > 0) & (_alpha(size) * size * size / sums <= 2.5 * size)
    if bits < _LEAST + len(_THRESHOLDS):
        counted |= (empty > 0) & (linear <= _THRESHOLDS[bits - _LEAST])
    for row in np.flatnonzero(~counted):
        out[row] = estimate(registers[row], bits)
    return out.astype(np.int64)


def _alpha(size: int) -> float:
    return {16: 0.673, 32: 0.697, 64: 0.709}.get(size, 0.7213 / (1 + 1.079 / size))


def _linear(empty: int, bits: int) -> float:
    return (1 << bits) * log((1 << bits) / empty) if empty else 0.0


def with_codes(registers: Any, codes: Any, bits: int) -> Any:
    """Registers (None: empty ones) that have taken codes in."""
    registers = np.zeros(1 << bits, np.uint8) if registers is None else registers
    np.maximum.at(registers, codes // _RANKS, (codes % _RANKS).astype(np.uint8))
    return registers


def estimate(registers: Any, bits: int) -> int:
    size = 1 << bits
    registers = np.zeros(size) if registers is None else registers.astype(float)
    empty = size - np.count_nonzero(registers)
    raw = _alpha(size) * size * size / float(np.sum(np.exp2(-registers)))
    known = bits < _LEAST + len(_THRESHOLDS)
    found = raw - _bias(raw, bits) if known and raw < 5 * size else raw
    if empty:
        linear = _linear(int(empty), bits)
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
