"""Literals as JSON and as text on a command line."""

from __future__ import annotations

from jetbridge.types.json_values import from_json, is_exact, to_json
from jetbridge.types.text_codec import parse_text

__all__ = ["from_json", "is_exact", "parse_text", "to_json"]
