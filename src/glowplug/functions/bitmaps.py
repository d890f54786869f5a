"""Bitmaps of distinct numbers."""

from __future__ import annotations

from glowplug.plan.function import Function

FUNCTIONS: tuple[Function, ...] = ()
