"""Every error condition: its SQLSTATE and its sentence, with parameters as `<name>`. Sorted by name."""

from __future__ import annotations

CONDITIONS: dict[str, tuple[str, str]] = {
    "AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION": (
        "42845",
        "What <sqlExpr> aggregates must be the same each time that it is computed, so it can hold no random values or row numbers.",
    ),
    "ALL_PARAMETERS_MUST_BE_NAMED": (
        "07001",
        "A query with named parameters needs a name for each argument, but these have none: <exprs>.",
    ),
    "ALL_PARTITION_COLUMNS_NOT_ALLOWED": ("KD005", "A table cannot be partitioned by all of its columns."),
    "AMBIGUOUS_COLUMN_OR_FIELD": (
        "42702",
        "The column or field <name> fits <n> columns; qualify it or rename one of them.",
    ),
    "AMBIGUOUS_COLUMN_REFERENCE": (
        "42702",
        "The column <name> exists on both sides of a join of a DataFrame with itself; give the sides aliases with df.alias() and qualify the column.",
    ),
    "AMBIGUOUS_LATERAL_COLUMN_ALIAS": (
        "42702",
        "The name <name> has <n> columns before it in the select list, any of which it may mean.",
    ),
    "AMBIGUOUS_REFERENCE": ("42704", "The reference <name> fits several columns: <referenceNames>."),
    "AMBIGUOUS_REFERENCE_TO_FIELDS": ("42000", "The field <field> occurs <count> times in the struct."),
    "APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT": (
        "22023",
        "approx_top_k tracks at most <limit> items, and not <maxItemsTracked>.",
    ),
    "APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K": (
        "22023",
        "approx_top_k finds <k> items only if it tracks that many, and not <maxItemsTracked>.",
    ),
    "APPROX_TOP_K_NON_POSITIVE_ARG": ("22023", "approx_top_k takes a positive <argName>, and not <argValue>."),
    "APPROX_TOP_K_NULL_ARG": ("22004", "approx_top_k takes no NULL as <argName>."),
    "APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH": (
        "42846",
        "Sketches of approx_top_k of the sizes <size1> and <size2> are not combined unless a size is given.",
    ),
    "APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH": (
        "42846",
        "Sketches of approx_top_k of the types <type1> and <type2> cannot be combined.",
    ),
    "ARITHMETIC_OVERFLOW": (
        "22003",
        '<message>.<alternative> Set <config> to "false" to get the wrapped or NULL result instead of this error.',
    ),
    "ARROW_TYPE_MISMATCH": (
        "42K0G",
        "<operation> returned other columns than it was declared with: expected <outputTypes>, got <actualDataTypes>.",
    ),
    "ARTIFACT_ALREADY_EXISTS": (
        "42713",
        "There is an artifact <normalizedRemoteRelativePath> with other contents, and artifacts cannot be replaced; give the new one another name.",
    ),
    "ASSIGNMENT_ARITY_MISMATCH": ("42802", "There are <numTarget> names or targets for <numExpr> expressions."),
    "AS_OF_JOIN.TOLERANCE_IS_NON_NEGATIVE": ("42604", "An as-of join's tolerance cannot be negative or NULL."),
    "AS_OF_JOIN.TOLERANCE_IS_UNFOLDABLE": ("42604", "An as-of join's tolerance must be a constant."),
    "AS_OF_JOIN.UNSUPPORTED_DIRECTION": ("42604", "An as-of join has no direction <direction>; there are <supported>."),
    "AVRO_CANNOT_WRITE_NULL_FIELD": (
        "22004",
        "The field <name> is NULL, and its type <dataType> in the schema of Avro has no NULL: a union with null has.",
    ),
    "AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE": (
        "22KD3",
        "<functionName> is not available: there is no support for Avro yet.",
    ),
    "BARRIER_TASKS_DIFFER": (
        "38000",
        "Tasks wait at a barrier for others that will not come to it: <reason>.",
    ),
    "BINARY_ARITHMETIC_OVERFLOW": ("22003", "<value1> <symbol> <value2> overflows; <functionName> gives NULL instead."),
    "CALL_ON_STREAMING_DATASET_UNSUPPORTED": ("42KDE", "<methodName> cannot be called on a stream."),
    "CANNOT_ALTER_PARTITION_COLUMN": ("428FR", "The column <columnName> of <tableName> is one of partitions."),
    "CANNOT_ASSIGN_EVENT_TIME_COLUMN_WITHOUT_WATERMARK": (
        "42611",
        "An event time column is named, and the stream has no watermark: call withWatermark before.",
    ),
    "CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE": (
        "42846",
        "The column <sqlColumn> of type <sqlType> cannot be written as <protobufColumn> of Protobuf, of type <protobufType>.",
    ),
    "CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE": (
        "42846",
        "The value <data> of <sqlColumn> is none of <protobufColumn> of Protobuf, which has: <enumString>.",
    ),
    "CANNOT_DECODE_URL": ("22546", "The text <url> is not percent-encoded as it should be."),
    "CANNOT_LOAD_FUNCTION_CLASS": ("46103", "The class <className> of the function <functionName> cannot be loaded."),
    "CANNOT_LOAD_PROTOBUF_CLASS": ("42K03", "There is no class <protobufClassName> of Protobuf: <explanation>."),
    "CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS": (
        "58030",
        "The state cannot be restored: <fileToRead> is missing (<clazz>).",
    ),
    "CANNOT_LOAD_STATE_STORE.CANNOT_READ_STREAMING_STATE_FILE": (
        "58030",
        "The state cannot be restored: <fileToRead> is not as it was written.",
    ),
    "CANNOT_LOAD_STATE_STORE.SNAPSHOT_PARTITION_ID_NOT_FOUND": (
        "58030",
        "The operator <operatorId> of <checkpointLocation> has no partition <snapshotPartitionId>.",
    ),
    "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE": ("42825", "The types <left> and <right> cannot be merged."),
    "CANNOT_MERGE_SCHEMAS": ("42KD9", "The files' schemas do not go together:\n<left>\n<right>"),
    "CANNOT_MODIFY_CONFIG": (
        "46110",
        "The Spark setting <key> cannot be changed in a session; give it when the program or the server starts.",
    ),
    "CANNOT_MODIFY_STATIC_CONFIG": ("46110", "The static setting <key> cannot be changed once a session has started."),
    "CANNOT_PARSE_INTERVAL": ("22006", "The text <intervalString> is no interval."),
    "CANNOT_PARSE_PROTOBUF_DESCRIPTOR": ("22018", "The bytes are no descriptor set of Protobuf."),
    "CANNOT_PARSE_TIME": ("22010", "The text <input> is not a time in the format <format>."),
    "CANNOT_PARSE_TIMESTAMP": ("22007", "<message>. Use <func> to get NULL instead."),
    "CANNOT_RESOLVE_DATAFRAME_COLUMN": (
        "42704",
        "The column <name> belongs to another DataFrame, whose columns this one does not have.",
    ),
    "CANNOT_RESOLVE_STAR_EXPAND": ("42704", "Nothing matches <targetString>.*; the columns here are: <columns>."),
    "CANNOT_TRUNCATE_EXTERNAL_TABLE": (
        "0A000",
        "The table <tableName> is external, and its data is not its own to delete.",
    ),
    "CANNOT_UP_CAST_DATATYPE": (
        "42846",
        "<expression> cannot become <targetType> from <sourceType> without loss. <details>",
    ),
    "CAST_INVALID_INPUT": (
        "22018",
        "The value <expression> of type <sourceType> is not a valid <targetType>. Correct the value, or use try_cast to get NULL instead.",
    ),
    "CAST_OVERFLOW": (
        "22003",
        "The value <value> of type <sourceType> is out of the range of <targetType>. Use try_cast to get NULL instead.",
    ),
    "CAST_OVERFLOW_IN_TABLE_INSERT": (
        "22003",
        "A value of type <sourceType> is out of the range of <targetType>, the type of the column <columnName>. Use try_cast to store NULL instead.",
    ),
    "CATALOG_NOT_FOUND": ("42P08", "There is no catalog <catalogName>; the setting <config> would define it."),
    "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION": (
        "56038",
        "There is no codec <codecName>; there are: <availableCodecs>.",
    ),
    "CODEC_SHORT_NAME_NOT_FOUND": ("42704", "There is no codec by the short name <codecName>."),
    "COLLATION_INVALID_NAME": ("42704", "There is no collation <collationName>. There are: <proposals>."),
    "COLLATION_MISMATCH.EXPLICIT": (
        "42P21",
        "COLLATE gives the texts of one expression more than one collation: <explicitTypes>.",
    ),
    "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER": (
        "54000",
        "<functionName> cannot make an array of <numberOfElements> elements: <maxRoundedArrayLength> are the most. See its "
        "parameter <parameter>.",
    ),
    "COLUMN_ALREADY_EXISTS": (
        "42711",
        "The column <columnName> occurs more than once; choose another name or rename one.",
    ),
    "COLUMN_NOT_DEFINED_IN_TABLE": (
        "42703",
        "The table <tableName> has no <colType> column <colName>; its columns are: <tableCols>.",
    ),
    "COLUMN_NOT_FOUND": (
        "42703",
        "There is no column <colName>; whether case matters is the setting <caseSensitiveConfig>.",
    ),
    "COMPARATOR_RETURNS_NULL": (
        "22004",
        "The comparison of <firstValue> with <secondValue> gave NULL; it must give a number below, equal to or above 0.",
    ),
    "CONCURRENT_QUERY": ("0A000", "Another run of this query has just been started."),
    "CONCURRENT_STREAM_LOG_UPDATE": (
        "40000",
        "Another query writes to the same checkpoint: batch <batchId> is in its log already. Run one query from a checkpoint at a time.",
    ),
    "CONFLICTING_DIRECTORY_STRUCTURES": (
        "KD009",
        "Partition directories begin at different places:<discoveredBasePaths>If they are parts of one table, set the option basePath to its root; otherwise load them one by one.",
    ),
    "CONFLICTING_PARTITION_COLUMN_NAMES": (
        "KD009",
        "The directories of one table have different partition columns:<distinctPartColLists>Its paths are:<suspiciousPaths>",
    ),
    "CONNECT_INVALID_PLAN.AGGREGATE_NEEDS_PLAN_INPUT": ("56K00", "The aggregation has no input."),
    "CONNECT_INVALID_PLAN.AGGREGATE_WITH_PIVOT_REQUIRES_PIVOT": (
        "56K00",
        "The pivoting aggregation does not say what to pivot.",
    ),
    "CONNECT_INVALID_PLAN.ALIAS_WITH_MULTIPLE_IDENTIFIERS_AND_METADATA": (
        "56K00",
        "An alias of several names cannot carry metadata.",
    ),
    "CONNECT_INVALID_PLAN.ARRAY_LITERAL_MISSING_DATA_TYPE": ("56K00", "The array does not come with its type."),
    "CONNECT_INVALID_PLAN.ARRAY_LITERAL_NOT_SET": ("56K00", "The array literal holds no array."),
    "CONNECT_INVALID_PLAN.ASSERTION_FAILURE": ("56K00", "The plan cannot be used: <message>"),
    "CONNECT_INVALID_PLAN.CANNOT_FIND_CACHED_LOCAL_RELATION": (
        "56K00",
        "The session holds no uploaded rows with the hash <hash>.",
    ),
    "CONNECT_INVALID_PLAN.CANNOT_PARSE": (
        "56K00",
        "The compressed plan cannot be read: <errorMsg>. Set spark.connect.session.planCompression.threshold to -1 to send plans as they are.",
    ),
    "CONNECT_INVALID_PLAN.CHUNKED_CACHED_LOCAL_RELATION_WITHOUT_DATA": (
        "56K00",
        "The uploaded rows consist of no chunk.",
    ),
    "CONNECT_INVALID_PLAN.DATA_TYPE_UNSUPPORTED_PROTO_TO_CATALYST": (
        "56K00",
        "The plan holds a type of an unknown kind: <kindCase>.",
    ),
    "CONNECT_INVALID_PLAN.DEDUPLICATE_ALL_COLUMNS_AND_SUBSET": (
        "56K00",
        "Duplicates are dropped by all columns or by some, not both.",
    ),
    "CONNECT_INVALID_PLAN.DEDUPLICATE_NEEDS_INPUT": ("56K00", "Dropping duplicates has no input."),
    "CONNECT_INVALID_PLAN.DEDUPLICATE_REQUIRES_COLUMNS_OR_ALL": (
        "56K00",
        "Dropping duplicates needs columns to go by, or all of them.",
    ),
    "CONNECT_INVALID_PLAN.EXCEPT_DOES_NOT_SUPPORT_UNION_BY_NAME": ("56K00", "EXCEPT matches columns by position only."),
    "CONNECT_INVALID_PLAN.EXPECTED_NULL_VALUE": (
        "56K00",
        "A value of the type VOID can only be NULL, not <literalTypeCase>.",
    ),
    "CONNECT_INVALID_PLAN.FIELD_CANNOT_BE_EMPTY": ("56K00", "<fieldName> of <fullName> must not be empty."),
    "CONNECT_INVALID_PLAN.INCOMPATIBLE_LITERAL_DATA_TYPE": (
        "56K00",
        "A literal <literalTypeCase> is no value of the type <dataTypeKindCase>.",
    ),
    "CONNECT_INVALID_PLAN.INTERSECT_DOES_NOT_SUPPORT_UNION_BY_NAME": (
        "56K00",
        "INTERSECT matches columns by position only.",
    ),
    "CONNECT_INVALID_PLAN.INVALID_ENUM": ("56K00", "The plan holds an invalid value of <fullName>: <name>(<number>)."),
    "CONNECT_INVALID_PLAN.INVALID_JDBC_PARAMS": ("56K00", "Reading by JDBC needs the options url and dbtable."),
    "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET": (
        "56K00",
        "The plan is incomplete: nothing is set in <fullName> (<name>).",
    ),
    "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SUPPORTED": (
        "56K00",
        "The part <name>(<number>) of <fullName> is not supported.",
    ),
    "CONNECT_INVALID_PLAN.INVALID_SCHEMA_NON_STRUCT_TYPE": (
        "56K00",
        "The schema <inputSchema> must be a struct, and is <dataType>.",
    ),
    "CONNECT_INVALID_PLAN.INVALID_SQL_WITH_REFERENCES": (
        "56K00",
        "SQL text that names DataFrames must come with each under its name, unlike: <query>",
    ),
    "CONNECT_INVALID_PLAN.INVALID_WITH_RELATION_REFERENCE": (
        "56K00",
        "A subquery's plan has no number to be found by.",
    ),
    "CONNECT_INVALID_PLAN.LAMBDA_FUNCTION_ARGUMENT_COUNT_INVALID": (
        "56K00",
        "A lambda function takes one to three arguments, not <got>.",
    ),
    "CONNECT_INVALID_PLAN.LOCAL_RELATION_CHUNK_SIZE_LIMIT_EXCEEDED": (
        "56K00",
        "A chunk of uploaded rows is larger than <limit> bytes.",
    ),
    "CONNECT_INVALID_PLAN.LOCAL_RELATION_SIZE_LIMIT_EXCEEDED": (
        "56K00",
        "The uploaded rows have <actualSize> bytes; at most <limit> are allowed.",
    ),
    "CONNECT_INVALID_PLAN.LOWER_BOUND_REQUIRED_IN_WINDOW_FRAME": ("56K00", "The window frame has no lower bound."),
    "CONNECT_INVALID_PLAN.MAP_LITERAL_MISSING_DATA_TYPE": ("56K00", "The map does not come with its type."),
    "CONNECT_INVALID_PLAN.NA_FILL_VALUES_EMPTY": ("56K00", "Filling NULLs needs a value."),
    "CONNECT_INVALID_PLAN.NA_FILL_VALUES_LENGTH_MISMATCH": (
        "56K00",
        "Filling NULLs with several values needs as many columns.",
    ),
    "CONNECT_INVALID_PLAN.NOT_FOUND_CHUNKED_CACHED_LOCAL_RELATION": (
        "56K00",
        "The session <sessionUUID> holds no chunk of uploaded rows with the hash <hash>.",
    ),
    "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION": (
        "56K00",
        "No handler is registered for the extension <extensionTypeUrl>.",
    ),
    "CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX": (
        "56K00",
        "The plan is larger than allowed (<planSize> against <maxPlanSize> bytes). Split the query, or keep large data in files or tables.",
    ),
    "CONNECT_INVALID_PLAN.PREDICATES_NOT_SUPPORTED_FOR_DATA_SOURCE": (
        "56K00",
        "The data source <format> takes no predicates; JDBC does.",
    ),
    "CONNECT_INVALID_PLAN.PYTHON_UDT_MISSING_FIELDS": (
        "56K00",
        "A user-defined type needs its SQL type and its class.",
    ),
    "CONNECT_INVALID_PLAN.SCHEMA_REQUIRED_FOR_LOCAL_RELATION": ("56K00", "A DataFrame without rows needs a schema."),
    "CONNECT_INVALID_PLAN.SET_OPERATION_MUST_HAVE_TWO_INPUTS": ("56K00", "A set operation needs two inputs."),
    "CONNECT_INVALID_PLAN.SQL_COMMAND_EXPECTS_SQL_OR_WITH_RELATIONS": (
        "56K00",
        "A SQL command must hold SQL text, not <other>.",
    ),
    "CONNECT_INVALID_PLAN.STRUCT_LITERAL_MISSING_DATA_TYPE": ("56K00", "The struct does not come with its type."),
    "CONNECT_INVALID_PLAN.UDT_TYPE_FIELD_INVALID": (
        "56K00",
        "A user-defined type must say so by the type udt, not <udtType>.",
    ),
    "CONNECT_INVALID_PLAN.UNION_BY_NAME_ALLOW_MISSING_COL_REQUIRES_BY_NAME": (
        "56K00",
        "Only a union by name can do with missing columns.",
    ),
    "CONNECT_INVALID_PLAN.UNKNOWN_ANALYZE_METHOD": ("56K00", "There is no analysis of the kind <other>."),
    "CONNECT_INVALID_PLAN.UNKNOWN_MESSAGE": (
        "56K00",
        "The client's plan holds something this server does not know: <what>.",
    ),
    "CONNECT_INVALID_PLAN.UNRESOLVED_COLUMN_AMONG_FIELD_NAMES": (
        "56K00",
        "There is no column <colName> among <fieldNames>.",
    ),
    "CONNECT_INVALID_PLAN.UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART": (
        "56K00",
        "A lambda function's variable has no name.",
    ),
    "CONNECT_INVALID_PLAN.UNRESOLVED_STAR_TARGET_INVALID": (
        "56K00",
        "All columns of something are written with .* at the end, unlike <target>.",
    ),
    "CONNECT_INVALID_PLAN.UNRESOLVED_STAR_WITH_BOTH_TARGET_AND_PLAN_ID": (
        "56K00",
        "All columns can be those of a name or of a DataFrame, not of both.",
    ),
    "CONNECT_INVALID_PLAN.UNSUPPORTED_LITERAL_TYPE": ("56K00", "A literal of this kind cannot stand here: <typeInfo>."),
    "CONNECT_INVALID_PLAN.UPPER_BOUND_REQUIRED_IN_WINDOW_FRAME": ("56K00", "The window frame has no upper bound."),
    "CONNECT_INVALID_PLAN.USING_COLUMNS_OR_JOIN_CONDITION_SET_IN_JOIN": (
        "56K00",
        "A join has columns in common or a condition, not both.",
    ),
    "CONNECT_INVALID_PLAN.WITH_COLUMNS_REQUIRE_SINGLE_NAME_PART": (
        "56K00",
        "A column to add needs one name, not <got>.",
    ),
    "CONVERSION_INVALID_INPUT": (
        "22018",
        "The text <str> does not have the form <fmt>, and cannot become <targetType>. <suggestion> gives NULL instead of this error.",
    ),
    "CREATE_PERMANENT_VIEW_WITHOUT_ALIAS": ("0A000", "The column <attr> of the view <name> needs a name of its own."),
    "CREATE_TABLE_COLUMN_DESCRIPTOR_DUPLICATE": ("42710", "The column <columnName> has <optionName> more than once."),
    "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS": (
        "21S01",
        "The view <viewName> names more columns than its query has. Of the view: <viewColumns>. Of the query: <dataColumns>.",
    ),
    "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS": (
        "21S01",
        "The view <viewName> names fewer columns than its query has. Of the view: <viewColumns>. Of the query: <dataColumns>.",
    ),
    "CREATE_VIEW_WITH_IF_NOT_EXISTS_AND_REPLACE": (
        "42601",
        "CREATE VIEW <viewName> cannot have both OR REPLACE and IF NOT EXISTS.",
    ),
    "CURSOR_ALREADY_EXISTS": ("42723", "The block has a cursor <cursorName> already."),
    "CURSOR_ALREADY_OPEN": ("24502", "The cursor <cursorName> is open already."),
    "CURSOR_NOT_FOUND": ("42883", "No cursor <cursorName> is declared in this block or around it."),
    "CURSOR_NOT_OPEN": ("24501", "The cursor <cursorName> is not open."),
    "CURSOR_NO_MORE_ROWS": ("02000", "The cursor <cursorName> has no more rows."),
    "CURSOR_OUTSIDE_SCRIPT": ("0A000", "The cursor <cursorName> is not in a SQL script: only these have cursors."),
    "DATAFRAME_INPUT_NOT_SINGLE_COLUMN": (
        "42K09",
        "Records come from a DataFrame of one column; this one has <numColumns>.",
    ),
    "DATAFRAME_INPUT_NOT_STRING_TYPE": (
        "42K09",
        "Records come from a column of strings; this one is of type <dataType>.",
    ),
    "DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES": (
        "42K09",
        "<functionName> takes <dataType> and an element of its type, but here are <leftType> and <rightType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES": (
        "42K09",
        "<functionName> takes two of <arrayType> of the same elements, but here are <leftType> and <rightType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES": (
        "42K09",
        "Cannot resolve <sqlExpr>: its two sides have different types, <left> and <right>.",
    ),
    "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE": (
        "42K09",
        "Cannot resolve <sqlExpr>: the operator takes <inputType>, not <actualDataType>.",
    ),
    "DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS": ("42K09", "<sqlExpr> would leave a struct without fields."),
    "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION": (
        "42K09",
        "Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType>.",
    ),
    "DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION": (
        "42K09",
        "Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType> with ANSI mode on. Set <config> to <configVal> to cast nevertheless.",
    ),
    "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION": (
        "42K09",
        "Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType>; use the function <functionNames>.",
    ),
    "DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES": (
        "42K09",
        "The keys of <functionName> have no type in common: <dataType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES": (
        "42K09",
        "The values of <functionName> have no type in common: <dataType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING": (
        "42K09",
        "The names of a struct's fields must be constant strings; here are <inputExprs>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.DATA_DIFF_TYPES": (
        "42K09",
        "Cannot resolve <sqlExpr>: the arguments of <functionName> must have one type, not <dataType>.",
    ),
    "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN": (
        "42K09",
        "Cannot resolve <sqlExpr>: the condition <filter> must be a boolean, not <type>.",
    ),
    "DATATYPE_MISMATCH.HASH_MAP_TYPE": (
        "42K09",
        "<functionName> does not take maps, for equal maps may hold their entries in different orders, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.HASH_VARIANT_TYPE": (
        "42K09",
        "<functionName> does not take variants, for equal variants may be stored in different ways, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE": (
        "42K09",
        "The argument <exprName> must be a single character, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.INVALID_ARG_VALUE": (
        "42K09",
        "The argument <inputName> of <sqlExpr> must be a <requireType> among <validValues>, and is <inputValue>.",
    ),
    "DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE": (
        "42K09",
        "The keys of a map read from JSON are strings, which those of <schema> are not.",
    ),
    "DATATYPE_MISMATCH.INVALID_JSON_SCHEMA": (
        "42K09",
        "A schema of JSON is a struct, an array, a map or a variant, and not <schema>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE": (
        "42K09",
        "The key of a map cannot be or contain <keyType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE": (
        "42K09",
        "<functionName> cannot order values of the type <dataType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.INVALID_XML_MAP_KEY_TYPE": (
        "42K09",
        "The keys of a map read from XML are strings, which those of <schema> are not.",
    ),
    "DATATYPE_MISMATCH.INVALID_XML_SCHEMA": (
        "42K09",
        "A schema of XML is a struct or a variant, and not <schema>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH": (
        "42K09",
        "In <sqlExpr>, types on both sides do not compare: <mismatchedColumns>; left <leftType>, right <rightType>.",
    ),
    "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH": (
        "42K09",
        "<sqlExpr> compares <leftLength> values (<leftColumns>) with a subquery of <rightLength> columns (<rightColumns>).",
    ),
    "DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES": (
        "42K09",
        "The arguments of <functionName> must all be maps of one type; here are <dataType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES": (
        "42K09",
        "<functionName> takes <dataType> and a key of its type, but here are <leftType> and <rightType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES": (
        "42K09",
        "<functionName> takes two maps with keys of one type, but here are <leftType> and <rightType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT": (
        "42K09",
        "Cannot resolve <sqlExpr>: <inputName> must be a constant <inputType>, not <inputExpr>.",
    ),
    "DATATYPE_MISMATCH.NON_STRING_TYPE": ("42K09", "All arguments of <funcName> must be strings, in <sqlExpr>."),
    "DATATYPE_MISMATCH.NON_STRUCT_TYPE": (
        "42K09",
        "Cannot resolve <sqlExpr>: the <inputName> must be a struct, and not <inputType>.",
    ),
    "DATATYPE_MISMATCH.NULL_TYPE": ("42K09", "<functionName> cannot take a NULL without a type, in <sqlExpr>."),
    "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION": (
        "42K09",
        "Cannot resolve <sqlExpr>: <leftExprName> (<leftExprValue>) must be <constraint> <rightExprName> (<rightExprValue>).",
    ),
    "DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE": (
        "42K09",
        "In <sqlExpr>, a range over <orderSpecType> cannot have a bound of <valueBoundaryType>.",
    ),
    "DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER": (
        "42K09",
        "In <sqlExpr>, a frame of a range of values needs one sort key, and has <orderSpec>.",
    ),
    "DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER": (
        "42K09",
        "In <sqlExpr>, a frame of a range of values needs an ORDER BY.",
    ),
    "DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES": (
        "42K09",
        "<functionName> takes a start and an end of <startType> with a step of <stepType>, or all of <otherStartType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND": (
        "42K09",
        "A window frame begins with UNBOUNDED PRECEDING or ends with UNBOUNDED FOLLOWING; here it has <bound>.",
    ),
    "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE": (
        "42K09",
        "In <sqlExpr>, the <location> bound must be of the type <expectedType>, not <exprType>.",
    ),
    "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON": (
        "42K09",
        "In <sqlExpr>, the frame's lower bound is behind its upper bound.",
    ),
    "DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES": (
        "42K09",
        "Column <columnIndex> of the stack has two types: argument <leftParamIndex> is <leftType>, argument <rightParamIndex> is <rightType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT": ("42K09", "Cannot resolve <sqlExpr>: <msg><hint>"),
    "DATATYPE_MISMATCH.UNEXPECTED_CLASS_TYPE": (
        "42K09",
        "Cannot resolve <sqlExpr>: there is no class <className>; Glowplug has no JVM.",
    ),
    "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE": (
        "42K09",
        "Cannot resolve <sqlExpr>: the <paramIndex> parameter takes <requiredType>, and <inputSql> is of type <inputType>.",
    ),
    "DATATYPE_MISMATCH.UNEXPECTED_NULL": ("42K09", "<exprName> must not be NULL, in <sqlExpr>."),
    "DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE": (
        "42K09",
        "<functionName> must return <expectedType>, but returns <actualType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.UNEXPECTED_STATIC_METHOD": (
        "42K09",
        "Cannot resolve <sqlExpr>: <className> has no static method <methodName> of these arguments here.",
    ),
    "DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE": (
        "42K09",
        "<functionName> does not take values of <dataType>, in <sqlExpr>.",
    ),
    "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE": (
        "42K09",
        "<exprName> must be within <valueRange>, but is <currentValue>, in <sqlExpr>.",
    ),
    "DATATYPE_MISSING_SIZE": ("42K01", "The type <type> needs a length, <type>(10) for example."),
    "DATA_SOURCE_NOT_FOUND": ("42K02", "There is no data source <provider>; check its name."),
    "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION": (
        "22023",
        "A field of the date or time is out of range: <rangeMessage>.",
    ),
    "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION": (
        "22023",
        'A field of the date or time is out of range: <rangeMessage>. Set <ansiConfig> to "false" to get NULL instead.',
    ),
    "DATETIME_OVERFLOW": ("22008", "The time is out of range: <operation>."),
    "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION": (
        "22003",
        "A decimal has at most <maxPrecision> digits, not <precision>.",
    ),
    "DEFAULT_PLACEMENT_INVALID": ("42608", "DEFAULT stands only by itself, as the whole value of a column."),
    "DELTA_ADD_COLUMN_PARENT_NOT_STRUCT": ("42KD3", "<columnName> is of a struct, and this is none: <other>."),
    "DELTA_ADD_CONSTRAINTS": ("0A000", "A CHECK constraint is added with ALTER TABLE … ADD CONSTRAINT."),
    "DELTA_AGGREGATE_IN_GENERATED_COLUMN": (
        "42621",
        "A generated column is computed row by row; <sqlExpr> aggregates.",
    ),
    "DELTA_ALTER_TABLE_CLUSTER_BY_ON_PARTITIONED_TABLE_NOT_ALLOWED": (
        "42000",
        "A partitioned table cannot be clustered.",
    ),
    "DELTA_CANNOT_DROP_CHECK_CONSTRAINT_FEATURE": (
        "0AKDE",
        "The table has check constraints, which must be dropped before the feature: <constraints>.",
    ),
    "DELTA_CANNOT_MODIFY_APPEND_ONLY": ("42809", "The table <table_name> takes only new rows: <config> is set for it."),
    "DELTA_CANNOT_MODIFY_TABLE_PROPERTY": ("42939", "The property <prop> is the table's own to set."),
    "DELTA_CANNOT_RESTORE_TABLE_VERSION": (
        "22003",
        "The table cannot be restored to version <version>: there are <startVersion> to <endVersion>.",
    ),
    "DELTA_CANNOT_RESTORE_TIMESTAMP_EARLIER": (
        "22003",
        "The table cannot be restored to <requestedTimestamp>: its oldest version is of <earliestTimestamp>.",
    ),
    "DELTA_CDC_NON_CONSTANT_ARGUMENT": (
        "42K0H",
        "<functionName> takes a constant as <argumentName> (argument <pos>), and not <sqlExpr>.",
    ),
    "DELTA_CDC_READ_NULL_RANGE_BOUNDARY": (
        "22004",
        "Changes are read from and to versions or times, which cannot be NULL.",
    ),
    "DELTA_CDC_START_VERSION_AFTER_LATEST": (
        "22003",
        "Changes cannot be read from version <start>: the latest is <latest>.",
    ),
    "DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_DATA_SCHEMA": (
        "0AKDC",
        "The changes of the versions <start> to <end> do not fit the columns of version <readVersion>, <readSchema>: version <incompatibleVersion> has others. With <config> = endVersion the columns are those of the last version asked for.",
    ),
    "DELTA_CHANGE_DATA_FEED_INCOMPATIBLE_SCHEMA_CHANGE": (
        "0AKDC",
        "The changes of the versions <start> to <end> cannot be read at once with the columns of version <readVersion>, <readSchema>: version <incompatibleVersion> changes them. Ask for the versions before it and from it on.",
    ),
    "DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED": (
        "0A000",
        "Tables are clustered by columns that have least and greatest values; these have not: <columnsWithDataTypes>.",
    ),
    "DELTA_CLUSTERING_COLUMN_MISSING_STATS": (
        "22000",
        "Tables are clustered by columns with statistics. <columns> are not among those with statistics: <schema>.",
    ),
    "DELTA_CLUSTERING_REPLACE_TABLE_WITH_PARTITIONED_TABLE": (
        "42000",
        "A clustered table cannot be replaced by a partitioned one.",
    ),
    "DELTA_CLUSTERING_WITH_PARTITION_PREDICATE": (
        "0A000",
        "OPTIMIZE of a clustered table takes no condition: <predicates>.",
    ),
    "DELTA_CLUSTERING_WITH_ZORDER_BY": (
        "42613",
        "OPTIMIZE of a clustered table takes no ZORDER BY (<zOrderBy>).",
    ),
    "DELTA_CLUSTER_BY_INVALID_NUM_COLUMNS": (
        "54000",
        "CLUSTER BY takes at most <numColumnsLimit> columns, and not <actualNumColumns>.",
    ),
    "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA": ("42703", "There is no column <columnName> in <tableSchema>."),
    "DELTA_CONCURRENT_APPEND.WITHOUT_HINT": (
        "2D521",
        "A concurrent <operation>, version <version> of <tableName>, added files that this operation should have read; run it again. See <docLink>.",
    ),
    "DELTA_CONCURRENT_DELETE_DELETE.WITHOUT_HINT": (
        "2D521",
        "A concurrent <operation>, version <version> of <tableName>, deleted files that this operation deletes too; run it again. See <docLink>.",
    ),
    "DELTA_CONCURRENT_DELETE_READ.WITHOUT_HINT": (
        "2D521",
        "A concurrent <operation>, version <version> of <tableName>, deleted files that this operation has read; run it again. See <docLink>.",
    ),
    "DELTA_CONCURRENT_TRANSACTION": (
        "2D521",
        "A concurrent write of the same application came first: <conflictingCommit>. See <docLink>.",
    ),
    "DELTA_CONCURRENT_WRITE": (
        "2D521",
        "The table was written too often meanwhile to commit to it; the last to do so was <conflictingCommit>. See <docLink>.",
    ),
    "DELTA_CONFLICT_SET_COLUMN": ("42701", "A column is assigned twice: <columnList>."),
    "DELTA_CONSTRAINT_ALREADY_EXISTS": (
        "42710",
        "There is a constraint <constraintName> already (<oldConstraint>); drop it first.",
    ),
    "DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE": (
        "42K09",
        "The column <columnName> cannot be changed: check constraints are about it (<constraints>).",
    ),
    "DELTA_CONSTRAINT_DOES_NOT_EXIST": (
        "42704",
        "The table <tableName> has no constraint <constraintName>. To pass over those that are not there, set <config> to <confValue>, or say IF EXISTS.",
    ),
    "DELTA_CONVERT_NON_PARQUET_TABLE": (
        "0AKDC",
        "Only Parquet can be converted to Delta, and <tableId> is of <sourceName>.",
    ),
    "DELTA_CREATE_TABLE_SCHEME_MISMATCH": (
        "42KD7",
        "There is a Delta table at <path> with other columns. Specified: <specifiedSchema> Existing: <existingSchema> Differences: <schemaDifferences>",
    ),
    "DELTA_CREATE_TABLE_WITH_DIFFERENT_PARTITIONING": (
        "42KD7",
        "There is a Delta table at <path> with another partitioning. Specified: [<specifiedColumns>]; existing: [<existingColumns>].",
    ),
    "DELTA_DATA_CHANGE_FALSE": (
        "0AKDE",
        "<op> changes the table itself, which it cannot with the option dataChange = false.",
    ),
    "DELTA_DROP_COLUMN_ON_SINGLE_FIELD_SCHEMA": ("0AKDC", "The only column of <schema> cannot be dropped."),
    "DELTA_DUPLICATE_COLUMNS_FOUND.CLUSTER_BY": ("42711", "CLUSTER BY has columns twice: <duplicateCols>."),
    "DELTA_DUPLICATE_DATA_SKIPPING_COLUMNS": ("42701", "Columns are named twice: <columns>."),
    "DELTA_FAILED_CAST_PARTITION_VALUE": ("22018", "The partition value <value> is no <dataType>."),
    "DELTA_FAILED_TO_MERGE_FIELDS": ("22005", "The fields <currentField> and <updateField> cannot become one."),
    "DELTA_FEATURES_REQUIRE_MANUAL_ENABLEMENT": (
        "42000",
        "The columns need features that the table has not: <unsupportedFeatures>. They are added by ALTER TABLE … SET TBLPROPERTIES ('delta.feature.<unsupportedFeatures>' = 'supported'); it has <supportedFeatures>.",
    ),
    "DELTA_FEATURE_CAN_ONLY_DROP_CHECKPOINT_PROTECTION_WITH_HISTORY_TRUNCATION": (
        "55000",
        "The feature checkpointProtection is dropped together with the versions that it protects: DROP FEATURE … TRUNCATE HISTORY.",
    ),
    "DELTA_FEATURE_DROP_CHECKPOINT_PROTECTION_WAIT_FOR_RETENTION_PERIOD": (
        "22KD0",
        "The log has versions yet that use dropped features. Repeat the statement when they have gone, after <truncateHistoryLogRetentionPeriod>.",
    ),
    "DELTA_FEATURE_DROP_DEPENDENT_FEATURE": (
        "55000",
        "The feature <feature> is needed by others of the table: <dependentFeatures>.",
    ),
    "DELTA_FEATURE_DROP_FEATURE_NOT_PRESENT": (
        "55000",
        "The table has no feature <feature>.",
    ),
    "DELTA_FEATURE_DROP_HISTORICAL_VERSIONS_EXIST": (
        "22KD0",
        "Older versions in the log use the feature <feature>. Repeat the statement when they have gone: <logRetentionPeriodKey> = <logRetentionPeriod>, or after <truncateHistoryLogRetentionPeriod>.",
    ),
    "DELTA_FEATURE_DROP_HISTORY_TRUNCATION_NOT_ALLOWED": (
        "42000",
        "TRUNCATE HISTORY is for features that readers must know too.",
    ),
    "DELTA_FEATURE_DROP_NONREMOVABLE_FEATURE": (
        "0AKDC",
        "The feature <feature> cannot be dropped.",
    ),
    "DELTA_FEATURE_DROP_UNSUPPORTED_CLIENT_FEATURE": (
        "0AKDC",
        "There is no feature <feature> that could be dropped.",
    ),
    "DELTA_FEATURE_DROP_WAIT_FOR_RETENTION_PERIOD": (
        "22KD0",
        "The table uses the feature <feature> no longer, but older versions in its log do. Repeat the statement when they have gone: <logRetentionPeriodKey> = <logRetentionPeriod>, or after <truncateHistoryLogRetentionPeriod> with TRUNCATE HISTORY.",
    ),
    "DELTA_GENERATED_COLUMNS_DEPENDENT_COLUMN_CHANGE": (
        "42K09",
        "The column <columnName> cannot be changed: generated columns are computed from it (<generatedColumns>).",
    ),
    "DELTA_GENERATED_COLUMNS_EXPR_TYPE_MISMATCH": (
        "42K09",
        "The column <columnName> is of type <columnType>, and what it is generated by of type <expressionType>.",
    ),
    "DELTA_IDENTITY_COLUMNS_ALTER_NON_DELTA_FORMAT": (
        "0AKDD",
        "Only identity columns of Delta tables can be synchronized.",
    ),
    "DELTA_IDENTITY_COLUMNS_ALTER_NON_IDENTITY_COLUMN": ("429BQ", "Only an identity column can be synchronized."),
    "DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED": (
        "42808",
        "The values of the identity column <colName> are always generated; none can be given.",
    ),
    "DELTA_IDENTITY_COLUMNS_PARTITION_NOT_SUPPORTED": (
        "42601",
        "A table cannot be partitioned by the identity column <colName>.",
    ),
    "DELTA_IDENTITY_COLUMNS_UNSUPPORTED_DATA_TYPE": ("428H2", "An identity column is BIGINT, and not <dataType>."),
    "DELTA_IDENTITY_COLUMNS_UPDATE_NOT_SUPPORTED": ("42808", "The identity column <colName> cannot be updated."),
    "DELTA_INSERT_COLUMN_ARITY_MISMATCH": (
        "42802",
        "The rows for <tableName> have <insertColumns> columns, and the table has <numColumns>: <columnName>.",
    ),
    "DELTA_INVALID_CDC_RANGE": ("22003", "Changes from <start> to <end> are none: the end comes before the start."),
    "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES": (
        "42K05",
        "Names of columns have blanks, commas, semicolons, brackets, tabs, line ends or equals signs: <invalidColumnNames>. They can if the table maps columns (delta.columnMapping.mode = name).",
    ),
    "DELTA_INVALID_CLONE_PATH": ("22KD1", "A clone needs a table's name or an absolute path, and not <path>."),
    "DELTA_INVALID_COLUMN_NAMES_WHEN_REMOVING_COLUMN_MAPPING": (
        "42K05",
        "Names of columns have characters that they can have only while columns are mapped: <invalidColumnNames>. Rename them first.",
    ),
    "DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS": (
        "42616",
        "txnAppId and txnVersion are given together, or neither: <reason>.",
    ),
    "DELTA_INVALID_INTERVAL": ("22006", "<interval> is no interval."),
    "DELTA_INVALID_ISOLATION_LEVEL": ("25000", "There is no isolation level <isolationLevel>."),
    "DELTA_INVALID_PROTOCOL_VERSION": (
        "KD004",
        "The Delta table <tableNameOrPath> asks for version <readerRequired> of the reader protocol and <writerRequired> of the writer protocol; supported are <supportedReaders> and <supportedWriters>.",
    ),
    "DELTA_MERGE_INCOMPATIBLE_DATATYPE": (
        "42K09",
        "The types <currentDataType> and <updateDataType> cannot become one.",
    ),
    "DELTA_MERGE_UNRESOLVED_EXPRESSION": (
        "42601",
        "The <clause> needs <sqlExpr>, which is not among the columns: <cols>.",
    ),
    "DELTA_METADATA_CHANGED": (
        "2D521",
        "A concurrent write changed the metadata of the table <tableName>: <conflictingCommit>. Run this operation again. See <docLink>.",
    ),
    "DELTA_METADATA_MISMATCH": ("42KDG", "The rows do not fit the Delta table. <details>"),
    "DELTA_MISSING_CHANGE_DATA": (
        "KD002",
        "The changes of the versions <startVersion> to <endVersion> cannot be read: version <version> did not record them. They are recorded while <key> is true.",
    ),
    "DELTA_MISSING_FILES_UNEXPECTED_VERSION": (
        "42K03",
        "The stream would go on with version <startVersion>, but the log begins with <earliestVersion>. To go on without what is lost, set the option <option> to false.",
    ),
    "DELTA_MODE_NOT_SUPPORTED": ("0AKDC", "The mode <mode> is not supported; there is <supportedModes>."),
    "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE": (
        "21506",
        "More than one row of the source matches a row of the target, so MERGE cannot know which to take; make the source's keys unique. See <usageReference>.",
    ),
    "DELTA_NEW_CHECK_CONSTRAINT_VIOLATION": (
        "23512",
        "<numRows> rows of <tableName> violate the new CHECK constraint (<checkConstraint>).",
    ),
    "DELTA_NON_PARTITION_COLUMN_ABSENT": ("KD005", "A table needs columns that it is not partitioned by.<details>"),
    "DELTA_NON_PARTITION_COLUMN_REFERENCE": (
        "42P10",
        "The condition may name partition columns only, compared with constants: [<columnList>], and not <columnName>.",
    ),
    "DELTA_NOT_NULL_CONSTRAINT_VIOLATED": ("23502", "The column <columnName> takes no NULL, and a row has one."),
    "DELTA_NO_START_FOR_CDC_READ": ("42601", "Reading changes needs a startingVersion or a startingTimestamp."),
    "DELTA_OPERATION_NOT_ALLOWED": ("0AKDC", "<operation> is not for Delta tables."),
    "DELTA_OPTIMIZE_FULL_NOT_SUPPORTED": ("42601", "OPTIMIZE … FULL is for tables with clustering columns."),
    "DELTA_OVERWRITE_SCHEMA_WITH_DYNAMIC_PARTITION_OVERWRITE": (
        "42613",
        "When only the partitions that are written are replaced, the table keeps its schema; overwriteSchema cannot be given too.",
    ),
    "DELTA_PARTITION_COLUMN_NOT_FOUND": (
        "42703",
        "The table is partitioned by <columnName>, which the rows do not have: [<schemaMap>].",
    ),
    "DELTA_PATH_EXISTS": ("42K04", "There is something at <path> already; overwrite or append, or write elsewhere."),
    "DELTA_PROTOCOL_CHANGED": (
        "2D521",
        "A concurrent write changed the protocol of the table: <conflictingCommit>. Run this operation again. <additionalInfo>See <docLink>.",
    ),
    "DELTA_PROTOCOL_PROPERTY_NOT_INT": (
        "42K06",
        "<key> is a whole number, and not <value>.",
    ),
    "DELTA_REPLACE_WHERE_IN_OVERWRITE": (
        "42613",
        "With replaceWhere the table keeps its schema; overwriteSchema cannot be given too.",
    ),
    "DELTA_REPLACE_WHERE_MISMATCH": (
        "44000",
        "Rows that are written do not pass the condition of replaceWhere (<replaceWhere>): <message>.",
    ),
    "DELTA_REPLACE_WHERE_WITH_DYNAMIC_PARTITION_OVERWRITE": (
        "42613",
        "Overwriting by replaceWhere and by the partitions that are written exclude each other.",
    ),
    "DELTA_REPLACE_WHERE_WITH_FILTER_DATA_CHANGE_UNSET": (
        "42613",
        "With dataChange = false, replaceWhere takes conditions for whole files only, and not <dataFilters>.",
    ),
    "DELTA_SCHEMA_CHANGED": (
        "KD007",
        "The schema of the Delta table has changed since the command was analysed; run it again. It was: <readSchema>. It is: <dataSchema>.",
    ),
    "DELTA_SCHEMA_CHANGED_WITH_VERSION": (
        "KD007",
        "Version <version> of the table has other columns than the stream began with; start it again to read them. It began with: <readSchema>. There are now: <dataSchema>.",
    ),
    "DELTA_SCHEMA_CHANGE_SINCE_ANALYSIS": (
        "KD007",
        "Columns of the Delta table have changed since the query that reads it was analysed; start it again. <schemaDiff>",
    ),
    "DELTA_SCHEMA_NOT_PROVIDED": (
        "42908",
        "A new Delta table needs columns: give them, or a query, or the location of a table that is there.",
    ),
    "DELTA_SOURCE_IGNORE_DELETE": (
        "0A000",
        "Version <version> of <dataPath> deletes rows (<removedFile>), and a stream reads new rows only. Set ignoreDeletes to pass over such versions.",
    ),
    "DELTA_SOURCE_TABLE_IGNORE_CHANGES": (
        "0A000",
        "Version <version> of <dataPath> changes rows that were there (<changeInfo>), and a stream reads new rows only. Set skipChangeCommits to pass over such versions, or ignoreChanges to read the files that they write.",
    ),
    "DELTA_STARTING_VERSION_AND_TIMESTAMP_BOTH_SET": (
        "42613",
        "A stream begins either at a version (<version>) or at a time (<timestamp>).",
    ),
    "DELTA_STATE_RECOVER_ERROR": ("XXKDS", "The <operation> cannot be read at version <version>: <reason>."),
    "DELTA_STREAMING_CANNOT_CONTINUE_PROCESSING_POST_SCHEMA_EVOLUTION": (
        "KD002",
        "Between the versions <previousSchemaChangeVersion> and <currentSchemaChangeVersion> the table has lost columns as they were (<opType>): <columnChangeDetails>. See that the sink can do without, then allow it: by the options allowSourceColumnRename, allowSourceColumnDrop and allowSourceColumnTypeChange with the version <currentSchemaChangeVersion> or always, or by the settings of these names after spark.databricks.delta.streaming.",
    ),
    "DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE_USE_SCHEMA_LOG": (
        "42KD4",
        "The stream began with the columns <readSchema>, and the table has renamed, dropped or changed some since: <incompatibleSchema>. See <docLink>.",
    ),
    "DELTA_STREAMING_METADATA_EVOLUTION": (
        "22000",
        "The table's columns have changed, and the stream has written them down; start it again to go on with them. They are:\n<schema>Its properties: <config>. Its protocol: <protocol>.",
    ),
    "DELTA_STREAMING_SCHEMA_LOCATION_NOT_UNDER_CHECKPOINT": (
        "22000",
        "The schemaTrackingLocation <schemaTrackingLocation> must be below the checkpoint <checkpointLocation>.",
    ),
    "DELTA_TABLE_ALREADY_CONTAINS_CDC_COLUMNS": (
        "42711",
        "Changes cannot be recorded: the table has columns of the feed's own names, <columnList>.",
    ),
    "DELTA_TABLE_ALREADY_EXISTS": ("42P07", "There is a table <tableName> already."),
    "DELTA_TABLE_NOT_FOUND": ("42P01", "There is no Delta table <tableName>."),
    "DELTA_TABLE_ONLY_OPERATION": ("0AKDD", "<tableName> is no Delta table; <operation> is only for those."),
    "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION": (
        "42816",
        "The time <userTimestamp> is before the oldest version that is left of the table, which is of <commitTs>; ask for a time from <timestampString> on.",
    ),
    "DELTA_TIMESTAMP_GREATER_THAN_COMMIT": (
        "42816",
        "The time <providedTimestamp> is after the newest version of the table, which is of <lastCommitTimestamp>; ask for a time up to <maximumTimestamp>.",
    ),
    "DELTA_TIMESTAMP_INVALID": ("42816", "<expr> is no time."),
    "DELTA_TRUNCATE_TABLE_PARTITION_NOT_SUPPORTED": (
        "0AKDC",
        "A partition of a Delta table is not truncated; delete its rows with DELETE and a condition.",
    ),
    "DELTA_UDF_IN_GENERATED_COLUMN": (
        "42621",
        "A generated column cannot be computed by a user's function; <udfExpr> is one.",
    ),
    "DELTA_UNEXPECTED_NUM_PARTITION_COLUMNS_FROM_FILE_NAME": (
        "KD009",
        "The files of <path> are partitioned by <parsedColsSize> columns [<parsedCols>], and PARTITIONED BY says <expectedColsSize> [<expectedCols>].",
    ),
    "DELTA_UNEXPECTED_PARTITION_COLUMN_FROM_FILE_NAME": (
        "KD009",
        "The files of <path> are partitioned by <parsedCol>, and PARTITIONED BY says <expectedCol>.",
    ),
    "DELTA_UNEXPECTED_PARTITION_SCHEMA_FROM_USER": (
        "KD009",
        "PARTITIONED BY says <userPartitionSchema>, but the catalog has the table partitioned by <catalogPartitionSchema>; leave it out.",
    ),
    "DELTA_UNKNOWN_CONFIGURATION": (
        "F0000",
        "<config> is no property of Delta tables. To set it nevertheless: SET <disableCheckConfig> = true.",
    ),
    "DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP": (
        "0AKDC",
        "The column <fieldPath> cannot be changed from <oldField> to <newField>.",
    ),
    "DELTA_UNSUPPORTED_CLONE_REPLACE_SAME_TABLE": (
        "0AKDC",
        "The table <tableName> cannot be replaced by a clone of itself.",
    ),
    "DELTA_UNSUPPORTED_COLUMN_MAPPING_MODE_CHANGE": (
        "0AKDC",
        "The column mapping mode of a table cannot change from <oldMode> to <newMode>.",
    ),
    "DELTA_UNSUPPORTED_DATA_TYPES": ("0AKDC", "Delta tables have no columns of such types: <dataTypeList>."),
    "DELTA_UNSUPPORTED_DEEP_CLONE": ("0A000", "Deep clones are not supported; CREATE TABLE … AS SELECT copies rows."),
    "DELTA_UNSUPPORTED_DROP_CLUSTERING_COLUMN": (
        "0AKDC",
        "Columns that the table is clustered by cannot be dropped: <columnList>.",
    ),
    "DELTA_UNSUPPORTED_DROP_COLUMN": ("0AKDC", "Columns of this Delta table cannot be dropped. <advice>"),
    "DELTA_UNSUPPORTED_DROP_PARTITION_COLUMN": ("0AKDC", "Partition columns cannot be dropped: <columnList>."),
    "DELTA_UNSUPPORTED_EXPRESSION": ("0A000", "<causedBy> takes a value of type <supportedTypes>, and not <expType>."),
    "DELTA_UNSUPPORTED_EXPRESSION_GENERATED_COLUMN": (
        "42621",
        "A generated column cannot be computed by <expression>.",
    ),
    "DELTA_UNSUPPORTED_FEATURES_FOR_READ": (
        "56038",
        "The Delta table <tableNameOrPath> cannot be read without features that are not supported: <unsupported>.",
    ),
    "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE": (
        "56038",
        "The Delta table <tableNameOrPath> cannot be written without features that are not supported: <unsupported>.",
    ),
    "DELTA_UNSUPPORTED_FEATURES_IN_CONFIG": ("56038", "There are no such features of Delta tables: <configs>."),
    "DELTA_UNSUPPORTED_FEATURE_STATUS": (
        "0AKDE",
        "A feature of a Delta table is supported or enabled; <feature> cannot be <status>.",
    ),
    "DELTA_UNSUPPORTED_GENERATE_WITH_DELETION_VECTORS": (
        "0A000",
        "There is no manifest of files with rows that are gone; REORG TABLE … APPLY (PURGE) writes them anew without.",
    ),
    "DELTA_UNSUPPORTED_MANIFEST_GENERATION_WITH_COLUMN_MAPPING": (
        "0AKDC",
        "There is no manifest of a table that maps columns: who reads by manifests cannot read its files.",
    ),
    "DELTA_UNSUPPORTED_NESTED_FIELD_IN_UPDATE": (
        "0A000",
        "<optionalPrefixMessage>Only columns and fields of structs can be assigned to.",
    ),
    "DELTA_UNSUPPORTED_NON_EMPTY_CLONE": ("0AKDC", "The target of a clone has rows already."),
    "DELTA_UNSUPPORTED_OUTPUT_MODE": (
        "0AKDC",
        "The sink <dataSource> does not take the output mode <mode>; it takes append and complete.",
    ),
    "DELTA_UNSUPPORTED_RENAME_COLUMN": ("0AKDC", "Columns of this Delta table cannot be renamed. <advice>"),
    "DELTA_UNSUPPORTED_TIME_TRAVEL_MULTIPLE_FORMATS": (
        "42613",
        "The version to read is given more than once; give it as an option or in the path.",
    ),
    "DELTA_UNSUPPORTED_TIME_TRAVEL_VIEWS": (
        "0AKDC",
        "What has no versions of its own cannot be read at one: views, subqueries, streams and changes.",
    ),
    "DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT": (
        "22003",
        "Files of the last <configuredRetentionHours> hours may be in use by readers and writers; vacuum with a longer retention, or set spark.databricks.delta.retentionDurationCheck.enabled to false if nobody else uses the table.",
    ),
    "DELTA_VERSION_INVALID": ("42815", "<version> is no version."),
    "DELTA_VERSION_NOT_FOUND": ("22003", "The table has no version <userVersion>; there are <earliest> to <latest>."),
    "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES": (
        "23001",
        "A row violates the CHECK constraint <constraintName> (<expression>); its values: <values>.",
    ),
    "DELTA_ZORDERING_COLUMN_DOES_NOT_EXIST": ("42703", "There is no column <columnName> to order files by."),
    "DELTA_ZORDERING_ON_PARTITION_COLUMN": ("42P10", "<colName> is a partition column; files cannot be ordered by it."),
    "DESCRIBE_JSON_NOT_EXTENDED": (
        "0A000",
        "DESCRIBE AS JSON needs EXTENDED, as in DESC EXTENDED <tableName> AS JSON.",
    ),
    "DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE": (
        "55019",
        "The stream has read the table <oldTableId> so far, and another is in its place now: <newTableId>. Start with a new checkpoint.",
    ),
    "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED": ("0A000", "A window function cannot be DISTINCT: <windowExpr>."),
    "DIVIDE_BY_ZERO": ("22012", 'Division by zero. Use try_divide to get NULL instead, or set <config> to "false".'),
    "DUPLICATED_CTE_NAMES": ("42602", "The WITH clause names these more than once: <duplicateNames>."),
    "DUPLICATED_FIELD_NAME_IN_ARROW_STRUCT": (
        "42713",
        "The fields of an Arrow struct have names of their own each, unlike <fieldNames>.",
    ),
    "DUPLICATED_MAP_KEY": (
        "23505",
        "The key <key> occurs more than once in a map. Set <mapKeyDedupPolicy> to LAST_WIN to keep its last value.",
    ),
    "DUPLICATED_METRICS_NAME": ("42710", "Metrics of two DataFrames are observed under the name <metricName>."),
    "DUPLICATE_ASSIGNMENTS": ("42701", "The columns or variables <nameList> are assigned more than once."),
    "DUPLICATE_CLAUSES": ("42614", "The clause <clauseName> is written twice; remove one."),
    "DUPLICATE_CONDITION_IN_SCOPE": ("42734", "The condition <condition> is declared twice in one block."),
    "DUPLICATE_EXCEPTION_HANDLER.CONDITION": ("42734", "Two handlers of one block are for the condition <condition>."),
    "DUPLICATE_EXCEPTION_HANDLER.SQLSTATE": ("42734", "Two handlers of one block are for the SQLSTATE <sqlState>."),
    "DUPLICATE_KEY": ("23505", "The key <keyColumn> is given more than once."),
    "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED": (
        "4274K",
        "The call of <routineName> gives the parameter <parameterName> by its place and by its name.",
    ),
    "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE": (
        "4274K",
        "The call of <routineName> names the parameter <parameterName> twice.",
    ),
    "DUPLICATE_ROUTINE_PARAMETER_NAMES": (
        "42734",
        "The function <routineName> has parameters of the same name: <names>.",
    ),
    "DUPLICATE_ROUTINE_RETURNS_COLUMNS": (
        "42711",
        "The function <routineName> returns several columns of a name: <columns>.",
    ),
    "DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE": ("42734", "The variable <variableName> stands twice in one DECLARE."),
    "EMITTING_ROWS_OLDER_THAN_WATERMARK_NOT_ALLOWED": (
        "42815",
        "A row was put out whose event time, <emittedRowEventTime>, is older than the watermark, <currentWatermark>: "
        "what follows would take it for a late one.",
    ),
    "EMPTY_PARTITION_COLUMN_NAME": ("KD009", "The partition directory <columnSpec> has no column name."),
    "EMPTY_PARTITION_COLUMN_VALUE": ("KD009", "The partition directory <columnSpec> has no value."),
    "EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE": (
        "0A000",
        "<format> files need at least one column, also in nested structs.",
    ),
    "END_LABEL_WITHOUT_BEGIN_LABEL": ("42K0L", "The end label <endLabel> has no label at the beginning."),
    "EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE": (
        "42K09",
        'The event time <eventName> is of type <eventType>; a "TIMESTAMP" is needed.',
    ),
    "EVENT_TIME_MUST_BE_TOP_LEVEL_COLUMN": (
        "42K09",
        "The event time has to be a column of its own, not a part of one: <eventExpr>. Give it an alias first.",
    ),
    "EXCEED_LIMIT_LENGTH": ("54006", "A text is longer than the <limit> characters of its column."),
    "EXCEPT_NESTED_COLUMN_INVALID_TYPE": (
        "428H2",
        "EXCEPT leaves out fields of structs, and <columnName> is within a <dataType>.",
    ),
    "EXCEPT_OVERLAPPING_COLUMNS": ("42702", "The columns that EXCEPT leaves out overlap: <columns>."),
    "EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES": (
        "42701",
        "Several arguments of EXECUTE IMMEDIATE are named <aliases>.",
    ),
    "EXPECT_PERMANENT_VIEW_NOT_TEMP": (
        "42809",
        "<operation> needs a permanent view, and <viewName> is a temporary one.",
    ),
    "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE": ("42809", "<operation> needs a table, and <viewName> is a view."),
    "EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW": (
        "42809",
        "<operation> needs a table, and <viewName> is a view; use ALTER VIEW.",
    ),
    "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE": ("42809", "<operation> needs a view, and <tableName> is a table."),
    "EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE": (
        "42809",
        "<operation> needs a view, and <tableName> is a table; use ALTER TABLE.",
    ),
    "EXPRESSION_TYPE_IS_NOT_ORDERABLE": ("42822", "<expr> is a <exprType>, which has no order."),
    "FAILED_EXECUTE_UDF": ("39000", "<functionName> (<signature> => <result>) failed: <reason>"),
    "FAILED_FUNCTION_CALL": ("38000", "The function <funcName> cannot be called with these arguments."),
    "FAILED_JDBC.CONNECTION": ("HV000", "The database <url> cannot be reached: <reason>"),
    "FAILED_JDBC.UNCLASSIFIED": ("HV000", "The database <url> refused: <message>"),
    "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER": (
        "KD001",
        "The file <path> has no footer: it is cut off, or not a file of this format.",
    ),
    "FAILED_READ_FILE.FILE_NOT_EXIST": (
        "KD001",
        "The file <path> does not exist any more. Read the path again after it changed.",
    ),
    "FAILED_READ_FILE.NO_HINT": ("KD001", "The file <path> could not be read: <reason>."),
    "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH": (
        "KD001",
        "The file <path> has the column <column> as Parquet's <actualType>, which cannot be read as <expectedType>.",
    ),
    "FAILED_TO_CREATE_PLAN_FOR_DIRECT_QUERY": ("58030", "The files cannot be read as <dataSourceType>."),
    "FAILED_TO_PARSE_TOO_COMPLEX": (
        "54001",
        "The query is nested too deeply. Divide it, for instance by keeping intermediate results in temporary views.",
    ),
    "FAILED_TO_START_PYTHON_WORKER": ("38000", "No Python worker could be started: <reason>."),
    "FIELD_ALREADY_EXISTS": (
        "42710",
        "To <op> <fieldNames> is not possible: there is a field of the name in <struct>.",
    ),
    "FIELD_NOT_FOUND": ("42704", "There is no struct field <fieldName> in <fields>."),
    "FORBIDDEN_OPERATION": ("42809", "<statement> is not allowed for the <objectType> <objectName>."),
    "GENERATED_COLUMN_WITH_DEFAULT_VALUE": (
        "42623",
        "The column <colName> is generated (<genExpr>), so that it can have no default (<defaultValue>).",
    ),
    "GROUPING_COLUMN_MISMATCH": (
        "42803",
        "grouping(<grouping>) is not about a grouping column; those are: <groupingColumns>.",
    ),
    "GROUPING_ID_COLUMN_MISMATCH": (
        "42803",
        "grouping_id(<groupingIdColumn>) does not name the grouping columns, which are: <groupByColumns>.",
    ),
    "GROUP_BY_AGGREGATE": ("42903", "GROUP BY cannot hold aggregate functions: <sqlExpr>."),
    "GROUP_BY_POS_AGGREGATE": ("42903", "GROUP BY <index> means <aggExpr>, which aggregates; it cannot be grouped by."),
    "GROUP_BY_POS_OUT_OF_RANGE": (
        "42805",
        "GROUP BY position <index> is not in the select list, which has <size> items.",
    ),
    "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE": (
        "42822",
        "Rows cannot be grouped by <sqlExpr>: values of <dataType> have no order.",
    ),
    "HLL_INVALID_INPUT_SKETCH_BUFFER": (
        "22546",
        "<function> takes HLL sketches, as `hll_sketch_agg` makes them, and these bytes are none.",
    ),
    "HLL_INVALID_LG_K": ("22546", "<function> takes a lgConfigK from <min> to <max>, and not <value>."),
    "HLL_K_MUST_BE_CONSTANT": ("42K0E", "<function> takes a constant lgConfigK."),
    "HLL_UNION_DIFFERENT_LG_K": (
        "22000",
        "<function> was given sketches of lgConfigK <left> and <right>; it unites them only if `allowDifferentLgConfigK` is true.",
    ),
    "IDENTIFIER_TOO_MANY_NAME_PARTS": ("42601", "The name <identifier> has more parts than the <limit> allowed here."),
    "IDENTITY_COLUMNS_ILLEGAL_STEP": ("42611", "The step of an identity column cannot be 0."),
    "ILLEGAL_DAY_OF_WEEK": ("22009", "There is no day of the week <string>."),
    "INCOMPATIBLE_COLUMN_TYPE": (
        "42825",
        "<operator> needs compatible column types: column <columnOrdinalNumber> of the <tableOrdinalNumber> table is <dataType1>, the first has <dataType2>.<hint>",
    ),
    "INCOMPATIBLE_DATA_FOR_TABLE.AMBIGUOUS_COLUMN_NAME": (
        "KD000",
        "Several columns of the data for <tableName> are called <colName>.",
    ),
    "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA": ("KD000", "The data for <tableName> has no column <colName>."),
    "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST": (
        "KD000",
        "The column <colName> of <tableName> cannot take <srcType> for its <targetType> without loss.",
    ),
    "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS": (
        "KD000",
        "The data for <tableName> has columns that the table has not: <extraColumns>.",
    ),
    "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS": (
        "KD000",
        "The struct <colName> for <tableName> has fields that the table has not: <extraFields>.",
    ),
    "INCOMPATIBLE_DATA_FOR_TABLE.STRUCT_MISSING_FIELDS": (
        "KD000",
        "The struct <colName> for <tableName> lacks fields: <missingFields>.",
    ),
    "INCOMPATIBLE_JOIN_TYPES": ("42613", "A join cannot be both <joinType1> and <joinType2>."),
    "INCOMPATIBLE_VIEW_SCHEMA_CHANGE": (
        "51024",
        "The query of the view <viewName> does not give the column <colName> any more (<expectedNum> expected, found: <actualCols>). Make the view anew: <suggestion>",
    ),
    "INCOMPLETE_TYPE_DEFINITION.ARRAY": ("42K01", "An ARRAY type needs its element type: ARRAY<elementType>."),
    "INCOMPLETE_TYPE_DEFINITION.MAP": (
        "42K01",
        "A MAP type needs its key and value types, MAP<STRING, INT> for example.",
    ),
    "INCOMPLETE_TYPE_DEFINITION.STRUCT": ("42K01", "A STRUCT type needs its fields, STRUCT<a: INT> for example."),
    "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION": (
        "42K0B",
        "The datetime pattern <pattern> is not one of today's, though Spark 2 took it; see <docroot>.",
    ),
    "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN": (
        "42K0B",
        "Week-based datetime patterns, here the letter <c>, are not supported; use the function extract.",
    ),
    "INCONSISTENT_BEHAVIOR_CROSS_VERSION.READ_ANCIENT_DATETIME": (
        "42K0B",
        "Dates before 1582-10-15 or timestamps before 1900 in <format> files may be of the Julian calendar: "
        "set <config>, or the option <option>, to LEGACY or CORRECTED.",
    ),
    "INDETERMINATE_COLLATION_IN_EXPRESSION": (
        "42P22",
        "The texts of <expr> have several collations; say with COLLATE which one counts.",
    ),
    "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS": (
        "21S01",
        "The data for <tableName> has too few columns. Of the table: <tableColumns>. Of the data: <dataColumns>.",
    ),
    "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS": (
        "21S01",
        "The data for <tableName> has too many columns. Of the table: <tableColumns>. Of the data: <dataColumns>.",
    ),
    "INSERT_PARTITION_COLUMN_ARITY_MISMATCH": (
        "21S01",
        "The data for <tableName> has another number of columns than the table without its given partition columns. Of the table: <tableColumns>. Given: <staticPartCols>. Of the data: <dataColumns>.",
    ),
    "INTERNAL_ERROR": ("XX000", "<message>"),
    "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION": ("22015", "An interval is out of range; use smaller values."),
    "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION": (
        "22015",
        "The interval is out of range. Use <functionName> to get NULL instead.",
    ),
    "INTERVAL_DIVIDED_BY_ZERO": ("22012", "An interval is divided by zero. Use try_divide to get NULL instead."),
    "INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE": (
        "42903",
        "The FILTER of an aggregate is asked for each row; <filterExpr> has the aggregate <aggExpr>.",
    ),
    "INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION": (
        "42903",
        "The FILTER of an aggregate is asked for each row; <filterExpr> has the window function <windowExpr>.",
    ),
    "INVALID_AGGREGATE_FILTER.NOT_BOOLEAN": (
        "42903",
        "The FILTER of an aggregate must be a condition, not <filterExpr>.",
    ),
    "INVALID_ARRAY_INDEX": (
        "22003",
        "There is no element at the index <indexValue> of an array of <arraySize> elements. get() gives NULL there instead of this error.",
    ),
    "INVALID_ARRAY_INDEX_IN_ELEMENT_AT": (
        "22003",
        "There is no element at the position <indexValue> of an array of <arraySize> elements. try_element_at() gives NULL there instead of this error.",
    ),
    "INVALID_ARTIFACT_PATH": (
        "22023",
        "The artifact name <name> is invalid: it must be a relative path that stays inside its directory.",
    ),
    "INVALID_ATTRIBUTE_NAME_SYNTAX": (
        "42601",
        "The column name <name> cannot be read: a part in backquotes must be a whole part between dots, and no part may be empty.",
    ),
    "INVALID_BITMAP_POSITION": (
        "22003",
        "A bitmap of <bitmapNumBytes> bytes has bits 0 to <bitmapNumBits> - 1, and no bit <bitPosition>.",
    ),
    "INVALID_BOOLEAN_STATEMENT": ("22546", "A BOOLEAN is needed, which <invalidStatement> is not."),
    "INVALID_BUCKET_COLUMN_DATA_TYPE": ("42601", "A table cannot be bucketed by a column of type <type>."),
    "INVALID_BUCKET_COUNT": ("22003", "A table has 1 to <bucketingMaxBuckets> buckets, and not <numBuckets>."),
    "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_CLOSED": (
        "42K04",
        "The session cannot be cloned to <targetSessionId>: a session of that id was closed before.",
    ),
    "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS": (
        "42K04",
        "The session cannot be cloned to <targetSessionId>: there is a session of that id.",
    ),
    "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT": (
        "42K04",
        "The session cannot be cloned to <targetSessionId>: the id must be a UUID, written '00112233-4455-6677-8899-aabbccddeeff'.",
    ),
    "INVALID_COLUMN_NAME_AS_PATH": (
        "46121",
        "The column <columnName> cannot be saved by <datasource>, whose names have fewer characters; give it an alias.",
    ),
    "INVALID_COLUMN_OR_FIELD_DATA_TYPE": ("42000", "The column or field <name> is <type>, and must be <expectedType>."),
    "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS": (
        "22022",
        "The value '<confValue>' of the setting \"<confName>\" is invalid. It can be one of: <confOptions>.",
    ),
    "INVALID_CONF_VALUE.REQUIREMENT": (
        "22022",
        "The value '<confValue>' of the setting \"<confName>\" is invalid. <confRequirement>",
    ),
    "INVALID_CONF_VALUE.TIME_ZONE": (
        "22022",
        "The value '<confValue>' of the setting \"<confName>\" is invalid: there is no such time zone.",
    ),
    "INVALID_CONF_VALUE.TYPE_MISMATCH": (
        "22022",
        "The value '<confValue>' of the setting \"<confName>\" is invalid. It must be of type '<confType>'.",
    ),
    "INVALID_CORRUPT_RECORD_TYPE": (
        "42804",
        "The column <columnName> for corrupt records must be a nullable string, not <actualType>.",
    ),
    "INVALID_CURSOR.DISCONNECTED": ("HY109", "The server gave this result stream to a later call."),
    "INVALID_CURSOR.NOT_REATTACHABLE": ("HY109", "The operation was not started as reattachable."),
    "INVALID_CURSOR.POSITION_NOT_AVAILABLE": (
        "HY109",
        "The response <responseId> at position <index> was released already.",
    ),
    "INVALID_CURSOR.POSITION_NOT_FOUND": ("HY109", "The operation has no response <responseId>."),
    "INVALID_CURSOR_DECLARATION": (
        "42601",
        "Cursors are declared after the variables and conditions of a block, and before its handlers and statements.",
    ),
    "INVALID_DATA_SOURCE_OPTION": ("22023", "The option <name> cannot be '<value>': it must be <expected>."),
    "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER": (
        "22007",
        "The letter <c> cannot stand in the datetime pattern <pattern>.",
    ),
    "INVALID_DATETIME_PATTERN.LENGTH": ("22007", "The datetime pattern <pattern> repeats a letter too often."),
    "INVALID_DATETIME_PATTERN.WITH_SUGGESTION": (
        "22007",
        "The datetime pattern <pattern> is not valid; see <docroot>.",
    ),
    "INVALID_DEFAULT_VALUE.DATA_TYPE": (
        "42623",
        "<statement>: the default <defaultValue> of the column <colName> should be <expectedType> and is <actualType>.",
    ),
    "INVALID_DEFAULT_VALUE.NON_DETERMINISTIC": (
        "42623",
        "<statement>: the default <defaultValue> of the column <colName> has not always the same value.",
    ),
    "INVALID_DEFAULT_VALUE.NOT_CONSTANT": (
        "42623",
        "<statement>: the default <defaultValue> of the column <colName> is not a constant.",
    ),
    "INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION": (
        "42623",
        "<statement>: the default <defaultValue> of the column <colName> has a subquery.",
    ),
    "INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION": (
        "42623",
        "<statement>: the default <defaultValue> of the column <colName> has no meaning.",
    ),
    "INVALID_DELIMITER_VALUE.EMPTY_STRING": ("42602", "The delimiter cannot be empty."),
    "INVALID_DELIMITER_VALUE.SINGLE_BACKSLASH": ("42602", "A single backslash is no delimiter; write two for one."),
    "INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER": (
        "42602",
        "There is no special character <str> for a delimiter.",
    ),
    "INVALID_EMPTY_LOCATION": ("42K05", "A location cannot be empty: '<location>'."),
    "INVALID_ERROR_CONDITION_DECLARATION.NOT_AT_START_OF_COMPOUND_STATEMENT": (
        "42K0R",
        "The condition <conditionName> must be declared where its block begins.",
    ),
    "INVALID_ERROR_CONDITION_DECLARATION.ONLY_IN_BEGIN_END": (
        "42K0R",
        "The condition <conditionName> can be declared in BEGIN … END only.",
    ),
    "INVALID_ESC": ("42604", "The escape of LIKE must be one character, not <invalidEscape>."),
    "INVALID_ESCAPE_CHAR": ("42604", "The escape character must be one character, a constant, and not <sqlExpr>."),
    "INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE": (
        "42K09",
        "The statement of EXECUTE IMMEDIATE must be a STRING, not <exprType>.",
    ),
    "INVALID_EXTRACT_BASE_FIELD_TYPE": (
        "42000",
        "Nothing can be extracted from <base>: it must be a struct, array or map, not <other>.",
    ),
    "INVALID_EXTRACT_FIELD": ("42601", "There is no field <field> in <expr>."),
    "INVALID_FIELD_NAME": ("42000", "There is no place for a field <fieldName>: <path> is no struct."),
    "INVALID_FORMAT.CONT_THOUSANDS_SEPS": (
        "42601",
        "In the number format <format> each grouping separator must stand between digits.",
    ),
    "INVALID_FORMAT.CUR_MUST_BEFORE_DEC": (
        "42601",
        "In the number format <format> the $ must stand before the decimal point.",
    ),
    "INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT": (
        "42601",
        "In the number format <format> the $ must stand before all digits.",
    ),
    "INVALID_FORMAT.EMPTY": ("42601", "The number format must not be empty."),
    "INVALID_FORMAT.ESC_AT_THE_END": ("42601", "The format <format> ends in its escape character."),
    "INVALID_FORMAT.ESC_IN_THE_MIDDLE": ("42601", "In the format <format>, <char> cannot be escaped."),
    "INVALID_FORMAT.MISMATCH_INPUT": (
        "42601",
        "The value <input> of type <inputType> does not fit the format <format>.",
    ),
    "INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC": (
        "42601",
        "In the number format <format> grouping separators must stand before the decimal point.",
    ),
    "INVALID_FORMAT.UNEXPECTED_TOKEN": (
        "42601",
        "The number format <format> has <token> at a place where it cannot be.",
    ),
    "INVALID_FORMAT.WRONG_NUM_DIGIT": ("42601", "The number format <format> has no digit before the decimal point."),
    "INVALID_FORMAT.WRONG_NUM_TOKEN": ("42601", "The number format <format> has <token> more than once."),
    "INVALID_FRACTION_OF_SECOND": ("22023", "The second 60 cannot have a fraction, unlike <secAndMicros>."),
    "INVALID_GLOB": ("22023", "The file pattern <pattern> is not valid: a bracket is not closed."),
    "INVALID_HANDLE.FORMAT": (
        "HY000",
        "The handle <handle> is invalid: it must be a UUID, written '00112233-4455-6677-8899-aabbccddeeff'.",
    ),
    "INVALID_HANDLE.OPERATION_ABANDONED": (
        "HY000",
        "The handle <handle> is invalid: nobody fetched the operation's results, and it was removed.",
    ),
    "INVALID_HANDLE.OPERATION_ALREADY_EXISTS": (
        "HY000",
        "The handle <handle> is invalid: there is an operation of that id.",
    ),
    "INVALID_HANDLE.OPERATION_NOT_FOUND": ("HY000", "The handle <handle> is invalid: there is no such operation."),
    "INVALID_HANDLE.SESSION_CHANGED": (
        "HY000",
        "The handle <handle> is invalid: the server has started anew since. Connect again.",
    ),
    "INVALID_HANDLE.SESSION_CLOSED": ("HY000", "The handle <handle> is invalid: the session was closed."),
    "INVALID_HANDLE.SESSION_NOT_FOUND": ("HY000", "The handle <handle> is invalid: there is no such session."),
    "INVALID_HANDLER_DECLARATION.CONDITION_NOT_FOUND": ("42K0Q", "There is no condition <condition> for a handler."),
    "INVALID_HANDLER_DECLARATION.DUPLICATE_CONDITION_IN_HANDLER_DECLARATION": (
        "42K0Q",
        "A handler names the condition <condition> twice.",
    ),
    "INVALID_HANDLER_DECLARATION.DUPLICATE_SQLSTATE_IN_HANDLER_DECLARATION": (
        "42K0Q",
        "A handler names the SQLSTATE <sqlState> twice.",
    ),
    "INVALID_HANDLER_DECLARATION.INVALID_CONDITION_COMBINATION": (
        "42K0Q",
        "SQLEXCEPTION and NOT FOUND stand alone in a handler.",
    ),
    "INVALID_HANDLER_DECLARATION.ONLY_IN_BEGIN_END": ("42K0Q", "A handler can be declared in BEGIN … END only."),
    "INVALID_HANDLER_DECLARATION.WRONG_PLACE_OF_DECLARATION": (
        "42K0Q",
        "A handler must stand before the statements of its block.",
    ),
    "INVALID_IDENTIFIER": (
        "42602",
        "The name <ident> needs backquotes: `<ident>`. Without them a name is made of the letters a to z, digits and underscores.",
    ),
    "INVALID_INDEX_OF_ZERO": ("22003", "Positions count from 1, or from -1 backwards; there is no position 0."),
    "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE": (
        "42000",
        "The expression <expr> cannot be evaluated in VALUES.",
    ),
    "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE": (
        "42000",
        "The inline table's column <colName> has values whose types do not go together.",
    ),
    "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH": (
        "42000",
        "The rows of VALUES must be equally long: <expectedNumCols> columns were expected, and row <rowIndex> has <actualNumCols>.",
    ),
    "INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION": ("22006", "The interval '<input>' is out of range."),
    "INVALID_INTERVAL_FORMAT.INTERVAL_PARSING": ("22006", "The text '<input>' is not a valid <interval> interval."),
    "INVALID_INTERVAL_FORMAT.INVALID_FRACTION": (
        "22006",
        "The interval '<input>' is invalid: <unit> cannot have a fraction.",
    ),
    "INVALID_INTERVAL_FORMAT.INVALID_UNIT": ("22006", "The interval '<input>' has an invalid unit, <unit>."),
    "INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE": (
        "22006",
        "A time zone is whole minutes within 18 hours from UTC, which <input> is not.",
    ),
    "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING": (
        "22006",
        "The text '<input>' does not have the form <supportedFormat> of <typeName>.",
    ),
    "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE": (
        "22006",
        "The text '<input>' does not have the form <supportedFormat> of <typeName>.",
    ),
    "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION": ("22006", "There is no interval <from> to <to>."),
    "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION": (
        "22006",
        'An interval with hours, minutes or seconds cannot be added to a date; cast the date to a timestamp, or set <ansiConfig> to "false".',
    ),
    "INVALID_JOIN_TYPE_FOR_JOINWITH": ("42613", "joinWith cannot do a <joinType> join."),
    "INVALID_JSON_DATA_TYPE": ("2203G", "The JSON text '<invalidType>' is not a data type."),
    "INVALID_JSON_DATA_TYPE_FOR_COLLATIONS": ("2203G", "Only strings have collations, not <jsonType>."),
    "INVALID_LABEL_USAGE.DOES_NOT_EXIST": (
        "42K0L",
        "<statementType> names the label <labelName>, which nothing around it has.",
    ),
    "INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND": ("42K0L", "ITERATE is for loops, and <labelName> is a block."),
    "INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES": (
        "42K0D",
        "Two parameters of the lambda function have one name: <args>. Case matters only where <caseSensitiveConfig> is on.",
    ),
    "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION": (
        "42K0D",
        "<class> does not take functions as arguments.",
    ),
    "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH": (
        "42K0D",
        "The lambda function has <expectedNumArgs> parameters and is called with <actualNumArgs>.",
    ),
    "INVALID_LATERAL_JOIN_TYPE": (
        "42613",
        "A <joinType> JOIN cannot be LATERAL: the side whose rows are kept cannot depend on the other. Use an inner or left join.",
    ),
    "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE": ("42K0E", "The <name> <expr> must be an integer, and is <dataType>."),
    "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE": ("42K0E", "The <name> <expr> cannot be negative, and is <v>."),
    "INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL": ("42K0E", "The <name> <expr> cannot be NULL."),
    "INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE": ("42K0E", "The <name> must be a constant, not <expr>."),
    "INVALID_METRIC_VIEW_YAML": ("42K0L", "The definition of the metric view is wrong: <message>."),
    "INVALID_NUMERIC_LITERAL_RANGE": (
        "22003",
        "The number <rawStrippedQualifier> is out of the range of <typeName>, which goes from <minValue> to <maxValue>.",
    ),
    "INVALID_OBSERVED_METRICS.AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED": (
        "42K0E",
        "An observed metric cannot aggregate DISTINCT values: <expr>.",
    ),
    "INVALID_OBSERVED_METRICS.AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED": (
        "42K0E",
        "An aggregate of an observed metric cannot have a FILTER: <expr>.",
    ),
    "INVALID_OBSERVED_METRICS.MISSING_NAME": ("42K0E", "Observed metrics need a name: <operator>."),
    "INVALID_OBSERVED_METRICS.NESTED_AGGREGATES_UNSUPPORTED": (
        "42K0E",
        "An observed metric cannot aggregate aggregates: <expr>.",
    ),
    "INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE": (
        "42K0E",
        "An observed metric aggregates; the column <expr> is not aggregated.",
    ),
    "INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC": (
        "42K0E",
        "What varies from call to call can be in an observed metric only within an aggregate: <expr>.",
    ),
    "INVALID_OBSERVED_METRICS.WINDOW_EXPRESSIONS_UNSUPPORTED": (
        "42K0E",
        "An observed metric cannot be computed over a window: <expr>.",
    ),
    "INVALID_OPTIONS.NON_MAP_FUNCTION": ("42K06", "Options are written as map() of constants."),
    "INVALID_OPTIONS.NON_STRING_TYPE": ("42K06", "Options are a map from strings to strings, and not <mapType>."),
    "INVALID_PANDAS_UDF_PLACEMENT": (
        "0A000",
        "Aggregates by Python functions (<functionList>) and built-in ones cannot stand in one aggregation.",
    ),
    "INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR": ("22023", "<functionName> failed on <parameter>: <detailMessage>"),
    "INVALID_PARAMETER_VALUE.AES_IV_LENGTH": (
        "22023",
        "The parameter <parameter> of <functionName> must have 16 bytes in the mode CBC and 12 in GCM, but has <actualLength> in <mode>.",
    ),
    "INVALID_PARAMETER_VALUE.AES_KEY": ("22023", "The value of <parameter> in <functionName> is invalid: <detail>."),
    "INVALID_PARAMETER_VALUE.AES_KEY_LENGTH": (
        "22023",
        "The parameter <parameter> of <functionName> must have 16, 24 or 32 bytes, but has <actualLength>.",
    ),
    "INVALID_PARAMETER_VALUE.ARTIFACT_CHUNK": (
        "22023",
        "The value of <parameter> in <functionName> is invalid: a chunk came before the beginning of its artifact.",
    ),
    "INVALID_PARAMETER_VALUE.ARTIFACT_INCOMPLETE": (
        "22023",
        "The value of <parameter> in <functionName> is invalid: <chunks> of <expectedChunks> chunks and <size> of <expected> bytes came.",
    ),
    "INVALID_PARAMETER_VALUE.BINARY_FORMAT": (
        "22023",
        "The <parameter> of <functionName> must be base64, hex, utf-8 or utf8, and not <invalidFormat>.",
    ),
    "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE": (
        "22023",
        "The parameter <parameter> of <functionName> must be from 0 to below <upper>, but is <invalidValue>.",
    ),
    "INVALID_PARAMETER_VALUE.BOOLEAN": (
        "22023",
        "<functionName> takes true or false as <parameter>, and not <invalidValue>.",
    ),
    "INVALID_PARAMETER_VALUE.CHARSET": (
        "22023",
        "The value of <parameter> in <functionName> is invalid: there is no charset <charset>; there are: <charsets>.",
    ),
    "INVALID_PARAMETER_VALUE.DATETIME_UNIT": (
        "22023",
        "The <parameter> of <functionName> is invalid: it is a word without quotes (YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND), not the string <invalidValue>.",
    ),
    "INVALID_PARAMETER_VALUE.FORMAT_STRING": (
        "22023",
        "The parameter <parameter> of <functionName> is not a format for these values: <reason>.",
    ),
    "INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_OPERATION_ID_REQUIRES_ID": (
        "22023",
        "The value of <parameter> in <functionName> is invalid: an interrupt by operation needs the operation's id.",
    ),
    "INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_TAG_REQUIRES_TAG": (
        "22023",
        "The value of <parameter> in <functionName> is invalid: an interrupt by tag needs a tag.",
    ),
    "INVALID_PARAMETER_VALUE.LENGTH": (
        "22023",
        "The parameter <parameter> of <functionName> must not be negative, but is <length>.",
    ),
    "INVALID_PARAMETER_VALUE.LONG": (
        "22023",
        "<functionName> takes a whole number as <parameter>, and not <invalidValue>.",
    ),
    "INVALID_PARAMETER_VALUE.OPERATION_TAG": (
        "22023",
        "The value of <parameter> in <functionName> is invalid: a tag cannot be empty and cannot hold a comma.",
    ),
    "INVALID_PARAMETER_VALUE.PATTERN": (
        "22023",
        "The parameter <parameter> of <functionName> is not a regular expression: <value>.",
    ),
    "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX": (
        "22023",
        "The parameter <parameter> of <functionName> must be from 0 to <groupCount>, the number of the pattern's groups, but is <groupIndex>.",
    ),
    "INVALID_PARAMETER_VALUE.SEQUENCE_BOUNDARIES": (
        "22023",
        "The parameter <parameter> of <functionName> does not lead from <start> to <stop>: it is <step>.",
    ),
    "INVALID_PARAMETER_VALUE.START": (
        "22023",
        "The parameter <parameter> of <functionName> counts from 1, or from -1 backwards; it cannot be 0.",
    ),
    "INVALID_PARAMETER_VALUE.TIME_UNIT": (
        "22023",
        "The value of <parameter> in <functionName> is invalid: it must be HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND, not <invalidValue>.",
    ),
    "INVALID_PARTITION_COLUMN_DATA_TYPE": ("0A000", "A table cannot be partitioned by a column of type <type>."),
    "INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY": ("42601", "The table <name> has no partitions."),
    "INVALID_PARTITION_VALUE": (
        "42846",
        "The partition value <value> of the column <columnName> is not a valid <dataType>.",
    ),
    "INVALID_QUERY_MIXED_QUERY_PARAMETERS": ("42613", "A query's parameters are named or positional, not both."),
    "INVALID_RECURSIVE_CTE": (
        "42836",
        "A recursive common table expression is a UNION or UNION ALL of two queries, of which only the second refers to it.",
    ),
    "INVALID_RECURSIVE_REFERENCE.PLACE": (
        "42836",
        "A recursive query cannot refer to itself in aggregates, window functions and sorts, in full outer joins, nor on "
        "the side of an outer, semi or anti join of which not every row comes.",
    ),
    "INVALID_REGEXP_REPLACE": (
        "22023",
        "The matches of <pattern> in <source>, from position <position> on, cannot be replaced by <replacement>.",
    ),
    "INVALID_RESET_COMMAND_FORMAT": (
        "42000",
        "RESET is written RESET or RESET key. A key with other characters than letters, digits, dots and underscores goes into backquotes.",
    ),
    "INVALID_SCHEMA.NON_STRING_LITERAL": ("42K07", "The schema <inputSchema> must be a constant text, and not NULL."),
    "INVALID_SCHEMA.NON_STRUCT_TYPE": ("42K07", "The schema <inputSchema> must be a struct, and is <dataType>."),
    "INVALID_SCHEMA.PARSE_ERROR": ("42K07", "The schema <inputSchema> cannot be read: <reason>"),
    "INVALID_SCHEMA_OR_RELATION_NAME": (
        "42602",
        "<name> cannot be the name of a schema or table: letters, digits and underscores can.",
    ),
    "INVALID_SCHEMA_TYPE_NON_STRUCT": ("42K09", "The schema must be a struct, and is <dataType>."),
    "INVALID_SET_SYNTAX": (
        "42000",
        "SET is written SET, SET key or SET key=value. A key with other characters than letters, digits, dots and underscores, and a value with a semicolon, go into backquotes: SET `key`=`value`.",
    ),
    "INVALID_SINGLE_VARIANT_COLUMN": (
        "42613",
        "With singleVariantColumn the schema <schema> must have just that column, a variant, and maybe the one of corrupt records.",
    ),
    "INVALID_SQLSTATE": (
        "428B3",
        "The SQLSTATE <sqlState> is invalid: it has five letters and digits and does not begin with 00, 01 or XX.",
    ),
    "INVALID_SQL_ARG": (
        "42K08",
        "The argument <name> must be a constant: a literal or a call of map(), array() or struct().",
    ),
    "INVALID_SQL_PATH_SCHEMA_REFERENCE": (
        "42601",
        "A schema in a path has a catalog before it, or a keyword stands for it: <qualifiedName>.",
    ),
    "INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN": (
        "42000",
        "After COMPUTE STATISTICS there can be NOSCAN, not <ctx>.",
    ),
    "INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE": (
        "42000",
        "CREATE FUNCTION has either OR REPLACE or IF NOT EXISTS.",
    ),
    "INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS": (
        "42000",
        "CREATE TEMPORARY FUNCTION has no IF NOT EXISTS.",
    ),
    "INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE": ("42000", "IN needs at least one value in its parentheses."),
    "INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE": ("42000", "The partition column <partKey> has no value."),
    "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX": (
        "42000",
        "The function <prettyName> does not take <syntax>.",
    ),
    "INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC": (
        "42000",
        "LATERAL can only stand before a subquery or a table function.",
    ),
    "INVALID_SQL_SYNTAX.MULTI_PART_NAME": ("42000", "<statement> takes a name of one part, which <name> is not."),
    "INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION": ("42000", "The window <windowName> is defined more than once."),
    "INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE": (
        "42000",
        "There is no SHOW <scope> FUNCTIONS; write USER, SYSTEM or ALL.",
    ),
    "INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED": (
        "42000",
        "A variable needs a type or a default: DECLARE name STRING, or DECLARE name = 'x'.",
    ),
    "INVALID_STATEMENT_FOR_EXECUTE_INTO": ("07501", "INTO takes the row of a query, which <sqlString> is not."),
    "INVALID_STATEMENT_OR_CLAUSE": ("42601", "The statement or clause <operation> is not valid."),
    "INVALID_STREAMING_REAL_TIME_MODE_TRIGGER_INTERVAL": (
        "22023",
        "A real-time trigger of <interval> ms is shorter than the <minBatchDuration> ms that "
        "spark.sql.streaming.realTimeMode.minBatchDuration asks for at least.",
    ),
    "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN": (
        "42823",
        "A scalar subquery has one column; this one has <number>.",
    ),
    "INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY": ("42823", "A subquery cannot read a stream."),
    "INVALID_TEMP_OBJ_QUALIFIER": (
        "42602",
        "The temporary <objectType> <objectName> cannot be qualified with <qualifier>, only with SESSION or SYSTEM.SESSION.",
    ),
    "INVALID_TEMP_OBJ_REFERENCE": (
        "42K0F",
        "The <obj> <objName> outlives the session and cannot use the temporary <tempObj> <tempObjName>.",
    ),
    "INVALID_TIMEZONE": ("22009", "There is no time zone <timeZone>."),
    "INVALID_TIME_TRAVEL_SPEC": ("42K0E", "A table is read either as of a version or as of a time, not as of both."),
    "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT": ("42K0E", "The time to read the table as of, <expr>, is no timestamp."),
    "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.UNEVALUABLE": (
        "42K0E",
        "The time to read the table as of, <expr>, cannot be computed before the query runs.",
    ),
    "INVALID_TYPED_LITERAL": ("42604", "<value> is not a valid literal of the type <valueType>."),
    "INVALID_URL": ("22P02", "The text <url> is not a URL."),
    "INVALID_USAGE_OF_STAR_OR_REGEX": ("42000", "<elem> cannot stand in <prettyName>."),
    "INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT": (
        "42000",
        "count(<tableName>.*) is not taken; count(*) counts rows.",
    ),
    "INVALID_UTF8_STRING": ("22029", "These bytes are not UTF-8: <str>."),
    "INVALID_VARIABLE_DECLARATION.NOT_ALLOWED_IN_SCOPE": (
        "42K0M",
        "The variable <varName> can be declared in BEGIN … END only.",
    ),
    "INVALID_VARIABLE_DECLARATION.ONLY_AT_BEGINNING": (
        "42K0M",
        "The variable <varName> must be declared where its block begins.",
    ),
    "INVALID_VARIABLE_DECLARATION.QUALIFIED_LOCAL_VARIABLE": (
        "42K0M",
        "The variable <varName> of a block is declared without a qualifier.",
    ),
    "INVALID_VARIABLE_DECLARATION.REPLACE_LOCAL_VARIABLE": (
        "42K0M",
        "The variable <varName> of a block cannot be replaced.",
    ),
    "INVALID_VARIANT_CAST": (
        "22023",
        "The variant value <value> cannot be cast to <dataType>; use try_variant_get to get NULL instead.",
    ),
    "INVALID_VARIANT_GET_PATH": ("22023", "<functionName> takes paths such as $.a[0]['b'], and not <path>."),
    "INVALID_VECTOR_NORM_DEGREE": (
        "22023",
        "<functionName> knows the degrees 1.0, 2.0 and infinity, and not <degree>.",
    ),
    "INVALID_WHERE_CONDITION": (
        "42903",
        "The WHERE condition <condition> holds <expressionList>, which cannot stand there.",
    ),
    "INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC": (
        "42601",
        "<aggFunc> is of the whole partition: its window can have neither ORDER BY nor a frame.",
    ),
    "INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED": (
        "42K0K",
        "<funcName> takes no DISTINCT: it is of values in an order.",
    ),
    "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT": (
        "42K0K",
        "With DISTINCT, <funcName> sorts by what it is of, <funcArg>, and not by <orderingExpr>.",
    ),
    "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST": (
        "42K0K",
        "With DISTINCT, <funcName> cannot sort by values of type <inputType>, of which two may be one <castType>.",
    ),
    "INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING": (
        "42K0K",
        "<funcName> needs WITHIN GROUP (ORDER BY …) to say which values it is of.",
    ),
    "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS": (
        "42K0K",
        "<funcName> with these arguments takes <expectedNum> orderings WITHIN GROUP, not <actualNum>.",
    ),
    "JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_OUTPUT_SCHEMA_RESOLUTION": (
        "42000",
        "The database does not understand <jdbcQuery>, of which the columns were asked: <externalEngineError>",
    ),
    "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE": (
        "42K0E",
        "The condition of a join, <joinCondition>, must be BOOLEAN, not <conditionType>.",
    ),
    "KAFKA_DATA_LOSS.ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO": (
        "22000",
        "The new partition <topicPartition> begins at <startOffset>: what came before was removed. With the option failOnDataLoss = false the query goes on without.",
    ),
    "KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE": (
        "22000",
        "Kafka has not the records <startOffset> to <endOffset> of <topicPartition> any more (consumer group <groupId>). With the option failOnDataLoss = false the query goes on without.",
    ),
    "KAFKA_DATA_LOSS.INITIAL_OFFSET_NOT_FOUND_FOR_PARTITIONS": (
        "22000",
        "The new partitions <partitions> have no first offset; they may be deleted. With the option failOnDataLoss = false the query goes on without.",
    ),
    "KAFKA_DATA_LOSS.PARTITIONS_DELETED": (
        "22000",
        "The partitions <partitions> are deleted, perhaps with records that were not read. With the option failOnDataLoss = false the query goes on without.",
    ),
    "KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED": (
        "22000",
        "The partition <topicPartition> ended at <prevOffset> and now ends at <newOffset>. With the option failOnDataLoss = false the query goes on from there.",
    ),
    "KLL_INVALID_INPUT_SKETCH_BUFFER": (
        "22000",
        "<function> takes KLL sketches with values in them, as `kll_sketch_agg_*` makes them, and these bytes are none.",
    ),
    "KLL_SKETCH_INVALID_QUANTILE_RANGE": ("22003", "<functionName> takes ranks from 0.0 to 1.0."),
    "KLL_SKETCH_K_OUT_OF_RANGE": ("22003", "<functionName> takes a k from 8 to 65535, and not <k>."),
    "LABELS_MISMATCH": ("42K0L", "The begin label <beginLabel> and the end label <endLabel> differ."),
    "LABEL_OR_FOR_VARIABLE_ALREADY_EXISTS": ("42K0L", "Something around it is named <label> already."),
    "LABEL_OR_FOR_VARIABLE_NAME_FORBIDDEN": ("42K0L", "No label or variable of FOR can be named <label>."),
    "LATERAL_JOIN_WITH_ARROW_UDTF_UNSUPPORTED": (
        "0A000",
        "A table function of Arrow arrays cannot be the right side of a lateral join; one of rows can.",
    ),
    "LOCATION_ALREADY_EXISTS": ("42710", "The place <location> of the managed table <identifier> is not empty."),
    "MALFORMED_CHARACTER_CODING": ("22000", "<function> met what is not a character of <charset>."),
    "MALFORMED_LOG_FILE": ("KD002", "A file of the checkpoint or of a sink's log cannot be read: <text>."),
    "MALFORMED_PROTOBUF_MESSAGE": (
        "XX000",
        "The bytes are not the message of Protobuf that they should be, and the mode is <failFastMode>; mode PERMISSIVE gives NULL instead.",
    ),
    "MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS": (
        "22023",
        "The record <badRecord> is an array, where one struct is asked for, and the mode is <failFastMode>.",
    ),
    "MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_STRING_AS_DATATYPE": (
        "22023",
        "In the record <badRecord>, the value <fieldValue> of <fieldName>, of the JSON type <inputType>, is no <targetType>; the mode is <failFastMode>.",
    ),
    "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION": (
        "22023",
        "The record <badRecord> is malformed, and the mode is FAILFAST; mode PERMISSIVE gives NULL instead.",
    ),
    "MALFORMED_VARIANT": ("22023", "The binary form of the variant is damaged."),
    "MERGE_INSERT_VALUE_COUNT_MISMATCH": ("42826", "INSERT in MERGE has <columns> columns and <values> values."),
    "MERGE_WITHOUT_WHEN": ("42601", "MERGE needs at least one WHEN clause."),
    "MISSING_AGGREGATION": (
        "42803",
        "The column <expression> is neither grouped nor aggregated; add it to GROUP BY or use <expressionAnyValue> if any value will do.",
    ),
    "MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION": (
        "XX000",
        "<operator> aggregates <missingAttributes>, which is an aggregate of the select list already.",
    ),
    "MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT": (
        "XX000",
        "The columns <missingAttributes> are not among <input>, which <operator> is given.",
    ),
    "MISSING_CATALOG_ABILITY.PROCEDURES": ("0A000", "The catalog <plugin> has no procedures."),
    "MISSING_CLAUSES_FOR_OPERATION": ("42601", "<operation> lacks <clauses>."),
    "MISSING_GROUP_BY": ("42803", "The query mixes aggregates with columns and has no GROUP BY."),
    "MISSING_WINDOW_SPECIFICATION": (
        "42P20",
        "No WINDOW clause defines <windowName>; see <docroot>/sql-ref-syntax-qry-select-window.html.",
    ),
    "MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS": (
        "42000",
        "<clause1> and <clause2> cannot stand in one |> operator; write one operator for each.",
    ),
    "MULTI_ALIAS_WITHOUT_GENERATOR": (
        "42K0E",
        "<expr> cannot have several names (<names>), for it is not a generator.",
    ),
    "NAMED_PARAMETERS_NOT_SUPPORTED": (
        "4274K",
        "The function <functionName> takes no named arguments; give them by position.",
    ),
    "NEAREST_BY_JOIN.NON_ORDERABLE_RANKING_EXPRESSION": (
        "42604",
        "A nearest-by join cannot rank by <expression>: values of type <type> have no order.",
    ),
    "NEAREST_BY_JOIN.NUM_RESULTS_OUT_OF_RANGE": (
        "42604",
        "A nearest-by join gives <min> to <max> results for a row, not <numResults>.",
    ),
    "NEAREST_BY_JOIN.UNSUPPORTED_DIRECTION": (
        "42604",
        "A nearest-by join has no direction <direction>; there are <supported>.",
    ),
    "NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE": (
        "42604",
        "A nearest-by join cannot be of the type <joinType>; there are <supported>.",
    ),
    "NEAREST_BY_JOIN.UNSUPPORTED_MODE": ("42604", "A nearest-by join has no mode <mode>; there are <supported>."),
    "NEGATIVE_SCALE_DISALLOWED": ("0A000", "A decimal cannot have the negative scale <scale> (<sqlConf>)."),
    "NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION": (
        "22003",
        "A count of values must not be negative, but <frequencyExpression> is <negativeValue>.",
    ),
    "NESTED_AGGREGATE_FUNCTION": (
        "42607",
        "An aggregate cannot be the argument of another; compute the inner one in a subquery.",
    ),
    "NON_FOLDABLE_ARGUMENT": ("42K08", "The argument <paramName> of <funcName> must be a constant <paramType>."),
    "NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION": (
        "42613",
        "Of several WHEN MATCHED clauses only the last can be without a condition.",
    ),
    "NON_LAST_NOT_MATCHED_BY_SOURCE_CLAUSE_OMIT_CONDITION": (
        "42613",
        "Of several WHEN NOT MATCHED BY SOURCE clauses only the last can be without a condition.",
    ),
    "NON_LAST_NOT_MATCHED_BY_TARGET_CLAUSE_OMIT_CONDITION": (
        "42613",
        "Of several WHEN NOT MATCHED [BY TARGET] clauses only the last can be without a condition.",
    ),
    "NON_LITERAL_PIVOT_VALUES": ("42K08", "The values to pivot must be constants, and <expression> is not."),
    "NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING": (
        "42KDE",
        "A stream has windows of time only, not <windowFunc> (as column <columnName>): <windowSpec>.",
    ),
    "NOT_ALLOWED_IN_FROM.LATERAL_WITH_PIVOT": (
        "42601",
        "LATERAL VIEW and PIVOT cannot stand together in one FROM clause.",
    ),
    "NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT": ("42601", "PIVOT and UNPIVOT cannot stand in one FROM clause."),
    "NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE": ("42601", "|> WHERE cannot have a WINDOW clause."),
    "NOT_A_CONSTANT_STRING.NOT_CONSTANT": (
        "42601",
        "The argument of <name> must be a constant string, but <expr> is not constant.",
    ),
    "NOT_A_CONSTANT_STRING.NULL": ("42601", "The argument of <name> must be a constant string, but <expr> is NULL."),
    "NOT_A_CONSTANT_STRING.WRONG_TYPE": (
        "42601",
        "The argument of <name> must be a constant string, but <expr> is of type <dataType>.",
    ),
    "NOT_A_PARTITIONED_TABLE": ("42809", "<operation> needs a partitioned table, and <tableIdentWithDB> is none."),
    "NOT_A_SCALAR_FUNCTION": ("42887", "<functionName> gives a table and belongs in FROM."),
    "NOT_A_TABLE_FUNCTION": ("42887", "<functionName> gives a value and does not belong in FROM."),
    "NOT_NULL_CONSTRAINT_VIOLATION.ARRAY_ELEMENT": ("42000", "The elements of the array <columnPath> may not be NULL."),
    "NOT_NULL_CONSTRAINT_VIOLATION.MAP_VALUE": ("42000", "The values of the map <columnPath> may not be NULL."),
    "NOT_SUPPORTED_CHANGE_COLUMN": (
        "0A000",
        "The column <originName> of <table> cannot become <newName>: its type <originType> cannot become <newType>.",
    ),
    "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT": ("0A000", "<cmd> needs Hive, which is not here."),
    "NO_MERGE_ACTION_SPECIFIED": (
        "42K0E",
        "mergeInto needs at least one of whenMatched, whenNotMatched and whenNotMatchedBySource.",
    ),
    "NO_SQL_TYPE_IN_PROTOBUF_SCHEMA": ("42S22", "The message of Protobuf has no <catalystFieldPath>."),
    "NULLABLE_COLUMN_OR_FIELD": ("42000", "The column or field <name> can be NULL where that is not allowed."),
    "NULL_MAP_KEY": ("2200E", "A key of a map cannot be NULL."),
    "NULL_QUERY_STRING_EXECUTE_IMMEDIATE": ("22004", "The statement of EXECUTE IMMEDIATE, <varName>, is NULL."),
    "NUMERIC_OUT_OF_SUPPORTED_RANGE": ("22003", "The number <value> has more than 38 digits before its point."),
    "NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION": (
        "22003",
        "The value <originalValue>, rounded to <roundedValue>, does not fit in DECIMAL(<precision>, <scale>).",
    ),
    "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION": (
        "22003",
        '<value> does not fit Decimal(<precision>, <scale>). Set <config> to "false" to get NULL instead.',
    ),
    "NUM_COLUMNS_MISMATCH": (
        "42826",
        "<operator> needs inputs with the same number of columns: the first has <firstNumColumns>, the <invalidOrdinalNum> has <invalidNumColumns>.",
    ),
    "NUM_TABLE_VALUE_ALIASES_MISMATCH": (
        "42826",
        "<aliasesNum> names are given for the <outColsNum> columns of <funcName>.",
    ),
    "OPERATION_CANCELED": ("HY008", "The operation was cancelled."),
    "OPTION_VALUE_EXCEEDS_ONE_CHARACTER": ("22023", "The option <option> must be one character, not <value>."),
    "ORDER_BY_POS_OUT_OF_RANGE": (
        "42805",
        "ORDER BY position <index> is not in the select list, which has <size> items.",
    ),
    "PARQUET_TYPE_ILLEGAL": ("42846", "The Parquet type <parquetType> has no counterpart in Spark."),
    "PARSE_EMPTY_STATEMENT": ("42617", "There is nothing to parse: the text is empty."),
    "PARSE_MODE_UNSUPPORTED": ("42601", "<funcName> has the modes PERMISSIVE and FAILFAST, and not <mode>."),
    "PARSE_SYNTAX_ERROR": ("42601", "Syntax error at or near <error><hint>."),
    "PARTITIONS_ALREADY_EXIST": ("428FT", "The table <tableName> has these partitions already: <partitionList>."),
    "PARTITIONS_NOT_FOUND": ("428FT", "The table <tableName> does not have: <partitionList>."),
    "PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO": (
        "42601",
        "insertInto takes no partitionBy: the table <tableName> says how it is partitioned.",
    ),
    "PATH_ALREADY_EXISTS": ("42K04", 'The path <outputPath> exists already; set mode to "overwrite" to replace it.'),
    "PATH_NOT_FOUND": ("42K03", "The path <path> does not exist."),
    "PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION": (
        "0A000",
        "|> AGGREGATE computes aggregates, and <expr> is none; what to group by stands after GROUP BY.",
    ),
    "PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION": (
        "0A000",
        "|> <clause> cannot compute the aggregate <expr>; |> AGGREGATE can.",
    ),
    "PIVOT_VALUE_DATA_TYPE_MISMATCH": (
        "42K09",
        "The value to pivot '<value>' is of type <valueType>, which cannot be compared with the column's type <pivotType>.",
    ),
    "PROTOBUF_DEPENDENCY_NOT_FOUND": (
        "42K0G",
        "The descriptor set of Protobuf lacks the file <dependencyName>, which another one imports.",
    ),
    "PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND": ("42K0G", "There is no Protobuf descriptor file <filePath>."),
    "PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA": (
        "42K0G",
        "The message of Protobuf has <field>, for which there is no column.",
    ),
    "PROTOBUF_MESSAGE_NOT_FOUND": ("42K0G", "The descriptor set of Protobuf has no message <messageName>."),
    "PYTHON_DATA_SOURCE_ERROR": ("38000", "A data source in Python failed to <action> the <type>: <msg>"),
    "PYTHON_EXCEPTION": ("38000", "<msg>: <traceback>"),
    "PYTHON_WORKER_EXITED": (
        "38000",
        "The Python worker that ran a user function has ended before it was done: <reason>.",
    ),
    "PYTHON_WORKER_OUT_OF_MEMORY": (
        "38000",
        "A user function used more memory than a Python worker may (<limit> bytes, spark.glowplug.python.workerMemory).",
    ),
    "QUALIFY_AGGREGATE_NOT_ALLOWED": (
        "42903",
        "QUALIFY cannot have the aggregate <aggregateExpr>; use HAVING, or give it a window.",
    ),
    "QUALIFY_REQUIRES_WINDOW_FUNCTION": (
        "42903",
        "QUALIFY needs a window function, in its condition or in the select list.",
    ),
    "RECURSION_LEVEL_LIMIT_EXCEEDED": (
        "42836",
        "The recursive query still had rows after <levelLimit> steps; say MAX RECURSION LEVEL, or raise spark.sql.cteRecursionLevelLimit.",
    ),
    "RECURSIVE_PROTOBUF_SCHEMA": (
        "42K0G",
        "The field <fieldDescriptor> of Protobuf has messages in themselves; the option recursive.fields.max.depth, from 1 to 10, says how often.",
    ),
    "RECURSIVE_VIEW": ("42K0H", "The view <viewIdent> would contain itself: <newPath>."),
    "REF_DEFAULT_VALUE_IS_NOT_ALLOWED_IN_PARTITION": ("42601", "DEFAULT cannot be the value of a partition."),
    "REMAINDER_BY_ZERO": ("22012", 'Remainder by zero. Use try_mod to get NULL instead, or set <config> to "false".'),
    "REQUIRED_PARAMETER_NOT_FOUND": (
        "4274K",
        "The call of <routineName> lacks the parameter <parameterName>, at position <index>.",
    ),
    "REQUIRES_SINGLE_PART_NAMESPACE": (
        "42K05",
        "The catalog <sessionCatalog> has schemas of one name; <identifier> has another number.",
    ),
    "RESERVED_CDC_COLUMNS_ON_WRITE": (
        "42939",
        "Columns have names that are the change feed's own, <columnList>; rename them, or set <config> to false.",
    ),
    "ROUTINE_ALREADY_EXISTS": (
        "42723",
        "The <newRoutineType> <routineName> cannot be made: there is a <existingRoutineType> of that name.",
    ),
    "ROUTINE_NOT_FOUND": ("42883", "There is no function <routineName>."),
    "ROW_SUBQUERY_TOO_MANY_ROWS": ("21000", "The query for these variables gave more than one row."),
    "SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION": (
        "0A000",
        "The correlated scalar subquery <sqlExpr> is neither grouped by nor inside an aggregate; aggregate it, for example with first().",
    ),
    "SCALAR_SUBQUERY_TOO_MANY_ROWS": ("21000", "A subquery used as a value returned more than one row."),
    "SCHEMA_ALREADY_EXISTS": ("42P06", "There is a schema <schemaName> already."),
    "SCHEMA_NOT_EMPTY": (
        "2BP01",
        "The schema <schemaName> has tables or functions; DROP SCHEMA ... CASCADE drops them too.",
    ),
    "SCHEMA_NOT_FOUND": ("42704", "There is no schema <schemaName>."),
    "SECOND_FUNCTION_ARGUMENT_NOT_INTEGER": ("22023", "The second argument of <functionName> must be a whole number."),
    "SEED_EXPRESSION_IS_UNFOLDABLE": ("42K08", "The seed <seedExpr> of <exprWithSeed> must be a constant."),
    "SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE": ("42K05", "SHOW COLUMNS names two schemas, <namespaceA> and <namespaceB>."),
    "SKETCH_INVALID_LG_NOM_ENTRIES": ("22003", "<function> takes a lgNomEntries from <min> to <max>, and not <value>."),
    "SORT_BY_WITHOUT_BUCKETING": ("42601", "sortBy needs bucketBy."),
    "SPECIFY_CLUSTER_BY_WITH_BUCKETING_IS_NOT_ALLOWED": (
        "42908",
        "A table is either clustered (CLUSTER BY) or in buckets (CLUSTERED BY), not both.",
    ),
    "SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED": (
        "42908",
        "A table is either clustered (CLUSTER BY) or partitioned (PARTITIONED BY), not both.",
    ),
    "SQL_CONF_NOT_FOUND": ("42K0I", "There is no setting <sqlConf>."),
    "SQL_SCRIPT_IN_EXECUTE_IMMEDIATE": ("07501", "EXECUTE IMMEDIATE runs no script: <sqlString>."),
    "STAR_GROUP_BY_POS": ("0A000", "GROUP BY cannot use positions in a select list that has a *."),
    "STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL": (
        "42802",
        "The state <stateName> has a time to live, which needs the time mode ProcessingTime, not <timeMode>.",
    ),
    "STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE": (
        "42802",
        "The time to live of the state <stateName> must be greater than zero (<operationType>).",
    ),
    "STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE": (
        "42802",
        "<timeMode> is no time mode; there are None, ProcessingTime and EventTime.",
    ),
    "STATE_STORE_CANNOT_CREATE_COLUMN_FAMILY_WITH_RESERVED_CHARS": (
        "42802",
        "A state variable's name cannot begin as <colFamilyName> does.",
    ),
    "STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME": (
        "42802",
        "A state variable cannot be called '<colFamilyName>' (<operationName>).",
    ),
    "STATE_STORE_INVALID_VALUE_SCHEMA_EVOLUTION": (
        "XXKST",
        "Values of the schema <oldValueSchema> cannot be read as ones of <newValueSchema>: fields may come, if they can "
        "be NULL, and go, and a number may become wider.",
    ),
    "STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE": (
        "42K06",
        "The state <stateVarName> is of the kind <oldType> and cannot become one of the kind <newType>; begin with a new "
        "checkpoint, or keep it as it is.",
    ),
    "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE": (
        "XXKST",
        "The state has keys of the schema <storedKeySchema>, and the query wants <newKeySchema>.",
    ),
    "STATE_STORE_VALUE_SCHEMA_EVOLUTION_THRESHOLD_EXCEEDED": (
        "42K06",
        "The state <colFamilyName> has had <numSchemaEvolutions> schemas, and may not have more than "
        "<maxSchemaEvolutions>.",
    ),
    "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE": (
        "XXKST",
        "The state has values of the schema <storedValueSchema>, and the query wants <newValueSchema>.",
    ),
    "STDS_COMMITTED_BATCH_UNAVAILABLE": (
        "KD006",
        "The checkpoint <checkpointLocation> has no such batch that was committed.",
    ),
    "STDS_CONFLICT_OPTIONS": ("42613", "The options <options> cannot be given together."),
    "STDS_FAILED_TO_READ_STATE_SCHEMA": (
        "42K03",
        "There is no state to read, or none whose layout is known here: <sourceOptions>.",
    ),
    "STDS_INVALID_OPTION_VALUE.IS_EMPTY": ("42616", "The option <optionName> is empty."),
    "STDS_INVALID_OPTION_VALUE.IS_NEGATIVE": ("42616", "The option <optionName> is negative."),
    "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE": (
        "42616",
        "The option <optionName> has a value that cannot be: <message>",
    ),
    "STDS_REQUIRED_OPTION_UNSPECIFIED": ("42601", "The option <optionName> must be given."),
    "STREAMING_CHECKPOINT_MISSING_METADATA_FILE": (
        "42K03",
        "The checkpoint <checkpointLocation> has logs but has lost its file `metadata`, which holds the query's id. Restore it, or begin with a new checkpoint.",
    ),
    "STREAMING_OUTPUT_MODE.INVALID": (
        "42KDE",
        "Invalid output mode: <outputMode>. There are append, complete and update.",
    ),
    "STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE": (
        "42KDE",
        "The output mode <outputMode> is not possible with the data source <className>.",
    ),
    "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION": (
        "42KDE",
        "The output mode <outputMode> is not possible for <operation> on a stream.",
    ),
    "STREAMING_REAL_TIME_MODE.OUTPUT_MODE_NOT_SUPPORTED": (
        "0A000",
        "Streams in real-time mode have the output mode update, not <outputMode>.",
    ),
    "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA": (
        "42K03",
        "The checkpoint has the state of the operators [<OpsInMetadataSeq>], and the query has [<OpsInCurBatchSeq>].",
    ),
    "STREAM_FAILED": ("XXKST", "The query [id = <id>, runId = <runId>] has ended with an exception: <message>"),
    "STREAM_STOP_TIMEOUT": (
        "",
        "The query <name> has not ended within <millis> ms, the value of <config>; it is stopping.",
    ),
    "ST_INVALID_ENDIANNESS_VALUE": (
        "22023",
        "There is no byte order '<endianness>': it is 'NDR', little-endian, or 'XDR', big-endian.",
    ),
    "ST_INVALID_SRID_VALUE": ("22023", "There is no spatial reference system <srid>."),
    "SYNTAX_DISCONTINUED.BANG_EQUALS_NOT": (
        "42601",
        "<clause> stands before conditions only; here, write NOT, or set spark.sql.legacy.bangEqualsNot to true.",
    ),
    "TABLE_OR_VIEW_ALREADY_EXISTS": ("42P07", "There is a table or view <relationName> already."),
    "TABLE_OR_VIEW_NOT_FOUND": (
        "42P01",
        "The table or view <relationName> does not exist; check its name and the current catalog and schema.",
    ),
    "TABLE_VALUED_ARGUMENTS_NOT_YET_IMPLEMENTED_FOR_SQL_FUNCTIONS": (
        "0A000",
        "<functionName> is a function in SQL, which takes no tables.",
    ),
    "TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON": (
        "38000",
        "The `analyze` method of the table function failed: <msg>",
    ),
    "TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INCOMPATIBLE_WITH_CALL": (
        "22023",
        "The table function <functionName> <requestedMetadata>, which does not go with a call that <invalidFunctionCallProperty>.",
    ),
    "TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INVALID": (
        "22023",
        "What the table function <functionName> asks for cannot be: <reason>.",
    ),
    "TABLE_VALUED_FUNCTION_TOO_MANY_TABLE_ARGUMENTS": (
        "54023",
        "A table function takes one TABLE argument, and not <num>.",
    ),
    "TASK_WRITE_FAILED": ("58030", "Writing to <path> failed: <reason>."),
    "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS": (
        "42P07",
        "The temporary view <relationName> exists already; replace it with CREATE OR REPLACE, or drop it.",
    ),
    "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS": ("428EK", "A temporary view's name has one part; this is <actualName>."),
    "THETA_INVALID_INPUT_SKETCH_BUFFER": (
        "22000",
        "<function> takes theta sketches, as `theta_sketch_agg` makes them, and these bytes are none.",
    ),
    "THETA_INVALID_INPUT_SKETCH_BUFFER_FAMILY": (
        "22000",
        "<function> takes theta sketches (family <expectedFamily>), and this one is of the family <actualFamily>.",
    ),
    "THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT": ("42K0E", "<function> takes a constant lgNomEntries."),
    "TRAILING_COMMA_IN_SELECT": ("42601", "There is a comma before FROM and no column after it."),
    "TRANSPOSE_EXCEED_ROW_LIMIT": (
        "54006",
        "The rows to transpose are more than <maxValues>; set <config> higher if that many columns are meant.",
    ),
    "TRANSPOSE_INVALID_INDEX_COLUMN": ("42804", "The index column of TRANSPOSE is invalid: <reason>."),
    "TRANSPOSE_NO_LEAST_COMMON_TYPE": (
        "42K09",
        "Columns to transpose need a common type, and <dt1> and <dt2> have none.",
    ),
    "TUPLE_INVALID_INPUT_SKETCH_BUFFER": (
        "22000",
        "<function> takes tuple sketches, as `tuple_sketch_agg_*` makes them, and these bytes are none.",
    ),
    "TUPLE_INVALID_INPUT_SKETCH_BUFFER_FAMILY": (
        "22000",
        "<function> takes tuple sketches (family <expectedFamily>), and this one is of the family <actualFamily>.",
    ),
    "TUPLE_INVALID_SKETCH_MODE": ("22023", "<function> has no mode <mode>; there are <validModes>."),
    "UDTF_ALIAS_NUMBER_MISMATCH": (
        "42802",
        "The table function has <aliasesSize> columns, which does not fit the names <aliasesNames>.",
    ),
    "UDTF_INVALID_ALIAS_IN_REQUESTED_ORDERING_STRING_FROM_ANALYZE_METHOD": (
        "42802",
        "An OrderingColumn of `analyze` has a name or an order in its text (<aliasName>), where only an expression belongs.",
    ),
    "UDTF_INVALID_REQUESTED_SELECTED_EXPRESSION_FROM_ANALYZE_METHOD_REQUIRES_ALIAS": (
        "42802",
        "The expression <expression> of a SelectedColumn of `analyze` needs an alias.",
    ),
    "UNABLE_TO_ACQUIRE_MEMORY": (
        "53200",
        "There is no room for <requestedBytes> more, got <receivedBytes>: the memory limit and the spill directory are full.",
    ),
    "UNABLE_TO_CONVERT_TO_PROTOBUF_MESSAGE_TYPE": (
        "42K0G",
        "A value of the type <toType> cannot be written as the message <protobufType> of Protobuf.",
    ),
    "UNABLE_TO_INFER_SCHEMA": (
        "42KD9",
        "No schema can be found for <format>: there is no data to take it from; give one.",
    ),
    "UNBOUND_SQL_PARAMETER": ("42P02", "No value was given for the parameter <name>; pass it in args."),
    "UNCLOSED_BRACKETED_COMMENT": ("42601", "A bracketed comment is not closed; end it with */."),
    "UNEXPECTED_INPUT_TYPE": (
        "42K09",
        "The <paramIndex> parameter of <functionName> is <requiredType>; <inputSql> is <inputType>.",
    ),
    "UNEXPECTED_POSITIONAL_ARGUMENT": (
        "4274K",
        "The call of <routineName> has a positional argument after the named one <parameterName>.",
    ),
    "UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE": ("42836", "A recursive query joins its parts by UNION ALL, not UNION."),
    "UNPIVOT_REQUIRES_ATTRIBUTES": (
        "42K0A",
        "Where UNPIVOT is given no <empty> columns, each of its <given> columns is a column itself, not <expressions>.",
    ),
    "UNPIVOT_REQUIRES_VALUE_COLUMNS": (
        "42K0A",
        "UNPIVOT needs value columns; name some, or give fewer columns as ids.",
    ),
    "UNPIVOT_VALUE_DATA_TYPE_MISMATCH": (
        "42K09",
        "The value columns of UNPIVOT need a common type, and these have none: <types>.",
    ),
    "UNPIVOT_VALUE_SIZE_MISMATCH": (
        "428C4",
        "Each set of value columns of UNPIVOT must have as many columns as there are value names: <names>.",
    ),
    "UNRECOGNIZED_PARAMETER_NAME": (
        "4274K",
        "<routineName> has no parameter <argumentName>. Did you mean one of: <proposal>?",
    ),
    "UNRECOGNIZED_STATISTIC": (
        "42704",
        "There is no statistic <stats>. There are count, count_distinct, approx_count_distinct, mean, stddev, min, max and percentiles such as 25%.",
    ),
    "UNRESOLVABLE_TABLE_VALUED_FUNCTION": ("42883", "There is no table function <name> with these arguments."),
    "UNRESOLVED_ALL_IN_GROUP_BY": ("42803", "The select list does not tell what GROUP BY ALL is to group by: name it."),
    "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION": (
        "42703",
        "There is no column, variable or function parameter named <objectName>.",
    ),
    "UNRESOLVED_COLUMN.WITH_SUGGESTION": (
        "42703",
        "There is no column, variable or function parameter named <objectName>. Did you mean one of: <proposal>?",
    ),
    "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES": ("42703", "There is no column <colName> among <fieldNames>."),
    "UNRESOLVED_FIELD.WITH_SUGGESTION": (
        "42703",
        "The struct <columnPath> has no field <fieldName>. Did you mean one of: <proposal>?",
    ),
    "UNRESOLVED_ROUTINE": ("42883", "There is no function <routineName> in <searchPath>."),
    "UNRESOLVED_USING_COLUMN_FOR_JOIN": (
        "42703",
        "The <side> side of the join has no column <colName> to join by; its columns are: <suggestion>.",
    ),
    "UNRESOLVED_VARIABLE": ("42883", "There is no variable <variableName> in <searchPath>."),
    "UNSUPPORTED_ARROWTYPE": ("0A000", "Columns of the Arrow type <typeName> cannot be read."),
    "UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING": (
        "0A000",
        "The types CHAR and VARCHAR cannot be used here; use STRING, or set spark.sql.legacy.charVarcharAsString.",
    ),
    "UNSUPPORTED_CONSTRAINT_CHARACTERISTIC": ("0A000", "A <constraintType> constraint cannot be <characteristic>."),
    "UNSUPPORTED_DATATYPE": ("0A000", "There is no data type <typeName>."),
    "UNSUPPORTED_DATA_SOURCE_SAVE_MODE": (
        "0A000",
        "The data source <source> cannot be written in the mode <createMode>, only in Append and Overwrite.",
    ),
    "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE": (
        "0A000",
        "<format> files cannot hold the column <columnName> of type <columnType>.",
    ),
    "UNSUPPORTED_EXPRESSION_GENERATED_COLUMN": (
        "42621",
        "The column <fieldName> cannot be generated by <expressionStr>: <reason>.",
    ),
    "UNSUPPORTED_EXPR_FOR_OPERATOR": ("42K0E", "These expressions cannot stand here: <invalidExprSqls>."),
    "UNSUPPORTED_EXPR_FOR_PARAMETER": ("42K0E", "A parameter's value cannot be <invalidExprSql>."),
    "UNSUPPORTED_EXPR_FOR_WINDOW": ("42P20", "<sqlExpr> cannot be computed over a window."),
    "UNSUPPORTED_FEATURE.AES_MODE": ("0A000", "<functionName> has no mode <mode> with the padding <padding>."),
    "UNSUPPORTED_FEATURE.AES_MODE_AAD": ("0A000", "<functionName> takes no additional data in the mode <mode>."),
    "UNSUPPORTED_FEATURE.AES_MODE_IV": ("0A000", "<functionName> takes no initialization vector in the mode <mode>."),
    "UNSUPPORTED_FEATURE.ALTER_TABLE_SERDE_FOR_DATASOURCE_TABLE": (
        "0A000",
        "ALTER TABLE SET SERDE or SERDEPROPERTIES is for tables of Hive; <tableName> is none.",
    ),
    "UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE": (
        "0A000",
        "There are no statistics of columns of type <columnType>, such as <columnName> of <tableName>.",
    ),
    "UNSUPPORTED_FEATURE.ANALYZE_VIEW": ("0A000", "ANALYZE TABLE is for tables and not for views."),
    "UNSUPPORTED_FEATURE.CHANGE_DATA_CAPTURE": (
        "0A000",
        "The catalog <catalogName> does not say what changed in its tables.",
    ),
    "UNSUPPORTED_FEATURE.CLAUSE_WITH_PIPE_OPERATORS": ("0A000", "<clauses> cannot stand after |>."),
    "UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES": (
        "0A000",
        "ORDER BY, SORT BY, DISTRIBUTE BY and CLUSTER BY cannot be combined like this.",
    ),
    "UNSUPPORTED_FEATURE.CONTINUE_EXCEPTION_HANDLER": (
        "0A000",
        "CONTINUE handlers need spark.sql.scripting.continueHandlerEnabled.",
    ),
    "UNSUPPORTED_FEATURE.CREATE_FLOW_QUERY_EXECUTION": ("0A000", "A flow is made by a pipeline only."),
    "UNSUPPORTED_FEATURE.CREATE_PIPELINE_DATASET_QUERY_EXECUTION": (
        "0A000",
        "A <pipelineDatasetType> is made by a pipeline only.",
    ),
    "UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_JSON": ("0A000", "DESCRIBE AS JSON describes whole tables, not columns."),
    "UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_PARTITION": ("0A000", "DESCRIBE of a column has no PARTITION."),
    "UNSUPPORTED_FEATURE.DROP_DATABASE": ("0A000", "The schema <database> cannot be dropped."),
    "UNSUPPORTED_FEATURE.FORWARD_TO_LOCAL_FS": (
        "0A000",
        'Copying into the server\'s own file system is not allowed; set <config> to "true" to allow it.',
    ),
    "UNSUPPORTED_FEATURE.GLOWPLUG": ("0A000", "Glowplug does not support <feature>."),
    "UNSUPPORTED_FEATURE.INSERT_PARTITION_SPEC_IF_NOT_EXISTS": (
        "0A000",
        "INSERT into the table <tableName> takes no IF NOT EXISTS after PARTITION.",
    ),
    "UNSUPPORTED_FEATURE.INTERRUPT_TYPE": ("0A000", "There is no interrupt of the kind <interruptType>."),
    "UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF": (
        "0A000",
        "The lambda function around <funcName> cannot call a Python function.",
    ),
    "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC": (
        "0A000",
        "The aggregate <aggFunc> cannot take <lca>, a name of the same select list.",
    ),
    "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY": (
        "0A000",
        "What GROUP BY finds by its name in the select list cannot use the names of other items.",
    ),
    "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW": (
        "0A000",
        "The window expression <windowExpr> cannot use the name <lca> of another item of its select list.",
    ),
    "UNSUPPORTED_FEATURE.LATERAL_JOIN_USING": (
        "0A000",
        "A lateral join cannot have USING; write the condition after ON.",
    ),
    "UNSUPPORTED_FEATURE.MULTIPLE_BUCKET_TRANSFORMS": ("0A000", "A table has buckets of one kind only."),
    "UNSUPPORTED_FEATURE.PANDAS_UDAF_IN_PIVOT": ("0A000", "PIVOT takes no aggregates by Python functions."),
    "UNSUPPORTED_FEATURE.PARTITION_WITH_NESTED_COLUMN_IS_UNSUPPORTED": (
        "0A000",
        "A table cannot be divided by <cols>, which it does not have as a column of its own or of a struct.",
    ),
    "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE": ("0A000", "|> AGGREGATE does not support <case>."),
    "UNSUPPORTED_FEATURE.PYTHON_UDF_IN_ON_CLAUSE": (
        "0A000",
        "The ON clause of a <joinType> JOIN cannot call a Python function over columns of both sides; an inner join can.",
    ),
    "UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN": (
        "0A000",
        "A query of JSON or CSV files must name another column besides the one of corrupt records; cache the frame, or select more.",
    ),
    "UNSUPPORTED_FEATURE.REPLACE_NESTED_COLUMN": (
        "0A000",
        "Values of the nested column <colName> cannot be filled or replaced.",
    ),
    "UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS": (
        "0A000",
        "Schemas have no default collation unless spark.sql.collation.schemaLevel.enabled is set.",
    ),
    "UNSUPPORTED_FEATURE.SET_NAMESPACE_PROPERTY": ("0A000", "The property <property> of schemas is reserved, <msg>."),
    "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE": (
        "0A000",
        "Set operations cannot compare maps: the column <colName> is <dataType>.",
    ),
    "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE": (
        "0A000",
        "Set operations cannot compare variants: the column <colName> is <dataType>.",
    ),
    "UNSUPPORTED_FEATURE.SET_PATH_WHEN_DISABLED": ("0A000", "SET PATH needs <config>."),
    "UNSUPPORTED_FEATURE.SET_TABLE_PROPERTY": ("0A000", "The property <property> is reserved, <msg>."),
    "UNSUPPORTED_FEATURE.SQL_CURSOR": ("0A000", "Cursors of scripts need spark.sql.scripting.cursorEnabled."),
    "UNSUPPORTED_FEATURE.SQL_SCRIPTING": ("0A000", "SQL scripting needs the setting <sqlScriptingEnabled>."),
    "UNSUPPORTED_FEATURE.SQL_SCRIPTING_DROP_TEMPORARY_VARIABLE": (
        "0A000",
        "DROP TEMPORARY VARIABLE is not for scripts.",
    ),
    "UNSUPPORTED_FEATURE.SQL_SCRIPTING_WITH_POSITIONAL_PARAMETERS": ("0A000", "Parameters of a script are named ones."),
    "UNSUPPORTED_FEATURE.TABLESAMPLE_SYSTEM_SAMPLE_METHOD": (
        "0A000",
        "TABLESAMPLE SYSTEM takes a PERCENT, not <sampleMethod>.",
    ),
    "UNSUPPORTED_FEATURE.TABLE_OPERATION": ("0A000", "The table <tableName> does not support <operation>."),
    "UNSUPPORTED_FEATURE.TEMPORARY_VIEW_WITH_SCHEMA_BINDING_MODE": ("0A000", "Temporary views have no WITH SCHEMA."),
    "UNSUPPORTED_FEATURE.TIME_TRAVEL": ("0A000", "<relationId> has no earlier versions to go back to."),
    "UNSUPPORTED_FEATURE.TRANSFORM_DISTINCT_ALL": ("0A000", "TRANSFORM takes neither DISTINCT nor ALL."),
    "UNSUPPORTED_FEATURE.TRANSFORM_NON_HIVE": ("0A000", "ROW FORMAT SERDE of TRANSFORM needs Hive."),
    "UNSUPPORTED_FEATURE.WRITE_FOR_BINARY_SOURCE": ("0A000", "Binary files are only read, not written."),
    "UNSUPPORTED_FILE_SYSTEM": ("0A000", "There is no file system for <scheme>: paths."),
    "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS": (
        "42K0E",
        "A generator cannot be inside an expression: <expression>.",
    ),
    "UNSUPPORTED_GENERATOR.NOT_GENERATOR": ("42K0E", "<functionName> does not generate rows."),
    "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT": ("42K0E", "A generator can stand in a SELECT list only, not in <plan>."),
    "UNSUPPORTED_GROUPING_EXPRESSION": ("42K0E", "grouping() and grouping_id() need GROUPING SETS, CUBE or ROLLUP."),
    "UNSUPPORTED_INSERT.RDD_BASED": ("42809", "Rows cannot be inserted into a relation that is no table."),
    "UNSUPPORTED_INSERT_WITH_SCHEMA_EVOLUTION": (
        "0A000",
        "INSERT WITH SCHEMA EVOLUTION is not supported by the table.",
    ),
    "UNSUPPORTED_JOIN_TYPE": ("0A000", "There is no join of the type '<typ>'; there are <supported>."),
    "UNSUPPORTED_OVERWRITE.PATH": ("42902", "The path <path> cannot be overwritten by a query that reads it."),
    "UNSUPPORTED_OVERWRITE.TABLE": ("42902", "The table <table> cannot be overwritten while it is read."),
    "UNSUPPORTED_PARTITION_TRANSFORM": ("0A000", "Tables of files cannot be partitioned by <transform>."),
    "UNSUPPORTED_SHOW_CREATE_TABLE.ON_DATA_SOURCE_TABLE_WITH_AS_SERDE": (
        "0A000",
        "SHOW CREATE TABLE AS SERDE is for tables of Hive; <tableName> is none.",
    ),
    "UNSUPPORTED_SHOW_CREATE_TABLE.ON_METRIC_VIEW": (
        "0A000",
        "SHOW CREATE TABLE is not for the metric view <tableName>.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED": (
        "0A000",
        "A query within this operation cannot use the columns of the query around it: <treeNode>.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES": (
        "0A000",
        "The aggregate <function> of a subquery takes columns of the subquery and of the query around it.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE": (
        "0A000",
        "A subquery can use columns of the query around it in select lists without aggregates, filters and conditions of joins only, not in <sqlExprs>.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.HIGHER_ORDER_FUNCTION": (
        "0A000",
        "A function that takes functions can have no subquery in any of its arguments.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.LATERAL_JOIN_CONDITION_NON_DETERMINISTIC": (
        "0A000",
        "The condition of a lateral join must always be the same for the same rows, and <condition> is not.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY": (
        "0A000",
        "A subquery that uses columns of the query around it and by which rows are grouped must be in the select list too.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES": (
        "0A000",
        "The right side of a lateral join calls <treeNode> of a table, which may give other rows each time; say asDeterministic() if it does not.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.SCALAR_SUBQUERY_IN_VALUES": ("0A000", "VALUES cannot have subqueries."),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION": (
        "0A000",
        "A subquery in the condition of a join can use the columns of one side only: <subqueryExpression>.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY": (
        "0A000",
        "A subquery that uses columns of the query around it can be a value in select lists, filters and aggregations only, not in <treeNode>.",
    ),
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY": (
        "0A000",
        "IN and EXISTS with a subquery can stand in select lists, filters, joins and aggregations only, not in <treeNode>.",
    ),
    "UNSUPPORTED_TIME_PRECISION": ("0A001", "A TIME has 0 to 6 digits of fractional seconds, not <precision>."),
    "UNSUPPORTED_TIME_TYPE": ("0A000", "The type TIME is not enabled; see spark.sql.timeType.enabled."),
    "UNSUPPORTED_TYPED_LITERAL": (
        "0A000",
        "There are no literals of the type <unsupportedType>; the types that have them are <supportedTypes>.",
    ),
    "USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS": (
        "42601",
        "The body of a SQL function cannot have aggregate, window or generator functions: <queryText>.",
    ),
    "USER_DEFINED_FUNCTIONS.CANNOT_REPLACE_NON_SQL_UDF_WITH_SQL_UDF": (
        "42601",
        "<name> is no SQL function, and cannot be replaced by one.",
    ),
    "USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION": (
        "42601",
        "The parameter <nextParameterName> of <functionName> follows <parameterName>, which has a default, and needs one too.",
    ),
    "USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH": (
        "42601",
        "The body of <name> gives <outputSize> columns where <returnParamSize> are declared.",
    ),
    "USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY": (
        "42601",
        "The function <name> returns a table, so that its body must be a query.",
    ),
    "USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_MISSING_COLUMN_NAMES": (
        "42601",
        "Columns of the query of <functionName> have no names: give them some, or name them after RETURNS TABLE.",
    ),
    "USER_RAISED_EXCEPTION": ("P0001", "<errorMessage>"),
    "USER_SPECIFIED_AND_ACTUAL_SCHEMA_MISMATCH": (
        "42K03",
        "The schema given, <schema>, is not that of the source: <actualSchema>.",
    ),
    "VARIABLE_ALREADY_EXISTS": ("42723", "There is a variable <variableName> already."),
    "VARIABLE_NOT_FOUND": ("42883", "There is no variable <variableName>."),
    "VECTOR_DIMENSION_MISMATCH": (
        "22000",
        "The vectors that <functionName> is given must be of one length, and are of <leftDim> and <rightDim>.",
    ),
    "WINDOW_FUNCTION_FRAME_NOT_ORDERED": (
        "42601",
        "The window function <wf_name> needs an ORDER BY in its window: <wf_expr>.",
    ),
    "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE": (
        "42601",
        "A window function cannot stand in <clauseName>; compute it in a subquery, and filter outside.",
    ),
    "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE": ("42601", "The window function <funcName> needs an OVER clause."),
    "WKB_PARSE_ERROR": ("22023", "The well-known binary is damaged at byte <pos>: <parseError>."),
    "WRITE_STREAM_NOT_ALLOWED": ("42601", "`writeStream` is for streams only."),
    "WRONG_COLUMN_DEFAULTS_FOR_DELTA_ALTER_TABLE_ADD_COLUMN_NOT_SUPPORTED": (
        "0AKDC",
        "A new column of a Delta table has no default; give it one afterwards: ALTER COLUMN … SET DEFAULT.",
    ),
    "WRONG_COLUMN_DEFAULTS_FOR_DELTA_FEATURE_NOT_ENABLED": (
        "0AKDE",
        "<commandType> cannot give a column a default before the table has the feature for it: TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported').",
    ),
    "WRONG_COMMAND_FOR_OBJECT_TYPE": (
        "42809",
        "<operation> needs a <requiredType>, and <objectName> is a <foundType>; use <alternative>.",
    ),
    "WRONG_NUM_ARGS.WITHOUT_SUGGESTION": ("42605", "<functionName> takes <expectedNum> arguments, not <actualNum>."),
    "WRONG_NUM_ARGS.WITH_SUGGESTION": (
        "42605",
        "<functionName> takes <expectedNum> arguments, not <actualNum>; <legacyConfKey> = <legacyConfValue> allows <legacyNum>.",
    ),
    "XML_ROW_TAG_MISSING": (
        "42KDF",
        "XML files are read and written by rows, for which the option <rowTag> names the tag.",
    ),
    "_LEGACY_ERROR_TEMP_0014": ("", "TABLESAMPLE needs to know how much: TABLESAMPLE (10 PERCENT), for example."),
    "_LEGACY_ERROR_TEMP_0015": ("", "TABLESAMPLE(<msg>) is not supported."),
    "_LEGACY_ERROR_TEMP_0016": ("", "<bytesStr> is not a number of bytes; write a number followed by B, K, M or G."),
    "_LEGACY_ERROR_TEMP_0024": ("", "An interval literal can have only one range of units (… TO …)."),
    "_LEGACY_ERROR_TEMP_0026": ("", "The value of an interval's unit must be a number, not <value>."),
    "_LEGACY_ERROR_TEMP_0029": ("", "An interval cannot have both year-month and day-time units: <literal>."),
    "_LEGACY_ERROR_TEMP_0032": ("", "The path is given twice, as <pathOne> and as <pathTwo>."),
    "_LEGACY_ERROR_TEMP_0034": ("", "<operation> is not supported in Hive's form of <command><msg>."),
    "_LEGACY_ERROR_TEMP_0035": ("", "This is not allowed: <message>."),
    "_LEGACY_ERROR_TEMP_0037": (
        "",
        "The table of CACHE TABLE AS SELECT is temporary and cannot be qualified with <quoted>.",
    ),
    "_LEGACY_ERROR_TEMP_0044": ("", "A time zone's offset must be whole minutes within 18 hours."),
    "_LEGACY_ERROR_TEMP_0045": (
        "",
        "The time zone is invalid; write SET TIME ZONE with a string, LOCAL or an interval.",
    ),
    "_LEGACY_ERROR_TEMP_0046": ("", "CREATE TEMPORARY TABLE needs a data source: USING."),
    "_LEGACY_ERROR_TEMP_0048": ("", "TRANSFORM has no RECORDREADER and RECORDWRITER but the default ones of Hive."),
    "_LEGACY_ERROR_TEMP_0049": ("", "A directory is named either by its path or by the option path."),
    "_LEGACY_ERROR_TEMP_0053": ("", "CREATE TEMPORARY VIEW has no IF NOT EXISTS."),
    "_LEGACY_ERROR_TEMP_0056": ("", "The time to read a table as of is wrong: <reason>."),
    "_LEGACY_ERROR_TEMP_0063": ("", "<msg>."),
    "_LEGACY_ERROR_TEMP_0064": ("", "<msg>."),
    "_LEGACY_ERROR_TEMP_1006": ("", "A pivot computes aggregates, and '<sql>' is in no aggregate function."),
    "_LEGACY_ERROR_TEMP_1012": ("", "The table <identifier> does not support this way of writing."),
    "_LEGACY_ERROR_TEMP_1017": ("", "The function <name> is built in; <cmd> is for others.<hintStr>"),
    "_LEGACY_ERROR_TEMP_1031": (
        "",
        "A window function cannot be inside an aggregate function; compute it in a subquery.",
    ),
    "_LEGACY_ERROR_TEMP_1035": ("", "The function <prettyName> has a frame of its own, and takes no other."),
    "_LEGACY_ERROR_TEMP_1036": ("", "The frame of a ranking function is <required>, not <wf>."),
    "_LEGACY_ERROR_TEMP_1039": ("", "A SELECT can hold the windows of one duration and time only."),
    "_LEGACY_ERROR_TEMP_1046": ("", "Hints of joins name relations; <unsupported> (<class>) is no name."),
    "_LEGACY_ERROR_TEMP_1047": ("", "The hint <hintName> takes columns, and not <invalidParams>."),
    "_LEGACY_ERROR_TEMP_1048": ("", "The hint <hintName> takes a number of partitions, and nothing else."),
    "_LEGACY_ERROR_TEMP_1050": ("", "The columns <attributes> are no structs, whose fields a star could give."),
    "_LEGACY_ERROR_TEMP_1052": ("", "An added column cannot be NOT NULL."),
    "_LEGACY_ERROR_TEMP_1059": ("", "STORED AS names no format of files: <serdeInfo>."),
    "_LEGACY_ERROR_TEMP_1060": ("", "<command> does not describe parts of columns: <column>."),
    "_LEGACY_ERROR_TEMP_1066": ("", "The schema <database> is the system's."),
    "_LEGACY_ERROR_TEMP_1069": ("", "CREATE EXTERNAL TABLE needs a LOCATION."),
    "_LEGACY_ERROR_TEMP_1073": ("", "A table cannot be renamed from the schema <db> to <newDb>."),
    "_LEGACY_ERROR_TEMP_1074": (
        "",
        "The temporary view <oldName> cannot be renamed to <newName>: it is in no schema, so not in <db> either.",
    ),
    "_LEGACY_ERROR_TEMP_1076": ("", "This is no partition: <details>."),
    "_LEGACY_ERROR_TEMP_1104": ("", "The error of an estimate must be a double, written as such."),
    "_LEGACY_ERROR_TEMP_1139": (
        "",
        "There is no data source <provider> here: it needs the extra of its name (pip install glowplug[<provider>]).",
    ),
    "_LEGACY_ERROR_TEMP_1147": ("", "Given partition columns come before the others: <partColumns>."),
    "_LEGACY_ERROR_TEMP_1155": ("", "The partition column <col> is not in the schema <schemaCatalog>."),
    "_LEGACY_ERROR_TEMP_1158": ("", "A view cannot be appended to."),
    "_LEGACY_ERROR_TEMP_1159": ("", "The table <tableName> is <existingProvider>, not <specifiedProvider>."),
    "_LEGACY_ERROR_TEMP_1161": (
        "",
        "The table <tableName> has the columns <existingTableSchema>, the data <querySchema>.",
    ),
    "_LEGACY_ERROR_TEMP_1162": ("", "The data has no column <col>; it has: <inputColumns>."),
    "_LEGACY_ERROR_TEMP_1163": (
        "",
        "The table <tableName> is partitioned by <existingPartCols>, not by <specifiedPartCols>.",
    ),
    "_LEGACY_ERROR_TEMP_1164": (
        "",
        "The table <tableName> has the buckets <existingBucketString>, not <specifiedBucketString>.",
    ),
    "_LEGACY_ERROR_TEMP_1166": ("", "The bucket column <bucketCol> is one of the partitions: <normalizedPartCols>."),
    "_LEGACY_ERROR_TEMP_1169": (
        "",
        "The given partition columns of <tableName> are not all there are: <normalizedPartSpec> of <partColNames>.",
    ),
    "_LEGACY_ERROR_TEMP_1171": (
        "",
        "The option createTableColumnTypes names the column <col>, which is not in <schema>.",
    ),
    "_LEGACY_ERROR_TEMP_1192": ("", "The table <tableName> is one of <provider>, and not of <source>."),
    "_LEGACY_ERROR_TEMP_1194": ("", "The memory sink needs a query name."),
    "_LEGACY_ERROR_TEMP_1207": ("", "A window's durations and start must be integers or strings that are constants."),
    "_LEGACY_ERROR_TEMP_1210": ("", "The second argument of <funcName> must be a constant boolean."),
    "_LEGACY_ERROR_TEMP_1226": ("", "The setting '<configName>' was removed in Spark <version>.<comment>"),
    "_LEGACY_ERROR_TEMP_1228": ("", "A decimal's scale (<scale>) cannot be more than its precision (<precision>)."),
    "_LEGACY_ERROR_TEMP_1232": (
        "",
        "A partition of <tableName> needs values for all of <partitionColumnNames>; given: <specKeys>.",
    ),
    "_LEGACY_ERROR_TEMP_1241": (
        "",
        "The place <tablePath> of the new table is not empty; the setting <config> would allow that.",
    ),
    "_LEGACY_ERROR_TEMP_1247": ("", "Properties of a SerDe are those of a table here, and not of one partition."),
    "_LEGACY_ERROR_TEMP_1251": ("", "<action> is for partitioned tables; <tableName> is not partitioned."),
    "_LEGACY_ERROR_TEMP_1256": ("", "The function <functionName> is built in and has nothing to refresh."),
    "_LEGACY_ERROR_TEMP_1261": ("", "LOAD DATA is for tables of Hive; <tableIdentWithDB> is none."),
    "_LEGACY_ERROR_TEMP_1267": (
        "",
        "The table <tableIdentWithDB> is not partitioned, and TRUNCATE TABLE names a partition.",
    ),
    "_LEGACY_ERROR_TEMP_1286": ("", "The partition column <columnName> is not a column of the table: <schema>."),
    "_LEGACY_ERROR_TEMP_1287": (
        "",
        "A partition column is a number, a date or a timestamp, but this one is <dataType>.",
    ),
    "_LEGACY_ERROR_TEMP_1288": ("", "There is a table <name> already, and the save mode is ErrorIfExists."),
    "_LEGACY_ERROR_TEMP_1290": ("", "Text files have one column, not <schemaSize>."),
    "_LEGACY_ERROR_TEMP_1294": (
        "",
        "The time of the option <strategy> must look like YYYY-MM-DDTHH:mm:ss, unlike <timeString>.",
    ),
    "_LEGACY_ERROR_TEMP_1295": ("", 'The socket source needs the option "host".'),
    "_LEGACY_ERROR_TEMP_1296": ("", 'The socket source needs the option "port".'),
    "_LEGACY_ERROR_TEMP_1298": (
        "",
        'A checkpoint is needed: give the option "checkpointLocation" or the setting <config>.',
    ),
    "_LEGACY_ERROR_TEMP_1306": ("", "A path is given both as an option and to load(); leave one of them out."),
    "_LEGACY_ERROR_TEMP_1307": ("", "A path is given both as an option and to save(); leave one of them out."),
    "_LEGACY_ERROR_TEMP_1312": ("", "'<operation>' does not support bucketBy; saveAsTable does."),
    "_LEGACY_ERROR_TEMP_1313": ("", "'<operation>' does not support bucketBy and sortBy; saveAsTable does."),
    "_LEGACY_ERROR_TEMP_1321": ("", "<viewName> is no name of a view."),
    "_LEGACY_ERROR_TEMP_1324": (
        "",
        "The column <pivotColumn> to pivot has more than <maxValues> values. Set <config> higher if that many columns are meant.",
    ),
    "_LEGACY_ERROR_TEMP_1332": ("", "<errorMessage>"),
    "_LEGACY_ERROR_TEMP_2047": ("", "No path is given."),
    "_LEGACY_ERROR_TEMP_2048": (
        "",
        "A stream of files needs a schema. If there are files already, spark.read can tell what it is.",
    ),
    "_LEGACY_ERROR_TEMP_2049": ("", "The data source <className> cannot be used for <operator> a stream."),
    "_LEGACY_ERROR_TEMP_2078": ("", "Of the options <jdbcTableName> and <jdbcQueryString> only one can be given."),
    "_LEGACY_ERROR_TEMP_2079": ("", "One of the options <jdbcTableName> and <jdbcQueryString> is needed."),
    "_LEGACY_ERROR_TEMP_2081": (
        "",
        "<value> is no <jdbcTxnIsolationLevel>: those are NONE, READ_UNCOMMITTED, READ_COMMITTED, REPEATABLE_READ and SERIALIZABLE.",
    ),
    "_LEGACY_ERROR_TEMP_2082": ("", "Databases have no type for <catalogString>."),
    "_LEGACY_ERROR_TEMP_2087": ("", "<jdbcNumPartitions> is at least 1, not <n>."),
    "_LEGACY_ERROR_TEMP_2093": (
        "",
        "The field <requiredFieldName> is in the file several times, when case does not count: <matchedFields>.",
    ),
    "_LEGACY_ERROR_TEMP_2128": ("", "The arrays of keys and of values of a map differ in length."),
    "_LEGACY_ERROR_TEMP_2146": ("", "The option <paramName> must be an integer, not <value>."),
    "_LEGACY_ERROR_TEMP_2242": ("", "The source <provider> has columns of its own and takes no schema."),
    "_LEGACY_ERROR_TEMP_2264": ("", "The command ended with exit code <exitCode>: <stderrBuffer>."),
    "_LEGACY_ERROR_TEMP_2265": ("", "<nodeName> makes no values of type <dt>."),
    "_LEGACY_ERROR_TEMP_2330": ("", "The column <fieldName> may have NULLs, and cannot be made one that takes none."),
    "_LEGACY_ERROR_TEMP_3060": ("", "There is no column <i>; the columns are:\n<schema>"),
    "_LEGACY_ERROR_TEMP_3080": ("", "<msg>"),
    "_LEGACY_ERROR_TEMP_3081": (
        "",
        "Kafka cannot be written in the mode <mode>; <append> and <errorIfExists> are possible.",
    ),
    "_LEGACY_ERROR_TEMP_3102": ("", "<msg>"),
    "_LEGACY_ERROR_TEMP_3176": ("", "applyInPandasWithState is for streams; applyInPandas is for tables."),
    "_LEGACY_ERROR_TEMP_3231": ("", "A window's interval cannot hold months: <interval>."),
    "_LEGACY_ERROR_TEMP_3242": (
        "",
        "A sequence of dates needs a step of whole days or months, but its step is of the type <intervalType>.",
    ),
}
