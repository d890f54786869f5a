"""Text files as streams of lines for the kernel: decompressed, decoded, split, without copying a line.

Splitting is numpy's; a batch is a chunk of the file and views into it. Semantics of Hadoop's `LineRecordReader` and of
Spark's `CSVExprUtils`: a line ends at LF, CR or CRLF unless a separator is given; codecs go by the file's extension;
bytes that are not valid in the encoding become U+FFFD.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import pyarrow as pa

from glowplug.errors import ExecutionError
from glowplug.io.filesystem import FileSystem, access_error
from glowplug.io.listing import DataFile
from glowplug.io.source import ArrowStream
from glowplug.native import native

CHUNK = 4 << 20  # bytes
MAX_RECORD = (
    2040 << 20
)  # bytes: a little less than fit into a Java array, and so in a record of Spark, or an Arrow view
_BOM = b"\xef\xbb\xbf"
LINE, FILE = "line", "__file"
_SCHEMA = pa.schema([(LINE, pa.string_view()), (FILE, pa.int64())])


@dataclass(frozen=True, slots=True)
class LineFormat:
    """How a file's bytes become lines. `separator` None = LF, CR or CRLF."""

    encoding: str = "UTF-8"
    separator: str | None = None
    skip_blank: bool = False  # lines of white space only
    comment: str = ""  # lines that begin with it are skipped
    header: bool = False  # the first line of each file that is left is skipped


