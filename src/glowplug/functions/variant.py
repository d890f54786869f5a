"""Variants: values of any shape in Spark's binary encoding."""

from __future__ import annotations

from glowplug.plan.function import Function

FUNCTIONS: tuple[Function, ...] = ()
