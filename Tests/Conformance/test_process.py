"""The process: starting, stopping, and what it says when it can't."""

import signal
import subprocess
import threading
import time

import pytest

from support import clients, wire
from support.process import BINARY, ServerProcess


def run(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(tmp_path, number):
    with ServerProcess(tmp_path / "data") as server:
        assert server.terminate(number) == 0


def test_it_stops_cleanly_with_clients_connected(tmp_path):
    with ServerProcess(tmp_path / "data") as server:
        with wire.Connection(server) as idle, wire.Connection(server) as half:
            assert idle.ask("ListTables", "{}").status == 200
            half.send(b"POST / HTTP/1.1\r\n")
            started = time.monotonic()
            assert server.terminate() == 0
            assert time.monotonic() - started < 10


def test_requests_that_have_begun_are_finished(tmp_path):
    """Writers hammer while the server is told to stop: what was acknowledged is there afterwards."""
    with ServerProcess(tmp_path / "data") as server:
        client = clients.client(server)
        client.create_table(
            TableName="t-1", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        acknowledged, stopping = [], threading.Event()

        def write(writer):
            number = 0
            while not stopping.is_set():
                key = f"{writer}-{number}"
                try:
                    client.put_item(TableName="t-1", Item={"pk": {"S": key}})
                except Exception:
                    return
                acknowledged.append(key)
                number += 1

        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        assert server.terminate() == 0
        stopping.set()
        for thread in threads:
            thread.join()
    assert acknowledged
    with ServerProcess(tmp_path / "data") as server:
        client = clients.client(server)
        pages = client.get_paginator("scan").paginate(TableName="t-1")
        found = {item["pk"]["S"] for page in pages for item in page["Items"]}
        assert set(acknowledged) <= found


def test_data_is_there_after_a_restart(tmp_path):
    for start in range(3):
        with ServerProcess(tmp_path / "data") as server:
            client = clients.client(server)
            if start == 0:
                client.create_table(
                    TableName="t-1", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
            client.put_item(TableName="t-1", Item={"pk": {"S": str(start)}})
            assert client.scan(TableName="t-1")["Count"] == start + 1
            assert client.describe_table(TableName="t-1")["Table"]["ItemCount"] == start + 1
            assert server.terminate() == 0


def test_memory_is_forgotten():
    for _ in range(2):
        with ServerProcess(":memory:") as server:
            client = clients.client(server)
            assert client.list_tables()["TableNames"] == []
            client.create_table(
                TableName="t-1", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
            assert server.terminate() == 0


@pytest.mark.parametrize("durability", ["interval", "none"])
def test_every_durability_survives_a_clean_stop(tmp_path, durability):
    for start in range(2):
        with ServerProcess(tmp_path / "data", "--durability", durability) as server:
            client = clients.client(server)
            if start == 0:
                client.create_table(
                    TableName="t-1", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
                client.put_item(TableName="t-1", Item={"pk": {"S": "a"}})
            assert client.scan(TableName="t-1")["Count"] == 1
            assert server.terminate() == 0


def test_a_directory_is_open_once(tmp_path):
    with ServerProcess(tmp_path / "data"):
        second = run("serve", "--data-dir", tmp_path / "data", "--port", "0")
        assert second.returncode == 75
        assert "another process has it open" in second.stderr and second.stdout == ""


def test_a_port_is_taken_once(tmp_path):
    with ServerProcess(tmp_path / "one") as server:
        second = run("serve", "--data-dir", tmp_path / "two", "--port", server.port)
        assert second.returncode == 69
        assert f"can't listen on 127.0.0.1:{server.port}: Address already in use" in second.stderr


def test_a_directory_that_can_not_be():
    refused = run("serve", "--data-dir", "/proc/nowhere", "--port", "0")
    assert refused.returncode == 74
    assert "flywheel: can't open /proc/nowhere" in refused.stderr


def test_options_that_make_no_sense(tmp_path):
    for arguments in (["--auth", "sigv4"], ["--throttling", "some"], ["--host", "0.0.0.0"], ["--port", "99999"]):
        refused = run("serve", "--data-dir", tmp_path / "data", *arguments)
        assert refused.returncode == 64, arguments
        assert refused.stderr
    assert not (tmp_path / "data").exists()


def test_version():
    answer = run("--version")
    assert answer.returncode == 0 and answer.stdout.count(".") == 2


def test_a_directory_is_verified_and_inspected(tmp_path):
    data = tmp_path / "data"
    assert run("verify", data).returncode == 64, "there is none"
    with ServerProcess(data) as server:
        client = clients.client(server)
        client.create_table(
            TableName="t-1", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        client.put_item(TableName="t-1", Item={"pk": {"S": "a"}, "x": {"S": "y" * 1000}})
        assert run("verify", data).returncode == 75, "it is open"
        assert server.terminate() == 0
    assert "t-1: 1 items" in run("inspect", data).stdout
    whole = run("verify", data)
    assert whole.returncode == 0 and whole.stdout.startswith("whole: ")
    with ServerProcess(data) as server:
        clients.client(server).put_item(TableName="t-1", Item={"pk": {"S": "b"}})
        server.kill()
    assert "t-1: 2 items" in run("inspect", data).stdout, "counted afresh after a crash"


def test_damage_is_found(tmp_path):
    data = tmp_path / "data"
    with ServerProcess(data) as server:
        client = clients.client(server)
        client.create_table(
            TableName="t-1", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        for number in range(200):
            client.put_item(TableName="t-1", Item={"pk": {"S": str(number)}, "x": {"S": "y" * 1000}})
        server.kill()
    # The log is all there is: one byte in the middle of it, with good records after it.
    log = max((file for file in data.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size)
    damaged = bytearray(log.read_bytes())
    position = damaged.index(b"y" * 1000, 20_000) + 500
    damaged[position] ^= 1
    log.write_bytes(damaged)
    found = run("verify", data)
    assert found.returncode == 65 and f"damage: {log}" in found.stdout, found
    assert "damaged in 1 places" in found.stdout
    refused = run("serve", "--data-dir", data, "--port", "0")
    assert refused.returncode == 65 and "is damaged at byte" in refused.stderr
