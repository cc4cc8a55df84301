"""Which cases a session needs, so that what is deselected is not run."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.conformance.case import Case


def selected_cases(request: pytest.FixtureRequest, fixture: str, way: str = "") -> tuple[Case, ...]:
    """The cases of the selected tests that use a fixture, with a way where one is named; in their order."""
    found: dict[Case, None] = {}
    for item in request.session.items:
        params = cast("dict[str, Any]", getattr(getattr(item, "callspec", None), "params", {}))
        uses = fixture in cast("Any", item).fixturenames if "case" in params else False
        if uses and way in ("", params.get("way")):
            found[params["case"]] = None
    return tuple(found)
