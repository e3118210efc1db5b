"""A `flywheel serve` process that a test owns: started on a free port, watched, stopped or killed."""

import os
import pathlib
import re
import select
import signal
import subprocess
import time

PACKAGE = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(os.environ.get("FLYWHEEL", PACKAGE / ".build/release/flywheel"))

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 60


class ServerProcess:
    """Starts in the constructor; `port` is known when it returns."""

    def __init__(self, data_dir, *options, port=0):
        self.data_dir = str(data_dir)
        self.options = options
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data-dir", self.data_dir, "--port", str(port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.ready_line = self._first_line()
        match = re.fullmatch(r"listening on (http://[\d.]+:(\d+))\n", self.ready_line)
        if not match:
            self.process.kill()
            _, errors = self.process.communicate()
            raise AssertionError(f"not the ready line: {self.ready_line!r}; {errors}")
        self.url, self.port = match[1], int(match[2])

    def _first_line(self):
        readable, _, _ = select.select([self.process.stdout], [], [], START_SECONDS_MAX)
        return self.process.stdout.readline() if readable else ""

    @property
    def is_running(self):
        return self.process.poll() is None

    def rss_kib(self):
        """Resident memory of the process."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    def terminate(self, number=signal.SIGTERM):
        """Asks the process to stop; returns its exit status."""
        self.process.send_signal(number)
        return self.wait()

    def kill(self):
        """Ends the process as a crash would."""
        self.process.kill()
        return self.wait()

    def wait(self):
        try:
            self.process.communicate(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise AssertionError("the server did not stop")
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_running:
            self.kill()


def wait_until(condition, seconds=30, every=0.05):
    """Waits for `condition()` to be true, and fails when it isn't within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(every)
    return value
