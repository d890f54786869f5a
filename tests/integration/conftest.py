"""A server in a process of its own, and a client of it, for the tests of what breaks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from pyspark.sql.connect.session import SparkSession


@dataclass
class Process:
    """A running `glowplug server`; `url` is what it printed, `log` what it writes to standard error."""

    popen: subprocess.Popen[str]
    url: str
    log: Path

    def resident(self) -> int:
        """Bytes of memory."""
        with open(f"/proc/{self.popen.pid}/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        with open(f"/proc/{self.popen.pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(directory: Path, *args: str) -> Iterator[Process]:
    """A server on a free port, killed at the end by its pid."""
    log = directory / "server.log"
    command = [sys.executable, "-m", "glowplug.cli", "server", "--port", "0", *args]
    with log.open("w") as errors, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as popen:
        try:
            assert popen.stdout is not None
            line = popen.stdout.readline()
            assert "sc://" in line, log.read_text()
            yield Process(popen, line.split()[-1], log)
        finally:
            popen.kill()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with serving(tmp_path_factory.mktemp("server"), "--grace", "0") as process:
        yield process


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Any]:
    """Starts servers with settings of their own: `with serve("--conf", "a=b") as server`."""
    return lambda *args: serving(tmp_path, *args)


@pytest.fixture
def session(server: Process) -> Iterator[SparkSession]:
    client = SparkSession(connection=server.url)
    yield client
    client.stop()


# --- an object store ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """moto's S3 on this machine, empty at first: its servers in a process share what they hold."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def store(endpoint: str) -> Any:
    """A client of it, that has made the bucket `lake`."""
    client = {"endpoint_url": endpoint}
    s3fs = pytest.importorskip("s3fs")
    store = s3fs.S3FileSystem(key="test", secret="test", client_kwargs=client, use_listings_cache=False)
    store.mkdir("lake")
    return store
