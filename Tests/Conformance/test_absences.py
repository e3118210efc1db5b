"""Backups, exports, imports, global tables, Kinesis destinations and streams: of what is not made there is none, and
tools that ask are told so in the service's words.

Texts as observed of the service in us-west-2 in October 2026 (recordings of the ACK project's probes).
"""

import pytest
from support import clients

ABSENT = "Global table with name: '{table}' does not exist."
KINESIS = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"


@pytest.fixture(scope="module")
def table(make_module_table):
    return make_module_table()


def test_lists_are_empty(client, server, table):
    assert client.list_backups(TableName=table, BackupType="ALL")["BackupSummaries"] == []
    assert client.list_exports()["ExportSummaries"] == []
    assert client.list_imports(PageSize=5)["ImportSummaryList"] == []
    assert client.list_global_tables(Limit=1)["GlobalTables"] == []
    assert client.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"] == []
    assert clients.client(server, "dynamodbstreams").list_streams(TableName=table)["Streams"] == []


def test_nothing_is_backed_up(client, table, refused):
    described = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert described["PointInTimeRecoveryDescription"] == {"PointInTimeRecoveryStatus": "DISABLED"}
    with refused("TableNotFoundException", "Table not found: missing"):
        client.describe_continuous_backups(TableName="missing")


@pytest.mark.parametrize("operation, body, message, error", [
    ("DescribeExport", {"ExportArn": "{arn}/export/0"}, "Export not found: Export not found: {arn}/export/0",
     "ExportNotFoundException"),
    ("DescribeExport", {"ExportArn": "{arn}"}, "Invalid Export ARN", "ValidationException"),
    ("DescribeImport", {"ImportArn": "{arn}"}, "Invalid Import ARN", "ValidationException"),
    ("DescribeImport", {"ImportArn": "{arn}/import/0"}, None, "ImportNotFoundException"),
    ("DescribeBackup", {"BackupArn": ""}, "Invalid Backup ARN", "ValidationException"),
    ("DescribeBackup", {"BackupArn": "{arn}/backup/0"}, None, "BackupNotFoundException"),
    ("DeleteBackup", {"BackupArn": "{arn}/backup/0"}, None, "BackupNotFoundException"),
    ("ListExports", {"NextToken": "c3eb"}, "Invalid Request: Provided nextToken is invalid: c3eb", "ValidationException"),
    ("ListBackups", {"Limit": 0},
     "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or "
     "equal to 1", "ValidationException"),
    ("DescribeGlobalTable", {"GlobalTableName": "{table}"}, "Global table not found: " + ABSENT,
     "GlobalTableNotFoundException"),
    ("DescribeGlobalTable", {"GlobalTableName": ""},
     "TableName must be at least 3 characters long and at most 255 characters long", "ValidationException"),
    ("DescribeGlobalTableSettings", {"GlobalTableName": "{table}"}, ABSENT, "GlobalTableNotFoundException"),
    ("UpdateGlobalTableSettings", {"GlobalTableName": "{table}", "GlobalTableBillingMode": "PAY_PER_REQUEST"}, ABSENT,
     "GlobalTableNotFoundException"),
    ("CreateGlobalTable", {"GlobalTableName": "{table}", "ReplicationGroup": [{"RegionName": "us-east-1"}]},
     "One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is not supported. We recommend "
     "using DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy).", "ValidationException"),
    ("UpdateGlobalTable", {"GlobalTableName": "{table}", "ReplicaUpdates": []},
     "One or more parameter values were invalid", "ValidationException"),
    ("UpdateGlobalTable", {"GlobalTableName": "{table}", "ReplicaUpdates": [{"Delete": {"RegionName": "us-east-1"}}]}, None,
     "GlobalTableNotFoundException"),
    ("DisableKinesisStreamingDestination", {"TableName": "{table}", "StreamArn": KINESIS},
     "Table is not in a valid state to enable Kinesis Streaming Destination: KinesisStreamingDestination must be ACTIVE to "
     "perform DISABLE operation.", "ValidationException"),
    ("UpdateKinesisStreamingDestination",
     {"TableName": "{table}", "StreamArn": KINESIS,
      "UpdateKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": "MICROSECOND"}},
     "Table is not in a valid state to enable Kinesis Streaming Destination: Kinesis streaming is not in ACTIVE state. Updates "
     "are only allowed in ACTIVE state. TableName: {table}, kdsArn: " + KINESIS, "ValidationException"),
    ("DescribeKinesisStreamingDestination", {"TableName": "missing"},
     "Requested resource not found: Table: missing not found", "ResourceNotFoundException"),
    ("DynamoDBStreams_20120810.DescribeStream", {"StreamArn": "{arn}/stream/2026-10-09T04:48:48.824"},
     "Requested resource not found: Stream: {arn}/stream/2026-10-09T04:48:48.824 not found", "ResourceNotFoundException"),
    ("DynamoDBStreams_20120810.ListStreams", {"TableName": "a"}, None, "ValidationException"),
    ("DynamoDBStreams_20120810.GetRecords", {}, None, "ValidationException"),
])
def test_what_is_not_there(ask, table, operation, body, message, error):
    arn = ask("DescribeTable", {"TableName": table})["Table"]["TableArn"]

    def filled(value):
        return value.replace("{arn}", arn).replace("{table}", table) if isinstance(value, str) else value

    ask.refused(operation, {name: filled(value) for name, value in body.items()}, filled(message), error)


@pytest.mark.parametrize("operation", [
    "CreateBackup", "EnableKinesisStreamingDestination", "ExportTableToPointInTime", "ImportTable", "RestoreTableFromBackup",
    "RestoreTableToPointInTime", "UpdateContinuousBackups"])
def test_what_would_make_one_is_not_there(ask, operation):
    ask.refused(operation, {}, None, "UnknownOperationException")
