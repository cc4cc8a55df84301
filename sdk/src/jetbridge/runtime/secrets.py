"""Reading secrets on the worker, by flytekit's rules (`core/context_manager.py`): environment first, then files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, overload

from jetbridge.errors import JetbridgeError, UsageError
from jetbridge.record import Record


class SecretNotFoundError(JetbridgeError, ValueError):
    """Raised when neither the environment nor a file holds a secret. A `ValueError` too, as flytekit raises."""


class SecretsManager(Record):
    """Secrets by group and key, also as attributes: `secrets.db.password`.

    Attributes:
        environ: The environment variables, which also tell where files lie.
        local: Whether variables without flytekit's prefix count, as they do when a task is called as a function.

    Example:
        >>> secrets = SecretsManager({"_FSEC_DB_PASSWORD": "hunter2"})
        >>> secrets.get("db", "password"), secrets.db.password
        ('hunter2', 'hunter2')
    """

    environ: Mapping[str, str]
    local: bool = False

    @overload
    def get(self, group: str | None = ..., key: str | None = ..., group_version: str | None = ...) -> str: ...

    @overload
    def get(
        self,
        group: str | None = ...,
        key: str | None = ...,
        group_version: str | None = ...,
        *,
        encode_mode: Literal["rb"],
    ) -> bytes | str: ...

    def get(
        self,
        group: str | None = None,
        key: str | None = None,
        group_version: str | None = None,
        encode_mode: str = "r",
    ) -> str | bytes:
        """A secret without surrounding white space: text, or with `encode_mode="rb"` a file's bytes.

        Raises:
            SecretNotFoundError: it is neither in the environment nor in a file.
            UsageError: neither a group nor a key is given.
        """
        variable = self.get_secrets_env_var(group, key, group_version)
        names = (variable, variable.removeprefix(self._prefix)) if self.local else (variable,)
        for name in names:
            if name in self.environ:
                return self.environ[name].strip()
        path = self.get_secrets_file(group, key, group_version)
        if path.is_file():
            return path.read_bytes().strip() if encode_mode == "rb" else path.read_text().strip()
        asked = "/".join(_parts(group, group_version, key))
        raise SecretNotFoundError(
            f"secret {asked!r} is neither in the environment ({variable}) nor in a file ({path})",
            hint="Ask for it with `secret_requests=[Secret(group=…, key=…)]`, and create it in the cluster.",
        )

    def get_secrets_env_var(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None
    ) -> str:
        """The environment variable that holds a secret. Raises `UsageError` without a group and a key."""
        return self._prefix + "_".join(_parts(group, group_version, key)).upper()

    def get_secrets_file(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None
    ) -> Path:
        """The file that holds a secret. Raises `UsageError` without a group and a key."""
        folder = Path(self.environ.get("FLYTE_SECRETS_DEFAULT_DIR", "/etc/secrets").strip())
        prefix = self.environ.get("FLYTE_SECRETS_FILE_PREFIX", "").strip()
        *folders, name = [part.lower() for part in _parts(group, group_version, key)]
        return folder.joinpath(*folders, f"{prefix}{name}")

    def __getattr__(self, group: str) -> GroupSecrets:
        if group.startswith("_"):
            raise AttributeError(group)
        return GroupSecrets(self, group)

    @property
    def _prefix(self) -> str:
        return self.environ.get("FLYTE_SECRETS_ENV_PREFIX", "_FSEC_").strip()


class GroupSecrets:
    """The secrets of one group, as attributes."""

    def __init__(self, manager: SecretsManager, group: str) -> None:
        self._manager = manager
        self._group = group

    def __getattr__(self, key: str) -> str:
        return self._manager.get(self._group, key)


def _parts(group: str | None, version: str | None, key: str | None) -> list[str]:
    parts = [part for part in (group, version, key) if part]
    if not parts:
        raise UsageError("a secret was asked for without a name", hint='Write `secrets.get("group", "key")`.')
    return parts
