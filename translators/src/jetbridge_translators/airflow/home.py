"""A fresh AIRFLOW_HOME for one run, with a copy of a database that was migrated once for this version of Airflow."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jetbridge.errors import RunError, UsageError
from jetbridge_translators.airflow.options import TARGETS

DATABASE = "airflow.db"


@dataclass(frozen=True, slots=True)
class AirflowHome:
    """The files of one Airflow installation."""

    folder: Path

    @property
    def database(self) -> Path:
        """The metadata database."""
        return self.folder / DATABASE

    @property
    def dags(self) -> Path:
        """The DAGs folder."""
        return self.folder / "dags"

    @property
    def log(self) -> Path:
        """What Airflow and the tasks print."""
        return self.folder / "airflow.log"


def airflow_version() -> str:
    """The version of Airflow in this environment. Raises `UsageError` when there is none."""
    try:
        return version("apache-airflow-core")
    except PackageNotFoundError as error:
        raise UsageError(
            "Airflow is not installed in this environment",
            hint="pip install 'apache-airflow-core>=3.0,<4' apache-airflow-providers-standard "
            "apache-airflow-providers-cncf-kubernetes",
        ) from error


def installed_target() -> str:
    """The target of the Airflow of this environment, the newest one for a newer Airflow; empty without Airflow."""
    try:
        major, minor, *_ = version("apache-airflow-core").split(".")
    except PackageNotFoundError:
        return ""
    own = f"{major}.{minor}"
    return own if own in TARGETS else TARGETS[-1]


def new_home(program: str, environ: Mapping[str, str]) -> AirflowHome:
    """A new folder with a migrated, empty database and an empty DAGs folder."""
    template = _template(program, environ)
    home = AirflowHome(Path(tempfile.mkdtemp(prefix="jetbridge-airflow-")))
    home.dags.mkdir()
    shutil.copyfile(template, home.database)
    return home


def environment(home: AirflowHome, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which Airflow knows this home only: no example DAGs, no telemetry, no settings of another."""
    inherited = {key: value for key, value in environ.items() if not key.startswith(("AIRFLOW__", "AIRFLOW_CONFIG"))}
    return {
        **_with_bytecode(inherited),
        "AIRFLOW_HOME": str(home.folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home.dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home.database}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home.folder / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def _with_bytecode(environ: Mapping[str, str]) -> dict[str, str]:
    """Bytecode in our own cache where Python may write none: compiling Airflow's modules takes 3 s of each start."""
    if not environ.get("PYTHONDONTWRITEBYTECODE") or "PYTHONPYCACHEPREFIX" in environ:
        return dict(environ)
    kept = {key: value for key, value in environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(_cache(environ) / "bytecode")}


def _template(program: str, environ: Mapping[str, str]) -> Path:
    """The migrated database of this version; made once, by one process at a time."""
    folder = _cache(environ) / airflow_version()
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / DATABASE
    with _locked(folder / "lock"):
        if not database.exists():
            _migrate(program, environ, database)
    return database


def _cache(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "jetbridge" / "airflow"


@contextmanager
def _locked(path: Path) -> Generator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate(program: str, environ: Mapping[str, str], target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="jetbridge-airflow-", dir=target.parent) as folder:
        home = AirflowHome(Path(folder))
        done = subprocess.run(
            [program, "db", "migrate"],
            env=environment(home, environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RunError(
                f"`airflow db migrate` failed: {_last_line(done.stdout)}",
                hint=f"Run it to see more: {program} db migrate",
            )
        home.database.replace(target)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no output"])[-1]
