"""Of several things wrong with a request, which is told.

The order is that of dynalite's suite (run against the service): JSON, then the model's constraints, then
parameters and expressions, then the table, then keys, then the condition.
"""

import pytest
from support.cases import INVALID, N, S

NOWHERE = {"TableName": "nowhere"}
KEY = {"pk": S("a")}


@pytest.fixture(scope="module")
def table(make_module_table):
    return make_module_table()


@pytest.mark.parametrize("operation, body, message, error", [
    ("PutItem", {"TableName": 1, "Item": {"pk": {}}}, "NUMBER_VALUE cannot be converted to String", "SerializationException"),
    ("PutItem", {"TableName": "a", "Item": {"pk": {"N": "b"}}, "ReturnValues": "ALL_NEW"},
     "1 validation error detected: Value 'a' at 'tableName' failed to satisfy constraint: Member must have length greater "
     "than or equal to 3", None),
    ("PutItem", NOWHERE | {"Item": {"pk": N("b")}}, "The parameter cannot be converted to a numeric value: b", None),
    ("PutItem", NOWHERE | {"Item": KEY, "ReturnValues": "ALL_NEW"}, "ReturnValues can only be ALL_OLD or NONE", None),
    ("PutItem", NOWHERE | {"Item": KEY, "ConditionExpression": ""},
     "Invalid ConditionExpression: The expression can not be empty;", None),
    ("GetItem", NOWHERE | {"Key": KEY, "ProjectionExpression": "a,a"},
     "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; "
     "path one: [a], path two: [a]", None),
    ("UpdateItem", NOWHERE | {"Key": KEY, "UpdateExpression": "SET a = b +"}, None, None),
    ("DeleteItem", NOWHERE | {"Key": KEY, "ConditionExpression": "a = a"}, None, None),
    ("Query", NOWHERE, "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.", None),
    ("Scan", NOWHERE | {"Segment": 1}, None, None),
    ("BatchWriteItem", {"RequestItems": {"nowhere": [{"PutRequest": {"Item": KEY | {"x": {}}}}]}}, None, None),
    *[(operation, NOWHERE | body, "Requested resource not found", "ResourceNotFoundException") for operation, body in [
        ("PutItem", {"Item": {}}), ("GetItem", {"Key": {}}), ("DeleteItem", {"Key": {"pk": S("")}}),
        ("UpdateItem", {"Key": {}, "UpdateExpression": "SET a = b"}), ("Scan", {"IndexName": "none"}),
        ("Query", {"IndexName": "none", "KeyConditionExpression": "a = :a", "ExpressionAttributeValues": {":a": N(1)}}),
        ("Scan", {"ExclusiveStartKey": {}})]],
    ("BatchGetItem", {"RequestItems": {"nowhere": {"Keys": [{}]}}}, "Requested resource not found",
     "ResourceNotFoundException"),
])
def test_before_and_at_the_table(ask, operation, body, message, error):
    ask.refused(operation, body, message, error or "ValidationException")


@pytest.mark.parametrize("operation, body, message", [
    ("PutItem", {"Item": {}, "ConditionExpression": "attribute_exists(x)"}, f"{INVALID}Missing the key pk in the item"),
    ("DeleteItem", {"Key": {"pk": N(1)}, "ConditionExpression": "attribute_exists(x)"},
     "The provided key element does not match the schema"),
    ("UpdateItem", {"Key": {}, "UpdateExpression": "SET x.y = z", "ConditionExpression": "attribute_exists(x)"},
     "The provided key element does not match the schema"),
])
def test_keys_come_before_the_condition(ask, table, operation, body, message):
    ask.refused(operation, {"TableName": table} | body, message)


def test_the_condition_comes_before_what_the_item_can_not_take(ask, table):
    request = {"TableName": table, "Key": KEY, "UpdateExpression": "SET x.y = :v", "ExpressionAttributeValues": {":v": N(1)}}
    ask.refused("UpdateItem", request | {"ConditionExpression": "attribute_exists(x)"}, "The conditional request failed",
                "ConditionalCheckFailedException")
    ask.refused("UpdateItem", request, "The document path provided in the update expression is invalid for update")
