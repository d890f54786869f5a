"""Spark Connect's Catalog messages (`spark.catalog.…`) to `CatalogCall`: a message's name and all its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glowplug.connect.decode.context import Context, chosen, pairs
from glowplug.connect.decode.types import struct_type
from glowplug.execute.cache import StorageLevel
from glowplug.plan.relations import CatalogCall
from glowplug.substitution import substitute


def catalog(m: Any, context: Context) -> CatalogCall:
    """The call a message asks for; an argument that the client did not give is None."""
    call = getattr(m, chosen(m, "cat_type"))
    return CatalogCall(call.DESCRIPTOR.name, tuple([_argument(call, f, context) for f in call.DESCRIPTOR.fields]))


def storage_level(m: Any) -> StorageLevel:
    return StorageLevel(m.use_disk, m.use_memory, m.use_off_heap, m.deserialized, m.replication)


def _argument(call: Any, field: Any, context: Context) -> tuple[str, Any]:
    value = getattr(call, field.name)
    if field.has_presence and not call.HasField(field.name):
        value = None
    elif field.name in FIELDS:
        value = FIELDS[field.name](value)
    elif field.name in NAMES and value and "${" in value:
        value = substitute(value, context.session.conf)
    return field.name, value


# Where `${name}` may stand for a setting.
NAMES = ("table_name", "db_name", "function_name", "view_name")
# How the fields that are not plain values are read.
FIELDS: dict[str, Callable[[Any], Any]] = {
    "schema": struct_type,
    "storage_level": storage_level,
    "options": pairs,
    "properties": pairs,
}
