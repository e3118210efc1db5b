"""Query. Messages as recorded by dynalite's suite (test "query") unless noted."""

import pytest
from boto3.dynamodb.conditions import Attr, Key

LOCAL = [{"IndexName": "by-l", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"},
                                             {"AttributeName": "l", "KeyType": "RANGE"}],
          "Projection": {"ProjectionType": "KEYS_ONLY"}}]
GLOBAL = [{"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"},
                                              {"AttributeName": "sk", "KeyType": "RANGE"}],
           "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["kept"]}}]


@pytest.fixture(scope="module")
def table(client, resource):
    """Sort keys -20…20 under two partition keys; each item in two indexes."""
    name = "query-tests"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": kind}
            for attribute, kind in [("pk", "S"), ("sk", "N"), ("l", "S"), ("g", "S")]],
        BillingMode="PAY_PER_REQUEST", LocalSecondaryIndexes=LOCAL, GlobalSecondaryIndexes=GLOBAL)
    table = resource.Table(name)
    table.wait_until_exists()
    with table.batch_writer() as batch:
        for pk in ("a", "b"):
            for sk in range(-20, 21):
                batch.put_item({"pk": pk, "sk": sk, "l": f"{(sk * 7) % 41:02}", "g": f"g{sk % 3}",
                                "kept": sk * sk, "dropped": "x"})
    yield table
    table.delete()


def sort_keys(answer):
    return [int(item["sk"]) for item in answer["Items"]]


@pytest.mark.parametrize("condition, expected", [
    (Key("sk").eq(3), [3]),
    (Key("sk").lt(-17), [-20, -19, -18]),
    (Key("sk").lte(-18), [-20, -19, -18]),
    (Key("sk").gt(17), [18, 19, 20]),
    (Key("sk").gte(18), [18, 19, 20]),
    (Key("sk").between(-1, 1), [-1, 0, 1]),
    (Key("sk").between(100, 200), []),
])
def test_numbers_are_in_numeric_order(table, condition, expected):
    assert sort_keys(table.query(KeyConditionExpression=Key("pk").eq("a") & condition)) == expected


def test_backwards(table):
    answer = table.query(KeyConditionExpression=Key("pk").eq("a"), ScanIndexForward=False, Limit=3)
    assert sort_keys(answer) == [20, 19, 18]
    answer = table.query(KeyConditionExpression=Key("pk").eq("a"), ScanIndexForward=False, Limit=3,
                         ExclusiveStartKey=answer["LastEvaluatedKey"])
    assert sort_keys(answer) == [17, 16, 15]


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("index", [None, "by-l"])
@pytest.mark.parametrize("limit", [1, 7, 41, 100])
def test_pages_join_without_gap_or_double(table, forward, index, limit):
    request = {"KeyConditionExpression": Key("pk").eq("b"), "ScanIndexForward": forward, "Limit": limit}
    if index:
        request["IndexName"] = index
    found, last = [], None
    while True:
        answer = table.query(**request | ({"ExclusiveStartKey": last} if last else {}))
        assert answer["Count"] <= limit
        found += sort_keys(answer)
        last = answer.get("LastEvaluatedKey")
        if not last:
            break
    expected = sorted(range(-20, 21), key=(lambda sk: (sk * 7) % 41) if index else None)
    assert found == (expected if forward else expected[::-1])


def test_begins_with(client, make_table):
    name = make_table("pk:S", "sk:S")
    for sk in ("a", "ab", "ab\U0001F600", "abc", "ac", "b"):
        client.put_item(TableName=name, Item={"pk": {"S": "p"}, "sk": {"S": sk}})
    answer = client.query(
        TableName=name, KeyConditionExpression="pk = :p AND begins_with(sk, :s)",
        ExpressionAttributeValues={":p": {"S": "p"}, ":s": {"S": "ab"}})
    # Developer guide, Query: strings are ordered by their UTF-8 bytes.
    assert [item["sk"]["S"] for item in answer["Items"]] == ["ab", "abc", "ab\U0001F600"]


def test_filters_come_after_the_limit(table):
    # API reference, Query: Count is after the filter, ScannedCount before it.
    answer = table.query(
        KeyConditionExpression=Key("pk").eq("a"), FilterExpression=Attr("kept").gt(300), Limit=10)
    assert answer["ScannedCount"] == 10
    assert sort_keys(answer) == [-20, -19, -18]
    assert answer["LastEvaluatedKey"] == {"pk": "a", "sk": -11}


def test_counting(table):
    answer = table.query(KeyConditionExpression=Key("pk").eq("a"), Select="COUNT")
    assert answer["Count"] == 41 and "Items" not in answer


