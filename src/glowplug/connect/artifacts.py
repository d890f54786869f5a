"""Artifacts: files, modules and blobs that a client uploads for its session.

`cache/<hash>` is a blob, held in memory for a cached local relation. Everything else is a file under the session's
own directory, at its name. `forward_to_fs/<path>` is a copy into the server's file system, which must be allowed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import pyspark.sql.connect.proto as pb

from glowplug.errors import IllegalArgument, RuntimeFailure, UnsupportedOperation
from glowplug.session.session import Session

CACHE, FORWARD = "cache/", "forward_to_fs"
ALLOW_FORWARD = "spark.sql.artifact.copyFromLocalToFs.allowDestLocal"


class Upload:
    """An artifact as it arrives, in chunks; a chunk whose checksum is wrong spoils it."""

    def __init__(self, name: str, size: int | None = None, chunks: int = 1) -> None:
        path = PurePosixPath(name)
        forwarded = name.startswith(FORWARD + "/")
        if not name or ".." in path.parts or (path.is_absolute() and not forwarded):
            raise RuntimeFailure("INVALID_ARTIFACT_PATH", name=name)
        self.name, self.intact = name, True
        self._size, self._chunks = size, chunks
        self._data: list[bytes] = []

    def add(self, chunk: pb.AddArtifactsRequest.ArtifactChunk) -> None:
        self.intact &= zlib.crc32(chunk.data) == chunk.crc
        self._data.append(chunk.data)

    @property
    def complete(self) -> bool:
        return len(self._data) >= self._chunks

    def finish(self, session: Session) -> None:
        """Keep an intact artifact in the session."""
        data = b"".join(self._data)
        if not self.complete or (self._size is not None and len(data) != self._size):
            raise IllegalArgument(
                "INVALID_PARAMETER_VALUE.ARTIFACT_INCOMPLETE", parameter=f"`{self.name}`", functionName="`addArtifact`",
                size=len(data), expected=self._size, chunks=len(self._data), expectedChunks=self._chunks,
            )  # fmt: skip
        if self.intact:
            store(self.name, data, session)


def receive(requests: Iterable[pb.AddArtifactsRequest], session: Session) -> Iterator[Upload]:
    """Keep what the requests carry; yields each artifact as it is done."""
    upload: Upload | None = None
    for request in requests:
        match request.WhichOneof("payload"):
            case "batch":
                for single in request.batch.artifacts:
                    one = Upload(single.name)
                    one.add(single.data)
                    one.finish(session)
                    yield one
            case "begin_chunk":
                begin = request.begin_chunk
                upload = Upload(begin.name, begin.total_bytes, begin.num_chunks)
                upload.add(begin.initial_chunk)
            case "chunk" if upload is not None:
                upload.add(request.chunk)
            case _:
                raise IllegalArgument(
                    "INVALID_PARAMETER_VALUE.ARTIFACT_CHUNK", parameter="`payload`", functionName="`addArtifact`"
                )
        if upload is not None and upload.complete:
            upload.finish(session)
            yield upload
            upload = None
    if upload is not None:
        upload.finish(session)  # says that it is incomplete


def store(name: str, data: bytes, session: Session) -> None:
    """Keep an artifact. One of the same name must have the same contents."""
    if name.startswith(CACHE):
        session.blobs[name.removeprefix(CACHE)] = data
        return
    if name.startswith(FORWARD + "/"):
        if not session.conf.bool(ALLOW_FORWARD):
            raise UnsupportedOperation("UNSUPPORTED_FEATURE.FORWARD_TO_LOCAL_FS", config=f'"{ALLOW_FORWARD}"')
        path = Path(name.removeprefix(FORWARD))
    else:
        with session.lock:
            if session.files is None:
                session.files = session.engine.temporary("files")
        path = session.files / name
        if path.exists() and path.read_bytes() != data:
            raise RuntimeFailure("ARTIFACT_ALREADY_EXISTS", normalizedRemoteRelativePath=name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def exists(name: str, session: Session) -> bool:
    """Whether the client need not upload it: only blobs are ever asked for, as in Spark."""
    return name.startswith(CACHE) and name.removeprefix(CACHE) in session.blobs
