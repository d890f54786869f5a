"""Where files are: paths as users write them, and the few things that formats and writers do with a file system.

A `FileSystem` takes absolute paths without scheme. `locate` finds it for a path as the user wrote it: local paths and
`file:` through the operating system, `s3:`, `s3a:` and `s3n:` through fsspec (`objects.py`). As in Hadoop, paths are
taken literally: `%20` in a path is three characters; only URIs that go out are percent-encoded.
"""

from __future__ import annotations

import ctypes
import errno
import os
import posixpath
import re
import shutil
import stat
import uuid
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote, unquote

from glowplug.durable import create, replace, sync
from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument, SparkError
from glowplug.io.source import Reading
from glowplug.source_options import Settings

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Characters that java.net.URI leaves as they are in a path, besides letters, digits and what is not ASCII.
_URI_SAFE = "/!$&'()*+,;=:@-._~"


@dataclass(frozen=True, slots=True)
class FileStatus:
    """A file or directory: size in bytes, time of the last change in microseconds since the epoch."""

    path: str
    size: int = 0
    modified: int = 0
    is_dir: bool = False

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


class FileSystem(Protocol):
    """Absolute paths; a missing path is FileNotFoundError, a forbidden one PermissionError, as in the os module.

    `flat`: there are no directories but the names of files; a file may be at a path that others have as a prefix.
    """

    @property
    def flat(self) -> bool: ...

    def uri(self, path: str, authority: str = "") -> str:
        """`path` as a URI, percent-encoded; `authority` stands before a local path (`//` or nothing)."""

    def kernel_path(self, path: str, reading: Reading) -> str:
        """What the kernel must be told to open exactly this file."""

    def status(self, path: str) -> FileStatus: ...

    def names(self, path: str) -> list[str]:
        """The names of a directory's entries, in no order."""

    def list(self, path: str) -> list[FileStatus]:
        """The entries of a directory, sorted by name; of a file, itself."""

    def own(self, uri: str) -> str | None:
        """The path of a URI of this file system, which is not percent-encoded; None for another's, and for no URI."""

    def object_store(self, path: str) -> tuple[str, dict[str, str]]:
        """The path, and options, by which libraries on Rust's `object_store` find it."""

    def open(self, path: str, mode: str = "rb") -> IO[bytes]: ...

    def create(self, path: str, data: bytes) -> None:
        """A new file, durable, whole or not at all. FileExistsError if there is one."""

    def replace(self, path: str, data: bytes) -> None:
        """A file in the place of what is there, durable, whole or not at all."""

    def put(self, local: str, path: str) -> None:
        """Have a finished file of a staging directory here, durable but for its name; it is needed only there."""

    def draft(self, path: str) -> str:
        """A new path on this machine for a file that will be put there."""

    def fetched(self, path: str) -> AbstractContextManager[str]:
        """A path on this machine of what is in the file."""

    def make_dirs(self, path: str) -> None: ...

    def rename(self, source: str, target: str) -> None:
        """Move one file into an existing directory; a file there is replaced."""

    def exchange(self, directory: str, file: str) -> None:
        """Have a directory at the path of a file, and the file at that of the directory; not if `flat`."""

    def remove(self, path: str) -> None:
        """Delete a file or a tree; nothing there is no error."""

    def remove_file(self, path: str) -> None:
        """Delete one file."""

    def remove_empty(self, path: str) -> bool:
        """Delete a directory if nothing is in it; whether that was so."""

    def begin_staging(self, path: str) -> str:
        """A new local directory for files that will go to the directory `path`."""

    def upload(self, staging: str, path: str, name: str) -> None:
        """Have the finished file `name` of a staging directory in the directory `path`; it is needed there only."""

    def sync(self, path: str) -> None:
        """Have a file's content, or a directory's entries, outlive a power cut."""

    def end_staging(self, staging: str, path: str) -> None:
        """Remove a staging directory and the directory it was for."""

    def owned(self, path: str) -> bool:
        """Whether a file itself, not what a link leads to, belongs to the user of this process."""


