"""Secondary indexes: who is in them, what writing to them costs, what may not become their key.

Developer guide, Global secondary indexes, Local secondary indexes, Capacity consumption. Messages as in
dynalite's suite (tests "putItem", "updateItem", run against the service).
"""

import pytest
from support.cases import INVALID, N, NOT_VALID, S, index

KEY = {"pk": S("a"), "sk": S("1")}
EMPTY = "The AttributeValue for a key attribute cannot contain an empty string value."


@pytest.fixture
def table(make_table):
    return make_table(
        "pk:S", "sk:S", extra="l:N g:S h:N", LocalSecondaryIndexes=[index("local", "pk", "l")],
        GlobalSecondaryIndexes=[index("keys", "g", None, "KEYS_ONLY"), index("some", "g", "h", ["x"])])


def charged(capacity):
    """Units by index, and the table's under None."""
    units = {None: capacity["Table"]["CapacityUnits"]}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        units |= {name: one["CapacityUnits"] for name, one in capacity.get(kind, {}).items()}
    assert capacity["CapacityUnits"] == sum(units.values())
    return units


LARGE = {"x": S("x" * 1500)}
IN_ALL = {"g": S("x"), "h": N(1), "l": N(1)}


@pytest.mark.parametrize("before, after, units", [
    # A new entry is one write for each KB of the entry, as projected.
    (None, {}, {None: 1}), (None, {"l": N(1)}, {None: 1, "local": 1}), (None, {"g": S("x")}, {None: 1, "keys": 1}),
    (None, {"h": N(1)}, {None: 1}), (None, {"g": S("x"), "h": N(1)}, {None: 1, "keys": 1, "some": 1}),
    (None, IN_ALL | LARGE, {None: 2, "local": 2, "keys": 1, "some": 2}),
    # An entry that stays as it is costs nothing.
    (IN_ALL | LARGE, IN_ALL | LARGE, {None: 2}), (IN_ALL, IN_ALL | {"y": N(1)}, {None: 1, "local": 1}),
    (IN_ALL, IN_ALL | {"x": N(1)}, {None: 1, "local": 1, "some": 1}),
    # Another key: the old entry is deleted and a new one put.
    (IN_ALL, IN_ALL | {"g": S("y")}, {None: 1, "local": 1, "keys": 2, "some": 2}),
    (IN_ALL, IN_ALL | {"h": N(2)}, {None: 1, "local": 1, "some": 2}),
    (IN_ALL, IN_ALL | {"l": N(2)}, {None: 1, "local": 2}),
    # Without the attribute the entry goes.
    (IN_ALL, {"l": N(1)}, {None: 1, "local": 1, "keys": 1, "some": 1}), (IN_ALL, {"g": S("x"), "l": N(1)},
                                                                       {None: 1, "local": 1, "some": 1}),
    # The larger of old and new counts.
    ({"y": S("x" * 5000)}, {}, {None: 5}), ({}, {"y": S("x" * 5000)}, {None: 5}),
])
def test_what_a_write_costs(ask, table, before, after, units):
    if before is not None:
        ask("PutItem", {"TableName": table, "Item": KEY | before})
    answer = ask("PutItem", {"TableName": table, "Item": KEY | after, "ReturnConsumedCapacity": "INDEXES"})
    assert charged(answer["ConsumedCapacity"]) == units
    total = ask("DeleteItem", {"TableName": table, "Key": KEY, "ReturnConsumedCapacity": "TOTAL"})["ConsumedCapacity"]
    assert set(total) == {"TableName", "CapacityUnits"}


