"""Object stores, through s3fs: buckets seen as directories.

A write job is staged on this machine, below `spark.glowplug.tempDirectory`, so that the kernel writes only local files;
each goes to the store when it is finished, and then from here. A store has no rename: an object is copied and then
deleted; a job's list of files (`commit.py`) makes up for that. Settings are Hadoop's: `fs.s3a.access.key`,
`.secret.key`, `.session.token`, `.endpoint`, `.endpoint.region`,
`.path.style.access`, `.connection.ssl.enabled`, each also behind `spark.hadoop.`; without keys the environment's count,
and none are needed where `fs.s3a.aws.credentials.provider` is the anonymous one.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import threading
import time
import uuid
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import IO, Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from glowplug.io.filesystem import FileStatus, encoded, glob_escape
from glowplug.io.s3_access import Access
from glowplug.io.source import Reading
from glowplug.scratch import Scratch
from glowplug.source_options import Settings

_S3 = re.compile(r"s3[an]?://")
_TEMPORARY = "spark.glowplug.tempDirectory"
_Key = tuple[Access, str | None]  # and where its files are on this machine meanwhile
_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds until an object is put again that another one was put beside
_KEPT = 4  # stores that a session keeps at hand
# Equal settings share a store. It goes, and its credentials with it, when no session and no source has it any more.
_shared: WeakValueDictionary[_Key, ObjectFiles] = WeakValueDictionary()
_of_session: WeakKeyDictionary[Settings, list[ObjectFiles]] = WeakKeyDictionary()
_lock = threading.Lock()


class ObjectFiles:
    """The objects that one set of settings reaches. Paths are `bucket/key`."""

    flat = True

    def __init__(self, key: _Key) -> None:
        self.key = key
        self.access, temporary = key
        self.scheme = self.access.scheme
        # The kernel tells stores with different credentials apart by a protocol of their own.
        self.protocol = "gp" + sha256(repr((self.scheme, self.access.values, temporary)).encode()).hexdigest()[:16]
        self._scratch = Scratch(temporary)
        weakref.finalize(self, self._scratch.close)

    @staticmethod
    def of(scheme: str, settings: Settings) -> ObjectFiles:
        """The store that a session's settings describe."""
        key = Access.of(scheme, settings), settings.get_option(_TEMPORARY)
        with _lock:
            store = _shared.get(key)
            if store is None:
                store = _shared[key] = ObjectFiles(key)
            kept = [store, *(s for s in _of_session.get(settings, ()) if s is not store)]
            _of_session[settings] = kept[:_KEPT]
            return store

    @cached_property
    def _s3(self) -> Any:
        return self.access.client()

    def uri(self, path: str, authority: str = "") -> str:
        return f"{self.scheme}://{encoded(path)}"

    def kernel_path(self, path: str, reading: Reading) -> str:
        reading.mount(self.protocol, self._mounted)
        return f"{self.protocol}://{glob_escape(path)}"

    @cached_property
    def _mounted(self) -> Any:
        """The store as the kernel opens it: under its own protocol. The kernel keeps it for good, but not the store."""
        from fsspec import AbstractFileSystem

        key = self.key

        def store() -> Any:
            return _shared[key]._s3

        class Mounted(AbstractFileSystem):  # type: ignore[misc]
            cachable = False
            protocol = self.protocol

            def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
                return store().open(path, mode)

            def ls(self, path: str, detail: bool = True, **options: Any) -> Any:
                return store().ls(path, detail=detail)

            def info(self, path: str, **options: Any) -> Any:
                return store().info(self._strip_protocol(path))

            def modified(self, path: str) -> Any:
                return store().modified(self._strip_protocol(path))

        return Mounted()

    def status(self, path: str) -> FileStatus:
        return self._status(self._s3.info(path))

    def _status(self, info: dict[str, Any]) -> FileStatus:
        changed = info.get("LastModified")
        micros = int(changed.timestamp() * 1000) * 1000 if isinstance(changed, datetime) else 0
        is_dir = info["type"] == "directory"
        return FileStatus(info["name"].rstrip("/"), 0 if is_dir else info["size"] or 0, micros, is_dir)

    def names(self, path: str) -> list[str]:
        return [status.name for status in self.list(path)]

    def list(self, path: str) -> list[FileStatus]:
        found = [self._status(i) for i in self._s3.ls(path, detail=True)]
        # An object that marks a directory lists as an entry of it.
        kept = [s for s in found if s.is_dir or s.path != path or len(found) == 1]
        return sorted((s for s in kept if s.path != path or not s.is_dir), key=lambda s: s.path)

    def own(self, uri: str) -> str | None:
        found = _S3.match(uri)
        return None if found is None else uri[found.end() :]

    def object_store(self, path: str) -> tuple[str, dict[str, str]]:
        return f"s3://{path}", self.access.object_store()

    def open(self, path: str, mode: str = "rb") -> IO[bytes]:
        stream: IO[bytes] = self._s3.open(path, mode)
        return stream

    def create(self, path: str, data: bytes) -> None:
        """The store itself decides who is first (`If-None-Match`): one that ignores this is not for writers at once.
        The client sends again what may not have arrived, and then finds its own file there, as if it were another's."""
        for wait in (*_WAITS, None):
            try:
                self._s3.pipe_file(path, data, mode="create")
                return
            except OSError as error:
                match getattr(error.__cause__, "response", {}).get("Error", {}).get("Code"):
                    case "PreconditionFailed":  # not every store says of which condition
                        raise FileExistsError(path) from error
                    case "ConditionalRequestConflict" if wait is not None:  # nobody is first yet
                        time.sleep(wait)
                    case _:
                        raise

    def replace(self, path: str, data: bytes) -> None:
        self._s3.pipe_file(path, data)

    def put(self, local: str, path: str) -> None:
        self._s3.put_file(local, path)
        os.remove(local)

    def draft(self, path: str) -> str:
        return os.path.join(self._drafts, f"{uuid.uuid4()}-{posixpath.basename(path)}")

    @cached_property
    def _drafts(self) -> str:
        return str(self._scratch.directory("drafts"))

    @contextmanager
    def fetched(self, path: str) -> Iterator[str]:
        local = self.draft(path)
        try:
            self._s3.get_file(path, local)
            yield local
        finally:
            with suppress(FileNotFoundError):
                os.remove(local)

    def make_dirs(self, path: str) -> None:
        """Directories are there with the objects in them."""

    def exchange(self, directory: str, file: str) -> None:
        raise NotImplementedError("a store is flat")

    def rename(self, source: str, target: str) -> None:
        self._s3.copy(source, target)
        self._s3.rm_file(source)

    def remove(self, path: str) -> None:
        if self._s3.exists(path):
            self._s3.rm(path, recursive=True)

    def remove_file(self, path: str) -> None:
        self._s3.rm_file(path)

    def remove_empty(self, path: str) -> bool:
        return not self._s3.exists(path)

    def begin_staging(self, path: str) -> str:
        return str(self._scratch.directory("write"))

    def upload(self, staging: str, path: str, name: str) -> None:
        self.put(os.path.join(staging, name), posixpath.join(path, name))

    def sync(self, path: str) -> None:
        """An object that was put is kept."""

    def owned(self, path: str) -> bool:
        """Who may write to a bucket is trusted with it: objects have no other owner that is known here."""
        return True

    def end_staging(self, staging: str, path: str) -> None:
        if staging != path:
            shutil.rmtree(staging, ignore_errors=True)
        self.remove(path)
