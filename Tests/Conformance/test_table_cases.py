"""Tables, case by case: CreateTable, UpdateTable, ListTables, tags: what is refused, and in which words.

Messages as in dynalite's suite (tests "createTable", "updateTable", "listTables", "tagResource", run against the
service) unless noted; limits: developer guide, Quotas.
"""

import pytest
from support.cases import INVALID, attributes, index, keys

ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
UNITS = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}


def simple(name, **change):
    request = {"TableName": name, "KeySchema": keys("pk"), "AttributeDefinitions": attributes(pk="S"), **ON_DEMAND}
    return request | change


def sorted_(name, **change):
    return simple(name, KeySchema=keys("pk", "sk"), AttributeDefinitions=attributes(pk="S", sk="S", l="S")) | change


def local(name="local", **change):
    return index(name, "pk", "l") | change


@pytest.mark.parametrize("change, message", [
    ({"KeySchema": keys("pk", "sk")[::-1], "AttributeDefinitions": attributes(pk="S", sk="S")},
     "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
    ({"KeySchema": keys("pk") + keys("sk"), "AttributeDefinitions": attributes(pk="S", sk="S")},
     "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
    ({"KeySchema": keys("pk", "pk"), "AttributeDefinitions": attributes(pk="S", sk="S")},
     "Both the Hash Key and the Range Key element in the KeySchema have the same name"),
    ({"KeySchema": keys("pk", "pk")}, "Invalid KeySchema: Some index key attribute have no definition"),
    ({"KeySchema": keys("pk", "sk")}, "Invalid KeySchema: Some index key attribute have no definition"),
    ({"KeySchema": keys("other")},
     f"{INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [other], AttributeDefinitions: "
     "[pk]"),
    ({"AttributeDefinitions": attributes(pk="S", x="S")},
     f"{INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in "
     "AttributeDefinitions"),
    ({"LocalSecondaryIndexes": []}, f"{INVALID}List of LocalSecondaryIndexes is empty"),
    ({"GlobalSecondaryIndexes": []}, f"{INVALID}List of GlobalSecondaryIndexes is empty"),
    ({"LocalSecondaryIndexes": [local()], "AttributeDefinitions": attributes(pk="S", l="S")},
     f"{INVALID}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"),
    ({"BillingMode": "PROVISIONED"},
     f"{INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"),
    ({"ProvisionedThroughput": UNITS},
     f"{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"),
    ({"TableName": "ab"},
     "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length "
     "greater than or equal to 3"),
    ({"TableName": "a b c"},
     "1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
     "expression pattern: [a-zA-Z0-9_.-]+"),
    ({"AttributeDefinitions": attributes(pk="BOOL")},
     "1 validation error detected: Value 'BOOL' at 'attributeDefinitions.1.member.attributeType' failed to satisfy "
     "constraint: Member must satisfy enum value set: [B, N, S]"),
    ({"TableName": None}, "The parameter 'TableName' is required but was not present in the request"),
])
def test_tables_that_make_no_sense(ask, new_name, change, message):
    request = {name: value for name, value in simple(new_name(), **change).items() if value is not None}
    ask.refused("CreateTable", request, message)


@pytest.mark.parametrize("change, message", [
    ({"LocalSecondaryIndexes": [local(KeySchema=keys("pk"))], "AttributeDefinitions": attributes(pk="S", sk="S")},
     f"{INVALID}Index KeySchema does not have a range key for index: local"),
    ({"LocalSecondaryIndexes": [local(KeySchema=keys("sk", "l"))]},
     f"{INVALID}Index KeySchema does not have the same leading hash key as table KeySchema for index: local. index hash "
     "key: sk, table hash key: pk"),
    ({"LocalSecondaryIndexes": [local(), local()]}, f"{INVALID}Duplicate index name: local"),
    ({"LocalSecondaryIndexes": [local()], "GlobalSecondaryIndexes": [local()]}, f"{INVALID}Duplicate index name: local"),
    ({"LocalSecondaryIndexes": [local(f"local-{n}") for n in range(6)]},
     f"{INVALID}Number of LocalSecondaryIndexes exceeds per-table limit of 5"),
    ({"GlobalSecondaryIndexes": [local(f"global-{n}") for n in range(21)]},
     f"{INVALID}GlobalSecondaryIndex count exceeds the per-table limit of 20"),
    ({"LocalSecondaryIndexes": [local(Projection={})]}, f"{INVALID}Unknown ProjectionType: null"),
    ({"LocalSecondaryIndexes": [local(Projection={"ProjectionType": "INCLUDE"})]},
     f"{INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
    ({"GlobalSecondaryIndexes": [local(Projection={"ProjectionType": "ALL", "NonKeyAttributes": ["x"]})]},
     f"{INVALID}ProjectionType is ALL, but NonKeyAttributes is specified"),
    ({"GlobalSecondaryIndexes": [local(Projection={"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["x"]})]},
     f"{INVALID}ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified"),
    ({"GlobalSecondaryIndexes": [local(ProvisionedThroughput=UNITS)]},
     f"{INVALID}ProvisionedThroughput should not be specified for index: local when BillingMode is PAY_PER_REQUEST"),
    ({"GlobalSecondaryIndexes": [local()], "BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS},
     f"{INVALID}ProvisionedThroughput is not specified for index: local"),
    ({"GlobalSecondaryIndexes": [local(IndexName="ab")]},
     "1 validation error detected: Value 'ab' at 'globalSecondaryIndexes.1.member.indexName' failed to satisfy "
     "constraint: Member must have length greater than or equal to 3"),
])
def test_indexes_that_make_no_sense(ask, new_name, change, message):
    ask.refused("CreateTable", sorted_(new_name(), **change), message)


def test_everything_that_is_missing_is_told(ask):
    answer = ask.connection.ask("CreateTable", {"TableName": "a"})
    assert answer.error == "ValidationException"
    assert answer.message.startswith("3 validation errors detected: ")
    for part in ("Value null at 'attributeDefinitions' failed to satisfy constraint: Member must not be null",
                 "Value 'a' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
                 "Value null at 'keySchema' failed to satisfy constraint: Member must not be null"):
        assert part in answer.message


@pytest.mark.parametrize("change, message, error", [
    ({"ProvisionedThroughput": UNITS},
     "The provisioned throughput for the table will not change. The requested value equals the current value. Current "
     "ReadCapacityUnits provisioned for the table: 1. Requested ReadCapacityUnits: 1. Current WriteCapacityUnits "
     "provisioned for the table: 1. Requested WriteCapacityUnits: 1. Refer to the Amazon DynamoDB Developer Guide for "
     "current limits and how to request higher limits.", "ValidationException"),
    ({"ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 1}},
     "1 validation error detected: Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: "
     "Member must have value greater than or equal to 1", "ValidationException"),
    ({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "none"}}]}, None, "ResourceNotFoundException"),
    ({}, None, "ValidationException"),
])
def test_updates_that_make_no_sense(ask, make_table, change, message, error):
    name = make_table(BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    ask.refused("UpdateTable", {"TableName": name} | change, message, error)


@pytest.mark.parametrize("operation", ["DescribeTable", "DeleteTable", "UpdateTable"])
def test_a_table_must_exist(ask, operation):
    more = ON_DEMAND if operation == "UpdateTable" else {}
    ask.refused(operation, {"TableName": "nowhere"} | more, "Requested resource not found: Table: nowhere not found",
                "ResourceNotFoundException")


def test_a_protected_table_is_not_deleted(ask, make_table):
    # API reference, DeletionProtectionEnabled; the message as users quote it.
    name = make_table(DeletionProtectionEnabled=True)
    ask.refused("DeleteTable", {"TableName": name},
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
                "first.")
    ask("UpdateTable", {"TableName": name, "DeletionProtectionEnabled": False})
    deleted = ask("DeleteTable", {"TableName": name})["TableDescription"]
    assert deleted["TableStatus"] == "DELETING" and "KeySchema" not in deleted


def test_a_maximum_of_minus_one_is_none(ask, make_table):
    # API reference, OnDemandThroughput. A maximum that was removed is not described any more.
    name = make_table(OnDemandThroughput={"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20})

    def described():
        return ask("DescribeTable", {"TableName": name})["Table"].get("OnDemandThroughput")

    assert described() == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}
    ask("UpdateTable", {"TableName": name, "OnDemandThroughput": {"MaxWriteRequestUnits": -1}})
    assert described() == {"MaxReadRequestUnits": 10}
    ask("UpdateTable", {"TableName": name, "OnDemandThroughput": {"MaxReadRequestUnits": -1}})
    assert described() is None
    ask.refused("UpdateTable", {"TableName": name, "OnDemandThroughput": {"MaxReadRequestUnits": 0}},
                f"{INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range")


def test_lists_come_in_pages(ask, make_table):
    names = sorted(make_table() for _ in range(3))
    every = ask("ListTables", {})
    assert set(names) <= set(every["TableNames"]) and every["TableNames"] == sorted(every["TableNames"])
    assert "LastEvaluatedTableName" not in every
    first = ask("ListTables", {"Limit": 1})
    assert first == {"TableNames": every["TableNames"][:1], "LastEvaluatedTableName": every["TableNames"][0]}
    rest = ask("ListTables", {"ExclusiveStartTableName": every["TableNames"][0]})
    assert rest["TableNames"] == every["TableNames"][1:]
    # A name that no table has is as good as any.
    assert ask("ListTables", {"ExclusiveStartTableName": names[0] + ".-"})["TableNames"] == [
        name for name in every["TableNames"] if name > names[0] + ".-"]
    exact = ask("ListTables", {"Limit": len(every["TableNames"])}) if len(every["TableNames"]) <= 100 else every
    assert exact == every


@pytest.mark.parametrize("request_part, message", [
    ({"Limit": 0}, "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"),
    ({"Limit": 101}, "Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100"),
    ({"ExclusiveStartTableName": "a"},
     "Value 'a' at 'exclusiveStartTableName' failed to satisfy constraint: Member must have length greater than or equal "
     "to 3"),
    ({"ExclusiveStartTableName": "a;c"},
     "Value 'a;c' at 'exclusiveStartTableName' failed to satisfy constraint: Member must satisfy regular expression "
     "pattern: [a-zA-Z0-9_.-]+"),
])
def test_lists_that_make_no_sense(ask, request_part, message):
    ask.refused("ListTables", request_part, f"1 validation error detected: {message}")


def test_tags(ask, make_table):
    # API reference, TagResource: a tag with a key that is there takes its place.
    name = make_table(Tags=[{"Key": "team", "Value": "one"}])
    arn = ask("DescribeTable", {"TableName": name})["Table"]["TableArn"]
    assert ask("TagResource", {"ResourceArn": arn, "Tags": [
        {"Key": "team", "Value": "two"}, {"Key": "empty", "Value": ""}]}) is None
    listed = ask("ListTagsOfResource", {"ResourceArn": arn})
    assert {tag["Key"]: tag["Value"] for tag in listed["Tags"]} == {"team": "two", "empty": ""}
    assert ask("UntagResource", {"ResourceArn": arn, "TagKeys": ["team", "none"]}) is None
    assert ask("ListTagsOfResource", {"ResourceArn": arn}) == {"Tags": [{"Key": "empty", "Value": ""}]}


@pytest.mark.parametrize("operation, request_part, message", [
    ("TagResource", {"Tags": []}, "Atleast one Tag needs to be provided as Input."),
    ("UntagResource", {"TagKeys": []}, "Atleast one Tag Key needs to be provided as Input."),
    ("TagResource", {"Tags": [{"Key": f"k{n}", "Value": ""} for n in range(51)]}, None),
    ("TagResource", {"Tags": [{"Key": "aws:k", "Value": ""}]}, None),
    ("TagResource", {"Tags": [{"Key": "k" * 129, "Value": ""}]}, None),
    ("TagResource", {"Tags": [{"Key": "k", "Value": "v" * 257}]}, None),
    ("TagResource", {}, None), ("UntagResource", {}, None),
])
def test_tags_that_make_no_sense(ask, make_table, operation, request_part, message):
    arn = ask("DescribeTable", {"TableName": make_table()})["Table"]["TableArn"]
    ask.refused(operation, {"ResourceArn": arn} | request_part, message)


@pytest.mark.parametrize("operation, request_part", [
    ("ListTagsOfResource", {}), ("TagResource", {"Tags": [{"Key": "k", "Value": ""}]}), ("UntagResource", {"TagKeys": ["k"]})])
def test_tags_of_no_table(ask, make_table, operation, request_part):
    arn = ask("DescribeTable", {"TableName": make_table()})["Table"]["TableArn"]
    ask.refused(operation, {"ResourceArn": arn + "x"} | request_part, None, "ResourceNotFoundException")
    ask.refused(operation, {"ResourceArn": "table"} | request_part, None)
