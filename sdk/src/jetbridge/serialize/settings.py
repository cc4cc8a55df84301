"""What packaging decides beside the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jetbridge.errors import UsageError
from jetbridge.suggest import did_you_mean

_TEMPLATE = re.compile(r"\{\{\s*\.images?\.(?P<name>[\w-]+)\.(?P<part>fqn|version|tag)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SerializationSettings:
    """Settings of one packaging.

    Attributes:
        image: The image of tasks that name none.
        images: Named images, for `container_image="{{.image.NAME.fqn}}:{{.image.NAME.version}}"`.
        source_root: The folder from which modules are imported; the author's lines are written relative to it.
        env: Environment variables of every task.
        code_bundle: URI of the bundle that holds the tasks' modules; empty when the images have them.
    """

    image: str
    images: Mapping[str, str] = field(default_factory=dict[str, str])
    source_root: str = "."
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    code_bundle: str = ""

    def image_of(self, container_image: str) -> str:
        """The image a task runs in. Raises `UsageError` for a template that names an unknown image."""
        if not container_image:
            return self.image
        return _TEMPLATE.sub(self._part, container_image)

    def _part(self, match: re.Match[str]) -> str:
        known = {"default": self.image, **self.images}
        if match["name"] not in known:
            raise UsageError(
                f"there is no image named {match['name']!r}",
                hint=f"Give `--image {match['name']}=IMAGE`. {did_you_mean(match['name'], known)}",
            )
        fqn, version = split_image(known[match["name"]])
        return fqn if match["part"] == "fqn" else version


def split_image(image: str) -> tuple[str, str]:
    """The name and the tag, which stands behind a colon that is no port's; without one it is `latest`.

    Example:
        >>> split_image("host:5000/tasks:2")
        ('host:5000/tasks', '2')
    """
    name, separator, tag = image.rpartition(":")
    return (name, tag) if separator and "/" not in tag else (image, "latest")
