"""Text files as they are written: lines made by the kernel, then compressed and encoded file by file."""

from __future__ import annotations

import bz2
import codecs
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

import pyarrow as pa

from glowplug.functions.record_options import CLASSES, EXTENSIONS
from glowplug.io.lines import CHUNK
from glowplug.io.produce import Output
from glowplug.io.source import Reading
from glowplug.sqltext import literal
from glowplug.types import DataType


@dataclass(frozen=True, slots=True)
class Values:
    """A kernel as the writers of `to_json` and `to_xml` ask for it."""

    kernel: Reading

    def literal(self, text: str) -> str:
        return literal(text)

    def type(self, type: DataType) -> str:
        return self.kernel.type(type)

    def cast(self, sql: str, source: DataType, target: DataType, mode: str = "legacy") -> str:
        return self.kernel.cast(sql, source, target, "legacy")

    def python(self, *declaration: Any) -> str:
        return self.kernel.python(*declaration)


# One column of text without quotes: the kernel then writes just the text and a line feed.
_LINES = "FORMAT csv, QUOTE '', ESCAPE '', DELIMITER '', HEADER "
_BLOCK = 256 << 10


def text_output(
    line: str,
    header: str | None,
    extension: str,
    codec: str,
    separator: str,
    encoding: str,
    around: tuple[str, str] | None = None,
) -> Output:
    """Files of lines. `line` is SQL over the job's columns, `header` a first line for each file.

    `around` is what stands before and after the lines of a file that has some.
    """
    codec = CLASSES.get(codec, codec)
    steps: list[Callable[[Iterator[bytes]], Iterator[bytes]]] = []
    if separator == "\n" or separator.endswith("\n"):
        rest = separator[:-1]
        columns = [(f"{line} || {literal(rest)}" if rest else line, (header or "") + (rest if header else ""))]
        copy = _LINES + ("true" if header is not None else "false")
    else:
        columns = [(f"encode({line} || {literal(separator)})", "line")]
        copy = "FORMAT blob"
        if header is not None:
            first = (header + separator).encode()
            steps.append(lambda parts: _prefixed(first, parts))
    if around is not None:
        before, after = around[0].encode(), around[1].encode()
        steps.append(lambda parts: _enclosed(before, parts, after))
    if encoding != "UTF-8":
        steps.append(lambda parts: _encoded(parts, encoding))
    if EXTENSIONS[codec]:
        steps.append(_COMPRESSORS[codec])
    columns = [(sql, name or "line") for sql, name in columns]
    return Output(f"{extension}{EXTENSIONS[codec]}", columns, copy, _converter(steps) if steps else None)


def _converter(steps: list[Callable[[Iterator[bytes]], Iterator[bytes]]]) -> Callable[[str, str], None]:
    def convert(source: str, target: str) -> None:
        with open(source, "rb") as raw, open(target, "wb") as out:
            parts = _chunks(raw)
            for step in steps:
                parts = step(parts)
            for part in parts:
                out.write(part)

    return convert


def _chunks(raw: IO[bytes]) -> Iterator[bytes]:
    while data := raw.read(CHUNK):
        yield data


def _prefixed(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from parts


def _enclosed(before: bytes, parts: Iterator[bytes], after: bytes) -> Iterator[bytes]:
    first = next(parts, None)
    if first is not None:
        yield from chain((before, first), parts, (after,))


def _encoded(parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    # Java's UTF-16 is big-endian with a mark; Python's is the machine's.
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoder = codecs.getincrementalencoder("utf-16-be" if encoding == "UTF-16" else encoding)("replace")
    if encoding == "UTF-16":
        yield codecs.BOM_UTF16_BE
    for part in parts:
        yield encoder.encode(decoder.decode(part))
    yield encoder.encode(decoder.decode(b"", True), True)


def _gzip(parts: Iterator[bytes]) -> Iterator[bytes]:
    return _by_object(zlib.compressobj(6, zlib.DEFLATED, 31), parts)


def _deflate(parts: Iterator[bytes]) -> Iterator[bytes]:
    return _by_object(zlib.compressobj(), parts)


def _bzip2(parts: Iterator[bytes]) -> Iterator[bytes]:
    return _by_object(bz2.BZ2Compressor(), parts)


def _zstd(parts: Iterator[bytes]) -> Iterator[bytes]:
    import zstandard

    return _by_object(zstandard.ZstdCompressor().compressobj(), parts)


def _by_object(packer: object, parts: Iterator[bytes]) -> Iterator[bytes]:
    for part in parts:
        yield packer.compress(part)  # type: ignore[attr-defined]
    yield packer.flush()  # type: ignore[attr-defined]


def _hadoop_blocks(codec: str) -> Callable[[Iterator[bytes]], Iterator[bytes]]:
    """Hadoop's framing: a block's size, its compressed size, and the compressed block."""

    def pack(parts: Iterator[bytes]) -> Iterator[bytes]:
        packer = pa.Codec(codec)
        for part in parts:
            for start in range(0, len(part), _BLOCK):
                block = part[start : start + _BLOCK]
                packed = packer.compress(block, asbytes=True)
                yield struct.pack(">II", len(block), len(packed)) + packed

    return pack


_COMPRESSORS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "bzip2": _bzip2,
    "deflate": _deflate,
    "zstd": _zstd,
    "snappy": _hadoop_blocks("snappy"),
    "lz4": _hadoop_blocks("lz4_raw"),
}
