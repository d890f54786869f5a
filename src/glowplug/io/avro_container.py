"""Avro's object container files: a header with the schema, then blocks of values, each compressed by itself.

https://avro.apache.org/docs/1.12.0/specification/#object-container-files
"""

from __future__ import annotations

import bz2
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import pyarrow as pa

from glowplug.functions.avro_values import number
from glowplug.io.lines import unpacked

MAGIC = b"Obj\x01"
_SYNC = 16
# What a length may be at most before it is believed: a damaged file must not take all memory.
_MOST = 1 << 31


class Damaged(ValueError):
    """The file is none, or not whole."""


@dataclass(frozen=True, slots=True)
class Header:
    """Of a file: the schema its values were written with, the codec of its blocks, and what ends each of them."""

    schema: str
    codec: str
    sync: bytes


def read_header(stream: IO[bytes]) -> Header:
    """The header, from the beginning of a file. Raises Damaged."""
    if stream.read(len(MAGIC)) != MAGIC:
        raise Damaged("it is not an Avro file")
    found: dict[str, bytes] = {}
    while count := _number(stream):
        if count < 0:
            _number(stream)
        for _ in range(abs(count)):
            key = _bytes(stream).decode("utf-8", "replace")
            found[key] = _bytes(stream)
    sync = _exactly(stream, _SYNC)
    if "avro.schema" not in found:
        raise Damaged("its header has no schema")
    codec = found.get("avro.codec", b"null").decode("utf-8", "replace")
    if codec not in CODECS:
        raise Damaged(f"it is compressed by {codec}, which is not known")
    return Header(found["avro.schema"].decode(), codec, sync)


def read_blocks(stream: IO[bytes], header: Header) -> Iterator[tuple[int, bytes]]:
    """How many values are in each block after the header, and their bytes. Raises Damaged."""
    _, decompress = CODECS[header.codec]
    while (first := stream.read(1)) != b"":
        count = _number(stream, first)
        data = _bytes(stream)
        if _exactly(stream, _SYNC) != header.sync or count < 0:
            raise Damaged("a block does not end where it should")
        try:
            yield count, decompress(data)
        except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError, pa.ArrowException) as error:
            raise Damaged(f"a block cannot be decompressed: {error}") from None


class Container:
    """A file that is being written: the header at once, then blocks."""

    def __init__(self, stream: IO[bytes], schema: str, codec: str, level: int | None, metadata: dict[str, str]) -> None:
        self._stream, self._sync, self._level = stream, os.urandom(_SYNC), level
        self._compress = CODECS[codec][0]
        entries = {"avro.schema": schema, "avro.codec": codec, **metadata}
        parts = [_written(k.encode()) + _written(v.encode()) for k, v in entries.items()]
        stream.write(MAGIC + number(len(parts)) + b"".join(parts) + b"\0" + self._sync)

    def block(self, count: int, data: bytes) -> None:
        self._stream.write(number(count) + _written(self._compress(data, self._level)) + self._sync)


def _written(data: bytes) -> bytes:
    return number(len(data)) + data


def _number(stream: IO[bytes], first: bytes = b"") -> int:
    value, shift = 0, 0
    while True:
        byte = (first or _exactly(stream, 1))[0]
        first = b""
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1)
        if shift > 63:
            raise Damaged("a number has no end")


def _bytes(stream: IO[bytes]) -> bytes:
    length = _number(stream)
    if not 0 <= length < _MOST:
        raise Damaged(f"a length is {length}")
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise Damaged("it ends too early")
    return data


# --- codecs -------------------------------------------------------------------------------------------------


def _snappy(data: bytes, level: int | None) -> bytes:
    packed: bytes = pa.Codec("snappy").compress(data, asbytes=True)
    return packed + zlib.crc32(data).to_bytes(4, "big")


def _unsnappy(data: bytes) -> bytes:
    plain = unpacked(pa.Codec("snappy"), data[:-4], 0)
    if zlib.crc32(plain) != int.from_bytes(data[-4:], "big"):
        raise Damaged("the checksum is wrong")
    return plain


def _deflate(data: bytes, level: int | None) -> bytes:
    packer = zlib.compressobj(-1 if level is None else level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _zstandard(data: bytes, level: int | None) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=3 if level is None else level).compress(data)


def _unzstandard(data: bytes) -> bytes:
    import zstandard

    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    except zstandard.ZstdError as error:
        raise Damaged(str(error)) from None


# Name in the header → how a block is compressed at a level, and decompressed.
CODECS: dict[str, tuple[Callable[[bytes, int | None], bytes], Callable[[bytes], bytes]]] = {
    "null": (lambda data, level: data, lambda data: data),
    "deflate": (_deflate, lambda data: zlib.decompress(data, -15)),
    "snappy": (_snappy, _unsnappy),
    "bzip2": (lambda data, level: bz2.compress(data), bz2.decompress),
    "xz": (lambda data, level: lzma.compress(data, preset=6 if level is None else level), lzma.decompress),
    "zstandard": (_zstandard, _unzstandard),
}
