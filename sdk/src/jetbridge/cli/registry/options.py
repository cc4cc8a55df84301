"""Options that the registry's verbs share."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import click
from sqlalchemy import Connection, Engine

from jetbridge.cli.settings import registry_url, setting
from jetbridge.registry.database import open_registry
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
    for name, default in zip(("project", "domain"), DEFAULT_SCOPE.values(), strict=True):
        settled = partial(setting, name)
        function = click.option(f"-{name[0]}", f"--{name}", default=settled, show_default=default)(function)
    return function


@contextmanager
def registry(url: str) -> Generator[Engine]:
    """The database of `--registry`."""
    with open_registry(url or registry_url()) as engine:
        yield engine


@contextmanager
def reading(url: str) -> Generator[Connection]:
    """A transaction on the database of `--registry`."""
    with registry(url) as engine, engine.begin() as connection:
        yield connection