def test_global_indexes(table):
    answer = table.query(IndexName="by-g", KeyConditionExpression=Key("g").eq("g1") & Key("sk").gt(17))
    assert [(item["pk"], int(item["sk"])) for item in answer["Items"]] in (
        [("a", 19), ("b", 19)], [("b", 19), ("a", 19)])
    assert set(answer["Items"][0]) == {"pk", "sk", "g", "kept"}, "what the index projects, and keys"


def test_pages_of_a_global_index_carry_both_keys(table):
    answer = table.query(IndexName="by-g", KeyConditionExpression=Key("g").eq("g1"), Limit=5)
    assert set(answer["LastEvaluatedKey"]) == {"pk", "sk", "g"}
    rest = table.query(IndexName="by-g", KeyConditionExpression=Key("g").eq("g1"),
                       ExclusiveStartKey=answer["LastEvaluatedKey"])
    assert answer["Count"] + rest["Count"] == 2 * len([sk for sk in range(-20, 21) if sk % 3 == 1])


def test_local_indexes_fetch_what_they_do_not_hold(table):
    # Developer guide, Local secondary indexes: fetches from the table for attributes that are not projected.
    answer = table.query(IndexName="by-l", KeyConditionExpression=Key("pk").eq("a"), Limit=1, ConsistentRead=True,
                         ProjectionExpression="kept, dropped")
    assert set(answer["Items"][0]) == {"kept", "dropped"}
    answer = table.query(IndexName="by-l", KeyConditionExpression=Key("pk").eq("a"), Limit=1)
    assert set(answer["Items"][0]) == {"pk", "sk", "l"}


@pytest.mark.parametrize("request_part, message", [
    ({"KeyConditionExpression": "sk = :v", "ExpressionAttributeValues": {":v": 1}},
     "Query condition missed key schema element: pk"),
    ({"KeyConditionExpression": "pk = :v AND spare = :v", "ExpressionAttributeValues": {":v": "a"}},
     "Query condition missed key schema element: sk"),
    ({"KeyConditionExpression": "pk > :v", "ExpressionAttributeValues": {":v": "a"}},
     "Query key condition not supported"),
    ({"KeyConditionExpression": "pk = :v", "ExpressionAttributeValues": {":v": 1}},
     "One or more parameter values were invalid: Condition parameter type does not match schema type"),
    ({"KeyConditionExpression": "pk = :v", "FilterExpression": "sk = :s",
      "ExpressionAttributeValues": {":v": "a", ":s": 1}},
     "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"),
    ({"KeyConditionExpression": "g = :v", "IndexName": "by-g", "ConsistentRead": True,
      "ExpressionAttributeValues": {":v": "a"}},
     "Consistent reads are not supported on global secondary indexes"),
    ({"KeyConditionExpression": "pk = :v", "IndexName": "none", "ExpressionAttributeValues": {":v": "a"}},
     "The table does not have the specified index: none"),
    ({"KeyConditionExpression": "pk = :v AND sk BETWEEN :b AND :a",
      "ExpressionAttributeValues": {":v": "a", ":a": 1, ":b": 2}},
     "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal "
     "to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"),
    ({"KeyConditionExpression": "pk = :v", "ExpressionAttributeValues": {":v": "a"},
      "ExclusiveStartKey": {"pk": "a"}}, None),
    ({"KeyConditionExpression": "pk = :v", "ExpressionAttributeValues": {":v": "a"}, "Limit": 0}, None),
    ({}, "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."),
])
def test_queries_that_make_no_sense(table, refused, request_part, message):
    with refused("ValidationException", message):
        table.query(**request_part)


def test_conditions_of_the_old_kind(table):
    # Developer guide, Legacy parameters: KeyConditions, QueryFilter.
    answer = table.query(
        KeyConditions={
            "pk": {"ComparisonOperator": "EQ", "AttributeValueList": ["a"]},
            "sk": {"ComparisonOperator": "GT", "AttributeValueList": [17]}},
        QueryFilter={"kept": {"ComparisonOperator": "NE", "AttributeValueList": [361]}})
    assert sort_keys(answer) == [18, 20]


def test_a_page_ends_at_one_megabyte(client, make_table):
    # API reference, Query: at most 1 MB of items is read, before any filter.
    name = make_table("pk:S", "sk:N")
    for sk in range(12):
        client.put_item(TableName=name, Item={"pk": {"S": "p"}, "sk": {"N": str(sk)}, "x": {"S": "x" * 100_000}})
    answer = client.query(
        TableName=name, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "p"}},
        ReturnConsumedCapacity="TOTAL")
    assert answer["Count"] == 11, "the item that passes the megabyte is the page's last"
    assert answer["LastEvaluatedKey"] == {"pk": {"S": "p"}, "sk": {"N": "10"}}
    # Developer guide, Capacity consumption: the sum of the items' sizes, rounded up to 4 KB, halved.
    assert answer["ConsumedCapacity"]["CapacityUnits"] == pytest.approx(134.5, abs=0.5)
