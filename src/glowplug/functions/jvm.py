"""Calls of Java methods: there is no JVM here, so these are refused during analysis."""

from __future__ import annotations

from glowplug.functions.vocabulary import ANY, sig
from glowplug.plan.function import Function
from glowplug.types import STRING


def _java(*names: str) -> Function:
    return Function(
        names,
        sig(ANY, ANY, variadic=True),
        STRING,
        nullable="always",
        usage="Calls a static Java method; not supported, as there is no JVM.",
        example=f"SELECT {names[0]}('java.util.UUID', 'randomUUID')",
        group="misc_funcs",
    )


FUNCTIONS = (_java("java_method", "reflect"), _java("try_reflect"))
