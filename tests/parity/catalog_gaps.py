"""What is not as in Spark: script and number of the statement, with the reason."""

from __future__ import annotations

COLLATION = "a schema that a client sends says no collation where it is the default"
GENERATOR = "a generator where none may be is told with the call around it, not the whole item; in HAVING, after what else is wrong"
JVM = "what Spark says of classes and of its own settings has no meaning here"
NAME = "a temporary view that was renamed goes by its new name"
INLINED = "Spark names the view that a temporary function reads, and not the function"
LATER = "Spark's parser finds the same mistake at another token, or calls it by another condition"
INTERNAL = "Spark fails with an internal error"
FOLDED = "what a cursor's query computes of constants fails when it is fetched, not when the cursor is opened"
EXPLAINED = "the plan of a command is that it is run"
LOOSER = "what Spark refuses without need means here what it says"
NAMED = "a variable that IDENTIFIER names is called by its name, and a column in an error as it was written"
TREE = "Spark shows its own tree, or has a mistake in it where names are wrong"
PIPED = "TRANSFORM comes after |> too"
TEMPORARY = "DESCRIBE AS JSON is not there for temporary views"
WORDS = "texts about functions and about mistakes are in words of our own"
PLAIN = "ALTER VIEW … AS a query makes a plain view of a metric view"
LOST = "Spark's in-memory catalog forgets the place of a partition when its table is renamed"
EAGER = "Spark computes the rows of VALUES before it runs the query, and names the expression that fails"
NEAR = "names that are as near are proposed in another order"
REFUSED = "a value to pivot of a type that the column cannot equal is refused; in Spark it matches nothing"
SUBQUERY = "that a subquery gives too many rows is told in one class, in Spark in another where it is correlated"
READER = "Spark's Parquet reader cannot fill in a default that is a map"

GAPS: dict[tuple[str, int], str] = {
    ("api", 32): COLLATION,
    ("api", 33): COLLATION,
    ("api", 34): COLLATION,
    ("api", 57): JVM,
    ("describe", 5): JVM,
    ("execute_immediate", 64): NAMED,
    ("execute_immediate", 65): NAMED,
    ("execute_immediate", 81): NAMED,
    ("execute_immediate", 113): LOOSER,
    ("functions", 12): JVM,
    ("functions", 32): JVM,
    ("functions", 52): JVM,
    ("functions", 88): JVM,
    ("functions", 96): INLINED,
    ("function_collations", 4): JVM,
    ("function_collations", 12): JVM,
    ("function_collations", 13): JVM,
    ("function_collations", 15): JVM,
    ("generators", 19): GENERATOR,
    ("generators", 27): GENERATOR,
    ("generators", 28): GENERATOR,
    ("generators", 29): GENERATOR,
    ("grammar_show", 107): TEMPORARY,
    ("grammar_show", 120): JVM,
    ("grammar_show", 123): WORDS,
    ("grammar_show", 126): WORDS,
    ("grammar_show", 127): WORDS,
    ("grammar_show", 174): WORDS,
    ("inserts_more", 22): LATER,
    ("inserts_more", 104): READER,
    ("metric_views", 7): INTERNAL,
    ("metric_views", 8): INTERNAL,
    ("metric_views", 9): INTERNAL,
    ("metric_views", 11): INTERNAL,
    ("metric_views", 13): LOOSER,
    ("metric_views", 15): TREE,
    ("metric_views", 20): JVM,
    ("metric_views", 38): WORDS,
    ("metric_views", 42): WORDS,
    ("metric_views", 44): WORDS,
    ("metric_views", 54): LATER,
    ("metric_views", 65): INTERNAL,
    ("metric_views", 66): INTERNAL,
    ("metric_views", 67): INTERNAL,
    ("metric_views", 74): WORDS,
    ("metric_views", 75): INTERNAL,
    ("metric_views", 76): INTERNAL,
    ("metric_views", 80): JVM,
    ("metric_views", 82): PLAIN,
    ("more_sql", 19): LATER,
    ("more_sql", 48): SUBQUERY,
    ("named_arguments", 9): NEAR,
    ("parameters", 46): INTERNAL,
    ("partitions", 84): LOST,
    ("queries", 9): LATER,
    ("queries", 10): LATER,
    ("queries", 127): LATER,
    ("queries", 173): INTERNAL,
    ("queries", 229): EAGER,
    ("queries", 252): EAGER,
    ("refusals", 13): INTERNAL,
    ("refusals", 14): INTERNAL,
    ("refusals", 15): INTERNAL,
    ("refusals", 59): EXPLAINED,
    ("refusals", 109): JVM,
    ("reshapes", 14): REFUSED,
    ("reshapes", 17): INTERNAL,
    ("reshapes", 44): LOOSER,
    ("scripting", 125): LATER,
    ("scripting_cursors", 23): INTERNAL,
    ("scripting_cursors", 36): INTERNAL,
    ("scripting_cursors_more", 13): INTERNAL,
    ("scripting_cursors_more", 15): INTERNAL,
    ("scripting_cursors_more", 16): INTERNAL,
    ("scripting_cursors_more", 19): FOLDED,
    ("scripting_cursors_more", 23): EXPLAINED,
    ("scripting_cursors_more", 40): INTERNAL,
    ("scripting_handlers", 23): LATER,
    ("table_functions", 102): LOOSER,
    ("table_functions", 124): LOOSER,
    ("table_functions", 150): TREE,
    ("table_functions", 157): NEAR,
    ("transform", 36): TREE,
    ("transform", 99): TREE,
    ("transform_more", 58): PIPED,
    ("variables", 70): LOOSER,
    ("views", 98): NAME,
}
