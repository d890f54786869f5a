"""Streams: how many events a second, how long batches and records take, what state costs, and a soak.

Each of MEASURES can be asked for alone; `soak` is not among those that run by default.
"""

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.engines import HERE, HOME, Engine, command, environment

MEASURES = ("events", "kafka", "rate", "latency", "state")
FILES = 16
PARTITIONS = 4
STATE_BATCHES = 20
TYPES = ("view", "click", "cart", "buy", "share")
START = 1_767_225_600_000


def ask(engine: Engine, what: str, load: str, *brokers: str) -> dict[str, Any]:
    """What the script found; an empty answer if it failed, whose words are in the log."""
    HOME.mkdir(exist_ok=True)
    log = HOME / f"{engine.name}-streams.log"
    with tempfile.TemporaryDirectory() as scratch, log.open("a") as errors:
        call = command(engine, HERE / "scripts" / "streams.py", what, scratch, load, *brokers)
        done = subprocess.run(
            call,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=HOME,
            env=environment(engine, connectors=bool(brokers)),
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        print(f"{engine.name} failed {what}, see {log}", file=sys.stderr)
    return dict(json.loads(lines[-1])) if lines else {}


def event(n: int) -> str:
    """About 110 bytes of JSON; ten seconds of events for each 100,000."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime((START + n // 10) / 1000))
    at, user = f"{at}.{n // 10 % 1000:03}Z", f"user{n * 31 % 100_000:06}"
    texts = f'"type":"{TYPES[n * 7 % 5]}","user":"{user}","amount":{n % 1000 / 4:.2f},"at":"{at}"'
    return f'{{"id":{10_000_000 + n},{texts},"ok":true}}'


def event_files(count: int) -> str:
    """A directory of text files with so many events in all; made once."""
    directory = HOME / "streams" / f"events-{count}"
    if not directory.exists():
        draft = directory.with_name(f"{directory.name}.draft")
        draft.mkdir(parents=True, exist_ok=True)
        for f in range(FILES):
            with (draft / f"{f:02}.txt").open("w") as file:
                file.writelines(event(n) + "\n" for n in range(f * count // FILES, (f + 1) * count // FILES))
        draft.rename(directory)
    return str(directory)


def key_files(keys: int) -> str:
    directory = HOME / "streams" / f"keys-{keys}"
    if not directory.exists():
        draft = directory.with_name(f"{directory.name}.draft")
        draft.mkdir(parents=True, exist_ok=True)
        chosen = random.Random(1)
        for f in range(STATE_BATCHES + 1):
            found = range(keys) if f == 0 else chosen.sample(range(keys), 10_000)
            table = pa.table(
                {
                    "key": pa.array(found, pa.int64()),
                    "value": pa.array([f] * len(found), pa.int64()),
                }
            )
            pq.write_table(table, draft / f"{f:02}.parquet")
            time.sleep(0.01)  # files come in the order of their times
        draft.rename(directory)
    return str(directory)


@contextmanager
def broker() -> Iterator[str]:
    """A Kafka of one node."""
    from tests.integration.kafka.broker import Broker, fetch

    fetch()
    with tempfile.TemporaryDirectory() as directory:
        found = Broker(Path(directory))
        found.format()
        found.start()
        try:
            yield found.servers
        finally:
            found.kill()


def fill(brokers: str, topic: str, values: Iterator[str]) -> None:
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewTopic

    admin = AdminClient({"bootstrap.servers": brokers})
    for made in admin.create_topics([NewTopic(topic, PARTITIONS, 1)]).values():
        made.result()
    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "linger.ms": 20,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    for value in values:
        while True:
            try:
                producer.produce(topic, value)
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush()


def steady(brokers: str, topic: str, rate: int, stop: threading.Event) -> None:
    """So many events a second, twenty times a second some."""
    from confluent_kafka import Producer

    producer, n, started = (
        Producer({"bootstrap.servers": brokers, "linger.ms": 5}),
        0,
        time.monotonic(),
    )
    while not stop.wait(0.05):
        while n < rate * (time.monotonic() - started):
            producer.produce(topic, event(n))
            n += 1
        producer.poll(0)
    producer.flush()


def per_second(found: dict[str, Any]) -> float:
    return float(found["read"]) / float(found["seconds"]) if found else float("nan")


def spread(values: list[float]) -> tuple[float, float, float]:
    """Median, p99 and greatest."""
    if len(values) < 2:
        return (float("nan"),) * 3
    return median(values), quantiles(values, n=100, method="inclusive")[98], max(values)


def events(engine: Engine, count: int) -> float:
    return per_second(ask(engine, "events", event_files(count)))


def kafka(engine: Engine, count: int) -> float:
    with broker() as brokers:
        fill(brokers, "events", map(event, range(count)))
        return per_second(ask(engine, "kafka", "events", brokers))


def rate(engine: Engine, rows: int) -> tuple[float, float, float]:
    return spread(ask(engine, "rate", str(rows)).get("batches", []))


def latency(engine: Engine, rows: int) -> tuple[float, float, float]:
    stop = threading.Event()
    with broker() as brokers:
        fill(brokers, "events", iter([event(0)]))
        producer = threading.Thread(target=steady, args=(brokers, "events", rows, stop))
        producer.start()
        try:
            return spread(ask(engine, "latency", "events", brokers).get("latencies", []))
        finally:
            stop.set()
            producer.join()


def state(engine: Engine, keys: int) -> tuple[float, float, float]:
    """Median and greatest batch, and bytes written for the changes of one."""
    found = ask(engine, "state", key_files(keys))
    batches = found.get("batches", [])
    middle, _, most = spread(batches)
    return (
        middle,
        most,
        median(found["changes"]) if found.get("changes") else float("nan"),
    )


def soak(engine: Engine, minutes: float) -> list[dict[str, float]]:
    return list(ask(engine, "soak", str(minutes)).get("samples", []))


MEASURE: dict[str, Callable[[Engine, int], Any]] = {
    "events": events, "kafka": kafka, "rate": rate, "latency": latency, "state": state
}  # fmt: skip
LOADS = {
    "events": (1_000_000, 4_000_000),
    "kafka": (1_000_000, 4_000_000),
    "rate": (10_000, 100_000),
    "latency": (20_000, 100_000),
    "state": (1_000_000, 5_000_000),
}
