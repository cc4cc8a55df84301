"""`jetbridge.toml`: found upwards from the current folder, read, and checked against what can be set."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from jetbridge.config.known import Known
from jetbridge.errors import UsageError
from jetbridge.suggest import did_you_mean

FILE_NAME = "jetbridge.toml"
VARIABLE = "JETBRIDGE_CONFIG"
PROFILES = "profile"
_REFERENCES = ("env", "file")
_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]+\")\s*=")
_PASSWORD_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/@:\s]*:[^/@\s]+@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of the file.

    Attributes:
        value: Its text, or the name of the variable or file that holds it.
        reference: `env` or `file` where `value` only says where it is found; empty for the text itself.
        line: Where it stands.
    """

    value: str
    reference: str
    line: int


Table = Mapping[tuple[str, str], Entry]
"""Entries by the table that they stand in (a back end's name, or empty) and their key."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file that has been read: what holds always, and what each profile says over it."""

    path: Path
    shared: Table = field(default_factory=dict[tuple[str, str], Entry])
    profiles: Mapping[str, Table] = field(default_factory=dict[str, Table])


def find_file(folder: Path, environ: Mapping[str, str]) -> Path | None:
    """The file that `JETBRIDGE_CONFIG` names, else the nearest one in the folder and those above; None without one.

    Raises:
        UsageError: the variable names no file.
    """
    given = environ.get(VARIABLE, "")
    if given:
        path = Path(given).expanduser()
        if not path.is_file():
            raise UsageError(f"{VARIABLE} names {given!r}, which is no file", hint=f"Correct it, or unset {VARIABLE}.")
        return path
    return next((each / FILE_NAME for each in (folder, *folder.parents) if (each / FILE_NAME).is_file()), None)


def read_file(path: Path, known: Sequence[Known]) -> ConfigFile:
    """The settings of a file.

    Raises:
        UsageError: it is no TOML, or holds keys and values that cannot be used; all at once, with their lines.
    """
    try:
        text = path.read_text()
        tree = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error}", hint="Mend it, or remove it.") from error
    reader = _Reader(known, _lines(text), [])
    found = reader.file(path, tree)
    if reader.problems:
        listed = "\n".join(f"  {path.name}:{line}: {message}" for line, message in sorted(reader.problems))
        raise UsageError(f"{str(path)!r} holds what cannot be used:\n{listed}", hint=_HINT)
    return found


_HINT = "`jetbridge config show` lists what can be set."


def _lines(text: str) -> Mapping[tuple[str, ...], int]:
    """The line of each table and key, for messages; tomllib tells none."""
    table: tuple[str, ...] = ()
    found: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.fullmatch(line), _KEY.match(line)
        if header:
            table = tuple(part.strip().strip('"') for part in header[1].split("."))
            found.setdefault(table, number)
        elif key:
            found.setdefault((*table, key[1].strip('"')), number)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file, and collects its problems by line."""

    known: Sequence[Known]
    lines: Mapping[tuple[str, ...], int]
    problems: list[tuple[int, str]]

    def file(self, path: Path, tree: Mapping[str, Any]) -> ConfigFile:
        rest = {key: value for key, value in tree.items() if key != PROFILES}
        profiles = {name: dict(self._table(held, (PROFILES, name))) for name, held in self._profiles(tree)}
        return ConfigFile(path, dict(self._table(rest, ())), profiles)

    def _profiles(self, tree: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        held: Any = tree.get(PROFILES, {})
        for name, table in held.items() if _is_table(held) else [("", None)]:
            if _is_table(table):
                yield name, table
            else:
                self._wrong((PROFILES,), f"a profile is a table: [{PROFILES}.NAME]")

    def _table(self, tree: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], Entry]]:
        owners = {each.owner for each in self.known if each.owner}
        for key, value in tree.items():
            if key in owners and _is_table(value):
                yield from self._keys(value, (*place, key), key)
            else:
                yield from self._keys({key: value}, place, "", owners)

    def _keys(
        self, tree: Mapping[str, Any], place: tuple[str, ...], owner: str, owners: set[str] | None = None
    ) -> Iterator[tuple[tuple[str, str], Entry]]:
        known = {each.name: each for each in self.known if each.owner == owner}
        for key, value in tree.items():
            where = (*place, key)
            if key not in known:
                near = did_you_mean(key, sorted({*known, *(owners or ())}))
                self._wrong(where, f"there is no setting {key!r}{f' of {owner}' if owner else ''}. {near}")
            elif (entry := self._entry(known[key], value, where)) is not None:
                yield (owner, key), entry

    def _entry(self, known: Known, value: object, where: tuple[str, ...]) -> Entry | None:
        if _is_table(value):
            return self._reference(known, value, where)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return self._wrong(where, f"{known.name!r} is a text, not {value!r}")
        text = str(value)
        if known.is_secret or _PASSWORD_IN_URL.match(text):
            what = "is a secret" if known.is_secret else "holds a password"
            return self._wrong(
                where,
                f"{known.name!r} {what}, which never stands in this file: say where it is found, as "
                f'{known.name} = {{ env = "VARIABLE" }} or {known.name} = {{ file = "PATH" }}',
            )
        if known.choices and text not in known.choices:
            return self._wrong(where, f"{known.name!r} cannot be {text!r}. {did_you_mean(text, known.choices)}")
        return Entry(text, "", self._line(where))

    def _reference(self, known: Known, value: Mapping[str, Any], where: tuple[str, ...]) -> Entry | None:
        ((kind, name),) = value.items() if len(value) == 1 else ((None, None),)
        if kind not in _REFERENCES or not isinstance(name, str) or not name:
            return self._wrong(where, f'{known.name!r} is found by {{ env = "VARIABLE" }} or {{ file = "PATH" }}')
        return Entry(name, kind, self._line(where))

    def _wrong(self, where: tuple[str, ...], message: str) -> None:
        self.problems.append((self._line(where), message))

    def _line(self, where: tuple[str, ...]) -> int:
        found = (self.lines[where[:length]] for length in range(len(where), 0, -1) if where[:length] in self.lines)
        return next(found, 1)


def _is_table(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, dict)
