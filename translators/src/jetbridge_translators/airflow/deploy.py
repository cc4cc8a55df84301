"""Deployment into a DAG folder: files appear whole, and a manifest says which of them are ours.

`<folder>/.jetbridge/<deployment>.json` holds each file's name with the digests that it may have. A file that the
manifest of this deployment does not name is never written nor removed, and one that somebody has changed is a conflict.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jetbridge.errors import RunError, UsageError
from jetbridge.files import write_all, write_whole
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.deployment import (
    CHANGE,
    CREATE,
    KEEP,
    REMOVE,
    Change,
    Deployment,
    Prepared,
    difference,
)
from jetbridge_translators.option import Option
from jetbridge_translators.plan.names import dns_label

FOLDER = "dags-folder"
OPTIONS = (
    Option(name=FOLDER, help="the folder that Airflow reads DAG files from: `[core] dags_folder`, or a DAG bundle's"),
)
_OURS = ".jetbridge"
_VERSION = 1
Manifest = Mapping[str, tuple[str, ...]]
"""The files of a deployment, each with the digests that it may have: two while it is being written."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A DAG folder, and the manifests of its deployments by name."""

    folder: Path
    owner: str
    manifests: Mapping[str, Manifest]

    @property
    def own(self) -> Manifest:
        return self.manifests.get(self.owner, {})

    def text(self, name: str) -> str | None:
        """A file's content; None where there is none."""
        path = self.folder / name
        return path.read_text(errors="replace") if path.is_file() else None

    def is_changed(self, name: str) -> bool:
        """Whether a file of ours is not as we have left it."""
        path = self.folder / name
        return path.exists() and _digest(path.read_bytes()) not in self.own.get(name, ())


def prepare(deployment: Deployment) -> Prepared:
    """What the deployment changes in the DAG folder.

    Raises:
        UsageError: there is no such folder, two workflows are one file, or a file is not of this deployment.
        TranslationError: Airflow cannot express something.
    """
    files = _files(deployment)
    place = _place(deployment)
    gone = sorted(name for name in place.own if name not in files) if deployment.prune else []
    _check(place, deployment, files, gone)
    changes = [_change(place, name, data) for name, data in files.items()]
    removed = [Change(REMOVE, name, difference(place.text(name) or "", "", name)) for name in gone]
    return Prepared((*changes, *removed), lambda: _apply(deployment, files))


def _files(deployment: Deployment) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for plan in deployment.plans:
        for name, data in translate(plan, deployment.settings).files.items():
            if name in files:
                raise UsageError(
                    f"several of these workflows are one file: {name}", hint="Deploy them apart: name one in TARGET."
                )
            files[name] = data
    return files


def _place(deployment: Deployment) -> _Place:
    given = deployment.options.get(FOLDER, "")
    if not given:
        raise UsageError(
            "a deployment to Airflow needs the folder that it reads DAG files from", hint=f"Give --{FOLDER} FOLDER."
        )
    folder = Path(given)
    if not folder.is_dir():
        raise UsageError(f"{given!r} is not a folder", hint="Give one that is there, as Airflow reads it.")
    return _Place(folder, dns_label(deployment.owner), dict(_manifests(folder / _OURS)))


def _manifests(folder: Path) -> Iterator[tuple[str, Manifest]]:
    for path in sorted(folder.glob("*.json")):
        try:
            tree = json.loads(path.read_bytes())
            if tree["version"] != _VERSION:
                raise ValueError(f"it is of version {tree['version']}")
            yield path.stem, {_plain(name): tuple(digests) for name, digests in tree["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{str(path)!r}, which says what a deployment owns, cannot be read: {error}",
                hint="Restore it, or remove it: its files are then nobody's.",
            ) from error


def _plain(name: str) -> str:
    """A manifest is only a file: what it names must lie in the folder itself."""
    if Path(name).name != name:
        raise ValueError(f"{name!r} is no file of the folder")
    return name


def _check(place: _Place, deployment: Deployment, files: Mapping[str, bytes], gone: list[str]) -> None:
    problems = [] if deployment.take_over else [*_problems(place, files, gone)]
    if problems:
        raise UsageError(
            "\n".join([f"{str(place.folder)!r} holds files that are not as {place.owner!r} has left them:", *problems]),
            hint="Move them away, put the change into the workflow, or take them over with --take-over.",
        )


def _problems(place: _Place, files: Mapping[str, bytes], gone: list[str]) -> Iterator[str]:
    owners = {name: owner for owner, manifest in place.manifests.items() for name in manifest if owner != place.owner}
    for name in (*files, *gone):
        if name not in place.own and (place.folder / name).exists():
            whose = f"of the deployment {owners[name]!r}" if name in owners else "not deployed by jetbridge"
            yield f"  {name} is {whose}"
        elif place.is_changed(name):
            yield f"  {name} was changed since it was deployed"


def _change(place: _Place, name: str, data: bytes) -> Change:
    now = place.text(name)
    shown = difference(now or "", data.decode(), name)
    return Change(CREATE if now is None else CHANGE if shown else KEEP, name, shown)


def _apply(deployment: Deployment, files: Mapping[str, bytes]) -> None:
    """The manifest first, so that whatever ends this half way leaves no file that the next deployment does not know."""
    folder = Path(deployment.options[FOLDER])
    with _locked(folder / _OURS):
        place = _place(deployment)
        gone = sorted(name for name in place.own if name not in files) if deployment.prune else []
        _check(place, deployment, files, gone)
        digests = {name: _digest(data) for name, data in files.items()}
        either = {name: (*place.own.get(name, ()), digest) for name, digest in digests.items()}
        _write_manifest(place, {**place.own, **either})
        write_all(folder, files)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        left: Manifest = {} if deployment.prune else place.own
        _write_manifest(place, {**left, **{name: (digest,) for name, digest in digests.items()}})
        _leave_to_us(place, files)


def _leave_to_us(place: _Place, files: Mapping[str, bytes]) -> None:
    """What was taken over is another deployment's no more."""
    for owner, manifest in place.manifests.items():
        left = {name: digests for name, digests in manifest.items() if name not in files}
        if owner != place.owner and len(left) < len(manifest):
            _write_manifest(_Place(place.folder, owner, {}), left)


def _write_manifest(place: _Place, manifest: Manifest) -> None:
    tree = {"version": _VERSION, "files": {name: list(digests) for name, digests in sorted(manifest.items())}}
    write_whole(place.folder / _OURS / f"{place.owner}.json", json.dumps(tree, indent=1).encode())


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    """One deployment into a folder at a time."""
    try:
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise RunError(
            f"{str(folder.parent)!r} cannot be written: {error.strerror}", hint="Check its owner and its permissions."
        ) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
