"""TransactGetItems, case by case. Sources as in test_transact_write.py; keys in reads: dynoxide issue 19 and pull request
102, after the service."""

import pytest
from support.cases import NOT_VALID, L, M, N, S
from support.transactions import NONE, canceled, get, invalid

MISMATCH = "The provided key element does not match the schema"


def key(pk):
    return {"pk": S(pk)}


def read(ask, *actions, **more):
    return ask("TransactGetItems", {"TransactItems": list(actions), **more})


@pytest.fixture(scope="module")
def table(make_module_table, client):
    name = make_module_table()
    client.put_item(TableName=name, Item={"pk": S("a"), "n": N(1), "m": M(x=N(1), y=N(2)), "l": L(S("p"), S("q"))})
    client.put_item(TableName=name, Item={"pk": S("big"), "x": S("x" * 5000)})
    return name


def test_items_in_the_order_of_the_request(ask, table):
    answer = read(ask, get(table, key("none")), get(table, key("big"), ProjectionExpression="pk"), get(table, key("a")))
    assert answer == {"Responses": [
        {}, {"Item": {"pk": S("big")}},
        {"Item": {"pk": S("a"), "n": N(1), "m": M(x=N(1), y=N(2)), "l": L(S("p"), S("q"))}}]}


@pytest.mark.parametrize("projection, names, item", [
    ("n", None, {"n": N(1)}), ("m.x, l[1]", None, {"m": M(x=N(1)), "l": L(S("q"))}), ("#n", {"#n": "n"}, {"n": N(1)}),
    ("nothing", None, {}),
])
def test_projections(ask, table, projection, names, item):
    more = {"ExpressionAttributeNames": names} if names else {}
    assert read(ask, get(table, key("a"), ProjectionExpression=projection, **more)) == {"Responses": [{"Item": item}]}


def test_several_tables(ask, table, make_table, client):
    other = make_table("pk:S", "sk:N")
    client.put_item(TableName=other, Item={"pk": S("a"), "sk": N(7)})
    arn = ask("DescribeTable", {"TableName": other})["Table"]["TableArn"]
    answer = read(ask, get(arn, {"pk": S("a"), "sk": N(7)}), get(table, key("a"), ProjectionExpression="pk"))
    assert answer == {"Responses": [{"Item": {"pk": S("a"), "sk": N(7)}}, {"Item": {"pk": S("a")}}]}


@pytest.mark.parametrize("pk, units", [("a", 2.0), ("none", 2.0), ("big", 4.0)])
def test_a_read_costs_twice(ask, table, pk, units):
    told = read(ask, get(table, key(pk)), ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert told == [{"TableName": table, "CapacityUnits": units, "ReadCapacityUnits": units}]
    part = {"CapacityUnits": units, "ReadCapacityUnits": units}
    told = read(ask, get(table, key(pk)), ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    assert told == [{"TableName": table, "Table": part, **part}]


@pytest.mark.parametrize("bad, message", [
    ({"pk": N(1)}, MISMATCH), ({}, MISMATCH), ({"x": S("a")}, MISMATCH), ({"pk": S("a"), "x": S("a")}, MISMATCH),
    ({"pk": L()}, MISMATCH),
    ({"pk": S("")}, f"{NOT_VALID}The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"),
])
def test_a_wrong_key_cancels(ask, table, bad, message):
    canceled(ask, "TransactGetItems", {"TransactItems": [get(table, key("a")), get(table, bad), get(table, {"pk": N(2)})]},
             NONE, invalid(message), NONE)


def test_no_item_twice(ask, table):
    ask.refused("TransactGetItems", {"TransactItems": [get(table, key("a")), get(table, key("b")), get(table, key("a"))]},
                "Transaction request cannot include multiple operations on one item")


def test_a_table_that_is_not_there(ask, table):
    ask.refused("TransactGetItems", {"TransactItems": [get(table, key("a")), get("nowhere", key("a"))]},
                "Requested resource not found", "ResourceNotFoundException")


@pytest.mark.parametrize("body, message", [
    ({}, "1 validation error detected: Value null at 'transactItems' failed to satisfy constraint: Member must not be null"),
    ({"TransactItems": []}, "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: "
                            "Member must have length greater than or equal to 1"),
    ({"TransactItems": [{}]}, "1 validation error detected: Value null at 'transactItems.1.member.get' failed to satisfy "
                              "constraint: Member must not be null"),
    ({"TransactItems": [{"Get": {"Key": {}}}]},
     "1 validation error detected: Value null at 'transactItems.1.member.get.tableName' failed to satisfy constraint: Member "
     "must not be null"),
    ({"TransactItems": [{"Get": {"TableName": "abc"}}]},
     "1 validation error detected: Value null at 'transactItems.1.member.get.key' failed to satisfy constraint: Member must "
     "not be null"),
])
def test_requests_that_make_no_sense(ask, body, message):
    ask.refused("TransactGetItems", body, message)


@pytest.mark.parametrize("more, message", [
    ({"ProjectionExpression": ""}, "Invalid ProjectionExpression: The expression can not be empty;"),
    ({"ProjectionExpression": "name"}, "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name"),
    ({"ProjectionExpression": "a, a"}, "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or "
                                       "rewrite one of these paths; path one: [a], path two: [a]"),
    ({"ExpressionAttributeNames": {"#a": "a"}}, "ExpressionAttributeNames can only be specified when using expressions"),
    ({"ProjectionExpression": "a", "ExpressionAttributeNames": {"#a": "a"}},
     "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"),
    ({"ProjectionExpression": "#a"}, "Invalid ProjectionExpression: An expression attribute name used in the document path is not "
                                     "defined; attribute name: #a"),
])
def test_projections_that_make_no_sense(ask, table, more, message):
    ask.refused("TransactGetItems", {"TransactItems": [get(table, key("a"), **more)]}, message)


def test_more_reads_than_there_may_be(ask, table):
    answer = ask.connection.ask("TransactGetItems", {"TransactItems": [get(table, key(str(n))) for n in range(26)]})
    assert answer.error == "ValidationException"
    assert answer.message.startswith("1 validation error detected: Value '[TransactGetItem(get=Get(key={pk=AttributeValue(s=0,")
    assert answer.message.endswith("' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 25")
    assert len(read(ask, *[get(table, key(str(n))) for n in range(25)])["Responses"]) == 25


def test_four_megabytes_are_the_most(ask, make_table, client):
    name = make_table()
    for number in range(11):
        client.put_item(TableName=name, Item={"pk": S(str(number)), "x": S("x" * 400_000)})
    ask.refused("TransactGetItems", {"TransactItems": [get(name, key(str(n))) for n in range(11)]}, None)
    assert len(read(ask, *[get(name, key(str(n))) for n in range(10)])["Responses"]) == 10
