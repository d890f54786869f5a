"""What is done to a table's files with each write, by its properties and the session's settings.

https://docs.delta.io/latest/optimizations-oss.html#auto-compaction
"""

from __future__ import annotations

from collections.abc import Mapping

from glowplug.config import Conf

_WRITE = "spark.databricks.delta.optimizeWrite.enabled"
_COMPACT = "spark.databricks.delta.autoCompact.enabled"


def optimizes_write(option: bool | None, configuration: Mapping[str, str], conf: Conf) -> bool:
    """The writer's option comes before the session's setting, and that before the table's property."""
    return option if option is not None else _is_on(_WRITE, "delta.autoOptimize.optimizeWrite", configuration, conf)


def compacts(configuration: Mapping[str, str], conf: Conf) -> bool:
    return _is_on(_COMPACT, "delta.autoOptimize.autoCompact", configuration, conf)


def _is_on(setting: str, property: str, configuration: Mapping[str, str], conf: Conf) -> bool:
    texts = (conf.get_option(setting), configuration.get(property), configuration.get("delta.autoOptimize"))
    return next((t for t in texts if t is not None), "false").lower() in ("true", "auto")
