"""ALTER TABLE, VIEW and SCHEMA."""

from __future__ import annotations

import json
from typing import Literal as OneOf

from glowplug.errors import ParseError
from glowplug.plan.commands import Command, PartitionSpec
from glowplug.plan.statements import (
    AddColumns,
    AddConstraint,
    AddPartitions,
    Alter,
    AlterColumns,
    Change,
    ColumnChange,
    DropColumns,
    DropConstraint,
    DropPartitions,
    NewColumn,
    Position,
    RenameColumn,
    RenamePartition,
    RenameTo,
    RepairTable,
    ReplaceColumns,
    SetBinding,
    SetClusterBy,
    SetCollation,
    SetLocation,
    SetProperties,
    SetQuery,
    SetSerDe,
    UnsetProperties,
)
from glowplug.sql import clauses, columns, create, delta, literals, properties, queries, types
from glowplug.sql.clauses import if_exists, if_not_exists, invalid
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.tokens import END
from glowplug.types import StructField


def alter(c: Cursor) -> Command:
    start = c.i
    c.expect("ALTER")
    if c.take_any(*clauses.SCHEMA):
        return Alter("schema", multipart(c), _schema(c))
    if c.kind == "INDEX":
        c.i = len(c.kinds) - 1
        raise invalid(c, start, "ALTER INDEX")
    word = c.take_any("TABLE", "VIEW")
    if word is None:
        c.fail()
    kind: OneOf["table", "view"] = "table" if word == "TABLE" else "view"
    parts = multipart(c)
    if kind == "table" and c.take("RECOVER", "PARTITIONS"):
        return RepairTable(parts, name="ALTER TABLE RECOVER PARTITIONS")
    return Alter(kind, parts, _view(c, start) if kind == "view" else _table(c, start))


def _schema(c: Cursor) -> Change:
    if c.take("DEFAULT", "COLLATION"):
        return SetCollation(types.default_collation(c))
    if c.take("SET", "LOCATION"):
        return SetLocation(literals.string(c))
    verb = c.take_any("SET", "UNSET")
    if verb is None or not c.take_any("DBPROPERTIES", "PROPERTIES"):
        c.fail()
    if verb == "SET":
        return SetProperties(properties.properties(c))
    return UnsetProperties(properties.keys(c))


def _view(c: Cursor, start: int) -> Change:
    common = _common(c)
    if common is not None:
        return common
    if c.take("WITH", "SCHEMA"):
        return SetBinding(create.binding(c))
    if c.take("SET"):
        c.fail()
    for word in ("ADD", "DROP"):
        if c.take(word):
            if_not_exists(c) or if_exists(c)
            clauses.partition(c)
            c.i = len(c.kinds) - 1
            raise invalid(c, start, f"ALTER VIEW ... {word} PARTITION")
    c.take("AS")
    start = c.i
    query = queries.query(c)
    return SetQuery(query, c.written(start, c.i))


def _common(c: Cursor) -> Change | None:
    """What tables and views share."""
    if c.take("RENAME", "TO"):
        return RenameTo(multipart(c))
    if c.take("SET", "TBLPROPERTIES"):
        return SetProperties(properties.properties(c))
    if c.take("UNSET", "TBLPROPERTIES"):
        exists = if_exists(c)
        return UnsetProperties(properties.keys(c), exists)
    return None


# What Hive's ALTER TABLE has and Spark refuses.
_REFUSED = (
    ("NOT", "CLUSTERED"), ("CLUSTERED", "BY"), ("NOT", "SORTED"), ("SKEWED", "BY"), ("NOT", "SKEWED"),
    ("NOT", "STORED", "AS", "DIRECTORIES"), ("SET", "SKEWED", "LOCATION"), ("EXCHANGE", "PARTITION"),
    ("ARCHIVE", "PARTITION"), ("UNARCHIVE", "PARTITION"), ("TOUCH",), ("COMPACT",), ("CONCATENATE",),
    ("SET", "FILEFORMAT"),
)  # fmt: skip


def _table(c: Cursor, start: int) -> Change:
    partition = clauses.partition(c) if c.kind == "PARTITION" else ()
    for words in _REFUSED:
        if c.take(*words):
            c.i = len(c.kinds) - 1
            raise invalid(c, start, "ALTER TABLE " + " ".join(words))
    if c.take("SET", "LOCATION"):
        return SetLocation(literals.string(c), partition)
    if c.take("SET", "SERDE"):
        literals.string(c)
        return SetSerDe(properties.properties(c) if c.take("WITH", "SERDEPROPERTIES") else (), True, partition)
    if c.take("SET", "SERDEPROPERTIES"):
        return SetSerDe(properties.properties(c), False, partition)
    for words in (("CHANGE",), ("REPLACE", "COLUMNS")):
        if partition and c.at(*words):
            what = "CHANGE COLUMN" if words[0] == "CHANGE" else "REPLACE COLUMNS"
            raise invalid(c, start, f"ALTER TABLE ... PARTITION ... {what}")
    if partition:
        if c.kind != "RENAME":
            c.fail()
        c.expect("RENAME", "TO")
        return RenamePartition(partition, clauses.partition(c))
    common = _common(c)
    if common is not None:
        return common
    if c.take("CLUSTER", "BY"):
        return SetClusterBy(() if c.take("NONE") else c.paren_list(multipart))
    if c.take("DEFAULT", "COLLATION"):
        return SetCollation(types.default_collation(c))
    if c.take("RENAME", "COLUMN"):
        column = multipart(c)
        c.expect("TO")
        return RenameColumn(column, c.name())
    if c.take("REPLACE", "COLUMNS"):
        return ReplaceColumns(c.paren_list(_new_column))
    verb = c.take_any("ADD", "DROP", "ALTER", "CHANGE")
    if verb == "ADD":
        return _add(c)
    if verb == "DROP":
        return _drop(c)
    if verb is None:
        c.take_any("SET", "UNSET", "RENAME", "REPLACE", "RECOVER")
        c.fail()
    c.take("COLUMN")
    hive = _hive_change(c, start) if verb == "CHANGE" else None
    return hive or AlterColumns(c.comma_list(_column_change))


