"""Images that hold nothing of ours: one with flytekit and a user's module, and one with a shell and its tools alone."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.cluster.images import load
from tests.cluster.lock import exclusive
from tests.cluster.oci import Image, Layer, image_digest, make_layer, read_layer
from tests.cluster.paths import Paths
from tests.cluster.progress import Timings
from tests.cluster.rootfs import VENV, base_layer
from tests.cluster.shell import run
from tests.cluster.site_packages import Export, TaskSources, libraries_layer

FLYTEKIT = "localhost/jetbridge-test-flytekit"
BOX = "localhost/jetbridge-test-box"
CODE = "code"


def flytekit_image(files: Mapping[str, Path], paths: Paths, aliases: tuple[str, ...] = ()) -> str:
    """Makes and loads an image of Debian, Python, the locked flytekit, and a user's files by their places; its name.

    Args:
        files: The files below the folder from which flytekit imports.
        paths: Where images are made.
        aliases: Other names of it in the cluster.
    """
    with exclusive(paths):
        sources = TaskSources(exports=(Export(("--only-group", "flytekit-project")),), distributions=())
        code = _files_layer({f"{CODE}/{place}": file for place, file in files.items()}, paths)
        layers = (base_layer(paths, Timings()), libraries_layer(sources, paths, Timings()), code)
        config = {
            "WorkingDir": f"/{CODE}",
            "Env": [f"PATH=/{VENV}/bin:/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "PYTHONUNBUFFERED=1"],
        }
        return _loaded(Image(FLYTEKIT, layers, config), paths, aliases)


def box_image(paths: Paths, aliases: tuple[str, ...] = ()) -> str:
    """Makes and loads an image of Debian's static busybox, which has an entrypoint of its own; its name."""
    with exclusive(paths):
        layer = _busybox_layer(paths)
        config = {"Entrypoint": ["/bin/false"], "Env": ["PATH=/bin"], "WorkingDir": "/"}
        return _loaded(Image(BOX, (layer,), config), paths, aliases)


def _busybox_layer(paths: Paths) -> Layer:
    target = paths.images / "busybox.tar"
    if target.exists():
        return read_layer(target)
    stage = target.with_suffix(".stage")
    shutil.rmtree(stage, ignore_errors=True)
    (stage / "root").mkdir(parents=True)
    run(["sh", "-c", f"cd {stage} && apt-get download busybox-static"], hint="apt cannot fetch busybox-static.")
    (package,) = stage.glob("*.deb")
    run(["dpkg-deb", "--extract", str(package), str(stage / "root")], hint="the package is damaged.")
    program = stage / "root/bin/busybox"
    for name in run([str(program), "--list"], hint="busybox does not run here.").split():
        link = program.with_name(name)
        if not link.exists():
            link.symlink_to("busybox")
    shutil.rmtree(stage / "root/usr", ignore_errors=True)
    (stage / "root/tmp").mkdir()
    layer = make_layer(stage / "root", target)
    shutil.rmtree(stage)
    return layer


def _files_layer(files: dict[str, Path], paths: Paths) -> Layer:
    """A layer with some files of this machine, by their places in the image."""
    digest = hashlib.sha256()
    for place, file in files.items():
        digest.update(place.encode() + b"\0" + file.read_bytes())
    target = paths.images / f"files-{digest.hexdigest()[:12]}.tar"
    if target.exists():
        return read_layer(target)
    stage = target.with_suffix(".stage")
    shutil.rmtree(stage, ignore_errors=True)
    for place, file in files.items():
        (stage / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, stage / place)
        (stage / place).chmod(0o755)
    layer = make_layer(stage, target)
    shutil.rmtree(stage)
    return layer


def _loaded(draft: Image, paths: Paths, aliases: tuple[str, ...]) -> str:
    """The image under the name of its content."""
    image = Image(f"{draft.name}:{image_digest(draft).removeprefix('sha256:')[:12]}", draft.layers, draft.config)
    load(image, paths, aliases)
    return image.name
