"""Names of test cases that are the same in every process, as parallel runs need them."""

from __future__ import annotations

import re


def stable_id(value: object) -> str:
    """The value's text without addresses in memory."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))
