"""Query, case by case: which items a key condition finds, and which are none.

Developer guide, Key condition expressions; API reference, Query. Messages as in dynalite's suite (test "query", run
against the service) unless noted.
"""

import pytest
from support.cases import INVALID, N, NOT_VALID, S, index

P = {":p": S("p")}
OUTSIDE = "The provided starting key is outside query boundaries based on provided conditions"
START = "The provided starting key is invalid"
TYPES = f"{INVALID}Condition parameter type does not match schema type"
EMPTY_KEY = f"{NOT_VALID}The AttributeValue for a key attribute cannot contain an empty string value. Key: "


@pytest.fixture(scope="module")
def table(ask, make_module_table):
    """Sort keys a0 … a9, b0 … b9 in partition p; the a… in two global and two local indexes."""
    name = make_module_table(
        "pk:S", "sk:S", extra="l:N g:S h:N",
        LocalSecondaryIndexes=[index("local", "pk", "l"), index("local-keys", "pk", "h", "KEYS_ONLY")],
        GlobalSecondaryIndexes=[index("global", "g", "l"), index("global-some", "g", None, ["x"])])
    for letter in "ab":
        for number in range(10):
            more = {"l": N(-number), "h": N(number % 3), "g": S(f"g{number % 2}")} if letter == "a" else {}
            ask("PutItem", {"TableName": name, "Item": {
                "pk": S("p"), "sk": S(f"{letter}{number}"), "x": S("x"), "y": N(number), **more}})
    return name


def body(table, condition, values=None, **more):
    request = {"TableName": table, "KeyConditionExpression": condition} | more
    if values is not None:
        request["ExpressionAttributeValues"] = values
    return request


ALL = [f"{letter}{number}" for letter in "ab" for number in range(10)]


@pytest.mark.parametrize("condition, values, found", [
    ("pk = :p", {}, ALL), (":p = pk", {}, ALL), ("(pk = :p)", {}, ALL), ("pk = :q", {":p": None, ":q": S("q")}, []),
    ("pk = :p AND sk = :s", {":s": S("a3")}, ["a3"]), ("sk = :s AND pk = :p", {":s": S("a3")}, ["a3"]),
    ("(pk = :p) and (sk = :s)", {":s": S("a3")}, ["a3"]), ("pk = :p AND :s = sk", {":s": S("c")}, []),
    ("pk = :p AND sk < :s", {":s": S("a2")}, ["a0", "a1"]), ("pk = :p AND sk <= :s", {":s": S("a1")}, ["a0", "a1"]),
    ("pk = :p AND sk > :s", {":s": S("b7")}, ["b8", "b9"]), ("pk = :p AND sk >= :s", {":s": S("b8")}, ["b8", "b9"]),
    ("pk = :p AND :s < sk", {":s": S("b7")}, ["b8", "b9"]), ("pk = :p AND :s >= sk", {":s": S("a1")}, ["a0", "a1"]),
    ("pk = :p AND sk BETWEEN :s AND :t", {":s": S("a9"), ":t": S("b0")}, ["a9", "b0"]),
    ("pk = :p AND sk BETWEEN :s AND :s", {":s": S("a9")}, ["a9"]),
    ("pk = :p AND begins_with(sk, :s)", {":s": S("b")}, ALL[10:]),
    ("pk = :p AND begins_with(sk, :s)", {":s": S("b5")}, ["b5"]),
    ("pk = :p AND begins_with(sk, :s)", {":s": S("b5x")}, []), ("pk = :p AND sk > :s", {":s": S("a")}, ALL),
    ("pk = :p AND sk > :s", {":s": S("a9\u0000")}, ALL[10:]),
])
@pytest.mark.parametrize("forward", [True, False])
def test_what_is_found(ask, table, condition, values, found, forward):
    values = {name: value for name, value in (P | values).items() if value is not None}
    answer = ask("Query", body(table, condition, values, ScanIndexForward=forward))
    assert [item["sk"]["S"] for item in answer["Items"]] == (found if forward else found[::-1])
    assert answer["Count"] == answer["ScannedCount"] == len(found) and "LastEvaluatedKey" not in answer


