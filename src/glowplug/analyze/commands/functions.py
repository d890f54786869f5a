"""CREATE FUNCTION: the body analysed with the parameters in sight, its type found or checked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from glowplug.analyze.commands.create_table import with_collation
from glowplug.analyze.commands.nouns import MakeFunction, Nothing
from glowplug.analyze.commands.views import refuse_temporary, settings, temporary_reference
from glowplug.analyze.context import Context
from glowplug.analyze.routines import cannot_load, scalar_body, table_body, unquoted
from glowplug.catalog.table import Identifier, PersistentFunction
from glowplug.errors import AnalysisError
from glowplug.functions.collation_keys import in_collation
from glowplug.identifiers import parse_attribute_name
from glowplug.plan.commands import Command
from glowplug.plan.expressions import Call, Expression, WindowExpression
from glowplug.plan.relations import OneRow, Project, Relation, UnresolvedRelation
from glowplug.plan.statements import CreateClassFunction, CreateFunction
from glowplug.plan.tree import walk, walk_relations
from glowplug.types import NULL, StructField, StructType, quote

T = TypeVar("T")


def create_function(command: CreateFunction, cx: Context) -> Command:
    known = cx.world.catalogs
    name = command.parts[-1].lower()
    if command.temporary:
        identifier = Identifier("", (), name)
    else:
        identifier = known.identifier(command.parts)
        catalog = known.catalog(identifier.catalog)
        if catalog.namespace(identifier.namespace) is None:
            raise AnalysisError("SCHEMA_NOT_FOUND", schemaName=".".join(map(quote, identifier.parts[:-1])))
    _check_parameters(command.parts[-1], command.parameters)
    if command.collation is not None:
        parameters = with_collation(StructType(command.parameters), command.collation).fields
        returns = None if command.returns is None else in_collation(command.returns, command.collation)
        command = replace(command, parameters=parameters, returns=returns)
    is_query = isinstance(command.body, Relation)
    draft = PersistentFunction(
        identifier,
        StructType(command.parameters),
        command.returns or NULL,
        command.text,
        command.is_table,
        is_query,
        known.current,
        known.namespace,
        settings(cx),
        command.comment,
        True if command.deterministic is None else command.deterministic,
        owner=cx.world.facts["current_user"],
        created=int(time.time() * 1000),
        collation=command.collation or "",
    )
    if not command.temporary:
        body = command.body if isinstance(command.body, Relation) else Project(OneRow(), (command.body,))
        refuse_temporary(body, "FUNCTION", identifier, cx)
    if command.is_table:
        plan = _without_variables(table_body, draft, cx)
        if not isinstance(command.returns, StructType) or not command.returns.fields:
            draft = replace(draft, returns=StructType(tuple(StructField(a.name, a.type) for a in plan.output)))
        elif len(plan.output) != len(command.returns.fields):
            raise AnalysisError(
                "USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH",
                outputSize=len(plan.output),
                returnParamSize=len(command.returns.fields),
                name=unquoted(draft),
            )
        reads = isinstance(command.body, Relation) and any(
            isinstance(r, UnresolvedRelation) for r in walk_relations(command.body)
        )
        draft = replace(draft, reads_data=reads)
    else:
        value = _without_variables(scalar_body, draft, cx)
        _check_body(value, command.text)
        if command.returns is None:
            draft = replace(draft, returns=value.type)
        draft = replace(draft, reads_data=is_query or "select" in command.text.lower())
    if not command.temporary and not command.replace and catalog.function(identifier) is not None:
        if command.if_not_exists:
            return Nothing()
        raise already_exists(identifier)
    return MakeFunction(draft, command.temporary, command.if_not_exists, command.replace)


def _without_variables(
    body: Callable[[PersistentFunction, Context], T], function: PersistentFunction, cx: Context
) -> T:
    """INVALID_TEMP_OBJ_REFERENCE: a lasting function's body sees no variables; a name that only a variable has."""
    try:
        return body(function, cx)
    except AnalysisError as error:
        name = error.parameters.get("objectName", "")
        if not error.condition.startswith("UNRESOLVED_COLUMN") or cx.world.variable(parse_attribute_name(name)) is None:
            raise
        raise temporary_reference("FUNCTION", function.identifier.in_catalog, "VARIABLE", name) from None


def create_class_function(command: CreateClassFunction, cx: Context) -> Command:
    """Kept without a look at the class, unless it is temporary: then it is needed at once."""
    known = cx.world.catalogs
    if command.temporary:
        raise cannot_load(command.class_name, quote(command.parts[-1]))
    identifier = known.identifier(command.parts)
    catalog = known.catalog(identifier.catalog)
    if catalog.namespace(identifier.namespace) is None:
        raise AnalysisError("SCHEMA_NOT_FOUND", schemaName=".".join(map(quote, identifier.parts[:-1])))
    if not command.replace and catalog.function(identifier) is not None:
        if command.if_not_exists:
            return Nothing()
        raise already_exists(identifier)
    place = (known.current, known.namespace)
    made = PersistentFunction(
        identifier, StructType(), NULL, "", False, False, *place, (), class_name=command.class_name
    )
    return MakeFunction(made, False, command.if_not_exists, command.replace)


def already_exists(identifier: Identifier) -> AnalysisError:
    shown = identifier.in_catalog if identifier.catalog else quote(identifier.name)
    return AnalysisError(
        "ROUTINE_ALREADY_EXISTS", routineName=shown, newRoutineType="routine", existingRoutineType="routine"
    )


def _check_parameters(name: str, parameters: Sequence[StructField]) -> None:
    names = [p.name.lower() for p in parameters]
    twice = [n for n in dict.fromkeys(names) if names.count(n) > 1]
    if twice:
        raise AnalysisError("DUPLICATE_ROUTINE_PARAMETER_NAMES", routineName=name, names=", ".join(map(quote, twice)))
    for p, q in pairwise(parameters):
        if "default" in json.loads(p.metadata) and "default" not in json.loads(q.metadata):
            raise AnalysisError(
                "USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION",
                functionName=name,
                parameterName=p.name,
                nextParameterName=q.name,
            )


def _check_body(body: Expression, text: str) -> None:
    for e in walk(body):
        if isinstance(e, WindowExpression) or (isinstance(e, Call) and e.function.kind != "scalar"):
            raise AnalysisError("USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS", queryText=text)
