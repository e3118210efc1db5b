"""The parameters that expressions replaced: Expected, AttributeUpdates, KeyConditions, AttributesToGet.

Developer guide, Legacy conditional parameters. Messages as in dynalite's suite (tests "putItem", "updateItem",
"query", run against the service).
"""

import pytest
from support.cases import INVALID, L, M, N, S

KEY = {"pk": S("a"), "sk": S("1")}
ITEM = KEY | {"n": N(5), "s": S("text"), "ss": {"SS": ["x", "y"]}, "l": L(N(1)), "m": M(a=N(1))}


@pytest.fixture(scope="module")
def table(make_module_table):
    return make_module_table("pk:S", "sk:S")


@pytest.mark.parametrize("expected, holds", [
    ({"n": {"Value": N(5)}}, True), ({"n": {"Value": N("5.0"), "Exists": True}}, True), ({"n": {"Value": S("5")}}, False),
    ({"none": {"Exists": False}}, True), ({"n": {"Exists": False}}, False), ({"none": {"Value": N(5)}}, False),
    ({"n": {"ComparisonOperator": "LT", "AttributeValueList": [N(6)]}}, True),
    ({"n": {"ComparisonOperator": "GE", "AttributeValueList": [N(6)]}}, False),
    ({"n": {"ComparisonOperator": "IN", "AttributeValueList": [N(4), N(5)]}}, True),
    ({"n": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [N(5), N(6)]}}, True),
    ({"n": {"ComparisonOperator": "NE", "AttributeValueList": [N(6)]}}, True),
    ({"none": {"ComparisonOperator": "NE", "AttributeValueList": [N(6)]}}, True),
    ({"n": {"ComparisonOperator": "NOT_NULL"}}, True), ({"n": {"ComparisonOperator": "NULL"}}, False),
    ({"s": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [S("te")]}}, True),
    ({"s": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [S("ex")]}}, True),
    ({"ss": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [S("x")]}}, True),
    ({"ss": {"ComparisonOperator": "NOT_CONTAINS", "AttributeValueList": [S("x")]}}, False),
    ({"ss": {"ComparisonOperator": "EQ", "AttributeValueList": [{"SS": ["y", "x"]}]}}, True),
    ({"l": {"ComparisonOperator": "EQ", "AttributeValueList": [L(N("1.0"))]}}, True),
    ({"m": {"ComparisonOperator": "EQ", "AttributeValueList": [M(a=N(2))]}}, False),
    ({"n": {"Value": N(5)}, "s": {"Value": S("other")}}, False), ({}, True),
])
def test_expected(ask, table, expected, holds):
    ask("PutItem", {"TableName": table, "Item": ITEM})
    request = {"TableName": table, "Item": ITEM, "Expected": expected}
    if holds:
        ask("PutItem", request)
    else:
        ask.refused("PutItem", request, "The conditional request failed", "ConditionalCheckFailedException")
    if len(expected) == 2:
        ask("PutItem", request | {"ConditionalOperator": "OR"})


@pytest.mark.parametrize("request_part, message", [
    ({"Expected": {"n": {}}}, f"{INVALID}Value must be provided when Exists is null for Attribute: n"),
    ({"Expected": {"n": {"Exists": True}}}, f"{INVALID}Value must be provided when Exists is true for Attribute: n"),
    ({"Expected": {"n": {"Exists": False, "Value": N(1)}}},
     f"{INVALID}Value cannot be used when Exists is false for Attribute: n"),
    ({"Expected": {"n": {"ComparisonOperator": "EQ", "Value": N(1), "Exists": True}}},
     f"{INVALID}Exists and ComparisonOperator cannot be used together for Attribute: n"),
    ({"Expected": {"n": {"Value": N(1), "AttributeValueList": [N(1)]}}},
     f"{INVALID}Value and AttributeValueList cannot be used together for Attribute: n"),
    ({"Expected": {"n": {"AttributeValueList": [N(1)]}}},
     f"{INVALID}AttributeValueList can only be used with a ComparisonOperator for Attribute: n"),
    ({"Expected": {"n": {"ComparisonOperator": "LT", "AttributeValueList": []}}},
     f"{INVALID}Invalid number of argument(s) for the LT ComparisonOperator"),
    ({"ConditionalOperator": "AND"}, "ConditionalOperator cannot be used without Filter or Expected"),
    ({"Expected": {"n": {"Exists": False}}, "ConditionalOperator": "AND"},
     "ConditionalOperator can only be used when Filter or Expected has two or more elements"),
    ({"Expected": {"n": {"Exists": False}}, "ConditionExpression": "a = b"},
     "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
     "{Expected} Expression parameters: {ConditionExpression}"),
    ({"ReturnValues": "ALL_NEW"}, "ReturnValues can only be ALL_OLD or NONE"),
])
def test_expectations_that_make_no_sense(ask, table, request_part, message):
    ask.refused("PutItem", {"TableName": table, "Item": ITEM} | request_part, message)


