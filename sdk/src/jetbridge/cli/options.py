"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from jetbridge.cli.completion.names import complete_run, complete_target
from jetbridge.cli.settings import setting
from jetbridge.errors import UsageError
from jetbridge.serialize.settings import SerializationSettings

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_IMAGE = "jetbridge-task:latest"


def target_argument(function: F) -> F:
    """TARGET."""
    return click.argument("target", metavar="TARGET", shell_complete=complete_target)(function)


def run_argument(function: F) -> F:
    """RUN: a run's name, or the URI of its data."""
    return click.argument("run", metavar="RUN", shell_complete=complete_run)(function)


def image_option(function: F) -> F:
    """`--image`, also named images."""
    return click.option(
        "--image",
        "images",
        multiple=True,
        metavar="[NAME=]IMAGE",
        help=f"The tasks' image ({DEFAULT_IMAGE}); repeat with a name for named images.",
    )(function)


def json_option(function: F) -> F:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(function)


def serialization_settings(images: Sequence[str], source_root: str, code_bundle: str = "") -> SerializationSettings:
    """The settings that `--image` options mean. Raises `UsageError` for two unnamed images."""
    named = {name: image for name, separator, image in (text.partition("=") for text in images) if separator}
    unnamed = [text for text in images if "=" not in text]
    if len(unnamed) > 1:
        raise UsageError(
            f"two images without a name: {', '.join(unnamed)}", hint="Name all but one: `--image gpu=IMAGE`."
        )
    return SerializationSettings(
        image=unnamed[0] if unnamed else named.get("default") or setting("image") or DEFAULT_IMAGE,
        images=named,
        source_root=source_root or ".",
        code_bundle=code_bundle,
    )
