"""Relations, commands and expressions of others, by the type URL of their message.

A handler takes the message (a `google.protobuf.Any`) and the decoding context and returns a node of the plan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _relation(message: Any, context: Any) -> Any:
    from glowplug.connect import delta  # which few clients send

    return delta.delta_relation(message, context)


def _command(message: Any, context: Any) -> Any:
    from glowplug.connect import delta

    return delta.delta_command(message, context)


HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "type.googleapis.com/delta.connect.DeltaRelation": _relation,
    "type.googleapis.com/delta.connect.DeltaCommand": _command,
}
