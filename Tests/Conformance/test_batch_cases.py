"""BatchGetItem and BatchWriteItem, case by case. Limits and shapes: API reference. Messages as in dynalite's suite
(tests "batchGetItem", "batchWriteItem", run against the service).
"""

import pytest
from support.cases import NOT_VALID, N, S

MISMATCH = "The provided key element does not match the schema"
DUPLICATES = "Provided list of item keys contains duplicates"
EMPTY_KEY = f"{NOT_VALID}The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"
ONE_VALUE = "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"


def put(pk, **attributes):
    return {"PutRequest": {"Item": {"pk": S(pk), **attributes}}}


def delete(pk):
    return {"DeleteRequest": {"Key": {"pk": S(pk)}}}


def key(pk):
    return {"pk": S(pk)}


@pytest.fixture(scope="module")
def table(make_module_table):
    return make_module_table()


@pytest.fixture(scope="module")
def numbered(make_module_table):
    return make_module_table("pk:N", "sk:N")


@pytest.mark.parametrize("writes, message", [
    ([{"PutRequest": {"Item": {"pk": N(1)}}}], MISMATCH), ([{"PutRequest": {"Item": {"x": N(1)}}}], MISMATCH),
    ([{"DeleteRequest": {"Key": {"pk": N(1)}}}], MISMATCH), ([{"DeleteRequest": {"Key": {"pk": S("a"), "x": N(1)}}}], MISMATCH),
    ([{"DeleteRequest": {"Key": {}}}], MISMATCH), ([put("")], EMPTY_KEY), ([delete("")], EMPTY_KEY),
    ([put("a"), put("b"), put("a")], DUPLICATES), ([delete("a"), put("a")], DUPLICATES), ([delete("a")] * 2, DUPLICATES),
    ([{}], ONE_VALUE), ([put("a") | delete("b")], ONE_VALUE),
    ([put("a", x=S("x" * 409_600))], "Item size has exceeded the maximum allowed size"),
    ([put("a", x=N("one"))], "The parameter cannot be converted to a numeric value: one"),
    ([put("a", x={})], "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    ([{"PutRequest": {}}],
     "1 validation error detected: Value null at 'requestItems.{}.member.1.member.putRequest.item' failed to satisfy "
     "constraint: Member must not be null"),
    ([{"DeleteRequest": {}}],
     "1 validation error detected: Value null at 'requestItems.{}.member.1.member.deleteRequest.key' failed to satisfy "
     "constraint: Member must not be null"),
    ([put(str(n)) for n in range(26)], None), ([], None),
])
@pytest.mark.parametrize("before", [[], [put("good")]], ids=["alone", "behind a good one"])
def test_one_bad_write_refuses_the_batch(ask, table, writes, message, before):
    if before and (not writes or message and "{}" in message):
        return
    ask.refused("BatchWriteItem", {"RequestItems": {table: before + writes}}, message and message.replace("{}", table))
    assert ask("Scan", {"TableName": table})["Count"] == 0


def test_numbers_that_are_equal_are_one_key(ask, numbered):
    one, other = {"pk": N(1), "sk": N("1.0")}, {"pk": N("1.00"), "sk": N(1)}
    ask.refused("BatchWriteItem", {"RequestItems": {numbered: [{"PutRequest": {"Item": one}}, {"PutRequest": {"Item": other}}]}},
                DUPLICATES)
    ask.refused("BatchGetItem", {"RequestItems": {numbered: {"Keys": [one, other]}}}, DUPLICATES)


def test_several_tables_share_the_limits(ask, table, numbered):
    ask.refused("BatchWriteItem", {"RequestItems": {
        table: [put(str(n)) for n in range(20)],
        numbered: [{"PutRequest": {"Item": {"pk": N(n), "sk": N(1)}}} for n in range(6)]}},
        "Too many items requested for the BatchWriteItem call")
    ask.refused("BatchGetItem", {"RequestItems": {
        table: {"Keys": [key(str(n)) for n in range(60)]},
        numbered: {"Keys": [{"pk": N(n), "sk": N(1)} for n in range(60)]}}},
        "Too many items requested for the BatchGetItem call")


@pytest.mark.parametrize("operation, bad", [("BatchWriteItem", [put("a")]), ("BatchGetItem", {"Keys": [key("a")]})])
def test_every_table_must_exist(ask, table, operation, bad):
    ask.refused(operation, {"RequestItems": {table: bad, "nowhere": bad}}, "Requested resource not found",
                "ResourceNotFoundException")


