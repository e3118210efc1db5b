"""PutItem. Messages are the service's, as recorded by dynalite's suite (test "putItem") unless noted."""

import decimal

import pytest


def test_every_type_comes_back(client, make_table):
    # API reference, AttributeValue.
    name = make_table()
    item = {
        "pk": {"S": "every"},
        "text": {"S": "snow ☃ 🚲 \" \\ \n \u0001"},
        "empty": {"S": ""},
        "number": {"N": "-12.5"},
        "bytes": {"B": bytes(range(256))},
        "true": {"BOOL": True},
        "false": {"BOOL": False},
        "null": {"NULL": True},
        "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}]},
        "map": {"M": {"a": {"M": {"b": {"BOOL": False}}}, "": {"S": ""}} | {"é": {"S": "ü"}}},
        "texts": {"SS": ["x", "y"]},
        "numbers": {"NS": ["1", "2.5"]},
        "binaries": {"BS": [b"\x00", b"\xff"]},
    }
    del item["map"]["M"][""]
    client.put_item(TableName=name, Item=item)
    got = client.get_item(TableName=name, Key={"pk": {"S": "every"}})["Item"]
    for sets in ("texts", "numbers", "binaries"):
        kind = next(iter(item[sets]))
        assert sorted(got.pop(sets)[kind]) == sorted(item.pop(sets)[kind])
    assert got == item


@pytest.mark.parametrize(
    "sent, stored",
    [
        ("0", "0"), ("-0", "0"), ("00012", "12"), ("1.50", "1.5"), ("1e3", "1000"), ("+5", "5"),
        ("1E-130", "1E-130"), ("9.9999999999999999999999999999999999999E+125", None),
        ("12345678901234567890123456789012345678", None), ("0.00001", "0.00001"), ("100E-2", "1"),
    ],
)
def test_numbers_keep_38_digits(client, make_table, sent, stored):
    # Developer guide, Data types, Number: 38 digits, 1E-130 to 9.9999999999999999999999999999999999999E+125.
    name = make_table()
    client.put_item(TableName=name, Item={"pk": {"S": "n"}, "n": {"N": sent}})
    got = client.get_item(TableName=name, Key={"pk": {"S": "n"}})["Item"]["n"]["N"]
    assert decimal.Decimal(got) == decimal.Decimal(sent)
    if stored and "E" not in stored:
        assert got == stored


