"""Glowplug runs PySpark programs without Spark and without a JVM.

    import glowplug
    spark = glowplug.session()          # an ordinary PySpark session, on an engine in this process

or unmodified, from the command line: `glowplug run script.py`. In the order of a query's way through the package:

`cli`, `connect`   how a program gets in: commands, Spark Connect, the in-process transport
`session`          one user's world
`query`            the way of a query on one screen
`sql`, `plan`, `functions`, `catalog`, `analyze`, `optimize`, `physical`, `kernel`, `execute`, `io`, `lake`   the steps
`streaming`        queries that run again and again
`config`, `errors`, `types`   what all of them use
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import glowplug.session  # noqa: F401  (first, so that the function below keeps the name)

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

__version__ = "0.1.0"
__all__ = ["__version__", "session"]


def session(**conf: Any) -> SparkSession:
    """A new PySpark session on the engine in this process.

    `conf` are Spark settings, static ones too: `session(**{"spark.sql.ansi.enabled": False})`. Two sessions share
    nothing but the engine; the settings `spark.glowplug.*`, which are the engine's, count for the first one only.
    ImportError says what to install when no PySpark client is.
    """
    from glowplug.connect.embed import new_session
    from glowplug.session.engine import shared_engine

    shared_engine({k: str(v) for k, v in conf.items() if k.startswith("spark.glowplug.")})
    return new_session(conf)
