"""Events for the streaming examples, as JSON in the column `value`: made by the clock, by `rate`, or read from Kafka.

Every example takes the same arguments:

    glowplug run examples/clickstream.py [--seconds 20] [--rate 2000] [--kafka HOST:PORT] [--out DIRECTORY]

Without --kafka the events are made from the rows of the source `rate`. With it they take the way through a topic of the
example's name, which must be there: one query writes them to it, another reads them.
"""

import argparse
import tempfile
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


def arguments(about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="how long to run (default: %(default)s)")
    parser.add_argument("--rate", type=int, default=2000, help="events a second (default: %(default)s)")
    parser.add_argument("--kafka", metavar="HOST:PORT", help="let the events go through Kafka")
    parser.add_argument("--out", help="a directory for results and checkpoints (default: one that is new)")
    found = parser.parse_args()
    found.out = Path(found.out or tempfile.mkdtemp(prefix="example-"))
    return found


def chance(salt: int) -> F.Column:
    """A number from 0 below 1 that hangs on the row's `value` only, so that a batch done again is the same."""
    return F.pmod(F.xxhash64("value", F.lit(salt)), F.lit(1_000_000)) / 1_000_000


def through(spark: SparkSession, args: argparse.Namespace, topic: str, event: F.Column, schema: str) -> DataFrame:
    """The events that `event`, a struct made of a row of `rate` (timestamp, value), describes; parsed by `schema`."""
    rows = spark.readStream.format("rate").option("rowsPerSecond", args.rate).load()
    texts = rows.select(F.to_json(event).alias("value"))
    if args.kafka:
        writer = texts.writeStream.format("kafka").option("kafka.bootstrap.servers", args.kafka)
        writer.option("topic", topic).option("checkpointLocation", str(args.out / "generator")).start()
        reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", args.kafka)
        reader = reader.option("subscribe", topic).option("startingOffsets", "earliest")
        texts = reader.load().select(F.col("value").cast("string"))
    return texts.select(F.from_json("value", schema).alias("event")).select("event.*")


def finish(spark: SparkSession, args: argparse.Namespace) -> None:
    """Let the queries run for as long as was asked, say what each did, and stop them."""
    spark.streams.awaitAnyTermination(args.seconds)
    for query in spark.streams.active:
        done = query.recentProgress
        query.stop()
        rows = sum(p.numInputRows for p in done)
        print(f"{query.name or 'generator'}: {len(done)} batches, {rows} rows")
