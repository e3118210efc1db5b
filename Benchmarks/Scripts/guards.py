"""Instructions and allocations of single operations of the storage engine and of the database, held against what is committed.

Usage: guards.py [--update] PROGRAM...

Times on a shared machine say little; on fixed input, instructions and allocations hardly vary at all, so that what costs
more by a twentieth is seen in the change that brings it. Callgrind counts both from where `guardedOperations` is entered to where it
is left, and only on the thread that calls it. Benchmarks/guards.txt has the thresholds. What costs less by a fifth fails as well: it
may be that the work isn't done any more, and if it is, a threshold that far off guards nothing.
"""

import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

THRESHOLDS = pathlib.Path(__file__).resolve().parents[1] / "guards.txt"
OPERATIONS = 2_000
OPERATIONS_OF_SCANS = 100
SLACK = 0.05
SLACK_BELOW = 0.2
# An allocation in so many operations is the growth of a buffer.
ALLOCATIONS_SLACK = 0.01
# How often a work that costs too much is measured again, for the least: a clock is asked, and a thread in the background may have
# changed on what files the work comes to be done.
RETRIES_MAX = 2
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign", "mmap"}

HEADING = """\
# What one operation of the storage engine or of the database costs, counted by `make guard`, which fails on more than a twentieth
# above. After a deliberate change `make guard UPDATE=1` writes this file anew: the difference belongs into the change's description.
# A scan of the engine and a query read 100 entries; with put-in-batches, an operation is an entry of a batch of 100; scan-tree and
# scan read a page of a mebibyte, of which a filter keeps 1%. The database's items are of 400 B, and tree-get and so on are the raw tree's
# work on the same bytes; -json is from a request's bytes to a response's. On x86-64.
#
# work            instructions  allocations
"""


def measure(program, work):
    count = OPERATIONS_OF_SCANS if work.startswith("scan") else OPERATIONS
    with tempfile.TemporaryDirectory() as folder:
        profile = pathlib.Path(folder) / "profile"
        function = guarded(program)
        command = ["valgrind", "--tool=callgrind", "--separate-threads=yes",
                   f"--zero-before={function}", f"--dump-after={function}",
                   f"--callgrind-out-file={profile}", program, work, str(count)]
        environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
        run = subprocess.run(command, capture_output=True, text=True, env=environment)
        if run.returncode != 0:
            sys.exit(f"guards: {work} ended with {run.returncode}\n{run.stdout}{run.stderr}")
        # The first dump, which has a file of its own for each thread: one of them made the call.
        threads = [parse(file, function) for file in sorted(profile.parent.glob("profile.1-*"))]
        instructions, allocations = max(threads, default=(0, 0))
    if instructions == 0:
        sys.exit(f"guards: {work}: callgrind has not found what to count")
    return instructions / count, allocations / count


def guarded(program):
    """The function that is measured, by the name that it has for the linker."""
    symbols = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout.split()
    return next(symbol for symbol in symbols if "guardedOperations" in symbol)


def parse(profile, function):
    """The instructions of the call of `function`, and how often an allocator was called."""
    names, called, instructions, allocations = {}, None, 0, 0
    for line in profile.read_text().splitlines():
        # A function has its name where it first occurs, and a number from then on.
        if match := re.match(r"c?fn=\((\d+)\)(?: (.+))?", line):
            if match[2]:
                names[match[1]] = match[2].split("'")[0].split("@")[0]
            if line.startswith("cfn="):
                called = names[match[1]]
        elif line.startswith("calls="):
            if called in ALLOCATORS:
                allocations += int(line[len("calls="):].split()[0])
        elif called:
            # What a call costs stands in the line behind it.
            if called == function:
                instructions += int(line.split()[-1])
            called = None
    return instructions, allocations


def thresholds():
    lines = [line.split() for line in THRESHOLDS.read_text().splitlines() if line and not line.startswith("#")]
    return {work: (float(instructions), float(allocations)) for work, instructions, allocations in lines}


def main():
    if shutil.which("valgrind") is None:
        # There is none for macOS on Apple's processors; on Linux, make has installed it.
        print("guards: skipped, since there is no valgrind here")
        return
    programs, update = [a for a in sys.argv[1:] if a != "--update"], "--update" in sys.argv
    found, program_of = {}, {}
    for program in programs:
        for work in subprocess.run([program], capture_output=True, text=True, check=True).stdout.split():
            found[work], program_of[work] = measure(program, work), program
    if update:
        THRESHOLDS.write_text(HEADING + "".join(
            f"{work:17} {instructions:12.0f} {allocations:12.2f}\n"
            for work, (instructions, allocations) in found.items()))
        print(THRESHOLDS.read_text(), end="")
        return
    known = thresholds()
    if set(known) != set(found):
        sys.exit(f"guards: {THRESHOLDS.name} is of other works than the programs; make guard UPDATE=1")
    counts_instructions = platform.machine() in ("x86_64", "AMD64")
    failed = False
    print("work              instructions   allowed    allocations   allowed")
    for work, (instructions, allocations) in found.items():
        most = known[work][0] * (1 + SLACK)
        allocations_most = known[work][1] * (1 + SLACK) + ALLOCATIONS_SLACK
        note = ""
        for _ in range(RETRIES_MAX):
            if instructions <= most and allocations <= allocations_most:
                break
            again = measure(program_of[work], work)
            instructions, allocations = min(instructions, again[0]), min(allocations, again[1])
        if counts_instructions and instructions > most or allocations > allocations_most:
            note, failed = "  TOO MUCH", True
        elif counts_instructions and instructions < known[work][0] * (1 - SLACK_BELOW):
            note, failed = "  FAR LESS: is it done? make guard UPDATE=1", True
        elif counts_instructions and instructions < known[work][0] * (1 - SLACK):
            note = "  less than it was: make guard UPDATE=1"
        print(f"{work:17} {instructions:12.0f} {most:9.0f} {allocations:14.2f} {allocations_most:9.2f}{note}")
    if failed:
        sys.exit("guards: an operation costs something else than Benchmarks/guards.txt allows")


main()
