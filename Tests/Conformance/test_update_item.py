"""UpdateItem. Messages as recorded by dynalite's suite (test "updateItem") unless noted."""

import pytest

KEY = {"pk": {"S": "a"}}


@pytest.fixture
def table(make_table):
    return make_table()


@pytest.fixture
def update(client, table):
    def run(expression, values=None, names=None, returns="ALL_NEW", **more):
        request = {"TableName": table, "Key": KEY, "UpdateExpression": expression, "ReturnValues": returns} | more
        if values:
            request["ExpressionAttributeValues"] = values
        if names:
            request["ExpressionAttributeNames"] = names
        return client.update_item(**request).get("Attributes")

    return run


def test_an_update_makes_the_item(update):
    # API reference, UpdateItem: "adds a new item to the table if it does not already exist".
    assert update("SET n = :n", {":n": {"N": "1"}}) == {**KEY, "n": {"N": "1"}}


def test_every_clause_at_once(client, table, update):
    client.put_item(TableName=table, Item={
        **KEY, "n": {"N": "1"}, "gone": {"S": "x"}, "tags": {"SS": ["a", "b", "c"]}, "steps": {"L": [{"S": "one"}]}})
    got = update(
        "SET n = n + :two, steps = list_append(steps, :more), began = if_not_exists(began, :two) "
        "REMOVE gone ADD hits :two, more :tags DELETE tags :tags",
        {":two": {"N": "2"}, ":more": {"L": [{"S": "two"}]}, ":tags": {"SS": ["b"]}})
    assert sorted(got.pop("tags")["SS"]) == ["a", "c"]
    assert got == {
        **KEY, "n": {"N": "3"}, "began": {"N": "2"}, "hits": {"N": "2"}, "more": {"SS": ["b"]},
        "steps": {"L": [{"S": "one"}, {"S": "two"}]}}


def test_paths_reach_into_documents(client, table, update):
    client.put_item(TableName=table, Item={
        **KEY, "m": {"M": {"l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]}, "k": {"S": "v"}}}})
    got = update(
        "SET m.l[0] = :x, m.#new = m.k REMOVE m.l[1], m.k", {":x": {"S": "x"}}, {"#new": "new.name"})
    assert got["m"]["M"] == {"l": {"L": [{"S": "x"}, {"N": "2"}]}, "new.name": {"S": "v"}}
    # Developer guide, Update expressions: an index beyond the end appends.
    assert update("SET m.l[99] = :x", {":x": {"N": "9"}})["m"]["M"]["l"]["L"][-1] == {"N": "9"}


def test_all_values_are_those_before_the_update(client, table, update):
    client.put_item(TableName=table, Item={**KEY, "a": {"N": "1"}, "b": {"N": "2"}})
    got = update("SET a = b, b = a")
    assert (got["a"], got["b"]) == ({"N": "2"}, {"N": "1"})


def test_what_is_returned(client, table, update):
    # API reference, UpdateItem, ReturnValues.
    client.put_item(TableName=table, Item={**KEY, "a": {"N": "1"}, "b": {"N": "2"}})
    value = {":v": {"N": "5"}}
    assert update("SET a = :v", value, returns="UPDATED_OLD") == {"a": {"N": "1"}}
    assert update("SET a = a + :v", value, returns="UPDATED_NEW") == {"a": {"N": "10"}}
    assert update("SET a = :v", value, returns="ALL_OLD") == {**KEY, "a": {"N": "10"}, "b": {"N": "2"}}
    assert update("SET a = :v", value, returns="NONE") is None
    assert update("REMOVE b", returns="UPDATED_NEW") is None


def test_arithmetic_is_decimal(update):
    assert update("SET n = :a - :b", {":a": {"N": "0.3"}, ":b": {"N": "0.1"}})["n"] == {"N": "0.2"}
    assert update(
        "SET n = :a + :b", {":a": {"N": "99999999999999999999999999999999999999"}, ":b": {"N": "-1"}}
    )["n"] == {"N": "99999999999999999999999999999999999998"}


def test_conditions(update, refused):
    with refused("ConditionalCheckFailedException", "The conditional request failed"):
        update("SET a = :v", {":v": {"N": "1"}}, ConditionExpression="attribute_exists(pk)")
    update("SET a = :v", {":v": {"N": "1"}})
    update("SET a = :v", {":v": {"N": "2"}}, ConditionExpression="a < :v")
    with refused("ConditionalCheckFailedException") as failure:
        update("SET a = :v", {":v": {"N": "2"}}, ConditionExpression="a < :v",
               ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert failure.response["Item"] == {**KEY, "a": {"N": "2"}}


@pytest.mark.parametrize("expression, values, message", [
    ("SET pk = :v", {":v": {"S": "b"}},
     "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key"),
    ("SET a = :v, a.b = :v", {":v": {"S": "b"}},
     "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of "
     "these paths; path one: [a], path two: [a, b]"),
    ("SET a.b = :v", {":v": {"S": "b"}},
     "The document path provided in the update expression is invalid for update"),
    ("SET a = b", None,
     "The provided expression refers to an attribute that does not exist in the item"),
    ("SET a = note + :v", {":v": {"N": "1"}},
     "An operand in the update expression has an incorrect data type"),
    ("SET a = :v + :v", {":v": {"S": "1"}},
     "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, "
     "operand type: S"),
    ("ADD a :v", {":v": {"S": "1"}},
     "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand "
     "type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"),
    ("SET a = :v SET b = :v", {":v": {"S": "1"}},
     'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;'),
    ("SET a = ", None, None),
    ("NONSENSE", None, None),
    ("", None, "Invalid UpdateExpression: The expression can not be empty;"),
])
def test_updates_that_make_no_sense_change_nothing(client, table, update, refused, expression, values, message):
    before = {**KEY, "note": {"S": "t"}}
    client.put_item(TableName=table, Item=before)
    with refused("ValidationException", message):
        update(expression, values)
    assert client.get_item(TableName=table, Key=KEY)["Item"] == before


def test_an_update_may_not_make_an_item_too_large(client, table, update, refused):
    client.put_item(TableName=table, Item={**KEY, "x": {"S": "x" * 300_000}})
    with refused("ValidationException", "Item size to update has exceeded the maximum allowed size"):
        update("SET y = :y", {":y": {"S": "y" * 200_000}})


def test_updates_of_the_old_kind(client, table):
    # Developer guide, Legacy parameters: AttributeUpdates.
    client.put_item(TableName=table, Item={**KEY, "n": {"N": "1"}, "gone": {"S": "x"}})
    got = client.update_item(
        TableName=table, Key=KEY, ReturnValues="ALL_NEW",
        AttributeUpdates={
            "n": {"Action": "ADD", "Value": {"N": "5"}}, "gone": {"Action": "DELETE"}, "s": {"Value": {"S": "v"}}},
    )["Attributes"]
    assert got == {**KEY, "n": {"N": "6"}, "s": {"S": "v"}}


def test_counters_count_every_hit(client, table):
    import concurrent.futures

    def hit(_):
        client.update_item(
            TableName=table, Key=KEY, UpdateExpression="ADD hits :one",
            ExpressionAttributeValues={":one": {"N": "1"}})

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(hit, range(400)))
    assert client.get_item(TableName=table, Key=KEY)["Item"]["hits"] == {"N": "400"}
