"""The Debian base of the task image: a small root file system with Python, made once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.cluster.oci import Layer, make_layer, read_layer
from tests.cluster.paths import Paths
from tests.cluster.progress import Timings, step
from tests.cluster.shell import run, run_logged

SUITE = "bookworm"
PYTHON = "python3.11"
INCLUDE = ("ca-certificates", "python3", "tzdata")
USER = 65532
VENV = "opt/jetbridge"
SITE_PACKAGES = f"{VENV}/lib/{PYTHON}/site-packages"
# What a running task never reads, or what differs from build to build.
EMPTIED = (
    "dev", "run", "var/cache", "var/lib/apt/lists", "var/log", "usr/share/doc", "usr/share/info", "usr/share/locale",
    "usr/share/man",
)  # fmt: skip
REMOVED = ("etc/hostname", "etc/resolv.conf", "etc/machine-id", "etc/.pwd.lock", "debootstrap")


def _key() -> str:
    """The base is made anew when this recipe changes."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]


def root_folder(paths: Paths) -> Path:
    """The unpacked base, also used to compile Python files with the image's own Python."""
    return paths.images / f"base-{_key()}"


def base_layer(paths: Paths, timings: Timings) -> Layer:
    """The base as an image layer, from the cache or made now."""
    root = root_folder(paths)
    target = root.with_suffix(".tar")
    if target.exists() and root.exists():
        return read_layer(target)
    with step(f"make the Debian base ({SUITE}) of the task image", timings):
        draft = root.with_suffix(".partial")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)
        _debootstrap(draft, paths)
        _clean(draft)
        _add_user(draft)
        _add_venv(draft)
        compile_python(draft, f"usr/lib/{PYTHON}")
        draft.rename(root)
        return make_layer(root, target)


def _mirror() -> list[str]:
    """The mirror that this host's apt uses for the suite; debootstrap's own default where there is none."""
    command = ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", "Created-By: Packages"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return [line.split()[1] for line in lines if line.split()[0] == SUITE][:1]


def _debootstrap(target: Path, paths: Paths) -> None:
    target.mkdir(parents=True)
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(INCLUDE)}", SUITE, str(target), *_mirror()]
    hint = "the log shows what debootstrap could not fetch or unpack; it needs root and a Debian mirror."
    run_logged(command, log=paths.cache / "logs" / "debootstrap.log", hint=hint)


def _clean(root: Path) -> None:
    for name in EMPTIED:
        for path in (root / name).iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for name in REMOVED:
        path = root / name
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    for cache in list(root.rglob("__pycache__")):
        shutil.rmtree(cache)


def _add_user(root: Path) -> None:
    """A name for the user id: `getpass.getuser()` and some libraries want one."""
    with (root / "etc/passwd").open("a") as file:
        file.write(f"jetbridge:x:{USER}:{USER}:jetbridge:/tmp:/usr/sbin/nologin\n")
    with (root / "etc/group").open("a") as file:
        file.write(f"jetbridge:x:{USER}:\n")


def _add_venv(root: Path) -> None:
    """A virtual environment, by hand: `python3 -m venv` in the image would need pip in it."""
    venv = root / VENV
    (venv / "bin").mkdir(parents=True)
    for name in ("python", "python3", PYTHON):
        (venv / "bin" / name).symlink_to(f"/usr/bin/{PYTHON}")
    (venv / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    (root / SITE_PACKAGES).mkdir(parents=True)


def compile_python(root: Path, folder: str, *, strip: str = "") -> None:
    """Compile a folder of a root file system with its own Python.

    The compiled files are marked as never to be compared with their source: a layer has one time for all files,
    and the file system of a pod is read-only, so otherwise each start would compile everything again.
    """
    command = ["chroot", str(root), PYTHON, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", f"/{strip}", "-p", "/"] if strip else []
    # Test data with deliberate syntax errors makes compileall exit with 1; such files just stay uncompiled.
    run(["sh", "-c", '"$@" || true', "sh", *command, f"/{folder}"], hint="the base's Python does not run here.")
