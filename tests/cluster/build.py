"""Builds the Go programs, each from a module of ours whose go.sum pins every dependency, and caches them by hash."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.paths import MODULES, Paths
from tests.cluster.progress import Timings, step
from tests.cluster.settings import ARGO, KUBERNETES, VERSITYGW
from tests.cluster.shell import run, run_logged

GO_HINT = "install Go >= 1.25.7 (the module's go.mod names the least version) and put `go` on PATH."


@dataclass(frozen=True)
class Program:
    """One executable of a module: its file name and the package that holds its main function."""

    name: str
    package: str


@dataclass(frozen=True)
class Part:
    """One Go module under `go/`, the programs that it builds, and how they are linked."""

    module: str
    programs: tuple[Program, ...]
    link: tuple[str, ...] = ()
    tags: str = ""
    argo: str = ""
    crds: tuple[str, str] = ("", "")
    """A module, and the folder in it whose CRDs are kept beside the programs."""

    @property
    def folder(self) -> Path:
        """The module's folder in the work tree."""
        return MODULES / self.module


def _kubernetes_version() -> tuple[str, ...]:
    """kubectl and clients refuse a server whose version they cannot parse, so it is linked in as upstream does."""
    major, minor, _ = KUBERNETES.removeprefix("v").split(".")
    values = {"gitVersion": KUBERNETES, "gitMajor": major, "gitMinor": minor}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return tuple(f"-X {package}.{key}={value}" for package in packages for key, value in values.items())


def _argo_part(line: str) -> Part:
    version = ARGO[line]
    root = f"github.com/argoproj/argo-workflows/{version.split('.')[0]}"
    programs = tuple(Program(name, f"{root}/cmd/{name}") for name in ("workflow-controller", "argoexec"))
    return Part(
        module=f"argo-{version.split('.')[0]}", programs=programs, link=(f"-X {root}.version={version}",), argo=root
    )


KUBERNETES_PART = Part("kubernetes", (Program("kubernetes", "."),), _kubernetes_version(), tags="grpcnotrace")
ETCD_PART = Part("etcd", (Program("etcd", "go.etcd.io/etcd/server/v3"),))
GATEWAY_PART = Part(
    "versitygw",
    (Program("versitygw", "github.com/versity/versitygw/cmd/versitygw"),),
    (f"-X main.Version={VERSITYGW}",),
)
PAUSE_PART = Part("pause", (Program("pause", "."),))
_SPARK = "github.com/kubeflow/spark-operator/v2"
SPARK_PART = Part("spark-operator", (Program("operator", f"{_SPARK}/cmd/operator"),), crds=(_SPARK, "config/crd/bases"))
COREDNS_PART = Part("coredns", (Program("coredns", "."),))
ARGO_PARTS = {line: _argo_part(line) for line in ARGO}


def parts(argo: str) -> tuple[Part, ...]:
    """Every module that a cluster with this line of Argo needs, the longest build first."""
    return (KUBERNETES_PART, ARGO_PARTS[argo], GATEWAY_PART, ETCD_PART, PAUSE_PART)


def _go_env() -> dict[str, str]:
    """A build that depends on nothing but the module: no cgo, no flags of the user's, sums verified."""
    return {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}


def _go_version() -> str:
    return run(["go", "env", "GOVERSION", "GOOS", "GOARCH"], hint=GO_HINT, env=_go_env()).strip()


def key_of(part: Part, toolchain: str) -> str:
    """The hash of all that decides what the build makes."""
    digest = hashlib.sha256(f"{toolchain}\n{part.link}\n{part.tags}\n{part.programs}".encode())
    for file in sorted(part.folder.iterdir()):
        if file.name in ("go.mod", "go.sum") or file.suffix == ".go":
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Builder:
    """Builds parts into `paths.binaries`; a part that is there already costs one hash."""

    paths: Paths
    toolchain: str

    def folder(self, part: Part) -> Path:
        """Where this part's programs are, or will be."""
        return self.paths.binaries / f"{part.module}-{key_of(part, self.toolchain)}"

    def program(self, part: Part, name: str) -> Path:
        """One program of a part."""
        return self.folder(part) / name

    def is_built(self, part: Part) -> bool:
        """A part's folder appears only when all of it is there."""
        return self.folder(part).is_dir()

    def build(self, part: Part, timings: Timings) -> None:
        """Build what is missing; a stopped build goes on from Go's own cache."""
        if self.is_built(part):
            return
        staging = self.folder(part).with_suffix(".partial")
        log = self.paths.cache / "logs" / f"build-{part.module}.log"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        log.unlink(missing_ok=True)
        source = _source(part, self.paths, log, timings)
        for program in part.programs:
            with step(f"build {program.name} ({part.module})", timings):
                _compile(part, program, source, staging / program.name, log)
        if part.argo:
            _copy_crds(part, staging)
            shutil.rmtree(source)
        if part.crds[0]:
            shutil.copytree(_module_folder(part, *part.crds), staging / "crds")
        staging.rename(self.folder(part))


def default_builder(paths: Paths) -> Builder:
    """A builder for the `go` on PATH."""
    return Builder(paths, _go_version())


def _source(part: Part, paths: Paths, log: Path, timings: Timings) -> Path:
    """The folder to build in: the module itself, or for Argo a vendored copy that holds the missing file."""
    if not part.argo:
        return part.folder
    copy = paths.cache / "build" / part.module
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(part.folder, copy)
    with step(f"vendor {part.module}", timings):
        run_logged(["go", "mod", "vendor"], log=log, hint=_build_hint(part), env=_go_env(), cwd=copy)
    # A module archive holds no symbolic links, and Argo's signal_linux.go is one to signal_darwin.go.
    package = copy / "vendor" / part.argo / "workflow" / "executor" / "osspecific"
    shutil.copyfile(package / "signal_darwin.go", package / "signal_linux.go")
    return copy


def _compile(part: Part, program: Program, source: Path, target: Path, log: Path) -> None:
    link = " ".join(("-s", "-w", *part.link))
    command = ["go", "build", "-trimpath", "-buildvcs=false", f"-mod={'vendor' if part.argo else 'readonly'}"]
    command += [f"-tags={part.tags}", f"-ldflags={link}", "-o", str(target), program.package]
    nice = ["nice", "-n", os.environ.get("JETBRIDGE_BUILD_NICE", "0")]
    run_logged([*nice, *command], log=log, hint=_build_hint(part), env=_go_env(), cwd=source)


def _build_hint(part: Part) -> str:
    return (
        f"see the log; `cd {part.folder} && go mod verify` checks the downloaded modules. "
        "Run the same command again to go on from where it stopped."
    )


def _copy_crds(part: Part, staging: Path) -> None:
    """The CRDs come with Argo's module; they are kept beside the programs that they belong to."""
    crds = _module_folder(part, part.argo, "manifests/base/crds")
    for kind in ("full", "minimal"):
        (staging / "crds" / kind).mkdir(parents=True)
        for file in sorted((crds / kind).glob("argoproj.io_*.yaml")):
            shutil.copyfile(file, staging / "crds" / kind / file.name)


def _module_folder(part: Part, module: str, folder: str) -> Path:
    """A folder of a downloaded module."""
    command = ["go", "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module]
    found = Path(run(command, hint=GO_HINT, env=_go_env(), cwd=part.folder).strip()) / folder
    if not found.is_dir():
        raise ClusterError(f"{module} has no {folder}", "its layout changed: adapt build.py.")
    return found
