"""Count-min sketches, as Spark's `CountMinSketch` writes them (version 1).

Cormode, Muthukrishnan: "An Improved Data Stream Summary: The Count-Min Sketch and its Applications".
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.functions.hashing import MURMUR3, fold
from glowplug.functions.java_random import integers_below

_PRIME = 2**31 - 1


@dataclass(slots=True)
class CountMin:
    """A table of counters, a row for each hash function."""

    hashes: Any
    table: Any
    total: int = 0


def new(eps: float, confidence: float, seed: int) -> CountMin:
    width, depth = ceil(2 / eps), ceil(-log(1 - confidence) / log(2))
    return CountMin(integers_below(seed, _PRIME, depth), np.zeros((depth, width), np.int64))


def update(sketch: CountMin, values: pa.Array) -> CountMin:
    depth, width = sketch.table.shape
    text = pa.types.is_string(values.type) or pa.types.is_binary(values.type)
    places = _of_bytes(values, depth, width) if text else _of_numbers(sketch.hashes, values, width)
    for row, places_of_row in zip(sketch.table, places, strict=True):
        np.add.at(row, places_of_row, 1)
    sketch.total += len(values)
    return sketch


def _of_numbers(hashes: Any, values: pa.Array, width: int) -> list[Any]:
    numbers = values.to_numpy(zero_copy_only=False).astype(np.int64)
    with np.errstate(over="ignore"):
        products = [np.int64(h) * numbers for h in hashes]
    return [((p + (p >> 32)) & _PRIME) % width for p in products]


def _of_bytes(values: pa.Array, depth: int, width: int) -> list[Any]:
    with np.errstate(over="ignore"):
        first = fold(values, np.zeros(len(values), np.uint32), MURMUR3)
        second = fold(values, first, MURMUR3).view(np.int32)
        return [np.abs(np.fmod(first.view(np.int32) + np.int32(i) * second, np.int32(width))) for i in range(depth)]


def write(sketch: CountMin) -> bytes:
    depth, width = sketch.table.shape
    head = (
        (1).to_bytes(4, "big") + sketch.total.to_bytes(8, "big") + depth.to_bytes(4, "big") + width.to_bytes(4, "big")
    )
    return bytes(head + sketch.hashes.astype(">i8").tobytes() + sketch.table.astype(">i8").tobytes())
