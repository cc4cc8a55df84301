"""Loads a vendor's client when it is needed, and says how to install it when it is missing."""

from __future__ import annotations

import importlib
from typing import Any

from jetbridge.errors import UsageError


def load_client(name: str, extra: str) -> Any:
    """A module of a client; untyped, since not all of them have type stubs.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(
            f"{name} cannot be imported where the statement runs: {error}",
            hint=f"Install it in the task's image: pip install 'jetbridge-plugins[{extra}]'",
        ) from None
