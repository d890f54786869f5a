"""Programs that do not end as in Spark: case → reason. A gap that closes fails its test until it is taken out here."""

LOSES_ROWS = "Spark loses the rows of a left join of which a table function makes none, unless a condition is written"
CLEARER = "the error says what happened, where Spark's has no condition"
BARRIER = "Spark tells any failure of a barrier's task as the job's"
GAPS = {
    "rows left lateral": LOSES_ROWS,
    "arrow left lateral": LOSES_ROWS,
    "analyze exits": CLEARER,
    "analyze answers what no pickle holds": CLEARER,
    "analyze says 'count(*)' in partitionBy": "the condition is another one",
    "barrier gathers what is no text": BARRIER,
    "barrier fails": BARRIER,
}