def _add(c: Cursor) -> Change:
    if c.take_any("COLUMN", "COLUMNS"):
        return AddColumns(c.paren_list(_new_column) if c.kind == "(" else c.comma_list(_new_column))
    if columns.at_table_constraint(c):
        return AddConstraint(columns.table_constraint(c))
    exists = if_not_exists(c)
    partitions: list[tuple[PartitionSpec, str | None]] = []
    while c.kind == "PARTITION" or not partitions:
        spec = clauses.partition(c)
        partitions.append((spec, literals.string(c) if c.take("LOCATION") else None))
    return AddPartitions(tuple(partitions), exists)


def _drop(c: Cursor) -> Change:
    if c.take_any("COLUMN", "COLUMNS"):
        exists = if_exists(c)
        return DropColumns(c.paren_list(multipart) if c.kind == "(" else c.comma_list(multipart), exists)
    if c.take("CONSTRAINT"):
        exists = if_exists(c)
        name = c.name()
        c.take_any("RESTRICT", "CASCADE")
        return DropConstraint(name, exists)
    if c.kind == "FEATURE":
        return delta.drop_feature(c)
    exists = if_exists(c)
    specs = c.comma_list(clauses.partition)
    c.take("PURGE")
    return DropPartitions(specs, exists)


def _position(c: Cursor) -> Position | None:
    if c.take("FIRST"):
        return Position()
    return Position(c.name()) if c.take("AFTER") else None


def _new_column(c: Cursor) -> NewColumn:
    """`a.b type [NOT NULL] [DEFAULT e] [COMMENT '…'] [FIRST | AFTER c]`"""
    once = clauses.Once(c, c.i)
    name = multipart(c)
    type = types.data_type(c)
    nullable = True
    metadata: dict[str, str] = {}
    position: Position | None = None
    while True:
        if c.take("NOT", "NULL"):
            once("NOT NULL")
            nullable = False
        elif c.kind == "DEFAULT":
            once("DEFAULT")
            text = columns.default_text(c)
            metadata |= {"CURRENT_DEFAULT": text, "EXISTS_DEFAULT": text}
        elif c.take("COMMENT"):
            once("COMMENT")
            metadata["comment"] = literals.string(c)
        elif c.kind in ("FIRST", "AFTER"):
            once("FIRST|AFTER")
            position = _position(c)
        else:
            break
    text = json.dumps(metadata, ensure_ascii=False) if metadata else "{}"
    return NewColumn(name, StructField(name[-1], type, nullable, text), position)


def _column_change(c: Cursor) -> ColumnChange:
    """`a TYPE t | COMMENT '…' | FIRST | AFTER b | SET NOT NULL | DROP NOT NULL | SET DEFAULT e | DROP DEFAULT
    | SYNC IDENTITY`"""
    start = c.i
    name = multipart(c)
    if c.take("TYPE"):
        return ColumnChange(name, type=types.data_type(c))
    if c.take("COMMENT"):
        return ColumnChange(name, comment=literals.string(c))
    if c.kind in ("FIRST", "AFTER"):
        return ColumnChange(name, position=_position(c))
    if c.take("SET", "NOT", "NULL"):
        return ColumnChange(name, nullable=False)
    if c.take("DROP", "NOT", "NULL"):
        return ColumnChange(name, nullable=True)
    if c.take("DROP", "DEFAULT"):
        return ColumnChange(name, default="")
    if c.at("SET", "DEFAULT"):
        c.i += 1
        return ColumnChange(name, default=columns.default_text(c))
    if c.take("SYNC", "IDENTITY"):
        return ColumnChange(name, sync=True)
    if c.kind in (END, ";", ","):
        message = "ALTER TABLE table ALTER COLUMN requires a TYPE, a SET/DROP, a COMMENT, or a FIRST/AFTER"
        raise clauses.not_allowed(c, start, message)
    c.fail()


def _hive_change(c: Cursor, start: int) -> Change | None:
    """`CHANGE a a type [COMMENT '…'] [FIRST | AFTER b]`, Hive's form; None for the others."""
    begin = c.i
    name = multipart(c)
    if c.kind in ("TYPE", "COMMENT", "FIRST", "AFTER", "SET", "DROP"):
        c.i = begin
        return None
    field = types.column(c)
    position = _position(c)
    problem = "Renaming column" if field.name.lower() != name[-1].lower() else ""
    if problem:
        hint = ", please run RENAME COLUMN instead"
        raise ParseError(
            "_LEGACY_ERROR_TEMP_0034", c.origin(start), operation=problem, command="ALTER COLUMN", msg=hint
        )
    comment = json.loads(field.metadata).get("comment")
    return AlterColumns((ColumnChange(name, type=field.type, comment=comment, position=position),))
