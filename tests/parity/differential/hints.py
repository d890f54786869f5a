"""What the generator's arguments are drawn from where a type alone says too little: patterns, units, counts, paths."""

# ruff: noqa: RUF005
from __future__ import annotations

from glowplug import types as t
from glowplug.types import DataType


def _q(*texts: str) -> list[str]:
    return ["'" + x.replace("\\", "\\\\").replace("'", "\\'") + "'" for x in texts]


SMALL = ["k", "k", "0", "1", "2", "3", "-1", "-2", "5", "NULL"]
COUNTS = ["k", "0", "1", "3", "12", "-1"]
ZONE = _q(
    "UTC", "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "+08:00", "-03:30", "GMT+1", "Nowhere", "PST"
) + ["s"]
PATTERN = _q(
    "yyyy-MM-dd",
    "yyyy-MM-dd HH:mm:ss",
    "dd/MM/yy",
    "yyyyMMdd",
    "HH:mm:ss.SSSSSS",
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "EEE, d MMM yyyy",
    "EEEE MMMM",
    "D",
    "h:mm a",
    "yyyy-MM-dd HH:mm:ss VV",
    "G yyyy",
    "Q",
    "qq",
    "",
    "yyyy-MM-dd[ HH:mm]",
    "z",
    "O",
    "u",
    "Y",
    "K:k",
    "S",
    "yyyyyyy",
    "foo",
    "M/d/y",
    "L",
    "F",
    "n",
)
FIELD = [
    "YEAR",
    "QUARTER",
    "MONTH",
    "WEEK",
    "DAY",
    "DAYOFWEEK",
    "DOW_ISO",
    "DOY",
    "HOUR",
    "MINUTE",
    "SECOND",
    "YEAROFWEEK",
]
UNIT = ["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"]
REGEX = _q(
    "a",
    "[a-z]+",
    "(l+)(o)?",
    "\\d+",
    "^\\s*",
    "o W|é",
    ".",
    "(?i)HELLO",
    "\\p{L}+",
    "\\bW",
    "(",
    "a*",
    "[^a-z]",
    "(?<x>a)",
    "\\w+$",
    "x{2,}",
    "\\Q.\\E",
    "[[:alpha:]]",
    "(a)(b)?",
) + ["p"]
FORMAT = _q(
    "999", "9,999.99", "$99.9", "S99.99", "99PR", "000.00", "MI99", "9.9", "", "abc", "99999999999", "9G999D99", "L9"
)
CODING = _q("utf-8", "UTF-16", "iso-8859-1", "US-ASCII", "utf-16le", "utf-32", "windows-1252", "nope")
BINARY_FORMAT = _q("hex", "utf-8", "base64", "utf8", "other")
PATH = _q("$.a", "$", "$.b[0]", "$.b[*]", "$.a.b", "$[1]", "$['a']", "$.*", "$.missing", "$..a", "a", "$[*].a", "$.")
SCHEMA = _q(
    "a INT",
    "a INT, b ARRAY<INT>",
    "a STRING",
    "a DOUBLE, d DATE",
    "ARRAY<INT>",
    "MAP<STRING, STRING>",
    "a STRUCT<b: STRING>",
    "a DECIMAL(5,2)",
    "v VARIANT",
    "nope",
)
CSV_SCHEMA = _q("a INT, b STRING", "a STRING", "a DOUBLE, b DATE, c BOOLEAN", "a DECIMAL(5,2)", "a TIMESTAMP")
DELIMITER = _q(",", "", " ", "a", "l", "|", "\U0001f600", "lo") + ["p", "NULL"]
FRACTION = ["0.5", "0.0", "1.0", "0.25", "array(0.1, 0.5, 0.9)", "1.5", "NULL", "0.333D"]
HINTS: dict[tuple[str, int], list[str]] = {
    ("repeat", 1): COUNTS, ("space", 0): COUNTS, ("array_repeat", 1): COUNTS, ("lpad", 1): COUNTS, ("rpad", 1): COUNTS,
    ("substring", 1): SMALL, ("substring", 2): SMALL, ("left", 1): SMALL, ("right", 1): SMALL, ("locate", 2): SMALL,
    ("overlay", 2): SMALL, ("overlay", 3): SMALL, ("split", 1): [*DELIMITER, *REGEX], ("split", 2): SMALL,
    ("split_part", 1): DELIMITER, ("split_part", 2): SMALL, ("substring_index", 1): DELIMITER, ("substring_index", 2): SMALL,
    ("element_at", 1): [*SMALL, "'a'", "''"], ("try_element_at", 1): [*SMALL, "'a'", "''"], ("get", 1): SMALL,
    ("slice", 1): SMALL, ("slice", 2): SMALL, ("array_insert", 1): SMALL, ("elt", 0): SMALL, ("conv", 0): ["n", "'ff'", "'-10'", "i64", "'z'", "'18446744073709551616'"],
    ("conv", 1): ["10", "16", "2", "36", "k"], ("conv", 2): ["10", "16", "2", "-10", "36", "k"],
    ("date_add", 1): [*SMALL, "i8", "i16", "365"], ("date_sub", 1): [*SMALL, "i8", "i16", "365"], ("add_months", 1): [*SMALL, "12", "-25", "i16"],
    ("date_format", 1): PATTERN, ("from_unixtime", 1): PATTERN, ("to_date", 1): PATTERN, ("try_to_date", 1): PATTERN,
    ("to_timestamp", 1): PATTERN, ("try_to_timestamp", 1): PATTERN, ("to_timestamp_ntz", 1): PATTERN, ("to_timestamp_ltz", 1): PATTERN,
    ("unix_timestamp", 1): PATTERN, ("to_unix_timestamp", 1): PATTERN, ("to_time", 1): PATTERN, ("try_to_time", 1): PATTERN,
    ("to_date", 0): ["w", "w", "n", "d", "ts"], ("try_to_date", 0): ["w", "w", "n"], ("to_timestamp", 0): ["w", "w", "n", "ts", "d", "ntz"],
    ("try_to_timestamp", 0): ["w", "w"], ("to_timestamp_ntz", 0): ["w", "w", "ts"], ("to_timestamp_ltz", 0): ["w", "w", "ntz"],
    ("unix_timestamp", 0): ["w", "w", "ts", "d", "ntz"], ("to_unix_timestamp", 0): ["w", "w", "ts", "d"], ("to_time", 0): ["w"], ("try_to_time", 0): ["w"],
    ("from_utc_timestamp", 1): ZONE, ("to_utc_timestamp", 1): ZONE, ("convert_timezone", 0): ZONE, ("convert_timezone", 1): ZONE,
    ("make_timestamp", 6): ZONE, ("make_timestamp_ltz", 6): ZONE, ("try_make_timestamp", 6): ZONE, ("try_make_timestamp_ltz", 6): ZONE,
    ("trunc", 1): _q("year", "MM", "week", "quarter", "yy", "day", "nope", ""), ("date_trunc", 0): _q(*UNIT, "mon", "dd", "nope"),
    ("time_trunc", 0): _q(*UNIT), ("time_diff", 0): _q(*UNIT), ("timestampadd", 0): UNIT, ("timestampdiff", 0): UNIT,
    ("timestampadd", 1): [*SMALL, "i16", "i64", "i32"], ("next_day", 1): _q("MO", "sunday", "Th", "nope", "") + ["s"],
    ("extract", 0): FIELD, ("date_part", 0): _q(*FIELD, "doy", "days", "seconds", "nope"), ("datepart", 0): _q(*FIELD, "doy"),
    ("extract", 1): ["d", "ts", "ntz", "tm", "ym", "dt", "ci", "w"], ("date_part", 1): ["d", "ts", "ntz", "tm", "ym", "dt", "ci"], ("datepart", 1): ["d", "ts", "ntz", "ym", "dt"],
    ("rlike", 1): REGEX, ("regexp", 1): REGEX, ("regexp_like", 1): REGEX, ("regexp_extract", 1): REGEX, ("regexp_extract_all", 1): REGEX,
    ("regexp_instr", 1): REGEX, ("regexp_substr", 1): REGEX, ("regexp_count", 1): REGEX, ("regexp_replace", 1): REGEX,
    ("regexp_replace", 2): _q("", "x", "$1", "[$0]", "\\\\", "$9", "\U0001f600"), ("regexp_extract", 2): SMALL, ("regexp_extract_all", 2): SMALL, ("regexp_replace", 3): SMALL,
    ("to_number", 1): FORMAT, ("try_to_number", 1): FORMAT, ("to_char", 1): [*FORMAT, *PATTERN[:6], *BINARY_FORMAT], ("to_number", 0): ["n", "'12.5'", "'$78.12'"],
    ("try_to_number", 0): ["n", "'12.5'", "'1,234.50'"], ("to_char", 0): ["dec", "i32", "d", "ts", "bin", "df", "f64", "i8"],
    ("format_number", 1): [*SMALL, "'#,###.00'", "'0.0'", "''"], ("format_string", 0): _q("%s", "%d", "%5.2f|", "%x", "%s %s", "%05d", "%", "%%", "%e", "%c", "%b", "%,d"),
    ("encode", 1): CODING, ("decode", 1): CODING, ("to_binary", 1): BINARY_FORMAT, ("try_to_binary", 1): BINARY_FORMAT, ("sha2", 1): ["0", "224", "256", "384", "512", "1"],
    ("get_json_object", 1): PATH, ("variant_get", 1): PATH, ("try_variant_get", 1): PATH, ("get_json_object", 0): ["j"], ("json_array_length", 0): ["j"], ("json_object_keys", 0): ["j"],
    ("variant_get", 2): _q("int", "string", "double", "boolean", "array<int>", "variant", "date"), ("try_variant_get", 2): _q("int", "string", "double", "boolean", "variant"),
    ("from_json", 0): ["j"], ("from_json", 1): SCHEMA, ("from_json", 2): ["map('mode', 'FAILFAST')", "map('mode','PERMISSIVE')"], ("schema_of_json", 0): _q('{"a":1,"b":[1,2.5]}', "[]", '{"a":null}', "1"),
    ("parse_json", 0): ["j"], ("try_parse_json", 0): ["j"], ("to_json", 0): ["st", "m", "ss", "aa", "mi", "v", "named_struct('d', d, 'f', f64, 's', s)", "struct(ts, ntz, bin, dec)", "map('a', ts)"],
    ("to_json", 1): ["map('timestampFormat', 'yyyy')", "map('ignoreNullFields', 'false')"], ("schema_of_json", 1): ["map('primitivesAsString', 'true')"],
    ("from_csv", 1): CSV_SCHEMA, ("from_csv", 2): ["map('sep', '|')", "map('mode', 'FAILFAST')"], ("schema_of_csv", 0): _q("1,abc", "2024-01-01,1.5", ""), ("schema_of_csv", 1): ["map('sep', '|')"],
    ("to_csv", 0): ["st", "struct(d, ts, f64, s, bin)", "struct(s)"], ("to_csv", 1): ["map('sep', '|')"], ("from_xml", 0): ["s", "'<r><a>1</a></r>'"], ("from_xml", 1): _q("a INT", "a STRING"),
    ("from_xml", 2): ["map('mode', 'FAILFAST')"], ("schema_of_xml", 0): _q("<r><a>1</a></r>"), ("schema_of_xml", 1): ["map('rowTag', 'r')"], ("to_xml", 0): ["st", "struct(d, f64, s)"], ("to_xml", 1): ["map('rowTag', 'r')"],
    ("str_to_map", 1): DELIMITER, ("str_to_map", 2): DELIMITER, ("sentences", 1): _q("en"), ("sentences", 2): _q("US"),
    ("round", 1): ["-2", "-1", "0", "1", "2", "5", "NULL"], ("bround", 1): ["-2", "-1", "0", "1", "2"], ("ceil", 1): ["-1", "0", "1"], ("floor", 1): ["-1", "0", "1"],
    ("percentile", 1): FRACTION, ("percentile_approx", 1): FRACTION, ("percentile_cont", 0): FRACTION, ("percentile_disc", 0): FRACTION, ("percentile_approx", 2): ["100", "10000", "0"],
    ("percentile", 2): ["1", "k", "i8"], ("approx_count_distinct", 1): ["0.05", "0.01D", "0.5"], ("histogram_numeric", 1): ["2", "5", "10"], ("first", 1): ["true", "false"], ("last", 1): ["true", "false"],
    ("any_value", 1): ["true"], ("mode", 1): ["true"], ("max_by", 2): ["1", "2", "3"], ("min_by", 2): ["1", "2", "3"], ("listagg", 1): ["','", "NULL", "''"],
    ("ntile", 0): ["1", "2", "3", "7"], ("lag", 1): ["0", "1", "2", "-1"], ("lead", 1): ["0", "1", "2", "-1"], ("nth_value", 1): ["1", "2", "3"], ("nth_value", 2): ["true", "false"],
    ("sort_array", 1): ["true", "false"], ("sequence", 0): ["k", "0", "d", "ntz", "i8"], ("sequence", 1): ["k", "5", "date_add(d, 3)", "10"], ("sequence", 2): ["1", "k", "INTERVAL '1' DAY", "INTERVAL '1' MONTH", "2"],
    ("levenshtein", 2): SMALL, ("width_bucket", 3): ["5", "k", "10L"], ("shiftleft", 1): [*SMALL, "31", "33", "64"], ("shiftright", 1): [*SMALL, "31", "33"],
    ("shiftrightunsigned", 1): [*SMALL, "31", "33"], ("bit_get", 1): [*SMALL, "31", "63", "64"], ("factorial", 0): [*SMALL, "20", "21", "i8"], ("translate", 1): _q("abc", "lo", "é", "", "a\U0001f600"), ("translate", 2): _q("xyz", "x", "", "\U0001f600"),
    ("parse_url", 0): _q("https://user@host:80/p/a?q=1&r=x#f", "not a url", "http://h?q=a%20b") + ["s"], ("try_parse_url", 0): _q("https://h/p?q=1", "a b") + ["s"], ("parse_url", 1): _q("HOST", "QUERY", "PATH", "REF", "PROTOCOL", "NOPE"), ("try_parse_url", 1): _q("HOST", "QUERY", "FILE"),
    ("parse_url", 2): _q("q", "r", "x"), ("try_parse_url", 2): _q("q", "r"), ("url_decode", 0): _q("a%20b", "%zz", "a+b", "%E2%82%AC") + ["s"], ("try_url_decode", 0): _q("a%20b", "%zz"),
    ("make_date", 0): ["2024", "2023", "k", "0", "-1", "9999", "10000"], ("make_date", 1): ["2", "k", "12", "13"], ("make_date", 2): ["29", "k", "31", "0"],
    ("unhex", 0): ["n", "'C3A9'", "'xyz'", "'1'"], ("unbase64", 0): _q("YWJj", "YW Jj", "!", "YQ") + ["s"], ("chr", 0): ["i8", "i64", "k", "233"], ("char", 0): ["i8", "i64", "k", "233"],
    ("array_join", 1): _q(",", "", "é"), ("array_join", 2): _q("-", "nil"), ("timestamp_seconds", 0): ["i32", "i8", "f64", "dec", "i64", "df"], ("named_struct", 0): ["'a'"], ("named_struct", 2): ["'b'", "'a'"],
    ("time_bucket", 0): ["INTERVAL '1' HOUR", "INTERVAL '5' DAY", "INTERVAL '3' MONTH", "INTERVAL '0' DAY"], ("soundex", 0): ["s"], ("luhn_check", 0): ["n", "s", "'79927398713'"], ("quote", 0): ["s"],
    ("xpath", 0): _q("<a><b>1</b><b>x</b></a>"), ("xpath", 1): _q("a/b/text()", "//b"), ("xpath_string", 0): _q("<a><b>1</b></a>"), ("xpath_string", 1): _q("a/b"), ("xpath_int", 0): _q("<a>1</a>"), ("xpath_int", 1): _q("a", "sum(a)"),
    ("assert_true", 1): ["'no'"], ("when", 0): ["b", "k > 0", "isnan(f64)"], ("when", 2): ["NOT b", "k = 1"], ("if", 0): ["b", "k > 0", "s = 'a'"], ("map", 0): ["'a'", "1", "k", "s"], ("map", 2): ["'b'", "2", "id"],
    ("from_utc_timestamp", 0): ["ts", "w", "d", "ntz"], ("mask", 1): _q("X", "", "xx"), ("hll_sketch_agg", 1): ["12", "4"], ("count_min_sketch", 1): ["0.5D"], ("count_min_sketch", 2): ["0.9D"], ("count_min_sketch", 3): ["1"],
    ("bitmap_count", 0): ["bin"], ("find_in_set", 1): ["s", "'a,b,c'"], ("luhn_check", 1): ["n"], ("aes_encrypt", 1): ["'0000111122223333'"], ("current_time", 0): ["0"],
}  # fmt: skip
# Operators between their two arguments.
INFIX = {
    "+", "-", "*", "/", "%", "div", "=", "==", "<=>", "<", "<=", ">", ">=", "!=", "<>", "and", "or", "&", "|", "^", "||",
    "<<", ">>", ">>>", "rlike", "regexp",
}  # fmt: skip
# What answers differently each time, belongs to the machine, needs a context of its own, or gives bytes of a library's
# choosing: sketches, whose estimates have recordings of their own.
SKIPPED = {
    "rand", "random", "randn", "uniform", "randstr", "uuid", "shuffle", "current_date", "curdate", "current_timestamp",
    "now", "localtimestamp", "current_timezone", "current_time", "version", "current_user", "user", "session_user",
    "current_catalog", "current_database", "current_schema", "current_path", "spark_partition_id", "input_file_name",
    "input_file_block_start", "input_file_block_length", "java_method", "reflect", "try_reflect", "aes_encrypt",
    "aes_decrypt", "try_aes_decrypt", "collate", "collation", "window", "session_window", "window_time", "from_avro",
    "to_avro", "schema_of_avro", "from_protobuf", "to_protobuf", "st_geomfromwkb", "st_geogfromwkb", "st_asbinary",
    "st_srid", "st_setsrid", "grouping", "grouping_id", "count_min_sketch", "raise_error", "unary -", "!",
    "monotonically_increasing_id", "rank ", "any", "some",
} | {
    f"{a}_{b}" for a in ("hll", "theta", "tuple", "kll", "bitmap", "approx") for b in (
        "sketch_agg", "union_agg", "sketch_estimate", "union", "intersection_agg", "intersection", "difference", "top_k",
        "top_k_accumulate", "top_k_combine", "top_k_estimate", "construct_agg", "or_agg", "and_agg",
    )
} | {
    f"{a}_{b}_{c}" for a in ("tuple", "kll") for c in ("double", "integer", "float", "bigint") for b in (
        "sketch_agg", "union_agg", "intersection_agg", "union", "union_theta", "intersection", "intersection_theta",
        "difference", "difference_theta", "sketch_estimate", "sketch_theta", "sketch_summary", "merge_agg", "sketch_merge",
        "sketch_get_n", "sketch_to_string", "sketch_get_quantile", "sketch_get_rank",
    )
}  # fmt: skip
TYPES = [
    "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(10,2)", "DECIMAL(38,18)", "DECIMAL(3,1)",
    "STRING", "STRING", "BINARY", "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "TIME(6)", "TIME(0)", "INTERVAL YEAR TO MONTH", "INTERVAL MONTH",
    "INTERVAL DAY TO SECOND", "INTERVAL HOUR", "INTERVAL", "ARRAY<STRING>", "ARRAY<INT>", "ARRAY<DOUBLE>", "MAP<STRING, STRING>",
    "MAP<STRING, DOUBLE>", "STRUCT<x: STRING, y: STRING>", "STRUCT<a: BIGINT, b: BINARY>", "VARIANT", "DECIMAL(38,0)",
]  # fmt: skip
LITERALS: dict[type[DataType], list[str]] = {
    t.BooleanType: ["true", "false", "NULL"], t.ByteType: ["3Y", "-128Y"], t.ShortType: ["300S", "-1S"],
    t.IntegerType: ["0", "1", "2", "-3", "2147483647", "NULL"], t.LongType: ["5L", "-1L", "9223372036854775807L"],
    t.FloatType: ["float('0.1')", "float('NaN')"], t.DoubleType: ["0.5D", "-1e300D", "double('NaN')", "2D"],
    t.DecimalType: ["1.5", "0.001", "-12345678901234567890.5", "99.99"], t.StringType: ["'a'", "''", "'1'", "'é'", "'l'", "NULL"],
    t.BinaryType: ["X'61'", "X''"], t.DateType: ["DATE '2024-02-29'", "DATE '1969-12-31'"],
    t.TimestampType: ["TIMESTAMP '2024-03-10 02:30:00'", "TIMESTAMP '2024-11-03 01:30:00'"], t.TimestampNTZType: ["TIMESTAMP_NTZ '2024-01-31 12:00:00'"],
    t.TimeType: ["TIME '12:00:00'"], t.YearMonthIntervalType: ["INTERVAL '1-1' YEAR TO MONTH", "INTERVAL '-1' MONTH"],
    t.DayTimeIntervalType: ["INTERVAL '1 02:00:00' DAY TO SECOND", "INTERVAL '-1' SECOND"], t.CalendarIntervalType: ["make_interval(0, 1, 0, 1)"],
    t.ArrayType: ["array(1, 2)", "array(NULL, 'a')", "array()"], t.MapType: ["map('a', 2)", "map()"], t.StructType: ["struct(1, 'x')"], t.NullType: ["NULL"],
}  # fmt: skip
