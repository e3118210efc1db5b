#!/usr/bin/env python3
"""Loads a Debian package index into a table, asks it questions, and checks what it was told.

The data is what `apt-cache dumpavail` prints: one record a package of the system's distribution, each with
10 to 25 fields. The table is keyed by section and package name and has a global index on the maintainer.

    load_packages.py --endpoint http://127.0.0.1:8000 --acks packages.acks
    load_packages.py --endpoint http://127.0.0.1:8000 --audit packages.acks

The first loads and queries, and notes every package whose write was acknowledged in a file. The second
checks that every package in that file is in the table. Needs boto3.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import subprocess
import sys
import time

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.config import Config
from botocore.exceptions import ClientError

TABLE = "packages"
INDEX = "by-maintainer"
BATCH_ITEMS = 25
WRITERS = 4
DPKG_STATUS = pathlib.Path("/var/lib/dpkg/status")
NUMBERS = {"size", "installed-size"}
LISTS = {"depends", "recommends", "suggests", "tag", "provides"}


def index_text():
    """The package index, and what it was read from."""
    try:
        available = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        available = ""
    if available.strip():
        return available, "apt-cache dumpavail"
    return DPKG_STATUS.read_text(encoding="utf-8"), f"{DPKG_STATUS} (apt has no index here; try apt-get update)"


def records(text):
    """The records of a package index: fields by lower-case name; continuation lines joined."""
    for block in text.split("\n\n"):
        fields, name = {}, None
        for line in block.splitlines():
            if line[:1] in (" ", "\t") and name:
                fields[name] += "\n" + line.strip()
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.lower()
                fields[name] = value.strip()
        if "package" in fields:
            yield fields


def item(fields):
    """An item: numbers as numbers, lists as lists, the rest as text."""
    made = {}
    for name, value in fields.items():
        if name in NUMBERS:
            made[name] = int(value)
        elif name in LISTS:
            made[name] = [part.strip() for part in value.split(",") if part.strip()]
        elif value:
            made[name] = value
    made.setdefault("section", "unknown")
    made.setdefault("maintainer", "nobody")
    return made


def packages(limit):
    """The items to load: one a section and name, at most `limit`; and where they came from."""
    text, source = index_text()
    found = {}
    for fields in records(text):
        made = item(fields)
        found.setdefault((made["section"], made["package"]), made)
        if limit and len(found) == limit:
            break
    return list(found.values()), source


def create_table(dynamodb):
    try:
        table = dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": "section", "KeyType": "HASH"},
                {"AttributeName": "package", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("section", "package", "maintainer")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": INDEX,
                    "KeySchema": [
                        {"AttributeName": "maintainer", "KeyType": "HASH"},
                        {"AttributeName": "package", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["version", "size"]},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        table.wait_until_exists()
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise
        table = dynamodb.Table(TABLE)
    return table


def load(dynamodb, items, acks):
    """Writes all items in batches, from several threads; notes each batch in `acks` when it is answered."""

    client = dynamodb.meta.client  # clients may be shared by threads; resources may not

    def write(batch):
        requests = {TABLE: [{"PutRequest": {"Item": made}} for made in batch]}
        while requests:
            requests = client.batch_write_item(RequestItems=requests)["UnprocessedItems"]
        return batch

    batches = [items[start : start + BATCH_ITEMS] for start in range(0, len(items), BATCH_ITEMS)]
    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        for batch in pool.map(write, batches):
            if acks:
                acks.writelines(f"{made['section']}\t{made['package']}\n" for made in batch)
                acks.flush()


def pages(ask, **request):
    """All items of a query or scan."""
    while True:
        answer = ask(**request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def check(name, found, expected):
    if sorted(found) != sorted(expected):
        sys.exit(f"{name}: {len(found)} found, {len(expected)} expected")
    print(f"{name}: {len(found)}, as expected")


def ask_questions(table, items):
    """Each question is also answered from the items in memory, and the answers must agree."""
    by_section = collections.Counter(made["section"] for made in items)
    section = by_section.most_common(1)[0][0]
    for prefix in ("lib", "py", "a"):
        check(
            f"section {section}, names beginning with {prefix}",
            [made["package"] for made in pages(
                table.query, KeyConditionExpression=Key("section").eq(section) & Key("package").begins_with(prefix))],
            [made["package"] for made in items
             if made["section"] == section and made["package"].startswith(prefix)])

    by_maintainer = collections.Counter(made["maintainer"] for made in items)
    for maintainer, _ in by_maintainer.most_common(3):
        check(
            f"maintained by {maintainer}",
            [(made["section"], made["package"]) for made in pages(
                table.query, IndexName=INDEX, KeyConditionExpression=Key("maintainer").eq(maintainer))],
            [(made["section"], made["package"]) for made in items if made["maintainer"] == maintainer])

    large = 10_000_000
    check(
        f"larger than {large} bytes",
        [made["package"] for made in pages(
            table.scan, FilterExpression=Attr("size").gt(large) & Attr("depends").exists(),
            ProjectionExpression="package")],
        [made["package"] for made in items if made.get("size", 0) > large and "depends" in made])


def update(table, items):
    """Marks some packages as reviewed, once: the second time every condition fails."""
    chosen = items[:: max(1, len(items) // 50)]
    for attempt in (1, 2):
        refused = 0
        for made in chosen:
            try:
                table.update_item(
                    Key={"section": made["section"], "package": made["package"]},
                    UpdateExpression="SET reviewed = :yes ADD reviews :one",
                    ConditionExpression="attribute_exists(package) AND attribute_not_exists(reviewed)",
                    ExpressionAttributeValues={":yes": True, ":one": 1})
            except ClientError as error:
                if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                    raise
                refused += 1
        expected = 0 if attempt == 1 else len(chosen)
        if refused != expected:
            sys.exit(f"updates: {refused} refused, {expected} expected")
    print(f"updates under a condition: {len(chosen)} made, and refused the second time")


def audit(table, path):
    """Every acknowledged package is in the table."""
    with open(path, encoding="utf-8") as file:
        acknowledged = {tuple(line.rstrip("\n").split("\t")) for line in file if line.endswith("\n")}
    found = {(made["section"], made["package"]) for made in pages(
        table.scan, ProjectionExpression="#s, package", ExpressionAttributeNames={"#s": "section"},
        ConsistentRead=True)}
    missing = acknowledged - found
    if missing:
        sys.exit(f"audit: {len(missing)} of {len(acknowledged)} acknowledged packages are missing: {min(missing)}")
    print(f"audit: all {len(acknowledged)} acknowledged packages are there")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", default="http://127.0.0.1:8000")
    parser.add_argument("--limit", type=int, default=0, help="load only so many packages")
    parser.add_argument("--acks", help="file to note acknowledged packages in")
    parser.add_argument("--audit", metavar="ACKS", help="only check the packages that this file names")
    options = parser.parse_args()

    dynamodb = boto3.resource(
        "dynamodb", endpoint_url=options.endpoint, region_name="us-east-1",
        aws_access_key_id="any", aws_secret_access_key="any",
        config=Config(max_pool_connections=WRITERS, retries={"total_max_attempts": 1}))
    if options.audit:
        return audit(dynamodb.Table(TABLE), options.audit)

    items, source = packages(options.limit)
    fields = sum(map(len, items)) / len(items)
    print(f"{len(items)} packages from {source}, {fields:.1f} attributes each")
    table = create_table(dynamodb)
    started = time.monotonic()
    if options.acks:
        with open(options.acks, "a", encoding="utf-8") as acks:
            load(dynamodb, items, acks)
    else:
        load(dynamodb, items, None)
    seconds = time.monotonic() - started
    print(f"loaded in {seconds:.1f} s: {len(items) / seconds:.0f} items/s")
    ask_questions(table, items)
    update(table, items)


if __name__ == "__main__":
    main()
