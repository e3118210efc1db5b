"""Results as a table for people and JSON for programs."""

import json
import os
import pathlib
import platform
import statistics
import subprocess

PACKAGE = pathlib.Path(__file__).resolve().parents[2]


def machine():
    model = next(
        (line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.machine())
    commit = subprocess.run(
        ["git", "-C", PACKAGE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {"processor": model, "cores": os.cpu_count(), "system": platform.platform(), "commit": commit}


def median(values):
    return statistics.median(values)


def spread(values):
    """How far apart the runs were: (largest − smallest) / median."""
    return (max(values) - min(values)) / median(values)


def save(name, results):
    path = PACKAGE / ".build/bench" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine(), **results}, indent=2) + "\n")
    print(f"\nwritten to {path.relative_to(PACKAGE)}")


def table(rows):
    """Prints rows of text in columns; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))))
        if number == 0:
            print("  ".join("-" * width for width in widths))
