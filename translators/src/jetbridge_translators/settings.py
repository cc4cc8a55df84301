"""What back ends add to `jetbridge.toml` and to the environment: their options, and how their engines are reached."""

from __future__ import annotations

from collections.abc import Iterator

from jetbridge.config.known import Known
from jetbridge.errors import RegistryError
from jetbridge_translators import registry
from jetbridge_translators.base import Backend
from jetbridge_translators.option import Option


def known() -> Iterator[Known]:
    """For each option one setting for all back ends that have it, and one for each of them alone."""
    backends = [*_backends()]
    shared = {option.name: option for backend in backends for option in options_of(backend)}
    yield from (_known(option, "") for option in shared.values())
    for backend in backends:
        yield from (_known(option, backend.name) for option in options_of(backend))
        for each in backend.connection:
            yield Known(
                name=each.name,
                owner=backend.name,
                variable=each.variable,
                help=each.help,
                is_secret=each.is_secret,
            )


def options_of(backend: Backend) -> tuple[Option, ...]:
    """All options of a back end, those of deploying too."""
    return (*backend.options, *(backend.deploy.options if backend.deploy else ()))


def _known(option: Option, owner: str) -> Known:
    words = "_".join(filter(None, ["JETBRIDGE", owner, option.name]))
    return Known(
        name=option.name,
        owner=owner,
        option=f"--{option.name}",
        variable=words.upper().replace("-", "_"),
        help=option.help,
        # Each back end has its own default.
        default=option.default if owner else "",
        choices=option.choices,
    )


def _backends() -> Iterator[Backend]:
    for name in registry.backend_names():
        try:
            yield registry.backend(name)
        except RegistryError:
            continue  # an error when it is chosen
