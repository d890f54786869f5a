"""Bitmaps of 4,096 bytes that count distinct numbers: bit n of bucket b is the number b * 32,768 + n.

Source: Spark SQL reference, "bitmap_construct_agg" and its kin. Bits are counted from the lowest of the first byte.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce

import numpy as np

from glowplug.errors import row_failure
from glowplug.functions.lowering import bind, per_row
from glowplug.functions.vocabulary import BIGINT, sig
from glowplug.plan.expressions import Call
from glowplug.plan.function import Accept, Function, Lower, Lowering
from glowplug.types import BINARY, LONG, ArrayType, BinaryType

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


def construct(positions: list[int]) -> bytes:
    """A bitmap of these bits. INVALID_BITMAP_POSITION for one that it does not have."""
    bits = np.zeros(BITS, np.uint8)
    for p in positions:
        if not 0 <= p < BITS:
            raise row_failure("INVALID_BITMAP_POSITION", bitPosition=p, bitmapNumBytes=BYTES, bitmapNumBits=BITS)
        bits[p] = 1
    return np.packbits(bits, bitorder="little").tobytes()


def _padded(bitmap: bytes) -> int:
    return int.from_bytes(bitmap[:BYTES], "little")


def union(bitmaps: list[bytes]) -> bytes:
    """Shorter ones are filled with zeros."""
    return reduce(int.__or__, map(_padded, bitmaps), 0).to_bytes(BYTES, "little")


def intersection(bitmaps: list[bytes]) -> bytes:
    """All bits, of no bitmap at all."""
    return reduce(int.__and__, map(_padded, bitmaps), (1 << BITS) - 1).to_bytes(BYTES, "little")


def _gathered(name: str, body: Callable[..., bytes]) -> Lower:
    """The group's distinct values go to `body`: at most 32,768 positions, or the group's bitmaps."""

    def lower(call: Call, low: Lowering) -> str:
        x = low.sql(call.args[0])
        values = low.aggregate("list", call, (x,), condition=f"{x} IS NOT NULL", distinct=True)
        return per_row(low, name, body, [(f"coalesce({values}, [])", ArrayType(call.args[0].type))], BINARY)

    return lower


def _aggregate(name: str, accept: Accept, body: Callable[..., bytes], usage: str, example: str) -> Function:
    return _bitmap(
        (name,),
        sig(accept),
        BINARY,
        _gathered(name, body),
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
        construct,
        "Returns the bitmap of the bits of a group.",
        "SELECT bitmap_construct_agg(bitmap_bit_position(col)) FROM VALUES (1), (2), (3) AS tab(col)",
    ),
    _aggregate(
        "bitmap_or_agg",
        ONLY_BINARY,
        union,
        "Returns the union of the bitmaps of a group.",
        "SELECT bitmap_or_agg(col) FROM VALUES (X'10'), (X'20') AS tab(col)",
    ),
    _aggregate(
        "bitmap_and_agg",
        ONLY_BINARY,
        intersection,
        "Returns the intersection of the bitmaps of a group.",
        "SELECT bitmap_and_agg(col) FROM VALUES (X'F0'), (X'70') AS tab(col)",
    ),
)
