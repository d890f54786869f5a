"""The file below a warehouse in which the embedded catalog keeps its entries: SQLite, shared by processes.

A change of entries is a transaction that nobody else's can come between (BEGIN IMMEDIATE). A change that moves data
too is written down first (table `pending`), so that whoever comes after a killed process completes it:

    begin        the change is in `pending`, its owner holds a lock on a file    -> a kill undoes it
    confirm      `pending` says: to be done                                      -> a kill leaves it to others
    apply        in one transaction: directories are renamed, entries change, `pending` forgets it
    clean up     what was replaced is deleted

From the confirmation to the end a change holds a lock on the file `changing`, as every other change does: what it
checked stays true. The operating system gives a dead process's locks back, so a pending change whose lock is free has
no owner.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from glowplug.errors import ExecutionError, unsupported

_TABLES = """
CREATE TABLE IF NOT EXISTS counter (n INTEGER NOT NULL);
INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);
CREATE TABLE IF NOT EXISTS namespaces (name TEXT PRIMARY KEY, entry TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tables (
  namespace TEXT, name TEXT, version INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS partitions (
  namespace TEXT, name TEXT, "values" TEXT, entry TEXT NOT NULL, PRIMARY KEY (namespace, name, "values")
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS functions (
  namespace TEXT, name TEXT, entry TEXT NOT NULL, PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (id TEXT PRIMARY KEY, change TEXT NOT NULL) WITHOUT ROWID;
"""
log = logging.getLogger(__name__)
_inherited: list[sqlite3.Connection] = []  # never used, nor collected: that would close them
_BUSY_SECONDS = 60.0  # a change waits so long for another process's


@dataclass(frozen=True, slots=True)
class Change:
    """Renamings of directories and what they mean for the entries. `guard`: the table and version it was made for.

    What stands where a directory goes is moved away first, and deleted in the end like `garbage`. `confirmed` False:
    the owner is still at work below `garbage`.
    """

    moves: tuple[tuple[str, str], ...] = ()
    statements: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    guard: tuple[str, str, int] | None = None
    garbage: tuple[str, ...] = ()
    confirmed: bool = True


class Stale(Exception):
    """The table that a change was made for is not what it was."""


class Store:
    """Safe to use from several threads and processes. The file is made at the first change.

    Without a directory there is nothing to read, and nothing can be changed.
    """

    def __init__(self, directory: Path | None) -> None:
        self.readable = directory is not None
        self.directory = directory or Path()
        self._file = self.directory / "catalog.sqlite"
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int, int] | None = None  # process, device, inode
        self._changing = False
        self._held: dict[str, int] = {}  # ids of this process's own pending changes, with their locks

    # --- reading and changing

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection that sees the catalog as it is now; None while there is none."""
        with self._lock, self._failing():
            connection = self._open(make=False)
            if connection is not None and not connection.in_transaction:
                self._recover(connection)
            yield connection

    @contextlib.contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is done with the connection happens, or on an exception nothing."""
        with self._lock, self._failing(), self._alone():
            connection = self._open(make=True)
            assert connection is not None
            self._recover(connection)
            with _transaction(connection):
                yield connection

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process and, as `_lock` is held, no other thread makes a change meanwhile."""
        if self._changing or not self.readable:
            yield
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = _lock_soon(self.directory / "changing")
        self._changing = True
        try:
            yield
        finally:
            self._changing = False
            os.close(lock)

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """What SQLite cannot do (a full disk, no permission, a broken file) is told with the file's name."""
        try:
            yield
        except sqlite3.Error as error:
            message = f"the catalog {self._file} cannot be used: {error}"
            raise ExecutionError("INTERNAL_ERROR", message=message) from error

    def version(self, connection: sqlite3.Connection) -> int:
        """A number that no other change has."""
        connection.execute("UPDATE counter SET n = n + 1")
        return int(connection.execute("SELECT n FROM counter").fetchone()[0])

    # --- changes that move data

    def begin(self, garbage: str) -> str:
        """Note a change whose data is being written below `garbage`; the id to confirm or abandon it by."""
        id = str(uuid.uuid4())
        with self.changing() as connection:
            self._held[id] = _lock_soon(self._lock_path(id))
            self._write(connection, id, Change(garbage=(garbage,), confirmed=False))
        return id

    def apply(self, change: Change, id: str | None = None) -> None:
        """Do a change for good, even if this process is killed meanwhile. Raises Stale if its guard does not hold."""
        new = id is None
        id = id or str(uuid.uuid4())
        try:
            with self._lock, self._failing(), self._alone():
                with self.changing() as connection:
                    if new:
                        self._held[id] = _lock_soon(self._lock_path(id))
                    _check(connection, change)
                    begun = connection.execute("SELECT change FROM pending WHERE id = ?", (id,)).fetchone()
                    self._write(connection, id, change)
                try:
                    done = self._finish(connection, id, change)
                except OSError:  # a name that is too long, a directory that may not be changed
                    with _transaction(connection):
                        connection.execute("DELETE FROM pending WHERE id = ?", (id,))
                        if begun:
                            connection.execute("INSERT INTO pending VALUES (?, ?)", (id, begun[0]))
                    raise
            with self._lock, self._failing():
                self._clean(connection, id, done)
        finally:
            self._release(id)

    def abandon(self, id: str) -> None:
        """Undo a change that was begun."""
        try:
            with self._lock:
                connection = self._open(make=True)
                assert connection is not None
                found = connection.execute("SELECT change FROM pending WHERE id = ?", (id,)).fetchone()
                if found is not None:
                    self._clean(connection, id, _decoded(found[0]))
        finally:
            self._release(id)

    def _finish(self, connection: sqlite3.Connection, id: str, change: Change) -> Change:
        """What is left to do, which is to clean up. Raises OSError; then every directory is where it was."""
        garbage = list(change.garbage)
        with _transaction(connection), _renaming() as rename:
            for number, (source, target) in enumerate(change.moves):
                if not os.path.lexists(source):
                    continue  # moved before a kill
                if os.path.lexists(target):
                    rename(target, f"{os.path.dirname(target)}/.glowplug-{id}-{number}")
                os.makedirs(os.path.dirname(target), exist_ok=True)
                rename(source, target)
            garbage += [f"{os.path.dirname(t)}/.glowplug-{id}-{n}" for n, (_, t) in enumerate(change.moves)]
            for statement, parameters in change.statements:
                connection.execute(statement, parameters)
            change = Change(garbage=tuple(garbage), confirmed=False)
            self._write(connection, id, change)
        return change

    def _clean(self, connection: sqlite3.Connection, id: str, change: Change) -> None:
        for path in change.garbage:
            shutil.rmtree(path, ignore_errors=True)
        with _transaction(connection):
            connection.execute("DELETE FROM pending WHERE id = ?", (id,))

    def _recover(self, connection: sqlite3.Connection) -> None:
        """Complete or undo what killed processes left."""
        left = {id for (id,) in connection.execute("SELECT id FROM pending")} - self._held.keys()
        if not left:
            return
        with self._alone():
            for id in left:
                self._complete(connection, id)

    def _complete(self, connection: sqlite3.Connection, id: str) -> None:
        lock = _lock_file(self._lock_path(id))
        if lock is None:
            return  # its owner lives
        self._held[id] = lock
        try:
            still = connection.execute("SELECT change FROM pending WHERE id = ?", (id,)).fetchone()
            if still is not None:
                change = _decoded(still[0])
                self._clean(connection, id, self._finish(connection, id, change) if change.confirmed else change)
        except OSError:  # others come by again; what is not this change's is to be used meanwhile
            log.exception("The change %s of the catalog %s cannot be completed", id, self._file)
        finally:
            self._release(id)

    def _write(self, connection: sqlite3.Connection, id: str, change: Change) -> None:
        connection.execute("INSERT OR REPLACE INTO pending VALUES (?, ?)", (id, json.dumps(asdict(change))))

    # --- locks and connections

    def _lock_path(self, id: str) -> Path:
        return self.directory / f"{id}.lock"

    def _release(self, id: str) -> None:
        lock = self._held.pop(id, None)
        if lock:
            with contextlib.suppress(OSError):
                os.unlink(self._lock_path(id))
            os.close(lock)

    def _open(self, make: bool) -> sqlite3.Connection | None:
        """The connection to the file that is there now; another process may have removed the warehouse since."""
        if not self.readable:
            if make:
                raise unsupported("a catalog in a warehouse directory that is not on this machine")
            return None
        try:
            stat = os.stat(self._file)
            now = (os.getpid(), stat.st_dev, stat.st_ino)
        except (FileNotFoundError, NotADirectoryError):
            now = None
        if self._connection is not None and now == self._opened:
            return self._connection
        if self._connection is not None:
            self._leave()
        if now is None and not make:
            return None
        self.directory.mkdir(parents=True, exist_ok=True)
        # Who changes the journal's mode is not made to wait for others: SQLite fails at once.
        opening = _lock_soon(self.directory / "opening")
        try:
            connection = sqlite3.connect(self._file, _BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'pending'").fetchone()[0] == 0:
                with _transaction(connection):
                    for statement in _TABLES.split(";"):
                        connection.execute(statement)
        finally:
            os.close(opening)
        stat = os.stat(self._file)
        self._connection, self._opened = connection, (os.getpid(), stat.st_dev, stat.st_ino)
        self._sweep(connection)
        return connection

    def _sweep(self, connection: sqlite3.Connection) -> None:
        """Remove the lock files of processes that were killed before they noted a change, or after it was done."""
        pending = {id for (id,) in connection.execute("SELECT id FROM pending")}
        for path in self.directory.glob("*.lock"):
            if path.stem not in pending and path.stem not in self._held:
                lock = _lock_file(path)
                if lock is not None:
                    path.unlink(missing_ok=True)
                    os.close(lock)

    def _leave(self) -> None:
        """Close the connection. One that was opened before this process was forked is the parent's to close."""
        assert self._connection is not None and self._opened is not None
        if self._opened[0] == os.getpid():
            self._connection.close()
        else:
            _inherited.append(self._connection)
        self._connection = None

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._leave()


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def _renaming() -> Iterator[Callable[[str, str], None]]:
    """Renames files; on an OSError all of them get their old names back."""
    done: list[tuple[str, str]] = []

    def rename(source: str, target: str) -> None:
        os.rename(source, target)
        done.append((source, target))

    try:
        yield rename
    except OSError:
        for source, target in reversed(done):
            with contextlib.suppress(OSError):
                os.rename(target, source)
        raise


def _check(connection: sqlite3.Connection, change: Change) -> None:
    if change.guard is not None:
        namespace, name, version = change.guard
        query = "SELECT version FROM tables WHERE namespace = ? AND name = ?"
        found = connection.execute(query, (namespace, name)).fetchone()
        if (found[0] if found else 0) != version:
            raise Stale


def _decoded(text: str) -> Change:
    data = json.loads(text)
    return Change(
        tuple((a, b) for a, b in data["moves"]),
        tuple((s, tuple(p)) for s, p in data["statements"]),
        tuple(data["guard"]) if data["guard"] else None,
        tuple(data["garbage"]),
        data["confirmed"],
    )


def _lock_soon(path: Path) -> int:
    """An open file that is locked until it is closed. Raises ExecutionError if another process keeps it too long."""
    end, pause = time.monotonic() + _BUSY_SECONDS, 0.001
    while (descriptor := _lock_file(path)) is None:
        if time.monotonic() > end:
            owner = "(unknown)"
            with contextlib.suppress(FileNotFoundError):  # its owner has just removed it
                owner = path.read_text() or owner
            message = (
                f"the catalog {path.parent} is being changed by process {owner}, which has not come to an end "
                f"in {_BUSY_SECONDS:g} seconds; what it changes is completed or undone when it has ended"
            )
            raise ExecutionError("_LEGACY_ERROR_TEMP_3102", msg=message)
        time.sleep(pause)
        pause = min(2 * pause, 0.02)
    with contextlib.suppress(OSError):  # the lock holds without the hint for others, on a full disk too
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} on {os.uname().nodename}".encode(), 0)
    return descriptor


def _lock_file(path: Path) -> int | None:
    """The same; None if another process holds it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                    return descriptor  # and not one that was removed while this process waited for it
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
