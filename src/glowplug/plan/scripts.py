"""SQL scripts: `BEGIN … END`. A script's rows are those of the last query it ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from glowplug.plan.commands import Command
from glowplug.plan.node import Node
from glowplug.plan.relations import Relation


@dataclass(frozen=True, slots=True)
class Step(Node):
    """A statement, and its text. One whose names depend on variables is read when it runs: a `SQLStatement`."""

    statement: Relation | Command
    text: str


@dataclass(frozen=True, slots=True)
class Condition(Node):
    """`DECLARE name CONDITION FOR SQLSTATE '…'`"""

    name: str
    sqlstate: str


@dataclass(frozen=True, slots=True)
class Handler(Node):
    """`DECLARE EXIT | CONTINUE HANDLER FOR … body`.

    `conditions` are names of conditions in upper case, `sqlstates` five characters each; `any_error` is SQLEXCEPTION.
    """

    kind: OneOf["exit", "continue"]
    body: Block
    conditions: tuple[str, ...] = ()
    sqlstates: tuple[str, ...] = ()
    any_error: bool = False
    not_found: bool = False


@dataclass(frozen=True, slots=True)
class Block(Node):
    """`[label:] BEGIN … END`, and the bodies of other nodes. Variables live as long as their block (`scope`)."""

    body: tuple[Node, ...]
    label: str | None = None
    scope: bool = False


@dataclass(frozen=True, slots=True)
class Test(Node):
    """An expression that decides what runs next, as a query of one row and column, and its text."""

    query: Relation
    text: str


@dataclass(frozen=True, slots=True)
class If(Node):
    """The block of the first test that is true: `ELSEIF`s are further branches."""

    branches: tuple[tuple[Test, Block], ...]
    otherwise: Block | None = None


@dataclass(frozen=True, slots=True)
class Case(Node):
    """`operand` None: the branches' expressions are conditions; otherwise they are compared with it."""

    operand: Test | None
    branches: tuple[tuple[Test, Block], ...]
    otherwise: Block | None = None


@dataclass(frozen=True, slots=True)
class While(Node):
    condition: Test
    body: Block
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    """The body, until `condition` holds after it."""

    body: Block
    condition: Test
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """`LOOP … END LOOP`: until a LEAVE, or an error."""

    body: Block
    label: str | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """The body for each row of `query`, whose columns are variables, qualified by `variable` if given."""

    query: Relation
    body: Block
    variable: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Leave(Node):
    """Ends the block or loop of that label, from inside of it."""

    label: str


@dataclass(frozen=True, slots=True)
class Iterate(Node):
    """Goes on with the next turn of the loop of that label."""

    label: str


@dataclass(frozen=True, slots=True)
class Script(Command):
    """`BEGIN … END` as a statement. Its result is that of the last query it ran."""

    block: Block


def inside(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node of a script."""
    match node:
        case Block(body):
            return body
        case If(branches, otherwise) | Case(_, branches, otherwise):
            return (*(body for _, body in branches), *(() if otherwise is None else (otherwise,)))
        case Handler() | While() | Repeat() | Loop() | For():
            return (node.body,)
    return ()
