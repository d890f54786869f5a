"""Glowplug beside its peers, in one run on one machine: DuckDB alone, Sail and Apache Spark.

    python -m bench [--scale 1] [--runs 4] [--engines duckdb,glowplug,sail,spark] [SECTION ...]

`engines` installs, starts and asks them; `worker` is the program that runs inside each; `tpch`, `tpcds`, `latency` and
`transfer` are the measurements, and `__main__` prints them with what the project promises. Data and the peers'
environments are kept in `.bench/`. Needs Linux: peak memory is read from /proc.
"""
