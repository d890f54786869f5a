"""A PostgreSQL server of one's own on this machine, for as long as a test wants it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "glow", "plug's secret"


class Missing(RuntimeError):
    """There is no PostgreSQL here."""


@dataclass(frozen=True)
class Server:
    port: int

    @property
    def url(self) -> str:
        return f"jdbc:postgresql://127.0.0.1:{self.port}/postgres"

    @property
    def options(self) -> dict[str, str]:
        return {"url": self.url, "user": USER, "password": PASSWORD}


def programs() -> Path:
    """Where initdb and pg_ctl are: Debian puts them outside of PATH. Raises Missing."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not places:
        raise Missing("PostgreSQL's server is needed for this: apt-get install postgresql")
    return places[0]


@contextmanager
def running() -> Iterator[Server]:
    """A server with one user and one database. As root, which it refuses to run as, it runs as another user."""
    place, home = programs(), Path(tempfile.mkdtemp(prefix="glowplug-postgres-"))
    other = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    who = {} if other is None else {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
    (home / "password").write_text(PASSWORD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if other is not None:
        for path in (home, home / "password"):
            os.chown(path, other.pw_uid, other.pw_gid)

    def run(*command: str) -> None:
        done = subprocess.run(
            [str(place / command[0]), *command[1:]], cwd=home, capture_output=True, text=True, timeout=120, **who
        )  # type: ignore[call-overload]
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}{done.stdout}")

    data = str(home / "data")
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
    try:
        run("initdb", "-D", data, "-U", USER, "--pwfile", "password", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-D", data, "-o", settings, "-l", str(home / "log"), "-w", "start")
        try:
            yield Server(port)
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
