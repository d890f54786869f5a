"""EXECUTE IMMEDIATE: a text is a statement. It sees the session's variables, and none of a script's blocks."""

from __future__ import annotations

import re

from glowplug.analyze.constants import is_constant
from glowplug.analyze.context import Scope
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.plan.commands import Command
from glowplug.plan.expressions import Expression, Literal, Subquery, UnresolvedAlias, UnresolvedAttribute
from glowplug.plan.names import pretty
from glowplug.plan.relations import Relation, SQLText
from glowplug.plan.statements import ExecuteImmediate
from glowplug.plan.tree import walk
from glowplug.session import statements
from glowplug.session.arguments import constant
from glowplug.session.commands.variables import evaluated, set_variables
from glowplug.session.session import Session
from glowplug.session.variables import Parts, Variable, named, quoted, within
from glowplug.session.world import context, read
from glowplug.types import STRINGS, sql_name

Arguments = tuple[tuple[str | None, Expression], ...]


def execute_immediate(command: ExecuteImmediate, session: Session, operation: Operation) -> Relation | None:
    """The rows of the text's query, unless INTO takes them; what a command answers."""
    return run_bound(*bound(command, session), session, operation)


def bound(command: ExecuteImmediate, session: Session) -> tuple[Relation | Command, list[Variable]]:
    """The statement that the text is in the end, its markers bound, and the variables of INTO."""
    text = _text(command.statement, session)
    arguments = tuple(_argument(a, session) for a in command.arguments)
    targets = [_target(parts, session) for parts in command.into]
    with within(()):
        statement = _statement(text, arguments, session)
        if targets and not isinstance(statement, Relation):
            raise AnalysisError("INVALID_STATEMENT_FOR_EXECUTE_INTO", sqlString=text.upper())
        return bound(statement, session) if isinstance(statement, ExecuteImmediate) else (statement, targets)


def run_bound(
    statement: Relation | Command, targets: list[Variable], session: Session, operation: Operation
) -> Relation | None:
    with within(()):
        if not targets or not isinstance(statement, Relation):
            return statements.run(statement, session, operation)
        set_variables(targets, statement, session)
        return None


def _text(e: Expression, session: Session) -> str:
    value = resolve(e, Scope(()), context(session))
    refuse_subquery(value)
    if not isinstance(value.type, STRINGS):
        kind = f'"{sql_name(value.type)}"'
        raise AnalysisError("INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE", exprType=kind)
    text = evaluated(value, session)
    if text is None:
        shown = quoted(e.parts) if isinstance(e, UnresolvedAttribute) else f"`{pretty(value)}`"
        raise AnalysisError("NULL_QUERY_STRING_EXECUTE_IMMEDIATE", varName=shown)
    return str(text)


def refuse_subquery(e: Expression) -> None:
    if any(isinstance(x, Subquery) for x in walk(e)):
        raise _no_value(e)


def _no_value(e: Expression) -> AnalysisError:
    return AnalysisError("UNSUPPORTED_EXPR_FOR_PARAMETER", invalidExprSql=f'"{pretty(e)}"')


def _argument(e: Expression, session: Session) -> tuple[str | None, Expression]:
    """A name, if it has one, and a value, computed now. A variable has its own name."""
    name: str | None = None
    match e:
        case UnresolvedAlias(child, (name,)):
            e = child
        case UnresolvedAttribute((*_, name)):
            pass
    value = resolve(e, Scope(()), context(session))
    if not is_constant(value):
        raise _no_value(value)
    return name, constant(e, context(session)) or Literal(evaluated(value, session), value.type)


def _target(parts: Parts, session: Session) -> Variable:
    found = named(session, parts)
    if found is None:
        raise AnalysisError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", objectName=quoted(parts))
    return found


def _statement(text: str, arguments: Arguments, session: Session) -> Relation | Command:
    if re.match(r"\s*BEGIN\b", text, re.IGNORECASE):
        statements.check_scripts_enabled(session)
        raise AnalysisError("SQL_SCRIPT_IN_EXECUTE_IMMEDIATE", sqlString=text)
    return bind(text, arguments, session)


def bind(text: str, arguments: Arguments, session: Session) -> Relation | Command:
    """The text as a statement, its markers bound: `?` by place, `:name` by name, which all arguments have then."""
    from glowplug.sql.tokens import tokenize

    by_place = "?" in tokenize(text)[0]
    by_name = tuple((n, e) for n, e in arguments if n is not None)
    sql = SQLText(text, () if by_place else by_name, tuple(e for _, e in arguments) if by_place else ())
    unnamed = [e for n, e in arguments if n is None]
    try:
        statement = read(session, sql)
    except AnalysisError as error:
        if error.condition != "UNBOUND_SQL_PARAMETER":
            raise
        if by_place and not error.parameters["name"].startswith("_"):
            raise AnalysisError("INVALID_QUERY_MIXED_QUERY_PARAMETERS") from None
        if unnamed and not by_place:
            raise _not_named(unnamed, session) from None
        raise
    if unnamed and by_name and not by_place:
        raise _not_named(unnamed, session)
    return statement


def _not_named(unnamed: list[Expression], session: Session) -> AnalysisError:
    shown = (f'"{pretty(resolve(e, Scope(()), context(session)))}"' for e in unnamed)
    return AnalysisError("ALL_PARAMETERS_MUST_BE_NAMED", exprs=", ".join(shown))
