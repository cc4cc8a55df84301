"""Data frames: one literal type for every library, written and read as Arrow data.

`StructuredDataset` is the face for authors; `registry` finds the codec of a class and a format; `ArrowCodec` makes one
of a library (to and from Arrow) and a file format.
"""

from __future__ import annotations

from jetbridge.types.structured_dataset.columns import kwtypes
from jetbridge.types.structured_dataset.dataset import StructuredDataset

__all__ = ["StructuredDataset", "kwtypes"]
