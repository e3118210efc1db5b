"""The admin port: faults as an SDK meets them, and a clock that is moved under a running server.

What botocore retries, and how often: its documentation of retries in mode "standard" (three attempts in all;
`ProvisionedThroughputExceededException`, `ThrottlingException`, `RequestLimitExceeded`, 500 and 503 among others).
"""

import json
import os
import pty
import select
import subprocess
import termios
import urllib.error
import urllib.request

import botocore.config
import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from support import clients
from support.admin import Admin
from support.process import BINARY, ServerProcess, wait_until


@pytest.fixture(scope="module")
def administered():
    with ServerProcess(":memory:", "--admin-port", "0") as process:
        process.admin = Admin.of(process)
        client = clients.client(process)
        client.create_table(
            TableName="users",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield process
        assert process.terminate() == 0


@pytest.fixture
def admin(administered):
    yield administered.admin
    administered.admin("DELETE", "/faults")
    administered.admin("PUT", "/clock", {"release": True})


@pytest.fixture
def patient(administered):
    """A client that tries again as SDKs do by default in mode "standard"."""
    config = botocore.config.Config(retries={"mode": "standard"}, read_timeout=60)
    return boto3.client("dynamodb", endpoint_url=administered.url, config=config, **clients.CREDENTIALS)


KEY = {"id": {"S": "u1"}}


@pytest.mark.parametrize(
    "error", ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "InternalServerError", "ServiceUnavailable"]
)
def test_an_sdk_tries_again_after_what_passes(admin, patient, error):
    admin("POST", "/faults", {"effect": "fail", "error": error, "operations": ["GetItem"], "next": 2})
    answer = patient.get_item(TableName="users", Key=KEY)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert admin("GET", "/faults")["faults"][0]["injected"] == 2


