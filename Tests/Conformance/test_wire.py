"""What no SDK sends: the server answers as the service does, or hangs up, and stays up."""

import json
import os
import random
import socket
import threading
import time

import pytest

from support import wire
from support.process import ServerProcess, wait_until


# `make fuzz` sends many more.
DAMAGED_REQUESTS = int(os.environ.get("FLYWHEEL_DAMAGED_REQUESTS", "1500"))
SEED = int(os.environ.get("FLYWHEEL_FUZZ_SEED", "7"))


def error_of(answer):
    return (answer.status, answer.error)


@pytest.mark.parametrize("body", ["{", "nonsense", '{"a":}', '{"a":1,}', "[1", '"\\x"', "{'a':1}", "\xff", "{}{}"])
def test_malformed_json(server, body):
    # dynalite, test "connection".
    answer = wire.ask(server, "ListTables", body.encode("latin-1"))
    assert error_of(answer) == (400, "SerializationException")
    assert answer.headers["content-type"] == wire.JSON_1_0


@pytest.mark.parametrize("operation", ["", "Nonsense", "DynamoDB_20120810.", "DynamoDB_19990101.GetItem", "a.b.c", "GetItem.x"])
def test_unknown_operations(server, operation):
    assert error_of(wire.ask(server, operation, "{}")) == (400, "UnknownOperationException")


@pytest.mark.parametrize("operation, body", [
    ("GetItem", {"TableName": 5, "Key": {}}),
    ("GetItem", {"TableName": "abc", "Key": []}),
    ("GetItem", {"TableName": "abc", "Key": {"pk": "a"}}),
    ("GetItem", {"TableName": "abc", "Key": {"pk": {"S": 1}}}),
    ("GetItem", {"TableName": "abc", "Key": {"pk": {"N": 1}}}),
    ("GetItem", {"TableName": "abc", "Key": {"pk": {"B": "not base64!"}}}),
    ("PutItem", {"TableName": "abc", "Item": {"pk": {"SS": "a"}}}),
    ("PutItem", {"TableName": "abc", "Item": {"pk": {"BOOL": "maybe"}}}),
    ("PutItem", {"TableName": "abc", "Item": {"pk": {"M": []}}}),
    ("Scan", {"TableName": "abc", "Limit": "ten"}),
    ("ListTables", []),
    ("ListTables", "text"),
    ("BatchGetItem", {"RequestItems": [1]}),
])
def test_wrong_types(server, operation, body):
    # Error-handling chapter: what does not deserialise is SerializationException, before any validation.
    assert error_of(wire.ask(server, operation, body)) == (400, "SerializationException")


def test_constraints_are_reported_together(server):
    # dynalite, test "getItem": every violated constraint is in one message.
    answer = wire.ask(server, "GetItem", {"TableName": "a;", "ReturnConsumedCapacity": "maybe"})
    assert error_of(answer) == (400, "ValidationException")
    assert "validation errors detected: " in answer.message
    assert "Value 'maybe' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum " \
        "value set: [INDEXES, TOTAL, NONE]" in answer.message
    assert "Value null at 'key' failed to satisfy constraint: Member must not be null" in answer.message


