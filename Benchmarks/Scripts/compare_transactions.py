"""Items a second over HTTP: transactions of four items beside single reads and writes, in one run.

wrk sends both to the same servers, 64 connections, in turns; medians are reported. Every transaction has a token of its
own, as SDKs send one. Puts wait for the disk (fsync); beside them stands the same with --durability none.
"""

import argparse
import json
import pathlib
import tempfile

import compare_http as http
import report
import servers

ITEMS_EACH = 4
SINGLE = {"PutItem": "TransactWriteItems", "GetItem": "TransactGetItems"}


def lua(operation):
    """A wrk script: each transaction is about four items that lie together, beginning at a random one."""
    number = "%08d"
    if operation == "TransactGetItems":
        one = {"Get": {"TableName": http.TABLE, "Key": {"pk": {"S": f"user{number}"}}}}
        token = ""
    else:
        one = {"Put": {"TableName": http.TABLE, "Item": json.loads(json.dumps(http.item(0)).replace("00000000", number))}}
        token = '"ClientRequestToken":"%08x-%08x-%08x",'
    part = json.dumps(one)
    body = "{" + token + '"TransactItems":[' + ",".join([part] * ITEMS_EACH) + "]}"
    arguments = ["math.random(0, 0x7fffffff)"] * token.count("%08x")
    for position in range(ITEMS_EACH):
        arguments += [f"n + {position}"] * part.count(number)
    return f"""
wrk.method = "POST"
wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.{operation}"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
local body = '{body}'
local thread_count = 0
function setup(thread)
  thread_count = thread_count + 1
  thread:set("seed", os.time() * 16 + thread_count)
end
function init() math.randomseed(seed) end
function request()
  local n = math.random(0, {http.ITEMS // ITEMS_EACH - 1}) * {ITEMS_EACH}
  return wrk.format(nil, "/", nil, string.format(body, {", ".join(arguments)}))
end
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each run")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    with (
        tempfile.TemporaryDirectory() as scripts, servers.flywheel() as synced,
        servers.flywheel("--durability", "none") as unsynced,
    ):
        paths = {}
        for single, transaction in SINGLE.items():
            for operation, script in ((single, http.lua(single)), (transaction, lua(transaction))):
                paths[operation] = pathlib.Path(scripts) / f"{operation}.lua"
                paths[operation].write_text(script)
        http.prepare(synced[0])
        http.prepare(unsynced[0])
        contestants = [
            ("fsync", "PutItem", synced), ("fsync", "TransactWriteItems", synced),
            ("no sync", "PutItem", unsynced), ("no sync", "TransactWriteItems", unsynced),
            ("fsync", "GetItem", synced), ("fsync", "TransactGetItems", synced)]
        rates = {contestant[:2]: [] for contestant in contestants}
        processor = {contestant[:2]: [] for contestant in contestants}
        for _, operation, (url, _) in contestants:
            http.wrk(url, paths[operation], 1)
        for _ in range(options.rounds):
            for durability, operation, (url, process) in contestants:
                each = 1 if operation in SINGLE else ITEMS_EACH
                before = servers.cpu_seconds(process)
                rate, _ = http.wrk(url, paths[operation], options.seconds)
                used = servers.cpu_seconds(process) - before
                rates[durability, operation].append(rate * each)
                processor[durability, operation].append(used / (rate * each * options.seconds) * 1e6)

    print(f"\nTransactions of {ITEMS_EACH} items, {http.CONNECTIONS} connections, {http.ITEM_BYTES} B items, "
          f"medians of {options.rounds} interleaved runs of {options.seconds} s, client on the same machine\n")
    rows, results = [["operation", "durability", "items/s", "of single", "CPU µs/item", "spread"]], []
    singles = {transaction: single for single, transaction in SINGLE.items()}
    for (durability, operation), values in rates.items():
        single = report.median(rates[durability, singles.get(operation, operation)])
        result = {
            "operation": operation, "durability": durability, "itemsPerSecond": round(report.median(values)),
            "ofSingle": round(report.median(values) / single, 2),
            "cpuMicrosecondsPerItem": round(report.median(processor[durability, operation]), 1),
            "spread": round(report.spread(values), 2), "runs": [round(value) for value in values]}
        results.append(result)
        rows.append([
            operation, durability, f"{result['itemsPerSecond']:,}", f"{result['ofSingle']:.2f}",
            f"{result['cpuMicrosecondsPerItem']:.1f}", f"{result['spread']:.0%}"])
    report.table(rows)
    report.save("transactions", {"results": results})


if __name__ == "__main__":
    main()
