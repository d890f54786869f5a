"""`glowplug-native` (in `native/`), where it is installed; what it does is done without it too, slower."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

try:
    native: Any = importlib.import_module("glowplug_native")
except ImportError:
    native = None


def vectorised(name: str, otherwise: Callable[..., Any], types: tuple[type, ...], result: type) -> Callable[..., Any]:
    """Its function of arrays of so many `types`, with an array of `result`; `otherwise` where it has none."""
    quick = getattr(native, name, None)
    if quick is None:
        return otherwise
    return lambda *arrays: np.frombuffer(quick(*map(np.ascontiguousarray, arrays, types)), result)
