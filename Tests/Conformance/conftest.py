"""What the tests share: one server for the session, clients for it, tables that come and go with a test."""

import itertools

import pytest
from botocore.exceptions import ClientError

from support import cases, clients, wire
from support.process import ServerProcess

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that most tests use. It must outlive whatever they send it, and stop cleanly.

    Settings change as often as tests want; that they don't by default is in test_change_intervals.py.
    """
    with ServerProcess(tmp_path_factory.mktemp("data"), "--change-intervals", "off") as process:
        yield process
        assert process.is_running, "a test brought the server down"
        assert process.terminate() == 0


@pytest.fixture(scope="session")
def client(server):
    return clients.client(server)


@pytest.fixture(scope="session")
def resource(server):
    return clients.resource(server)


@pytest.fixture(scope="session")
def aws(server):
    return clients.AWSCommand(server)


@pytest.fixture(scope="session")
def new_name():
    """Makes table names that no other test has."""
    return lambda: f"test-{next(_numbers)}"


def _table_maker(client, new_name):
    names = []

    def make(partition="pk:S", sort=None, extra="", **more):
        name = new_name()
        keys = [partition] + ([sort] if sort else [])
        definitions = dict(attribute.split(":") for attribute in [*keys, *extra.split()])
        schema = [
            {"AttributeName": key.split(":")[0], "KeyType": kind} for key, kind in zip(keys, ["HASH", "RANGE"])
        ]
        more.setdefault("BillingMode", "PAY_PER_REQUEST")
        client.create_table(
            TableName=name,
            KeySchema=schema,
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": kind} for key, kind in definitions.items()
            ],
            **more,
        )
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        names.append(name)
        return name

    yield make
    for name in names:
        try:
            client.delete_table(TableName=name)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ResourceNotFoundException"


@pytest.fixture
def make_table(client, new_name):
    """Makes tables from a short description, and deletes them after the test.

    `make_table("pk:S", "sk:N", **more)`: keys as name:type; `more` goes to CreateTable, with attributes
    that only indexes use given as `extra="a:S b:N"`.
    """
    yield from _table_maker(client, new_name)


@pytest.fixture(scope="module")
def make_module_table(client, new_name):
    """As `make_table`, for tables that all tests of a file share."""
    yield from _table_maker(client, new_name)


@pytest.fixture(scope="module")
def ask(server):
    """`ask("GetItem", {…})` sends a request just as it is, and checks or answers what comes back; see
    `support.cases`."""
    with wire.Connection(server) as connection:
        yield cases.Asker(connection)


class Failure:
    """What a refused call said."""

    def __init__(self):
        self.code = self.message = self.status = self.response = None


@pytest.fixture
def refused():
    """`with refused("ValidationException") as failure:` expects the service to refuse the call."""
    import contextlib

    @contextlib.contextmanager
    def expect(code, message=None):
        failure = Failure()
        try:
            yield failure
        except ClientError as error:
            failure.response = error.response
            failure.code = error.response["Error"]["Code"]
            failure.message = error.response["Error"].get("Message", "")
            failure.status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert failure.code == code, f"{failure.code}: {failure.message}"
        if message is not None:
            assert failure.message == message

    return expect
