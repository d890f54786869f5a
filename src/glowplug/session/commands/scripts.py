"""`BEGIN … END`: a script runs statement by statement, each once; its rows are those of the last query it ran.

One function for each kind of node. LEAVE and ITERATE unwind to the node of their label. An error is handled where it
happened: the nearest block with a handler for it runs that, then the block ends (EXIT) or the statement after the
failed one is next (CONTINUE). A handler's own errors are for the blocks around its block, whose EXIT handler then ends
that handler only, as in Spark. Cancelling ends the script before its next statement, or in the middle of one; no
handler sees that.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from glowplug.errors import AnalysisError, ScriptError, SparkError
from glowplug.execute.local import literal_rows, literals
from glowplug.execute.operation import Operation
from glowplug.plan.commands import SQLStatement
from glowplug.plan.expressions import Literal, Subquery, UnresolvedFunction
from glowplug.plan.node import Node
from glowplug.plan.relations import OneRow, Relation, Select
from glowplug.plan.scripts import (
    Block,
    Case,
    Condition,
    For,
    Handler,
    If,
    Iterate,
    Leave,
    Loop,
    Repeat,
    Script,
    Step,
    Test,
    While,
    inside,
)
from glowplug.plan.statements import ExecuteImmediate
from glowplug.session import statements
from glowplug.session.commands import cursors
from glowplug.session.commands.cursors import Cursors
from glowplug.session.commands.execute_immediate import bound, run_bound
from glowplug.session.session import Session
from glowplug.session.variables import Frame, Variable, key, quoted, within
from glowplug.session.world import analyze, read
from glowplug.types import BooleanType

CONTINUE = "spark.sql.scripting.continueHandlerEnabled"


@dataclass(frozen=True, slots=True, eq=False)
class _Active:
    """A block that is running: its variables, its cursors, and the handlers it has declared."""

    frame: Frame
    cursors: Cursors
    handlers: tuple[Handler, ...] = ()


@dataclass(slots=True)
class _Run:
    """`blocks` are those around the statement that runs, the innermost first."""

    session: Session
    operation: Operation
    blocks: tuple[_Active, ...] = ()
    rows: Relation | None = None


@dataclass(eq=False)
class _Jump(Exception):
    """LEAVE or ITERATE, on its way to the node of that label."""

    label: str
    again: bool


@dataclass(eq=False)
class _End(Exception):
    """An EXIT handler ran: the block ends."""

    block: _Active


@dataclass(eq=False)
class _Unhandled(Exception):
    """No handler is for this error: the script ends."""

    error: SparkError


def run_script(command: Script, session: Session, operation: Operation) -> Relation | None:
    """The rows of the last query, None if there was none."""
    statements.check_scripts_enabled(session)
    if not session.conf.bool(CONTINUE) and any(h.kind == "continue" for h in _handlers(command.block)):
        raise ScriptError("UNSUPPORTED_FEATURE.CONTINUE_EXCEPTION_HANDLER")
    run = _Run(session, operation)
    try:
        _block(command.block, run)
    except _Unhandled as end:
        raise end.error from None
    return run.rows


def _handlers(node: Node) -> Iterator[Handler]:
    """All handlers of a script."""
    if isinstance(node, Handler):
        yield node
    for child in inside(node):
        yield from _handlers(child)


def _node(node: Node, run: _Run) -> None:
    """Run a node; an error of its own, not of what is inside it, is handled here."""
    try:
        run.operation.check()
        _KINDS[node.__class__](node, run)
    except SparkError as error:
        _handle(error, run)


@contextmanager
def _within(blocks: tuple[_Active, ...], run: _Run) -> Iterator[None]:
    """Have these blocks, and no others, around what runs."""
    before, run.blocks = run.blocks, blocks
    try:
        with within(tuple(b.frame for b in blocks)), cursors.within(tuple(b.cursors for b in blocks)):
            yield
    finally:
        run.blocks = before


# --- errors -------------------------------------------------------------------------------------------


def _handle(error: SparkError, run: _Run) -> None:
    if run.operation.cancelled:
        raise _Unhandled(error) from None
    for depth, block in enumerate(run.blocks):
        handler = _handler_for(error, block.handlers)
        if handler is not None:
            around = (_Active(block.frame, block.cursors), *run.blocks[depth + 1 :])
            with _within(around, run), suppress(_End):  # an EXIT handler further out, for an error of this one, ends it
                _block(handler.body, run)
            if handler.kind == "exit":
                raise _End(block) from None
            return
    if not _completion(error):
        raise _Unhandled(error) from None


def _completion(error: SparkError) -> bool:
    """Whether it only says that there is nothing more. A script goes on where nobody handles that."""
    return error.sqlstate.startswith("02")


def _handler_for(error: SparkError, handlers: tuple[Handler, ...]) -> Handler | None:
    """A condition's full name goes before its first part, that before the SQLSTATE, and that before SQLEXCEPTION."""
    condition, state = error.condition.upper(), error.sqlstate
    tests: tuple[Callable[[Handler], bool], ...] = (
        lambda h: condition in h.conditions,
        lambda h: condition.split(".")[0] in h.conditions,
        lambda h: state in h.sqlstates,
        lambda h: h.not_found if _completion(error) else h.any_error,
    )
    return next((h for test in tests for h in handlers if test(h)), None)


