"""Kills the server in the middle of work, again and again, and audits what it left behind.

Writers put, update, delete and batch-write items of several attributes, with a global index over them;
readers read. Then kill -9, restart, and:

- everything that was acknowledged is there, and nothing that nobody wrote is;
- no write is half visible: an item's attributes are all of one write;
- the index has exactly the entries that the items call for, with the same attributes;
- nothing that a reader was shown has gone (only what is durable may be shown).

FLYWHEEL_CRASH_ROUNDS sets how often; `make crash-audit` runs 20.
"""

import os
import random
import threading
import time
import zlib

from botocore.exceptions import BotoCoreError, ClientError

from support import clients
from support.history import History
from support.process import ServerProcess, wait_until

ROUNDS = int(os.environ.get("FLYWHEEL_CRASH_ROUNDS", "3"))
SEED = int(os.environ.get("FLYWHEEL_CRASH_SEED", str(time.time_ns() % 1_000_000)))
WRITERS = 8
READERS = 2
ITEMS_PER_WRITER = 60
TABLE = "audit"
# So small that tables are written and compacted while the server is killed.
OPTIONS = ["--memtable-mib", "1"]


def create_table(client):
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "group", "AttributeType": "S"}],
        GlobalSecondaryIndexes=[{
            "IndexName": "by-group", "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]}],
        BillingMode="PAY_PER_REQUEST")
    client.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})


def key_of(writer, number):
    return f"w{writer}/{number}"


def item_key(key):
    pk, sk = key.split("/")
    return {"pk": {"S": pk}, "sk": {"N": sk}}


def attributes(version, generator):
    """Attributes that can be checked against one another. One in four items is not in the index."""
    text = "x" * generator.randrange(0, 20_000)
    made = {
        "version": {"N": str(version)}, "again": {"N": str(version)}, "text": {"S": text},
        "check": {"N": str(zlib.crc32(f"{version}:{text}".encode()))}}
    if version % 4:
        made["group"] = {"S": f"g{version % 7}"}
    return made


def check_whole(key, item):
    """Every attribute is of the same write."""
    version = item["version"]["N"]
    assert item["again"]["N"] == version, (key, item)
    expected = zlib.crc32(f"{version}:{item['text']['S']}".encode())
    assert item["check"]["N"] == str(expected), key
    assert ("group" in item) == (int(version) % 4 != 0), key
    return int(version)


class Writer(threading.Thread):
    """Writes to its own keys until the server is gone. Versions grow for ever, over all rounds."""

    def __init__(self, writer, client, history, versions, seed):
        super().__init__()
        self.writer, self.client, self.history, self.versions = writer, client, history, versions
        self.generator = random.Random(seed)
        self.failure = None

    def run(self):
        try:
            while True:
                self.generator.choice([self.put, self.put, self.update, self.update, self.delete, self.batch])()
        except (BotoCoreError, ClientError, ConnectionError) as error:
            # Once the server is killed, every call fails; before it, none may.
            self.failure = error

    def next_version(self):
        self.versions[self.writer] += 1
        return self.versions[self.writer]

    def some_key(self):
        return key_of(self.writer, self.generator.randrange(1, ITEMS_PER_WRITER))

    def send(self, states, call, **request):
        self.history.begin(states)
        answer = call(**request)
        self.history.acknowledge(states)
        return answer

    def put(self):
        key, version = self.some_key(), self.next_version()
        item = item_key(key) | attributes(version, self.generator)
        self.send({key: version}, self.client.put_item, TableName=TABLE, Item=item)

    def update(self):
        # Number 0 is never deleted, and read by the readers.
        key, version = key_of(self.writer, 0), self.next_version()
        made = attributes(version, self.generator)
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in made)
        if "group" not in made:
            expression += " REMOVE #group"
        self.send(
            {key: version}, self.client.update_item, TableName=TABLE, Key=item_key(key), UpdateExpression=expression,
            ExpressionAttributeNames={f"#{name}": name for name in {*made, "group"}},
            ExpressionAttributeValues={f":{name}": value for name, value in made.items()})

    def delete(self):
        key = self.some_key()
        self.send({key: None}, self.client.delete_item, TableName=TABLE, Key=item_key(key))

    def batch(self):
        states, requests = {}, []
        for number in self.generator.sample(range(1, ITEMS_PER_WRITER), 10):
            key, version = key_of(self.writer, number), self.next_version()
            states[key] = version
            requests.append(
                {"PutRequest": {"Item": item_key(key) | attributes(version, self.generator)}})
        answer = self.send(states, self.client.batch_write_item, RequestItems={TABLE: requests})
        assert answer["UnprocessedItems"] == {}


