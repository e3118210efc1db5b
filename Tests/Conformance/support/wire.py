"""HTTP by hand, for requests that no SDK would send."""

import json
import socket

JSON_1_0 = "application/x-amz-json-1.0"


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The error's name, without its namespace."""
        return self.json()["__type"].split("#")[1]

    @property
    def message(self):
        body = self.json()
        return body.get("message", body.get("Message"))


class Connection:
    """One socket to the server."""

    def __init__(self, server, seconds=30):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=seconds)
        self.reader = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def receive(self):
        """The next response; None when the server closed the connection."""
        status_line = self.reader.readline()
        if not status_line:
            return None
        status = int(status_line.split()[1])
        headers = {}
        while (line := self.reader.readline().strip()):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        body = self.reader.read(int(headers.get("content-length", 0)))
        return Response(status, headers, body)

    def ask(self, operation, body, content_type=JSON_1_0):
        self.send(request(operation, body, content_type))
        return self.receive()

    def close(self):
        self.reader.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def request(operation, body, content_type=JSON_1_0, headers=()):
    """The bytes of a request. `body` is bytes, text, or what becomes JSON."""
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode()
    target = operation if "." in operation or not operation else f"DynamoDB_20120810.{operation}"
    lines = ["POST / HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    if target:
        lines.append(f"X-Amz-Target: {target}")
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def ask(server, operation, body, content_type=JSON_1_0):
    """One request on a connection of its own."""
    with Connection(server) as connection:
        return connection.ask(operation, body, content_type)
