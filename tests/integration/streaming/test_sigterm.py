"""SIGTERM in the middle of a batch: it is finished, and a restart goes on behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

GLOWPLUG = str(Path(sys.executable).parent / "glowplug")
PROGRAM = """
import sys, time
from pyspark.sql import SparkSession

root, url = sys.argv[1:]
builder = SparkSession.builder
spark = (builder.remote(url) if url else builder).getOrCreate()

def note(rows, batch, root=root):
    def say(what):
        with open(f"{root}/notes", "a") as notes:
            notes.write(f"{what} {batch}\\n")
    say("begin")
    time.sleep(0.7)
    say("end")

rate = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 2).load()
query = rate.writeStream.foreachBatch(note).option("checkpointLocation", f"{root}/checkpoint").start()
query.awaitTermination()
"""


def notes(root: Path) -> list[str]:
    path = root / "notes"
    return path.read_text().split("\n")[:-1] if path.exists() else []


def wait(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def started(root: Path, url: str = "") -> subprocess.Popen[bytes]:
    (root / "program.py").write_text(PROGRAM)
    call = [sys.executable] if url else [GLOWPLUG, "run"]
    return subprocess.Popen(
        [*call, root / "program.py", root, url], env={**os.environ, "SPARK_REMOTE": ""} if url else None
    )


def begun(root: Path, before: int) -> Callable[[], bool]:
    return lambda: len(notes(root)) > before + 2 and notes(root)[-1].startswith("begin")


def expected(count: int) -> list[str]:
    return [f"{what} {n}" for n in range(count // 2) for what in ("begin", "end")]


def committed(root: Path) -> int:
    return sum(p.name.isdigit() for p in (root / "checkpoint" / "commits").iterdir())


def test_a_script_commits_its_batch(tmp_path: Path) -> None:
    for _ in range(2):
        before = len(notes(tmp_path))
        with started(tmp_path) as script:
            wait(begun(tmp_path, before))
            script.send_signal(signal.SIGTERM)
            assert script.wait(30) == -signal.SIGTERM
        found = notes(tmp_path)
        assert found == expected(len(found))
        assert committed(tmp_path) == len(found) // 2


def test_a_second_signal_ends_a_script_at_once(tmp_path: Path) -> None:
    with started(tmp_path) as script:
        wait(begun(tmp_path, 0))
        script.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        script.send_signal(signal.SIGTERM)
        assert script.wait(30) == -signal.SIGTERM
    assert notes(tmp_path)[-1].startswith("begin")


@pytest.mark.parametrize("client", ["waits", "is gone"])
def test_a_server_commits_the_batches_of_its_clients(tmp_path: Path, client: str) -> None:
    for _ in range(2):
        before = len(notes(tmp_path))
        server = subprocess.Popen(
            [GLOWPLUG, "server", "--port", "0", "--grace", "8"], stdout=subprocess.PIPE, text=True
        )
        with server:
            assert server.stdout is not None
            url = server.stdout.readline().split()[-1]
            with started(tmp_path, url) as script:
                wait(begun(tmp_path, before))
                if client == "is gone":
                    script.kill()
                server.send_signal(signal.SIGTERM)
                assert server.wait(60) == 0
                script.kill()
        found = notes(tmp_path)
        assert found == expected(len(found))
        assert committed(tmp_path) == len(found) // 2
