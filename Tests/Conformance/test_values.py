"""Attribute values on the wire: what is a value, what is none, and what is none that JSON can't tell.

Messages as in dynalite's suite (test "putItem", run against the service). Empty strings and binaries: developer
guide, Working with items: allowed in all attributes but keys.
"""

import pytest
from support.cases import INVALID, L, M, N, S

EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
SEVERAL = "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"


@pytest.fixture(scope="module")
def table(make_module_table):
    return make_module_table()


@pytest.mark.parametrize("value", [
    S(""), S("a"), S("\u0000"), S("\U0001F600"), N(0), {"B": ""}, {"B": "AAEC"}, {"BOOL": True}, {"BOOL": False},
    {"NULL": True}, L(), M(), L(L(L())), M(a=M(b=M())), L(S(""), {"NULL": True}, M(a=L(N(1)))), {"SS": ["", "a"]},
    {"SS": ["a"]}, {"NS": ["-1", "0", "1.5"]}, {"BS": ["", "AA=="]}, M(**{"a.b": N(1), "#": N(2), ":": N(3), " ": N(4)}),
])
def test_values_come_back_as_they_were(ask, table, value):
    ask("PutItem", {"TableName": table, "Item": {"pk": S("v"), "v": value, "nested": L(M(v=value))}})
    item = ask("GetItem", {"TableName": table, "Key": {"pk": S("v")}})["Item"]
    assert item["v"] == value and item["nested"] == L(M(v=value))


@pytest.mark.parametrize("value, message", [
    ({}, EMPTY), (None, EMPTY), ({"S": None}, EMPTY), ({"X": "a"}, EMPTY), (L({}), EMPTY), (L(None), EMPTY),
    (M(a={}), EMPTY), ({"S": "a", "N": "1"}, SEVERAL), ({"SS": ["a"], "L": []}, SEVERAL),
    ({"SS": []}, f"{INVALID}An string set  may not be empty"),
    ({"NS": []}, f"{INVALID}An number set  may not be empty"),
    ({"BS": []}, f"{INVALID}Binary sets should not be empty"),
    ({"SS": ["a", "b", "a"]}, f"{INVALID}Input collection [a, b, a] contains duplicates."),
    ({"NS": ["1", "2", "1"]}, "Input collection contains duplicates"),
    ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    ({"BS": ["Yg==", "WQ==", "Yg=="]},
     f"{INVALID}Input collection [Yg==, WQ==, Yg==]of type BS contains duplicates."),
    ({"NULL": False}, f"{INVALID}Null attribute value types must have the value of true"),
    ({"NULL": "no"}, f"{INVALID}Null attribute value types must have the value of true"),
])
def test_what_is_no_value_is_refused(ask, table, value, message):
    ask.refused("PutItem", {"TableName": table, "Item": {"pk": S("v"), "v": value}}, message)


@pytest.mark.parametrize("value, message", [
    ("a", "Unexpected value type in payload"),
    ({"S": 1}, "NUMBER_VALUE cannot be converted to String"),
    ({"S": True}, "TRUE_VALUE cannot be converted to String"),
    ({"N": 1}, "NUMBER_VALUE cannot be converted to String"),
    ({"SS": "a"}, "Unexpected field type"),
    ({"SS": [1]}, "NUMBER_VALUE cannot be converted to String"),
    ({"B": 1}, "only base-64-encoded strings are convertible to bytes"),
    ({"L": {}}, "Start of structure or map found where not expected"),
    ({"BOOL": "23"}, "Unexpected token received from parser"),
    ([], None), ({"S": {}}, None), ({"S": []}, None), ({"M": "a"}, None), ({"M": []}, None), ({"B": "!"}, None),
])
def test_json_of_another_shape_is_refused(ask, table, value, message):
    ask.refused("PutItem", {"TableName": table, "Item": {"pk": S("v"), "v": value}}, message, "SerializationException")


@pytest.mark.parametrize("levels, fits", [(31, True), (32, True), (33, False), (40, False)])
@pytest.mark.parametrize("wrap", [lambda value: L(value), lambda value: M(a=value)], ids=["lists", "maps"])
def test_nesting(ask, table, levels, fits, wrap):
    # Developer guide, Quotas: nested attributes up to 32 levels deep.
    value = S("core")
    for _ in range(levels - 1):
        value = wrap(value)
    request = {"TableName": table, "Item": {"pk": S("deep"), "v": value}}
    if fits:
        ask("PutItem", request)
        assert ask("GetItem", {"TableName": table, "Key": {"pk": S("deep")}})["Item"]["v"] == value
    else:
        ask.refused("PutItem", request, None)


