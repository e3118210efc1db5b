"""SELECT by ExecuteStatement, as boto3 sends it.

Sources are named with the cases. "Guide" is the developer guide's chapter on PartiQL (ql-reference.select and its neighbours), "API" the API
reference of ExecuteStatement. Texts of errors that neither has are answers of the service that others have published.
"""

import json

import pytest

from support import clients, wire
from support.cases import L, M, N, S
from support.process import ServerProcess

ORDERS = [
    {"OrderID": N(1), "Address": S("some address"), "Total": N(400)},
    {"OrderID": N(2), "Total": N(550), "Tags": {"SS": ["new", "big"]}},
    {"OrderID": N(3), "Total": N(600), "Note": {"NULL": True}, "Paid": {"BOOL": True}},
    {"OrderID": N(100), "Total": N(700), "Devices": M(FireStick=M(DateWatched=L(S("12/13/19"), S("12/14/19"))))},
]

WATCHED = [
    {"CustomerID": S("C1"), "MovieID": S("M1"), "Year": N(1999), "Genre": S("drama"), "Rating": N(8)},
    {"CustomerID": S("C1"), "MovieID": S("M2"), "Year": N(1972), "Genre": S("crime"), "Rating": N(9)},
    {"CustomerID": S("C1"), "MovieID": S("N1"), "Year": N(2005), "Genre": S("drama")},
    {"CustomerID": S("C2"), "MovieID": S("M1"), "Year": N(1980), "Genre": S("crime"), "Rating": N(7)},
    {"CustomerID": S("C3"), "MovieID": S("Z9"), "Year": N(2020)},
]


