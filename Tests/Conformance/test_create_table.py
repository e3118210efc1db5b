"""CreateTable. Messages are the service's, as recorded by dynalite's suite (test "createTable") or, where
named, by the API reference."""

import pytest

ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
HASH = [{"AttributeName": "pk", "KeyType": "HASH"}]
STRING = [{"AttributeName": "pk", "AttributeType": "S"}]


def test_the_description_is_complete(client, new_name):
    name = new_name()
    table = client.create_table(
        TableName=name,
        KeySchema=[*HASH, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            *STRING,
            {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "a", "AttributeType": "B"},
        ],
        ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
        LocalSecondaryIndexes=[
            {
                "IndexName": "local",
                "KeySchema": [*HASH, {"AttributeName": "a", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "global",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]},
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
            }
        ],
    )["TableDescription"]
    # API reference, CreateTable: a new table is CREATING and becomes ACTIVE afterwards.
    assert table["TableStatus"] == "CREATING"
    assert table["TableArn"].endswith(f":table/{name}")
    assert len(table["TableId"]) == 36
    assert table["ItemCount"] == 0 and table["TableSizeBytes"] == 0
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    assert table["LocalSecondaryIndexes"][0]["IndexName"] == "local"
    assert table["LocalSecondaryIndexes"][0]["IndexArn"].endswith(f":table/{name}/index/local")
    assert sorted(table["GlobalSecondaryIndexes"][0]["Projection"]["NonKeyAttributes"]) == ["x", "y"]

    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    table = client.describe_table(TableName=name)["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    client.delete_table(TableName=name)


def test_on_demand_tables_say_so(client, make_table):
    name = make_table()
    table = client.describe_table(TableName=name)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    # API reference, ProvisionedThroughput: both are 0 for on-demand tables.
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


def test_a_name_is_taken_once(client, make_table, refused):
    name = make_table()
    with refused("ResourceInUseException", f"Table already exists: {name}"):
        client.create_table(TableName=name, KeySchema=HASH, AttributeDefinitions=STRING, **ON_DEMAND)


@pytest.mark.parametrize(
    "change, message",
    [
        (
            {"AttributeDefinitions": [*STRING, {"AttributeName": "b", "AttributeType": "S"}]},
            "One or more parameter values were invalid: Number of attributes in KeySchema does not "
            "exactly match number of attributes defined in AttributeDefinitions",
        ),
        (
            {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits "
            "can be specified when BillingMode is PAY_PER_REQUEST",
        ),
        (
            {"BillingMode": "PROVISIONED"},
            "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must "
            "both be specified when BillingMode is PROVISIONED",
        ),
    ],
)
def test_contradictions_are_refused(client, new_name, refused, change, message):
    request = {"TableName": new_name(), "KeySchema": HASH, "AttributeDefinitions": STRING, **ON_DEMAND}
    with refused("ValidationException", message):
        client.create_table(**(request | change))


@pytest.mark.parametrize(
    "change",
    [
        {"TableName": "ab"},
        {"TableName": "a" * 256},
        {"TableName": "no spaces"},
        {"KeySchema": []},
        {"KeySchema": [{"AttributeName": "pk", "KeyType": "RANGE"}]},
        {"KeySchema": HASH * 2},
        {"KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}]},
        {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "BOOL"}]},
        {"BillingMode": "FREE"},
        {"LocalSecondaryIndexes": []},
        {"GlobalSecondaryIndexes": []},
    ],
)
def test_what_makes_no_table_is_refused(client, new_name, refused, change):
    request = {"TableName": new_name(), "KeySchema": HASH, "AttributeDefinitions": STRING, **ON_DEMAND}
    with refused("ValidationException"):
        client.create_table(**(request | change))


def test_there_are_at_most_twenty_global_indexes(client, new_name, refused):
    # Developer guide, Quotas: 20 global secondary indexes a table.
    indexes = [
        {
            "IndexName": f"index-{number}",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
        for number in range(21)
    ]
    with refused("ValidationException"):
        client.create_table(
            TableName=new_name(),
            KeySchema=HASH,
            AttributeDefinitions=STRING,
            GlobalSecondaryIndexes=indexes,
            **ON_DEMAND,
        )
