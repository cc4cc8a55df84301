"""How stored data is addressed: URIs, and what of them names the bucket and what the object."""

from __future__ import annotations

import re
from pathlib import Path

from jetbridge.record import Record
from jetbridge.store.interface import refused

LOCAL = "file:///"
_STAGED = re.compile(r"#\d+$")


def join(prefix: str, *names: str) -> str:
    """A URI below another.

    Example:
        >>> join("s3://bucket/run/", "n0", "outputs.pb")
        's3://bucket/run/n0/outputs.pb'
    """
    return "/".join([prefix.rstrip("/"), *names])


def normalize_uri(text: str) -> str:
    """A URI, or a local path as a `file://` URI without a trailing slash."""
    uri = text if "://" in text else f"file://{Path(text).expanduser().resolve()}"
    return uri if uri == LOCAL else uri.rstrip("/")


class Place(Record):
    """A URI taken apart: the root that names a bucket or the local file system, and the key below it."""

    root: str
    key: str

    @property
    def is_local(self) -> bool:
        """Whether it lies in the local file system."""
        return self.root == LOCAL

    def uri(self, key: str) -> str:
        """The URI of another key below the same root."""
        return f"{LOCAL}{key}" if self.is_local else join(self.root, key)

    def path(self) -> Path:
        """The file of a local object. Raises `StoreError` for a name that the local store cannot list again."""
        parts = self.key.split("/")
        if not self.key or {"", ".", ".."} & set(parts) or "\n" in self.key:
            raise refused(self.uri(self.key), "it is no address of a local file")
        if _STAGED.search(self.key):
            # obstore's LocalStore takes such files for its own unfinished ones: it neither lists nor reads them.
            raise refused(self.uri(self.key), "a name may not end in `#` and digits in a local store")
        return Path(f"/{self.key}")


def place(uri: str) -> Place:
    """A URI or local path, taken apart."""
    scheme, _, rest = normalize_uri(uri).partition("://")
    if scheme == "file":
        return Place(LOCAL, rest.lstrip("/"))
    bucket, _, key = rest.partition("/")
    return Place(f"{scheme}://{bucket}", key)
