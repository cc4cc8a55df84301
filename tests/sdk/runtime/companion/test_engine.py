"""Container engines: which one is taken, and what it is asked for. A real one runs in tests/on_cluster."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jetbridge.errors import RunError, UsageError
from jetbridge.runtime.companion.engine import Engine, find_engine
from tests.sdk.raw import shout

MOUNTS = {Path("/work/in"): "/in"}
ENV = {"A": "1 2"}
ARGV = ("sh", "-c", "true")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with what a test puts there alone."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JETBRIDGE_CONTAINER_ENGINE", raising=False)
    return tmp_path


def install(folder: Path, name: str, source: str) -> None:
    program = folder / name
    program.write_text(f"#!{sys.executable}\n{source}")
    program.chmod(0o755)


def test_docker_runs_the_command_instead_of_the_image_s_own_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 100)
    assert Engine(("docker",), "docker").run("n", "box:1", MOUNTS, ENV, ARGV) == (
        *("docker", "run", "--rm", "--name", "n", "--user", "1000:100"),
        *("--mount", "type=bind,source=/work/in,target=/in", "--env", "A=1 2"),
        *("--entrypoint", "sh", "box:1", "-c", "true"),
    )
    assert "--user" not in Engine(("podman",), "podman").run("n", "box:1", MOUNTS, ENV, ARGV)


def test_containerd_s_own_client_has_other_options() -> None:
    command = Engine(("ctr", "--namespace", "k8s.io"), "ctr").run("n", "box:1", MOUNTS, ENV, ARGV)
    assert command == (
        *("ctr", "--namespace", "k8s.io", "run", "--rm", "--net-host"),
        *("--mount", "type=bind,src=/work/in,dst=/in,options=rbind:rw", "--env", "A=1 2", "box:1", "n", *ARGV),
    )


def test_the_first_that_answers_is_taken(programs: Path) -> None:
    install(programs, "docker", "raise SystemExit('Cannot connect to the Docker daemon')")
    install(programs, "nerdctl", "pass")
    assert find_engine(os.environ) == Engine(("nerdctl",), "nerdctl")


def test_one_that_is_named_is_taken(programs: Path) -> None:
    install(programs, "sudo", "pass")
    environ = {**os.environ, "JETBRIDGE_CONTAINER_ENGINE": "sudo /opt/bin/ctr --namespace 'a b'"}
    assert find_engine(environ) == Engine(("sudo", "/opt/bin/ctr", "--namespace", "a b"), "ctr")


def test_without_one_each_is_told_with_its_reason(programs: Path) -> None:
    install(programs, "docker", "raise SystemExit('Cannot connect to the Docker daemon')")
    with pytest.raises(UsageError, match="there is no podman") as caught:
        find_engine(os.environ)
    assert "docker does not answer (Cannot connect to the Docker daemon)" in caught.value.message
    assert "JETBRIDGE_CONTAINER_ENGINE" in caught.value.hint


ENGINE = """\
import os, subprocess, sys
if sys.argv[1] == "version":
    raise SystemExit(0)
words = sys.argv[2:]
mounts = dict(
    reversed([part.partition("=")[2] for part in word.split(",")[1:]]) for word in words if word.startswith("type=bind")
)
given = dict(word.split("=", 1) for at, word in enumerate(words) if words[at - 1] == "--env")
assert given["GREETING"] == "hello"
at = words.index("--entrypoint")
argv = [words[at + 1], *words[at + 3 :]]
for place, here in mounts.items():
    argv = [word.replace(place + "/", here + "/") for word in argv]
raise SystemExit(subprocess.run(argv, env={**given, "PATH": "/usr/bin:/bin"}).returncode)
"""
"""Does with folders of this machine what an engine does with those of a container."""


def test_called_as_a_function_it_gives_python_values(programs: Path) -> None:
    install(programs, "podman", ENGINE)
    assert shout(text="birds", n=2) == ("BIRDS hello 2", 5)


def test_called_as_a_function_it_raises_its_error(programs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    install(programs, "podman", ENGINE)
    with pytest.raises(RunError, match=r"task 'raw.shout' failed \[ContainerExited\]"):
        shout(text="", n=2)
    assert "nothing to shout" in capfd.readouterr().err


def test_without_an_engine_the_call_is_refused(programs: Path) -> None:
    with pytest.raises(UsageError, match="a raw container needs a container engine"):
        shout(text="birds", n=2)
