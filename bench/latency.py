"""How long one waits: for the first result of a script, and for a trivial query of a session that is up."""

import subprocess
import time
from statistics import median

from bench.engines import HERE, HOME, Engine, Worker, command, environment, programs

STARTS = 5
TRIVIAL = 200
WARM_UP = 20


def first_line(call: list[str]) -> tuple[float, str]:
    """Seconds from the start of a process to the first line it prints, and that line."""
    started = time.perf_counter()
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=HOME, env=environment()
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - started
    if not line.strip().isdigit():
        raise RuntimeError(f"{call} printed {line!r}")
    return seconds, line


def start(engine: Engine) -> tuple[float, float]:
    """Seconds to the first result of a script of one line, and of one that only imports the client; medians."""
    script = HERE / "scripts" / "first_result.py"
    importing = [str(programs(engine) / "python"), str(HERE / "scripts" / "import_client.py")]
    match engine.name:
        case "sail":
            call = [str(programs(engine) / "sail"), "spark", "run", "-f", str(script)]
        case _:
            call = command(engine, script)
    for warm_up in (call, importing):  # compiles what was never imported, and fills the disk cache
        first_line(warm_up)
    pairs = [(first_line(call)[0], first_line(importing)[0]) for _ in range(STARTS)]
    return median(first for first, _ in pairs), median(imported for _, imported in pairs)


def client_memory(engine: Engine) -> int:
    """Bytes resident in a process that has only imported the client."""
    return 1024 * int(first_line([str(programs(engine) / "python"), str(HERE / "scripts" / "import_client.py")])[1])


def trivial(engine: Engine) -> dict[str, float]:
    """Median seconds of `spark.range(10).count()` and of collecting `SELECT 1`."""
    with Worker(engine) as worker:
        found = {}
        for name, request in {"count": {}, "collect": {"sql": "SELECT 1"}}.items():
            answers = [worker.ask(name, **request) for _ in range(WARM_UP + TRIVIAL)]
            found[name] = median(answer.get("seconds", float("nan")) for answer in answers[WARM_UP:])
    return found