def test_an_oversized_item(server, client, make_table):
    name = make_table()
    answer = wire.ask(server, "PutItem", {"TableName": name, "Item": {"pk": {"S": "a"}, "x": {"S": "x" * 500_000}}})
    assert error_of(answer) == (400, "ValidationException")
    assert answer.message == "Item size has exceeded the maximum allowed size"


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"L":[', "]}"), ('{"M":{"a":', "}}"), ('{"a":', "}")])
def test_deep_nesting_does_not_end_the_process(server, opening, closing):
    depth = 100_000
    for value in (opening * depth, opening * depth + "{}" + closing * depth):
        answer = wire.ask(server, "PutItem", '{"TableName":"abc","Item":{"pk":' + value + "}}")
        assert answer.status == 400 and answer.error in ("SerializationException", "ValidationException")
        answer = wire.ask(server, "PutItem", value)
        assert answer.status == 400
    assert server.is_running


def test_deep_expressions_do_not_end_the_process(server, make_table):
    # Developer guide, Quotas: expressions have at most 4 KB.
    name = make_table()
    for expression in ("(" * 2_000 + "a = a" + ")" * 2_000, "NOT " * 1_000 + "a = a", "(" * 100_000,
                       "a" + ".a" * 50_000, "size(" * 800 + "a" + ")" * 800):
        answer = wire.ask(server, "Scan", {"TableName": name, "FilterExpression": expression})
        assert answer.status == 400 and answer.error == "ValidationException", answer.body[:200]
    assert server.is_running


def test_a_body_beyond_sixteen_megabytes(server):
    # dynalite, test "connection": status 413.
    with wire.Connection(server) as connection:
        connection.send(
            f"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n"
            f"Content-Type: {wire.JSON_1_0}\r\nContent-Length: {16 * 1024 * 1024 + 1}\r\n\r\n")
        assert connection.receive().status == 413
    answer = wire.ask(server, "ListTables", " " * (16 * 1024 * 1024 - 2) + "{}")
    assert answer.status == 200


def test_half_a_request_and_goodbye(server):
    whole = wire.request("ListTables", "{}")
    for length in range(0, len(whole), 7):
        with wire.Connection(server) as connection:
            connection.send(whole[:length])
    with wire.Connection(server) as connection:
        connection.send(whole[:-1])
        connection.socket.shutdown(socket.SHUT_WR)
        answer = connection.receive()
        assert answer is None or answer.status == 400
    assert wire.ask(server, "ListTables", "{}").status == 200


def test_a_request_byte_by_byte(server):
    with wire.Connection(server) as connection:
        for byte in wire.request("ListTables", {"Limit": 1}):
            connection.send(bytes([byte]))
            time.sleep(0.001)
        assert connection.receive().status == 200


def test_garbage(server):
    generator = random.Random(20120810)
    for _ in range(200):
        with wire.Connection(server) as connection:
            try:
                connection.send(generator.randbytes(generator.randrange(1, 3_000)))
                connection.socket.shutdown(socket.SHUT_WR)
                answer = connection.receive()
                assert answer is None or answer.status in (400, 404, 431)
            except (ConnectionResetError, BrokenPipeError):
                pass
    assert wire.ask(server, "ListTables", "{}").status == 200


def test_damaged_requests(server, make_table):
    """Valid requests with a few bytes changed: never a 500, never a hang."""
    name = make_table()
    generator = random.Random(SEED)
    bodies = [
        ("PutItem", {"TableName": name, "Item": {"pk": {"S": "a"}, "m": {"M": {"l": {"L": [{"N": "1"}, {"BS": ["YQ=="]}]}}}}}),
        ("UpdateItem", {"TableName": name, "Key": {"pk": {"S": "a"}}, "UpdateExpression": "SET #a.b[1] = if_not_exists(c, :v)",
                        "ExpressionAttributeNames": {"#a": "x"}, "ExpressionAttributeValues": {":v": {"N": "1.5"}}}),
        ("Query", {"TableName": name, "KeyConditionExpression": "pk = :v", "FilterExpression": "a BETWEEN :v AND :v OR NOT size(b) IN (:v)",
                   "ExpressionAttributeValues": {":v": {"S": "a"}}}),
    ]
    with wire.Connection(server) as connection:
        for _ in range(DAMAGED_REQUESTS):
            operation, body = generator.choice(bodies)
            text = bytearray(json.dumps(body).encode())
            for _ in range(generator.randrange(1, 4)):
                text[generator.randrange(len(text))] = generator.choice(b'{}[]",:0aS\\\x00\xff .#')
            answer = connection.ask(operation, bytes(text))
            assert answer.status in (200, 400), (operation, bytes(text), answer.body)


def test_pipelined_requests_are_answered_in_order(server, make_table):
    name = make_table()
    with wire.Connection(server) as connection:
        batch = b""
        for number in range(50):
            batch += wire.request("PutItem", {"TableName": name, "Item": {"pk": {"S": "p"}, "n": {"N": str(number)}}})
            batch += wire.request("GetItem", {"TableName": name, "Key": {"pk": {"S": "p"}}})
        connection.send(batch)
        for number in range(50):
            assert connection.receive().status == 200
            assert connection.receive().json()["Item"]["n"] == {"N": str(number)}


def test_checksums_are_those_of_the_bodies(server):
    import zlib

    for operation, body in (("ListTables", "{}"), ("Nonsense", "{}"), ("DescribeTable", {"TableName": "nowhere"})):
        answer = wire.ask(server, operation, body)
        assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.body)
        assert len(answer.headers["x-amzn-requestid"]) == 52


def test_slow_and_silent_clients_hold_up_nobody(server):
    silent = [wire.Connection(server) for _ in range(200)]
    try:
        for connection in silent[::2]:
            connection.send(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nhalf")
        started = time.monotonic()
        for _ in range(20):
            assert wire.ask(server, "ListTables", "{}").status == 200
        assert time.monotonic() - started < 5
    finally:
        for connection in silent:
            connection.close()


def test_memory_stays_flat_under_abuse(tmp_path):
    """Rounds of everything above, in a process of its own: the second half needs no more than the first."""
    with ServerProcess(tmp_path / "data") as server:
        generator = random.Random(1)

        def abuse():
            for _ in range(40):
                for data in (generator.randbytes(2_000), wire.request("PutItem", "[" * 50_000),
                             wire.request("PutItem", b" " * 1_000_000)[:-1],
                             wire.request("Scan", {"TableName": "abc", "FilterExpression": "(" * 4_000})):
                    with wire.Connection(server) as connection:
                        try:
                            connection.send(data)
                            connection.socket.shutdown(socket.SHUT_WR)
                            connection.receive()
                        except (ConnectionResetError, BrokenPipeError):
                            pass

        def in_parallel():
            threads = [threading.Thread(target=abuse) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        in_parallel()
        before = server.rss_kib()
        in_parallel()
        in_parallel()
        after = server.rss_kib()
        assert after < before * 1.3 + 16_384, f"{before} KiB became {after} KiB"
        assert wire.ask(server, "ListTables", "{}").status == 200
        wait_until(lambda: server.is_running)
        assert server.terminate() == 0
