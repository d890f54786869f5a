"""A server in a process of its own, as users run it, and clients of it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from pyspark.sql.connect.session import SparkSession


@dataclass
class Server:
    """`url` is what it printed."""

    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def resident(self) -> int:
        """Bytes of memory."""
        with open(f"/proc/{self.process.pid}/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def start_server() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*args: str) -> Server:
        command = [sys.executable, "-m", "glowplug.cli", "server", "--port", "0", *args]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        assert "sc://" in line, process.stderr.read()
        servers.append(Server(process, line.split()[-1]))
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.communicate()


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    command = [sys.executable, "-m", "glowplug.cli", "server", "--port", "0", "--grace", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    yield Server(process, line.split()[-1])
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture
def connect() -> Iterator[Callable[[str], SparkSession]]:
    """New sessions by URL, stopped at the end."""
    sessions: list[SparkSession] = []

    def new(url: str) -> SparkSession:
        sessions.append(SparkSession(connection=url))
        return sessions[-1]

    yield new
    for session in sessions:
        session.client.set_retry_policies([])  # its server may be gone
        session.stop()


@pytest.fixture
def spark(shared_server: Server, connect: Callable[[str], SparkSession]) -> SparkSession:
    return connect(shared_server.url)
