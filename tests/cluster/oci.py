"""Writes container images without a registry or an engine: reproducible tar layers and an OCI layout around them."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# Not 0: `zipfile` refuses times before 1980, so code that zips installed files would fail in the image.
EPOCH = 315619200
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"


@dataclass(frozen=True)
class Layer:
    """One uncompressed tar in the layer cache."""

    file: Path
    digest: str
    size: int


@dataclass(frozen=True)
class Image:
    """What a container image consists of."""

    name: str
    layers: tuple[Layer, ...]
    config: Mapping[str, object]


def _normalized(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = EPOCH
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.pax_headers = {}
    return member


def write_tree(folder: Path, target: IO[bytes]) -> None:
    """A tar of a folder's content: sorted, owned by root, with one time, so that equal trees give equal bytes."""
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            member = archive.gettarinfo(path, arcname=path.relative_to(folder).as_posix())
            if member is None:  # pyright: ignore[reportUnnecessaryComparison] a socket gives None
                continue
            if member.isreg():
                with path.open("rb") as content:
                    archive.addfile(_normalized(member), content)
            else:
                archive.addfile(_normalized(member))


def forget_layers(folder: Path, prefix: str, keep: int) -> None:
    """Remove all but the newest cached layers of one kind."""
    files = sorted(folder.glob(f"{prefix}-*.tar"), key=lambda file: file.stat().st_mtime)
    for file in files[:-keep]:
        for suffix in (".tar", ".digest", ".txt"):
            file.with_suffix(suffix).unlink(missing_ok=True)


def make_layer(folder: Path, target: Path) -> Layer:
    """Write a folder as a layer; the file appears only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".partial")
    with draft.open("wb") as output:
        write_tree(folder, output)
    draft.rename(target)
    return read_layer(target)


def read_layer(file: Path) -> Layer:
    """A layer that was written before; its digest is kept in a file beside it."""
    note = file.with_suffix(".digest")
    if not note.exists():
        with file.open("rb") as content:
            note.write_text("sha256:" + hashlib.file_digest(content, "sha256").hexdigest())
    return Layer(file, note.read_text(), file.stat().st_size)


def _json_blob(value: object) -> tuple[str, bytes]:
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return "sha256:" + hashlib.sha256(data).hexdigest(), data


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = _normalized(tarfile.TarInfo(name))
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def _documents(image: Image) -> tuple[dict[str, bytes], Mapping[str, object]]:
    """The image's configuration and manifest as blobs, and the manifest's descriptor for the index."""
    diffs = {"type": "layers", "diff_ids": [layer.digest for layer in image.layers]}
    config = {"architecture": "amd64", "os": "linux", "config": dict(image.config), "rootfs": diffs}
    config_digest, config_data = _json_blob(config)
    layers = [{"mediaType": LAYER_TYPE, "digest": layer.digest, "size": layer.size} for layer in image.layers]
    kind = "application/vnd.oci.image.config.v1+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": kind, "digest": config_digest, "size": len(config_data)},
        "layers": layers,
    }
    digest, data = _json_blob(manifest)
    descriptor = {"mediaType": manifest["mediaType"], "digest": digest, "size": len(data)}
    return {config_digest: config_data, digest: data}, descriptor


def image_digest(image: Image) -> str:
    """The digest of the image's manifest: equal content, equal digest."""
    return str(_documents(image)[1]["digest"])


def write_image(image: Image, names: tuple[str, ...], present: frozenset[str], target: IO[bytes]) -> None:
    """An OCI layout as a tar, without the layers that the receiver has (`present`)."""
    blobs, descriptor = _documents(image)
    manifests = [{**descriptor, "annotations": {"io.containerd.image.name": name}} for name in names]
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.GNU_FORMAT) as archive:
        _add(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        for digest, data in sorted(blobs.items()):
            _add(archive, f"blobs/sha256/{digest.removeprefix('sha256:')}", data)
        for layer in image.layers:
            if layer.digest not in present:
                member = _normalized(tarfile.TarInfo(f"blobs/sha256/{layer.digest.removeprefix('sha256:')}"))
                member.size = layer.size
                with layer.file.open("rb") as content:
                    archive.addfile(member, content)
        index = {"schemaVersion": 2, "manifests": manifests}
        _add(archive, "index.json", json.dumps(index, sort_keys=True).encode())
