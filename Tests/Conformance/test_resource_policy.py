"""Resource policies: kept in one form with revisions, refused in the service's words.

API reference (PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy); developer guide, resource-based policies.
Texts and forms as observed of the service in us-west-2 in October 2026 (recordings of the ACK project's probes).
"""

import json

import pytest
from support.cases import INVALID

ACCOUNT = "111122223333"
NOT_FOUND = "Resource-based policy not found for the provided ResourceArn: "


def statement(**change):
    base = {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "dynamodb:GetItem", "Resource": "*"}
    return {name: value for name, value in (base | change).items() if value is not None}


def policy(*statements, **more):
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


@pytest.fixture
def arn(client, make_table):
    return client.describe_table(TableName=make_table())["Table"]["TableArn"]


def test_life_of_a_policy(client, arn, refused):
    with refused("PolicyNotFoundException", NOT_FOUND + arn):
        client.get_resource_policy(ResourceArn=arn)
    assert "RevisionId" not in client.delete_resource_policy(ResourceArn=arn)
    first = client.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy(statement()), indent=2))["RevisionId"]
    assert len(first) == 13
    shown = client.get_resource_policy(ResourceArn=arn)
    assert shown["RevisionId"] == first
    assert shown["Policy"] == json.dumps(policy(statement()), separators=(",", ":"))
    assert client.put_resource_policy(ResourceArn=arn, Policy=shown["Policy"])["RevisionId"] == first
    assert client.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=first)["RevisionId"] == first
    assert client.delete_resource_policy(ResourceArn=arn)["RevisionId"] > first
    with refused("PolicyNotFoundException"):
        client.get_resource_policy(ResourceArn=arn)


@pytest.mark.parametrize("sent, shown", [
    (statement(Action=["dynamodb:GetItem"], Resource=["*"]), statement()),
    (statement(Principal={"AWS": ACCOUNT}), statement()),
    (statement(Principal={"AWS": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"]}), statement()),
    (statement(Effect="allow"), statement()),
    (statement(Sid=None), statement(Sid=None)),
    (statement(Action=["dynamodb:Query", "dynamodb:GetItem", "dynamodb:Query"]),
     statement(Action=["dynamodb:Query", "dynamodb:GetItem", "dynamodb:Query"])),
    (statement(Action="dynamodb:getitem"), statement(Action="dynamodb:getitem")),
    (statement(Condition={"StringEquals": {"aws:PrincipalAccount": [ACCOUNT]}}),
     statement(Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})),
    (statement(Effect="Deny", Principal="*"), statement(Effect="Deny", Principal="*")),
])
def test_forms(client, arn, sent, shown):
    scrambled = dict(reversed(sent.items()))
    client.put_resource_policy(ResourceArn=arn, Policy=json.dumps({"Statement": scrambled, "Version": "2012-10-17"}))
    found = client.get_resource_policy(ResourceArn=arn)["Policy"]
    assert found == json.dumps(policy(shown), separators=(",", ":"))


def test_version_left_out(client, arn):
    text = json.dumps({"Statement": [statement()]})
    first = client.put_resource_policy(ResourceArn=arn, Policy=text)["RevisionId"]
    shown = client.get_resource_policy(ResourceArn=arn)["Policy"]
    assert json.loads(shown)["Version"] == "2008-10-17"
    assert client.put_resource_policy(ResourceArn=arn, Policy=text)["RevisionId"] == first
    assert client.put_resource_policy(ResourceArn=arn, Policy=shown)["RevisionId"] != first


def test_expected_revisions(client, arn, refused):
    name = arn.split("/")[1]
    text = json.dumps(policy(statement()))
    none = f"{NOT_FOUND}Requested update for policy with revision id 123, but table {name} has no associated policy."
    with refused("PolicyNotFoundException", none):
        client.put_resource_policy(ResourceArn=arn, Policy=text, ExpectedRevisionId="123")
    with refused("PolicyNotFoundException", none):
        client.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId="123")
    current = client.put_resource_policy(ResourceArn=arn, Policy=text, ExpectedRevisionId="NO_POLICY")["RevisionId"]
    with refused("PolicyNotFoundException", f"{NOT_FOUND}Requested policy update expecting none to be present for table "
                 f"{name}, but a policy exists with revision id {current}."):
        client.put_resource_policy(ResourceArn=arn, Policy=text, ExpectedRevisionId="NO_POLICY")
    with refused("PolicyNotFoundException", f"{NOT_FOUND}Requested update for policy with revision id 123, but the policy "
                 f"associated to target table {name} has revision id {current}."):
        client.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId="123")


