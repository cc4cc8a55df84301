"""Plugins by entry point: unknown, owned twice, without a library and broken are four different errors."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest

from jetbridge import entry_points
from jetbridge.entry_points import Discover, discover
from jetbridge.errors import (
    BrokenPluginError,
    DuplicateOwnerError,
    MissingLibraryError,
    RegistryError,
    UnknownPluginError,
)
from jetbridge.requirements import install_command


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
    ("name", "kind", "message", "hint"),
    [
        ("spar", UnknownPluginError, "nothing installed provides 'spar'", "Did you mean 'spark'?"),
        ("zzzzzz", UnknownPluginError, "nothing installed provides 'zzzzzz'", "Installed: own, spark, twice"),
        ("twice", DuplicateOwnerError, "is provided by 2 entry points", "Uninstall all but one"),
        ("missing", MissingLibraryError, "needs 'nowhere', which is not installed", "Install it: pip install nowhere"),
        ("own", BrokenPluginError, "cannot be loaded: No module named 'raising_plugin.other'", "Reinstall it"),
        ("absent", BrokenPluginError, "points to 'os:nothing_there', which does not exist", "Reinstall it"),
        ("old", BrokenPluginError, "cannot be loaded: ImportError: cannot import name", "Report it"),
        ("raises", BrokenPluginError, "cannot be loaded: ZeroDivisionError", "Report it"),
    ],
)
def test_what_cannot_be_loaded_is_said(
    name: str, kind: type[RegistryError], message: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = {
        "lacking_plugin": "import nowhere",
        "old_plugin": "from os import nothing",
        "raising_plugin/__init__": "",
        "raising_plugin/main": "1 / 0",
        "raising_plugin/self": "import raising_plugin.other",
    }
    (tmp_path / "raising_plugin").mkdir()
    for module, source in modules.items():
        (tmp_path / f"{module}.py").write_text(f"{source}\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    find = finder(
        point("own", "raising_plugin.self:X"),
        point("spark", "os:sep"),
        point("twice", "os:sep"),
        point("twice", "os:linesep"),
        point("missing", "lacking_plugin:X"),
        point("absent", "os:nothing_there"),
        point("old", "old_plugin:X"),
        point("raises", "raising_plugin.main:X"),
    )
    with pytest.raises(RegistryError, match=message) as caught:
        entry_points.load("group", name, find)
    assert type(caught.value) is kind
    assert hint in caught.value.hint
    assert f"{caught.value.code}Error" == kind.__name__


def distribution(folder: Path) -> PathDistribution:
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: my-plugins\nVersion: 1.2\n"
        "Requires-Dist: jetbridge\n"
        "Requires-Dist: google-cloud-things>=3; extra == 'cloud'\n"
        "Requires-Dist: py_arrow>=18; extra == 'cloud'\n"
        "Requires-Dist: py-arrow>=18; extra == 'tables'\n"
    )
    (folder / "entry_points.txt").write_text(
        "[group]\ncloud = my.cloud.plan:X\ntables = my.tables.plan:X\nnamed = my.plan:X [all]\n"
    )
    return PathDistribution(folder)


@pytest.mark.parametrize(
    ("name", "module", "command"),
    [
        ("cloud", "google.cloud.things.v1", "pip install 'my-plugins[cloud]'"),
        ("tables", "py_arrow.parquet", "pip install 'my-plugins[tables]'"),
        ("cloud", "py_arrow", "pip install 'my-plugins[cloud]'"),
        ("named", "py_arrow", "pip install 'my-plugins[all]'"),
        ("cloud", "numpy.random", "pip install numpy"),
    ],
)
def test_the_command_installs_the_extra_that_has_the_library(
    name: str, module: str, command: str, tmp_path: Path
) -> None:
    points = {point.name: point for point in distribution(tmp_path / "my_plugins-1.2.dist-info").entry_points}
    assert install_command(points[name], module) == command
    assert (entry_points.owner(points[name]), entry_points.version(points[name])) == ("my-plugins", "1.2")


def test_what_is_installed_is_sorted() -> None:
    names = entry_points.names("jetbridge.backends")
    assert {"airflow", "argo", "local"} <= set(names)
    assert list(names) == sorted(names)
    assert all(entry_points.owner(point) == "jetbridge-translators" for point in discover("jetbridge.backends"))
