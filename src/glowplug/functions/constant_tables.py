"""Table functions without arguments whose rows are known: Spark's keywords and collations.

Facts of Spark 4.2: the words are those of its grammar, the languages those of its ICU library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from glowplug import collations
from glowplug.collations import Collation
from glowplug.identifiers import RESERVED
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
    enforced: Callable[[], list[tuple[Any, ...]]] | None = None  # where reserved words are no names


def _schema(text: str) -> StructType:
    """Columns of strings; a question mark says that NULL is possible."""
    names = text.split()
    return StructType(tuple(StructField(n.rstrip("?"), STRING, n.endswith("?")) for n in names))


@cache
def _keywords() -> list[tuple[Any, ...]]:
    return [(word, False) for word in (_HERE / "keywords.txt").read_text().split()]


def _enforced() -> list[tuple[Any, ...]]:
    return [(word, word in RESERVED) for word, _ in _keywords()]


@cache
def _collations() -> list[tuple[Any, ...]]:
    return [_collation(c) for c in collations.every()]


def _collation(c: Collation) -> tuple[Any, ...]:
    language, country = collations.languages().get(c.base, (None, None))
    return (
        "SYSTEM",
        "BUILTIN",
        c.name,
        language,
        country,
        f"ACCENT_{'INSENSITIVE' if c.ignores_accents else 'SENSITIVE'}",
        f"CASE_{'INSENSITIVE' if c.ignores_case or c.base == collations.LOWER_CASE else 'SENSITIVE'}",
        "RTRIM" if c.ignores_spaces else "NO_PAD",
        ICU_VERSION if c.unicode else None,
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
        StructType((StructField("keyword", STRING, False), StructField("reserved", BOOLEAN, False))),
        _keywords,
        _enforced,
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
