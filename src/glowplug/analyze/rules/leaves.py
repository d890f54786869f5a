"""Relations without children: tables by name, data sources, table functions, rows given with the query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from glowplug.analyze.context import Context, Scope, means_builtin
from glowplug.analyze.expressions import resolve
from glowplug.errors import DOCROOT, AnalysisError, ParseError
from glowplug.functions.coercion import cast_to, wider_all
from glowplug.functions.constant_tables import TABLES, ConstantTable
from glowplug.functions.vocabulary import ordinal
from glowplug.identifiers import ENFORCED
from glowplug.plan.build import columns_of
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    Literal,
    NamedArgument,
    OuterReference,
    Subquery,
    UnresolvedFunction,
    new_id,
    origin_of,
)
from glowplug.plan.names import pretty
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import (
    CachedRemote,
    CatalogCall,
    Generate,
    LocalData,
    OneRow,
    Parse,
    ParsedTexts,
    Project,
    Range,
    RecursiveReference,
    Relation,
    RelationChanges,
    SQLText,
    SubqueryAlias,
    UnresolvedDataSource,
    UnresolvedLocalData,
    UnresolvedRelation,
    UnresolvedTableFunction,
    UnresolvedValues,
    Values,
)
from glowplug.plan.tree import column_ids, contains, rewrite, walk
from glowplug.types import (
    INT,
    LONG,
    STRINGS,
    ArrayType,
    DataType,
    MapType,
    NullType,
    StructType,
    quote,
    sql_name,
)

SESSION_CATALOG = "spark_catalog"


def refuse_changes(node: RelationChanges, cx: Context) -> Relation:
    """No catalog here says what changed in its tables; Delta's `table_changes` does."""
    raise AnalysisError("UNSUPPORTED_FEATURE.CHANGE_DATA_CAPTURE", catalogName=cx.world.catalogs.schema(node.parts)[0])


def resolve_parse(node: Parse, cx: Context) -> Relation:
    """`spark.read.json(df)` and its like: rows of the only column, which must be texts."""
    columns = node.child.output
    if len(columns) != 1:
        raise AnalysisError("DATAFRAME_INPUT_NOT_SINGLE_COLUMN", numColumns=len(columns))
    if not isinstance(columns[0].type, STRINGS):
        raise AnalysisError("DATAFRAME_INPUT_NOT_STRING_TYPE", dataType=f'"{sql_name(columns[0].type)}"')
    texts = cx.world.texts(node)
    return ParsedTexts(node.child, texts, columns_of(texts.schema.fields))


def parse_text(node: SQLText, cx: Context) -> Relation:
    """SQL text meets the nodes of DataFrames here."""
    from glowplug.analyze.pipeline import analyze_relation

    return analyze_relation(cx.world.parse(node), cx)


def resolve_relation(node: UnresolvedRelation, cx: Context) -> Relation:
    """A CTE, a temporary view or a table; each use has columns of its own."""
    if len(node.parts) == 1 and (cte := cx.ctes.get(node.parts[0].lower())) is not None:
        again = id(cte) in cx.used or isinstance(cte, RecursiveReference)
        cx.used[id(cte)] = cte
        return SubqueryAlias(fresh(cte) if again else cte, node.parts[0], defined=True)
    found = cx.world.relation(node)
    if found is None:
        raise not_found(node, cx)
    if isinstance(found, SubqueryAlias) and found.defined:
        return replace(found, child=apart(found.child, cx))
    return found


def not_found(node: UnresolvedRelation, cx: Context) -> AnalysisError:
    name, catalog = ".".join(map(quote, node.parts)), node.parts[0]
    if len(node.parts) > 2 and catalog != SESSION_CATALOG and not cx.conf.get(f"spark.sql.catalog.{catalog}"):
        return AnalysisError("REQUIRES_SINGLE_PART_NAMESPACE", sessionCatalog=SESSION_CATALOG, identifier=name)
    return AnalysisError("TABLE_OR_VIEW_NOT_FOUND", node.origin, relationName=name, searchPath=cx.world.search_path)


def apart(plan: Relation, cx: Context) -> Relation:
    """A plan from before as it stands in this query: as it is, or a copy of which no column stands there already."""
    while not cx.standing.isdisjoint(ids := column_ids(plan)):
        plan = _copy(plan)
    cx.standing.update(ids)
    return plan


