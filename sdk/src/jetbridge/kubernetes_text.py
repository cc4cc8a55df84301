"""References to variables in a container's text, by the rule of Kubernetes' `third_party/forked/golang/expansion`."""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$\$|\$\(([^)]*)\)")


def unexpanded(text: str) -> str:
    """Text that reaches the process as it is here.

    Example:
        >>> unexpanded("$(HOME) $x"), unexpanded("$x")
        ('$$(HOME) $$x', '$x')
    """
    return text.replace("$", "$$") if "$$" in text or "$(" in text else text


def expanded(text: str, values: Mapping[str, str]) -> str:
    """Text with `$(NAME)` of the variables before it; `$$` is one `$`, and an unknown name stays.

    Example:
        >>> expanded("$(A) $(B) $$(A) $A", {"A": "1"})
        '1 $(B) $(A) $A'
    """
    return _REFERENCE.sub(lambda found: "$" if found[0] == "$$" else values.get(found[1], found[0]), text)