# --- blocks and statements ------------------------------------------------------------------------------


def _block(block: Block, run: _Run) -> None:
    """A block with variables of its own, or the body of another node."""
    if not block.scope:
        _labelled(block.label, _body, block, run)
        return
    handlers = tuple(n for n in block.body if isinstance(n, Handler))
    active = _Active(Frame(block.label or str(uuid.uuid4())), Cursors(block.label), handlers)
    with _within((active, *run.blocks), run):
        try:
            _labelled(block.label, _body, block, run)
        except _End as end:
            if end.block is not active:
                raise
        finally:
            active.cursors.close()


def _body(block: Block, run: _Run) -> None:
    for node in block.body:
        _node(node, run)


def _labelled(label: str | None, body: Callable[[Block, _Run], None], block: Block, run: _Run) -> bool:
    """Run a body, to its end or to a jump to this label; False: LEAVE, there is no next time."""
    try:
        body(block, run)
    except _Jump as jump:
        if label is None or jump.label.lower() != label.lower():
            raise
        return jump.again
    return True


def _step(step: Step, run: _Run) -> None:
    statement = step.statement
    if isinstance(statement, SQLStatement):
        statement = read(run.session, statement.text)
    if isinstance(statement, ExecuteImmediate):
        statement, targets = bound(statement, run.session)
        result = run_bound(statement, targets, run.session, run.operation)
    else:
        result = statements.run(statement, run.session, run.operation)
    if result is not None and isinstance(statement, Relation):
        run.rows = result


def _nothing(node: Node, run: _Run) -> None:
    """Handlers and conditions are looked at when their block begins."""


def _leave(node: Leave, run: _Run) -> None:
    raise _Jump(node.label, again=False)


def _iterate(node: Iterate, run: _Run) -> None:
    raise _Jump(node.label, again=True)


# --- choices and loops ----------------------------------------------------------------------------------


def _if(node: If, run: _Run) -> None:
    for test, body in node.branches:
        if _holds(test, run):
            _block(body, run)
            return
    if node.otherwise is not None:
        _block(node.otherwise, run)


def _case(node: Case, run: _Run) -> None:
    """The operand is computed once, each branch's value only until one is it."""
    operand = None if node.operand is None else _value(node.operand, run)
    for test, body in node.branches:
        if _holds(test if operand is None else _compared(operand, test), run):
            _block(body, run)
            return
    if node.otherwise is not None:
        _block(node.otherwise, run)


def _compared(operand: Literal, test: Test) -> Test:
    query = test.query
    value = query.expressions[0] if isinstance(query, Select) else Subquery("scalar", query)
    return Test(Select(OneRow(), (UnresolvedFunction(("=",), (operand, value)),)), test.text)


def _while(node: While, run: _Run) -> None:
    while _holds(node.condition, run) and _again(node, run):
        pass


def _repeat(node: Repeat, run: _Run) -> None:
    while _again(node, run) and not _holds(node.condition, run):
        pass


def _loop(node: Loop, run: _Run) -> None:
    while _again(node, run):
        pass


def _again(node: While | Repeat | Loop, run: _Run) -> bool:
    run.operation.check()
    return _labelled(node.label, _block, node.body, run)


def _for(node: For, run: _Run) -> None:
    """Rows are read as the body takes them."""
    name = node.variable or str(uuid.uuid4())
    plan = statements.analyzed(node.query, run.session, run.operation)
    with closing(literal_rows(plan, run.session)) as rows:
        for row in rows:
            run.operation.check()
            frame = _row_frame(name, plan, row, run)
            with _within((_Active(frame, Cursors(None)), *run.blocks), run):
                if not _labelled(node.label, _block, node.body, run):
                    return


def _row_frame(name: str, plan: Relation, row: tuple[Any, ...], run: _Run) -> Frame:
    frame = Frame(name)
    for column, value in zip(plan.output, row, strict=True):
        known = key(column.name, run.session.conf)
        if known in frame.variables:
            raise AnalysisError("VARIABLE_ALREADY_EXISTS", variableName=quoted((name, column.name)))
        frame.variables[known] = Variable(("local", name, column.name), column.type, None, "null", value, column.type)
    return frame


# --- values -----------------------------------------------------------------------------------------------


def _holds(test: Test, run: _Run) -> bool:
    """Whether a condition is true; NULL is not. INVALID_BOOLEAN_STATEMENT."""
    plan = analyze(test.query, run.session)
    if len(plan.output) != 1 or not isinstance(plan.output[0].type, BooleanType):
        raise ScriptError("INVALID_BOOLEAN_STATEMENT", invalidStatement=test.text.upper())
    return literals(plan, run.session) == [(True,)]


def _value(test: Test, run: _Run) -> Literal:
    plan = analyze(test.query, run.session)
    return Literal(literals(plan, run.session)[0][0], plan.output[0].type)


_KINDS: dict[type[Node], Callable[[Any, _Run], None]] = {
    Step: _step,
    Block: _block,
    If: _if,
    Case: _case,
    While: _while,
    Repeat: _repeat,
    Loop: _loop,
    For: _for,
    Leave: _leave,
    Iterate: _iterate,
    Condition: _nothing,
    Handler: _nothing,
}