def test_an_sdk_gives_up_in_the_end(admin, patient):
    admin("POST", "/faults", {"effect": "throttle", "table": "users"})
    with pytest.raises(ClientError) as failure:
        patient.put_item(TableName="users", Item=KEY)
    response = failure.value.response
    assert response["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert admin("GET", "/faults")["faults"][0]["injected"] == 3


def test_an_sdk_does_not_repeat_what_stays_wrong(admin, patient):
    admin("POST", "/faults", {"effect": "fail", "error": "AccessDeniedException", "message": "no", "next": 1})
    with pytest.raises(ClientError) as failure:
        patient.get_item(TableName="users", Key=KEY)
    assert failure.value.response["Error"]["Code"] == "AccessDeniedException"
    assert failure.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_lost_answer_makes_a_counter_count_twice(admin, patient):
    patient.delete_item(TableName="users", Key=KEY)
    admin(
        "POST", "/faults", {"effect": "fail", "error": "InternalServerError", "afterwards": True, "next": 1, "key": KEY}
    )
    answer = patient.update_item(
        TableName="users",
        Key=KEY,
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    assert answer["Attributes"]["n"] == {"N": "2"}


def test_a_delay_runs_into_a_time_out_and_holds_up_nobody_else(admin, administered, patient):
    admin("POST", "/faults", {"effect": "delay", "milliseconds": 60_000, "key": KEY, "next": 1})
    config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=1)
    hasty = boto3.client("dynamodb", endpoint_url=administered.url, config=config, **clients.CREDENTIALS)
    with pytest.raises(ReadTimeoutError):
        hasty.get_item(TableName="users", Key=KEY)
    patient.get_item(TableName="users", Key=KEY)


def test_items_expire_when_the_clock_is_moved(admin, patient):
    admin("PUT", "/clock", {"frozen": True})
    now = int(admin("GET", "/clock")["time"])
    patient.update_time_to_live(
        TableName="users", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
    )
    patient.put_item(TableName="users", Item={"id": {"S": "short"}, "until": {"N": str(now + 86_400)}})
    admin("PUT", "/clock", {"advanceSeconds": 86_402})
    wait_until(lambda: "Item" not in patient.get_item(TableName="users", Key={"id": {"S": "short"}}))


def test_tables_are_shown(admin):
    tables = admin("GET", "/tables")["tables"]
    assert [table["name"] for table in tables] == ["users"]
    assert admin("GET", "/tables/users")["billingMode"] == "PAY_PER_REQUEST"
    with pytest.raises(urllib.error.HTTPError) as failure:
        admin("GET", "/tables/absent")
    assert failure.value.code == 404


def test_what_was_counted_is_told(admin, administered, patient):
    patient.put_item(TableName="users", Item={"id": {"S": "counted"}})
    with urllib.request.urlopen(administered.admin.url + "/metrics", timeout=60) as response:
        lines = response.read().decode().splitlines()
    assert any(line.startswith('flywheel_ConsumedWriteCapacityUnits_total{TableName="users"} ') for line in lines)
    admin("PUT", "/clock", {"frozen": True, "advanceSeconds": 60})
    points = admin("GET", "/tables/users/metrics?metric=SuccessfulRequests&operation=PutItem&minutes=5")["points"]
    assert sum(point["sum"] for point in points) >= 1


def test_units_follow_their_use(admin, patient):
    """Two minutes above the target raise the units (developer guide, "Managing throughput capacity automatically")."""
    admin("PUT", "/clock", {"frozen": True})
    patient.create_table(
        TableName="scaled",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    tracking = {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50.0, "ScaleOutCooldown": 60}}
    answer = patient.update_table_replica_auto_scaling(
        TableName="scaled",
        ProvisionedWriteCapacityAutoScalingUpdate={
            "MinimumUnits": 1,
            "MaximumUnits": 10,
            "ScalingPolicyUpdate": {"PolicyName": "follow", **tracking},
        },
    )
    replica = answer["TableAutoScalingDescription"]["Replicas"][0]
    settings = replica["ReplicaProvisionedWriteCapacityAutoScalingSettings"]
    assert (settings["MinimumUnits"], settings["MaximumUnits"]) == (1, 10)
    policy = settings["ScalingPolicies"][0]
    assert policy["PolicyName"] == "follow"
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 50.0
    assert policy["TargetTrackingScalingPolicyConfiguration"]["ScaleOutCooldown"] == 60
    assert "AutoScalingDisabled" not in settings and settings["AutoScalingRoleArn"].startswith("arn:aws:iam::")
    assert replica["ReplicaProvisionedReadCapacityAutoScalingSettings"] == {
        "AutoScalingDisabled": True,
        "ScalingPolicies": [],
    }
    for _ in range(2):
        for number in range(120):
            patient.put_item(TableName="scaled", Item={"id": {"S": str(number)}})
        admin("PUT", "/clock", {"advanceSeconds": 60})
    table = patient.describe_table(TableName="scaled")["Table"]
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    patient.delete_table(TableName="scaled")


def test_a_port_that_is_taken_ends_both_servers(administered):
    """The admin port is listened on already when the API's turns out to be taken."""
    command = [str(BINARY), "serve", "--data-dir", ":memory:", "--port", str(administered.port), "--admin-port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 69 and "admin port on" in done.stderr
    assert done.stderr.endswith(f"can't listen on 127.0.0.1:{administered.port}: Address already in use\n")


def test_top_prints_a_picture_and_json(administered, patient):
    patient.put_item(TableName="users", Item={"id": {"S": "seen"}})

    def top(*options):
        command = [str(BINARY), "top", administered.admin.url, *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    picture = top("--once", "--interval", "0.2")
    assert picture.returncode == 0, picture.stderr
    assert "TABLE" in picture.stdout and "users" in picture.stdout and "\x1b" not in picture.stdout
    activity = json.loads(top("--once", "--json").stdout)
    users = next(resource for resource in activity["resources"] if resource["table"] == "users")
    assert users["writeUnits"] >= 1 and users["partitions"]
    with open("/dev/full", "w") as full:
        for options in [("--once",), ("--once", "--json"), ("--json",)]:
            command = [str(BINARY), "top", administered.admin.url, "--interval", "0.1", *options]
            lost = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
            assert lost.returncode == 74 and "can't write to standard output" in lost.stderr
    nobody = subprocess.run([str(BINARY), "top", ":1", "--once"], capture_output=True, text=True, timeout=120)
    assert (nobody.returncode, nobody.stderr) == (69, "flywheel: can't ask :1: Connection refused\n")
    command = [str(BINARY), "top", administered.admin.url]
    blind = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert blind.returncode == 64 and "There is no terminal to draw on" in blind.stderr and "can't ask" not in blind.stderr


def test_top_draws_until_q_and_restores_the_terminal(administered):
    """On a pseudo-terminal: another screen while it runs, the old one and its settings afterwards."""
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    process = subprocess.Popen(
        [str(BINARY), "top", administered.admin.url, "--interval", "0.1"], stdin=slave, stdout=slave, stderr=slave
    )
    drawn = b""
    try:
        while b"users" not in drawn:
            readable, _, _ = select.select([master], [], [], 60)
            assert readable, drawn
            drawn += os.read(master, 65_536)
        assert b"\x1b[?1049h" in drawn
        os.write(master, b"q")
        while b"\x1b[?1049l" not in drawn:
            readable, _, _ = select.select([master], [], [], 60)
            assert readable, drawn
            drawn += os.read(master, 65_536)
        assert process.wait(timeout=60) == 0
        assert termios.tcgetattr(slave)[3] == before[3]
    finally:
        process.kill()
        process.wait()
        os.close(master)
        os.close(slave)
