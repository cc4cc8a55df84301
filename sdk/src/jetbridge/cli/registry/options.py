"""Options that the registry's verbs share."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from sqlalchemy import Connection, Engine

from jetbridge.registry.database import default_url, open_registry
from jetbridge.registry.entity_id import DEFAULT_SCOPE

F = TypeVar("F", bound=Callable[..., Any])


def registry_option(function: F) -> F:
    """`--registry`."""
    return click.option(
        "--registry",
        "url",
        default="",
        metavar="URL",
        help="The database's SQLAlchemy URL (JETBRIDGE_REGISTRY; by default a SQLite file of yours).",
    )(function)


def scope_options(function: F) -> F:
    """`--project` and `--domain`."""
    for (variable, default), names in zip(
        DEFAULT_SCOPE.items(), (("-p", "--project"), ("-d", "--domain")), strict=True
    ):
        function = click.option(*names, default=default, show_default=True, envvar=variable)(function)
    return function


@contextmanager
def registry(url: str) -> Generator[Engine]:
    """The database of `--registry`."""
    with open_registry(url or default_url()) as engine:
        yield engine


@contextmanager
def reading(url: str) -> Generator[Connection]:
    """A transaction on the database of `--registry`."""
    with registry(url) as engine, engine.begin() as connection:
        yield connection
