"""What clients see of requests that exceed a table's throughput.

Sources: the developer guide's "Diagnosing throttling" (reasons, resources, which error for which), "Burst capacity",
"GSI write throttling and back pressure", the API reference's BatchGetItem, BatchWriteItem and
TransactionCanceledException, and botocore's model of the errors.
"""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support import clients

TABLE_TEXT = (
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
    "provisioning level with the UpdateTable API."
)
INDEX_TEXT = (
    "The level of configured provisioned throughput for one or more global secondary indexes of the table was "
    "exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with "
    "the UpdateTable API"
)
ONE_UNIT = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
BIG = {"S": "x" * 409_000}


@pytest.fixture
def impatient(server):
    """A client that tells of the first refusal."""
    return clients.client(server)


@pytest.fixture
def small_table(make_table):
    """A table of one unit a second, with the 300 that a new table begins with."""

    def make(**more):
        return make_table("pk:S", BillingMode="PROVISIONED", ProvisionedThroughput=ONE_UNIT, **more)

    return make


def exhaust(client, table, **attributes):
    """Writes 400 units at once, which is more than a table of one unit saves; returns the item's key."""
    client.put_item(TableName=table, Item={"pk": {"S": "big"}, "v": BIG, **attributes})
    return {"pk": {"S": "big"}}


def arn(table):
    return f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}"


def test_a_write_beyond_the_throughput_is_refused_with_its_reason(impatient, small_table, refused):
    table = small_table()
    exhaust(impatient, table)
    with refused("ProvisionedThroughputExceededException", TABLE_TEXT) as failure:
        impatient.put_item(TableName=table, Item={"pk": {"S": "a"}})
    assert failure.status == 400
    assert failure.response["ThrottlingReasons"] == [
        {"reason": "TableWriteProvisionedThroughputExceeded", "resource": arn(table)}
    ]
    # Nothing changed, and reads have units of their own.
    assert "Item" not in impatient.get_item(TableName=table, Key={"pk": {"S": "a"}}, ConsistentRead=True)


def test_a_read_is_charged_when_its_size_is_known(impatient, small_table, refused):
    table = small_table()
    key = exhaust(impatient, table)
    for _ in range(3):
        impatient.get_item(TableName=table, Key=key, ConsistentRead=True)  # 100 units each
    impatient.get_item(TableName=table, Key=key, ConsistentRead=True)
    for read in (
        lambda: impatient.get_item(TableName=table, Key=key),
        lambda: impatient.scan(TableName=table),
        lambda: impatient.query(
            TableName=table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": key["pk"]}
        ),
    ):
        with refused("ProvisionedThroughputExceededException", TABLE_TEXT) as failure:
            read()
        assert [reason["reason"] for reason in failure.response["ThrottlingReasons"]] == [
            "TableReadProvisionedThroughputExceeded"
        ]


def test_a_failed_condition_is_charged(impatient, small_table, refused):
    table = small_table()
    key = {"pk": {"S": "a"}}
    impatient.put_item(TableName=table, Item={**key, "v": {"S": "x" * 204_000}})  # 200 units
    with refused("ConditionalCheckFailedException"):
        impatient.delete_item(TableName=table, Key=key, ConditionExpression="attribute_not_exists(pk)")
    with refused("ProvisionedThroughputExceededException"):
        impatient.delete_item(TableName=table, Key=key)


def test_validation_comes_before_throttling(impatient, small_table, refused):
    table = small_table()
    exhaust(impatient, table)
    with refused("ValidationException"):
        impatient.put_item(TableName=table, Item={"pk": {"N": "1"}})


def test_an_index_without_units_holds_up_writes_to_its_table(impatient, make_table, refused):
    index = {
        "IndexName": "byG",
        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": ONE_UNIT,
    }
    table = make_table(
        "pk:S",
        extra="g:S",
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1000},
        GlobalSecondaryIndexes=[index],
    )
    exhaust(impatient, table, g={"S": "g"})
    with refused("ProvisionedThroughputExceededException", INDEX_TEXT) as failure:
        impatient.put_item(TableName=table, Item={"pk": {"S": "a"}, "g": {"S": "g"}})
    assert failure.response["ThrottlingReasons"] == [
        {"reason": "IndexWriteProvisionedThroughputExceeded", "resource": f"{arn(table)}/index/byG"}
    ]
    impatient.put_item(TableName=table, Item={"pk": {"S": "a"}})


