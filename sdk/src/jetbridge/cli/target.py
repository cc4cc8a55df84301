"""TARGET: what a command works on.

`file.py:workflow`, `module:workflow`, `package.tgz[:name]`, `folder[:name]` or, of the registry, `name@version`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jetbridge.cli.settings import images_or_default
from jetbridge.cli.targets.flytekit import flytekit_target, flytekit_targets
from jetbridge.cli.targets.model import Target
from jetbridge.cli.targets.module import load_module, module_target, module_targets
from jetbridge.cli.targets.package import is_package, open_package, package_target, package_targets
from jetbridge.cli.targets.registered import is_registered, registered_target
from jetbridge.flytekit_project.detect import uses_flytekit
from jetbridge.flytekit_project.package import FlytekitModule
from jetbridge.module_names import module_name_for, source_root_of

__all__ = ["Target", "load_target", "load_targets"]


def load_target(text: str, images: Sequence[str] = ()) -> Target:
    """The target, which `close` takes for one workflow.

    Args:
        text: What the user wrote.
        images: The `--image` options, which flytekit is told when it packages a file of its own.

    Raises:
        UsageError: there is nothing of that name; the message says what was found instead.
        InvalidPackageError: a package cannot be read.
    """
    if is_registered(text):
        return registered_target(text, images)
    place, name = _split(text)
    if is_package(place):
        return package_target(open_package(place, images), name, place)
    written = _flytekit_module(place, images_or_default(images))
    if written is not None:
        return flytekit_target(written, name)
    return module_target(text, *load_module(place), name)


def load_targets(text: str, images: Sequence[str] = ()) -> tuple[Target, ...]:
    """All that TARGET names, each as a target of one workflow: without a name every workflow of a package or module.

    Raises like `load_target`.
    """
    place, name = _split(text)
    if name or is_registered(text):
        return (load_target(text, images),)
    if is_package(place):
        return package_targets(open_package(place, images))
    written = _flytekit_module(place, images_or_default(images))
    if written is not None:
        return flytekit_targets(written)
    return module_targets(text, *load_module(place))


def _split(text: str) -> tuple[str, str]:
    place, _, name = text.rpartition(":") if ":" in text else (text, "", "")
    return place, name


def _flytekit_module(place: str, images: Sequence[str]) -> FlytekitModule | None:
    """The module of a file that was written for flytekit; None for any other."""
    file = Path(place) if place.endswith(".py") else Path(*place.split(".")).with_suffix(".py")
    if not file.is_file() or not uses_flytekit(file):
        return None
    if place.endswith(".py"):
        return FlytekitModule(place, module_name_for(file), source_root_of(file), tuple(images))
    return FlytekitModule(place, place, Path.cwd(), tuple(images))
