"""What a conversion needs from its surroundings."""

from __future__ import annotations

import os
from pathlib import Path

from jetbridge.record import Record
from jetbridge.store import Store, join


class TransformContext(Record):
    """Where data goes to and comes from while values and literals are converted.

    Args:
        store: The object store.
        raw_prefix: URI below which files, directories and data frames are uploaded.
        work_dir: Local folder for downloads; it is created when it is first used.
    """

    store: Store
    raw_prefix: str
    work_dir: Path

    def fresh_uri(self, *names: str) -> str:
        """A URI below `raw_prefix` that nobody has used: `<raw_prefix>/<32 hex digits>[/<name>]`."""
        return join(self.raw_prefix, _fresh(), *names)

    def fresh_path(self, *names: str) -> Path:
        """A path below `work_dir` that nobody has used; its folder does not exist yet."""
        return self.work_dir.joinpath(_fresh(), *names)


def _fresh() -> str:
    """What `uuid4().hex` is but for six bits; the module `uuid` looks at the platform first."""
    return os.urandom(16).hex()
