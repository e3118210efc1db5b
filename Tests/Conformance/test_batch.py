"""BatchGetItem and BatchWriteItem. Limits are those of the API reference; messages as recorded by dynalite's
suite (tests "batchGetItem", "batchWriteItem")."""

import pytest


def put(pk, **attributes):
    return {"PutRequest": {"Item": {"pk": {"S": pk}, **attributes}}}


def delete(pk):
    return {"DeleteRequest": {"Key": {"pk": {"S": pk}}}}


def test_writes_to_several_tables(client, make_table):
    first, second = make_table(), make_table()
    client.put_item(TableName=first, Item={"pk": {"S": "old"}})
    answer = client.batch_write_item(
        RequestItems={first: [put("a"), put("b"), delete("old"), delete("never")], second: [put("c")]},
        ReturnConsumedCapacity="TOTAL")
    assert answer["UnprocessedItems"] == {}
    assert {c["TableName"]: c["CapacityUnits"] for c in answer["ConsumedCapacity"]} == {first: 4.0, second: 1.0}
    assert {item["pk"]["S"] for item in client.scan(TableName=first)["Items"]} == {"a", "b"}
    assert client.scan(TableName=second)["Count"] == 1


def test_reads_from_several_tables(client, make_table):
    first, second = make_table(), make_table()
    for name in (first, second):
        client.batch_write_item(RequestItems={name: [put(f"{n}", x={"S": name}) for n in range(20)]})
    answer = client.batch_get_item(
        RequestItems={
            first: {"Keys": [{"pk": {"S": f"{n}"}} for n in range(30)], "ConsistentRead": True},
            second: {"Keys": [{"pk": {"S": "3"}}], "ProjectionExpression": "x"},
        },
        ReturnConsumedCapacity="TOTAL")
    assert len(answer["Responses"][first]) == 20
    assert answer["Responses"][second] == [{"x": {"S": second}}]
    assert answer["UnprocessedKeys"] == {}
    assert {c["TableName"]: c["CapacityUnits"] for c in answer["ConsumedCapacity"]} == {first: 30.0, second: 0.5}


def test_the_resource_interface_writes_in_batches(resource, make_table):
    table = resource.Table(make_table())
    with table.batch_writer() as batch:
        for number in range(120):
            batch.put_item({"pk": str(number)})
    assert table.scan()["Count"] == 120


@pytest.mark.parametrize("items, message", [
    ([put("a"), put("a")], "Provided list of item keys contains duplicates"),
    ([put("a"), delete("a")], "Provided list of item keys contains duplicates"),
    ([put(str(n)) for n in range(26)], None),
    ([], None),
    ([{}], None),
    ([{"DeleteRequest": {"Key": {"pk": {"N": "1"}}}}], "The provided key element does not match the schema"),
    ([{"PutRequest": {"Item": {"x": {"S": "1"}}}}], None),
])
def test_batches_that_make_no_sense_write_nothing(client, make_table, refused, items, message):
    name = make_table()
    if 0 < len(items) < 25 and message != "Provided list of item keys contains duplicates":
        items = [put("good"), *items]
    with refused("ValidationException", message):
        client.batch_write_item(RequestItems={name: items})
    assert client.scan(TableName=name)["Count"] == 0


def test_a_batch_reads_at_most_a_hundred_keys_and_none_twice(client, make_table, refused):
    name = make_table()
    with refused("ValidationException"):
        client.batch_get_item(RequestItems={name: {"Keys": [{"pk": {"S": str(n)}} for n in range(101)]}})
    with refused("ValidationException", "Provided list of item keys contains duplicates"):
        client.batch_get_item(RequestItems={name: {"Keys": [{"pk": {"S": "a"}}] * 2}})
    with refused("ResourceNotFoundException", "Requested resource not found"):
        client.batch_get_item(RequestItems={"nowhere": {"Keys": [{"pk": {"S": "a"}}]}})


def test_a_batch_answers_sixteen_megabytes_and_says_what_is_left(client, make_table):
    # API reference, BatchGetItem: "a maximum of 16 MB of data"; the rest is in UnprocessedKeys.
    name = make_table()
    for number in range(50):
        client.put_item(TableName=name, Item={"pk": {"S": str(number)}, "x": {"S": "x" * 400_000}})
    keys, found = {name: {"Keys": [{"pk": {"S": str(n)}} for n in range(50)]}}, set()
    rounds = 0
    while keys:
        answer = client.batch_get_item(RequestItems=keys)
        found |= {item["pk"]["S"] for item in answer["Responses"].get(name, [])}
        keys = answer["UnprocessedKeys"]
        rounds += 1
        assert rounds < 10
    assert len(found) == 50 and rounds == 2
