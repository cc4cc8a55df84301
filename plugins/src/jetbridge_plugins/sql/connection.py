"""How a database is reached: an SQLAlchemy URL without credentials, and secrets by reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from jetbridge.errors import UsageError
from jetbridge.secret import Secret

_CREDENTIALS = ("password", "passwd", "pwd", "passphrase", "token", "secret", "private_key", "sslpassword")
_HINT = (
    'Give it by reference: secret_connect_args={"password": Secret(group="warehouse", key="password")}, and leave it '
    "out of the URI."
)


def dialect_of(uri: str) -> str:
    """The database that a URL names, without its driver.

    Example:
        >>> dialect_of("postgresql+psycopg://db/birds")
        'postgresql'
    """
    return uri.partition(":")[0].partition("+")[0].lower()


def check_connection(owner: str, uri: str, connect_args: Mapping[str, object]) -> None:
    """Raises `UsageError` for what is no URL of a database, and for credentials that anybody could read."""
    if "://" not in uri or not dialect_of(uri):
        raise UsageError(
            f"{owner} names no database: {_hidden(uri)!r} is no SQLAlchemy URL",
            hint="Write DIALECT+DRIVER://USER@HOST:PORT/DATABASE, such as postgresql+psycopg://reader@db/birds.",
        )
    found = next(iter((*_in_uri(uri), *(f"connect_args[{name!r}]" for name in connect_args if _is_secret(name)))), "")
    if found:
        raise UsageError(f"{owner} holds a credential for all to read, in {found}", hint=_HINT)


def _in_uri(uri: str) -> Iterator[str]:
    parts = urlsplit(uri)
    if parts.password is not None:
        yield "its URI behind the user's name"
    yield from (f"its URI as {name}=" for name, _ in parse_qsl(parts.query) if _is_secret(name))


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _CREDENTIALS)


def _hidden(uri: str) -> str:
    """A text of the author's without what may be a password in it."""
    before, at, after = uri.rpartition("@")
    return f"…{at}{after}" if before else uri


def secret_to_dict(secret: Secret) -> dict[str, object]:
    """A secret in a task's `custom`, under flytekit's keys."""
    return {
        "group": secret.group,
        "key": secret.key,
        "group_version": secret.group_version,
        "mount_requirement": secret.mount_requirement.value,
    }


def secret_from_dict(entry: Mapping[str, object]) -> Secret:
    """The secret of an entry of `custom`, where numbers are floats."""
    kind = entry.get("mount_requirement") or 0
    return Secret(
        group=_text(entry.get("group")),
        key=_text(entry.get("key")),
        group_version=_text(entry.get("group_version")),
        mount_requirement=Secret.MountType(int(kind) if isinstance(kind, int | float) else 0),
    )


def _text(value: object) -> str | None:
    return str(value) if value else None
