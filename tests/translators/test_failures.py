"""A failed step's error, as its error document tells it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from jetbridge.runtime.layout import error_uri
from jetbridge.store import open_store
from jetbridge_translators.failures import node_failure
from jetbridge_translators.plan.model import Gate, Sleep


def test_a_damaged_error_document(tmp_path: Path) -> None:
    store, root = open_store(), f"file://{tmp_path}"
    store.write(error_uri(root, "n0"), b"\xff\xff\xff")
    node = Gate(
        id="n0", path="n0", name="wait", args={}, after=(), location=None, wait=Sleep(timedelta(1)), timeout=None
    )
    found = node_failure(store, root, node, "local")
    assert "node 'n0'" in found.message
    assert "error.pb is damaged" in found.message
    assert found.hint
