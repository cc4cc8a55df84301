"""Debian's Java as an image layer, from packages that are unpacked and never configured."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.oci import Layer, forget_layers, make_layer, read_layer
from tests.cluster.paths import Paths
from tests.cluster.progress import Timings, step
from tests.cluster.rootfs import root_folder
from tests.cluster.shell import run

PACKAGE = "openjdk-17-jre-headless"
# Made by a script of ca-certificates-java when it is configured, so it is taken from this host.
TRUSTED = Path("/etc/ssl/certs/java/cacerts")
HINT = f"this needs Debian's apt, and {PACKAGE} on this host too: apt-get install {PACKAGE}"


def java_layer(paths: Paths, timings: Timings) -> Layer:
    """Java beside the base of our images: what apt would add to it."""
    root = root_folder(paths)
    key = hashlib.sha256(Path(__file__).read_bytes() + root.name.encode()).hexdigest()[:12]
    target = paths.images / f"java-{key}.tar"
    if target.exists():
        return read_layer(target)
    if not TRUSTED.exists():
        raise ClusterError(f"there is no {TRUSTED} on this host", HINT)
    with step(f"fetch {PACKAGE} for the Spark image", timings):
        stage = target.with_suffix(".stage")
        shutil.rmtree(stage, ignore_errors=True)
        for package in _packages(root, stage):
            run(["dpkg", "-x", package, stage / "root"], hint=HINT)
        _merge(stage / "root")
        certificates = stage / "root" / str(TRUSTED).lstrip("/")
        certificates.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(TRUSTED, certificates)
        for name in ("usr/share/doc", "usr/share/man", "usr/share/locale"):
            shutil.rmtree(stage / "root" / name, ignore_errors=True)
        _link_program(stage / "root")
        layer = make_layer(stage / "root", target)
        shutil.rmtree(stage)
        forget_layers(paths.images, "java", keep=1)
        return layer


def _packages(root: Path, stage: Path) -> list[Path]:
    """The packages that the base lacks, as apt works it out from the base's own list of what is installed."""
    archives = stage / "archives"
    (archives / "partial").mkdir(parents=True)
    options = {"Dir::State::status": root / "var/lib/dpkg/status", "Dir::Cache::archives": archives}
    command: list[str | Path] = ["apt-get", "install", "-y", "-q", "--download-only", "--no-install-recommends"]
    for name, value in options.items():
        command += ["-o", f"{name}={value}"]
    run([*command, "-o", "APT::Sandbox::User=root", PACKAGE], hint=HINT, timeout=600)
    return sorted(archives.glob("*.deb"))


def _merge(root: Path) -> None:
    """The base's `/lib` is a link to `/usr/lib`, which a folder of that name in a layer would hide."""
    for name in ("bin", "sbin", "lib", "lib64"):
        if (root / name).is_dir():
            shutil.copytree(root / name, root / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(root / name)


def _link_program(root: Path) -> None:
    """What the package's script does with Debian's alternatives."""
    program = next((root / "usr/lib/jvm").glob("java-17-*/bin/java"))
    (root / "usr/bin").mkdir(parents=True, exist_ok=True)
    (root / "usr/bin/java").symlink_to(f"/{program.relative_to(root)}")