class LocalFiles:
    """The operating system's files."""

    @property
    def flat(self) -> bool:
        return False

    def uri(self, path: str, authority: str = "") -> str:
        return f"file:{authority}{encoded(path)}"

    def kernel_path(self, path: str, reading: Reading) -> str:
        return glob_escape(path)

    def status(self, path: str) -> FileStatus:
        return _status(path, os.stat(path))

    def names(self, path: str) -> list[str]:
        return os.listdir(path)

    def list(self, path: str) -> list[FileStatus]:
        try:
            with os.scandir(path) as entries:
                found = []
                for entry in entries:
                    try:
                        found.append(_status(entry.path, entry.stat()))
                    except FileNotFoundError:  # deleted since, or a link to nothing
                        continue
        except NotADirectoryError:
            return [self.status(path)]
        return sorted(found, key=lambda s: s.path)

    def own(self, uri: str) -> str | None:
        return uri.removeprefix("file://").removeprefix("file:") if uri.startswith("file:") else None

    def object_store(self, path: str) -> tuple[str, dict[str, str]]:
        return path, {}

    def open(self, path: str, mode: str = "rb") -> IO[bytes]:
        return open(path, mode)

    def create(self, path: str, data: bytes) -> None:
        create(Path(path), data)

    def replace(self, path: str, data: bytes) -> None:
        replace(Path(path), data)

    def put(self, local: str, path: str) -> None:
        sync(local)
        for left in range(100, -1, -1):
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                os.rename(local, path)
                return
            except FileNotFoundError:  # somebody has just removed the directory, which was empty
                if not left or not os.path.exists(local):
                    raise

    def draft(self, path: str) -> str:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{uuid.uuid4()}.tmp")

    def fetched(self, path: str) -> AbstractContextManager[str]:
        return nullcontext(path)

    def make_dirs(self, path: str) -> None:
        os.makedirs(path, exist_ok=True)

    def rename(self, source: str, target: str) -> None:
        os.replace(source, target)

    def exchange(self, directory: str, file: str) -> None:
        if _exchanged(directory, file):
            return
        aside = directory + ".old"
        os.rename(file, aside)
        try:
            os.rename(directory, file)
        except BaseException:
            os.rename(aside, file)
            raise
        os.rename(aside, directory)

    def remove(self, path: str) -> None:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=False)
        elif os.path.lexists(path):
            os.remove(path)

    def remove_file(self, path: str) -> None:
        os.remove(path)

    def remove_empty(self, path: str) -> bool:
        try:
            os.rmdir(path)
        except OSError:
            return False
        return True

    def begin_staging(self, path: str) -> str:
        for left in range(100, -1, -1):
            try:
                os.makedirs(path)
                break
            except FileNotFoundError:  # another job has just removed the directory above, which was empty
                if not left:
                    raise
        return path

    def upload(self, staging: str, path: str, name: str) -> None:
        """Files were written where they belong, so that a rename can move them."""
        self.sync(os.path.join(path, name))

    def sync(self, path: str) -> None:
        sync(path)

    def end_staging(self, staging: str, path: str) -> None:
        shutil.rmtree(path, ignore_errors=True)

    def owned(self, path: str) -> bool:
        status = os.lstat(path)
        return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def _exchanged(a: str, b: str) -> bool:
    """Exchange two paths in one step, if the operating system and the file system can (Linux: renameat2)."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if rename(here, os.fsencode(a), here, os.fsencode(b), exchange) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), b)


def _status(path: str, status: os.stat_result) -> FileStatus:
    is_dir = stat.S_ISDIR(status.st_mode)
    # Hadoop's file status has milliseconds.
    return FileStatus(path, 0 if is_dir else status.st_size, status.st_mtime_ns // 1_000_000 * 1000, is_dir)


LOCAL = LocalFiles()


def encoded(path: str) -> str:
    """A path as the part of a URI: percent-encoded, as `java.net.URI.toString` shows it."""
    return re.sub("[\x00-\x7f]+", lambda m: quote(m[0], safe=_URI_SAFE), path)


def local_path(uri: str) -> str:
    """The path of a `file:` URI, which `encoded` made a part of; other paths are taken as they are."""
    return unquote(uri.removeprefix("file://").removeprefix("file:")) if uri.startswith("file:") else uri


def glob_escape(path: str) -> str:
    """`path` as a kernel glob that matches only itself."""
    return re.sub(r"([*?\[\]\\])", r"[\1]", path) if re.search(r"[*?\[\\]", path) else path


def locate(path: str, settings: Settings) -> tuple[FileSystem, str]:
    """The file system of a path as the user wrote it, and the path in it: absolute, without `.` and `..`."""
    if not path:
        raise IllegalArgument("INVALID_EMPTY_LOCATION", location=path)
    scheme = _SCHEME.match(path)
    if scheme is None:
        return LOCAL, os.path.abspath(path)
    rest = path[scheme.end() :]
    match scheme[1].lower():
        case "file":
            local = re.sub(r"^//[^/]*", "", rest)
            if not local:
                raise AnalysisError("PATH_NOT_FOUND", path=path)
            return LOCAL, os.path.abspath(local)
        case "s3" | "s3a" | "s3n":
            from glowplug.io.objects import ObjectFiles

            return ObjectFiles.of(scheme[1].lower(), settings), posixpath.normpath(rest.lstrip("/"))
        case other:
            raise ExecutionError("UNSUPPORTED_FILE_SYSTEM", scheme=other)


def access_error(error: OSError, uri: str) -> SparkError:
    """The condition of a file operation that the system refused."""
    if isinstance(error, FileNotFoundError):
        return ExecutionError("FAILED_READ_FILE.FILE_NOT_EXIST", path=uri)
    return ExecutionError("FAILED_READ_FILE.NO_HINT", path=uri, reason=error.strerror or str(error))


def is_hidden(name: str) -> bool:
    """Whether Spark's listing skips an entry of this name; partition directories may begin with `_`."""
    hidden = (name.startswith("_") and "=" not in name) or name.startswith(".") or name.endswith("._COPYING_")
    return hidden and not name.startswith(("_common_metadata", "_metadata"))
