"""What is not as in Spark: script and number of the statement, with the reason."""

from __future__ import annotations

CLASS = "no class is loaded to find a data source, so that the error is not of a class that Spark's client knows not"
COLLATION = "a schema that a client sends says no collation where it is the default"
JVM = "what Spark says of classes and of its own settings has no meaning here"
NAME = "a temporary view that was renamed goes by its new name"
INLINED = "Spark names the view that a temporary function reads, and not the function"
LOST = "Spark's in-memory catalog forgets the place of a partition when its table is renamed"

GAPS: dict[tuple[str, int], str] = {
    ("api", 32): COLLATION,
    ("api", 33): COLLATION,
    ("api", 34): COLLATION,
    ("api", 57): JVM,
    ("describe", 5): JVM,
    ("functions", 12): JVM,
    ("functions", 32): JVM,
    ("functions", 52): JVM,
    ("functions", 88): JVM,
    ("functions", 96): INLINED,
    ("partitions", 84): LOST,
    ("tables", 59): CLASS,
    ("views", 98): NAME,
    ("writers", 36): CLASS,
}
