"""TARGET as `package.tgz[:name]` or `folder[:name]`: what `pyflyte package`, `pyflyte serialize` or we wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from jetbridge.cli.targets.choice import choose
from jetbridge.cli.targets.model import Target
from jetbridge.code_bundle import CodeBundle, CopyMode
from jetbridge.errors import UsageError
from jetbridge.package import Member, Package, holds_messages, read_package
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.settings import SerializationSettings

_SUFFIXES = (".tgz", ".tar.gz")


def is_package(place: str) -> bool:
    """Whether a place is a package's: by the name of a file, which need not exist, or by what a folder holds."""
    return place.endswith(_SUFFIXES) or holds_messages(Path(place))


def open_package(place: str, images: Sequence[str]) -> Package:
    """The package of a place.

    Raises:
        UsageError: there is none, or images are named, which a package holds already.
        InvalidPackageError: it cannot be read.
    """
    path = Path(place)
    if not path.exists():
        raise UsageError(f"there is no package {place!r}", hint="Write one with `jetbridge package TARGET -o`.")
    if images:
        raise UsageError(
            f"--image has no effect on {place!r}: a package names the images of its tasks",
            hint="Leave it out, or write the package again with `pyflyte package --image`.",
        )
    return read_package(path)


def package_target(package: Package, name: str, where: str) -> Target:
    """The workflow or launch plan of a name. Raises `UsageError`."""
    chosen = choose(name, {each: each for each in launchable_names(package)}, where)
    return named_target(package, chosen)


def package_targets(package: Package) -> tuple[Target, ...]:
    """All that a package launches."""
    return tuple(named_target(package, name) for name in launchable_names(package))


def named_target(package: Package, name: str) -> Target:
    """The workflow or launch plan of one of `launchable_names`."""

    def close(settings: SerializationSettings) -> Closure:
        return closure_from_package(package, name, settings.code_bundle)

    if package.bundle is None:
        return Target(name, "", (), close)
    return Target(name, "", (), close, _Bundle(package.bundle), brings_code=True)


class _Bundle:
    """The bundle that lies in a package, however it was made."""

    def __init__(self, member: Member) -> None:
        self._member = member

    def __call__(self, mode: CopyMode) -> CodeBundle:
        data = self._member.data
        return CodeBundle(data, hashlib.sha256(data).hexdigest(), (self._member.name,))
