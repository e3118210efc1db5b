"""What a client sees of a server that is told to be as slow to show things as the service may be.

Developer guide: "Read consistency" and "Data synchronization between tables and global secondary indexes".
"""

import time

import pytest
from support import clients
from support.process import ServerProcess

INDEX_MS = 1_500
LAG_MS = 700


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    options = ["--index-delay-ms", str(INDEX_MS), "--eventual-lag-ms", str(LAG_MS), "--table-delay-ms", "600"]
    with ServerProcess(tmp_path_factory.mktemp("slow"), *options) as process:
        yield clients.client(process)
        assert process.terminate() == 0


def test_tables_and_reads_lag(slow):
    index = {"IndexName": "byG", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
             "Projection": {"ProjectionType": "ALL"}}
    made = slow.create_table(
        TableName="lagging", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "g")],
        GlobalSecondaryIndexes=[index])
    assert made["TableDescription"]["TableStatus"] == "CREATING"
    assert slow.describe_table(TableName="lagging")["Table"]["TableStatus"] == "CREATING"
    slow.get_waiter("table_exists").wait(TableName="lagging", WaiterConfig={"Delay": 1})

    def get(consistent):
        return slow.get_item(TableName="lagging", Key={"pk": {"S": "a"}}, ConsistentRead=consistent).get("Item")

    def query():
        return slow.query(
            TableName="lagging", IndexName="byG", KeyConditionExpression="g = :g",
            ExpressionAttributeValues={":g": {"S": "g"}})["Items"]

    item = {"pk": {"S": "a"}, "g": {"S": "g"}}
    written = time.monotonic()
    slow.put_item(TableName="lagging", Item=item)
    first = get(False), query()
    if time.monotonic() - written < LAG_MS / 1_000:
        assert first == (None, [])
    assert get(True) == item
    seen = {}
    while len(seen) < 2 and time.monotonic() < written + 20:
        if get(False) == item:
            seen.setdefault("item", time.monotonic() - written)
        if query() == [item]:
            seen.setdefault("index", time.monotonic() - written)
        time.sleep(0.02)
    assert seen["item"] >= LAG_MS / 1_000 and seen["index"] >= INDEX_MS / 1_000
