"""Stands where a command of flytekit is looked for, and asks the preloaded flytekit to run it (`preloaded.py`)."""

import json
import os
import socket
import sys
from pathlib import Path


def main() -> int:
    """The command's exit code."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(os.environ["FLYTEKIT_PRELOADED"])
    request = {"argv": sys.argv, "environ": dict(os.environ), "cwd": str(Path.cwd())}
    data = json.dumps(request).encode() + b"\n"
    sent = socket.send_fds(connection, [data[:1]], [0, 1, 2])
    connection.sendall(data[sent:])
    answer = connection.recv(1)
    return answer[0] if answer else 1


if __name__ == "__main__":
    sys.exit(main())
