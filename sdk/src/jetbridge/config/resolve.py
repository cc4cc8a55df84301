"""What holds: an environment variable before the profile, the profile before the file's top, that before a default."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jetbridge.config.file import PROFILES, ConfigFile, Entry, find_file, read_file
from jetbridge.config.known import Known, known_settings
from jetbridge.errors import UsageError
from jetbridge.suggest import did_you_mean

PROFILE_VARIABLE = "JETBRIDGE_PROFILE"
ENVIRONMENT, PROFILE, FILE, DEFAULT = "environment", "profile", "file", "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a setting is, and why.

    Attributes:
        source: `environment`, `profile`, `file` or `default`.
        place: The variable, or the file with its line; empty for a default.
        reference: Where a secret is found, in words; empty for any other.
    """

    known: Known
    value: str
    source: str
    place: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """A file with the profile that was chosen, and an environment over both."""

    known: Sequence[Known]
    environ: Mapping[str, str] = field(repr=False)
    file: ConfigFile | None = None
    profile: str = ""

    def get(self, name: str, owner: str = "") -> Setting:
        """A setting of ours or of an owner; the file's own value for an owner stands over the one for all.

        Raises:
            UsageError: the variable or the file that a reference names is not there.
        """
        known = next(each for each in self.known if (each.owner, each.name) == (owner, name))
        variables = [known.variable, *(each.variable for each in self.known if each.name == name and not each.owner)]
        for variable in variables:
            if self.environ.get(variable):
                return Setting(known=known, value=self.environ[variable], source=ENVIRONMENT, place=variable)
        for source, table in self._tables():
            entry = table.get((owner, name)) or table.get(("", name))
            if entry is not None:
                return self._of_entry(known, entry, source)
        return Setting(known=known, value=known.default, source=DEFAULT)

    def _tables(self) -> list[tuple[str, Mapping[tuple[str, str], Entry]]]:
        if self.file is None:
            return []
        own = [(PROFILE, self.file.profiles[self.profile])] if self.profile else []
        return [*own, (FILE, self.file.shared)]

    def _of_entry(self, known: Known, entry: Entry, source: str) -> Setting:
        assert self.file is not None  # noqa: S101 -- an entry is of a file
        place = f"{self.file.path}:{entry.line}"
        if not entry.reference:
            return Setting(known=known, value=entry.value, source=source, place=place)
        read = {"env": self._variable, "file": self._content}[entry.reference]
        shown = f"{entry.reference} {entry.value}"
        return Setting(known=known, value=read(entry.value, place), source=source, place=place, reference=shown)

    def _variable(self, name: str, place: str) -> str:
        if name in self.environ:
            return self.environ[name]
        raise UsageError(f"{place} refers to the variable {name!r}, which is not set", hint=f"export {name}=…")

    def _content(self, name: str, place: str) -> str:
        path = Path(name).expanduser()
        path = path if path.is_absolute() or self.file is None else self.file.path.parent / path
        try:
            return path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{place} refers to the file {str(path)!r}, which cannot be read: {error}",
                hint="Write it, for you alone (mode 600).",
            ) from error


def load_config(profile: str = "", folder: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """What holds here.

    Args:
        profile: The profile that the command line names; else `JETBRIDGE_PROFILE` may name one.
        folder: From where upwards the file is looked for; the current folder by default.
        environ: This process's environment by default.

    Raises:
        UsageError: the file cannot be used, or holds no such profile.
    """
    variables = os.environ if environ is None else environ
    chosen = profile or variables.get(PROFILE_VARIABLE, "")
    known = known_settings()
    path = find_file(folder or Path.cwd(), variables)
    file = None if path is None else read_file(path, known)
    if chosen and (file is None or chosen not in file.profiles):
        raise _no_profile(chosen, file)
    return Config(known, variables, file, chosen)


def _no_profile(chosen: str, file: ConfigFile | None) -> UsageError:
    if file is None:
        return UsageError(
            f"there is no profile {chosen!r}: no jetbridge.toml in this folder or above",
            hint=f"Write one with [{PROFILES}.{chosen}], or name it in JETBRIDGE_CONFIG.",
        )
    return UsageError(f"{str(file.path)!r} has no profile {chosen!r}", hint=did_you_mean(chosen, sorted(file.profiles)))
