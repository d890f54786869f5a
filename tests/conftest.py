"""Plans are verified after analysis and optimization in all tests, and in the processes that they start."""

from __future__ import annotations

import os

os.environ.setdefault("GLOWPLUG_VERIFY_PLANS", "true")
