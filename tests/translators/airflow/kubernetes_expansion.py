"""What Kubernetes makes of `$(X)` and `$$` (k8s.io/kubernetes `third_party/forked/golang/expansion/expand.go`)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_OPERATOR = re.compile(r"\$(\$|\(([^)]*)\))")


def expand(text: str, env: Mapping[str, str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        return "$" if match[1] == "$" else env.get(match[2], match[0])

    return _OPERATOR.sub(replaced, text)
