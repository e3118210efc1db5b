"""DescribeTable, ListTables, UpdateTable, DeleteTable, tags, limits, endpoints."""

import pytest

from support.process import wait_until


def test_an_unknown_table_is_not_found(client, refused):
    # dynalite, test "describeTable".
    with refused("ResourceNotFoundException", "Requested resource not found: Table: nowhere not found"):
        client.describe_table(TableName="nowhere")
    with refused("ResourceNotFoundException", "Requested resource not found: Table: nowhere not found"):
        client.delete_table(TableName="nowhere")


def test_items_are_counted(client, make_table):
    name = make_table()
    for number in range(3):
        client.put_item(TableName=name, Item={"pk": {"S": str(number)}})
    # The service counts every six hours; here it may be at once, but not wrong in the end.
    table = wait_until(
        lambda: (found := client.describe_table(TableName=name)["Table"])["ItemCount"] == 3 and found)
    # Developer guide, Item sizes: names and values, here "pk" and one digit.
    assert table["TableSizeBytes"] == 3 * 3


def test_a_table_is_found_by_its_arn(client, make_table):
    # API reference, DescribeTable, TableName: "You can also provide the Amazon Resource Name (ARN)".
    name = make_table()
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    assert client.describe_table(TableName=arn)["Table"]["TableName"] == name
    client.put_item(TableName=arn, Item={"pk": {"S": "a"}})
    assert client.get_item(TableName=name, Key={"pk": {"S": "a"}})["Item"]


def test_tables_are_listed_in_order_and_in_pages(client, make_table):
    names = sorted(make_table() for _ in range(5))
    listed = [name for page in client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
              for name in page["TableNames"]]
    assert listed == sorted(listed)
    assert [name for name in listed if name in names] == names
    page = client.list_tables(ExclusiveStartTableName=names[0], Limit=1)
    assert len(page["TableNames"]) == 1 and page["TableNames"][0] > names[0]


@pytest.mark.parametrize("limit", [0, 101])
def test_list_limits(client, refused, limit):
    # API reference, ListTables: 1 to 100.
    with refused("ValidationException") as failure:
        client.list_tables(Limit=limit)
    assert failure.message.startswith(f"1 validation error detected: Value '{limit}' at 'limit' failed")


def test_a_deleted_table_is_gone_and_its_name_is_free(client, new_name, make_table, refused):
    name = make_table()
    client.put_item(TableName=name, Item={"pk": {"S": "old"}})
    # API reference, DeleteTable: the table is DELETING in the answer.
    assert client.delete_table(TableName=name)["TableDescription"]["TableStatus"] == "DELETING"
    client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    with refused("ResourceNotFoundException", "Requested resource not found"):
        client.put_item(TableName=name, Item={"pk": {"S": "new"}})
    assert name not in client.list_tables()["TableNames"]

    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    assert client.scan(TableName=name)["Count"] == 0, "nothing of the table that was deleted comes back"


def test_a_protected_table_stays(client, make_table, refused):
    name = make_table(DeletionProtectionEnabled=True)
    with refused("ValidationException") as failure:
        client.delete_table(TableName=name)
    assert "protected against deletion" in failure.message
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    client.delete_table(TableName=name)


def test_throughput_and_billing_mode_change(client, make_table):
    name = make_table(
        BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    client.update_table(
        TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 8})
    table = wait_until(lambda: active(client, name))
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 7
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 8
    client.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    table = wait_until(lambda: active(client, name))
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_the_same_throughput_again_is_refused(client, make_table, refused):
    # dynalite, test "updateTable".
    name = make_table(
        BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    with refused("ValidationException") as failure:
        client.update_table(
            TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    assert "The provisioned throughput for the table will not change" in failure.message


def test_an_index_is_added_filled_and_removed(client, make_table, refused):
    name = make_table()
    with client_batch(client, name) as put:
        for number in range(200):
            put({"pk": {"S": f"item-{number}"}, "colour": {"S": "red" if number % 4 == 0 else "blue"}})
        put({"pk": {"S": "colourless"}})
    client.update_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "colour", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-colour",
                    "KeySchema": [{"AttributeName": "colour", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            }
        ],
    )
    wait_until(lambda: all(
        index["IndexStatus"] == "ACTIVE"
        for index in client.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"]))
    found = client.query(
        TableName=name,
        IndexName="by-colour",
        KeyConditionExpression="colour = :c",
        ExpressionAttributeValues={":c": {"S": "red"}},
    )
    assert found["Count"] == 50
    assert set(found["Items"][0]) == {"pk", "colour"}
    assert client.scan(TableName=name, IndexName="by-colour")["Count"] == 200, "the index is sparse"

    client.update_table(
        TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-colour"}}])
    wait_until(lambda: "GlobalSecondaryIndexes" not in active(client, name, {}))
    with refused("ValidationException", "The table does not have the specified index: by-colour"):
        client.scan(TableName=name, IndexName="by-colour")


def test_tags_come_and_go(client, make_table):
    name = make_table(Tags=[{"Key": "team", "Value": "a"}])
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}, {"Key": "cost", "Value": "1"}])
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags_of_resource(ResourceArn=arn)["Tags"]}
    assert tags == {"team": "b", "cost": "1"}
    client.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": "1"}]


def test_limits_are_the_services(client):
    # Developer guide, Quotas: 80,000 units an account and 40,000 a table.
    limits = client.describe_limits()
    assert limits["AccountMaxReadCapacityUnits"] == 80_000
    assert limits["TableMaxWriteCapacityUnits"] == 40_000


def test_endpoints_are_described(client):
    endpoint = client.describe_endpoints()["Endpoints"][0]
    assert endpoint["Address"] and endpoint["CachePeriodInMinutes"] == 1440


def active(client, name, otherwise=None):
    table = client.describe_table(TableName=name)["Table"]
    return table if table["TableStatus"] == "ACTIVE" else otherwise


class client_batch:
    """Puts items in batches of 25."""

    def __init__(self, client, table):
        self.client, self.table, self.items = client, table, []

    def __enter__(self):
        return self.put

    def put(self, item):
        self.items.append({"PutRequest": {"Item": item}})
        if len(self.items) == 25:
            self.flush()

    def flush(self):
        if self.items:
            answer = self.client.batch_write_item(RequestItems={self.table: self.items})
            assert answer["UnprocessedItems"] == {}
        self.items = []

    def __exit__(self, *_):
        self.flush()
