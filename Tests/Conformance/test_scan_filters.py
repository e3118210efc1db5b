"""Scan: pages, segments, and what is refused. (Filters themselves: test_update_expressions.py, test_conditions.)

API reference, Scan. Messages as in dynalite's suite (test "scan", run against the service).
"""

import pytest
from support.cases import INVALID, N, S, index


@pytest.fixture(scope="module")
def table(ask, make_module_table):
    name = make_module_table("pk:S", "sk:N", extra="g:S", GlobalSecondaryIndexes=[index("global", "g", None, ["x"])])
    for number in range(12):
        more = {"g": S(f"g{number}")} if number % 2 else {}
        ask("PutItem", {"TableName": name, "Item": {"pk": S(f"p{number % 5}"), "sk": N(number), "x": S("x"), **more}})
    return name


@pytest.mark.parametrize("index_name, keys, total", [(None, {"pk", "sk"}, 12), ("global", {"pk", "sk", "g"}, 6)])
def test_pages(ask, table, index_name, keys, total):
    request = {"TableName": table} | ({"IndexName": index_name} if index_name else {})
    whole = ask("Scan", request)["Items"]
    assert len(whole) == total
    exact = ask("Scan", request | {"Limit": total})
    assert exact["Count"] == total and set(exact["LastEvaluatedKey"]) == keys
    assert "LastEvaluatedKey" not in ask("Scan", request | {"Limit": total + 1})
    for limit in (1, 5):
        found, last = [], {}
        while True:
            page = ask("Scan", request | {"Limit": limit} | last)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            last = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        assert found == whole


