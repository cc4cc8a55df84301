"""Functions with any annotations: they have an interface, or are refused by name."""

from __future__ import annotations

import inspect
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jetbridge.errors import JetbridgeError
from jetbridge.interface import interface_of, typed_interface
from tests.fuzz.profiles import fuzzed
from tests.fuzz.strategies import any_annotation


def function(inputs: dict[str, Any], returned: Any) -> Any:
    def made(**values: object) -> object:
        return values

    kind = inspect.Parameter.KEYWORD_ONLY
    made.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in inputs])  # type: ignore[attr-defined]
    made.__annotations__ = {**inputs, "return": returned}
    return made


@fuzzed
@given(inputs=st.dictionaries(st.sampled_from(["a", "b"]), any_annotation, max_size=2), returned=any_annotation)
def test_any_annotation(inputs: dict[str, Any], returned: Any) -> None:
    with suppress(JetbridgeError):
        typed_interface(interface_of(function(inputs, returned)))
