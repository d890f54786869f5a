"""CREATE, DROP and TRUNCATE of tables; CREATE TABLE AS SELECT."""

from __future__ import annotations

from glowplug.analyze.commands import partition_specs, targets
from glowplug.analyze.commands.nouns import MakeTable, Nothing, RowChange
from glowplug.catalog.table import Partition, Table, is_delta
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.execute.writing import write_plan
from glowplug.io.filesystem import FileSystem, local_path, locate
from glowplug.plan import commands as c
from glowplug.plan import statements as s
from glowplug.plan.relations import Relation
from glowplug.session.commands.insert import partitions_of
from glowplug.session.commands.kept import forget, recached
from glowplug.session.commands.views import forget_view
from glowplug.session.names import catalogs
from glowplug.session.session import Session
from glowplug.session.world import context
from glowplug.types import quote

_ALLOWED = "spark.sql.legacy.allowNonEmptyLocationInCTAS"


def make_table(command: MakeTable, session: Session, operation: Operation) -> None:
    table = command.table
    if is_delta(table):
        from glowplug.session.delta.tables import make_table as made

        return made(command, session, operation)
    catalog = catalogs(session).catalog(table.identifier.catalog)
    try:
        if command.query is None:
            if table.kind == "managed":
                check_unused(table, session, command.replace)
            catalog.create_table(table, command.replace)
            return
        if not command.replace:
            check_empty(table, session)
        staged = catalog.stage(table)
        try:
            with recached(session, table):
                files = write_plan(
                    command.query,
                    session,
                    operation,
                    format=table.provider or "parquet",
                    path=staged,
                    mode="overwrite",
                    options=table.options,
                    partition_by=table.partition_by,
                    bucketing=table.bucketing,
                )
                catalog.publish(table, staged, partitions_of(table, files), command.replace)
        except BaseException:
            catalog.abandon(staged)
            raise
    except AnalysisError as error:
        if not (command.if_not_exists and error.condition == "TABLE_OR_VIEW_ALREADY_EXISTS"):
            raise


def _entries(location: str, session: Session) -> list[str]:
    fs, path = locate(location, session.conf)
    try:
        return [e.name for e in fs.list(path)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def check_unused(table: Table, session: Session, replace: bool = False) -> None:
    if table.location is not None and _entries(table.location, session):
        catalog = catalogs(session).catalog(table.identifier.catalog)
        if not replace and catalog.table(table.identifier, settled=True) is not None:  # since the analysis, by others
            raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=table.identifier.quoted)
        raise AnalysisError(
            "LOCATION_ALREADY_EXISTS", location=f"'{table.location}'", identifier=table.identifier.quoted
        )


def check_empty(table: Table, session: Session) -> None:
    """A new table's rows must not mix with what is there."""
    if table.kind == "managed":
        check_unused(table, session)
    elif table.location is not None and not session.conf.bool(_ALLOWED) and _entries(table.location, session):
        path = table.location if "://" in table.location else f"file://{local_path(table.location)}"
        raise AnalysisError("_LEGACY_ERROR_TEMP_1241", tablePath=path, config=_ALLOWED)


def do_nothing(command: Nothing, session: Session, operation: Operation) -> None:
    pass


def change_rows(command: RowChange, session: Session, operation: Operation) -> Relation | None:
    """Tables of files cannot do it, those with a log can. Spark refuses DELETE when it analyses, the others when it
    plans."""
    if is_delta(command.table):
        from glowplug.session.delta.statements import change_rows as changed

        return changed(command, session, operation)
    if command.operation == "DELETE":
        raise targets.refused(command.table, command.operation)
    raise targets.refused_at_run(command.table, command.operation)


def drop_table(command: c.DropTable, session: Session, operation: Operation) -> None:
    """A temporary view of the name goes first; a view is dropped like a table. PURGE has no trash to skip."""
    _drop(command.parts, command.if_exists, session, view=False)


def drop_view(command: c.DropView, session: Session, operation: Operation) -> None:
    _drop(command.parts, command.if_exists, session, view=True)


def _drop(parts: tuple[str, ...], if_exists: bool, session: Session, view: bool) -> None:
    if forget_view(session, parts):
        return
    known = catalogs(session)
    identifier = known.identifier(parts)
    catalog = known.catalog(identifier.catalog)
    table = catalog.table(identifier)
    if table is None:
        if if_exists:
            return
        where = ".".join(map(quote, identifier.parts[:-1]))
        raise AnalysisError("TABLE_OR_VIEW_NOT_FOUND", relationName=identifier.quoted, searchPath=f"[{where}]")
    if view and table.kind != "view":
        raise AnalysisError(
            "WRONG_COMMAND_FOR_OBJECT_TYPE",
            operation="DROP VIEW",
            requiredType="VIEW or METRIC_VIEW",
            objectName=identifier.unquoted,
            foundType=table.kind.upper(),
            alternative="DROP TABLE",
        )
    forget(session, table)
    catalog.drop_table(identifier)


def truncate(command: s.Truncate, session: Session, operation: Operation) -> None:
    """The files go, the table and its partitions stay."""
    cx = context(session)
    table = targets.table(command.parts, cx, "TRUNCATE TABLE")
    if is_delta(table):
        from glowplug.session.delta.statements import truncate as truncated

        return truncated(table, command, session, operation)
    if table.kind == "external":
        raise AnalysisError("CANNOT_TRUNCATE_EXTERNAL_TABLE", tableName=table.identifier.quoted)
    places = [table.location or ""]
    if command.partition:
        if not table.partition_by:
            raise AnalysisError("_LEGACY_ERROR_TEMP_1267", tableIdentWithDB=table.identifier.quoted)
        given = dict(partition_specs.values(command.partition, table, cx))
        places = [p.location for p in matching(table, given, session)]
    elif table.partition_by:
        places = [p.location for p in matching(table, {}, session)]
    with recached(session, table):
        for place in places:
            fs, path = locate(place, session.conf)
            _empty(fs, path)


def _empty(fs: FileSystem, path: str) -> None:
    try:
        entries = fs.list(path)
    except FileNotFoundError:
        return
    for e in entries:
        if e.is_dir:
            _empty(fs, e.path)
            fs.remove_empty(e.path)
        else:
            fs.remove(e.path)


def matching(table: Table, given: dict[str, str | None], session: Session) -> list[Partition]:
    """The table's partitions with the given values."""
    catalog = catalogs(session).catalog(table.identifier.catalog)
    places = {name: table.partition_by.index(name) for name in given}
    return [
        p
        for p in catalog.partitions(table.identifier)
        if all(p.values[places[name]] == value for name, value in given.items())
    ]


def load_data(command: s.LoadData, session: Session, operation: Operation) -> None:
    """Only tables of Hive take files as they are."""
    table = targets.table(command.parts, context(session), "LOAD DATA")
    raise AnalysisError("_LEGACY_ERROR_TEMP_1261", tableIdentWithDB=table.identifier.quoted)
