"""Small answers of commands and catalog calls as relations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from glowplug.arrow import arrow_schema
from glowplug.plan.expressions import Attribute, new_id
from glowplug.plan.relations import LocalData
from glowplug.types import DataType, StructField, StructType


def rows(columns: Sequence[tuple[str, DataType]], values: Sequence[Sequence[Any]], nullable: bool = False) -> LocalData:
    """A relation of the given columns holding `values`, row by row."""
    attributes = tuple(Attribute(n, t, nullable, new_id()) for n, t in columns)
    schema = arrow_schema(StructType(tuple(StructField(a.name, a.type, True) for a in attributes)), "UTC")
    data = [pa.array([row[i] for row in values], field.type) for i, field in enumerate(schema)]
    return LocalData(attributes, pa.Table.from_arrays(data, names=[f"k{i}" for i in range(len(data))]))
