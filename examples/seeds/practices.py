"""What pipelines are advised to do: caching, partitions, Z-order, broadcasts, settings, schemas that change.

glowplug run examples/seeds/practices.py [--events 20000] [--kafka HOST:PORT] [--out DIRECTORY]

What Apache Spark 4.2 would refuse is said where it is.
"""

import argparse

from events import arguments, builder, described, produce, stream
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import broadcast, col, from_json, timestamp_millis
from pyspark.storagelevel import StorageLevel


def cached(spark: SparkSession, lake: str) -> None:
    """Read once, asked often. A filter is no work yet: it becomes work when something is counted or written."""
    df = spark.read.parquet(f"{lake}/large_table/")
    clicks = df.cache().filter(df.event_type == "click")
    print(f"{clicks.count()} clicks")
    df.groupBy("event_type").agg({"revenue": "sum"}).orderBy("event_type").show()
    df.unpersist()
    df.persist(StorageLevel.MEMORY_AND_DISK)
    df2 = df.filter("event_type = 'click'")
    df2.explain()
    print(f"{df2.count()} clicks, by the text of a condition")


def partitioned(df: DataFrame, lake: str) -> None:
    """By few values and not by one for each row, or by no partition at all but in an order of several columns."""
    dated = df.withColumn("event_date", timestamp_millis("timestamp").cast("date"))
    dated.write.mode("overwrite").partitionBy("event_date", "event_type").parquet(f"{lake}/partitioned/")
    dated.write.format("delta").mode("overwrite").saveAsTable("analytics.events")
    dated.sparkSession.sql("OPTIMIZE analytics.events ZORDER BY (user_id, event_type)")


def joined(spark: SparkSession, events: DataFrame) -> None:
    countries = spark.createDataFrame([(f"user{n:03}", "nl" if n % 2 else "de") for n in range(200)],
                                      "user_id STRING, country STRING")  # fmt: skip
    broadcast_countries = broadcast(countries)
    events.join(broadcast_countries, "user_id").groupBy("country").count().orderBy("country").show()


def evolved(spark: SparkSession, args: argparse.Namespace, lake: str) -> None:
    """Files with more columns than those before them, read as a stream into a table that takes new columns."""
    spark.range(10).write.mode("overwrite").parquet(f"{lake}/evolving/")
    spark.range(10, 20).selectExpr("id", "'new' AS more").write.mode("append").parquet(f"{lake}/evolving/")
    # Spark: Schema must be specified when creating a streaming source DataFrame. Unless this is set:
    spark.conf.set("spark.sql.streaming.schemaInference", "true")
    df = spark.readStream.option("mergeSchema", "true").parquet(f"{lake}/evolving/")
    spark.range(1).write.format("delta").mode("overwrite").saveAsTable("analytics.evolving")
    query = (
        df.writeStream.option("mergeSchema", "true")
        .option("checkpointLocation", f"{args.out}/checkpoint/evolving")
        .trigger(availableNow=True)
        # Spark: without a format a table is Parquet's: The input provider `parquet` differs from `delta`, the table's.
        .format("delta")
        .toTable("analytics.evolving")
    )
    query.awaitTermination()
    print(f"columns {spark.table('analytics.evolving').columns}")


def checkpointed(spark: SparkSession, args: argparse.Namespace, lake: str) -> None:
    produce(spark, args, "events.raw")
    texts = stream(spark, args, "events.raw").select(col("value").cast("string"))
    df = texts.select(from_json("value", "event_id STRING, user_id STRING").alias("e")).select("e.*")
    # Spark: 'path' is not specified. Files need one.
    query = (
        df.writeStream.option("checkpointLocation", f"{args.out}/checkpoint/production-pipeline")
        .trigger(availableNow=True)
        .start(f"{lake}/out/")
    )
    query.awaitTermination()
    print(f"{spark.read.parquet(f'{lake}/out/').count()} events in files")


if __name__ == "__main__":
    args = arguments(__doc__)
    spark = (
        builder("practices", args)
        .config("spark.executor.memory", "8g")
        .config("spark.memory.fraction", "0.6")
        .config("spark.memory.storageFraction", "0.5")
        .config("spark.sql.shuffle.partitions", "200")
        .getOrCreate()
    )
    spark.conf.set("spark.sql.adaptive.enabled", "true")
    spark.conf.set("spark.sql.adaptive.coalescePartitions.enabled", "true")
    spark.conf.set("spark.streaming.backpressure.enabled", "true")
    spark.conf.set("spark.streaming.kafka.maxRatePerPartition", "10000")
    spark.sql("CREATE SCHEMA IF NOT EXISTS analytics")
    lake = f"{args.out}/data-lake"
    described(spark, args.events).write.mode("overwrite").parquet(f"{lake}/large_table/")
    cached(spark, lake)
    partitioned(spark.read.parquet(f"{lake}/large_table/"), lake)
    joined(spark, spark.table("analytics.events"))
    checkpointed(spark, args, lake)
    evolved(spark, args, lake)
    spark.stop()