def test_what_reads_cost(ask, table):
    for number in range(4):
        ask("PutItem", {"TableName": table, "Item": {
            "pk": S("a"), "sk": S(str(number)), "l": N(number), "g": S("x"), "h": N(number), "y": S("y" * 3000)}})

    def query(index_name, condition="pk = :v", value="a", **more):
        capacity = ask("Query", {
            "TableName": table, "IndexName": index_name, "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {":v": S(value)}, "ReturnConsumedCapacity": "INDEXES"} | more)["ConsumedCapacity"]
        return charged(capacity)

    # The sum of what is read, in steps of 4 KB, half of it when eventually consistent.
    assert query("local") == {None: 0, "local": 1.5}
    assert query("local", ConsistentRead=True) == {None: 0, "local": 3}
    assert query("local", Limit=1) == {None: 0, "local": 0.5}
    assert query("local", Select="COUNT") == {None: 0, "local": 1.5}
    assert query("keys", "g = :v", "x") == {None: 0, "keys": 0.5}
    assert query("keys", "g = :v", "none") == {None: 0, "keys": 0.5}
    capacity = ask("Scan", {"TableName": table, "ReturnConsumedCapacity": "INDEXES"})["ConsumedCapacity"]
    assert charged(capacity) == {None: 1.5}
    # One by one each begins a step of its own.
    capacity = ask("BatchGetItem", {
        "RequestItems": {table: {"Keys": [{"pk": S("a"), "sk": S(str(n))} for n in range(5)], "ConsistentRead": True}},
        "ReturnConsumedCapacity": "INDEXES"})["ConsumedCapacity"]
    assert [charged(one) for one in capacity] == [{None: 5}]


@pytest.mark.parametrize("operation, request_part", [
    ("Query", {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": S("none")}}),
    ("Scan", {}), ("GetItem", {"Key": KEY}),
])
def test_what_reading_nothing_costs(ask, table, operation, request_part):
    # dynalite's suite and the developer guide: a read that finds nothing takes the least a read takes.
    for consistent, units in ((False, 0.5), (True, 1.0)):
        answer = ask(operation, {"TableName": table, "ReturnConsumedCapacity": "TOTAL", "ConsistentRead": consistent}
                     | request_part)
        assert answer["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": units}


def members(ask, table, index_name):
    return [(item["pk"]["S"], item["sk"]["S"]) for item in ask("Scan", {"TableName": table, "IndexName": index_name})["Items"]]


def test_who_is_in_an_index(ask, table):
    def update(expression, values=None):
        ask("UpdateItem", {"TableName": table, "Key": KEY, "UpdateExpression": expression}
            | ({"ExpressionAttributeValues": values} if values else {}))
        return [bool(members(ask, table, name)) for name in ("local", "keys", "some")]

    assert update("SET y = :v", {":v": N(1)}) == [False, False, False]
    assert update("SET g = :v", {":v": S("x")}) == [False, True, False]
    assert update("SET h = :v", {":v": N(1)}) == [False, True, True]
    assert update("ADD l :v", {":v": N(1)}) == [True, True, True]
    assert update("REMOVE g") == [True, False, False]
    assert update("SET g = :v", {":v": S("y")}) == [True, True, True]
    ask("DeleteItem", {"TableName": table, "Key": KEY})
    assert [members(ask, table, name) for name in ("local", "keys", "some")] == [[], [], []]


def test_what_is_projected(ask, table):
    ask("PutItem", {"TableName": table, "Item": KEY | IN_ALL | {"x": S("x"), "y": S("y")}})
    assert ask("Scan", {"TableName": table, "IndexName": "keys"})["Items"] == [KEY | {"g": S("x")}]
    assert ask("Scan", {"TableName": table, "IndexName": "some"})["Items"] == [KEY | {"g": S("x"), "h": N(1), "x": S("x")}]
    assert ask("Scan", {"TableName": table, "IndexName": "local"})["Items"] == [KEY | IN_ALL | {"x": S("x"), "y": S("y")}]
    ask.refused("Scan", {"TableName": table, "IndexName": "some", "ProjectionExpression": "y"},
                f"{INVALID}Global secondary index some does not project [y]")
    ask.refused("Scan", {"TableName": table, "IndexName": "some", "ConsistentRead": True},
                "Consistent reads are not supported on global secondary indexes")


@pytest.mark.parametrize("attributes, message", [
    ({"g": N(1)}, f"{INVALID}Type mismatch for Index Key g Expected: S Actual: N IndexName: keys"),
    ({"g": {"NULL": True}}, f"{INVALID}Type mismatch for Index Key g Expected: S Actual: NULL IndexName: keys"),
    ({"g": {"SS": ["a"]}}, f"{INVALID}Type mismatch for Index Key g Expected: S Actual: SS IndexName: keys"),
    ({"h": S("1")}, f"{INVALID}Type mismatch for Index Key h Expected: N Actual: S IndexName: some"),
    ({"l": {"BOOL": True}}, f"{INVALID}Type mismatch for Index Key l Expected: N Actual: BOOL IndexName: local"),
    ({"g": S("")}, f"{NOT_VALID}A value specified for a secondary index key is not supported. {EMPTY} IndexName: keys, "
                   "IndexKey: g"),
    ({"g": S("x" * 2049)}, f"{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"),
])
def test_what_can_be_no_key_of_an_index_is_not_put(ask, table, attributes, message):
    ask.refused("PutItem", {"TableName": table, "Item": KEY | attributes}, message)
    ask.refused("BatchWriteItem", {"RequestItems": {table: [{"PutRequest": {"Item": KEY | attributes}}]}}, message)


@pytest.mark.parametrize("expression, values, message", [
    ("SET g = spare", None, "The update expression attempted to update the secondary index key to unsupported type"),
    ("SET g = :v", {":v": S("")},
     f"{NOT_VALID}The update expression attempted to update a secondary index key to a value that is not supported. {EMPTY}"),
    ("SET g = :v", {":v": S("x" * 2049)},
     "The update expression attempted to update the secondary index key beyond allowed size limits"),
])
def test_what_can_be_no_key_of_an_index_is_not_made(ask, table, expression, values, message):
    ask("PutItem", {"TableName": table, "Item": KEY | {"spare": N(1)}})
    ask.refused("UpdateItem", {"TableName": table, "Key": KEY, "UpdateExpression": expression}
                | ({"ExpressionAttributeValues": values} if values else {}), message)


@pytest.mark.parametrize("operation, request_part", [
    ("PutItem", {"Item": KEY}), ("DeleteItem", {"Key": KEY}),
    ("UpdateItem", {"Key": KEY, "UpdateExpression": "SET y = :v", "ExpressionAttributeValues": {":v": N(1)}}),
])
def test_item_collections(ask, table, make_table, operation, request_part):
    # API reference, ItemCollectionMetrics: for tables with local indexes.
    ask("PutItem", {"TableName": table, "Item": KEY})
    metrics = ask(operation, {"TableName": table, "ReturnItemCollectionMetrics": "SIZE"} | request_part)["ItemCollectionMetrics"]
    assert metrics["ItemCollectionKey"] == {"pk": S("a")} and len(metrics["SizeEstimateRangeGB"]) == 2
    without = make_table("pk:S", "sk:S")
    assert "ItemCollectionMetrics" not in ask(operation, {"TableName": without, "ReturnItemCollectionMetrics": "SIZE"}
                                              | request_part)
