# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""flytekit's real commands without the seconds of importing flytekit for each task.

`python preloaded.py SOCKET` imports flytekit once, and runs each command that comes by the socket in a fork of itself:
its arguments, environment, folder and standard streams are those of whoever asks (`command.py`).
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sys
import traceback
from array import array
from pathlib import Path

import numpy  # noqa: F401
import pandas  # noqa: F401
import pyarrow.parquet  # noqa: F401
import pydantic  # noqa: F401
from flytekit.bin import entrypoint

COMMANDS = {
    "pyflyte-execute": entrypoint.execute_task_cmd,
    "pyflyte-fast-execute": entrypoint.fast_execute_task_cmd,
    "pyflyte-map-execute": entrypoint.map_execute_task_cmd,
}


def serve(path: str) -> None:
    """Serves until it is ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        connection, _ = server.accept()
        if os.fork() == 0:
            server.close()
            _answer(connection)
        connection.close()


def _answer(connection: socket.socket) -> None:
    """In a fork of its own: a second one runs the command, this one waits for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, streams = _received(connection)
    child = os.fork()
    if child == 0:
        connection.close()
        _run(request, streams)
    _, status = os.waitpid(child, 0)
    connection.sendall(bytes([os.waitstatus_to_exitcode(status) & 0xFF]))
    os._exit(0)


def _received(connection: socket.socket) -> tuple[dict, list[int]]:
    size = array("i").itemsize
    data, ancillary, _, _ = connection.recvmsg(1 << 20, socket.CMSG_SPACE(3 * size))
    streams = array("i")
    for _, _, content in ancillary:
        streams.frombytes(content[: len(content) - len(content) % size])
    while not data.endswith(b"\n"):
        data += connection.recv(1 << 20)
    return json.loads(data), list(streams)


def _run(request: dict, streams: list[int]) -> None:
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environ"])
    paths = request["environ"].get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [path for path in paths if path]
    sys.argv = request["argv"]
    random.seed()  # else all forks would choose the same names
    code = 1
    try:
        COMMANDS[Path(sys.argv[0]).name].main(sys.argv[1:], standalone_mode=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException as error:
        traceback.print_exception(error)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
