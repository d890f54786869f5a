"""The commit of a write job: all of its files become visible, and the files it replaces go, or nothing happens.

    path/_temporary/<job>/…            the job writes here; readers skip it, as Spark does
    path/_temporary/<job>/_commit      one rename puts this list of moves and deletions there: the job is committed
    path/…                             files are moved to their places, then replaced files are deleted
    path/_SUCCESS                      moved last; the job's directory is removed

A job killed before the rename has changed nothing; what it left is invisible and goes with the next overwrite. A job
killed after it is completed by whoever reads or writes the path next (`finish_commits`), before they look at the files.
Moving and deleting are idempotent, and a replaced file is deleted only if it is still the file that the job saw.
Concurrent appends do not disturb each other: file names are unique.
"""

from __future__ import annotations

import contextlib
import json
import posixpath
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glowplug.io.filesystem import FileStatus, FileSystem

TEMPORARY = "_temporary"
_MANIFEST = "_commit"
SUCCESS = "_SUCCESS"


@dataclass(frozen=True, slots=True)
class Job:
    """A running write. `staging` is the local directory that its files are written to."""

    fs: FileSystem
    path: str
    id: str
    staging: str

    @property
    def directory(self) -> str:
        return posixpath.join(self.path, TEMPORARY, self.id)


def begin(fs: FileSystem, path: str) -> Job:
    """Start a job that writes below the directory `path`, which is made if it is not there."""
    id = str(uuid.uuid4())
    directory = posixpath.join(path, TEMPORARY, id)
    return Job(fs, path, id, fs.begin_staging(directory))


def commit(job: Job, moves: Sequence[tuple[str, str]], replaced: Iterable[FileStatus]) -> None:
    """Make the job visible: `moves` are (path in the staging directory, path below the target)."""
    job.fs.publish(job.staging, job.directory, [m[0] for m in moves])
    prefix = len(job.path.rstrip("/")) + 1
    manifest = {
        "moves": [list(m) for m in moves],
        "replaced": [[f.path[prefix:], f.size, f.modified] for f in replaced],
    }
    draft = posixpath.join(job.directory, _MANIFEST + ".draft")
    with job.fs.open(draft, "wb") as stream:
        stream.write(json.dumps(manifest).encode())
    job.fs.rename(draft, posixpath.join(job.directory, _MANIFEST))
    _apply(job.fs, job.path, job.directory)
    job.fs.end_staging(job.staging, job.directory)


def abort(job: Job) -> None:
    """Remove what an uncommitted job wrote."""
    with contextlib.suppress(OSError):
        job.fs.end_staging(job.staging, job.directory)
        _remove_if_empty(job.fs, posixpath.join(job.path, TEMPORARY))


def finish_commits(fs: FileSystem, path: str, entries: Sequence[FileStatus]) -> bool:
    """Complete the committed jobs that were killed, below a directory with the given entries. Whether there were any.

    Without the permission to change the directory it stays as it is.
    """
    if not any(e.name == TEMPORARY and e.is_dir for e in entries):
        return False
    done = False
    for job in fs.list(posixpath.join(path, TEMPORARY)):
        if job.is_dir and any(e.name == _MANIFEST for e in fs.list(job.path)):
            with contextlib.suppress(PermissionError):
                _apply(fs, path, job.path)
                done = True
    return done


def _apply(fs: FileSystem, path: str, directory: str) -> None:
    manifest_path = posixpath.join(directory, _MANIFEST)
    try:
        with fs.open(manifest_path) as stream:
            manifest = json.loads(stream.read())
    except FileNotFoundError:
        return  # somebody else completed it
    success = [m for m in manifest["moves"] if m[1] == SUCCESS]
    made = set[str]()
    for source, target in [m for m in manifest["moves"] if m[1] != SUCCESS]:
        _move(fs, posixpath.join(directory, source), posixpath.join(path, target), made)
    emptied = set[str]()
    for name, size, modified in manifest["replaced"]:
        old = posixpath.join(path, name)
        with contextlib.suppress(FileNotFoundError):
            now = fs.status(old)
            if (now.size, now.modified) == (size, modified):
                fs.remove(old)
                emptied.add(posixpath.dirname(old))
    for parent in sorted(emptied, key=len, reverse=True):
        while len(parent) > len(path) and _remove_if_empty(fs, parent):
            parent = posixpath.dirname(parent)
    for source, target in success:
        _move(fs, posixpath.join(directory, source), posixpath.join(path, target), made)
    fs.remove(manifest_path)
    fs.end_staging(directory, directory)
    _remove_if_empty(fs, posixpath.dirname(directory))


def _move(fs: FileSystem, source: str, target: str, made: set[str]) -> None:
    parent = posixpath.dirname(target)
    if parent not in made:
        fs.make_dirs(parent)
        made.add(parent)
    with contextlib.suppress(FileNotFoundError):  # moved before this process was killed
        fs.rename(source, target)


def _remove_if_empty(fs: FileSystem, directory: str) -> bool:
    with contextlib.suppress(OSError):
        return fs.remove_empty(directory)
    return False