@pytest.mark.parametrize("condition, values, message", [
    ("", P, "Invalid KeyConditionExpression: The expression can not be empty;"),
    ("sk = :p", P, "Query condition missed key schema element: pk"),
    ("pk = :p AND x = :p", P, "Query condition missed key schema element: sk"),
    ("pk > :p", P, "Query key condition not supported"),
    ("begins_with(pk, :p)", P, "Query key condition not supported"),
    ("pk BETWEEN :p AND :p", P, "Query key condition not supported"),
    *[(condition, P, f"Invalid operator used in KeyConditionExpression: {operator}") for condition, operator in [
        ("pk = :p OR sk = :p", "OR"), ("NOT pk = :p", "NOT"), ("pk = :p AND sk <> :p", "<>"), ("pk IN (:p)", "IN"),
        ("pk = :p AND contains(sk, :p)", "contains"), ("pk = :p AND attribute_exists(sk)", "attribute_exists")]],
    ("pk = :p AND sk > :p AND sk < :p", P, "KeyConditionExpressions must only contain one condition per key"),
    ("pk = :p AND pk = :p", P, "KeyConditionExpressions must only contain one condition per key"),
    ("pk = :p AND sk.a = :p", P, "KeyConditionExpressions cannot have conditions on nested attributes"),
    ("pk = :p AND size(sk) = :p", P, "KeyConditionExpressions cannot contain nested operations"),
    ("((pk = :p))", P, "Invalid KeyConditionExpression: The expression has redundant parentheses;"),
    ("pk = :q", P, "Invalid KeyConditionExpression: An expression attribute value used in expression is not defined; "
     "attribute value: :q"),
    ("pk = :p", P | {":q": N(1)}, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:q}"),
    ("pk = :p AND begins_with(sk, :n)", P | {":n": N(1)},
     "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: "
     "begins_with, operand type: N"),
    ("pk = :p AND sk BETWEEN :b AND :a", P | {":a": S("a"), ":b": S("b")},
     "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower "
     "bound; lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}"),
    ("pk = :n", {":n": N(1)}, TYPES), ("pk = :p AND sk = :n", P | {":n": N(1)}, TYPES),
    ("pk = :p AND sk < :n", P | {":n": {"B": "AA=="}}, TYPES), ("pk = :p AND sk = :n", P | {":n": {"NULL": True}}, TYPES),
])
def test_key_conditions_that_make_no_sense(ask, table, condition, values, message):
    ask.refused("Query", body(table, condition, values), message)


@pytest.mark.parametrize("condition, values, name", [
    ("pk = :e", {":e": S("")}, "pk"), ("pk = :p AND sk = :e", P | {":e": S("")}, "sk"),
    ("pk = :p AND sk > :e", P | {":e": S("")}, "sk"), ("pk = :p AND begins_with(sk, :e)", P | {":e": S("")}, "sk"),
    ("pk = :p AND sk BETWEEN :e AND :p", P | {":e": S("")}, "sk"),
])
def test_no_key_is_empty(ask, table, condition, values, name):
    # As reported of the service in moto's issue 7062.
    ask.refused("Query", body(table, condition, values), EMPTY_KEY + name)


def test_no_key_of_an_index_is_empty(ask, table):
    # The text as the service's users have quoted it of Query.
    ask.refused(
        "Query", body(table, "g = :e", {":e": S("")}, IndexName="global"),
        f"{NOT_VALID}A value specified for a secondary index key is not supported. The AttributeValue for a key attribute "
        "cannot contain an empty string value. IndexName: global, IndexKey: g")