def test_batches_leave_unprocessed_what_is_refused(impatient, small_table, refused):
    table = small_table()
    puts = [{"PutRequest": {"Item": {"pk": {"S": f"{number}"}, "v": {"S": "x" * 100_000}}}} for number in range(10)]
    response = impatient.batch_write_item(RequestItems={table: puts})
    left = response["UnprocessedItems"][table]
    # 98 units each: the fourth takes the last of 300.
    assert left == puts[4:]
    with refused("ProvisionedThroughputExceededException", TABLE_TEXT) as failure:
        impatient.batch_write_item(RequestItems={table: left})
    assert failure.response["ThrottlingReasons"][0]["reason"] == "TableWriteProvisionedThroughputExceeded"

    keys = [{"pk": {"S": f"{number % 4}"}} for number in range(4)]
    for _ in range(3):  # 25 units a read
        response = impatient.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
        assert response["UnprocessedKeys"] == {}
    impatient.get_item(TableName=table, Key=keys[0], ConsistentRead=True)
    with refused("ProvisionedThroughputExceededException", TABLE_TEXT):
        impatient.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})


def test_a_table_without_units_does_not_keep_a_batch_from_others(impatient, small_table):
    poor, rich = small_table(), small_table()
    exhaust(impatient, poor)
    put = {"PutRequest": {"Item": {"pk": {"S": "a"}}}}
    response = impatient.batch_write_item(RequestItems={poor: [put], rich: [put]})
    assert response["UnprocessedItems"] == {poor: [put]}


def test_a_transaction_is_cancelled_for_the_table_without_units(impatient, small_table):
    poor, rich = small_table(), small_table()
    exhaust(impatient, poor)
    with pytest.raises(ClientError) as failure:
        impatient.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": rich, "Item": {"pk": {"S": "a"}}}},
                {"Put": {"TableName": poor, "Item": {"pk": {"S": "a"}}}},
            ]
        )
    assert failure.value.response["Error"]["Code"] == "TransactionCanceledException"
    none, refused_action = failure.value.response["CancellationReasons"]
    assert none == {"Code": "None"}
    assert refused_action == {"Code": "ProvisionedThroughputExceeded", "Message": TABLE_TEXT}
    assert "Item" not in impatient.get_item(TableName=rich, Key={"pk": {"S": "a"}})


def test_transactions_are_charged_twice(impatient, small_table, refused):
    table = small_table()
    put = {"Put": {"TableName": table, "Item": {"pk": {"S": "a"}, "v": {"S": "x" * 180_000}}}}
    impatient.transact_write_items(TransactItems=[put])  # 2 × 176 units
    with refused("ProvisionedThroughputExceededException"):
        impatient.put_item(TableName=table, Item={"pk": {"S": "b"}})


def test_the_maximum_of_an_on_demand_table(impatient, make_table, refused):
    table = make_table("pk:S", OnDemandThroughput={"MaxReadRequestUnits": 1, "MaxWriteRequestUnits": 1})
    exhaust(impatient, table)
    text = "Throughput exceeds the maximum OnDemandThroughput configured on table or index"
    with refused("ThrottlingException", text) as failure:
        impatient.put_item(TableName=table, Item={"pk": {"S": "a"}})
    assert failure.status == 400
    # This error's member has a small letter, in botocore's model too.
    assert failure.response["throttlingReasons"] == [
        {"reason": "TableWriteMaxOnDemandThroughputExceeded", "resource": arn(table)}
    ]


def patient_client(server, mode="standard"):
    return clients.client(server, config=Config(retries={"total_max_attempts": 12, "mode": mode}))


def deep_debt(client, table):
    """Has a table of one unit a second owe ten seconds' units: 295 of its 300 and then 15 at once. What a request
    takes of time makes the debt less."""
    client.put_item(TableName=table, Item={"pk": {"S": "a"}, "v": {"S": "x" * 301_900}})
    client.put_item(TableName=table, Item={"pk": {"S": "b"}, "v": {"S": "x" * 15_000}})


def retries(responses):
    return sum(response["ResponseMetadata"]["RetryAttempts"] for response in responses)


def test_more_throughput_helps_at_once(server, impatient, small_table):
    table = small_table()
    exhaust(impatient, table)
    exhausted = impatient.exceptions.ProvisionedThroughputExceededException
    with pytest.raises(exhausted):
        impatient.put_item(TableName=table, Item={"pk": {"S": "a"}})
    impatient.update_table(
        TableName=table, ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 20}
    )
    # What was owed is owed still, a hundred units, which twenty a second pay in five seconds.
    response = patient_client(server).put_item(TableName=table, Item={"pk": {"S": "a"}})
    assert retries([response]) > 0


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_retries_of_boto3_get_through(server, impatient, small_table, mode):
    table = small_table()
    client = patient_client(server, mode)
    deep_debt(impatient, table)
    responses = [client.put_item(TableName=table, Item={"pk": {"S": f"{number}"}}) for number in range(3)]
    assert retries(responses) > 0
    assert client.scan(TableName=table, Select="COUNT")["Count"] == 5