@pytest.mark.parametrize("request_part, message", [
    ({"Keys": [{"pk": N(1)}]}, MISMATCH), ({"Keys": [{}]}, MISMATCH), ({"Keys": [{"pk": S("a"), "x": N(1)}]}, MISMATCH),
    ({"Keys": [key("")]}, EMPTY_KEY), ({"Keys": [key("a"), key("b"), key("a")]}, DUPLICATES),
    ({"Keys": [key("a")], "AttributesToGet": ["x"], "ProjectionExpression": "x"},
     "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
     "{AttributesToGet} Expression parameters: {ProjectionExpression}"),
    ({"Keys": [key("a")], "AttributesToGet": ["x", "x"]},
     "One or more parameter values were invalid: Duplicate value in attribute name: x"),
    ({"Keys": [key("a")], "ExpressionAttributeNames": {"#a": "a"}},
     "ExpressionAttributeNames can only be specified when using expressions"),
    ({"Keys": [key("a")], "ProjectionExpression": "x", "ExpressionAttributeNames": {"#a": "a"}},
     "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"),
    ({"Keys": [key("a")], "ProjectionExpression": ""}, "Invalid ProjectionExpression: The expression can not be empty;"),
    ({"Keys": [key("a")], "ProjectionExpression": "name"},
     "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name"),
    ({}, "1 validation error detected: Value null at 'requestItems.{}.member.keys' failed to satisfy constraint: Member "
         "must not be null"),
    ({"Keys": []}, "1 validation error detected: Value '[]' at 'requestItems.{}.member.keys' failed to satisfy constraint: "
                   "Member must have length greater than or equal to 1"),
    ({"Keys": [key(str(n)) for n in range(101)]}, None),
])
def test_reads_that_make_no_sense(ask, table, request_part, message):
    ask.refused("BatchGetItem", {"RequestItems": {table: request_part}}, message and message.replace("{}", table))


@pytest.mark.parametrize("operation", ["BatchGetItem", "BatchWriteItem"])
def test_a_batch_of_nothing(ask, operation):
    ask.refused(operation, {"RequestItems": {}}, None)
    ask.refused(operation, {}, None)


def test_what_is_answered(ask, make_table):
    name = make_table()
    answer = ask("BatchWriteItem", {
        "RequestItems": {name: [put("a"), put("b", x=S("x" * 2000)), delete("c")]}, "ReturnConsumedCapacity": "TOTAL",
        "ReturnItemCollectionMetrics": "SIZE"})
    assert answer["UnprocessedItems"] == {}
    assert answer["ConsumedCapacity"] == [{"TableName": name, "CapacityUnits": 4.0}]
    answer = ask("BatchGetItem", {
        "RequestItems": {name: {"Keys": [key("a"), key("b"), key("c")], "ProjectionExpression": "pk"}},
        "ReturnConsumedCapacity": "TOTAL"})
    assert sorted(item["pk"]["S"] for item in answer["Responses"][name]) == ["a", "b"]
    # Each item is rounded up by itself, also one that isn't there.
    assert answer["ConsumedCapacity"] == [{"TableName": name, "CapacityUnits": 1.5}]
    assert ask("BatchGetItem", {"RequestItems": {name: {"Keys": [key("c")]}}}) == {
        "Responses": {name: []}, "UnprocessedKeys": {}}
    assert ask("BatchWriteItem", {"RequestItems": {name: [delete("c")]}}) == {"UnprocessedItems": {}}


def test_what_is_left_is_a_request(ask, make_table):
    # API reference, BatchGetItem: UnprocessedKeys has the form of RequestItems, with all that was said of the table.
    name = make_table()
    for number in range(42):
        ask("PutItem", {"TableName": name, "Item": {"pk": S(str(number)), "x": S("x" * 409_000)}})
    part = {"ConsistentRead": True, "ProjectionExpression": "pk, #x", "ExpressionAttributeNames": {"#x": "x"}}
    answer = ask("BatchGetItem", {"RequestItems": {name: {"Keys": [key(str(n)) for n in range(42)]} | part}})
    left = answer["UnprocessedKeys"][name]
    got = {item["pk"]["S"] for item in answer["Responses"][name]}
    assert {name: value for name, value in left.items() if name != "Keys"} == part
    assert got | {one["pk"]["S"] for one in left["Keys"]} == {str(n) for n in range(42)}
    assert len(got) + len(left["Keys"]) == 42 and left["Keys"]
