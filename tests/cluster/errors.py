"""The one error type of the cluster tooling: what failed, where, and what to do about it."""

from __future__ import annotations


class ClusterError(Exception):
    """A step failed; `hint` says what the reader can do next."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}\n\nHint: {self.hint}"
