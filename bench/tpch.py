"""TPC-H: 22 queries as SQL, collected, through each engine in turns; and with little memory."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.engines import HOME, Engine, Worker
from tests.parity.tpch import generate, statements


@dataclass(slots=True)
class Result:
    """Of one engine: the seconds of each measured run and the rows by query, what failed, and the peak in bytes."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    peak: int = 0

    @property
    def queries(self) -> list[str]:
        """All it was asked, in order."""
        return sorted({*self.rows, *self.failed})

    def median(self, query: str) -> float:
        """Seconds; not a number where the query failed."""
        return median(self.seconds[query]) if query not in self.failed else float("nan")

    def total(self, queries: Iterable[str] | None = None) -> float:
        """Seconds of these queries, or of all it was asked; not a number where one of them failed."""
        return sum(map(self.median, self.queries if queries is None else queries))


def data(scale: str) -> Path:
    """The directory of the tables at this scale factor, made where it is not."""
    directory = HOME / f"tpch-{scale}"
    directory.mkdir(parents=True, exist_ok=True)
    generate(directory, scale)
    return directory


def run(engines: list[Engine], scale: str, runs: int, memory: str | None = None) -> dict[str, Result]:
    """Results by engine."""
    return take_turns(engines, data(scale), statements(), runs, memory)


def take_turns(
    engines: list[Engine], tables: Path, queries: dict[str, str], runs: int, memory: str | None = None
) -> dict[str, Result]:
    """Results by engine. The engines take turns, so that what slows the machine slows all; the first run warms up."""
    results = {engine.name: Result() for engine in engines}
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(engine, memory)) for engine in engines]
        for worker in workers:
            worker.ask("tables", directory=str(tables))
        for number in range(runs):
            for worker in workers:
                one_run(worker, queries, results[worker.engine.name], measured=number > 0)
        for worker in workers:
            results[worker.engine.name].peak = worker.peak
    return results


def one_run(worker: Worker, queries: dict[str, str], result: Result, measured: bool) -> None:
    for query, sql in queries.items():
        answer = worker.ask("collect", sql=sql)
        if "error" in answer:
            result.failed[query] = answer["error"]
            continue
        result.rows[query] = answer["rows"]
        if measured:
            result.seconds.setdefault(query, []).append(answer["seconds"])
