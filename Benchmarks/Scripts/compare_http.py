"""Requests a second over HTTP: Flywheel's GetItem and PutItem beside a bare NIO server that echoes.

wrk sends the same requests to both, from the same machine, 64 connections, in turns; medians are
reported. The bare server bounds what any Swift HTTP server of this design can do, so the ratio says what the
database costs on top. PutItem waits for the disk (fsync); beside it stands the same with --durability none.
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile
import urllib.request

import report
import servers

TABLE = "bench"
ITEMS = 10_000
ITEM_BYTES = 400
CONNECTIONS = 64


def ask(url, operation, body):
    request = urllib.request.Request(
        url, json.dumps(body).encode(),
        {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def key(number):
    return {"pk": {"S": f"user{number:08}"}}


def item(number):
    """An item of 400 bytes as the service counts them: names and values of a key and ten fields."""
    fields = {f"field{n}": {"S": f"{number:08}-{n}-".ljust(38 if n == 9 else 32, "x")} for n in range(10)}
    return key(number) | fields


def prepare(url):
    ask(url, "CreateTable", {
        "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]})
    for start in range(0, ITEMS, 25):
        ask(url, "BatchWriteItem", {
            "RequestItems": {TABLE: [{"PutRequest": {"Item": item(n)}} for n in range(start, start + 25)]}})


def lua(operation):
    """A wrk script: each request is for an item chosen at random."""
    number = "%08d"
    if operation == "GetItem":
        body = json.dumps({"TableName": TABLE, "Key": {"pk": {"S": f"user{number}"}}})
        arguments = "n"
    else:
        body = json.dumps({"TableName": TABLE, "Item": item(0)}).replace("00000000", number)
        arguments = ", ".join(["n"] * body.count(number))
    return f"""
wrk.method = "POST"
wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.{operation}"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
local body = '{body}'
function setup(thread) thread:set("seed", os.time()) end
function init() math.randomseed(seed) end
function request()
  local n = math.random(0, {ITEMS - 1})
  return wrk.format(nil, "/", nil, string.format(body, {arguments}))
end
"""


def wrk(url, script, seconds):
    output = subprocess.run(
        ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script, url],
        capture_output=True, text=True, check=True).stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    if refused:
        raise SystemExit(f"{refused[1]} requests were refused:\n{output}")
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    return (
        float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each run")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    with (
        tempfile.TemporaryDirectory() as scripts, servers.bare_http() as bare, servers.flywheel() as synced,
        servers.flywheel("--durability", "none") as unsynced,
    ):
        paths = {}
        for operation in ("GetItem", "PutItem"):
            paths[operation] = pathlib.Path(scripts) / f"{operation}.lua"
            paths[operation].write_text(lua(operation))
        prepare(synced[0])
        prepare(unsynced[0])
        contestants = {
            ("bare NIO echo", "GetItem"): bare, ("Flywheel", "GetItem"): synced,
            ("bare NIO echo", "PutItem"): bare, ("Flywheel, fsync", "PutItem"): synced,
            ("Flywheel, no sync", "PutItem"): unsynced,
        }
        rates = {contestant: [] for contestant in contestants}
        latencies = {contestant: [] for contestant in contestants}
        processor = {contestant: [] for contestant in contestants}
        for contestant, (url, _) in contestants.items():
            wrk(url, paths[contestant[1]], 1)
        for _ in range(options.rounds):
            for contestant, (url, process) in contestants.items():
                before = servers.cpu_seconds(process)
                rate, p99 = wrk(url, paths[contestant[1]], options.seconds)
                used = servers.cpu_seconds(process) - before
                rates[contestant].append(rate)
                latencies[contestant].append(p99)
                processor[contestant].append(used / (rate * options.seconds) * 1e6)

    print(f"\nHTTP, {CONNECTIONS} connections, {ITEM_BYTES} B items, "
          f"medians of {options.rounds} interleaved runs of {options.seconds} s, client on the same machine\n")
    rows, results = [["request", "requests/s", "of bare", "p99 ms", "CPU µs/request", "spread"]], []
    for (name, operation), values in rates.items():
        contestant = (name, operation)
        ratio = report.median(values) / report.median(rates[("bare NIO echo", operation)])
        result = {
            "server": name, "request": operation, "requestsPerSecond": round(report.median(values)),
            "ofBare": round(ratio, 3), "p99Milliseconds": round(report.median(latencies[contestant]), 2),
            "cpuMicrosecondsPerRequest": round(report.median(processor[contestant]), 1),
            "spread": round(report.spread(values), 2), "runs": [round(value) for value in values]}
        results.append(result)
        rows.append([
            f"{operation} {name}", f"{result['requestsPerSecond']:,}", f"{ratio:.2f}",
            f"{result['p99Milliseconds']:.2f}", f"{result['cpuMicrosecondsPerRequest']:.1f}",
            f"{result['spread']:.0%}"])
    report.table(rows)
    report.save("http", {"results": results})


if __name__ == "__main__":
    main()
