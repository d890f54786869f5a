"""Commits: all of a job's files become visible, and the files it replaces go, or nothing happens.

`Commit` is the contract; a table format or a sink with a log of its own implements it. `DirectoryCommit` is that of a
plain directory:

    path/_temporary/<job>/…            the job writes here; readers skip it, as Spark does
    path/_temporary/<job>/_commit      one rename puts this list of files and deletions there: the job is committed
    path/…                             files are moved to their places, then replaced files are deleted
    path/_SUCCESS                      moved last; the job's directory is removed

A job that ends before the rename has changed nothing. One that ends after it, killed or by an error, is completed by
whoever reads or writes the path next (`finish_commits`), before they look at the files; nothing takes it back.
Moving and deleting are idempotent, and a replaced file is deleted only if it is still the file that the job saw.
Concurrent appends do not disturb each other: file names are unique.

What a job that was killed before the rename has made goes with a later write, when nothing of it has changed for a
week: no live one is silent for so long.

A list is followed only if this user wrote it and all of its paths are below the directory: a directory that somebody
else can write to must not make a reader move or delete files.
"""

from __future__ import annotations

import contextlib
import errno
import json
import posixpath
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from typing import Literal as OneOf

from glowplug.errors import ExecutionError
from glowplug.io.filesystem import FileStatus, FileSystem
from glowplug.io.produce import Staging, WrittenFile

TEMPORARY = "_temporary"
_MANIFEST = "_commit"
SUCCESS = "_SUCCESS"
ABANDONED = 7 * 24 * 3600  # seconds
# Files to move, and name, size and time of files to delete.
_Manifest = tuple[Sequence[str], Sequence[tuple[str, int, int]]]
_JOB = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Commit(Protocol):
    """How a job's files become visible. Called by one thread, in the order begin, then publish or abort or both."""

    def begin(self) -> Staging | None:
        """Where the job makes its files; None if this very job was published before (a batch that is run again)."""

    def publish(self, staging: Staging, files: Sequence[WrittenFile]) -> None:
        """Make the files visible, at once. Raises OSError or a SparkError."""

    def abort(self, staging: Staging) -> None:
        """Remove what the job made, after any exception: if `publish` got to the point of no return, nothing."""


@dataclass(frozen=True, slots=True)
class DirectoryCommit:
    """Files go into the directory `path`, which is made if it is not there.

    `replaces`: nothing, all files there (of `below`, if given, a partition's directory such as `p=1/q=2`), or those
    in the partitions that files are written to. `marked`: whether `_SUCCESS` is there afterwards.
    """

    fs: FileSystem
    path: str
    replaces: OneOf["nothing", "all", "partitions"] = "nothing"
    below: str = ""
    marked: bool = True

    def begin(self) -> Staging:
        remove_abandoned(self.fs, self.path)
        id = str(uuid.uuid4())
        directory = self.fs.begin_staging(self._job(id))
        return Staging(id, directory, lambda name: self.fs.upload(directory, self._job(id), name))

    def publish(self, staging: Staging, files: Sequence[WrittenFile]) -> None:
        if self.marked:
            open(posixpath.join(staging.directory, SUCCESS), "wb").close()
            staging.finished(SUCCESS)
        prefix, job = len(self.path.rstrip("/")) + 1, self._job(staging.id)
        moved = [f.path for f in files]
        replaced = [(f.path[prefix:], f.size, f.modified) for f in self._replaced(files)]
        draft = posixpath.join(job, _MANIFEST + ".draft")
        with self.fs.open(draft, "wb") as stream:
            stream.write(json.dumps({"files": moved, "replaced": replaced}).encode())
        self.fs.sync(draft)
        self.fs.rename(draft, posixpath.join(job, _MANIFEST))
        self.fs.sync(job)
        try:
            _apply(self.fs, self.path, job, (moved, replaced))
            self.fs.end_staging(staging.directory, job)
        except OSError as error:
            raise ExecutionError(
                "TASK_WRITE_FAILED",
                path=self.fs.uri(self.path),
                reason=f"the rows are committed, but not all files are in their places yet "
                f"({error.strerror or error}); the next read or write of the path sees to it",
            ) from error

    def abort(self, staging: Staging) -> None:
        job = self._job(staging.id)
        with contextlib.suppress(OSError):
            try:
                self.fs.status(posixpath.join(job, _MANIFEST))
            except FileNotFoundError:
                self.fs.end_staging(staging.directory, job)
                _remove_if_empty(self.fs, posixpath.dirname(job))

    def _job(self, id: str) -> str:
        return posixpath.join(self.path, TEMPORARY, id)

    def _replaced(self, files: Sequence[WrittenFile]) -> list[FileStatus]:
        match self.replaces:
            case "nothing":
                return []
            case "partitions":
                touched = sorted({posixpath.join(self.path, posixpath.dirname(f.path)) for f in files})
                return [f for directory in touched for f in _entries(self.fs, directory) if not f.is_dir]
        found = list(_files(self.fs, posixpath.join(self.path, self.below)))
        here = self.fs.status(self.path)
        # In a store without directories a file may have the very name. The new marker takes the old one's place.
        marker = posixpath.join(self.path, SUCCESS) if self.marked else None
        return [*([] if here.is_dir else [here]), *(f for f in found if f.path != marker)]