@pytest.mark.parametrize("segments", [1, 2, 5, 64, 1_000_000])
@pytest.mark.parametrize("index_name", [None, "global"])
def test_segments_in_pages(ask, table, segments, index_name):
    request = {"TableName": table, "TotalSegments": segments} | ({"IndexName": index_name} if index_name else {})
    if segments > 100:
        assert ask("Scan", request | {"Segment": segments - 1})["Count"] <= 12
        return
    found = []
    for segment in range(segments):
        last = {}
        while True:
            page = ask("Scan", request | {"Segment": segment, "Limit": 2} | last)
            found += [int(item["sk"]["N"]) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            last = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert sorted(found) == (list(range(12)) if index_name is None else list(range(1, 12, 2)))


START = "The provided starting key is invalid"
LIMIT = "failed to satisfy constraint: Member must have value"


@pytest.mark.parametrize("request_part, message", [
    ({"Segment": 0}, "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
                     "present"),
    ({"TotalSegments": 2}, "The Segment parameter is required but was not present in the request when parameter "
                           "TotalSegments is present"),
    ({"Segment": 2, "TotalSegments": 2},
     "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than "
     "TotalSegments: 2"),
    ({"Segment": -1, "TotalSegments": 2},
     f"1 validation error detected: Value '-1' at 'segment' {LIMIT} greater than or equal to 0"),
    ({"Segment": 0, "TotalSegments": 0},
     f"1 validation error detected: Value '0' at 'totalSegments' {LIMIT} greater than or equal to 1"),
    ({"Segment": 0, "TotalSegments": 1_000_001},
     f"1 validation error detected: Value '1000001' at 'totalSegments' {LIMIT} less than or equal to 1000000"),
    ({"Limit": 0}, f"1 validation error detected: Value '0' at 'limit' {LIMIT} greater than or equal to 1"),
    ({"Limit": -5}, f"1 validation error detected: Value '-5' at 'limit' {LIMIT} greater than or equal to 1"),
    ({"IndexName": "none"}, "The table does not have the specified index: none"),
    ({"IndexName": "global", "Select": "ALL_ATTRIBUTES"},
     f"{INVALID}Select type ALL_ATTRIBUTES is not supported for global secondary index global because its projection "
     "type is not ALL"),
    ({"FilterExpression": ""}, "Invalid FilterExpression: The expression can not be empty;"),
    ({"ProjectionExpression": ""}, "Invalid ProjectionExpression: The expression can not be empty;"),
    ({"ProjectionExpression": "a b"}, 'Invalid ProjectionExpression: Syntax error; token: "b", near: "a b"'),
    ({"ProjectionExpression": "a.b, a[0]"},
     "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of these "
     "paths; path one: [a, b], path two: [a, [0]]"),
    ({"ProjectionExpression": "count"}, "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved "
                                        "keyword: count"),
    ({"AttributesToGet": ["x"], "ProjectionExpression": "x"},
     "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
     "{AttributesToGet} Expression parameters: {ProjectionExpression}"),
    ({"ScanFilter": {}, "ConditionalOperator": "OR", "FilterExpression": "x = x"},
     "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
     "{ScanFilter, ConditionalOperator} Expression parameters: {FilterExpression}"),
    ({"AttributesToGet": ["x", "x"]}, f"{INVALID}Duplicate value in attribute name: x"),
    ({"ConditionalOperator": "OR"}, "ConditionalOperator cannot be used without Filter or Expected"),
    ({"ExpressionAttributeNames": {"#a": "a"}}, "ExpressionAttributeNames can only be specified when using expressions"),
    ({"ExpressionAttributeValues": {":a": N(1)}},
     "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null"),
    ({"ExclusiveStartKey": {}}, f"{START}: The provided key element does not match the schema"),
    ({"ExclusiveStartKey": {"pk": S("a")}}, f"{START}: The provided key element does not match the schema"),
    ({"ExclusiveStartKey": {"pk": S("a"), "sk": S("a")}}, f"{START}: The provided key element does not match the schema"),
    ({"ExclusiveStartKey": {"pk": S("a"), "sk": N(1), "x": S("x")}}, None),
    ({"IndexName": "global", "ExclusiveStartKey": {"pk": S("a"), "sk": N(1)}}, START),
])
def test_scans_that_make_no_sense(ask, table, request_part, message):
    ask.refused("Scan", {"TableName": table} | request_part, message)


FILTERS = f"{INVALID}Invalid number of argument(s) for the {{}} ComparisonOperator"


@pytest.mark.parametrize("condition, message", [
    ({"ComparisonOperator": "EQ"}, FILTERS.format("EQ")),
    ({"ComparisonOperator": "EQ", "AttributeValueList": []}, FILTERS.format("EQ")),
    ({"ComparisonOperator": "LT", "AttributeValueList": [N(1), N(2)]}, FILTERS.format("LT")),
    ({"ComparisonOperator": "NULL", "AttributeValueList": [S("a")]}, FILTERS.format("NULL")),
    ({"ComparisonOperator": "NOT_NULL", "AttributeValueList": [S("a")]}, FILTERS.format("NOT_NULL")),
    ({"ComparisonOperator": "BETWEEN", "AttributeValueList": [N(1)]}, FILTERS.format("BETWEEN")),
    ({"ComparisonOperator": "IN", "AttributeValueList": []}, FILTERS.format("IN")),
    ({"ComparisonOperator": "IN", "AttributeValueList": [S("a"), N(1)]},
     f"{INVALID}AttributeValues inside AttributeValueList must be of same type"),
    *[({"ComparisonOperator": operator, "AttributeValueList": [value]},
       f"{INVALID}ComparisonOperator {operator} is not valid for {kind} AttributeValue type")
      for operator, value, kind in [
          ("LT", {"SS": ["a"]}, "SS"), ("GE", {"BOOL": True}, "BOOL"), ("GT", {"NULL": True}, "NULL"), ("LE", {"L": []}, "L"),
          ("BEGINS_WITH", N(1), "N"), ("CONTAINS", {"NS": ["1"]}, "NS"), ("NOT_CONTAINS", {"M": {}}, "M"),
          ("IN", {"BS": ["AA=="]}, "BS")]],
    ({"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"L": []}, {"L": []}]},
     f"{INVALID}ComparisonOperator BETWEEN is not valid for L AttributeValue type"),
])
def test_filters_of_the_old_kind_that_make_no_sense(ask, table, condition, message):
    ask.refused("Scan", {"TableName": table, "ScanFilter": {"x": condition}}, message)


@pytest.mark.parametrize("condition, count", [
    (("EQ", S("x")), 12), (("NE", S("x")), 0), (("NULL",), 0), (("NOT_NULL",), 12), (("BEGINS_WITH", S("")), 12),
    (("CONTAINS", S("x")), 12), (("NOT_CONTAINS", S("x")), 0), (("IN", S("y"), S("x")), 12), (("LT", S("y")), 12),
    (("GT", N(1)), 0), (("BETWEEN", S("a"), S("z")), 12),
])
def test_filters_of_the_old_kind(ask, table, condition, count):
    # Developer guide, Legacy conditional parameters.
    operator, *values = condition
    request = {"TableName": table, "ScanFilter": {"x": {"ComparisonOperator": operator}}}
    if values:
        request["ScanFilter"]["x"]["AttributeValueList"] = values
    answer = ask("Scan", request)
    assert (answer["Count"], answer["ScannedCount"]) == (count, 12)
    both = request["ScanFilter"] | {"g": {"ComparisonOperator": "NOT_NULL"}}
    assert ask("Scan", request | {"ScanFilter": both})["Count"] == min(count, 6)
    either = ask("Scan", request | {"ScanFilter": both, "ConditionalOperator": "OR"})
    assert either["Count"] == max(count, 6)
