"""Runs the measurements and prints one summary: the tables, then each promise with what was found."""

import argparse
import operator
import sys
from collections.abc import Callable, Iterable
from math import isnan, nan

from bench import delta, depth, latency, python, streams, tpcds, tpch, transfer
from bench.engines import ENGINES, THREADS, Engine, missing

SECTIONS = ("tpch", "tpcds", "latency", "transfer", "depth", "python", "streams", "delta")
MEGABYTE = 1_000_000


def table(title: str, head: list[str], rows: Iterable[list[str]]) -> None:
    rows = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    print(f"\n{title}\n")
    for row in rows:
        print("  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))))


def number(value: float, digits: int = 3) -> str:
    return "-" if isnan(value) else f"{value:,.{digits}f}"


class Promises:
    """What the project promises, each with what was found."""

    def __init__(self) -> None:
        self.lines: list[list[str]] = []
        self.kept = True

    def at_most(self, what: str, value: float, bound: float) -> None:
        self._note(what, value, "at most", bound, operator.le)

    def at_least(self, what: str, value: float, bound: float) -> None:
        self._note(what, value, "at least", bound, operator.ge)

    def _note(
        self,
        what: str,
        value: float,
        words: str,
        bound: float,
        holds: Callable[[float, float], bool],
    ) -> None:
        kept = holds(value, bound)  # false where there is no number
        self.kept &= kept
        self.lines.append(
            [
                what,
                number(value, 2),
                f"{words} {bound:g}",
                "kept" if kept else "NOT KEPT",
            ]
        )


def show_queries(title: str, results: dict[str, tpch.Result]) -> list[str]:
    """A table of the seconds by query, and what failed or has other rows. Gives the queries that none failed."""
    names = list(results)
    first, *others = results.values()
    common = [q for q in first.queries if not any(q in result.failed for result in results.values())]
    rows = [[q, *(number(results[n].median(q)) for n in names)] for q in first.queries]
    rows.append([f"total of {len(common)}", *(number(results[n].total(common)) for n in names)])
    rows.append(
        [
            f"over {names[0]}, what both run",
            *(number(times_over(results, n, names[0]), 2) for n in names),
        ]
    )
    rows.append(["peak resident MB", *(number(results[n].peak / MEGABYTE, 0) for n in names)])
    table(title, ["", *names], rows)
    for name, result in results.items():
        for query, why in result.failed.items():
            print(f"{name} failed {query}: {why}")
    for name, result in zip(names[1:], others, strict=True):
        for query, count in result.rows.items():
            if count != first.rows.get(query, count):
                print(f"{name} has {count} rows for {query}, not {first.rows[query]}")
    return common


def times_over(results: dict[str, tpch.Result], one: str, other: str) -> float:
    """The time of an engine over that of another, for the queries that both can run."""
    a, b = results[one], results[other]
    queries = [q for q in a.queries if q not in a.failed and q not in b.failed]
    return a.total(queries) / b.total(queries) if queries else float("nan")


def show_tpch(engines: list[Engine], scale: str, runs: int, promises: Promises) -> None:
    results = tpch.run(engines, scale, runs)
    show_queries(f"TPC-H at scale factor {scale}, {_measured(runs)}", results)
    if (ours := results.get("glowplug")) is None:
        return
    promises.at_most("TPC-H: queries failed", len(ours.failed), 0)
    for name, bound in (("sail", 1.7), ("spark", 15)):
        if name in results:
            promises.at_least(
                f"TPC-H: time of {name} over ours",
                times_over(results, name, "glowplug"),
                bound,
            )
    if "duckdb" in results:
        client = latency.client_memory(ENGINES["glowplug"])
        promises.at_most(
            "TPC-H: our time over DuckDB's",
            times_over(results, "glowplug", "duckdb"),
            1.15,
        )
        promises.at_most(
            "TPC-H: our peak less the client's, over DuckDB's",
            (ours.peak - client) / results["duckdb"].peak,
            1.5,
        )


def show_tpcds(engines: list[Engine], scale: str, runs: int, promises: Promises) -> None:
    results = tpcds.run(engines, scale, runs)
    show_queries(f"TPC-DS at scale factor {scale}, {_measured(runs)}", results)
    if (ours := results.get("glowplug")) is None:
        return
    promises.at_most("TPC-DS: queries failed", len(ours.failed), 0)
    if "duckdb" in results:
        promises.at_most(
            "TPC-DS: our time over DuckDB's",
            times_over(results, "glowplug", "duckdb"),
            1.2,
        )
    if "sail" in results:
        promises.at_least("TPC-DS: time of sail over ours", times_over(results, "sail", "glowplug"), 1)


def _measured(runs: int) -> str:
    return f"{THREADS} threads: median seconds of {runs - 1} runs after a warm-up"


def show_limited(engines: list[Engine], scale: str, promises: Promises) -> None:
    """With a limit of 1 GB of memory and without: one run after a warm-up."""
    able = [engine for engine in engines if engine.name in ("duckdb", "glowplug")]
    free, limited = ({e.name: tpch.run([e], scale, 2, memory)[e.name] for e in able} for memory in (None, "1GB"))
    rows = [
        [
            f"{name}, {words}",
            number(result.total()),
            number(result.peak / MEGABYTE, 0),
            str(len(result.failed)),
        ]
        for words, results in (("no limit", free), ("1 GB", limited))
        for name, result in results.items()
    ]
    table(
        f"TPC-H at scale factor {scale} with little memory",
        ["", "total s", "peak resident MB", "failed"],
        rows,
    )
    if "glowplug" in limited:
        promises.at_most("1 GB: queries failed", len(limited["glowplug"].failed), 0)
        promises.at_most(
            "1 GB: time over that without a limit",
            limited["glowplug"].total() / free["glowplug"].total(),
            1.2,
        )
        promises.at_most("1 GB: resident MB", limited["glowplug"].peak / MEGABYTE, 1500)


def show_latency(engines: list[Engine], promises: Promises) -> None:
    rows = []
    for engine in engines:
        first, importing = (float("nan"),) * 2 if engine.name == "duckdb" else latency.start(engine)
        found = latency.trivial(engine)
        over, count, one = (
            first - importing,
            1000 * found["count"],
            1000 * found["collect"],
        )
        rows.append(
            [
                engine.name,
                number(first, 2),
                number(over, 2),
                number(count, 2),
                number(one, 2),
            ]
        )
        if engine.name == "glowplug":
            promises.at_most("First result of a script: s over importing the client", over, 0.3)
            promises.at_most("spark.range(10).count(): ms", count, 3)
            promises.at_most("SELECT 1: ms", one, 3)
    head = [
        "",
        "first result s",
        "over import s",
        "range(10).count() ms",
        "SELECT 1 ms",
    ]
    table("Waiting: medians", head, rows)


def show_transfer(engines: list[Engine], promises: Promises) -> None:
    found = {engine.name: transfer.run(engine) for engine in engines}
    rows = [[name, number(seconds["arrow"]), number(seconds["pandas"])] for name, seconds in found.items()]
    table(
        f"{transfer.ROWS:,} rows of three columns: median seconds",
        ["", "toArrow", "toPandas"],
        rows,
    )
    if {"glowplug", "sail"} <= found.keys():
        for form, method in (("arrow", "toArrow"), ("pandas", "toPandas")):
            promises.at_most(
                f"{method}: our time over Sail's",
                found["glowplug"][form] / found["sail"][form],
                1,
            )


def show_depth(engines: list[Engine], promises: Promises) -> None:
    found = {engine.name: depth.run(engine) for engine in engines if engine.name != "duckdb"}
    rows = [
        [
            f"{name}, {shape} of {depth.SHAPES[shape]:,}",
            number(schema, 2),
            number(collect, 2),
        ]
        for name, shapes in found.items()
        for shape, (schema, collect) in shapes.items()
    ]
    table("DataFrames that programs make: seconds", ["", "schema", "collect"], rows)
    for shape, seconds in found.get("glowplug", {}).items():
        bound = 2 if shape == "loop" else 6
        promises.at_most(
            f"A {shape} of {depth.SHAPES[shape]:,} columns: s to its rows",
            seconds[1],
            bound,
        )


def show_python(engines: list[Engine], promises: Promises) -> None:
    """Twice as fast as the better of the peers, or near what a bare loop takes."""
    before = python.limits()
    found = {engine.name: python.run(engine) for engine in engines if engine.name != "duckdb"}
    after = python.limits()  # the machine may be busier at one time than at another
    limits = {kind: min(before[kind], after[kind]) for kind in before}
    found["a bare loop"] = limits
    ours = found.get("glowplug", {})
    kinds = list(python.KINDS)
    table(
        f"Functions over {python.ROWS:,} rows and {python.GROUPS:,} groups: median seconds", ["", *kinds],
        [[name, *(number(seconds[kind]) for kind in kinds)] for name, seconds in found.items()],
    )  # fmt: skip
    table(
        "The same: million rows a second", ["", *kinds],
        [[n, *(number(python.KINDS[k] / seconds[k] / 1e6, 1) for k in kinds)] for n, seconds in found.items()],
    )  # fmt: skip
    if not ours:
        return
    others = [name for name in found if name != "glowplug"]
    table(
        "Their time over ours", ["", *kinds],
        [[name, *(number(found[name][kind] / ours[kind], 2) for kind in kinds)] for name in others],
    )  # fmt: skip
    peers = [found[name] for name in ("sail", "spark") if name in found]
    for kind in kinds:
        known = [seconds[kind] for seconds in peers if not isnan(seconds[kind])]
        bound = max(1.3 * limits[kind], min(known) / 2 if known else 0)
        promises.at_most(f"{kind}: s", ours[kind], float(f"{bound:.3g}"))


STREAMS = {  # what is measured: its title, the columns
    "events": ("JSON events in text files to windows in Parquet: events a second", ("events/s",)),
    "kafka": ("JSON events in Kafka to windows in Parquet: events a second", ("events/s",)),
    "rate": ("Windowed counts by key, updated: seconds of a batch, by rows a second", ("median", "p99", "most")),
    "latency": ("From a record's time to its row in Parquet: seconds, by events a second", ("p50", "p99", "most")),
    "state": ("10,000 changed keys a batch: seconds and bytes, by keys kept", ("median", "most", "bytes")),
}


def show_streams(engines: list[Engine], measures: tuple[str, ...], promises: Promises) -> None:
    able = [e for e in engines if e.name in ("glowplug", "spark")]
    for what in measures:
        found: dict[tuple[str, int], tuple[float, ...]] = {}
        for engine in able:
            for load in streams.LOADS[what]:
                result = streams.MEASURE[what](engine, load)
                found[engine.name, load] = result if isinstance(result, tuple) else (result,)
        title, columns = STREAMS[what]
        rows = [[f"{name}, {load:,}", *map(number, values)] for (name, load), values in found.items()]
        if len(able) > 1:
            rows += [
                [
                    f"spark over glowplug, {n:,}",
                    *(number(s / g, 2) for s, g in zip(found["spark", n], found["glowplug", n], strict=True)),
                ]
                for n in streams.LOADS[what]
            ]
        table(title, ["", *columns], rows)
        if any(e.name == "glowplug" for e in able):
            small, large = (found["glowplug", n] for n in streams.LOADS[what])
            promise_streams(what, small, large, promises)


def promise_streams(what: str, small: tuple[float, ...], large: tuple[float, ...], promises: Promises) -> None:
    match what:
        case "events":
            promises.at_least("Events of files a second", large[0], 4_000_000)
        case "kafka":
            promises.at_least("Events of Kafka a second", large[0], 1_000_000)
        case "rate":
            promises.at_most("10,000 rows a second: s of a median batch", small[0], 0.03)
            promises.at_most("10,000 rows a second: p99 of batches, s", small[1], 0.08)
        case "latency":
            promises.at_most("Kafka to Parquet at 100,000 events a second: p50, s", large[0], 0.25)
            promises.at_most("Kafka to Parquet at 100,000 events a second: p99, s", large[1], 0.6)
        case "state":
            promises.at_most("5,000,000 keys, 10,000 changed: s of a batch", large[0], 0.15)
            promises.at_most("bytes for changes of 10,000 keys, of 5,000,000 over 1,000,000", large[2] / small[2], 1.5)


def show_delta(engines: list[Engine], count: int, rate: int, files: str | None, promises: Promises) -> None:
    """The life of a table without a limit of memory and with 1 GB, then a stream into one."""
    able = [e for e in engines if e.name in ("glowplug", "spark")]
    found = {e.name: delta.table(e, count, files=files) for e in (*able, delta.ALONE)}
    limited = {f"{e.name}, 1 GB": delta.table(e, count, "1g", files) for e in able}
    rows = [
        [
            name,
            *(number(result.get(step, nan), 2) for step in delta.STEPS),
            number(result.get("peak", nan) / MEGABYTE, 0),
        ]
        for name, result in (found | limited).items()
    ]
    table(f"A Delta table of {count:,} rows: seconds", ["", *delta.STEPS, "peak MB"], rows)
    if delta.differ([*found.values(), *limited.values()]):
        print("The tables differ:", {name: result.get("answer") for name, result in found.items()})
    waits = {e.name: delta.latency(e, rate) for e in able}
    title = f"Kafka to Delta at {rate:,} events a second: seconds from a record's time to its row's commit"
    table(title, ["", "p50", "p99", "most"], [[name, *map(number, of)] for name, of in waits.items()])
    if "glowplug" not in waits:
        return
    promises.at_most("Kafka to Delta: p50, s", waits["glowplug"][0], 0.3)
    promises.at_most("Kafka to Delta: p99, s", waits["glowplug"][1], 1)
    promises.at_most("A Delta table with 1 GB: peak MB", limited["glowplug, 1 GB"].get("peak", nan) / MEGABYTE, 1500)
    if "spark" in found:
        for step in ("append", "merge", "optimize"):
            over = found["spark"].get(step, nan) / found["glowplug"].get(step, nan)
            promises.at_least(f"Delta, {step}: time of spark over ours", over, 1)


def show_soak(engines: list[Engine], minutes: float, promises: Promises) -> None:
    for engine in (e for e in engines if e.name in ("glowplug", "spark")):
        samples = streams.soak(engine, minutes)
        rows = [
            [
                f"{(i + 1) * minutes / len(samples):.1f} min",
                number(s["resident"] / MEGABYTE, 0),
                number(s["state"], 0),
                number(s["batch"]),
            ]
            for i, s in enumerate(samples)
        ]
        table(f"{engine.name}: 20,000 rows a second", ["", "resident MB", "rows of state", "median batch s"], rows)
        if engine.name == "glowplug" and samples:
            for what in ("resident", "state", "batch"):
                growth = samples[-1][what] / max(samples[2][what], 1e-9)
                promises.at_most(f"Soak: {what} at the end over that after a third", growth, 1.2)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--scale",
        help="TPC-H's and TPC-DS's scale factor (default: 1, and 10 where memory is limited)",
    )
    parser.add_argument(
        "--runs",
        type=int,
        default=4,
        help="runs of TPC-H and TPC-DS, the first of which is not counted",
    )
    parser.add_argument("--minutes", type=float, default=10, help="of the soak")
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the Delta table")
    parser.add_argument("--rate", type=int, default=100_000, help="events a second into a Delta table")
    parser.add_argument("--files", help="the greatest size of files that OPTIMIZE makes of the Delta table, in bytes")
    parser.add_argument("--engines", default=",".join(ENGINES), help="separated by commas")
    parser.add_argument(
        "sections",
        nargs="*",
        help=f"of {', '.join(SECTIONS)}, limited (default: all but limited)",
    )
    args = parser.parse_args()
    wanted = [ENGINES[name] for name in args.engines.split(",")]
    engines = [engine for engine in wanted if not missing(engine)]
    for engine in wanted:
        if why := missing(engine):
            print(f"Without {engine.name}: {why}.", file=sys.stderr)
    promises = Promises()
    for section in args.sections or SECTIONS:
        match section:
            case "tpch":
                show_tpch(engines, args.scale or "1", args.runs, promises)
            case "tpcds":
                show_tpcds(engines, args.scale or "1", args.runs, promises)
            case "streams":
                show_streams(engines, streams.MEASURES, promises)
            case "delta":
                show_delta(engines, args.rows, args.rate, args.files, promises)
            case "soak":
                show_soak(engines, args.minutes, promises)
            case one if one.startswith("streams-") and one.removeprefix("streams-") in streams.MEASURES:
                show_streams(engines, (one.removeprefix("streams-"),), promises)
            case "latency":
                show_latency(engines, promises)
            case "transfer":
                show_transfer(engines, promises)
            case "depth":
                show_depth(engines, promises)
            case "python":
                show_python(engines, promises)
            case "limited":
                show_limited(engines, args.scale or "10", promises)
            case other:
                parser.error(f"no such section: {other}")
    if promises.lines:
        table("What is promised", ["", "found", "promised", ""], promises.lines)
    return 0 if promises.kept else 1


if __name__ == "__main__":
    sys.exit(main())
