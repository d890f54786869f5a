"""A write that does not end well leaves the old rows or the new, at whichever step that is.

A child process writes and kills itself by SIGKILL before its n-th operation on the file system, for every n there is;
then this process reads, as the next program would. The same with an exception instead: a full disk, a Ctrl-C.
"""

from __future__ import annotations

import errno
import gc
import json
import multiprocessing
import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from glowplug.config import Conf
from glowplug.errors import SparkError
from glowplug.io import commit, formats
from glowplug.io.filesystem import LOCAL, LocalFiles
from glowplug.io.produce import Layout
from glowplug.io.source import Context
from glowplug.io.write import WriteJob
from glowplug.kernel.database import Connection, Database
from glowplug.kernel.workbench import Workbench
from glowplug.sql import parse_schema

STEPS = (
    "begin_staging", "upload", "open", "rename", "exchange", "make_dirs", "remove", "remove_file", "remove_empty",
    "end_staging",
)  # fmt: skip
OLD, NEW = [(i, i % 2) for i in range(4)], [(i + 10, i % 3) for i in range(6)]
Rows = list[tuple[int, int]]


@contextmanager
def kernel() -> Iterator[Connection]:
    """A connection to a kernel of its own, that is gone before a child is forked."""
    with closing(Database(memory_limit=256 << 20, threads=1)) as database, database.connection("UTC") as connection:
        yield connection


def write(path: str, rows: Rows, mode: Any, partitioned: bool, dynamic: bool = False, query: str = "") -> None:
    with kernel() as connection:
        query = (
            query or "SELECT * FROM (VALUES " + ", ".join(f"({a}::BIGINT, {p}::INTEGER)" for a, p in rows) + ") t(a, p)"
        )
        options = (("partitionOverwriteMode", "dynamic" if dynamic else "static"),)
        parts = 1 if partitioned else 2
        partition_by = ("p",) if partitioned else ()
        layout = Layout(schema=parse_schema("a BIGINT, p INT"), partition_by=partition_by, parts=parts)
        job = WriteJob(rows=query, layout=layout, path=path, mode=mode, options=options)
        formats.write("parquet", job, Context(Conf(), Workbench(Conf(), connection)))


def read(path: str) -> Counter[tuple[int, int]]:
    with kernel() as connection:
        bench = Workbench(Conf(), connection)
        source = formats.resolve("parquet", [path], None, (), Context(Conf(), bench))
        return Counter(bench.rows(source.sql(["a", "p"], bench)))


@contextmanager
def before_each_step(act: Callable[[int], None]) -> Iterator[None]:
    """Call `act` with its number before each operation on the file system, from 1."""
    count = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            act(count)
            return original(*args, **kwargs)

        return run

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(LocalFiles, name, counted(getattr(LocalFiles, name)))
        yield


