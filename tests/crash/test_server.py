"""A server that is killed while it writes leaves the old rows; the next one reads and replaces them."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql.connect.session import SparkSession


def start(*args: str) -> tuple[subprocess.Popen[str], SparkSession]:
    command = [sys.executable, "-m", "glowplug.cli", "server", "--port", "0", *args]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    client = SparkSession(connection=server.stdout.readline().split()[-1])
    client.client.disable_reattachable_execute()
    client.client.set_retry_policies([])
    return server, client


def test_a_killed_server_leaves_the_old_rows(tmp_path: Path) -> None:
    path = str(tmp_path / "t")
    server, client = start()
    client.range(10).write.parquet(path)
    errors: list[Exception] = []

    def write() -> None:
        try:
            client.sql("SELECT a.id FROM range(300000) a JOIN range(300000) b ON a.id <= b.id").write.mode(
                "overwrite"
            ).parquet(path)
        except PySparkException as error:
            errors.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    deadline = time.monotonic() + 60
    while not any(f.stat().st_size > 1 << 20 for f in tmp_path.rglob("*") if f.is_file()):
        assert time.monotonic() < deadline and not errors
        time.sleep(0.01)
    server.kill()
    server.communicate()
    thread.join(60)
    assert len(errors) == 1

    server, client = start()
    try:
        assert sorted(row.id for row in client.read.parquet(path).collect()) == list(range(10))
        client.range(3).write.mode("overwrite").parquet(path)
        assert sorted(row.id for row in client.read.parquet(path).collect()) == [0, 1, 2]
    finally:
        server.kill()
        server.communicate()


def test_a_killed_server_leaves_its_files_no_longer_than_to_the_next_start(tmp_path: Path) -> None:
    args = ("--conf", f"spark.glowplug.tempDirectory={tmp_path}", "--grace", "0")
    server, client = start(*args)
    (tmp_path / "upload.py").write_text("x = 1")
    client.addArtifacts(str(tmp_path / "upload.py"), pyfile=True)
    assert client.range(3).count() == 3
    server.kill()
    server.wait()
    assert list(tmp_path.glob("glowplug-*/*/**/upload.py"))
    server, client = start(*args)
    assert client.range(3).count() == 3
    assert len(list(tmp_path.glob("glowplug-*"))) == 1  # its own
    assert not list(tmp_path.glob("glowplug-*/*/**/upload.py"))
    server.terminate()
    server.wait(30)
    assert not list(tmp_path.glob("glowplug-*"))
