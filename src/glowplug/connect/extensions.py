"""Relations, commands and expressions of others, by the type URL of their message.

A handler takes the message (a `google.protobuf.Any`) and the decoding context and returns a node of the plan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HANDLERS: dict[str, Callable[[Any, Any], Any]] = {}
