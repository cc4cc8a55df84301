"""The parts of the cluster tooling that need no cluster."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.crds import is_established
from tests.cluster.errors import ClusterError
from tests.cluster.files import write_changed
from tests.cluster.host import missing_capabilities
from tests.cluster.oci import Image, image_digest, make_layer, write_image
from tests.cluster.paths import Paths
from tests.cluster.processes import Service, Supervisor, is_alive, start_time
from tests.cluster.shell import run
from tests.cluster.state import Process, State, read_state, write_state


def _tree(folder: Path, *, names: tuple[str, ...]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
        os.utime(folder / name, (len(name), len(names)))
    (folder / "link").symlink_to("a")
    return folder


def test_equal_trees_give_equal_layers_whatever_their_times_and_order(tmp_path: Path) -> None:
    first = make_layer(_tree(tmp_path / "1", names=("a", "b/c")), tmp_path / "1.tar")
    second = make_layer(_tree(tmp_path / "2", names=("b/c", "a")), tmp_path / "2.tar")
    assert first.digest == second.digest


def test_an_image_is_sent_without_the_layers_that_are_there(tmp_path: Path) -> None:
    layer = make_layer(_tree(tmp_path / "1", names=("a",)), tmp_path / "1.tar")
    image = Image("localhost/x:1", (layer,), {"User": "65532"})
    whole, rest = io.BytesIO(), io.BytesIO()
    write_image(image, (image.name,), frozenset(), whole)
    write_image(image, (image.name,), frozenset({layer.digest}), rest)
    assert layer.digest.removeprefix("sha256:").encode() in whole.getvalue()
    assert len(rest.getvalue()) < len(whole.getvalue())
    assert image_digest(image) == image_digest(Image("localhost/x:2", image.layers, image.config))


def test_the_state_survives_fields_of_another_version(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    write_state(file, State(argo="3.7").with_process(Process("etcd", 1, 2, "log")))
    text = file.read_text().replace('"crds": ""', '"unknown": 1')
    file.write_text(text)
    assert read_state(file) == State(argo="3.7").with_process(Process("etcd", 1, 2, "log"))
    assert read_state(tmp_path / "none.json") == State()


def test_a_process_with_another_start_time_is_not_ours(tmp_path: Path) -> None:
    started = start_time(os.getpid())
    assert started is not None
    assert is_alive(Process("self", os.getpid(), started, ""))
    supervisor = Supervisor(Paths(tmp_path))
    supervisor.update(lambda state: state.with_process(Process("self", os.getpid(), started - 1, "")))
    assert not supervisor.stop("self"), "a process whose id was used again must not be ended"


def test_a_service_starts_once_and_is_ended(tmp_path: Path) -> None:
    supervisor = Supervisor(Paths(tmp_path))
    service = Service("sleep", (sys.executable, "-c", "import time; time.sleep(60)"), lambda: True)
    supervisor.start(service)
    first = supervisor.state().processes["sleep"]
    supervisor.start(service)
    assert supervisor.state().processes["sleep"] == first
    assert supervisor.stop("sleep")
    assert not is_alive(first)


def test_a_service_that_ends_at_once_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor(Paths(tmp_path))
    service = Service("broken", (sys.executable, "-c", "raise SystemExit('port taken')"), lambda: False, timeout=10)
    with pytest.raises(ClusterError, match=r"broken ended at once(?s:.*)port taken(?s:.*)Hint: "):
        supervisor.start(service)


def test_a_failed_command_shows_its_output_and_the_hint() -> None:
    with pytest.raises(ClusterError, match=r"exit code 3(?s:.*)no such thing(?s:.*)Hint: do this"):
        run(["sh", "-c", "echo no such thing >&2; exit 3"], hint="do this")


def test_a_file_with_the_same_content_is_not_written_again(tmp_path: Path) -> None:
    file = write_changed(tmp_path / "f" / "x", "1")
    os.utime(file, (1, 1))
    assert write_changed(file, "1").stat().st_mtime == 1
    assert write_changed(file, "2").stat().st_mtime > 1


def test_the_command_line_explains_itself() -> None:
    done = subprocess.run([sys.executable, "-m", "tests.cluster", "--help"], capture_output=True, text=True, check=True)
    assert "stop gateway" in done.stdout


@pytest.mark.parametrize(
    ("effective", "missing"),
    [
        ("000001ffffffffff", []),
        ("00000000a80425fb", ["CAP_NET_ADMIN", "CAP_SYS_ADMIN"]),  # what Docker leaves by default
        ("0000000000001000", ["CAP_SYS_ADMIN"]),
    ],
)
def test_a_machine_that_withholds_rights_is_known(effective: str, missing: list[str]) -> None:
    assert missing_capabilities(f"Name:\tpython\nCapEff:\t{effective}\n") == missing


def test_a_definition_without_conditions_is_not_established_yet() -> None:
    established = {"type": "Established", "status": "True"}
    assert not is_established({"metadata": {}, "status": {"conditions": None}})
    assert not is_established({"metadata": {}})
    assert not is_established({"status": {"conditions": [{**established, "status": "False"}]}})
    assert is_established({"status": {"conditions": [{"type": "NamesAccepted", "status": "True"}, established]}})
