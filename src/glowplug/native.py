"""`glowplug-native` (in `native/`), where it is installed; what it does is done without it too, slower."""

from __future__ import annotations

import importlib
from typing import Any

try:
    native: Any = importlib.import_module("glowplug_native")
except ImportError:
    native = None