@pytest.mark.parametrize(
    "number, message",
    [
        ("abc", "The parameter cannot be converted to a numeric value: abc"),
        ("", "The parameter cannot be converted to a numeric value"),
        ("123456789012345678901234567890123456789",
         "Attempting to store more than 38 significant digits in a Number"),
        ("1E126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
        ("1E-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
    ],
)
def test_what_is_no_number_is_refused(client, make_table, refused, number, message):
    name = make_table()
    with refused("ValidationException") as failure:
        client.put_item(TableName=name, Item={"pk": {"S": "n"}, "n": {"N": number}})
    assert failure.message == message


@pytest.mark.parametrize(
    "item, message",
    [
        ({"x": {"S": "a"}}, "One or more parameter values were invalid: Missing the key pk in the item"),
        ({"pk": {"N": "1"}},
         "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N"),
        ({"pk": {"S": ""}}, None),
        ({"pk": {"S": "a" * 2049}},
         "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit "
         "of2048 bytes"),
        ({"pk": {"S": "a"}, "x": {"SS": ["a", "a"]}},
         "One or more parameter values were invalid: Input collection [a, a] contains duplicates."),
        ({"pk": {"S": "a"}, "x": {"SS": []}},
         "One or more parameter values were invalid: An string set  may not be empty"),
        ({"pk": {"S": "a"}, "x": {"NULL": False}},
         "One or more parameter values were invalid: Null attribute value types must have the value of true"),
        ({"pk": {"S": "a"}, "x": {}},
         "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        ({"pk": {"S": "a"}, "x": {"S": "a", "N": "1"}},
         "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
         "supported datatypes"),
    ],
)
def test_items_that_do_not_fit_are_refused(client, make_table, refused, item, message):
    name = make_table()
    with refused("ValidationException", message) as failure:
        client.put_item(TableName=name, Item=item)
    assert failure.status == 400
    assert client.scan(TableName=name)["Count"] == 0


def test_an_item_has_at_most_400_kilobytes(client, make_table, refused):
    # Developer guide, Quotas: 400 KB, attribute names included.
    name = make_table()
    room = 400 * 1024 - len("pk") - len("a") - len("x")
    client.put_item(TableName=name, Item={"pk": {"S": "a"}, "x": {"S": "b" * room}})
    with refused("ValidationException", "Item size has exceeded the maximum allowed size"):
        client.put_item(TableName=name, Item={"pk": {"S": "a"}, "x": {"S": "b" * (room + 1)}})


def test_nesting_ends_at_32_levels(client, make_table, refused):
    # Developer guide, Quotas: nested attributes up to 32 levels deep.
    def nested(levels):
        value = {"S": "core"}
        for _ in range(levels):
            value = {"L": [value]}
        return value

    name = make_table()
    client.put_item(TableName=name, Item={"pk": {"S": "a"}, "deep": nested(31)})
    with refused("ValidationException") as failure:
        client.put_item(TableName=name, Item={"pk": {"S": "a"}, "deep": nested(33)})
    assert "Nesting Levels have exceeded supported limits" in failure.message


def test_an_unknown_table_is_not_found(client, refused):
    with refused("ResourceNotFoundException", "Requested resource not found"):
        client.put_item(TableName="nowhere", Item={"pk": {"S": "a"}})


def test_the_old_item_is_returned_when_asked_for(client, make_table, refused):
    name = make_table()
    first = {"pk": {"S": "a"}, "n": {"N": "1"}}
    assert "Attributes" not in client.put_item(TableName=name, Item=first, ReturnValues="ALL_OLD")
    answer = client.put_item(TableName=name, Item={"pk": {"S": "a"}, "m": {"N": "2"}}, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == first
    got = client.get_item(TableName=name, Key={"pk": {"S": "a"}})["Item"]
    assert got == {"pk": {"S": "a"}, "m": {"N": "2"}}, "a put replaces the whole item"
    with refused("ValidationException", "ReturnValues can only be ALL_OLD or NONE"):
        client.put_item(TableName=name, Item=first, ReturnValues="ALL_NEW")


def test_conditions(client, make_table, refused):
    name = make_table()
    item = {"pk": {"S": "a"}, "version": {"N": "1"}}
    client.put_item(TableName=name, Item=item, ConditionExpression="attribute_not_exists(pk)")
    with refused("ConditionalCheckFailedException", "The conditional request failed"):
        client.put_item(TableName=name, Item=item, ConditionExpression="attribute_not_exists(pk)")
    client.put_item(
        TableName=name,
        Item={"pk": {"S": "a"}, "version": {"N": "2"}},
        ConditionExpression="version = :old AND NOT (size(pk) > :one OR contains(pk, :b))",
        ExpressionAttributeValues={":old": {"N": "1"}, ":one": {"N": "1"}, ":b": {"S": "b"}},
    )
    # API reference, ReturnValuesOnConditionCheckFailure.
    with refused("ConditionalCheckFailedException") as failure:
        client.put_item(
            TableName=name,
            Item=item,
            ConditionExpression="version = :old",
            ExpressionAttributeValues={":old": {"N": "1"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert failure.response["Item"] == {"pk": {"S": "a"}, "version": {"N": "2"}}


def test_conditions_of_the_old_kind(client, make_table, refused):
    # Developer guide, Legacy parameters: Expected.
    name = make_table()
    item = {"pk": {"S": "a"}, "n": {"N": "1"}}
    client.put_item(TableName=name, Item=item, Expected={"pk": {"Exists": False}})
    with refused("ConditionalCheckFailedException"):
        client.put_item(TableName=name, Item=item, Expected={"n": {"Value": {"N": "2"}}})
    client.put_item(
        TableName=name, Item=item,
        Expected={"n": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "0"}, {"N": "1"}]}})
    with refused("ValidationException") as failure:
        client.put_item(
            TableName=name, Item=item, Expected={"pk": {"Exists": False}},
            ConditionExpression="attribute_exists(pk)")
    assert failure.message == (
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}")


@pytest.mark.parametrize(
    "request_part, message",
    [
        ({"ConditionExpression": "name = pk"},
         "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: name"),
        ({"ConditionExpression": "a = :v"},
         "Invalid ConditionExpression: An expression attribute value used in expression is not defined; "
         "attribute value: :v"),
        ({"ConditionExpression": "#a = pk"},
         "Invalid ConditionExpression: An expression attribute name used in the document path is not "
         "defined; attribute name: #a"),
        ({"ConditionExpression": ""}, "Invalid ConditionExpression: The expression can not be empty;"),
        ({"ConditionExpression": "a = :v",
          "ExpressionAttributeValues": {":v": {"N": "1"}, ":w": {"N": "1"}}},
         "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"),
        ({"ConditionExpression": "#a = pk", "ExpressionAttributeNames": {"#a": "a", "#b": "b"}},
         "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"),
        ({"ExpressionAttributeValues": {":v": {"N": "1"}}},
         "ExpressionAttributeValues can only be specified when using expressions: "
         "ConditionExpression is null"),
        ({"ConditionExpression": "attribute_exists(a, b)"},
         "Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or "
         "function: attribute_exists, number of operands: 2"),
    ],
)
def test_expressions_that_make_no_sense_are_refused(client, make_table, refused, request_part, message):
    name = make_table()
    with refused("ValidationException", message):
        client.put_item(TableName=name, Item={"pk": {"S": "a"}}, **request_part)


def test_capacity_is_a_unit_a_kilobyte(client, make_table):
    # Developer guide, Capacity consumption: one write unit for each KB begun, for table and each index.
    name = make_table(
        extra="g:S",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-g",
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    small = client.put_item(
        TableName=name, Item={"pk": {"S": "a"}}, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert small["CapacityUnits"] == 1.0 and small["TableName"] == name
    large = client.put_item(
        TableName=name, Item={"pk": {"S": "b"}, "g": {"S": "x"}, "x": {"S": "y" * 2048}},
        ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    assert large["Table"]["CapacityUnits"] == 3.0
    assert large["GlobalSecondaryIndexes"]["by-g"]["CapacityUnits"] == 1.0
    assert large["CapacityUnits"] == 4.0
    assert "ConsumedCapacity" not in client.put_item(TableName=name, Item={"pk": {"S": "a"}})


def test_concurrent_writers_of_one_item_are_told_the_truth(server, client, make_table):
    """Many threads append under a condition: every success is one step of a single history."""
    import concurrent.futures

    from botocore.exceptions import ClientError

    name = make_table()
    client.put_item(TableName=name, Item={"pk": {"S": "counter"}, "n": {"N": "0"}})

    def increment(_):
        succeeded = 0
        while succeeded < 10:
            n = int(client.get_item(
                TableName=name, Key={"pk": {"S": "counter"}}, ConsistentRead=True)["Item"]["n"]["N"])
            try:
                client.put_item(
                    TableName=name, Item={"pk": {"S": "counter"}, "n": {"N": str(n + 1)}},
                    ConditionExpression="n = :n", ExpressionAttributeValues={":n": {"N": str(n)}})
                succeeded += 1
            except ClientError as error:
                assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(8)))
    assert client.get_item(TableName=name, Key={"pk": {"S": "counter"}})["Item"]["n"]["N"] == "80"