ITEM_LIMIT = 400 * 1024
FILLED = [
    # Developer guide, DynamoDB item sizes and formats: names and values; a number takes a byte for two digits
    # and one more, another if negative; lists and maps three bytes and one for each element.
    ("string", 1, lambda room: {"x": S("a" * room)}),
    ("characters of two bytes", 1, lambda room: {"x": S("é" + "a" * (room - 2))}),
    ("long name", 0, lambda room: {"x" * 60_000: S("a" * (room - 60_000))}),
    ("list", 1 + 3 + 1, lambda room: {"x": L(S("a" * room))}),
    ("map", 1 + 3 + 1 + 1, lambda room: {"x": M(k=S("a" * room))}),
    ("empty list", 1 + 1 + 3, lambda room: {"l": L(), "x": S("a" * room)}),
    ("set", 1, lambda room: {"x": {"SS": ["a" * (room - 10), "b" * 10]}}),
    ("number", 1 + 1 + 3, lambda room: {"n": N(123), "x": S("a" * room)}),
    ("negative number", 1 + 1 + 4, lambda room: {"n": N(-123), "x": S("a" * room)}),
    ("null", 1 + 1 + 1, lambda room: {"n": {"NULL": True}, "x": S("a" * room)}),
    ("truth", 1 + 1 + 1, lambda room: {"n": {"BOOL": True}, "x": S("a" * room)}),
]


@pytest.mark.parametrize("used, fill", [case[1:] for case in FILLED], ids=[case[0] for case in FILLED])
def test_an_item_may_be_full_but_not_a_byte_more(ask, table, used, fill):
    room = ITEM_LIMIT - len("pk") - len("a") - used
    ask("PutItem", {"TableName": table, "Item": {"pk": S("a")} | fill(room)})
    ask.refused("PutItem", {"TableName": table, "Item": {"pk": S("a")} | fill(room + 1)},
                "Item size has exceeded the maximum allowed size")


def test_an_update_may_fill_an_item(ask, table):
    ask("PutItem", {"TableName": table, "Item": {"pk": S("grow"), "x": S("a" * (ITEM_LIMIT - 107))}})
    grow = {"TableName": table, "Key": {"pk": S("grow")}, "UpdateExpression": "SET y = :v"}
    room = 107 - len("pk") - len("grow") - len("x") - len("y")
    ask.refused("UpdateItem", grow | {"ExpressionAttributeValues": {":v": S("a" * (room + 1))}},
                "Item size to update has exceeded the maximum allowed size")
    ask("UpdateItem", grow | {"ExpressionAttributeValues": {":v": S("a" * room)}})


@pytest.mark.parametrize("item, message", [
    ({"pk": S("a" * 2048)}, None),
    ({"pk": S("é" * 1024)}, None),
    ({"pk": S("é" * 1024 + "a")}, f"{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"),
])
def test_partition_keys_have_at_most_2048_bytes(ask, table, item, message):
    # Developer guide, Quotas.
    if message:
        ask.refused("PutItem", {"TableName": table, "Item": item}, message)
        ask.refused("GetItem", {"TableName": table, "Key": item}, message)
        ask.refused("DeleteItem", {"TableName": table, "Key": item}, message)
    else:
        ask("PutItem", {"TableName": table, "Item": item})
        assert ask("GetItem", {"TableName": table, "Key": item})["Item"] == item


def test_sort_keys_have_at_most_1024_bytes(ask, make_table):
    # Developer guide, Quotas.
    name = make_table("pk:S", "sk:B")
    full = {"pk": S("a"), "sk": {"B": "AAAA" * 341 + "AA=="}}
    ask("PutItem", {"TableName": name, "Item": full})
    assert ask("GetItem", {"TableName": name, "Key": full})["Item"] == full
    over = {"pk": S("a"), "sk": {"B": "AAAA" * 341 + "AAA="}}
    message = f"{INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
    ask.refused("PutItem", {"TableName": name, "Item": over}, message)
    ask.refused("GetItem", {"TableName": name, "Key": over}, message)
