"""What a session or a row is: users, catalogs, versions, types; assertions; rows' numbers and files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.config import SPARK_VERSION
from glowplug.functions.coercion import cast_to, implicit_target
from glowplug.functions.vocabulary import ANY, BOOL, STR, Mismatch, sig, unexpected
from glowplug.plan.build import called
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import BOOLEAN, INT, LONG, NULL, STRING, BooleanType, DataType, NullType, simple_string, sql_name

_misc = partial(Function, group="misc_funcs")


# What the functions about the file that is read are over files: fields of the hidden column `_metadata`.
FILE_FIELDS = {
    "input_file_name": "file_path",
    "input_file_block_start": "file_block_start",
    "input_file_block_length": "file_block_length",
}


def _file(name: str, nothing: str, result: DataType, usage: str) -> Function:
    return _misc(
        (name,),
        sig(),
        result,
        nothing,
        nullable="never",
        deterministic=False,
        usage=usage + f"; {nothing} where no file is read.",
        example=f"SELECT {name}()",
    )


_RAISED = "raise_error(USER_RAISED_EXCEPTION, map(errorMessage, {0}))"


def _fact(name: str, *also: str, shown: str | None = None, bare: tuple[str, ...] = (), usage: str) -> Function:
    """What only the session knows; analysis puts its answer in the call's place."""
    return _misc(
        (name, *also),
        sig(),
        STRING,
        nullable="never",
        bare=bare,
        shown=f"{shown or name}()" if shown else lambda args, call: f"{call.name}()",
        usage=usage,
        example=f"SELECT {name}()",
    )


def _lower_assert(call: Call, low: Lowering) -> str:
    condition, message = (low.sql(a) for a in call.args)
    return f"(CASE WHEN {condition} THEN NULL ELSE {_raised(message, call, low)} END)"


def _raised(message: str, call: Call, low: Lowering) -> str:
    place = replace(call, origin=None)  # Spark tells none
    return low.error(place, "USER_RAISED_EXCEPTION", errorMessage=f"coalesce({message}, 'null')")


def _assert_message(args: tuple[Expression, ...]) -> Expression | None:
    if len(args) > 1:
        return None
    return called("assert_true", args[0], Literal(f"'{pretty(args[0])}' is not true!", STRING))


def _shown_assert(args: tuple[str, ...], call: Call) -> str:
    return f"assert_true({args[0]}, {args[1] if len(args) > 1 else chr(39) + args[0] + chr(39) + ' is not true!'})"


def _not_text(message: Expression, ansi: bool) -> Mismatch | None:
    """The error of a message that is no text: Spark tells of the map that it is put into."""
    if implicit_target(message.type, STR, ansi) is not None:
        return None
    return Mismatch(
        "UNEXPECTED_INPUT_TYPE",
        sqlExpr=f'"{_RAISED.format(pretty(message))}"',
        paramIndex="second",
        requiredType='"MAP<STRING, STRING>"',
        inputSql=f'"map(errorMessage, {pretty(message)})"',
        inputType=f'"MAP<STRING, {sql_name(message.type)}>"',
    )


def _raise_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    if (error := _not_text(args[0], ansi)) is not None:
        raise error
    return (cast_to(args[0], STRING),)


def _assert_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    condition, message = args
    if (error := _not_text(message, ansi)) is not None:
        raise error
    if not isinstance(condition.type, (BooleanType, NullType)):
        error = unexpected(args, 0, '"BOOLEAN"')
        error.parameters["sqlExpr"] = f'"(IF({pretty(condition)}, NULL, {_RAISED.format(pretty(message))}))"'
        raise error
    return cast_to(condition, BOOLEAN), cast_to(message, STRING)


def _lower_raise(call: Call, low: Lowering) -> str:
    message = low.sql(call.args[0])
    return f"(CASE WHEN {message} IS NULL OR true THEN {_raised(message, call, low)} END)"


def _lower_row_id(call: Call, low: Lowering) -> str:
    return low.sql(call.args[0]) if call.args else low.row_number  # the optimizer gives the place where it is known


def _lower_partition(call: Call, low: Lowering) -> str:
    return f"CAST({f'{low.sql(call.args[0])} >> 33' if call.args else 0} AS INTEGER)"


FUNCTIONS = (
    _misc(
        ("typeof",),
        sig(ANY),
        STRING,
        lambda call, low: low.literal(simple_string(call.args[0].type)),
        nullable="never",
        usage="Returns the name of the value's type.",
        example="SELECT typeof(array(1))",
    ),
    _misc(
        ("version",),
        sig(),
        STRING,
        lambda call, low: low.literal(f"{SPARK_VERSION} glowplug"),
        nullable="never",
        usage="Returns the version of Spark that is spoken, and by whom.",
        example="SELECT version()",
    ),
    _fact(
        *("current_user", "user", "session_user"),
        bare=("current_user", "user", "session_user"),
        usage="Returns the name of the user who runs the program.",
    ),
    _fact("current_catalog", usage="Returns the session's current catalog."),
    _fact("current_database", "current_schema", shown="current_schema", usage="Returns the session's current schema."),
    _fact("current_path", bare=("current_path",), usage="Returns where names of functions are looked up."),
    _misc(
        ("assert_true",),
        sig(BOOL, STR, optional=1),
        NULL,
        _lower_assert,
        nullable="always",
        rewrite=_assert_message,
        coerce=_assert_operands,
        shown=_shown_assert,
        deterministic=False,
        usage="Fails unless the condition is true.",
        example="SELECT assert_true(0 < 1)",
    ),
    _misc(
        ("raise_error",),
        sig(STR),
        NULL,
        _lower_raise,
        nullable="always",
        deterministic=False,
        coerce=_raise_operands,
        shown=_RAISED,
        usage="Fails with a message.",
        example="SELECT raise_error('custom error message')",
    ),
    _misc(
        ("monotonically_increasing_id",),
        sig(),
        LONG,
        _lower_row_id,
        nullable="never",
        deterministic=False,
        place=0,
        usage="Returns a number that grows from row to row.",
        example="SELECT monotonically_increasing_id()",
    ),
    _misc(
        ("distributed_id",),
        sig(),
        LONG,
        _lower_row_id,
        nullable="never",
        deterministic=False,
        place=0,
        usage="Returns a number that grows from row to row. (What the pandas API calls.)",
        internal=True,
    ),
    _misc(
        ("distributed_sequence_id",),
        sig(ANY, optional=1, variadic=True),
        LONG,
        lambda call, low: low.row_number,
        nullable="never",
        deterministic=False,
        usage="Returns the row's number, from 0. (What zipWithIndex and the pandas API call.)",
        example="SELECT distributed_sequence_id()",
        internal=True,
    ),
    _misc(
        ("spark_partition_id",),
        sig(),
        INT,
        _lower_partition,
        nullable="never",
        deterministic=False,
        place=0,
        shown="SPARK_PARTITION_ID()",
        usage="Returns the number of the row's partition.",
        example="SELECT spark_partition_id()",
    ),
    _file("input_file_name", "''", STRING, "Returns the URI of the file that the row comes from"),
    _file("input_file_block_start", "CAST(-1 AS BIGINT)", LONG, "Returns where in its file the row's block begins"),
    _file("input_file_block_length", "CAST(-1 AS BIGINT)", LONG, "Returns the length of the row's block of its file"),
)
