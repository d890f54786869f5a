"""The engines: how each is installed and started, how one is asked, and how much memory its processes had."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zlib import crc32

import psutil

HOME = Path(__file__).parents[1] / ".bench"
HERE = Path(__file__).parent
THREADS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Engine:
    """A peer. With `requirements` it has an environment of its own; `program` must be on the PATH."""

    name: str
    requirements: tuple[str, ...] = ()
    program: str = ""


# The same client libraries for all, so that what differs is the engine.
CLIENT = tuple(f"{name}=={version(name)}" for name in ("pandas", "pyarrow", "numpy", "grpcio", "protobuf"))
ENGINES = {
    engine.name: engine
    for engine in (
        Engine("duckdb"),
        Engine("glowplug"),
        Engine("sail", ("pysail==0.7.2", f"pyspark-client=={version('pyspark-client')}", *CLIENT)),
        Engine("spark", ("pyspark[connect]==4.2.1", *CLIENT), program="java"),
    )
}


def missing(engine: Engine) -> str:
    """Why this engine cannot run here, or nothing."""
    return f"no {engine.program} on the PATH" if engine.program and not shutil.which(engine.program) else ""


def programs(engine: Engine) -> Path:
    """The directory of the programs of this engine's environment, which is made where it is not."""
    if not engine.requirements:
        return Path(sys.executable).parent
    environment = HOME / engine.name
    installed = environment / "installed"
    wanted = "\n".join(engine.requirements)
    if not installed.exists() or installed.read_text() != wanted:
        print(f"Installing {engine.requirements[0]} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *engine.requirements], check=True)
        installed.write_text(wanted)
    return environment / "bin"


def environment(engine: Engine | None = None, connectors: bool = False) -> dict[str, str]:
    """As users have it: what was compiled to bytecode is not compiled again; workers have their engine's packages.

    With `connectors`, JARS has the paths of those that Apache Spark needs for Kafka and Delta, by commas.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if engine is None:
        return kept
    more = {"JARS": ",".join(map(str, jars()))} if connectors and engine.name == "spark" else {}
    return kept | {"PYSPARK_PYTHON": str(programs(engine) / "python")} | more


def jars() -> list[Path]:
    """What `pom.xml` asks for, fetched anew when it has changed."""
    from tests.integration.kafka.broker import fetch

    directory = HOME / f"jars-{crc32((HERE / 'pom.xml').read_bytes()):08x}"
    fetch(HERE, directory)
    return sorted(directory.glob("*.jar"))


def command(engine: Engine, script: Path, *args: str) -> list[str]:
    """The command that runs a Python script where this engine is."""
    start = ["glowplug", "run"] if engine.name == "glowplug" else ["python"]
    return [str(programs(engine) / start[0]), *start[1:], str(script), *args]


def resident_peak(pid: int) -> int:
    """Bytes: the sum, over a process and those it started, of the most that each has held resident so far."""
    total = 0
    try:
        for process in (top := psutil.Process(pid), *top.children(recursive=True)):
            status = Path(f"/proc/{process.pid}/status").read_text()
            total += sum(int(kilobytes) * 1024 for kilobytes in re.findall(r"VmHWM:\s+(\d+)", status))
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        pass  # one of them just ended: the next look counts
    return total


class Worker:
    """A running engine. `peak` is in bytes and grows while it runs; `ask` is for one thread."""

    def __init__(self, engine: Engine, memory: str | None = None) -> None:
        HOME.mkdir(exist_ok=True)
        self.engine = engine
        self.peak = 0
        self._log = (HOME / f"{engine.name}.log").open("w")
        call = command(engine, HERE / "worker.py", engine.name, str(THREADS), *([memory] if memory else []))
        self._process = subprocess.Popen(
            call,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=HOME,
            env=environment(engine),
        )
        threading.Thread(target=self._watch, daemon=True).start()
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            top = psutil.Process(self._process.pid)
            for process in (*top.children(recursive=True), top):
                process.kill()
        self._log.close()

    def ask(self, do: str, **arguments: str) -> dict[str, Any]:
        """The answer to a request of `worker`. An engine that has died gives an error to everything."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
            return self._read()
        except (BrokenPipeError, EOFError):
            return {"error": f"{self.engine.name} has died, see {self._log.name}"}

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise EOFError(f"{self.engine.name} has died, see {self._log.name}")
        return dict(json.loads(line))

    def _watch(self) -> None:
        while self._process.poll() is None:
            self.peak = max(self.peak, resident_peak(self._process.pid))
            time.sleep(0.05)
