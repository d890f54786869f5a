"""Hashes and checksums."""

from __future__ import annotations

import hashlib
import zlib
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.functions import hashing
from glowplug.functions.characters import flat
from glowplug.functions.hashing import MURMUR3, XXHASH64, Hash
from glowplug.functions.lowering import constant, per_row, python
from glowplug.functions.vocabulary import ANY, BIN, INTEGER, Mismatch, sig
from glowplug.native import vectorised
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.type_trees import contains_type
from glowplug.types import INT, LONG, STRING, DataType, MapType, NullType, VariantType, quote

_hash = partial(Function, group="hash_funcs")


def _row_hash(name: str, algorithm: Hash, result: DataType, usage: str) -> Function:
    def returns(args: tuple[Expression, ...]) -> DataType:
        if any(contains_type(a.type, MapType) for a in args):
            raise Mismatch("HASH_MAP_TYPE", functionName=quote(name))
        if any(contains_type(a.type, VariantType) for a in args):
            raise Mismatch("HASH_VARIANT_TYPE", functionName=quote(name))
        return result

    def lower(call: Call, low: Lowering) -> str:
        hashed = [a for a in call.args if not isinstance(a.type, NullType)]
        if not hashed:
            return f"CAST(42 AS {low.type(result)})"
        return python(low, name, hashing.rows(algorithm), hashed, result)

    return _hash(
        (name,),
        sig(ANY, variadic=True),
        returns,
        lower,
        nullable="never",
        usage=usage,
        example=f"SELECT {name}('Spark', array(123), 2)",
    )


def _digest(kernel: str) -> Lower:
    return lambda call, low: f"{kernel}({low.sql(call.args[0])})"


SHORT = 64  # bytes; the loop over rows is quicker for longer values


@cache
def _crc_tables() -> tuple[Any, Any]:
    """What a byte with so many bytes after it adds (xor) to the checksum of as many zeros; and those checksums."""
    zeros = np.array([zlib.crc32(bytes(n)) for n in range(SHORT + 1)], np.int64)
    added = [[zlib.crc32(bytes([b]) + bytes(n)) ^ zlib.crc32(bytes(n + 1)) for b in range(256)] for n in range(SHORT)]
    return np.array(added, np.uint32), zeros


def crc32(values: Any) -> pa.Array:
    """A body over binary values: their checksums."""
    sums = _checksums(*flat(values))
    return pa.array(sums, mask=values.is_null().to_numpy(zero_copy_only=False) if values.null_count else None)


def checksums(data: Any, ends: Any) -> Any:
    """Those of the bytes between the `ends`."""
    lengths = np.diff(ends)
    most = int(lengths.max(initial=0))
    if most > SHORT:
        whole = data.tobytes()
        sums = np.fromiter((zlib.crc32(whole[a:b]) for a, b in pairwise(ends.tolist())), np.int64, len(lengths))
    else:  # the checksum is linear: the last bytes of all values, then those before them, …
        added, zeros = _crc_tables()
        order = np.argsort(-lengths, kind="stable")
        at, xors = ends[1:][order].astype(np.intp), np.zeros(len(order), np.uint32)
        for i, count in enumerate(np.searchsorted(-lengths[order], -np.arange(most), "left")):
            at -= 1
            xors[:count] ^= added[i].take(data.take(at[:count]))
        sums = np.empty(len(order), np.int64)
        sums[order] = xors
        sums ^= zeros[lengths]
    return sums


_checksums = vectorised("crc32", checksums, (np.uint8, np.int32), np.int64)


def sha2(data: bytes, bits: int) -> str | None:
    digest = {0: "sha256", 224: "sha224", 256: "sha256", 384: "sha384", 512: "sha512"}.get(bits)
    return None if digest is None else hashlib.new(digest, data).hexdigest()


def _lower_sha2(call: Call, low: Lowering) -> str:
    if constant(call.args[1]) in (0, 256):
        return f"sha256({low.sql(call.args[0])})"
    return per_row(low, "sha2", sha2, call.args, STRING)


FUNCTIONS = (
    _row_hash("hash", MURMUR3, INT, "Returns the Murmur3 hash of the values."),
    _row_hash("xxhash64", XXHASH64, LONG, "Returns the 64-bit xxHash of the values."),
    _hash(
        ("md5",),
        sig(BIN),
        STRING,
        _digest("md5"),
        usage="Returns the MD5 digest, in hexadecimal.",
        example="SELECT md5('Spark')",
    ),
    _hash(
        ("sha", "sha1"),
        sig(BIN),
        STRING,
        _digest("sha1"),
        usage="Returns the SHA-1 digest, in hexadecimal.",
        example="SELECT sha1('Spark')",
    ),
    _hash(
        ("sha2",),
        sig(BIN, INTEGER),
        STRING,
        _lower_sha2,
        nullable="always",
        usage="Returns a digest of the SHA-2 family of 224, 256, 384 or 512 bits, in hexadecimal.",
        example="SELECT sha2('Spark', 256)",
    ),
    _hash(
        ("crc32",),
        sig(BIN),
        LONG,
        lambda call, low: python(low, "crc32", crc32, call.args, LONG),
        usage="Returns the cyclic redundancy check of 32 bits.",
        example="SELECT crc32('Spark')",
    ),
)
