"""How often settings may be changed, on a server as it is without options but for a clock that stands until it is moved.

Texts as observed of the service in us-west-2 in October 2026 (recordings of the ACK project's probes); API reference,
UpdateTimeToLive ("any additional calls … result in a ValidationException") and UpdateTable.
"""

import json
import re

import pytest
from support import cases, clients, wire
from support.admin import Admin
from support.process import ServerProcess


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    with ServerProcess(tmp_path_factory.mktemp("strict"), "--admin-port", "0") as process:
        process.admin = Admin.of(process)
        process.admin("PUT", "/clock", {"frozen": True})
        yield process
        assert process.terminate() == 0


@pytest.fixture
def ask(strict):
    with wire.Connection(strict) as connection:
        yield cases.Asker(connection)


@pytest.fixture
def advance(strict):
    return lambda seconds: strict.admin("PUT", "/clock", {"advanceSeconds": seconds})


@pytest.fixture
def table(strict, new_name):
    name = new_name()
    clients.client(strict).create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    return name


def test_time_to_live(ask, table, advance):
    def request(enabled, name="expires"):
        return {"TableName": table, "TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": name}}

    ask("UpdateTimeToLive", request(True))
    ask.refused("UpdateTimeToLive", request(False), "Time to live has been modified multiple times within a fixed interval")
    # What makes no sense anyway is told first.
    ask.refused("UpdateTimeToLive", request(True), "TimeToLive is already enabled")
    ask.refused("UpdateTimeToLive", request(False, "other"),
                "TimeToLive is active on a different AttributeName: current AttributeName is expires")
    advance(31 * 60)
    ask("UpdateTimeToLive", request(False))


def throttled(ask, operation, body, pattern):
    answer = ask.connection.ask(operation, body)
    assert (answer.status, answer.error) == (400, "ThrottlingException"), answer.body
    assert answer.json()["__type"] == "com.amazon.coral.availability#ThrottlingException"
    assert re.fullmatch(pattern, answer.message), answer.message


def test_policies(ask, table, advance):
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
    advance(15)
    ask("DeleteResourcePolicy", {"ResourceArn": arn})


def test_deletion_protection(ask, table, advance):
    ask("UpdateTable", {"TableName": table, "DeletionProtectionEnabled": True})
    throttled(ask, "UpdateTable", {"TableName": table, "DeletionProtectionEnabled": False},
              rf"Deletion protection setting for table {table} modified within the previous 15000 milliseconds\. Please try "
              r"again after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
    advance(15)
    ask("UpdateTable", {"TableName": table, "DeletionProtectionEnabled": False})


def test_table_class(ask, table, advance):
    for name in ("STANDARD", "STANDARD_INFREQUENT_ACCESS", "STANDARD"):
        ask("UpdateTable", {"TableName": table, "TableClass": name})
    for name in ("STANDARD", "STANDARD_INFREQUENT_ACCESS"):
        ask.refused("UpdateTable", {"TableName": table, "TableClass": name},
                    "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).",
                    "LimitExceededException")
    advance(30 * 86_400)
    ask("UpdateTable", {"TableName": table, "TableClass": "STANDARD_INFREQUENT_ACCESS"})


def test_switches_to_on_demand(ask, table, advance):
    """Four in 24 hours; developer guide, "Considerations when switching capacity modes". The text is that which the service
    had in 2019, when it was one a day, with the number as other limits have it."""
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    for _ in range(4):
        ask("UpdateTable", {"TableName": table, "BillingMode": "PROVISIONED", "ProvisionedThroughput": units})
        ask("UpdateTable", {"TableName": table, "BillingMode": "PAY_PER_REQUEST"})
    ask("UpdateTable", {"TableName": table, "BillingMode": "PROVISIONED", "ProvisionedThroughput": units})
    answer = ask.connection.ask("UpdateTable", {"TableName": table, "BillingMode": "PAY_PER_REQUEST"})
    assert (answer.status, answer.error) == (400, "LimitExceededException"), answer.body
    moment = r"\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}"
    assert re.fullmatch(r"Subscriber limit exceeded: Update to PayPerRequest mode are limited to 4 times in 1 day\(s\)\. "
                        rf"Last update at {moment}\. Next update can be made at {moment}", answer.message), answer.message
    advance(86_400)
    ask("UpdateTable", {"TableName": table, "BillingMode": "PAY_PER_REQUEST"})


def test_encryption(ask, table):
    for enabled in (True, False, True, False):
        ask("UpdateTable", {"TableName": table, "SSESpecification": {"Enabled": enabled}})
    ask.refused("UpdateTable", {"TableName": table, "SSESpecification": {"Enabled": False}},
                f"{cases.INVALID}Table is already encrypted by default")
    ask.refused("UpdateTable", {"TableName": table, "SSESpecification": {"Enabled": True}}, None, "LimitExceededException")
