"""Directories that this user may not use, and disks with no room: the condition, and nothing half done."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from glowplug.config import Conf
from glowplug.errors import SparkError
from glowplug.io import formats
from glowplug.io.produce import Layout
from glowplug.io.source import Context
from glowplug.io.write import SaveMode, WriteJob
from glowplug.kernel.database import Database
from glowplug.kernel.workbench import Workbench
from glowplug.sql import parse_schema

NOBODY = 65534


@contextmanager
def workbench() -> Iterator[Workbench]:
    with closing(Database(memory_limit=256 << 20, threads=1)) as database, database.connection("UTC") as connection:
        yield Workbench(Conf(), connection)


def write(path: Path, format: str = "parquet", mode: SaveMode = "append", rows: int = 3, **options: str) -> None:
    with workbench() as bench:
        # Digests do not compress: 32 bytes a row.
        job = WriteJob(
            rows=f"SELECT md5(range::VARCHAR) FROM range({rows})",
            layout=Layout(schema=parse_schema("a STRING")),
            path=str(path), mode=mode, options=tuple(options.items()),
        )  # fmt: skip
        formats.write(format, job, Context(Conf(), bench))


def count(path: Path, format: str = "parquet") -> int:
    with workbench() as bench:
        source = formats.resolve(format, [str(path)], parse_schema("a STRING"), (), Context(Conf(), bench))
        return len(bench.rows(source.sql(["a"], bench)))


def outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except SparkError as error:
        return error.condition


def child(prepare: Callable[[], None], work: dict[str, Callable[[], Any]], scratch: Path) -> dict[str, Any]:
    """What pieces of work come to in a process with fewer rights: their results, or the conditions they raise."""

    def run() -> None:
        for format in ("parquet", "csv"):
            write(scratch / format, format)  # what is imported later could not be read any more
            count(scratch / format, format)
        prepare()
        sender.send({name: outcome(w) for name, w in work.items()})

    receiver, sender = multiprocessing.Pipe(duplex=False)
    gc.collect()  # a kernel of this process must not be destroyed in the child, which lacks its threads
    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    sender.close()
    try:
        found: dict[str, Any] = receiver.recv()
    finally:
        process.join()
    return found


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that other users can enter, unlike pytest's."""
    path = Path(tempfile.mkdtemp(prefix="glowplug-test-"))
    path.chmod(0o755)
    yield path
    for directory in path.rglob("*/"):
        directory.chmod(0o755)
    shutil.rmtree(path)


def unprivileged() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def test_directories_without_permission(public: Path, tmp_path: Path) -> None:
    for name in ("closed", "fixed", "mixed"):
        write(public / name)
        write(public / f"{name}-csv", "csv")
    for suffix in ("", "-csv"):
        (public / f"closed{suffix}").chmod(0)  # neither listed nor entered
        (public / f"fixed{suffix}").chmod(0o555)  # read, not written
        for part in (public / f"mixed{suffix}").glob("part-*"):
            part.chmod(0)  # listed, not opened
    (public / "parent").mkdir(mode=0o555)
    found = child(
        unprivileged,
        {
            "read closed": lambda: count(public / "closed"),
            "read below closed": lambda: count(public / "closed" / "x"),
            "read fixed": lambda: count(public / "fixed"),
            "read mixed": lambda: count(public / "mixed"),
            "read mixed csv": lambda: count(public / "mixed-csv", "csv"),
            "append closed": lambda: write(public / "closed"),
            "append fixed": lambda: write(public / "fixed"),
            "overwrite fixed": lambda: write(public / "fixed", mode="overwrite"),
            "overwrite fixed csv": lambda: write(public / "fixed-csv", "csv", "overwrite"),
            "new": lambda: write(public / "parent" / "t", mode="error"),
        },
        tmp_path,
    )
    unreadable, unwritable = "FAILED_READ_FILE.NO_HINT", "TASK_WRITE_FAILED"
    assert found == {
        "read closed": unreadable, "read below closed": unreadable, "read fixed": 3,
        "read mixed": found["read mixed"], "read mixed csv": unreadable,
        "append closed": unwritable, "append fixed": unwritable, "overwrite fixed": unwritable,
        "overwrite fixed csv": unwritable, "new": unwritable,
    }  # fmt: skip
    assert found["read mixed"] in (unreadable, "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER")
    assert sorted(p.name[:5] for p in (public / "fixed").iterdir()) == ["_SUCC", "part-"]
    assert count(public / "fixed") == 3
    assert list((public / "parent").iterdir()) == []


def small_files() -> None:
    """No file may be longer than 64 kB: what a disk without room looks like to the one who writes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))


@pytest.mark.parametrize("mode", ["append", "overwrite"])
def test_no_room_while_writing(mode: SaveMode, tmp_path: Path) -> None:
    kinds = {"parquet": ("parquet", {}), "csv": ("csv", {}), "gzip": ("csv", {"compression": "gzip"})}
    for name, (format, _) in kinds.items():
        write(tmp_path / name, format)
    found = child(
        small_files,
        {
            name: lambda name=name, format=format, options=options: write(  # type: ignore[misc]
                tmp_path / name, format, mode, 20_000 if name != "gzip" else 4_000, **options
            )
            for name, (format, options) in kinds.items()
        },
        tmp_path / "scratch",
    )
    assert found == dict.fromkeys(kinds, "TASK_WRITE_FAILED")
    for name, (format, _) in kinds.items():
        assert count(tmp_path / name, format) == 3
        assert sorted(p.name[:5] for p in (tmp_path / name).iterdir()) == ["_SUCC", "part-"], "something was left"
