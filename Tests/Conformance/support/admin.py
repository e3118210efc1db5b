"""A server's admin port."""

import json
import re
import urllib.request


class Admin:
    def __init__(self, url):
        self.url = url

    @classmethod
    def of(cls, server):
        """That of a server which was just started with `--admin-port 0`: it says where before it says that it is ready."""
        line = ""
        while not line.startswith("admin port on "):
            line = server.process.stderr.readline()
            assert line, "the server does not say where its admin port is"
        return cls(re.fullmatch(r"admin port on (http://[\d.]+:\d+)\n", line)[1])

    def __call__(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read())
