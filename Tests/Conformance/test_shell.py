"""`flywheel shell` as it is run: from a pipe and on a terminal, against an endpoint and a directory."""

import os
import pty
import select
import subprocess
import time

import pytest

from support import clients
from support.cases import N, S
from support.process import BINARY, ServerProcess

SECONDS_MAX = 60


def shell(*arguments, script):
    return subprocess.run([BINARY, "shell", *arguments], input=script, capture_output=True, text=True, timeout=SECONDS_MAX)


@pytest.fixture
def users(client, make_table):
    name = make_table("id:S")
    client.put_item(TableName=name, Item={"id": S("u1"), "age": N(41)})
    return name


def test_a_script_at_an_endpoint(server, users):
    done = shell(
        "--endpoint", server.url,
        script=f"INSERT INTO \"{users}\" VALUE {{'id': 'u2', 'note': 'a;b'}};\nSELECT * FROM \"{users}\" WHERE id IN ['u1', 'u2'];\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "age  id  note\n---  --  ----\n41   u1\n     u2  a;b\n"


def test_json_lines(server, users):
    done = shell("--endpoint", server.url, "--json", script=f'SELECT * FROM "{users}"')
    assert (done.returncode, done.stdout) == (0, '{"age":{"N":"41"},"id":{"S":"u1"}}\n')


@pytest.mark.parametrize("options, inserted", [([], False), (["--keep-going"], True)])
def test_failures(client, server, users, options, inserted):
    done = shell("--endpoint", server.url, *options, script=f"nonsense; INSERT INTO \"{users}\" VALUE {{'id': 'u2'}};")
    assert done.returncode == 1
    assert done.stderr == "ValidationException: Statement wasn't well formed, can't be processed: Expected data manipulation\n"
    assert ("Item" in client.get_item(TableName=users, Key={"id": S("u2")})) == inserted


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("options", [[], ["--json"], ["--keep-going"]])
def test_output_that_is_lost(client, server, users, options):
    """The script ends: what it answers reaches nobody."""
    script = f"SELECT * FROM \"{users}\"; INSERT INTO \"{users}\" VALUE {{'id': 'u2'}};"
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [BINARY, "shell", "--endpoint", server.url, *options], input=script, stdout=full, stderr=subprocess.PIPE,
            text=True, timeout=SECONDS_MAX)
    assert (done.returncode, done.stderr) == (74, "can't write to standard output: No space left on device\n")
    assert "Item" not in client.get_item(TableName=users, Key={"id": S("u2")})


def test_a_statement_without_an_end(server):
    done = shell("--endpoint", server.url, "--keep-going", script="x" * 100_000)
    assert done.returncode == 65 and done.stderr.startswith("a statement may have at most 8192 bytes; this one has more: xxx")


def test_an_endpoint_that_is_not_there():
    done = shell("--endpoint", "http://127.0.0.1:1", script="SELECT * FROM abc")
    assert done.returncode == 1 and "can't talk to 127.0.0.1:1" in done.stderr


def test_a_directory(tmp_path):
    with ServerProcess(tmp_path) as process:
        client = clients.client(process)
        client.create_table(
            TableName="users", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        busy = shell(str(tmp_path), script="SELECT * FROM users")
        assert busy.returncode == 75 and "another process has it open" in busy.stderr
        assert process.terminate() == 0
    assert shell(str(tmp_path), script="INSERT INTO users VALUE {'id': 'u1'};").returncode == 0
    assert shell(str(tmp_path), script="SELECT * FROM users;").stdout == "id\n--\nu1\n"


def test_no_directory(tmp_path):
    assert shell(str(tmp_path / "none"), script="").returncode == 64
    assert not (tmp_path / "none").exists()


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, home, *arguments):
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.environ["HOME"] = str(home)
            os.execv(BINARY, [str(BINARY), "shell", *arguments])
        self.shown = ""

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def wait_for(self, text):
        """Reads until `text` is shown behind what was waited for before."""
        end = time.monotonic() + SECONDS_MAX
        while text not in self.shown:
            assert time.monotonic() < end, f"{text!r} is not in {self.shown!r}"
            if select.select([self.descriptor], [], [], 1)[0]:
                try:
                    read = os.read(self.descriptor, 65_536)
                except OSError:
                    read = b""
                assert read, f"{text!r} is not in {self.shown!r}"
                self.shown += read.decode(errors="replace")
        self.shown = self.shown.split(text, 1)[1]

    def wait(self):
        _, status = os.waitpid(self.process, 0)
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(status)


def test_a_person_at_a_terminal(client, server, new_name, tmp_path):
    users = f"People-{new_name()}"
    client.create_table(
        TableName=users, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
    client.put_item(TableName=users, Item={"id": S("u1"), "age": N(41)})
    terminal = Terminal(tmp_path, "--endpoint", server.url)
    terminal.wait_for("flywheel> ")
    # A table's name is completed, quotes and all; the statement takes two lines.
    terminal.type("SELECT * FROM Peo\t")
    terminal.wait_for(f'"{users}"')
    terminal.type("\r")
    terminal.wait_for("...> ")
    terminal.type("WHERE id = 'u1';\r")
    terminal.wait_for("41   u1")
    terminal.wait_for("(1 item)")
    terminal.wait_for("flywheel> ")
    terminal.type("nonsense;\r")
    terminal.wait_for("Expected data manipulation")
    terminal.type(".tables\r")
    terminal.wait_for(users)
    # Up twice is the statement again, of one line now.
    terminal.wait_for("flywheel> ")
    terminal.type("\x1b[A\x1b[A\x1b[A")
    terminal.wait_for("u1")
    terminal.type("\r")
    terminal.wait_for("(1 item)")
    terminal.wait_for("flywheel> ")
    terminal.type("\x04")
    assert terminal.wait() == 0
    history = (tmp_path / ".flywheel_history").read_text().splitlines()
    assert history[-1].startswith("SELECT") and "nonsense;" in history
    client.delete_table(TableName=users)
