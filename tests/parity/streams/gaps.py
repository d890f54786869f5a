"""What is not as on Spark."""

# Why → the programs of which all is different.
GAPS = {
    "Spark does not forget rows on the left, if the condition has a part of theirs alone": [
        "left join with a condition of one side"
    ],
    "Spark keeps rows of an outer side for ever if their time is NULL, and never puts them out": [
        "left join, unknown times"
    ],
    "exact distinct aggregates are kept, where Spark refuses them": ["refused: distinct aggregate"],
    "the first of several event times counts, where Spark refuses them": [
        "refused: duplicates by the times of both",
        "refused: duplicates with the times of both",
        "refused: a join with the times of both",
    ],
}

# Why → what of the reports is different, by program. The rows are the same.
REPORTS: dict[str, dict[str, list[str]]] = {
    "Spark does not see the time of rows of which nobody reads it": {"dropDuplicates, watermark elsewhere": ["state"]},
    "a DataFrame that is used twice is one source in Spark": {
        "union of streams": ["input"],
        "a stream and itself": ["input"],
    },
    "Spark lost count": {"more than ten batches": ["input"]},
}