@pytest.fixture(scope="module")
def tables(client, new_name):
    """Two tables that no test of this file changes."""
    orders, watched = new_name(), new_name()
    client.create_table(
        TableName=orders,
        KeySchema=[{"AttributeName": "OrderID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "OrderID", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.create_table(
        TableName=watched,
        KeySchema=[{"AttributeName": "CustomerID", "KeyType": "HASH"}, {"AttributeName": "MovieID", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "CustomerID", "AttributeType": "S"}, {"AttributeName": "MovieID", "AttributeType": "S"},
            {"AttributeName": "Genre", "AttributeType": "S"}, {"AttributeName": "Year", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {"IndexName": "by-genre", "Projection": {"ProjectionType": "ALL"},
             "KeySchema": [{"AttributeName": "Genre", "KeyType": "HASH"}, {"AttributeName": "Year", "KeyType": "RANGE"}]},
            {"IndexName": "genre-keys", "Projection": {"ProjectionType": "KEYS_ONLY"},
             "KeySchema": [{"AttributeName": "Genre", "KeyType": "HASH"}]},
        ],
        LocalSecondaryIndexes=[
            {"IndexName": "by-year", "Projection": {"ProjectionType": "KEYS_ONLY"},
             "KeySchema": [{"AttributeName": "CustomerID", "KeyType": "HASH"}, {"AttributeName": "Year", "KeyType": "RANGE"}]},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for table, items in ((orders, ORDERS), (watched, WATCHED)):
        for item in items:
            client.put_item(TableName=table, Item=item)
    yield {"Orders": orders, "WatchList": watched}
    for table in (orders, watched):
        client.delete_table(TableName=table)


@pytest.fixture
def run(client, tables):
    def run(statement, *parameters, **more):
        for name, table in tables.items():
            statement = statement.replace(f"@{name}", f'"{table}"')
        if parameters:
            more["Parameters"] = list(parameters)
        return client.execute_statement(Statement=statement, **more)

    return run


def ids(answer):
    return sorted(int(item["OrderID"]["N"]) for item in answer["Items"])


@pytest.mark.parametrize("condition, expected", [
    # Guide, SELECT, condition: what does not scan…
    ("OrderID = 100", [100]), ("OrderID = 1 and Address='some address'", [1]), ("OrderID = 1 or OrderID = 2", [1, 2]),
    ("OrderID IN [100, 300, 2]", [2, 100]), ("OrderID IN (1, 3)", [1, 3]), ("OrderID = 1 AND Total > 500", []),
    # … and what does.
    ("OrderID > 1", [2, 3, 100]), ("Address='some address'", [1]), ("OrderID = 100 OR Address='some address'", [1, 100]),
    ("Total > 500", [2, 3, 100]), ("Total IN [550, 600]", [2, 3]), ("Total BETWEEN 500 AND 600", [2, 3]),
    ("Devices.FireStick.DateWatched[0] >= '12/12/19'", [100]),
    # Guide, operators and functions.
    ("Total < 500", [1]), ("Total <= 550", [1, 2]), ("Total >= 600", [3, 100]), ("Total <> 400", [2, 3, 100]),
    ("Total != 400", [2, 3, 100]), ("NOT Total = 400", [2, 3, 100]), ("NOT (Total = 400 OR Total = 550)", [3, 100]),
    ("begins_with(Address, 'some')", [1]), ("contains(Tags, 'new')", [2]), ("contains(Address, 'addr')", [1]),
    ("size(Tags) = 2", [2]), ("size(Address) > 5", [1]), ("attribute_type(Tags, 'SS')", [2]),
    ("Address IS MISSING", [2, 3, 100]), ("Address IS NOT MISSING", [1]), ("Note IS NULL", [3]),
    ("Paid = true", [3]), ("Paid = TRUE AND Total = 600", [3]), ("Tags = <<'big', 'new'>>", [2]),
    ("Total IN [400] OR Total IN [700]", [1, 100]), ("Total > 400 AND Total < 700 AND NOT OrderID = 2", [3]),
    ("\"Total\" = 400", [1]), ("Total = 4e2", [1]), ("Total = 400.00", [1]), ("400 = Total", [1]),
])
def test_conditions(run, condition, expected):
    assert ids(run(f"SELECT * FROM @Orders WHERE {condition}")) == expected


def test_everything(run):
    # Guide, SELECT, note: without WHERE all items are retrieved.
    answer = run("SELECT * FROM @Orders")
    assert ids(answer) == [1, 2, 3, 100]
    assert "NextToken" not in answer and "LastEvaluatedKey" not in answer


@pytest.mark.parametrize("columns, expected", [
    # Guide, SELECT, examples: columns, and document paths in them.
    ("OrderID, Total", {"OrderID": N(100), "Total": N(700)}), ("Total", {"Total": N(700)}),
    ("Devices.FireStick.DateWatched[0]", {"DateWatched[0]": S("12/13/19")}),
    ("Devices.FireStick.DateWatched", {"DateWatched": L(S("12/13/19"), S("12/14/19"))}),
    ("Nothing_Such", {}), ("OrderID, Nothing_Such", {"OrderID": N(100)}), ("Devices.Other", {}), ("\"Total\"", {"Total": N(700)}),
])
def test_columns(run, columns, expected):
    assert run(f"SELECT {columns} FROM @Orders WHERE OrderID = 100")["Items"] == [expected]


@pytest.mark.parametrize("clause, movies", [
    # Guide, SELECT: ORDER BY a key, ascending unless DESC is said.
    ("CustomerID = 'C1' ORDER BY MovieID", ["M1", "M2", "N1"]), ("CustomerID = 'C1' ORDER BY MovieID ASC", ["M1", "M2", "N1"]),
    ("CustomerID = 'C1' ORDER BY MovieID DESC", ["N1", "M2", "M1"]),
    ("CustomerID IN ['C2', 'C1'] ORDER BY CustomerID DESC, MovieID ASC", ["M1", "M1", "M2", "N1"]),
    ("CustomerID IN ['C3', 'C1'] ORDER BY CustomerID ASC, MovieID DESC", ["N1", "M2", "M1", "Z9"]),
    # Guide, Query: what key conditions there are.
    ("CustomerID = 'C1'", ["M1", "M2", "N1"]), ("CustomerID = 'C1' AND MovieID = 'M2'", ["M2"]),
    ("CustomerID = 'C1' AND MovieID > 'M1'", ["M2", "N1"]), ("CustomerID = 'C1' AND MovieID <= 'M2'", ["M1", "M2"]),
    ("CustomerID = 'C1' AND MovieID BETWEEN 'M2' AND 'N9'", ["M2", "N1"]), ("CustomerID = 'C1' AND begins_with(MovieID, 'M')", ["M1", "M2"]),
    ("CustomerID = 'C1' AND MovieID IN ['N1', 'M1']", ["M1", "N1"]), ("CustomerID = 'C1' AND Rating > 8", ["M2"]),
    ("CustomerID = 'C1' AND Rating IS MISSING", ["N1"]), ("CustomerID = 'nobody'", []),
])
def test_queries(run, clause, movies):
    assert [item["MovieID"]["S"] for item in run(f"SELECT * FROM @WatchList WHERE {clause}")["Items"]] == movies


@pytest.mark.parametrize("statement, movies", [
    # Guide, SELECT, index.
    ("SELECT MovieID FROM @WatchList.\"by-genre\" WHERE Genre = 'drama'", ["M1", "N1"]),
    ("SELECT MovieID FROM @WatchList.\"by-genre\" WHERE Genre = 'drama' ORDER BY Year DESC", ["N1", "M1"]),
    ("SELECT MovieID FROM @WatchList.\"by-genre\" WHERE Genre = 'drama' AND Year > 2000", ["N1"]),
    ("SELECT MovieID FROM @WatchList.\"by-year\" WHERE CustomerID = 'C1'", ["M2", "M1", "N1"]),
    ("SELECT MovieID FROM @WatchList.\"by-year\" WHERE CustomerID = 'C1' AND Year < 2000 ORDER BY Year DESC", ["M1", "M2"]),
    ("SELECT MovieID, Rating FROM @WatchList.\"by-year\" WHERE CustomerID = 'C1' AND Year < 2000", ["M2", "M1"]),
    ("SELECT MovieID FROM @WatchList.\"genre-keys\" WHERE Genre = 'crime'", ["M2", "M1"]),
])
def test_indexes(run, statement, movies):
    found = [item["MovieID"]["S"] for item in run(statement)["Items"]]
    assert found == movies if "genre-keys" not in statement else sorted(found) == sorted(movies)


def test_all_of_an_index_is_what_it_holds(run):
    # Guide, global secondary indexes: KEYS_ONLY holds the keys of the table and of the index.
    answer = run("SELECT * FROM @WatchList.\"genre-keys\" WHERE Genre = 'drama' AND CustomerID = 'C1'")
    assert all(set(item) == {"CustomerID", "MovieID", "Genre"} for item in answer["Items"]) and len(answer["Items"]) == 2


@pytest.mark.parametrize("statement, parameters, expected", [
    # API, Parameters.
    ("SELECT * FROM @Orders WHERE OrderID = ?", [N(3)], [3]), ("SELECT * FROM @Orders WHERE OrderID IN [?, ?]", [N(1), N(2)], [1, 2]),
    ("SELECT * FROM @Orders WHERE Total BETWEEN ? AND ?", [N(500), N(600)], [2, 3]),
    ("SELECT * FROM @Orders WHERE contains(Tags, ?) AND OrderID = ?", [S("big"), N(2)], [2]),
    ("SELECT * FROM @Orders WHERE Paid = ?", [{"BOOL": True}], [3]), ("SELECT * FROM @Orders WHERE Tags = ?", [{"SS": ["new", "big"]}], [2]),
])
def test_parameters(run, statement, parameters, expected):
    assert ids(run(statement, *parameters)) == expected


def test_pages_by_token(run):
    # API, Limit, NextToken, LastEvaluatedKey.
    statement, found, more, pages = "SELECT * FROM @WatchList WHERE CustomerID = 'C1'", [], {}, 0
    while True:
        answer = run(statement, Limit=1, **more)
        found += [item["MovieID"]["S"] for item in answer["Items"]]
        pages += 1
        if "NextToken" not in answer:
            break
        assert answer["LastEvaluatedKey"] == {"CustomerID": S("C1"), "MovieID": S(found[-1])}
        more = {"NextToken": answer["NextToken"]}
    assert found == ["M1", "M2", "N1"] and pages in (3, 4)


def test_limit_counts_what_is_looked_at(run):
    # API, Limit: "the maximum number of items to evaluate (not necessarily the number of matching items)".
    answer = run("SELECT * FROM @WatchList WHERE CustomerID = 'C1' AND Rating = 9", Limit=1)
    assert answer["Items"] == [] and "NextToken" in answer
    answer = run("SELECT * FROM @WatchList WHERE CustomerID = 'C1' AND Rating = 9", NextToken=answer["NextToken"])
    assert [item["MovieID"]["S"] for item in answer["Items"]] == ["M2"] and "NextToken" not in answer


def test_a_megabyte_a_page(client, make_table):
    # API: "the maximum dataset size limit of 1 MB".
    name = make_table("pk:S", "sk:N")
    for number in range(4):
        client.put_item(TableName=name, Item={"pk": S("p"), "sk": N(number), "v": S("x" * 399_000)})
    first = client.execute_statement(Statement=f"SELECT sk FROM \"{name}\" WHERE pk = 'p'", ReturnConsumedCapacity="TOTAL")
    assert len(first["Items"]) == 3 and first["ConsumedCapacity"]["CapacityUnits"] > 140
    rest = client.execute_statement(Statement=f"SELECT sk FROM \"{name}\" WHERE pk = 'p'", NextToken=first["NextToken"])
    assert rest["Items"] == [{"sk": N(3)}] and "NextToken" not in rest


@pytest.mark.parametrize("statement, more, units", [
    # Guide, read consistency and capacity: half a unit for 4 KB, a unit if strongly consistent.
    ("SELECT * FROM @Orders WHERE OrderID = 1", {}, 0.5), ("SELECT * FROM @Orders WHERE OrderID = 1", {"ConsistentRead": True}, 1.0),
    ("SELECT * FROM @WatchList WHERE CustomerID = 'C1' AND MovieID = 'M1'", {}, 0.5), ("SELECT * FROM @WatchList WHERE CustomerID = 'C1'", {}, 0.5),
    ("SELECT * FROM @WatchList WHERE CustomerID = 'C1'", {"ConsistentRead": True}, 1.0), ("SELECT * FROM @Orders", {}, 0.5),
])
def test_capacity(run, tables, statement, more, units):
    answer = run(statement, ReturnConsumedCapacity="TOTAL", **more)
    table = tables["Orders" if "@Orders" in statement else "WatchList"]
    assert answer["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": units}


NOT_WELL_FORMED = "Statement wasn't well formed, can't be processed: "
HASH_KEY = "hash key condition in WHERE clause when using ORDER BY clause."


@pytest.mark.parametrize("statement, more, message", [
    ("SLECT * FROM @Orders", {}, NOT_WELL_FORMED + "Expected data manipulation"),
    ("SELECT * FROM @Orders WHERE", {}, NOT_WELL_FORMED + "Unexpected term"),
    ("SELECT * FROM @Orders WHERE OrderID =", {}, NOT_WELL_FORMED + "Missing right-hand side expression of infix operator"),
    ("SELECT * FROM @Orders LIMIT 5", {}, "Unsupported clause: LIMIT"),
    ("SELECT COUNT(*) FROM @Orders", {}, ""), ("SELECT * FROM @Orders GROUP BY Total", {}, "Unsupported clause: GROUP"),
    ("SELECT * FROM @Orders AS o", {}, "Aliasing is not supported"), ("SELECT DISTINCT Total FROM @Orders", {}, "Unsupported clause: DISTINCT"),
    ("SELECT * FROM @Orders WHERE OrderID = ?", {}, "Number of parameters in request and statement don't match."),
    ("SELECT * FROM @Orders WHERE OrderID = '1'", {}, "Key attribute's data type should match its data type in table's schema: Key OrderID"),
    ("SELECT * FROM @Orders WHERE OrderID = true", {}, "Key value must be of type S, N, or B. Key name: OrderID, Key type: BOOL"),
    ("SELECT * FROM @Orders WHERE OrderID = 1 OR OrderID = 1", {}, "Overlapping conditions with range keys are not supported in where clause"),
    ("SELECT * FROM @WatchList.\"no-index\" WHERE Genre = 'x'", {}, "The table does not have the specified index"),
    ("SELECT * FROM @WatchList.\"by-genre\" WHERE Genre = 'x'", {"ConsistentRead": True},
     "Strongly consistent read is not supported on Global Secondary Indexes"),
    ("SELECT Rating FROM @WatchList.\"genre-keys\" WHERE Genre = 'x'", {},
     "One or more parameter values were invalid: Global secondary index genre-keys does not project [Rating]"),
    ("SELECT * FROM @WatchList ORDER BY MovieID", {}, "Must have WHERE clause in the statement when using ORDER BY clause."),
    ("SELECT * FROM @WatchList WHERE Year = 1999 ORDER BY MovieID", {}, f"Must have at least one non-optional {HASH_KEY}"),
    ("SELECT * FROM @WatchList WHERE CustomerID = 'C1' ORDER BY Year", {}, "Attribute Year in ORDER BY clause must be part of the primary key"),
    ("SELECT * FROM @WatchList WHERE CustomerID IN ['C1', 'C2'] ORDER BY MovieID", {},
     "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause."),
    ("SELECT * FROM @Orders", {"NextToken": "nonsense"}, "Invalid NextToken"),
    ("SELECT * FROM @Orders WHERE OrderID IN [" + ", ".join(map(str, range(51))) + "]", {},
     "Too many decomposed read operations for a given query."),
    ("SELECT * FROM @Orders WHERE Total IN [" + ", ".join(map(str, range(101))) + "]", {}, "The IN operator is provided with too many operands"),
    ("EXISTS(SELECT * FROM @Orders WHERE OrderID = 1 AND Total = 400)", {}, "EXISTS can only be used in"),
])
def test_refusals(client, run, statement, more, message):
    with pytest.raises(client.exceptions.ClientError) as refusal:
        run(statement, **more)
    assert refusal.value.response["Error"]["Code"] == "ValidationException"
    assert refusal.value.response["Error"]["Message"].startswith(message)


def test_tokens_belong_to_their_statements(client, run):
    token = run("SELECT * FROM @WatchList WHERE CustomerID = 'C1'", Limit=1)["NextToken"]
    with pytest.raises(client.exceptions.ClientError, match="NextToken does not match request"):
        run("SELECT * FROM @WatchList WHERE CustomerID = 'C2'", NextToken=token)


def test_a_missing_table(client):
    # API, errors.
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Requested resource not found"):
        client.execute_statement(Statement='SELECT * FROM "no-such-table"')


@pytest.mark.parametrize("body, path", [
    # The model: lengths of Statement and of Parameters, Limit.
    ({"Statement": ""}, "statement"), ({"Statement": "SELECT * FROM abc", "Parameters": []}, "parameters"),
    ({"Statement": "SELECT * FROM abc", "Limit": 0}, "limit"), ({"Statement": "x" * 8193}, "statement"), ({}, "statement"),
    ({"Statement": "SELECT * FROM abc", "NextToken": ""}, "nextToken"),
])
def test_constraints(server, body, path):
    answer = wire.ask(server, "ExecuteStatement", json.dumps(body))
    assert (answer.status, answer.error) == (400, "ValidationException")
    assert f"at '{path}' failed to satisfy constraint" in answer.message


def test_tokens_outlive_the_server(tmp_path):
    # A token says all there is to say.
    with ServerProcess(tmp_path) as process:
        client = clients.client(process)
        client.create_table(
            TableName="paged", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        for name in "abc":
            client.put_item(TableName="paged", Item={"pk": S(name)})
        first = client.execute_statement(Statement="SELECT * FROM paged", Limit=2)
        assert process.terminate() == 0
    with ServerProcess(tmp_path) as process:
        client = clients.client(process)
        rest = client.execute_statement(Statement="SELECT * FROM paged", NextToken=first["NextToken"])
        found = [item["pk"]["S"] for item in first["Items"] + rest["Items"]]
        assert sorted(found) == ["a", "b", "c"]
        assert process.terminate() == 0
