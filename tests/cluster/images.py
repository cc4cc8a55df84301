"""The three images of the cluster, and loading them into containerd."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tests.cluster.containerd import ctr, ctr_command
from tests.cluster.errors import ClusterError
from tests.cluster.oci import Image, Layer, image_digest, make_layer, read_layer, write_image
from tests.cluster.paths import Paths
from tests.cluster.progress import Timings, step
from tests.cluster.rootfs import USER, VENV, base_layer
from tests.cluster.shell import tail
from tests.cluster.site_packages import TaskSources, code_layer, default_sources, libraries_layer

# "localhost" keeps containerd from reading the name as one of a public registry.
PAUSE = "localhost/jetbridge-pause:1"
TASK = "localhost/jetbridge-task"
TASK_LATEST = f"{TASK}:dev"
EXECUTOR_USER = 8737  # the user of Argo's own non-root executor image


def executor_name(version: str) -> str:
    """The image of Argo's init and wait containers."""
    return f"localhost/argoexec:{version}"


def _program_layer(program: Path, place: str, paths: Paths) -> Layer:
    """A layer with one static program, the folder /tmp and the user database that a Go program may look into."""
    key = hashlib.sha256(f"1{place}{program.parent.name}".encode()).hexdigest()[:12]
    target = paths.images / f"{program.name}-{key}.tar"
    if target.exists():
        return read_layer(target)
    stage = target.with_suffix(".stage")
    shutil.rmtree(stage, ignore_errors=True)
    (stage / place).parent.mkdir(parents=True)
    shutil.copyfile(program, stage / place)
    (stage / place).chmod(0o755)
    (stage / "tmp").mkdir()
    (stage / "tmp").chmod(0o1777)
    (stage / "etc").mkdir(exist_ok=True)
    (stage / "etc" / "passwd").write_text(f"argo:x:{EXECUTOR_USER}:{EXECUTOR_USER}::/tmp:/sbin/nologin\n")
    layer = make_layer(stage, target)
    shutil.rmtree(stage)
    return layer


def pause_image(program: Path, paths: Paths) -> Image:
    """The sandbox of every pod."""
    config = {"Entrypoint": ["/pause"], "User": "65535:65535"}
    return Image(PAUSE, (_program_layer(program, "pause", paths),), config)


def executor_image(program: Path, version: str, paths: Paths) -> Image:
    """As Argo's own non-root executor image."""
    config = {"Entrypoint": ["argoexec"], "Env": ["PATH=/bin"], "User": str(EXECUTOR_USER)}
    return Image(executor_name(version), (_program_layer(program, "bin/argoexec", paths),), config)


def task_image(paths: Paths, timings: Timings, sources: TaskSources | None = None) -> Image:
    """Debian with Python, the locked libraries, and this checkout; named by the hash of its content."""
    wanted = sources or default_sources()
    layers = (
        base_layer(paths, timings),
        libraries_layer(wanted, paths, timings),
        code_layer(wanted, paths, timings),
    )
    config = task_config()
    draft = Image(TASK, layers, config)
    return Image(f"{TASK}:{image_digest(draft).removeprefix('sha256:')[:12]}", layers, config)


def task_config() -> dict[str, object]:
    """How the containers of tasks start."""
    path = f"/{VENV}/bin:/usr/local/bin:/usr/bin:/bin"
    return {
        "User": f"{USER}:{USER}",
        "WorkingDir": "/tmp",  # noqa: S108 a folder of the image
        "Env": [f"PATH={path}", "HOME=/tmp", "LANG=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"],
        "Cmd": ["jetbridge-execute", "--help"],
    }


def load(image: Image, paths: Paths, aliases: tuple[str, ...] = ()) -> bool:
    """Import an image under its name and aliases; False where containerd has it already.

    Only layers that containerd lacks are sent: a change of code costs the smallest layer.
    """
    digest = image_digest(image)
    names = (image.name, *aliases)
    listed = [line.split() for line in ctr(paths, "images", "ls").splitlines()[1:]]
    if {(name, digest) for name in names} <= {(words[0], words[2]) for words in listed}:
        return False
    present = frozenset(ctr(paths, "content", "ls", "-q").split())
    _import(paths, lambda target: write_image(image, names, present, target))
    return True


def forget_task_images(paths: Paths) -> None:
    """Remove the names of older task images, all but the last; for a time when no pod runs."""
    listed = [line.split() for line in ctr(paths, "images", "ls").splitlines()[1:]]
    latest = {words[2] for words in listed if words[0] == TASK_LATEST}
    old = [words[0] for words in listed if words[0].startswith(f"{TASK}:") and words[2] not in latest]
    if old:
        ctr(paths, "images", "rm", *old)


def _import(paths: Paths, write: Callable[[IO[bytes]], None]) -> None:
    command = [*ctr_command(paths), "images", "import", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        broken = False
        try:
            write(child.stdin)
            child.stdin.close()
        except BrokenPipeError:
            broken = True
        output = child.stdout.read().decode(errors="replace")
    if broken or child.returncode != 0:
        raise ClusterError(
            f"containerd did not take the image (exit code {child.returncode}):\n{tail(output)}",
            f"see {paths.logs / 'containerd.log'}; is the disk full?",
        )


def load_task_image(paths: Paths, timings: Timings, sources: TaskSources | None = None) -> str:
    """Make the task image from this checkout and load it; the name to use in pods."""
    image = task_image(paths, timings, sources)
    with step(f"load {image.name}", timings) as note:
        note("imported" if load(image, paths, (TASK_LATEST,)) else "was there")
    return image.name
