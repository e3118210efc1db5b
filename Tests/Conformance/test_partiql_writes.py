"""INSERT, UPDATE and DELETE by ExecuteStatement, batches and transactions of statements, as boto3 sends them.

"Guide" is the developer guide's chapter on PartiQL, "API" the API reference. Texts of errors that neither has are answers of the service that others
have published.
"""

import pytest
from botocore.exceptions import ClientError

from support.cases import L, M, N, S


@pytest.fixture
def music(client, make_table):
    """The guide's table, with one item."""
    name = make_table("Artist:S", "SongTitle:S")
    client.put_item(TableName=name, Item={
        "Artist": S("Acme Band"), "SongTitle": S("PartiQL Rocks"), "AlbumTitle": S("Songs About Life"), "Awards": N(8),
        "BandMembers": {"SS": ["member1", "member2"]}, "AwardDetail": M(Grammys=L(N(2020), N(2018))),
    })
    return name


KEY = "Artist='Acme Band' AND SongTitle='PartiQL Rocks'"


@pytest.fixture
def run(client, music):
    def run(statement, *parameters, **more):
        if parameters:
            more["Parameters"] = list(parameters)
        return client.execute_statement(Statement=statement.replace("@", f'"{music}"'), **more)

    return run


@pytest.fixture
def item(client, music):
    return lambda artist="Acme Band", title="PartiQL Rocks": client.get_item(
        TableName=music, Key={"Artist": S(artist), "SongTitle": S(title)}, ConsistentRead=True).get("Item")


def plain(value):
    """Sets in order."""
    return {name: {kind: sorted(inner) if kind in ("SS", "NS") else inner for kind, inner in attribute.items()}
            for name, attribute in value.items()}


def test_insert(run, item):
    # Guide, INSERT.
    answer = run("INSERT INTO @ value {'Artist' : 'New', 'SongTitle' : 'One', 'Year': 2020, 'Tags': <<'a', 'b'>>, 'Detail': {'k': [1, 'x', null, true]}}")
    assert answer["Items"] == []
    assert plain(item("New", "One")) == {
        "Artist": S("New"), "SongTitle": S("One"), "Year": N(2020), "Tags": {"SS": ["a", "b"]},
        "Detail": M(k=L(N(1), S("x"), {"NULL": True}, {"BOOL": True}))}


def test_insert_with_parameters(run, item):
    # API, Parameters.
    run("INSERT INTO @ VALUE {'Artist': ?, 'SongTitle': ?, 'v': ?}", S("New"), S("Two"), {"B": b"\x00\xff"})
    assert item("New", "Two")["v"] == {"B": b"\x00\xff"}


def test_insert_does_not_replace(client, run, item):
    # Guide, INSERT, note: DuplicateItemException if there is an item with the key.
    before = item()
    with pytest.raises(client.exceptions.DuplicateItemException) as refusal:
        run("INSERT INTO @ VALUE {'Artist': 'Acme Band', 'SongTitle': 'PartiQL Rocks'}")
    assert refusal.value.response["Error"]["Message"] == "Duplicate primary key exists in table"
    assert item() == before


@pytest.mark.parametrize("actions, changed", [
    # Guide, UPDATE, examples.
    ("SET AwardsWon=1 SET AwardDetail={'Grammys':[2020, 2018]}", {"AwardsWon": N(1), "AwardDetail": M(Grammys=L(N(2020), N(2018)))}),
    ("SET AwardDetail.Grammys =list_append(AwardDetail.Grammys,[2016])", {"AwardDetail": M(Grammys=L(N(2020), N(2018), N(2016)))}),
    ("REMOVE AwardDetail.Grammys[1]", {"AwardDetail": M(Grammys=L(N(2020)))}),
    ("SET AwardDetail.BillBoard=[2020]", {"AwardDetail": M(Grammys=L(N(2020), N(2018)), BillBoard=L(N(2020)))}),
    ("SET BandMembers =<<'member1', 'member9'>>", {"BandMembers": {"SS": ["member1", "member9"]}}),
    ("SET BandMembers =set_add(BandMembers, <<'newbandmember'>>)", {"BandMembers": {"SS": ["member1", "member2", "newbandmember"]}}),
    ("SET BandMembers =set_delete(BandMembers, <<'member1'>>)", {"BandMembers": {"SS": ["member2"]}}),
    # Guide, operators.
    ("SET Awards = Awards + 1", {"Awards": N(9)}), ("SET Awards = Awards - 3", {"Awards": N(5)}),
    ("SET AlbumTitle = 'a', Awards = 1", {"AlbumTitle": S("a"), "Awards": N(1)}), ("SET Copy = AlbumTitle", {"Copy": S("Songs About Life")}),
    ("SET flag = true SET nil = null", {"flag": {"BOOL": True}, "nil": {"NULL": True}}),
])
def test_update(run, item, actions, changed):
    before = item()
    assert run(f"UPDATE @ {actions} WHERE {KEY}")["Items"] == []
    assert plain(item()) == plain(before | changed)


