"""Packages: the flat `.tgz` of FlyteIDL messages that `pyflyte package` and `jetbridge package` write, or a folder.

A member is `<index>_<name>_<kind>.pb`; kind 1 is a TaskSpec, 2 a WorkflowSpec, 3 a LaunchPlan (flytekit
`tools/serialize_helpers.py`). What is read is not trusted: sizes, counts, member types and every message are checked.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from google.protobuf.message import DecodeError

from jetbridge.errors import InvalidPackageError
from jetbridge.idl_admin import LaunchPlan, TaskSpec, WorkflowSpec
from jetbridge.tar_stream import BoundedGzip

Entity: TypeAlias = TaskSpec | WorkflowSpec | LaunchPlan
MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 512 * 1024 * 1024
_TAR_OVERHEAD = 3 * tarfile.BLOCKSIZE
"""Bytes of headers and padding that one member of an honest package has at most."""
_BUNDLE = ".tar.gz"
_FOLDERS = re.compile(r"[/\\\0]")
_KIND = re.compile(r"_(?P<kind>[1-3])\.pb$")
_KINDS: dict[str, type[Entity]] = {"1": TaskSpec, "2": WorkflowSpec, "3": LaunchPlan}
_NUMBERS: dict[type[Entity], str] = {kind: number for number, kind in _KINDS.items()}
_LIMITS = f"At most {MAX_MEMBERS} files, {MAX_MEMBER_BYTES >> 20} MiB each, {MAX_TOTAL_BYTES >> 20} MiB in all."
_REPAIR = "Write the package again with `jetbridge package` or `pyflyte package`."


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a package: the bytes of one message, or of the code bundle."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds, by kind, dependencies first.

    Attributes:
        bundle: The code bundle inside, when the package was written with `--copy`; else None.
    """

    tasks: tuple[TaskSpec, ...]
    workflows: tuple[WorkflowSpec, ...]
    launch_plans: tuple[LaunchPlan, ...]
    bundle: Member | None = None


def entity_name(entity: Entity) -> str:
    """The name in an entity's identifier."""
    return entity.id.name if isinstance(entity, LaunchPlan) else entity.template.id.name


def package_bytes(entities: Sequence[Entity]) -> bytes:
    """The package of entities in their order (dependencies first); the same bytes for the same entities."""
    width = len(str(max(len(entities) - 1, 0)))
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for index, entity in enumerate(entities):
            data = entity.SerializeToString(deterministic=True)
            name = _FOLDERS.sub("-", entity_name(entity))  # a label only; the message inside holds the name
            member = tarfile.TarInfo(f"{index:0{width}}_{name}_{_NUMBERS[type(entity)]}.pb")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def read_package(path: Path) -> Package:
    """The package in a file, or in a folder that `pyflyte serialize` wrote.

    Raises:
        InvalidPackageError: the file is no package, is cut short, is larger than any honest package, or holds
            something else than FlyteIDL messages.
    """
    try:
        if path.is_dir():
            return package_of(_files(path), str(path))
        size = path.stat().st_size
        if size > MAX_TOTAL_BYTES:
            raise InvalidPackageError(f"{str(path)!r} is larger than a package may be", hint=_LIMITS)
        return parse_package(path.read_bytes(), str(path))
    except OSError as error:
        raise InvalidPackageError(f"{str(path)!r} cannot be read: {error.strerror}", hint="Check the path.") from error


def parse_package(data: bytes, name: str) -> Package:
    """The package in memory; `name` is for messages. Raises like `read_package`."""
    try:
        most = MAX_TOTAL_BYTES + MAX_MEMBERS * _TAR_OVERHEAD
        with BoundedGzip(data, MAX_MEMBER_BYTES, most) as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            members = _members(tar, name)
            stream.drain()
    except (tarfile.TarError, EOFError, OSError, zlib.error, RecursionError) as error:
        raise InvalidPackageError(f"{name!r} is not a whole .tgz package: {error}", hint=_REPAIR) from error
    return package_of(members, name)


def holds_messages(folder: Path) -> bool:
    """Whether a folder is what `pyflyte serialize` writes: one with `.pb` files."""
    return folder.is_dir() and any(folder.glob("*.pb"))


