"""The object store that holds a run's data: one small interface over `obstore`.

Everything is addressed by URI (`file:///folder/name`, `s3://bucket/key`, …), so a literal's URI is enough to reach it.
A plain local path is taken for a `file://` URI.
"""

from __future__ import annotations

from jetbridge.store.address import join, normalize_uri
from jetbridge.store.client import TASK_PATIENCE
from jetbridge.store.interface import ObjectNotFoundError, Progress, Store, StoredObject
from jetbridge.store.object_store import ObjectStore, open_store

__all__ = [
    "TASK_PATIENCE",
    "ObjectNotFoundError",
    "ObjectStore",
    "Progress",
    "Store",
    "StoredObject",
    "join",
    "normalize_uri",
    "open_store",
]
