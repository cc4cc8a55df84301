"""The settings of this call of the command line: an option of it stands over all that is asked here."""

from __future__ import annotations

from typing import Any

import click

from jetbridge.config.resolve import Config, load_config

_META = "jetbridge.config"


def config() -> Config:
    """What holds, read once a call. Raises `UsageError` for a file that cannot be used."""
    context = click.get_current_context(silent=True)
    if context is None:
        return load_config()
    if _META not in context.meta:
        context.meta[_META] = load_config()
    return context.meta[_META]


def setting(name: str, owner: str = "") -> str:
    """The value of a setting; that of its default, or empty, where nobody has set it. Raises `UsageError`."""
    return config().get(name, owner).value


def profile_option() -> click.Option:
    """`--profile`, which every verb has."""

    def choose(context: click.Context, option: click.Parameter, value: str | None) -> None:
        if value:
            context.meta[_META] = load_config(value)

    return click.Option(
        ["--profile"],
        metavar="NAME",
        expose_value=False,
        is_eager=True,
        callback=choose,
        help="The profile of jetbridge.toml (JETBRIDGE_PROFILE).",
    )


def with_profile(command: click.Command) -> click.Command:
    """The same command with `--profile`; groups hand it on to their own commands."""
    import copy

    changed = copy.copy(command)
    changed.params = [*command.params, profile_option()]
    return changed


def registry_url() -> str:
    """Where the registry is, unless `--registry` says so. Raises `UsageError`."""
    from jetbridge.registry.database import default_url

    return setting("registry") or default_url()


def images_or_default(images: Any) -> tuple[str, ...]:
    """The `--image` options; without any the image that is settled, if one is."""
    settled = setting("image")
    return tuple(images) or ((settled,) if settled else ())
