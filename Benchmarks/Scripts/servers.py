"""Starts the servers that are compared, each on a free port, each with its own data."""

import contextlib
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

PACKAGE = pathlib.Path(__file__).resolve().parents[2]
FLYWHEEL = pathlib.Path(os.environ.get("FLYWHEEL", PACKAGE / ".build/release/flywheel"))
BARE_HTTP = PACKAGE / "Benchmarks/.build/release/bare-http"
START_SECONDS_MAX = 60


@contextlib.contextmanager
def started(*command):
    """Runs a server that prints the ready line; gives its URL and process."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = process.stdout.readline()
        match = re.match(r"listening on (http://\S+)", line)
        if not match:
            sys.exit(f"{command[0]} did not start: {line}")
        yield match[1], process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def flywheel(*options):
    with tempfile.TemporaryDirectory(prefix="flywheel-bench-") as directory:
        with started(FLYWHEEL, "serve", "--data-dir", directory, "--port", "0", *options) as server:
            yield server


@contextlib.contextmanager
def bare_http():
    with started(BARE_HTTP, "0") as server:
        yield server


@contextlib.contextmanager
def moto():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = pathlib.Path(sys.executable).parent / "moto_server"
    process = subprocess.Popen(
        [command, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if time.monotonic() > deadline:
                sys.exit("moto_server did not start")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait()


def cpu_seconds(process):
    """Processor time that a process has used so far, all threads, user and system."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100
