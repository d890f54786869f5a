"""`spark.read.format("statestore")`: the rows of an operator's state after a batch, or the changes of some batches.

They are read from the checkpoint's files while the statement runs, whether or not the query does. All state is in one
partition here, number 0. Keys and values are those that Spark has, but for aggregates without partial results, whose
value is a row for each row of the group. A batch has one change of a key. Keys of a join that are computed are NULL.
https://spark.apache.org/docs/latest/streaming/structured-streaming-state-data-source.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glowplug.errors import RuntimeFailure, SparkError, UnsupportedOperation, unsupported
from glowplug.io.place import Place
from glowplug.io.source import Pairs, Reading, Source
from glowplug.io.state.layout import (
    COUNTS,
    DEFAULT,
    DELTA,
    ROWS,
    SNAPSHOT,
    OperatorLayout,
    Part,
    Piece,
    StoreLayout,
    path_of,
    read,
    stores_of,
    versions,
)
from glowplug.io.state.options import StateOptions, read_options
from glowplug.io.state.values import unpacked
from glowplug.io.streams.log import is_whole, object_of, text_of
from glowplug.source_options import Settings
from glowplug.sqltext import ident, literal
from glowplug.types import BINARY, BOOLEAN, INT, LONG, STRING, ArrayType, DataType, MapType, StructField, StructType
from glowplug.types_json import from_json

GROUP, TIMERS = "$group", "$timers"  # execute/python/task.py: what of a group's state is no variable of the user's
PARTITION = "partition_id"
Column = tuple[str, DataType, str]  # name, type, kernel SQL


@dataclass(frozen=True, slots=True)
class StateSource(Source):
    """`format("statestore")`: the keys and values that an operator kept after a batch, or what each batch changed."""

    options: StateOptions
    layout: OperatorLayout
    variables: str  # JSON, of functions with state

    @property
    def name(self) -> str:
        return "statestore"

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        o = self.options
        found, rows = _content(self, _Files(self, reading), reading)
        if o.changes is not None:
            change = "append" if _variable(self)[0] == "list" else "update"
            kind = f"CASE WHEN deleted THEN 'delete' ELSE '{change}' END"
            found = [("batch_id", LONG, "batch_id"), ("change_type", STRING, kind), *found]
        by_name = {name: sql for name, _, sql in (*found, (PARTITION, INT, "0"))}
        types = {f.name: f.type for f in self.schema.fields}
        items = [f"CAST({by_name[c]} AS {reading.type(types[c])}) AS {ident(c)}" for c in columns]
        return f"SELECT {', '.join(items) or '1 AS _'} FROM {rows}"

    def describe(self) -> str:
        return f"statestore {self.options.shown}"


def resolve(paths: Sequence[str], schema: StructType | None, pairs: Pairs, settings: Settings) -> StateSource:
    """What `spark.read.format("statestore").options(…).load(checkpoint)` reads. Raises STDS_…"""
    if schema is not None:
        raise UnsupportedOperation("_LEGACY_ERROR_TEMP_2242", provider="StateDataSource")
    o = read_options(pairs, tuple(paths), settings)
    root = o.root / "state" / str(o.operator)
    layout = read(root)
    if layout is None:  # no such operator, or one of Spark's, whose state is in files of another kind
        raise _failed("STDS_FAILED_TO_READ_STATE_SCHEMA", o)
    file = root / "variables.json"
    variables = text_of(file) if layout.kind in ("variables", "group") else "{}"
    if variables != "{}":
        object_of(variables, file)
    _check(o, layout, json.loads(variables))
    draft = StateSource(StructType(()), o, layout, variables)
    fields = [StructField(name, type) for name, type in _schema(draft)]
    return StateSource(StructType(tuple(fields)), o, layout, variables)


def _check(o: StateOptions, layout: OperatorLayout, variables: dict[str, Any]) -> None:
    """What of the options does not fit the operator."""
    if o.snapshot is not None and o.snapshot.partition != 0:
        raise RuntimeFailure(
            "CANNOT_LOAD_STATE_STORE.SNAPSHOT_PARTITION_ID_NOT_FOUND", checkpointLocation=o.root / "state",
            operatorId=o.operator, snapshotPartitionId=o.snapshot.partition,
        )  # fmt: skip
    if layout.kind == "variables":
        _check_variable(o, layout, variables)
    elif o.timers:
        raise _invalid("readRegisteredTimers", f"the operator {layout.name} has no timers")
    elif o.variable is not None or (o.side == "none" and o.store not in (DEFAULT, *stores_of(layout))):
        raise _invalid("stateVarName", f"the operator {layout.name} has no variables")
    if layout.kind == "join" and o.side == "none" and any("NULL" in s.key.places for s in layout.stores):
        raise unsupported("reading stores of a join by keys that are computed; joinSide reads the rows")
    if (layout.kind != "join" and o.side != "none") or (o.side == "none" and o.store not in stores_of(layout)):
        raise _failed("STDS_FAILED_TO_READ_STATE_SCHEMA", o)


def _check_variable(o: StateOptions, layout: OperatorLayout, variables: dict[str, Any]) -> None:
    if o.timers:
        if json.loads(layout.properties or "{}").get("timeMode") == "NoTime":
            raise _invalid("readRegisteredTimers", "Registered timers are not available in TimeMode=None.")
    elif o.variable is None:
        raise RuntimeFailure("STDS_REQUIRED_OPTION_UNSPECIFIED", optionName="stateVarName")
    elif o.variable not in variables:
        raise _invalid(
            "stateVarName", f"State variable {o.variable} is not defined for the transformWithState operator."
        )


def _invalid(name: str, message: str) -> SparkError:
    return RuntimeFailure("STDS_INVALID_OPTION_VALUE.WITH_MESSAGE", optionName=name, message=message)


def _failed(condition: str, o: StateOptions) -> SparkError:
    return RuntimeFailure(condition, sourceOptions=o.shown, checkpointLocation=o.root, batchId=o.batch)


# --- what there is to read ------------------------------------------------------------------------------------


def _variable(source: StateSource) -> tuple[str, dict[str, Any]]:
    """The kind of the variable that is read, and what is known of it; of none where there are no variables."""
    if source.layout.kind != "variables" or source.options.variable is None:
        return "", {}
    found = json.loads(source.variables)[source.options.variable]
    return found["kind"], found


def _schema(source: StateSource) -> list[tuple[str, DataType]]:
    found: list[tuple[str, DataType]] = []
    if source.options.changes is not None:
        found += [("batch_id", LONG), ("change_type", STRING)]
    return [*found, *((name, type) for name, type, _ in _columns(source, _no_values)), (PARTITION, INT)]


def _no_values(data: str, versions: list[Any]) -> str:
    return data


def _columns(source: StateSource, value: Any) -> list[Column]:
    """The columns between those of changes and the partition; `value(column, versions)` unpacks one."""
    o, layout = source.options, source.layout
    store = _store(source)
    key: Column = ("key", store.key.type, _struct(store.key))
    n = store.keys - 2  # of functions with state: before variable, item, value and expiry
    match layout.kind:
        case "rows":
            return [key, ("value", store.value.type, _struct(store.value))]
        case "join":
            return _of_join(source, store)
        case "group":
            versions_of = json.loads(source.variables)[GROUP]["versions"]
            fields = [value(f"k{n + 2}", versions_of), *([f"k{n + 3}"] if len(store.value.type.fields) > 1 else [])]
            return [key, ("value", store.value.type, f"row({', '.join(fields)})")]
    if o.timers:
        return [key, ("expiration_timestamp_ms", LONG, f"k{n + 3}")]
    kind, known = _variable(source)
    type, sql = _type(known["versions"][-1]), value(f"k{n + 2}", known["versions"])
    if known["ttl"] is not None:
        type = StructType((StructField("value", type), StructField("ttlExpirationMs", LONG)))
        sql = f"row({sql}, k{n + 3})"
    if kind == "value":
        return [key, ("value", type, sql)]
    flat = o.flat or o.changes is not None
    if kind == "list":
        if flat:
            return [key, ("list_element", type, sql)]
        return [key, ("list_value", ArrayType(type, True), f"list({sql} ORDER BY k{n + 1})")]
    own, item = _type(known["key"]), value(f"k{n + 1}", [known["key"]])
    if flat:
        return [key, ("user_map_key", own, item), ("user_map_value", type, sql)]
    return [key, ("map_value", MapType(own, type, True), f"map_from_entries(list(row({item}, {sql})))")]


def _of_join(source: StateSource, store: StoreLayout) -> list[Column]:
    key, value = _struct(store.key), _struct(store.value)
    keys = store.key.type.fields
    what = source.options.store.partition("-")[2] if source.options.side == "none" else ""
    if what == COUNTS:
        return [("key", store.key.type, key), ("value", StructType((StructField("value", LONG),)), "row(count(*))")]
    if what == ROWS:
        indexed = StructType((*keys, StructField("index", LONG)))
        parts = [*map(_sql, store.key.places), f"row_number() OVER (PARTITION BY {key} ORDER BY k0) - 1"]
        whole = StructType((*store.value.type.fields, StructField("matched", BOOLEAN)))
        values = ", ".join([*map(_sql, store.value.places), "k1"])
        return [("key", indexed, f"row({', '.join(parts)})"), ("value", whole, f"row({values})")]
    return [("key", store.key.type, key), ("value", store.value.type, value)]


def _store(source: StateSource) -> StoreLayout:
    if source.layout.kind != "join":
        return source.layout.stores[0]
    side = source.options.side if source.options.side != "none" else source.options.store.partition("-")[0]
    return source.layout.stores[0 if side == "left" else 1]


def _content(source: StateSource, files: _Files, reading: Reading) -> tuple[list[Column], str]:
    """The columns, and the rows they are of."""
    o, store = source.options, _store(source)

    def value(data: str, schemas: list[Any]) -> str:
        own = [_type(s) for s in schemas]
        zone = reading.time_zone
        body = reading.python(f"state_value_{data}", lambda a: unpacked(a, own, zone), (BINARY,), own[-1])
        return f"{body}({data})"

    columns = _columns(source, value)
    rows = files.changes() if o.changes is not None else files.present()
    if source.layout.kind in ("group", "variables"):
        wanted = GROUP if source.layout.kind == "group" else TIMERS if o.timers else o.variable or ""
        rows = f"(SELECT * FROM {rows} WHERE k{store.keys - 2} = {literal(wanted)})"
    if o.changes is not None:
        nulled = [c if c[0] in ("key", "user_map_key") or o.timers else _unless_deleted(c, reading) for c in columns]
        return nulled, rows
    grouped = any(name in ("list_value", "map_value") or sql == "row(count(*))" for name, _, sql in columns)
    if grouped:
        (_, type, key), (name, answer, sql) = columns
        rows = f"(SELECT {key} AS key, {sql} AS answer FROM {rows} GROUP BY ALL)"
        columns = [("key", type, "key"), (name, answer, "answer")]
    return columns, rows


def _unless_deleted(column: Column, reading: Reading) -> Column:
    name, type, sql = column
    return name, type, f"CASE WHEN deleted THEN NULL ELSE CAST({sql} AS {reading.type(type)}) END"


def _struct(part: Part) -> str:
    return f"row({', '.join(map(_sql, part.places)) or 'NULL'})"


def _sql(place: Piece) -> str:
    match place:
        case int():
            return f"k{place}"
        case ("micros", int(column)):
            return f"epoch_us(k{column})"
        case ("thousandfold", int(column)):
            return f"(k{column} * 1000)"
        case ("is null", int(column)):
            return f"(k{column} IS NULL)"
        case tuple(places):
            return f"row({', '.join(_sql(p) for p in places)})"
    return str(place)


def _type(found: Any) -> StructType:
    type = from_json(json.dumps(found))
    assert isinstance(type, StructType)
    return type


# --- files ----------------------------------------------------------------------------------------------------


class _Files:
    """The files of a store as kernel queries over columns k0, k1, …"""

    def __init__(self, source: StateSource, reading: Reading) -> None:
        self.options, self.store, self.reading = source.options, _store(source), reading
        self.directory = source.options.root / "state" / str(source.options.operator) / "0" / self.store.directory

    def present(self) -> str:
        """The rows after the batch."""
        files = self._files(self.options.batch + 1)
        if not files:
            return f"({self._no_rows()})"
        rows = " UNION ALL BY NAME ".join(self._file(path, version) for version, path in files)
        keys = [f"k{i}" for i in range(self.store.keys)]
        if self.store.unique:
            by = f"PARTITION BY {', '.join(keys)}" if keys else ""
            last = f"row_number() OVER ({by} ORDER BY version DESC, deleted DESC) = 1"
            return f"(SELECT * FROM (SELECT * FROM ({rows}) QUALIFY {last}) WHERE NOT deleted)"
        same = " AND ".join(f"g.{k} IS NOT DISTINCT FROM r.{k}" for k in keys) or "true"
        gone = f"SELECT 1 FROM files g WHERE g.deleted AND g.version >= r.version AND {same}"
        return f"(WITH files AS ({rows}) SELECT * FROM files r WHERE NOT deleted AND NOT EXISTS ({gone}))"

    def changes(self) -> str:
        """What the batches put and removed."""
        assert self.options.changes is not None
        first, last = self.options.changes
        files = [(version, self._path(version, DELTA)) for version in range(first + 1, last + 2)]
        rows = " UNION ALL BY NAME ".join(self._file(path, version) for version, path in files)
        return f"(SELECT *, version - 1 AS batch_id FROM ({rows}))"

    def _files(self, version: int) -> list[tuple[int, Place]]:
        """The newest snapshot, or the one that is asked for, and the changes since."""
        asked = self.options.snapshot
        snapshots = [v for v in versions(self.directory, SNAPSHOT) if v <= version]
        start = max(snapshots, default=0) if asked is None else asked.batch + 1
        found = [(start, self._path(start, SNAPSHOT))] if start else []
        return [*found, *((v, self._path(v, DELTA)) for v in range(start + 1, version + 1))]

    def _path(self, version: int, kind: str) -> Place:
        path = path_of(self.directory, version, kind)
        if not path.exists():
            raise RuntimeFailure(
                "CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS", fileToRead=path, clazz="Store"
            )
        if is_whole(path) is False:
            raise RuntimeFailure("CANNOT_LOAD_STATE_STORE.CANNOT_READ_STREAMING_STATE_FILE", fileToRead=path)
        return path

    def _file(self, path: Place, version: int) -> str:
        file = literal(path.fs.kernel_path(path.path, self.reading))
        return f"SELECT *, CAST({version} AS BIGINT) AS version FROM read_parquet({file})"

    def _no_rows(self) -> str:
        types = [self.reading.type(t) for t in self.store.types]
        return f"SELECT {', '.join(f'CAST(NULL AS {t}) AS k{i}' for i, t in enumerate(types))} WHERE false"
