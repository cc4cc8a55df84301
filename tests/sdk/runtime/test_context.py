"""What `current_context()` says: in a container of ours, in one of Flyte's, and when a task is called."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from jetbridge import current_context, task
from jetbridge.errors import UsageError
from jetbridge.runtime.checkpoint import Checkpoint, CheckpointError
from jetbridge.runtime.context import ExecutionContext
from jetbridge.runtime.environment import Identifier
from jetbridge.runtime.execute import run as run_entrypoint
from jetbridge.runtime.secrets import SecretNotFoundError, SecretsManager
from jetbridge.store import open_store
from tests.sdk.runtime.run import TASKS, Run, integer, literal_map, write_inputs


def said(path: Path) -> Mapping[str, str]:
    found = literal_map(path)["o0"].map.literals
    return {name: literal.scalar.primitive.string_value for name, literal in found.items()}


def test_our_layout_tells_the_run_and_the_task(run: Run) -> None:
    assert run.execute("n0", "about", module=TASKS, attempt=2) == 0
    about = said(run.root / "n0" / "outputs.pb")
    assert (about["execution"], about["name"], about["attempt"]) == ("run", "run", "2")
    assert (about["task"], about["folder"], about["dated"]) == (f"{TASKS}.about", "True", "UTC")
    assert about["output"] == f"file://{run.root}/n0"
    assert about["raw"].startswith(f"file://{run.root}/n0/attempts/2-")


def test_flytes_environment_fills_the_context(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "FLYTE_INTERNAL_EXECUTION_ID": "f1",
        "FLYTE_INTERNAL_EXECUTION_PROJECT": "sales",
        "_F_DM": "production",
        "FLYTE_INTERNAL_TASK_NAME": "shop.about",
        "FLYTE_INTERNAL_TASK_VERSION": "v7",
        "FLYTE_ATTEMPT_NUMBER": "3",
        "_FSEC_DB_PASSWORD": " hunter2\n",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    place = ["--inputs", write_inputs(tmp_path / "in.pb", {}), "--output-prefix", f"{tmp_path}/out"]
    assert run_entrypoint([*place, "--", "task-module", TASKS, "task-name", "about"]) == 0
    about = said(tmp_path / "out" / "outputs.pb")
    assert (about["execution"], about["project"], about["domain"]) == ("f1", "sales", "production")
    assert (about["task"], about["version"], about["attempt"]) == ("shop.about", "v7", "3")
    assert about["secret"] == variables["_FSEC_DB_PASSWORD"].strip()


def test_a_called_task_has_a_context_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "local")

    @task
    def ask() -> str:
        context = current_context()
        assert context.checkpoint.read() is None
        context.checkpoint.write(b"1")
        assert not context.checkpoint.prev_exists()
        assert context.execution_id.name
        return context.secrets.get("db", "password")

    assert ask() == "local"


def test_what_a_context_lacks_is_said() -> None:
    context = ExecutionContext(session={"spark_session": "spark"})
    assert context.get("SPARK_SESSION") == "spark"
    assert context.has_attr("spark_session")
    assert not context.has_attr("stats")
    with pytest.raises(AttributeError, match="statsd client of your own"):
        _ = context.stats
    with pytest.raises(UsageError, match="no checkpoint"):
        _ = context.checkpoint


def test_an_identifier_survives_a_copy() -> None:
    there = copy.deepcopy(Identifier("f1", project="p", domain="d", version="v"))
    assert (there, there.project, there.domain, there.version) == ("f1", "p", "d", "v")


# ---- secrets ---------------------------------------------------------------------------------------------------------


def test_secrets_come_from_the_environment_before_files(tmp_path: Path) -> None:
    (tmp_path / "db" / "v2").mkdir(parents=True)
    (tmp_path / "db" / "x-password").write_text(" from a file\n")
    (tmp_path / "db" / "v2" / "x-password").write_bytes(b"\x00versioned\n")
    places = {"FLYTE_SECRETS_DEFAULT_DIR": str(tmp_path), "FLYTE_SECRETS_FILE_PREFIX": "x-"}
    secrets = SecretsManager(places)
    assert secrets.get("DB", "Password") == secrets.db.password == "from a file"
    assert secrets.get("db", "password", "v2", encode_mode="rb") == b"\x00versioned"
    environ = {**places, "FLYTE_SECRETS_ENV_PREFIX": "S_", "S_DB_PASSWORD": "from a variable"}
    assert SecretsManager(environ).get("db", "password") == "from a variable"
    assert secrets.get_secrets_env_var("a", "b", "c") == "_FSEC_A_C_B"


def test_a_secret_that_is_not_there_is_said() -> None:
    secrets = SecretsManager({"DB_PASSWORD": "without the prefix"})
    with pytest.raises(SecretNotFoundError, match=r"_FSEC_DB_PASSWORD.*/etc/secrets/db/password"):
        secrets.get("db", "password")
    with pytest.raises(ValueError, match="neither"):
        secrets.get(key="password")
    with pytest.raises(UsageError, match="without a name"):
        secrets.get()


# ---- checkpoints -----------------------------------------------------------------------------------------------------


def test_an_attempt_goes_on_from_the_newest_checkpoint_before_it(run: Run) -> None:
    for attempt, stop in enumerate([3, 3, 5]):  # the second attempt fails before it writes one
        assert run.execute("n0", "epochs", f"stop=json:{stop}", module=TASKS, attempt=attempt) == 81
    assert run.execute("n0", "epochs", "stop=json:9", module=TASKS, attempt=3) == 0
    assert run.output("n0") == 4


def test_a_folder_survives_a_retry(run: Run) -> None:
    assert run.execute("n0", "files", "first=json:true", module=TASKS) == 81
    assert run.execute("n0", "files", "first=json:false", module=TASKS, attempt=1) == 0
    names = literal_map(run.root / "n0" / "outputs.pb")["o0"].collection.literals
    assert [name.scalar.primitive.string_value for name in names] == ["deep/weights.bin", "epoch.txt"]


def test_flytes_options_say_where_checkpoints_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "_dst_cp").write_bytes(b"4")
    argv = [
        *("--inputs", write_inputs(tmp_path / "in.pb", {"stop": integer(9)}), "--output-prefix", f"{tmp_path}/out"),
        *("--checkpoint-path", f"{tmp_path}/new", "--prev-checkpoint", f"{tmp_path}/old"),
        *("--", "task-module", TASKS, "task-name", "epochs"),
    ]
    assert run_entrypoint(argv) == 0
    assert literal_map(tmp_path / "out" / "outputs.pb")["o0"].scalar.primitive.integer == 4
    assert (tmp_path / "new" / "_dst_cp").read_bytes() == b"6"


def checkpoint(folder: Path, previous: str = "") -> Checkpoint:
    return Checkpoint(open_store(), f"file://{folder}/new", lambda: previous, folder)


def test_what_cannot_be_a_checkpoint_is_said(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "a").write_text("1")
    (old / "b").write_text("2")
    with pytest.raises(CheckpointError, match="found 2"):
        checkpoint(tmp_path, str(old)).read()
    with pytest.raises(CheckpointError, match="cannot be restored to"):
        checkpoint(tmp_path, str(old)).restore(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match="no file or folder"):
        checkpoint(tmp_path).save(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match="StringIO cannot be saved"):
        checkpoint(tmp_path).save(io.StringIO("text"))  # pyright: ignore[reportArgumentType] -- the mistake is meant


def test_files_are_saved_under_their_names(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"m")
    with (tmp_path / "model.bin").open("rb") as file:
        checkpoint(tmp_path).save(file)
    checkpoint(tmp_path).save(str(tmp_path / "model.bin"))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["_dst_cp", "model.bin"]
    (tmp_path / "here").mkdir()
    restored = checkpoint(tmp_path, f"file://{tmp_path}/new").restore(tmp_path / "here")
    assert restored == tmp_path / "here"
    assert (tmp_path / "here" / "model.bin").read_bytes() == b"m"
