"""JSON that passes through the templating of any engine."""

from __future__ import annotations

import json
import re


def json_text(value: object) -> str:
    """JSON in ASCII that no engine's templating can mistake for its own: no `{{`, `{%` or `{#`, no DEL."""
    text = json.dumps(value, ensure_ascii=True)
    return _STRING.sub(lambda match: _guard(match.group()), text).replace("\x7f", "\\u007f")


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def _guard(string: str) -> str:
    return string.replace("{", "\\u007b").replace("}", "\\u007d")
