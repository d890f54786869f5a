"""A fraud detector: cards used in two countries within ten seconds, or for much money in a short time.

glowplug run examples/fraud_detector.py [--seconds 20] [--rate 2000] [--kafka HOST:PORT] [--out DIRECTORY]
"""

from generated import arguments, chance, finish, through
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

COUNTRIES = ("DE", "FR", "JP", "US")

if __name__ == "__main__":
    args = arguments(__doc__)
    spark = SparkSession.builder.appName("fraud detector").getOrCreate()
    card = (chance(1) * 1000).cast("int")
    home = F.pmod(card, F.lit(len(COUNTRIES)))
    away = F.when(chance(2) < 0.02, home + 1).otherwise(home)
    payment = F.struct(
        F.col("timestamp").alias("at"),
        F.col("value").alias("id"),
        card.alias("card"),
        F.element_at(F.array(*map(F.lit, COUNTRIES)), F.pmod(away, F.lit(len(COUNTRIES))).cast("int") + 1).alias(
            "country"
        ),
        F.round(F.when(chance(3) < 0.01, 5000.0).otherwise(100.0) * chance(4), 2).alias("amount"),
    )
    schema = "at TIMESTAMP, id LONG, card INT, country STRING, amount DOUBLE"
    payments = through(spark, args, "payments", payment, schema).withWatermark("at", "2 seconds")
    payments = payments.dropDuplicates(["id", "at"])

    first, second = payments.alias("first"), payments.alias("second")
    near = "first.card = second.card AND second.at > first.at AND second.at <= first.at + INTERVAL 10 SECONDS"
    travels = first.join(second, F.expr(f"{near} AND first.country <> second.country"))
    travels = travels.select(
        "first.card", "first.at", F.concat_ws(" to ", "first.country", "second.country").alias("what")
    )

    spent = payments.groupBy(F.window("at", "5 seconds"), "card").agg(F.sum("amount").alias("spent"))
    heavy = spent.where("spent > 3000")
    heavy = heavy.select("card", F.col("window.start").alias("at"), F.format_string("%.2f", "spent").alias("what"))

    for name, alarms in (("travels", travels), ("heavy", heavy)):
        writer = alarms.withColumn("kind", F.lit(name)).writeStream.queryName(name).format("json")
        writer.option("checkpointLocation", str(args.out / f"{name}-checkpoint")).start(str(args.out / name))

    finish(spark, args)
    alarms = spark.read.schema("card INT, at TIMESTAMP, what STRING, kind STRING")
    found = alarms.json(str(args.out / "travels")).union(alarms.json(str(args.out / "heavy")))
    print(f"{found.count()} alarms, in {args.out}")
    found.orderBy("at").show(10, truncate=False)
    spark.stop()
