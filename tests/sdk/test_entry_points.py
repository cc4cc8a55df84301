"""Plugins by entry point: unknown, owned twice, broken, and of the wrong kind are four different errors."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

from jetbridge import entry_points
from jetbridge.entry_points import Discover, discover
from jetbridge.errors import RegistryError


def finder(*points: EntryPoint) -> Discover:
    return lambda group: tuple(point for point in points if point.group == group)


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, "group")


def test_a_name_gives_what_its_owner_points_to() -> None:
    find = finder(point("join", "os.path:join"), point("a", "os:sep"))
    import os

    assert entry_points.load("group", "join", find) is os.path.join
    assert entry_points.names("group", find) == ("join", "a")
    assert entry_points.find_optional("group", "nothing", find) is None


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("spar", "nothing installed provides 'spar'", "Did you mean 'spark'?"),
        ("zzzzzz", "nothing installed provides 'zzzzzz'", "Installed: spark, twice"),
        ("twice", "is provided by 2 entry points", "Uninstall all but one"),
        ("missing", "cannot be imported: No module named 'nowhere'", "Install what it needs"),
        ("absent", "points to 'os:nothing_there', which does not exist", "Reinstall it"),
        ("raises", "cannot be loaded: ZeroDivisionError", "Report it"),
    ],
)
def test_what_cannot_be_loaded_is_said(
    name: str, message: str, hint: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "raising_plugin.py").write_text("1 / 0\n")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    find = finder(
        point("spark", "os:sep"),
        point("twice", "os:sep"),
        point("twice", "os:linesep"),
        point("missing", "nowhere:X"),
        point("absent", "os:nothing_there"),
        point("raises", "raising_plugin:X"),
    )
    with pytest.raises(RegistryError, match=message) as caught:
        entry_points.load("group", name, find)
    assert hint in caught.value.hint


def test_what_is_installed_is_sorted() -> None:
    names = entry_points.names("jetbridge.backends")
    assert {"airflow", "argo", "local"} <= set(names)
    assert list(names) == sorted(names)
    assert all(entry_points.owner(point) == "jetbridge-translators" for point in discover("jetbridge.backends"))
