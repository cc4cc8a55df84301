"""Images that hold nothing of ours: one with flytekit and a user's module."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tests.cluster.images import load
from tests.cluster.lock import exclusive
from tests.cluster.oci import Image, Layer, image_digest, make_layer, read_layer
from tests.cluster.paths import Paths
from tests.cluster.progress import Timings
from tests.cluster.rootfs import VENV, base_layer
from tests.cluster.site_packages import Export, TaskSources, libraries_layer

FLYTEKIT = "localhost/jetbridge-test-flytekit"
CODE = "code"


def flytekit_image(module: Path, name: str, paths: Paths) -> str:
    """Makes and loads an image of Debian, Python, the locked flytekit, and a user's file as a module; its name."""
    with exclusive(paths):
        sources = TaskSources(exports=(Export(("--only-group", "flytekit")),), distributions=())
        code = _files_layer({f"{CODE}/{name}.py": module}, paths)
        layers = (base_layer(paths, Timings()), libraries_layer(sources, paths, Timings()), code)
        config = {
            "WorkingDir": f"/{CODE}",
            "Env": [f"PATH=/{VENV}/bin:/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "PYTHONUNBUFFERED=1"],
        }
        return _loaded(Image(FLYTEKIT, layers, config), paths)


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


def _loaded(draft: Image, paths: Paths) -> str:
    """The image under the name of its content."""
    image = Image(f"{draft.name}:{image_digest(draft).removeprefix('sha256:')[:12]}", draft.layers, draft.config)
    load(image, paths)
    return image.name
