"""The Python layers of the task image: the locked libraries, and this checkout's own distributions."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from importlib.metadata import PathDistribution
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.oci import Layer, forget_layers, make_layer, read_layer
from tests.cluster.paths import REPO, Paths
from tests.cluster.progress import Timings, step
from tests.cluster.rootfs import PYTHON, SITE_PACKAGES, VENV, compile_python, root_folder
from tests.cluster.shell import run
from tests.cluster.uv import uv_program

# Nothing of these decides what a task does, and some holds the builder's paths or times.
UNWANTED = ("direct_url.json", "uv_cache.json", "INSTALLER", "REQUESTED", "RECORD", "uv_build.json")
RECIPE = "1"
KEPT_LAYERS = 3


@dataclass(frozen=True)
class Export:
    """Arguments of one `uv export`: which part of the lock the image gets."""

    arguments: tuple[str, ...]


@dataclass(frozen=True)
class TaskSources:
    """What goes into the task image: parts of the lock file, and the folders of our own distributions."""

    exports: tuple[Export, ...]
    distributions: tuple[Path, ...]


def default_sources() -> TaskSources:
    """The worker's distributions and the libraries of the examples: no translator, no Hera, no Airflow."""
    return TaskSources(
        exports=(
            Export(("--package", "jetbridge", "--no-dev", "--extra", "dataframe")),
            Export(("--package", "jetbridge-plugins", "--no-dev", "--extra", "sql")),
            Export(("--only-group", "examples")),
            Export(("--only-group", "databases")),
        ),
        distributions=(REPO / "sdk", REPO / "plugins"),
    )


def requirements(sources: TaskSources, paths: Paths) -> str:
    """The locked requirements with their hashes, each once."""
    hint = "the lock file is out of date: run `uv lock`, and see that the group `examples` is in pyproject.toml."
    command: list[str | Path] = [uv_program(paths), "export", "-q", "--frozen", "--no-emit-workspace", "--no-header"]
    command += ["--no-annotate", "--python", "3.11"]
    found: dict[str, None] = {}
    for export in sources.exports:
        text = run([*command, *export.arguments], hint=hint, cwd=REPO).replace("\\\n", " ")
        found.update((" ".join(line.split()), None) for line in text.splitlines() if line.strip())
    return "\n".join(sorted(found)) + "\n"


def libraries_layer(sources: TaskSources, paths: Paths, timings: Timings) -> Layer:
    """The third-party libraries as a layer, keyed by the locked requirements."""
    return locked_layer("libraries", requirements(sources, paths), paths, timings)


def locked_layer(name: str, wanted: str, paths: Paths, timings: Timings) -> Layer:
    """Locked requirements as a layer."""
    key = hashlib.sha256(f"{RECIPE}{root_folder(paths).name}{wanted}".encode()).hexdigest()[:12]
    target = paths.images / f"{name}-{key}.tar"
    if target.exists():
        return read_layer(target)
    with step(f"make the {name} layer of the task image", timings):
        stage = _fresh_stage(paths)
        file = paths.images / f"{name}-{key}.txt"
        file.write_text(wanted)
        _install(["--require-hashes", "-r", str(file)], stage, paths)
        return _finish(stage, target, paths)


def _source_files(folder: Path) -> list[Path]:
    """What a distribution is built from."""
    src = [file for file in (folder / "src").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    return sorted([folder / "pyproject.toml", *src, *folder.glob("README*")])


def code_layer(sources: TaskSources, paths: Paths, timings: Timings) -> Layer:
    """Our own distributions as a layer, keyed by their source files."""
    digest = hashlib.sha256(f"{RECIPE}{root_folder(paths).name}".encode())
    for folder in sources.distributions:
        if not (folder / "pyproject.toml").exists():
            raise ClusterError(f"{folder} has no pyproject.toml", "it must be one of our distributions.")
        for file in _source_files(folder):
            digest.update(file.relative_to(folder.parent).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    target = paths.images / f"code-{digest.hexdigest()[:12]}.tar"
    if target.exists():
        return read_layer(target)
    with step("make the code layer of the task image", timings):
        stage = _fresh_stage(paths)
        _install(["--no-deps", *(str(folder) for folder in sources.distributions)], stage, paths)
        return _finish(stage, target, paths)


def _fresh_stage(paths: Paths) -> Path:
    """A folder inside the base's root, so that the base's Python can compile what is put there."""
    stage = root_folder(paths) / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    (stage / SITE_PACKAGES).mkdir(parents=True)
    (stage / VENV / "bin").mkdir()
    return stage


def _install(arguments: list[str], stage: Path, paths: Paths) -> None:
    hint = "uv says above what it could not find or build; only wheels for Linux and Python 3.11 can be used."
    command: list[str | Path] = [uv_program(paths), "pip", "install", "-q", "--no-config", "--target"]
    command += [stage / SITE_PACKAGES, "--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_36"]
    # Copies, not links into uv's cache: the stage is compiled and cleaned in place.
    run([*command, "--link-mode", "copy", "--no-compile-bytecode", *arguments], hint=hint, timeout=1200)


def _finish(stage: Path, target: Path, paths: Paths) -> Layer:
    _write_scripts(stage)
    for file in list((stage / SITE_PACKAGES).glob("*.dist-info/*")):
        if file.name in UNWANTED:
            file.unlink()
    (stage / SITE_PACKAGES / ".lock").unlink(missing_ok=True)
    compile_python(root_folder(paths), f"stage/{SITE_PACKAGES}", strip="stage")
    layer = make_layer(stage, target)
    shutil.rmtree(stage)
    forget_layers(target.parent, target.name.partition("-")[0], keep=KEPT_LAYERS)
    return layer


def _write_scripts(stage: Path) -> None:
    """The commands of the installed distributions, for the image's Python: the installer's name the builder's own."""
    shutil.rmtree(stage / SITE_PACKAGES / "bin", ignore_errors=True)
    for info in sorted((stage / SITE_PACKAGES).glob("*.dist-info")):
        for entry in PathDistribution(info).entry_points:
            if entry.group != "console_scripts":
                continue
            start = f"import sys\nfrom {entry.module} import {entry.attr.split('.')[0]}\nsys.exit({entry.attr}())\n"
            script = stage / VENV / "bin" / entry.name
            script.write_text(f"#!/{VENV}/bin/{PYTHON}\n{start}")
            script.chmod(0o755)