@dataclass(frozen=True)
class Lines(ArrowStream):
    """The lines of files as a table of (line, number of the file from 1)."""

    fs: FileSystem
    files: tuple[DataFile, ...]
    format: LineFormat
    ignore_corrupt: bool = False

    @property
    def schema(self) -> pa.Schema:
        return _SCHEMA

    def batches(self) -> Iterator[pa.RecordBatch]:
        for number, data, starts, lengths in self.chunks():
            numbers = pa.array(np.full(len(starts), number))
            yield pa.record_batch([views(data, starts, lengths), numbers], schema=_SCHEMA)

    def chunks(self) -> Iterator[tuple[int, bytes, np.ndarray, np.ndarray]]:
        """A file's number, some of its text, and the start and length of each line in that."""
        for number, file in enumerate(self.files, 1):
            skipped = not self.format.header
            for data, starts, lengths in self._lines(file):
                keep = self._wanted(data, starts, lengths)
                if keep is not None:
                    starts, lengths = starts[keep], lengths[keep]
                if not skipped and len(starts):
                    starts, lengths, skipped = starts[1:], lengths[1:], True
                if len(starts):
                    yield number, data, starts, lengths

    def first(self, file: DataFile) -> str | None:
        """The first line of a file that is not skipped, header or not."""
        for data, starts, lengths in self._lines(file):
            keep = self._wanted(data, starts, lengths)
            found = np.flatnonzero(keep) if keep is not None else np.arange(len(starts))
            if len(found):
                start = starts[found[0]]
                return bytes(data[start : start + lengths[found[0]]]).decode()
        return None

    def _wanted(self, data: bytes, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray | None:
        """Which lines are neither blank nor comments; None = all."""
        if not (self.format.skip_blank or self.format.comment) or not len(starts):
            return None
        padded = np.frombuffer(data + b"\0", np.uint8)
        first = padded[starts]
        keep = np.ones(len(starts), bool)
        if self.format.skip_blank:
            for i in np.flatnonzero((first <= 32) | (lengths == 0)):
                keep[i] = bool(data[starts[i] : starts[i] + lengths[i]].strip(_BLANK))
        if self.format.comment:
            mark = self.format.comment.encode()
            for i in np.flatnonzero((first == mark[0]) & (lengths > 0)):
                keep[i] &= not data.startswith(mark, starts[i])
        return None if keep.all() else keep

    def _lines(self, file: DataFile) -> Iterator[tuple[bytes, np.ndarray, np.ndarray]]:
        """Chunks of UTF-8 with the start and length of each line in them."""
        separator = None if self.format.separator is None else self.format.separator.encode()
        unsplit = Unsplit(self.fs.uri(file.status.path, "//"))
        for data in unsplit.pieces(utf8_chunks(self.fs, file, self.format.encoding, self.ignore_corrupt)):
            starts, lengths, used = split(data, separator)
            unsplit.rest = data[used:]
            if unsplit.last and used < len(data):  # a line without an end
                length = len(data) - used - (separator is None and data.endswith(b"\r"))
                starts, lengths = np.append(starts, used), np.append(lengths, length)
            if len(starts):
                yield data, starts, lengths


_BLANK = bytes(range(33))


class Unsplit:
    """A file's text as pieces to be split into records: what is left of one (`rest`) is at the start of the next.

    A record of many chunks is looked at again only when there is twice as much of it: its time is that of its length.
    """

    def __init__(self, uri: str) -> None:
        self.uri, self.rest, self.last = uri, b"", False

    def pieces(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """`last` says of the piece at hand that no more follows. Raises FAILED_READ_FILE for too long a record."""
        parts, size = list[bytes](), 0
        following = next(chunks, None)
        while following is not None:
            parts.append(following)
            size += len(following)
            following = next(chunks, None)
            self.last = following is None
            if self.last or size >= min(2 * len(self.rest), MAX_RECORD):
                yield b"".join([self.rest, *parts])
                if len(self.rest) >= MAX_RECORD:
                    raise too_long(self.uri)
                parts, size = [], len(self.rest)


def too_long(uri: str) -> ExecutionError:
    """FAILED_READ_FILE for a record of more than `MAX_RECORD` bytes."""
    return ExecutionError("FAILED_READ_FILE.NO_HINT", path=uri, reason=f"a record is longer than {MAX_RECORD} bytes")


def whole(fs: FileSystem, file: DataFile, encoding: str, ignore_corrupt: bool) -> str:
    """A file's text as one record."""
    parts, size = list[bytes](), 0
    for part in utf8_chunks(fs, file, encoding, ignore_corrupt):
        parts.append(part)
        size += len(part)
        if size >= MAX_RECORD:
            raise too_long(fs.uri(file.status.path, "//"))
    return b"".join(parts).decode()


def split(data: bytes, separator: bytes | None) -> tuple[np.ndarray, np.ndarray, int]:
    """Start and length of each complete line of `data`, and how many bytes they take with their separators.

    A CR at the very end is not yet the end of a line: an LF may follow.
    """
    if native is not None and (separator == b"\n" or (separator is None and b"\r" not in data)):
        found, sizes, used = native.lines(data)
        return np.frombuffer(found, np.int64), np.frombuffer(sizes, np.int64), used
    codes = np.frombuffer(data, np.uint8)
    if separator is not None:
        ends = np.array([m.start() for m in re.finditer(re.escape(separator), data)], np.int64)
        if len(separator) == 1:
            ends = np.flatnonzero(codes == separator[0])
        stops, width = ends, len(separator)
    elif b"\r" not in data:
        stops = np.flatnonzero(codes == 10)
        ends, width = stops, 1
    else:
        following = np.append(codes[1:], 0)
        stops = np.flatnonzero((codes == 10) | ((codes == 13) & (following != 10)))
        if len(stops) and stops[-1] == len(data) - 1 and codes[-1] == 13:
            stops = stops[:-1]
        before = codes[np.maximum(stops - 1, 0)]
        ends = stops - ((codes[stops] == 10) & (before == 13) & (stops > 0))
        width = 1
    starts = np.empty(len(stops), np.int64)
    if len(stops):
        starts[0], starts[1:] = 0, stops[:-1] + width
    # An LF whose CR belongs to the line before stands alone: that line is not shorter than nothing.
    return starts, np.maximum(ends - starts, 0), int(stops[-1]) + width if len(stops) else 0


def views(data: bytes, starts: np.ndarray, lengths: np.ndarray) -> pa.Array:
    """An Arrow string view array over `data`: 16 bytes a line, the text itself if it is short, else where it is."""
    views = np.zeros((len(starts), 16), np.uint8)
    views[:, :4] = lengths.astype("<i4")[:, None].view(np.uint8)
    padded = np.frombuffer(data + bytes(16), np.uint8)
    short = lengths <= 12
    long_starts = starts[~short]
    views[~short, 4:8] = padded[long_starts[:, None] + np.arange(4)]
    views[~short, 12:] = long_starts.astype("<i4")[:, None].view(np.uint8)
    short_starts, short_lengths = starts[short], lengths[short]
    columns = np.arange(12)
    text = padded[short_starts[:, None] + columns]
    views[short, 4:] = np.where(columns < short_lengths[:, None], text, 0)
    return pa.Array.from_buffers(pa.string_view(), len(starts), [None, pa.py_buffer(views), pa.py_buffer(data)])


# --- bytes ------------------------------------------------------------------------------------------------


def utf8_chunks(fs: FileSystem, file: DataFile, encoding: str, ignore_corrupt: bool) -> Iterator[bytes]:
    """A file's text as UTF-8, without a byte order mark, in pieces that end between characters."""
    decoder = _decoder(encoding)
    first, pending = True, b""
    for raw in raw_chunks(fs, file, ignore_corrupt):
        if encoding == "UTF-8":
            # Characters are not cut: a piece ends before the bytes of one that is not complete.
            cut = _complete(pending + raw if pending else raw)
            data, pending = (pending + raw)[:cut], (pending + raw)[cut:]
            data = _valid(data)
        else:
            data = decoder.decode(raw).encode("utf-8", "replace")
        if first and data:
            data = data.removeprefix(_BOM)
            first = False
        if data:
            yield data
    last = _valid(pending) if encoding == "UTF-8" else decoder.decode(b"", True).encode("utf-8", "replace")
    if last:
        yield last


def detect(fs: FileSystem, file: DataFile, ignore_corrupt: bool) -> str:
    """The encoding of a JSON text by where its first bytes are 0: RFC 4627, section 3."""
    start = next(raw_chunks(fs, file, ignore_corrupt), b"")[:4]
    if start.startswith((b"\xfe\xff", b"\xff\xfe")):
        return "UTF-16"
    match [b == 0 for b in start[:2]]:
        case [True, False]:
            return "UTF-16BE"
        case [False, True]:
            return "UTF-16LE"
    return "UTF-8"


def _decoder(encoding: str) -> Any:
    # Java's UTF-16 is big-endian when no mark says otherwise; Python's is the machine's.
    names = {"UTF-16": "utf-16", "US-ASCII": "ascii", "UTF-32": "utf-32"}
    return codecs.getincrementaldecoder(names.get(encoding, encoding))("replace")


def _complete(data: bytes) -> int:
    """The length of `data` without a character at its end that lacks bytes."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return len(data)
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if needed > back else len(data)
    return len(data)


def _valid(data: bytes) -> bytes:
    if data.isascii():
        return data
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace").encode()
    return data


def raw_chunks(fs: FileSystem, file: DataFile, ignore_corrupt: bool) -> Iterator[bytes]:
    """A file's bytes after decompression. FAILED_READ_FILE for what cannot be read, unless that is ignored."""
    uri = fs.uri(file.status.path, "//")
    try:
        with fs.open(file.status.path) as raw, decompressed(raw, file.status.name) as stream:
            while data := stream.read(CHUNK):
                yield data
    except FileNotFoundError as error:
        raise access_error(error, uri) from error
    except (OSError, EOFError, zlib.error, ValueError) as error:
        if not ignore_corrupt:
            raise ExecutionError(
                "FAILED_READ_FILE.NO_HINT", path=uri, reason=str(error) or type(error).__name__
            ) from error


def decompressed(raw: IO[bytes], name: str) -> Any:
    """A file-like reader of the content; the codec goes by the file's extension, as in Hadoop."""
    match name.lower().rpartition(".")[2]:
        case "gz":
            return gzip.GzipFile(fileobj=raw)
        case "bz2":
            return bz2.BZ2File(raw)
        case "deflate":
            return _Reader(_inflated(raw))
        case "zst":
            import zstandard

            return zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        case "snappy":
            return _Reader(_hadoop_blocks(raw, "snappy"))
        case "lz4":
            return _Reader(_hadoop_blocks(raw, "lz4_raw"))
    return raw


class _Reader(io.RawIOBase):
    """An iterator of byte strings as a file."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts = parts

    def read(self, size: int = -1) -> bytes:
        for part in self.parts:
            if part:
                return part
        return b""


def _inflated(raw: IO[bytes]) -> Iterator[bytes]:
    unpack = zlib.decompressobj()
    while data := unpack.unconsumed_tail or raw.read(CHUNK):
        yield unpack.decompress(data, CHUNK)
    yield unpack.flush()
    if not unpack.eof:
        raise EOFError("the compressed data ends too early")


def _hadoop_blocks(raw: IO[bytes], name: str) -> Iterator[bytes]:
    """Hadoop's framing of block codecs: a block's size, then parts with their compressed sizes that add up to it."""
    unpack = pa.Codec(name)
    while head := raw.read(4):
        (size,) = struct.unpack(">I", head)
        if size > MAX_RECORD:
            raise ValueError(f"a block of {size} bytes")
        done = 0
        while done < size:
            (length,) = struct.unpack(">I", raw.read(4))
            # A part holds at most what is missing; how much, its own header says only to the codec.
            part = unpacked(unpack, raw.read(length), size - done)
            done += len(part)
            yield part


def unpacked(codec: Any, data: bytes, most: int) -> bytes:
    """What a block of compressed bytes holds: `most` is how much that may be, where its own start does not say."""
    if codec.name == "snappy":  # a varint at the start says the size
        size, shift = 0, 0
        for byte in data[:5]:
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        most = size
    return bytes(codec.decompress(data, decompressed_size=most, asbytes=True))