@pytest.mark.parametrize("request_part, message", [
    ({"IndexName": "none"}, "The table does not have the specified index: none"),
    ({"FilterExpression": "sk = :p"},
     "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"),
    ({"FilterExpression": "y = :p AND pk = :p"},
     "Filter Expression can only contain non-primary key attributes: Primary key attribute: pk"),
    ({"FilterExpression": ""}, "Invalid FilterExpression: The expression can not be empty;"),
    ({"FilterExpression": "y"}, 'Invalid FilterExpression: Syntax error; token: "<EOF>", near: "y"'),
    ({"ProjectionExpression": "x, x"},
     "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these "
     "paths; path one: [x], path two: [x]"),
    ({"ProjectionExpression": "pk.x"},
     "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk"),
    ({"Limit": 0},
     "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
     "than or equal to 1"),
    ({"KeyConditions": {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [S("p")]}}},
     "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
     "{KeyConditions} Expression parameters: {KeyConditionExpression}"),
    ({"AttributesToGet": ["x"]},
     "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
     "{AttributesToGet} Expression parameters: {KeyConditionExpression}"),
    ({"ExclusiveStartKey": {"pk": S("p")}}, START),
    ({"ExclusiveStartKey": {"pk": S("p"), "sk": S("a"), "x": S("x")}}, START),
    ({"ExclusiveStartKey": {"pk": S("p"), "sk": S("a"), "l": N(1)}}, START),
    ({"ExclusiveStartKey": {"pk": S("p"), "sk": N(1)}}, "The provided key element does not match the schema"),
    ({"ExclusiveStartKey": {"pk": S("q"), "sk": S("a")}}, OUTSIDE),
    ({"ExclusiveStartKey": {"pk": S("p"), "sk": S("a")}, "IndexName": "local"}, START),
    ({"ExclusiveStartKey": {"pk": S("q"), "sk": S("a"), "l": N(1)}, "IndexName": "local"}, OUTSIDE),
    ({"KeyConditionExpression": "pk = :p AND sk > :p", "ExclusiveStartKey": {"pk": S("p"), "sk": S("a")}},
     "The provided starting key does not match the range key predicate"),
])
def test_queries_that_make_no_sense(ask, table, request_part, message):
    ask.refused("Query", body(table, "pk = :p", P) | request_part, message)


@pytest.mark.parametrize("request_part, message", [
    ({"ConsistentRead": True}, "Consistent reads are not supported on global secondary indexes"),
    ({"IndexName": "global-some", "Select": "ALL_ATTRIBUTES"},
     f"{INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index global-some because its "
     "projection type is not ALL"),
    ({"IndexName": "global-some", "ProjectionExpression": "y"},
     f"{INVALID}Global secondary index global-some does not project [y]"),
    ({"FilterExpression": "l = :p"},
     "Filter Expression can only contain non-primary key attributes: Primary key attribute: l"),
    ({"ExclusiveStartKey": {"pk": S("p"), "sk": S("a0"), "g": S("x"), "l": N(0)}}, OUTSIDE),
    ({"ExclusiveStartKey": {"pk": S("p"), "sk": S("a0"), "g": S("g0")}}, START),
])
def test_queries_of_global_indexes_that_make_no_sense(ask, table, request_part, message):
    ask.refused("Query", body(table, "g = :p", {":p": S("g0")}, IndexName="global") | request_part, message)


