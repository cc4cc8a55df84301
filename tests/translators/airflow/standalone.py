"""An Airflow of a user's: `airflow standalone` with its scheduler, its API server and LocalExecutor, and a client."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar

from jetbridge_translators.airflow.home import AirflowHome, environment, new_home

AIRFLOW = Path(sys.executable).parent / "airflow"
PASSWORDS = "simple_auth_manager_passwords.json.generated"
_READY_SECONDS = 600.0
_LONGEST = 600.0
_GRACE_SECONDS = 10.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standalone:
    """A running Airflow, through its REST API."""

    home: AirflowHome
    port: int
    token: str

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """The status and the JSON of a call below /api/v2."""
        return _call(self.port, method, f"/api/v2/{path}", body, self.token)

    def trigger(self, dag_id: str, conf: Mapping[str, object]) -> tuple[int, Any]:
        """Starts a DAG run."""
        return self.request("POST", f"dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})

    def ended(self, dag_id: str, run_id: str) -> str:
        """The final state of a DAG run."""

        def final() -> str:
            # On a busy machine the API server may take longer than the time-out.
            with suppress(TimeoutError):
                _, run = self.request("GET", f"dags/{dag_id}/dagRuns/{run_id}")
                return run["state"] if run["state"] in ("success", "failed") else ""
            return ""

        return _wait(final, _LONGEST, f"{dag_id} does not end")

    def tasks(self, dag_id: str, run_id: str) -> dict[str, tuple[str, int]]:
        """State and attempts of each task."""
        _, found = self.request("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")
        return {task["task_id"]: (task["state"], task["try_number"]) for task in found["task_instances"]}


@contextmanager
def standalone(dags: Path, environ: Mapping[str, str]) -> Generator[Standalone]:
    """Starts Airflow with the DAG files of a folder and waits until it knows them; nothing of it is left afterwards."""
    user = {**environ, "PATH": os.pathsep.join([str(AIRFLOW.parent), environ.get("PATH", "")])}
    home = new_home(str(AIRFLOW), user)
    port, *logs = _free_ports(3)
    for file in dags.glob("*.py"):
        shutil.copy(file, home.dags)
    with home.log.open("wb") as output:
        process = subprocess.Popen(
            [AIRFLOW, "standalone"],
            env={**environment(home, user), **_settings(port, *logs)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield _ready(process, home, port, [file.stem for file in dags.glob("*.py")])
    finally:
        _end(process)
        shutil.rmtree(home.folder, ignore_errors=True)


def _settings(port: int, *logs: int) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(logs[0]),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(logs[1]),
    }


def _ready(process: subprocess.Popen[bytes], home: AirflowHome, port: int, names: list[str]) -> Standalone:
    def known() -> Standalone | None:
        assert process.poll() is None, _tail(home)
        with suppress(OSError, KeyError, ValueError):
            made = Standalone(home, port, _token(home, port))
            _, found = made.request("GET", "dags")
            return made if found["total_entries"] == len(names) else None
        return None

    try:
        return _wait(known, _READY_SECONDS, "Airflow does not come up")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{_tail(home)}") from error


def _token(home: AirflowHome, port: int) -> str:
    ((name, password),) = json.loads((home.folder / PASSWORDS).read_text()).items()
    _, found = _call(port, "POST", "/auth/token", {"username": name, "password": password})
    return found["access_token"]


def _call(port: int, method: str, path: str, body: object, token: str = "") -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def _wait(look: Callable[[], T | None], seconds: float, otherwise: str) -> T:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, otherwise
        time.sleep(1)
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends all processes of its group: first as Ctrl-C does, then surely."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


def _tail(home: AirflowHome) -> str:
    return "\n".join(home.log.read_text(errors="replace").splitlines()[-40:])
