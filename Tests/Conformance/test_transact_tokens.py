"""ClientRequestToken of TransactWriteItems. Sources: API reference; what a replay costs: dynoxide pull requests 125 and 188, after
the service; that the order of members does not matter: localstack issue 6529, "verified against AWS"."""

import concurrent.futures
import itertools
import json

from support import clients
from support.cases import N, S
from support.process import ServerProcess
from support.transactions import CONDITION_FAILED, canceled, delete, put, update

MISMATCH = (
    "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that "
    "was already used.")
_numbers = itertools.count(1)


def token():
    return f"token-{next(_numbers)}"


def key(pk):
    return {"pk": S(pk)}


def count_up(table, pk="counter", by=1):
    return update(table, key(pk), "ADD n :n", ExpressionAttributeValues={":n": N(by)})


def value(ask, table, pk="counter"):
    return int(ask("GetItem", {"TableName": table, "Key": key(pk), "ConsistentRead": True})["Item"]["n"]["N"])


def test_the_same_request_again_does_nothing(ask, make_table):
    table = make_table()
    body = {"TransactItems": [count_up(table)], "ClientRequestToken": token()}
    for _ in range(3):
        assert ask("TransactWriteItems", body) == {}
    assert value(ask, table) == 1


def test_another_token_is_another_request(ask, make_table):
    table = make_table()
    for _ in range(3):
        ask("TransactWriteItems", {"TransactItems": [count_up(table)], "ClientRequestToken": token()})
        ask("TransactWriteItems", {"TransactItems": [count_up(table)]})
    assert value(ask, table) == 6


def test_another_request_with_the_same_token_is_refused(ask, make_table):
    table = make_table()
    same = {"ClientRequestToken": token()}
    ask("TransactWriteItems", {"TransactItems": [count_up(table)], **same})
    for actions in [[count_up(table, by=2)], [count_up(table, "other")], [count_up(table), put(table, key("x"))],
                    [put(table, key("counter"))]]:
        ask.refused("TransactWriteItems", {"TransactItems": actions, **same}, MISMATCH, "IdempotentParameterMismatchException")
    assert value(ask, table) == 1


def test_the_order_of_members_does_not_matter(ask, make_table):
    table = make_table()
    same = token()
    forward = {"pk": S("a"), "m": {"M": {"x": N(1), "y": N(2)}}, "s": {"SS": ["a", "b"]}}
    backward = {"s": {"SS": ["b", "a"]}, "m": {"M": {"y": N("2.0"), "x": N(1)}}, "pk": S("a")}
    ask("TransactWriteItems", {"TransactItems": [put(table, forward)], "ClientRequestToken": same})
    ask("TransactWriteItems", json.loads(
        json.dumps({"ClientRequestToken": same, "TransactItems": [{"Put": {"Item": backward, "TableName": table}}]})))


def test_how_it_is_to_be_answered_is_no_part_of_the_request(ask, make_table):
    table = make_table()
    body = {"TransactItems": [count_up(table)], "ClientRequestToken": token()}
    assert ask("TransactWriteItems", body) == {}
    assert ask("TransactWriteItems", {**body, "ReturnConsumedCapacity": "TOTAL"})["ConsumedCapacity"] == [
        {"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]


def test_a_replay_costs_reads(ask, make_table):
    table = make_table()
    body = {"TransactItems": [put(table, {"pk": S("a"), "x": S("x" * 1500)})], "ClientRequestToken": token(),
            "ReturnConsumedCapacity": "INDEXES"}
    four = {"CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}
    two = {"CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}
    assert ask("TransactWriteItems", body)["ConsumedCapacity"] == [{"TableName": table, "Table": four, **four}]
    assert ask("TransactWriteItems", body)["ConsumedCapacity"] == [{"TableName": table, "Table": two, **two}]


def test_a_replay_costs_reads_of_the_items_that_were_met(ask, make_table):
    table = make_table()
    ask("PutItem", {"TableName": table, "Item": {"pk": S("a"), "x": S("x" * 9000)}})
    body = {"TransactItems": [delete(table, key("a"))], "ClientRequestToken": token(), "ReturnConsumedCapacity": "TOTAL"}
    told = [ask("TransactWriteItems", body)["ConsumedCapacity"] for _ in range(2)]
    assert told == [[{"TableName": table, "CapacityUnits": 18.0, "WriteCapacityUnits": 18.0}],
                    [{"TableName": table, "CapacityUnits": 6.0, "ReadCapacityUnits": 6.0}]]
    # What becomes of the item in between is not looked at.
    ask("PutItem", {"TableName": table, "Item": {"pk": S("a"), "x": S("x" * 20_000)}})
    assert ask("TransactWriteItems", body)["ConsumedCapacity"] == told[1]


def test_a_cancelled_transaction_leaves_its_token_free(ask, make_table):
    table = make_table()
    same = token()
    ask("PutItem", {"TableName": table, "Item": key("a")})
    canceled(ask, "TransactWriteItems", {"TransactItems": [put(table, key("a"), "attribute_not_exists(pk)")],
                                         "ClientRequestToken": same}, CONDITION_FAILED)
    ask("TransactWriteItems", {"TransactItems": [count_up(table)], "ClientRequestToken": same})
    assert value(ask, table) == 1


def test_of_many_at_a_time_one_happens(client, make_table, ask):
    table = make_table()
    for _ in range(10):
        same = token()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: client.transact_write_items(
                TransactItems=[count_up(table)], ClientRequestToken=same), range(16)))
    assert value(ask, table) == 10


def test_a_token_outlives_the_server(tmp_path):
    def transact(client):
        client.transact_write_items(TransactItems=[count_up("kept")], ClientRequestToken="kept")

    for round in range(3):
        with ServerProcess(tmp_path / "data") as server:
            client = clients.client(server)
            if round == 0:
                client.create_table(
                    TableName="kept", BillingMode="PAY_PER_REQUEST",
                    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])
            transact(client)
            assert client.get_item(TableName="kept", Key=key("counter"))["Item"]["n"] == N(1)
            if round == 0:
                server.kill()
            else:
                assert server.terminate() == 0


def test_the_limit_can_be_raised_to_the_services(tmp_path):
    with ServerProcess(":memory:", "--transaction-item-limit", "100") as server:
        client = clients.client(server)
        client.create_table(
            TableName="many", BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])
        client.transact_write_items(TransactItems=[put("many", key(str(n))) for n in range(100)])
        assert client.scan(TableName="many")["Count"] == 100
        try:
            client.transact_write_items(TransactItems=[put("many", key(str(n))) for n in range(101)])
            raise AssertionError("too many were taken")
        except client.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "ValidationException"
            assert error.response["Error"]["Message"].endswith("Member must have length less than or equal to 100")
