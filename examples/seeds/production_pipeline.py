"""From Kafka through windows to Delta: the layers of a production pipeline, its table's upkeep and its monitoring.

glowplug run examples/seeds/production_pipeline.py [--events 20000] [--kafka HOST:PORT] [--out DIRECTORY]

What Apache Spark 4.2 would refuse is said where it is. With `spark.glowplug.eventTime.epochMillis` the column of
milliseconds may be an event time as it is; for Spark make a timestamp of it first, with `timestamp_millis`.
"""

import argparse
import logging
import os

from events import arguments, builder, produce, stream
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import avg, broadcast, col, count, current_timestamp, from_json, lit, window
from pyspark.sql.streaming import StreamingQueryListener
from pyspark.sql.streaming.listener import QueryProgressEvent, QueryStartedEvent, QueryTerminatedEvent
from pyspark.sql.types import LongType, StringType, StructField, StructType

logger = logging.getLogger("pipeline")
ALERTS: list[str] = []

event_schema = StructType(
    [
        StructField("event_id", StringType(), False),
        StructField("user_id", StringType(), True),
        StructField("event_type", StringType(), True),
        StructField("properties", StringType(), True),
        StructField("timestamp", LongType(), True),
    ]
)


def send_alert(text: str) -> None:
    ALERTS.append(text)


class Alert(Exception):
    pass


class CustomListener(StreamingQueryListener):  # type: ignore[misc]
    """How fast the input comes, and what fails."""

    def onQueryStarted(self, event: QueryStartedEvent) -> None:
        logger.info("Query started: %s", event.id)

    def onQueryProgress(self, event: QueryProgressEvent) -> None:
        if event.progress.inputRowsPerSecond < 1000:
            send_alert("Low throughput detected!")

    def onQueryTerminated(self, event: QueryTerminatedEvent) -> None:
        if event.exception:
            send_alert(f"Query failed: {event.exception}")


def check_checkpoint_health(checkpoint_path: str) -> None:
    if not os.path.exists(f"{checkpoint_path}/offsets"):
        raise Alert("Checkpoint corruption detected!")


def parsed(kafka_df: DataFrame) -> DataFrame:
    return kafka_df.select(
        from_json(col("value").cast("string"), event_schema).alias("event"),
        col("topic"),
        col("partition"),
        col("offset"),
        current_timestamp().alias("processing_time"),
    ).select("event.*", "topic", "partition", "offset", "processing_time")


def aggregated(spark: SparkSession, events: DataFrame, campaigns: str) -> DataFrame:
    # Spark: [EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE] The event time `timestamp` has the invalid type "BIGINT".
    events_with_watermark = events.withWatermark("timestamp", "10 minutes")
    user_sessions = (
        events_with_watermark.groupBy(
            # Spark: [DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE] The first parameter requires a timestamp or a window.
            window("timestamp", "5 minutes", "2 minutes"),
            "user_id",
            "event_type",
        )
        .agg(count("*").alias("event_count"), avg("processing_time").alias("avg_latency_ms"))
        .withColumn("dimension", lit("user_behavior"))
    )
    reference_data = spark.read.parquet(campaigns).cache()
    return user_sessions.join(
        broadcast(reference_data), user_sessions.event_type == reference_data.campaign_type, "left"
    )


def main() -> None:
    args = arguments(__doc__)
    spark = (
        builder("ProductionPipeline", args)
        .config("spark.sql.streaming.checkpointLocation", f"{args.out}/checkpoint/pipeline-v1")
        .config("spark.streaming.stopGracefullyOnShutdown", "true")
        .config("spark.glowplug.eventTime.epochMillis", "true")
        .getOrCreate()
    )
    listener = CustomListener()
    spark.streams.addListener(listener)
    try:
        run(spark, args)
    finally:  # the thread of the listener would keep a program that has failed from ending
        spark.streams.removeListener(listener)
        spark.stop()


def run(spark: SparkSession, args: argparse.Namespace) -> None:
    # Spark: [SCHEMA_NOT_FOUND] The schema `spark_catalog`.`analytics` cannot be found. So it is made.
    spark.sql("CREATE SCHEMA IF NOT EXISTS analytics")
    produce(spark, args, "events.raw")
    campaigns = spark.createDataFrame(
        [("click", "banner"), ("cart", "reminder")], "campaign_type STRING, campaign STRING"
    )
    campaigns.write.mode("overwrite").parquet(f"{args.out}/campaigns")

    # Layers 1 and 2: records of Kafka, and the events in them
    events = parsed(stream(spark, args, "events.raw"))

    # Layer 3: windows of five minutes that begin every two, with what is known of campaigns
    enriched = aggregated(spark, events, f"{args.out}/campaigns")

    # Layer 4: to Delta Lake
    query = (
        enriched.writeStream.format("delta")
        .outputMode("append")
        .option("checkpointLocation", f"{args.out}/checkpoint/delta-write")
        .option("mergeSchema", "true")
        .trigger(availableNow=True)
        .toTable("analytics.events_aggregated")
    )
    query.awaitTermination()
    check_checkpoint_health(f"{args.out}/checkpoint/delta-write")
    spark.sql("""
        ALTER TABLE analytics.events_aggregated SET TBLPROPERTIES (
            'delta.logRetentionDuration' = 'interval 30 days',
            'delta.deletedFileRetentionDuration' = 'interval 7 days',
            'delta.autoOptimize.optimizeWrite' = 'true',
            'delta.autoOptimize.autoCompact' = 'true'
        )
    """)

    # Each event once, though the topic has some twice
    deduplicated = events.dropDuplicates(["event_id", "timestamp"])
    query = (
        deduplicated.writeStream.format("delta")
        .outputMode("append")
        .option("checkpointLocation", f"{args.out}/checkpoint/events")
        .trigger(availableNow=True)
        .toTable("analytics.events")
    )
    query.awaitTermination()
    spark.sql("OPTIMIZE analytics.events ZORDER BY (user_id, event_type)")

    windows = spark.table("analytics.events_aggregated")
    print(f"{windows.count()} rows of windows, {windows.where('campaign IS NOT NULL').count()} of them with a campaign")
    print(f"{spark.table('analytics.events').count()} events")
    windows.groupBy("event_type", "campaign").sum("event_count").orderBy("event_type").show()
    spark.sql("DESCRIBE HISTORY analytics.events").select("version", "operation").show()
    print(f"alerts: {sorted(set(ALERTS))}")


if __name__ == "__main__":
    main()
