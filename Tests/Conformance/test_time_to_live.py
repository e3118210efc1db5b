"""Time to live: what is told of it, what is refused, and that items go when their time is past.

API reference (UpdateTimeToLive, DescribeTimeToLive); developer guide, "Using time to live". Texts as observed of the
service in us-west-2 in October 2026 (recordings of the ACK project's probes).
"""

import time

import pytest

OTHER = "TimeToLive is active on a different AttributeName: current AttributeName is expires"


def set_(client, table, enabled, name="expires"):
    return client.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": enabled, "AttributeName": name}
    )["TimeToLiveSpecification"]


def described(client, table):
    return client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]


def test_statuses(client, make_table):
    table = make_table()
    assert described(client, table) == {"TimeToLiveStatus": "DISABLED"}
    assert set_(client, table, True) == {"Enabled": True, "AttributeName": "expires"}
    assert described(client, table) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert set_(client, table, False) == {"Enabled": False, "AttributeName": "expires"}
    assert described(client, table) == {"TimeToLiveStatus": "DISABLED"}
    # The partition key may be the attribute.
    set_(client, table, True, "pk")
    assert described(client, table)["AttributeName"] == "pk"


def test_refusals(client, make_table, refused):
    table = make_table()
    with refused("ValidationException", "TimeToLive is already disabled"):
        set_(client, table, False)
    set_(client, table, True)
    with refused("ValidationException", "TimeToLive is already enabled"):
        set_(client, table, True)
    for enabled in (True, False):
        with refused("ValidationException", OTHER):
            set_(client, table, enabled, "other")
    with refused("ResourceNotFoundException", "Requested resource not found: Table: missing not found"):
        set_(client, "missing", True)
    with refused("ResourceNotFoundException", "Requested resource not found: Table: missing not found"):
        described(client, "missing")


@pytest.mark.parametrize("specification, message", [
    ({"Enabled": True},
     "1 validation error detected: Value null at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: "
     "Member must not be null"),
    ({"AttributeName": "a"},
     "1 validation error detected: Value null at 'timeToLiveSpecification.enabled' failed to satisfy constraint: "
     "Member must not be null"),
    ({"Enabled": True, "AttributeName": ""},
     "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: "
     "Member must have length greater than or equal to 1"),
    ({"Enabled": True, "AttributeName": "a" * 256},
     f"1 validation error detected: Value '{'a' * 256}' at 'timeToLiveSpecification.attributeName' failed to satisfy "
     "constraint: Member must have length less than or equal to 255"),
    (None,
     "1 validation error detected: Value null at 'timeToLiveSpecification' failed to satisfy constraint: Member must not "
     "be null"),
])
def test_constraints(ask, make_table, specification, message):
    ask.refused("UpdateTimeToLive", {"TableName": make_table(), "TimeToLiveSpecification": specification}, message)


def test_items_expire(client, make_table):
    index = {"IndexName": "byG", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
             "Projection": {"ProjectionType": "ALL"}}
    table = make_table(extra="g:S", GlobalSecondaryIndexes=[index])
    now = int(time.time())
    # From the developer guide: a number of seconds; strings and times more than five years ago are passed over.
    for key, expires in {
        "before": {"N": str(now - 10)}, "soon": {"N": str(now + 1)}, "later": {"N": str(now + 1_000)}, "never": None,
        "text": {"S": str(now - 10)}, "mistake": {"N": str(now - 6 * 366 * 86_400)}, "milliseconds": {"N": str(now * 1_000)},
    }.items():
        item = {"pk": {"S": key}, "g": {"S": "g"}}
        client.put_item(TableName=table, Item=item | ({"expires": expires} if expires else {}))
    set_(client, table, True)
    left = {"later", "never", "text", "mistake", "milliseconds"}

    def keys(**more):
        return {item["pk"]["S"] for item in client.scan(TableName=table, **more)["Items"]}

    deadline = time.monotonic() + 20
    while keys() != left and time.monotonic() < deadline:
        time.sleep(0.1)
    assert keys() == left
    assert keys(IndexName="byG") == left
