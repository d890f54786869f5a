"""A write that is killed leaves the old rows or the new, at whichever step it dies.

A child process writes and kills itself by SIGKILL before its n-th operation on the file system, for every n there is;
then this process reads, as the next program would.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glowplug.config import Conf
from glowplug.io import formats
from glowplug.io.filesystem import LocalFiles
from glowplug.io.produce import Layout
from glowplug.io.source import Context
from glowplug.io.write import WriteJob
from glowplug.kernel.database import Database
from glowplug.kernel.workbench import Workbench
from glowplug.sql import parse_schema

STEPS = (
    "begin_staging", "upload", "open", "rename", "exchange", "make_dirs", "remove", "remove_file", "remove_empty",
    "end_staging",
)  # fmt: skip
OLD, NEW = [(i, i % 2) for i in range(4)], [(i + 10, i % 3) for i in range(6)]
Rows = list[tuple[int, int]]


def write(path: str, rows: Rows, mode: Any, partitioned: bool, dynamic: bool = False) -> None:
    database = Database(memory_limit=256 << 20, threads=1)
    with database.connection("UTC") as connection:
        query = "SELECT * FROM (VALUES " + ", ".join(f"({a}::BIGINT, {p}::INTEGER)" for a, p in rows) + ") t(a, p)"
        options = (("partitionOverwriteMode", "dynamic" if dynamic else "static"),)
        parts = 1 if partitioned else 2
        partition_by = ("p",) if partitioned else ()
        layout = Layout(schema=parse_schema("a BIGINT, p INT"), partition_by=partition_by, parts=parts)
        job = WriteJob(rows=query, layout=layout, path=path, mode=mode, options=options)
        formats.write("parquet", job, Context(Conf(), Workbench(Conf(), connection)))
    database.close()


def read(path: str) -> Counter[tuple[int, int]]:
    database = Database(memory_limit=256 << 20, threads=1)
    with database.connection("UTC") as connection:
        bench = Workbench(Conf(), connection)
        source = formats.resolve("parquet", [path], None, (), Context(Conf(), bench))
        found = Counter(bench.rows(source.sql(["a", "p"], bench)))
    database.close()
    return found


def doomed(step: int, done: Any, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Run `work`, dying right before the operation number `step`."""
    count = 0

    def dying(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count > step:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **kwargs)

        return run

    for name in STEPS:
        setattr(LocalFiles, name, dying(getattr(LocalFiles, name)))
    work(*arguments)
    done.set()


@pytest.mark.parametrize(
    ("mode", "partitioned", "dynamic"),
    [("overwrite", False, False), ("overwrite", True, False), ("overwrite", True, True), ("append", False, False)],
)
def test_killed_at_every_step(mode: str, partitioned: bool, dynamic: bool, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    new_partitions = {p for _, p in NEW}
    kept = [row for row in OLD if row[1] not in new_partitions] if dynamic else OLD if mode == "append" else []
    old, new = Counter(OLD), Counter(NEW + kept)
    seen = set()
    for step in range(200):
        path = str(tmp_path / f"{step}")
        write(path, OLD, "error", partitioned)
        done = context.Event()
        child = context.Process(target=doomed, args=(step, done, write, (path, NEW, mode, partitioned, dynamic)))
        child.start()
        child.join()
        found = read(path)
        assert found in (old, new), f"half a write after {step} steps"
        seen.add(found == new)
        # The next write is not disturbed by what was left, and removes it when it overwrites.
        write(path, OLD, "overwrite", partitioned)
        assert read(path) == old
        if done.is_set():
            break
    assert seen == {True, False}
    assert done.is_set()


def test_killed_first_write_leaves_no_table(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    path = str(tmp_path / "t")
    done = context.Event()
    child = context.Process(target=doomed, args=(2, done, write, (path, NEW, "error", False, False)))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
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
