"""What runs on Airflow need: Airflow with its providers here, and the server that the environment names."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jetbridge_translators.airflow.options import TARGETS, option
from jetbridge_translators.airflow.rest import URL, Api, api
from jetbridge_translators.base import Settings
from jetbridge_translators.diagnosis import FAILED, OK, UNKNOWN, WARNING, Check

_CORE = "apache-airflow-core"
_PROVIDER = "apache-airflow-providers-"
_PODS, _STANDARD, _SQL = (f"{_PROVIDER}{name}" for name in ("cncf-kubernetes", "standard", "common-sql"))


def diagnose(settings: Settings) -> Iterator[Check]:
    """Airflow here, its providers, and the API server. Raises `RunError` or `UsageError` when the server refuses."""
    yield from _here(settings)
    server = api({**os.environ, **settings.connection})
    if server is None:
        told = f"{URL} is not set; only gates and logs of runs that an Airflow has started by itself need it"
        yield Check("API server", UNKNOWN, told)
        return
    yield from _server(server, settings)


def _here(settings: Settings) -> Iterator[Check]:
    found = _version(_CORE)
    if not found:
        mend = f"To run on Airflow from here: pip install '{_CORE}>=3.0,<4' {_STANDARD} {_PODS}"
        yield Check("Airflow", FAILED, "not installed in this environment", mend)
        return
    yield _airflow(found)
    yield _program()
    wanted = {_STANDARD: FAILED, _PODS: FAILED if option(settings, "containers") == "pod" else WARNING, _SQL: WARNING}
    for name, otherwise in wanted.items():
        its = _version(name)
        yield Check(name, OK, its) if its else Check(name, otherwise, "not installed", f"pip install {name}")
    if os.environ.get("AIRFLOW_HOME"):
        yield Check("AIRFLOW_HOME", OK, f"{os.environ['AIRFLOW_HOME']}; `jetbridge run` makes one of its own each time")


def _airflow(found: str) -> Check:
    line = ".".join(found.split(".")[:2])
    if line in TARGETS:
        return Check("Airflow", OK, found)
    older = _numbers(line) < _numbers(TARGETS[0])
    mend = f"Tested are {TARGETS[0]} to {TARGETS[-1]}: pip install '{_CORE}=={TARGETS[-1]}.*'"
    return Check("Airflow", FAILED if older else WARNING, found, mend)


def _program() -> Check:
    beside = Path(sys.executable).parent / "airflow"
    found = str(beside) if beside.exists() else shutil.which("airflow")
    if found:
        return Check("airflow command", OK, found)
    return Check("airflow command", FAILED, "not found", f"pip install --force-reinstall {_CORE}")


def _server(server: Api, settings: Settings) -> Iterator[Check]:
    status, found = server.post_or_get("GET", "/api/v2/version", None)
    if status >= 300:
        yield Check("API server", FAILED, f"{server.url} answers {status}", f"Check {URL}: Airflow 3 has /api/v2.")
        return
    yield Check("API server", OK, f"{server.url}, Airflow {found.get('version', '')}")
    _, health = server.post_or_get("GET", "/api/v2/monitor/health", None)
    for part in ("metadatabase", "scheduler", "dag_processor"):
        told: dict[str, Any] = health.get(part) or {}
        state = told.get("status")
        mend = (
            "" if state == "healthy" else "Look at that part of Airflow: DAGs are not read or not started without it."
        )
        yield Check(part, OK if state == "healthy" else WARNING, str(state), mend)
    status, _ = server.call("GET", "dags?limit=1")
    mend = "" if status < 300 else "Give the user the right to read DAGs."
    yield Check("login", OK if status < 300 else FAILED, "DAGs can be read" if status < 300 else f"{status}", mend)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
