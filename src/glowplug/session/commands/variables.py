"""DECLARE, SET VARIABLE and DROP TEMPORARY VARIABLE."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glowplug.analyze.context import Scope
from glowplug.analyze.expressions import resolve
from glowplug.analyze.variables import assigned
from glowplug.errors import AnalysisError, ExecutionError, SparkError
from glowplug.execute.operation import Operation
from glowplug.plan.expressions import (
    Alias,
    Call,
    DefaultValue,
    Expression,
    Literal,
    Subquery,
    WindowExpression,
    new_id,
)
from glowplug.plan.names import pretty
from glowplug.plan.relations import Limit, OneRow, Project, Relation, Select
from glowplug.plan.statements import CreateVariable, DropVariable, SetVariable
from glowplug.plan.tree import walk
from glowplug.session.names import SEARCHED_FIRST, catalogs
from glowplug.session.session import Session
from glowplug.session.variables import SESSION, Parts, Variable, frames, is_session_name, key, named, quoted, within
from glowplug.session.world import analyze, context
from glowplug.type_trees import as_strings
from glowplug.types import INT, DataType


def declare(command: CreateVariable, session: Session, operation: Operation) -> None:
    """In a script, of the block that is running; otherwise of the session."""
    scope, prefix = _place(command, session)
    paths = [(*prefix, parts[-1]) for parts in command.names]
    shown = [quoted(path[-2:] if frames() else path) for path in paths]
    type, value = _initial(command, quoted(paths[0]), session)
    for path, name in zip(paths, shown, strict=True):
        if key(path[-1], session.conf) in scope and not command.replace:
            raise AnalysisError("VARIABLE_ALREADY_EXISTS", variableName=name)
    names = [key(path[-1], session.conf) for path in paths]
    for name, full in zip(names, shown, strict=True):
        if names.count(name) > 1:
            raise AnalysisError("DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE", variableName=full)
    for name, path in zip(names, paths, strict=True):
        scope[name] = Variable(path, as_strings(type), command.default, command.text, value, type)


def _place(command: CreateVariable, session: Session) -> tuple[dict[str, Variable], Parts]:
    """Where the variables go, and what their full names begin with."""
    blocks = frames()
    for parts in command.names:
        wrong = None
        if blocks and command.replace:
            wrong = "REPLACE_LOCAL_VARIABLE"
        elif blocks and len(parts) > 1:
            wrong = "QUALIFIED_LOCAL_VARIABLE"
        if wrong:
            raise AnalysisError(f"INVALID_VARIABLE_DECLARATION.{wrong}", varName=quoted(parts))
        if not is_session_name(parts):
            raise _no_session_name(parts)
    return (blocks[0].variables, ("local", blocks[0].name)) if blocks else (session.variables, SESSION)


def _no_session_name(parts: Parts) -> AnalysisError:
    return AnalysisError("UNRESOLVED_VARIABLE", variableName=quoted(parts), searchPath="[`system`.`session`]")


def _initial(command: CreateVariable, name: str, session: Session) -> tuple[DataType, Any]:
    """The type and first value of what is declared."""
    if command.default is None:
        assert command.type is not None
        return command.type, None
    if any(isinstance(x, Subquery) for x in walk(command.default)):
        raise AnalysisError(
            "INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION",
            colName=name,
            statement="DECLARE VARIABLE",
            defaultValue=command.text,
        )
    cx = context(session)
    value = resolve(command.default, Scope(()), cx)
    for x in walk(value):
        if isinstance(x, WindowExpression) or (isinstance(x, Call) and x.function.kind != "scalar"):
            raise AnalysisError("UNSUPPORTED_EXPR_FOR_OPERATOR", invalidExprSqls=f'"{pretty(x)}"')
    type = command.type or value.type
    return type, evaluated(assigned(value, type, pretty(value), cx), session)


def evaluated(e: Expression, session: Session) -> Any:
    """The value of a resolved expression without columns, as a Literal of its type holds it."""
    from glowplug.execute.local import literals

    if isinstance(e, Literal):
        return e.value
    ((value,),) = literals(Project(OneRow(), (Alias(e, "value", new_id()),)), session)
    return value


def assign(command: SetVariable, session: Session, operation: Operation) -> None:
    """All variables get their new values, or none does. ROW_SUBQUERY_TOO_MANY_ROWS, ASSIGNMENT_ARITY_MISMATCH."""
    set_variables(targets_of(command.names, session), _with_defaults(command, session), session)


def targets_of(names: tuple[Parts, ...], session: Session) -> list[Variable]:
    """The variables of these names, no two the same. UNRESOLVED_VARIABLE, DUPLICATE_ASSIGNMENTS."""
    targets = []
    for parts in names:
        variable = named(session, parts)
        if variable is None:
            path = catalogs(session).search_path(*SEARCHED_FIRST)
            raise AnalysisError("UNRESOLVED_VARIABLE", variableName=quoted(parts), searchPath=path)
        targets.append(variable)
    _check_different(targets)
    return targets


def _check_different(targets: list[Variable]) -> None:
    ids = [id(v) for v in targets]
    twice = list(dict.fromkeys(v.path[-1] for v in targets if ids.count(id(v)) > 1))
    if twice:
        raise AnalysisError("DUPLICATE_ASSIGNMENTS", nameList=", ".join(f"`{n}`" for n in twice))


def set_variables(targets: list[Variable], query: Relation, session: Session) -> None:
    """The values of a query's only row, or NULLs where it has none."""
    from glowplug.execute.local import literals

    _check_different(targets)
    plan = analyze(query, session)
    if len(plan.output) != len(targets):
        raise AnalysisError("ASSIGNMENT_ARITY_MISMATCH", numTarget=len(targets), numExpr=len(plan.output))
    cx = context(session)
    pairs = zip(plan.output, targets, strict=True)
    items = tuple(Alias(assigned(a, v.declared, a.name, cx), a.name, new_id()) for a, v in pairs)
    rows = literals(Limit(Project(plan, items), Literal(2, INT)), session)
    if len(rows) > 1:
        raise ExecutionError("ROW_SUBQUERY_TOO_MANY_ROWS")
    for variable, value in zip(targets, rows[0] if rows else (None,) * len(targets), strict=True):
        variable.value = value