def _copy(plan: Relation) -> Relation:
    """The same plan with new column ids; the same copy each time, for what is found out of it is kept with it."""
    try:
        return plan._copy  # type: ignore[no-any-return]
    except AttributeError:
        object.__setattr__(plan, "_copy", fresh(plan))
        return plan._copy  # type: ignore[no-any-return]


def fresh(plan: Relation) -> Relation:
    """The same plan with new column ids, so that it can stand twice in one query."""
    ids = {id: new_id() for id in column_ids(plan)}

    def renew(node: object) -> object:
        if isinstance(node, Attribute):
            id = ids.get(node.id, node.id)
            return Attribute(node.name, node.type, node.nullable, id, node.qualifier, node.metadata)
        if isinstance(node, Alias) and node.id in ids:
            node = replace(node, id=ids[node.id])
        return rewrite(node, (Expression, Relation), renew)

    return renew(plan)  # type: ignore[return-value]


def resolve_data_source(node: UnresolvedDataSource, cx: Context) -> Relation:
    return cx.world.source(node)


def resolve_remote(node: CachedRemote, cx: Context) -> Relation:
    """A frame that the server keeps, with columns of its own for each occurrence."""
    return apart(cx.world.remote(node.id), cx)


def resolve_catalog_call(node: CatalogCall, cx: Context) -> Relation:
    return cx.world.catalog(node)


def resolve_values(node: UnresolvedValues, cx: Context) -> Relation:
    """`VALUES`: rows of one width, each column brought to one type."""
    rows = [[_constant(e, cx) for e in row] for row in node.rows]
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise AnalysisError(
            "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
            expectedNumCols=len(rows[0]),
            actualNumCols=max(widths - {len(rows[0])}),
            rowIndex=1,
        )
    columns: list[list[Expression]] = []
    kinds: list[DataType] = []
    for i, column in enumerate(zip(*rows, strict=True)):
        types = [e.type for e in column]
        common = None if _promotes(types) else wider_all(types, False)  # in ANSI mode too
        if common is None:
            name = node.names[i] if i < len(node.names) else f"col{i + 1}"
            condition = "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE"
            constant = all(isinstance(e, Literal) for row in node.rows for e in row)  # Spark's parser computes those
            raise (ParseError if constant else AnalysisError)(condition, node.origin, colName=quote(name))
        columns.append([cast_to(e, common) for e in column])
        kinds.append(common)
    attributes = tuple(
        Attribute(f"col{i + 1}", t, any(e.nullable for e in c), new_id())  # before they are of one type
        for i, (c, t) in enumerate(zip(zip(*rows, strict=True), kinds, strict=True))
    )
    return Values(tuple(zip(*columns, strict=True)), attributes)


def _promotes(types: list[DataType]) -> bool:
    """Whether texts stand beside what is none, which VALUES does not bring to one type."""
    found = [t for t in types if not isinstance(t, NullType)]
    texts = [isinstance(t, STRINGS) for t in found]
    if any(texts) and not all(texts):
        return True
    inner = [tuple(_parts(t)) for t in found]
    return len({len(x) for x in inner}) == 1 and any(_promotes(list(x)) for x in zip(*inner, strict=True))


def _parts(t: DataType) -> Iterator[DataType]:
    match t:
        case ArrayType(element):
            yield element
        case MapType(key, value):
            yield from (key, value)
        case StructType(fields):
            yield from (f.type for f in fields)


def _constant(e: Expression, cx: Context) -> Expression:
    """An expression of VALUES, which must not differ from row to row."""
    done = resolve(e, Scope(()), cx)
    calls = (x.function for x in walk(done) if isinstance(x, Call))
    varies = any(isinstance(f, PythonFunction) or not f.deterministic or f.kind != "scalar" for f in calls)
    if contains(done, Subquery):
        raise AnalysisError("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.SCALAR_SUBQUERY_IN_VALUES", origin_of(e))
    if varies or contains(done, OuterReference):
        condition = "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE"
        raise AnalysisError(condition, origin_of(e), expr=f'"{pretty(done)}"')
    return done


def resolve_local_data(node: UnresolvedLocalData, cx: Context) -> Relation:
    """Rows shipped by the client; the schema, where given, decides names, types and nullability."""
    from glowplug.arrow import from_arrow_schema

    schema = node.schema or from_arrow_schema(node.table.schema)
    columns = columns_of(schema.fields)
    return LocalData(columns, node.table)


