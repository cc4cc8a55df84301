"""The settings of packaging in a dynamic task's environment: it packages its tasks when it runs."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any, cast

from jetbridge.errors import UsageError
from jetbridge.serialize.settings import SerializationSettings, split_image

SERIALIZED_CONTEXT = "_F_SS_C"
"""flytekit's environment variable; only dynamic tasks have it, and it is all that tells them on the wire."""


def transport(settings: SerializationSettings) -> str:
    """The settings as flytekit carries them: base64 of gzip of JSON, under flytekit's names.

    Example:
        >>> carried = transport(SerializationSettings(image="me/tasks:1"))
        >>> from_transport(carried).image
        'me/tasks:1'
    """
    images = [_image("default", settings.image), *(_image(name, uri) for name, uri in sorted(settings.images.items()))]
    document = {
        "image_config": {"default_image": images[0], "images": images},
        "project": "",
        "domain": "",
        "version": "",
        "env": dict(settings.env) or None,
        "source_root": None,  # a folder of the packaging machine says nothing on a worker
        "fast_serialization_settings": _fast(settings.code_bundle),
    }
    data = gzip.compress(json.dumps(document, sort_keys=True).encode(), mtime=0)
    return base64.b64encode(data).decode()


def from_transport(text: str) -> SerializationSettings:
    """The settings again, also those that flytekit wrote. Raises `UsageError` when they cannot be read."""
    try:
        document: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(text, validate=True)))
        config = document["image_config"]
        images = {image["name"]: _uri(image) for image in config.get("images") or ()}
        fast: dict[str, Any] = document.get("fast_serialization_settings") or {}
        return SerializationSettings(
            image=_uri(config["default_image"]),
            images={name: uri for name, uri in images.items() if name != "default"},
            source_root=document.get("source_root") or ".",
            env=document.get("env") or {},
            code_bundle=fast.get("distribution_location") or "",
        )
    except (ValueError, OSError, EOFError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"the settings in {SERIALIZED_CONTEXT} cannot be read: {error}", hint="Package the workflow again."
        ) from error


def _image(name: str, uri: str) -> dict[str, str]:
    fqn, tag = split_image(uri)
    return {"name": name, "fqn": fqn, "tag": tag}


def _uri(image: Mapping[str, Any]) -> str:
    tag = image.get("tag") or ""
    return f"{image['fqn']}:{tag}" if tag else cast("str", image["fqn"])


def _fast(bundle: str) -> dict[str, object] | None:
    return {"enabled": True, "destination_dir": None, "distribution_location": bundle} if bundle else None