def _with_defaults(command: SetVariable, session: Session) -> Relation:
    """The query, with what each variable was declared with in the place of DEFAULT."""
    query = command.query
    if not isinstance(query, Select) or not any(isinstance(e, DefaultValue) for e in query.expressions):
        return query
    items = list(query.expressions)
    for i, (item, parts) in enumerate(zip(items, command.names, strict=True)):
        if isinstance(item, DefaultValue):
            variable = targets_of((parts,), session)[0]
            items[i] = Alias(_default(variable, parts, session), parts[-1], new_id())  # which no other item sees
    return replace(query, expressions=tuple(items))


def _default(variable: Variable, parts: Parts, session: Session) -> Expression:
    """A variable's default is computed anew, and names no variables then."""
    if variable.default is None:
        return Literal(None, variable.type)
    alone = replace(session, variables={})
    try:
        with within(()):
            return resolve(variable.default, Scope(()), context(alone))
    except SparkError:
        raise AnalysisError(
            "INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION",
            colName=quoted(parts),
            statement="INSERT",
            defaultValue=variable.text,
        ) from None


def drop(command: DropVariable, session: Session, operation: Operation) -> None:
    """Only a session's: those of a script end with their block."""
    if frames():
        raise AnalysisError("UNSUPPORTED_FEATURE.SQL_SCRIPTING_DROP_TEMPORARY_VARIABLE")
    if not is_session_name(command.parts):
        raise _no_session_name(command.parts)
    gone = session.variables.pop(key(command.parts[-1], session.conf), None)
    if gone is None and not command.if_exists:
        raise AnalysisError("VARIABLE_NOT_FOUND", variableName=quoted((*SESSION, command.parts[-1])))