@dataclass(frozen=True, slots=True)
class FileReplacement:
    """A directory takes the place of a file: it is made beside it, under a hidden name, and exchanged when complete.

    The exchange is one step where the operating system has it. Elsewhere a process killed between two renames leaves
    neither in place, but both beside it.
    """

    directory: DirectoryCommit
    path: str

    @staticmethod
    def of(fs: FileSystem, path: str, marked: bool = True) -> FileReplacement:
        parent, name = posixpath.split(path)
        beside = posixpath.join(parent, f".{name}.{uuid.uuid4()}")
        return FileReplacement(DirectoryCommit(fs, beside, marked=marked), path)

    def begin(self) -> Staging:
        return self.directory.begin()

    def publish(self, staging: Staging, files: Sequence[WrittenFile]) -> None:
        self.directory.publish(staging, files)
        self.directory.fs.exchange(self.directory.path, self.path)
        self.abort(staging)  # what has the hidden name now is the file

    def abort(self, staging: Staging) -> None:
        with contextlib.suppress(OSError):
            self.directory.fs.remove(self.directory.path)


# --- what a job left ------------------------------------------------------------------------------------


def finish_commits(fs: FileSystem, path: str, entries: Sequence[FileStatus]) -> bool:
    """Complete the committed jobs that came to an end too early, below a directory with the given entries.

    Whether there were any. Raises PermissionError for a job of another user, whose files are in part old, in part new.
    """
    if not any(e.name == TEMPORARY and e.is_dir for e in entries):
        return False
    done = False
    for job in _entries(fs, posixpath.join(path, TEMPORARY)):
        manifest_path = posixpath.join(job.path, _MANIFEST)
        if not job.is_dir or not _JOB.fullmatch(job.name) or (manifest := _read(fs, manifest_path)) is None:
            continue
        if not fs.owned(manifest_path):
            raise PermissionError(errno.EPERM, "a write of another user is committed but not completed", path)
        _apply(fs, path, job.path, manifest)
        done = True
    return done


def remove_abandoned(fs: FileSystem, path: str) -> None:
    """Remove what killed jobs have left below a directory, long ago, and did not commit."""
    parent, before = posixpath.join(path, TEMPORARY), (time.time() - ABANDONED) * 1_000_000
    for job in _entries(fs, parent):
        if not (job.is_dir and job.modified < before and _JOB.fullmatch(job.name)):
            continue
        with contextlib.suppress(OSError):  # another user's, perhaps not even to be read
            if all(f.modified < before and f.name != _MANIFEST for f in _files(fs, job.path)):
                fs.remove(job.path)
                _remove_if_empty(fs, parent)


def _apply(fs: FileSystem, path: str, directory: str, manifest: _Manifest) -> None:
    """Do what a committed job's list says, or what is left of it."""
    files, replaced = manifest
    made = set[str]()
    for name in files:
        _move(fs, directory, path, name, made)
    for parent in made:
        fs.sync(parent)
    emptied = set[str]()
    for name, size, modified in replaced:
        old = posixpath.join(path, name) if name else path
        with contextlib.suppress(FileNotFoundError):
            now = fs.status(old)
            if (now.size, now.modified, now.is_dir) == (size, modified, False):
                fs.remove_file(old)
                emptied.add(posixpath.dirname(old))
    for parent in sorted(emptied, key=len, reverse=True):
        while len(parent) > len(path) and _remove_if_empty(fs, parent):
            parent = posixpath.dirname(parent)
    _move(fs, directory, path, SUCCESS, made)
    with contextlib.suppress(FileNotFoundError):
        fs.remove_file(posixpath.join(directory, _MANIFEST))
    fs.end_staging(directory, directory)
    _remove_if_empty(fs, posixpath.dirname(directory))


def _read(fs: FileSystem, path: str) -> _Manifest | None:
    """A job's list; None if there is none, or one that no job writes."""
    try:
        with fs.open(path) as stream:
            text = stream.read()
    except FileNotFoundError:
        return None
    try:
        match json.loads(text):
            case {"files": [*files], "replaced": [*replaced], **others} if not others:
                if all(map(_safe, files)) and all(_is_status(r) for r in replaced):
                    return files, [(name, size, modified) for name, size, modified in replaced]
    except ValueError:
        pass
    return None


def _safe(name: Any) -> bool:
    """Whether a path is relative and leads nowhere but down, to what a job may write."""
    parts = name.split("/") if isinstance(name, str) and "\0" not in name else [""]
    return not {"", ".", ".."}.intersection(parts) and parts[0] != TEMPORARY


def _is_status(entry: Any) -> bool:
    match entry:
        case [name, int(), int()]:
            return name == "" or _safe(name)
    return False


def _move(fs: FileSystem, directory: str, path: str, name: str, made: set[str]) -> None:
    target = posixpath.join(path, name)
    parent = posixpath.dirname(target)
    if parent not in made:
        fs.make_dirs(parent)
        made.add(parent)
    with contextlib.suppress(FileNotFoundError):  # moved before
        fs.rename(posixpath.join(directory, name), target)


def _files(fs: FileSystem, path: str) -> Iterator[FileStatus]:
    """All files below a directory but those of jobs."""
    for entry in _entries(fs, path):
        if not entry.is_dir:
            yield entry
        elif entry.name != TEMPORARY:
            yield from _files(fs, entry.path)


def _entries(fs: FileSystem, path: str) -> list[FileStatus]:
    with contextlib.suppress(FileNotFoundError):
        return fs.list(path)
    return []


def _remove_if_empty(fs: FileSystem, directory: str) -> bool:
    with contextlib.suppress(OSError):
        return fs.remove_empty(directory)
    return False
