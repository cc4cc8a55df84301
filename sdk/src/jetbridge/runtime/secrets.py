"""Reading secrets on the worker, by flytekit's rules (`core/context_manager.py`): environment first, then files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jetbridge.errors import JetbridgeError


class SecretNotFoundError(JetbridgeError):
    """Raised when neither the environment nor a file holds a secret."""


@dataclass(frozen=True, slots=True)
class SecretsManager:
    """Secrets by group and key.

    Attributes:
        environ: The environment variables, which also tell where files lie.

    Example:
        >>> SecretsManager({"_FSEC_DB_PASSWORD": "hunter2"}).get("db", "password")
        'hunter2'
    """

    environ: Mapping[str, str]

    def get(self, group: str | None = None, key: str | None = None, group_version: str | None = None) -> str:
        """A secret's text without surrounding white space. Raises `SecretNotFoundError`."""
        parts = [part for part in (group, group_version, key) if part]
        variable = self.environ.get("FLYTE_SECRETS_ENV_PREFIX", "_FSEC_") + "_".join(parts).upper()
        if variable in self.environ:
            return self.environ[variable].strip()
        path = self._path(parts)
        if path.is_file():
            return path.read_text().strip()
        raise SecretNotFoundError(
            f"secret {'/'.join(parts)!r} is neither in the environment ({variable}) nor in a file ({path})",
            hint="Ask for it with `secret_requests=[Secret(group=…, key=…)]`, and create it in the cluster.",
        )

    def _path(self, parts: list[str]) -> Path:
        folder = Path(self.environ.get("FLYTE_SECRETS_DEFAULT_DIR", "/etc/secrets"))
        prefix = self.environ.get("FLYTE_SECRETS_FILE_PREFIX", "")
        *folders, name = [part.lower() for part in parts]
        return folder.joinpath(*folders, f"{prefix}{name}")
