"""The `aws dynamodb` command, as a person uses it."""

import json


def test_a_session(aws, new_name):
    name = new_name()
    created = aws(
        "create-table", "--table-name", name, "--billing-mode", "PAY_PER_REQUEST",
        "--attribute-definitions", "AttributeName=artist,AttributeType=S", "AttributeName=song,AttributeType=S",
        "--key-schema", "AttributeName=artist,KeyType=HASH", "AttributeName=song,KeyType=RANGE")
    assert created["TableDescription"]["TableName"] == name
    aws("wait", "table-exists", "--table-name", name)
    assert name in aws("list-tables")["TableNames"]
    assert aws("describe-table", "--table-name", name)["Table"]["TableStatus"] == "ACTIVE"

    for song, year in (("First", 1990), ("Second", 2001), ("Third", 2012)):
        item = {"artist": {"S": "Someone"}, "song": {"S": song}, "year": {"N": str(year)}}
        aws("put-item", "--table-name", name, "--item", json.dumps(item))
    key = json.dumps({"artist": {"S": "Someone"}, "song": {"S": "Second"}})
    assert aws("get-item", "--table-name", name, "--key", key, "--consistent-read")["Item"]["year"] == {"N": "2001"}

    updated = aws(
        "update-item", "--table-name", name, "--key", key, "--update-expression", "SET plays = :p",
        "--expression-attribute-values", '{":p": {"N": "7"}}', "--return-values", "UPDATED_NEW")
    assert updated["Attributes"] == {"plays": {"N": "7"}}

    found = aws(
        "query", "--table-name", name, "--key-condition-expression", "artist = :a AND begins_with(song, :s)",
        "--expression-attribute-values", '{":a": {"S": "Someone"}, ":s": {"S": "T"}}')
    assert [item["song"]["S"] for item in found["Items"]] == ["Third"]
    # The command pages by itself.
    assert aws("scan", "--table-name", name, "--page-size", "1")["Count"] == 3

    batch = {name: [{"DeleteRequest": {"Key": json.loads(key)}}]}
    assert aws("batch-write-item", "--request-items", json.dumps(batch))["UnprocessedItems"] == {}
    assert aws("scan", "--table-name", name, "--select", "COUNT")["Count"] == 2
    aws("delete-item", "--table-name", name, "--key", key)
    aws("delete-table", "--table-name", name)
    aws("wait", "table-not-exists", "--table-name", name)
    assert name not in aws("list-tables")["TableNames"]


def test_errors_are_named(aws):
    result = aws.run("describe-table", "--table-name", "nowhere")
    assert result.returncode in (254, 255)  # versions 2 and 1 of the command
    assert "An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: " in result.stderr
    assert "Requested resource not found: Table: nowhere not found" in result.stderr


def test_whatever_the_region_the_data_is_the_same(aws, client, make_table):
    name = make_table()
    # The command runs in eu-west-3, the client in us-east-1 (README: any credentials, any region).
    assert name in aws("list-tables")["TableNames"]
