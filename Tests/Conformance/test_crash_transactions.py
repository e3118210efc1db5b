"""Kills the server in the middle of transactions, again and again, and audits what it left behind.

Writers move money between a few accounts, all of them the same ones; each transfer takes from one, gives to another and
writes a line into a journal, in one transaction with a token. A reader adds the accounts up, in a transaction. Then
kill -9, restart, and:

- every account has what the journal says it must have: no transfer is half there, none is there twice;
- every transfer that was acknowledged is in the journal;
- transfers that were not answered are sent again with the same token: afterwards they have happened, once.

FLYWHEEL_TRANSACTION_CRASH_ROUNDS sets how often; `make crash-audit` runs 100.
"""

import os
import random
import threading
import time

from botocore.exceptions import BotoCoreError, ClientError

from support import clients
from support.process import ServerProcess

ROUNDS = int(os.environ.get("FLYWHEEL_TRANSACTION_CRASH_ROUNDS", "3"))
SEED = int(os.environ.get("FLYWHEEL_CRASH_SEED", str(time.time_ns() % 1_000_000)))
WRITERS = 8
ACCOUNTS = 6
START = 1_000
TABLES = ["accounts", "journal"]
# So small that tables are written and compacted while the server is killed.
OPTIONS = ["--memtable-mib", "1"]


def account(number):
    return {"pk": {"S": f"account-{number}"}}


def create_tables(client):
    for name in TABLES:
        client.create_table(
            TableName=name, KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
    client.transact_write_items(TransactItems=[
        {"Put": {"TableName": "accounts", "Item": {**account(number), "money": {"N": str(START)}}}} for number in range(ACCOUNTS)])


class Transfer:
    def __init__(self, name, source, target, amount):
        self.name, self.source, self.target, self.amount = name, source, target, amount

    def send(self, client):
        """True if it has happened, false if there was not enough money."""
        amount = {":amount": {"N": str(self.amount)}}
        try:
            client.transact_write_items(
                ClientRequestToken=self.name,
                TransactItems=[
                    {"Update": {
                        "TableName": "accounts", "Key": account(self.source), "UpdateExpression": "SET money = money - :amount",
                        "ConditionExpression": "money >= :amount", "ExpressionAttributeValues": amount}},
                    {"Put": {"TableName": "journal", "Item": {
                        "pk": {"S": self.name}, "source": {"N": str(self.source)}, "target": {"N": str(self.target)},
                        "amount": amount[":amount"], "filler": {"S": "x" * 1_500}}}},
                    {"Update": {
                        "TableName": "accounts", "Key": account(self.target), "UpdateExpression": "SET money = money + :amount",
                        "ExpressionAttributeValues": amount}},
                ])
            return True
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            assert [reason["Code"] for reason in error.response["CancellationReasons"]] == ["ConditionalCheckFailed", "None", "None"]
            return False


class Writer(threading.Thread):
    def __init__(self, name, client, generator):
        super().__init__()
        self.prefix, self.client, self.generator = name, client, generator
        self.acknowledged, self.unanswered, self.failure = [], None, None

    def run(self):
        number = 0
        try:
            while True:
                number += 1
                source, target = self.generator.sample(range(ACCOUNTS), 2)
                self.unanswered = Transfer(f"{self.prefix}-{number}", source, target, self.generator.randrange(1, 50))
                if self.unanswered.send(self.client):
                    self.acknowledged.append(self.unanswered.name)
                self.unanswered = None
        except (BotoCoreError, ClientError, ConnectionError) as error:
            # Once the server is killed, every call fails; before it, none may.
            self.failure = error


class Reader(threading.Thread):
    def __init__(self, client):
        super().__init__()
        self.client, self.wrong, self.count = client, None, 0

    def run(self):
        try:
            while self.wrong is None:
                found = sum(balances(self.client))
                if found != START * ACCOUNTS:
                    self.wrong = found
                self.count += 1
        except (BotoCoreError, ClientError, ConnectionError):
            pass


def balances(client):
    answer = client.transact_get_items(
        TransactItems=[{"Get": {"TableName": "accounts", "Key": account(number)}} for number in range(ACCOUNTS)])
    return [int(one["Item"]["money"]["N"]) for one in answer["Responses"]]


def audit(client):
    """The names of the transfers that have happened, whose sum the accounts must have."""
    pages = client.get_paginator("scan").paginate(
        TableName="journal", ConsistentRead=True, ProjectionExpression="pk, #s, target, amount", ExpressionAttributeNames={"#s": "source"})
    expected, names = [START] * ACCOUNTS, set()
    for page in pages:
        for line in page["Items"]:
            names.add(line["pk"]["S"])
            expected[int(line["source"]["N"])] -= int(line["amount"]["N"])
            expected[int(line["target"]["N"])] += int(line["amount"]["N"])
    assert balances(client) == expected
    return names


def test_no_transaction_is_ever_half_there(tmp_path):
    print(f"seed {SEED} (FLYWHEEL_CRASH_SEED), {ROUNDS} rounds")
    generator = random.Random(SEED)
    acknowledged, unanswered, repeated, reads = set(), [], 0, 0
    for number in range(ROUNDS):
        with ServerProcess(tmp_path / "data", *OPTIONS) as server:
            client = clients.client(server)
            if number == 0:
                create_tables(client)
            names = audit(client)
            assert acknowledged <= names, "an acknowledged transfer has gone"
            for transfer in unanswered:
                had_happened = transfer.name in names
                happened = transfer.send(client)
                # What had happened is not asked again whether it may.
                assert happened or not had_happened
                repeated += had_happened
                if happened:
                    acknowledged.add(transfer.name)
            names = audit(client)
            assert acknowledged <= names
            writers = [Writer(f"{number}-{writer}", client, random.Random(generator.random())) for writer in range(WRITERS)]
            reader = Reader(client)
            for thread in [*writers, reader]:
                thread.start()
            time.sleep(generator.uniform(0.2, 1.0))
            dead = [writer for writer in writers if not writer.is_alive()]
            server.kill()
            for thread in [*writers, reader]:
                thread.join()
            assert not dead, f"refused while the server was up: {dead[0].failure}"
            assert reader.wrong is None, f"the accounts added up to {reader.wrong}"
            reads += reader.count
            acknowledged.update(name for writer in writers for name in writer.acknowledged)
            unanswered = [writer.unanswered for writer in writers if writer.unanswered]
    with ServerProcess(tmp_path / "data", *OPTIONS) as server:
        client = clients.client(server)
        names = audit(client)
        assert acknowledged <= names
        assert server.terminate() == 0
    print(f"{len(names)} transfers, {len(acknowledged)} acknowledged, {repeated} sent again that had happened, {reads} reads")
    assert len(acknowledged) > ROUNDS * 10, "hardly anything was written"
