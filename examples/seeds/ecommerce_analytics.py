"""Revenue, customers and the mean order of each hour, from Kafka to Delta: a complete pipeline.

glowplug run examples/seeds/ecommerce_analytics.py [--events 20000] [--kafka HOST:PORT] [--out DIRECTORY]

What Apache Spark 4.2 would refuse is said where it is; `spark.glowplug.eventTime.epochMillis` lets the column of
milliseconds be an event time as it is.
"""

# ruff: noqa: F403, F405
# mypy: ignore-errors

import argparse

from events import arguments, builder, produce, stream
from pyspark.sql import SparkSession
from pyspark.sql.functions import *
from pyspark.sql.streaming import StreamingQuery
from pyspark.sql.types import *


def create_production_pipeline(args: argparse.Namespace) -> tuple[SparkSession, StreamingQuery]:
    spark = (
        builder("EcommerceAnalyticsPipeline", args)
        .config("spark.sql.adaptive.enabled", "true")
        .config("spark.sql.adaptive.coalescePartitions.enabled", "true")
        .config("spark.sql.shuffle.partitions", "400")
        .config("spark.glowplug.eventTime.epochMillis", "true")
        .getOrCreate()
    )
    # Spark: [SCHEMA_NOT_FOUND] The schema `spark_catalog`.`analytics` cannot be found. So it is made.
    spark.sql("CREATE SCHEMA IF NOT EXISTS analytics")
    produce(spark, args, "ecommerce.events")

    schema = StructType(
        [
            StructField("event_id", StringType(), False),
            StructField("user_id", StringType(), True),
            StructField("session_id", StringType(), True),
            StructField("event_type", StringType(), True),
            StructField("product_id", StringType(), True),
            StructField("revenue", DoubleType(), True),
            StructField("timestamp", LongType(), True),
            StructField("metadata", StringType(), True),
        ]
    )

    raw_events = stream(spark, args, "ecommerce.events")
    parsed = raw_events.select(from_json(col("value").cast("string"), schema).alias("e")).select("e.*")
    enriched = (
        # Spark: [EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE] The event time `timestamp` has the invalid type "BIGINT".
        parsed.withWatermark("timestamp", "5 minutes")
        .withColumn("event_date", to_date(from_unixtime(col("timestamp") / 1000)))
        .withColumn("event_hour", hour(from_unixtime(col("timestamp") / 1000)))
        .withColumn("revenue_usd", col("revenue") * lit(1.08))  # from another currency
    )

    hourly_revenue = enriched.groupBy(
        window(to_timestamp(from_unixtime(col("timestamp") / 1000)), "1 hour"), "event_type"
    ).agg(
        sum("revenue_usd").alias("total_revenue"),
        # `countDistinct` is no name of `functions.__all__` in 4.2: NameError. And of a stream, Spark:
        # Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider approx_count_distinct().
        count_distinct("user_id").alias("unique_users"),
        avg("revenue_usd").alias("avg_order_value"),
    )

    query = (
        hourly_revenue.writeStream.format("delta")
        .outputMode("complete")
        .option("checkpointLocation", f"{args.out}/checkpoint/hourly_revenue")
        .trigger(availableNow=True)
        .toTable("analytics.hourly_revenue")
    )
    return spark, query


if __name__ == "__main__":
    spark, pipeline = create_production_pipeline(arguments(__doc__))
    pipeline.awaitTermination()
    spark.table("analytics.hourly_revenue").orderBy("window", "event_type").show(100, truncate=False)
    spark.stop()
