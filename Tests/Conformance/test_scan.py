"""Scan. Messages as recorded by dynalite's suite (test "scan") unless noted."""

import pytest


@pytest.fixture(scope="module")
def table(client):
    name = "scan-tests"
    client.create_table(
        TableName=name, KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "N"}], BillingMode="PAY_PER_REQUEST")
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    for start in range(0, 200, 25):
        client.batch_write_item(RequestItems={name: [
            {"PutRequest": {"Item": {"pk": {"N": str(n)}, "mod": {"N": str(n % 10)},
                                     **({"odd": {"BOOL": True}} if n % 2 else {})}}}
            for n in range(start, start + 25)]})
    yield name
    client.delete_table(TableName=name)


def numbers(answer):
    return {int(item["pk"]["N"]) for item in answer["Items"]}


def test_everything_is_found_once(client, table):
    answer = client.scan(TableName=table)
    assert answer["Count"] == answer["ScannedCount"] == 200
    assert numbers(answer) == set(range(200))
    assert "LastEvaluatedKey" not in answer


def test_pages_join(client, table):
    pages = list(client.get_paginator("scan").paginate(TableName=table, PaginationConfig={"PageSize": 7}))
    assert sum(page["Count"] for page in pages) == 200
    assert set().union(*map(numbers, pages)) == set(range(200))


@pytest.mark.parametrize("segments", [2, 3, 16, 300])
def test_segments_share_the_table(client, table, segments):
    # Developer guide, Parallel scan.
    found = [client.scan(TableName=table, Segment=segment, TotalSegments=segments)["Items"]
             for segment in range(segments)]
    all_numbers = [int(item["pk"]["N"]) for items in found for item in items]
    assert sorted(all_numbers) == list(range(200))


@pytest.mark.parametrize("expression, values, expected", [
    ("#m < :v", {":v": {"N": "2"}}, lambda n: n % 10 < 2),
    ("attribute_exists(odd) AND NOT #m IN (:v, :w)", {":v": {"N": "1"}, ":w": {"N": "3"}},
     lambda n: n % 2 == 1 and n % 10 not in (1, 3)),
    ("attribute_type(odd, :v)  AND #m<>odd", {":v": {"S": "BOOL"}}, lambda n: n % 2 == 1),
    ("(#m = :v OR #m = :w)", {":v": {"N": "0"}, ":w": {"N": "5.0"}}, lambda n: n % 5 == 0),
])
def test_filters(client, table, expression, values, expected):
    answer = client.scan(TableName=table, FilterExpression=expression,
                         ExpressionAttributeNames={"#m": "mod"}, ExpressionAttributeValues=values)
    assert numbers(answer) == set(filter(expected, range(200)))
    assert answer["ScannedCount"] == 200


def test_filters_of_the_old_kind(client, table):
    # Developer guide, Legacy parameters: ScanFilter.
    answer = client.scan(TableName=table, ScanFilter={
        "mod": {"ComparisonOperator": "EQ", "AttributeValueList": [{"N": "4"}]}})
    assert numbers(answer) == set(range(4, 200, 10))


@pytest.mark.parametrize("request_part", [
    {"Segment": 1}, {"TotalSegments": 2}, {"Segment": 2, "TotalSegments": 2}, {"TotalSegments": 0, "Segment": 0},
    {"Segment": 0, "TotalSegments": 1_000_001}, {"Limit": 0}, {"Select": "COUNT", "ProjectionExpression": "pk"},
    {"Select": "EVERYTHING"}, {"FilterExpression": ""}, {"ExclusiveStartKey": {"wrong": {"N": "1"}}},
])
def test_scans_that_make_no_sense(client, table, refused, request_part):
    with refused("ValidationException"):
        client.scan(TableName=table, **request_part)


def test_capacity(client, table):
    answer = client.scan(TableName=table, ReturnConsumedCapacity="TOTAL", ConsistentRead=True)
    # 200 items of some 10 bytes: under 4 KB together.
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 1.0
