"""Items a second through boto3: loading and reading back, Flywheel beside moto's server.

boto3 itself takes most of a request's time, so this says what a Python test suite feels, not what the
server can do. The same client code runs against both, in turns; medians are reported.
"""

import argparse
import time

import boto3
from botocore.config import Config

import report
import servers

ITEMS = 2_000


def client(url):
    return boto3.client(
        "dynamodb", endpoint_url=url, region_name="us-east-1", aws_access_key_id="any",
        aws_secret_access_key="any", config=Config(retries={"total_max_attempts": 1}))


def item(number):
    fields = {f"field{n}": {"S": f"{number:08}-{n}-".ljust(38 if n == 9 else 32, "x")} for n in range(10)}
    return {"pk": {"S": f"user{number:08}"}} | fields


def timed(work):
    started = time.perf_counter()
    count = work()
    return count / (time.perf_counter() - started)


def run(dynamodb, table):
    """Items a second of four kinds of work on a new table."""
    dynamodb.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})

    def put():
        for number in range(ITEMS // 4):
            dynamodb.put_item(TableName=table, Item=item(number))
        return ITEMS // 4

    def batch_write():
        for start in range(0, ITEMS, 25):
            dynamodb.batch_write_item(RequestItems={
                table: [{"PutRequest": {"Item": item(n)}} for n in range(start, start + 25)]})
        return ITEMS

    def get():
        for number in range(ITEMS // 4):
            assert dynamodb.get_item(TableName=table, Key={"pk": item(number)["pk"]})["Item"]
        return ITEMS // 4

    def scan():
        pages = dynamodb.get_paginator("scan").paginate(TableName=table)
        count = sum(page["Count"] for page in pages)
        assert count == ITEMS
        return count

    results = {"PutItem": timed(put), "BatchWriteItem": timed(batch_write), "GetItem": timed(get), "Scan": timed(scan)}
    dynamodb.delete_table(TableName=table)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with servers.flywheel() as (flywheel_url, _), servers.moto() as (moto_url, _):
        contestants = {"Flywheel, fsync": client(flywheel_url), "moto_server": client(moto_url)}
        runs = {name: [] for name in contestants}
        for number in range(options.rounds):
            for name, dynamodb in contestants.items():
                runs[name].append(run(dynamodb, f"bench-{number}"))

    print(f"\nboto3, one client, 400 B items, medians of {options.rounds} interleaved runs, items/s\n")
    rows, results = [["work", *runs, "ratio"]], []
    for work in next(iter(runs.values()))[0]:
        medians = {name: report.median([one[work] for one in values]) for name, values in runs.items()}
        ratio = medians["Flywheel, fsync"] / medians["moto_server"]
        rows.append([work, *(f"{value:,.0f}" for value in medians.values()), f"{ratio:.1f}"])
        results.append({"work": work, "itemsPerSecond": {n: round(v) for n, v in medians.items()}, "ratio": round(ratio, 2)})
    report.table(rows)
    report.save("boto3", {"results": results})


if __name__ == "__main__":
    main()
