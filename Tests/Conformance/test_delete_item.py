"""DeleteItem. Messages as recorded by dynalite's suite (test "deleteItem") unless noted."""

KEY = {"pk": {"S": "a"}}


def test_a_deleted_item_is_gone(client, make_table):
    name = make_table()
    item = {**KEY, "n": {"N": "1"}}
    client.put_item(TableName=name, Item=item)
    assert client.delete_item(TableName=name, Key=KEY, ReturnValues="ALL_OLD")["Attributes"] == item
    assert "Item" not in client.get_item(TableName=name, Key=KEY)


def test_deleting_nothing_is_no_error(client, make_table):
    # API reference, DeleteItem: "DeleteItem is an idempotent operation".
    name = make_table()
    assert "Attributes" not in client.delete_item(TableName=name, Key=KEY, ReturnValues="ALL_OLD")


def test_conditions(client, make_table, refused):
    name = make_table()
    client.put_item(TableName=name, Item={**KEY, "n": {"N": "1"}})
    with refused("ConditionalCheckFailedException", "The conditional request failed"):
        client.delete_item(
            TableName=name, Key=KEY, ConditionExpression="n > :n", ExpressionAttributeValues={":n": {"N": "1"}})
    client.delete_item(
        TableName=name, Key=KEY, ConditionExpression="n IN (:n, :m)",
        ExpressionAttributeValues={":n": {"N": "1"}, ":m": {"N": "2"}})
    with refused("ConditionalCheckFailedException"):
        client.delete_item(TableName=name, Key=KEY, ConditionExpression="attribute_exists(pk)")


def test_a_key_must_be_the_tables_key(client, make_table, refused):
    name = make_table("pk:S", "sk:S")
    with refused("ValidationException", "The provided key element does not match the schema"):
        client.delete_item(TableName=name, Key=KEY)


def test_capacity(client, make_table):
    # Developer guide, Capacity consumption: a delete costs what its item would cost to write.
    name = make_table()
    client.put_item(TableName=name, Item={**KEY, "x": {"S": "y" * 3000}})
    capacity = client.delete_item(TableName=name, Key=KEY, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert capacity["CapacityUnits"] == 3.0
    capacity = client.delete_item(TableName=name, Key=KEY, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert capacity["CapacityUnits"] == 1.0


def test_index_entries_go_with_their_item(client, make_table):
    name = make_table(
        extra="g:S",
        GlobalSecondaryIndexes=[
            {"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
             "Projection": {"ProjectionType": "ALL"}}])
    client.put_item(TableName=name, Item={**KEY, "g": {"S": "x"}})
    assert client.scan(TableName=name, IndexName="by-g")["Count"] == 1
    client.delete_item(TableName=name, Key=KEY)
    assert client.scan(TableName=name, IndexName="by-g")["Count"] == 0
