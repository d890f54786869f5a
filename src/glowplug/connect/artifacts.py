"""Artifacts: files, modules and blobs that a client uploads for its session.

Everything is written to the session's own directory as it arrives, at its name. `cache/<hash>` is a blob, the rows of a
cached local relation: a file without a name, in memory only where and while it is read. `forward_to_fs/<path>` goes
into the server's file system, which must be allowed.
"""

from __future__ import annotations

import filecmp
import mmap
import os
import shutil
import uuid
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import pyspark.sql.connect.proto as pb

from glowplug.errors import IllegalArgument, RuntimeFailure, UnsupportedOperation
from glowplug.session.session import Session

CACHE, FORWARD = "cache/", "forward_to_fs"
ALLOW_FORWARD = "spark.sql.artifact.copyFromLocalToFs.allowDestLocal"


class Upload:
    """An artifact as it arrives, in chunks; a chunk whose checksum is wrong spoils it. `discard` ends it."""

    def __init__(self, session: Session, name: str, size: int | None = None, chunks: int = 1) -> None:
        path = PurePosixPath(name)
        forwarded = name.startswith(FORWARD + "/")
        if not name or ".." in path.parts or (path.is_absolute() and not forwarded):
            raise RuntimeFailure("INVALID_ARTIFACT_PATH", name=name)
        self.name, self.intact = name, True
        self._session, self._size, self._chunks = session, size, chunks
        self._received = self._bytes = 0
        self._path = _directory(session) / f".upload-{uuid.uuid4()}"
        self._file = self._path.open("xb")

    def add(self, chunk: pb.AddArtifactsRequest.ArtifactChunk) -> None:
        self.intact &= zlib.crc32(chunk.data) == chunk.crc
        self._received += 1
        self._bytes += len(chunk.data)
        if self._size is None or self._bytes <= self._size:
            self._file.write(chunk.data)

    @property
    def complete(self) -> bool:
        return self._received >= self._chunks

    def finish(self) -> None:
        """Keep an intact artifact in the session."""
        if not self.complete or (self._size is not None and self._bytes != self._size):
            raise IllegalArgument(
                "INVALID_PARAMETER_VALUE.ARTIFACT_INCOMPLETE", parameter=f"`{self.name}`", functionName="`addArtifact`",
                size=self._bytes, expected=self._size, chunks=self._received, expectedChunks=self._chunks,
            )  # fmt: skip
        self._file.close()
        if self.intact:
            keep(self.name, self._path, self._session)

    def discard(self) -> None:
        """Forget what was not kept. Idempotent."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def receive(requests: Iterable[pb.AddArtifactsRequest], session: Session) -> Iterator[Upload]:
    """Keep what the requests carry; yields each artifact as it is done."""
    upload: Upload | None = None
    try:
        for request in requests:
            match request.WhichOneof("payload"):
                case "batch":
                    for single in request.batch.artifacts:
                        yield _single(single, session)
                case "begin_chunk" if upload is None:
                    begin = request.begin_chunk
                    upload = Upload(session, begin.name, begin.total_bytes, begin.num_chunks)
                    upload.add(begin.initial_chunk)
                case "chunk" if upload is not None:
                    upload.add(request.chunk)
                case _:
                    raise IllegalArgument(
                        "INVALID_PARAMETER_VALUE.ARTIFACT_CHUNK", parameter="`payload`", functionName="`addArtifact`"
                    )
            if upload is not None and upload.complete:
                upload.finish()
                upload.discard()
                yield upload
                upload = None
        if upload is not None:
            upload.finish()  # says that it is incomplete
    finally:
        if upload is not None:
            upload.discard()


def _single(artifact: pb.AddArtifactsRequest.SingleChunkArtifact, session: Session) -> Upload:
    upload = Upload(session, artifact.name)
    try:
        upload.add(artifact.data)
        upload.finish()
    finally:
        upload.discard()
    return upload


def _directory(session: Session) -> Path:
    with session.lock:
        if session.files is None:
            session.files = session.engine.temporary("files")
        return session.files


def keep(name: str, spooled: Path, session: Session) -> None:
    """Keep an artifact whose contents are in a file. One of the same name must have the same contents."""
    if name.startswith(CACHE):
        session.blobs[name.removeprefix(CACHE)] = _mapped(spooled)
        return
    if name.startswith(FORWARD + "/"):
        if not session.conf.bool(ALLOW_FORWARD):
            raise UnsupportedOperation("UNSUPPORTED_FEATURE.FORWARD_TO_LOCAL_FS", config=f'"{ALLOW_FORWARD}"')
        path = Path(name.removeprefix(FORWARD))
    else:
        path = _directory(session) / name
        if path.exists() and not filecmp.cmp(path, spooled, shallow=False):
            raise RuntimeFailure("ARTIFACT_ALREADY_EXISTS", normalizedRemoteRelativePath=name)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(spooled, path)


def _mapped(path: Path) -> memoryview:
    """A file's contents where it is: the file itself has no name any more, and goes with the last who has this."""
    with path.open("rb") as file:
        empty = os.fstat(file.fileno()).st_size == 0
        found = memoryview(b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    path.unlink()
    return found


def exists(name: str, session: Session) -> bool:
    """Whether the client need not upload it: only blobs are ever asked for, as in Spark."""
    return name.startswith(CACHE) and name.removeprefix(CACHE) in session.blobs
