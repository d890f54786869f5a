"""A script of one line, as its user waits for it."""

from pyspark.sql import SparkSession

# `sail spark run` brings the session along, and lets the script make none.
spark = globals().get("spark") or SparkSession.builder.getOrCreate()
print(spark.range(10).count(), flush=True)
