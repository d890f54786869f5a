"""A monitor of sensors: their means by window beside what each may have, and those that are out of it.

glowplug run examples/iot_monitor.py [--seconds 20] [--rate 2000] [--kafka HOST:PORT] [--out DIRECTORY]
"""

from generated import arguments, chance, finish, through
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

SENSORS = 50

if __name__ == "__main__":
    args = arguments(__doc__)
    spark = SparkSession.builder.appName("IoT monitor").getOrCreate()
    sensor = (chance(1) * SENSORS).cast("int")
    reading = F.struct(
        F.expr("timestamp - make_dt_interval(0, 0, 0, pmod(xxhash64(value, 9), 1500) / 1000.0)").alias("at"),  # late
        sensor.alias("sensor"),
        F.round(20 + sensor % 7 + 6 * (chance(2) - 0.5) + F.when(sensor == 13, 5).otherwise(0), 2).alias("celsius"),
    )
    readings = through(spark, args, "readings", reading, "at TIMESTAMP, sensor INT, celsius DOUBLE")
    limits = spark.range(SENSORS).selectExpr(
        "CAST(id AS INT) AS sensor", "concat('hall ', id % 5) AS place", "23.0 + id % 7 AS most"
    )
    means = readings.withWatermark("at", "2 seconds").groupBy(F.window("at", "4 seconds", "2 seconds"), "sensor")
    means = means.agg(F.avg("celsius").alias("mean"), F.max("celsius").alias("peak"), F.count("*").alias("readings"))
    watched = means.join(limits, "sensor").select(
        "sensor", "place", F.col("window.end").alias("at"), "mean", "peak", "most"
    )

    def keep(rows: DataFrame, batch: int) -> None:
        """All means in a table by place, and what is out of its limits on the screen."""
        rows.persist()
        rows.withColumn("batch", F.lit(batch)).write.mode("append").partitionBy("place").parquet(
            str(args.out / "means")
        )
        hot = rows.where("mean > most").select("place", "sensor", F.round("mean", 1).alias("mean"), "most")
        for row in hot.dropDuplicates(["sensor"]).collect():
            print(f"{row.place}: sensor {row.sensor} is at {row['mean']}, above {row.most}", flush=True)
        rows.unpersist()

    writer = watched.writeStream.queryName("monitor").foreachBatch(keep).trigger(processingTime="1 second")
    writer.option("checkpointLocation", str(args.out / "checkpoint")).start()

    finish(spark, args)
    if not (args.out / "means").exists():
        raise SystemExit("no window has ended: give it more --seconds")
    table = spark.read.parquet(str(args.out / "means"))
    print(f"{table.count()} means, in {args.out / 'means'}")
    table.groupBy("place").agg(
        F.countDistinct("sensor").alias("sensors"), F.round(F.max("peak"), 1).alias("peak")
    ).show()
    spark.stop()
