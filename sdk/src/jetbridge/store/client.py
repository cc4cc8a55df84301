"""The library's clients: one a bucket, with credentials from the environment, repeats and time limits."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from jetbridge.store.address import LOCAL
from jetbridge.store.interface import ObjectNotFoundError, refused

if TYPE_CHECKING:
    from obstore.store import BackoffConfig, ClientConfig, RetryConfig
    from obstore.store import ObjectStore as Backing

TASK_PATIENCE = timedelta(seconds=90)
"""How long a task waits for a store that is away, rather than to lose what it has done to another attempt."""
PART_TIMEOUT = timedelta(minutes=3)
"""How long one part of a transfer may take. The library's 30 s for a whole request is too short for a slow line."""


class Clients:
    """One client a bucket and purpose, made when it is first used; safe to copy to another process.

    Args:
        patience: How long one request is repeated while the store does not answer; by default for a few seconds.
    """

    def __init__(self, patience: timedelta | None = None) -> None:
        self._patience = patience
        self._made: dict[tuple[str, bool], Backing] = {}

    def __reduce__(self) -> tuple[Callable[..., Clients], tuple[timedelta | None]]:
        return Clients, (self._patience,)

    def get(self, root: str, *, bulk: bool = False) -> Backing:
        """The client for a bucket; one for `bulk` transfers has longer time limits."""
        if (root, bulk) not in self._made:
            self._made[root, bulk] = _connect(root, self._patience, bulk)
        return self._made[root, bulk]


@contextmanager
def translated(uri: str) -> Generator[None]:
    """Turns what the library raises into `StoreError` and `ObjectNotFoundError`."""
    from obstore.exceptions import BaseError, PreconditionError

    try:
        yield
    except FileNotFoundError as error:
        raise ObjectNotFoundError(f"there is no object {uri!r}") from error
    except PreconditionError as error:
        raise refused(uri, "it was replaced while it was read") from error
    except (BaseError, OSError, ValueError) as error:
        raise refused(uri, _first_line(error)) from error


def _connect(root: str, patience: timedelta | None, bulk: bool) -> Backing:
    from obstore.store import LocalStore, from_url

    if root == LOCAL:
        return LocalStore("/")
    retries = None if patience is None else _retries(patience)
    options = client_options(root.partition("://")[0]) if bulk else None
    return from_url(root, retry_config=retries, client_options=options)


def _retries(patience: timedelta) -> RetryConfig:
    """Repeats for so long. The library's own ten tries are over in two to five seconds when nobody listens."""
    backoff: BackoffConfig = {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=5), "base": 2}
    return {"retry_timeout": patience, "max_retries": 10_000, "backoff": backoff}


def client_options(scheme: str) -> ClientConfig:
    """The environment's options, which the library drops when it is given any, and our time limit."""
    prefix = _PREFIXES.get(scheme, "AWS_")
    given = {name: os.environ[prefix + name.upper()] for name in _OPTIONS if prefix + name.upper() in os.environ}
    return cast("ClientConfig", {"timeout": PART_TIMEOUT, **given})


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


_PREFIXES = {"gs": "GOOGLE_", **dict.fromkeys(("az", "adl", "azure", "abfs", "abfss"), "AZURE_")}
_OPTIONS = (
    "allow_http",
    "allow_invalid_certificates",
    "connect_timeout",
    "http1_only",
    "http2_only",
    "pool_idle_timeout",
    "pool_max_idle_per_host",
    "proxy_url",
    "proxy_ca_certificate",
    "proxy_excludes",
    "timeout",
    "user_agent",
)
