"""Bitmaps of 4,096 bytes that count distinct numbers: bit n of bucket b is the number b * 32,768 + n.

Source: Spark SQL reference, "bitmap_construct_agg" and its kin. Bits are counted from the lowest of the first byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, reduce
from typing import Any

import numpy as np

from glowplug.errors import row_failure
from glowplug.functions import folds
from glowplug.functions.lowering import bind
from glowplug.functions.vocabulary import BIGINT, sig
from glowplug.plan.expressions import Call
from glowplug.plan.function import Accept, Fold, Function, Lower, Lowering
from glowplug.types import BINARY, LONG, BinaryType

_bitmap = partial(Function, group="misc_funcs")
BYTES = 4096
BITS = 8 * BYTES
ONLY_BINARY = Accept('"BINARY"', lambda t: isinstance(t, BinaryType))


def _bucket(call: Call, low: Lowering) -> str:
    """Positive numbers begin at bucket 1, zero and negative ones are in bucket 0 and below."""
    value = "CASE WHEN {0} > 0 THEN 1 + ({0} - 1) // 32768 ELSE {0} // 32768 END"
    return bind(low.sql(call.args[0]), lambda x: f"CAST({value.format(x)} AS BIGINT)")


def _position(call: Call, low: Lowering) -> str:
    value = "CASE WHEN {0} > 0 THEN ({0} - 1) % 32768 ELSE abs({0} % 32768) END"
    return bind(low.sql(call.args[0]), lambda x: f"CAST({value.format(x)} AS BIGINT)")


def construct(bitmap: int, positions: Any) -> int:
    """A bitmap with these bits. INVALID_BITMAP_POSITION for one that it does not have."""
    places = positions.to_numpy()
    for p in places[(places < 0) | (places >= BITS)][:1]:
        raise row_failure("INVALID_BITMAP_POSITION", bitPosition=p, bitmapNumBytes=BYTES, bitmapNumBits=BITS)
    bits = np.zeros(BITS, np.uint8)
    bits[places] = 1
    return bitmap | int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")


def _padded(bitmap: bytes) -> int:
    """Shorter ones are filled with zeros."""
    return int.from_bytes(bitmap[:BYTES], "little")


def union(bitmap: int, others: Any) -> int:
    return reduce(int.__or__, map(_padded, others.to_pylist()), bitmap)


def intersection(bitmap: int, others: Any) -> int:
    return reduce(int.__and__, map(_padded, others.to_pylist()), bitmap)


def _gathered(name: str, start: int, add: Callable[[int, Any], int]) -> Lower:
    """Held in memory are the group's distinct values: at most 32,768 positions, or its bitmaps."""

    def lower(call: Call, low: Lowering) -> str:
        fold = Fold(call.args, name, lambda: start, add, lambda bitmap: bitmap.to_bytes(BYTES, "little"))
        return folds.lower_as(fold, replace(call, distinct=not low.spills()), low)

    return lower


def _aggregate(
    name: str, accept: Accept, start: int, add: Callable[[int, Any], int], usage: str, example: str
) -> Function:
    return _bitmap(
        (name,),
        sig(accept),
        BINARY,
        _gathered(name, start, add),
        kind="aggregate",
        nullable="never",
        usage=usage,
        example=example,
    )


def _set_bits(x: str) -> str:
    """The kernel makes no bit string of no bytes."""
    return f"(CASE WHEN octet_length({x}) = 0 THEN 0 ELSE CAST(bit_count(CAST({x} AS BIT)) AS BIGINT) END)"


FUNCTIONS = (
    _bitmap(
        ("bitmap_bucket_number",),
        sig(BIGINT),
        LONG,
        _bucket,
        usage="Returns the number of the bitmap that a number belongs to.",
        example="SELECT bitmap_bucket_number(123)",
    ),
    _bitmap(
        ("bitmap_bit_position",),
        sig(BIGINT),
        LONG,
        _position,
        usage="Returns the number of a number's bit in its bitmap.",
        example="SELECT bitmap_bit_position(123)",
    ),
    _bitmap(
        ("bitmap_count",),
        sig(ONLY_BINARY),
        LONG,
        lambda call, low: bind(low.sql(call.args[0]), _set_bits),
        usage="Returns how many bits of a bitmap are set.",
        example="SELECT bitmap_count(X'1010')",
    ),
    _aggregate(
        "bitmap_construct_agg",
        BIGINT,
        0,
        construct,
        "Returns the bitmap of the bits of a group.",
        "SELECT bitmap_construct_agg(bitmap_bit_position(col)) FROM VALUES (1), (2), (3) AS tab(col)",
    ),
    _aggregate(
        "bitmap_or_agg",
        ONLY_BINARY,
        0,
        union,
        "Returns the union of the bitmaps of a group.",
        "SELECT bitmap_or_agg(col) FROM VALUES (X'10'), (X'20') AS tab(col)",
    ),
    _aggregate(
        "bitmap_and_agg",
        ONLY_BINARY,
        (1 << BITS) - 1,
        intersection,
        "Returns the intersection of the bitmaps of a group.",
        "SELECT bitmap_and_agg(col) FROM VALUES (X'F0'), (X'70') AS tab(col)",
    ),
)
