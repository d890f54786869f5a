"""What is asked of Apache Spark and of Glowplug about files: small inputs, options, schemas.

`python -m tests.parity.files.record` (with a full `pyspark`) writes the answers to `answers/`; `test_files.py` asks
Glowplug the same.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.parity.settings import settings

TIME_ZONE = "America/New_York"
SPARK_NAMES: dict[str, str] = {}  # formats that go by another name where the answers are recorded


@dataclass(frozen=True)
class Case:
    """`files` by name below a scratch directory; `load` are the paths to read. `read` says what is asked of the frame."""

    id: str
    format: str
    files: dict[str, bytes]
    schema: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    conf: dict[str, str] = field(default_factory=dict)
    load: tuple[str, ...] = ("",)
    select: tuple[str, ...] = ()
    filter: str = ""
    unordered: bool = False  # rows of several files, which Spark reads from the longest to the shortest


def run(spark: Any, case: Case, root: Path) -> dict[str, Any]:
    """The schema and rows a read gives, or its error; only values that are the same on every machine."""
    for name, content in case.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    try:
        with settings(spark, case.conf):
            reader = spark.read.format(SPARK_NAMES.get(case.format, case.format)).options(**case.options)
            if case.schema is not None:
                reader = reader.schema(case.schema)
            frame = reader.load([os.path.join(root, p) for p in case.load])
            schema = frame.schema.simpleString()
            if case.filter:
                frame = frame.where(case.filter)
            if case.select:
                frame = frame.selectExpr(*case.select)
            rows = [[plain(v, str(root)) for v in row] for row in frame.collect()]
            return {"schema": schema, "rows": sorted(rows, key=repr) if case.unordered else rows}
    except Exception as error:
        return {"error": condition(error)}


def condition(error: Exception) -> str:
    """The condition of an error, or of the first in a Java stack trace; else its class."""
    import re

    name = getattr(error, "getCondition", getattr(error, "getErrorClass", lambda: None))()
    found = name or next(iter(re.findall(r"\[([A-Z][A-Z_0-9.]{5,})\]", str(error))), None)
    return found or type(error).__name__


def plain(value: Any, root: str) -> Any:
    """A value as JSON that keeps apart what Python does."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return value.replace(root, "ROOT")
        case float():
            return "nan" if math.isnan(value) else repr(value)
        case Decimal():
            return f"decimal {value}"
        case datetime():  # what has a time of day only is of the day it is read on
            today = value.date() == datetime.now().date()
            return f"timestamp {'today ' + value.time().isoformat() if today else value.isoformat(' ')}"
        case date() | time():
            return f"{type(value).__name__} {value.isoformat()}"
        case timedelta():
            return f"interval {value.total_seconds()}"
        case bytes() | bytearray():
            return f"binary {bytes(value).hex()}"
        case dict():
            return {"map": sorted(([plain(k, root), plain(v, root)] for k, v in value.items()), key=repr)}
        case tuple():
            return {"row": [plain(v, root) for v in value]}
        case list():
            return [plain(v, root) for v in value]
    if hasattr(value, "metadata"):  # a variant: classes of bytes differ between clients
        return f"VariantVal({bytearray(value.value)!r}, {bytearray(value.metadata)!r})"
    return repr(value)


KINDS = ("avro", "binary", "csv", "json", "mixed", "orc", "partition", "variant", "xml")


def cases() -> Iterator[Case]:
    for kind in KINDS:  # their modules need this one
        yield from import_module(f"tests.parity.files.{kind}_cases").cases()
