"""A clickstream: pages by five seconds, and visits as sessions of users, each of whom clicks about once a second.

glowplug run examples/clickstream.py [--seconds 20] [--rate 2000] [--kafka HOST:PORT] [--out DIRECTORY]
"""

from generated import arguments, chance, finish, through
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

PAGES = ("home", "search", "item", "cart", "checkout")

if __name__ == "__main__":
    args = arguments(__doc__)
    spark = SparkSession.builder.appName("clickstream").getOrCreate()
    click = F.struct(
        F.col("timestamp").alias("at"),
        F.concat(F.lit("user"), (chance(1) * args.rate).cast("int")).alias("user"),
        F.element_at(F.array(*map(F.lit, PAGES)), (chance(2) * len(PAGES)).cast("int") + 1).alias("page"),
        (chance(3) * 2000).cast("int").alias("millis"),
    )
    clicks = through(spark, args, "clickstream", click, "at TIMESTAMP, user STRING, page STRING, millis INT")
    clicks = clicks.withWatermark("at", "2 seconds")

    pages = clicks.groupBy(F.window("at", "5 seconds"), "page").agg(
        F.count("*").alias("views"), F.approx_count_distinct("user").alias("users"), F.avg("millis").alias("millis")
    )
    writer = pages.writeStream.queryName("pages").outputMode("update").format("console")
    writer.option("truncate", "false").option("checkpointLocation", str(args.out / "pages-checkpoint")).start()

    visits = clicks.groupBy(F.session_window("at", "1 second"), "user").agg(
        F.count("*").alias("clicks"), F.max_by("page", "at").alias("left_from")
    )
    visits = visits.select("user", "session_window.*", "clicks", "left_from")
    writer = visits.writeStream.queryName("visits").format("parquet")
    writer.option("checkpointLocation", str(args.out / "visits-checkpoint")).start(str(args.out / "visits"))

    finish(spark, args)
    found = spark.read.schema(visits.schema).parquet(str(args.out / "visits"))
    print(f"{found.count()} visits ended, in {args.out / 'visits'}")
    found.groupBy("left_from").agg(F.count("*").alias("visits"), F.round(F.avg("clicks"), 2).alias("clicks")).show()
    spark.stop()
