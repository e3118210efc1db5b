"""GetItem. Messages as recorded by dynalite's suite (test "getItem") unless noted."""

import pytest


@pytest.fixture
def table(client, make_table):
    name = make_table("pk:S", "sk:N")
    client.put_item(
        TableName=name,
        Item={
            "pk": {"S": "a"}, "sk": {"N": "1"}, "x": {"S": "y"}, "name": {"S": "n"},
            "doc": {"M": {"steps": {"L": [{"N": "10"}, {"N": "11"}, {"M": {"deep": {"S": "d"}, "other": {"S": "o"}}}]}}},
        },
    )
    return name


KEY = {"pk": {"S": "a"}, "sk": {"N": "1"}}


def test_an_item_is_found_by_its_key(client, table):
    assert client.get_item(TableName=table, Key=KEY)["Item"]["x"] == {"S": "y"}
    # Numbers are compared as numbers.
    assert client.get_item(TableName=table, Key=KEY | {"sk": {"N": "1.00"}})["Item"]


def test_no_item_is_no_error(client, table):
    assert "Item" not in client.get_item(TableName=table, Key=KEY | {"sk": {"N": "2"}})


@pytest.mark.parametrize("key", [
    {"pk": {"S": "a"}}, {"pk": {"S": "a"}, "sk": {"S": "1"}}, KEY | {"x": {"S": "y"}}, {"x": {"S": "y"}}, {},
])
def test_a_key_must_be_the_tables_key(client, table, refused, key):
    with refused("ValidationException", "The provided key element does not match the schema"):
        client.get_item(TableName=table, Key=key)


def test_projections(client, table):
    # Developer guide, Projection expressions.
    got = client.get_item(
        TableName=table, Key=KEY, ProjectionExpression="#n, doc.steps[2].deep, doc.steps[0], absent, doc.steps[9]",
        ExpressionAttributeNames={"#n": "name"})["Item"]
    assert got == {"name": {"S": "n"}, "doc": {"M": {"steps": {"L": [{"N": "10"}, {"M": {"deep": {"S": "d"}}}]}}}}
    assert client.get_item(TableName=table, Key=KEY, ProjectionExpression="absent")["Item"] == {}


@pytest.mark.parametrize("projection, message", [
    ("x, x",
     "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one "
     "of these paths; path one: [x], path two: [x]"),
    ("doc, doc.steps",
     "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one "
     "of these paths; path one: [doc], path two: [doc, steps]"),
    ("name", "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name"),
    ("", "Invalid ProjectionExpression: The expression can not be empty;"),
])
def test_projections_that_make_no_sense(client, table, refused, projection, message):
    with refused("ValidationException", message):
        client.get_item(TableName=table, Key=KEY, ProjectionExpression=projection)


def test_attributes_to_get_is_the_old_way(client, table):
    assert client.get_item(TableName=table, Key=KEY, AttributesToGet=["name", "absent"])["Item"] == {
        "name": {"S": "n"}}


def test_capacity_is_a_unit_each_four_kilobytes(client, table):
    # Developer guide, Capacity consumption: 4 KB a unit, half of it when eventually consistent.
    def units(key, **more):
        return client.get_item(
            TableName=table, Key=key, ReturnConsumedCapacity="TOTAL", **more)["ConsumedCapacity"]["CapacityUnits"]

    assert units(KEY) == 0.5
    assert units(KEY, ConsistentRead=True) == 1.0
    client.put_item(TableName=table, Item=KEY | {"sk": {"N": "2"}, "x": {"S": "y" * 8192}})
    assert units(KEY | {"sk": {"N": "2"}}, ConsistentRead=True) == 3.0
    assert units(KEY | {"sk": {"N": "99"}}) == 0.5


def test_a_table_must_exist(client, refused):
    with refused("ResourceNotFoundException", "Requested resource not found"):
        client.get_item(TableName="nowhere", Key=KEY)