def _files(folder: Path) -> list[Member]:
    """The messages and the bundle in a folder; other files there are none of ours. Raises like `read_package`."""
    names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith((".pb", _BUNDLE)))
    members: list[Member] = []
    total = 0
    for name in names:
        status = (folder / name).lstat()
        total += status.st_size
        if not stat.S_ISREG(status.st_mode):
            raise InvalidPackageError(f"{str(folder)!r} holds {name!r}, which is not a plain file", hint=_REPAIR)
        _check_size(name, status.st_size, str(folder), len(members), total)
        members.append(Member(name, (folder / name).read_bytes()))
    return members


def _members(tar: tarfile.TarFile, package: str) -> list[Member]:
    members: list[Member] = []
    total = 0
    for info in tar:
        total += info.size
        _check_member(info, package, len(members), total)
        file = tar.extractfile(info)
        data = b"" if file is None else file.read()
        if len(data) != info.size:
            raise InvalidPackageError(f"{package!r} is cut short in {info.name!r}", hint=_REPAIR)
        members.append(Member(info.name, data))
    return sorted(members, key=lambda member: member.name)


def _check_member(info: tarfile.TarInfo, package: str, count: int, total: int) -> None:
    if not info.isreg() or info.issparse():
        raise InvalidPackageError(f"{package!r} holds {info.name!r}, which is not a plain file", hint=_REPAIR)
    if "/" in info.name or "\\" in info.name or info.name in ("", ".", ".."):
        raise InvalidPackageError(f"{package!r} holds {info.name!r}; a package has no folders", hint=_REPAIR)
    _check_size(info.name, info.size, package, count, total)


def _check_size(name: str, size: int, package: str, count: int, total: int) -> None:
    if count >= MAX_MEMBERS or not 0 <= size <= MAX_MEMBER_BYTES or total > MAX_TOTAL_BYTES:
        raise InvalidPackageError(f"{package!r} is larger than a package may be at {name!r}", hint=_LIMITS)


def package_of(members: Sequence[Member], name: str) -> Package:
    """The package of members sorted by name; `name` is for messages. Raises like `read_package`."""
    tasks: list[TaskSpec] = []
    workflows: list[WorkflowSpec] = []
    launch_plans: list[LaunchPlan] = []
    keep: dict[type[Entity], Callable[[Entity], None]] = {
        TaskSpec: tasks.append,  # type: ignore[dict-item] # each list receives only its own kind
        WorkflowSpec: workflows.append,  # type: ignore[dict-item]
        LaunchPlan: launch_plans.append,  # type: ignore[dict-item]
    }
    seen: set[bytes] = set()
    bundles = [member for member in members if member.name.endswith(_BUNDLE)]
    for member in members:
        if member in bundles:
            continue
        entity = _parse(member, name)
        # pyflyte writes a map task again for each `map_task()` of the same task: the same twice is one.
        if member.data not in seen:
            keep[type(entity)](entity)
        seen.add(member.data)
    if not (tasks or workflows or launch_plans):
        raise InvalidPackageError(f"{name!r} holds no task, workflow or launch plan", hint=_REPAIR)
    package = Package(tuple(tasks), tuple(workflows), tuple(launch_plans), bundles[0] if bundles else None)
    _check_unique(package, name)
    return package


def _parse(member: Member, package: str) -> Entity:
    match = _KIND.search(member.name)
    if match is None:
        raise InvalidPackageError(
            f"{package!r} holds {member.name!r}, which is no `<index>_<name>_<kind>.pb`", hint=_REPAIR
        )
    entity = _KINDS[match["kind"]]()
    try:
        entity.ParseFromString(member.data)
    except DecodeError as error:
        raise InvalidPackageError(
            f"{package!r}: {member.name!r} is no {type(entity).__name__}: {error}", hint=_REPAIR
        ) from error
    if not entity_name(entity):
        raise InvalidPackageError(f"{package!r}: {member.name!r} has no name in its identifier", hint=_REPAIR)
    return entity


def _check_unique(package: Package, name: str) -> None:
    for kind in (package.tasks, package.workflows, package.launch_plans):
        counts = Counter(entity_name(entity) for entity in kind)
        twice = sorted(entity for entity, count in counts.items() if count > 1)
        if twice:
            raise InvalidPackageError(f"{name!r} holds {twice[0]!r} twice", hint=_REPAIR)
