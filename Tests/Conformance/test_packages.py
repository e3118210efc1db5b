"""Loads a slice of this system's package index as Docs/Examples/load_packages.py does, and audits it."""

import os
import pathlib
import subprocess
import sys
import time

from support.process import PACKAGE, ServerProcess

SCRIPT = PACKAGE / "Docs/Examples/load_packages.py"
LIMIT = os.environ.get("FLYWHEEL_PACKAGES", "5000")


def load(server, *arguments):
    return subprocess.Popen(
        [sys.executable, "-B", SCRIPT, "--endpoint", server.url, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(process):
    output, _ = process.communicate(timeout=1_800)
    assert process.returncode == 0, output
    return output


def test_a_package_index_is_loaded_queried_and_kept(tmp_path):
    acks = tmp_path / "acks"
    with ServerProcess(tmp_path / "data") as server:
        print(finish(load(server, "--limit", LIMIT, "--acks", acks)))
        finish(load(server, "--audit", acks))
        assert server.terminate() == 0
    with ServerProcess(tmp_path / "data") as server:
        print(finish(load(server, "--audit", acks)))


def test_what_was_loaded_before_a_crash_is_there(tmp_path):
    acks = pathlib.Path(tmp_path / "acks")
    with ServerProcess(tmp_path / "data") as server:
        loading = load(server, "--limit", LIMIT, "--acks", acks)
        while not acks.exists() or acks.read_text().count("\n") < 500:
            assert loading.poll() is None, loading.communicate()[0]
            time.sleep(0.01)
        server.kill()
        loading.communicate()
        assert loading.returncode != 0
    with ServerProcess(tmp_path / "data") as server:
        print(finish(load(server, "--audit", acks)))
