"""How often settings may be changed, on a server as it is without options.

Texts as observed of the service in us-west-2 in October 2026 (recordings of the ACK project's probes); API reference,
UpdateTimeToLive ("any additional calls … result in a ValidationException") and UpdateTable.
"""

import json
import re

import pytest
from support import cases, clients, wire
from support.process import ServerProcess


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    with ServerProcess(tmp_path_factory.mktemp("strict")) as process:
        yield process
        assert process.terminate() == 0


@pytest.fixture
def ask(strict):
    with wire.Connection(strict) as connection:
        yield cases.Asker(connection)


@pytest.fixture
def table(strict, new_name):
    name = new_name()
    clients.client(strict).create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    return name


def test_time_to_live(ask, table):
    def request(enabled, name="expires"):
        return {"TableName": table, "TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": name}}

    ask("UpdateTimeToLive", request(True))
    ask.refused("UpdateTimeToLive", request(False), "Time to live has been modified multiple times within a fixed interval")
    # What makes no sense anyway is told first.
    ask.refused("UpdateTimeToLive", request(True), "TimeToLive is already enabled")
    ask.refused("UpdateTimeToLive", request(False, "other"),
                "TimeToLive is active on a different AttributeName: current AttributeName is expires")


def throttled(ask, operation, body, pattern):
    answer = ask.connection.ask(operation, body)
    assert (answer.status, answer.error) == (400, "ThrottlingException"), answer.body
    assert answer.json()["__type"] == "com.amazon.coral.availability#ThrottlingException"
    assert re.fullmatch(pattern, answer.message), answer.message


def test_policies(ask, table):
    arn = ask("DescribeTable", {"TableName": table})["Table"]["TableArn"]

    def policy(action):
        return json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": action, "Resource": "*"}]})

    first = ask("PutResourcePolicy", {"ResourceArn": arn, "Policy": policy("dynamodb:GetItem")})["RevisionId"]
    assert ask("PutResourcePolicy", {"ResourceArn": arn, "Policy": policy("dynamodb:GetItem")})["RevisionId"] == first
    pattern = (rf"Resource-based policy for table {table} modified within the previous 15000 milliseconds\. Please try "
               r"again after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\.")
    throttled(ask, "PutResourcePolicy", {"ResourceArn": arn, "Policy": policy("dynamodb:Query")}, pattern)
    throttled(ask, "DeleteResourcePolicy", {"ResourceArn": arn}, pattern)


def test_deletion_protection(ask, table):
    ask("UpdateTable", {"TableName": table, "DeletionProtectionEnabled": True})
    throttled(ask, "UpdateTable", {"TableName": table, "DeletionProtectionEnabled": False},
              rf"Deletion protection setting for table {table} modified within the previous 15000 milliseconds\. Please try "
              r"again after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_table_class(ask, table):
    for name in ("STANDARD", "STANDARD_INFREQUENT_ACCESS", "STANDARD"):
        ask("UpdateTable", {"TableName": table, "TableClass": name})
    for name in ("STANDARD", "STANDARD_INFREQUENT_ACCESS"):
        ask.refused("UpdateTable", {"TableName": table, "TableClass": name},
                    "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).",
                    "LimitExceededException")


def test_encryption(ask, table):
    for enabled in (True, False, True, False):
        ask("UpdateTable", {"TableName": table, "SSESpecification": {"Enabled": enabled}})
    ask.refused("UpdateTable", {"TableName": table, "SSESpecification": {"Enabled": False}},
                f"{cases.INVALID}Table is already encrypted by default")
    ask.refused("UpdateTable", {"TableName": table, "SSESpecification": {"Enabled": True}}, None, "LimitExceededException")