class Reader(threading.Thread):
    """Reads the items that are only ever updated, and remembers the newest version it was shown."""

    def __init__(self, client, history, seed):
        super().__init__()
        self.client, self.history, self.generator = client, history, random.Random(seed)

    def run(self):
        try:
            while True:
                key = key_of(self.generator.randrange(WRITERS), 0)
                answer = self.client.get_item(TableName=TABLE, Key=item_key(key), ConsistentRead=True)
                if "Item" in answer:
                    self.history.observe(key, check_whole(key, answer["Item"]))
        except (BotoCoreError, ClientError, ConnectionError):
            pass


def scan(client, **more):
    pages = client.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead="IndexName" not in more, **more)
    return {f"{item['pk']['S']}/{item['sk']['N']}": item for page in pages for item in page["Items"]}


def audit(client, history):
    items = scan(client)
    found = {key: check_whole(key, item) for key, item in items.items()}
    for key in history.keys | set(found):
        assert found.get(key) in history.allowed(key), (
            f"{key} is at {found.get(key)}; allowed: {history.allowed(key)}")
    for key, version in history.observed.items():
        assert found.get(key, 0) >= version, f"{key} was shown at {version} and is at {found.get(key)}"
    entries = scan(client, IndexName="by-group")
    assert entries == {key: item for key, item in items.items() if "group" in item}
    history.settle(found)
    return len(items)


def work_and_kill(server, history, versions, generator):
    client = clients.client(server)
    writers = [Writer(n, client, history, versions, generator.random()) for n in range(WRITERS)]
    readers = [Reader(client, history, generator.random()) for _ in range(READERS)]
    for thread in writers + readers:
        thread.start()
    time.sleep(generator.uniform(0.5, 3))
    dead = [writer for writer in writers if not writer.is_alive()]
    server.kill()
    for thread in writers + readers:
        thread.join()
    assert not dead, f"refused while the server was up: {dead[0].failure}"


def test_what_was_acknowledged_survives(tmp_path):
    print(f"seed {SEED} (FLYWHEEL_CRASH_SEED), {ROUNDS} rounds")
    generator = random.Random(SEED)
    history, versions = History(tmp_path / "acknowledged"), [0] * WRITERS
    for number in range(ROUNDS):
        with ServerProcess(tmp_path / "data", *OPTIONS) as server:
            client = clients.client(server)
            if number == 0:
                create_table(client)
            items = audit(client, history)
            print(f"round {number + 1}: {items} items as they should be, {history.count} acknowledgements so far")
            work_and_kill(server, history, versions, generator)
    with ServerProcess(tmp_path / "data", *OPTIONS) as server:
        client = clients.client(server)
        items = audit(client, history)
        assert history.count > ROUNDS * 20, "hardly anything was written"
        assert server.terminate() == 0
    with ServerProcess(tmp_path / "data", *OPTIONS) as server:
        assert audit(clients.client(server), history) == items, "a clean stop and start changes nothing"
        assert server.terminate() == 0
    history.close()


def test_an_index_that_was_being_filled_is_filled_after_a_crash(tmp_path):
    generator = random.Random(SEED)
    items = 3_000
    with ServerProcess(tmp_path / "data", *OPTIONS) as server:
        client = clients.client(server)
        client.create_table(
            TableName=TABLE, KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        for start in range(0, items, 25):
            client.batch_write_item(RequestItems={TABLE: [
                {"PutRequest": {"Item": {"pk": {"S": str(n)}, "group": {"S": f"g{n % 5}"}}}}
                for n in range(start, start + 25)]})
        client.update_table(
            TableName=TABLE,
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "group", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {
                "IndexName": "by-group", "Projection": {"ProjectionType": "KEYS_ONLY"},
                "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}]}}])
        time.sleep(generator.uniform(0, 0.1))
        server.kill()
    for _ in range(ROUNDS):
        with ServerProcess(tmp_path / "data", *OPTIONS) as server:
            time.sleep(generator.uniform(0, 0.1))
            server.kill()
    with ServerProcess(tmp_path / "data", *OPTIONS) as server:
        client = clients.client(server)
        wait_until(lambda: client.describe_table(TableName=TABLE)["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"]
                   == "ACTIVE", seconds=60)
        pages = client.get_paginator("scan").paginate(TableName=TABLE, IndexName="by-group")
        found = {item["pk"]["S"]: item["group"]["S"] for page in pages for item in page["Items"]}
        assert found == {str(n): f"g{n % 5}" for n in range(items)}
