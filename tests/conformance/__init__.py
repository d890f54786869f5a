"""How close to Apache Spark: two suites, runnable against any Spark Connect server, and what Spark itself scores.

`pyspark_doctests.py` runs the doctests inside the installed client, `function_examples.py` an example or more of every
built-in SQL function against what Spark 4.2.1 answered. `python -m tests.conformance` runs both on Glowplug.
"""