@pytest.mark.parametrize("returning, expected", [
    # Guide, UPDATE, returnvalues.
    ("ALL OLD *", {"Artist", "SongTitle", "AlbumTitle", "Awards", "BandMembers", "AwardDetail"}),
    ("ALL NEW *", {"Artist", "SongTitle", "AlbumTitle", "Awards", "BandMembers", "AwardDetail", "Fresh"}),
    ("MODIFIED OLD *", {"Awards"}), ("MODIFIED NEW *", {"Awards", "Fresh"}),
])
def test_returning(run, returning, expected):
    answer = run(f"UPDATE @ SET Awards = 11, Fresh = 'x' WHERE {KEY} RETURNING {returning}")
    assert [set(found) for found in answer["Items"]] == [expected]
    assert answer["Items"][0]["Awards"] == (N(8) if "OLD" in returning else N(11))


def test_update_is_no_upsert(client, run, item):
    # Guide, UPDATE, note: ConditionalCheckFailedException if the clause holds for no item.
    with pytest.raises(client.exceptions.ConditionalCheckFailedException, match="The conditional request failed"):
        run("UPDATE @ SET a = 1 WHERE Artist = 'Nobody' AND SongTitle = 'Nothing'")
    assert item("Nobody", "Nothing") is None


@pytest.mark.parametrize("statement", [
    f"UPDATE @ SET a = 1 WHERE {KEY} AND Awards = 9", f"UPDATE @ SET a = 1 WHERE {KEY} AND Awards IS MISSING",
    f"DELETE FROM @ WHERE {KEY} AND Awards > 100", f"DELETE FROM @ WHERE {KEY} AND NOT contains(BandMembers, 'member1')",
])
def test_conditions_that_fail(client, run, item, statement):
    # Guide, UPDATE and DELETE, notes; API, ReturnValuesOnConditionCheckFailure.
    before = item()
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as refusal:
        run(statement)
    assert "Item" not in refusal.value.response
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as refusal:
        run(statement, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert plain(refusal.value.response["Item"]) == plain(before)
    assert item() == before


def test_delete(run, item):
    # Guide, DELETE.
    before = item()
    answer = run(f"DELETE FROM @ WHERE {KEY} RETURNING ALL OLD *")
    assert [plain(found) for found in answer["Items"]] == [plain(before)]
    assert item() is None
    assert run(f"DELETE FROM @ WHERE {KEY} RETURNING ALL OLD *")["Items"] == []


def test_deleting_nothing_is_a_success(run):
    # Guide, DELETE, note: SUCCESS with 0 items deleted, whatever else the clause says.
    assert run("DELETE FROM @ WHERE Artist = 'x' AND SongTitle = 'y'")["Items"] == []
    assert run("DELETE FROM @ WHERE Artist = 'x' AND SongTitle = 'y' AND Awards = 5")["Items"] == []


INCOMPLETE = "Where clause does not contain a mandatory equality on all key attributes"


@pytest.mark.parametrize("statement, message", [
    ("UPDATE @ SET a = 1 WHERE Artist = 'x'", INCOMPLETE), ("UPDATE @ SET a = 1", INCOMPLETE), ("DELETE FROM @", INCOMPLETE),
    ("DELETE FROM @ WHERE Artist = 'x' AND SongTitle > 'a'", INCOMPLETE), ("DELETE FROM @ WHERE Artist = 'x' OR SongTitle = 'y'", INCOMPLETE),
    ("DELETE FROM @ WHERE Artist = 'x' AND begins_with(SongTitle, 'y')", INCOMPLETE),
    ("DELETE FROM @ WHERE Artist = 'x' AND SongTitle IN ['y']", INCOMPLETE),
    ("UPDATE @ SET a = 1 WHERE Artist = 'x' AND SongTitle = 5", "The provided key element does not match the schema"),
    ("UPDATE @ SET a = 1 WHERE Artist = 'x' AND SongTitle = 'y' AND Artist = 'z'",
     "Multiple conditions on same key Artist. Only single item Update/Insert/Delete are supported"),
    (f"UPDATE @ SET Artist = 'x' WHERE {KEY}",
     "One or more parameter values were invalid: Cannot update attribute Artist. This attribute is part of the key"),
    (f"UPDATE @ SET a = nope WHERE {KEY}", "The provided expression refers to an attribute that does not exist in the item"),
    (f"UPDATE @ SET nope.x = 1 WHERE {KEY}", "The document path provided in the update expression is invalid for update"),
    (f"UPDATE @ SET AlbumTitle = AlbumTitle + 1 WHERE {KEY}", "An operand in the update expression has an incorrect data type"),
    (f"UPDATE @ SET a = 1 SET a = 2 WHERE {KEY}", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]"),
    ("INSERT INTO @ VALUE {'Artist': 'x'}", "One or more parameter values were invalid: Missing the key SongTitle in the item"),
    ("INSERT INTO @ VALUE {'Artist': 5, 'SongTitle': 'x'}", "One or more parameter values were invalid: Type mismatch for key Artist expected: S actual: N"),
    ("INSERT INTO @ VALUE {'Artist': '', 'SongTitle': 'x'}",
     "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: Artist"),
    ("INSERT INTO @ VALUE 'x'", "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement."),
    ("INSERT INTO @ VALUE {'Artist': ?, 'SongTitle': 'x'}", "Number of parameters in request and statement don't match."),
    (f"DELETE FROM @ WHERE {KEY} RETURNING ALL NEW *",
     "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements."),
])
def test_refusals(run, item, statement, message):
    before = item()
    with pytest.raises(ClientError) as refusal:
        run(statement)
    assert refusal.value.response["Error"] == {"Code": "ValidationException", "Message": message}
    assert item() == before


def test_write_capacity(run, music):
    # Guide, read/write capacity: a unit a kilobyte.
    answer = run("INSERT INTO @ VALUE {'Artist': 'x', 'SongTitle': 'y'}", ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == {"TableName": music, "CapacityUnits": 1.0}
    answer = run("UPDATE @ SET v = ? WHERE Artist = 'x' AND SongTitle = 'y'", S("v" * 2_000), ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 2.0


# Batches


def batch(client, *statements, **more):
    return client.batch_execute_statement(Statements=[{"Statement": statement} for statement in statements], **more)


def test_batch_of_writes(client, music):
    # Guide, batch operations; API, BatchExecuteStatement: errors are told statement by statement.
    client.put_item(TableName=music, Item={"Artist": S("Acme Band"), "SongTitle": S("Happy Day")})
    answer = batch(
        client, f"INSERT INTO \"{music}\" VALUE {{'Artist': 'b', 'SongTitle': '1'}}",
        f"INSERT INTO \"{music}\" VALUE {{'Artist': 'Acme Band', 'SongTitle': 'PartiQL Rocks'}}",
        f"UPDATE \"{music}\" SET n = 1 WHERE Artist = 'Acme Band' AND SongTitle = 'Happy Day' RETURNING MODIFIED NEW *",
        f"UPDATE \"{music}\" SET n = 1 WHERE Artist = 'nobody' AND SongTitle = '1'", f"DELETE FROM \"{music}\" WHERE Artist = 'b'", "nonsense",
        ReturnConsumedCapacity="TOTAL")
    assert [response.get("Error", {}).get("Code") for response in answer["Responses"]] == [
        None, "DuplicateItem", None, "ConditionalCheckFailed", "ValidationError", "ValidationError"]
    assert answer["Responses"][0] == {"TableName": music}
    assert answer["Responses"][1] == {"TableName": music, "Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
    assert answer["Responses"][2]["Item"] == {"n": N(1)}
    assert answer["Responses"][4] == {"Error": {"Code": "ValidationError", "Message": INCOMPLETE}}
    assert answer["ConsumedCapacity"] == [{"TableName": music, "CapacityUnits": 4.0}]


def test_capacity_of_failed_statements(client, music):
    # dynoxide, change log, as captured of the service in eu-west-2: the larger of the item that stands and the one that is carried.
    client.put_item(TableName=music, Item={"Artist": S("x"), "SongTitle": S("large"), "v": S("v" * 3000)})
    small = {"Statement": f"INSERT INTO \"{music}\" VALUE {{'Artist': 'x', 'SongTitle': 'large'}}"}
    large = {"Statement": f"INSERT INTO \"{music}\" VALUE {{'Artist': 'Acme Band', 'SongTitle': 'PartiQL Rocks', 'v': ?}}",
             "Parameters": [S("v" * 4000)]}
    deleted = {"Statement": f"DELETE FROM \"{music}\" WHERE Artist = 'nobody' AND SongTitle = '1'"}
    answer = client.batch_execute_statement(Statements=[small, large, deleted], ReturnConsumedCapacity="INDEXES")
    assert answer["ConsumedCapacity"] == [{"TableName": music, "CapacityUnits": 8.0, "Table": {"CapacityUnits": 1.0}}]
    answer = client.batch_execute_statement(Statements=[small, large], ReturnConsumedCapacity="INDEXES")
    assert "ConsumedCapacity" not in answer


def test_batch_of_reads(client, music):
    # API, BatchExecuteStatement: each SELECT must name the whole key.
    select = f"SELECT Awards FROM \"{music}\" WHERE Artist = 'Acme Band'"
    answer = batch(client, f"{select} AND SongTitle = 'PartiQL Rocks'", f"{select} AND SongTitle = 'none'", select, f"{select} AND SongTitle > 'a'",
                   "SELECT * FROM \"no-such-table\" WHERE a = 'b'")
    key_missing = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
    assert answer["Responses"][:2] == [{"TableName": music, "Item": {"Awards": N(8)}}, {"TableName": music}]
    assert answer["Responses"][2:4] == [{"Error": {"Code": "ValidationError", "Message": key_missing}}] * 2
    assert answer["Responses"][4]["Error"]["Code"] == "ResourceNotFound"


def test_batch_with_an_item_on_failure(client, music, item):
    # API, BatchStatementRequest, ReturnValuesOnConditionCheckFailure.
    answer = client.batch_execute_statement(Statements=[{
        "Statement": f'DELETE FROM "{music}" WHERE {KEY} AND Awards = ?', "Parameters": [N(9)], "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}])
    error = answer["Responses"][0]["Error"]
    assert error["Code"] == "ConditionalCheckFailed" and plain(error["Item"]) == plain(item())


def test_batches_read_or_write(client, music, item):
    # API, BatchExecuteStatement: "you cannot mix both in one batch".
    with pytest.raises(ClientError, match="Read and write requests together in the same batch is not supported."):
        batch(client, f'SELECT * FROM "{music}" WHERE {KEY}', f'DELETE FROM "{music}" WHERE {KEY}')
    assert item() is not None


def test_batches_name_an_item_once(client, music, item):
    # dynoxide, change log, BatchExecuteStatement, as captured of the service in eu-west-2.
    for again in [f'UPDATE "{music}" SET n = 1 WHERE {KEY}', f'DELETE FROM "{music}" WHERE {KEY} AND n = 1']:
        with pytest.raises(ClientError, match="Provided list of item keys contains duplicates"):
            batch(client, f'DELETE FROM "{music}" WHERE {KEY}', again)
    with pytest.raises(ClientError, match="Provided list of item keys contains duplicates"):
        batch(client, *[f'SELECT * FROM "{music}" WHERE {KEY}'] * 2)
    assert item() is not None


@pytest.mark.parametrize("count", [0, 26])
def test_batch_sizes(client, count):
    # API, Statements: 1 to 25.
    with pytest.raises(ClientError, match="at 'statements' failed to satisfy constraint: Member must have length"):
        batch(client, *["SELECT * FROM abc WHERE a = 'b'"] * count)


# Transactions


def transact(client, *statements, **more):
    return client.execute_transaction(TransactStatements=[{"Statement": statement} for statement in statements], **more)


def test_transaction_of_writes(client, music, item):
    # Guide, transactions, example.
    answer = transact(
        client, f"EXISTS(SELECT * FROM \"{music}\" WHERE {KEY} AND Nominations IS MISSING)",
        f"INSERT INTO \"{music}\" VALUE {{'Artist': 't', 'SongTitle': '1'}}", f"DELETE FROM \"{music}\" WHERE Artist = 'u' AND SongTitle = '1'",
        ReturnConsumedCapacity="TOTAL")
    assert answer["Responses"] == [] and answer["ConsumedCapacity"][0]["CapacityUnits"] == 6.0
    assert item("t", "1") == {"Artist": S("t"), "SongTitle": S("1")}


def test_transaction_of_reads(client, music):
    # API, ExecuteTransaction.
    answer = transact(
        client, f'SELECT Awards FROM "{music}" WHERE {KEY}', f"SELECT * FROM \"{music}\" WHERE Artist = 't' AND SongTitle = 'none'")
    assert answer["Responses"] == [{"Item": {"Awards": N(8)}}, {}]


def test_all_or_nothing(client, music, item):
    # Guide, transactions, note; API, TransactionCanceledException.
    with pytest.raises(client.exceptions.TransactionCanceledException) as refusal:
        transact(client, f"INSERT INTO \"{music}\" VALUE {{'Artist': 't', 'SongTitle': '2'}}", f'UPDATE "{music}" SET a = 1 WHERE {KEY} AND Awards = 99',
                 f"INSERT INTO \"{music}\" VALUE {{'Artist': 'Acme Band', 'SongTitle': 'x'}}")
    reasons = refusal.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed", "None"]
    assert reasons[1]["Message"] == "The conditional request failed"
    assert item("t", "2") is None and item("Acme Band", "x") is None


def test_transactions_read_or_write(client, music):
    # API, ExecuteTransaction: "you cannot mix both in one transaction".
    with pytest.raises(ClientError) as refusal:
        transact(client, f'SELECT * FROM "{music}" WHERE {KEY}', f"DELETE FROM \"{music}\" WHERE Artist = 'a' AND SongTitle = 'b'")
    assert refusal.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "ExecuteTransaction API does not support both read and write operations in the same request."}


def test_tokens(client, music, item):
    # API, ClientRequestToken: the same request with the same token has its effect once.
    statement = f'UPDATE "{music}" SET Awards = Awards + 1 WHERE {KEY}'
    for _ in range(3):
        transact(client, statement, ClientRequestToken="once")
    assert item()["Awards"] == N(9)
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        transact(client, statement.replace("+ 1", "+ 2"), ClientRequestToken="once")


@pytest.mark.parametrize("statement, message", [
    # Guide, EXISTS: a full primary key and one other condition.
    (f"EXISTS(SELECT * FROM @ WHERE {KEY})", "EXISTS() must contain a single item read with additional condition"),
    ("EXISTS(SELECT * FROM @ WHERE Artist = 'x' AND Awards = 1)", "EXISTS() must contain a single item read with additional condition"),
    ("SELECT * FROM @", "Select statements within ExecuteTransaction must specify the primary key in the where clause."),
    (f"DELETE FROM @ WHERE {KEY} RETURNING ALL OLD *", "RETURNING clause is not supported in ExecuteTransaction."),
    ("nonsense", "Statement wasn't well formed, can't be processed: Expected data manipulation"),
])
def test_transaction_refusals(client, music, statement, message):
    with pytest.raises(ClientError) as refusal:
        transact(client, statement.replace("@", f'"{music}"'))
    assert refusal.value.response["Error"] == {
        "Code": "ValidationException", "Message": f"Validation failed in TransactStatements[0]: {message}"}
