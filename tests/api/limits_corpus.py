"""Queries that are known to stop GraphQL servers, each with the code of its refusal, ``None`` where it is answered."""


def doubling(num: int) -> str:
    links = " ".join(f"fragment F{i} on Query{{...F{i + 1} ...F{i + 1}}}" for i in range(num))
    return f"{{...F0}} {links} fragment F{num} on Query{{__typename}}"


def repeated(num: int) -> str:
    return "{" + " ".join('unit(code:"a"){name}' for _ in range(num)) + "}"


def nested(levels: int) -> str:
    page = "units(first:100){edges{node{name}}}"
    return "{" + " ".join(f"a{i}: {page}" for i in range(levels)) + "}"


CORPUS = {
    "fragments doubling 20 times": (doubling(20), "query_root_fields"),
    "fragments doubling 25 times": (doubling(25), "query_root_fields"),
    "fragments doubling 80 times": (doubling(80), "query_root_fields"),
    "fragments doubling below a field": (
        doubling(40).replace("on Query", "on Unit").replace("{...F0}", '{unit(code:"a"){...F0}}'),
        "query_cost",
    ),
    "unknown fragment": ("{...Zed}", "fragment_unknown"),
    "fragments in a circle": ("{...A} fragment A on Query{...B} fragment B on Query{...A}", "fragment_cycle"),
    "140 overlapping fields": (repeated(140), "query_tokens"),
    "400 overlapping fields": (repeated(400), "query_tokens"),
    "100 overlapping fields": (repeated(100), "query_root_fields"),
    "overlapping leaves": ('{unit(code:"a"){' + "name " * 900 + "}}", "query_repeats"),
    "300 aliases": ("{" + " ".join(f"a{i}:__typename" for i in range(300)) + "}", "query_root_fields"),
    "300 aliases below a field": (
        '{unit(code:"a"){' + " ".join(f"a{i}:name" for i in range(300)) + "}}",
        "query_aliases",
    ),
    "1,000 aliases": ("{" + " ".join(f"a{i}:__typename" for i in range(1000)) + "}", "query_tokens"),
    "10,000 aliases": ("{" + " ".join(f"a{i}:__typename" for i in range(10_000)) + "}", "query_too_long"),
    "depth 100": ("{" + "a{" * 100 + "b" + "}" * 101, "query_depth"),
    "depth 3,000": ("{a" * 3000 + "}" * 3000, "document_syntax"),
    "brackets without end": ("{" + "a{" * 40_000, "document_syntax"),
    "3,000 lists in a value": ("{unit(code:" + "[" * 3000 + "]" * 3000 + "){name}}", "document_syntax"),
    "3,000 items in a value": ("{unit(code:[" + "1," * 3000 + "]){name}}", "query_tokens"),
    "3,000 directives": ("{__typename " + "@skip(if:false)" * 3000 + "}", "query_tokens"),
    "100 directives": ("{__typename " + "@skip(if:false)" * 100 + "}", "query_directives"),
    "50,000 comments": ("{" + "#\n" * 49_000 + "__typename}", "query_tokens"),
    "a megabyte of blanks": ("{" + " " * 990_000 + "__typename}", "query_too_long"),
    "a page of a billion": ("{units(first:1000000000){edges{node{name}}}}", "query_cost"),
    "a page with 5,000 digits": ("{units(first:" + "9" * 5000 + "){edges{node{name}}}}", "query_cost"),
    "pages side by side": (nested(20), None),
    "introspection inside introspection": (
        "{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}",
        "query_introspection",
    ),
    "introspection side by side": (
        "{__schema{types{"
        + " ".join(f"a{i}:fields{{args{{type{{fields{{name}}}}}}}}" for i in range(25))
        + "}}}",
        "query_introspection",
    ),
}
