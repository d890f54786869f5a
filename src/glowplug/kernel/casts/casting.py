"""What every conversion needs to know, and how one fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glowplug import types as t
from glowplug.functions.lowering import bind
from glowplug.kernel.failures import ANSI, raise_sql
from glowplug.kernel.types import text
from glowplug.plan.expressions import EvalMode, Origin

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler


@dataclass(frozen=True, slots=True)
class Casting:
    """The compiler, the mode, and where the cast was written."""

    to: Compiler
    mode: EvalMode
    origin: Origin | None

    @property
    def ansi(self) -> bool:
        """Whether values are judged by ANSI's rules, be it to fail or, in try mode, to give NULL."""
        return self.mode != "legacy"

    @property
    def strict(self) -> bool:
        return self.mode == "ansi" and not self.to.lenient

    @property
    def zone(self) -> str:
        return self.to.time_zone

    def once(self, sql: str, use: Callable[[str], str]) -> str:
        return bind(sql, use)

    def fail(self, condition: str, **parameters: str) -> str:
        """SQL that raises in ANSI mode and is NULL otherwise. Parameter values are SQL of type VARCHAR."""
        return raise_sql(condition, parameters, self.origin, self.to.texts) if self.strict else "NULL"

    def or_fail(self, x: str, attempt: str, failure: str) -> str:
        """`attempt`, which is NULL where it does not succeed; then `failure`, unless `x` itself is NULL."""
        if failure == "NULL":
            return attempt
        return f"coalesce({attempt}, CASE WHEN {x} IS NOT NULL THEN {failure} END)"

    def invalid(self, x: str, source: t.DataType, target: t.DataType) -> str:
        """CAST_INVALID_INPUT for the value `x`."""
        from glowplug.kernel.casts.texts import as_literal

        return self.invalid_text(as_literal(x, source, self), source, target) if self.strict else "NULL"

    def invalid_text(self, shown: str, source: t.DataType, target: t.DataType) -> str:
        """CAST_INVALID_INPUT for a value that is shown as the text `shown`."""
        return self.fail("CAST_INVALID_INPUT", expression=shown, **_names(source, target))

    def overflow(self, x: str, source: t.DataType, target: t.DataType) -> str:
        """CAST_OVERFLOW for the value `x`."""
        from glowplug.kernel.casts.texts import as_literal

        if not self.strict:
            return "NULL"
        return self.fail("CAST_OVERFLOW", value=as_literal(x, source, self), **_names(source, target))

    def out_of_range(self, shown: str, target: t.DecimalType) -> str:
        """NUMERIC_VALUE_OUT_OF_RANGE for the value whose digits are `shown`."""
        return self.fail(
            "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
            value=shown,
            precision=text(str(target.precision)),
            scale=text(str(target.scale)),
            config=text(ANSI),
        )


def _names(source: t.DataType, target: t.DataType) -> dict[str, str]:
    return {"sourceType": text(f'"{t.sql_name(source)}"'), "targetType": text(f'"{t.sql_name(target)}"')}
