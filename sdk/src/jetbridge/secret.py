"""A secret that a task asks for, by reference."""

from __future__ import annotations

from enum import Enum

from jetbridge.idl import Secret as SecretMessage
from jetbridge.record import Record


class Secret(Record):
    """A secret's place, as in flytekit: never its value.

    Attributes:
        group: The store of secrets (a Kubernetes Secret's name).
        key: The entry in it.
        group_version: The version of the group, where the store has versions.
        mount_requirement: How the task wants to find it.
        env_var: The environment variable to set, where the author wants one of his own.
    """

    class MountType(Enum):
        """How a secret reaches the task."""

        ANY = SecretMessage.MountType.ANY
        ENV_VAR = SecretMessage.MountType.ENV_VAR
        FILE = SecretMessage.MountType.FILE

    group: str | None = None
    key: str | None = None
    group_version: str | None = None
    mount_requirement: MountType = MountType.ANY
    env_var: str | None = None

    def to_message(self) -> SecretMessage:
        """The secret on the wire."""
        return SecretMessage(
            group=self.group or "",
            key=self.key or "",
            group_version=self.group_version or "",
            mount_requirement=self.mount_requirement.value,
            env_var=self.env_var or "",
        )
