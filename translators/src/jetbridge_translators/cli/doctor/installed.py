"""What is installed: Python, our distributions, plugins, flytekit."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from jetbridge.cli.settings import config
from jetbridge.errors import JetbridgeError
from jetbridge.version import VERSION
from jetbridge_translators.catalog import catalog
from jetbridge_translators.diagnosis import FAILED, OK, UNKNOWN, WARNING, Check

_PYTHONS = ((3, 11), (3, 13))
"""The oldest and the newest that our distributions are made for (`requires-python`)."""
_FLYTEKITS = ((1, 10), (1, 16))
"""Whose packages we read: `tests/compat`."""
_LOCKSTEP = ("jetbridge", "jetbridge-translators", "jetbridge-plugins")


def installed_checks() -> Iterator[Check]:
    """Each of them."""
    yield _python()
    yield from _distributions()
    yield _flytekit()
    yield from _task_types()
    yield _config()


def _python() -> Check:
    found = platform.python_version()
    oldest, newest = ((".".join(map(str, each))) for each in _PYTHONS)
    if _PYTHONS[0] <= _numbers(found) <= _PYTHONS[1]:
        return Check("Python", OK, found)
    return Check("Python", FAILED, found, f"Use Python {oldest} to {newest}.")


def _distributions() -> Iterator[Check]:
    found = {name: _version(name) for name in _LOCKSTEP}
    for name, its in found.items():
        if its and its != VERSION:
            mend = f"pip install {' '.join(f'{each}=={VERSION}' for each, has in found.items() if has)}"
            yield Check(name, FAILED, f"{its}, beside jetbridge {VERSION}", mend)
        elif its:
            yield Check(name, OK, its)
        else:
            yield Check(name, UNKNOWN, "not installed", f"For its task types: pip install {name}=={VERSION}")


def _flytekit() -> Check:
    found = _version("flytekit")
    if not found:
        return Check("flytekit", UNKNOWN, "not installed; only TARGETs that import it need it")
    if _FLYTEKITS[0] <= _numbers(found) <= _FLYTEKITS[1]:
        return Check("flytekit", OK, found)
    oldest, newest = ((".".join(map(str, each))) for each in _FLYTEKITS)
    return Check(
        "flytekit", WARNING, f"{found}; tested are {oldest} to {newest}", f"pip install 'flytekit~={newest}.0'"
    )


def _task_types() -> Iterator[Check]:
    found = catalog()
    for each in found:
        if each.error:
            yield Check(f"task type {each.name}", WARNING, each.error, each.hint)
    yield Check("task types", OK, f"{sum(not each.error for each in found)} usable: `jetbridge plugins` lists them")


def _config() -> Check:
    try:
        held = config()
    except JetbridgeError as error:
        return Check("jetbridge.toml", FAILED, error.message, error.hint)
    if held.file is None:
        return Check("jetbridge.toml", OK, "none in this folder or above")
    return Check("jetbridge.toml", OK, f"{held.file.path}, profile {held.profile or 'none'}")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in text.split(".")[:2])
