"""A worker without the code: the entrypoint fetches a bundle, checks it and runs the task from it."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from jetbridge.code_bundle import make_bundle, publish_bundle
from jetbridge.errors import StoreError
from jetbridge.idl import ErrorDocument, ExecutionError, LiteralMap
from jetbridge.runtime import exit_codes
from jetbridge.runtime.code import installed_code
from jetbridge.runtime.failure import TaskFailure
from jetbridge.store import open_store
from tests.sdk.shop import shop, tree


def execute(folder: Path, uri: str, *, task: str = "total", image: str = "") -> subprocess.CompletedProcess[str]:
    """The entrypoint as a container has it: an empty folder, no path to the code, and a temporary folder of its own."""
    for name in ("work", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    options = ["--run-root", f"file://{folder}/run", "--node-path", "n0", "--bind", "n=json:3"]
    loader = ["--", "task-module", "shop.flows", "task-name", task]
    return subprocess.run(
        [sys.executable, "-m", "jetbridge.runtime.execute", *options, f"--additional-distribution={uri}", *loader],
        cwd=folder / "work",
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder / "tmp"), "PYTHONPATH": image},
        capture_output=True,
        text=True,
        check=False,
    )


def published(folder: Path, root: Path) -> str:
    return publish_bundle(open_store(), f"file://{folder}/store", make_bundle(root, "all", {}))


def error_of(folder: Path) -> ErrorDocument:
    return ErrorDocument.FromString((folder / "run/n0/error.pb").read_bytes())


def test_a_worker_without_the_code_runs_the_task(tmp_path: Path) -> None:
    uri = published(tmp_path, shop(tmp_path / "code"))
    (tmp_path / "code").rename(tmp_path / "gone")
    done = execute(tmp_path, uri)
    assert done.returncode == exit_codes.DONE, done.stderr
    outputs = LiteralMap.FromString((tmp_path / "run/n0/outputs.pb").read_bytes())
    # 3 · 7, and the 7 came from a child process that imported the helper module.
    assert outputs.literals["o0"].scalar.primitive.integer == 21
    assert not list((tmp_path / "tmp").iterdir())
    assert not list((tmp_path / "work").iterdir())


def test_the_bundle_wins_over_the_image(tmp_path: Path) -> None:
    image = tree(tmp_path / "image", {"shop/__init__.py": "", "shop/flows.py": "raise SystemExit('the old code')"})
    done = execute(tmp_path, published(tmp_path, shop(tmp_path / "code")), image=str(image))
    assert done.returncode == exit_codes.DONE, done.stderr


def test_a_users_error_shows_the_lines_of_the_bundled_code(tmp_path: Path) -> None:
    done = execute(tmp_path, published(tmp_path, shop(tmp_path / "code")), task="broken")
    assert done.returncode == exit_codes.USER_ERROR
    error = error_of(tmp_path).error
    assert error.origin == ExecutionError.USER
    assert 'raise ValueError("sold out")  # this very line' in error.message
    assert not list((tmp_path / "tmp").iterdir())


def test_a_committed_task_downloads_nothing(tmp_path: Path) -> None:
    tree(tmp_path, {"run/n0/outputs.pb": ""})
    done = execute(tmp_path, "file:///nowhere/" + "0" * 64 + ".tar.gz")
    assert (done.returncode, done.stderr) == (exit_codes.DONE, "n0 has its outputs already\n")


def damaged(folder: Path) -> str:
    uri = published(folder, shop(folder / "code"))
    path = Path(uri.removeprefix("file://"))
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    return uri


def missing(folder: Path) -> str:
    return f"file://{folder}/store/code/{'0' * 64}.tar.gz"


def unnamed(folder: Path) -> str:
    return f"file://{folder}/store/code/fast123.tar.gz"


def hostile(folder: Path) -> str:
    data = gzip.compress(b"no tar" * 200)
    path = folder / f"{hashlib.sha256(data).hexdigest()}.tar.gz"
    path.write_bytes(data)
    return f"file://{path}"


@pytest.mark.parametrize(
    ("make", "code", "recoverable", "text"),
    [
        (damaged, exit_codes.SYSTEM, True, "is damaged: the SHA-256 of its content is"),
        (missing, exit_codes.SYSTEM, True, "there is no object"),
        (unnamed, exit_codes.USER_ERROR, False, "is not named after its content"),
        (hostile, exit_codes.USER_ERROR, False, "the code bundle is refused: it holds no tar"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bad_bundle_is_a_system_failure_with_its_details(
    tmp_path: Path, make: object, code: int, recoverable: bool, text: str
) -> None:
    done = execute(tmp_path, make(tmp_path))  # type: ignore[operator] # one of the functions above
    assert done.returncode == code, done.stderr
    error = error_of(tmp_path).error
    assert (error.code, error.origin, error.kind) == ("SYSTEM", ExecutionError.SYSTEM, int(recoverable))
    assert text in error.message
    assert text in done.stderr
    assert not (tmp_path / "run/n0/outputs.pb").exists()
    assert not list((tmp_path / "tmp").iterdir())


def test_the_process_is_as_before_when_the_task_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = published(tmp_path, shop(tmp_path / "code"))
    monkeypatch.setenv("PYTHONPATH", "before")
    path = list(sys.path)
    with installed_code(open_store(), uri):
        folder = sys.path[0]
        assert os.environ["PYTHONPATH"] == f"{folder}{os.pathsep}before"
        assert (Path(folder) / "shop/flows.py").is_file()
    assert (sys.path, os.environ["PYTHONPATH"]) == (path, "before")
    assert not Path(folder).exists()


def test_no_disk_is_a_failure_that_may_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = published(tmp_path, shop(tmp_path / "code"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(TaskFailure) as caught, installed_code(open_store(), uri):
        pytest.fail("it must not get here")
    assert caught.value.failure_class.exit_code == exit_codes.SYSTEM


def test_a_missing_bundle_is_the_stores_error() -> None:
    with pytest.raises(StoreError), installed_code(open_store(), "file:///nowhere/" + "0" * 64 + ".tar.gz"):
        pytest.fail("it must not get here")


def test_a_task_without_a_bundle_loads_no_archive_library(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from jetbridge.runtime.execute import main\n"
        "sys.argv[1:] = ['--run-root', sys.argv[2], '--node-path', 'n0', '--bind', 'n=json:3',"
        " '--', 'task-module', 'tiny', 'task-name', 'inc']\n"
        "try: main()\n"
        "finally: print({'tarfile', 'gzip', 'jetbridge.runtime.unpack'} & set(sys.modules))"
    )
    (tmp_path / "tiny.py").write_text(
        "from jetbridge import task\n\n@task\ndef inc(n: int) -> int:\n    return n + 1\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(tmp_path / "run")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