@pytest.mark.parametrize("text, message", [
    ("{not json", f"{INVALID}Invalid policy document: This policy contains invalid Json"),
    ("", f"{INVALID}Invalid policy document: This policy contains invalid Json"),
    ("[]", f"{INVALID}Invalid policy document: This policy contains invalid Json"),
    ("null", f"{INVALID}Invalid policy document: This text appears not to be a policy"),
    ("{}", f"{INVALID}Invalid policy document: Syntax error at position (1,3)"),
    (json.dumps(policy({})), f"{INVALID}Invalid policy document: Missing required field Effect"),
    (json.dumps(policy()), f"{INVALID}Invalid policy document: Could not parse the policy: Statement is empty!"),
    (json.dumps(policy(statement(Resource=None))), f"{INVALID}Invalid policy document: Missing required field Resource"),
    (json.dumps(policy(statement(), statement())),
     f"{INVALID}Invalid policy document: The Statement Ids in the policy are not unique"),
    (json.dumps(policy(statement(Action=["dynamodb:GetRecords", "dynamodb:DescribeStream"]))),
     f'{INVALID}Invalid policy document: The following action names are invalid: "dynamodb:GetRecords", '
     '"dynamodb:DescribeStream"'),
    (json.dumps(policy(statement(Principal="*"))),
     "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure "
     "least-privilege form of access"),
    (json.dumps(policy(statement())) + " " * 20_480, f"{INVALID}Maximum policy size of 20480 bytes exceeded"),
])
def test_documents_refused(ask, arn, text, message):
    ask.refused("PutResourcePolicy", {"ResourceArn": arn, "Policy": text}, message)


@pytest.mark.parametrize("make, code, message", [
    (lambda arn: arn.split("/")[1], "ValidationException", INVALID + "ARNs must start with 'arn:': {arn}"),
    (lambda arn: arn + "/index/by", "ValidationException",
     INVALID + "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {arn}"),
    (lambda arn: arn + "/backup/0170", "ValidationException",
     INVALID + "Provided Arn is not a DynamoDB resource arn: {arn}"),
    (lambda arn: arn + "-missing", "ResourceNotFoundException",
     "Requested resource not found: Table: {name}-missing not found"),
])
@pytest.mark.parametrize("operation", ["GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy"])
def test_resources(ask, arn, operation, make, code, message):
    resource = make(arn)
    request = {"ResourceArn": resource}
    if operation == "PutResourcePolicy":
        request["Policy"] = json.dumps(policy(statement()))
    ask.refused(operation, request, message.format(arn=resource, name=arn.split("/")[1]), code)


def test_table_made_with_a_policy(client, new_name, refused):
    request = {
        "TableName": new_name(), "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}
    with refused("ValidationException", f"{INVALID}Invalid policy document: This policy contains invalid Json"):
        client.create_table(ResourcePolicy="nonsense", **request)
    table = client.create_table(ResourcePolicy=json.dumps(policy(statement())), **request)["TableDescription"]
    shown = client.get_resource_policy(ResourceArn=table["TableArn"])["Policy"]
    assert json.loads(shown) == policy(statement())
    client.delete_table(TableName=request["TableName"])
