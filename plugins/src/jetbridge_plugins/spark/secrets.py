"""Flyte's secrets in a pod's manifest: group = name of the Kubernetes Secret, key = its key; never a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jetbridge_translators.plan.names import dns_label
from jetbridge_translators.work import SecretRef

FOLDER = "/etc/flyte/secrets"
_PREFIX = "_FSEC_"
_FILE = "file"
Tree = dict[str, Any]


def secret_env(secrets: Sequence[SecretRef]) -> list[Tree]:
    """The variables that hold secrets, or tell where their files lie (flytepropeller `pkg/webhook/k8s_secrets.go`)."""
    values = [secret for secret in secrets if secret.mount != _FILE]
    files = [secret for secret in secrets if secret.mount == _FILE]
    return [
        *([{"name": "FLYTE_SECRETS_ENV_PREFIX", "value": _PREFIX}] if values else []),
        *(variable for secret in values for variable in _variables(secret)),
        *([{"name": "FLYTE_SECRETS_DEFAULT_DIR", "value": FOLDER}] if files else []),
        *([{"name": "FLYTE_SECRETS_FILE_PREFIX", "value": ""}] if files else []),
        *({"name": secret.env_var, "value": _path(secret)} for secret in files if secret.env_var),
    ]


def _variables(secret: SecretRef) -> list[Tree]:
    names = [f"{_PREFIX}{secret.group}_{secret.key}".upper(), *([secret.env_var] if secret.env_var else [])]
    reference = {"secretKeyRef": {"name": secret.group, "key": secret.key, "optional": True}}
    return [{"name": name, "valueFrom": reference} for name in names]


def _path(secret: SecretRef) -> str:
    return f"{FOLDER}/{secret.group.lower()}/{secret.key.lower()}"


def secret_volumes(secrets: Sequence[SecretRef]) -> list[Tree]:
    """A volume for each Secret of which keys are asked for as files."""
    return [
        {"name": _volume(group), "secret": {"secretName": group, "optional": True, "items": _items(group, secrets)}}
        for group in _groups(secrets)
    ]


def secret_mounts(secrets: Sequence[SecretRef]) -> list[Tree]:
    """Where the volumes are found."""
    return [
        {"name": _volume(group), "mountPath": f"{FOLDER}/{group.lower()}", "readOnly": True}
        for group in _groups(secrets)
    ]


def _groups(secrets: Sequence[SecretRef]) -> list[str]:
    return sorted({secret.group for secret in secrets if secret.mount == _FILE})


def _items(group: str, secrets: Sequence[SecretRef]) -> list[Tree]:
    keys = sorted({secret.key for secret in secrets if secret.mount == _FILE and secret.group == group})
    return [{"key": key, "path": key.lower()} for key in keys]


def _volume(group: str) -> str:
    return dns_label(f"secret.{group}")
