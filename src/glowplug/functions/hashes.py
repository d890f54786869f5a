"""Hashes and checksums."""

from __future__ import annotations

import hashlib
import zlib
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from glowplug.functions import hashing
from glowplug.functions.hashing import MURMUR3, XXHASH64, Hash
from glowplug.functions.lowering import constant, per_row, python
from glowplug.functions.maps import contains_map, contains_type
from glowplug.functions.vocabulary import ANY, BIN, INTEGER, Mismatch, sig
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Function, Lower, Lowering
from glowplug.types import INT, LONG, STRING, DataType, NullType, VariantType, quote

_hash = partial(Function, group="hash_funcs")


def _row_hash(name: str, algorithm: Hash, result: DataType, usage: str) -> Function:
    def returns(args: tuple[Expression, ...]) -> DataType:
        if any(contains_map(a.type) for a in args):
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


def crc32(values: Any) -> pa.Array:
    """A body over binary values: their checksums."""
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    ends = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1].tolist()
    data = bytes(values.buffers()[2] or b"")[: ends[-1]] if len(values) else b""
    sums = np.fromiter((zlib.crc32(data[a:b]) for a, b in pairwise(ends)), np.int64, len(values))
    return pa.array(sums, mask=values.is_null().to_numpy(zero_copy_only=False))


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
