"""The differences that are known: `known.tsv` has the key and the class of each case, CLASSES the reason of each class.

python -m tests.parity.differential.known          # writes docs/differences.md
python -m tests.parity.differential.known renew    # runs all cases, writes known.tsv anew, and the page
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from tests.parity.differential.answers import Case
from tests.parity.differential.compare import cases, differences, key

HERE = Path(__file__).parent
LIST = HERE / "known.tsv"
PAGE = HERE.parents[2] / "docs" / "differences.md"

# Class: (what differs, and why). In the order in which they are tried by `classify`.
CLASSES: dict[str, str] = {
    "utf8": "The kernel's strings are always UTF-8: bytes of a binary value that are not become U+FFFD, and a position or "
    "length inside a binary value that is read as text counts the replaced characters.",
    "range": "The kernel's dates and timestamps end where it needs values for infinity, and within a local timestamp's "
    "shift: some of Spark's values beyond the year 290,000 cannot be held. They fail, or are NULL, or stop at the last one.",
    "eager": "Spark computes no argument after a NULL one, and nothing of a group that a filter leaves out. In select lists, "
    "neither does Glowplug where columns tell that an argument is NULL; where only its value tells, and within aggregates, "
    "the kernel computes both, so that the error is raised.",
    "try": "What fails within the argument of a `try_` function: Spark's rules of when that counts are those of its casts.",
    "condition": "Both refuse, or both fail, but name another condition: which check comes first differs.",
    "permissive": "Spark refuses it; Glowplug has an answer.",
    "strict": "Glowplug refuses it; Spark has an answer.",
    "order": "Which of equal values or of the group's rows is taken depends on the order in which rows come, which neither "
    "fixes. May agree.",
    "moments": "Last digits of variances, correlations and moments: sums in another order. One order would have to be kept "
    "for all rows, on one thread, which costs most of the speed.",
    "decimal_sum": "A sum whose parts overflow but whose total does not: Spark notices parts, depending on the order.",
    "java": "Spark fails with an error of the JVM's own, such as a MatchError, where Glowplug has an answer.",
    "interval_sum": "Sums and means of intervals at the limits overflow in Spark in the order in which they come.",
    "zones": "Names of zones and offsets with seconds, as before 1883, where Java's tables and formats differ.",
    "race": "Several rows fail, each in its own way: which one is told depends on which is computed first. May agree.",
    "name": "The derived name of the column, or its type, differs.",
    "estimate": "Approximate counts and histograms: both are within their error, but differ.",
    "zero": "The sign of a zero that an aggregate or a set may take from any of equal rows.",
    "text": "Java's way of writing extreme numbers; maps that JSON gives a name twice, which the kernel's cannot hold.",
    "halves": "Java's regular expressions also match within the two halves of a character beyond U+FFFF, of which Spark "
    "then writes question marks.",
    "libm": "The last digit of a function of floating point, where Java's library and the kernel's differ, seen through a "
    "remainder, a hash or a text.",
    "comparator": "A function to sort by that is no order: what comes out, and for which pairs it is called, is the sort's.",
    "nanoseconds": "A calendar interval of more than 292 years of hours: Arrow, in which rows leave, counts nanoseconds. Over "
    "Spark Connect, Spark cannot send it either.",
    "nan": "Percentiles from above, or approximate, among values that are NaN.",
    "own": "Spark's own answer depends on how it computes: the address of an array, distinct values counted in several "
    "columns at once, a NULL limit, a NULL interval that is there twice among distinct rows.",
    "open": "Found and not yet looked into.",
}
MAY_AGREE = ("race", "order")
# (class, what the case's text holds, what the difference says): the first that fits.
RULES: tuple[tuple[str, str, str], ...] = (
    ("java", r"", r"not \w*(Error|Exception)$"),
    ("name", r"", r"^columns:"),
    ("strict", r"", r"^refused: .*not at all$"),
    ("condition", r"", r"^refused: "),
    ("condition", r"", r"^row \d+: \{'!'"),
    ("condition", r"", r"^[A-Z_0-9.]+, not [A-Z_0-9.]+$"),
    ("permissive", r"", r"^\[\[.*, not [A-Z_0-9.]+$"),
    ("permissive", r"", r"^row \d+: \[\[.*not [A-Z_0-9.]+$"),
    ("try", r"try_", r"^fails where Spark does not|^[A-Z_.]+, not \[\["),
    ("range", r"(?i)timestamp|date|unix|from_utc|window|bucket|\bts\b|\bntz\b|\bd\b", r"OVERFLOW|INTERNAL_ERROR|9223372036854775806|92233720368547"),
    ("eager", r"", r"^fails where Spark does not|^[A-Z_.0-9]+, not \[\["),
    ("utf8", r"bin\b|binary|BINARY|unhex|X'", r"\ufffd|'x':"),
    ("estimate", r"approx_count|histogram_numeric", r""),
    ("moments", r"std|var_|variance|covar|corr|regr_|skewness|kurtosis", r""),
    ("interval_sum", r"(sum|avg|mean)\(.*(ym|dt|INTERVAL)", r""),
    ("decimal_sum", r"(sum|avg|mean)\(", r""),
    ("order", r"first|last|any_value|max_by|min_by|mode|listagg|string_agg|collect|array_agg|percentile_disc", r""),
    ("nanoseconds", r"make_interval|/ ", r"\[-?\d+, -?\d+, -?\d{14,}\], not \[-?\d+, -?\d+, -?\d{17,}\]"),
    ("halves", r"split|regexp|str_to_map", r"'\?'|^row \d+: \d+, not \d+$"),
    ("comparator", r"array_sort\(.*->", r""),
    ("nan", r"percentile", r"'NaN'"),
    ("own", r"printf|format_string", r"\[B@"),
    ("own", r"count\(DISTINCT.*count\(DISTINCT|levenshtein", r""),
    ("own", r"DISTINCT.*\bci\b", r"rows, not"),
    ("libm", r"vector_|mod\(|%|hash\(|reverse\(", r""),
    ("zero", r"", r"'-?0\.0'"),
    ("zones", r"(?i)timestamp|date|time|to_json|to_csv|to_xml|\bts\b", r""),
    ("text", r"format_|to_char|STRING", r""),
)  # fmt: skip


def listed() -> dict[str, str]:
    """The class of each case that is known to differ."""
    lines = LIST.read_text("utf-8").splitlines() if LIST.exists() else []
    return {k: c for k, c, _ in (line.split("\t", 2) for line in lines)}


def classify(case: Case, difference: str) -> str:
    """The class of a difference, by what the case calls and how the answers differ."""
    for name, sql, how in RULES:
        if re.search(sql, case["sql"], re.S) and re.search(how, difference, re.S):
            return name
    return "open"


def renew() -> None:
    from tests.parity.differential.answers import session

    chance = {k: name for k, name in listed().items() if name in MAY_AGREE}
    found = [(key(c), chance.pop(key(c), classify(c, d)), c["sql"]) for c, d in differences(session(), cases())]
    found += [(key(c), chance[key(c)], c["sql"]) for c in cases() if key(c) in chance]
    lines = (
        "\t".join((k, name, re.sub(r"\s+", " ", sql))) for k, name, sql in sorted(found, key=lambda f: (f[1], f[2]))
    )
    LIST.write_text("".join(line + "\n" for line in lines), "utf-8")


def page() -> str:
    """docs/differences.md: each class with its reason, how many cases it has, and one of them."""
    lines = [line.split("\t", 2) for line in LIST.read_text("utf-8").splitlines()]
    counts, examples = (
        Counter(c for _, c, _ in lines),
        {c: sql for _, c, sql in sorted(lines, key=lambda x: -len(x[2]))},
    )
    total = len(cases())
    text = (
        "<!-- Written by `python -m tests.parity.differential.known`. -->\n# Differences from Apache Spark\n\n"
        f"Of {total:,} generated expressions and queries over extreme values, whose answers Apache Spark 4.2.1 gave,\n"
        f"{total - len(lines):,} are answered alike: names, types, nullability, values, and the errors' conditions. Results of\n"
        "floating point functions and sums count as alike up to a relative 1e-12, and where Spark fails with a bare Java\n"
        "exception any error does. The others, by reason:\n\n| cases | why | for example |\n| ---: | --- | --- |\n"
    )
    for name, why in CLASSES.items():
        if counts[name]:
            example = examples[name].replace("|", "\\|")
            text += f"| {counts[name]} | {why} | `{example}` |\n"
    return text


if __name__ == "__main__":
    if sys.argv[1:] == ["renew"]:
        renew()
    PAGE.write_text(page(), "utf-8")
