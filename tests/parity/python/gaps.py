"""Programs that do not end as in Spark: case → reason. A gap that closes fails its test until it is taken out here."""

LOSES_ROWS = "Spark loses the rows of a left join of which a table function makes none, unless a condition is written"
CLEARER = "the error says what happened, where Spark's has no condition"
BARRIER = "Spark tells any failure of a barrier's task as the job's"
NEVER_NULL = "Spark takes no struct from a function of series whose type says of a field that it is never NULL"
INTERVAL = "an interval of months fails when it is returned, not already when it is given"
GAPS = {
    "rows left lateral": LOSES_ROWS,
    "arrow left lateral": LOSES_ROWS,
    "analyze exits": CLEARER,
    "analyze answers what no pickle holds": CLEARER,
    "analyze says 'count(*)' in partitionBy": "the condition is another one",
    "barrier gathers what is no text": BARRIER,
    "barrier fails": BARRIER,
    "pandas_udf struct<a:int,b:string>": NEVER_NULL,
    "pandas_udf struct<a:timestamp_ntz,b:map<string,double>>": NEVER_NULL,
    "pandas_udf struct<a:variant>": NEVER_NULL,
    "pandas_udf NULL struct<a:int,b:string>": NEVER_NULL,
    "pandas_udf NULL struct<a:timestamp_ntz,b:map<string,double>>": NEVER_NULL,
    "pandas_udf NULL struct<a:variant>": NEVER_NULL,
    "pandas_udf of iterators struct<a:int,b:string>": NEVER_NULL,
    "pandas_udf of iterators struct<a:timestamp_ntz,b:map<string,double>>": NEVER_NULL,
    "pandas_udf of iterators struct<a:variant>": NEVER_NULL,
    "udtf interval year to month": INTERVAL,
}
