"""AIRFLOW_HOME and the child process, with a small program in Airflow's place: only what it leaves behind counts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jetbridge.errors import RunError, UsageError
from jetbridge.idl import LiteralMap
from jetbridge_translators.airflow.child import child
from jetbridge_translators.airflow.home import AirflowHome, airflow_version, environment, new_home
from jetbridge_translators.airflow.run import run
from jetbridge_translators.base import RunRequest
from tests.translators.airflow.plans import penguins, settings

MIGRATES = """\
#!/bin/sh
echo migrated >> "$XDG_CACHE_HOME/calls"
sleep 0.2
echo tables > "$AIRFLOW_HOME/airflow.db"
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(tmp_path)}


def program(folder: Path, text: str) -> str:
    path = folder / "airflow"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def homes() -> Iterator[list[AirflowHome]]:
    made: list[AirflowHome] = []
    yield made
    for home in made:
        shutil.rmtree(home.folder)


def test_the_database_is_migrated_once_and_copied(
    tmp_path: Path, environ: dict[str, str], homes: list[AirflowHome]
) -> None:
    airflow = program(tmp_path, MIGRATES)
    with ThreadPoolExecutor(3) as pool:
        homes += pool.map(new_home, [airflow] * 3, [environ] * 3)
    assert (tmp_path / "calls").read_text() == "migrated\n"
    assert {home.database.read_text() for home in homes} == {"tables\n"}
    assert len({home.folder for home in homes}) == 3
    assert all(home.dags.is_dir() for home in homes)
    assert sorted(path.name for path in (tmp_path / "jetbridge" / "airflow" / airflow_version()).iterdir()) == [
        "airflow.db",
        "lock",
    ]


def test_a_migration_that_fails_leaves_no_database(tmp_path: Path, environ: dict[str, str]) -> None:
    airflow = program(tmp_path, "#!/bin/sh\necho disk is full\nexit 3\n")
    with pytest.raises(RunError, match="disk is full"):
        new_home(airflow, environ)
    assert not list(tmp_path.rglob("airflow.db"))


def test_another_installations_settings_are_left_out(tmp_path: Path) -> None:
    home = AirflowHome(tmp_path)
    env = environment(home, {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW_CONN_DB": "x", "HOME": "/h"})
    assert "AIRFLOW__CORE__EXECUTOR" not in env
    assert env["AIRFLOW_CONN_DB"] == "x"
    assert env["AIRFLOW_HOME"] == str(tmp_path)
    assert env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{tmp_path}/airflow.db"


def test_bytecode_is_kept_where_python_may_write_none(tmp_path: Path) -> None:
    given = {"XDG_CACHE_HOME": "/cache", "PYTHONDONTWRITEBYTECODE": "1"}
    env = environment(AirflowHome(tmp_path), given)
    assert "PYTHONDONTWRITEBYTECODE" not in env
    assert env["PYTHONPYCACHEPREFIX"] == "/cache/jetbridge/airflow/bytecode"
    assert "PYTHONPYCACHEPREFIX" not in environment(AirflowHome(tmp_path), {"XDG_CACHE_HOME": "/cache"})


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def ends(pid: int) -> bool:
    """Whether a process that was killed is gone soon: the kernel takes a moment for one that is not our child."""
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_alive(pid)


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < deadline, f"{path} was not written"
        time.sleep(0.02)
    return path.read_text().strip()


def interrupted(command: list[str], folder: Path, pids: list[int], error: BaseException) -> None:
    """Starts a child that writes process ids to `pids`, and fails as soon as they are there."""
    with child(command, os.environ, folder / "log", 0.1):
        pids += [int(pid) for pid in wait_for(folder / "pids").split()]
        assert all(is_alive(pid) for pid in pids)
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RunError("x")])
def test_no_process_is_left(tmp_path: Path, error: BaseException) -> None:
    script = f"trap '' INT TERM; sleep 60 & echo $$ $! > {tmp_path}/pids; wait"
    pids: list[int] = []
    with pytest.raises(type(error)):
        interrupted(["sh", "-c", script], tmp_path, pids, error)
    assert len(pids) == 2
    assert all(ends(pid) for pid in pids)


def terminated(command: list[str], folder: Path, pids: list[int]) -> None:
    with child(command, os.environ, folder / "log", 0.1):
        pids += [int(wait_for(folder / "pids"))]
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)


def test_a_termination_signal_ends_the_child_too(tmp_path: Path) -> None:
    pids: list[int] = []
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit, match=str(128 + signal.SIGTERM)):
        terminated(["sh", "-c", f"echo $$ > {tmp_path}/pids; exec sleep 60"], tmp_path, pids)
    assert ends(pids[0])
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_child_can_be_started_beside_the_main_thread(tmp_path: Path) -> None:
    codes: list[int] = []

    def start() -> None:
        with child(["sh", "-c", "echo out; echo err >&2"], os.environ, tmp_path / "log", 0.1) as process:
            codes.append(process.wait())

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert codes == [0]
    assert (tmp_path / "log").read_text() == "out\nerr\n"


def test_pods_need_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="KUBECONFIG") as caught:
        run(penguins(), RunRequest(run_id="r", inputs=LiteralMap(), settings=settings()))
    assert "--containers process" in caught.value.hint


def test_without_airflow_the_hint_installs_it() -> None:
    program = (
        "import importlib.metadata as m, sys\n"
        "m.version = lambda name: (_ for _ in ()).throw(m.PackageNotFoundError(name))\n"
        "from jetbridge_translators.airflow.home import airflow_version\n"
        "airflow_version()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "UsageError: Airflow is not installed" in done.stderr
    assert "pip install 'apache-airflow-core>=3.0,<4'" in done.stderr
    assert "import airflow" not in done.stderr
