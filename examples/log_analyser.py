"""An analyser of web servers' logs: lines are taken apart, errors counted by server, and slow paths kept.

glowplug run examples/log_analyser.py [--seconds 20] [--rate 2000] [--kafka HOST:PORT] [--out DIRECTORY]
"""

from generated import arguments, chance, finish, through
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

PATHS = ("/", "/login", "/search", "/api/items", "/api/orders")
LINE = r'^(\S+) \[([^\]]+)\] "(\w+) (\S+)" (\d{3}) (\d+)ms$'

if __name__ == "__main__":
    args = arguments(__doc__)
    spark = SparkSession.builder.appName("log analyser").getOrCreate()
    line = F.format_string(
        '%s [%s] "%s %s" %d %dms',
        F.concat(F.lit("web"), (chance(1) * 8).cast("int")),
        F.date_format("timestamp", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"),
        F.when(chance(2) < 0.8, "GET").otherwise("POST"),
        F.element_at(F.array(*map(F.lit, PATHS)), (chance(3) * len(PATHS)).cast("int") + 1),
        F.when(chance(4) < 0.02, 503).when(chance(4) < 0.05, 404).otherwise(200),
        (chance(5) * chance(5) * 900).cast("int"),
    )
    lines = through(spark, args, "logs", F.struct(line.alias("line")), "line STRING")
    parts = [F.regexp_extract("line", LINE, n) for n in range(1, 7)]
    requests = lines.where(F.col("line").rlike(LINE)).select(
        parts[0].alias("server"),
        parts[1].cast("timestamp").alias("at"),
        parts[3].alias("path"),
        parts[4].cast("int").alias("status"),
        parts[5].cast("int").alias("millis"),
    )

    health = (
        requests.withWatermark("at", "2 seconds")
        .groupBy(F.window("at", "5 seconds"), "server")
        .agg(
            F.count("*").alias("requests"),
            F.count_if(F.col("status") >= 500).alias("errors"),
            F.max("millis").alias("slowest"),
        )
    )
    health = health.select("server", F.col("window.start").alias("at"), "requests", "errors", "slowest")
    writer = health.writeStream.queryName("health").format("csv").option("header", "true")
    writer.option("checkpointLocation", str(args.out / "health-checkpoint")).start(str(args.out / "health"))

    slow = requests.where("millis > 400").groupBy("path").agg(F.count("*").alias("slow"), F.avg("millis").alias("mean"))
    slow.writeStream.queryName("slow").outputMode("complete").format("memory").start()

    finish(spark, args)
    spark.table("slow").orderBy(F.desc("slow")).show()
    found = spark.read.schema(health.schema).option("header", "true").csv(str(args.out / "health"))
    print(f"{found.count()} lines of health, in {args.out / 'health'}")
    found.orderBy("at", "server").show(8, truncate=False)
    spark.stop()
