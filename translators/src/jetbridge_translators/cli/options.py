"""Options of verbs that work with back ends; each back end's own options come from its record."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from jetbridge.cli.settings import config, setting
from jetbridge.config.resolve import DEFAULT
from jetbridge.errors import RegistryError, UsageError
from jetbridge.store import normalize_uri
from jetbridge_translators import registry
from jetbridge_translators.base import Backend, Settings
from jetbridge_translators.cli.code import COPY_MODES, NONE
from jetbridge_translators.cli.planning import planning_of, planning_options
from jetbridge_translators.option import Option

F = TypeVar("F", bound=Callable[..., Any])


class BackendCommand(click.Command):
    """A command that also takes the options of every installed back end."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own options, then the back ends'."""
        own = super().get_params(ctx)
        taken = {param.name for param in own}
        offered = [_click_option(option, owners) for option, owners in _options() if _key(option.name) not in taken]
        return [*own, *planning_options(), *offered]


def complete_backends(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Back ends by name, after a comma too."""
    before, comma, begun = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in registry.backend_names() if name.startswith(begun)]


def copy_option(otherwise: str) -> Callable[[F], F]:
    """`--copy`; `otherwise` says what holds without it."""
    return click.option(
        "--copy",
        "copy",
        type=click.Choice(COPY_MODES),
        help=f"The code to put beside the runs for tasks whose image lacks it: the loaded modules (auto), every file "
        f"below the source root (all), or {NONE}. [default: {otherwise}]",
    )


def _options() -> Iterable[tuple[Option, list[str]]]:
    merged: dict[str, tuple[Option, list[str]]] = {}
    for name in registry.backend_names():
        for option in _options_of(name):
            merged.setdefault(option.name, (option, []))[1].append(name)
    return merged.values()


def _options_of(name: str) -> tuple[Option, ...]:
    """A back end's options. One that cannot be loaded offers none here, and is an error when it is chosen."""
    try:
        return registry.backend(name).options
    except RegistryError:
        return ()


def _click_option(option: Option, owners: list[str]) -> click.Option:
    kind = click.Choice(option.choices) if option.choices else None
    help_text = f"[{', '.join(owners)}] {option.help}"
    return click.Option([f"--{option.name}", _key(option.name)], type=kind, default=None, help=help_text)


def _key(name: str) -> str:
    return f"backend_{name.replace('-', '_')}"


def backend_settings(backend_name: str, store: str, target: str, values: Mapping[str, Any]) -> Settings:
    """The settings for one back end: the command line's values over what is settled; other back ends' are left out.

    Raises:
        UsageError: an option was given that only other back ends have.
    """
    backend = registry.backend(backend_name)
    return Settings(
        store=store,
        target=target,
        options={**settled_options(backend), **given_options(backend, values)},
        planning=planning_of(values),
        connection=connection_of(backend),
    )


def given_options(backend: Backend, values: Mapping[str, Any]) -> dict[str, str]:
    """The back end's own options that the command line has."""
    given = {option.name: values.get(_key(option.name)) for option in backend.options}
    return {name: value for name, value in given.items() if value is not None}


def settled_options(backend: Backend) -> dict[str, str]:
    """Those that the environment or `jetbridge.toml` sets. Raises `UsageError` for a file that cannot be used."""
    return _settled(backend, backend.options)


def _settled(backend: Backend, options: Iterable[Option]) -> dict[str, str]:
    found = (config().get(option.name, backend.name) for option in options)
    return {each.known.name: each.value for each in found if each.source != DEFAULT}


def connection_of(backend: Backend) -> dict[str, str]:
    """What its engine is reached by, under the names of the variables. Raises `UsageError`."""
    found = {each.variable: setting(each.name, backend.name) for each in backend.connection}
    return {variable: value for variable, value in found.items() if value}


def deploy_options() -> list[click.Parameter]:
    """What installed back ends need to know for deploying, as parameters of a command."""
    found: dict[str, tuple[Option, list[str]]] = {}
    for name in registry.backend_names():
        for option in _deploy_options_of(name):
            found.setdefault(option.name, (option, []))[1].append(name)
    return [_click_option(option, owners) for option, owners in found.values()]


def _deploy_options_of(name: str) -> tuple[Option, ...]:
    try:
        deploy = registry.backend(name).deploy
    except RegistryError:
        return ()
    return deploy.options if deploy is not None else ()


def deploy_values(backend: Backend, values: Mapping[str, Any]) -> dict[str, str]:
    """Those of one back end, with their defaults. Raises `UsageError` for one that only others have."""
    own = {option.name: option for option in _deploy_options_of(backend.name)}
    foreign = [
        option.name
        for name in registry.backend_names()
        for option in _deploy_options_of(name)
        if option.name not in own and values.get(_key(option.name)) is not None
    ]
    if foreign:
        raise UsageError(f"--{foreign[0]} is no option of deploying to {backend.name}", hint="Leave it out.")
    given = {name: text for name in own if (text := values.get(_key(name))) is not None}
    defaults = {name: option.default for name, option in own.items()}
    return {**defaults, **_settled(backend, own.values()), **given}


def reject_foreign(backend_names: Iterable[str], values: Mapping[str, Any]) -> None:
    """Raises `UsageError` for an option that none of the chosen back ends has."""
    chosen = set(backend_names)
    for option, owners in _options():
        if values.get(_key(option.name)) is not None and not chosen & set(owners):
            raise UsageError(
                f"--{option.name} is an option of {', '.join(owners)}, not of {', '.join(sorted(chosen))}",
                hint="Leave it out.",
            )


def parse_target_version(text: str, backend_name: str) -> str:
    """The version in `--target argo=3.7`. Raises `UsageError` when it names another back end."""
    if not text:
        return ""
    name, separator, version = text.partition("=")
    if not separator or name != backend_name:
        raise UsageError(
            f"--target {text!r} is not of the form {backend_name}=VERSION", hint=f"--target {backend_name}=…"
        )
    return version


def default_store() -> str:
    """The store that is settled, or a folder of this user."""
    chosen = setting("store")
    if chosen:
        return normalize_uri(chosen)
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return normalize_uri(str(data / "jetbridge" / "runs"))
