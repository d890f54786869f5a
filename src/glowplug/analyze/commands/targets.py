"""The table that a command is about, with Spark's errors where it is none or the wrong kind."""

from __future__ import annotations

from glowplug.analyze.context import Context
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError, UnsupportedOperation
from glowplug.types import quote

QUERY = ("`system`.`builtin`", "`system`.`session`")  # where a query's names are looked up before the catalog
COMMAND = ("`system`.`session`",)  # and a command's


def named(parts: tuple[str, ...], cx: Context) -> Table | None:
    """A table or view of a catalog; temporary ones are not looked at."""
    if len(parts) == 2 and parts[0].lower() == "global_temp":
        return None
    return cx.world.catalogs.table(parts)


def not_found(parts: tuple[str, ...], cx: Context, before: tuple[str, ...] = COMMAND) -> AnalysisError:
    return AnalysisError(
        "TABLE_OR_VIEW_NOT_FOUND",
        relationName=".".join(map(quote, parts)),
        searchPath=cx.world.catalogs.search_path(*before),
    )


def table_or_view(parts: tuple[str, ...], cx: Context) -> Table:
    found = named(parts, cx)
    if found is None:
        raise not_found(parts, cx)
    return found


def table(parts: tuple[str, ...], cx: Context, operation: str, alter: bool = False) -> Table:
    """A table, no view. `alter`: ALTER VIEW can do the same."""
    if cx.world.temporary(parts) is not None:
        raise view_instead(".".join(map(quote, parts)), operation, alter)
    found = table_or_view(parts, cx)
    if found.kind == "view":
        raise view_instead(found.identifier.quoted, operation, alter)
    return found


def view_instead(name: str, operation: str, alter: bool = False) -> AnalysisError:
    kind = "USE_ALTER_VIEW" if alter else "NO_ALTERNATIVE"
    return AnalysisError(f"EXPECT_TABLE_NOT_VIEW.{kind}", operation=operation, viewName=name)


def refused(table: Table, operation: str) -> AnalysisError:
    return AnalysisError("UNSUPPORTED_FEATURE.TABLE_OPERATION", tableName=table.identifier.quoted, operation=operation)


def refused_at_run(table: Table, operation: str) -> UnsupportedOperation:
    """The same as the class that Spark raises when it plans."""
    return UnsupportedOperation(
        "UNSUPPORTED_FEATURE.TABLE_OPERATION", tableName=table.identifier.quoted, operation=operation
    )
