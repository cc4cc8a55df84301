"""What the files say."""

from __future__ import annotations

from tests.translators.argo import plans


def test_x() -> None:
    assert plans.penguins()