@pytest.mark.parametrize("index_name, condition, values, keys, total", [
    (None, "pk = :p", P, {"pk", "sk"}, 20),
    (None, "pk = :p AND begins_with(sk, :s)", P | {":s": S("a")}, {"pk", "sk"}, 10),
    ("local", "pk = :p", P, {"pk", "sk", "l"}, 10), ("local-keys", "pk = :p", P, {"pk", "sk", "h"}, 10),
    ("global", "g = :p", {":p": S("g0")}, {"pk", "sk", "g", "l"}, 5),
    ("global-some", "g = :p", {":p": S("g0")}, {"pk", "sk", "g"}, 5),
])
@pytest.mark.parametrize("forward", [True, False])
def test_pages(ask, table, index_name, condition, values, keys, total, forward):
    """API reference, Query: a page that ends at its limit has a LastEvaluatedKey, also if nothing comes after."""
    request = body(table, condition, values, ScanIndexForward=forward) | (
        {"IndexName": index_name} if index_name else {})
    whole = ask("Query", request)["Items"]
    assert len(whole) == total
    assert "LastEvaluatedKey" not in ask("Query", request | {"Limit": total + 1})
    exact = ask("Query", request | {"Limit": total})
    assert set(exact["LastEvaluatedKey"]) == keys
    assert ask("Query", request | {"ExclusiveStartKey": exact["LastEvaluatedKey"]}) == {
        "Items": [], "Count": 0, "ScannedCount": 0}
    for limit in (1, 3):
        found, last = [], {}
        while True:
            page = ask("Query", request | {"Limit": limit} | last)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            assert page["LastEvaluatedKey"] == {key: page["Items"][-1][key] for key in keys}
            last = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        assert found == whole


def test_a_page_may_begin_behind_an_item_that_is_not_there(ask, table):
    start = {"pk": S("p"), "sk": S("a55"), "l": N("-4.5")}
    answer = ask("Query", body(table, "pk = :p", P, IndexName="local", ExclusiveStartKey=start))
    assert [item["sk"]["S"] for item in answer["Items"]] == ["a4", "a3", "a2", "a1", "a0"]


@pytest.mark.parametrize("request_part, items", [
    ({}, {"pk", "sk", "l", "h", "g", "x", "y"}), ({"Select": "ALL_ATTRIBUTES"}, {"pk", "sk", "l", "h", "g", "x", "y"}),
    ({"ProjectionExpression": "y, nothing"}, {"y"}), ({"ProjectionExpression": "y", "Select": "SPECIFIC_ATTRIBUTES"}, {"y"}),
    ({"IndexName": "local-keys"}, {"pk", "sk", "h"}), ({"IndexName": "local-keys", "ProjectionExpression": "y"}, {"y"}),
    ({"IndexName": "local-keys", "Select": "ALL_PROJECTED_ATTRIBUTES"}, {"pk", "sk", "h"}),
    ({"IndexName": "local-keys", "Select": "ALL_ATTRIBUTES"}, {"pk", "sk", "l", "h", "g", "x", "y"}),
    ({"Select": "COUNT"}, None),
])
def test_what_is_returned_of_items(ask, table, request_part, items):
    # API reference, Query, Select.
    answer = ask("Query", body(table, "pk = :p", P, Limit=2) | request_part)
    assert answer["Count"] == 2
    if items is None:
        assert "Items" not in answer
    else:
        assert [set(item) for item in answer["Items"]] == [items, items]


@pytest.mark.parametrize("filter_, values, count", [
    ("y > :y", {":y": N(7)}, 4), ("y > :y", {":y": N(70)}, 0), ("attribute_not_exists(l)", {}, 10),
    ("l = :y OR x <> :y", {":y": N(-3)}, 20), ("g IN (:a, :b) AND NOT y BETWEEN :l AND :h",
                                             {":a": S("g0"), ":b": S("g9"), ":l": N(1), ":h": N(7)}, 2),
])
def test_filters_count_behind_what_is_scanned(ask, table, filter_, values, count):
    answer = ask("Query", body(table, "pk = :p", P | values, FilterExpression=filter_))
    assert (answer["Count"], answer["ScannedCount"], len(answer["Items"])) == (count, 20, count)
    first = ask("Query", body(table, "pk = :p", P | values, FilterExpression=filter_, Limit=5, Select="COUNT"))
    assert first["ScannedCount"] == 5 and first["LastEvaluatedKey"] == {"pk": S("p"), "sk": S("a4")}
