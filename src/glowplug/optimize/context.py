"""What the optimizer's rules may ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glowplug.io.source import Evaluate


@dataclass(frozen=True, slots=True)
class Context:
    """`evaluate` tests conditions on a few rows; `setting` gives a setting, or None."""

    evaluate: Evaluate
    setting: Callable[[str], str | None]
