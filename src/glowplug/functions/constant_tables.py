"""Table functions without arguments whose rows are known: Spark's keywords and collations.

Facts of Spark 4.2: the words are those of its grammar, the languages those of its ICU library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from glowplug.types import (
    BOOLEAN,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    StructField,
    StructType,
)

_HERE = Path(__file__).parent
ICU_VERSION = "78.3.0.0"  # of the library whose order the names stand for


@dataclass(frozen=True, slots=True)
class ConstantTable:
    schema: StructType
    rows: Callable[[], list[tuple[Any, ...]]]


def _schema(text: str) -> StructType:
    """Columns of strings; a question mark says that NULL is possible."""
    names = text.split()
    return StructType(tuple(StructField(n.rstrip("?"), STRING, n.endswith("?")) for n in names))


@cache
def _keywords() -> list[tuple[Any, ...]]:
    """None is reserved: `spark.sql.ansi.enforceReservedKeywords` is off."""
    return [(word, False) for word in (_HERE / "keywords.txt").read_text().split()]


@cache
def _collations() -> list[tuple[Any, ...]]:
    return list(_every_collation())


def _every_collation() -> Iterator[tuple[Any, ...]]:
    for trim in ("", "_RTRIM"):
        for name in ("UTF8_BINARY", "UTF8_LCASE"):
            yield _collation(name, trim, None, None, True, name == "UTF8_BINARY", None)
    lines = (line.split("\t") for line in (_HERE / "collations.tsv").read_text().splitlines())
    variants = list(product(("", "_CI"), ("", "_AI"), ("", "_RTRIM")))
    rows = (
        _collation(name + case + accent, trim, language or None, country or None, not accent, not case, ICU_VERSION)
        for name, language, country in [["UNICODE", "", ""], *lines]
        for case, accent, trim in variants
    )
    yield from sorted(rows, key=lambda row: str(row[2]))


def _collation(
    name: str, trim: str, language: str | None, country: str | None, accents: bool, cases: bool, icu: str | None
) -> tuple[Any, ...]:
    accent, case = ("ACCENT_", "CASE_")
    return (
        "SYSTEM",
        "BUILTIN",
        name + trim,
        language,
        country,
        accent + ("SENSITIVE" if accents else "INSENSITIVE"),
        case + ("SENSITIVE" if cases else "INSENSITIVE"),
        "RTRIM" if trim else "NO_PAD",
        icu,
    )


_FRAME = StructType(tuple(StructField(n, STRING) for n in ("class", "method", "file", "line")))
_EXCEPTION = StructType(
    (StructField("class", STRING), StructField("msg", STRING), StructField("stacktrace", ArrayType(_FRAME)))
)
_LOGS = StructType(
    (
        StructField("ts", TIMESTAMP),
        StructField("level", STRING),
        StructField("msg", STRING),
        StructField("context", MapType(STRING, STRING)),
        StructField("exception", _EXCEPTION),
        StructField("logger", STRING),
    )
)

TABLES: dict[str, ConstantTable] = {
    "sql_keywords": ConstantTable(
        StructType((StructField("keyword", STRING, False), StructField("reserved", BOOLEAN, False))), _keywords
    ),
    "collations": ConstantTable(
        _schema(
            "CATALOG SCHEMA NAME LANGUAGE? COUNTRY? ACCENT_SENSITIVITY CASE_SENSITIVITY PAD_ATTRIBUTE ICU_VERSION?"
        ),
        _collations,
    ),
    # Workers' logs are kept only if `spark.sql.pyspark.worker.logging.enabled` is true, which is not supported.
    "python_worker_logs": ConstantTable(_LOGS, list),
}
