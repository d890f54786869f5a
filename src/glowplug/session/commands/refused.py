"""Statements about what no catalog and no table here has: procedures and indexes."""

from __future__ import annotations

from typing import NoReturn

from glowplug.analyze.context import scope_of
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.plan.relations import UnresolvedRelation
from glowplug.plan.statements import Index, Procedures
from glowplug.session.names import SEARCHED_FIRST, catalogs, lookup, not_found
from glowplug.session.session import Session
from glowplug.session.world import analyze, context
from glowplug.types import quote


def procedures(command: Procedures, session: Session, operation: Operation) -> NoReturn:
    """MISSING_CATALOG_ABILITY.PROCEDURES of the catalog that is named, UNRESOLVED_ROUTINE where none is."""
    known = catalogs(session)
    catalog = known.schema(command.parts)[0]
    if command.verb == "show" or (len(command.parts) > 1 and known.schema(command.parts[:1])[1] == ()):
        raise AnalysisError("MISSING_CATALOG_ABILITY.PROCEDURES", command.origin, plugin=catalog)
    name, path = ".".join(map(quote, command.parts)), known.search_path(*SEARCHED_FIRST)
    raise AnalysisError("UNRESOLVED_ROUTINE", command.origin, routineName=name, searchPath=path)


def index(command: Index, session: Session, operation: Operation) -> NoReturn:
    """TABLE_OR_VIEW_NOT_FOUND, UNRESOLVED_COLUMN; otherwise that the table has no indexes."""
    table = lookup(session, command.parts)
    if table is None:
        raise not_found(session, command.parts, SEARCHED_FIRST[1])
    scope = scope_of(analyze(UnresolvedRelation(command.parts), session), cx=context(session))
    for column in command.columns:
        resolve(column, scope, context(session))
    name = ".".join((*table.identifier.namespace, table.identifier.name))
    what = f"{command.verb.capitalize()}Index is not supported in this table {name}."
    raise AnalysisError("_LEGACY_ERROR_TEMP_1332", errorMessage=what)
