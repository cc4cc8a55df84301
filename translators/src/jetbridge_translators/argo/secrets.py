"""Flyte's secrets as Kubernetes secrets: group = name of the Secret, key = its key.

Names and places are those of Flyte's own injector (flytepropeller `pkg/webhook/k8s_secrets.go`), which flytekit's
`secrets.get` looks up. There, as here, a missing secret shows when the task asks for it,
not as a pod that never starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import hera.workflows.models as m

from jetbridge_translators.plan.names import dns_label
from jetbridge_translators.work import SecretRef

FOLDER = "/etc/flyte/secrets"
PREFIX = "_FSEC_"
FILE = "file"
MOUNTS = frozenset({"any", "env_var", FILE})


def secret_env(secrets: Sequence[SecretRef]) -> list[m.EnvVar]:
    """The variables that hold secrets, or tell where their files lie."""
    values = [secret for secret in secrets if secret.mount != FILE]
    files = [secret for secret in secrets if secret.mount == FILE]
    return [
        *([m.EnvVar(name="FLYTE_SECRETS_ENV_PREFIX", value=PREFIX)] if values else []),
        *(variable for secret in values for variable in _value_variables(secret)),
        *([m.EnvVar(name="FLYTE_SECRETS_DEFAULT_DIR", value=FOLDER)] if files else []),
        *([m.EnvVar(name="FLYTE_SECRETS_FILE_PREFIX", value="")] if files else []),
        *(m.EnvVar(name=secret.env_var, value=_path(secret)) for secret in files if secret.env_var),
    ]


def _value_variables(secret: SecretRef) -> list[m.EnvVar]:
    names = [f"{PREFIX}{secret.group}_{secret.key}".upper(), *([secret.env_var] if secret.env_var else [])]
    selector = m.SecretKeySelector(name=secret.group, key=secret.key, optional=True)
    return [m.EnvVar(name=name, value_from=m.EnvVarSource(secret_key_ref=selector)) for name in names]


def _path(secret: SecretRef) -> str:
    return f"{FOLDER}/{secret.group.lower()}/{secret.key.lower()}"


def secret_volumes(secrets: Sequence[SecretRef]) -> list[m.Volume]:
    """A volume for each Secret of which keys are asked for as files."""
    return [_volume(group, keys) for group, keys in _files(secrets).items()]


def secret_mounts(secrets: Sequence[SecretRef]) -> list[m.VolumeMount]:
    """Where the volumes are found."""
    return [
        m.VolumeMount(name=_volume_name(group), mount_path=f"{FOLDER}/{group.lower()}", read_only=True)
        for group in _files(secrets)
    ]


def _files(secrets: Sequence[SecretRef]) -> dict[str, list[str]]:
    pairs = sorted({(secret.group, secret.key) for secret in secrets if secret.mount == FILE})
    return {group: [key for _, key in members] for group, members in groupby(pairs, key=lambda pair: pair[0])}


def _volume(group: str, keys: list[str]) -> m.Volume:
    items = [m.KeyToPath(key=key, path=key.lower()) for key in keys]
    source = m.SecretVolumeSource(secret_name=group, items=items, optional=True)
    return m.Volume(name=_volume_name(group), secret=source)


def _volume_name(group: str) -> str:
    return dns_label(f"secret.{group}")