@pytest.mark.parametrize("updates, change", [
    ({"n": {"Value": N(1)}}, {"n": N(1)}), ({"n": {"Action": "PUT", "Value": S("x")}}, {"n": S("x")}),
    ({"n": {"Action": "ADD", "Value": N(2)}}, {"n": N(7)}), ({"new": {"Action": "ADD", "Value": N(2)}}, {"new": N(2)}),
    ({"ss": {"Action": "ADD", "Value": {"SS": ["z"]}}}, {"ss": {"SS": ["x", "y", "z"]}}),
    ({"ss": {"Action": "DELETE", "Value": {"SS": ["x"]}}}, {"ss": {"SS": ["y"]}}),
    ({"ss": {"Action": "DELETE", "Value": {"SS": ["x", "y"]}}}, {"ss": None}),
    ({"n": {"Action": "DELETE"}, "none": {"Action": "DELETE"}}, {"n": None}),
    ({"l": {"Action": "ADD", "Value": L(N(2))}}, {"l": L(N(1), N(2))}), ({}, {}),
])
def test_attribute_updates(ask, table, updates, change):
    ask("PutItem", {"TableName": table, "Item": ITEM})
    got = ask("UpdateItem", {"TableName": table, "Key": KEY, "AttributeUpdates": updates, "ReturnValues": "ALL_NEW"})
    assert got["Attributes"] == {name: value for name, value in (ITEM | change).items() if value is not None}


@pytest.mark.parametrize("updates, message", [
    ({"n": {}}, f"{INVALID}Only DELETE action is allowed when no attribute value is specified"),
    ({"n": {"Action": "PUT"}}, f"{INVALID}Only DELETE action is allowed when no attribute value is specified"),
    ({"n": {"Action": "ADD", "Value": S("a")}}, f"{INVALID}ADD action is not supported for the type S"),
    ({"n": {"Action": "ADD", "Value": {"BOOL": True}}}, f"{INVALID}ADD action is not supported for the type BOOL"),
    ({"n": {"Action": "DELETE", "Value": N(1)}}, f"{INVALID}DELETE action with value is not supported for the type N"),
    ({"n": {"Action": "DELETE", "Value": L()}}, f"{INVALID}DELETE action with value is not supported for the type L"),
    ({"n": {"Action": "ADD", "Value": {"NS": ["1"]}}}, "Type mismatch for attribute to update"),
    ({"s": {"Action": "ADD", "Value": N(1)}}, "Type mismatch for attribute to update"),
    ({"ss": {"Action": "DELETE", "Value": {"NS": ["1"]}}}, "Type mismatch for attribute to update"),
    ({"pk": {"Action": "PUT", "Value": S("b")}},
     f"{INVALID}Cannot update attribute pk. This attribute is part of the key"),
])
def test_attribute_updates_that_make_no_sense(ask, table, updates, message):
    ask("PutItem", {"TableName": table, "Item": ITEM})
    ask.refused("UpdateItem", {"TableName": table, "Key": KEY, "AttributeUpdates": updates}, message)


@pytest.mark.parametrize("sort, found", [
    (None, ["1", "12", "2"]), (("EQ", "12"), ["12"]), (("LT", "2"), ["1", "12"]), (("LE", "12"), ["1", "12"]), (("GT", "12"), ["2"]),
    (("GE", "12"), ["12", "2"]), (("BEGINS_WITH", "1"), ["1", "12"]), (("BETWEEN", "1", "12"), ["1", "12"]),
])
def test_key_conditions(ask, table, sort, found):
    for sk in ("1", "12", "2"):
        ask("PutItem", {"TableName": table, "Item": {"pk": S("q"), "sk": S(sk), "a": N(1), "b": N(2)}})
    conditions = {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [S("q")]}}
    if sort:
        conditions["sk"] = {"ComparisonOperator": sort[0], "AttributeValueList": [S(text) for text in sort[1:]]}
    answer = ask("Query", {"TableName": table, "KeyConditions": conditions, "AttributesToGet": ["sk", "a", "none"]})
    assert answer["Items"] == [{"sk": S(sk), "a": N(1)} for sk in found]


EQ = {"ComparisonOperator": "EQ", "AttributeValueList": [S("q")]}


@pytest.mark.parametrize("conditions, message", [
    ({}, "Conditions can be of length 1 or 2 only"), ({"pk": EQ, "sk": EQ, "a": EQ}, "Conditions can be of length 1 or 2 only"),
    ({"sk": EQ}, "Query condition missed key schema element: pk"),
    ({"pk": EQ, "a": EQ}, "Query condition missed key schema element: sk"),
    ({"pk": EQ | {"ComparisonOperator": "LT"}}, "Query key condition not supported"),
    ({"pk": EQ | {"ComparisonOperator": "NE"}}, "Attempted conditional constraint is not an indexable operation"),
    ({"pk": EQ, "sk": EQ | {"ComparisonOperator": "CONTAINS"}},
     "Attempted conditional constraint is not an indexable operation"),
    ({"pk": EQ | {"AttributeValueList": [S("a"), S("b")]}},
     f"{INVALID}Invalid number of argument(s) for the EQ ComparisonOperator"),
    ({"pk": EQ | {"AttributeValueList": [N(1)]}}, f"{INVALID}Condition parameter type does not match schema type"),
])
def test_key_conditions_that_make_no_sense(ask, table, conditions, message):
    ask.refused("Query", {"TableName": table, "KeyConditions": conditions}, message)