def resolve_table_function(node: UnresolvedTableFunction, cx: Context) -> Relation:
    """`range(…)`, a generator such as `explode(…)`, a user's function in FROM.

    A name means what is built in before what is registered, and that before what a catalog has.
    """
    name, shown = node.parts[-1].lower(), ".".join(map(quote, node.parts))
    builtin = node.inline is None and means_builtin(node.parts)
    if builtin and name == "range":
        return _range(node, cx)
    if builtin and name in ("table_changes", "table_changes_by_path"):
        from glowplug.analyze.rules.table_changes import table_changes

        return table_changes(node, cx)
    if builtin and (table := TABLES.get(name)) is not None:
        return _constant_table(table, node, cx)
    known = None if node.inline else cx.world.function(node.parts)
    if known is None or isinstance(known, PythonFunction):
        if (function := node.inline or cx.world.table_function(node.parts)) is not None:
            from glowplug.analyze.rules.table_functions import python_table

            return python_table(function, node, cx)
        if known is None and (routine := cx.world.routine(node.parts)) is not None:
            from glowplug.analyze.routines import table_call

            return table_call(routine, node, cx)
        condition = "UNRESOLVABLE_TABLE_VALUED_FUNCTION" if known is None else "NOT_A_TABLE_FUNCTION"
        raise AnalysisError(condition, node.origin, **{"name" if known is None else "functionName": shown})
    if known.kind != "generator":
        raise AnalysisError("NOT_A_TABLE_FUNCTION", node.origin, functionName=shown)
    call = resolve(UnresolvedFunction(node.parts, node.args, internal=True, origin=node.origin), Scope(()), cx)
    if isinstance(call, Call) and call.function.kind == "generator":
        from glowplug.analyze.rules.generators import generator_columns

        return Generate(OneRow(), call, generator_columns(call), call.name.endswith("_outer"))
    raise AnalysisError("UNRESOLVABLE_TABLE_VALUED_FUNCTION", node.origin, name=quote(name))


def _constant_table(table: ConstantTable, node: UnresolvedTableFunction, cx: Context) -> Relation:
    import pyarrow as pa

    from glowplug.arrow import arrow_schema

    if node.args:
        raise AnalysisError(
            "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            node.origin,
            docroot=DOCROOT,
            functionName=quote(node.parts[-1].lower()),
            expectedNum=0,
            actualNum=len(node.args),
        )
    names = [f.name for f in table.schema.fields]
    enforced = table.enforced if cx.conf.ansi and cx.conf.bool(ENFORCED) else None
    rows = [dict(zip(names, row, strict=True)) for row in (enforced or table.rows)()]
    data = pa.Table.from_pylist(rows, arrow_schema(table.schema, "UTC"))
    columns = tuple(Attribute(f.name, f.type, f.nullable, new_id()) for f in table.schema.fields)
    return LocalData(columns, data)


def _range(node: UnresolvedTableFunction, cx: Context) -> Relation:
    if not 1 <= len(node.args) <= 4:
        raise AnalysisError(
            "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
            node.origin,
            docroot=DOCROOT,
            functionName="`range`",
            expectedNum="[1, 2, 3, 4]",
            actualNum=len(node.args),
        )
    values: list[int] = []
    names = ("start", "end", "step", "numSlices") if len(node.args) > 1 else ("end",)
    for place, (a, name) in enumerate(zip(node.args, names, strict=False), 2 if len(names) == 1 else 1):
        e = None if isinstance(a, (NamedArgument, Subquery)) else resolve(a, Scope(()), cx)
        if e is None or any(isinstance(x, (OuterReference, Subquery)) for x in walk(e)):
            shown = {"funcName": "`range`", "paramName": quote(name), "paramType": '"BIGINT"'}
            raise AnalysisError("NON_FOLDABLE_ARGUMENT", node.origin, **shown)
        if isinstance(e, Literal) and e.type in (INT, LONG):
            constant = e.value
        else:
            ((constant,),) = cx.world.run(Project(OneRow(), (Alias(cast_to(e, LONG), "v", new_id()),)))
        if not isinstance(constant, int):
            raise AnalysisError(
                "UNEXPECTED_INPUT_TYPE",
                node.origin,
                functionName="`range`",
                paramIndex=ordinal(place - 1),
                requiredType='"BIGINT"',
                inputType='"VOID"',
                inputSql='"NULL"',
            )
        values.append(constant)
    start, end = (0, values[0]) if len(values) == 1 else values[:2]
    step = values[2] if len(values) > 2 else 1
    if step == 0:
        raise AnalysisError("FAILED_FUNCTION_CALL", node.origin, funcName="`range`")
    return Range(start, end, step, Attribute("id", LONG, False, new_id()))
