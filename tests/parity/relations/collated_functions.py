"""Functions of texts with a collation: which follow it, which refuse it."""

from __future__ import annotations

from tests.parity.relations.cases import Case, sql

NAMES = (
    "UTF8_LCASE",
    "UNICODE",
    "UNICODE_CI",
    "UNICODE_AI",
    "UNICODE_CI_AI",
    "UTF8_BINARY_RTRIM",
    "UTF8_LCASE_RTRIM",
    "UNICODE_CI_RTRIM",
    "de_CI",
)
SEARCHES = (
    "contains({x}, {y}), startswith({x}, {y}), endswith({x}, {y}), instr({x}, {y}), locate({y}, {x}), locate({y}, {x}, 2)",
    "replace({x}, {y}, 'X')",
    "split_part({x}, {y}, 1), split_part({x}, {y}, 2), split_part({x}, {y}, -1)",
    "substring_index({x}, {y}, 1), substring_index({x}, {y}, 2), substring_index({x}, {y}, -1)",
    "translate({x}, {y}, '123')",
    "trim({y} FROM {x}), ltrim({y}, {x}), rtrim({y}, {x}), trim({x})",
    "find_in_set({y}, {x})",
    "str_to_map({x}, ',', {y})",
)


def searches(name: str) -> list[Case]:
    queries = (f"SELECT {s.format(x=f'x COLLATE {name}', y='y')} FROM searched" for s in SEARCHES)
    return sql("\n\n".join(queries))


SINGLE = (
    "upper({x}), lower({x}), initcap({x})",
    "upper('ß' COLLATE {c}), lower('İ' COLLATE {c}), initcap('ǆa o''b-c' COLLATE {c}), lower('ΑΣ' COLLATE {c})",
    "{x} LIKE 'ab%', {x} LIKE '_B%'",
    "{x} ILIKE 'ab%'",
    "{x} RLIKE 'b'",
    "regexp_replace({x}, 'b', '-'), regexp_extract({x}, '(b)', 1), regexp_count({x}, 'b')",
    "regexp_instr({x}, 'b'), regexp_substr({x}, 'b')",
    "split({x}, 'b')",
    "{x} LIKE ANY ('ab%', 'x')",
    "levenshtein({x}, 'abc')",
    "soundex({x})",
    "ascii({x}), length({x}), reverse({x}), left({x}, 2), substring({x}, 2, 2), lpad({x}, 8, 'z'), repeat({x}, 2)",
    "array_contains(array({x}, 'c'), 'ABCABC'), array_position(array({x}, 'c'), 'C'), array_distinct(array({x}, 'ABCABC', 'c'))",
    "array_union(array({x}), array('ABCABC' COLLATE {c})), array_intersect(array({x}), array('ABCABC' COLLATE {c})), array_except(array({x}), array('ABCABC' COLLATE {c}))",
    "arrays_overlap(array({x}), array('ABCABC' COLLATE {c})), array_remove(array({x}, 'c'), 'C')",
    "sort_array(array('b' COLLATE {c}, 'A', 'a', 'B')), array_sort(array('b' COLLATE {c}, 'A', 'a', 'B')), array_min(array('b' COLLATE {c}, 'A', 'a')), array_max(array('b' COLLATE {c}, 'A', 'B'))",
    "array_join(array({x}, 'b'), ','), concat_ws(',', {x}, 'b'), elt(1, {x}, 'b')",
    "to_json(named_struct('k', {x})), from_json('{{\"a\":1}}' COLLATE {c}, 'a INT'), get_json_object('{{\"a\":1}}' COLLATE {c}, '$.a')",
    "to_date('2020-01-01' COLLATE {c}), date_format(DATE'2020-01-02', 'yyyy' COLLATE {c}), to_number('12' COLLATE {c}, '99')",
    "hash({x}), xxhash64({x}), md5({x}), crc32({x}), base64({x}), hex({x}), unhex('41' COLLATE {c})",
    "url_encode({x}), parse_url('http://a.b/c' COLLATE {c}, 'HOST'), format_string('%s', {x}), sentences({x})",
    "mask({x}), overlay({x} PLACING 'X' FROM 2), luhn_check('1' COLLATE {c}), is_valid_utf8({x}), quote({x})",
    "element_at(map('a', 1), 'A' COLLATE {c})",
    "map('a', 1)['A' COLLATE {c}]",
    "transform(array({x}), e -> e = 'ABCABC'), filter(array({x}), e -> e = 'ABCABC'), exists(array({x}), e -> e = 'ABCABC')",
    "equal_null({x}, 'ABCABC'), nvl2({x}, 1, 2), {x} <=> 'ABCABC', {x} != 'ABCABC', nullif({x}, 'ABCABC')",
    "json_tuple('{{\"a\":1}}' COLLATE {c}, 'a')",
    "explode(array({x}, 'B'))",
    "to_xml(named_struct('k', {x})), xpath_string('<a>b</a>' COLLATE {c}, 'a')",
    "encode({x}, 'UTF-8'), decode(X'41', 'UTF-8' COLLATE {c}), char(65), CAST({x} AS BINARY), to_binary({x}, 'utf-8')",
    "from_csv('1,b' COLLATE {c}, 'a INT, b STRING'), schema_of_json('{{\"a\":1}}' COLLATE {c}), variant_get(parse_json('{{\"a\":\"b\"}}' COLLATE {c}), '$.a', 'string')",
    "typeof({x} || 'b'), {x} || 'b' = 'ABCABCB', bit_length({x}), assert_true({x} = 'ABCABC')",
    "zip_with(array({x}), array('b'), (a, b) -> a || b), map_values(map(1, {x})), named_struct('a', {x}), array_append(array({x}), 'q'), array_repeat({x}, 2), flatten(array(array({x}))), slice(array({x}), 1, 1)",
)

CASES = [case for name in NAMES for case in searches(name)]
CASES += [
    c
    for name in ("UTF8_LCASE", "UNICODE_CI")
    for s in SINGLE
    for c in sql("SELECT " + s.format(x=f"'aBcAbC' COLLATE {name}", c=name))
]
