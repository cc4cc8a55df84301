"""Runs one command and writes what it used as JSON: `python -I -S launcher.py DESCRIPTOR COMMAND …`.

A process of its own, because Linux counts the memory of whoever starts a program into the program's peak
(`exec_mmap` keeps the old `maxrss`). This one holds 8 MiB, less than anything that is measured here.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main(descriptor: int, command: list[str]) -> int:
    """Waits for the command; returns its exit code, negative for a signal."""
    started = time.monotonic()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, used = os.wait4(pid, 0)
    seconds = time.monotonic() - started
    record = {"wall": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * 1024}
    os.write(descriptor, json.dumps(record).encode())
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