def doomed(step: int, done: Any, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Run `work`, dying right after the operation number `step`."""
    with before_each_step(lambda n: os.kill(os.getpid(), signal.SIGKILL) if n > step else None):
        work(*arguments)
    done.set()


def run_doomed(step: int, *arguments: Any) -> bool:
    """Write in a child that dies after an operation; whether it came to the end before."""
    context = multiprocessing.get_context("fork")
    done = context.Event()
    gc.collect()  # a kernel of this process must not be destroyed in the child, which lacks its threads
    child = context.Process(target=doomed, args=(step, done, write, arguments))
    child.start()
    child.join()
    assert child.exitcode == (0 if done.is_set() else -signal.SIGKILL)
    return done.is_set()


WAYS = [("overwrite", False, False), ("overwrite", True, False), ("overwrite", True, True), ("append", False, False)]


def outcomes(mode: str, dynamic: bool) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """The rows before a write of NEW over OLD, and after it."""
    new_partitions = {p for _, p in NEW}
    kept = [row for row in OLD if row[1] not in new_partitions] if dynamic else OLD if mode == "append" else []
    return Counter(OLD), Counter(NEW + kept)


@pytest.mark.parametrize(("mode", "partitioned", "dynamic"), WAYS)
def test_killed_at_every_step(mode: str, partitioned: bool, dynamic: bool, tmp_path: Path) -> None:
    old, new = outcomes(mode, dynamic)
    seen, done = set(), False
    for step in range(200):
        path = str(tmp_path / f"{step}")
        write(path, OLD, "error", partitioned)
        done = run_doomed(step, path, NEW, mode, partitioned, dynamic)
        found = read(path)
        assert found in (old, new), f"half a write after {step} steps"
        seen.add(found == new)
        # The next write is not disturbed by what was left.
        write(path, OLD, "overwrite", partitioned)
        assert read(path) == old
        if done:
            break
    assert seen == {True, False}
    assert done


def full_disk(step: int) -> Callable[[int], None]:
    """From an operation on, nothing works: neither the write nor cleaning up after it."""

    def act(n: int) -> None:
        if n > step:
            raise OSError(errno.ENOSPC, "No space left on device")

    return act


def interrupt(step: int) -> Callable[[int], None]:
    """Ctrl-C in one operation; cleaning up is left in peace."""

    def act(n: int) -> None:
        if n == step + 1:
            raise KeyboardInterrupt

    return act


@pytest.mark.parametrize("fault", [full_disk, interrupt])
@pytest.mark.parametrize(("mode", "partitioned", "dynamic"), WAYS)
def test_failed_at_every_step(
    mode: str, partitioned: bool, dynamic: bool, fault: Callable[[int], Callable[[int], None]], tmp_path: Path
) -> None:
    old, new = outcomes(mode, dynamic)
    seen = set()
    for step in range(200):
        path = str(tmp_path / f"{step}")
        write(path, OLD, "error", partitioned)
        failure: BaseException | None = None
        try:
            with before_each_step(fault(step)):
                write(path, NEW, mode, partitioned, dynamic)
        except (SparkError, KeyboardInterrupt) as error:
            failure = error
        found = read(path)
        assert found in (old, new), f"half a write after {step} steps"
        if isinstance(failure, SparkError):
            # Whoever would write again must know whether the rows are there already.
            assert ("committed" in str(failure)) == (found == new), failure
        seen.add((failure is None, found == new))
        # Where everything fails, even cleaning up, something invisible may stay.
        assert fault is full_disk or not (tmp_path / f"{step}" / "_temporary").exists()
        if failure is None:
            break
    assert seen == {(False, False), (False, True), (True, True)}


@pytest.mark.parametrize("fault", [full_disk, interrupt, None])
def test_a_file_is_replaced_at_once(fault: Callable[[int], Callable[[int], None]] | None, tmp_path: Path) -> None:
    """Overwriting a path that is a file: killed or failed at any step, there is the file or the whole directory."""
    seen = set()
    for step in range(200):
        path = tmp_path / f"{step}" / "t"
        path.parent.mkdir()
        path.write_text("precious")
        done = False
        if fault is None:
            done = run_doomed(step, str(path), NEW, "overwrite", False)
        else:
            with suppress(SparkError, KeyboardInterrupt), before_each_step(fault(step)):
                write(str(path), NEW, "overwrite", False)
                done = True
        assert path.read_text() == "precious" if path.is_file() else read(str(path)) == Counter(NEW)
        seen.add(path.is_file())
        if done:
            break
    assert seen == {True, False}
    assert fault is full_disk or [p.name for p in path.parent.iterdir()] == ["t"]


def test_a_query_that_fails_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("precious")
    with pytest.raises(SparkError, match="DIVIDE_BY_ZERO|INTERNAL_ERROR|boom"):
        write(str(path), [], "overwrite", False, query="SELECT CAST(error('boom') AS BIGINT), 1")
    assert path.read_text() == "precious"
    assert [p.name for p in tmp_path.iterdir()] == ["t"]


@pytest.mark.parametrize(("mode", "dynamic"), [("append", False), ("overwrite", True)])
def test_a_file_cannot_be_part_of_a_table(mode: str, dynamic: bool, tmp_path: Path) -> None:
    """As in Spark: rows are added to directories; and so are partitions."""
    path = tmp_path / "t"
    path.write_text("precious")
    for target in (path, path / "below"):
        with pytest.raises(SparkError) as info:
            write(str(target), NEW, mode, dynamic, dynamic)
        assert info.value.condition == "TASK_WRITE_FAILED"
    assert path.read_text() == "precious"


def test_killed_first_write_leaves_no_table(tmp_path: Path) -> None:
    path = str(tmp_path / "t")
    assert not run_doomed(2, path, NEW, "error", False, False)
    assert os.path.isdir(os.path.join(path, "_temporary"))
    write(path, NEW, "error", False)  # what a killed job left does not count as a table
    assert read(path) == Counter(NEW)


def test_leftovers_are_invisible_and_foreign_jobs_stay(tmp_path: Path) -> None:
    path = str(tmp_path / "t")
    write(path, OLD, "error", False)
    running = tmp_path / "t" / "_temporary" / "other-job" / "data"
    running.mkdir(parents=True)
    (running / "0").write_bytes(b"half a file")
    write(path, NEW, "append", False)
    assert read(path) == Counter(OLD + NEW)
    assert (running / "0").exists()


@pytest.mark.parametrize("mode", ["append", "overwrite"])
def test_what_killed_jobs_left_goes_when_it_is_old(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "t"
    write(str(path), OLD, "error", False)
    for _ in range(2):
        assert not run_doomed(2, str(path), NEW, "append", False, False)
    old, young = sorted((path / "_temporary").iterdir())
    long_ago = time.time() - commit.ABANDONED - 60
    for place in (old, *old.rglob("*")):
        os.utime(place, (long_ago, long_ago))
    write(str(path), NEW, mode, False)
    assert [young] == list((path / "_temporary").iterdir())
    os.utime(young, (long_ago, long_ago))  # but a file of it is as young as it was
    (young / "part").write_bytes(b"half a file")
    os.utime(young, (long_ago, long_ago))
    write(str(path), NEW, "append", False)
    assert young.exists()


def forged(table: Path, files: list[str], replaced: list[tuple[str, int, int]], job: str = "") -> Path:
    """A committed job's directory that no job left."""
    directory = table / "_temporary" / (job or str(uuid.uuid4()))
    directory.mkdir(parents=True)
    (directory / "_commit").write_text(json.dumps({"files": files, "replaced": replaced}))
    return directory


@pytest.mark.parametrize("work", [read, lambda path: write(path, NEW, "append", False)])
def test_foreign_lists_are_not_followed(work: Callable[[str], Any], tmp_path: Path) -> None:
    """Neither out of the table, nor by names that no job has; what the list names stays where it is."""
    table, victim = tmp_path / "t", tmp_path / "victim.txt"
    write(str(table), OLD, "error", False)
    part = next(table.glob("part-*"))
    victim.write_text("precious")
    status = LOCAL.status(str(victim))
    up = [
        "../victim.txt",
        str(victim),
        "a/../../victim.txt",
        "./../victim.txt",
        "../../../victim.txt",
        "a//b",
        "",
        "\0",
    ]
    for name in up:
        directory = forged(table, [name], [])
        (directory / "victim.txt").write_text("forged")
        forged(table, [], [(name or "/", status.size, status.modified)])
    ours = LOCAL.status(str(part))
    forged(table, [], [(part.name, ours.size, ours.modified)], job="0")
    forged(table, [], [(part.name, ours.size, ours.modified)], job="..extra")
    for text in ("", "[]", '{"files": 1, "replaced": []}', '{"files": [], "replaced": [[1, 2, 3]]}', "\xff"):
        (forged(table, [], []) / "_commit").write_bytes(text.encode("latin-1"))
    work(str(table))
    assert victim.read_text() == "precious"
    assert part.exists()
    assert read(str(table)) >= Counter(OLD)


def test_a_list_never_deletes_a_directory(tmp_path: Path) -> None:
    table = tmp_path / "t"
    write(str(table), OLD, "error", True)
    status = LOCAL.status(str(table / "p=0"))
    forged(table, [], [("p=0", status.size, status.modified)])
    assert read(str(table)) == Counter(OLD)


def test_lists_of_other_users_are_not_followed(tmp_path: Path) -> None:
    """Half a write is no answer, and to complete it is for its owner."""
    table = tmp_path / "t"
    write(str(table), OLD, "error", False)
    part = next(table.glob("part-*"))
    status = LOCAL.status(str(part))
    manifest = forged(table, [], [(part.name, status.size, status.modified)]) / "_commit"
    if os.geteuid() == 0:
        os.chown(manifest, 12345, 12345)
    else:
        manifest.rename(tmp_path / "list")  # a link to a list is as little to be trusted
        manifest.symlink_to(tmp_path / "list")
    for work, condition in (
        (read, "FAILED_READ_FILE.NO_HINT"),
        (lambda p: write(p, NEW, "append", False), "TASK_WRITE_FAILED"),
    ):
        with pytest.raises(SparkError, match="another user") as info:
            work(str(table))
        assert info.value.condition == condition
    assert part.exists()
