"""Deletion vectors: where they are, and the rows that they take away.

The `deltalake` library reads them too, but of no table that has certain other features as well.
https://github.com/delta-io/delta/blob/master/PROTOCOL.md#deletion-vectors
"""

from __future__ import annotations

import base64
import posixpath
import uuid
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from itertools import groupby
from typing import IO, Any
from urllib.parse import unquote
from zlib import crc32

import pyarrow as pa

from glowplug.io.place import Place
from glowplug.lake.delta.actions import DeletionVector

_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_B85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_MAGIC = (1681511377).to_bytes(4, "little")  # of 64-bit Roaring bitmaps in their portable form


def vector_of(of: Mapping[str, Any]) -> DeletionVector:
    """As an action of the log describes it."""
    return DeletionVector(
        of["storageType"], of["pathOrInlineDv"], of.get("offset"), of["sizeInBytes"], of["cardinality"]
    )


def file_of(vector: DeletionVector, root: Place) -> str | None:
    """The absolute path of the file of a table's vector; None for one that the log itself holds."""
    match vector.storage:
        case "u":
            prefix, text = vector.place[:-20], vector.place[-20:]
            id = uuid.UUID(bytes=_decoded(text))
            return posixpath.join(root.path, prefix, f"deletion_vector_{id}.bin")
        case "p":
            return root.fs.own(unquote(vector.place))
    return None


def rows_gone(vectors: Mapping[str, DeletionVector], root: Place) -> Iterator[tuple[str, pa.Array]]:
    """The numbers, from 0, of the rows that each takes away, by the same keys; files are opened once.

    Raises OSError, and ValueError for a vector that is damaged.
    """
    places = sorted((file_of(v, root) or "", v.offset or 1, key) for key, v in vectors.items())
    for file, some in groupby(places, lambda place: place[0]):
        with Place(root.fs, file).open() if file else nullcontext() as stream:
            for _, offset, key in some:
                vector = vectors[key]
                yield key, _rows(_inline(vector) if stream is None else _stored(stream, offset, vector), vector)


def _decoded(text: str) -> bytes:
    return base64.b85decode(text.translate(str.maketrans(_Z85, _B85)))


def _inline(vector: DeletionVector) -> bytes:
    if vector.storage != "i":
        raise ValueError(f"the deletion vector at {vector.place} is in another file system")
    return _decoded(vector.place)[: vector.size]  # it is padded


def _stored(stream: IO[bytes], offset: int, vector: DeletionVector) -> bytes:
    """Behind its size, and before its checksum."""
    stream.seek(offset)
    body = stream.read(vector.size + 8)
    data = body[4:-4]
    if int.from_bytes(body[:4]) != vector.size or int.from_bytes(body[-4:]) != crc32(data):
        raise ValueError(f"the deletion vector at {vector.place} is damaged")
    return data


def _rows(data: bytes, vector: DeletionVector) -> pa.Array:
    from pyroaring import BitMap64  # of the extra that `snapshot.library` asks for

    if data[:4] != _MAGIC:
        raise ValueError(f"the deletion vector at {vector.place} is of an unknown form")
    rows = BitMap64.deserialize(data[4:]).to_array()
    if len(rows) != vector.cardinality:
        raise ValueError(f"the deletion vector at {vector.place} has {len(rows)} rows and not {vector.cardinality}")
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows)])
