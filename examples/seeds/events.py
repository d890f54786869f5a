"""Events for these programs: as records of Kafka with JSON in `value`, in a topic if there is a broker, else in files.

Every program takes the same arguments:

    glowplug run examples/seeds/production_pipeline.py [--events 20000] [--kafka HOST:PORT] [--out DIRECTORY]

Without --out, results, tables and checkpoints are in a new directory. A second run with the same one goes on where the
first has ended.
"""

import argparse
import tempfile
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

START = 1_767_225_600_000  # 2026-01-01 00:00 UTC, in milliseconds
TYPES = ("view", "click", "cart", "purchase")


def arguments(about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--events", type=int, default=20_000, help="how many (default: %(default)s)")
    parser.add_argument("--kafka", metavar="HOST:PORT", help="let the events go through Kafka")
    parser.add_argument("--out", help="a directory for results and checkpoints (default: one that is new)")
    found = parser.parse_args()
    found.out = Path(found.out or tempfile.mkdtemp(prefix="seed-")).absolute()
    return found


def builder(name: str, args: argparse.Namespace) -> SparkSession.Builder:
    """A session whose tables are in the program's directory, and whose times are UTC."""
    made = SparkSession.builder.appName(name).config("spark.sql.session.timeZone", "UTC")
    return made.config("spark.sql.warehouse.dir", str(args.out / "warehouse"))


def described(spark: SparkSession, count: int) -> DataFrame:
    """Events of some hours. One in fifty comes twice; some come minutes late, after events that happened later."""
    number = (F.col("id") - F.when(F.col("id") % 50 == 49, 1).otherwise(0)).alias("n")
    late = F.when(F.col("n") % 100 == 7, 240_000).otherwise(0)
    return spark.range(count).select("id", number).select(
        "id",
        F.format_string("e%08d", "n").alias("event_id"),
        F.format_string("user%03d", F.col("n") * 31 % 200).alias("user_id"),
        F.format_string("s%05d", F.col("n") % 1000).alias("session_id"),
        F.element_at(F.array(*map(F.lit, TYPES)), (F.col("n") * 7 % 4 + 1).cast("int")).alias("event_type"),
        F.format_string("p%03d", F.col("n") % 300).alias("product_id"),
        F.when(F.col("n") * 7 % 4 == 3, (F.col("n") % 500) / 4).alias("revenue"),
        (F.lit(START) + F.col("n") * 1000 - late).alias("timestamp"),
        F.lit('{"app":"web"}').alias("properties"),
        F.lit('{"app":"web"}').alias("metadata"),
    )  # fmt: skip


def produce(spark: SparkSession, args: argparse.Namespace, topic: str) -> None:
    """Write the events to the topic, or to files in the place of it, once."""
    place, marker = args.out / "topics" / topic, args.out / f"{topic}.produced"
    if marker.exists():
        return
    rows = described(spark, args.events)
    value = F.to_json(F.struct(*(c for c in rows.columns if c != "id"))).alias("value")
    records = rows.select(F.col("user_id").cast("binary").alias("key"), value.cast("binary").alias("value"), "id")
    if args.kafka:
        writer = records.select("key", "value").write.format("kafka").option("kafka.bootstrap.servers", args.kafka)
        writer.option("topic", topic).save()
    else:
        files = records.withColumns({"topic": F.lit(topic), "partition": F.lit(0), "offset": F.col("id")}).drop("id")
        for quarter in range(4):  # a batch each, in the order in which they happened
            of = F.col("offset") * 4 >= args.events * quarter, F.col("offset") * 4 < args.events * (quarter + 1)
            files.where(of[0] & of[1]).write.mode("append").parquet(str(place))
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()


def stream(spark: SparkSession, args: argparse.Namespace, topic: str) -> DataFrame:
    """The records of the topic: what `readStream.format("kafka")` has, or files with the same columns.

    `startingOffsets` is not `latest` as in the programs: a query that is new begins there behind all events, and with
    `availableNow` it would end at once.
    """
    if not args.kafka:
        schema = "key BINARY, value BINARY, topic STRING, partition INT, offset LONG"
        reader = spark.readStream.schema(schema).option("maxFilesPerTrigger", 1)
        return reader.parquet(str(args.out / "topics" / topic))
    reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", args.kafka)
    reader = reader.option("subscribe", topic).option("startingOffsets", "earliest")
    return reader.option("failOnDataLoss", "false").load()
